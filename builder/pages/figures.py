"""The directory in figures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from packaging.version import Version

from builder import derive, urls
from builder.catalogue import Catalogue
from builder.pages.lists import grid_rows
from builder.pages.sheets import Ranks, Sheet
from builder.pages.shell import Page, Shell
from builder.pages.words import NOT_FETCHED, Fact, counted, number, unknown

BIG_GRIDS: Final = 10
HOSTS: Final = 10  # of repositories; the others are counted together
OLDEST: Final = 8  # versions of Django and Python, from the newest on

Counts = Sequence[tuple[str, str]]
"""Names with their numbers."""


class Section(NamedTuple):
    """Counts of one kind; `noun` is what is counted by."""

    title: str
    id: str
    noun: str
    counts: Counts


def page(catalogue: Catalogue, sheets: Mapping[str, Sheet], ranks: Ranks, shell: Shell) -> Page:
    """Make the page of figures."""
    big = sorted(catalogue.grids, key=lambda grid: (-len(grid.packages), grid.id))[:BIG_GRIDS]
    rows = {row.href: row for row in grid_rows(big, ranks, shell)}
    return Page(
        template="figures.html",
        route=urls.FIGURES,
        section="",
        title="Figures",
        summary="The directory in figures: packages, grids, releases, hosts, downloads.",
        values={
            "facts": _facts(catalogue),
            "grids": [rows[shell.site.path(urls.grid_page(grid.slug))] for grid in big if grid.packages],
            "sections": [
                Section("Django", "django", "Version", _versions(s.pypi.django_named for s in sheets.values())),
                Section("Python", "python", "Version", _versions(s.pypi.python_named for s in sheets.values())),
                Section("Repositories", "repositories", "Host", _hosts(sheets.values())),
            ],
        },
    )


def _facts(catalogue: Catalogue) -> list[tuple[str, Fact, str]]:
    """Give label, sum and a note of each: of how many packages it is, where that is not all; "" for most."""
    packages = catalogue.packages
    pypi = [p.snapshot.pypi for p in packages if p.snapshot.pypi]
    forge = [p.snapshot.repository for p in packages if p.snapshot.repository]
    downloads = [p.snapshot.downloads.count for p in packages if p.snapshot.downloads]
    return [
        ("Packages", _count(len(packages)), ""),
        ("Grids", _count(len(catalogue.grids)), ""),
        ("Categories", _count(len(catalogue.categories)), ""),
        ("On PyPI", _fetched(len(pypi), pypi), ""),
        ("Releases", _fetched(sum(len(facts.releases) for facts in pypi), pypi), ""),
        ("Downloads a month", _fetched(sum(downloads), downloads), _of(downloads, packages)),
        ("Stars", _fetched(sum(facts.stars or 0 for facts in forge), forge), _of(forge, packages)),
        ("Archived", _fetched(sum(facts.archived for facts in forge), forge), _of(forge, packages)),
        ("Deprecated", _count(sum(bool(p.record.deprecated or p.replaced_by) for p in packages)), ""),
    ]


def _of(known: Sequence[object], packages: Sequence[object]) -> str:
    return f"known of {counted(len(known), 'package')}" if 0 < len(known) < len(packages) else ""


def _count(value: int) -> Fact:
    return Fact(number(value))


def _fetched(value: int, sources: Sequence[object]) -> Fact:
    """Give a number out of what was fetched, or the word for nothing fetched."""
    return _count(value) if sources else unknown(NOT_FETCHED)


def _versions(named: Iterable[Sequence[str]]) -> Counts:
    """Count the packages whose classifiers name a version, newest version first."""
    counts = Counter(version for versions in named for version in versions)
    return [(version, number(counts[version])) for version in sorted(counts, key=Version, reverse=True)[:OLDEST]]


def _hosts(sheets: Iterable[Sheet]) -> Counts:
    names = (derive.repository(sheet.package.record.repository) for sheet in sheets)
    counts = Counter(name.host for name in names if name)
    ordered = sorted(counts, key=lambda host: (-counts[host], host))
    rest = sum(counts[host] for host in ordered[HOSTS:])
    others = [("Others", number(rest))] if rest else []
    return [*((host, number(counts[host])) for host in ordered[:HOSTS]), *others]
