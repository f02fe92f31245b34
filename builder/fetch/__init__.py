"""Ask upstreams about packages, and keep the last good answers.

A failure never alters a fact. Answers are kept in a journal as they come, so that a run that was killed and is started
again ends as one that was not; they reach the snapshots only after the guards have looked at all of an upstream's.
An answer that says nothing new writes nothing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from builder.entries import Data, nearest
from builder.errors import BuilderError
from builder.fetch.cursors import Cursors
from builder.fetch.known import Known
from builder.fetch.run import Progress, Run
from builder.fetch.summary import VERDICTS, Proposal, Result, Summary
from builder.fetch.turns import not_tonight
from builder.metadata import Snapshot
from builder.upstreams.base import Plan, Question, Skipped, Upstream

__all__ = ["VERDICTS", "Progress", "Proposal", "Result", "Summary", "fetch", "plan"]

_LIKENESS: Final = 0.6  # of a slug typed on the command line, where a wrong guess does no harm


def fetch(  # noqa: PLR0913, PLR0917 - what a run depends on, most important first
    data: Data,
    folder: Path,
    upstreams: Sequence[Upstream],
    now: Callable[[], datetime],
    only: Collection[str] = (),
    progress: Progress | None = None,
    *,
    again: bool = False,
) -> Summary:
    """Ask every upstream about all packages, or `only` those, and write the snapshots under `folder` (data/) anew.

    With `again` full answers are wanted, also where an upstream says that nothing has changed: after a new field, and
    now and then for what moves no serial.

    An upstream of which more than a fifth of the answers (and at least five) are failures is given up, and what it said
    is thrown away, as it is where another guard refuses. One that turns us away is asked no more; what it said stays.
    One whose budget is spent goes on in the next run where it stopped; a run about some packages does not touch that.
    Raises `BuilderError` for a slug that is no package's.
    """
    slugs = _due(data, only)
    cursors = Cursors(folder)
    known = Known(data.snapshots, folder)
    # Who asks for some packages wants to know now.
    tonight = None if only else now().astimezone(UTC).date()
    sorted_out = [_sort_out(data, upstream, slugs, known, tonight, again=again) for upstream in upstreams]
    total = sum(len(questions) + len(skipped) for questions, skipped in sorted_out)
    run = Run(data, folder, known, now, progress, bool(only), total)
    for upstream, (_, skipped) in zip(upstreams, sorted_out, strict=True):
        for slug, outcome in skipped.items():
            run.skip(upstream.name, slug, outcome)
    for upstream, (questions, _) in zip(upstreams, sorted_out, strict=True):
        start = "" if only else cursors.get(upstream.name)
        waiting = run.ask(upstream, _rotate(questions, start))
        cursors.set(upstream.name, start if waiting is None else waiting)
    if not only:
        cursors.save({upstream.name for upstream in upstreams})
    # To the last, so that a run that is killed here goes on with what it was told.
    for journal in run.journals:
        journal.forget()
    return run.summary


def plan(data: Data, upstreams: Sequence[Upstream], only: Collection[str] = ()) -> list[tuple[str, int, Plan]]:
    """Give, for each upstream, its name, the number of packages that it would be asked about, and what that costs.

    Nothing is sent. Raises `BuilderError` for a slug that is no package's.
    """
    return list(_plans(data, upstreams, _due(data, only)))


def _plans(data: Data, upstreams: Sequence[Upstream], slugs: Sequence[str]) -> Iterator[tuple[str, int, Plan]]:
    for upstream in upstreams:
        questions, _ = _sort_out(data, upstream, slugs, data.snapshots, None)
        yield upstream.name, len(questions), upstream.plan(questions)


def _due(data: Data, only: Collection[str]) -> list[str]:
    """Give the slugs to ask about, sorted."""
    for slug in sorted(set(only) - set(data.packages)):
        close = nearest(slug, data.packages, _LIKENESS)
        raise BuilderError(f"There is no package {slug!r}" + (f"; did you mean {close!r}?" if close else "."))
    return sorted(set(only) or data.packages)


def _sort_out(  # noqa: PLR0913 - what it depends on
    data: Data,
    upstream: Upstream,
    slugs: Sequence[str],
    known: Mapping[str, Snapshot],
    tonight: date | None,
    *,
    again: bool = False,
) -> tuple[list[Question], dict[str, Skipped]]:
    """Give what is to be asked, and what is skipped visibly; `tonight` is None where everybody has their turn."""
    questions, skipped = [], {}
    for slug in slugs:
        name = upstream.project(data.packages[slug].record)
        if isinstance(name, Skipped):
            if name.reason:  # otherwise it is another upstream's affair
                skipped[slug] = name
            continue
        question = Question(slug, name, known, again)
        if tonight and (later := not_tonight(upstream, question, tonight)):
            skipped[slug] = later
        else:
            questions.append(question)
    return questions, skipped


def _rotate(questions: Sequence[Question], start: str) -> list[Question]:
    """Give the questions, beginning with the first slug that is not before `start`."""
    return [q for q in questions if q.slug >= start] + [q for q in questions if q.slug < start]
