"""The last good answers on disk: data/snapshots/<slug>.json, one per package, written only when something changed."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from builder import derive
from builder.errors import DataError, Problem, folder_name
from builder.metadata import RepositoryFacts, Snapshot
from builder.placing import replace

FOLDER: Final = "snapshots"
MOST_BYTES: Final = 4 * 1024 * 1024  # ten times what a project with thousands of releases takes


_NOT_OURS: Final = "holds what fetch would not have written"


def encode(snapshot: Snapshot) -> bytes:
    """Give the bytes of a snapshot: keys in the model's order, what is not known left out, a line break at the end."""
    return snapshot.model_dump_json(indent=2, exclude_defaults=True).encode() + b"\n"


class Stored(Mapping[str, Snapshot]):
    """Snapshots under the data folder, by slug: each is read when it is asked for, and none is kept."""

    def __init__(self, data: Path, slugs: Collection[str]) -> None:
        self._data = data
        self._slugs = dict.fromkeys(slugs)

    def __getitem__(self, slug: str) -> Snapshot:
        if slug not in self._slugs:
            raise KeyError(slug)
        return read(self._data, slug)

    def __contains__(self, slug: object) -> bool:
        return slug in self._slugs

    def __iter__(self) -> Iterator[str]:
        return iter(self._slugs)

    def __len__(self) -> int:
        return len(self._slugs)


def read(data: Path, slug: str) -> Snapshot:
    """Read one snapshot.

    Raises:
        DataError: if it is broken, or not there.
    """
    file = data / FOLDER / f"{slug}.json"
    path = f"{folder_name(data)}/{FOLDER}/{file.name}"
    try:
        if file.is_symlink():
            message = "is a symbolic link: nothing under data/ leads elsewhere"
            raise DataError([Problem(path, 0, 0, "file-link", message, _remedy(path))])
        if file.stat().st_size > MOST_BYTES:
            message = f"has more than {MOST_BYTES // 2**20} MiB"
            raise DataError([Problem(path, 0, 0, "file-size", message, _remedy(path))])
        snapshot = Snapshot.model_validate_json(file.read_bytes())
    except (ValidationError, OSError) as error:
        raise DataError([_problem(path, error)]) from None
    if field := _oddity(snapshot.repository):
        raise DataError([Problem(path, 0, 0, "snapshot", _NOT_OURS, _remedy(path), field)])
    return snapshot


def _oddity(facts: RepositoryFacts | None) -> str:
    """Give the field that holds what no forge says and API v4 cannot answer with; "" if there is none."""
    if facts is None:
        return ""
    weeks, days = facts.weeks or (), (facts.commits or {}).values()
    odd = {
        "repository.stars": (facts.stars or 0) < 0,
        "repository.forks": (facts.forks or 0) < 0,
        "repository.weeks": len(weeks) > derive.WEEKS or min(weeks, default=0) < 0,
        "repository.commits": min(days, default=0) < 0,
    }
    return next((field for field, holds in odd.items() if holds), "")


def _remedy(path: str) -> str:
    return f"Only fetch writes this file: restore it (git checkout -- {path}) or remove it and fetch again."


def load(data: Path, *, keep: bool = True) -> tuple[Mapping[str, Snapshot], list[Problem]]:
    """Read all snapshots under the data folder, by slug; a broken one is a problem, not a stop.

    Without `keep` each is looked at now, and read again whenever it is asked for: they may be more than memory holds.
    """
    snapshots: dict[str, Snapshot] = {}
    slugs: list[str] = []
    problems: list[Problem] = []
    for file in sorted((data / FOLDER).glob("*.json")):
        try:
            snapshot = read(data, file.stem)
        except DataError as error:
            problems += error.problems
            continue
        slugs.append(file.stem)
        if keep:
            snapshots[file.stem] = snapshot
    return snapshots if keep else Stored(data, slugs), problems


def _problem(path: str, error: ValidationError | OSError) -> Problem:
    if isinstance(error, OSError):
        return Problem(path, 0, 0, "unreadable", f"cannot be read: {error.strerror}", _remedy(path))
    first = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(str(step) for step in first["loc"])
    message = "is not JSON" if first["type"] == "json_invalid" else _NOT_OURS
    return Problem(path, 0, 0, "snapshot", message, _remedy(path), field)


def save(data: Path, slug: str, snapshot: Snapshot) -> bool:
    """Write a snapshot if its bytes differ from what is there, in one step; tell whether it was written."""
    file = data / FOLDER / f"{slug}.json"
    body = encode(snapshot)
    if file.is_file() and file.read_bytes() == body:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    replace(file, body)
    return True
