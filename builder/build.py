"""From data/ to site/: load, check, join, render, write. What `build`, `check` and `serve` have in common."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from builder import again, api, catalogue, checks, history, making, past, source, write
from builder.again import Again
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.config import Settings
from builder.entries import AnyEntry, Data, Records
from builder.errors import DataError, Problem
from builder.hosts import HOSTS, Host
from builder.timings import Timings
from builder.unchanged import Note, Result
from builder.urls import Urls

if TYPE_CHECKING:
    from builder.records import Tombstone

Seen: TypeAlias = Callable[[Data, Catalogue, Mapping[str, catalogue.Dates]], None]
"""Is told what a build has read: the data, the catalogue that it made of it, and the dates of the files."""


def look(
    folder: Path, *, keep_snapshots: bool = True, timings: Timings | None = None
) -> tuple[Records | None, list[Problem]]:
    """Read and check the data: what could be read of it, None without the folder, and all problems of all files.

    Where there is no problem, what was read is `Data`. Without `keep_snapshots` each of them is read when asked for.
    """
    timings = timings or Timings()
    with timings.phase("read"):
        records, problems = source.load(folder, keep_snapshots=keep_snapshots)
    with timings.phase("check"):
        return records, problems if records is None else sorted([*problems, *checks.check(records)])


def load(folder: Path, *, keep_snapshots: bool = True, timings: Timings | None = None) -> Data:
    """Read and check the data, as `look` does.

    Raises:
        DataError: with all problems of all files, if there is any.
    """
    records, problems = look(folder, keep_snapshots=keep_snapshots, timings=timings)
    if problems or not isinstance(records, Data):
        raise DataError(problems)
    return records


def join(
    data: Data, folder: Path, base_url: str | None = None, past: history.History | None = None
) -> tuple[Catalogue, list[str]]:
    """Make the catalogue, with `base_url` in place of the settings' own; and give the notes on what git did not tell.

    `past` is the history of the files, where it is not the folder's own.

    Raises:
        pydantic.ValidationError: if `base_url` is not one.
    """
    if base_url is not None:
        settings = Settings.model_validate(dict(data.settings) | {"base_url": base_url})
        data = dataclasses.replace(data, settings=settings)
    past = past or history.read(folder)
    inside = None if past.prefix is None else past.prefix.rstrip("/")
    return catalogue.join(data, past.dates, inside), tell_notes(data, past)


def tell_notes(data: Data, past: history.History) -> list[str]:
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


@source.collection_paused()
def build(  # noqa: PLR0913 - what a build depends on, each with a name
    folder: Path,
    out: Path,
    *,
    base_url: str | None = None,
    host: Host = HOSTS[0],
    choices: Choices | None = None,
    kept: Path | None = None,
    note: Note | None = None,
    seen: Seen | None = None,
    allow_shrink: bool = False,
    timings: Timings | None = None,
) -> Result:
    """Build the site from the data in `folder` into `out`, in one step; `choices` in place of the host's own.

    `kept` is the folder of what is kept of the generations before (`past`); without it no change is told. `timings`
    learns where the time goes, `note` what the next build must know to see whether it has anything to do, and `seen`
    what was read, before the site is made of it.

    Raises:
        DataError: if the data holds problems; nothing is written then.
        SiteError: if the outputs, the host's limits or `out` do not allow it; `out` is as before.
        GuardRefusedError: if the new site is so much smaller that something must be wrong.
    """
    timings = timings or Timings()
    if kept:
        past.accept(kept, out)
    data = load(folder, timings=timings)
    with timings.phase("join"):
        dates = history.read(folder)
        made, notes = join(data, folder, base_url, dates)
    if seen:
        seen(data, made, dates.dates)
    choices = dataclasses.replace(choices or host.choices, changes=kept is not None)
    with timings.phase("past"):
        step = api.Step(past.read(kept) if kept else None)
    known = Again()
    if note:
        with timings.phase("look"):
            known = _known(note, made)
    prefix = Urls(made.settings.base_url).prefix

    def done(report: write.Report, folders: Sequence[str]) -> None:
        if kept:
            with timings.phase("past"):
                past.save(step.kept(), kept)
        if note:
            with timings.phase("look"):
                note.write(Result(report, tuple(notes), prefix), folders, known.memory().text)

    report = making.make(
        made, host, choices, out, step, allow_shrink=allow_shrink, timings=timings, again=known, done=done
    )
    return Result(report, tuple(notes), prefix)


def _known(note: Note, made: Catalogue) -> Again:
    """Give what is known of the last build, and what this one is made of."""
    common = f"{note.inputs.common} {made.as_of} {made.folder}"
    return Again(again.remembered(*note.units()), common, again.prints(made, note.inputs.marks))
