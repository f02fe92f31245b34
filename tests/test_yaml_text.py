"""The safe loader: what it reads, where it says that it stands, and what it refuses."""

import json
import logging
import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from expected import BROKEN, agree
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builder.entries import Field, place
from builder.errors import CODES, Problem
from builder.source import text as text_module
from builder.source import yaml_text
from builder.source.text import SIZE_LIMIT, RefusedError, decode, find_refused
from builder.source.yaml_text import Document, Value, read

PARSERS = {"C": yaml.CSafeLoader, "Python": yaml.SafeLoader}


@pytest.fixture(params=PARSERS)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with each of PyYAML's parsers; give its name."""
    monkeypatch.setattr(yaml_text, "_PARSER", PARSERS[request.param])
    return str(request.param)


both_parsers = pytest.mark.usefixtures("parser")


def refusal(body: str | bytes) -> Problem:
    """Give the problem of a file's text, which must be refused."""
    with pytest.raises(RefusedError) as caught:
        read(decode(body if isinstance(body, bytes) else body.encode()))
    return caught.value.problem("x.yaml")


def at(problem: Problem) -> tuple[str, int, int]:
    return problem.code, problem.line, problem.column


# --- What is read


@both_parsers
@pytest.mark.parametrize(
    "plain",
    ["1.10", "no", "yes", "on", "010", "0x10", "1_000", "2026-02-16", "1e3", ".inf", "true", "Null", "=", "12:30"],
)
def test_plain_text_stays_as_written(plain: str) -> None:
    assert read(f"a: {plain}\n").value == {"a": plain}


@both_parsers
@pytest.mark.parametrize("nothing", ["", "null", "~", "  # a comment"])
def test_nothing_is_nothing(nothing: str) -> None:
    assert read(f"a: {nothing}\nb:\n  - {nothing}\n").value == {"a": None, "b": [None]}


@both_parsers
@pytest.mark.parametrize("quoted", ['""', "''", '"null"', "'~'", '"~"', "'null'"])
def test_quotes_make_text_of_nothing(quoted: str) -> None:
    assert read(f"a: {quoted}\n").value == {"a": quoted[1:-1]}


@both_parsers
@pytest.mark.parametrize(
    "text", ["", "\n", "# a comment\n", "---\n", "---\n...\n", "null\n", "~", "\ufeff", "\ufeff# x"]
)
def test_an_empty_file_is_nothing(text: str) -> None:
    document = read(decode(text.encode()))
    assert document.value is None
    assert place(document.marks, ()) == (1, 1)


@both_parsers
def test_every_form_of_text_and_list() -> None:
    text = """\
# yaml-language-server: $schema=x
---
plain: two
  words
single: 'it''s'
double: "a\\tb\\u00e9"
kept: |
  a
  b
folded: >-
  a
  b
flow: [a, "b", {c: d}]
empty list: []
empty mapping: {}
? explicit
: key
null: key
"""
    assert read(text).value == {
        "plain": "two words",
        "single": "it's",
        "double": "a\tb\xe9",
        "kept": "a\nb\n",
        "folded": "a b",
        "flow": ["a", "b", {"c": "d"}],
        "empty list": [],
        "empty mapping": {},
        "explicit": "key",
        "null": "key",
    }


@both_parsers
def test_marks_are_of_values_and_of_keys_where_no_value_is_on_the_line() -> None:
    text = 'é: "x"\nsites:\n  - title:  a\n    url:\n  -\n  - [b, ~]\nn: {k: v}\n\n  \n'
    document = read(text)
    assert document.marks == {
        (): (1, 1),
        ("é",): (1, 4),
        ("sites",): (2, 1),
        ("sites", 0): (3, 5),
        ("sites", 0, "title"): (3, 13),
        ("sites", 0, "url"): (4, 5),
        ("sites", 1): (5, 4),
        ("sites", 2): (6, 5),
        ("sites", 2, 0): (6, 6),
        ("sites", 2, 1): (6, 9),
        ("n",): (7, 1),
        ("n", "k"): (7, 8),
    }
    assert document.keys == {
        ("é",): (1, 1),
        ("sites",): (2, 1),
        ("sites", 0, "title"): (3, 5),
        ("sites", 0, "url"): (4, 5),
        ("n",): (7, 1),
        ("n", "k"): (7, 5),
    }


@both_parsers
def test_lines_may_end_as_on_windows_and_begin_with_a_byte_order_mark() -> None:
    document = read(decode(b"\xef\xbb\xbfa: b\r\nc: |\r\n  d\r\n  e\r\n"))
    assert document.value == {"a": "b", "c": "d\ne\n"}
    assert document.marks["c",] == (2, 4)
    assert document.marks["a",] == (1, 4)


@both_parsers
def test_eight_levels_are_read_and_nine_are_not() -> None:
    assert read("[" * 8 + "]" * 8).value == [[[[[[[[]]]]]]]]
    assert at(refusal("[" * 9 + "]" * 9)) == ("yaml-nesting", 1, 9)
    block = "".join("  " * i + "a:\n" for i in range(9))
    assert at(refusal(block)) == ("yaml-nesting", 9, 17)


VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn"]) | st.just("\n")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcdefghij-_ é:#'\"", min_size=1, max_size=20), inner, max_size=4)
    ),
    max_leaves=12,
)


def depth(value: Value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(VALUES.filter(lambda value: depth(value) <= 8))
def test_what_is_written_in_quotes_is_read_as_it_was(value: Value) -> None:
    as_json = json.dumps(value, ensure_ascii=False)
    as_yaml = yaml.safe_dump(value, default_style='"', allow_unicode=True).replace('!!null "null"', "null")
    assert read(as_json).value == value
    assert read(as_yaml).value == value


@given(VALUES.filter(lambda value: depth(value) <= 8))
def test_every_value_has_its_mark(value: Value) -> None:
    text = yaml.safe_dump(value, default_style='"', allow_unicode=True).replace('!!null "null"', "null")
    document = read(text)
    lines = text.split("\n")

    def look(value: Value, way: Field) -> None:
        line, column = document.marks[way]
        if isinstance(value, str):
            assert lines[line - 1][column - 1 :].startswith('"')
        elif way and isinstance(way[-1], str):
            assert document.keys[way] == (line, column)
        if isinstance(value, dict):
            for key, inner in value.items():
                look(inner, (*way, key))
        if isinstance(value, list):
            for i, inner in enumerate(value):
                look(inner, (*way, i))

    look(value, ())


# --- What is refused


def test_a_file_above_the_limit_is_refused_where_the_limit_is() -> None:
    body = b"a: b\n" * 20_000
    assert at(refusal(body)) == ("file-size", SIZE_LIMIT // 5 + 1, SIZE_LIMIT % 5 + 1)
    assert decode(body[:SIZE_LIMIT])
    # In the middle of a character.
    assert at(refusal(b"\xef\xbb\xbf" + "é".encode() * SIZE_LIMIT)) == ("file-size", 1, (SIZE_LIMIT - 3) // 2 + 2)


@pytest.mark.parametrize(
    ("body", "line", "column", "said"),
    [
        (b"title: caf\xe9\n", 1, 11, "this may be meant for é"),
        ("é: ü\nb: ".encode() + b"\xff", 2, 4, "the byte 0xFF"),
        (b"\xef\xbb\xbfa: \x81", 1, 4, "the byte 0x81"),
        ("a: b".encode("utf-16"), 1, 1, "the file is UTF-16"),
        (b"\xfe\xff\0a", 1, 1, "the file is UTF-16"),
        (b"a: \xc0\x80", 1, 4, "the byte 0xC0"),
        (b"a: \xed\xa0\x80", 1, 4, "the byte 0xED"),
        (b"a: \xe2\x80", 1, 4, "the byte 0xE2"),
    ],
)
def test_a_file_that_is_not_utf_8_is_refused_at_the_byte(body: bytes, line: int, column: int, said: str) -> None:
    problem = refusal(body)
    assert at(problem) == ("encoding", line, column)
    assert said in f"{problem.message} {problem.hint}"
    assert "UTF-8" in problem.hint


REFUSED = {
    "control-character": "\0\x01\x08\x0b\x0c\x0e\x1b\x1f\x7f\x80\x84\x86\x9f\ufffe\uffff",
    "bidi-character": "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "invisible-character": "\u180e\u200b\u2060\u2064\u206a\u206f\ufeff\ufff9\ufffb\U000e0001\U000e0041\U000e007f",
    "line-break": "\r\x85\u2028\u2029",
}


@both_parsers
@pytest.mark.parametrize(("code", "character"), [(code, c) for code, characters in REFUSED.items() for c in characters])
def test_hidden_characters_are_refused_as_they_are_and_as_escapes(code: str, character: str) -> None:
    assert at(refusal(f"a: é\nb: x{character}y\n")) == (code, 2, 5)
    assert at(refusal(f"a: é\n# x{character}y\n")) == (code, 2, 4)
    escape = f"\\U{ord(character):08x}"
    assert at(refusal(f'a: é\nb: "x{escape}y"\n')) == (code, 2, 4)
    assert f"U+{ord(character):04X}" in refusal(f"a: {character}x").message
    # Without double quotes a backslash is a backslash.
    assert read(f"a: 'x{escape}y'").value == {"a": f"x{escape}y"}


@both_parsers
@pytest.mark.parametrize("escape", [r"\0", r"\a", r"\b", r"\e", r"\v", r"\f", r"\r", r"\N", r"\L", r"\P", r"\x7f"])
def test_short_escapes_of_hidden_characters_are_refused_too(escape: str) -> None:
    assert refusal(f'a: "{escape}"').code in {"control-character", "line-break"}


@both_parsers
@pytest.mark.parametrize(
    "text",
    [
        *["👩\u200d💻 ❤\ufe0f 👍🏽 🇩🇪", "\u0645\u06cc\u200c\u062e\u0648", "\u05e2\u05d1\u05e8\u05d9\u05ea"],
        *["a\u00adb", "e\u0301", "\U0001d4b3", "x\u00a0y", "日本語"],
    ],
)
def test_emoji_and_scripts_are_read(text: str) -> None:
    assert read(decode(f'a: "{text}"\nb: {text}\n'.encode())).value == {"a": text, "b": text}


@both_parsers
def test_ordinary_breaks_and_tabs_may_be_escaped() -> None:
    assert read(r'a: "b\r\nc\td\ne"').value == {"a": "b\r\nc\td\ne"}


def test_the_quick_look_misses_nothing() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if text_module._REFUSED.search(character):  # noqa: SLF001 - the two sets must agree
            assert find_refused(character), hex(number)
        elif unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"}:
            assert character in "\t\n"


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdef", "bcdefg", strict=True)
)


@both_parsers
@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        (BOMB, "yaml-anchor", 1, 4),
        ("a: &x b\n", "yaml-anchor", 1, 4),
        ("a: &x\n  b: c\n", "yaml-anchor", 1, 4),
        ("a: &x [b]\n", "yaml-anchor", 1, 4),
        ("&x a: b\n", "yaml-anchor", 1, 1),
        ("a:\n  - *x\n", "yaml-alias", 2, 5),
        ("*x : b\n", "yaml-alias", 1, 1),
        ("a: &x *x\n", "yaml-anchor", 1, 4),
        ("a: !!python/object/apply:os.system ['true']\n", "yaml-tag", 1, 4),
        ("a: !!str b\n", "yaml-tag", 1, 4),
        ("a: !x b\n", "yaml-tag", 1, 4),
        ("a: ! b\n", "yaml-tag", 1, 4),
        ("a: !<tag:x> b\n", "yaml-tag", 1, 4),
        ("a: !!map {b: c}\n", "yaml-tag", 1, 4),
        ("!!str a: b\n", "yaml-tag", 1, 1),
        ("a: !%0a%0d%e2%80%ae b\n", "yaml-tag", 1, 4),
        ("a: b\n<<: c\n", "yaml-merge", 2, 1),
        ("a: {<<: [b]}\n", "yaml-merge", 1, 5),
        ("a: b\nc: d\na: e\n", "yaml-duplicate-key", 3, 1),
        ('s:\n  - a: b\n    "a": c\n', "yaml-duplicate-key", 3, 5),
        ("null: a\n'null': b\n", "yaml-duplicate-key", 2, 1),
        ("[a]: b\n", "yaml-key", 1, 1),
        ("? {a: b}\n: c\n", "yaml-key", 1, 3),
        ("a: {{ b }}\n", "yaml-key", 1, 5),
        ("? \n: b\n", "yaml-key", 1, 2),
        ("'': b\n", "yaml-key", 1, 1),
        ('"a\\nb": c\n', "yaml-key", 1, 1),
        ("? a\n\n  b\n: c\n", "yaml-key", 1, 3),
        (f"{'k' * 61}: b\n", "yaml-key", 1, 1),
        ('"a\\u202eb": c\n', "yaml-key", 1, 1),
        ("a: b\n---\nc: d\n", "yaml-documents", 2, 1),
        ("a: b\n...\n---\nc: d\n", "yaml-documents", 3, 1),
        ("---\n---\n", "yaml-documents", 2, 1),
        ("%YAML 1.1\n---\na: b\n", "yaml-directive", 1, 1),
        ("%TAG ! tag:example.org,2000:\n---\na: b\n", "yaml-directive", 1, 1),
    ],
)
def test_what_is_refused_of_yaml(text: str, code: str, line: int, column: int) -> None:
    problem = refusal(text)
    assert at(problem) == (code, line, column)
    assert problem.hint.endswith((".", "?"))


@both_parsers
@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "[a: ", "{a: ", "[\n", "[ "])
def test_fifty_thousand_brackets_are_refused(opening: str) -> None:
    """The composer in C, which is not used, would end the process with them."""
    problem = refusal(opening * (50_000 if len(opening) == 1 else SIZE_LIMIT // len(opening)))
    assert problem.code in {"yaml-nesting", "yaml-key", "yaml-syntax"}
    if opening == "[":
        assert at(problem) == ("yaml-nesting", 1, 9)


def test_the_bomb_is_small_and_would_be_large() -> None:
    assert len(BOMB) < 300
    value = yaml.safe_load(BOMB)
    assert sum(1 for _ in leaves(value["d"])) == 9**4


def leaves(value: Any) -> Iterator[str]:  # noqa: ANN401 - what YAML gives
    if isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


# --- Mistakes of people, and what they are told

MISTAKES = {
    "a tab before a dash": "title: a\nsites:\n\t- title: x\n",
    "a tab before a key": "sites:\n  - title: x\n\turl: y\n",
    "a tab in a block of text": "description: |\n\tb\n",
    "no space after the colon of the first key": "title:foo\ncategory: apps\n",
    "no space after a colon": "id: 3\ntitle:foo\ncategory: apps\n",
    "no space after the last colon": "id: 3\ntitle:foo",
    "no colon": "id: 3\ntitle foo\ncategory: apps\n",
    "no colon in the first line": "title\ncategory: apps\n",
    "an equals sign": "id: 1\ntitle = foo\n",
    "a colon in a text": "title: Django: the book\n",
    "a colon in a text with quotes in it": 'title: Django: the "book"\n',
    "a colon in a text with an apostrophe": "title: Django: it's \\o/\n",
    "a colon in a long text": f"description: {'x ' * 30}: y\n",
    "a colon in an item": "sites:\n  - title: b: c\n",
    "a colon after a long text": "a" * 1100 + ": b\n",
    "curly quotes": "title: “foo: bar”\n",
    "an at sign": "title: @foo\n",
    "an at sign in a list": "tags:\n  - @foo\n",
    "a backtick": "title: `foo`\n",
    "a percent sign": "title: %foo\n",
    "a percent sign at the beginning": "%foo\n",
    "a version of YAML": "%YAML 3.0\n---\na: b\n",
    "a version of YAML twice": "%YAML 1.1\n%YAML 1.1\n---\na: b\n",
    "asterisks": "title: *bold* text\n",
    "an asterisk before a word": "title: *bold text\n",
    "an ampersand": "title: & co\n",
    "an exclamation mark": "title: !wow\n",
    "an exclamation mark and another": "title: !x!foo bar\n",
    "an exclamation mark and a bracket": "title: !<foo\n",
    "a bar": "title: |foo\n",
    "an arrow": "title: >foo\n",
    "an arrow with a number": "description: >0\n  foo\n",
    "a question mark": "title: ? foo\n",
    "a comma": "title: , foo\n",
    "a closing bracket": "title: ]foo\n",
    "a dash and a text": "title: - foo\n",
    "a dash in brackets": "tags: [- b]\n",
    "an open quote": 'title: "foo\ncategory: apps\n',
    "an open apostrophe": "title: 'foo\ncategory: apps\n",
    "an open quote and another text in quotes": 'title: "foo\ncategory: "apps"\n',
    "an open quote and a document mark": 'title: "a\n---\nb"\n',
    "text after quotes": 'title: "foo" bar\n',
    "an apostrophe in apostrophes": "title: 'it's'\n",
    "text after apostrophes": "title: 'a' b: c\n",
    "a backslash": 'title: "C:\\foo\\q"\n',
    "a bad number after a backslash": 'title: "\\xZZ"\n',
    "half of a character": 'title: "\\ud800"\n',
    "a number beyond all characters": 'title: "\\U99999999"\n',
    "an open bracket": "title: [foo\ncategory: apps\n",
    "an open bracket at the end": "tags: [a, b",
    "an open bracket and empty lines": "tags: [\n\n\n",
    "an open brace": "title: {foo\n",
    "text after a bracket": "title: [Beta] foo\ncategory: apps\n",
    "a missing comma": "sites: [{title: a url: b}]\n",
    "two colons in brackets": "sites: [title: b: c]\n",
    "a template": "title: {{ name }}\n",
    "a key that is indented": "id: 1\n title: foo\n",
    "a first key that is indented": "  id: 1\ntitle: foo\n",
    "a key of an item that is not indented enough": "sites:\n  - title: a\n  url: b\n",
    "a key of an item that is indented otherwise": "sites:\n  - title: a\n   url: b\n",
    "an item that is indented otherwise": "sites:\n  - title: a\n    url: b\n - title: c\n",
    "an item without a dash": "tags:\n  - a\n  b\n",
    "an item without a space": "tags:\n  - a\n  -b\n",
    "a text that is indented less": "description: |\n    b\n  c\n",
    "an unfinished merge": "title: a\n<<<<<<< HEAD\nid: 1\n=======\nid: 2\n>>>>>>> x\n",
    "an unfinished merge from the first line on": "<<<<<<< HEAD\nid: 1\n=======\nid: 2\n>>>>>>> x\n",
    "another format": '[package]\ntitle = "x"\n',
    "a page": '<html>\n<a href="x: y">\n',
    "a colon without a key": ": foo\n",
    "text after the end": "a: b\n... x\n",
    "a list and a mapping": "- a\nb: c\n",
    "JSON without a comma": '{"title": "a" "b": 1}\n',
}
# Where the parser in Python sees something else, and says it as well.
OTHERWISE_IN_PYTHON = {
    "a backslash",
    "a first key that is indented",
    "a percent sign at the beginning",
    "half of a character",
}


def test_the_words_for_mistakes(bless: bool) -> None:  # noqa: FBT001 - a fixture
    told = (f"# {name}\n\n{text.rstrip()[:200]}\n\n{refusal(text)}\n" for name, text in MISTAKES.items())
    agree(BROKEN / "mistakes.txt", "\n\n".join(told), bless=bless)


@pytest.mark.parametrize("name", MISTAKES)
def test_both_parsers_lead_to_the_same_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_c = refusal(MISTAKES[name])
    monkeypatch.setattr(yaml_text, "_PARSER", yaml.SafeLoader)
    assert (refusal(MISTAKES[name]) == with_c) == (name not in OTHERWISE_IN_PYTHON)


@pytest.mark.parametrize("name", MISTAKES)
def test_nothing_of_the_parsers_own_words_is_shown(name: str) -> None:
    told = str(refusal(MISTAKES[name]))
    assert not re.search(
        r"scalar|token|while (scanning|parsing)|expected|<[a-z]+ [a-z]+>|block|flow|stream|context", told
    )


def test_a_remedy_in_quotes_is_right() -> None:
    found = [re.search(r"in quotes: (.*)", refusal(text).hint) for text in MISTAKES.values()]
    remedies = [read(remedy[1]).value for remedy in found if remedy]
    assert len(remedies) > 20
    for value in remedies:
        assert isinstance(value, dict | list)
        (text,) = value.values() if isinstance(value, dict) else value
        assert isinstance(text, str)


def test_a_complaint_that_is_not_known_is_told_plainly() -> None:
    class Parser:
        def __init__(self, _: str) -> None:
            pass

        def get_event(self) -> None:
            raise yaml.MarkedYAMLError(problem="of a newer parser")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_text, "_PARSER", Parser)
        problem = refusal("a: b\n")
    assert at(problem) == ("yaml-syntax", 1, 1)
    assert problem.message == "this cannot be read as YAML"


def test_without_the_parser_in_c_the_other_one_reads_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert yaml_text._choose_parser() is yaml.CSafeLoader  # noqa: SLF001 - chosen once, at import
    assert not caplog.records
    monkeypatch.delattr(yaml, "CSafeLoader")
    with caplog.at_level(logging.WARNING):
        assert yaml_text._choose_parser() is yaml.SafeLoader  # noqa: SLF001 - as above
    assert "slow" in caplog.text


# --- Anything at all

TOKENS = st.sampled_from(
    [
        *[
            "a",
            "b: ",
            "c:",
            "- ",
            "-",
            ": ",
            ":",
            "? ",
            "?",
            "[",
            "]",
            "{",
            "}",
            ",",
            "\n",
            "\r\n",
            " ",
            "  ",
            "\t",
            "#",
            " #",
        ],
        *[
            "'",
            '"',
            "|",
            ">",
            "&a ",
            "*a",
            "!",
            "!!x ",
            "%",
            "@",
            "`",
            "---",
            "...",
            "<<",
            "<<: ",
            "~",
            "null",
            "\\",
            '"\\u',
        ],
        *[
            "=",
            "é",
            "👩\u200d💻",
            "\u202e",
            "\0",
            "\x85",
            "\r",
            "\ufeff",
            "title: x\n",
            "|-\n",
            "\n  ",
            "%YAML 1.1\n---\n",
        ],
    ]
)
TEXTS = st.lists(TOKENS, max_size=40).map("".join) | st.text()


def within(problem: Problem, body: bytes) -> None:
    """Look whether a problem's place is in its file, and its words are fit to be shown."""
    lines = body.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").split("\n")
    assert 1 <= problem.line <= len(lines), problem
    assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1, problem
    assert problem.code in CODES
    assert len(str(problem).split("\n")) <= 2
    assert len(str(problem)) < 1000


@both_parsers
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
@given(TEXTS.map(str.encode) | st.binary())
@example(b'"\\U99999999')
@example(b"- \n\n")
@example(b"a: [\n\n\t\n")
@example(b"%YAML 1.1\n\n")
@example(b"? \n")
def test_anything_is_read_or_refused_in_a_place_of_the_file(body: bytes) -> None:
    try:
        document = read(decode(body))
    except RefusedError as error:
        within(error.problem("x.yaml"), body)
    else:
        for line, column in [*document.marks.values(), *document.keys.values()]:
            within(Problem("x.yaml", line, column, "empty", ""), body)


def test_a_document_may_be_empty() -> None:
    assert read("") == Document("")
