"""All that is known of each item, in words of our own: what API v4 leaves out, and what the dumps are made of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from operator import attrgetter

from builder import derive
from builder.api.facts import Facts
from builder.catalogue import Catalogue, Category, Grid, Package
from builder.metadata import PyPIFacts, Release, RepositoryFacts, Source
from builder.resources import SourceResource
from builder.resources.changelog import SCHEMA_VERSION
from builder.resources.whole import (
    CategoryWholeResource,
    DownloadsResource,
    FeatureResource,
    GridWholeResource,
    PackageWholeResource,
    PlaceResource,
    PyPIResource,
    RepositoryResource,
    UsageResource,
    WholeResource,
)

Cells = Mapping[tuple[str, str], Mapping[str, str]]
"""What grids say of packages: by the slugs of grid and package, the words by the title of the feature."""


def items(catalogue: Catalogue, facts: Mapping[int, Facts]) -> Iterator[tuple[str, WholeResource]]:
    """Yield kind and body of every item: `packages`, `grids`, `categories`, each by slug.

    They are made one at a time: all of a large catalogue at once would take much memory.
    """
    index, cells, by_slug = catalogue.settings.pypi_url, _cells(catalogue), attrgetter("slug")
    for item in sorted(catalogue.packages, key=by_slug):
        yield "packages", package(item, facts[item.id], index, cells)
    for each in sorted(catalogue.grids, key=by_slug):
        yield "grids", grid(each)
    for one in sorted(catalogue.categories, key=by_slug):
        yield "categories", category(one)


def package(item: Package, facts: Facts, index: str, cells: Cells) -> PackageWholeResource:
    """Give the body of a package; `index` is the address of PyPI."""
    record, snapshot = item.record, item.snapshot
    pypi = snapshot.pypi
    return PackageWholeResource(
        schema_version=SCHEMA_VERSION,
        id=item.id,
        slug=item.slug,
        title=item.title,
        description=item.description,
        category=item.category.slug,
        created=item.created.astimezone(UTC),
        modified=item.modified.astimezone(UTC),
        last_fetched=_utc(snapshot.last_fetched),
        repository_url=derive.repo_url(record),
        pypi_url=derive.pypi_url(record, index),
        documentation_url=derive.documentation_url(record),
        licence=facts.licence,
        python=facts.python,
        django=facts.django,
        python3=derive.supports_python3(pypi) if pypi else None,
        development_status=(derive.development_status(pypi) or None) if pypi else None,
        deprecated=record.deprecated,
        replaced_by=item.replaced_by.slug if item.replaced_by else None,
        replaces=tuple(other.slug for other in item.replaces),
        standing=item.standing,
        tags=record.tags,
        usage_count=item.uses,
        sites=tuple(UsageResource(title=site.title, url=site.url) for site in record.sites),
        grids=tuple(PlaceResource(grid=place.slug, cells=dict(cells[place.slug, item.slug])) for place in item.grids),
        pypi=_pypi(pypi, facts) if pypi else None,
        repository=_repository(snapshot.repository, facts) if snapshot.repository else None,
        downloads=DownloadsResource(**dict(snapshot.downloads)) if snapshot.downloads else None,
        sources=sources(item),
    )


def _cells(catalogue: Catalogue) -> Cells:
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for item in catalogue.grids:
        for feature in item.features:
            for slug, words in feature.cells.items():
                found[item.slug, slug][feature.title] = words
    return found


def _pypi(pypi: PyPIFacts, facts: Facts) -> PyPIResource:
    """Give what PyPI says. The releases become resources all at once, in half the time that one by one takes."""
    found = {
        "name": pypi.name,
        "summary": pypi.summary,
        "version": facts.pypi_version,
        "requires_python": pypi.requires_python,
        "classifiers": pypi.classifiers,
        "project_urls": pypi.project_urls,
        "status": pypi.status,
        "status_reason": pypi.status_reason,
        "releases": tuple(map(_release, derive.sort_releases(pypi.releases))),
    }
    return PyPIResource.model_validate(found)


def _release(release: Release) -> Mapping[str, object]:
    """Give what becomes a `ReleaseResource`."""
    version, uploaded, yanked = release.version, release.uploaded, release.yanked
    return {
        "version": version,
        "uploaded": uploaded and uploaded.astimezone(UTC).replace(microsecond=0),
        "prerelease": derive.is_prerelease(version),
        "yanked": (yanked if isinstance(yanked, str) else "") if yanked is not False else None,
        "requires_python": release.requires_python,
    }


def _repository(forge: RepositoryFacts, facts: Facts) -> RepositoryResource:
    return RepositoryResource(
        name=forge.name,
        description=forge.description,
        homepage=forge.homepage,
        stars=forge.stars,
        forks=forge.forks,
        licence=forge.licence,
        topics=forge.topics,
        archived=forge.archived,
        fork=forge.fork,
        last_commit=_utc(forge.last_commit),
        commits_over_52=None if forge.commits is None and forge.weeks is None else facts.weeks,
        participants=forge.participants,
    )


def grid(item: Grid) -> GridWholeResource:
    """Give the body of a grid."""
    record = item.record
    return GridWholeResource(
        schema_version=SCHEMA_VERSION,
        id=item.id,
        slug=item.slug,
        title=item.title,
        description=record.description,
        header=record.header,
        locked=record.locked,
        created=item.created.astimezone(UTC),
        modified=item.modified.astimezone(UTC),
        packages=tuple(package.slug for package in item.packages),
        features=tuple(FeatureResource(**dict(feature)) for feature in item.features),
    )


def category(item: Category) -> CategoryWholeResource:
    """Give the body of a category."""
    record = item.record
    return CategoryWholeResource(
        schema_version=SCHEMA_VERSION,
        id=item.id,
        slug=item.slug,
        title=record.title,
        title_plural=record.title_plural,
        description=record.description,
        show_pypi=record.show_pypi,
        created=item.created.astimezone(UTC),
        modified=item.modified.astimezone(UTC),
    )


def sources(item: Package) -> dict[str, SourceResource]:
    """Give how it stands with each source of a package, by name."""
    return {name: _source(source) for name, source in derive.sources(item.snapshot).items()}


def _source(source: Source) -> SourceResource:
    return SourceResource(
        state=source.state, changed=_utc(source.changed), since=_utc(source.since), reason=source.reason
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC)
