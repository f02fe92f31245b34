"""What stands on a picture: a few words out of the catalogue, and nothing that changes every night."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from builder import derive
from builder.catalogue import Catalogue, Grid, Package

BEST_NAMED: Final = 5  # packages of a grid that has no description
FACTS: Final = 3

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS: Final = ((1_000_000, "M"), (1_000, "k"), (1, ""))
_EXACT: Final = 100  # a smaller number is shown as it is


class Card(NamedTuple):
    """The texts of a picture. `kind` stands above the title; `name` is what is shown where the title cannot be drawn.

    `facts` are at most `FACTS`, each a label and a value; what is not known is not among them.
    """

    kind: str
    title: str
    name: str
    text: str
    facts: tuple[tuple[str, str], ...]


def of_site(catalogue: Catalogue) -> Card:
    """Give the texts of the picture for all pages that have none of their own."""
    settings = catalogue.settings
    counts = (("Packages", about(len(catalogue.packages))), ("Grids", about(len(catalogue.grids))))
    return Card("", settings.title, "Packages", settings.description, counts)


def of_package(package: Package, zone: tzinfo) -> Card:
    """Give the texts of a package's picture."""
    kind = ", ".join([package.category.record.title, *_standing(package)])
    return Card(kind, package.title, package.slug, package.description, tuple(_facts(package, zone)))


def of_grid(grid: Grid) -> Card:
    """Give the texts of a grid's picture; one without a description names the packages with the most stars."""
    best = sorted(grid.packages, key=lambda package: (not package.is_active, -(_stars(package) or 0), package.id))
    text = grid.record.description or ", ".join(package.title for package in best[:BEST_NAMED])
    counts = (("Packages", str(len(grid.packages))), ("Features", str(len(grid.features))))
    return Card("Grid", grid.title, grid.slug, text, counts)


def about(number: int) -> str:
    """Give a number to two digits, rounded down, with a + where it is more: `12k+`.

    A picture with the exact stars of a package would change with each of them, and with it a file of many kilobytes.
    """
    if number < _EXACT:
        return str(number)
    step = 10 ** (len(str(number)) - 2)
    rounded = number // step * step
    unit, sign = next((size, sign) for size, sign in _UNITS if rounded >= size)
    shown = f"{rounded / unit:.1f}".removesuffix(".0")
    return f"{shown}{sign}{'+' if number > rounded else ''}"


def _standing(package: Package) -> Iterable[str]:
    repository = package.snapshot.repository
    if package.replaced_by:
        yield "replaced"
    if package.record.deprecated:
        yield "deprecated"
    if repository is not None and repository.archived:
        yield "archived"


def _facts(package: Package, zone: tzinfo) -> Iterable[tuple[str, str]]:
    facts = package.snapshot.pypi
    newest = derive.newest_release(facts.releases) if facts else None
    version = newest.version if newest else derive.pypi_version(facts)
    if version:
        yield "Version", version
    if newest and newest.uploaded:
        yield "Released", _day(newest.uploaded, zone)
    if (stars := _stars(package)) is not None:
        yield "Stars", about(stars)


def _stars(package: Package) -> int | None:
    return package.snapshot.repository.stars if package.snapshot.repository else None


def _day(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
