"""Pydantic's complaints in words for people: each has its place, its remedy, and nothing of pydantic's own."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, get_args

import pytest
from expected import BROKEN, agree
from folders import write_data
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ErrorType

from builder import source
from builder.config import Settings
from builder.errors import CODES, Problem
from builder.fields import Slug
from builder.records import (
    CategoryRecord,
    Feature,
    GridRecord,
    ImportedGrid,
    ImportedPackage,
    PackageRecord,
    PostRecord,
    ProductRecord,
    ProductRelease,
    Record,
    TextRecord,
    Tombstone,
    TombstonesRecord,
    Usage,
)
from builder.source.messages import EXAMPLES, explain
from builder.source.text import decode
from builder.source.yaml_text import read

PACKAGE = "title: x\ncategory: apps\n"
GRID = "title: x\n"
CATEGORY = "title: x\ntitle_plural: y\n"
SITE = "title: x\nbase_url: https://example.org\nrepository: https://github.com/a/b\ncontact: me@example.org\n"


def told(model: type[BaseModel], text: str) -> list[Problem]:
    """Give the problems of a file; none if the model takes it."""
    document = read(decode(text.encode()))
    try:
        model.model_validate(document.value)
    except ValidationError as error:
        return explain("x.yaml", error, model, document)
    return []


FILES: dict[str, tuple[type[BaseModel], str]] = {
    # The shape
    "an empty file": (PackageRecord, ""),
    "a file with only a comment": (GridRecord, "# later\n"),
    "a list as a file": (PackageRecord, "- title: x\n"),
    "text as a file": (PackageRecord, "title = x\ncategory = apps\n"),
    "text as a file, for want of a space": (PackageRecord, "title:x\n"),
    "keys that are missing": (PackageRecord, "id: 1\n"),
    "keys that are missing in an item": (PackageRecord, PACKAGE + "sites:\n  - {}\n  - title: y\n"),
    "keys that are missing in the settings": (Settings, "title: x\n"),
    "a key with a mistake in a forge": (Settings, SITE + "forges:\n  git.example.org:\n    kidn: forgejo\n"),
    "text for a forge": (Settings, SITE + "forges:\n  git.example.org: forgejo\n"),
    "keys that are missing in a tombstone": (TombstonesRecord, "grids:\n  - id: 1\n"),
    "a key with a mistake": (PackageRecord, "Titel: x\ncategory: apps\ndocs: https://example.org\n"),
    "a key with a mistake in an item": (PackageRecord, PACKAGE + "sites:\n  - {title: y, ulr: https://example.org}\n"),
    "a key of another place": (GridRecord, GRID + "features:\n  - title: y\n    packages: [a]\n"),
    "keys of the API": (GridRecord, "name: x\nis_locked: true\n"),
    "a key that nobody knows": (CategoryRecord, CATEGORY + "colour: red\n"),
    "text for a list": (PackageRecord, PACKAGE + "sites: https://example.org\n"),
    "a word for a list": (PackageRecord, PACKAGE + "tags: django\n"),
    "words for a list": (PackageRecord, PACKAGE + "tags: django, messages\n"),
    "dashes without spaces": (PackageRecord, PACKAGE + "tags:\n  -django\n  -messages\n"),
    "keys for a list": (PackageRecord, PACKAGE + "sites:\n  title: y\n  url: https://example.org\n"),
    "text for keys": (PackageRecord, PACKAGE + "sites:\n  - https://example.org\n"),
    "text for keys, for want of a space": (PackageRecord, PACKAGE + "sites:\n  - title:y\n"),
    "long text for keys, for want of a space": (PackageRecord, PACKAGE + f"sites:\n  - title:{'y' * 60}\n"),
    "text for cells": (GridRecord, GRID + "features:\n  - title: y\n    cells: yes\n"),
    "a list for cells": (GridRecord, GRID + "features:\n  - title: y\n    cells: [a]\n"),
    "a list for text": (PackageRecord, "title: [Beta]\ncategory: apps\n"),
    "keys for text": (PackageRecord, "title: {name}\ncategory: apps\n"),
    "keys for text in an item": (PackageRecord, PACKAGE + "tags:\n  - a: b\n"),
    "a list for a number": (PackageRecord, PACKAGE + "id: [1]\n"),
    "a list for a date": (PackageRecord, PACKAGE + "deprecated: [2026-01-01]\ncreated: {a: b}\n"),
    "a list for true or false": (GridRecord, GRID + "header: [true]\n"),
    "a list for a zone": (Settings, SITE + "time_zone: [Europe/Berlin]\n"),
    # Nothing
    "nothing for a title": (PackageRecord, "title:\ncategory: apps\n"),
    "a comment for a title": (PackageRecord, "title: #1 in forms\ncategory: apps\n"),
    "empty text for a title": (PackageRecord, 'title: ""\ncategory: apps\n'),
    "nothing for a text that may be missing": (PackageRecord, PACKAGE + "repository:\nsites:\ntags: ~\n"),
    "nothing for an item": (PackageRecord, PACKAGE + "tags:\n  - a\n  -\n"),
    "nothing for a cell": (GridRecord, GRID + "features:\n  - title: y\n    cells:\n      a:\n"),
    "nothing for true or false": (GridRecord, GRID + "locked:\n"),
    "nothing for a zone": (Settings, SITE + "time_zone: null\n"),
    # Values
    "a title that is too long": (PackageRecord, f"title: {'x' * 101}\ncategory: apps\n"),
    "a title of two lines": (PackageRecord, "title: |\n  x\n  y\ncategory: apps\n"),
    "a title with a line break inside": (PackageRecord, 'title: "x\\ny"\ncategory: apps\n'),
    "an id that is no number": (PackageRecord, PACKAGE + "id: no\n"),
    "an id that is too large": (PackageRecord, PACKAGE + "id: 1700000000\n"),
    "an id of zero": (PackageRecord, PACKAGE + "id: 0\n"),
    "a category that is a title": (PackageRecord, "title: x\ncategory: Apps & more\n"),
    "a number as a slug": (PackageRecord, PACKAGE + "replaces: [a, '359']\n"),
    "a reserved slug": (PackageRecord, PACKAGE + "replaced_by: offset\n"),
    "a slug that is too long": (PackageRecord, PACKAGE + f"replaced_by: {'x' * 51}\n"),
    "a cell that is no slug": (GridRecord, GRID + "features:\n  - title: y\n    cells:\n      A b: +\n"),
    "a tag": (PackageRecord, PACKAGE + "tags: [REST API]\n"),
    "a name on PyPI that is an address": (PackageRecord, PACKAGE + "pypi: https://pypi.org/project/x/\n"),
    "an address at PyPI that is too long": (PackageRecord, PACKAGE + f"pypi_url: {'x' * 256}\n"),
    "a script for an address at PyPI": (PackageRecord, PACKAGE + "pypi_url: javascript:alert(1)\n"),
    "a tag in an address at PyPI": (PackageRecord, PACKAGE + "pypi_url: <b>x</b>\n"),
    "true or false": (CategoryRecord, CATEGORY + "show_pypi: yes\n"),
    "a date": (PackageRecord, PACKAGE + "deprecated: 16.02.2026\n"),
    "a date of another age": (PackageRecord, PACKAGE + "deprecated: 0206-02-16\n"),
    "a date and time": (PackageRecord, PACKAGE + "created: yesterday\nmodified: 2026-02-16T12:00:00\n"),
    "a date and time of another age": (PackageRecord, PACKAGE + "created: 0001-01-01T00:00:00Z\n"),
    "an address of another kind": (PackageRecord, PACKAGE + "documentation: javascript:alert(1)\n"),
    "an address without its beginning": (PackageRecord, PACKAGE + "documentation: docs.example.org\n"),
    "an address with a space": (PackageRecord, PACKAGE + "documentation: https://example.org/a b\n"),
    "an address with a user": (PackageRecord, PACKAGE + "documentation: https://me:secret@example.org\n"),
    "an address with a port": (PackageRecord, PACKAGE + "documentation: https://example.org:8080\n"),
    "an address of numbers": (PackageRecord, PACKAGE + "documentation: http://0x7f.1/\n"),
    "an address at home": (PackageRecord, PACKAGE + "documentation: http://localhost/\n"),
    "an address in a private network": (PackageRecord, PACKAGE + "documentation: http://wiki.local/\n"),
    "an address that looks like another": (PackageRecord, PACKAGE + "repository: https://g\u0456thub.com/a/b\n"),
    "an address that is shown as another": (PackageRecord, PACKAGE + "repository: https://xn--gthub-n4a.com/a/b\n"),
    "an address that is too long": (PackageRecord, PACKAGE + f"documentation: https://example.org/{'x' * 500}\n"),
    "an address without a host": (PackageRecord, PACKAGE + "documentation: https:///x\n"),
    "an address of a site": (PackageRecord, PACKAGE + "sites:\n  - title: y\n    url: ftp://example.org\n"),
    "a repository that is a name": (PackageRecord, PACKAGE + "repository: arneb/django-messages\n"),
    "an address of the site with a query": (Settings, SITE.replace("example.org\n", "example.org/?x\n", 1)),
    "a contact": (Settings, SITE.replace("me@example.org", "B\u00fccher")),
    "a zone": (Settings, SITE + "time_zone: Europe/Belin\n"),
    "a zone that leads out": (Settings, SITE + "time_zone: ../../etc/passwd\n"),
    "a limit": (Settings, SITE + "list_limit: 8 MB\n"),
    "a tombstone's day": (TombstonesRecord, "packages:\n  - {id: 1, slug: a, removed: now}\n"),
    "many at once": (PackageRecord, "id: -1\ntitle: ''\ncategorie: apps\ntags: [A, b, C]\nextra: 1\n"),
}


def test_the_words_for_records(bless: bool) -> None:  # noqa: FBT001 - a fixture
    texts = []
    for name, (model, text) in FILES.items():
        found = told(model, text)
        assert found, name
        shown = re.sub(r"(x|y){50,}", r"\1…", text)
        texts.append(f"# {name}: {model.__name__}\n\n{shown}\n" + "".join(f"{problem}\n" for problem in found))
    agree(BROKEN / "records.txt", "\n\n".join(texts), bless=bless)


@pytest.mark.parametrize("name", FILES)
def test_every_problem_has_a_remedy(name: str) -> None:
    for problem in told(*FILES[name]):
        assert problem.hint
        assert problem.code in CODES
        assert not re.search(
            r"pydantic|[Ii]nput should|Extra inputs|Field required|valid (string|list|tuple)", str(problem)
        )
        assert len(str(problem).split("\n")) == 2


def where(problem: Problem) -> tuple[str, str, int, int]:
    return problem.code, problem.field, problem.line, problem.column


def test_places() -> None:
    text = "titel: x\ncategory:   [a]\nsites:\n  - url: ftp://x\n    titl: y\n  - {}\n  - z\ntags:\n"
    assert list(map(where, told(PackageRecord, text))) == [
        ("unknown-key", "titel", 1, 1),
        ("not-text", "category", 2, 1),
        ("url-scheme", "sites[0].url", 4, 10),
        ("unknown-key", "sites[0].titl", 5, 5),
        ("missing-key", "sites[1].title", 6, 5),
        ("missing-key", "sites[1].url", 6, 5),
        ("not-mapping", "sites[2]", 7, 5),
        ("empty", "tags", 8, 1),
    ]


def test_the_key_of_a_cell_is_told_at_the_key_and_its_text_at_the_text() -> None:
    text = "title: x\nfeatures:\n  - title: y\n    cells:\n      B:  [c]\n      '[key]': [c]\n      d:\n"
    assert list(map(where, told(GridRecord, text))) == [
        ("not-text", "features[0].cells.B", 5, 7),
        ("slug", "features[0].cells", 5, 7),
        ("not-text", "features[0].cells.[key]", 6, 7),
        ("slug", "features[0].cells", 6, 7),
        ("empty", "features[0].cells.d", 7, 7),
    ]


def test_a_key_that_is_missing_is_told_beside_a_mistake_that_means_another() -> None:
    problems = told(PackageRecord, "catgory: apps\n")
    assert [(problem.code, problem.field) for problem in problems] == [
        ("missing-key", "title"),
        ("unknown-key", "catgory"),
    ]


def test_values_are_shown_short_and_in_one_line() -> None:
    (problem,) = told(PackageRecord, f'title: x\ncategory: "{"a b" * 100}\\n"\n')
    assert len(problem.value) < 70
    assert problem.value.endswith("…'")
    (problem,) = told(PackageRecord, 'title: "a\\nb"\ncategory: apps\n')
    assert problem.value == r"'a\nb'"


MODELS: list[type[BaseModel]] = [
    Settings,
    PackageRecord,
    GridRecord,
    CategoryRecord,
    TombstonesRecord,
    ProductRecord,
    TextRecord,
    PostRecord,
]
PARTS: list[type[BaseModel]] = [Usage, Feature, Tombstone, ProductRelease, ImportedPackage, ImportedGrid]


def test_every_key_that_must_be_there_has_an_example_that_is_right() -> None:
    models: list[type[BaseModel]] = [*MODELS, *PARTS]
    required = {name for model in models for name, field in model.model_fields.items() if field.is_required()}
    assert set(EXAMPLES) == required
    for model in models:
        text = "".join(f"{EXAMPLES[name]}\n" for name, field in model.model_fields.items() if field.is_required())
        assert told(model, text or "{}") == []


def test_the_models_are_all_that_a_file_can_hold() -> None:
    assert set(Record.__subclasses__()) == {*MODELS, *PARTS} - {Settings}


def like(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Give mappings with the keys of a model, or with others, and anything the loader can read as values."""
    text = st.sampled_from(
        ["", "a", "A b", "1", "true", "2026-01-01", "https://example.org", "x" * 300, "javascript:x"]
    )
    anything = st.recursive(
        st.none() | text,
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["title", "url", "A", "cells"]), inner)
        ),
        max_leaves=5,
    )
    return st.dictionaries(st.sampled_from([*model.model_fields, "other", "[key]"]), anything) | anything


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
def test_every_complaint_has_words(model: type[BaseModel], data: st.DataObject) -> None:
    for problem in told(model, json.dumps(data.draw(like(model)))):
        assert problem.code in CODES
        assert problem.code != "not-valid"
        assert problem.hint
        assert problem.line == 1


# --- Models that are not ours yet


class One(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str


class Two(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: Slug


def _never(_: str) -> str:
    raise PydanticCustomError("spaces", "is never right")


class Later(BaseModel):
    either: One | Two | None = None
    several: list[One | list[Two]] = []
    short: Annotated[str, Field(pattern="^a$")] = "a"
    never: Annotated[str, AfterValidator(_never)] = ""


def test_the_branches_of_a_union_are_not_shown() -> None:
    problems = told(Later, "either:\n  number: A\nseveral:\n  - {title: [x]}\n")
    fields = {problem.field for problem in problems}
    assert fields == {"either.number", "either.title", "several[0].title", "several[0]"}
    assert "One" not in "".join(map(str, problems))


def test_a_rule_without_words_is_told_plainly() -> None:
    (problem,) = told(Later, "short: b\n")
    assert (problem.code, problem.message, problem.hint) == ("not-valid", "is not valid", "")


def test_no_code_is_a_word_of_pydantic() -> None:
    assert not CODES.keys() & {*get_args(ErrorType)}


def test_a_rule_of_ours_may_come_without_a_remedy() -> None:
    (problem,) = told(Later, "never: b\n")
    assert (problem.code, problem.message, problem.hint) == ("spaces", "is never right", "")


def test_a_word_that_is_none_of_a_few_is_told_the_few(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", site={"forges": {"git.example.org": {"kind": "gitea"}}})
    _, [problem] = source.load(data)
    assert (problem.code, problem.field) == ("choice", "forges.git.example.org.kind")
    assert problem.hint == "Did you mean forgejo? Write 'github', 'gitlab', 'forgejo', 'bitbucket' or 'git'."
