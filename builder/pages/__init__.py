"""The catalogue as pages for people: HTML without script, a style sheet, an icon; and one page that shows the API."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Final

from builder.catalogue import Catalogue, Grid, Package
from builder.choices import Choices
from builder.outputs import Batch, Output, parts
from builder.pages import (
    figures,
    finding,
    grid,
    home,
    lists,
    package,
    people,
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
from builder.pages.sheets import Ranks, Sheet, make_sheets, rank
from builder.pages.shell import Page, Shell
from builder.pages.words import Calendar
from builder.urls import Urls

__all__ = ["batches", "render"]

Examples = Mapping[str, tuple[str, str]]
"""An address and what is answered there, by the kind of answer."""

NO_EXAMPLES: Final[Examples] = {}


def render(
    catalogue: Catalogue,
    site: Urls,
    templates: Path,
    choices: Choices | None = None,
    examples: Examples = NO_EXAMPLES,
) -> Iterator[Output]:
    """Yield the assets and every page; `templates` is the folder of the templates.

    `choices` tell what there is that a page can name: pictures, badges, pages that are extras, dumps.
    `examples` are those of the page about the API.

    Raises:
        SiteError: an asset is not there.
    """
    first, last = batches(catalogue, site, templates, choices or Choices())
    return chain.from_iterable(batch.outputs() for batch in [*first, last(examples)])


def batches(
    catalogue: Catalogue, site: Urls, templates: Path, choices: Choices
) -> tuple[Sequence[Batch], Callable[[Examples], Batch]]:
    """Give the outputs of `render` in batches, and what makes the last of them, of answers that are then there."""
    pages = _Pages(catalogue, site, templates, choices)

    def batch(make: Callable[[], Iterable[Page]]) -> Batch:
        return Batch("pages", lambda: map(pages.shell.output, make()))

    first = [batch(partial(pages.of_packages, part)) for part in parts(catalogue.packages)]
    first += [batch(partial(pages.of_people, number)) for number in range(PEOPLE if choices.extras else 0)]
    first += [batch(partial(pages.of_grids, some)) for some in parts(catalogue.grids)]
    first += [batch(pages.listing), batch(pages.of_many), Batch("pages", pages.assets)]
    return first, lambda examples: batch(lambda: [reference.page(examples, pages.shell)])


PEOPLE: Final = 4
"""How many batches the pages of people make: how many there are is known only when they are looked for."""


@dataclass
class _Pages:
    """Makes pages before they are rendered, one at a time: a large site need not fit into memory.

    What they have in common is made when the first of them asks for it.
    """

    catalogue: Catalogue
    site: Urls
    templates: Path
    choices: Choices

    @cached_property
    def shell(self) -> Shell:
        return Shell(self.catalogue, self.site, self.templates, self.choices)

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.catalogue.settings.time_zone, self.catalogue.as_of)

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """The sheet of each package, by slug."""
        return make_sheets(self.catalogue.packages, self.site, self.calendar, self.catalogue.settings.pypi_url)

    @cached_property
    def ranks(self) -> Ranks:
        return rank(self.catalogue.grids, self.sheets)

    @cached_property
    def people(self) -> People:
        return People(self.sheets.values(), self.shell)

    def assets(self) -> Iterator[Output]:
        return self.shell.assets()

    def of_packages(self, packages: Sequence[Package]) -> Iterator[Page]:
        for item in packages:
            sheet = self.sheets[item.slug]
            yield package.page(sheet, self.ranks, self.people, self.calendar, self.shell)
            if self.choices.extras:
                yield rules.page(sheet, self.calendar)

    def of_grids(self, grids: Sequence[Grid]) -> Iterator[Page]:
        for item in grids:
            yield grid.page(item, self.ranks, self.shell)
            yield from spans.pages(item, self.ranks, self.calendar, self.shell)

    def of_people(self, number: int) -> Iterator[Page]:
        """Make the pages of every `PEOPLE`th, beginning with one of them."""
        return map(people.page, self.people.all[number::PEOPLE])

    def listing(self) -> Iterator[Page]:
        """Make the lists of packages."""
        sheets, shell = self.sheets, self.shell
        filed = lists.a_to_z(sheets.values())
        yield finding.page(filed, shell)
        yield from lists.packages(filed, shell)
        yield tables.latest(self.catalogue.packages, sheets, self.calendar, shell)
        yield tables.liked(sheets.values(), shell)
        for category in self.catalogue.categories:
            yield from lists.category(category, (sheets[found.slug] for found in category.packages), shell)

    def of_many(self) -> Iterator[Page]:
        """Make all pages but the lists of packages that tell of many items, and those that tell of none."""
        catalogue, sheets, ranks, calendar, shell = self.catalogue, self.sheets, self.ranks, self.calendar, self.shell
        yield home.home(catalogue, sheets, ranks, calendar, shell)
        yield finding.compare()
        yield lists.grids(catalogue.grids, ranks, calendar, shell)
        yield lists.categories(catalogue.categories, shell)
        yield from readiness.pages(catalogue, sheets, calendar, shell)
        yield people.listing(self.people, shell)
        yield figures.page(catalogue, sheets, ranks, shell)
        yield state.page(catalogue, sheets, calendar)
        yield use.page(sheets.values(), shell, shell.choices)
        yield from texts.pages(catalogue.texts, catalogue.posts, shell)
        yield home.browse(shell)
        yield home.not_found(shell)
