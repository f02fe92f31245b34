"""One run: hosts are asked by turns, and what each says goes past the guards into the snapshots."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Final, Protocol

from builder.entries import Data
from builder.fetch.guards import refusal
from builder.fetch.hearing import Hearing
from builder.fetch.journal import Answered
from builder.fetch.known import Known
from builder.fetch.merge import merge
from builder.fetch.parts import filled_by
from builder.fetch.summary import Result, Summary, Verdict, verdict
from builder.metadata import Snapshot, Source
from builder.upstreams.base import Failed, Outcome, Question, Refused, Skipped, Waiting
from builder.upstreams.limits import Budget

PATIENCE: Final = 60.0
"""Seconds that all wait for one host's sake. One that asks for more is asked again when the others are done."""

# What a person can do where failures are too many; nothing ends that by itself.
_GONE: Final = "if the host is gone for good, mend these records or take it out of `forges` in data/site.yaml; "
_NEVER: Final = "`--accept` does not take failures"
_FAILED: Final = "too many packages of the host failed"


class Progress(Protocol):
    """Is told of every package that is done with, as it comes. `total` counts a package once for each upstream."""

    def __call__(self, done: int, total: int, slug: str, outcome: Outcome | Skipped, /) -> None:
        """Take note."""
        ...


@dataclass(slots=True)
class Run:
    """A run over `data`, which lies in `folder`.

    `known` is what the questions are asked with. The answers of the upstreams in `accept` are taken in spite of the
    guards. `total` is how many questions and skipped packages there are.
    """

    data: Data
    folder: Path
    known: Known
    now: Callable[[], datetime]
    budget: Budget
    accept: Collection[str]
    progress: Progress | None
    total: int
    done: int = 0
    summary: Summary = field(default_factory=Summary)

    def skip(self, upstream: str, skipped: Mapping[str, Skipped]) -> None:
        """Note the packages that an upstream is not asked about."""
        self.summary.requests[upstream] = 0
        for slug, outcome in skipped.items():
            self.summary.results.append(Result(slug, upstream, "skipped", outcome.reason))
            self._tell(slug, outcome)

    def ask(self, hearings: Sequence[Hearing]) -> None:
        """Ask all hosts.

        None of them waits for another: who is to be left alone for a while is asked again when the others are done.
        """
        for hearing in hearings:
            for slug, answered in hearing.answers.items():
                self._tell(slug, answered.outcome)
        self.budget.patience = PATIENCE
        self._take_turns([(hearing, hearing.first) for hearing in hearings])
        self._take_turns([(hearing, hearing.second) for hearing in hearings if not hearing.is_at_rest])
        self.budget.patience = inf
        self._take_turns([(hearing, hearing.questions) for hearing in hearings if hearing.put_off])

    def _take_turns(self, asked: Sequence[tuple[Hearing, Sequence[Question]]]) -> None:
        """Turn, after each outcome, to the host that took the least time so far, and the fewest requests."""
        for hearing, questions in asked:
            hearing.begin(questions)
        while going := [hearing for hearing, _ in asked if not hearing.is_over]:
            self._take_turn(min(going, key=lambda each: (each.seconds, each.requests)))

    def _take_turn(self, hearing: Hearing) -> None:
        """Listen to one outcome, or as long as a request takes that settles nothing yet."""
        began, before = self.now(), hearing.upstream.requests
        said = hearing.step(self.now)
        hearing.seconds += max(0.0, (self.now() - began).total_seconds())  # somebody may have set the clock
        hearing.requests += hearing.upstream.requests - before
        hearing.put_off |= self.budget.put_off
        self.budget.put_off = False
        if said and not isinstance(said[1], Waiting):
            self._tell(*said)

    def conclude(self, hearing: Hearing) -> dict[str, Waiting | Refused]:
        """Take all answers of a host, or none; give why there is no answer, by slug, where there is none."""
        self.summary.requests[hearing.upstream.name] += hearing.requests
        untold = [question.slug for question in hearing.questions if question.slug not in hearing.answers]
        others = hearing.end(self.now)
        for slug in untold:
            self._tell(slug, others.get(slug) or hearing.answers[slug].outcome)
        if hearing.stop:
            self.summary.stopped[hearing.name] = hearing.stop
        if not hearing.journal.taken:
            if reason := self._refusal(hearing):
                self.summary.refused[hearing.name] = reason
            else:
                hearing.journal.take()
        for question in hearing.questions:
            self._settle(hearing, question.slug, others.get(question.slug))
        if hearing.name in self.summary.refused and hearing.failing():
            self._note_failure(hearing, others)
        return others

    def _refusal(self, hearing: Hearing) -> str:
        """Say why nothing of it is to be taken, and what can be done about it; "" if it may be."""
        upstream = hearing.upstream.name
        if reason := hearing.failing():
            return f"{reason}; {_GONE if filled_by(upstream) == 'repository' else ''}{_NEVER}"
        reason = "" if upstream in self.accept else refusal(upstream, self.known, hearing.answers)
        return f"{reason}; if that is true, `builder fetch --accept {upstream}` takes it" if reason else ""

    def _settle(self, hearing: Hearing, slug: str, other: Waiting | Refused | None) -> None:
        """Note what came of one question, and store it."""
        upstream, refused = hearing.upstream.name, hearing.name in self.summary.refused
        said = other or hearing.answers[slug]
        outcome = said.outcome if isinstance(said, Answered) else said
        if isinstance(said, Answered) and not refused:
            word = self._store(upstream, said)
        else:
            word = verdict(outcome, refused=refused)
        self.summary.results.append(Result(slug, upstream, word, getattr(outcome, "reason", "")))

    def _note_failure(self, hearing: Hearing, others: Mapping[str, Waiting | Refused]) -> None:
        """Store that the host has failed, where all was well: facts stand, but pages are to tell the truth.

        It has failed since its last answer, whenever the others were done.
        """
        upstream, at = hearing.upstream.name, max(answered.at for answered in hearing.answers.values())
        for question in hearing.questions:
            source = question.snapshot.sources.get(upstream, Source())
            if source.state == "ok" and not isinstance(others.get(question.slug), Waiting):
                self._store(upstream, Answered.of(question.slug, Failed(_FAILED), at, question.name))

    def _store(self, upstream: str, answered: Answered) -> Verdict:
        """Merge an answer into its snapshot, and write that where it differs."""
        slug = answered.slug
        known = self.known.get(slug) or Snapshot()
        merged = merge(upstream, known, answered, self.data.packages[slug])
        self.summary.proposals += merged.proposals
        if merged.snapshot != known:
            self.known.save(slug, merged.snapshot)
        return verdict(answered.outcome, changed=merged.changed, taken_over=merged.taken_over)

    def _tell(self, slug: str, outcome: Outcome | Skipped) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total, slug, outcome)
