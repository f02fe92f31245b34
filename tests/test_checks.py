"""The checks across records: each finds what it is for, says where and what to do, and nothing else."""

from collections.abc import Mapping
from typing import Any

import pytest
from expected import BROKEN, agree
from hypothesis import given
from hypothesis import strategies as st

from builder import checks
from builder.checks import CHECKS, check
from builder.config import Settings
from builder.entries import Article, Data, Entry, Field
from builder.errors import CODES
from builder.metadata import Snapshot
from builder.records import (
    CategoryRecord,
    GridRecord,
    PackageRecord,
    ProductRecord,
    TextRecord,
    Tombstone,
    TombstonesRecord,
)

SETTINGS = Settings(title="x", base_url="https://example.org", repository="https://example.org/r", contact="me")

Written = Mapping[str, Mapping[str, Any]]


def entries(kind: str, model: type[Any], written: Written, line: int) -> dict[str, Entry[Any]]:
    """Make entries whose keys stand one on a line, from `line` on."""
    made = {}
    for slug, values in written.items():
        marks: dict[Field, tuple[int, int]] = {(key,): (line + i, 1) for i, key in enumerate(values)}
        made[slug] = Entry(
            f"data/{kind}/{slug}.yaml", slug, model.model_validate({"title": slug} | dict(values)), marks
        )
    return made


def make(
    packages: Written | None = None,
    grids: Written | None = None,
    categories: Written | None = None,
    **others: Any,  # noqa: ANN401 - the other fields of the data
) -> Data:
    """Make data; each package is of the category `apps` where nothing else is said."""
    apps: Written = {"apps": {}} if categories is None else categories
    return Data(
        entries(
            "packages", PackageRecord, {slug: {"category": "apps"} | dict(p) for slug, p in (packages or {}).items()}, 1
        ),
        entries("grids", GridRecord, grids or {}, 1),
        entries("categories", CategoryRecord, {slug: {"title_plural": slug} | dict(c) for slug, c in apps.items()}, 1),
        settings=SETTINGS,
        **others,
    )


def texts(**bodies: str) -> dict[str, Article[TextRecord]]:
    """Make texts, each of which begins on line 4 of its file."""
    record = TextRecord(title="x")
    return {slug: Article(Entry(f"data/pages/{slug}.md", slug, record, {}), body, 4) for slug, body in bodies.items()}


def stone(number: int, slug: str, reason: str = "") -> Tombstone:
    return Tombstone.model_validate({"id": number, "slug": slug, "removed": "2026-01-02", "reason": reason})


PRODUCT = {"classifier": "Framework :: Django", "releases": [{"cycle": "5.2"}, {"cycle": "5.2"}]}
REPOSITORY = "https://github.com/example/one"
FEATURES = [{"title": "Fast", "cells": {"one": "yes", "django-tow": "no"}}, {"title": "Slow"}, {"title": "fast"}]

CASES: dict[str, tuple[Data, list[tuple[str, str, str]]]] = {
    "a text with what is not shown": (
        make(texts=texts(about="# A\n\n<b>c</b> ![d](https://example.org/d.png) [e](javascript:f)\n")),
        [(f"text-{what}", "pages/about.md", "") for what in ("heading", "html", "image", "link")],
    ),
    "a text with links to what is not there": (
        make(texts=texts(about="[a](/faqs/) [b](#c) [d](/faq) [e](/faq/#f)\n", faq="## G\n")),
        [("text-link", "pages/about.md", "")] * 4,
    ),
    "a text at the address of a list": (
        make(texts=texts(packages="Words.\n")),
        [("address-taken", "pages/packages.md", "")],
    ),
    "a release that is listed twice": (
        make(products=entries("products", ProductRecord, {"django": PRODUCT}, 1)),
        [("listed-twice", "products/django.yaml", "releases[1].cycle")],
    ),
    "a category with a mistake": (
        make({"one": {"category": "ap"}, "two": {"category": "ap"}}),
        [("unknown-category", "packages/one.yaml", "category"), ("unknown-category", "packages/two.yaml", "category")],
    ),
    "a category that is like none": (
        make({"one": {"category": "frameworks"}}, categories={"other": {}, "apps": {}}),
        [("unknown-category", "packages/one.yaml", "category")],
    ),
    "a category where there is none": (
        make({"one": {}}, categories={}),
        [("unknown-category", "packages/one.yaml", "category")],
    ),
    "a category that was removed": (
        make({"one": {"category": "gone"}}, tombstones=TombstonesRecord(categories=(stone(1, "gone"),))),
        [("unknown-category", "packages/one.yaml", "category")],
    ),
    "a replacement with a mistake": (
        make({"django-one": {"replaced_by": "django-tow"}, "django-two": {}}),
        [("unknown-package", "packages/django-one.yaml", "replaced_by")],
    ),
    "a package that is replaced and does not exist": (
        make({"one": {"replaces": ["two", "elsewhere"]}, "two": {}}),
        [("unknown-package", "packages/one.yaml", "replaces[1]")],
    ),
    "a package that was removed": (
        make(
            {"one": {"replaced_by": "old"}},
            tombstones=TombstonesRecord(packages=(stone(1, "old", "withdrawn by its author."),)),
        ),
        [("unknown-package", "packages/one.yaml", "replaced_by")],
    ),
    "a package that replaces itself": (
        make({"one": {"replaced_by": "one"}, "two": {"replaces": ["two"]}}),
        [
            ("replacement-self", "packages/one.yaml", "replaced_by"),
            ("replacement-self", "packages/two.yaml", "replaces[0]"),
        ],
    ),
    "a package and another that differ on what replaces it": (
        make({"one": {"replaced_by": "two"}, "two": {}, "three": {"replaces": ["one"]}}),
        [("replacement-conflict", "packages/three.yaml", "replaces[0]")],
    ),
    "two packages that replace the same one": (
        make({"one": {}, "two": {"replaces": ["one"]}, "three": {"replaces": ["one"]}}),
        [("replacement-conflict", "packages/two.yaml", "replaces[0]")],
    ),
    "a circle of two": (
        make({"one": {"replaced_by": "two"}, "two": {"replaced_by": "one"}}),
        [("replacement-circle", "packages/one.yaml", "replaced_by")],
    ),
    "a circle of three, said in both ways, and a way into it": (
        make(
            {"b": {"replaced_by": "c", "replaces": ["a"]}, "a": {"replaces": ["c"]}, "c": {}, "d": {"replaced_by": "a"}}
        ),
        [("replacement-circle", "packages/b.yaml", "replaces[0]")],
    ),
    "a grid with a package that does not exist": (
        make({"django-one": {}}, {"grid": {"packages": ["django-one", "djano-one"]}}),
        [("unknown-package", "grids/grid.yaml", "packages[1]")],
    ),
    "names that are listed twice": (
        make(
            {"one": {"tags": ["a", "b", "a"]}, "two": {"replaces": ["one", "one"]}},
            {"grid": {"packages": ["one", "two", "one", "one"]}},
        ),
        [
            ("listed-twice", "grids/grid.yaml", "packages[2]"),
            ("listed-twice", "grids/grid.yaml", "packages[3]"),
            ("listed-twice", "packages/one.yaml", "tags[2]"),
            ("listed-twice", "packages/two.yaml", "replaces[1]"),
        ],
    ),
    "a cell of another package, and a title twice": (
        make({"one": {}, "django-two": {}}, {"grid": {"packages": ["one", "django-two"], "features": FEATURES}}),
        [
            ("cell-elsewhere", "grids/grid.yaml", "features[0].cells.django-tow"),
            ("feature-twice", "grids/grid.yaml", "features[2].title"),
        ],
    ),
    "a cell of a package that is in no list": (
        make({"one": {}}, {"grid": {"packages": ["one"], "features": [{"title": "x", "cells": {"elsewhere": ""}}]}}),
        [("cell-elsewhere", "grids/grid.yaml", "features[0].cells.elsewhere")],
    ),
    "ids that two have": (
        make(
            {"one": {"id": 3, "created": "2026-01-02T00:00:00Z"}, "two": {"id": 3, "created": "2026-01-01T00:00:00Z"}},
            {"a": {"id": 1}, "b": {"id": 1}, "c": {"id": 1}},
            {"apps": {"id": 1}, "other": {"id": 1}},
        ),
        [
            ("id-twice", "categories/other.yaml", "id"),
            ("id-twice", "grids/b.yaml", "id"),
            ("id-twice", "grids/c.yaml", "id"),
            ("id-twice", "packages/one.yaml", "id"),
        ],
    ),
    "ids of what was removed": (
        make(
            {"one": {"id": 1}, "two": {}},
            {"grid": {"id": 2}},
            {"apps": {"id": 3}},
            tombstones=TombstonesRecord(
                packages=(stone(1, "x"),), grids=(stone(2, "y"), stone(1, "z")), categories=(stone(3, "apps"),)
            ),
        ),
        [
            ("id-removed", "categories/apps.yaml", "id"),
            ("id-removed", "grids/grid.yaml", "id"),
            ("id-removed", "packages/one.yaml", "id"),
        ],
    ),
    "tombstones with one id": (
        make(
            tombstones=TombstonesRecord(packages=(stone(1, "x"), stone(2, "y"), stone(1, "z"))),
            tombstone_marks={("packages", 2, "id"): (4, 9)},
        ),
        [("id-twice", "tombstones.yaml", "packages[2].id")],
    ),
    "a repository in three forms": (
        make(
            {
                "new": {"repository": "git@GitHub.com:Example/One.git"},
                "old": {"repository": REPOSITORY, "id": 7},
                "young": {"repository": REPOSITORY + "/tree/main/x", "id": 8},
                "none": {},
                "nothing": {"repository": ""},
            }
        ),
        [
            ("repository-twice", "packages/new.yaml", "repository"),
            ("repository-twice", "packages/young.yaml", "repository"),
        ],
    ),
    "a repository under its former name, and under its new one": (
        make(
            {
                "old": {"repository": REPOSITORY, "id": 7},
                "new": {"repository": "https://github.com/else/ONE"},
                "newer": {"repository": REPOSITORY + ".git"},
                "stale": {"repository": "https://github.com/example/elsewhere", "id": 8},
                "other": {"repository": "https://github.com/example/third"},
            },
            # What `stale` was asked for is not what stands in its file any more.
            moved={
                "old": ("github.com/example/one", "github.com/else/one"),
                "stale": ("github.com/example/two", "github.com/example/third"),
            },
        ),
        [
            ("repository-twice", "packages/new.yaml", "repository"),
            ("repository-twice", "packages/newer.yaml", "repository"),
        ],
    ),
    "two repositories that are one by now": (
        make(
            {"old": {"repository": REPOSITORY, "id": 7}, "new": {"repository": REPOSITORY + "-2", "id": 8}},
            moved={"new": ("github.com/example/one-2", "github.com/example/one")},
        ),
        [("repository-twice", "packages/new.yaml", "repository")],
    ),
    "new names that are like others": (
        make(
            {
                "django-one": {"id": 1},
                "django_one": {},
                "a_b": {"id": 2},
                "a-b": {"id": 3},
                "c": {},
            },
            {"g-h": {}, "g_h": {}},
        ),
        [("slug-alike", "grids/g_h.yaml", ""), ("slug-alike", "packages/django_one.yaml", "")],
    ),
    "a project on PyPI in three forms": (
        make(
            {
                "a": {"pypi": "Django_Messages"},
                "b": {"pypi_url": "http://pypi.python.org/pypi/django-messages", "id": 1},
                "c": {"pypi_url": "django.messages", "id": 2},
                "d": {"pypi_url": "https://example.org/x"},
                "e": {"pypi_url": "https://example.org/y"},
                "f": {"pypi_url": ""},
            }
        ),
        [("pypi-twice", "packages/a.yaml", "pypi"), ("pypi-twice", "packages/c.yaml", "pypi_url")],
    ),
    "a snapshot of no package": (
        make({"one": {}}, snapshots={"one": Snapshot(), "gone": Snapshot()}),
        [("snapshot-orphan", "snapshots/gone.json", "")],
    ),
    "dates in the wrong order": (
        make(
            {
                "one": {"created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:30:00+01:00"},
                "two": {"created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z"},
                "three": {"modified": "2026-01-01T00:00:00Z"},
            },
            {"grid": {"created": "2026-01-02T00:00:00Z", "modified": "2026-01-01T00:00:00Z"}},
            {"apps": {"created": "2026-01-02T00:00:00Z", "modified": "2026-01-01T00:00:00Z"}},
        ),
        [
            ("dates-order", "categories/apps.yaml", "modified"),
            ("dates-order", "grids/grid.yaml", "modified"),
            ("dates-order", "packages/one.yaml", "modified"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_check_finds_what_it_is_for(name: str) -> None:
    data, expected = CASES[name]
    found = check(data)
    assert [(problem.code, problem.path, problem.field) for problem in found] == [
        (code, f"data/{path}", field) for code, path, field in expected
    ]
    for problem in found:
        assert problem.hint
        assert problem.code in CODES
        assert len(str(problem).split("\n")) == 2


def test_the_words_of_the_checks(bless: bool) -> None:  # noqa: FBT001 - a fixture
    told = (f"# {name}\n\n" + "".join(f"{problem}\n" for problem in check(data)) for name, (data, _) in CASES.items())
    agree(BROKEN / "checks.txt", "\n\n".join(told), bless=bless)


def test_every_check_of_the_package_is_in_the_list_and_has_a_case() -> None:
    public = {
        name
        for module in (checks.dates, checks.duplicates, checks.references, checks.replacements, checks.texts)
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and name[0].islower() and name[0] != "_"
    }
    assert {rule.__name__ for rule in CHECKS} == public
    for rule in CHECKS:
        assert any(list(rule(data)) for data, _ in CASES.values()), rule.__name__


def test_what_is_right_is_not_told() -> None:
    data = make(
        {
            "one": {"id": 1, "replaced_by": "two", "repository": REPOSITORY, "pypi": "one", "title": "Same"},
            "two": {"replaces": ["one", "three"], "repository": REPOSITORY + "-2", "pypi": "two", "title": "Same"},
            "three": {"id": 2},
            "again": {"id": 9},
        },
        {
            "a": {
                "id": 1,
                "packages": ["two", "one"],
                "features": [{"title": "x", "cells": {"one": "+"}}, {"title": "y"}],
            },
            "b": {"id": 2, "packages": ["two"], "features": [{"title": "x"}]},
        },
        {"apps": {"id": 1}},
        # A slug may come again, with another id.
        tombstones=TombstonesRecord(packages=(stone(3, "again"), stone(4, "again"))),
        snapshots={"one": Snapshot()},
    )
    assert check(data) == []
    assert check(make()) == []


def test_what_refers_to_a_broken_file_is_not_told() -> None:
    data = make(
        {"one": {"category": "broken", "replaced_by": "lost", "replaces": ["lost-too"]}},
        {"grid": {"packages": ["one", "lost"], "features": [{"title": "x", "cells": {"lost": "+"}}]}},
        snapshots={"lost": Snapshot()},
        broken={"packages": frozenset({"lost", "lost-too"}), "categories": frozenset({"broken"})},
    )
    assert check(data) == []


def test_a_broken_file_may_be_what_is_meant() -> None:
    data = make({"one": {"replaced_by": "django-bar"}}, broken={"packages": frozenset({"django-baz"})})
    assert [problem.hint for problem in check(data)] == ["Did you mean django-baz?"]


def test_the_folder_may_have_another_name() -> None:
    data = make(
        snapshots={"a": Snapshot()}, tombstones=TombstonesRecord(grids=(stone(1, "x"), stone(1, "y"))), folder="d"
    )
    assert [problem.path for problem in check(data)] == ["d/snapshots/a.json", "d/tombstones.yaml"]


def test_a_wrong_name_that_stands_in_many_files_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def spy(name: str, _: object) -> str:
        asked.append(name)
        return ""

    monkeypatch.setattr(checks.references, "did_you_mean", spy)
    data = make({f"p{i}": {"category": "aps"} for i in range(50)})
    assert len(check(data)) == 50
    assert asked == ["aps"]


NAMES = st.sampled_from("abcde")


@given(st.dictionaries(NAMES, st.fixed_dictionaries({}, optional={"replaced_by": NAMES, "replaces": st.lists(NAMES)})))
def test_a_chain_of_replacements_ends_unless_a_circle_is_told(written: dict[str, dict[str, Any]]) -> None:
    problems = check(make(written))
    if any(problem.code.startswith("replacement") for problem in problems):
        return
    successor = {slug: values["replaced_by"] for slug, values in written.items() if "replaced_by" in values}
    for slug, values in written.items():
        for replaced in values.get("replaces", []):
            assert successor.setdefault(replaced, slug) == slug
    for name in successor:
        for _ in range(6):
            name = successor.get(name, "")  # noqa: PLW2901 - a walk
        assert not name


def test_problems_point_at_the_values() -> None:
    (problem,) = check(make({"one": {"replaced_by": "nothing"}}))
    assert (problem.line, problem.column, problem.value) == (2, 1, "'nothing'")
