"""Where the time of a build goes: by phase, each without the others that run inside it.

Outputs are a stream, so that rendering, compressing and writing take turns many thousand times. Each switch costs two
readings of a clock, which the command line gives; without one nothing is measured.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeVar

Item = TypeVar("Item")


class Timings:
    """Seconds by phase, in the order in which the phases first began."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """Take a clock that gives seconds."""
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._running: list[str] = []
        self._since = 0.0

    def fresh(self) -> "Timings":
        """Give timings of their own, by the same clock, for what another process does."""
        return Timings(self._clock)

    def add(self, seconds: Mapping[str, float]) -> None:
        """Count what another process took; with several, the sum is more than the time that has passed."""
        for name, taken in seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + taken

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what happens inside to a phase."""
        self._begin(name)
        try:
            yield
        finally:
            self._end()

    def through(self, name: str, items: Iterable[Item]) -> Iterable[Item]:
        """Give items on; what making them takes counts to a phase, and what is done with them does not."""
        return self._each(name, iter(items)) if self._clock else items

    def _each(self, name: str, items: Iterator[Item]) -> Iterator[Item]:
        while True:
            self._begin(name)
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self._end()
            yield item

    def _begin(self, name: str) -> None:
        self.seconds.setdefault(name, 0.0)
        self._switch()
        self._running.append(name)

    def _end(self) -> None:
        self._switch()
        self._running.pop()

    def _switch(self) -> None:
        """Count the time since the last switch to the phase that ran."""
        if self._clock:
            now = self._clock()
            if self._running:
                self.seconds[self._running[-1]] += now - self._since
            self._since = now

    def table(self) -> str:
        """Give a line for each phase, and the sum."""
        total = sum(self.seconds.values())
        rows = [*self.seconds.items(), ("in all", total)]
        return "\n".join(f"{name:<{_WIDTH}}{seconds:8.3f} s{_share(seconds, total):>6}" for name, seconds in rows)


_WIDTH: Final = 12


def _share(seconds: float, total: float) -> str:
    return f"{seconds / total:.0%}" if total else ""
