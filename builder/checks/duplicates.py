"""Things that exist twice, or again after they were removed."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

from packaging.utils import canonicalize_name

from builder import derive
from builder.checks.kinds import kinds
from builder.entries import AnyEntry, Entry, Records, place, show_field, show_value
from builder.errors import Problem
from builder.records import PackageRecord

_E = TypeVar("_E", bound=AnyEntry)


def nothing_listed_twice(data: Records) -> Iterator[Problem]:
    """Yield what stands a second time in a list of names."""
    for grid in data.grids.values():
        yield from _repeated(grid, "packages", grid.record.packages)
    for package in data.packages.values():
        yield from _repeated(package, "replaces", package.record.replaces)
        yield from _repeated(package, "tags", package.record.tags)


def features_differ(data: Records) -> Iterator[Problem]:
    """Yield features whose title, but for case, another one of the grid has."""
    for entry in data.grids.values():
        first: dict[str, int] = {}
        for i, feature in enumerate(entry.record.features):
            before = first.setdefault(feature.title.casefold(), i)
            if before != i:
                message = f"is the title of features[{before}] already"
                hint = "Put the cells of both into one feature, or give this one another title."
                yield entry.problem(("features", i, "title"), "feature-twice", message, hint, feature.title)


def ids_are_unique(data: Records) -> Iterator[Problem]:
    """Yield records that have the id of another one of their kind."""
    hint = "Take the line away if this is the new one: the scheduled job gives it an id of its own."
    for _, entries, _ in kinds(data):
        for entry, first in _twice(entries, lambda entry: entry.record.id):
            message = f"is the id of {first.path} already"
            yield entry.problem(("id",), "id-twice", message, hint, entry.record.id)


def ids_are_not_removed(data: Records) -> Iterator[Problem]:
    """Yield records that have the id of something removed: who asks for the old must not get the new."""
    for _, entries, tombstones in kinds(data):
        removed = {stone.id: stone for stone in tombstones}
        for entry in entries:
            if stone := removed.get(entry.record.id or 0):
                message = f"was the id of {stone.slug}, which was removed on {stone.removed}"
                hint = "An id is never given again: take the line away, and the scheduled job gives a new one."
                yield entry.problem(("id",), "id-removed", message, hint, stone.id)


def tombstones_are_unique(data: Records) -> Iterator[Problem]:
    """Yield tombstones that have the id of another one of their kind."""
    path = f"{data.folder}/tombstones.yaml"
    for kind, _, tombstones in kinds(data):
        first: dict[int, int] = {}
        for i, stone in enumerate(tombstones):
            before = first.setdefault(stone.id, i)
            if before != i:
                way = (kind, i, "id")
                message, hint = f"is the id of {kind}[{before}] already", "Keep one of the two."
                mark = place(data.tombstone_marks, way)
                yield Problem(path, *mark, "id-twice", message, hint, show_field(way), show_value(stone.id))


def repositories_are_unique(data: Records) -> Iterator[Problem]:
    """Yield packages whose repository another one has, in whatever form it is written, also under a former name."""
    hint = "A repository stands in one file only: if both are the same package, keep one of them."
    first: dict[str, Entry[PackageRecord]] = {}
    for entry in sorted(data.packages.values(), key=_age):
        written = _repository_key(entry)
        if written is None:
            continue
        before, now = data.moved.get(entry.slug, ("", ""))
        keys = [written, now] if before == written else [written]
        found = next((key for key in keys if key in first), None)
        if found is None:
            first.update(dict.fromkeys(keys, entry))
            continue
        same = _repository_key(first[found]) == written
        message = f"is the repository of {first[found].path} already"
        message += "" if same else f": both lead to {found}"
        yield entry.problem(("repository",), "repository-twice", message, hint, entry.record.repository)


def slugs_differ(data: Records) -> Iterator[Problem]:
    """Yield new records whose slug is another one's but for - and _, which people take for each other.

    What has an id has had its address for long: only new files can still be given another name.
    """
    hint = "If both are the same, keep the older file; else give this one a name that is not mistaken for the other."
    for _, entries, _ in kinds(data):
        for entry, first in _twice(entries, lambda entry: entry.slug.replace("_", "-").strip("-")):
            if entry.record.id is None:
                message = f"its name is that of {first.path} but for - and _"
                yield Problem(entry.path, 0, 0, "slug-alike", message, hint, value=show_value(entry.slug))


def pypi_names_are_unique(data: Records) -> Iterator[Problem]:
    """Yield packages whose project on PyPI, compared as PEP 503 has it, another one has."""
    hint = "A project stands in one file only: if both are the same package, keep one of them."
    for entry, first in _twice(data.packages.values(), _pypi_key):
        way = ("pypi",) if entry.record.pypi else ("pypi_url",)
        message = f"is the project on PyPI of {first.path} already"
        yield entry.problem(way, "pypi-twice", message, hint, derive.pypi_name(entry.record))


def _repeated(entry: AnyEntry, key: str, names: Iterable[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for i, name in enumerate(names):
        before = first.setdefault(name, i)
        if before != i:
            yield entry.problem(
                (key, i), "listed-twice", f"stands at {key}[{before}] already", "Keep one of the two.", name
            )


def _twice(entries: Iterable[_E], key: Callable[[_E], Hashable | None]) -> Iterator[tuple[_E, _E]]:
    """Yield each entry whose key an older one has, and that one. None is no key; the oldest has the smallest id."""
    first: dict[Hashable, _E] = {}
    for entry in sorted(entries, key=_age):
        found = key(entry)
        if found is not None and first.setdefault(found, entry) is not entry:
            yield entry, first[found]


def _age(entry: AnyEntry) -> tuple[bool, int, datetime, str]:
    """Give what sorts entries by age: a new one has no id yet, and no date."""
    record = entry.record
    return record.id is None, record.id or 0, record.created or datetime.max.replace(tzinfo=UTC), entry.slug


def _repository_key(entry: Entry[PackageRecord]) -> str | None:
    name = derive.repository(entry.record.repository)
    return name.key if name else None


def _pypi_key(entry: Entry[PackageRecord]) -> str | None:
    """Give the normalised name on PyPI."""
    name = None if "pypi" in entry.lacking else derive.pypi_name(entry.record)
    return canonicalize_name(name) if name else None
