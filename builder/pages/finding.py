"""The pages that scripts fill: search, with the index for those without script; and packages that people choose."""

from collections.abc import Sequence

from builder import urls
from builder.pages.lists import Filed, cut, first_pages, letters
from builder.pages.shell import COMPARE, FIND, Page, Shell
from builder.pages.words import counted


def page(filed: Sequence[Filed], shell: Shell) -> Page:
    """Make the page of search; `filed` are all packages in their order."""
    first = first_pages(cut(filed))
    return Page(
        template="search.html",
        route=urls.SEARCH,
        section=urls.SEARCH,
        title="Search",
        summary="Search packages and grids.",
        script=FIND,
        unlisted=True,
        values={
            "letters": letters(first, 0, urls.PACKAGES, shell),
            "package_count": counted(len(filed), "package"),
        },
    )


def compare() -> Page:
    """Make the page that puts packages side by side which its address names; a script reads their pages."""
    return Page(
        template="compare.html",
        route=urls.COMPARE,
        section="",
        title="Compare packages",
        summary="Packages of your choice side by side.",
        script=COMPARE,
        unlisted=True,
    )
