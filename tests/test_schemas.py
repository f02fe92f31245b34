"""The schemas for editors: they refuse nothing that the loader takes, and what they can of the rest."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from problem_cases import CASES
from pydantic import BaseModel, ValidationError

from builder import cli, fields, schemas
from builder.source import yaml_text

ROOT = Path(__file__).parents[1]


class EditorLoader(yaml.SafeLoader):
    """Reads as editors do: numbers and booleans are made, of the words that YAML 1.2 has for these; dates are not."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if not tag.endswith((":timestamp", ":bool"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?i:true|false)$"), [*"tTfF"])


def as_editor(text: str) -> Any:  # noqa: ANN401 - whatever YAML says
    return yaml.load(text, EditorLoader)  # noqa: S506 - a safe loader


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schemas.render(kind)))


def files(data: Path) -> list[tuple[str, Path]]:
    found = [
        (kind, path) for folder, kind in schemas.FOLDERS.items() for path in sorted((data / folder).glob("*.yaml"))
    ]
    return found + [(kind, path) for kind in ("site", "tombstones") if (path := data / f"{kind}.yaml").exists()]


@pytest.mark.parametrize("kind", schemas.MODELS)
def test_a_schema_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(json.loads(schemas.render(kind)))


@pytest.mark.parametrize("data", [ROOT / "data", ROOT / "tests/project/data"], ids=["catalogue", "project"])
def test_all_files_are_accepted_as_an_editor_and_as_the_loader_read_them(data: Path) -> None:
    validators = {kind: validator(kind) for kind in schemas.MODELS}
    found = files(data)
    assert {kind for kind, _ in found} >= {"package", "grid", "category", "site"}
    for kind, path in found:
        text = path.read_text(encoding="utf-8")
        for value in (as_editor(text), yaml_text.read(text).value):
            assert [error.message for error in validators[kind].iter_errors(value)] == [], path


PACKAGE = "title: A\ncategory: apps\n"


@pytest.mark.parametrize(
    "line",
    [
        "tags: [1]",
        "pypi: 1.10",
        "id: 359",
        "id: '359'",
        "documentation: null",
        "deprecated: 20260216",
        "replaced_by: true",
    ],
)
def test_what_the_loader_takes_is_accepted(line: str) -> None:
    assert list(validator("package").iter_errors(as_editor(PACKAGE + line))) == []


@pytest.mark.parametrize(
    "line",
    [
        "colour: red",
        "id: 0",
        "id: 1234567890",
        "pypi: https://pypi.org/project/a/",
        "tags: [Red]",
        "tags: red",
        "replaced_by: A B",
        "documentation: ftp://example.org/",
        "deprecated: yesterday",
        "created: 2026-02-16T12:00:00",
        "sites: [{title: A}]",
        "repository: null",
    ],
)
def test_what_a_schema_can_refuse_is_refused(line: str) -> None:
    assert list(validator("package").iter_errors(as_editor(PACKAGE + line)))


def test_a_title_is_neither_long_nor_empty() -> None:
    for title in ("", " a", "a" * 101):
        assert list(validator("package").iter_errors({"title": title, "category": "apps"}))


def test_the_committed_schemas_are_those_of_the_models() -> None:
    result = CliRunner().invoke(cli.main, ["schema", "--check", "--data", str(ROOT / "data")])
    assert (result.exit_code, result.output) == (0, "")


def test_check_fails_on_a_stale_schema_and_writes_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data/schemas", tmp_path / "schemas")
    stale = tmp_path / "schemas/grid.json"
    shutil.copytree(ROOT / "data/categories", tmp_path / "categories")
    stale.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["schema", "--check", "--data", str(tmp_path)])
    assert (result.exit_code, stale.read_text(encoding="utf-8")) == (1, "{}")
    assert "grid.json: is not what builder schema writes" in result.stderr
    assert CliRunner().invoke(cli.main, ["schema", "--data", str(tmp_path)]).stdout == f"{stale}\n"
    assert stale.read_bytes() == schemas.render("grid")


def test_the_settings_of_an_editor_name_every_schema() -> None:
    settings = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    assert sorted(settings) == sorted(f"./data/schemas/{kind}.json" for kind in schemas.MODELS)
    for _, path in files(ROOT / "data"):
        held = path.relative_to(ROOT)
        assert any(held.match(pattern) for pattern in settings.values()), path


def test_every_key_of_every_model_has_its_meaning_and_nothing_else_has() -> None:
    held = {model for kind in schemas.MODELS.values() for model in parts(kind)}
    assert {*schemas.MEANINGS} == {*schemas.NAMES} == held
    assert {model: {*model.model_fields} for model in held} == {model: {*schemas.MEANINGS[model]} for model in held}
    assert {*schemas.SNIPPETS} <= held


def parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a model, and those that its keys hold."""
    yield model
    for field in model.model_fields.values():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from parts(inner)


def test_the_categories_that_there_are_are_offered_and_others_accepted() -> None:
    schema = json.loads(schemas.render("package", ["b", "a"]))
    category = schema["properties"]["category"]
    assert (category["examples"], category["type"]) == (["a", "b"], ["string", "number"])
    assert list(Draft202012Validator(schema).iter_errors({"title": "A", "category": "newer"})) == []
    named = json.loads(schemas.render("package", ["true"]))["properties"]["category"]
    assert "boolean" in named["type"]


NAME = st.text("abz019-_", min_size=1, max_size=50)
WORDS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=120)
LINES = st.one_of(WORDS, st.sampled_from(["1.10", "true", "no", "0x1F", "2026-02-16", "1e5", "12:30:45", "010"]))
HOST = st.sampled_from(["example.org", "a_b.example.org.", "EXAMPLE.co.uk", "x.y1"])
PATH = st.one_of(
    st.just(""), st.text("aZ09/?#&=%:@;,.~+-_!$'()*[]\u00e9", max_size=20).map("/".__add__), st.just("?a:b@c")
)
WEB = st.builds("{}://{}{}".format, st.sampled_from(["https", "http", "HTTPS"]), HOST, PATH)
DAYS = st.one_of(
    st.dates(date(1970, 1, 1), date(2999, 12, 31)).flatmap(
        lambda day: st.sampled_from([day.isoformat(), f"{day:%Y%m%d}", f"{day:%G-W%V-%u}", f"{day:%GW%V}"])
    )
)
TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2999, 1, 1), timezones=st.timezones()).flatmap(  # noqa: DTZ001
    lambda moment: st.sampled_from([moment.isoformat(), moment.isoformat(" "), f"{moment:%Y%m%dT%H%M%S%z}"])
)
REPOSITORIES = st.builds("{}{}{}".format, st.sampled_from(["git@", "", "ssh://git@", "git+https://"]), HOST, PATH)
TEXTS: dict[Any, st.SearchStrategy[str]] = {
    fields.Slug: NAME,
    fields.Title: LINES,
    fields.WholeNumber: st.integers(1, 10**9 - 1).map(str),
    fields.Truth: st.sampled_from(["true", "false"]),
    fields.Moment: TIMES,
    fields.Day: DAYS,
    fields.DayOrMonth: DAYS | st.dates(date(1970, 1, 1), date(2999, 12, 31)).map("{:%Y-%m}".format),
    fields.Cycle: st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,4}){0,2}", fullmatch=True),
    fields.Tag: NAME,
    fields.PyPIName: st.text("aZ0.-_", min_size=1, max_size=20),
    fields.StoredText: WEB | LINES,
    fields.WebUrl: WEB,
    fields.WebUrlOrEmpty: WEB | st.just(""),
    fields.Repository: WEB | REPOSITORIES | st.just(""),
    fields.BaseUrl: WEB | st.just("http://127.0.0.1:8000/a"),
    fields.BaseUrlOrEmpty: st.just("") | st.just("http://localhost:80"),
    str: LINES,
}
"""Texts of every kind that are mostly right, odd ones among them."""
OWN = {"contact": LINES, "time_zone": st.sampled_from(["Europe/Berlin", "UTC", "Etc/GMT+1", "EST"])}


def texts_of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - the annotation of a field
    """Give what the loader may have read for a field."""
    inner = get_args(hint)
    if hint in TEXTS:
        return TEXTS[hint]
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return records_of(hint)
    if get_origin(hint) is Literal:
        return st.sampled_from(inner)
    if get_origin(hint) is dict:
        return st.dictionaries(texts_of(inner[0]), texts_of(inner[1]), max_size=2)
    if get_origin(hint) is tuple:
        return st.lists(texts_of(inner[0]), max_size=2)
    return st.one_of([st.none() if one is type(None) else texts_of(one) for one in inner])


def records_of(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(model, include_extras=True)
    keys = {key: OWN[key] if key in OWN else texts_of(hints[key]) for key in model.model_fields}
    needed = {key: values for key, values in keys.items() if model.model_fields[key].is_required()}
    return st.fixed_dictionaries(needed, optional={key: keys[key] for key in keys.keys() - needed})


def unquoted(value: Any) -> Any:  # noqa: ANN401 - of a file
    """Give what an editor makes of a value where no text stands in quotes, unless it is nothing without them."""
    if isinstance(value, dict):
        return {key: unquoted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [unquoted(inner) for inner in value]
    if not isinstance(value, str) or not value.isascii():
        return value
    try:
        seen = as_editor(value)
    except (yaml.YAMLError, ValueError):
        return value
    return seen if isinstance(seen, int | float) else value


@pytest.mark.parametrize("kind", schemas.MODELS)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data())
def test_a_schema_is_never_narrower_than_the_rules(kind: str, data: st.DataObject) -> None:
    model = schemas.MODELS[kind]
    said = data.draw(records_of(model).filter(lambda said: is_one(model, said)))
    for seen in (said, unquoted(said)):
        assert [error.message for error in validator(kind).iter_errors(seen)] == [], seen


def is_one(model: type[BaseModel], said: dict[str, Any]) -> bool:
    try:
        model.model_validate(said)
    except ValidationError:
        return False
    return True


# What belongs to characters, to YAML itself or to several files is told by `builder check` alone, or by editors without
# a schema. What the language server says of all of them stands in tests/broken/editor.txt.
TOLD = {
    *("choice", "contact", "cycle", "date", "date-time", "empty", "missing-key", "not-list", "not-mapping", "not-text"),
    *("not-valid", "number", "pypi-name", "repository", "several-lines", "slug", "spaces", "tag", "too-long", "truth"),
    *("unknown-key", "url", "url-host", "url-port", "url-scheme", "url-user", "yaml-nesting"),
}
UNTOLD = {
    *("bidi-character", "bot-owned", "cell-elsewhere", "dates-order", "feature-twice", "file-form", "id-changed"),
    *("id-removed", "id-twice", "invisible-character", "listed-twice", "pypi-twice", "replacement-circle"),
    *("replacement-conflict", "replacement-self", "repository-twice", "slug-alike", "time-zone", "unknown-category"),
    *("unknown-package", "yaml-anchor", "yaml-directive", "yaml-duplicate-key", "yaml-merge"),
}
NOT_READ = {
    *("control-character", "line-break", "yaml-alias", "yaml-documents", "yaml-key", "yaml-syntax", "yaml-tag"),
}


def test_the_examples_that_a_schema_tells_and_those_that_it_cannot() -> None:
    found: dict[str, set[str]] = {"told": set(), "untold": set(), "not read": set()}
    for code, case in CASES.items():
        path, text = next(iter(case.files(right=False).items()))
        kind = schemas.FOLDERS.get(path.partition("/")[0], Path(path).stem)
        if kind in schemas.MODELS and isinstance(text, str) and path.endswith(".yaml") and not case.shown:
            found[looked_at(kind, text)].add(code)
    assert found == {"told": TOLD, "untold": UNTOLD, "not read": NOT_READ}


def looked_at(kind: str, text: str) -> str:
    try:
        value = as_editor(text)
    except yaml.YAMLError:
        return "not read"
    return "told" if list(validator(kind).iter_errors(value)) else "untold"
