"""What a change does: to the files, to the API, to the pages; told as text, Markdown and JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from folders import CREATED, as_yaml, grid, package, write_data, write_record
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from repositories import commit

from builder import build, cli
from builder.changes import answers, find
from builder.changes.answers import RouteChange
from builder.changes.difference import compare
from builder.changes.fields import FieldChange, differences, shortened
from builder.changes.records import FileChange
from builder.changes.report import MOST, Difference, as_json, as_markdown, as_text

pytestmark = pytest.mark.usefixtures("own_git")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a data folder, committed: two packages, one in a grid, with a snapshot each, a text and a post."""
    data = write_data(
        tmp_path / "data",
        packages={"one": package(1, tags=["a"]), "two": package(2)},
        grids={"both": grid(1, "one", "two")},
        snapshots={"one": {"repository": {"stars": 1}}},
    )
    for kind, header in (("pages", "title: About"), ("posts", "title: New\ndate: 2026-01-01")):
        (data / kind).mkdir()
        (data / kind / "about.md").write_text(f"---\n{header}\n---\nWords.\n")
    commit(tmp_path)
    return data


def difference(data: Path, *, pages: bool = True) -> Difference:
    return compare(find(data, "HEAD"), *build.look(data), pages=pages)


def changes(found: Difference) -> dict[str, tuple[str, dict[str, tuple[Any, Any]]]]:
    """Give what became of each file, and its fields before and after."""
    return {
        change.path: (change.what, {field.field: (field.before, field.after) for field in change.fields})
        for change in found.files
    }


def routes(found: Difference) -> dict[str, str]:
    return {change.route: change.what for change in found.routes or ()}


# --- Fields


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, [("a", 1, None), ("b", 2, 3), ("c", None, 4)]),
        ({"a": ["x", "y"]}, {"a": ["y"]}, [("a", ["x", "y"], ["y"])]),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 3}]}, [("a[1].b", 2, 3)]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 2}]}, [("a[1]", None, {"b": 2})]),
        ({"a": {"b": None}}, {"a": {"b": ""}}, [("a.b", None, "")]),
        ({"a": {"b": 1}}, {"a": [1]}, [("a", {"b": 1}, [1])]),
    ],
)
def test_fields_that_differ(before: Any, after: Any, expected: list[tuple[str, Any, Any]]) -> None:  # noqa: ANN401 - JSON
    assert [(change.field, change.before, change.after) for change in differences(before, after)] == expected


JSON = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("ab", min_size=1), JSON), st.dictionaries(st.text("ab", min_size=1), JSON))
def test_every_difference_is_told_and_nothing_else(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = list(differences(before, after))
    assert all(change.before != change.after for change in found)
    assert bool(found) == (before != after)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nothing"),
        ("ä", '"ä"'),
        ("a\u202eb", r'"a\u202eb"'),
        ("x" * 200, '"' + "x" * 78 + "…"),
        (True, "true"),
    ],
)
def test_values_are_shown_on_one_line(value: object, shown: str) -> None:
    assert shortened(value) == shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (1, 2, "1 → 2"),
        (None, ["a"], 'nothing → ["a"]'),
        (["a", "b"], ["b", "c"], '- "a", + "c"'),
        (["a", "b"], ["b", "a"], 'in another order: ["b", "a"]'),
        ([], list(range(12)), ", ".join(f"+ {n}" for n in range(10)) + " and 2 more"),
    ],
)
def test_of_lists_only_what_went_and_came_is_shown(before: Any, after: Any, shown: str) -> None:  # noqa: ANN401 - JSON
    assert FieldChange("x", before, after).shown == shown


# --- Files


def test_nothing_changed(data: Path) -> None:
    found = difference(data)
    assert (found.files, found.routes, found.notes) == ([], [], ())
    assert as_text(found) == "Nothing changes."
    assert as_markdown(found) == "## What this changes\n\nNothing.\n"


def test_a_comment_changes_nothing(data: Path) -> None:
    (data / "packages/one.yaml").write_text("# a comment\n" + as_yaml(package(1, tags=["a"])))
    assert changes(difference(data)) == {}


def test_every_kind_of_file_is_compared(data: Path) -> None:
    write_record(data, "packages/one.yaml", package(1, title="Uno", tags=["a", "b"]))
    write_record(data, "packages/new.yaml", {"title": "New", "category": "apps"})
    write_record(data, "grids/both.yaml", grid(1, "one", "two", header=True))
    write_record(data, "categories/apps.yaml", {"id": 1, "title": "A", "title_plural": "Apps", "created": CREATED})
    (data / "pages/about.md").write_text("---\ntitle: About\n---\nOther words.\n")
    (data / "posts/about.md").unlink()
    (data / "products").mkdir()
    write_record(data, "products/django.yaml", {"title": "Django", "classifier": "Framework :: Django"})
    (data / "tombstones.yaml").write_text("packages:\n  - {id: 9, slug: gone, removed: 2026-01-02}\n")
    (data / "snapshots/one.json").write_text('{"repository": {"stars": 2}}')
    with (data / "site.yaml").open("a") as file:
        file.write("description: Words\n")
    assert changes(difference(data)) == {
        "data/categories/apps.yaml": ("changed", {"title": ("App", "A")}),
        "data/grids/both.yaml": ("changed", {"header": (None, True)}),
        "data/packages/new.yaml": ("added", {}),
        "data/packages/one.yaml": ("changed", {"title": ("Package 1", "Uno"), "tags": (["a"], ["a", "b"])}),
        "data/pages/about.md": ("changed", {"text": ("Words.\n", "Other words.\n")}),
        "data/posts/about.md": ("removed", {}),
        "data/products/django.yaml": ("added", {}),
        "data/site.yaml": ("changed", {"description": (None, "Words")}),
        "data/snapshots/one.json": ("changed", {"repository.stars": (1, 2)}),
        "data/tombstones.yaml": ("added", {}),
    }


def test_a_file_under_another_name_with_its_id_is_renamed(data: Path) -> None:
    (data / "packages/two.yaml").unlink()
    write_record(data, "packages/zwei.yaml", package(2, title="Zwei"))
    write_record(data, "grids/both.yaml", grid(1, "one", "zwei"))
    found = difference(data)
    (renamed,) = (change for change in found.files if change.what == "renamed")
    assert (renamed.former, renamed.path) == ("data/packages/two.yaml", "data/packages/zwei.yaml")
    assert renamed.fields == (FieldChange("title", "Package 2", "Zwei"),)
    assert "> data/packages/two.yaml → data/packages/zwei.yaml\n" in as_text(found)
    assert {"/packages/p/two/": "removed", "/packages/p/zwei/": "added"}.items() <= routes(found).items()


# --- Answers


def test_routes_that_come_change_and_go(data: Path) -> None:
    write_record(data, "packages/one.yaml", package(1, title="Uno"))
    write_record(data, "packages/three.yaml", package(3))
    (data / "packages/two.yaml").unlink()
    write_record(data, "grids/both.yaml", grid(1, "one"))
    found = difference(data)
    expected = {
        "/api/v4/packages/1/": "changed",
        "/api/v4/packages/one/": "changed",
        "/api/v4/packages/2/": "removed",
        "/api/v4/packages/3/": "added",
        "/api/v3/packages/one/": "changed",
        "/api/v4/packages/": "changed",
        "/packages/p/one/": "changed",
        "/packages/p/two/": "removed",
        "/packages/p/three/": "added",
        "/grids/g/both/": "changed",
    }
    assert expected.items() <= routes(found).items()
    assert "/api/v4/categories/1/" not in routes(found)
    assert not any(route.startswith("/assets/") for route in routes(found))
    fields = {change.route: change.fields for change in found.routes or ()}
    assert fields["/api/v4/packages/1/"] == (FieldChange("title", "Package 1", "Uno"),)
    (change,) = fields["/api/v4/grids/1/"]
    assert change.shown == '- "https://djangopackages.org/api/v4/packages/2/"'
    assert FieldChange("title", "Package 1", "Uno") in fields["/api/v3/packages/one/"]
    assert fields["/api/v4/packages/"] == ()


def test_without_pages_the_api_alone_is_compared(data: Path) -> None:
    write_record(data, "packages/one.yaml", package(1, title="Uno"))
    found = routes(difference(data, pages=False))
    assert found["/api/v4/packages/1/"] == "changed"
    assert all(route.startswith("/api/") for route in found)


def test_a_large_catalogue_is_rendered_by_two_processes_with_the_same_result(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_record(data, "packages/one.yaml", package(1, title="Uno"))
    commit(data.parent)
    write_record(data, "packages/one.yaml", package(1, title="Eins"))
    alone = difference(data)
    assert alone.routes
    monkeypatch.setattr(answers, "ALONE", 0)
    assert difference(data) == alone


def test_what_the_other_process_does(data: Path) -> None:
    found = answers.load_answers(answers.Side(data, data))
    assert "/packages/p/one/" in found.sums
    assert "/api/v4/packages/1/" in found.items


def test_the_dates_of_both_sides_are_those_of_their_commits(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2030-01-01T00:00:00Z")
    write_record(data, "packages/one.yaml", package(1, title="Uno"))
    base = find(data, "HEAD")
    commit(data.parent)
    found = compare(base, *build.look(data))
    fields = {change.route: {field.field for field in change.fields} for change in found.routes or ()}
    assert fields["/api/v4/packages/1/"] == {"title", "modified"}
    assert "/api/v4/packages/2/" not in fields


def test_answers_of_data_with_problems_are_not_compared(data: Path) -> None:
    write_record(data, "packages/one.yaml", package(1, category="nowhere"))
    found = difference(data)
    assert found.routes is None
    assert "has problems" in found.notes[0]
    assert changes(found) == {
        "data/packages/one.yaml": ("changed", {"category": ("apps", "nowhere"), "tags": (["a"], None)})
    }
    assert json.loads(as_json(found))["routes"] is None
    commit(data.parent)
    write_record(data, "packages/one.yaml", package(1, tags=["a"]))
    found = difference(data)
    assert found.routes is None
    assert found.notes == ["The data of HEAD has problems: what the site answered is not compared."]


def test_data_that_was_not_there_is_all_new(tmp_path: Path) -> None:
    commit(tmp_path)
    data = write_data(tmp_path / "data", packages={"one": package(1)})
    found = difference(data)
    assert {what for what, _ in changes(found).values()} == {"added"}
    assert found.routes is None


# --- Forms


def some(count: int) -> Difference:
    fields = tuple(FieldChange(f"f{n}", n, n + 1) for n in range(MOST + 2))
    listed = [RouteChange("changed", f"/packages/p/a{n:03}/") for n in range(count)]
    item = RouteChange("changed", "/api/v4/packages/1/", fields)
    forms = [RouteChange("changed", f"/api/v4/packages{end}") for end in ("/1.json", "/one/", "/one.json", ".json")]
    pages = [RouteChange("added", "/categories/apps/page/2/")]
    return Difference(
        "c0ffee", [FileChange("changed", "data/packages/one.yaml", fields[:1])], [item, *forms, *listed, *pages]
    )


def test_text_shows_the_first_and_counts_the_others() -> None:
    text = as_text(some(MOST + 5))
    assert text.startswith("Files: 1 changed\n  ~ data/packages/one.yaml\n      f0: 0 → 1\nAPI v4: 1 changed\n")
    assert "  ~ /api/v4/packages/1/\n      f0: 0 → 1\n" in text
    assert "      … and 2 more fields\n  … and 4 other forms and further pages of these\n" in text
    assert f"Pages: {MOST + 5} changed\n" in text
    assert text.endswith("  … and 5 more\n  … and 1 other forms and further pages of these")
    assert "more\n" not in as_text(some(MOST)).partition("Pages")[2]


def test_markdown_is_a_page_with_lists() -> None:
    page = as_markdown(some(2))
    assert page.startswith("## What this changes\n\n\n### Files: 1 changed\n\n- changed `data/packages/one.yaml`\n")
    assert "  - `f0`: `0 → 1`\n" in page
    assert "  - … and 2 more fields\n" in page


@given(st.text(st.sampled_from("<>[]()!*_`~\\|#@&:/.-\n ab"), max_size=40))
def test_nothing_of_a_value_becomes_markup(value: str) -> None:
    found = Difference("x", [FileChange("changed", "data/a.yaml", (FieldChange("title", None, value),))], [], [value])
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(as_markdown(found))
    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}
    assert not kinds & {"html_block", "html_inline", "image", "link_open", "fence", "em_open", "strong_open", "hr"}


def test_json_is_whole() -> None:
    report = json.loads(as_json(some(MOST + 5)))
    assert report.keys() == {"schema_version", "base", "files", "routes", "notes"}
    assert (report["schema_version"], report["base"]) == (1, "c0ffee")
    assert report["files"] == [
        {
            "what": "changed",
            "path": "data/packages/one.yaml",
            "fields": [{"field": "f0", "before": 0, "after": 1}],
            "former": "",
        }
    ]
    assert len(report["routes"]) == MOST + 5 + 6
    assert len(report["routes"][0]["fields"]) == MOST + 2


# --- The command


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def test_the_command_tells_it_in_each_form(data: Path) -> None:
    write_record(data, "packages/one.yaml", package(1, title="Uno", tags=["a"]))
    text = run("diff", "HEAD", "--data", data)
    assert text.exit_code == 0, text.output
    assert text.stdout.startswith('Files: 1 changed\n  ~ data/packages/one.yaml\n      title: "Package 1" → "Uno"\n')
    assert text.stderr == ""
    assert run("diff", "HEAD", "--data", data, "--format", "markdown").stdout.startswith("## What this changes\n")
    for options in (("--json",), ("--format", "json")):
        report = json.loads(run("diff", "HEAD", "--no-pages", "--data", data, *options).stdout)
        assert [change["path"] for change in report["files"]] == ["data/packages/one.yaml"]


def test_the_command_says_why_answers_are_not_compared(data: Path) -> None:
    write_record(data, "packages/one.yaml", package(1, category="nowhere"))
    result = run("diff", "HEAD", "--data", data)
    assert result.exit_code == 1
    assert "Note: The data has problems" in result.stderr
    assert run("--quiet", "diff", "HEAD", "--data", data).stderr == ""


def test_a_revision_that_is_none_is_wrong_usage(data: Path) -> None:
    result = run("diff", "nowhere", "--data", data)
    assert result.exit_code == 2
    assert "git knows no revision 'nowhere' here" in result.stderr
