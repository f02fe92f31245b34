"""The new tree: compared with the old one file by file, and made only from the first difference on."""

import contextlib
import os
import shutil
import time
import unicodedata
from pathlib import Path
from typing import Final, NamedTuple

from builder.errors import GuardRefusedError, SiteError
from builder.outputs import is_inside
from builder.write import place
from builder.write.place import told
from builder.write.report import Report

GUARDED_FROM: Final = 100  # files; a smaller site may shrink as it likes

_SECOND: Final = 1_000_000_000
_PIECE: Final = 1 << 20  # bytes of a file on disk that are in memory at a time


def read(out: Path, path: str) -> bytes | None:
    """Give the bytes of a file of the site as the last build left it; None where it cannot be had."""
    try:
        return (out / path).read_bytes()
    except OSError:
        return None


class Placed(NamedTuple):
    """A file of the new tree. `time` is that of one that was written, in nanoseconds; 0 for one that stays."""

    path: str
    size: int
    time: int = 0
    overwrites: bool = False


class Tree:
    """A site in the making: every file is put, then the whole takes the old tree's place.

    To put a file is to `place` it, which a copy of this process can do, and to `count` it, here alone. Others can
    place files once the tree was begun (`begin`).
    """

    def __init__(self, site: Path) -> None:
        """Look at the old tree, which may be missing."""
        self._site = site
        self._old, self._new = os.fspath(site), os.fspath(place.new_beside(site))
        self._files, self._folders, self._strays = _inventory(site)
        self._is_marked = place.MARKER in self._files
        self._files.discard(place.MARKER)
        self._claims = {place.MARKER: place.MARKER}
        self._made = {"": None}  # the new tree's folders, each after the one it is in
        self._there = {""}  # those of them that are known to lie there
        self._kept: list[str] = []
        self._started = False
        self._written = self._overwritten = self._bytes_written = self._bytes_total = 0
        self._time = max(time.time_ns(), _second_after(site))

    def put(self, path: str, body: bytes) -> None:
        """Take one file of the new tree.

        Raises:
            SiteError: the path leads elsewhere, or is another file's or folder's.
        """
        self._claim(path)
        self._add(self.place(path, body))

    @told
    def begin(self) -> None:
        """Make the new tree's folder, with its mark first, so that what a killed build leaves can be told to be ours.

        It is made at the latest when the first difference is found.
        """
        if self._started:
            return
        self._started = True
        os.mkdir(self._new)  # noqa: PTH102 - as below
        if self._is_marked:
            self._link(place.MARKER)
        else:
            self._write(place.MARKER, place.MARKER_TEXT)

    @told
    def place(self, path: str, body: bytes) -> Placed:
        """Let a file lie in the new tree, or tell that the old one's stays.

        Raises:
            SiteError: the path leads elsewhere, or is that of a file or folder that lies there.
        """
        if not is_inside(path):
            raise SiteError(f"An output has the path {path!r}, which is not one inside the site.")
        overwrites = path in self._files
        if overwrites:
            second = _second_of_another(f"{self._old}/{path}", body)
            if second is None:
                return Placed(path, len(body))
            self._time = max(self._time, (second + 1) * _SECOND)
        self.begin()
        try:
            self._make(path.rpartition("/")[0])
            self._write(path, body)
        except (FileExistsError, NotADirectoryError) as error:
            raise SiteError(f"Two outputs have one path: {path}, and a file or folder of that name.") from error
        return Placed(path, len(body), self._time, overwrites)

    def has(self, path: str, size: int) -> bool:
        """Tell whether the old tree has a file of so many bytes."""
        try:
            return path in self._files and os.lstat(f"{self._old}/{path}").st_size == size
        except OSError:
            return False

    def old(self, path: str) -> bytes | None:
        """Give the bytes of a file as the last build left it; None where it cannot be had."""
        return read(self._site, path) if path in self._files else None

    @told
    def read(self, path: str) -> bytes:
        """Give the bytes of a file that was placed, by whomever."""
        try:
            return Path(self._new, path).read_bytes()
        except FileNotFoundError:
            return Path(self._old, path).read_bytes()

    def count(self, placed: Placed) -> None:
        """Count a file that a copy of this process placed.

        Raises:
            SiteError: its path is another file's or folder's.
        """
        self._claim(placed.path)
        self._add(placed)

    def _add(self, placed: Placed) -> None:
        self._bytes_total += placed.size
        if not placed.time:
            self._kept.append(placed.path)
            return
        self._time = max(self._time, placed.time)
        self._written += 1
        self._overwritten += placed.overwrites
        self._bytes_written += placed.size

    def _claim(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        if folder not in self._made:
            self._claim_folder(folder)
        self._claim_name(path, path)

    def _claim_folder(self, folder: str) -> None:
        above = folder.rpartition("/")[0]
        if above not in self._made:
            self._claim_folder(above)
        self._claim_name(folder, folder + "/")
        self._made[folder] = None

    def _claim_name(self, path: str, shown: str) -> None:
        """Refuse a second file or folder of one name; some file systems fold case and compose letters."""
        key = path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
        if key in self._claims:
            raise SiteError(f"Two outputs have one path: {self._claims[key]} and {shown}.")
        self._claims[key] = shown

    def _make(self, folder: str) -> None:
        """Make a folder and those it is in; copies of this process make theirs at the same time."""
        if folder in self._there:
            return
        self._make(folder.rpartition("/")[0])
        with contextlib.suppress(FileExistsError):
            os.mkdir(f"{self._new}/{folder}")  # noqa: PTH102 - a Path for each of many would cost
        self._there.add(folder)

    def _link(self, path: str) -> None:
        old, new = f"{self._old}/{path}", f"{self._new}/{path}"
        try:
            os.link(old, new)
        except OSError:  # there are no hard links here, or too many of this file, or it is another user's
            shutil.copy2(old, new)

    def _write(self, path: str, body: bytes) -> None:
        file = os.open(f"{self._new}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            done = os.write(file, body)
            while done < len(body):
                done += os.write(file, memoryview(body)[done:])
            os.utime(file, ns=(self._time, self._time))
        finally:
            os.close(file)

    @told
    def replace(self, *, allow_shrink: bool) -> Report:
        """Let the new tree take the old one's place, if they differ.

        Raises:
            GuardRefusedError: the new tree is far smaller, and `allow_shrink` is not set.
        """
        before, after = len(self._files), self._written + len(self._kept)
        if before > GUARDED_FROM and after * 2 < before and not allow_shrink:
            raise GuardRefusedError(
                f"The site would shrink from {before:,} files to {after:,}, which is too odd to be true; nothing was "
                "changed. If it is right, allow it with --allow-shrink."
            )
        removed = before + self._strays - len(self._kept) - self._overwritten
        differs = self._written or removed or not self._is_marked or not self._folders <= self._made.keys()
        in_one_step = not differs or self._take_place()
        return Report(
            self._written, len(self._kept), removed, self._bytes_written, self._bytes_total, in_one_step=in_one_step
        )

    def _take_place(self) -> bool:
        """Replace the old tree; its folder keeps its mode, and its time says when the site last changed."""
        self.begin()
        for path in self._kept:
            self._make(path.rpartition("/")[0])
            self._link(path)
        if self._site.exists():
            shutil.copymode(self._old, self._new)
        os.utime(self._new, ns=(self._time, self._time))
        return place.replace(self._site)

    @property
    def folders(self) -> list[str]:
        """The folders of the site, as paths in it; "" is its own."""
        return list(self._made)

    def discard(self) -> None:
        """Remove what was made, if it did not take the old tree's place; what resists is left to the next build."""
        if self._started and os.path.lexists(self._new):
            with contextlib.suppress(OSError):
                place.remove(Path(self._new))


def _inventory(site: Path) -> tuple[set[str], set[str], int]:
    """Give the files and the folders of a tree, and how many entries are neither; no symlink is followed."""
    files: set[str] = set()
    folders: set[str] = set()
    strays = 0
    pending = [""] if site.is_dir() else []
    while pending:
        folder = pending.pop()
        with os.scandir(f"{site}/{folder}") as entries:
            for entry in entries:
                path = folder + entry.name
                if entry.is_file(follow_symlinks=False):
                    files.add(path)
                elif entry.is_dir(follow_symlinks=False):
                    folders.add(path)
                    pending.append(path + "/")
                else:
                    strays += 1
    return files, folders, strays


def _second_of_another(file: str, body: bytes) -> int | None:
    """Give the whole second of a file's time if it holds other bytes than these; None if it holds the same."""
    opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(opened)
        same = status.st_size == len(body) and _holds(opened, body)
    finally:
        os.close(opened)
    return None if same else status.st_mtime_ns // _SECOND


def _holds(opened: int, body: bytes) -> bool:
    """Tell whether an open file of this size gives these bytes, a piece at a time."""
    done = 0
    while done < len(body):
        piece = os.read(opened, min(_PIECE, len(body) - done))
        if not piece or not body.startswith(piece, done):
            return False
        done += len(piece)
    return True


def _second_after(folder: Path) -> int:
    """Give the start of the second after a folder's time, in nanoseconds; 0 where there is none.

    The folder's time is that of the newest file that the last change wrote, so that this is later than any of them,
    and also than that of a file which was removed and comes back.
    """
    try:
        return (folder.stat().st_mtime_ns // _SECOND + 1) * _SECOND
    except FileNotFoundError:
        return 0
