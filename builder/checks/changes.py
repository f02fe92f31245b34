"""What a change may not do to the records before it: rules between two states of the data.

`CHANGE_CHECKS` and `PEOPLES_CHECKS` list them; each yields its problems, told at the state after the change.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from builder.checks.kinds import kinds
from builder.entries import AnyEntry, Records, show_value
from builder.errors import Problem
from builder.records import Tombstone

_SNAPSHOTS: Final = "snapshots/"
_REFRESH: Final = "refresh.json"


@dataclass(frozen=True, slots=True)
class Change:
    """Two states of the data, and the files that differ.

    `before` need hold nothing but what stood in those files. `files` has the bytes of each before and after, None where
    it is not there; paths are relative to data/, with slashes. `revision` is what people call the state before.
    """

    before: Records
    after: Records
    files: Mapping[str, tuple[bytes | None, bytes | None]]
    revision: str


ChangeCheck: TypeAlias = Callable[[Change], Iterator[Problem]]


def ids_stay(change: Change) -> Iterator[Problem]:
    """Yield records that have another id than before, or none any more."""
    for entry, old in _pairs(change):
        if old.record.id is not None and entry.record.id != old.record.id and "id" not in entry.lacking:
            message = f"was {old.record.id}, and an id never changes"
            hint = f"Write id: {old.record.id} again: clients ask for it by this number."
            yield entry.problem(("id",), "id-changed", message, hint, entry.record.id)


def removed_ids_are_kept(change: Change) -> Iterator[Problem]:
    """Yield records, and tombstones, that are gone without a tombstone for their id."""
    after, before = kinds(change.after), kinds(change.before)
    for (kind, entries, tombstones), (_, old_entries, old_tombstones) in zip(after, before, strict=True):
        kept = {entry.record.id for entry in entries} | {stone.id for stone in tombstones}
        there = {entry.slug for entry in entries} | change.after.broken.get(kind, frozenset())
        for old in old_entries:
            if old.slug not in there and old.record.id is not None and old.record.id not in kept:
                yield _without_tombstone(change, kind, old.path, old.slug, old.record.id)
        yield from (
            _without_tombstone(change, kind, f"{change.after.folder}/tombstones.yaml", stone.slug, stone.id)
            for stone in _gone(old_tombstones, kept, change)
        )


def people_leave_ids_and_dates(change: Change) -> Iterator[Problem]:
    """Yield records that a person gave an id, or another date than they had: the program gives both."""
    for entry, old in _pairs(change):
        record, before = entry.record, old.record
        if before.id is None and record.id is not None:
            yield entry.problem(("id",), "bot-owned", "is for the program to give", "Take the line away.", record.id)
        if before.created != record.created and "created" not in entry.lacking:
            hint = f"Write created: {before.created.isoformat()} again." if before.created else "Take the line away."
            value = record.created and record.created.isoformat()
            yield entry.problem(("created",), "bot-owned", "is for the program to give", hint, value)


def people_leave_what_was_fetched(change: Change) -> Iterator[Problem]:
    """Yield snapshots and cursors that a person changed; a snapshot may go, or take another name, with its package."""
    for path, (before, after) in sorted(change.files.items()):
        if _is_the_programs(path) and not _follows_a_package(change, path, before, after):
            full = f"{change.after.folder}/{path}"
            what = "was added" if before is None else "was removed" if after is None else "was changed"
            again = "Remove it." if before is None else f"Take it back: git checkout {change.revision} -- {full}"
            yield Problem(full, 0, 0, "bot-owned", f"{what}, but only the program writes it", again)


CHANGE_CHECKS: Final[tuple[ChangeCheck, ...]] = (ids_stay, removed_ids_are_kept)
"""The rules for everybody."""
PEOPLES_CHECKS: Final[tuple[ChangeCheck, ...]] = (people_leave_ids_and_dates, people_leave_what_was_fetched)
"""The rules for people, which the program's own changes need not keep."""


def check_change(change: Change, *, as_bot: bool = False) -> list[Problem]:
    """Give every problem of a change, in order of place; `as_bot` tells that it is the program's own."""
    rules = CHANGE_CHECKS if as_bot else (*CHANGE_CHECKS, *PEOPLES_CHECKS)
    return sorted(problem for rule in rules for problem in rule(change))


def _pairs(change: Change) -> Iterator[tuple[AnyEntry, AnyEntry]]:
    """Yield the records that were there before, each with what it was."""
    for (_, entries, _), (_, old_entries, _) in zip(kinds(change.after), kinds(change.before), strict=True):
        before = {old.slug: old for old in old_entries}
        yield from ((entry, before[entry.slug]) for entry in entries if entry.slug in before)


def _gone(old: Sequence[Tombstone], kept: set[int | None], change: Change) -> Iterator[Tombstone]:
    """Yield tombstones that were taken away; none where the file is there but cannot be read, which is told already."""
    _, now = change.files.get("tombstones.yaml", (b"", b""))
    if change.after.tombstone_marks or now is None:
        yield from (stone for stone in old if stone.id not in kept)


def _without_tombstone(change: Change, kind: str, path: str, slug: str, number: int) -> Problem:
    message = f"the id {number} of {slug} is in no record and in no tombstone any more"
    hint = (
        f"Add to {change.after.folder}/tombstones.yaml, under {kind}, with the day and the reason: "
        f"- {{id: {number}, slug: {slug}, removed: 2026-02-16, reason: …}}"
    )
    return Problem(path, 0, 0, "tombstone-missing", message, hint, value=show_value(str(number)))


def _is_the_programs(path: str) -> bool:
    return path == _REFRESH or path.startswith(_SNAPSHOTS)


def _follows_a_package(change: Change, path: str, old: bytes | None, new: bytes | None) -> bool:
    """Tell whether a snapshot went, or took another name, with its package, as people are told to let it."""
    slug = path.removeprefix(_SNAPSHOTS).removesuffix(".json")
    if not path.startswith(_SNAPSHOTS) or (old is not None and new is not None):
        return False
    if new is None:
        return slug not in change.after.packages
    gone = (before for before, after in change.files.values() if after is None)
    return slug not in change.before.packages and new in gone
