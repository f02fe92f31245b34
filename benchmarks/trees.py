"""Folders of very many files: where they have room, and what is in them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - asked whether it is one, and a folder of our own is made in it


@dataclass(frozen=True)
class Tree:
    """How many files there are and their bytes, and the folder with the most entries and how many these are."""

    files: int
    bytes: int
    fullest: str
    entries: int


def measured(root: Path) -> Tree:
    """Count what is in a folder, of which nothing is kept in memory."""
    files = size = most = 0
    fullest = ""
    for folder, entries, sizes in _folders(root):
        files, size = files + len(sizes), size + sum(sizes)
        if entries > most:
            fullest, most = os.path.relpath(folder, root), entries
    return Tree(files, size, fullest, most)


def _folders(root: Path) -> Iterator[tuple[str, int, list[int]]]:
    """Yield each folder, the number of its entries, and the bytes of each of its files."""
    waiting = [str(root)]
    while waiting:
        folder, entries, sizes = waiting.pop(), 0, []
        with os.scandir(folder) as inside:
            for entry in inside:
                entries += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    sizes.append(entry.stat(follow_symlinks=False).st_size)
        yield folder, entries, sizes


def forget(root: Path) -> None:
    """Let the system forget the contents of files, so that they are read from the disk; what it is writing it keeps."""
    if not hasattr(os, "posix_fadvise"):  # macOS cannot be told
        return
    for file in root.rglob("*"):
        if file.is_file():
            opened = os.open(file, os.O_RDONLY)
            os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(opened)


def roomy(size: int, entries: int) -> Path:
    """Give a folder in memory if one has room for so many bytes, files and folders, else the usual one for such."""
    usual = Path(tempfile.gettempdir())
    if kind(MEMORY) != "tmpfs" or os.statvfs(MEMORY).f_favail < entries:
        return usual
    return MEMORY if min(shutil.disk_usage(MEMORY).free, _available()) > size else usual


def _available() -> int:
    """Give how many bytes of memory programs can still have."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def kind(folder: Path) -> str:
    """Give the kind of file system that a folder is on, or "" where the system does not tell."""
    mounts = Path("/proc/self/mounts")
    if not folder.exists() or not mounts.exists():
        return ""
    fields = [line.split() for line in mounts.read_text().splitlines()]
    above = {str(folder.resolve()), *map(str, folder.resolve().parents)}
    # Of mounts at one place the last counts.
    return max((len(at), number, name) for number, (_, at, name, *_) in enumerate(fields) if at in above)[2]
