"""A font at one size, which draws each letter once and each word once, and from then on copies them.

FreeType takes 10 to 20 microseconds for a letter, a copy takes 4; and a few hundred words stand on most pictures.
Letters stand on whole pixels, and the distance between them is kept in fractions: at these sizes nobody sees it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable

REMEMBERED: Final = 2048  # words of each face, which take a few megabytes

# What a text is drawn, measured and cut in: a line may end after a space, and after what joins the parts of a name.
_WORD: Final = re.compile(r"[^\s/_.-]*(?:[/_.-]+|\s+|$)")


def words(text: str) -> list[str]:
    """Cut a text into what may stand on a line of its own, with the space after it."""
    return [word for word in _WORD.findall(text) if word]


@dataclass(frozen=True, slots=True, eq=False)
class Stamp:
    """A letter, a word or a box: how much ink each pixel takes (mode L), and where that lies from the pen.

    Each is itself alone, so that what is made of stamps can be looked up fast.
    """

    mask: Image.Image
    left: int
    top: int


class Placed(NamedTuple):
    """A stamp on a picture: its left upper corner, the row below its last, and the colour of its ink."""

    left: int
    top: int
    bottom: int
    ink: int
    stamp: Stamp


class Face:
    """A font at one size. `line` is the distance between two baselines, in pixels."""

    def __init__(self, font: bytes, size: int, line: int, tracking: float = 0) -> None:
        """Take the bytes of a TrueType font, its size, and what is added to the distance of letters, in pixels.

        The simple layout is asked for: the other one needs a library that not every machine has.
        """
        self.line = line
        self._tracking = tracking
        self._font = ImageFont.truetype(BytesIO(font), size, layout_engine=ImageFont.Layout.BASIC)
        self._nothing = bytes(self._font.getmask("\uffff"))
        self.has: Callable[[str], bool] = lru_cache(maxsize=None)(self._look_for)
        self.advance: Callable[[str], float] = lru_cache(maxsize=REMEMBERED)(self._measure_word)
        self._step: Callable[[str], float] = lru_cache(maxsize=None)(self._measure_letter)
        self._pull: Callable[[str], float] = lru_cache(maxsize=None)(self._measure_pair)
        self._letter: Callable[[str], Stamp] = lru_cache(maxsize=None)(self._draw_letter)
        self._word: Callable[[str], Stamp] = lru_cache(maxsize=REMEMBERED)(self._draw_word)

    def width(self, text: str) -> float:
        """Give the width of a text, in pixels: the sum of the `advance` of its words."""
        return sum(map(self.advance, words(text)))

    def place(self, left: int, baseline: int, text: str, ink: int) -> Iterator[Placed]:
        """Yield the words of a text where they stand, but for spaces."""
        pen = float(left)
        for word in words(text):
            if shown := word.rstrip():
                stamp = self._word(shown)
                top = baseline + stamp.top
                yield Placed(round(pen) + stamp.left, top, top + stamp.mask.height, ink, stamp)
            pen += self.advance(word)

    def _look_for(self, letter: str) -> bool:
        """Tell whether the font has a letter, or would draw a box for it."""
        return bytes(self._font.getmask(letter)) != self._nothing

    def _measure_word(self, word: str) -> float:
        pen = 0.0
        for before, letter in zip(" " + word, word, strict=False):
            pen += self._pull(before + letter)
            pen += self._step(letter)
        return pen

    def _measure_letter(self, letter: str) -> float:
        return self._font.getlength(letter) + self._tracking

    def _measure_pair(self, pair: str) -> float:
        """Give how far the second letter of two moves towards the first, or away from it."""
        return self._font.getlength(pair) - self._font.getlength(pair[0]) - self._font.getlength(pair[1])

    def _draw_letter(self, letter: str) -> Stamp:
        left, top, right, bottom = map(round, self._font.getbbox(letter, anchor="ls"))
        mask = Image.new("L", (max(0, right - left), max(0, bottom - top)))
        ImageDraw.Draw(mask).text((-left, -top), letter, fill=255, font=self._font, anchor="ls")
        return Stamp(mask, left, top)

    def _draw_word(self, word: str) -> Stamp:
        """Draw a word, of at least one letter and no space, out of its letters."""
        placed, pen = [], 0.0
        for before, letter in zip(" " + word, word, strict=False):
            stamp = self._letter(letter)
            pen += self._pull(before + letter)
            placed.append((round(pen) + stamp.left, stamp.top, stamp.mask))
            pen += self._step(letter)
        left, top = min(x for x, _, _ in placed), min(y for _, y, _ in placed)
        right, bottom = (max(x + mask.width for x, _, mask in placed), max(y + mask.height for _, y, mask in placed))
        whole = Image.new("L", (right - left, bottom - top))
        for x, y, mask in placed:
            whole.paste(255, (x - left, y - top), mask)
        return Stamp(whole, left, top)
