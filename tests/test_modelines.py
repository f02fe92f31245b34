"""The line by which an editor finds a file's schema: put in by `fmt`, written by whatever writes a file."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from folders import package, tree, write_data
from hypothesis import given
from hypothesis import strategies as st

from builder import ids, schemas, source, tidy
from builder.cli import main
from builder.entries import Data
from builder.importing.edit import amend
from builder.source import modelines, yaml_text

ROOT = Path(__file__).parents[1]
OURS = "# yaml-language-server: $schema=../schemas/package.json"
ELSEWHERE = "# yaml-language-server: $schema=https://example.org/package.json"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a data folder with schemas."""
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    (data / "tombstones.yaml").write_text("grids: []\npackages: []\n")
    assert CliRunner().invoke(main, ["schema", "--data", str(data)]).exit_code == 0
    return data


def fmt(data: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["fmt", "--data", str(data), *options])
    return result.exit_code, result.stdout


@pytest.mark.parametrize("kind", schemas.MODELS)
def test_the_line_leads_from_the_folder_of_the_file_to_the_schema(kind: str) -> None:
    folder = next((folder for folder, held in schemas.FOLDERS.items() if held == kind), "")
    path = modelines.of(kind, folder).partition("$schema=")[2]
    assert (ROOT / "data" / folder / path).resolve() == ROOT / f"data/schemas/{kind}.json"
    assert modelines.find(ROOT / "data", f"{folder}/x.yaml" if folder else f"{kind}.yaml") == modelines.of(kind, folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: A\n", f"{OURS}\ntitle: A\n"),
        (f"{OURS}\ntitle: A\n", f"{OURS}\ntitle: A\n"),
        ("# Mine\n\ntitle: A\n", f"{OURS}\n# Mine\n\ntitle: A\n"),
        (f"# Mine\n{OURS}\n# too\ntitle: A\n", f"{OURS}\n# Mine\n# too\ntitle: A\n"),
        ("---\ntitle: A\n", f"{OURS}\n---\ntitle: A\n"),
        ("#  yaml-language-server : $schema=../schemas/grid.json\ntitle: A\n", f"{OURS}\ntitle: A\n"),
        ("# $schema: schemas/package.json\ntitle: A\n", f"{OURS}\ntitle: A\n"),
        (f"# Mine\n{ELSEWHERE}  \ntitle: A\n", f"{ELSEWHERE}\n# Mine\ntitle: A\n"),
        ("# $schema: ../../x.json\ntitle: A\n", "# $schema: ../../x.json\ntitle: A\n"),
        (f"title: A\n{ELSEWHERE}\n", f"{OURS}\ntitle: A\n{ELSEWHERE}\n"),
        ("# yaml-language-server: nothing\ntitle: A\n", f"{OURS}\n# yaml-language-server: nothing\ntitle: A\n"),
        ("", f"{OURS}\n"),
    ],
)
def test_the_line_is_the_first_and_that_of_a_person_stays(before: str, after: str) -> None:
    assert modelines.first(before, OURS) == after
    assert modelines.first(after, OURS) == after
    assert modelines.first(before, "") == before


@given(st.lists(st.sampled_from(["# a\n", "\n", OURS + "\n", ELSEWHERE + "\n", "---\n", "title: A\n", "id: 1\n"])))
def test_the_rest_of_a_text_stays_and_once_is_enough(lines: list[str]) -> None:
    made = modelines.first("".join(lines), OURS)
    assert modelines.first(made, OURS) == made
    before, after = Counter("".join(lines).splitlines()), Counter(made.splitlines())
    assert (before - after, after - before) in [({}, {}), ({}, {OURS: 1})]


def test_fmt_puts_the_line_into_all_files(data: Path) -> None:
    assert fmt(data, "--check")[0] == 1
    assert fmt(data)[0] == 0
    assert (data / "packages/a.yaml").read_text().startswith(f"{OURS}\nid: 1\n")
    assert (
        (data / "categories/apps.yaml")
        .read_text()
        .startswith("# yaml-language-server: $schema=../schemas/category.json\n")
    )
    assert (data / "site.yaml").read_text().startswith("# yaml-language-server: $schema=schemas/site.json\ntitle: ")
    tombstones = "# yaml-language-server: $schema=schemas/tombstones.json\npackages: []\ngrids: []\n"
    assert (data / "tombstones.yaml").read_text() == tombstones
    once = tree(data)
    assert fmt(data) == (0, "0 files put in order.\n")
    assert tree(data) == once
    assert CliRunner().invoke(main, ["check", "--data", str(data)]).exit_code == 0


def test_no_line_leads_to_a_schema_that_is_not_there(data: Path) -> None:
    (data / "schemas/package.json").unlink()
    fmt(data)
    assert "$schema" not in (data / "packages/a.yaml").read_text()
    assert "$schema" in (data / "site.yaml").read_text()


def test_a_missing_line_is_no_problem(data: Path) -> None:
    assert "$schema" not in (data / "packages/a.yaml").read_text()
    assert CliRunner().invoke(main, ["check", "--data", str(data)]).exit_code == 0


def test_ids_stand_below_the_line(data: Path) -> None:
    (data / "packages/b.yaml").write_text(f"{OURS}\ntitle: B\ncategory: apps\n")
    found, _ = source.load(data)
    assert isinstance(found, Data)
    assert ids.give(found, data, datetime(2026, 2, 16, tzinfo=UTC)) == (["data/packages/b.yaml"], [])
    assert (data / "packages/b.yaml").read_text() == (
        f"{OURS}\nid: 100001\ntitle: B\ncategory: apps\ncreated: 2026-02-16T00:00:00+00:00\n"
    )
    assert fmt(data, "--check")[1].split("\n").count("data/packages/b.yaml") == 0


def test_what_is_put_into_a_file_stands_below_the_line() -> None:
    made = amend(f"{OURS}\n# Mine\ntitle: B\ncategory: apps\n", {"id": 5, "pypi": "b"})
    assert made == f"{OURS}\n# Mine\nid: 5\ntitle: B\ncategory: apps\npypi: b\n"


def test_a_file_with_the_line_says_what_it_said() -> None:
    for path in (ROOT / "tests/project/data").glob("*/*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert yaml_text.read(modelines.first(text, OURS)).value == yaml_text.read(text).value


def test_the_catalogue_has_it_everywhere_and_is_in_order() -> None:
    data = ROOT / "data"
    assert tidy.tidy(data, write=False) == ([], [])
    for path in data.glob("**/*.yaml"):
        assert path.read_text(encoding="utf-8").startswith(modelines.find(data, path.relative_to(data).as_posix()))
