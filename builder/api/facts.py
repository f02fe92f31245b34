"""What several bodies say of a package and what takes time to derive: made once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from builder import derive
from builder.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Facts:
    """What is derived of a package; both as API v4 says them."""

    pypi_version: str | None
    weeks: tuple[int, ...]


def of_packages(catalogue: Catalogue) -> Mapping[int, Facts]:
    """Give the facts of each package, by id."""
    return {
        package.id: Facts(
            derive.pypi_version(package.snapshot.pypi), derive.weeks(package.snapshot.repository, catalogue.as_of)
        )
        for package in catalogue.packages
    }
