"""References that lead nowhere."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from builder.entries import AnyEntry, Field, Records, did_you_mean
from builder.errors import Problem
from builder.records import Tombstone


def categories_exist(data: Records) -> Iterator[Problem]:
    """Yield packages whose category is none."""
    known = Known(data, "categories", data.categories, data.tombstones.categories)
    for entry in data.packages.values():
        if "category" in entry.lacking:
            continue
        yield from known.look_up(entry, ("category",), entry.record.category)


def grid_packages_exist(data: Records) -> Iterator[Problem]:
    """Yield grids that list a package which is none."""
    known = Known(data, "packages", data.packages, data.tombstones.packages)
    for entry in data.grids.values():
        for i, name in enumerate(entry.record.packages):
            yield from known.look_up(entry, ("packages", i), name)


def cells_are_of_the_grid(data: Records) -> Iterator[Problem]:
    """Yield cells for packages that the grid does not list."""
    for entry in data.grids.values():
        listed = entry.record.packages
        if "packages" in entry.lacking:
            continue
        for i, feature in enumerate(entry.record.features):
            for name in feature.cells.keys() - set(listed):
                hint = f"{did_you_mean(name, listed)} Add it to the packages of this grid, or take the cell away."
                way = ("features", i, "cells", name)
                yield entry.problem(way, "cell-elsewhere", "is not a package of this grid", hint.lstrip())


def snapshots_have_packages(data: Records) -> Iterator[Problem]:
    """Yield snapshots whose package was removed, or has another slug now."""
    known = {*data.packages, *data.broken.get("packages", ())}
    for slug in data.snapshots.keys() - known:
        path = f"{data.folder}/snapshots/{slug}.json"
        hint = "Remove the file; if the package has another name now, rename the file with it."
        yield Problem(path, 0, 0, "snapshot-orphan", f"there is no package {slug}", hint)


_WORDS: Final = {"packages": ("package", "unknown-package"), "categories": ("category", "unknown-category")}


class Known:
    """What can be referred to, of one kind: what is there, what is there but broken, and what was removed."""

    def __init__(
        self, data: Records, kind: str, entries: Mapping[str, AnyEntry], tombstones: Iterable[Tombstone]
    ) -> None:
        self._noun, self._code = _WORDS[kind]
        self._folder = f"{data.folder}/{kind}"
        self._entries = entries
        self._broken = data.broken.get(kind, frozenset())
        self._removed = {stone.slug: stone for stone in tombstones}
        self._hints: dict[str, str] = {}

    def look_up(self, entry: AnyEntry, way: Field, slug: str) -> Iterator[Problem]:
        """Yield a problem if the value at `way`, a slug, leads nowhere."""
        if slug not in self._entries and slug not in self._broken:
            # The same wrong name may stand in thousands of files, and to look for what is like it takes its time.
            hint = self._hints.get(slug) or self._hints.setdefault(slug, self._hint(slug))
            yield entry.problem(way, self._code, f"there is no such {self._noun}", hint, slug)

    def _hint(self, slug: str) -> str:
        if stone := self._removed.get(slug):
            return f"It was removed on {stone.removed}" + (f": {stone.reason}" if stone.reason else ".")
        if meant := did_you_mean(slug, [*self._entries, *self._broken]):
            return meant
        if self._noun == "category" and self._entries:
            return f"There are: {', '.join(sorted(self._entries))}."
        return f"Each {self._noun} is a file in {self._folder}/."
