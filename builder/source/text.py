"""From the bytes of a file to text that shows all that it holds: UTF-8, ordinary line breaks, nothing invisible.

What cannot be seen in a review is refused: control characters; the marks that turn the direction of writing, with
which a line can be made to read otherwise than it is (CVE-2021-42574); characters without width, with which two names
look alike. The joiners U+200C and U+200D and the variation selectors stay: emoji and several scripts need them.
"""

import codecs
import re
import unicodedata
from typing import Final

from builder.entries import Field, show_field
from builder.errors import Problem

SIZE_LIMIT: Final = 64 * 1024
"""Bytes of a file."""

# All of them, and the carriage return: one set, so that most files are passed after one quick look.
_SUSPECT: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# The names of the groups are the codes, with _ for -.
_REFUSED: Final = re.compile(
    r"(?P<line_break>\r(?!\n)|[\x85\u2028\u2029])"
    r"|(?P<bidi_character>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])"
    r"|(?P<invisible_character>[\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f])"
    # The last of them are no characters: halves of surrogate pairs, and two code points that mean nothing.
    r"|(?P<control_character>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff])"
)
_SAYINGS: Final = {
    "line-break": ("a line break that many programs do not see", "End lines with LF or CRLF."),
    "bidi-character": ("a mark that turns the direction of writing", "Take it away: a line must read as it is."),
    "invisible-character": ("a character that nobody sees", "Take it away; it often comes with copied text."),
    "control-character": ("a control character", "Take it away."),
}
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class RefusedError(Exception):
    """The text of a file is refused: what is wrong, and in which place of it."""

    def __init__(  # noqa: PLR0913, PLR0917 - a problem has that many parts
        self, line: int, column: int, code: str, message: str, hint: str = "", way: Field = ()
    ) -> None:
        super().__init__(line, column, code, message, hint, way)
        self.line, self.column = line, column
        self.code, self.message, self.hint, self.way = code, message, hint, way

    def problem(self, path: str) -> Problem:
        """Give the problem of the file at `path`."""
        return Problem(path, self.line, self.column, self.code, self.message, self.hint, show_field(self.way))


def decode(body: bytes) -> str:
    """Give the text of a file's bytes, without a byte order mark, which some editors write before it.

    Raises:
        RefusedError: it is too large, not UTF-8, or holds a character that is refused.
    """
    if len(body) > SIZE_LIMIT:
        line, column = _end(body[:SIZE_LIMIT])
        message = f"the file is larger than {SIZE_LIMIT // 1024} KB"
        raise RefusedError(line, column, "file-size", message, "Shorten it; the limit is reached in this place.")
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(body, error.start) from None
    if found := find_refused(text):
        raise RefusedError(*position(text, found.start()), *describe(found))
    return text


def mark_of(body: bytes) -> bytes:
    """Give the byte order mark that a file begins with, b"" for none: whoever writes the file anew leaves it there."""
    return codecs.BOM_UTF8 if body.startswith(codecs.BOM_UTF8) else b""


def find_refused(text: str) -> re.Match[str] | None:
    """Find the first character that no value may hold either, however it was written."""
    return _REFUSED.search(text) if _SUSPECT.search(text) else None


def without_refused(text: str) -> str:
    """Give a text without all that no value may hold."""
    return _REFUSED.sub("", text) if _SUSPECT.search(text) else text


def describe(found: re.Match[str]) -> tuple[str, str, str]:
    """Give code, message and hint for a character that `find_refused` found."""
    code = str(found.lastgroup).replace("_", "-")
    kind, hint = _SAYINGS[code]
    character = found[0]
    name = unicodedata.name(character, "").lower()
    shown = f"U+{ord(character):04X}" + (f", {name}" if name else "")
    return code, f"the text holds {kind} ({shown})", hint


def position(text: str, offset: int) -> tuple[int, int]:
    """Give line and column, from 1, of a place in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _end(body: bytes) -> tuple[int, int]:
    text = body.removeprefix(codecs.BOM_UTF8).decode(errors="replace")
    return position(text, len(text))


def _not_utf8(body: bytes, offset: int) -> RefusedError:
    line, column = _end(body[:offset])
    if body.startswith(_UTF16):
        return RefusedError(line, column, "encoding", "the file is UTF-16", "Save it as UTF-8.")
    byte = body[offset : offset + 1]
    message = f"the byte 0x{byte.hex().upper()} is not UTF-8"
    meant = byte.decode("cp1252", errors="ignore")
    hint = f"Save the file as UTF-8; this may be meant for {meant}." if meant.isprintable() and meant else ""
    return RefusedError(line, column, "encoding", message, hint or "Save the file as UTF-8.")
