"""What a site tells, as records and snapshots of ours: pure, and item by item in order of age."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from builder import derive, urls
from builder.fields.limits import DIGITS
from builder.importing import slugs
from builder.importing.fit import Fitting
from builder.importing.gather import Found
from builder.importing.remarks import Remark
from builder.importing.wire import CategoryItem, GridItem, Item, PackageItem, Told, number, numbers
from builder.metadata import PyPIFacts, RepositoryFacts, Snapshot
from builder.records import CategoryRecord, GridRecord, ImportedPackage, PackageRecord

_RESTORE: Final = "To have it again, take its tombstone away and import again."

_Item = TypeVar("_Item", bound=Item)


@dataclass(frozen=True, slots=True)
class Names:
    """What is in use here, of one kind: slugs with their ids, and the ids of what was removed."""

    slugs: Mapping[str, int | None] = field(default_factory=dict)
    removed: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Here:
    """What is in use here; `index` is the address of the package index."""

    index: str
    categories: Names = Names()
    grids: Names = Names()
    packages: Names = Names()


@dataclass(slots=True)
class Taken:
    """Records by slug, each with its id, and the snapshots of packages of which something is known.

    `links` are the grids of each package, by slug, in the order in which they are told.
    """

    categories: dict[str, CategoryRecord] = field(default_factory=dict)
    grids: dict[str, GridRecord] = field(default_factory=dict)
    packages: dict[str, PackageRecord] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    links: dict[str, tuple[str, ...]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def take(found: Found, here: Here) -> Taken:
    """Make records and snapshots of all that a site tells."""
    taking = _Taking(found, here)
    categories = taking.names("category", urls.API_CATEGORIES, found.categories, here.categories)
    packages = taking.names("package", urls.API_PACKAGES, found.packages, here.packages)
    grids = taking.names("grid", urls.API_GRIDS, found.grids, here.grids)
    for key, slug in sorted(categories.items()):
        taking.category(found.categories[key], slug)
    for key, slug in sorted(packages.items()):
        taking.package(found.packages[key], slug, categories, grids)
    known = {key: slug for key, slug in packages.items() if slug in taking.taken.packages}
    for key, slug in sorted(grids.items()):
        taking.grid(found.grids[key], slug, known)
    return taking.taken


@dataclass(slots=True)
class _Taking:
    """What is made of `found`, with the remarks on it."""

    found: Found
    here: Here
    taken: Taken = field(default_factory=Taken)

    def names(self, kind: str, route: str, items: Mapping[int, Told[_Item]], here: Names) -> dict[int, str]:
        """Give the slug of each item that is taken, by id, and remark on those that are not its own, or not taken."""
        wanted = {}
        for key, told in sorted(items.items()):
            if key in here.removed:
                done = "was removed here; it was not taken."
                self._fitting(route, told).note("skipped", "id", key, done, _RESTORE)
            elif len(str(key)) > DIGITS:
                self._fitting(route, told).note("skipped", "id", key, "is too large for an id; it was not taken.")
            else:
                wanted[key] = told.item.slug
        chosen = slugs.choose(kind, wanted, here.slugs)
        for key, slug in sorted(chosen.items()):
            if slug != wanted[key]:
                done = f"cannot be a slug of ours; it is {slug} here."
                remedy = "Its address by slug is another one: tell those who use it, or let the host redirect it."
                self._fitting(route, items[key]).note("slug", "slug", wanted[key], done, remedy)
        return chosen

    def _fitting(self, route: str, told: Told[_Item]) -> Fitting:
        return Fitting(self.found.address + urls.api_item(route, told.item.id), self.taken.remarks)

    def category(self, told: Told[CategoryItem], slug: str) -> None:
        self.taken.categories[slug] = category(told.item, slug, self._fitting(urls.API_CATEGORIES, told))

    def grid(self, told: Told[GridItem], slug: str, packages: Mapping[int, str]) -> None:
        self.taken.grids[slug] = grid(told.item, slug, packages, self._fitting(urls.API_GRIDS, told))

    def package(
        self, told: Told[PackageItem], slug: str, categories: Mapping[int, str], grids: Mapping[int, str]
    ) -> None:
        item, fitting = told.item, self._fitting(urls.API_PACKAGES, told)
        of = categories.get(number(item.category) or 0)
        if of is None:
            done = "there is no such category; the package was not taken."
            fitting.note("skipped", "category", item.category, done, "Mend it there, and import again.")
            return
        uses = None if self.found.usage is None else self.found.usage.get(item.slug)
        self.taken.packages[slug] = package(item, slug, of, self.here.index, fitting, uses)
        self.taken.links[slug] = tuple(grids[key] for key in numbers(item.grids) if key in grids)
        known = snapshot(item, fitting)
        if known != Snapshot():
            self.taken.snapshots[slug] = known


def category(item: CategoryItem, slug: str, fitting: Fitting) -> CategoryRecord:
    """Make the record of a category."""
    title = fitting.title("title", item.title, slug)
    return CategoryRecord(
        id=item.id,
        title=title,
        title_plural=fitting.title("title_plural", item.title_plural, title),
        description=fitting.text("description", item.description),
        show_pypi=item.show_pypi,
        **_dates(item, fitting),
    )


def grid(item: GridItem, slug: str, packages: Mapping[int, str], fitting: Fitting) -> GridRecord:
    """Make the record of a grid; its packages, whose slugs are by id, in the order in which they are told."""
    members = {link: packages.get(number(link) or 0) for link in item.packages}
    for link in (link for link, member in members.items() if member is None):
        fitting.note("value", "packages", link, "there is no such package; it was left out.")
    return GridRecord(
        id=item.id,
        title=fitting.title("title", item.title, slug),
        description=fitting.text("description", item.description),
        header=item.header,
        locked=item.is_locked,
        packages=tuple(dict.fromkeys(member for member in members.values() if member is not None)),
        **_dates(item, fitting),
    )


def package(  # noqa: PLR0913, PLR0917 - what it is made of
    item: PackageItem, slug: str, category: str, index: str, fitting: Fitting, uses: int | None = None
) -> PackageRecord:
    """Make the record of a package; `uses` is how many people said there that they use it."""
    repository, repo_url = fitting.repository(item.repo_url)
    documentation, documentation_url = fitting.documentation(item.documentation_url)
    pypi, pypi_url = fitting.pypi(item.pypi_url, index)
    return PackageRecord(
        id=item.id,
        title=fitting.title("title", item.title, slug),
        category=category,
        repository=repository,
        pypi=pypi,
        pypi_url=pypi_url,
        documentation=documentation,
        imported=ImportedPackage(repo_url=repo_url, documentation_url=documentation_url, usage_count=uses or None),
        **_dates(item, fitting),
    )


def _dates(item: Item, fitting: Fitting) -> dict[str, datetime]:
    """Give `created` and `modified`, as far as they can be kept."""
    found = {
        name: fitting.moment(name, value) for name, value in (("created", item.created), ("modified", item.modified))
    }
    created, modified = found["created"], found["modified"]
    if created and modified and modified < created:
        done = f"is before it was created, {created.isoformat()}; it was left out."
        fitting.note("value", "modified", modified.isoformat(), done)
        del found["modified"]
    return {name: moment for name, moment in found.items() if moment is not None}


def snapshot(item: PackageItem, fitting: Fitting) -> Snapshot:
    """Make the snapshot of a package: what `fetch` would have stored, as far as the API tells of it.

    Texts stay as they are: pages and feeds bear any. Where nobody was asked, or there is no repository, a zero says
    nothing: it is not known then.
    """
    asked = item.last_fetched is not None and bool(item.repo_url)
    facts = RepositoryFacts(
        description=item.repo_description or None,
        stars=_known(fitting.count("repo_watchers", item.repo_watchers), asked=asked),
        forks=_known(fitting.count("repo_forks", item.repo_forks), asked=asked),
        last_commit=item.last_updated and fitting.moment("last_updated", item.last_updated),
        weeks=fitting.weeks("commits_over_52", item.commits_over_52),
        participants=item.participants or None,
    )
    name, version = derive.name_on_pypi(item.pypi_url or "") or "", item.pypi_version
    return Snapshot(
        last_fetched=item.last_fetched and fitting.moment("last_fetched", item.last_fetched),
        pypi=None if version is None else PyPIFacts(name=name, version=version),
        repository=None if facts == RepositoryFacts() else facts,
    )


def _known(value: int | None, *, asked: bool) -> int | None:
    return value if asked or value else None
