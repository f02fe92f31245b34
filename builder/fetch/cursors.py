"""Where each host's next run begins, when a round is not over: data/refresh.json.

A round is to ask everybody once. It takes a night, or several, where a budget is too small or a host wants to be left
alone. Then the file names the slug to go on with for each host that is not through; one that it does not name is. The
next run asks for the rest of the round before it begins the next one, so that nobody is asked twice before all were
asked once. The first host in the file is asked first.

Who is left for another night (`turns`) is of the round, too. Where it takes several nights, hosts go on with the first
one that was left, and leave nobody: else turns could keep step with rounds, and the same ones be left each time.

The file is there only while a round is not over, so that a night that got through writes nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from builder.placing import replace
from builder.upstreams.base import Question

FILE: Final = "refresh.json"


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore")

    next: dict[str, str] = {}


class Cursors:
    """The slug to begin with, by host; a file that cannot be read is as none: all is asked from the start."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE
        self._is_open = False
        try:
            self._next = _State.model_validate_json(self._file.read_bytes()).next
        except (OSError, ValidationError):
            self._next = {}

    def begin(self, upstreams: Collection[str], hosts: Collection[str]) -> None:
        """Take the upstreams that are asked in this run, and all of their hosts, by name (`hearing.label`).

        What the file says of others stays; a host of these upstreams that is none any more is forgotten.
        """
        gone = {name for name in self._next if name.partition(" ")[0] in upstreams and name not in hosts}
        self._next = {name: slug for name, slug in self._next.items() if name not in gone}
        self._is_open = any(name in hosts for name in self._next)

    def get(self, host: str) -> str:
        """Give the slug to go on with; "" where the host is through."""
        return self._next.get(host, "")

    def order(self, hosts: Iterable[str]) -> list[str]:
        """Give hosts in the order in which they have their turn: those first that are in the file, as they stand."""
        places = {name: place for place, name in enumerate(self._next)}
        return sorted(hosts, key=lambda name: places.get(name, len(places)))

    def split(self, host: str, questions: Sequence[Question]) -> tuple[list[Question], list[Question]]:
        """Give the questions (by slug) that are left of the round, and those that were asked in it already."""
        start = self.get(host)
        if self._is_open and not start:
            return [], list(questions)
        return [q for q in questions if q.slug >= start], [q for q in questions if q.slug < start]

    def set(self, host: str, slug: str) -> None:
        """Note where the next run begins, after those that were noted before; "" where this one got through."""
        self._next.pop(host, None)
        if slug:
            self._next[host] = slug

    def save(self) -> None:
        """Write the file where it differs; remove it where nothing waits."""
        if not self._next:
            self._file.unlink(missing_ok=True)
            return
        body = _State(next=self._next).model_dump_json(indent=2).encode() + b"\n"
        if not self._file.is_file() or self._file.read_bytes() != body:
            replace(self._file, body)
