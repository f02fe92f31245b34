"""What a change brings: its problems, told apart from older ones; what it may not do to ids and fetched facts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from folders import CREATED, as_yaml, grid, package, write_data, write_record
from repositories import commit, git

from builder import build, history
from builder.changes import Review, RevisionError, find, review
from builder.changes.revisions import changed, extracted, prefix
from builder.errors import BuilderError
from builder.source.text import SIZE_LIMIT

Told = list[tuple[str, str, str]]


pytestmark = pytest.mark.usefixtures("own_git")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a data folder, committed: two packages, one in a grid, with a snapshot each."""
    data = write_data(
        tmp_path / "data",
        packages={"one": package(1), "two": package(2)},
        grids={"both": grid(1, "one", "two")},
        snapshots={"one": {"repository": {"stars": 1}}, "two": {"repository": {"stars": 2}}},
    )
    (data / "tombstones.yaml").write_text("packages:\n  - {id: 9, slug: gone, removed: 2026-01-02}\n")
    (data / "refresh.json").write_text("{}\n")
    commit(tmp_path)
    return data


def reviewed(data: Path, base: str = "HEAD", *, as_bot: bool = False) -> Review:
    return review(find(data, base), *build.look(data), as_bot=as_bot)


def told(data: Path, base: str = "HEAD", *, as_bot: bool = False) -> Told:
    """Give code, path and field of every problem that a change brings."""
    return [(p.code, p.path, p.field) for p in reviewed(data, base, as_bot=as_bot).problems]


# --- The revision


def test_a_revision_that_is_none_is_told(data: Path) -> None:
    for name in ("nowhere", "", "--all", "HEAD:data"):
        with pytest.raises(RevisionError, match="git knows no revision"):
            find(data, name)


def test_a_folder_in_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match="is in no git repository") as caught:
        find(write_data(tmp_path / "data"), "HEAD")
    assert not isinstance(caught.value, RevisionError)


def test_a_machine_without_git_is_told(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(BuilderError, match="git is not installed"):
        find(data, "HEAD")
    assert prefix(data) == ""


def test_a_branch_is_compared_with_where_it_was_left(data: Path) -> None:
    root = data.parent
    left = git(root, "rev-parse", "HEAD")
    git(root, "switch", "--quiet", "--create", "mine")
    write_record(data, "packages/mine.yaml", {"title": "Mine", "category": "nowhere"})
    commit(root)
    git(root, "switch", "--quiet", "main")
    write_record(data, "packages/theirs.yaml", {"title": "Theirs", "category": "elsewhere"})
    (data / "packages/two.yaml").unlink()
    commit(root)
    git(root, "switch", "--quiet", "mine")
    assert find(data, "main").commit == left
    assert told(data, "main") == [("unknown-category", "data/packages/mine.yaml", "category")]


def test_a_history_of_another_root_is_compared_as_it_is(data: Path) -> None:
    root = data.parent
    main = git(root, "rev-parse", "HEAD")
    git(root, "switch", "--quiet", "--orphan", "new")
    commit(root)
    assert find(data.parent, "main").commit == main


def test_what_leads_to_the_folder_is_told(tmp_path: Path) -> None:
    deep = write_data(tmp_path / "a" / "b" / "data")
    assert prefix(deep) == ""
    commit(tmp_path)
    assert prefix(deep) == "a/b/"
    assert prefix(tmp_path / "a") == ""
    assert prefix(tmp_path) == ""


def test_the_files_of_a_revision_come_back_whatever_attributes_and_links_there_are(data: Path) -> None:
    root = data.parent
    (root / ".gitattributes").write_text("*.yaml export-ignore\n*.json export-subst\n")
    (data / "snapshots/one.json").write_text('{"x": "$Format:%H$"}')
    (data / "packages/link.yaml").symlink_to("../../elsewhere")
    (data / "packages/ä b.yaml").write_text("title: Ä\r\n")
    commit(root)
    before = {file.relative_to(data) for file in data.rglob("*")}
    with extracted(find(data, "HEAD")) as folder:
        assert folder.name == "data"
        assert {file.relative_to(folder) for file in folder.rglob("*")} == before
        assert (folder / "snapshots/one.json").read_text() == '{"x": "$Format:%H$"}'
        assert (folder / "packages/ä b.yaml").read_bytes() == "title: Ä\r\n".encode()
        assert str((folder / "packages/link.yaml").readlink()) == "../../elsewhere"
    assert not folder.exists()
    with extracted(find(data, "HEAD"), {"packages/one.yaml", "packages/none.yaml"}) as folder:
        assert [file.name for file in folder.rglob("*.*")] == ["one.yaml"]


def test_a_folder_of_another_repository_is_no_file(data: Path) -> None:
    other = data / "packages/other"
    other.mkdir()
    commit(other)
    git(data.parent, "-c", "advice.addEmbeddedRepo=false", "add", "data/packages/other")
    commit(data.parent)
    with extracted(find(data, "HEAD")) as folder:
        assert not (folder / "packages/other").exists()
    commit(other)
    assert changed(find(data, "HEAD")) == {}


def test_changed_files_are_those_with_other_bytes(data: Path) -> None:
    base = find(data, "HEAD")
    (data / "packages/one.yaml").touch()
    assert changed(base) == {}
    before = (data / "packages/two.yaml").read_bytes()
    (data / "packages/two.yaml").unlink()
    (data / "packages/new.yaml").write_text("x")
    (data / "snapshots/one.json").write_text("y")
    (data.parent / "README.md").write_text("z")
    (data / "packages/link.yaml").symlink_to("nowhere")
    assert changed(base) == {
        "packages/link.yaml": (None, b"nowhere"),
        "packages/new.yaml": (None, b"x"),
        "packages/two.yaml": (before, None),
        "snapshots/one.json": (b'{"repository": {"stars": 1}}', b"y"),
    }
    commit(data.parent)
    assert set(changed(base)) == {"packages/link.yaml", "packages/new.yaml", "packages/two.yaml", "snapshots/one.json"}


def test_what_git_ignores_is_not_there(data: Path) -> None:
    (data.parent / ".gitignore").write_text("*.new\n")
    (data / "snapshots/.one.json.new").write_text("x")
    assert changed(find(data, "HEAD")) == {}


# --- Problems that were there, and those that a change brings


def test_nothing_changed_brings_nothing(data: Path) -> None:
    assert reviewed(data) == Review([], 0)


def test_only_what_a_change_brings_is_told_wherever_the_lines_have_gone(data: Path) -> None:
    write_record(data, "packages/old.yaml", {"title": "Old", "category": "nowhere", "tags": ["A", "B"]})
    commit(data.parent)
    (data / "packages/old.yaml").write_text(
        "# moved\n\n" + as_yaml({"title": "Older", "category": "nowhere", "tags": ["A", "B", "C"]})
    )
    (data / "packages/new.yaml").write_text("titel: New\ncategory: apps\n")
    found = reviewed(data)
    assert [(p.code, p.path, p.field) for p in found.problems] == [
        ("unknown-key", "data/packages/new.yaml", "titel"),
        ("tag", "data/packages/old.yaml", "tags[2]"),
    ]
    assert found.older == 3


def test_what_a_change_breaks_elsewhere_is_told(data: Path) -> None:
    (data / "packages/two.yaml").unlink()
    (data / "snapshots/two.json").unlink()
    (data / "tombstones.yaml").write_text(
        "packages:\n  - {id: 9, slug: gone, removed: 2026-01-02}\n  - {id: 2, slug: two, removed: 2026-01-02}\n"
    )
    assert told(data) == [("unknown-package", "data/grids/both.yaml", "packages[1]")]


def test_a_second_problem_of_the_same_kind_is_told(data: Path) -> None:
    for name in ("x", "y"):
        write_record(data, f"packages/{name}.yaml", {"title": name, "category": "apps", "pypi": "same"})
        write_record(data, "packages/z.yaml", {"title": "z", "category": "apps", "tags": ["a", "a"]})
    commit(data.parent)
    write_record(data, "packages/z.yaml", {"title": "z", "category": "apps", "tags": ["a", "a", "a"]})
    assert told(data) == [("listed-twice", "data/packages/z.yaml", "tags[2]")]


def test_data_that_was_not_there_before_is_all_new(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x")
    commit(tmp_path)
    data = write_data(tmp_path / "data", packages={"one": package(1, category="nowhere")})
    assert told(data) == [("unknown-category", "data/packages/one.yaml", "category")]


def test_data_that_is_gone_is_told(data: Path) -> None:
    base = find(data, "HEAD")
    found = review(base, *build.look(data.parent / "nowhere"))
    assert [problem.code for problem in found.problems] == ["file-missing"]


# --- Ids


def test_an_id_may_neither_change_nor_go(data: Path) -> None:
    write_record(data, "packages/one.yaml", package(7))
    write_record(data, "packages/two.yaml", {key: value for key, value in package(2).items() if key != "id"})
    expected = [("id-changed", f"data/packages/{slug}.yaml", "id") for slug in ("one", "two")]
    assert told(data) == told(data, as_bot=True) == expected


def test_an_id_that_cannot_be_read_is_told_once(data: Path) -> None:
    write_record(data, "packages/one.yaml", package(1) | {"id": "x"})
    assert told(data) == [("number", "data/packages/one.yaml", "id")]


def test_the_program_gives_ids_and_dates_and_a_person_does_not(data: Path) -> None:
    write_record(data, "packages/new.yaml", {"title": "New", "category": "apps"})
    commit(data.parent)
    write_record(data, "packages/new.yaml", {"id": 100001, "title": "New", "category": "apps", "created": CREATED})
    path = "data/packages/new.yaml"
    assert told(data) == [("bot-owned", path, "id"), ("bot-owned", path, "created")]
    assert told(data, as_bot=True) == []


def test_a_new_file_may_come_with_both_as_an_import_has_them(data: Path) -> None:
    write_record(data, "packages/new.yaml", package(100001))
    assert told(data) == []


def test_the_date_of_a_record_stays(data: Path) -> None:
    write_record(data, "grids/both.yaml", grid(1, "one", "two", created="2020-01-01T00:00:00+00:00"))
    (problem,) = reviewed(data).problems
    assert (problem.code, problem.field, problem.hint) == ("bot-owned", "created", f"Write created: {CREATED} again.")
    write_record(
        data, "grids/both.yaml", {key: value for key, value in grid(1, "one", "two").items() if key != "created"}
    )
    assert told(data) == [("bot-owned", "data/grids/both.yaml", "created")]
    assert told(data, as_bot=True) == []
    write_record(data, "grids/both.yaml", grid(1, "one", "two", created="never"))
    assert told(data) == [("date-time", "data/grids/both.yaml", "created")]


# --- What is removed


def remove_two(data: Path) -> None:
    (data / "packages/two.yaml").unlink()
    (data / "snapshots/two.json").unlink()
    write_record(data, "grids/both.yaml", grid(1, "one"))


def test_what_is_removed_leaves_a_tombstone(data: Path) -> None:
    remove_two(data)
    (problem,) = reviewed(data, as_bot=True).problems
    assert str(problem) == (
        "data/packages/two.yaml: the id 2 of two is in no record and in no tombstone any more (found '2') "
        "[tombstone-missing]\n    Add to data/tombstones.yaml, under packages, with the day and the reason: "
        "- {id: 2, slug: two, removed: 2026-02-16, reason: …}"
    )
    with (data / "tombstones.yaml").open("a") as file:
        file.write("  - {id: 2, slug: two, removed: 2026-02-16}\n")
    assert told(data) == []


def test_what_takes_another_name_needs_none(data: Path) -> None:
    remove_two(data)
    write_record(data, "packages/zwei.yaml", package(2))
    (data / "snapshots/zwei.json").write_text('{"repository": {"stars": 2}}')
    assert told(data) == []


def test_what_is_broken_is_not_gone(data: Path) -> None:
    (data / "packages/two.yaml").write_text("title: Two: again\n")
    assert told(data) == [("yaml-syntax", "data/packages/two.yaml", "")]


def test_what_never_had_an_id_may_go(data: Path) -> None:
    write_record(data, "packages/new.yaml", {"title": "New", "category": "apps"})
    commit(data.parent)
    (data / "packages/new.yaml").unlink()
    assert told(data) == []


@pytest.mark.parametrize("text", ["grids: []\n", None])
def test_a_tombstone_stays(data: Path, text: str | None) -> None:
    if text is None:
        (data / "tombstones.yaml").unlink()
    else:
        (data / "tombstones.yaml").write_text(text)
    assert told(data, as_bot=True) == [("tombstone-missing", "data/tombstones.yaml", "")]


def test_tombstones_that_cannot_be_read_are_told_once(data: Path) -> None:
    (data / "tombstones.yaml").write_text("packages: [\n")
    assert told(data) == [("yaml-syntax", "data/tombstones.yaml", "")]


# --- What was fetched


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("snapshots/one.json", '{"repository": {"stars": 9999}}'),
        ("snapshots/one.json", None),
        ("snapshots/notes.txt", "x"),
        ("refresh.json", '{"x": 1}'),
        ("refresh.json", None),
    ],
)
def test_what_was_fetched_is_the_programs(data: Path, path: str, text: str | None) -> None:
    if text is None:
        (data / path).unlink()
    else:
        (data / path).write_text(text)
    assert told(data) == [("bot-owned", f"data/{path}", "")]
    assert told(data, as_bot=True) == []


@pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        (
            lambda file: file.write_text("{}"),
            "was changed",
            "Take it back: git checkout main -- data/snapshots/one.json",
        ),
        (Path.unlink, "was removed", "Take it back: git checkout main -- data/snapshots/one.json"),
    ],
)
def test_the_way_back_is_told(data: Path, change: Callable[[Path], object], said: str, hint: str) -> None:
    change(data / "snapshots/one.json")
    (problem,) = reviewed(data, "main").problems
    assert problem.message.startswith(said)
    assert problem.hint == hint


def test_a_snapshot_of_a_persons_own_is_refused(data: Path) -> None:
    write_record(data, "packages/new.yaml", {"title": "New", "category": "apps"})
    (data / "snapshots/new.json").write_text('{"repository": {"stars": 9999}}')
    (problem,) = reviewed(data).problems
    assert (problem.code, problem.hint) == ("bot-owned", "Remove it.")


def test_a_snapshot_of_another_name_must_be_the_one_that_went(data: Path) -> None:
    remove_two(data)
    write_record(data, "packages/zwei.yaml", package(2))
    (data / "snapshots/zwei.json").write_text('{"repository": {"stars": 9999}}')
    assert told(data) == [("bot-owned", "data/snapshots/zwei.json", "")]


def test_what_git_refuses_stops_with_its_words(data: Path) -> None:
    base = find(data, "HEAD")
    with pytest.raises(BuilderError):
        history.answer(base.data, "cat-file", "--no-such-option")


def test_a_file_may_be_as_large_as_it_likes_in_the_base(data: Path) -> None:
    (data / "packages/large.yaml").write_text(as_yaml(package(5)) + "#" * SIZE_LIMIT)
    commit(data.parent)
    assert reviewed(data).problems == []
    assert reviewed(data).older == 1
