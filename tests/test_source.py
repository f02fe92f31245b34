"""Reading the data folder: every file is read, every problem is told, and none of them stops the others."""

import dataclasses
import gc
import os
import re
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from expected import BROKEN, agree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder import build, source
from builder.checks import check
from builder.entries import Data, Records, place
from builder.errors import CODES, DataError, Problem
from builder.fields import RESERVED_SLUGS
from builder.records import CategoryRecord, GridRecord, PackageRecord, Record, TombstonesRecord
from builder.source import files
from builder.source.part import STAND_INS
from builder.source.text import SIZE_LIMIT

SITE = "title: Test\nbase_url: https://example.org\nrepository: https://github.com/a/b\ncontact: me@example.org\n"
APPS = "title: App\ntitle_plural: Apps\n"
PACKAGE = "title: A package\ncategory: apps\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a small data folder without any problem: a package, a grid, a category."""
    data = tmp_path / "data"
    for kind, text in (("packages", PACKAGE), ("grids", "title: Grid\npackages: [one]\n"), ("categories", APPS)):
        (data / kind).mkdir(parents=True)
        (data / kind / f"{'apps' if kind == 'categories' else 'one'}.yaml").write_text(text)
    (data / "site.yaml").write_text(SITE)
    return data


def problems(data: Path) -> list[tuple[str, str]]:
    """Give path and code of every problem."""
    return [(problem.path, problem.code) for problem in source.load(data)[1]]


def loaded(data: Path) -> Records:
    """Load a folder that is there."""
    found, _ = source.load(data)
    assert found is not None
    return found


def test_everything_is_read(data: Path) -> None:
    (data / "tombstones.yaml").write_text("packages:\n  - {id: 3, slug: gone, removed: 2026-01-02}\n")
    (data / "snapshots").mkdir()
    (data / "snapshots" / "one.json").write_text('{"repository": {"stars": 3}}')
    found, wrong = source.load(data)
    assert not wrong
    assert isinstance(found, Data)
    assert found.settings.title == "Test"
    assert found.packages["one"].record == PackageRecord(title="A package", category="apps")
    assert found.packages["one"].path == "data/packages/one.yaml"
    assert found.packages["one"].slug == "one"
    assert place(found.packages["one"].marks, ("category",)) == (2, 11)
    assert found.grids["one"].record == GridRecord(title="Grid", packages=("one",))
    assert found.categories["apps"].record == CategoryRecord(title="App", title_plural="Apps")
    assert [(stone.id, stone.slug) for stone in found.tombstones.packages] == [(3, "gone")]
    assert place(found.tombstone_marks, ("packages", 0, "id")) == (2, 10)
    assert found.snapshots["one"].repository is not None
    assert found.folder == "data"
    kinds = ("packages", "grids", "categories", "products", "pages", "posts")
    assert found.broken == dict.fromkeys(kinds, frozenset())
    assert not check(found)


def test_where_a_repository_has_moved_to_is_known_where_snapshots_are_kept(data: Path) -> None:
    (data / "snapshots").mkdir()
    said = '{"repository": {"name": "c/d"}, "sources": {"github": {"asked": "github.com/a/b"}}}'
    (data / "snapshots" / "one.json").write_text(said)
    assert loaded(data).moved == {"one": ("github.com/a/b", "github.com/c/d")}
    found, _ = source.load(data, keep_snapshots=False)
    assert found is not None
    assert found.moved == {}
    found, _ = source.load(data, keep_snapshots=False, find_moved=True)
    assert found is not None
    assert found.moved == loaded(data).moved


@pytest.mark.parametrize("processors", [1, 2])
def test_many_snapshots_are_looked_at_beside_with_the_same_result(
    data: Path, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    (data / "snapshots").mkdir()
    said = '{"repository": {"name": "c/d"}, "sources": {"github": {"asked": "github.com/a/b"}}}'
    for name, text in {"one": said, "broken": "{", "odd": '{"repository": {"stars": -1}}', "two-b": "{}"}.items():
        (data / "snapshots" / f"{name}.json").write_text(text)
    (data / "packages/one.yaml").write_text("[")
    kept, problems = source.load(data)
    monkeypatch.setattr(source, "FEW", 3)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(processors)), raising=False)
    looked, same_problems = source.load(data, keep_snapshots=False, find_moved=True)
    assert kept is not None
    assert looked is not None
    assert same_problems == problems
    assert {problem.path for problem in problems} >= {"data/snapshots/broken.json", "data/snapshots/odd.json"}
    assert list(looked.snapshots.items()) == list(kept.snapshots.items())
    assert dataclasses.replace(looked, snapshots=kept.snapshots) == kept


def test_the_settings_can_be_had_whatever_else_is_wrong(data: Path) -> None:
    (data / "packages/one.yaml").write_text("[")
    settings = source.load_settings(data)
    assert settings is not None
    assert settings.title == "Test"
    (data / "site.yaml").write_text("title: x\n")
    assert source.load_settings(data) is None


def test_ten_broken_files_give_ten_reports_in_one_run(bless: bool) -> None:  # noqa: FBT001 - a fixture
    found, wrong = source.load(BROKEN / "data")
    assert found is not None
    assert not isinstance(found, Data)
    assert {slug: sorted(entry.lacking) for slug, entry in found.packages.items() if slug != "typo"} == {
        "fine": [],
        "list": ["sites"],
        "script": ["documentation"],
    }
    assert {"titel", "title"} <= found.packages["typo"].lacking
    assert found.packages.keys() & found.broken["packages"] == set()
    assert len({problem.path for problem in wrong}) == len(wrong) == 10
    assert not check(found)
    agree(BROKEN / "expected.txt", "\n".join(f"{problem}\n" for problem in wrong), bless=bless)


def test_fifty_thousand_brackets_in_a_file_end_nothing(data: Path) -> None:
    (data / "packages" / "deep.yaml").write_text("[" * 50_000)
    (data / "packages" / "list.yaml").write_text("- " * 30_000)
    assert problems(data) == [
        ("data/packages/deep.yaml", "yaml-nesting"),
        ("data/packages/list.yaml", "yaml-nesting"),
    ]


def test_a_file_is_not_read_beyond_the_limit(data: Path) -> None:
    with (data / "packages" / "large.yaml").open("wb") as file:
        file.truncate(1 << 40)  # a terabyte that takes no room
    assert problems(data) == [("data/packages/large.yaml", "file-size")]
    text = PACKAGE + "#" * (SIZE_LIMIT - len(PACKAGE))
    (data / "packages" / "large.yaml").write_text(text)
    assert problems(data) == []


# --- Folders and files that are missing, or should not be there


def test_no_data_folder(tmp_path: Path) -> None:
    assert source.load(tmp_path / "data") == (None, [file_problem("data", "file-missing", tmp_path / "data")])
    (tmp_path / "data").write_text("")
    assert problems(tmp_path / "data") == [("data", "file-missing")]


def file_problem(path: str, code: str, data: Path) -> Problem:
    """Give the problem of a path as it is told; it has no line."""
    (problem,) = (problem for problem in source.load(data)[1] if (problem.path, problem.code) == (path, code))
    assert (problem.line, problem.column) == (0, 0)
    assert problem.hint
    assert str(problem).startswith(f"{path}: ")
    return problem


def test_an_empty_data_folder(tmp_path: Path) -> None:
    found, wrong = source.load(tmp_path)
    assert not isinstance(found, Data)
    assert [problem.path for problem in wrong] == [f"{tmp_path.name}/packages", f"{tmp_path.name}/site.yaml"]
    assert {problem.code for problem in wrong} == {"file-missing"}


def test_a_folder_of_packages_that_is_none_is_told_once(data: Path, tmp_path: Path) -> None:
    shutil.rmtree(data / "packages")
    (data / "packages").write_text("")
    assert problems(data) == [("data/packages", "unreadable")]
    (data / "packages").unlink()
    (data / "packages").symlink_to(tmp_path / "nowhere")
    assert problems(data) == [("data/packages", "file-link")]


def test_folders_of_grids_and_categories_may_be_missing(data: Path) -> None:
    shutil.rmtree(data / "grids")
    shutil.rmtree(data / "categories")
    found, wrong = source.load(data)
    assert not wrong
    assert found is not None
    assert not found.grids


def test_without_settings_all_other_problems_are_told(data: Path) -> None:
    (data / "site.yaml").write_text("titel: x\n")
    (data / "packages" / "two.yaml").write_text("title: [\n")
    (data / "tombstones.yaml").write_text("nothing\n")
    found, wrong = source.load(data)
    assert found is not None
    assert not isinstance(found, Data)
    assert list(found.packages) == ["one"]
    assert {problem.path for problem in wrong} == {
        "data/packages/two.yaml",
        "data/site.yaml",
        "data/tombstones.yaml",
    }


def test_broken_tombstones_leave_the_rest(data: Path) -> None:
    (data / "tombstones.yaml").write_text("packages: [{id: 0, slug: a, removed: 2026-01-01}]\n")
    found, wrong = source.load(data)
    assert found is not None
    assert not found.tombstones.packages
    assert [(problem.code, problem.field) for problem in wrong] == [("number", "packages[0].id")]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("two.yml", "two.yaml"),
        ("two.YAML", "two.yaml"),
        ("two.Yml", "two.yaml"),
        ("two.json", "elsewhere"),
        ("two", "elsewhere"),
        ("two.yaml~", "elsewhere"),
        ("two.yaml.bak", "elsewhere"),
    ],
)
@pytest.mark.parametrize("kind", ["packages", "grids", "categories"])
def test_files_with_other_endings_are_told(data: Path, kind: str, name: str, remedy: str) -> None:
    (data / kind / name).write_text(PACKAGE)
    problem = file_problem(f"data/{kind}/{name}", "file-name", data)
    assert remedy in problem.hint


def test_a_reference_to_a_file_with_the_wrong_ending_is_not_wrong_too(data: Path) -> None:
    (data / "packages" / "one.yaml").rename(data / "packages" / "one.yml")
    (data / "categories" / "apps.yaml").rename(data / "categories" / "apps.YML")
    found = loaded(data)
    assert found.broken["packages"] == {"one"}
    assert found.broken["categories"] == {"apps"}
    assert not check(found)


def test_what_begins_with_a_dot_is_left_alone(data: Path) -> None:
    for name in (".gitkeep", ".two.yaml.swp", ".yaml", ".DS_Store"):
        (data / "packages" / name).write_text("[")
    (data / ".site.yaml.swp").write_text("[")
    (data / "README.md").write_text("[")
    (data / "posts").mkdir()
    assert problems(data) == []


@pytest.mark.parametrize("name", ["site.yml", "Site.yaml", "tombstone.yaml", "tombstones.yml", "package.yaml"])
def test_a_file_beside_the_settings_that_nobody_reads_is_told(data: Path, name: str) -> None:
    (data / name).write_text("packages: []\n")
    assert "site.yaml, tombstones.yaml" in file_problem(f"data/{name}", "file-name", data).hint


def test_settings_with_the_wrong_ending_are_told_once(data: Path) -> None:
    (data / "site.yaml").rename(data / "site.yml")
    assert not isinstance(source.load(data)[0], Data)
    assert problems(data) == [("data/site.yml", "file-name")]


def test_what_is_no_file_is_told(data: Path) -> None:
    (data / "packages" / "folder.yaml").mkdir()
    (data / "packages" / "folder").mkdir()
    (data / "tombstones.yaml").mkdir()
    os.mkfifo(data / "packages" / "pipe.yaml")
    assert problems(data) == [
        ("data/packages/folder", "file-name"),
        ("data/packages/folder.yaml", "file-type"),
        ("data/packages/pipe.yaml", "file-type"),
        ("data/tombstones.yaml", "file-type"),
    ]


def test_links_are_not_followed(data: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password: hunter2\n")
    (data / "packages" / "out.yaml").symlink_to(secret)
    (data / "packages" / "inside.yaml").symlink_to(data / "packages" / "one.yaml")
    (data / "packages" / "nowhere.yaml").symlink_to(tmp_path / "nothing")
    (data / "tombstones.yaml").symlink_to(secret)
    shutil.move(data / "grids", tmp_path / "grids")
    (data / "grids").symlink_to(tmp_path / "grids")
    found, wrong = source.load(data)
    assert found is not None
    assert list(found.packages) == ["one"]
    assert not found.grids
    assert {problem.code for problem in wrong} == {"file-link"}
    assert [problem.path for problem in wrong] == [
        "data/grids",
        "data/packages/inside.yaml",
        "data/packages/nowhere.yaml",
        "data/packages/out.yaml",
        "data/tombstones.yaml",
    ]
    assert "hunter2" not in "".join(map(str, wrong))
    assert found.broken["packages"] == {"out", "inside", "nowhere"}


def test_the_data_folder_has_its_own_name_whatever_way_leads_to_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = data.rename(tmp_path / "catalogue")
    (tmp_path / "link").symlink_to(catalogue)
    monkeypatch.chdir(catalogue / "packages")
    (catalogue / "snapshots").mkdir()
    (catalogue / "snapshots" / "one.json").write_text("[")
    for way in (catalogue, tmp_path / "link", Path("..")):
        found, problems = source.load(way)
        assert found is not None, way
        assert (found.folder, found.packages["one"].path) == ("catalogue", "catalogue/packages/one.yaml")
        assert [problem.path for problem in problems] == ["catalogue/snapshots/one.json"]


def test_the_data_folder_may_be_where_one_is(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data)
    found = loaded(Path())
    assert found.packages["one"].path == "data/packages/one.yaml"
    assert found.folder == "data"


@pytest.mark.parametrize(
    "slug", ["Two", "-two", "two three", "359", "offset", "con", "t" * 51, "tw\u00f6", "two.yaml", "two\n", "two\u202e"]
)
def test_a_name_that_is_no_slug_is_told_beside_what_the_file_holds(data: Path, slug: str) -> None:
    (data / "packages" / f"{slug}.yaml").write_text("title: Two\n")
    wrong = source.load(data)[1]
    assert {problem.code for problem in wrong} == {"slug", "missing-key"}
    assert all("\n" not in problem.path and problem.path.isprintable() for problem in wrong)
    assert slug in loaded(data).broken["packages"]
    assert slug not in loaded(data).packages


def test_a_name_that_is_no_text_is_told(data: Path) -> None:
    with Path(os.fsdecode(os.fsencode(data / "packages") + b"/caf\xe9.yaml")).open("w") as file:
        file.write(PACKAGE)
    (problem,) = source.load(data)[1]
    assert problem.code == "slug"
    str(problem).encode()


def test_a_file_that_cannot_be_read_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: files.File) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.File, "read", refuse)
    wrong = source.load(data)[1]
    assert {problem.code for problem in wrong} == {"unreadable"}
    assert str(wrong[0]).startswith("data/categories/apps.yaml: cannot be read: Permission denied [unreadable]\n")


def test_a_folder_that_cannot_be_read_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def refuse(where: Path) -> Any:  # noqa: ANN401 - as the function it stands for
        if where.name == "grids":
            raise PermissionError(13, "Permission denied")
        return scan(where)

    monkeypatch.setattr(os, "scandir", refuse)
    assert problems(data) == [("data/grids", "unreadable")]


def test_broken_snapshots_are_told_with_the_rest(data: Path) -> None:
    (data / "snapshots").mkdir()
    (data / "snapshots" / "one.json").write_text("{")
    (data / "packages" / "two.yaml").write_text("")
    assert problems(data) == [("data/packages/two.yaml", "empty"), ("data/snapshots/one.json", "snapshot")]


def test_the_order_is_of_names_and_of_places(data: Path) -> None:
    for name in ("c", "a", "b"):
        (data / "packages" / f"{name}.yaml").write_text("x: 1\ntitle:\ncategory: [a]\n")
    found, wrong = source.load(data)
    assert [(problem.path[-6:], problem.line) for problem in wrong] == [
        (f"{name}.yaml", line) for name in "abc" for line in (1, 2, 3)
    ]
    assert found is not None
    assert list(found.packages) == ["a", "b", "c", "one"]
    assert source.load(data) == (found, wrong)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_it_was(data: Path, monkeypatch: pytest.MonkeyPatch, *, enabled: bool) -> None:
    during: list[bool] = []
    read = files.File.read

    def spy(file: files.File) -> bytes:
        during.append(gc.isenabled())
        return read(file)

    monkeypatch.setattr(files.File, "read", spy)
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        source.load(data)
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if was else gc.disable)()
    assert set(during) == {False}


# --- Records of which a value cannot be used

REPOSITORY = "repository: https://github.com/a/b\n"


def all_problems(data: Path) -> list[tuple[str, str, str]]:
    """Give file, code and field of every problem that a build tells."""
    with pytest.raises(DataError) as stop:
        build.load(data)
    return [(problem.path.rpartition("/")[2], problem.code, problem.field) for problem in stop.value.problems]


def test_a_wrong_date_does_not_hide_what_the_checks_find(data: Path) -> None:
    (data / "packages" / "one.yaml").write_text(f"id: 359\n{PACKAGE}pypi: x\n{REPOSITORY}")
    wrong = f"id: 359\ntitle: Two\ncategory: ap\npypi: X\n{REPOSITORY}replaced_by: nowhere\ncreated: yesterday\n"
    (data / "packages" / "two.yaml").write_text(wrong)
    (data / "grids" / "one.yaml").write_text("id: no\ntitle: Grid\npackages: [two, three]\n")
    assert all_problems(data) == [
        ("one.yaml", "number", "id"),
        ("one.yaml", "unknown-package", "packages[1]"),
        ("two.yaml", "id-twice", "id"),
        ("two.yaml", "unknown-category", "category"),
        ("two.yaml", "pypi-twice", "pypi"),
        ("two.yaml", "repository-twice", "repository"),
        ("two.yaml", "unknown-package", "replaced_by"),
        ("two.yaml", "date-time", "created"),
    ]


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("packages/two", "title: x\ncategory: A b\n", ("slug", "category")),
        ("packages/two", "title: x\n", ("missing-key", "category")),
        ("packages/two", "title: x\ncategorie: apps\n", ("unknown-key", "categorie")),
        ("packages/two", "title: ''\ncategory: apps\n", ("empty", "title")),
        ("packages/two", f"{PACKAGE}pypi: A b\npypi_url: x\n", ("pypi-name", "pypi")),
        ("packages/two", f"{PACKAGE}pipy: y\npypi_url: x\n", ("unknown-key", "pipy")),
        ("grids/one", "title: x\npackages: [A b]\nfeatures: [{title: y, cells: {one: z}}]\n", ("slug", "packages[0]")),
        (
            "grids/one",
            "title: x\npackges: [one]\nfeatures: [{title: y, cells: {one: z}}]\n",
            ("unknown-key", "packges"),
        ),
        ("categories/apps", "title: x\n", ("missing-key", "title_plural")),
        ("site", f"{SITE}time_zone: here\n", ("time-zone", "time_zone")),
    ],
)
def test_what_a_record_lacks_is_no_second_problem(data: Path, file: str, text: str, problem: tuple[str, str]) -> None:
    (data / "packages" / "one.yaml").write_text(f"id: 359\n{PACKAGE}pypi: x\n")
    (data / f"{file}.yaml").write_text(text)
    assert [found[1:] for found in all_problems(data)] == [problem]


@pytest.mark.parametrize("settings", ["titel: x\n", "title: [\n", f"{SITE}time_zone: here\n", None])
def test_without_settings_the_checks_still_run(data: Path, settings: str | None) -> None:
    (data / "packages" / "two.yaml").write_text("title: Two\ncategory: nowhere\n")
    (data / "site.yaml").unlink()
    if settings is not None:
        (data / "site.yaml").write_text(settings)
    found = all_problems(data)
    assert ("two.yaml", "unknown-category", "category") in found
    assert {file for file, _, _ in found} == {"site.yaml", "two.yaml"}


def test_every_key_that_must_be_there_has_a_stand_in() -> None:
    for model in (PackageRecord, GridRecord, CategoryRecord, TombstonesRecord):
        assert {key for key, field in model.model_fields.items() if field.is_required()} <= STAND_INS.keys()
        model.model_validate({key: text for key, text in STAND_INS.items() if key in model.model_fields})


# --- Anything at all

TOKENS = [
    *[
        "title: x\n",
        "category: apps\n",
        "sites:\n",
        "  - title: y\n",
        "    url: https://example.org\n",
        "tags: [a, b]\n",
    ],
    *[
        "id: 3\n",
        "id: x\n",
        "created: 2026-01-01\n",
        "deprecated:\n",
        "replaces: a\n",
        "pypi: ",
        "documentation: null\n",
    ],
    *[
        "features:\n",
        "  - cells: {A: b}\n",
        "title: [a]\n",
        "x",
        ": ",
        "- ",
        "\n",
        "'",
        '"',
        "{",
        "]",
        "\t",
        "&",
        "é",
        "\0",
    ],
]
BODIES = st.lists(st.sampled_from(TOKENS), max_size=20).map("".join).map(str.encode) | st.text().map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=BODIES | st.binary(), kind=st.sampled_from(["packages/one", "grids/one", "categories/apps", "tombstones"]))
def test_nothing_but_problems_comes_of_any_file(data: Path, body: bytes, kind: str) -> None:
    (data / f"{kind}.yaml").write_bytes(body)
    found, wrong = source.load(data)
    assert found is not None
    check(found)
    (data / f"{kind}.yaml").unlink()
    lines = body.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").split("\n")
    for problem in wrong:
        assert problem.path == f"data/{kind}.yaml"
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.code in CODES
        told = str(problem)
        assert len(told.split("\n")) <= 2
        assert not re.search(r"pydantic|[Ii]nput should|Extra inputs|Field required|function-|nullable", told)


TITLES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
TEXTS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]) | st.sampled_from("\n\t"), max_size=60)
SLUGS = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True).filter(lambda slug: slug not in RESERVED_SLUGS)
ADDRESSES = st.from_regex(r"https://[a-z]{1,9}\.example\.org/[a-z0-9/?=%é]{0,20}", fullmatch=True)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()).map(  # noqa: DTZ001 - no zone
    lambda moment: datetime.fromisoformat(moment.isoformat())
)
PACKAGES = st.builds(
    PackageRecord,
    id=st.none() | st.integers(1, 999_999_999),
    title=TITLES,
    category=SLUGS,
    repository=st.just("") | ADDRESSES,
    pypi=st.none() | SLUGS.map(lambda slug: f"x{slug}x"),
    pypi_url=st.none() | st.from_regex(r"(https?://)?[a-z]*[a-z./?=é,-]{0,20}", fullmatch=True),
    documentation=st.none() | st.just("") | ADDRESSES,
    replaces=st.lists(SLUGS, max_size=3).map(tuple),
    deprecated=st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    sites=st.lists(st.fixed_dictionaries({"title": TITLES, "url": ADDRESSES}), max_size=2).map(tuple),
    created=st.none() | MOMENTS,
)
GRIDS = st.builds(
    GridRecord,
    title=TITLES,
    description=TEXTS,
    header=st.booleans(),
    packages=st.lists(SLUGS, max_size=3).map(tuple),
    features=st.lists(
        st.fixed_dictionaries(
            {"title": TITLES, "description": TEXTS, "cells": st.dictionaries(SLUGS, TEXTS, max_size=3)}
        ),
        max_size=2,
    ).map(tuple),
)


def in_quotes(record: Record) -> str:
    """Write a record as YAML, all of its text in quotes."""

    def text(value: Any) -> Any:  # noqa: ANN401 - what JSON can hold
        if isinstance(value, dict):
            return {key: text(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [text(inner) for inner in value]
        return str(value).lower() if isinstance(value, bool) else value if value is None else str(value)

    written = text(record.model_dump(mode="json", exclude_unset=True))
    return yaml.safe_dump(written, default_style='"', allow_unicode=True).replace('!!null "null"', "null")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(package=PACKAGES, grid=GRIDS)
def test_what_is_written_is_read_as_it_was(data: Path, package: PackageRecord, grid: GridRecord) -> None:
    (data / "packages" / "one.yaml").write_text(in_quotes(package), encoding="utf-8")
    (data / "grids" / "one.yaml").write_text(in_quotes(grid), encoding="utf-8")
    found, wrong = source.load(data)
    assert not wrong
    assert found is not None
    assert found.packages["one"].record == package
    assert found.grids["one"].record == grid


def test_documentation_that_is_null_differs_from_none_at_all(data: Path) -> None:
    (data / "packages" / "two.yaml").write_text(f"{PACKAGE}documentation: null\n")
    (data / "packages" / "three.yaml").write_text(f"{PACKAGE}documentation: ''\n")
    found = loaded(data)
    written = [found.packages[slug].record.documentation for slug in ("one", "two", "three")]
    assert written == ["", None, ""]
