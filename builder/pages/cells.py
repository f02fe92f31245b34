"""What people write into the cells of a grid: a short text that may begin with a word for yes or no.

`check`, `yes`, `good`, `+` and `+1` are a tick; `bad`, `negative`, `evil`, `sucks`, `no`, `-` and `-1` a cross.
`++` and `+2` are two ticks, `+++` and `+3` or more three; the same holds for minus. This is the original's grammar,
but for one rule: a word counts only where it ends, so that "none" is no "no", and "goodness" is not "good".
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from builder.pages.links import URL, web_link

MOST: Final = 3  # ticks or crosses

_YES: Final = r"check|yes|good"
_NO: Final = r"bad|negative|evil|sucks|no"
# A hyphen or an apostrophe between letters does not end a word: "no-op", "good's".
_WORD: Final = re.compile(rf"(?:(?P<yes>{_YES})|(?:{_NO}))(?!\w|[-'\u2019]\w)", re.IGNORECASE)
# Neither do a digit's own signs: "-1.5" and "+10x" are figures. Ten digits or more are no count of ticks.
_SIGN: Final = re.compile(r"(?P<sign>\++|-+)(?P<count>[0-9]{0,9})(?![\w+-]|[.,][0-9])")
# What stood between the word and its explanation.
_JOINT: Final = re.compile(r"^[,;:.!]*\s*(?:[-\u2013\u2014]+\s+)?")

_TIMES: Final = ("", "", "two", "three")


class Piece(NamedTuple):
    """A stretch of a text: a link where `href` is not "", a line break where `text` is "" too."""

    text: str
    href: str = ""


BREAK: Final = Piece("")


class Cell(NamedTuple):
    """A cell that was read.

    `marks` are its ticks or crosses, each `yes` or `no`, none where it begins with neither. `words` say the same to
    those who cannot see them: `yes`, `no, two crosses`. `pieces` are what is written besides.
    """

    marks: tuple[str, ...] = ()
    words: str = ""
    pieces: tuple[Piece, ...] = ()


def read(text: str) -> Cell | None:
    """Read a cell; None where nothing is written, which is "not known" and neither yes nor no."""
    text = text.strip()
    if not text:
        return None
    mark, strength, end = _mark(text)
    rest = _JOINT.sub("", text[end:], count=1) if mark else text
    return Cell((mark,) * strength, _words(mark, strength), tuple(_pieces(rest)))


def _mark(text: str) -> tuple[str, int, int]:
    """Give mark, strength, and where the mark ends in the text."""
    if word := _WORD.match(text):
        return "yes" if word["yes"] else "no", 1, word.end()
    sign = _SIGN.match(text)
    strength = int(sign["count"] or len(sign["sign"])) if sign else 0
    if sign is None or not strength:
        return "", 0, 0
    return "yes" if text[0] == "+" else "no", min(strength, MOST), sign.end()


def _words(mark: str, strength: int) -> str:
    if strength < 2:  # noqa: PLR2004 - a single mark is what its word says
        return mark
    return f"{mark}, {_TIMES[strength]} {'ticks' if mark == 'yes' else 'crosses'}"


def _pieces(text: str) -> Iterator[Piece]:
    """Cut a text into lines, and those into plain text and links."""
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if number:
            yield BREAK
        yield from _stretches(line)


def _stretches(line: str) -> Iterator[Piece]:
    """Cut a line; an address that may not be a link stays text."""
    end = 0
    for found in URL.finditer(line):
        if href := web_link(found[0]):
            if found.start() > end:
                yield Piece(line[end : found.start()])
            yield Piece(shown(href), href)
            end = found.end()
    if end < len(line):
        yield Piece(line[end:])


def shown(address: str) -> str:
    """Give an address as people read it: without its scheme and the slash at the end."""
    return re.sub(r"^https?://(?:www\.)?", "", address, flags=re.IGNORECASE).rstrip("/")
