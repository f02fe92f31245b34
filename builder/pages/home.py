"""The front page and the page for addresses that lead nowhere. Nothing on them depends on the day of the build."""

from collections.abc import Iterable, Mapping
from heapq import nlargest
from typing import Final, NamedTuple

from builder import urls
from builder.catalogue import UNKNOWN_DATE, Catalogue
from builder.pages.lists import category_rows, grid_rows
from builder.pages.sheets import Ranks, Sheet
from builder.pages.shell import BROWSE, Page, Shell
from builder.pages.words import Calendar, Fact, counted, unknown

NEWS_SHOWN: Final = 8
NOT_COMMITTED: Final = "not committed yet"


class News(NamedTuple):
    """A package that is new in some way, and since when."""

    sheet: Sheet
    since: Fact


def home(catalogue: Catalogue, sheets: Mapping[str, Sheet], ranks: Ranks, calendar: Calendar, shell: Shell) -> Page:
    """Make the front page."""
    settings = catalogue.settings
    return Page(
        template="home.html",
        route=urls.HOME,
        section="",
        title=settings.title,
        summary=settings.description or settings.title,
        edit=shell.edit_settings(),
        json=urls.API,
        values={
            "description": settings.description,
            "package_count": counted(len(catalogue.packages), "package"),
            "grid_count": counted(len(catalogue.grids), "grid"),
            "grids": grid_rows((grid for grid in catalogue.grids if grid.record.header), ranks, shell),
            "categories": category_rows(catalogue.categories, shell),
            "releases": _latest_releases(sheets.values()),
            "newest": _newest(catalogue, sheets, calendar),
            "example": shell.site.absolute(_example(sheets.values())),
        },
    )


def _latest_releases(sheets: Iterable[Sheet]) -> list[News]:
    """Give the packages whose newest version came last. The id decides among those of one moment."""
    dated = ((sheet.pypi.released_at, sheet.package.id, sheet) for sheet in sheets if sheet.pypi.released_at)
    latest = nlargest(NEWS_SHOWN, dated, key=lambda found: found[:2])
    return [News(sheet, sheet.pypi.released) for *_, sheet in latest]


def _newest(catalogue: Catalogue, sheets: Mapping[str, Sheet], calendar: Calendar) -> list[News]:
    """Give the packages that came into the catalogue last: ids are given in order of time."""
    return [
        News(
            sheets[package.slug],
            unknown(NOT_COMMITTED) if package.created == UNKNOWN_DATE else calendar.day(package.created),
        )
        for package in catalogue.packages[:NEWS_SHOWN]
    ]


def _example(sheets: Iterable[Sheet]) -> str:
    """Give the route of the JSON that is shown as an example: of the package with the most stars, else the list."""
    best = max(sheets, key=lambda sheet: (sheet.repository.star_count, -sheet.package.id), default=None)
    return urls.api_item(urls.API_PACKAGES, best.package.slug) if best else urls.API_PACKAGES


def browse(shell: Shell) -> Page:
    """Make the page that shows answers of the API, whose address stands in its fragment."""
    return Page(
        template="browse.html",
        route=urls.BROWSE,
        section="",
        title="The API, laid out",
        summary="Shows what the API of this site answers, line by line, with its links to follow.",
        edit=shell.edit_settings(),
        json="",
        values={"base_url": shell.site.base},
        script=BROWSE,
    )


def not_found(shell: Shell) -> Page:
    """Make the page for addresses that lead nowhere."""
    return Page(
        template="404.html",
        route=urls.NOT_FOUND,
        section="",
        title="Not found",
        summary="There is no page at this address.",
        edit=shell.add("packages"),
        json="",
        values={},
    )
