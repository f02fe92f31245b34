"""Other views of a grid: its packages as a plain list, and on a line of time."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from builder import urls
from builder.catalogue import Grid, Package
from builder.pages import tables
from builder.pages.sharing import grid_feed_link
from builder.pages.sheets import Ranks, Sheet
from builder.pages.shell import LISTS, Page, Shell
from builder.pages.words import NOT_KNOWN, Calendar, Fact, counted, day, unknown

WIDTH: Final = 1000  # of a line of time, in units of the drawing
HEIGHT: Final = 20
LEAST: Final = 4  # of a bar, so that a package of one week is seen


class View(NamedTuple):
    """One way to look at a grid, as the others link to it."""

    label: str
    href: str
    current: bool


class Span(NamedTuple):
    """A package's time; `path` is its bar, "" where it has none, `end` the day of its last sign of life."""

    sheet: Sheet
    begin: Fact
    end: Fact
    path: str


def views(grid: Grid, shell: Shell, current: str) -> list[View]:
    """Give the ways to look at a grid; `current` is the route of the page that shows them."""
    found = (
        ("Comparison", urls.grid_page(grid.slug)),
        ("List", urls.grid_packages(grid.slug)),
        ("Timesheet", urls.grid_timesheet(grid.slug)),
    )
    return [View(label, shell.site.path(route), route == current) for label, route in found]


def pages(grid: Grid, ranks: Ranks, calendar: Calendar, shell: Shell) -> Iterator[Page]:
    """Make both pages."""
    ranked = ranks[grid.slug]
    yield _page(grid, "grid_packages.html", urls.grid_packages(grid.slug), f"{grid.title}: list", shell, {
        "columns": tables.USUAL,
        "rows": tables.usual(ranked, shell),
        "package_count": counted(len(ranked), "package"),
    })  # fmt: skip
    spans = [_dates(sheet.package, calendar) for sheet in ranked]
    first = min((begin.year for begin, _ in spans if begin), default=calendar.today.year)
    last = max(first, calendar.today.year) + 1
    yield _page(grid, "grid_timesheet.html", urls.grid_timesheet(grid.slug), f"{grid.title}: timesheet", shell, {
        "spans": [_span(sheet, *dates, first, last) for sheet, dates in zip(ranked, spans, strict=True)],
        "first": first,
        "last": last - 1,
        "width": WIDTH,
        "height": HEIGHT,
        "years": _years(first, last),
    })  # fmt: skip


def _page(  # noqa: PLR0913, PLR0917 - what the two differ in
    grid: Grid, template: str, route: str, title: str, shell: Shell, values: dict[str, object]
) -> Page:
    return Page(
        template=template,
        route=route,
        section=urls.GRIDS,
        title=title,
        summary=grid.record.description or f"The packages of {grid.title}.",
        edit=shell.edit(grid.path),
        json=urls.api_item(urls.API_GRIDS, grid.id),
        values={"heading": grid.title, "views": views(grid, shell, route), **values},
        script=LISTS if "rows" in values else "",
        picture=urls.grid_page(grid.slug),
        feeds=[grid_feed_link(shell.site, grid.slug, grid.title)],
    )


def _dates(package: Package, calendar: Calendar) -> tuple[date | None, date | None]:
    """Give the day of the first release, and of the last commit or, where that is not known, the last release."""
    pypi, repository = package.snapshot.pypi, package.snapshot.repository
    uploaded = [release.uploaded for release in pypi.releases if release.uploaded] if pypi else []
    committed = repository.last_commit if repository else None
    begin = min(uploaded, default=None)
    end = committed or max(uploaded, default=None)
    return begin and calendar.date(begin), end and calendar.date(max(end, begin or end))


def _span(sheet: Sheet, begin: date | None, end: date | None, first: int, last: int) -> Span:
    path = _bar(_place(begin, first, last), _place(end, first, last)) if begin and end else ""
    return Span(sheet, _shown(begin), _shown(end), path)


def _shown(moment: date | None) -> Fact:
    return day(moment) if moment else unknown(NOT_KNOWN)


def _place(moment: date, first: int, last: int) -> int:
    """Give where a day lies between the beginnings of two years; of what lies outside, the nearest end."""
    start, stop = date(first, 1, 1).toordinal(), date(last, 1, 1).toordinal()
    return min(max((moment.toordinal() - start) * WIDTH // (stop - start), 0), WIDTH)


def _bar(begin: int, end: int) -> str:
    begin = min(begin, WIDTH - LEAST)
    return f"M{begin} 4h{max(end - begin, LEAST)}v{HEIGHT - 8}H{begin}z"


def _years(first: int, last: int) -> str:
    """Draw a hairline at the beginning of every year."""
    return "".join(f"M{_place(date(year, 1, 1), first, last)} 0v{HEIGHT}" for year in range(first + 1, last))
