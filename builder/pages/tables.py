"""Tables of packages with other columns than the lists have; and the shortest of them, newest and most starred."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Final, NamedTuple

from markupsafe import Markup

from builder import urls
from builder.catalogue import UNKNOWN_DATE, Package
from builder.pages.sheets import Sheet
from builder.pages.shell import LISTS, Page, Shell
from builder.pages.words import NOT_COMMITTED, Calendar, Fact, counted, unknown

SHOWN: Final = 50


class Column(NamedTuple):
    """A column beside the packages; one of figures stands at its right side."""

    label: str
    figures: bool = False


Place = tuple[str, str, str, str]
"""What stands in a row below a column: the column's label, its classes, the text, and the day of a date, else ""."""


def row(sheet: Sheet, columns: Sequence[Column], facts: Sequence[Fact], shell: Shell) -> Markup:
    """Render the row of a package, with a fact for each column."""
    return shell.row(sheet, [_place(column, fact) for column, fact in zip(columns, facts, strict=True)])


def _place(column: Column, fact: Fact) -> Place:
    text, known, day = fact
    label, figures = column
    classes = ("n" if known else "n unknown") if figures else "" if known else "unknown"
    return label, classes, text, day


CATEGORY: Final = Column("Category")
VERSION: Final = Column("Version")
RELEASED: Final = Column("Released")
LAST_COMMIT: Final = Column("Last commit")
STARS: Final = Column("Stars", figures=True)

USUAL: Final = (CATEGORY, VERSION, RELEASED, LAST_COMMIT, STARS)


def usual(sheets: Iterable[Sheet], shell: Shell) -> list[Markup]:
    """Render rows with the facts of the columns `USUAL`."""
    return [row(sheet, USUAL, (Fact(sheet.category), *sheet.facts), shell) for sheet in sheets]


def most_starred(sheets: Iterable[Sheet], count: int) -> list[Sheet]:
    """Give the packages with the most stars; those of which the stars are not known are none of them."""
    known = (sheet for sheet in sheets if sheet.repository.star_count >= 0)
    return nsmallest(count, known, key=lambda sheet: (-sheet.repository.star_count, sheet.package.id))


def added(package: Package, calendar: Calendar) -> Fact:
    """Give when a package came into the catalogue."""
    return unknown(NOT_COMMITTED) if package.created == UNKNOWN_DATE else calendar.day(package.created)


def liked(sheets: Iterable[Sheet], shell: Shell) -> Page:
    """Make the page of the packages with the most stars."""
    starred = most_starred(sheets, SHOWN)
    few = f"{counted(len(starred), 'package')}, as many as have stars that are known; the most first."
    lead = f"The {SHOWN} with the most stars on their forges." if len(starred) == SHOWN else few
    return Page(
        template="ranking.html",
        route=urls.LIKED,
        section=urls.PACKAGES,
        title="Most starred packages",
        summary=f"The {SHOWN} packages with the most stars on their forges.",
        edit=shell.add("packages"),
        values={
            "lead": f"{lead} A star says that somebody took notice.",
            "columns": USUAL,
            "rows": usual(starred, shell),
            "nothing": "Stars are not fetched yet.",
        },
        script=LISTS,
    )


def latest(packages: Sequence[Package], sheets: Mapping[str, Sheet], calendar: Calendar, shell: Shell) -> Page:
    """Make the page of the packages that came into the catalogue last; `packages` are newest first."""
    columns = (Column("Added"), *USUAL[1:])
    shown = [(sheets[package.slug], added(package, calendar)) for package in packages[:SHOWN]]
    return Page(
        template="ranking.html",
        route=urls.LATEST,
        section=urls.PACKAGES,
        title="Newest packages",
        summary=f"The {SHOWN} packages that came into the catalogue last.",
        json=urls.API_PACKAGES,
        edit=shell.add("packages"),
        values={
            "lead": f"The {SHOWN} that came into the catalogue last.",
            "columns": columns,
            "rows": [row(sheet, columns, (since, *sheet.facts), shell) for sheet, since in shown],
            "nothing": "No packages yet.",
        },
        script=LISTS,
    )
