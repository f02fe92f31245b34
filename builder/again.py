"""What of the last build need not be made again: units all of whose inputs are as they were.

Beside the site lies a list of the units that it was made of: for each, what was read for it (`builder.reads`) and the
files that it left. A fingerprint of every item tells which of them have changed since. What is no unit of an item is
made each time.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from builder.catalogue import Catalogue, Category, Grid, Package
from builder.reads import PEOPLE

_VERSION: Final = "units 1"
Paths = Sequence[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """What was made of an item: the keys of what was read for it, and the paths of its files."""

    read: frozenset[str]
    paths: Paths


@dataclass(frozen=True, slots=True)
class Memory:
    """What a build was made of: a fingerprint of what all is made of, one of each item by its key, and the units."""

    common: str = ""
    prints: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)

    def text(self, token: str) -> str:
        """Give it as lines; `token` tells which site it belongs to."""
        lines = [f"{_VERSION} {token}", self.common]
        lines += [f"{key}\t{value}" for key, value in self.prints.items()]
        lines.append("")
        lines += ["\t".join((key, " ".join(unit.read), *unit.paths)) for key, unit in self.units.items()]
        return "\n".join(lines)


def remembered(text: str, token: str) -> Memory:
    """Read what `Memory.text` gives; nothing is remembered of another site."""
    head, _, rest = text.partition("\n\n")
    first, common, *prints = [*head.split("\n"), ""]
    if first != f"{_VERSION} {token}":
        return Memory()
    units = {}
    for line in rest.split("\n") if rest else ():
        key, read, *paths = line.split("\t")
        units[key] = Unit(frozenset(read.split(" ")), paths)
    return Memory(common, dict(line.split("\t") for line in prints if line), units)


def prints(made: Catalogue, marks: Mapping[str, str]) -> dict[str, str]:
    """Give a fingerprint of each item of a catalogue, by its key; `marks` tell of files by their paths in the data.

    What links lead to is in it by name alone: whoever goes by them reads the others too.
    """
    found: dict[str, str] = {}
    everyone = hashlib.blake2b(digest_size=16)
    for package in made.packages:
        repository = package.snapshot.repository
        people = (repository.participants if repository else None) or ()
        everyone.update(repr((package.id, package.record.repository, people)).encode(errors="surrogateescape"))
        links = [package.filed_under, *package.places, None, package.successor, None, *package.predecessors]
        found[package.key] = _print(package, marks, links, f"snapshots/{package.slug}.json")
    for grid in made.grids:
        found[grid.key] = _print(grid, marks, grid.members)
    for category in made.categories:
        found[category.key] = _print(category, marks, ())
    return found | {PEOPLE: everyone.hexdigest()}


def _print(
    item: Package | Grid | Category,
    marks: Mapping[str, str],
    links: Iterable[Package | Grid | Category | None],
    *more: str,
) -> str:
    files = [marks.get(path, "") for path in (f"{item.key}.yaml", *more)]
    return digest(
        (item.id, item.path, item.created, item.modified, files, [link.key if link else "" for link in links])
    )


def digest(values: tuple[object, ...]) -> str:
    """Give a digest of what values look like to a developer."""
    return hashlib.blake2b(repr(values).encode(errors="surrogateescape"), digest_size=16).hexdigest()


NO_PRINTS: Final[Mapping[str, str]] = {}
NOTHING: Final = Memory()


class Again:
    """The units that are as they were, and what is known of the others when they have been made."""

    def __init__(self, before: Memory = NOTHING, common: str = "", now: Mapping[str, str] = NO_PRINTS) -> None:
        """Take what the last build was made of, and what this one is."""
        self._common, self._prints = common, now
        self._known = before.units if before.common == common else {}
        keys = before.prints.keys() | now.keys()
        self._changed = {key for key in keys if before.prints.get(key) != now.get(key)}
        self._sums: Mapping[str, tuple[int, str]] = {}
        self._units: dict[str, Unit] = {}

    def begin(self, manifest: bytes | None) -> None:
        """Take the manifest of the old tree, if there is one: it has size and sum of each file."""
        self._sums = sums(manifest) if manifest and self._known else {}

    def files(self, key: str) -> list[tuple[str, int, str]] | None:
        """Give path, size and sum of the files of a unit that is as it was; None if it must be made."""
        unit = self._known.get(key)
        if unit is None or not unit.read.isdisjoint(self._changed):
            return None
        try:
            return [(path, *self._sums[path]) for path in unit.paths]
        except KeyError:
            return None

    def add(self, units: Mapping[str, Unit | None]) -> None:
        """Take what is known of units, by their keys; None for one that is as it was."""
        self._units |= {key: unit or self._known[key] for key, unit in units.items()}

    def memory(self) -> Memory:
        """Give what the next build is to know."""
        return Memory(self._common, self._prints, self._units)


def sums(manifest: bytes) -> dict[str, tuple[int, str]]:
    """Give size and sum of the files of a manifest that this program wrote; nothing where it is damaged."""
    try:
        _, *entries = json.loads(b"[" + b",".join(manifest.splitlines()) + b"]")
        return {entry["path"]: (entry["bytes"], entry["sha256"]) for entry in entries}
    except (ValueError, KeyError, TypeError):
        return {}
