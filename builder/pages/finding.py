"""The page of search: a form, a place for what a script finds, and the index for those without script."""

from collections.abc import Sequence

from builder import urls
from builder.pages.lists import Filed, cut, first_pages, letters
from builder.pages.shell import Page, Shell
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
        unlisted=True,
        values={
            "letters": letters(first, 0, urls.PACKAGES, shell),
            "package_count": counted(len(filed), "package"),
        },
    )
