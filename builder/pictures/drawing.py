"""The look of a picture: the site's paper, ink and green; what is on all of them is drawn once."""

from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Final
from zlib import ZLIB_RUNTIME_VERSION

import PIL
from PIL import Image

from builder.errors import SiteError
from builder.pictures import png
from builder.pictures.cards import FACTS, Card
from builder.pictures.faces import Canvas, Face
from builder.pictures.fitting import first_fit, fitted, legible

WIDTH: Final = 1200
HEIGHT: Final = 630
MARGIN: Final = 80
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


def _ramp(start: Sequence[int], end: Sequence[int], steps: int) -> bytes:
    """Give colours from `start` on, before `end`, in even steps."""
    return bytes(round(a + (b - a) * step / steps) for step in range(steps) for a, b in zip(start, end, strict=True))


PALETTE: Final = _ramp(_PAPER, _SOFT, SOFT) + _ramp(_SOFT, _INK, INK - SOFT) + bytes((*_INK, *_ACCENT))

_BAND: Final = 12  # height of the green band at the top
_MARK: Final = ((1, 2, 19, 6), (1, 8, 19, 12), (1, 14, 12, 18))  # the site's sign, in a square of 20
_MARK_SCALE: Final = 2


class Drawing:
    """Draws cards. One is made per render: it holds the fonts, their letters and the background."""

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
        return self._writer.write(self.draw(card), self.made_of(card))

    def draw(self, card: Card) -> Canvas:
        """Draw a card; the canvas has the columns at the left that `png` asks for."""
        canvas = self._background.copy()
        left = png.BEFORE_ROWS + MARGIN
        baseline = _KIND_BASELINE
        if kind := legible(card.kind, self._small.has):
            self._small.draw(canvas, left, baseline, fitted(kind, self._small, ROOM, 1)[0], SOFT)
        title = legible(card.title, self._strong.has) or card.name
        face, lines = first_fit(title, self._titles, ROOM)
        baseline += 20 + (face.line * 4) // 5
        for line in lines:
            face.draw(canvas, left, baseline, line, INK)
            baseline += face.line
        self._describe(canvas, card, baseline - face.line + 62 + face.line // 8)
        for number, (label, value) in enumerate(card.facts[:FACTS]):
            self._fact(canvas, number, label, legible(value, self._strong.has))
        return canvas

    def _describe(self, canvas: Canvas, card: Card, baseline: int) -> None:
        """Draw the description in the room that the title has left: one to three lines."""
        room = (_FACTS_TOP - 48 - baseline) // self._text.line + 1
        text = legible(card.text, self._text.has)
        for line in fitted(text, self._text, ROOM, room) if text else ():
            self._text.draw(canvas, png.BEFORE_ROWS + MARGIN, baseline, line, SOFT)
            baseline += self._text.line

    def _fact(self, canvas: Canvas, number: int, label: str, value: str) -> None:
        """Draw a fact under its line, as on the pages."""
        width = (ROOM - GAP * (FACTS - 1)) // FACTS
        left = png.BEFORE_ROWS + MARGIN + number * (width + GAP)
        canvas.paste(INK, (left, _FACTS_TOP, left + width, _FACTS_TOP + 3))
        self._small.draw(canvas, left, _FACTS_TOP + 42, label, SOFT)
        if value:
            self._strong.draw(canvas, left, _FACTS_TOP + 92, fitted(value, self._strong, width, 1)[0], INK)

    @cached_property
    def _writer(self) -> png.Writer:
        return png.Writer(self._background, PALETTE, _HEADER)

    @cached_property
    def _background(self) -> Canvas:
        left = png.BEFORE_ROWS
        canvas = Image.new("P", (left + WIDTH, HEIGHT), 0)
        canvas.paste(ACCENT, (left, 0, left + WIDTH, _BAND))
        left += MARGIN
        for box in _MARK:
            x, y, right, bottom = (_MARK_SCALE * side for side in box)
            canvas.paste(ACCENT, (left + x, 64 + y, left + right, 64 + bottom))
        if title := legible(self._site_title, self._brand.has):
            self._brand.draw(canvas, left + 56, 95, fitted(title, self._brand, ROOM - 56, 1)[0], INK)
        return canvas


_HEADER: Final = 128  # rows that are the same on all pictures
_KIND_BASELINE: Final = 164
_FACTS_TOP: Final = 478
_TITLES: Final = ((96, 104, 1), (80, 88, 2), (64, 72, 2), (48, 56, 3))
"""The sizes of a title, from the largest: pixels, line, and how many lines it may take."""


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(f"The font {file.name} of the templates cannot be read: {error.strerror}.") from error


def _program() -> list[bytes]:
    """Give the text of this program's part that draws: a picture depends on it as on its own words."""
    return [file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))]
