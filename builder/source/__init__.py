"""data/ as people wrote it, read into records, with the place of every value and every problem of every file.

A file that cannot be used is reported and left out, a value that cannot be used is left out of its record; all else is
still read. Nothing is stopped for: problems are
values, and who asked decides what they mean.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from builder import snapshots
from builder.beside import beside
from builder.collector import collection_paused
from builder.config import Settings
from builder.entries import Article, Data, Entry, Marks, Records, show_value
from builder.errors import Problem, folder_name
from builder.fields import Slug
from builder.records import (
    CategoryRecord,
    GridRecord,
    PackageRecord,
    PostRecord,
    ProductRecord,
    Record,
    TextRecord,
    TombstonesRecord,
)
from builder.source import files, front, messages, part, yaml_text
from builder.source.files import File
from builder.source.text import RefusedError, decode

__all__ = ["collection_paused", "load", "load_settings", "read_entry"]

_SLUG: Final[TypeAdapter[str]] = TypeAdapter(Slug)

FEW: Final = 500
"""Snapshots up to which a second process is not worth its start: reading one takes 0.05 ms."""

_Model = TypeVar("_Model", bound=BaseModel)
_Record = TypeVar("_Record", bound=Record)


def load(
    data: Path, *, keep_snapshots: bool = True, find_moved: bool | None = None
) -> tuple[Records | None, list[Problem]]:
    """Read all that stands under the data folder.

    Args:
        data: the folder with site.yaml, packages/, grids/, categories/ and snapshots/; tombstones.yaml may be missing.
        keep_snapshots: whether to have them all at once; else each is read when it is asked for.
        find_moved: whether to tell which repositories have moved; by default where snapshots are kept.

    Returns:
        What could be read, None without the folder, and every problem in order of place. Where there is none, what was
        read is `Data`: otherwise it is fit to be checked, and to make nothing of.
    """
    folder = folder_name(data)
    data = data.resolve()  # so that whoever reads from it calls it the same
    if not data.is_dir():
        hint = "Run this from the folder that holds it, or name the folder."
        return None, [Problem(folder, 0, 0, "file-missing", "there is no such folder", hint)]
    with collection_paused():
        records, problems = _Loading(data, folder).load(keep_snapshots=keep_snapshots)
    wanted = keep_snapshots if find_moved is None else find_moved
    return records if wanted else replace(records, moved={}), problems


def load_settings(data: Path) -> Settings | None:
    """Read the settings alone, whatever else is wrong; None where they cannot be used."""
    return _Loading(data.resolve(), folder_name(data)).settings()


def read_entry(path: str, body: bytes, model: type[_Record]) -> tuple[Entry[_Record] | None, list[Problem]]:
    """Read a file that is not there yet, as `load` would: what can be used of it, and every problem.

    `path` is where it would be, relative to the folder that holds data/.
    """
    problems: list[Problem] = []
    file = File(path, path)
    try:
        read = _record(file, decode(body), model, problems)
    except RefusedError as error:
        return None, [error.problem(path)]
    has_slug = _has_slug(file, problems)
    return Entry(path, file.slug, *read) if has_slug and read else None, sorted(problems)


@dataclass(slots=True)
class _Loading:
    """One reading of the folder `data`, which is called `folder` in paths."""

    data: Path
    folder: str
    problems: list[Problem] = field(default_factory=list)
    broken: dict[str, frozenset[str]] = field(default_factory=dict)

    def settings(self) -> Settings | None:
        """Read the settings; what is wrong with them is nobody's affair here."""
        return self._top()[0]

    def load(self, *, keep_snapshots: bool) -> tuple[Records, list[Problem]]:
        """Read everything once.

        Snapshots that are not kept are looked at by another process, from which little comes back: of 5,400 packages
        reading takes 0.41 s so, for 0.69. Those that are kept would take longer to come back than to be read.
        """
        found = snapshots.scan(self.data)
        look = partial(snapshots.look, self.data, found, keep=keep_snapshots)
        with beside(look, worth=not keep_snapshots and len(found) > FEW) as looked:
            return self._load(looked)

    def _load(self, looked: Callable[[], snapshots.Looked]) -> tuple[Records, list[Problem]]:
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
        products = self._entries("products", ProductRecord)
        texts = self._articles("pages", TextRecord)
        posts = self._articles("posts", PostRecord)
        answers, moved, problems = looked()
        problems = sorted([*self.problems, *problems])
        records = Records(
            packages,
            grids,
            categories,
            tombstones,
            answers,
            products,
            texts,
            posts,
            tombstone_marks=tombstone_marks,
            broken=self.broken,
            moved=moved,
            folder=self.folder,
        )
        if problems or settings is None:
            return records, problems
        return Data(**{key.name: getattr(records, key.name) for key in fields(records)}, settings=settings), problems

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
        return settings and settings[0], tombstones[:2] if tombstones else (TombstonesRecord(), {})

    def _entries(self, kind: str, model: type[_Record]) -> dict[str, Entry[_Record]]:
        """Read the files of one kind: data/<kind>/<slug>.yaml."""
        listing = files.list_folder(self.data, self.folder, kind)
        self.problems += listing.problems
        entries = {}
        for file in listing.files:
            read = self._read(file, model)
            if _has_slug(file, self.problems) and read:
                entries[file.slug] = Entry(file.path, file.slug, *read)
            else:
                listing.broken.add(file.slug)
        self.broken[kind] = frozenset(listing.broken)
        return entries

    def _articles(self, kind: str, model: type[_Record]) -> dict[str, Article[_Record]]:
        """Read the texts of one kind: data/<kind>/<slug>.md."""
        listing = files.list_folder(self.data, self.folder, kind, files.MARKDOWN)
        self.problems += listing.problems
        articles = {}
        for file in listing.files:
            text = self._text(file)
            parts = None if text is None else self._parts(file, text)
            read = parts and _record(file, parts.header, model, self.problems)
            if _has_slug(file, self.problems) and parts and read:
                articles[file.slug] = Article(Entry(file.path, file.slug, *read), parts.body, parts.line)
            else:
                listing.broken.add(file.slug)
        self.broken[kind] = frozenset(listing.broken)
        return articles

    def _parts(self, file: File, text: str) -> front.Parts | None:
        try:
            return front.split(text)
        except RefusedError as error:
            self.problems.append(error.problem(file.path))
            return None

    def _read(self, file: File, model: type[_Model]) -> tuple[_Model, Marks, frozenset[str]] | None:
        """Read one file: what it says, where, and the keys that had to be left out; None where it cannot be used."""
        text = self._text(file)
        return None if text is None else _record(file, text, model, self.problems)

    def _text(self, file: File) -> str | None:
        try:
            return decode(file.read())
        except OSError as error:
            self.problems.append(files.cannot_be_read(file.path, error))
        except RefusedError as error:
            self.problems.append(error.problem(file.path))
        return None


def _has_slug(file: File, problems: list[Problem]) -> bool:
    try:
        _SLUG.validate_python(file.slug)
    except ValidationError as error:
        problem = error.errors()[0]
        message = f"its name, without the ending, {problem['msg']}"
        problems.append(file.report("slug", message, problem["ctx"]["hint"], show_value(file.slug)))
        return False
    return True


def _record(
    file: File, text: str, model: type[_Model], problems: list[Problem]
) -> tuple[_Model, Marks, frozenset[str]] | None:
    """Read the YAML of a file: as `_Loading._read`, with what is wrong added to `problems`."""
    try:
        document = yaml_text.read(text)
    except RefusedError as error:
        problems.append(error.problem(file.path))
        return None
    try:
        return model.model_validate(document.value), document.marks, frozenset()
    except ValidationError as error:
        problems += messages.explain(file.path, error, model, document)
        found = part.usable(model, document.value, error)
        return found and (found[0], document.marks, found[1])
