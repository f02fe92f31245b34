"""What several bodies say of a package and what takes time to derive: made once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from builder import derive
from builder.catalogue import Catalogue
from builder.metadata import Snapshot


@dataclass(frozen=True, slots=True)
class Facts:
    """What is derived of a package; the first two as API v4 says them. None is not known."""

    pypi_version: str | None
    weeks: tuple[int, ...]
    licence: str | None
    python: tuple[str, ...] | None
    django: tuple[str, ...] | None


def of_packages(catalogue: Catalogue) -> Mapping[int, Facts]:
    """Give the facts of each package, by id."""
    return {package.id: _facts(package.snapshot, catalogue.as_of) for package in catalogue.packages}


def _facts(snapshot: Snapshot, today: date) -> Facts:
    pypi = snapshot.pypi
    return Facts(
        pypi_version=derive.pypi_version(pypi),
        weeks=derive.weeks(snapshot.repository, today),
        licence=derive.licence(pypi),
        python=tuple(derive.python_versions(pypi)) if pypi else None,
        django=tuple(derive.django_versions(pypi)) if pypi else None,
    )
