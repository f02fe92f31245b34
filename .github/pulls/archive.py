"""A packed site that a stranger's run may have made: looked at as it is read, before anything is written."""

import re
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from api import Refused

NAME = "site.tar"
MOST_PACKED = 128 * 1024**2
MOST_BYTES = 512 * 1024**2
MOST_FILES = 20_000
MOST_OF_A_FILE = 25 * 1024**2
"""Of what is packed, then of what is in it; the last two are what Cloudflare Pages takes."""

LONGEST = 400
TYPES = frozenset(
    {".br", ".css", ".db", ".gz", ".html", ".ico", ".js", ".json", ".ndjson", ".png", ".svg", ".txt", ".xml"}
    | {".webmanifest"}
)
# Nothing hidden, no way up; and at the top nothing that a host takes for orders (_worker.js, _redirects, functions/).
_PATH = re.compile(r"(?!functions/)[A-Za-z0-9][A-Za-z0-9_.~-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.~-]*)*")


def unpack(packed: Path, folder: Path) -> int:
    """Write the files of the artifact into a new folder, and give how many there are.

    Raises:
        Refused: it is not what the check makes.
    """
    folder.mkdir()
    try:
        with zipfile.ZipFile(packed) as outer:
            if outer.namelist() != [NAME]:
                raise Refused(f"the artifact holds something else than {NAME}")
            if outer.getinfo(NAME).file_size > MOST_BYTES:  # no more than this is ever read of it
                raise Refused(f"it is too large: more than {MOST_BYTES} bytes")
            with outer.open(NAME) as inner:
                return _unpack(inner, folder)
    except (zipfile.BadZipFile, tarfile.TarError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused(f"the artifact cannot be read: {type(error).__name__}") from None


def _unpack(packed: IO[bytes], folder: Path) -> int:
    taken: set[str] = set()
    with tarfile.open(fileobj=packed, mode="r|") as members:
        for member in members:
            if member.isdir():
                continue
            path = _path(member)
            if path.lower() in taken:
                raise Refused(f"{path!r} is there twice")
            taken.add(path.lower())
            if member.size > MOST_OF_A_FILE or len(taken) > MOST_FILES:
                raise Refused(f"it is too large: {len(taken)} files up to {path!r}")
            _write(members, member, folder / path)
    if "index.html" not in taken:
        raise Refused("it has no front page")
    return len(taken)


def _path(member: tarfile.TarInfo) -> str:
    """Give the path of a plain file."""
    path = member.name
    if member.type not in {tarfile.REGTYPE, tarfile.AREGTYPE} or member.sparse is not None:
        raise Refused(f"{path!r} is no plain file")
    if len(path) > LONGEST or not _PATH.fullmatch(path):
        raise Refused(f"{path!r} is no path of a site")
    if PurePosixPath(path).suffix not in TYPES:
        raise Refused(f"{path!r} is of no known type")
    return path


def _write(members: tarfile.TarFile, member: tarfile.TarInfo, file: Path) -> None:
    content = members.extractfile(member)
    assert content is not None  # noqa: S101 - a plain file has some
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as target:
            target.write(content.read())
    except OSError as error:  # a file where a folder is needed
        raise Refused(f"{member.name!r} cannot be written: {error.strerror}") from None
