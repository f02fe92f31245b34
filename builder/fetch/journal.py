"""The answers of a run that is not over: kept on disk one by one, so that a run that was killed goes on where it was.

Nothing reaches the snapshots before a host has been asked about everything and the guards have looked at the whole
of it. The journal is a file per host under data/.fetch/, a line of JSON an answer; a line that was torn by the kill
is asked for again. When the guards have passed, a last line says so: where a run is killed while it writes snapshots,
the rest must not be judged beside what it wrote.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Literal, Self
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from builder.metadata import DownloadFacts, PyPIFacts, RepositoryFacts
from builder.upstreams.base import AnyFacts, Failed, Fetched, Gone, Outcome, Unchanged

FOLDER: Final = ".fetch"
KEPT: Final = timedelta(hours=12)  # an older answer is another night's

Answer = Fetched | Unchanged | Gone | Failed
"""The outcomes that need no asking again in the same run."""

_TAKEN: Final = b'{"taken":true}\n'


class Answered(BaseModel):
    """A line of the journal: what was said about a package, and when. Facts stand under the name of their part.

    `name` is what the upstream was asked for, and `again` tells whether a full answer was wanted (`Question`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str
    name: str = ""
    again: bool = False
    at: AwareDatetime
    said: Literal["fetched", "unchanged", "gone", "failed"]
    reason: str = ""
    pypi: PyPIFacts | None = None
    repository: RepositoryFacts | None = None
    downloads: DownloadFacts | None = None

    @classmethod
    def of(cls, slug: str, outcome: Answer, at: datetime, name: str = "", *, again: bool = False) -> "Answered":
        """Make a line of an outcome."""
        facts = outcome.facts if isinstance(outcome, Fetched | Gone) else None
        return cls(
            slug=slug,
            name=name,
            again=again,
            at=at,
            said=_WORDS[type(outcome)],
            reason=outcome.reason if isinstance(outcome, Gone | Failed) else "",
            pypi=facts if isinstance(facts, PyPIFacts) else None,
            repository=facts if isinstance(facts, RepositoryFacts) else None,
            downloads=facts if isinstance(facts, DownloadFacts) else None,
        )

    @property
    def facts(self) -> AnyFacts | None:
        """What was said, if anything was."""
        return self.pypi or self.repository or self.downloads

    @property
    def is_good(self) -> bool:
        """Whether the upstream said how the package is, or that it is as it was."""
        return self.said in {"fetched", "unchanged"}

    @property
    def outcome(self) -> Outcome:
        """The outcome that the line was made of."""
        if self.said == "fetched" and self.facts is not None:
            return Fetched(self.facts)
        if self.said == "gone":
            return Gone(self.reason, self.facts)
        return Failed(self.reason) if self.said == "failed" else Unchanged()


_WORDS: Final[Mapping[type[Answer], Literal["fetched", "unchanged", "gone", "failed"]]] = {
    Fetched: "fetched",
    Unchanged: "unchanged",
    Gone: "gone",
    Failed: "failed",
}


class Answers(Mapping[str, Answered]):
    """The newest answer about each package in a file, read when it is asked for: only the places are held."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._places: dict[str, int] = {}
        self._stream: BinaryIO | None = None

    def __getitem__(self, slug: str) -> Answered:
        place = self._places[slug]
        if self._stream:
            return _line(self._stream, place)
        with self._file.open("rb") as stream:
            return _line(stream, place)

    def __contains__(self, slug: object) -> bool:
        return slug in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def note(self, slug: str, place: int) -> None:
        """Note in which byte of the file the line about a package begins."""
        self._places[slug] = place

    def keep(self, slugs: Collection[str]) -> None:
        """Leave all others out."""
        self._places = {slug: place for slug, place in self._places.items() if slug in slugs}

    def open(self) -> None:
        """Hold the file open: lines are only added to it. An answer is read in a fifth of the time so."""
        self._stream = self._file.open("rb")

    def close(self) -> None:
        """Let go of the file, which is opened again for each answer from now on."""
        if self._stream:
            self._stream.close()
            self._stream = None


def _line(stream: BinaryIO, place: int) -> Answered:
    stream.seek(place)
    return Answered.model_validate_json(stream.readline())


class Journal:
    """The journal of one host of an upstream, open for more.

    `answers` is what a killed run left, and what was added; `taken` tells that the guards let all of it pass.
    """

    def __init__(self, data: Path, name: str, now: datetime) -> None:
        self._file = data / FOLDER / f"{quote(name, safe=' ')}.jsonl"
        self._file.parent.mkdir(parents=True, exist_ok=True)
        if not self._read(now):
            self._clean(now)
            self._read(now)
        self._stream = self._file.open("ab")

    def _read(self, now: datetime) -> bool:
        """Note where the answers are; tell whether there is nothing else in the file."""
        self.answers = Answers(self._file)
        self.taken, place, is_clean = False, 0, True
        for line in self._lines():
            is_clean &= not self.taken  # by a line before, which says nothing of this one
            self.taken = line == _TAKEN
            if answered := _of_now(line, now):
                self.answers.note(answered.slug, place)
            is_clean &= self.taken or (answered is not None and line.endswith(b"\n"))
            place += len(line)
        self.taken &= bool(self.answers)
        return is_clean

    def _clean(self, now: datetime) -> None:
        """Take out of the file what is torn, or too old."""
        beside = self._file.with_name(f"{self._file.name}.new")
        with beside.open("wb") as stream:
            stream.writelines(line.rstrip(b"\n") + b"\n" for line in self._lines() if _of_now(line, now))
            stream.write(_TAKEN if self.taken else b"")
        beside.replace(self._file)

    def _lines(self) -> Iterator[bytes]:
        if self._file.is_file():
            with self._file.open("rb") as stream:
                yield from stream

    def __enter__(self) -> Self:
        self.answers.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.close()
        self.answers.close()

    def add(self, answered: Answered) -> None:
        """Write an answer down, so that it outlives a kill of the process."""
        self.taken = False
        place = self._stream.tell()
        self._append(answered.model_dump_json(exclude_defaults=True).encode() + b"\n")
        self.answers.note(answered.slug, place)

    def take(self) -> None:
        """Write down that the guards let all answers pass."""
        if not self.taken:
            self.taken = True
            self._append(_TAKEN)

    def _append(self, line: bytes) -> None:
        self._stream.write(line)
        self._stream.flush()

    def forget(self) -> None:
        """Remove the journal: its answers are in the snapshots, or are not wanted."""
        self._stream.close()
        self.answers.close()
        self._file.unlink(missing_ok=True)
        with suppress(OSError):  # others' journals are there
            self._file.parent.rmdir()


def _of_now(line: bytes, now: datetime) -> Answered | None:
    """Read a line; None for one that is torn, or is another night's."""
    try:
        answered = Answered.model_validate_json(line)
    except ValidationError:
        return None
    return answered if now - KEPT < answered.at <= now else None
