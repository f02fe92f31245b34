"""The last good answers on disk: data/snapshots/<slug>.json, one per package, written only when something changed."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from builder import derive, reading
from builder.errors import DataError, Problem, folder_name
from builder.metadata import RepositoryFacts, Snapshot
from builder.placing import replace

FOLDER: Final = "snapshots"
MOST_BYTES: Final = 4 * 1024 * 1024  # ten times what a project with thousands of releases takes

MOST_KEPT: Final = 64 * 1024 * 1024
"""Bytes of all files up to which all snapshots may be had at once: they take some five times as much then."""

_SUFFIX: Final = ".json"
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
    return _read(data, slug, is_link=Path(_where(data, slug)).is_symlink())


def _read(data: Path, slug: str, *, is_link: bool) -> Snapshot:
    if is_link:
        raise _refused(data, slug, "file-link", "is a symbolic link: nothing under data/ leads elsewhere")
    try:
        body = reading.read(_where(data, slug), MOST_BYTES)
        if len(body) > MOST_BYTES:
            raise _refused(data, slug, "file-size", f"has more than {MOST_BYTES // 2**20} MiB")
        snapshot = Snapshot.model_validate_json(body)
    except OSError as error:
        raise _refused(data, slug, "unreadable", f"cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        message = "is not JSON" if first["type"] == "json_invalid" else _NOT_OURS
        raise _refused(data, slug, "snapshot", message, ".".join(map(str, first["loc"]))) from None
    if snapshot.repository and (field := _oddity(snapshot.repository)):
        raise _refused(data, slug, "snapshot", _NOT_OURS, field)
    return snapshot


def _where(data: Path, slug: str) -> str:
    return f"{data}/{FOLDER}/{slug}{_SUFFIX}"  # making a path object costs more than reading the file


def _refused(data: Path, slug: str, code: str, message: str, field: str = "") -> DataError:
    path = f"{folder_name(data)}/{FOLDER}/{slug}{_SUFFIX}"
    remedy = f"Only fetch writes this file: restore it (git checkout -- {path}) or remove it and fetch again."
    return DataError([Problem(path, 0, 0, code, message, remedy, field)])


def _oddity(facts: RepositoryFacts) -> str:
    """Give the field that holds what no forge says and API v4 cannot answer with; "" if there is none."""
    weeks, days = facts.weeks or (), (facts.commits or {}).values()
    odd = {
        "repository.stars": (facts.stars or 0) < 0,
        "repository.forks": (facts.forks or 0) < 0,
        "repository.weeks": len(weeks) > derive.WEEKS or min(weeks, default=0) < 0,
        "repository.commits": min(days, default=0) < 0,
    }
    return next((field for field, holds in odd.items() if holds), "")


class Looked(NamedTuple):
    """All snapshots by slug, what `derive.moved` says of those that have moved, and what is wrong with the others."""

    snapshots: Mapping[str, Snapshot]
    moved: dict[str, tuple[str, str]]
    problems: list[Problem]


def load(data: Path, *, keep: bool = True) -> tuple[Mapping[str, Snapshot], list[Problem]]:
    """Read all snapshots under the data folder, by slug; a broken one is a problem, not a stop.

    Without `keep` each is looked at now, and read again whenever it is asked for: they may be more than memory holds.
    """
    snapshots, _, problems = look(data, scan(data), keep=keep)
    return snapshots, problems


def can_be_kept(data: Path) -> bool:
    """Tell whether there is memory for all snapshots at once, for whoever comes back to each of them."""
    try:
        with os.scandir(data / FOLDER) as items:
            return sum(item.stat(follow_symlinks=False).st_size for item in items) <= MOST_KEPT
    except OSError:
        return True  # there is none, or `load` tells what is wrong


def look(data: Path, found: Iterable[tuple[str, bool]], *, keep: bool) -> Looked:
    """Read those snapshots that `scan` has found, as `load` does."""
    snapshots: dict[str, Snapshot] = {}
    slugs: list[str] = []
    looked = Looked(snapshots, {}, [])
    for slug, is_link in found:
        try:
            snapshot = _read(data, slug, is_link=is_link)
        except DataError as error:
            looked.problems.extend(error.problems)
            continue
        slugs.append(slug)
        if moved := derive.moved(snapshot):
            looked.moved[slug] = moved
        if keep:
            snapshots[slug] = snapshot
    return looked if keep else looked._replace(snapshots=Stored(data, slugs))


def scan(data: Path) -> list[tuple[str, bool]]:
    """Give the slugs that have a snapshot, in order of the files' names, each with whether it is a symbolic link."""
    try:
        with os.scandir(data / FOLDER) as items:
            named = sorted((item.name, item.is_symlink()) for item in items)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    return [(name.removesuffix(_SUFFIX) or name, is_link) for name, is_link in named if name.endswith(_SUFFIX)]


def save(data: Path, slug: str, snapshot: Snapshot) -> bool:
    """Write a snapshot if its bytes differ from what is there, in one step; tell whether it was written."""
    file = data / FOLDER / f"{slug}{_SUFFIX}"
    body = encode(snapshot)
    if file.is_file() and file.read_bytes() == body:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    replace(file, body)
    return True
