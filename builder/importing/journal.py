"""The answers of an import that is not over: kept on disk as they come, so that a killed one goes on where it was.

They are kept in order, and told again in that order to whoever asks the same questions again: so an import that is
started again does what it did before, and then goes on.
"""

import fcntl
import json
import os
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from builder.errors import BuilderError

FOLDER: Final = ".import"
KEPT: Final = timedelta(hours=12)  # after that the site may be another


class Kept(BaseModel):
    """An answer: what was asked for, when, the status, and the body of one that was good."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    at: AwareDatetime
    status: int
    body: str = ""


class Journal:
    """The answers of one site, open for more."""

    def __init__(self, data: Path, base: str, now: datetime) -> None:
        """Open what an import of the site at `base` left in the data folder; another site's, or old, is thrown away."""
        self._file = data / FOLDER / "answers.jsonl"
        self._head = json.dumps({"base": base}).encode() + b"\n"
        self._places: defaultdict[str, deque[int]] = defaultdict(deque)
        self.recalled = 0
        good = self._good_bytes(now)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._file.open("ab")
        self._stream.truncate(good)
        if not good:
            self._append(self._head)

    def _good_bytes(self, now: datetime) -> int:
        """Note where the answers are; give how much of the file is of use."""
        place, newest = 0, None
        for line in self._lines():
            kept = _read(line) if place else None
            if kept is None and (place or line != self._head):
                break  # torn by a kill, or another site's
            if kept:
                self._places[kept.url].append(place)
                newest = kept.at
            place += len(line)
        if newest is None or not now - KEPT < newest <= now:
            self._places.clear()
            return 0
        return place

    def _lines(self) -> Iterator[bytes]:
        if self._file.is_file():
            with self._file.open("rb") as stream:
                yield from stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def recall(self, url: str) -> Kept | None:
        """Give the next answer about an address that was kept, once; None where it is to be asked."""
        if not self._places[url]:
            return None
        self.recalled += 1
        with self._file.open("rb") as stream:
            stream.seek(self._places[url].popleft())
            return Kept.model_validate_json(stream.readline())

    def add(self, kept: Kept) -> None:
        """Write an answer down, so that it outlives a kill of the process."""
        self._append(kept.model_dump_json(exclude_defaults=True).encode() + b"\n")

    def _append(self, line: bytes) -> None:
        self._stream.write(line)
        self._stream.flush()

    def forget(self) -> None:
        """Throw all answers away: they contradict each other."""
        self._places.clear()
        self._stream.truncate(0)
        self._append(self._head)


def _read(line: bytes) -> Kept | None:
    try:
        return Kept.model_validate_json(line) if line.endswith(b"\n") else None
    except ValidationError:
        return None


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Keep other imports into the folder out; the lock ends with the process, however it ends.

    Raises:
        BuilderError: another one is at work.
    """
    folder = os.open(data, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BuilderError(f"Another import into {data} is at work. Start again when it has ended.") from None
    finally:
        os.close(folder)
