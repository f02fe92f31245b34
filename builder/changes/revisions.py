"""The data as it was: a revision's files, read out of git into a folder; index and work tree are not touched.

Objects are read as they lie: what a contributor writes into .gitattributes (filters, export-ignore) hides nothing.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from builder import history, repository
from builder.errors import BuilderError, folder_name

_LINK: Final = b"120000"
_FILES: Final = (b"100644", b"100755", _LINK)  # what else there is are folders of other repositories


class RevisionError(BuilderError):
    """The revision to compare with is none that git knows."""


@dataclass(frozen=True, slots=True)
class Base:
    """A revision that data is compared with.

    `name` is what the user called it, `commit` the one that is meant: where the branch of HEAD left it, if it did.
    """

    data: Path
    name: str
    commit: str


def find(data: Path, name: str) -> Base:
    """Find the revision `name` in the repository that the data folder is in.

    Raises:
        RevisionError: git does not know it.
        BuilderError: there is no git, or no repository.
    """
    if _ask(data, "rev-parse", "--is-inside-work-tree") is None:
        raise BuilderError(f"{data} is in no git repository, so there is nothing to compare it with.")
    commit = _ask(data, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")
    if commit is None:
        raise RevisionError(f"git knows no revision {name!r} here. In a shallow clone, fetch it first.")
    left = _ask(data, "merge-base", commit, "HEAD")
    return Base(data, name, left or commit)


def prefix(data: Path) -> str:
    """Give what leads from the root of the repository to the folder that holds data/; "" where there is none."""
    try:
        inside = _ask(data, "rev-parse", "--show-prefix")
    except BuilderError:
        return ""
    return (inside or "").rstrip("/").rpartition("/")[0] + "/" if "/" in (inside or "").rstrip("/") else ""


def changed(base: Base) -> dict[str, tuple[bytes | None, bytes | None]]:
    """Give the files that differ from the revision, with their bytes before and after; paths relative to data/.

    What git ignores counts as not there.
    """
    diff = history.answer(base.data, "diff", "--raw", "-z", "--no-renames", "--no-abbrev", "--relative", base.commit)
    old: dict[str, bytes] = {}
    parts = iter(diff.split(b"\0"))
    for about, path in zip(parts, parts, strict=False):
        mode, _, oid, *_ = about.removeprefix(b":").split(b" ")
        old[os.fsdecode(path)] = oid if mode in _FILES else b""
    others = history.answer(base.data, "ls-files", "--others", "--exclude-standard", "-z")
    old |= dict.fromkeys((os.fsdecode(path) for path in others.split(b"\0") if path), b"")
    bodies = _bodies(base.data, {oid for oid in old.values() if oid})
    both = {path: (bodies.get(oid), _read(base.data / path)) for path, oid in sorted(old.items())}
    return {path: (before, after) for path, (before, after) in both.items() if before != after}


@contextmanager
def extracted(base: Base, paths: Collection[str] | None = None) -> Iterator[Path]:
    """Give a data folder with the revision's files, of the same name as the data's own; it is removed afterwards.

    With `paths`, relative to data/, only these are in it, as far as the revision has them.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / folder_name(base.data)
        folder.mkdir()
        files = _files(base)
        wanted = files if paths is None else {path: files[path] for path in paths if path in files}
        bodies = _bodies(base.data, {oid for _, oid in wanted.values()})
        made: set[str] = set()
        for path, (mode, oid) in wanted.items():
            above = path.rpartition("/")[0]
            if above not in made:
                (folder / above).mkdir(parents=True, exist_ok=True)
                made.add(above)
            if mode == _LINK:
                (folder / path).symlink_to(os.fsdecode(bodies[oid]))
            else:
                (folder / path).write_bytes(bodies[oid])
        yield folder


def _files(base: Base) -> dict[str, tuple[bytes, bytes]]:
    """Give mode and object of every file of the data folder."""
    listing = history.answer(base.data, "ls-tree", "-r", "-z", base.commit, ".")
    files = {}
    for line in filter(None, listing.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, _, oid = about.split(b" ")
        if mode in _FILES:
            files[os.fsdecode(path)] = mode, oid
    return files


def _bodies(data: Path, oids: Collection[bytes]) -> Mapping[bytes, bytes]:
    """Give what objects hold: git is asked once for all of them."""
    given = b"".join(oid + b"\n" for oid in sorted(oids))
    answer = memoryview(history.answer(data, "cat-file", "--batch", given=given))
    bodies: dict[bytes, bytes] = {}
    at = 0
    while at < len(answer):
        end = bytes(answer[at : at + 200]).index(b"\n") + at
        oid, _, size = bytes(answer[at:end]).split(b" ")
        bodies[oid] = bytes(answer[end + 1 : end + 1 + int(size)])
        at = end + int(size) + 2
    return bodies


def _read(file: Path) -> bytes | None:
    """Give what git would keep of a file: the bytes, or where a link leads; None where there is none."""
    if file.is_symlink():
        return os.fsencode(file.readlink())
    return file.read_bytes() if file.is_file() else None


def _ask(data: Path, *arguments: str) -> str | None:
    """Give git's answer without the line break; None where it has none."""
    try:
        ended = repository.git(data, *arguments)
    except FileNotFoundError:
        raise BuilderError("git is not installed, so there is nothing to compare with.") from None
    return None if ended.returncode else os.fsdecode(ended.stdout).removesuffix("\n")
