"""Records and snapshots joined: every link between packages, grids and categories resolved once, in both directions.

The links are left out of what an item looks like to a developer: each way through them would be told, without end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, TypeVar

from builder.config import Settings
from builder.entries import AnyEntry, Article, Data, Entry
from builder.metadata import Snapshot
from builder.reads import Item, note, note_all
from builder.records import (
    CategoryRecord,
    Feature,
    GridRecord,
    PackageRecord,
    PostRecord,
    ProductRecord,
    TextRecord,
    Tombstone,
    TombstonesRecord,
)

FIRST_OWN_ID: Final = 100_001  # below lie the ids of catalogues that may be imported
UNKNOWN_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dates:
    """When a file was first and last committed."""

    first: datetime
    last: datetime


@dataclass(slots=True, eq=False)
class Category:
    """A category and its `members`, by title; whoever makes something of it comes to them by `packages`."""

    id: int
    slug: str
    path: str
    record: CategoryRecord
    created: datetime
    modified: datetime
    members: list["Package"] = field(default_factory=list, repr=False)
    key: str = ""

    @property
    def packages(self) -> list["Package"]:
        """Its packages, by title."""
        return _noted(self.members)


@dataclass(slots=True, eq=False)
class Package:
    """A package: what people wrote, what upstreams said, and all that it is linked with.

    Its `places`, which are `grids`, are in order of their ids: a grid's file does not say when a package came into it,
    and ids are given in order of time. An import may know better. `successor`, which is `replaced_by`, is what took its
    place, by its own word or by the other's; `predecessors` are what it `replaces`. Whoever makes something of the
    package goes by the latter names, which note what is read (`builder.reads`); `key` is what is noted of it.
    """

    id: int
    slug: str
    path: str
    record: PackageRecord
    snapshot: Snapshot
    filed_under: Category
    created: datetime
    modified: datetime
    places: list["Grid"] = field(default_factory=list, repr=False)
    successor: "Package | None" = field(default=None, repr=False)
    predecessors: list["Package"] = field(default_factory=list, repr=False)
    key: str = ""

    @property
    def category(self) -> Category:
        """The category."""
        note(self.filed_under.key)
        return self.filed_under

    @property
    def grids(self) -> list["Grid"]:
        """The grids that it is in."""
        return _noted(self.places)

    @property
    def replaced_by(self) -> "Package | None":
        """What took its place."""
        if self.successor:
            note(self.successor.key)
        return self.successor

    @property
    def replaces(self) -> list["Package"]:
        """What it took the place of, by slug."""
        return _noted(self.predecessors)

    @property
    def title(self) -> str:
        """The name that people know it by."""
        return self.record.title

    @property
    def description(self) -> str:
        """What its upstreams say it is: the repository's word, else PyPI's; "" where neither is known."""
        repository, pypi = self.snapshot.repository, self.snapshot.pypi
        if repository is not None and repository.description is not None:
            return repository.description
        return (pypi.summary if pypi else None) or ""

    @property
    def uses(self) -> int:
        """How many are known to use it: the sites that its file names, and whom an import has counted."""
        return len(self.record.sites) + (self.record.imported.usage_count or 0)

    @property
    def standing(self) -> tuple[str, ...]:
        """Say in words why nobody should begin with it; () where nothing does."""
        repository, pypi = self.snapshot.repository, self.snapshot.pypi
        reasons = (
            ("archived", repository is not None and repository.archived),
            ("deprecated", self.record.deprecated),
            ("replaced", self.successor),
            (f"{pypi.status} on PyPI" if pypi else "", pypi is not None and pypi.status != "active"),
        )
        return tuple(word for word, holds in reasons if holds)

    @property
    def is_active(self) -> bool:
        """Whether it is neither archived nor deprecated nor replaced."""
        repository = self.snapshot.repository
        archived = repository is not None and repository.archived
        return not (archived or self.record.deprecated or self.successor)


@dataclass(slots=True, eq=False)
class Grid:
    """A grid. Its `members` are in its file's order; whoever makes something of it comes to them by `packages`."""

    id: int
    slug: str
    path: str
    record: GridRecord
    created: datetime
    modified: datetime
    members: list[Package] = field(default_factory=list, repr=False)
    key: str = ""

    @property
    def packages(self) -> list[Package]:
        """Its packages, in its file's order."""
        return _noted(self.members)

    @property
    def title(self) -> str:
        """The grid's name."""
        return self.record.title

    @property
    def features(self) -> tuple[Feature, ...]:
        """The rows of the comparison."""
        return self.record.features

    @property
    def listed(self) -> list[Package]:
        """The packages in the order in which the API names them: by title, unless an import knows another."""
        return in_order(by_title(self.packages), self.record.imported.packages)


_Noted = TypeVar("_Noted", bound=Item)


def _noted(items: list[_Noted]) -> list[_Noted]:
    """Note that items are read."""
    note_all([item.key for item in items])
    return items


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole directory. Each list is newest id first, as the API gives them.

    `as_of` is the day (UTC) of the newest thing that was fetched: what depends on a day is derived from it, not from
    the clock of the build. `folder` is the data folder's path inside its repository, with slashes, "" where it is the
    repository itself: only links to where the data is edited depend on it. `removed` are the items that are no more.
    `products` and `texts` are by slug, `posts` are newest first.
    """

    settings: Settings
    packages: list[Package]
    grids: list[Grid]
    categories: list[Category]
    as_of: date
    folder: str
    removed: TombstonesRecord
    products: Sequence[Entry[ProductRecord]] = ()
    texts: Sequence[Article[TextRecord]] = ()
    posts: Sequence[Article[PostRecord]] = ()


_Item = TypeVar("_Item", Package, Grid, Category)
_Linked = TypeVar("_Linked", Package, Grid)


def by_title(items: Iterable[_Item]) -> list[_Item]:
    """Sort for people: by title without regard to case, then by id."""
    return sorted(items, key=lambda item: (item.record.title.casefold(), item.id))


def in_order(items: Sequence[_Linked], slugs: Sequence[str]) -> list[_Linked]:
    """Sort items as their slugs stand in a list; those that are not in it come after these, in the order they have."""
    places = {slug: place for place, slug in enumerate(slugs)}
    return sorted(items, key=lambda item: places.get(item.slug, len(places)))


def join(data: Data, dates: Mapping[str, Dates], folder: str | None = None) -> Catalogue:
    """Make the catalogue of data that passed the checks.

    `dates` holds the history of each file, by path. `folder` is as in `Catalogue`; without it the data lies at the top
    of its repository.
    """
    categories = _categories(data, dates)
    packages = _packages(data, dates, categories)
    grids = _grids(data, dates, packages)
    _replacements(packages)
    for category in categories.values():
        category.members = by_title(category.members)
    return Catalogue(
        data.settings,
        _newest_first(packages.values()),
        _newest_first(grids.values()),
        _newest_first(categories.values()),
        max(
            (s.last_fetched.astimezone(UTC) for s in data.snapshots.values() if s.last_fetched), default=UNKNOWN_DATE
        ).date(),
        data.folder if folder is None else folder,
        data.tombstones,
        [data.products[slug] for slug in sorted(data.products)],
        [data.texts[slug] for slug in sorted(data.texts)],
        sorted(data.posts.values(), key=lambda post: (post.record.date, post.slug), reverse=True),
    )


def _newest_first(items: Iterable[_Item]) -> list[_Item]:
    return sorted(items, key=lambda item: item.id, reverse=True)


def give_ids(
    entries: Mapping[str, AnyEntry],
    tombstones: Iterable[Tombstone],
) -> dict[str, int]:
    """Give each entry its id: as written, else the next free one of our own, in order of slug."""
    written = {slug: entry.record.id for slug, entry in entries.items() if entry.record.id is not None}
    used = [*written.values(), *(stone.id for stone in tombstones), FIRST_OWN_ID - 1]
    missing = sorted(slug for slug in entries if slug not in written)
    return written | {slug: number for number, slug in enumerate(missing, start=max(used) + 1)}


def _when(entry: AnyEntry, dates: Mapping[str, Dates]) -> tuple[datetime, datetime]:
    """Give `created` and `modified`: as written, else as git knows them.

    A new file that is not committed has no date yet; it gets one that nobody takes for real, and `check` says so.
    """
    known = dates.get(entry.path)
    created = entry.record.created or (known.first if known else UNKNOWN_DATE)
    return created, entry.record.modified or (known.last if known else created)


def _categories(data: Data, dates: Mapping[str, Dates]) -> dict[str, Category]:
    ids = give_ids(data.categories, data.tombstones.categories)
    return {
        slug: Category(ids[slug], slug, entry.path, entry.record, *_when(entry, dates), key=f"categories/{slug}")
        for slug, entry in data.categories.items()
    }


def _packages(data: Data, dates: Mapping[str, Dates], categories: Mapping[str, Category]) -> dict[str, Package]:
    ids = give_ids(data.packages, data.tombstones.packages)
    nothing = Snapshot()
    packages = {}
    for slug, entry in data.packages.items():
        category = categories[entry.record.category]
        snapshot = data.snapshots.get(slug, nothing)
        key, when = f"packages/{slug}", _when(entry, dates)
        package = Package(ids[slug], slug, entry.path, entry.record, snapshot, category, *when, key=key)
        category.members.append(package)
        packages[slug] = package
    return packages


def _grids(data: Data, dates: Mapping[str, Dates], packages: Mapping[str, Package]) -> dict[str, Grid]:
    ids = give_ids(data.grids, data.tombstones.grids)
    grids = {}
    for slug in sorted(data.grids, key=ids.__getitem__):
        entry = data.grids[slug]
        grid = Grid(ids[slug], slug, entry.path, entry.record, *_when(entry, dates), key=f"grids/{slug}")
        grid.members = [packages[name] for name in entry.record.packages]
        for package in grid.members:
            package.places.append(grid)
        grids[slug] = grid
    for package in packages.values():
        if order := package.record.imported.grids:
            package.places = in_order(package.places, order)
    return grids


def _replacements(packages: Mapping[str, Package]) -> None:
    for slug in sorted(packages):
        package = packages[slug]
        if package.record.replaced_by:
            package.successor = packages[package.record.replaced_by]
        for name in package.record.replaces:
            packages[name].successor = packages[name].successor or package
    for slug in sorted(packages):
        if successor := packages[slug].successor:
            successor.predecessors.append(packages[slug])
