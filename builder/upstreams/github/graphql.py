"""Sends GraphQL queries and sorts what goes wrong: for one repository, for the query, or for all that is to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json

from builder.upstreams.base import Failed, Refused, Waiting
from builder.upstreams.github.queries import Query
from builder.upstreams.github.wire import REASON, message
from builder.upstreams.limits import retry_after
from builder.upstreams.text import clean
from builder.upstreams.transport import Answer, Failure, Transport

TOO_OFTEN: Final = frozenset({403, 429})
_ACCEPT: Final = "application/json"
_RESOURCE: Final = "graphql"
# A smaller query is a better second attempt than the same one. 0: no answer in time, or a torn one.
_TOO_LARGE: Final = frozenset({0, 502, 504})
_OK: Final = 200
_UNAUTHORIZED: Final = 401

# The types of errors. The documentation says RATE_LIMITED; RATE_LIMIT was seen by others.
_LIMITED: Final = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
NOT_FOUND: Final = "NOT_FOUND"
EXCEEDED: Final = "RESOURCE_LIMITS_EXCEEDED"
_FORBIDDEN: Final = "FORBIDDEN"

ATTEMPTS: Final = 5
THROTTLE: Final = 60.0  # seconds, doubled each time: the least where GitHub says "too often" and not how long


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is nothing for one repository: GitHub's type of the error, and its words."""

    kind: str
    message: str

    def __str__(self) -> str:
        return self.message or self.kind

    @property
    def failed(self) -> Failed:
        """What it comes to, where it is not that there is none."""
        return Failed(str(self), for_good=self.kind == _FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Unusable:
    """An answer of which nothing can be used; a smaller query may fare better."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Later:
    """GitHub says "too often", and perhaps after how many seconds to come back."""

    reason: str
    asked: float | None = None


Told = dict[str, Any] | Fault
"""What was told of one repository."""


class GraphQL:
    """One address of GraphQL, asked serially: that alone keeps within the secondary limits."""

    def __init__(self, transport: Transport, url: str) -> None:
        self._transport = transport
        self._url = url

    def ask(self, query: Query, each: Sequence[Mapping[str, object]]) -> list[Told] | Unusable | Waiting | Refused:
        """Ask about each repository, by its variables, and give what was told of it, in order.

        Where the hour's points are used up, or GitHub says "too often", that is waited for as far as the run's time
        allows.
        """
        payload = {"query": query.text(len(each)), "variables": query.values(each)}
        wait, reason = self._transport.lack(_RESOURCE), "the points of this hour are used up"
        for attempt in range(ATTEMPTS):
            if wait and not self._transport.pause(wait):
                break
            told = self._send(payload, len(each))
            if not isinstance(told, _Later):
                return told
            reason = told.reason
            wait = told.asked or self._transport.lack(_RESOURCE) or THROTTLE * 2**attempt
        return Waiting(reason)

    def _send(self, payload: Mapping[str, object], count: int) -> list[Told] | Unusable | _Later | Waiting | Refused:
        answer = self._transport.post(self._url, payload, _ACCEPT, final=_TOO_LARGE if count > 1 else ())
        if isinstance(answer, Failure):
            out_of_reach = answer.spent or answer.status in TOO_OFTEN
            return Waiting(answer.reason) if out_of_reach else Unusable(answer.reason)
        if answer.status != _OK:
            return _refusal(answer)
        try:
            body = from_json(answer.body)
        except ValueError:  # of bytes that are no text, and of what is nested too deep, too
            return Unusable("is not JSON")
        told = _read(body, count) if isinstance(body, dict) else Unusable("is not an object")
        return _Later(told.reason, retry_after(answer.headers)) if isinstance(told, _Later) else told


def _refusal(answer: Answer) -> Unusable | _Later | Refused:
    said = message(answer.body)
    reason = f"answered {answer.status}" + (f": {said}" if said else "")
    if answer.status == _UNAUTHORIZED:
        return Refused(f"{reason}; the token is not good")
    if answer.status in TOO_OFTEN:
        return _Later(reason) if is_about_limits(said) else Refused(reason)
    return Unusable(reason)


def is_about_limits(said: str) -> bool:
    """Tell a 403 for asking too often from one for good: the secondary limits may be told by the message alone."""
    return "rate limit" in said.lower()


def _read(body: Mapping[str, Any], count: int) -> list[Told] | Unusable | _Later:
    """Sort errors by alias. One without an alias says that nobody knows what of the data is to be believed."""
    aliases = [f"r{i}" for i in range(count)]
    faults: dict[str, Fault] = {}
    for alias, fault in map(_fault, body.get("errors") or ()):
        if fault.kind in _LIMITED:
            return _Later(str(fault))
        if alias not in aliases:
            return Unusable(str(fault))
        faults.setdefault(alias, fault)
    data = body.get("data")
    if not isinstance(data, dict):
        return Unusable("holds no data")
    return [faults.get(alias) or _object(data.get(alias)) for alias in aliases]


def _object(value: object) -> Told:
    return value if isinstance(value, dict) else Fault("", "nothing was told, and not why")


def _fault(error: object) -> tuple[str, Fault]:
    """Give the alias that an error is about, "" for none, and the error. It may lie deeper than the alias."""
    if not isinstance(error, dict):
        return "", Fault("", "an error that cannot be read")
    path = error.get("path")
    alias = path[0] if isinstance(path, list) and path and isinstance(path[0], str) else ""
    kind, said = (clean(str(error.get(key) or ""), REASON) for key in ("type", "message"))
    return alias, Fault(kind, said)
