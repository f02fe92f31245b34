"""The catalogue as pages for people: HTML without script, a style sheet, an icon; and one page that shows the API."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.outputs import Output
from builder.pages import (
    figures,
    finding,
    grid,
    home,
    lists,
    package,
    readiness,
    reference,
    rules,
    spans,
    state,
    tables,
    texts,
    use,
)
from builder.pages.people import People
from builder.pages.people import pages as people_pages
from builder.pages.sheets import make_sheets, rank
from builder.pages.shell import Page, Shell
from builder.pages.words import Calendar
from builder.urls import Urls

__all__ = ["render"]

NO_EXAMPLES: Final[Mapping[str, tuple[str, str]]] = {}


def render(
    catalogue: Catalogue,
    site: Urls,
    templates: Path,
    choices: Choices | None = None,
    examples: Mapping[str, tuple[str, str]] = NO_EXAMPLES,
) -> Iterator[Output]:
    """Yield the assets and every page; `templates` is the folder of the templates.

    `choices` tell what there is that a page can name: pictures, badges, pages that are extras, dumps.
    `examples` are those of the page about the API: an address and what is answered there, by the kind of answer.

    Raises:
        SiteError: an asset is not there.
    """
    chosen = choices or Choices()
    shell = Shell(catalogue, site, templates, chosen)
    yield from shell.assets()
    yield from map(shell.output, _pages(catalogue, shell, examples))


def _pages(catalogue: Catalogue, shell: Shell, examples: Mapping[str, tuple[str, str]]) -> Iterator[Page]:
    """Yield every page before it is rendered, one at a time: a large site need not fit into memory."""
    settings = catalogue.settings
    calendar = Calendar(settings.time_zone, catalogue.as_of)
    sheets = make_sheets(catalogue.packages, shell.site, calendar, settings.pypi_url)
    ranks = rank(catalogue.grids, sheets)
    people = People(sheets.values(), shell)
    filed = lists.a_to_z(sheets.values())
    yield home.home(catalogue, sheets, ranks, calendar, shell)
    yield finding.page(filed, shell)
    yield finding.compare()
    yield from lists.packages(filed, shell)
    yield tables.latest(catalogue.packages, sheets, calendar, shell)
    yield tables.liked(sheets.values(), shell)
    for sheet in sheets.values():
        yield package.page(sheet, ranks, people, calendar, shell)
        if shell.extras:
            yield rules.page(sheet, calendar)
    yield lists.grids(catalogue.grids, ranks, calendar, shell)
    for item in catalogue.grids:
        yield grid.page(item, ranks, shell)
        yield from spans.pages(item, ranks, calendar, shell)
    yield lists.categories(catalogue.categories, shell)
    for category in catalogue.categories:
        yield from lists.category(category, (sheets[found.slug] for found in category.packages), shell)
    yield from readiness.pages(catalogue, sheets, calendar, shell)
    yield from people_pages(people, shell)
    yield figures.page(catalogue, sheets, ranks, shell)
    yield state.page(catalogue, sheets, calendar)
    yield use.page(sheets.values(), shell, shell.choices)
    yield from texts.pages(catalogue.texts, catalogue.posts, shell)
    yield reference.page(examples, shell)
    yield home.browse(shell)
    yield home.not_found(shell)
