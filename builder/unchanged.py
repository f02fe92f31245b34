"""Whether anything has changed since the last build, told without reading it: by sizes, times and inodes.

Beside the site lies a note of what its build was made of, and of the folders that it left. Where all is as noted, a
build has nothing to do, and this tells it in a tenth of the time that reading the data takes. What the disk does to
the bytes of a file without a trace in these is not seen: `builder build --fresh` compares every byte.

Only light modules are imported here: who finds nothing to do should not wait for what does it.
"""

import hashlib
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from builder import TEMPLATES, repository
from builder.write import place
from builder.write.report import Report

PROGRAM: Final = Path(__file__).resolve().parent

_VERSION: Final = 3
_KEYS: Final = {"made_of", "units", "past", "left", "files", "bytes", "notes", "prefix", "folders"}
_LIBRARIES: Final = ("site-packages", "dist-packages")
_ITEMS: Final = ("packages/", "grids/", "categories/", "snapshots/")
_UNSEEN: Final = frozenset({".git", "__pycache__"})
_TICK: Final = 20_000_000
"""Nanoseconds in which a file system may give two changes one time: what is so young may change unseen."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did, and what the person should know although nothing is wrong.

    `prefix` is the path of the site's address, such as `/packages`; "" where it has none.
    """

    report: Report
    notes: tuple[str, ...]
    prefix: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a build is made of, as a digest; `settled` tells that nothing of it is so young that it is not sure.

    `marks` tell of each file that is an item's, by its path in the data; `common` is a digest of all the others, but
    for the history, whose dates are the items'.
    """

    digest: str
    settled: bool
    common: str
    marks: Mapping[str, str]


def inputs(data: Path, options: object, out: Path | None = None) -> Inputs:
    """Look at what a build reads: the data and its git history, the templates, this program and its libraries.

    `options` are what the build is asked for; what it looks like to a developer must tell all of it. `out` is the
    folder of the site, which may lie in the data.
    """
    now, newest, missed = time.time_ns(), 0, list[str]()
    libraries = [path for path in sys.path if path.endswith(_LIBRARIES)]
    common = [repr(options), sys.version, *(f"{path} {_time(path)}" for path in libraries)]
    items: dict[str, str] = {}
    spared = _of_the_site(out) if out else frozenset[str]()
    top = len(os.path.realpath(data)) + 1
    for folder in (data, TEMPLATES, PROGRAM):
        for name, status in _walk(os.path.realpath(folder), missed, spared):
            newest = max(newest, status.st_ctime_ns)
            path = name[top:] if folder is data else ""
            if path.startswith(_ITEMS):
                items[path] = _marks(status)
            else:
                common.append(f"{name}\0{_marks(status)}")
    told = [*common, _history(data), *items, *items.values()]
    return Inputs(_digest(told), not missed and newest + _TICK < now, _digest(common), items)


def _of_the_site(out: Path) -> frozenset[str]:
    """Give the paths of a site and of what lies beside it."""
    site = Path(os.path.realpath(out))
    return frozenset(map(os.fspath, (site, *place.all_beside(site))))


def _walk(folder: str, missed: list[str], spared: frozenset[str] = frozenset()) -> Iterator[tuple[str, os.stat_result]]:
    """Yield every file and symlink under a folder, in order, with its status; add to `missed` what cannot be seen."""
    pending = [folder]
    while pending:
        inside = pending.pop()
        try:
            with os.scandir(inside) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
            files = [(entry.path, entry.stat(follow_symlinks=False)) for entry in found if entry.path not in spared]
        except OSError:
            missed.append(inside)
            continue
        for path, status in files:
            if not stat.S_ISDIR(status.st_mode):
                yield path, status
            elif path.rpartition(os.sep)[2] not in _UNSEEN:
                pending.append(path)


def _marks(status: os.stat_result) -> str:
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def _time(path: str | None) -> int:
    """Give the time of a folder, which is another one when something is installed there; 0 where there is none."""
    try:
        return os.stat(path or "").st_mtime_ns  # noqa: PTH116 - the place may be none
    except FileNotFoundError:
        return 0


def _history(data: Path) -> str:
    """Give what the dates of files hang on: the commit that git has checked out, and where a shallow clone was cut."""
    about = ("--show-prefix", "--is-shallow-repository", "--git-path", "shallow", "HEAD")
    try:
        told = repository.git(data, "rev-parse", *about)
    except OSError:
        return ""
    lines = os.fsdecode(told.stdout).split("\n")
    cut = (data / lines[2]).read_text() if lines[1:2] == ["true"] else ""
    return f"{told.returncode} {told.stdout!r} {cut}"


class Note:
    """What lies beside a site: what its last build was made of, what it left, and what it told."""

    def __init__(self, out: Path, made_of: Inputs, kept: Path | None = None, *, fresh: bool = False) -> None:
        """Take the site's folder, what a build of it would be made of now, and the folder of its past, if it has one.

        With `fresh` nothing is taken for unchanged.

        Raises:
            SiteError: `out` is no folder that a build may write.
        """
        self._site = place.accept(out)
        self._file = place.note_beside(self._site)
        self._made_of, self._kept, self._fresh = made_of, kept, fresh

    def result(self) -> Result | None:
        """Give what a build would tell that has nothing to do; None where there may be something."""
        told = self._read() if self._made_of.settled else None
        if told is None or (told["made_of"], told["past"]) != (self._made_of.digest, self._past()):
            return None
        if told["left"] != _left(self._site, told["folders"]):
            return None
        count = told["files"]
        return Result(Report(0, count, 0, 0, told["bytes"]), tuple(told["notes"]), told["prefix"])

    @property
    def inputs(self) -> Inputs:
        """What a build would be made of now."""
        return self._made_of

    def units(self) -> tuple[str, str]:
        """Give what the last build wrote of its units, and the token that stands in it; "" where nothing is sure."""
        told = self._read()
        if told is None or told["left"] != _left(self._site, told["folders"]):
            return "", ""
        try:
            text = place.units_beside(self._site).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return "", ""
        return (text, told["made_of"]) if _digest([text]) == told["units"] else ("", "")

    def _read(self) -> dict[str, Any] | None:
        """Give what is noted; None where nothing is, or where another version of this program has noted it."""
        if self._fresh:
            return None
        try:
            told = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return None
        is_whole = isinstance(told, dict) and told.get("version") == _VERSION and told.keys() >= _KEYS
        return told if is_whole else None

    def _past(self) -> str:
        """Give a digest of the folder of the past, which every build leaves for the next."""
        found = _walk(os.path.realpath(self._kept), []) if self._kept and self._kept.is_dir() else ()
        return _digest(f"{name}\0{_marks(status)}" for name, status in found)

    def write(self, result: Result, folders: Sequence[str], units: Callable[[str], str]) -> None:
        """Note what was built, the folders that it left, as paths in the site, and its units; nothing where not sure.

        `units` makes the text of the latter around a token. No other build may write the site meanwhile.
        """
        if not self._made_of.settled:
            return
        text = units(self._made_of.digest)
        _replace(place.units_beside(self._site), text)
        report = result.report
        told = {
            "version": _VERSION,
            "made_of": self._made_of.digest,
            "units": _digest([text]),
            "past": self._past(),
            "left": _left(self._site, folders),
            "files": report.written + report.unchanged,
            "bytes": report.bytes_total,
            "notes": result.notes,
            "prefix": result.prefix,
            "folders": folders,
        }
        _replace(self._file, json.dumps(told))


def _replace(file: Path, text: str) -> None:
    """Put a file in the place of another; whatever lies in the way is not followed."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with os.fdopen(opened, "w", encoding="utf-8") as written:
        written.write(text)
    beside.replace(file)


def _left(site: Path, folders: Iterable[str]) -> str:
    """Give a digest of the times and inodes of a site's folders: a file that comes or goes changes that of its own."""
    return _digest(_of_folder(f"{site}/{folder}") for folder in folders)


def _of_folder(path: str) -> str:
    try:
        status = os.stat(path, follow_symlinks=False)  # noqa: PTH116 - a Path for each of many would cost
    except OSError:
        return ""
    return f"{status.st_mtime_ns} {status.st_ino}"


def _digest(lines: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(lines).encode(errors="surrogateescape"), digest_size=32).hexdigest()
