"""A badge for each package, for its README: where it is listed, and its version or why nobody should begin with it.

The same words in two forms: a picture of our own, and what the badge service shields.io makes a picture of. Badges are
put together by hand, since there are thousands, of which most say what others say. Letters are measured by a table of
the font of the site's pictures, and `textLength` holds whatever font draws them to that width.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from html import escape
from typing import Final

from builder import urls
from builder.api.facts import Facts
from builder.catalogue import Catalogue, Package
from builder.outputs import JSON, SVG, Output, Unit
from builder.resources import BadgeResource, encode

LISTED: Final = "listed"
NAMELESS: Final = "Packages"  # for a title of nothing that can be shown
LONGEST_LABEL: Final = 40  # characters
LONGEST_MESSAGE: Final = 60

INK: Final = "#ffffff"
LABEL: Final = "#3d3a35"
VERSION: Final = "#0b5d4a"
UNKNOWN: Final = "#1f5f8b"
WARNING: Final = "#8f4a00"
STANDINGS: Final[Mapping[str, str]] = {
    "quarantined": "#a31515",
    "replaced": WARNING,
    "deprecated": WARNING,
    "archived": "#625e57",
}
"""The colours of what a standing begins with, the gravest first; another status on PyPI is a warning too."""

HEIGHT: Final = 20  # pixels, as all of these
SIZE: Final = 11
PADDING: Final = 6
FAMILY: Final = "Helvetica,Arial,sans-serif"
NARROWER: Final = 0.955
"""How wide those are beside the font that is measured."""
WIDTHS: Final[Sequence[int]] = (
    *(281, 287, 466, 633, 642, 981, 644, 300, 364, 364, 501, 661, 288, 459, 288, 360, 632, 406, 609, 618),
    *(647, 594, 621, 566, 620, 621, 288, 302, 662, 661, 662, 511, 967, 690, 655, 731, 722, 601, 591, 747),
    *(743, 269, 571, 672, 565, 903, 753, 765, 639, 765, 644, 642, 646, 744, 690, 985, 682, 679, 630, 365),
    *(360, 365, 471, 456, 323, 561, 612, 571, 613, 583, 370, 613, 591, 243, 243, 549, 242, 876, 591, 600),
    *(612, 612, 376, 528, 327, 591, 562, 818, 546, 562, 553, 426, 333, 427, 663),
)
"""How wide the letters from the space to `~` are in `templates/fonts/text.ttf`, in thousandths of its size."""
WIDE: Final = 1000
OTHER: Final = 700
"""The same of a letter of East Asia or a pictogram, and of any other one: about as much as most of them have."""


def units(catalogue: Catalogue, facts: Callable[[], Mapping[int, Facts]]) -> Iterator[Unit]:
    """Yield both forms of the badge of each package."""
    label = shown(catalogue.settings.title, LONGEST_LABEL) or NAMELESS

    @cache
    def forms(message: str, colour: str) -> tuple[bytes, bytes]:
        resource = BadgeResource(label=label, message=message, color=colour, labelColor=LABEL)
        return encode(resource), draw(resource)

    def badge(package: Package) -> Iterator[Output]:
        body, picture = forms(*words(package.standing, facts()[package.id].pypi_version))
        yield Output(urls.badge_data(package.slug), body, JSON)
        yield Output(urls.badge(package.slug), picture, SVG)

    for package in catalogue.packages:
        yield Unit(f"badges/{package.key}", package.key, partial(badge, package))


def words(standing: Sequence[str], version: str | None) -> tuple[str, str]:
    """Give what a badge says of a package, and the colour of that."""
    if standing:
        known = (colour for word, colour in STANDINGS.items() if any(each.startswith(word) for each in standing))
        return shown(", ".join(standing), LONGEST_MESSAGE), next(known, WARNING)
    message = shown(version or "", LONGEST_MESSAGE)
    return (message, VERSION) if message else (LISTED, UNKNOWN)


def shown(text: str, most: int) -> str:
    """Give a text on one line, of at most `most` characters, without those that have no shape, such as of direction.

    So none is left that XML cannot hold.
    """
    kept = "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or _has_shape(letter))
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _has_shape(letter: str) -> bool:
    return not unicodedata.category(letter).startswith("C")


def draw(badge: BadgeResource) -> bytes:
    """Give the picture of a badge: without script, font or address, and read aloud as its words."""
    left, right = (_width(text) for text in (badge.label, badge.message))
    edge, whole = left + 2 * PADDING, left + right + 4 * PADDING
    name, label, message = map(escape, (f"{badge.label}: {badge.message}", badge.label, badge.message))
    text = '<text x="{}" y="14" textLength="{}">{}</text>'.format
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" viewBox="0 0 {whole} {HEIGHT}"'
        f' role="img" aria-label="{name}"><title>{name}</title>'
        f'<rect width="{whole}" height="{HEIGHT}" rx="3" fill="{badge.color}"/>'
        f'<path d="M{edge} 0v{HEIGHT}H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="{badge.labelColor}"/>'
        f'<g fill="{INK}" font-family="{FAMILY}" font-size="{SIZE}">'
        f"{text(PADDING, left, label)}{text(edge + PADDING, right, message)}</g></svg>"
    ).encode()


def _width(text: str) -> int:
    return round(sum(map(_letter, text)) * SIZE * NARROWER / 1000)


def _measure(letter: str) -> int:
    place = ord(letter) - ord(" ")
    if place < len(WIDTHS):
        return WIDTHS[place]
    if unicodedata.category(letter) in {"Mn", "Me"}:  # drawn on the letter before it
        return 0
    return WIDE if unicodedata.east_asian_width(letter) in {"W", "F"} else OTHER


_letter: Final[Callable[[str], int]] = cache(_measure)
