"""Texts out of the data, cut to the room and to the letters that there are."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from builder.pictures.faces import Face, words

# How the sign before them is shown, as a picture or in a box: no font has these, and the sign stands without them.
_MANNERS: Final = re.compile("[\ufe00-\ufe0f\u20e3]")


def legible(text: str, has: Callable[[str], bool]) -> str:
    """Give a text without the signs that a font lacks; "" where it lacks a letter, a digit or an accent.

    A sign that is left out, such as a pictogram, changes little; a word with holes in it is no word. A script that runs
    from right to left is not in the fonts, so that nothing is ever drawn the wrong way round.
    """
    text = _MANNERS.sub("", unicodedata.normalize("NFC", text))
    lacking = {letter for letter in set(text) if not letter.isspace() and not has(letter)}
    if any(unicodedata.category(letter)[0] in "LMN" for letter in lacking):
        return ""
    kept = "".join(letter for letter in text if letter not in lacking and unicodedata.category(letter) != "Cf")
    return " ".join(kept.split())


def wrapped(text: str, face: Face, width: int) -> Iterator[str]:
    """Cut a text into lines that are not wider than `width` pixels; a word that is wider is cut anywhere."""
    line, used = "", 0.0
    for word, alone in _narrow(text, face, width):
        if line and used + alone > width:
            yield line.rstrip()
            line, used = "", 0.0
        line += word
        used += face.advance(word)
    if line:
        yield line.rstrip()


def _narrow(text: str, face: Face, width: int) -> Iterator[tuple[str, float]]:
    """Yield the words of a text, none of them wider than a line, and how wide each is without the space after it."""
    for word in words(text):
        rest = word
        while (alone := face.advance(rest.rstrip())) > width:
            end = next(n for n in range(len(rest), 0, -1) if n == 1 or face.advance(rest[:n]) <= width)
            yield rest[:end], face.advance(rest[:end])
            rest = rest[end:]
        yield rest, alone


def fitted(text: str, face: Face, width: int, most: int) -> Sequence[str]:
    """Give at most `most` lines of a text; the last ends with an ellipsis where there is more."""
    lines = list(islice(wrapped(text, face, width), most + 1))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and face.width(f"{last}…") > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:.-/_')}…"]


def first_fit(text: str, faces: Sequence[tuple[Face, int]], width: int) -> tuple[Face, Sequence[str]]:
    """Give the first of the faces, each with the lines that it may take, in which a text is whole, and the lines.

    In the last of them it is cut, if it must be.
    """
    for face, most in faces[:-1]:
        lines = list(islice(wrapped(text, face, width), most + 1))
        if len(lines) <= most:
            return face, lines
    face, most = faces[-1]
    return face, fitted(text, face, width, most)
