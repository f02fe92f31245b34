"""The kinds of entries, for checks that are the same for all of them."""

from collections.abc import Iterable, Sequence

from builder.entries import AnyEntry, Records
from builder.records import Tombstone


def kinds(data: Records) -> tuple[tuple[str, Iterable[AnyEntry], Sequence[Tombstone]], ...]:
    """Give the records of each kind and what was removed of it."""
    return (
        ("packages", data.packages.values(), data.tombstones.packages),
        ("grids", data.grids.values(), data.tombstones.grids),
        ("categories", data.categories.values(), data.tombstones.categories),
    )
