"""Asking without a token: REST alone answers, 60 times an hour, one repository at a time.

It tells no commits, and the list of contributors would cost as much again: what was known of both stays.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from pydantic import ValidationError

from builder.upstreams.answers import FOR_GOOD
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Question, Refused, Unchanged, Waiting
from builder.upstreams.github import facts
from builder.upstreams.github.contributors import ACCEPT, CORE
from builder.upstreams.github.graphql import TOO_OFTEN, is_about_limits
from builder.upstreams.github.wire import RestRepository, message, problem
from builder.upstreams.transport import Answer, Failure, Transport

PER_HOUR: Final = 60
_NOTE: Final = f"without a token GitHub answers {PER_HOUR} times an hour, and tells no commits and participants"
_OK: Final = 200
_UNAUTHORIZED: Final = 401
_NOT_FOUND: Final = 404


def ask(transport: Transport, base: str, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
    """Yield an outcome for each question, in order, until the hour's requests are used up: the rest waits."""
    stopped: Outcome | None = None
    for question in questions:
        if stopped is None and transport.lack(CORE):
            stopped = Waiting(_NOTE)
        outcome = stopped or _ask(transport, base, question)
        if isinstance(outcome, Waiting | Refused):
            stopped = outcome
        yield question.slug, outcome


def _ask(transport: Transport, base: str, question: Question) -> Outcome:
    answer = transport.get(f"{base}/repos/{quote(question.name)}", ACCEPT, final=TOO_OFTEN)
    if isinstance(answer, Failure):
        if answer.spent:
            return Waiting(answer.reason)
        return Waiting(f"{answer.reason}: {_NOTE}") if answer.status in TOO_OFTEN else Failed(answer.reason)
    return _outcome(question, answer) if answer.status == _OK else _refusal(answer)


def _refusal(answer: Answer) -> Outcome:
    said = message(answer.body)
    reason = f"answered {answer.status}" + (f": {said}" if said else "")
    if answer.status == _NOT_FOUND:
        return Gone("is not there, or not any more")
    if answer.status == _UNAUTHORIZED:
        return Refused(reason)
    limited = is_about_limits(said)
    return Waiting(f"{reason}: {_NOTE}") if limited else Failed(reason, for_good=answer.status in FOR_GOOD)


def _outcome(question: Question, answer: Answer) -> Outcome:
    try:
        told = RestRepository.model_validate_json(answer.body)
    except ValidationError as error:
        return Failed(f"is not as expected: {problem(error)}")
    known = question.snapshot.repository
    found = facts.by_rest(facts.of_same(known, told.node_id), told)
    return Unchanged() if found == known else Fetched(found)
