import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from folders import grid, package, tree, write_data
from hypothesis import given, settings
from hypothesis import strategies as st

from builder import ids, source
from builder.entries import Data

NOW = datetime(2026, 3, 1, 5, 6, 7, 890123, tzinfo=timezone(timedelta(hours=1)))
CREATED = "created: 2026-03-01T04:06:07+00:00"


def loaded(data: Path) -> Data:
    found, problems = source.load(data)
    assert problems == []
    assert isinstance(found, Data)
    return found


def give(data: Path) -> list[str]:
    given, problems = ids.give(loaded(data), data, NOW)
    assert problems == []
    return given


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "data", packages={"old": package(100_004)})


FORMS = {
    "plain": ("title: A\ncategory: apps\n", f"id: 100005\ntitle: A\ncategory: apps\n{CREATED}\n"),
    "no line break at the end": ("title: A\ncategory: apps", f"id: 100005\ntitle: A\ncategory: apps\n{CREATED}"),
    "modeline": (
        "# yaml-language-server: $schema=../x.json\n\ntitle: A\ncategory: apps\n",
        f"# yaml-language-server: $schema=../x.json\n\nid: 100005\ntitle: A\ncategory: apps\n{CREATED}\n",
    ),
    "document": ("---\ntitle: A\ncategory: apps\n", f"---\nid: 100005\ntitle: A\ncategory: apps\n{CREATED}\n"),
    "document with an end": (
        "# x\n---\ntitle: A\ncategory: apps\n...\n# after\n",
        f"# x\n---\nid: 100005\ntitle: A\ncategory: apps\n{CREATED}\n...\n# after\n",
    ),
    "comments": (
        "title: A # the name\ncategory: apps\n# the end\n",
        f"id: 100005\ntitle: A # the name\ncategory: apps\n# the end\n{CREATED}\n",
    ),
    "a comment without a line break": (
        "title: A\ncategory: apps\n# the end",
        f"id: 100005\ntitle: A\ncategory: apps\n# the end\n{CREATED}",
    ),
    "empty lines at the end": (
        "title: A\ncategory: apps\n\n\n",
        f"id: 100005\ntitle: A\ncategory: apps\n{CREATED}\n\n\n",
    ),
    "modified": (
        "title: A\nmodified: 2026-01-01T00:00:00Z # by hand\ncategory: apps\n",
        f"id: 100005\ntitle: A\n{CREATED}\nmodified: 2026-01-01T00:00:00Z # by hand\ncategory: apps\n",
    ),
    "modified on the next line": (
        "title: A\ncategory: apps\nmodified:\n  2026-01-01T00:00:00Z",
        f"id: 100005\ntitle: A\ncategory: apps\n{CREATED}\nmodified:\n  2026-01-01T00:00:00Z",
    ),
    "only an id is lacking": (
        "title: A\ncategory: apps\ncreated: 2026-01-01T00:00:00Z\n",
        "id: 100005\ntitle: A\ncategory: apps\ncreated: 2026-01-01T00:00:00Z\n",
    ),
    "only a date is lacking": ("id: 7\ntitle: A\ncategory: apps\n", f"id: 7\ntitle: A\ncategory: apps\n{CREATED}\n"),
    "windows": (
        "title: A\r\ncategory: apps\r\n",
        f"id: 100005\r\ntitle: A\r\ncategory: apps\r\n{CREATED}\r\n",
    ),
    "windows, without the last line break": (
        "title: A\r\ncategory: apps",
        f"id: 100005\r\ntitle: A\r\ncategory: apps\r\n{CREATED}",
    ),
    "byte order mark": ("\ufefftitle: A\ncategory: apps\n", f"\ufeffid: 100005\ntitle: A\ncategory: apps\n{CREATED}\n"),
    "indented": ("  title: A\n  category: apps\n", f"  id: 100005\n  title: A\n  category: apps\n  {CREATED}\n"),
    "quoted": ('"title": A\n? category\n: apps\n', f'id: 100005\n"title": A\n? category\n: apps\n{CREATED}\n'),
    "a list at the end": (
        "title: A\ncategory: apps\ntags:\n- a\n- b\n",
        f"id: 100005\ntitle: A\ncategory: apps\ntags:\n- a\n- b\n{CREATED}\n",
    ),
    "a mapping at the end": (
        "title: A\ncategory: apps\nsites:\n  - title: modified\n    url: https://example.org/\n",
        "id: 100005\ntitle: A\ncategory: apps\nsites:\n  - title: modified\n    url: https://example.org/\n"
        + CREATED
        + "\n",
    ),
    "several lines at the end": (
        "title: A\ncategory: apps\ntags: [a,\n  b]\n",
        f"id: 100005\ntitle: A\ncategory: apps\ntags: [a,\n  b]\n{CREATED}\n",
    ),
    "other letters": ("# ü\ntitle: Ä\ncategory: apps\n", f"# ü\nid: 100005\ntitle: Ä\ncategory: apps\n{CREATED}\n"),
    "flow": ("{title: A, category: apps}", "{id: 100005, " + CREATED + ", title: A, category: apps}"),
    "flow over lines": (
        "# x\n{\n  title: A,\n  category: apps,\n}\n",
        "# x\n{id: 100005, " + CREATED + ", \n  title: A,\n  category: apps,\n}\n",
    ),
    "empty keys": (
        "id:\ntitle: A\ncategory: apps\ncreated: ~  # soon\nmodified: null\n",
        f"id: 100005\ntitle: A\ncategory: apps\n{CREATED}  # soon\nmodified: null\n",
    ),
    "an empty key at the end": (
        "title: A\ncategory: apps\ncreated:",
        f"id: 100005\ntitle: A\ncategory: apps\n{CREATED}",
    ),
    "empty keys in flow": (
        "{id: , title: A, category: apps, created: null}",
        "{id: 100005 , title: A, category: apps, " + CREATED + "}",
    ),
}


@pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS)
def test_two_lines_come_in_and_nothing_else_changes(data: Path, before: str, after: str) -> None:
    file = data / "packages/new.yaml"
    file.write_bytes(before.encode())
    others = {path: body for path, body in tree(data).items() if path != "packages/new.yaml"}
    record = loaded(data).packages["new"].record
    assert give(data) == ["data/packages/new.yaml"]
    assert file.read_bytes() == after.encode()
    assert {path: body for path, body in tree(data).items() if path != "packages/new.yaml"} == others
    found = loaded(data).packages["new"].record
    assert found.id == (record.id or 100_005)
    assert found.created == (record.created or datetime(2026, 3, 1, 4, 6, 7, tzinfo=UTC))
    assert found.model_copy(update={"id": record.id, "created": record.created}) == record
    assert give(data) == []


BLOCKS = {
    "clipped": ("description: |\n  text\n", f"description: |\n  text\n{CREATED}\n"),
    "clipped, without a line break": ("description: |\n  text", None),
    "kept": ("description: |+\n  text\n\n\n", f"description: |+\n  text\n\n\n{CREATED}\n"),
    "with dots": ("description: |\n  ...\n  text\n", f"description: |\n  ...\n  text\n{CREATED}\n"),
    "folded": ("description: >-\n  one\n  two", f"description: >-\n  one\n  two\n{CREATED}"),
}


@pytest.mark.parametrize(("end", "expected"), BLOCKS.values(), ids=BLOCKS)
def test_a_block_of_text_at_the_end_stays_as_it_is(data: Path, end: str, expected: str | None) -> None:
    file = data / "grids/new.yaml"
    file.write_text(f"title: G\n{end}")
    description = loaded(data).grids["new"].record.description
    give(data)
    # Where a line break after it would be part of the text, the date comes first.
    text = f"id: 100001\n{CREATED}\ntitle: G\n{end}" if expected is None else f"id: 100001\ntitle: G\n{expected}"
    assert file.read_text() == text
    assert loaded(data).grids["new"].record.description == description


def test_ids_go_on_after_the_last_one_of_each_kind_in_order_of_slug(data: Path) -> None:
    for path in ("packages/z", "packages/b", "grids/g", "categories/c"):
        extra = {"p": "category: apps\n", "g": "", "c": "title_plural: Cs\n"}[path[0]]
        (data / f"{path}.yaml").write_text(f"title: T\n{extra}")
    (data / "tombstones.yaml").write_text(
        "packages:\n- {id: 100009, slug: a, removed: 2026-01-01}\ngrids:\n- {id: 3, slug: a, removed: 2026-01-01}\n"
    )
    assert give(data) == [
        "data/packages/b.yaml",
        "data/packages/z.yaml",
        "data/grids/g.yaml",
        "data/categories/c.yaml",
    ]
    found = loaded(data)
    assert {slug: entry.record.id for slug, entry in found.packages.items()} == {
        "b": 100_010,
        "old": 100_004,
        "z": 100_011,
    }
    assert found.grids["g"].record.id == 100_001
    assert found.categories["c"].record.id == 100_001


def test_where_nothing_is_lacking_nothing_is_touched(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)}, grids={"g": grid(1, "a")})
    before = {file: file.stat().st_mtime_ns for file in data.rglob("*")}
    assert give(data) == []
    assert {file: file.stat().st_mtime_ns for file in data.rglob("*")} == before


def test_the_file_keeps_its_mode_and_nothing_lies_beside_it(data: Path) -> None:
    file = data / "packages/new.yaml"
    file.write_text("title: A\ncategory: apps\n")
    file.chmod(0o640)
    give(data)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert {found.name for found in (data / "packages").iterdir()} == {"new.yaml", "old.yaml"}


def test_killed_between_two_files_the_rest_gets_what_it_would_have_got(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for slug in "abc":
        (data / f"packages/{slug}.yaml").write_text("title: A\ncategory: apps\n")
    whole = tmp_path / "whole" / "data"
    write_data(whole, packages={"old": package(100_004)})
    for slug in "abc":
        (whole / f"packages/{slug}.yaml").write_text("title: A\ncategory: apps\n")
    give(whole)
    replace, left = os.replace, [1]

    def killed(self: Path, target: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            give(data)
    assert give(data) == ["data/packages/b.yaml", "data/packages/c.yaml"]
    assert tree(data) == tree(whole)


HINT = "Write it as plain lines of `key: value`, without id and created, and smaller than 64 KB."


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('title: A\ncategory: apps\n"id":\n', ":3:1: id"),
        ('{"id": null, title: A, category: apps}', ":1:2: id"),
        ("title: A\ncategory: apps\n? id\n:\n", ":3:3: id"),
        ("title: A\ncategory: apps\n#".ljust(64 * 1024, "x"), ":1:1"),
    ],
)
def test_what_cannot_be_added_to_is_told_and_all_others_are_given_theirs(data: Path, text: str, place: str) -> None:
    for slug in "ac":
        (data / f"packages/{slug}.yaml").write_text("title: A\ncategory: apps\n")
    (data / "packages/b.yaml").write_text(text)
    (data / "grids/g.yaml").write_text("title: G\n")
    given, problems = ids.give(loaded(data), data, NOW)
    assert given == ["data/packages/a.yaml", "data/packages/c.yaml", "data/grids/g.yaml"]
    message = "the file is written so that id and created cannot be put in [file-form]"
    assert [str(problem) for problem in problems] == [f"data/packages/b.yaml{place}: {message}\n    {HINT}"]
    assert (data / "packages/b.yaml").read_text() == text
    found = loaded(data).packages
    assert (found["a"].record.id, found["b"].record.id, found["c"].record.id) == (100_005, None, 100_006)


def test_an_id_in_a_file_that_cannot_be_added_to_is_given_to_no_other(data: Path) -> None:
    (data / "packages/a.yaml").write_text('id: 100005\ntitle: A\ncategory: apps\n"created":\n')
    (data / "packages/b.yaml").write_text("title: A\ncategory: apps\n")
    given, [problem] = ids.give(loaded(data), data, NOW)
    assert given == ["data/packages/b.yaml"]
    assert loaded(data).packages["b"].record.id == 100_006
    assert problem.field == "created"


def test_a_file_that_was_changed_meanwhile_is_not_written(data: Path) -> None:
    (data / "packages/a.yaml").write_text("title: A\ncategory: apps\n")
    before = loaded(data)
    (data / "packages/a.yaml").write_text("title: B\ncategory: apps\n")
    given, problems = ids.give(before, data, NOW)
    assert (given, [problem.path for problem in problems]) == ([], ["data/packages/a.yaml"])
    assert (data / "packages/a.yaml").read_text() == "title: B\ncategory: apps\n"


def test_the_folder_may_be_the_one_above(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "packages/new.yaml").write_text("title: A\ncategory: apps\n")
    monkeypatch.chdir(data / "packages")
    assert give(Path("..")) == ["data/packages/new.yaml"]


_LINES = st.sampled_from(
    ["title: A", "category: apps", "# a comment", "", "tags: [a, b]", "documentation: |-\n  https://example.org/"]
)


@settings(deadline=None)
@given(lines=st.lists(_LINES, unique=True), head=st.sampled_from(["", "# x\n", "---\n", "\n"]), end=st.booleans())
def test_whatever_the_order_only_lines_come_in(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], head: str, *, end: bool
) -> None:
    must = [line for line in ("title: A", "category: apps") if line not in lines]
    text = head + "\n".join([*lines, *must]) + "\n" * end
    data = write_data(tmp_path_factory.mktemp("x") / "data")
    file = data / "packages/new.yaml"
    file.write_text(text)
    assert give(data) == ["data/packages/new.yaml"]
    after = file.read_text().split("\n")
    after.remove("id: 100001")
    after.remove(CREATED)
    assert "\n".join(after) == text
    assert loaded(data).packages["new"].record.id == 100_001
