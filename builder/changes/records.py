"""What a change does to the files under data/: added, removed, renamed, or changed in which fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel

from builder.changes.fields import FieldChange, differences
from builder.entries import Article, Data, Records

What = Literal["added", "changed", "removed", "renamed"]
KINDS: Final = ("packages", "grids", "categories", "products", "texts", "posts")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that a change touches. `path` is its path now, or what it was; `former` the path before a rename."""

    what: What
    path: str
    fields: tuple[FieldChange, ...] = ()
    former: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    """A file: its path, what it says, and the id that stays with it under another name."""

    path: str
    value: BaseModel
    id: int | None = None
    text: str | None = None

    def says(self) -> dict[str, Any]:
        """Give what is written in it, of JSON's kinds."""
        said = self.value.model_dump(mode="json", exclude_unset=True)
        return said if self.text is None else said | {"text": self.text}


def file_changes(before: Records, after: Records) -> list[FileChange]:
    """Give every file that differs, in order of path; of what could not be read nothing is known."""
    found: list[FileChange] = []
    for kind in KINDS:
        found += _changes(_files(getattr(before, kind)), _files(getattr(after, kind)))
    found += _changes(_others(before), _others(after))
    return sorted(found, key=lambda change: change.path)


def _files(entries: Mapping[str, Any]) -> dict[str, _File]:
    """Give the files of a kind by slug."""
    files = {}
    for slug, item in entries.items():
        entry, text = (item.entry, item.body) if isinstance(item, Article) else (item, None)
        files[slug] = _File(entry.path, entry.record, getattr(entry.record, "id", None), text)
    return files


def _others(data: Records) -> dict[str, _File]:
    """Give the files that are of no kind: settings, tombstones, snapshots."""
    files = {f"{data.folder}/tombstones.yaml": data.tombstones} if data.tombstones.model_fields_set else {}
    everything: dict[str, BaseModel] = {**files}
    if isinstance(data, Data):
        everything[f"{data.folder}/site.yaml"] = data.settings
    everything |= {f"{data.folder}/snapshots/{slug}.json": snapshot for slug, snapshot in data.snapshots.items()}
    return {path: _File(path, value) for path, value in everything.items()}


def _changes(before: Mapping[str, _File], after: Mapping[str, _File]) -> Iterator[FileChange]:
    gone = {file.id: name for name, file in before.items() if name not in after and file.id is not None}
    renamed = {name: gone[file.id] for name, file in after.items() if name not in before and file.id in gone}
    for name, file in after.items():
        old = before.get(renamed.get(name, name))
        if old is None:
            yield FileChange("added", file.path)
        elif name in renamed:
            yield FileChange("renamed", file.path, _fields(old, file), old.path)
        elif (old.value, old.text) != (file.value, file.text) and (fields := _fields(old, file)):
            yield FileChange("changed", file.path, fields)
    for name in before.keys() - after.keys() - set(renamed.values()):
        yield FileChange("removed", before[name].path)


def _fields(before: _File, after: _File) -> tuple[FieldChange, ...]:
    return tuple(differences(before.says(), after.says()))
