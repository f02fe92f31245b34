"""The grammar of a grid's cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.pages.cells import BREAK, Piece, read, shown

YES = ("check", "yes", "good")
NO = ("bad", "negative", "evil", "sucks", "no")


@pytest.mark.parametrize("text", [*YES, "YES", "Good", " yes ", "+", "+1", "yes.", "Yes!"])
def test_tick(text: str) -> None:
    cell = read(text)
    assert cell is not None
    assert (cell.marks, cell.words, cell.pieces) == (("yes",), "yes", ())


@pytest.mark.parametrize("text", [*NO, "No", "EVIL", "-", "-1", "no."])
def test_cross(text: str) -> None:
    cell = read(text)
    assert cell is not None
    assert (cell.marks, cell.words, cell.pieces) == (("no",), "no", ())


@pytest.mark.parametrize(
    ("text", "count"),
    [("++", 2), ("+2", 2), ("+++", 3), ("+3", 3), ("+4", 3), ("++++++", 3), ("+12", 3), ("+999999999", 3)],
)
@pytest.mark.parametrize(("sign", "mark", "noun"), [("+", "yes", "ticks"), ("-", "no", "crosses")])
def test_strength(text: str, count: int, sign: str, mark: str, noun: str) -> None:
    cell = read(text.replace("+", sign))
    assert cell is not None
    assert cell.marks == (mark,) * count
    assert cell.words == f"{mark}, {'two' if count == 2 else 'three'} {noun}"


@pytest.mark.parametrize(
    "text",
    [
        "none", "nothing", "Not yet", "goodness", "checked", "badly", "yesterday", "no-op", "no_op", "good's",
        "no\u2019s", "evils", "+0", "-0", "+1.5", "-1,5", "+10x", "-x", "+-", "-+", "+9999999999", "1", "x yes",
        "\u2013",
    ],
)  # fmt: skip
def test_no_mark(text: str) -> None:
    cell = read(text)
    assert cell is not None
    assert cell.marks == ()
    assert cell.words == ""
    assert cell.pieces == (Piece(text),)


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_nothing_written_is_not_known(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("yes, with extras", "with extras"),
        ("no: inherit from it", "inherit from it"),
        ("yes \u2013 planned", "planned"),
        ("no - planned", "planned"),
        ("yes (since 2.0)", "(since 2.0)"),
        ("yes?", "?"),
        ("no .NET", ".NET"),
        ("+1 fast", "fast"),
        ("yes/no", "/no"),
        ("good -1", "-1"),
    ],
)
def test_what_follows_the_mark_is_shown(text: str, rest: str) -> None:
    cell = read(text)
    assert cell is not None
    assert len(cell.marks) == 1
    assert cell.pieces == (Piece(rest),)


def test_line_breaks() -> None:
    cell = read("yes\n\n  \nby default\r\nsince 2.0")
    assert cell is not None
    assert cell.pieces == (Piece("by default"), BREAK, Piece("since 2.0"))


def test_links() -> None:
    cell = read("see https://docs.example.org/a?b=c&d, or (http://www.example.org/).")
    assert cell is not None
    assert cell.pieces == (
        Piece("see "),
        Piece("docs.example.org/a?b=c&d", "https://docs.example.org/a?b=c&d"),
        Piece(", or ("),
        Piece("example.org", "http://www.example.org/"),
        Piece(")."),
    )


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "https://user:secret@example.org/",
        "http://127.0.0.1/latest",
        "ftp://example.org/",
        "https://localhost/",
        "data:text/html,x",
    ],
)
def test_what_may_not_be_a_link_stays_text(text: str) -> None:
    cell = read(text)
    assert cell is not None
    assert cell.pieces == (Piece(text),)


def test_an_address_ends_before_markup() -> None:
    cell = read("https://example.org/<script>")
    assert cell is not None
    assert cell.pieces == (Piece("example.org", "https://example.org/"), Piece("<script>"))


def test_shown() -> None:
    assert shown("HTTPS://WWW.Example.org/a/") == "Example.org/a"


@given(st.sampled_from([*YES, *NO]), st.sampled_from("abcxyz0189_é"))
def test_a_word_that_goes_on_is_another_word(word: str, letter: str) -> None:
    cell = read(word + letter)
    assert cell is not None
    assert not cell.marks


@given(st.text(max_size=60))
def test_every_text_can_be_read_and_loses_nothing_but_its_mark(text: str) -> None:
    cell = read(text)
    if cell is None:
        assert not text.strip()
    elif not cell.marks and not any(piece.href for piece in cell.pieces):
        assert "".join(piece.text or "\n" for piece in cell.pieces).split() == text.split()
