"""data/ as people wrote it, read into records, with the place of every value and every problem of every file.

A file that cannot be used is reported and left out; the others are still read. Nothing is stopped for: problems are
values, and who asked decides what they mean.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from builder import snapshots
from builder.config import Settings
from builder.entries import Data, Entry, Marks, show_value
from builder.errors import Problem, folder_name
from builder.fields import Slug
from builder.records import CategoryRecord, GridRecord, PackageRecord, Record, TombstonesRecord
from builder.source import files, messages, yaml_text
from builder.source.files import File
from builder.source.text import RefusedError, decode

__all__ = ["collection_paused", "load"]

_SLUG: Final[TypeAdapter[str]] = TypeAdapter(Slug)

_Model = TypeVar("_Model", bound=BaseModel)
_Record = TypeVar("_Record", bound=Record)


def load(data: Path) -> tuple[Data | None, list[Problem]]:
    """Read all that stands under the data folder.

    Args:
        data: the folder with site.yaml, packages/, grids/, categories/ and snapshots/; tombstones.yaml may be missing.

    Returns:
        What could be read, and every problem in order of place. Without usable settings there is no data, but the
        problems of all other files are still told.
    """
    folder = folder_name(data)
    data = data.resolve()  # so that whoever reads from it calls it the same
    if not data.is_dir():
        hint = "Run this from the folder that holds it, or name the folder."
        return None, [Problem(folder, 0, 0, "file-missing", "there is no such folder", hint)]
    with collection_paused():
        return _Loading(data, folder).load()


@contextmanager
def collection_paused() -> Iterator[None]:
    """Keep the cyclic garbage collector from walking over ever more records, none of which is garbage.

    It is then as it was before; a pause may lie within another.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(slots=True)
class _Loading:
    """One reading of the folder `data`, which is called `folder` in paths."""

    data: Path
    folder: str
    problems: list[Problem] = field(default_factory=list)
    broken: dict[str, frozenset[str]] = field(default_factory=dict)

    def load(self) -> tuple[Data | None, list[Problem]]:
        """Read everything once."""
        settings, (tombstones, tombstone_marks) = self._top()
        packages_folder = self.data / "packages"
        if not packages_folder.exists() and not packages_folder.is_symlink():
            hint = "It holds a file for each package, and must be there even if it is empty."
            self.problems.append(
                Problem(f"{self.folder}/packages", 0, 0, "file-missing", "there is no such folder", hint)
            )
        packages = self._entries("packages", PackageRecord)
        grids = self._entries("grids", GridRecord)
        categories = self._entries("categories", CategoryRecord)
        answers, problems = snapshots.load(self.data)
        problems = sorted([*self.problems, *problems])
        if settings is None:
            return None, problems
        data = Data(
            settings,
            packages,
            grids,
            categories,
            tombstones,
            answers,
            tombstone_marks=tombstone_marks,
            broken=self.broken,
            folder=self.folder,
        )
        return data, problems

    def _top(self) -> tuple[Settings | None, tuple[TombstonesRecord, Marks]]:
        """Read the two files that stand in the folder itself."""
        listing = files.list_top(self.data, self.folder)
        self.problems += listing.problems
        found = {file.slug: file for file in listing.files}
        settings = self._read(found["site"], Settings) if "site" in found else None
        if "site" not in found and "site" not in listing.broken:
            hint = "It holds the settings of the site: at least title, base_url, repository and contact."
            path = f"{self.folder}/{files.SITE}"
            self.problems.append(Problem(path, 0, 0, "file-missing", "there is no such file", hint))
        tombstones = self._read(found["tombstones"], TombstonesRecord) if "tombstones" in found else None
        return settings and settings[0], tombstones or (TombstonesRecord(), {})

    def _entries(self, kind: str, model: type[_Record]) -> dict[str, Entry[_Record]]:
        """Read the files of one kind: data/<kind>/<slug>.yaml."""
        listing = files.list_folder(self.data, self.folder, kind)
        self.problems += listing.problems
        entries = {}
        for file in listing.files:
            read = self._read(file, model)
            if self._has_slug(file) and read:
                entries[file.slug] = Entry(file.path, file.slug, *read)
            else:
                listing.broken.add(file.slug)
        self.broken[kind] = frozenset(listing.broken)
        return entries

    def _has_slug(self, file: File) -> bool:
        try:
            _SLUG.validate_python(file.slug)
        except ValidationError as error:
            problem = error.errors()[0]
            message = f"its name, without the ending, {problem['msg']}"
            self.problems.append(file.report("slug", message, problem["ctx"]["hint"], show_value(file.slug)))
            return False
        return True

    def _read(self, file: File, model: type[_Model]) -> tuple[_Model, Marks] | None:
        """Read one file; None where it cannot be used."""
        try:
            document = yaml_text.read(decode(file.read()))
        except OSError as error:
            self.problems.append(files.cannot_be_read(file.path, error))
            return None
        except RefusedError as error:
            self.problems.append(error.problem(file.path))
            return None
        try:
            return model.model_validate(document.value), document.marks
        except ValidationError as error:
            self.problems += messages.explain(file.path, error, model, document)
            return None
