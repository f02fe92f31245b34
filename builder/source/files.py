"""The files under data/: which there are, which should not be there, and their bytes.

Nothing is followed out of the folder: a symbolic link is refused, wherever it leads.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from builder.errors import Problem
from builder.reading import read
from builder.source.text import SIZE_LIMIT

SUFFIX: Final = ".yaml"
MARKDOWN: Final = ".md"
SITE: Final = "site.yaml"
TOMBSTONES: Final = "tombstones.yaml"

_AT_THE_TOP: Final = frozenset({SITE, TOMBSTONES})
_LIKE_YAML: Final = (".yaml", ".yml")
_LIKE: Final = {SUFFIX: _LIKE_YAML, MARKDOWN: (".md", ".markdown", ".mdown")}


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: where it is, and its path for people, relative to the folder that holds data/."""

    where: str
    path: str

    @property
    def slug(self) -> str:
        """The name without its ending."""
        return _stem(os.path.basename(self.where))  # noqa: PTH119 - a path object would cost more than the reading

    def read(self) -> bytes:
        """Give the bytes of the file, and not many more than the limit, however large it is."""
        return read(self.where, SIZE_LIMIT)

    def report(self, code: str, message: str, hint: str = "", value: str = "") -> Problem:
        """Make a problem of the whole file."""
        return Problem(self.path, 0, 0, code, message, hint, value=value)


@dataclass(slots=True)
class Listing:
    """What a folder holds: the files to read, the slugs of those that cannot be read, and what is wrong with them."""

    files: list[File] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def list_folder(data: Path, folder: str, kind: str, suffix: str = SUFFIX) -> Listing:
    """List data/<kind>/; a folder that is missing is empty, since git keeps no empty ones.

    `folder` is the name of data/ for people, `suffix` the ending that its files must have.
    """
    listing = Listing()
    for item in _scan(data / kind, f"{folder}/{kind}", listing.problems):
        file = File(item.path, f"{folder}/{kind}/{_show(item.name)}")
        if problem := _wrong_name(file, item, suffix) or _wrong_type(file, item):
            listing.problems.append(problem)
            listing.broken.add(file.slug)
        else:
            listing.files.append(file)
    return listing


def list_top(data: Path, folder: str) -> Listing:
    """List the files that stand in data/ itself; what is not meant for this program (a README) is left alone."""
    listing = Listing()
    for item in _scan(data, folder, listing.problems):
        file = File(item.path, f"{folder}/{_show(item.name)}")
        if item.name in _AT_THE_TOP:
            problem = _wrong_type(file, item)
        elif item.name.lower().endswith(_LIKE_YAML):
            problem = file.report("file-name", "no file of this name is read", f"Here are read: {_names(_AT_THE_TOP)}.")
        else:
            continue
        if problem:
            listing.problems.append(problem)
            listing.broken.add(file.slug)
        else:
            listing.files.append(file)
    return listing


def cannot_be_read(path: str, error: OSError) -> Problem:
    """Tell that the system refused a file or a folder."""
    hint = "See that it is what its name says, a file or a folder, and that whoever builds may read it."
    return Problem(path, 0, 0, "unreadable", f"cannot be read: {error.strerror}", hint)


def _scan(where: Path, path: str, problems: list[Problem]) -> list["os.DirEntry[str]"]:
    """Give what a folder holds, in order of name, without what begins with a dot."""
    if where.is_symlink() and "/" in path:
        problems.append(_is_link(File(str(where), path)))
        return []
    try:
        with os.scandir(where) as items:
            return sorted((item for item in items if not item.name.startswith(".")), key=lambda item: item.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(cannot_be_read(path, error))
        return []


def _wrong_name(file: File, item: "os.DirEntry[str]", suffix: str) -> Problem | None:
    if item.name.endswith(suffix):
        return None
    if item.name.lower().endswith(_LIKE[suffix]):
        hint = f"Rename it to {_show(file.slug)}{suffix}."
        return file.report("file-name", f"the ending of its name is not {suffix}", hint)
    hint = f"Only files that end in {suffix} belong here; move it elsewhere."
    return file.report("file-name", "does not belong in this folder", hint)


def _wrong_type(file: File, item: "os.DirEntry[str]") -> Problem | None:
    if item.is_symlink():
        return _is_link(file)
    if not item.is_file():
        return file.report("file-type", "is not a file", "A file with text is meant; move this elsewhere.")
    return None


def _is_link(file: File) -> Problem:
    return file.report("file-link", "is a symbolic link", "Put the file itself here: links are not followed.")


def _stem(name: str) -> str:
    return name[: -len(SUFFIX)] if name.endswith(SUFFIX) else name.rpartition(".")[0] or name


def _show(name: str) -> str:
    """Give a file's name so that it stays on its line, and can be written in UTF-8."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
