"""The lists: all packages, the categories with theirs, all grids.

Without script everything must be within reach, and no page so long that a phone chokes on it: a list of packages is
whole up to `WHOLE` rows, above that it is cut into pages of `PAGE_SIZE`, `/packages/page/2/` and so on. Each page
has all the letters, so that every package is two clicks away.

Lists run from A to Z, and a leading "django" does not count: four in five would stand under D.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final, NamedTuple

from builder import urls
from builder.catalogue import UNKNOWN_DATE, Category, Grid, by_title
from builder.pages.sharing import crumbs
from builder.pages.sheets import Ranks, Sheet
from builder.pages.shell import LISTS, Page, Shell
from builder.pages.words import NOT_COMMITTED, Calendar, Fact, counted, number, unknown

WHOLE: Final = 500
PAGE_SIZE: Final = 200
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS: Final = "0\u20139"
OTHERS: Final = "Other"
LETTERS: Final = (DIGITS, *ALPHABET, OTHERS)
BEST_SHOWN: Final = 4  # packages of a grid that stand for it

_PREFIX: Final = re.compile(r"^(?:django|dj)[-_. ]+(?=\S)")


class Letter(NamedTuple):
    """A letter of the index. `href` is "" where nothing begins with it."""

    label: str
    href: str


class Filed(NamedTuple):
    """A package and the letter that it stands under."""

    letter: str
    sheet: Sheet


class Group(NamedTuple):
    """The packages of one letter on one page. `id` is the fragment that its letter leads to."""

    label: str
    id: str
    sheets: list[Sheet]


class Turn(NamedTuple):
    """A page of a list, as the others link to it."""

    label: str
    href: str
    current: bool


def packages(filed: Sequence[Filed], shell: Shell) -> Iterator[Page]:
    """Make the list of all packages, which are in their order."""
    head = Page(
        template="packages.html",
        route=urls.PACKAGES,
        section=urls.PACKAGES,
        title="Packages",
        summary="All packages, from A to Z.",
        edit=shell.add("packages"),
        json=urls.API_PACKAGES,
        values={"category_slug": ""},
        script=LISTS,
    )
    return _pages(head, filed, shell)


def category(item: Category, sheets: Iterable[Sheet], shell: Shell) -> Iterator[Page]:
    """Make the list of a category's packages."""
    record = item.record
    head = Page(
        template="category.html",
        route=urls.category_page(item.slug),
        section=urls.CATEGORIES,
        title=record.title_plural,
        summary=record.description or f"All packages of the category {record.title}, from A to Z.",
        edit=shell.edit(item.path),
        json=urls.api_item(urls.API_CATEGORIES, item.id),
        values={"description": record.description, "category_slug": item.slug},
        script=LISTS,
        things=[
            crumbs(shell.site, ("Categories", urls.CATEGORIES), (record.title_plural, urls.category_page(item.slug)))
        ],
    )
    return _pages(head, a_to_z(sheets), shell)


def _pages(head: Page, filed: Sequence[Filed], shell: Shell) -> Iterator[Page]:
    """Make the pages of a list of packages out of what they have in common."""
    pages = cut(filed)
    first = first_pages(pages)
    for here, rows in enumerate(pages, start=1):
        end = f", page {here} of {len(pages)}" if here > 1 else ""
        values = {
            "heading": head.title,
            "page_number": here,
            "groups": groups(rows),
            "letters": letters(first, here, head.route, shell),
            "turns": turns(len(pages), here, head.route, shell),
            "index_href": shell.site.path(urls.DATA_PACKAGES) if len(pages) > 1 else "",
            "package_count": counted(len(filed), "package"),
        }
        route = urls.list_page(head.route, here)
        yield replace(head, route=route, title=head.title + end, values={**head.values, **values})


def filed_under(title: str) -> str:
    """Give what a title is sorted by: without regard to case or to a leading "django-"."""
    return _PREFIX.sub("", title.casefold(), count=1)


def letter(filed: str) -> str:
    """Give the letter that something stands under: A to Z, one for all digits, one for all else."""
    first = filed[:1].upper()
    if first and first in ALPHABET:
        return first
    return DIGITS if first.isdecimal() else OTHERS


def fragment(label: str) -> str:
    """Give the fragment of a letter."""
    return {DIGITS: "digits", OTHERS: "other"}.get(label, f"letter-{label.lower()}")


def a_to_z(sheets: Iterable[Sheet]) -> list[Filed]:
    """Sort by letter, then by what each is filed under, then by title and id."""
    keys = []
    for sheet in sheets:
        name = filed_under(sheet.title)
        label = letter(name)
        keys.append((LETTERS.index(label), name, sheet.title, sheet.package.id, Filed(label, sheet)))
    return [filed for *_, filed in sorted(keys, key=lambda key: key[:4])]


def cut(filed: Sequence[Filed]) -> list[Sequence[Filed]]:
    """Cut a list into pages; a short one stays whole, and an empty one is one empty page."""
    if len(filed) <= WHOLE:
        return [filed]
    return [filed[start : start + PAGE_SIZE] for start in range(0, len(filed), PAGE_SIZE)]


def first_pages(pages: Iterable[Sequence[Filed]]) -> dict[str, int]:
    """Give the page, counted from 1, on which each letter begins."""
    first: dict[str, int] = {}
    for page, rows in enumerate(pages, start=1):
        for row in rows:
            first.setdefault(row.letter, page)
    return first


def letters(first: Mapping[str, int], here: int, route: str, shell: Shell) -> list[Letter]:
    """Give the index as it stands on page `here`; the two that are no letters only where something is under them."""
    shown = [label for label in LETTERS if label in ALPHABET or label in first]
    return [Letter(label, _letter_href(label, first.get(label), here, route, shell)) for label in shown]


def _letter_href(label: str, page: int | None, here: int, route: str, shell: Shell) -> str:
    if page is None:
        return ""
    address = "" if page == here else shell.site.path(urls.list_page(route, page))
    return f"{address}#{fragment(label)}"


def groups(rows: Iterable[Filed]) -> list[Group]:
    """Group the rows of a page by letter."""
    found = groupby(rows, key=lambda row: row.letter)
    return [Group(label, fragment(label), [row.sheet for row in under]) for label, under in found]


def turns(count: int, here: int, route: str, shell: Shell) -> list[Turn]:
    """Give the pages of a list, none where it is whole."""
    if count == 1:
        return []
    return [Turn(str(n), shell.site.path(urls.list_page(route, n)), n == here) for n in range(1, count + 1)]


class CategoryRow(NamedTuple):
    """A category in the list of all; `packages` is their number in words."""

    title: str
    href: str
    description: str
    packages: str


def category_rows(categories: Iterable[Category], shell: Shell) -> list[CategoryRow]:
    """Give the categories, the largest first: that is where most people are going."""
    ordered = sorted(by_title(categories), key=lambda item: len(item.packages), reverse=True)
    return [
        CategoryRow(
            item.record.title_plural,
            shell.site.path(urls.category_page(item.slug)),
            item.record.description,
            counted(len(item.packages), "package"),
        )
        for item in ordered
    ]


def categories(items: Iterable[Category], shell: Shell) -> Page:
    """Make the list of all categories."""
    return Page(
        template="categories.html",
        route=urls.CATEGORIES,
        section=urls.CATEGORIES,
        title="Categories",
        summary="All categories, with the number of their packages.",
        edit=shell.add("categories"),
        json=urls.API_CATEGORIES,
        values={"categories": category_rows(items, shell)},
    )


class GridRow(NamedTuple):
    """A grid in the list of all.

    `size` is the number of its packages in words, "" where there are none; `best` are the titles of a few of them.
    """

    title: str
    href: str
    description: str
    packages: str
    features: str
    size: str
    best: list[str]


def grid_rows(grids: Iterable[Grid], ranks: Ranks, shell: Shell) -> list[GridRow]:
    """Give grids as rows, by title."""
    return [
        GridRow(
            grid.title,
            shell.site.path(urls.grid_page(grid.slug)),
            grid.record.description,
            number(len(grid.packages)),
            number(len(grid.features)),
            counted(len(grid.packages), "package") if grid.packages else "",
            [sheet.title for sheet in ranks[grid.slug][:BEST_SHOWN]],
        )
        for grid in by_title(grids)
    ]


def grids(items: Sequence[Grid], ranks: Ranks, calendar: Calendar, shell: Shell) -> Page:
    """Make the list of all grids."""
    return Page(
        template="grids.html",
        route=urls.GRIDS,
        section=urls.GRIDS,
        title="Grids",
        summary="All grids: packages of one purpose side by side.",
        edit=shell.add("grids"),
        json=urls.API_GRIDS,
        values={
            "grids": list(zip(grid_rows(items, ranks, shell), _updated(items, calendar), strict=True)),
            "grid_count": counted(len(items), "grid"),
        },
        script=LISTS,
    )


def _updated(items: Iterable[Grid], calendar: Calendar) -> list[Fact]:
    """Give when grids were last changed, by title."""
    return [
        unknown(NOT_COMMITTED) if grid.modified == UNKNOWN_DATE else calendar.day(grid.modified)
        for grid in by_title(items)
    ]
