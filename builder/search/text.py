"""From text to the words and names that are searched for.

`fold`, `words` and `squash` exist a second time in templates/edge/search.js, for what people type: the two give the
same for every text, which tests hold.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 40  # characters of a word or a squashed name that count

# Left out of descriptions, and not insisted on in queries; they are sent to the other side in the index.
STOP_WORDS: Final = (
    *("a", "an", "and", "are", "as", "at", "be", "by", "can", "for", "from", "has", "have", "in", "is", "it", "its"),
    *("of", "on", "or", "that", "the", "this", "to", "use", "using", "with", "you", "your"),
)

# What people leave out of a name when they look for it, longest first: `django-debug-toolbar` is "debug toolbar".
PREFIXES: Final = (
    ("django", "rest", "framework"),
    ("djangorestframework",),
    ("django", "rest"),
    ("django",),
    ("drf",),
    ("dj",),
    ("python",),
)

_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_WORD: Final = re.compile(r"[^\W_]+")
_SIGMA: Final = "\N{GREEK SMALL LETTER SIGMA}"
_FINAL_SIGMA: Final = "\N{GREEK SMALL LETTER FINAL SIGMA}"
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def fold(text: str) -> str:
    """Give a text without what does not count: case, accents, and the compatibility forms of characters.

    Upper case comes before lower case, since JavaScript has no case folding: together they make `ß` "ss". The two
    forms of the small sigma depend on what follows them, and become one.
    """
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", bare.upper().lower().replace(_FINAL_SIGMA, _SIGMA))


def words(text: str) -> list[str]:
    """Give the words of a text, in order: runs of letters and numbers, folded."""
    return [word[:LONGEST] for word in _WORD.findall(fold(text))]


def humps(text: str) -> list[str]:
    """Give the words that capitals make inside of words: `WhiteNoise` is white, noise."""
    return words(_HUMP.sub(" ", text))


def squash(parts: list[str]) -> str:
    """Give words as one: how a name is compared with what people type, whatever they put between its words."""
    return "".join(parts)[:LONGEST]


def short_names(parts: list[str]) -> Iterator[list[str]]:
    """Yield what remains of a name's words without the usual beginnings and the usual end, if anything does."""
    for prefix in PREFIXES:
        if tuple(parts[: len(prefix)]) == prefix and len(parts) > len(prefix):
            yield parts[len(prefix) :]
    if len(parts) > 1 and parts[-1] == "django":
        yield parts[: -2 if parts[-2] == "for" and len(parts) > 2 else -1]  # noqa: PLR2004 - "x for django"
