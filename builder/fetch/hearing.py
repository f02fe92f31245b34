"""One host of an upstream in one run: what it is asked, what it says, and when to ask it no further.

Hosts are judged one by one. What is down, or has something against us, is one host, and the others of its kind answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from builder.fetch.guards import failing
from builder.fetch.journal import Answer, Answered, Answers, Journal
from builder.metadata import Source
from builder.upstreams.base import Failed, Outcome, Question, Refused, Upstream, Waiting

DOWN: Final = 20
"""After so many requests in a row that came to nothing, a host is down: some bad packages beside each other are fewer.

With time-outs that takes about ten minutes. A smaller host is given up before, by the share of its failures.
"""

_NOT_ANSWERED: Final = Failed("was not answered")


def label(upstream: str, host: str) -> str:
    """Give the name of one host of an upstream: for people, and in files."""
    return f"{upstream} {host}" if host else upstream


@dataclass(slots=True)
class Hearing:
    """What is asked of one host, and what it said.

    `first` are the questions that have their turn before all others' `second` ones. `left` is how many more of its
    packages are left for another night, and were well the last time. `name` is the upstream's, with the host. `put_off`
    tells that it asked for a pause, which is made when the others are done.
    """

    upstream: Upstream
    name: str
    first: Sequence[Question]
    second: Sequence[Question]
    left: int
    journal: Journal
    waiting: dict[str, Waiting] = field(default_factory=dict)
    stop: str = ""
    put_off: bool = False
    seconds: float = 0
    requests: int = 0
    _failures: int = 0
    _in_a_row: int = 0
    _counted_at: int = -1
    _rest: dict[str, Question] = field(default_factory=dict)
    _saying: Iterator[tuple[str, Outcome]] = field(default_factory=lambda: iter(()))

    def __post_init__(self) -> None:
        """Take of what a killed run left that which answers one of these questions and still holds."""
        self._in_a_row = next((self.answers[slug].in_a_row for slug in reversed(list(self.answers))), 0)
        held = set()
        for question in self.questions:
            answered = self.answers.get(question.slug)
            if answered and _answers(answered, question, self.upstream.name):
                held.add(question.slug)
                self._failures += _is_against_it(answered)
        self.answers.keep(held)
        self.stop = self._given_up()

    @property
    def questions(self) -> list[Question]:
        """All questions, in the order in which they are asked."""
        return [*self.first, *self.second]

    @property
    def answers(self) -> Answers:
        """What was said, by slug."""
        return self.journal.answers

    @property
    def is_at_rest(self) -> bool:
        """Whether it has said that it wants to be left alone for a while, or for good."""
        return bool(self.waiting or self.stop)

    def begin(self, questions: Sequence[Question]) -> None:
        """Turn to some of the questions, as far as they are not answered."""
        self._rest = {} if self.stop else {q.slug: q for q in questions if q.slug not in self.answers}
        self.waiting = {slug: said for slug, said in self.waiting.items() if slug not in self._rest}
        self._saying = iter(self.upstream.ask(list(self._rest.values())) if self._rest else ())

    def step(self, now: Callable[[], datetime]) -> tuple[str, Outcome] | None:
        """Listen to the next outcome; None where there is no more of it, or it makes no sense to ask on."""
        said = None if self.stop else next(self._saying, None)
        if said is None:
            return None
        slug, outcome = said
        if isinstance(outcome, Refused):
            self.stop = outcome.reason
            return None
        question = self._rest.pop(slug)
        if isinstance(outcome, Waiting):
            self.waiting[slug] = outcome
        else:
            self._add(question, outcome, now())
            self.stop = self._given_up()
        return slug, outcome

    def end(self, now: Callable[[], datetime]) -> dict[str, Waiting | Refused]:
        """Give why there is no answer, for each question that has none. One that was passed over has failed."""
        others: dict[str, Waiting | Refused] = {}
        for question in self.questions:
            if question.slug in self.answers:
                continue
            if other := self._why_not(question.slug):
                others[question.slug] = other
            else:
                self._add(question, _NOT_ANSWERED, now())
        return others

    def _why_not(self, slug: str) -> Waiting | Refused | None:
        if self.stop:
            return self.waiting.get(slug) or Refused(self.stop)
        return self.waiting.get(slug) or next(iter(self.waiting.values()), None)

    def failing(self) -> str:
        """Say that too many have failed for anything to be taken; "" if not.

        What waits is not counted, since nothing is known of it. What is left for another night was well.
        """
        return self._gone_too_far() or failing(self._failures, len(self.answers) + self.left)

    def _add(self, question: Question, outcome: Answer, at: datetime) -> None:
        self._count(outcome)
        answered = Answered.of(question.slug, outcome, at, question.name, again=question.again, in_a_row=self._in_a_row)
        self.journal.add(answered)
        self._failures += _is_against_it(answered)

    def _count(self, outcome: Answer) -> None:
        """Count requests in a row that came to nothing: what fails together, fails once."""
        if not isinstance(outcome, Failed):
            self._in_a_row = 0
        elif self.upstream.requests != self._counted_at:
            self._in_a_row += 1
            self._counted_at = self.upstream.requests

    def _given_up(self) -> str:
        """Say why to ask no further; "" as long as that makes sense."""
        down = f"given up: {DOWN} requests in a row came to nothing" if self._in_a_row >= DOWN else ""
        return self._gone_too_far() or down

    def _gone_too_far(self) -> str:
        """Say that more have failed than may fail of all its packages: nothing to come could mend it."""
        reason = failing(self._failures, len(self.first) + len(self.second) + self.left)
        return f"given up: {reason}" if reason else ""


def _is_against_it(answered: Answered) -> bool:
    """Tell whether an answer says that the host is not well."""
    return answered.said == "failed" and not answered.for_good


def _answers(answered: Answered, question: Question, upstream: str) -> bool:
    """Tell whether an answer of before is one to this question, and nothing newer is known."""
    source = question.snapshot.sources.get(upstream, Source())
    newest = max(filter(None, (source.changed, source.since)), default=answered.at)
    return answered.name == question.name and answered.again >= question.again and newest <= answered.at
