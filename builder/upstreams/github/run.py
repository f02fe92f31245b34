"""One run with a token: from questions to outcomes in as few requests as there can be.

1. Pulse: the facts that every night tells, 100 repositories a query.
2. By id: names that are not found, where an id is known: a repository that was renamed and whose old name does not lead
   on, or one that is gone.
3. Delta: topics and commits, 20 a query, only where the head of the default branch has moved or nothing is known.
4. Contributors: for those of which the whole list is due, last of all, so that nothing else waits for them.

The first three take turns, so that outcomes come steadily. Where the run has to stop, what is complete is still told
as such, and every other question has its outcome from what stopped it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from builder.metadata import RepositoryFacts
from builder.upstreams.base import Failed, Fetched, Gone, Heard, Outcome, Question, Refused, Unchanged, Waiting
from builder.upstreams.github import facts
from builder.upstreams.github.batches import Batches
from builder.upstreams.github.commits import Count
from builder.upstreams.github.contributors import Contributors, are_due
from builder.upstreams.github.graphql import NOT_FOUND, Fault, GraphQL
from builder.upstreams.github.queries import BY_ID, DELTA, PULSE
from builder.upstreams.github.wire import Delta, Pulse

MOST_HELD: Final = 5000
"""Repositories that are held back for the list of their contributors: no hour grants more requests."""

_GONE: Final = "is not there, or not any more"

Outcomes = Iterator[tuple[str, Outcome]]


@dataclass(slots=True)
class _Changed:
    """A repository whose commits are being counted; `facts` are those of the pulse."""

    question: Question
    facts: RepositoryFacts
    count: Count


@dataclass(slots=True)
class _Held:
    """A repository of which all but the list of contributors is known; `recent` are authors of its commits.

    The facts are JSON: thousands are held, and a year of days takes a tenth of the memory so.
    """

    question: Question
    facts: str
    recent: Counter[str]


class Run:
    """The way of some questions through one run."""

    def __init__(
        self, graphql: GraphQL, contributors: Contributors, questions: Sequence[Question], today: date
    ) -> None:
        """Take who is asked and what; nothing is sent before the first outcome is wanted."""
        self._today = today
        self._contributors = contributors
        self._open = {question.slug: question for question in questions}
        self._held: list[_Held] = []
        self._pulse = Batches[Question, Pulse](graphql, PULSE, Pulse, _by_name)
        self._by_id = Batches[Question, Pulse](graphql, BY_ID, Pulse, _by_known_id)
        self._delta = Batches[_Changed, Delta](graphql, DELTA, Delta, _by_facts)
        self._pulse.queue.extend(questions)

    def outcomes(self) -> Iterator[Heard]:
        """Yield an outcome for each question, and None after each query: the first ones may settle nothing."""
        for heard in self._steps():
            if heard is not None:
                del self._open[heard[0]]
            yield heard
        stopped = self._stopped or Failed("was not answered")
        for slug in self._open:
            yield slug, stopped

    @property
    def _stopped(self) -> Waiting | Refused | None:
        return self._pulse.stopped or self._by_id.stopped or self._delta.stopped

    def _steps(self) -> Iterator[Heard]:
        while not self._stopped and (self._pulse.has_more or self._by_id.has_more or self._delta.has_more):
            yield from self._step()
            yield None
        for held in self._held:
            found = RepositoryFacts.model_validate_json(held.facts)
            if not self._stopped:
                found = self._contributors.fill(found, held.recent)
            yield self._told(held.question, found)

    def _step(self) -> Outcomes:
        """Send one query: what fills one nearest to its end first, then what is left from the beginning on."""
        if self._delta.is_full:
            return self._ask_delta()
        if self._by_id.is_full:
            return self._ask_by_id()
        if self._pulse.has_more:
            return self._ask_pulse()
        return self._ask_by_id() if self._by_id.has_more else self._ask_delta()

    def _ask_pulse(self) -> Outcomes:
        for question, pulse in self._pulse.ask():
            known = question.snapshot.repository
            if isinstance(pulse, Pulse):
                yield from self._take(question, pulse)
            elif pulse.kind != NOT_FOUND:
                yield question.slug, pulse.failed
            elif known and known.id:
                self._by_id.queue.append(question)
            else:
                yield question.slug, Gone(_GONE)

    def _ask_by_id(self) -> Outcomes:
        for question, pulse in self._by_id.ask():
            if isinstance(pulse, Pulse):
                yield from self._take(question, pulse)
            else:
                yield question.slug, Gone(_GONE) if pulse.kind == NOT_FOUND else pulse.failed

    def _take(self, question: Question, pulse: Pulse) -> Outcomes:
        """Look at what was found: does more have to be asked?"""
        known = facts.of_same(question.snapshot.repository, pulse.id)
        found = facts.by_pulse(known, pulse)
        if question.again or known.commits is None or known.head != found.head:
            count = Count(known, self._today, again=question.again)
            self._delta.queue.append(_Changed(question, found, count))
        else:
            yield from self._settle(question, found)

    def _ask_delta(self) -> Outcomes:
        for changed, delta in self._delta.ask():
            if isinstance(delta, Fault):
                yield changed.question.slug, delta.failed
            elif _is_counted(changed.count, delta):
                found = facts.by_delta(changed.facts, delta, changed.count)
                yield from self._settle(changed.question, found, changed.count.logins)
            else:
                # The longest histories go on in every query, else the last ones would hold nothing but them.
                self._delta.queue.appendleft(changed)

    def _settle(self, question: Question, found: RepositoryFacts, recent: Counter[str] | None = None) -> Outcomes:
        """Tell what is complete, or hold it back for the list of contributors; `recent` is None where nothing moved."""
        due = question.again or are_due(found, self._today, changed=recent is not None)
        if due and len(self._held) < MOST_HELD:
            self._held.append(_Held(question, found.model_dump_json(exclude_defaults=True), recent or Counter()))
        else:
            yield self._told(question, found)

    @staticmethod
    def _told(question: Question, found: RepositoryFacts) -> tuple[str, Outcome]:
        return question.slug, Unchanged() if found == question.snapshot.repository else Fetched(found)


def _is_counted(count: Count, delta: Delta) -> bool:
    """Count a page; tell whether all are counted, as they are where there is no commit at all."""
    branch = delta.default_branch_ref
    if branch and branch.target:
        return count.add(branch.target)
    count.start_anew()
    return True


def _by_name(question: Question) -> dict[str, str]:
    owner, _, name = question.name.partition("/")
    return {"owner": owner, "name": name}


def _by_known_id(question: Question) -> dict[str, str | None]:
    known = question.snapshot.repository
    return {"id": known.id if known else None}


def _by_facts(changed: _Changed) -> dict[str, str | None]:
    return {"id": changed.facts.id, **changed.count.variables}
