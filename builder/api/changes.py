"""What changed from one generation to the next: of items by their bodies, and of files by their sums.

`Past` is what is known of the generations before. `Step` looks at the files of the new one as they pass, and gives what
the site tells of the change. Whoever keeps that (`Step.kept`) has the past of the next.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import brotli

from builder import urls
from builder.api.dumps import TYPES
from builder.api.generation import CONTENT, COUNTED, DUMPS, PICTURE, Generation, role, sha256
from builder.api.packs import Pack
from builder.outputs import BINARY, JSON, Output
from builder.resources import encode
from builder.resources.changelog import SCHEMA_VERSION
from builder.resources.changes import (
    ChangedResource,
    ChangesResource,
    DayResource,
    FileChangesResource,
    ItemChangesResource,
    ItemResource,
    KnownGenerationResource,
    PackResource,
    RenamedResource,
    StepResource,
)

KEPT: Final = timedelta(days=400)
"""How long it is told what changed."""
PACKS_KEPT: Final = timedelta(days=30)
PACKS_BYTES: Final = 64 * 1024**2
"""How long packs are kept, and how large they are together: the newest ones are. A site of 5,400 packages of which 3%
change has one of some 6 MB."""

LINES: Final = urls.DATA_DUMP_LINES.removeprefix("/")
INDEX: Final = urls.DATA_CHANGES.removeprefix("/")
PACKED_LINES: Final = f"{LINES}.br"

_SLUG: Final = "slug"
_APART: Final = frozenset({"schema_version", "type", "id", _SLUG})
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of the generations before; of none where it is empty.

    `generation` is the id of the last one, `sums` are the SHA-256 of its files by path, `lines` is its dump. `index` is
    what it told of those before it, and `files` hold that, by path: the days, and the packs.
    """

    generation: str = ""
    sums: Mapping[str, str] = field(default_factory=dict)
    lines: bytes = b""
    index: Sequence[KnownGenerationResource] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


class Step:
    """The way from the past to a generation, whose files pass by."""

    def __init__(self, past: Past | None = None) -> None:
        """Take the past, if anything is known of it."""
        self._past = past = past or Past()
        self.generation = Generation()
        self._pack = Pack() if past.generation else None
        self._kept: dict[str, bytes] = {}

    def passing(self, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        """Pass on the files of the site; keep the bytes of the new ones."""
        for path, body in files:
            self.add(path, sha256(body), len(body), partial(bytes, body))
            yield path, body

    def add(self, path: str, total: str, length: int, read: Callable[[], bytes]) -> None:
        """Take a file of the site, as `Generation.add` does; `read` gives its bytes, which are asked for if it is new.

        Packs have the files in the order in which they come.
        """
        self.generation.add(path, total, length)
        if path == PACKED_LINES:
            self._kept[path] = read()
        is_new = self._past.sums.get(path) != total
        if is_new and self._pack and is_packed(path) and not self._pack.add(path, read()):
            self._pack = None

    def outputs(self, as_of: date) -> Iterator[Output]:
        """Yield what the site tells of this change and of those before it, when all other files have passed."""
        known, files = list(self._past.index), dict(self._past.files)
        if self.generation.id != self._past.generation:
            day = urls.data_changes(as_of.isoformat()).removeprefix("/")
            files[day] = encode(_with(files.get(day), as_of, self._told()))
            pack = self._packed()
            known.append(KnownGenerationResource(generation=self.generation.id, day=as_of, pack=pack and pack[0]))
            if pack:
                files[pack[0].path] = pack[1]
        known = _still_kept(known)
        named = {urls.data_changes(each.day.isoformat()) for each in known}
        named |= {f"/{each.pack.path}" for each in known if each.pack}
        index = ChangesResource(schema_version=SCHEMA_VERSION, kept_days=KEPT.days, generations=tuple(known))
        yield Output(urls.DATA_CHANGES, encode(index), JSON)
        for path in sorted(files):
            if f"/{path}" in named:
                yield Output(f"/{path}", files[path], JSON if path.endswith(".json") else BINARY)

    def keeping(self, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        """Pass files on that belong to the past of the next generation, and keep them for `kept`."""
        for path, body in files:
            self._kept[path] = body
            yield path, body

    def kept(self) -> Mapping[str, bytes]:
        """Give what must be kept for the next step, by path in the site."""
        return self._kept

    def _told(self) -> StepResource:
        before = {path for path in self._past.sums if role(path) in COUNTED}
        after = self.generation.counted()
        stayed = after & before
        changed = sum(self._past.sums[path] != self.generation.sum(path) for path in stayed)
        lines = brotli.decompress(self._kept[PACKED_LINES]) if PACKED_LINES in self._kept else b""
        items = difference(self._past.lines, lines) if self._past.generation else dict.fromkeys(TYPES, NOTHING)
        return StepResource(
            generation=self.generation.id,
            before=self._past.generation or None,
            files=FileChangesResource(
                added=len(after) - len(stayed), changed=changed, removed=len(before) - len(stayed)
            ),
            **items,
        )

    def _packed(self) -> tuple[PackResource, bytes] | None:
        if self._pack is None:
            return None
        body = self._pack.body()
        total = hashlib.sha256(body).hexdigest()
        path = urls.data_pack(self._past.generation, self.generation.id, total).removeprefix("/")
        return PackResource(path=path, bytes=len(body), sha256=total), body


def is_packed(path: str) -> bool:
    """Tell whether a file that is new is in a pack.

    The dumps, which change whenever anything does, and compressed forms can be made of the rest.
    """
    return (role(path) == CONTENT and path not in DUMPS) or path.endswith(PICTURE)


def _with(before: bytes | None, day: date, step: StepResource) -> DayResource:
    """Give a day with one more step; `before` is what was told of it until now."""
    steps = DayResource.model_validate_json(before).generations if before else ()
    return DayResource(schema_version=SCHEMA_VERSION, day=day, generations=(*steps, step))


def _still_kept(known: Sequence[KnownGenerationResource]) -> list[KnownGenerationResource]:
    """Leave out what is too old by the last one's day, and of packs the oldest ones that would be too many bytes.

    A day may be earlier than that of the one before: data can be put back, and what was fetched may have a wrong day.
    """
    newest = known[-1].day if known else date.min
    kept: list[KnownGenerationResource] = []
    room = PACKS_BYTES
    for each in reversed(known):
        if newest - each.day > KEPT:
            continue
        room -= each.pack.bytes if each.pack else 0
        has_pack = room >= 0 and newest - each.day <= PACKS_KEPT
        kept.append(each if has_pack or not each.pack else each.model_copy(update={"pack": None}))
    return kept[::-1]


NOTHING: Final = ItemChangesResource(added=(), changed=(), renamed=(), removed=())


def difference(before: bytes, after: bytes) -> dict[str, ItemChangesResource]:
    """Give what changed between two dumps, for each kind of items (`TYPES`). An item is known by its id."""
    old, new = set(before.splitlines()), set(after.splitlines())
    gone, come = _by_id(old - new), _by_id(new - old)
    return {kind: _items(gone[name], come[name]) for kind, name in TYPES.items()}


def _by_id(lines: Iterable[bytes]) -> dict[str, dict[int, dict[str, Any]]]:
    found: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in TYPES.values()}
    for line in lines:
        item = json.loads(line)
        found[item["type"]][item["id"]] = item
    return found


def _items(gone: Mapping[int, dict[str, Any]], come: Mapping[int, dict[str, Any]]) -> ItemChangesResource:
    both = [(gone[key], come[key]) for key in gone.keys() & come.keys()]
    fields = [(new, tuple(_fields(old, new))) for old, new in both]
    renamed = [(old, new) for old, new in both if old[_SLUG] != new[_SLUG]]
    return ItemChangesResource(
        added=_sorted(ItemResource(**_named(come[key])) for key in come.keys() - gone.keys()),
        changed=_sorted(ChangedResource(**_named(new), fields=changed) for new, changed in fields if changed),
        renamed=_sorted(RenamedResource(**_named(new), before=old[_SLUG]) for old, new in renamed),
        removed=_sorted(ItemResource(**_named(gone[key])) for key in gone.keys() - come.keys()),
    )


def _sorted(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(items, key=lambda item: item.slug))


def _named(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": item["id"], _SLUG: item[_SLUG]}


def _fields(old: Mapping[str, Any], new: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """Yield the keys whose values differ, in order; of an object that both have, its keys."""
    for key in dict.fromkeys((*new, *old)):
        one, other = old.get(key, _MISSING), new.get(key, _MISSING)
        if one == other or (not within and key in _APART):
            continue
        if not within and isinstance(one, dict) and isinstance(other, dict):
            yield from _fields(one, other, f"{key}.")
        else:
            yield within + key
