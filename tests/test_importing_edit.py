"""Keys put into people's files: what they wrote stays, and what comes out says what it should."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.importing.edit import amend
from builder.source import yaml_text, yaml_writer

CASES: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "a key of its own at the end, the id first": (
        "# hello\ntitle: A\n",
        {"id": 1, "pypi": "a"},
        "# hello\nid: 1\ntitle: A\npypi: a\n",
    ),
    "no line break at the end": ("title: A", {"pypi": "a"}, "title: A\npypi: a\n"),
    "lines that end in two characters": ("title: A\r\nid: 2\r\n", {"id": 1, "x": "z"}, "title: A\r\nid: 1\r\nx: z\r\n"),
    "a document with both of its ends": (
        "---\ntitle: A\n...\n# over\n",
        {"b": "c"},
        "---\ntitle: A\nb: c\n...\n# over\n",
    ),
    "a value of several lines": (
        "a: |\n  one\n\n  two\n\n# of b\nb: c # stays\n",
        {"a": "three"},
        "a: three\n\n# of b\nb: c # stays\n",
    ),
    "a block before the end that has no line break of its own": ("a: |+\n  one\n", {"b": "c"}, "a: |+\n  one\nb: c\n"),
    "a list that grows": ("a:\n- x # best\n# all\nb: c\n", {"a": ["x", "z"]}, "a:\n- x # best\n- z\n# all\nb: c\n"),
    "a list in brackets that grows": ("a: [x] # best\nb: c\n", {"a": ["x", "z"]}, "a:\n  - x\n  - z\nb: c\n"),
    "a list that shrinks": ("a:\n  - x\n  - z\nb: c\n", {"a": ["z"]}, "a:\n  - z\nb: c\n"),
    "a comment behind the value": ("a: x # best\nb: c\n", {"a": "z"}, "a: z # best\nb: c\n"),
    "what is no comment": ("a: 'x # b' # c # d\r\n", {"a": "z"}, "a: z # c # d\r\n"),
    "a comment behind the first of several lines": ("a: | # why\n  x\nb: c\n", {"a": "z"}, "a: z\nb: c\n"),
    "an empty value": ("a:\nb: c\n", {"a": ["z"]}, "a:\n  - z\nb: c\n"),
    "in braces": ("{a: b}\n", {"id": 1, "c": "d"}, "a: b\nid: 1\nc: d\n"),
    "with a comment in braces": ("{a: b} # c\n", {"id": 1}, None),
    "empty lines that are part of a text": ("a: |+\n  x\n\n\n", {"a": "y\n\n"}, "a: |+\n  y\n\n"),
    "a list": ("- a\n", {"id": 1}, None),
}


@pytest.mark.parametrize("case", CASES)
def test_keys_are_put_in(case: str) -> None:
    text, changes, expected = CASES[case]
    assert amend(text, changes) == expected


GONE: dict[str, tuple[str, str | None]] = {
    "one of several": ("a: b\n# of c\nc: d\n# of e\ne: f\n", "a: b\n# of c\n# of e\ne: f\n"),
    "of several lines": ("c:\n  - x\n  - y\na: b\n", "a: b\n"),
    "none": ("a: b\n", "a: b\n"),
    "in braces": ("{a: b, c: d}\n", "a: b\n"),
    "in braces with a comment": ("{a: b, c: d} # e\n", None),
}


@pytest.mark.parametrize("case", GONE)
def test_keys_are_taken_away(case: str) -> None:
    text, expected = GONE[case]
    assert amend(text, {}, {"c"}) == expected


keys = st.sampled_from(["id", "a", "b", "c"])
texts = st.text("ab \n#:-\"'|", max_size=12)
values = st.one_of(texts, st.lists(texts, max_size=3), st.none())


@given(st.dictionaries(keys, values, min_size=1), st.dictionaries(keys, values, min_size=1), st.sets(keys))
@example({"id": ":\n\n"}, {"id": ":\n\n"}, set())
def test_what_comes_out_says_what_it_should(
    before: dict[str, object], changes: dict[str, object], without: set[str]
) -> None:
    text = "# first\n" + yaml_writer.text(before)  # type: ignore[arg-type] # they are
    made = amend(text, changes, without)
    assert made is not None
    assert yaml_text.read(made).value == {key: v for key, v in before.items() if key not in without} | changes
    assert made.startswith("# first\n")
