"""A file put in its place in one step: whoever reads it sees the old one, or the new one, and nothing between."""

import os
import shutil
from pathlib import Path


def replace(file: Path, body: bytes) -> None:
    """Put new bytes in the place of a file; the rights of the one that is there stay."""
    beside = _write_beside(file, body)
    if file.exists():
        shutil.copymode(file, beside)
    beside.replace(file)


def create(file: Path, body: bytes) -> None:
    """Put a file where none is, with its folder.

    Raises:
        FileExistsError: something of this name is there; it stays as it is.
    """
    file.parent.mkdir(exist_ok=True)
    beside = _write_beside(file, body)
    try:
        _move_to_free_place(beside, file)
    finally:
        beside.unlink(missing_ok=True)


def _move_to_free_place(beside: Path, file: Path) -> None:
    try:
        os.link(beside, file)  # the one step that refuses a place that is taken
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        file.touch(exist_ok=False)
        beside.replace(file)


def _write_beside(file: Path, body: bytes) -> Path:
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(body)
    return beside
