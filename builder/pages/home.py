"""The front page and the page for addresses that lead nowhere. Nothing on them depends on the day of the build.

What comes by chance is drawn from the day of the data: with the same data it is the same, and tomorrow's is another.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from hashlib import sha256
from heapq import nlargest, nsmallest
from typing import Final, NamedTuple

from builder import urls
from builder.catalogue import Catalogue, Grid
from builder.pages import tables
from builder.pages.lists import GridRow, category_rows, grid_rows
from builder.pages.sheets import Ranks, Sheet
from builder.pages.shell import BROWSE, Page, Shell
from builder.pages.texts import PostRow, post_rows
from builder.pages.use import best
from builder.pages.words import Calendar, Fact, counted

NEWS_SHOWN: Final = 5
CATEGORIES_SHOWN: Final = 4
LEAST_OF_A_GRID: Final = 3  # packages, for a grid to be worth a comparison
ANNOUNCED: Final = timedelta(days=60)  # how long the newest post stands on the front page


class News(NamedTuple):
    """A package, and why it is here: since when it is new, or how many stars it has."""

    sheet: Sheet
    fact: Fact


class Block(NamedTuple):
    """A short list of packages; `nothing` is said where it is empty, `more` leads to a longer one, "" to none."""

    title: str
    id: str
    news: list[News]
    nothing: str
    more: str = ""
    more_label: str = ""


def home(catalogue: Catalogue, sheets: Mapping[str, Sheet], ranks: Ranks, calendar: Calendar, shell: Shell) -> Page:
    """Make the front page."""
    settings = catalogue.settings
    header = [grid for grid in catalogue.grids if grid.record.header and len(grid.packages) >= LEAST_OF_A_GRID]
    return Page(
        template="home.html",
        route=urls.HOME,
        section=urls.HOME,
        title=settings.title,
        summary=settings.description or settings.title,
        edit=shell.edit_settings(),
        json=urls.API,
        values={
            "description": settings.description,
            "announcement": _announcement(catalogue, shell),
            "package_count": counted(len(catalogue.packages), "package"),
            "grid_count": counted(len(catalogue.grids), "grid"),
            "grids": grid_rows(header, ranks, shell),
            "categories": category_rows(catalogue.categories, shell)[:CATEGORIES_SHOWN],
            "blocks": _blocks(catalogue, sheets, calendar, shell),
            "package_of_the_week": _package_of_the_week(catalogue, sheets),
            "grid_of_the_week": _grid_of_the_week(catalogue, ranks, shell),
            "example": shell.site.absolute(_example(sheets.values())),
        },
        about_api=True,
    )


def _announcement(catalogue: Catalogue, shell: Shell) -> PostRow | None:
    """Give the newest post while it is new, by the day of the data."""
    posts = post_rows(catalogue.posts[:1], shell)
    is_new = posts and catalogue.posts[0].record.date + ANNOUNCED >= catalogue.as_of
    return posts[0] if is_new else None


def _blocks(catalogue: Catalogue, sheets: Mapping[str, Sheet], calendar: Calendar, shell: Shell) -> list[Block]:
    path = shell.site.path
    newest = [
        News(sheets[package.slug], tables.added(package, calendar)) for package in catalogue.packages[:NEWS_SHOWN]
    ]
    starred = [News(s, s.repository.stars) for s in tables.most_starred(sheets.values(), NEWS_SHOWN)]
    active = {package.slug for package in catalogue.packages if package.is_active}
    by_chance = [sheets[slug] for slug in draw(catalogue.as_of.isoformat(), active, NEWS_SHOWN)]
    return [
        Block("Latest releases", "releases", _latest_releases(sheets.values()), "Releases are not fetched yet."),
        Block("Newest packages", "newest", newest, "No packages yet.", path(urls.LATEST), "The newest 50"),
        Block("Most starred", "starred", starred, "Stars are not fetched yet.", path(urls.LIKED), "The first 50"),
        Block("By chance", "chance", [News(sheet, Fact(sheet.category)) for sheet in by_chance], "No packages yet."),
    ]


def _latest_releases(sheets: Iterable[Sheet]) -> list[News]:
    """Give the packages whose newest version came last. The id decides among those of one moment."""
    dated = ((sheet.pypi.released_at, sheet.package.id, sheet) for sheet in sheets if sheet.pypi.released_at)
    latest = nlargest(NEWS_SHOWN, dated, key=lambda found: found[:2])
    return [News(sheet, sheet.pypi.released) for *_, sheet in latest]


def draw(seed: str, slugs: Iterable[str], count: int) -> list[str]:
    """Draw from slugs as if by chance: the same for the same seed, and for most slugs whatever others there are."""
    return nsmallest(count, slugs, key=lambda slug: sha256(f"{seed} {slug}".encode()).digest())


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _package_of_the_week(catalogue: Catalogue, sheets: Mapping[str, Sheet]) -> Sheet | None:
    """Draw among the active packages that say what they are."""
    fit = {package.slug for package in catalogue.packages if package.is_active and package.description}
    return next((sheets[slug] for slug in draw(f"package {_week(catalogue.as_of)}", fit, 1)), None)


def _grid_of_the_week(catalogue: Catalogue, ranks: Ranks, shell: Shell) -> GridRow | None:
    """Draw among the grids that compare something, but for those that always stand here."""
    fit: dict[str, Grid] = {
        grid.slug: grid for grid in catalogue.grids if len(grid.packages) >= LEAST_OF_A_GRID and not grid.record.header
    }
    drawn = [fit[slug] for slug in draw(f"grid {_week(catalogue.as_of)}", fit, 1)]
    return next(iter(grid_rows(drawn, ranks, shell)), None)


def _example(sheets: Collection[Sheet]) -> str:
    """Give the route of the JSON that is shown as an example: of the package with the most stars, else the list."""
    found = best(sheets)
    return urls.api_item(urls.API_PACKAGES, found.package.slug) if found else urls.API_PACKAGES


def browse(shell: Shell) -> Page:
    """Make the page that shows answers of the API, whose address stands in its fragment."""
    return Page(
        template="browse.html",
        route=urls.BROWSE,
        section="",
        title="The API, laid out",
        summary="Shows what the API of this site answers, line by line, with its links to follow.",
        values={"base_url": shell.site.base},
        script=BROWSE,
        unlisted=True,
        about_api=True,
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
        unlisted=True,
    )
