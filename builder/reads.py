"""What is read of a catalogue while something is made of it, so that it is known when that must be made again.

Whoever comes from one item to another goes by a link of the catalogue, which notes it here; what is made once for many
(`Lazy`) notes again whatever was read for it. Nothing that could be forgotten is told by hand.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Generic, Protocol, TypeVar

PEOPLE: Final = "people"
"""What stands for who contributed to what, in all packages."""


class _Open(threading.local):
    """The records that are being made, the innermost last; each thread has its own."""

    def __init__(self) -> None:
        self.records: list[set[str]] = []


_open: Final = _Open()


def note(key: str) -> None:
    """Note that an item was read, by its key (`Package.key`)."""
    if _open.records:
        _open.records[-1].add(key)


def note_all(keys: Iterable[str]) -> None:
    """Note that several were read."""
    if _open.records:
        _open.records[-1].update(keys)


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Give the set of the keys that are noted inside; whoever records around it has them too."""
    found: set[str] = set()
    _open.records.append(found)
    try:
        yield found
    finally:
        _open.records.pop()
        note_all(found)


class Item(Protocol):
    """Something with a key."""

    @property
    def key(self) -> str:
        """The key."""
        ...


Source = TypeVar("Source", bound=Item)
Made_co = TypeVar("Made_co", covariant=True)


class Lazy(Mapping[str, Made_co], Generic[Source, Made_co]):
    """Values by slug, each made when it is first asked for: of one page of many, few are."""

    def __init__(self, sources: Mapping[str, Source], make: Callable[[Source], Made_co]) -> None:
        """Take what each is made of, and how."""
        self._sources, self._make = sources, make
        self._made: dict[str, tuple[Made_co, set[str]]] = {}

    def __getitem__(self, slug: str) -> Made_co:
        known = self._made.get(slug)
        if known is None:
            source = self._sources[slug]
            with recorded() as read:
                note(source.key)
                known = self._made[slug] = self._make(source), read
        note_all(known[1])
        return known[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)
