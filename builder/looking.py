"""The data, read and checked: what most commands begin with, without what makes a site of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from builder import catalogue, checks, source
from builder.entries import AnyEntry, Data, Records
from builder.errors import DataError, Problem
from builder.timings import Timings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.history import History
    from builder.records import Tombstone


def look(
    folder: Path, *, keep_snapshots: bool = True, find_moved: bool | None = None, timings: Timings | None = None
) -> tuple[Records | None, list[Problem]]:
    """Read and check the data: what could be read of it, None without the folder, and all problems of all files.

    Where there is no problem, what was read is `Data`. `keep_snapshots` and `find_moved` are as in `source.load`.
    """
    timings = timings or Timings()
    with timings.phase("read"):
        records, problems = source.load(folder, keep_snapshots=keep_snapshots, find_moved=find_moved)
    with timings.phase("check"):
        return records, problems if records is None else sorted([*problems, *checks.check(records)])


def load(
    folder: Path, *, keep_snapshots: bool = True, find_moved: bool | None = None, timings: Timings | None = None
) -> Data:
    """Read and check the data, as `look` does.

    Raises:
        DataError: with all problems of all files, if there is any.
    """
    records, problems = look(folder, keep_snapshots=keep_snapshots, find_moved=find_moved, timings=timings)
    if problems or not isinstance(records, Data):
        raise DataError(problems)
    return records


def tell_notes(data: Data, past: "History") -> list[str]:
    """Give what a person should know although nothing is wrong: ids and dates that are provisional."""
    notes = []
    kinds: Sequence[tuple[Mapping[str, AnyEntry], Sequence[Tombstone]]] = (
        (data.packages, data.tombstones.packages),
        (data.grids, data.tombstones.grids),
        (data.categories, data.tombstones.categories),
    )
    undated = 0
    for entries, tombstones in kinds:
        ids = catalogue.give_ids(entries, tombstones)
        for slug, entry in sorted(entries.items()):
            undated += entry.record.modified is None and entry.path not in past.dates
            if entry.record.id is None:
                notes.append(f"{entry.path}: has no id yet; as things stand it gets {ids[slug]}.")
            if entry.record.created is None and entry.path not in past.dates:
                notes.append(f"{entry.path}: has no `created` yet; it gets the date of its first commit.")
    if past.shallow and undated:
        notes.append(
            f"This is a shallow clone: git does not tell when {undated} files were last changed, "
            "so their `modified` is their `created`. To mend it: git fetch --unshallow"
        )
    return notes
