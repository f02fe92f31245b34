"""The answers of a run that is not over: kept on disk one by one, so that a run that was killed goes on where it was.

Nothing reaches the snapshots before an upstream has been asked about everything and the guards have looked at the whole
of it. The journal is a file per upstream under data/.fetch/, a line of JSON an answer; a line that was torn by the kill
is asked for again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from builder.metadata import DownloadFacts, PyPIFacts, RepositoryFacts
from builder.upstreams.base import AnyFacts, Failed, Fetched, Gone, Outcome, Unchanged

FOLDER: Final = ".fetch"
KEPT: Final = timedelta(hours=12)  # an older answer is another night's

Answer = Fetched | Unchanged | Gone | Failed
"""The outcomes that need no asking again in the same run."""


class Answered(BaseModel):
    """A line of the journal: what was said about a package, and when. Facts stand under the name of their part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str
    at: AwareDatetime
    said: Literal["fetched", "unchanged", "gone", "failed"]
    reason: str = ""
    pypi: PyPIFacts | None = None
    repository: RepositoryFacts | None = None
    downloads: DownloadFacts | None = None

    @classmethod
    def of(cls, slug: str, outcome: Answer, at: datetime) -> "Answered":
        """Make a line of an outcome."""
        facts = outcome.facts if isinstance(outcome, Fetched | Gone) else None
        return cls(
            slug=slug,
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
    def outcome(self) -> Outcome:
        """The outcome that the line was made of."""
        if self.said == "fetched" and self.facts is not None:
            return Fetched(self.facts)
        if self.said == "gone":
            return Gone(self.reason, self.facts)
        return Failed(self.reason) if self.said == "failed" else Unchanged()


_WORDS: Final[Mapping[type, Literal["fetched", "unchanged", "gone", "failed"]]] = {
    Fetched: "fetched",
    Unchanged: "unchanged",
    Gone: "gone",
    Failed: "failed",
}


def part_of(facts: AnyFacts) -> Literal["pypi", "repository", "downloads"]:
    """Give the part of a snapshot that facts are."""
    if isinstance(facts, PyPIFacts):
        return "pypi"
    return "repository" if isinstance(facts, RepositoryFacts) else "downloads"


class Journal:
    """The journal of one upstream, open for more: `answers` is what a killed run left, by slug; newest last."""

    def __init__(self, data: Path, upstream: str, now: datetime) -> None:
        self._file = data / FOLDER / f"{upstream}.jsonl"
        self.answers: dict[str, Answered] = {}
        lines = self._file.read_bytes().split(b"\n") if self._file.is_file() else []
        for line in lines:
            answered = _read(line)
            if answered is not None and now - KEPT < answered.at <= now:
                self.answers[answered.slug] = answered
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._file.open("wb")
        for answered in self.answers.values():
            self._append(answered)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.close()

    def add(self, answered: Answered) -> None:
        """Write an answer down, so that it outlives a kill of the process."""
        self.answers[answered.slug] = answered
        self._append(answered)

    def _append(self, answered: Answered) -> None:
        self._stream.write(answered.model_dump_json(exclude_defaults=True).encode() + b"\n")
        self._stream.flush()

    def forget(self) -> None:
        """Remove the journal: its answers are in the snapshots, or are not wanted."""
        self._stream.close()
        self._file.unlink(missing_ok=True)
        if not any(self._file.parent.iterdir()):
            self._file.parent.rmdir()


def _read(line: bytes) -> Answered | None:
    try:
        return Answered.model_validate_json(line)
    except ValidationError:
        return None
