"""The look of a picture: the site's paper, ink and green; what is on all of them is drawn once."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Final
from zlib import ZLIB_RUNTIME_VERSION

import PIL

from builder.errors import SiteError
from builder.pictures import png
from builder.pictures.bands import Band, box, cut
from builder.pictures.cards import FACTS, Card
from builder.pictures.faces import Face, Placed
from builder.pictures.fitting import first_fit, fitted, legible

WIDTH: Final = 1200
HEIGHT: Final = 630
MARGIN: Final = 80
REMEMBERED: Final = 1024  # lines: kinds, labels, and numbers that many have
GAP: Final = 40  # between two facts
ROOM: Final = WIDTH - 2 * MARGIN

# The colours of templates/assets/site.css, light: a ramp from paper over the soft grey to ink, and the accent.
_PAPER: Final = (0xFC, 0xFB, 0xF8)
_SOFT: Final = (0x61, 0x5E, 0x57)
_INK: Final = (0x1D, 0x1C, 0x1A)
_ACCENT: Final = (0x0B, 0x5D, 0x4A)
SOFT: Final = 4  # the place of each in the palette
INK: Final = 6
ACCENT: Final = 7

Line = Sequence[Placed]


def _ramp(start: Sequence[int], end: Sequence[int], steps: int) -> bytes:
    """Give colours from `start` on, before `end`, in even steps."""
    return bytes(round(a + (b - a) * step / steps) for step in range(steps) for a, b in zip(start, end, strict=True))


PALETTE: Final = _ramp(_PAPER, _SOFT, SOFT) + _ramp(_SOFT, _INK, INK - SOFT) + bytes((*_INK, *_ACCENT))

_BAND: Final = 12  # height of the green band at the top
_MARK: Final = ((1, 2, 19, 6), (1, 8, 19, 12), (1, 14, 12, 18))  # the site's sign, in a square of 20
_MARK_SCALE: Final = 2


class Drawing:
    """Draws cards. One is made per render: it holds the fonts, their letters and the bands that come again."""

    def __init__(self, templates: Path, site_title: str) -> None:
        """Take the folder of the templates, whose `fonts/` are read here, and the title of the site.

        Raises:
            SiteError: a font is not there.
        """
        title, text = _read(templates / "fonts/title.ttf"), _read(templates / "fonts/text.ttf")
        self._titles = [(Face(title, size, line, -0.02 * size), most) for size, line, most in _TITLES]
        self._text, self._small = Face(text, 36, 50), Face(text, 28, 40)
        self._strong = Face(title, 40, 48)
        self._brand = Face(title, 32, 40)
        self._site_title = site_title
        made_with = (PIL.__version__, ZLIB_RUNTIME_VERSION, site_title, *_program(), title, text)
        self._made_with = blake2b(repr(made_with).encode(), digest_size=32).digest()

    def made_of(self, card: Card) -> bytes:
        """Give a digest of all that the picture of a card depends on: its texts, the fonts, this program."""
        return blake2b(repr(tuple(card)).encode(), digest_size=32, key=self._made_with).digest()

    def picture(self, card: Card) -> bytes:
        """Give the picture of a card as PNG, of `WIDTH` and `HEIGHT`."""
        return self._writer.write(self.bands(card), self.made_of(card))

    def bands(self, card: Card) -> list[Band]:
        """Give the bands of a card's picture, as `png` asks for them."""
        return cut([*self._head, *self._words(card), *self._facts(card)], HEIGHT)

    def _words(self, card: Card) -> Iterator[Line]:
        """Yield the lines of the kind, the title and the description, which has the room that the title has left."""
        baseline = _KIND_BASELINE
        yield self._line(self._small, _LEFT, baseline, card.kind, SOFT)
        title = legible(card.title, self._strong.has) or card.name
        face, lines = first_fit(title, self._titles, ROOM)
        baseline += 20 + (face.line * 4) // 5
        for line in lines:
            yield [*face.place(_LEFT, baseline, line, INK)]
            baseline += face.line
        baseline += 62 + face.line // 8 - face.line
        room = (_FACTS_TOP - 48 - baseline) // self._text.line + 1
        text = legible(card.text, self._text.has)
        for line in fitted(text, self._text, ROOM, room) if text else ():
            yield [*self._text.place(_LEFT, baseline, line, SOFT)]
            baseline += self._text.line

    def _facts(self, card: Card) -> Iterator[Line]:
        """Yield the facts side by side, each under its line, as on the pages."""
        facts = list(zip(self._rules, card.facts, strict=False))
        yield [rule for rule, _ in facts]
        for face, baseline, place, ink in ((self._small, _LABELS, 0, SOFT), (self._strong, _VALUES, 1, INK)):
            lines = [self._line(face, rule.left, baseline, fact[place], ink, _FACT_WIDTH) for rule, fact in facts]
            yield [*chain.from_iterable(lines)]

    @cached_property
    def _line(self) -> Callable[..., Line]:
        """Remember lines: of kinds, labels and short numbers there are few, which saves a fifteenth of the time."""
        return lru_cache(maxsize=REMEMBERED)(_set)

    @cached_property
    def _writer(self) -> png.Writer:
        return png.Writer(WIDTH, HEIGHT, PALETTE)

    @cached_property
    def _rules(self) -> Line:
        lefts = (_LEFT + number * (_FACT_WIDTH + GAP) for number in range(FACTS))
        return [box(left, _FACTS_TOP, left + _FACT_WIDTH, _FACTS_TOP + 3, INK) for left in lefts]

    @cached_property
    def _head(self) -> Sequence[Line]:
        """Give what is on all pictures: the green band, the sign, and the title of the site."""
        start = png.BEFORE_ROWS
        sign = [[_MARK_SCALE * side for side in corners] for corners in _MARK]
        line = [box(_LEFT + x, 64 + y, _LEFT + right, 64 + bottom, ACCENT) for x, y, right, bottom in sign]
        line += _set(self._brand, _LEFT + 56, 95, self._site_title, INK, ROOM - 56)
        return [box(start, 0, start + WIDTH, _BAND, ACCENT)], line


_LEFT: Final = png.BEFORE_ROWS + MARGIN
_KIND_BASELINE: Final = 164
_FACTS_TOP: Final = 478
_LABELS: Final = _FACTS_TOP + 42
_VALUES: Final = _FACTS_TOP + 92
_FACT_WIDTH: Final = (ROOM - GAP * (FACTS - 1)) // FACTS
_TITLES: Final = ((96, 104, 1), (80, 88, 2), (64, 72, 2), (48, 56, 3))
"""The sizes of a title, from the largest: pixels, line, and how many lines it may take."""


def _set(face: Face, left: int, baseline: int, text: str, ink: int, width: int = ROOM) -> Line:  # noqa: PLR0913, PLR0917 - a text and where it stands
    """Set a text as one line, as far as it fits into `width` pixels; nothing where the font lacks a letter of it."""
    shown = legible(text, face.has)
    return tuple(face.place(left, baseline, fitted(shown, face, width, 1)[0], ink)) if shown else ()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(f"The font {file.name} of the templates cannot be read: {error.strerror}.") from error


def _program() -> list[bytes]:
    """Give the text of this program's part that draws: a picture depends on it as on its own words."""
    return [file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))]
