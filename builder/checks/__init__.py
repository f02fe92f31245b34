"""What no record shows alone: references that lead nowhere, and things that exist twice.

`CHECKS` lists the rules; each is a small function that yields its problems. They see the records that could be read,
also those of which a value could not: what such a record lacks is not reported here, nor what refers to a file that is
there but broken, since that problem is told already.
That an id or a date is missing is no problem: new files come without, and the catalogue gives provisional ones.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from builder.checks.dates import dates_are_in_order
from builder.checks.duplicates import (
    features_differ,
    ids_are_not_removed,
    ids_are_unique,
    nothing_listed_twice,
    pypi_names_are_unique,
    repositories_are_unique,
    slugs_differ,
    tombstones_are_unique,
)
from builder.checks.references import (
    categories_exist,
    cells_are_of_the_grid,
    grid_packages_exist,
    snapshots_have_packages,
)
from builder.checks.replacements import replacements_agree, replacements_end, replacements_exist
from builder.checks.texts import (
    cycles_differ,
    text_links_lead_somewhere,
    texts_can_be_shown,
    texts_have_free_addresses,
)
from builder.entries import Records
from builder.errors import Problem

__all__ = ["CHECKS", "LINKS", "Check", "check"]

Check: TypeAlias = Callable[[Records], Iterator[Problem]]

LINKS: Final[tuple[Check, ...]] = (
    categories_exist,
    replacements_exist,
    replacements_agree,
    replacements_end,
    grid_packages_exist,
)
"""The rules without which records cannot be joined."""

CHECKS: Final[tuple[Check, ...]] = (
    *LINKS,
    nothing_listed_twice,
    cells_are_of_the_grid,
    features_differ,
    ids_are_unique,
    ids_are_not_removed,
    tombstones_are_unique,
    repositories_are_unique,
    pypi_names_are_unique,
    slugs_differ,
    snapshots_have_packages,
    dates_are_in_order,
    cycles_differ,
    texts_have_free_addresses,
    texts_can_be_shown,
    text_links_lead_somewhere,
)
"""Every rule. A new one is a function in a module of this package, and a line here."""


def check(data: Records, rules: Sequence[Check] = CHECKS) -> list[Problem]:
    """Give every problem that any check finds, in order of place."""
    return sorted(problem for rule in rules for problem in rule(data))
