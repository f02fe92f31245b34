"""Every page of a catalogue, made when it is asked for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Final

from markupsafe import Markup

from builder import urls
from builder.catalogue import Catalogue, Grid, Package
from builder.choices import Choices
from builder.outputs import Output, Unit
from builder.pages import (
    figures,
    finding,
    grid,
    home,
    lists,
    package,
    people,
    readiness,
    rules,
    spans,
    state,
    tables,
    texts,
    use,
)
from builder.pages.people import People, Person
from builder.pages.sheets import Ranks, Sheet, Sheets, make_sheets, rank
from builder.pages.shell import Page, Shell
from builder.pages.words import Calendar
from builder.reads import PEOPLE
from builder.urls import Urls

PEOPLE_PARTS: Final = 4
"""Into how many parts the pages of people are cut: how many there are is known only when they are looked for."""


@dataclass
class Pages:
    """Makes pages before they are rendered, one at a time: a large site need not fit into memory.

    What they have in common is made when the first of them asks for it.
    """

    catalogue: Catalogue
    site: Urls
    templates: Path
    choices: Choices

    @cached_property
    def shell(self) -> Shell:
        """The frame of all pages."""
        return Shell(self.catalogue, self.site, self.templates, self.choices)

    @cached_property
    def calendar(self) -> Calendar:
        """The days as the site's time zone has them."""
        return Calendar(self.catalogue.settings.time_zone, self.catalogue.as_of)

    @cached_property
    def sheets(self) -> Sheets:
        """The sheet of each package, by slug."""
        return make_sheets(self.catalogue.packages, self.site, self.calendar, self.catalogue.settings.pypi_url)

    @cached_property
    def ranks(self) -> Ranks:
        """The packages of each grid, the best first."""
        return rank(self.catalogue.grids, self.sheets)

    @cached_property
    def people(self) -> People:
        """Who contributed to what."""
        return People(self.catalogue.packages, self.shell)

    @cached_property
    def row(self) -> Callable[[Sheet], Markup]:
        """What makes the row of a package on the pages of people."""
        return people.remembered_row(self.shell)

    def after(self, catalogue: Catalogue) -> "Pages":
        """Give the pages of a catalogue in which a few packages or grids are others, and nothing else.

        Who contributed to what is taken as it was.
        """
        other = Pages(catalogue, self.site, self.templates, self.choices)
        other.shell, other.people = self.shell, self.people
        return other

    def find(self, route: str) -> Output | None:
        """Render the page of a route; None if it is not one of a single package or grid."""
        _, _, slug, *_ = [*route.split("/")[1:], "", "", ""]
        if route.startswith(urls.package_page(slug)):
            units = self.of_packages(item for item in self.catalogue.packages if item.slug == slug)
        elif route.startswith(urls.grid_page(slug)):
            units = self.of_grids(item for item in self.catalogue.grids if item.slug == slug)
        else:
            return None
        return next((output for unit in units for output in unit.outputs() if output.route == route), None)

    def assets(self) -> Iterator[Output]:
        """Yield the style sheet, the pictures and the scripts."""
        return self.shell.assets()

    def of_packages(self, packages: Iterable[Package]) -> Iterator[Unit]:
        """Yield the pages of each package."""
        return (self._unit(item.key, item.key, partial(self._package, item)) for item in packages)

    def of_grids(self, grids: Iterable[Grid]) -> Iterator[Unit]:
        """Yield the pages of each grid."""
        return (self._unit(item.key, item.key, partial(self._grid, item)) for item in grids)

    def of_people(self, part: int) -> Iterator[Unit]:
        """Yield the page of each person of one of `PEOPLE_PARTS` parts."""
        some = self.people.all[part::PEOPLE_PARTS]
        return (self._unit(f"people/{person.name}", PEOPLE, partial(self._person, person)) for person in some)

    def _unit(self, key: str, item: str, make: Callable[[], Iterable[Page]]) -> Unit:
        return Unit(f"pages/{key}", item, lambda: map(self.shell.output, make()))

    def _package(self, item: Package) -> Iterator[Page]:
        sheet = self.sheets[item.slug]
        yield package.page(sheet, self.ranks, self.people, self.calendar, self.shell)
        if self.choices.extras:
            yield rules.page(sheet, self.calendar)

    def _grid(self, item: Grid) -> Iterator[Page]:
        yield grid.page(item, self.ranks, self.shell)
        yield from spans.pages(item, self.ranks, self.calendar, self.shell)

    def _person(self, person: Person) -> Iterator[Page]:
        yield people.page(person, self.sheets, self.row)

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
