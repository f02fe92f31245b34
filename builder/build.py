"""From data/ to site/: join, render, write, after `looking`. What `build` and `serve` have in common."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from builder import again, api, catalogue, history, making, past, source, write
from builder.again import Again
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.config import Settings
from builder.entries import Data
from builder.hosts import HOSTS, Host
from builder.looking import load, look, tell_notes
from builder.timings import Timings
from builder.unchanged import Note, Result
from builder.urls import Urls

__all__ = ["Result", "build", "join", "load", "look", "tell_notes"]

Seen: TypeAlias = Callable[[Data, Catalogue, Mapping[str, catalogue.Dates]], None]
"""Is told what a build has read: the data, the catalogue that it made of it, and the dates of the files."""


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
    prefix = Urls(made.settings.base_url).prefix

    def done(report: write.Report, folders: Sequence[str], known: Again) -> None:
        if kept:
            with timings.phase("past"):
                past.save(step.kept(), kept)
        if note:
            with timings.phase("look"):
                note.write(Result(report, tuple(notes), prefix), folders, known.memory().text)

    def known() -> Again:
        if note is None:
            return Again()
        with timings.phase("look"):
            return _known(note, made)

    report = making.make(
        made, host, choices, out, step, allow_shrink=allow_shrink, timings=timings, known=known, done=done
    )
    return Result(report, tuple(notes), prefix)


def _known(note: Note, made: Catalogue) -> Again:
    """Give what is known of the last build, and what this one is made of."""
    common = again.digest((note.inputs.common, made.as_of, made.folder))
    return Again(again.remembered(*note.units()), common, again.prints(made, note.inputs.marks))
