"""The problems that a file would bring if it stood among the data: it is tried beside them, which stay as they are."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from builder import checks, source
from builder.changes.problems import brought
from builder.checks.changes import Change, check_change
from builder.entries import AnyEntry, Records
from builder.errors import Problem
from builder.forms.drafts import Draft


def problems(draft: Draft, data: Records) -> list[Problem]:
    """Give the problems that a draft brings: of its file, of the records beside it, and of the change itself."""
    entry, found = _read(draft, draft.body, data.folder)
    before, old = (None, []) if draft.before is None else _read(draft, draft.before, data.folder)
    new = brought(found, old)
    if entry is None:
        return new
    after = _with(data, draft, entry)
    change = Change(_only(draft, before), after, {draft.path: (draft.before, draft.body)}, "HEAD")
    return sorted([*new, *brought(checks.check(after), checks.check(data)), *check_change(change)])


def _read(draft: Draft, body: bytes, folder: str) -> tuple[AnyEntry | None, list[Problem]]:
    """Read the file alone, in a folder of the same name: the record, None where it cannot be used, and its problems."""
    with TemporaryDirectory() as stage:
        beside = Path(stage) / folder
        (beside / draft.kind).mkdir(parents=True)
        (beside / draft.path).write_bytes(body)
        read, found = source.load(beside)
    entry: AnyEntry | None = getattr(read, draft.kind).get(draft.slug)
    return entry, [problem for problem in found if problem.path == f"{folder}/{draft.path}"]


def _with(data: Records, draft: Draft, entry: AnyEntry) -> Records:
    entries: dict[str, Any] = {draft.kind: {**getattr(data, draft.kind), draft.slug: entry}}
    return replace(data, **entries)


def _only(draft: Draft, entry: AnyEntry | None) -> Records:
    entries: dict[str, Any] = {} if entry is None else {draft.kind: {draft.slug: entry}}
    return Records(**entries)
