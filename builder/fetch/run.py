"""One run over all upstreams: what each says goes into its journal, past the guards, and into the snapshots."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from builder.entries import Data
from builder.fetch.guards import FAILED_SHARE, refusal, too_many
from builder.fetch.journal import Answer, Answered, Journal
from builder.fetch.known import Known
from builder.fetch.merge import merge
from builder.fetch.summary import Result, Summary, Verdict, verdict
from builder.metadata import Snapshot, Source
from builder.upstreams.base import Failed, Outcome, Question, Refused, Skipped, Upstream, Waiting

_NOT_ANSWERED: Final = Failed("was not answered")


class Progress(Protocol):
    """Is told of every package that is done with, as it comes. `total` counts a package once for each upstream."""

    def __call__(self, done: int, total: int, slug: str, outcome: Outcome | Skipped) -> None:
        """Take note."""
        ...


@dataclass(slots=True)
class _Heard:
    """What one upstream said in a run: answers, and why there is none for the others."""

    journal: Journal
    others: dict[str, Waiting | Refused] = field(default_factory=dict)
    failures: int = 0

    @property
    def answers(self) -> Mapping[str, Answered]:
        return self.journal.answers

    def go_on(self, upstream: str, questions: Sequence[Question]) -> None:
        """Take of what a killed run left that which answers one of these questions and still holds."""
        held = set()
        for question in questions:
            answered = self.answers.get(question.slug)
            if answered and _answers(answered, question, upstream):
                held.add(question.slug)
                self.failures += answered.said == "failed"
        self.journal.answers.keep(held)

    def add(self, question: Question, outcome: Answer, at: datetime) -> None:
        answered = Answered.of(question.slug, outcome, at, question.name, again=question.again)
        self.journal.add(answered)
        self.failures += answered.said == "failed"

    def too_bad(self) -> str:
        """Say why to ask no further; "" as long as that makes sense."""
        if not too_many(self.failures, len(self.answers), FAILED_SHARE):
            return ""
        return f"given up: {self.failures} of {len(self.answers)} answers were failures (more than {FAILED_SHARE:.0%})"


@dataclass(slots=True)
class Run:
    """A run over `data`, which lies in `folder`; `partial` tells that it is about some packages only.

    `total` is how many questions and skipped packages there are. `known` is what the questions are asked with.
    """

    data: Data
    folder: Path
    known: Known
    now: Callable[[], datetime]
    progress: Progress | None
    partial: bool
    total: int
    done: int = 0
    summary: Summary = field(default_factory=Summary)
    journals: list[Journal] = field(default_factory=list)

    def skip(self, upstream: str, slug: str, outcome: Skipped) -> None:
        """Note a package that is not asked about."""
        self.summary.results.append(Result(slug, upstream, "skipped", outcome.reason))
        self._tell(slug, outcome)

    def ask(self, upstream: Upstream, questions: Sequence[Question]) -> str | None:
        """Ask one upstream, and take what it says if the guards let it.

        Gives the slug that the next run is to begin with, "" for the first; None where this run did not get on.
        """
        before = upstream.requests
        # A run about some packages must not throw away what a killed full one left.
        with Journal(self.folder, upstream.name + (".only" if self.partial else ""), self.now()) as journal:
            self.journals.append(journal)
            heard = _Heard(journal)
            heard.go_on(upstream.name, questions)
            self._listen(upstream, questions, heard)
            self.summary.requests[upstream.name] = upstream.requests - before
            self._conclude(upstream.name, questions, heard)
        if upstream.name in self.summary.stopped or upstream.name in self.summary.refused:
            return None
        return next((q.slug for q in questions if q.slug in heard.others), "")

    def _listen(self, upstream: Upstream, questions: Sequence[Question], heard: _Heard) -> None:
        """Write down what an upstream says, until all is said or it makes no sense to ask on."""
        for slug, answered in heard.answers.items():
            self._tell(slug, answered.outcome)
        rest = {q.slug: q for q in questions if q.slug not in heard.answers}
        stop = heard.too_bad() or (self._hear(upstream, rest, heard) if rest else "")
        if stop:
            self.summary.stopped[upstream.name] = stop
        if heard.too_bad():
            self.summary.refused[upstream.name] = heard.too_bad()
        for slug, question in rest.items():
            if stop:
                heard.others[slug] = Refused(stop)
            else:
                heard.add(question, _NOT_ANSWERED, self.now())
            self._tell(slug, heard.others.get(slug, _NOT_ANSWERED))

    def _hear(self, upstream: Upstream, rest: dict[str, Question], heard: _Heard) -> str:
        """Ask about the rest, and take out of it what is answered; say why to stop before the end, if so."""
        for slug, outcome in upstream.ask(list(rest.values())):
            if isinstance(outcome, Refused):
                return outcome.reason
            question = rest.pop(slug)
            if isinstance(outcome, Waiting):
                heard.others[slug] = outcome
            else:
                heard.add(question, outcome, self.now())
            self._tell(slug, outcome)
            if stop := heard.too_bad():
                return stop
        return ""

    def _conclude(self, upstream: str, questions: Sequence[Question], heard: _Heard) -> None:
        """Take all answers of an upstream, or none."""
        refused = self.summary.refused
        if upstream not in refused and not heard.journal.taken:
            if reason := refusal(upstream, self.known, heard.answers):
                refused[upstream] = reason
            else:
                heard.journal.take()
        for question in questions:
            slug, answered = question.slug, heard.answers.get(question.slug)
            outcome = answered.outcome if answered else heard.others[slug]
            if answered and upstream not in refused:
                word = self._store(upstream, answered)
            else:
                word = verdict(outcome, refused=upstream in refused)
            self.summary.results.append(Result(slug, upstream, word, getattr(outcome, "reason", "")))

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


def _answers(answered: Answered, question: Question, upstream: str) -> bool:
    """Tell whether an answer of before is one to this question, and nothing newer is known."""
    source = question.snapshot.sources.get(upstream, Source())
    newest = max(filter(None, (source.changed, source.since)), default=answered.at)
    return answered.name == question.name and answered.again >= question.again and newest <= answered.at
