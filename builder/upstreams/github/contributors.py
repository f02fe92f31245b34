"""The whole list of who has contributed to a repository, which only REST has: one request for each 100 of them.

It takes by far the most requests, so it is asked for last and rarely, and never waited for: where the hour's requests
are used up, what is missing has its turn another night. Until then the authors of the last 53 weeks stand.
"""

from collections import Counter
from datetime import date, timedelta
from typing import Final
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from builder.metadata import RepositoryFacts
from builder.upstreams.github.facts import appended
from builder.upstreams.github.graphql import TOO_OFTEN, is_about_limits
from builder.upstreams.github.wire import Person, message
from builder.upstreams.text import clean
from builder.upstreams.transport import Answer, Failure, Transport

ACCEPT: Final = "application/vnd.github+json"
CORE: Final = "core"
"""What GitHub calls the quota of REST."""

MOST_PAGES: Final = 5
PER_PAGE: Final = 100
AGE: Final = timedelta(days=7)
_MOST_FAILURES: Final = 3  # in a row

_PEOPLE: Final = TypeAdapter(list[Person])
_LOGIN: Final = 100  # characters
_OK: Final = 200
_NO_CONTENT: Final = 204
_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401


def are_due(facts: RepositoryFacts, today: date, *, changed: bool) -> bool:
    """Tell whether the list is wanted: it was never had, or is older than 7 days and there are new commits."""
    on = facts.participants_on
    return on is None or (changed and today - on > AGE)


class Contributors:
    """Fills in the participants of one repository after the other, for as long as it can."""

    def __init__(self, transport: Transport, base: str, today: date) -> None:
        self._transport = transport
        self._base = base
        self._today = today
        self._over = False
        self._failures = 0

    def fill(self, facts: RepositoryFacts, recent: Counter[str]) -> RepositoryFacts:
        """Give the facts with the whole list; as they are where it is not to be had now.

        The list comes out of GitHub's cache: `recent` authors of commits that it does not know yet stand behind it.

        A refusal that is about this repository (a history too large for the list, an organisation's policy, a block) is
        for good: the day is noted, so that it is not asked for again every night.
        """
        told = self._ask(facts.name or "")
        if told is None:
            return facts
        if isinstance(told, Answer):
            return facts.model_copy(update={"participants_on": self._today})
        participants = appended(told, recent)
        return facts.model_copy(update={"participants": participants, "participants_on": self._today})

    def _ask(self, name: str) -> tuple[str, ...] | Answer | None:
        """Give the logins, most contributions first; an answer that refuses them for good; None for "not now"."""
        logins: dict[str, None] = {}
        for page in range(1, MOST_PAGES + 1):
            people = self._page(f"{self._base}/repos/{quote(name)}/contributors?per_page={PER_PAGE}&page={page}")
            if not isinstance(people, list):
                return people
            logins |= dict.fromkeys(login for person in people if (login := clean(person.login or "", _LOGIN)))
            if len(people) < PER_PAGE:
                break
        return tuple(logins)

    def _page(self, url: str) -> list[Person] | Answer | None:
        if self._over or self._transport.lack(CORE):
            return None
        answer = self._transport.get(url, ACCEPT, final=TOO_OFTEN)
        people = self._people(answer)
        failed = isinstance(answer, Failure) or (answer.status == _OK and people is None)
        self._failures = self._failures + 1 if failed else 0
        self._over |= self._failures >= _MOST_FAILURES or _is_over(answer)
        return people

    def _people(self, answer: Answer | Failure) -> list[Person] | Answer | None:
        if isinstance(answer, Failure) or _is_over(answer):
            return None
        if answer.status == _NO_CONTENT:
            return []
        if answer.status >= _BAD_REQUEST:
            return answer
        try:
            return _PEOPLE.validate_json(answer.body) if answer.status == _OK else None
        except ValidationError:
            return None


def _is_over(answer: Answer | Failure) -> bool:
    """Tell whether asking on makes no sense in this run: the budget, the limits or the token do not allow it."""
    if isinstance(answer, Failure):
        return answer.spent or answer.status in TOO_OFTEN
    return answer.status == _UNAUTHORIZED or (answer.status in TOO_OFTEN and is_about_limits(message(answer.body)))
