"""Resources of our own, under a prefix and a version of their own: what the original does not say."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, tzinfo
from operator import attrgetter
from typing import Any, TypeVar

from packaging.utils import canonicalize_name
from packaging.version import Version

from builder import derive, urls
from builder.api import dumps, whole
from builder.api.dumps import TYPES
from builder.api.facts import Facts
from builder.api.tables import Tables
from builder.catalogue import Catalogue, Category, Grid, Package
from builder.choices import Choices
from builder.outputs import JSON, NDJSON, SQLITE, Output
from builder.records import Tombstone
from builder.resources import (
    DataRootResource,
    FacetsResource,
    FreshnessResource,
    NamesResource,
    PackageRowResource,
    PackageRowsResource,
    RemovedResource,
    encode,
)
from builder.resources.changelog import SCHEMA_VERSION
from builder.urls import Urls


def render(catalogue: Catalogue, site: Urls, choices: Choices, facts: Mapping[int, Facts]) -> Iterator[Output]:
    """Yield the resources of our own that tell of many items (`items` gives those of each), but for `generation`."""
    yield Output(urls.DATA, encode(root(site, choices)), JSON)
    yield Output(urls.DATA_FRESHNESS, encode(freshness(catalogue)), JSON)
    yield Output(urls.DATA_PACKAGES, encode(rows(catalogue)), JSON)
    yield Output(urls.DATA_FACETS, encode(facets(catalogue, facts)), JSON)
    yield Output(urls.DATA_NAMES, encode(names(catalogue)), JSON)


def items(catalogue: Catalogue, choices: Choices, facts: Mapping[int, Facts]) -> Iterator[Output]:
    """Yield all that is known of the items: each by itself, and all of them in one file, as far as both are there."""
    bodies: dict[str, list[bytes]] = {kind: [] for kind in TYPES}
    for kind, item in whole.items(catalogue, facts):
        body = encode(item)
        if choices.details:
            yield Output(urls.data_item(kind, item.slug), body, JSON)
        if choices.dumps:
            bodies[kind].append(body)
    if choices.dumps:
        yield Output(urls.DATA_DUMP, dumps.as_object(bodies, catalogue.as_of), JSON)
        yield Output(urls.DATA_DUMP_LINES, dumps.as_lines(bodies), NDJSON)


def database(catalogue: Catalogue, facts: Mapping[int, Facts]) -> Iterator[Output]:
    """Yield the same as a database.

    Raises:
        SiteError: this Python's SQLite has no full-text search.
    """
    with closing(Tables(catalogue)) as tables:
        for _, item in whole.items(catalogue, facts):
            tables.add(item)
        yield Output(urls.DATA_SQLITE, tables.file(), SQLITE)


def root(site: Urls, choices: Choices) -> DataRootResource:
    """Give what there is, by name."""
    found = {
        "facets": urls.DATA_FACETS,
        "freshness": urls.DATA_FRESHNESS,
        "generation": urls.DATA_GENERATION,
        "manifest": urls.DATA_MANIFEST,
        "manifest_gz": f"{urls.DATA_MANIFEST}.gz",
        "names": urls.DATA_NAMES,
        "openapi": urls.DATA_OPENAPI,
        "packages": urls.DATA_PACKAGES,
        "schema": urls.data_schema("{kind}"),
        "search": urls.search_index(),
    }
    if choices.dumps:
        dumped = {"dump": urls.DATA_DUMP, "dump_lines": urls.DATA_DUMP_LINES, "sqlite": urls.DATA_SQLITE}
        found |= {
            name + end: route + end.replace("_", ".")
            for name, route in dumped.items()
            for end in ("", "_gz", "_br")
            if end or choices.plain_dumps
        }
    if choices.changes:
        found |= {"changes": urls.DATA_CHANGES, "changes_of_day": urls.data_changes("{day}")}
    if choices.details:
        found |= {name: urls.data_item(kind, "{slug}") for kind, name in TYPES.items()}
    if choices.badges:
        found |= {"badge": urls.badge_data("{slug}"), "badge_picture": urls.badge("{slug}")}
    resources = {name: site.absolute(route) for name, route in sorted(found.items())}
    return DataRootResource(schema_version=SCHEMA_VERSION, resources=resources)


def rows(catalogue: Catalogue) -> PackageRowsResource:
    """Give what every list of packages shows, in one body: a script sorts and filters by it where a list is cut."""
    zone = catalogue.settings.time_zone
    return PackageRowsResource(
        schema_version=SCHEMA_VERSION,
        as_of=catalogue.as_of,
        time_zone=zone.key,
        categories={category.slug: category.record.title for category in _by_slug(catalogue.categories)},
        packages=tuple(_row(package, zone) for package in _by_slug(catalogue.packages)),
    )


def _row(package: Package, zone: tzinfo) -> PackageRowResource:
    pypi, repository = package.snapshot.pypi, package.snapshot.repository
    newest = derive.newest_release(pypi.releases) if pypi else None
    return PackageRowResource(
        slug=package.slug,
        title=package.title,
        description=package.description,
        category=package.category.slug,
        version=newest.version if newest else derive.pypi_version(pypi),
        released=_day(newest.uploaded if newest else None, zone),
        last_commit=_day(repository.last_commit if repository else None, zone),
        stars=repository and repository.stars,
        standing=package.standing,
    )


def _day(moment: datetime | None, zone: tzinfo) -> date | None:
    return moment and moment.astimezone(zone).date()


Item = TypeVar("Item", Package, Grid, Category)


def _by_slug(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=attrgetter("slug"))


def freshness(catalogue: Catalogue) -> FreshnessResource:
    """Give how it stands with each source of each package; packages by slug."""
    return FreshnessResource(
        schema_version=SCHEMA_VERSION,
        as_of=catalogue.as_of,
        packages={package.slug: whole.sources(package) for package in _by_slug(catalogue.packages)},
    )


def facets(catalogue: Catalogue, facts: Mapping[int, Facts]) -> FacetsResource:
    """Give the packages by what they have in common."""
    found = _by_slug(catalogue.packages)
    return FacetsResource(
        schema_version=SCHEMA_VERSION,
        as_of=catalogue.as_of,
        tags=_sharing(found, lambda package: package.record.tags),
        licences=_sharing(found, lambda package: filter(None, [facts[package.id].licence])),
        python=_sharing(found, lambda package: facts[package.id].python or (), Version),
        django=_sharing(found, lambda package: facts[package.id].django or (), Version),
    )


def _sharing(
    packages: Iterable[Package], words: Callable[[Package], Iterable[str]], key: Callable[[str], Any] = str
) -> dict[str, tuple[str, ...]]:
    """Give the slugs of the packages by the words that each has, the words in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for package in packages:
        for word in words(package):
            found[word].append(package.slug)
    return {word: tuple(found[word]) for word in sorted(found, key=key)}


def names(catalogue: Catalogue) -> NamesResource:
    """Give every name that an item has, and the items that were removed."""
    removed = catalogue.removed
    return NamesResource(
        schema_version=SCHEMA_VERSION,
        packages={item.slug: item.id for item in _by_slug(catalogue.packages)},
        grids={item.slug: item.id for item in _by_slug(catalogue.grids)},
        categories={item.slug: item.id for item in _by_slug(catalogue.categories)},
        pypi=_called(catalogue.packages, _pypi_names),
        repositories=_called(catalogue.packages, _repository_names),
        removed_packages=_removed(removed.packages),
        removed_grids=_removed(removed.grids),
        removed_categories=_removed(removed.categories),
    )


def _called(packages: Iterable[Package], names: Callable[[Package], Iterable[str]]) -> dict[str, str]:
    """Give the slugs by other names; where two packages have one, it is the elder's."""
    found: dict[str, str] = {}
    for package in sorted(packages, key=attrgetter("id")):
        for name in names(package):
            found.setdefault(name, package.slug)
    return dict(sorted(found.items()))


def _pypi_names(package: Package) -> Iterator[str]:
    if name := derive.pypi_name(package.record):
        yield canonicalize_name(name)


def _repository_names(package: Package) -> Iterator[str]:
    if known := derive.repository(package.record.repository):
        yield known.key
    if moved := derive.moved(package.snapshot):
        yield from moved


def _removed(tombstones: Iterable[Tombstone]) -> tuple[RemovedResource, ...]:
    return tuple(RemovedResource(**dict(each)) for each in sorted(tombstones, key=attrgetter("id")))
