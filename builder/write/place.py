"""The place of the site: whether it may be replaced, one build at a time, and what a killed build left there."""

import ctypes
import errno
import fcntl
import functools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from builder.errors import SiteError

MARKER: Final = ".static-packages"
MARKER_TEXT: Final = b"Static Packages wrote this folder. Its next build replaces all that is in it.\n"

_PAUSE: Final = 0.05  # seconds between two looks at a lock that another build holds
_AT_FDCWD: Final = -100  # not looked at: both paths are absolute
_EXCHANGE: Final = 2  # RENAME_EXCHANGE of renameat2 on Linux, RENAME_SWAP of renamex_np on macOS
_NOT_SUPPORTED: Final = {errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.ENOTSUP, errno.EPERM}

_P = ParamSpec("_P")
_R = TypeVar("_R")


def told(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Turn what the disk refuses into a sentence."""

    @functools.wraps(function)
    def telling(*args: _P.args, **options: _P.kwargs) -> _R:
        try:
            return function(*args, **options)
        except OSError as error:
            raise SiteError(f"{error.filename or 'the site'} cannot be written: {error.strerror}") from error

    return telling


def new_beside(site: Path) -> Path:
    """Give where the new tree is made, and where the old one waits to be removed after the exchange."""
    return site.with_name(f".{site.name}.new")


def old_beside(site: Path) -> Path:
    """Give where the old tree waits between two renames."""
    return site.with_name(f".{site.name}.old")


def lock_beside(site: Path) -> Path:
    """Give the file that a build of this folder locks. It stays: to remove it would let two builds hold two locks."""
    return site.with_name(f".{site.name}.lock")


def note_beside(site: Path) -> Path:
    """Give the file that tells what the site was made of (`builder.unchanged`)."""
    return site.with_name(f".{site.name}.note")


def units_beside(site: Path) -> Path:
    """Give the file that tells of what each part of the site was made (`builder.again`)."""
    return site.with_name(f".{site.name}.units")


def all_beside(site: Path) -> list[Path]:
    """Give all that a build writes beside a site."""
    kept = (note_beside(site), units_beside(site))
    new = [file.with_name(f"{file.name}.new") for file in kept]
    return [new_beside(site), old_beside(site), lock_beside(site), *kept, *new]


@told
def accept(out: Path) -> Path:
    """Give the folder to replace, symlinks followed; make its parent.

    Raises:
        SiteError: it is a file, holds what this program did not make, or is not to be replaced for other reasons.
    """
    site = Path(os.path.realpath(out))
    home = os.path.realpath(os.path.expanduser("~"))  # noqa: PTH111 - it does not fail where there is no home
    for what, path in (("current", Path.cwd()), ("home", Path(home))):
        if path.is_relative_to(site):
            raise SiteError(f"{out} is the {what} folder or holds it. Name a folder of the site's own, such as site/.")
    if site.is_mount():
        raise SiteError(f"{out} is a mount point, which cannot be replaced. Name a folder inside it.")
    if os.path.lexists(site) and not site.is_dir():
        raise SiteError(f"{out} is a file. Remove it, or name another folder.")
    if (site / ".git").exists():
        raise SiteError(f"{out} holds a .git, which a build would remove. Build elsewhere, and copy the files there.")
    if site.is_dir() and not _is_ours(site):
        raise SiteError(f"{out} holds files that this program did not write. Empty it, or name another folder.")
    if not site.parent.is_dir():
        site.parent.mkdir(parents=True, exist_ok=True)
    return site


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder holds our mark, or nothing."""
    marker = folder / MARKER
    return (marker.is_file() and not marker.is_symlink()) or not any(folder.iterdir())


@contextmanager
def lock(site: Path, patience: float) -> Iterator[None]:
    """Keep other builds of this folder waiting; the lock ends with the process and its copies, however they end."""
    held = _lock(site, patience)
    try:
        yield
    finally:
        os.close(held)


@told
def _lock(site: Path, patience: float) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(lock_beside(site), flags, 0o666)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(_PAUSE)
                continue
            os.close(file)
            raise SiteError(f"Another build is writing {site.name}. Try again when it has ended.") from None
        return file


@told
def recover(site: Path) -> None:
    """Clean up what a killed build left: put the old tree back if it is missing, remove trees that are not needed."""
    old = old_beside(site)
    if old.is_dir() and not site.exists():
        old.rename(site)
    for left in (old, new_beside(site)):
        if not os.path.lexists(left):
            continue
        if left.is_symlink() or not left.is_dir() or not _is_ours(left):
            raise SiteError(f"{left} is in the way, and this program did not make it. Move it away.")
        remove(left)


def remove(tree: Path) -> None:
    """Remove a tree, its mark last: what is left of it when this is cut short can still be told to be ours."""
    marker = tree / MARKER
    _clear(os.fspath(tree), os.fspath(marker))
    marker.unlink(missing_ok=True)
    tree.rmdir()


def _clear(folder: str, spared: str) -> None:
    """Remove all that is in a folder, but for one path; symlinks are removed and not followed."""
    with os.scandir(folder) as found:
        entries = list(found)  # some file systems skip entries while others are being removed
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            _clear(entry.path, spared)
            os.rmdir(entry.path)  # noqa: PTH106 - a Path for each of many would cost
        elif entry.path != spared:
            os.unlink(entry.path)  # noqa: PTH108 - the same


def replace(site: Path) -> bool:
    """Put the new tree in the old one's place and remove the old one; tell whether it took one step."""
    new = new_beside(site)
    if not site.exists():
        new.rename(site)
        return True
    if exchange(new, site):
        remove(new)
        return True
    old = old_beside(site)
    try:
        site.rename(old)
        new.rename(site)
    except BaseException:
        if old.exists() and not site.exists():
            old.rename(site)
        raise
    remove(old)
    return False


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system or the file system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2"):
        failed = libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _EXCHANGE)
    elif hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(*paths, _EXCHANGE)
    else:
        return False
    code = ctypes.get_errno()
    if failed and code not in _NOT_SUPPORTED:
        raise OSError(code, os.strerror(code), str(other))
    return not failed
