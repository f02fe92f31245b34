"""The problems that a file would bring if it stood among the data: it is tried beside them, which stay as they are."""

from dataclasses import dataclass, replace
from typing import Any, Final

from builder import checks, source
from builder.changes.problems import brought
from builder.checks.changes import Change, check_change
from builder.entries import AnyEntry, Records
from builder.errors import Problem
from builder.records import GridRecord, PackageRecord
from builder.source import files

_MODELS: Final[dict[str, type[Any]]] = {"packages": PackageRecord, "grids": GridRecord}


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as it would be: `kind` is its folder, `before` its bytes now, None where it is new.

    `title` is what its change does, in a few words.
    """

    kind: str
    slug: str
    body: bytes
    before: bytes | None
    title: str

    @property
    def path(self) -> str:
        """The path relative to the data folder."""
        return f"{self.kind}/{self.slug}{files.SUFFIX}"


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft, all that would be wrong with it, and in sentences what those who look at it should know."""

    draft: Draft
    problems: list[Problem]
    remarks: tuple[str, ...] = ()


def problems(draft: Draft, data: Records) -> list[Problem]:
    """Give the problems that a draft brings: of its file, of the records beside it, and of the change itself."""
    path, model = f"{data.folder}/{draft.path}", _MODELS[draft.kind]
    entry, found = source.read_entry(path, draft.body, model)
    before, old = (None, []) if draft.before is None else source.read_entry(path, draft.before, model)
    new = brought(found, old)
    if entry is None:
        return new
    after = _with(data, draft, entry)
    change = Change(_only(draft, before), after, {draft.path: (draft.before, draft.body)}, "HEAD")
    return sorted([*new, *brought(checks.check(after), checks.check(data)), *check_change(change)])


def _with(data: Records, draft: Draft, entry: AnyEntry) -> Records:
    entries: dict[str, Any] = {draft.kind: {**getattr(data, draft.kind), draft.slug: entry}}
    return replace(data, **entries)


def _only(draft: Draft, entry: AnyEntry | None) -> Records:
    entries: dict[str, Any] = {} if entry is None else {draft.kind: {draft.slug: entry}}
    return Records(**entries)
