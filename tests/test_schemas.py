"""The schemas for editors: they refuse nothing that the loader takes, and what they can of the rest."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from builder import cli, schemas
from builder.source import yaml_text

ROOT = Path(__file__).parents[1]
FOLDERS = {"packages": "package", "grids": "grid", "categories": "category", "products": "product"}


class EditorLoader(yaml.SafeLoader):
    """Reads as editors do: numbers and booleans are made, dates are not."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if not tag.endswith(":timestamp")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_editor(text: str) -> Any:  # noqa: ANN401 - whatever YAML says
    return yaml.load(text, EditorLoader)  # noqa: S506 - a safe loader


def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schemas.render(kind)))


def files(data: Path) -> list[tuple[str, Path]]:
    found = [(kind, path) for folder, kind in FOLDERS.items() for path in sorted((data / folder).glob("*.yaml"))]
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


def test_every_meaning_belongs_to_a_key() -> None:
    said = "".join(schemas.render(kind).decode() for kind in schemas.MODELS)
    assert [key for key in schemas.MEANINGS if f'"{key}": {{' not in said] == []
