"""Ask upstreams about packages, and keep the last good answers.

A failure never alters a fact. Answers are kept in a journal as they come, so that a run that was killed and is started
again ends as one that was not; they reach the snapshots only after the guards have looked at all of an upstream.
An answer that says nothing new writes nothing.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Final, Protocol

from builder import snapshots
from builder.entries import Data
from builder.errors import BuilderError
from builder.fetch.cursors import Cursors
from builder.fetch.guards import ENOUGH, FAILED_SHARE, refusal
from builder.fetch.journal import Answered, Journal
from builder.fetch.merge import merge
from builder.fetch.summary import VERDICTS, Proposal, Result, Summary, verdict
from builder.metadata import Snapshot
from builder.upstreams.base import Failed, Outcome, Question, Refused, Skipped, Upstream, Waiting

__all__ = ["VERDICTS", "Progress", "Proposal", "Result", "Summary", "fetch"]

_NOT_ANSWERED: Final = Failed("was not answered")


class Progress(Protocol):
    """Is told of every package that is done with, in order. `total` counts a package once for each upstream."""

    def __call__(self, done: int, total: int, slug: str, outcome: Outcome | Skipped) -> None:
        """Take note."""
        ...


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
    is thrown away, as it is where another guard refuses. One whose budget is spent goes on in the next run where it
    stopped. Raises `BuilderError` for a slug that is no package's.
    """
    slugs = _due(data, only)
    cursors = Cursors(folder)
    run = _Run(data, folder, now, progress, dict(data.snapshots))
    asked = [(upstream, run.questions(upstream, slugs, again=again)) for upstream in upstreams]
    run.total = len(run.summary.results) + sum(len(questions) for _, questions in asked)
    for upstream, questions in asked:
        start = "" if only else cursors.get(upstream.name)
        rest = run.ask(upstream, _rotate(questions, start))
        if not only:
            cursors.set(upstream.name, rest)
    cursors.save()
    return run.summary


def _due(data: Data, only: Collection[str]) -> list[str]:
    """Give the slugs to ask about, sorted."""
    for slug in sorted(set(only) - set(data.packages)):
        close = get_close_matches(slug, data.packages, n=1)
        raise BuilderError(f"There is no package {slug!r}" + (f"; did you mean {close[0]!r}?" if close else "."))
    return sorted(only or data.packages)


def _rotate(questions: Sequence[Question], start: str) -> list[Question]:
    """Give the questions, beginning with the first slug that is not before `start`."""
    return [q for q in questions if q.slug >= start] + [q for q in questions if q.slug < start]


@dataclass(slots=True)
class _Run:
    data: Data
    folder: Path
    now: Callable[[], datetime]
    progress: Progress | None
    snapshots: dict[str, Snapshot]
    total: int = 0
    summary: Summary = field(default_factory=Summary)

    def questions(self, upstream: Upstream, slugs: Sequence[str], *, again: bool) -> list[Question]:
        """Give what is to be asked; a package that nobody but this upstream could be asked about is skipped visibly."""
        questions = []
        for slug in slugs:
            name = upstream.project(self.data.packages[slug].record)
            if not isinstance(name, Skipped):
                questions.append(Question(slug, name, Snapshot(), again))
            elif name.reason:
                self._note(upstream, slug, name)
        return questions

    def ask(self, upstream: Upstream, questions: Sequence[Question]) -> str:
        """Ask one upstream, and take what it says if the guards let it; give the slug to begin with the next time."""
        before = upstream.requests
        questions = [Question(q.slug, q.name, self.snapshots.get(q.slug, Snapshot()), q.again) for q in questions]
        with Journal(self.folder, upstream.name, self.now()) as journal:
            try:
                rest = self._listen(upstream, questions, journal)
            finally:
                self.summary.requests[upstream.name] = upstream.requests - before
            self._conclude(upstream, [q.slug for q in questions], journal)
            journal.forget()
        return rest

    def _listen(self, upstream: Upstream, questions: Sequence[Question], journal: Journal) -> str:
        """Write down what an upstream says; give the first slug, in order of asking, that waits for the next run."""
        waiting = {q.slug: q for q in questions if q.slug not in journal.answers}
        postponed: set[str] = set()
        failures = 0
        for slug, outcome in upstream.ask(list(waiting.values())):
            del waiting[slug]
            if isinstance(outcome, Refused):
                self._stop(upstream, [slug, *waiting], outcome.reason)
                return ""
            if isinstance(outcome, Waiting):
                postponed.add(slug)
                self._note(upstream, slug, outcome)
                continue
            journal.add(Answered.of(slug, outcome, self.now()))
            failures += isinstance(outcome, Failed)
            if failures >= ENOUGH and failures > FAILED_SHARE * len(journal.answers):
                reason = f"given up: {failures} of {len(journal.answers)} answers were failures"
                self.summary.refused[upstream.name] = reason
                self._stop(upstream, waiting, reason)
                return ""
        for slug in waiting:
            journal.add(Answered.of(slug, _NOT_ANSWERED, self.now()))
        return next((q.slug for q in questions if q.slug in postponed), "")

    def _stop(self, upstream: Upstream, slugs: Iterable[str], reason: str) -> None:
        self.summary.stopped[upstream.name] = reason
        for slug in slugs:
            self._note(upstream, slug, Refused(reason))

    def _conclude(self, upstream: Upstream, slugs: Iterable[str], journal: Journal) -> None:
        """Take all answers of an upstream, or none."""
        if upstream.name not in self.summary.refused and (
            reason := refusal(upstream.name, self.snapshots, journal.answers)
        ):
            self.summary.refused[upstream.name] = reason
        taken = upstream.name not in self.summary.refused
        for slug in slugs:
            if answered := journal.answers.get(slug):
                changed = taken and self._store(upstream.name, answered)
                self._note(upstream, slug, answered.outcome, changed=changed)

    def _store(self, upstream: str, answered: Answered) -> bool:
        """Merge an answer into its snapshot and write it where it differs; tell whether it says anything new."""
        slug = answered.slug
        known = self.snapshots.get(slug, Snapshot())
        merged = merge(upstream, known, answered, self.data.packages[slug])
        self.summary.proposals += merged.proposals
        if merged.snapshot != known:
            snapshots.save(self.folder, slug, merged.snapshot)
            self.snapshots[slug] = merged.snapshot
        return merged.changed

    def _note(self, upstream: Upstream, slug: str, outcome: Outcome | Skipped, *, changed: bool = False) -> None:
        reason = getattr(outcome, "reason", "")
        self.summary.results.append(Result(slug, upstream.name, verdict(outcome, changed=changed), reason))
        if self.progress:
            self.progress(len(self.summary.results), self.total, slug, outcome)
