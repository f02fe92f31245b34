"""Resources of our own, under a prefix and a version of their own: what the original does not say."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo
from typing import TypeVar

from builder import derive, urls
from builder.catalogue import Catalogue, Category, Package
from builder.metadata import Source
from builder.outputs import JSON, Output
from builder.resources import FreshnessResource, PackageRowResource, PackageRowsResource, SourceResource, encode


def render(catalogue: Catalogue) -> Iterator[Output]:
    """Yield every resource of our own."""
    yield Output(urls.DATA_FRESHNESS, encode(freshness(catalogue)), JSON)
    yield Output(urls.DATA_PACKAGES, encode(rows(catalogue)), JSON)


def rows(catalogue: Catalogue) -> PackageRowsResource:
    """Give what every list of packages shows, in one body: a script sorts and filters by it where a list is cut."""
    zone = catalogue.settings.time_zone
    return PackageRowsResource(
        schema_version=1,
        as_of=catalogue.as_of,
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


Item = TypeVar("Item", Package, Category)


def _by_slug(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item.slug)


def freshness(catalogue: Catalogue) -> FreshnessResource:
    """Give how it stands with each source of each package; packages by slug."""
    return FreshnessResource(
        schema_version=1,
        as_of=catalogue.as_of,
        packages={package.slug: _sources(package) for package in _by_slug(catalogue.packages)},
    )


def _sources(package: Package) -> dict[str, SourceResource]:
    return {name: _source(source) for name, source in derive.sources(package.snapshot).items()}


def _source(source: Source) -> SourceResource:
    return SourceResource(
        state=source.state,
        changed=source.changed and source.changed.astimezone(UTC),
        since=source.since and source.since.astimezone(UTC),
        reason=source.reason,
    )
