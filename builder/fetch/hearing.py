"""One host of an upstream in one run: what it is asked, what it says, and when to ask it no further.

Hosts are judged one by one. What is down, or has something against us, is one host, and the others of its kind answer.
"""

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from builder.errors import BuilderError
from builder.fetch.guards import failing
from builder.fetch.journal import Answer, Answered, Answers, Journal
from builder.metadata import Source
from builder.upstreams.base import Failed, Heard, Outcome, Question, Refused, Upstream, Waiting
from builder.upstreams.text import clean

DOWN: Final = 20
"""After so many requests in a row that came to nothing, a host is down: some bad packages beside each other are fewer.

A host that takes no connections has taken ten minutes by then. GitHub, which is asked five times over about the last
repository of a query, takes more than half an hour where it does not answer at all. The others do not wait for it:
their turns come first (`Run`). A smaller host is given up before, by the share of its failures.
"""

_SHOWN: Final = 300  # characters of what a program's fault says
_NOT_ANSWERED: Final = Failed("was not answered")


def label(upstream: str, host: str) -> str:
    """Give the name of one host of an upstream: for people, and in files."""
    return f"{upstream} {host}" if host else upstream


@dataclass(slots=True)
class Hearing:
    """What is asked of one host, and what it said.

    `first` are the questions that have their turn before all others' `second` ones. `left` are more of its packages, by
    slug, which are left for another night, and were well the last time. `name` is the upstream's, with the host.
    `put_off` tells that it asked for a pause, which is made when the others are done; `is_over`, that there is nothing
    more to be heard of the present questions.
    """

    upstream: Upstream
    name: str
    first: Sequence[Question]
    second: Sequence[Question]
    left: Sequence[str]
    journal: Journal
    waiting: dict[str, Waiting] = field(default_factory=dict)
    stop: str = ""
    put_off: bool = False
    is_over: bool = False
    seconds: float = 0
    requests: int = 0
    _failures: int = 0
    _in_a_row: int = 0
    _counted_at: int = -1
    _after_good: set[str] = field(default_factory=set)
    _rest: dict[str, Question] = field(default_factory=dict)
    _saying: Iterator[Heard] = field(default_factory=lambda: iter(()))

    def __post_init__(self) -> None:
        """Take of what a killed run left that which answers one of these questions and still holds.

        What failed is asked again, unless the guards have let it pass. `_after_good` are those of which the failure did
        not follow upon another one: now they follow one another, which does not say that the host is down.
        """
        questions, held, was_good = {question.slug: question for question in self.questions}, set(), True
        for slug, answered in self.answers.items():
            is_good = answered.said != "failed"
            if is_good or self.journal.taken:
                if slug in questions and _answers(answered, questions[slug], self.upstream.name):
                    held.add(slug)
            elif was_good:
                self._after_good.add(slug)
            was_good = is_good
        self.answers.keep(held)

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
        self._saying = self._ask(list(self._rest.values()))
        self.is_over = False

    def _ask(self, questions: Sequence[Question]) -> Iterator[Heard]:
        if questions:
            yield from self.upstream.ask(questions)

    def step(self, now: Callable[[], datetime]) -> Heard:
        """Listen on, and give an outcome; None where a request has settled nothing, or where it is over."""
        heard = self._hear()
        if heard is None:
            return None
        question, outcome = heard
        if isinstance(outcome, Refused):
            self.stop = outcome.reason
        elif isinstance(outcome, Waiting):
            self.waiting[question.slug] = outcome
        else:
            self._add(question, outcome, now())
            self.stop = self._given_up()
        self.is_over = bool(self.stop)
        return None if isinstance(outcome, Refused) else (question.slug, outcome)

    def _hear(self) -> tuple[Question, Outcome] | None:
        """Give what is said next. What nobody has foreseen stops this host alone, and is shown, since it is a bug."""
        try:
            said = next(self._saying)
            return said and (self._rest.pop(said[0]), said[1])
        except StopIteration:
            self.is_over = True
        except BuilderError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of one upstream must not cost the others their night
            traceback.print_exception(error)
            self.stop = clean(f"broke: {type(error).__name__}: {error}", _SHOWN)
            self.is_over = True
        return None

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
        return self._gone_too_far() or failing(self._failures, len(self.answers) + len(self.left))

    def _add(self, question: Question, outcome: Answer, at: datetime) -> None:
        self.journal.add(Answered.of(question.slug, outcome, at, question.name, again=question.again))
        if isinstance(outcome, Failed):
            self._failures += not self._is_known(question, outcome)
            self._count(question.slug)
        else:
            self._in_a_row = 0

    def _count(self, slug: str) -> None:
        """Count requests in a row that came to nothing: what fails together, fails once."""
        if slug in self._after_good:
            self._in_a_row = 0
        if self.upstream.requests != self._counted_at:
            self._in_a_row += 1
            self._counted_at = self.upstream.requests

    def _is_known(self, question: Question, failed: Failed) -> bool:
        """Tell whether it was refused for good before, and for the same reason: that is the package's own affair.

        What is refused newly may be the host's: a token without rights, or a wall against robots, refuses everything.
        """
        if not failed.for_good:
            return False
        source = question.snapshot.sources.get(self.upstream.name, Source())
        return source.state == "failed" and source.reason == failed.reason

    def _given_up(self) -> str:
        """Say why to ask no further; "" as long as that makes sense."""
        down = f"given up: {DOWN} requests in a row came to nothing" if self._in_a_row >= DOWN else ""
        return self._gone_too_far() or down

    def _gone_too_far(self) -> str:
        """Say that more have failed than may fail of all its packages: nothing to come could mend it."""
        reason = failing(self._failures, len(self.first) + len(self.second) + len(self.left))
        return f"given up: {reason}" if reason else ""


def _answers(answered: Answered, question: Question, upstream: str) -> bool:
    """Tell whether an answer of before is one to this question, and nothing newer is known."""
    source = question.snapshot.sources.get(upstream, Source())
    newest = max(filter(None, (source.changed, source.since)), default=answered.at)
    return answered.name == question.name and answered.again >= question.again and newest <= answered.at
