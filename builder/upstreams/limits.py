"""What a run may ask and an upstream grants: budgets, quotas, limits, and how long an answer asks to wait."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import inf
from typing import Final

_NO_TIME: Final = 10**12  # seconds since 1970


class Budget:
    """How many requests may go out, and how many seconds a run may take; shared by all transports of a run.

    `patience` is the longest pause (seconds) that may be made just now, while others are to be asked still; `put_off`
    tells that a longer one was wanted.
    """

    def __init__(
        self,
        requests: int | None = None,
        seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._requests = requests
        self._clock = clock
        self._until = None if seconds is None else clock() + seconds
        self.patience = inf
        self.put_off = False

    def spend(self) -> str:
        """Take one request out of it; "" or, if there is none left, why."""
        if self.has_passed(0):
            return "the time for this run is over"
        if self._requests is not None:
            if self._requests <= 0:
                return "the requests for this run are spent"
            self._requests -= 1
        return ""

    def has_passed(self, wait: float) -> bool:
        """Tell whether the run's time will be over after so many seconds."""
        return self._until is not None and self._clock() + wait >= self._until

    def puts_off(self, wait: float) -> bool:
        """Tell whether a pause of so many seconds is too long just now, and note it in `put_off`."""
        too_long = wait > self.patience
        self.put_off |= too_long
        return too_long


@dataclass(frozen=True, slots=True)
class Quota:
    """What an upstream grants in its present window; `reset` is a time of its clock, in seconds since 1970."""

    limit: int
    remaining: int
    reset: int


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how much, how often.

    `connect` and `read` (for the next piece) and `total` (of one attempt, redirects included) are seconds; `body` is
    bytes, decoded. An attempt is repeated after `backoff` seconds, then twice as many and so on, with a random second
    on top. `throttle` is the first pause where an upstream says "too often" and not how long; it doubles too. `wait` is
    the longest pause that is made.
    """

    connect: float = 10
    read: float = 20
    total: float = 60
    body: int = 32 * 1024 * 1024
    redirects: int = 5
    attempts: int = 3
    backoff: float = 1
    throttle: float = 60
    wait: float = 60


DEFAULT_LIMITS: Final = Limits()


def quota_of(headers: Mapping[str, str]) -> Quota | None:
    """Give the quota that an answer tells of; None where there is none that can be read."""
    try:
        limit, remaining, reset = (int(headers[f"x-ratelimit-{part}"]) for part in ("limit", "remaining", "reset"))
    except (KeyError, ValueError):
        return None
    # A number that is not of our time would not even be one that can be computed with.
    return Quota(limit, remaining, reset) if max(limit, remaining, reset) < _NO_TIME else None


def until_reset(quota: Quota, headers: Mapping[str, str]) -> float:
    """Give the seconds from an answer until its quota is granted anew, and one for clocks that count whole seconds."""
    return max(0.0, quota.reset - _sent_at(headers)) + 1


def _sent_at(headers: Mapping[str, str]) -> float:
    """Give when an answer was sent, by the upstream's own clock, in seconds since 1970."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return time.time()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Give the seconds of a Retry-After (RFC 9110, 10.2.3); None where there is none that can be read.

    A date is measured from the answer's own Date: the two clocks need not agree.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until, sent = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - sent).total_seconds())
    except (ValueError, TypeError):
        return None
