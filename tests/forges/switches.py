"""The log of requests, and which of them a fault is for."""

from collections.abc import Callable
from dataclasses import dataclass

from forges.faults import Fault


@dataclass(slots=True)
class Logged:
    """A request that came in, in order of coming. What was sent in `Authorization` is not kept."""

    site: str
    kind: str
    method: str
    target: str
    authorized: bool
    agent: str
    status: int = 0
    cost: int = 0
    fault: str = ""


@dataclass(slots=True, eq=False)
class Switch:
    """A fault and the requests it is for; `seen` and `hits` count those that matched and those that it broke."""

    fault: Fault
    matches: Callable[[Logged], bool]
    chosen: Callable[[int], bool]
    times: int | None
    seen: int = 0
    hits: int = 0

    def wants(self, logged: Logged) -> bool:
        """Count a request if it matches, and tell whether it is to be broken."""
        if not self.matches(logged):
            return False
        self.seen += 1
        return self.chosen(self.seen) and (self.times is None or self.hits < self.times)
