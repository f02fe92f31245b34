"""The files of a mirror: those of the folder as it is, and those that came for the next one, kept until it is whole."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from builder.errors import SiteError
from builder.resources import ManifestFileResource
from builder.write.place import MARKER, told


class Store:
    """What is here of a site, by path and sum; entered by one run at a time.

    What comes lies beside the folder until `clear`, so that the next run goes on where one was stopped.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder of the mirror, which need not be there."""
        self._folder = folder
        self._part = folder.with_name(f".{folder.name}.part")
        self._lock = -1

    @told
    def __enter__(self) -> Self:
        if self._part.is_dir() and any(self._part.iterdir()) and not (self._part / MARKER).is_file():
            raise SiteError(f"{self._part} is in the way, and this program did not make it. Move it away.")
        self._part.mkdir(exist_ok=True)
        self._lock = os.open(self._part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise SiteError(f"Another run is mirroring into {self._folder}. Try again when it has ended.") from None
        (self._part / MARKER).touch()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # nothing is left of it
            if [file.name for file in self._part.iterdir()] == [MARKER]:
                self.clear()
        os.close(self._lock)

    def find(self, file: ManifestFileResource) -> bytes | None:
        """Give the bytes of a file of the manifest; None where they are not here."""
        places = (self._folder / file.path, self._part / file.sha256)
        return next((body for place in places if (body := _sound(place, file)) is not None), None)

    def read(self, file: ManifestFileResource) -> bytes:
        """Give the bytes of a file that was found or put.

        Raises:
            SiteError: somebody changed it since.
        """
        body = self.find(file)
        if body is None:
            raise SiteError(f"{self._folder / file.path} was changed by another program meanwhile. Begin again.")
        return body

    @told
    def put(self, file: ManifestFileResource, body: bytes) -> bool:
        """Keep the bytes of a file, if they are those that the manifest tells; tell whether they are."""
        if not is_sound(file, body):
            return False
        target = self._part / file.sha256  # and not by its path: what is a file now may have been a folder before
        made = self._part / f"{file.sha256}.made"
        made.write_bytes(body)
        made.replace(target)
        return True

    def clear(self) -> None:
        """Remove what came, when the folder holds it."""
        shutil.rmtree(self._part, ignore_errors=True)


def is_sound(file: ManifestFileResource, body: bytes) -> bool:
    """Tell whether bytes are those that the manifest tells."""
    return len(body) == file.bytes and hashlib.sha256(body).hexdigest() == file.sha256


def _sound(path: Path, file: ManifestFileResource) -> bytes | None:
    try:
        if path.stat().st_size != file.bytes:
            return None
        body = path.read_bytes()
    except OSError:
        return None
    return body if is_sound(file, body) else None
