"""The data folder as it is to be, made beside the one that is, looked at, and put in its place file by file.

Nothing in the data folder changes before all of it was read again and checked. From then on the rest is done by whoever
comes next, should the process be killed; and at each moment what lies there is in order, since what others refer to is
put in place first.
"""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from builder import snapshots
from builder.errors import DataError, Problem, folder_name
from builder.importing.edit import amend
from builder.importing.journal import FOLDER
from builder.importing.merge import Draft, Merged
from builder.placing import replace
from builder.source import files, modelines, yaml_writer
from builder.source.text import SIZE_LIMIT, decode, mark_of

_READY: Final = "ready.json"


class Stage:
    """A copy of a data folder, in which files are changed; `paths` are those, in the order in which they are put."""

    def __init__(self, data: Path) -> None:
        """Make the copy: of links to the same files, where that can be."""
        self._data = data
        self.folder = data / FOLDER / folder_name(data)  # of the same name, so that paths in messages are the same
        self.paths: list[str] = []
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for item in sorted(data.iterdir()):
            if item.name.startswith("."):
                continue
            if item.is_dir():
                shutil.copytree(item, self.folder / item.name, copy_function=_link)
            else:
                _link(item, self.folder / item.name)
        (self.folder / "packages").mkdir(exist_ok=True)

    def write(self, merged: Merged) -> None:
        """Write all that is new or other.

        Raises:
            DataError: a file that people wrote is written so that it cannot be changed.
        """
        problems: list[Problem] = []
        for draft in merged.changed():
            path = f"{draft.kind}/{draft.slug}{files.SUFFIX}"
            body = self._body(draft, path)
            if body is None:
                problems.append(_cannot(self._data, draft))
            else:
                self._put(path, body)
        for slug, snapshot in sorted(merged.snapshots.items()):
            self._put(f"{snapshots.FOLDER}/{slug}.json", snapshots.encode(snapshot))
        if problems:
            raise DataError(problems)
        # A grid names packages, and a snapshot must have one.
        self.paths.sort(key=lambda path: _ORDER.index(path.partition("/")[0]))

    def _body(self, draft: Draft[Any], path: str) -> bytes | None:
        if draft.entry is None:
            return modelines.led(self.folder, path, yaml_writer.of(draft.record)).encode()
        body = (self.folder / path).read_bytes()
        text = decode(body)
        mark = mark_of(body)
        made = amend(text, draft.changes)
        return None if made is None else mark + made.encode()

    def _put(self, path: str, body: bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.unlink(missing_ok=True)  # it may be the very file of the data folder
        file.write_bytes(body)
        self.paths.append(path)

    def commit(self) -> None:
        """Put the changed files in place, and remove the copy and what the import had kept."""
        ready = self.folder.parent / _READY
        replace(ready, json.dumps(self.paths).encode())
        finish(self._data)
        shutil.rmtree(self._data / FOLDER)

    def remove(self) -> None:
        """Remove the copy: nothing of it is wanted."""
        shutil.rmtree(self.folder)


_ORDER: Final = ("categories", "packages", snapshots.FOLDER, "grids")


def finish(data: Path) -> int:
    """Put in place what an import that was killed has left ready; give how many files that were.

    The answers it got stay, so that whoever goes on can tell what came of them.
    """
    ready = data / FOLDER / _READY
    if not is_ready(data):
        return 0
    left = _left(data, json.loads(ready.read_text()))
    for path in left:
        file, target = data / FOLDER / folder_name(data) / path, data / path
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            shutil.copymode(target, file)
        file.replace(target)
    shutil.rmtree(data / FOLDER / folder_name(data), ignore_errors=True)
    ready.unlink()
    return len(left)


def is_ready(data: Path) -> bool:
    """Tell whether an import was killed while it put files in place."""
    return (data / FOLDER / _READY).is_file()


def _left(data: Path, paths: Sequence[str]) -> list[str]:
    return [path for path in paths if (data / FOLDER / folder_name(data) / path).exists()]


def _link(source: str | Path, target: str | Path) -> None:
    """Give a file a second name, or copy it where that cannot be."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _cannot(data: Path, draft: Draft[Any]) -> Problem:
    keys = " and ".join(draft.changes)
    hint = f"Write it as plain lines of `key: value`, and smaller than {SIZE_LIMIT // 1024} KB."
    path = f"{folder_name(data)}/{draft.kind}/{draft.slug}{files.SUFFIX}"
    return Problem(path, 0, 0, "file-form", f"the file is written so that {keys} cannot be put in", hint)
