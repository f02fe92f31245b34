from pathlib import Path

import pytest
from click.testing import CliRunner
from folders import package, tree, write_data
from hypothesis import given
from hypothesis import strategies as st

from builder import tidy
from builder.cli import main
from builder.source import yaml_text

ORDER = ("id", "title", "category", "tags", "created")

FORMS = {
    "in order": ("id: 1\ntitle: A\n", "id: 1\ntitle: A\n"),
    "not in order": ("title: A\nid: 1\n", "id: 1\ntitle: A\n"),
    "unknown keys last": ("other: x\ntitle: A\nid: 1\n", "id: 1\ntitle: A\nother: x\n"),
    "no line break at the end": ("title: A\nid: 1", "id: 1\ntitle: A\n"),
    "a comment on the line": ("title: A # name\nid: 1\n", "id: 1\ntitle: A # name\n"),
    "a comment goes with its key": (
        "title: A\n# who\n# knows\nid: 1\ntags: [x]\n",
        "# who\n# knows\nid: 1\ntitle: A\ntags: [x]\n",
    ),
    "the first lines stay": (
        "# yaml-language-server: $schema=x.json\n\ntitle: A\nid: 1\n",
        "# yaml-language-server: $schema=x.json\n\nid: 1\ntitle: A\n",
    ),
    "the last lines stay": ("title: A\nid: 1\n\n# the end\n", "id: 1\ntitle: A\n\n# the end\n"),
    "a document": ("---\ntitle: A\nid: 1\n...\n# after\n", "---\nid: 1\ntitle: A\n...\n# after\n"),
    "a list": ("tags:\n- a\n# of the second\n- b\nid: 1\n", "id: 1\ntags:\n- a\n# of the second\n- b\n"),
    "a block of text": (
        "title: |\n  # a\n\n  b  \nid: 1\n",
        "id: 1\ntitle: |\n  # a\n\n  b  \n",
    ),
    "a list over lines": ("tags: [a,\n# c\n  b]\nid: 1\n", "id: 1\ntags: [a,\n# c\n  b]\n"),
    "blanks and line breaks": ("title: A  \r\nid: 1\r\n\r\n\r\n", "id: 1\ntitle: A\n"),
    "nothing": ("# nothing\n", "# nothing\n"),
    "a list alone": ("- a\n", "- a\n"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_keys_are_moved_with_their_comments(form: tuple[str, str]) -> None:
    before, after = form
    assert tidy.in_order(before, ORDER) == after
    assert tidy.in_order(after, ORDER) == after


@pytest.mark.parametrize(
    "text",
    [
        "{title: A, id: 1}\n",
        "  title: A\n  id: 1\n",
        "other: x\ntitle: |+\n  b\n\n# the end",
    ],
)
def test_what_cannot_be_moved_is_left(text: str) -> None:
    assert tidy.in_order(text, ORDER) is None


VALUES = st.sampled_from(
    ["x", "'a # b'", "[a, b]", "\n- a\n- b", "|\n  a\n\n  # b", ">-\n  a\n  b", "\n  k: v\n  # c\n  l: w", "", "x  # c"]
)
COMMENTS = st.sampled_from(["", "# one\n", "# one\n# two\n", "\n", "\n# three\n"])
BLOCKS = st.permutations([*ORDER, "other"]).flatmap(
    lambda keys: st.tuples(*(st.tuples(COMMENTS, st.just(key), VALUES) for key in keys))
)


@given(BLOCKS, COMMENTS)
def test_what_a_file_says_and_its_comments_stay(blocks: tuple[tuple[str, str, str], ...], end: str) -> None:
    before = "".join(f"{comment}{key}: {value}\n" for comment, key, value in blocks) + end
    after = tidy.in_order(before, ORDER)
    assert after is not None
    assert yaml_text.read(after).value == yaml_text.read(before).value
    assert [key for key in yaml_text.read(after).value or () if key in ORDER] == list(ORDER)
    assert sorted(filter(str.strip, map(str.rstrip, after.split("\n")))) == sorted(
        filter(str.strip, map(str.rstrip, before.split("\n")))
    )
    assert tidy.in_order(after, ORDER) == after


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = write_data(tmp_path / "data", packages={"fine": package(1)})
    (data / "packages/mixed.yaml").write_text("# ours\ntitle: Mixed\nid: 2\ncategory: apps\n")
    return data


def run(data: Path, *options: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["fmt", "--data", str(data), *options])
    return result.exit_code, result.stdout, result.stderr


def test_files_are_put_in_order_once(data: Path) -> None:
    before = tree(data)
    assert run(data, "--check") == (
        1,
        "data/packages/mixed.yaml\n1 file to put in order.\n",
        "Error: Run: builder fmt\n",
    )
    assert tree(data) == before
    assert run(data) == (0, "data/packages/mixed.yaml\n1 file put in order.\n", "")
    assert (data / "packages/mixed.yaml").read_text() == "# ours\nid: 2\ntitle: Mixed\ncategory: apps\n"
    assert run(data, "--check") == (0, "0 files to put in order.\n", "")


def test_what_cannot_be_put_in_order_holds_up_nothing(data: Path) -> None:
    (data / "packages/flow.yaml").write_text("{title: A, id: 3, category: apps}\n")
    (data / "packages/odd.yaml").write_text("title: [\n")
    code, out, err = run(data)
    assert (code, out) == (1, "data/packages/mixed.yaml\n1 file put in order.\n")
    assert "data/packages/flow.yaml: the file is written so that its keys cannot be put in order [file-form]" in err
    assert "data/packages/odd.yaml:" in err
    assert (data / "packages/flow.yaml").read_text() == "{title: A, id: 3, category: apps}\n"
