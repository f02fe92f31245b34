"""A package as its page and every row shows it: plain text and ready addresses, made once and used everywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from builder import derive, urls
from builder.catalogue import Grid, Package
from builder.metadata import PyPIFacts, Release, Snapshot
from builder.pages import links
from builder.pages.weeks import Chart, chart
from builder.pages.words import (
    NO_DESCRIPTION,
    NO_DESCRIPTION_YET,
    NO_RELEASE,
    NO_REPOSITORY,
    NOT_FETCHED,
    NOT_KNOWN,
    NOT_ON_PYPI,
    NOT_STATED,
    Calendar,
    Fact,
    number,
    unknown,
)
from builder.reads import Lazy
from builder.urls import Urls


@dataclass(frozen=True, slots=True)
class PyPISheet:
    """What PyPI says. `name` and `href` are "" for a package that is not there; `releases` are newest first.

    `released_at` is for sorting; None is not known. `python_named` and `django_named` are the versions that classifiers
    name.
    """

    name: str
    href: str
    version: Fact
    released: Fact
    licence: Fact
    python: Fact
    requires_python: str
    django: Fact
    status: Fact
    releases: tuple[Release, ...] = ()
    released_at: datetime | None = None
    python_named: Sequence[str] = ()
    django_named: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RepositorySheet:
    """What the forge says. `link` is None where there is no page to link to; `missing` is the word for all it lacks.

    `star_count` is for sorting, below zero where it is not known.
    """

    link: links.Link | None
    stars: Fact
    forks: Fact
    last_commit: Fact
    weeks: Chart | None
    missing: str
    star_count: int


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What is shown of a package. `standing` says in words why nobody should begin with it, () where nothing does.

    Each is itself alone, so that what is made of it can be looked up.
    """

    package: Package
    href: str
    title: str
    description: Fact
    category: str
    category_href: str
    standing: tuple[str, ...]
    documentation_href: str
    pypi: PyPISheet
    repository: RepositorySheet

    @property
    def facts(self) -> tuple[Fact, Fact, Fact, Fact]:
        """The columns of every table of packages: version, its date, last commit, stars."""
        pypi, repository = self.pypi, self.repository
        return pypi.version, pypi.released, repository.last_commit, repository.stars

    @property
    def support(self) -> tuple[Fact, Fact, Fact, Fact]:
        """What a comparison shows besides: Python, Django, licence, development status."""
        pypi = self.pypi
        return pypi.python, pypi.django, pypi.licence, pypi.status


Sheets = Mapping[str, Sheet]
"""The sheet of each package, by slug."""


def make_sheets(packages: Iterable[Package], site: Urls, calendar: Calendar, index: str) -> Sheets:
    """Give the sheet of every package, by slug."""
    sources = {package.slug: package for package in packages}
    return Lazy(sources, lambda package: make_sheet(package, site, calendar, index))


def make_sheet(package: Package, site: Urls, calendar: Calendar, index: str) -> Sheet:
    """Make the sheet of a package; `index` is the address of the package index."""
    return Sheet(
        package=package,
        href=site.path(urls.package_page(package.slug)),
        title=package.title,
        description=_description(package),
        category=package.category.record.title,
        category_href=site.path(urls.category_page(package.category.slug)),
        standing=package.standing,
        documentation_href=links.documentation(package.record, package.snapshot.pypi),
        pypi=_pypi(package, calendar, index),
        repository=_repository(package, calendar),
    )


def _description(package: Package) -> Fact:
    asked = package.snapshot.repository is not None or package.snapshot.pypi is not None
    sources = package.record.repository or derive.pypi_name(package.record)
    return stated(package.description, NO_DESCRIPTION_YET if sources and not asked else NO_DESCRIPTION)


def _pypi(package: Package, calendar: Calendar, index: str) -> PyPISheet:
    name = derive.pypi_name(package.record) or ""
    href = derive.pypi_page(name, index) if name else ""
    facts = package.snapshot.pypi
    if facts is None:
        nothing = unknown(NOT_FETCHED if name else NOT_KNOWN)
        release = nothing if name else unknown(NOT_ON_PYPI)
        return PyPISheet(name, href, release, release, nothing, nothing, "", nothing, nothing)
    releases = tuple(derive.sort_releases(facts.releases))
    newest = derive.first_release(releases)
    uploaded = newest.uploaded if newest else None
    version = derive.pypi_version(facts) if newest is None else newest.version
    # What is installed is the newest release: its own word counts before that of the project as a whole.
    requires = (newest.requires_python if newest else None) or facts.requires_python or ""
    status = derive.development_status(facts)
    python, django = derive.python_versions(facts), derive.django_versions(facts)
    return PyPISheet(
        name=name,
        href=href,
        version=stated(version, NO_RELEASE),
        released=calendar.day(uploaded, NOT_KNOWN if version else NO_RELEASE),
        licence=stated(derive.licence(facts), NOT_STATED),
        python=stated(_python(facts, python, requires), NOT_STATED),
        requires_python=requires,
        django=stated(", ".join(django), NOT_STATED),
        status=stated(derive.DEVELOPMENT_STATUSES[status] if status else "", NOT_STATED),
        releases=releases,
        released_at=uploaded,
        python_named=python,
        django_named=django,
    )


def stated(text: str | None, missing: str) -> Fact:
    """Give a text as a fact, or the word for a missing one."""
    return Fact(text) if text else unknown(missing)


def _python(facts: PyPIFacts, named: Sequence[str], requires: str) -> str:
    """Give the Python versions by classifier, else by the requirement, else the bare 3 of an old classifier."""
    if stated_versions := ", ".join(named) or requires:
        return stated_versions
    return "3" if derive.supports_python3(facts) else ""


def _repository(package: Package, calendar: Calendar) -> RepositorySheet:
    text, facts = package.record.repository, package.snapshot.repository
    link = None if is_taken_over(package.snapshot) else links.repository(text)
    if facts is None:
        missing = NOT_FETCHED if text else NO_REPOSITORY
        nothing = unknown(missing)
        return RepositorySheet(link, nothing, nothing, nothing, None, missing, -1)
    return RepositorySheet(
        link=link,
        stars=amount(facts.stars),
        forks=amount(facts.forks),
        last_commit=calendar.day(facts.last_commit),
        weeks=chart(derive.weeks(facts, calendar.today)),
        missing=NOT_KNOWN,
        star_count=-1 if facts.stars is None else facts.stars,
    )


def is_taken_over(snapshot: Snapshot) -> bool:
    """Tell whether another repository answers under the name of the known one: nobody should be led there."""
    return any(source.state == "taken over" for source in snapshot.sources.values())


def amount(value: int | None) -> Fact:
    """Give a number as a fact; 0 is a number, None is not known."""
    return unknown(NOT_KNOWN) if value is None else Fact(number(value))


Ranks = Mapping[str, Sequence[Sheet]]
"""The packages of each grid, by its slug, in the order of its comparison."""


def rank(grids: Iterable[Grid], sheets: Mapping[str, Sheet]) -> Ranks:
    """Give the packages of each grid in the order of its comparison."""
    sources = {grid.slug: grid for grid in grids}
    return Lazy(sources, lambda grid: sorted((sheets[package.slug] for package in grid.packages), key=best_first))


def best_first(sheet: Sheet) -> tuple[bool, int, str, int]:
    """Sort for comparison: what is active before what is not, then by stars, then by title."""
    package = sheet.package
    return not package.is_active, -sheet.repository.star_count, sheet.title.casefold(), package.id
