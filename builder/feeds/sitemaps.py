"""The sitemap (sitemaps.org/protocol.html): an index, and a part for each kind of page.

It leads to canonical addresses alone, and to packages that are active: who comes by a search engine should not begin
with one that its authors gave up. What is one more view of a page that is listed is not: how a package's weight
comes about, a grid as a list or a timesheet, the packages of one contributor. Links lead there. The days are those of
the data.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Final

from builder import urls
from builder.catalogue import UNKNOWN_DATE, Catalogue, Grid, Package
from builder.feeds.markup import DECLARATION, element
from builder.outputs import XML, Output
from builder.urls import Urls

MOST_ADDRESSES: Final = 50_000
MOST_BYTES: Final = 50 * 1024 * 1024
_SPACE: Final = ' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

Place = tuple[str, date | None]
"""A route, and the day of its last change, if that is known."""


def render(catalogue: Catalogue, site: Urls) -> Iterator[Output]:
    """Yield the parts, and the index last."""
    packages = {package.slug: _package_day(package) for package in catalogue.packages}
    grids = [(urls.grid_page(grid.slug), _grid_day(grid, packages)) for grid in catalogue.grids]
    kinds: tuple[tuple[str, Iterable[Place]], ...] = (
        ("pages", _pages(catalogue, [*packages.values(), *(day for _, day in grids)])),
        ("packages", ((urls.package_page(p.slug), packages[p.slug]) for p in catalogue.packages if p.is_active)),
        ("grids", grids),
        ("posts", [(urls.post_page(post.slug), post.record.date) for post in catalogue.posts]),
    )
    index: list[str] = []
    for name, places in kinds:
        for number, (body, day) in enumerate(parts(places, site), start=1):
            route = urls.sitemap_part(name, number)
            index.append(_line("sitemap", site.absolute(route), day))
            yield Output(route, body, XML)
    yield Output(urls.SITEMAP, _document("sitemapindex", index), XML)


def parts(places: Iterable[Place], site: Urls) -> Iterator[tuple[bytes, date | None]]:
    """Give the bodies of one kind of pages, each as large as the protocol allows, with the day of its last change."""
    room = MOST_BYTES - len(_document("urlset", []))
    lines: list[str] = []
    size, newest = 0, None
    for route, day in places:
        line = _line("url", site.absolute(route), day)
        length = len(line.encode()) + 1
        if len(lines) == MOST_ADDRESSES or size + length > room:
            yield _document("urlset", lines), newest
            lines, size, newest = [], 0, None
        lines.append(line)
        size += length
        newest = _latest([newest, day])
    if lines:
        yield _document("urlset", lines), newest


def _document(name: str, lines: Iterable[str]) -> bytes:
    return (f"{DECLARATION}<{name}{_SPACE}>\n" + "".join(f"{line}\n" for line in lines) + f"</{name}>\n").encode()


def _line(name: str, address: str, day: date | None) -> str:
    last = element("lastmod", day.isoformat()) if day else ""
    return f"<{name}>{element('loc', address)}{last}</{name}>"


def _pages(catalogue: Catalogue, days: Iterable[date | None]) -> list[Place]:
    """Give the lists, which change with any item, and the texts, of which nothing tells when they last changed."""
    newest = _latest([*days, *(_day(c.modified) for c in catalogue.categories)])
    lists = [route for route in urls.PAGES if route not in (*urls.UNLISTED, urls.CHANGELOG)]
    lists += [urls.category_page(category.slug) for category in catalogue.categories]
    for product in catalogue.products:
        lists += [urls.readiness_page(product.slug, release.cycle) for release in product.record.releases]
    texts = [(urls.text_page(text.slug), None) for text in catalogue.texts]
    posted = _latest(post.record.date for post in catalogue.posts)
    return [*((route, newest) for route in lists), (urls.CHANGELOG, posted), *texts]


def _package_day(package: Package) -> date | None:
    """Give the day when anything of a package last changed: its record, or what an upstream says."""
    snapshot = package.snapshot
    told = [moment for source in snapshot.sources.values() for moment in (source.changed, source.since)]
    return _latest(_day(moment) for moment in (package.modified, snapshot.last_fetched, *told))


def _grid_day(grid: Grid, packages: dict[str, date | None]) -> date | None:
    return _latest([_day(grid.modified), *(packages[package.slug] for package in grid.packages)])


def _day(moment: datetime | None) -> date | None:
    return None if moment is None or moment == UNKNOWN_DATE else moment.astimezone(UTC).date()


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day), default=None)
