"""A picture for each package and grid, and one for the rest of the site: what is shown where an address is shared.

They are of 1200 by 630 pixels, which is what the places that show them ask for, in at most 16 colours. Drawn by
Pillow, one takes 0.7 ms on a slow machine (0.4 for the drawing, 0.3 for zlib) and 14 kB: 5,400 packages and 440 grids
take 4.1 seconds and 84 MB. So a picture is drawn only where its words have changed: it carries a seal over its bytes
and all that it was made of, and what the last build left is taken where the seal holds, which costs 0.05 ms. A picture
keeps its address; those who show it ask again in their own time.

What it says changes seldom: stars are rounded to two digits. The fonts (`templates/fonts/`) have Latin, Greek and
Cyrillic; a title in another script gives way to the slug, a description is left out.

The pixels are the same on all machines with one release of Pillow, which brings its own FreeType; the bytes also
depend on the machine's zlib. Both are part of the seal, so that a site has no pictures of two kinds.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from functools import cache, partial
from itertools import chain
from pathlib import Path

from builder import urls
from builder.catalogue import Catalogue, Grid, Package
from builder.outputs import PNG, Batch, Output, Unit, parts
from builder.pictures import cards, png
from builder.pictures.cards import Card
from builder.pictures.drawing import Drawing

__all__ = ["batches", "render"]

Old = Callable[[str], bytes | None]
"""Gives what the last build made for a route, if there was one: a picture whose words stand is not drawn again."""


def render(catalogue: Catalogue, templates: Path, old: Old) -> Iterable[Output]:
    """Give the pictures; `templates` is the folder of the templates.

    Raises:
        SiteError: a font is not there.
    """
    return chain.from_iterable(batch.outputs() for batch in batches(catalogue, templates, old))


def batches(catalogue: Catalogue, templates: Path, old: Old) -> Iterator[Batch]:
    """Yield the pictures of `render` in batches; a font that is not there stops each."""
    drawing = cache(lambda: Drawing(templates, catalogue.settings.title))
    zone = catalogue.settings.time_zone

    def unit(item: Package | Grid, card: Callable[[], tuple[str, Card]]) -> Unit:
        return Unit(f"pictures/{item.key}", item.key, lambda: _drawn(*card(), drawing(), old))

    def of_packages(packages: Iterable[Package]) -> Iterator[Unit]:
        return (unit(item, partial(_of_package, item, zone)) for item in packages)

    def of_grids(grids: Iterable[Grid]) -> Iterator[Unit]:
        return (unit(item, partial(_of_grid, item)) for item in grids)

    yield Batch("pictures", lambda: _drawn(urls.HOME, cards.of_site(catalogue), drawing(), old))
    yield from (Batch("pictures", units=partial(of_packages, part)) for part in parts(catalogue.packages))
    yield from (Batch("pictures", units=partial(of_grids, some)) for some in parts(catalogue.grids))


def _of_package(package: Package, zone: tzinfo) -> tuple[str, Card]:
    """Give the route of a package's page, and what stands on its picture."""
    return urls.package_page(package.slug), cards.of_package(package, zone)


def _of_grid(grid: Grid) -> tuple[str, Card]:
    return urls.grid_page(grid.slug), cards.of_grid(grid)


def _drawn(page: str, card: Card, drawing: Drawing, old: Old) -> Iterator[Output]:
    route = urls.picture(page)
    body = old(route)
    if body is None or not png.is_made_of(body, drawing.made_of(card)):
        body = drawing.picture(card)
    yield Output(route, body, PNG)
