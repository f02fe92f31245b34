"""What a site tells, put beside what people wrote here: the id is the site's, their words stay.

Items are the same where their slugs are. A key that the file does not have is filled in; one that says something else
is a conflict, which is told. The dates go with the id: both were given here by this program.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from packaging.utils import canonicalize_name

from builder import derive, urls
from builder.catalogue import FIRST_OWN_ID
from builder.entries import Data, Entry
from builder.importing.fit import Fitting, is_stored_text
from builder.importing.remarks import Remark, shown
from builder.importing.take import Taken
from builder.metadata import Snapshot
from builder.records import CategoryRecord, GridRecord, ImportedGrid, PackageRecord, Tombstone

Kind = Literal["categories", "packages", "grids"]

_ROUTES: Final[Mapping[Kind, str]] = {
    "categories": urls.API_CATEGORIES,
    "packages": urls.API_PACKAGES,
    "grids": urls.API_GRIDS,
}
_OURS: Final = frozenset({"id", "imported"})  # keys that are no person's words
_DATES: Final = frozenset({"created", "modified"})
_EITHER: Final = "Write the other one if it is better; --theirs takes all of them."

# What the API is to answer with although a key cannot have it, and the key: a person's word there is the better one.
_STORED_FOR: Final = {"repo_url": "repository", "documentation_url": "documentation"}

AnyRecord: TypeAlias = CategoryRecord | GridRecord | PackageRecord
Slugs: TypeAlias = tuple[str, ...]

_R = TypeVar("_R", CategoryRecord, GridRecord, PackageRecord)


@dataclass(slots=True)
class Draft(Generic[_R]):
    """A file as it is to be; `entry` is how it is, if it is."""

    kind: Kind
    slug: str
    record: _R
    entry: Entry[_R] | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """The keys whose values change, in the order of the model, with their values as they are written."""
        if self.entry is None:
            return self.record.model_dump(exclude_defaults=True)
        before = self.entry.record
        names = [name for name in type(self.record).model_fields if getattr(before, name) != getattr(self.record, name)]
        dumped = self.record.model_dump(exclude_defaults=True, include=set(names))
        return {name: dumped.get(name, getattr(self.record, name)) for name in names}


@dataclass(slots=True)
class Merged:
    """What the data folder is to hold: the files that differ, by kind and slug, and the snapshots that do.

    `kept` are the packages whose snapshots say what was fetched here, and stay.
    """

    drafts: dict[Kind, dict[str, Draft[Any]]]
    snapshots: dict[str, Snapshot]
    remarks: list[Remark]
    kept: list[str] = field(default_factory=list)

    def changed(self) -> Iterator[Draft[Any]]:
        """Yield the files that change; those that others refer to come before these."""
        for drafts in self.drafts.values():
            yield from (draft for _, draft in sorted(drafts.items()) if draft.changes)


def merge(data: Data, taken: Taken, address: str, *, theirs: bool = False) -> Merged:
    """Put all that was taken beside the data.

    Args:
        data: what is here.
        taken: what is there.
        address: of the site there, for remarks.
        theirs: whether the site's word counts where the two differ.
    """
    telling = _Telling(address)
    categories = _drafts(telling, "categories", taken.categories, data.categories, theirs=theirs)
    packages = _drafts(telling, "packages", taken.packages, data.packages, theirs=theirs)
    grids = _drafts(telling, "grids", taken.grids, data.grids, theirs=theirs)
    _make_way(telling, "categories", categories, data.categories, data.tombstones.categories)
    _make_way(telling, "packages", packages, data.packages, data.tombstones.packages)
    _make_way(telling, "grids", grids, data.grids, data.tombstones.grids)
    _one_owner(telling, packages, data)
    _order_grids(packages, grids, data, taken)
    _order_packages(packages, grids, data, taken)
    snapshots, kept = _snapshots(data, taken)
    drafts: dict[Kind, dict[str, Draft[Any]]] = {"categories": categories, "packages": packages, "grids": grids}
    return Merged(drafts, snapshots, [*taken.remarks, *telling.remarks], kept)


@dataclass(slots=True)
class _Telling:
    """The remarks on items of the site at `address`."""

    address: str
    remarks: list[Remark] = field(default_factory=list)

    def on(self, kind: Kind, record: AnyRecord) -> Fitting:
        """Give what takes remarks on an item."""
        return Fitting(f"{self.address}{urls.api_item(_ROUTES[kind], record.id or 0)}", self.remarks)


def _drafts(
    telling: _Telling, kind: Kind, records: Mapping[str, _R], entries: Mapping[str, Entry[_R]], *, theirs: bool
) -> dict[str, Draft[_R]]:
    drafts = {}
    for slug, record in records.items():
        entry = entries.get(slug)
        merged = record if entry is None else _merged(telling.on(kind, record), record, entry, theirs=theirs)
        drafts[slug] = Draft(kind, slug, merged, entry)
    return drafts


def _merged(telling: Fitting, record: _R, entry: Entry[_R], *, theirs: bool) -> _R:
    """Give a record of both: the id there, the words here, and there where here are none."""
    before = entry.record
    update: dict[str, object] = {"id": record.id}
    if before.id not in {None, record.id}:
        telling.note("id", "id", record.id, f"{entry.path} had {before.id}, which finds nothing any more.")
    for name in type(record).model_fields:
        there, ours = getattr(record, name), getattr(before, name)
        if name in _OURS or name not in record.model_fields_set or there == ours:
            continue
        if name == "packages":
            update[name] = _both(telling, entry.path, there, ours, theirs=theirs)
        elif name in _DATES:
            update[name] = there
            if ours is not None:
                telling.note("id", name, there.isoformat(), f"{entry.path} had {ours.isoformat()}.")
        elif theirs or name not in before.model_fields_set:
            update[name] = there
        else:
            telling.note("conflict", name, there, f"{entry.path} says {shown(ours)}, which stays.", _EITHER)
    if isinstance(record, PackageRecord):
        written = {key for key, name in _STORED_FOR.items() if name in before.model_fields_set and name not in update}
        update["imported"] = record.imported.model_copy(update=dict.fromkeys(written))
    return before.model_copy(update=update)


def _both(telling: Fitting, path: str, there: Slugs, ours: Slugs, *, theirs: bool) -> Slugs:
    """Give the packages of a grid that either knows: a link is a word of its own."""
    if more := [slug for slug in ours if slug not in there]:
        done = f"{path} has {', '.join(more)} too, which stays."
        telling.note("conflict", "packages", len(there), done, "Take out what does not belong there.")
    return tuple(dict.fromkeys((*there, *ours) if theirs else (*ours, *there)))


def _make_way(
    telling: _Telling,
    kind: Kind,
    drafts: dict[str, Draft[_R]],
    entries: Mapping[str, Entry[_R]],
    tombstones: Iterable[Tombstone],
) -> None:
    """Give other ids to files that have one which is another item's there."""
    wanted: dict[int, AnyRecord] = {draft.record.id or 0: draft.record for draft in drafts.values()}
    used: list[int] = [entry.record.id or 0 for entry in entries.values()] + [stone.id for stone in tombstones]
    free = max([FIRST_OWN_ID - 1, *used, *wanted]) + 1
    for slug, entry in sorted(entries.items()):
        other = wanted.get(entry.record.id or 0)
        if slug in drafts or other is None:
            continue
        done = f"{entry.path} had this id; it has {free} now."
        remedy = "If the two are one and the same, put them into one file."
        telling.on(kind, other).note("id", "id", entry.record.id, done, remedy)
        drafts[slug] = Draft(kind, slug, entry.record.model_copy(update={"id": free}), entry)
        free += 1


def _one_owner(telling: _Telling, packages: Mapping[str, Draft[PackageRecord]], data: Data) -> None:
    """Keep what only one package may have for whoever has it here, or else had it first; others keep the text alone."""
    for key_of, strip in ((_repository_key, _without_repository), (_pypi_key, _without_pypi)):
        owners: dict[str, str] = {}
        for slug, entry in sorted(data.packages.items()):
            record = packages[slug].record if slug in packages else entry.record
            if (key := key_of(entry.record)) and key_of(record) == key:
                owners[key] = slug
        for slug, draft in sorted(packages.items(), key=lambda found: found[1].record.id or 0):
            key = key_of(draft.record)
            if key and (owner := owners.setdefault(key, slug)) != slug:
                draft.record = strip(draft.record, owner, telling.on("packages", draft.record), data)


def _repository_key(record: PackageRecord) -> str | None:
    name = derive.repository(record.repository)
    return name.key if name else None


def _pypi_key(record: PackageRecord) -> str | None:
    name = derive.pypi_name(record)
    return canonicalize_name(name) if name else None


def _without_repository(record: PackageRecord, owner: str, telling: Fitting, _data: Data) -> PackageRecord:
    text = record.repository
    stored = _stored(telling, "repo_url", text, f"it is the repository of {owner}")
    imported = record.imported.model_copy(update={"repo_url": stored})
    return record.model_copy(update={"repository": "", "imported": imported})


def _without_pypi(record: PackageRecord, owner: str, telling: Fitting, data: Data) -> PackageRecord:
    text = derive.pypi_url(record, data.settings.pypi_url)
    stored = _stored(telling, "pypi_url", text, f"it is the project on PyPI of {owner}")
    imported = record.imported.model_copy(update={"pypi_url": stored})
    return record.model_copy(update={"pypi": None, "pypi_url": None, "imported": imported})


def _stored(telling: Fitting, name: str, text: str, reason: str) -> str | None:
    remedy = "If the two are one and the same, keep one of them and leave a tombstone for the other."
    if is_stored_text(text):
        telling.note("text", name, text, f"{reason}: here it is nobody's link, and nothing is fetched by it.", remedy)
        return text
    telling.note("value", name, text, f"{reason}; it was left out.", remedy)
    return None


def _final(drafts: Mapping[str, Draft[_R]], entries: Mapping[str, Entry[_R]]) -> dict[str, _R]:
    """Give all records of a kind as they are to be."""
    kept = {slug: entry.record for slug, entry in entries.items()}
    return kept | {slug: draft.record for slug, draft in drafts.items()}


def _order_grids(
    packages: Mapping[str, Draft[PackageRecord]], grids: Mapping[str, Draft[GridRecord]], data: Data, taken: Taken
) -> None:
    """Note the order of each package's grids where it is not that of their ids."""
    linked: defaultdict[str, list[str]] = defaultdict(list)
    for slug, grid in sorted(_final(grids, data.grids).items(), key=lambda found: (found[1].id or inf, found[0])):
        for package in grid.packages:
            linked[package].append(slug)
    for slug, told in taken.links.items():
        order = _order(linked[slug], told)
        imported = packages[slug].record.imported.model_copy(update={"grids": order})
        packages[slug].record = packages[slug].record.model_copy(update={"imported": imported})


def _order_packages(
    packages: Mapping[str, Draft[PackageRecord]], grids: Mapping[str, Draft[GridRecord]], data: Data, taken: Taken
) -> None:
    """Note the order of each grid's packages where it is not that of their titles."""
    known = _final(packages, data.packages)
    for slug, told in taken.grids.items():
        record = grids[slug].record
        by_title = sorted(record.packages, key=lambda name: (known[name].title.casefold(), known[name].id or inf))
        imported = ImportedGrid(packages=_order(by_title, told.packages))
        grids[slug].record = record.model_copy(update={"imported": imported})


def _order(natural: Sequence[str], told: Sequence[str]) -> Slugs:
    """Give the order that must be noted for slugs to come as they were told; () where they do so by themselves."""
    common = [slug for slug in told if slug in natural]
    wanted = [*common, *(slug for slug in natural if slug not in common)]
    return () if wanted == list(natural) else tuple(common)


def _snapshots(data: Data, taken: Taken) -> tuple[dict[str, Snapshot], list[str]]:
    """Give the snapshots that differ from those that are here, and the packages of which those here know more."""
    snapshots, kept = {}, []
    for slug, told in taken.snapshots.items():
        before = data.snapshots.get(slug)
        after = told if before is None else _joined(before, told)
        if after != before:
            snapshots[slug] = after
        if before is not None and _is_fetched(before):
            kept.append(slug)
    return snapshots, kept


def _is_fetched(snapshot: Snapshot) -> bool:
    """Tell whether an upstream was asked from here, which always tells more than an API does."""
    return _has_pypi(snapshot) or _has_repository(snapshot)


def _has_pypi(snapshot: Snapshot) -> bool:
    return snapshot.pypi is not None and bool(snapshot.pypi.releases or snapshot.pypi.serial is not None)


def _has_repository(snapshot: Snapshot) -> bool:
    facts = snapshot.repository
    return facts is not None and (facts.id is not None or facts.head is not None or facts.commits is not None)


def _joined(before: Snapshot, told: Snapshot) -> Snapshot:
    """Give a snapshot of both: what was fetched here stays."""
    update: dict[str, object] = {}
    if not _has_pypi(before):
        update["pypi"] = told.pypi or before.pypi
    if not _has_repository(before):
        update["repository"] = told.repository or before.repository
    if not _is_fetched(before):
        update["last_fetched"] = told.last_fetched or before.last_fetched
    return before.model_copy(update=update)
