"""The rows of the SQLite file that items become: made of the same bodies that the other dumps hold."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

from builder.catalogue import Catalogue
from builder.resources import SourceResource
from builder.resources.whole import (
    CategoryWholeResource,
    FeatureResource,
    GridWholeResource,
    PackageWholeResource,
    PyPIResource,
    RepositoryResource,
    WholeResource,
)

Row = Sequence[Any]
Rows = tuple[str, Iterable[Row]]
"""A table by its name, and what comes into it, in the order of its columns."""


class Ids:
    """What has to be known before the first item: the ids of what items call by other names."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Number what has no id of its own: classifiers by their names, and features as they come."""
        self.packages = {item.slug: item.id for item in catalogue.packages}
        self.categories = {item.slug: item.id for item in catalogue.categories}
        told = (package.snapshot.pypi for package in catalogue.packages)
        names = {name for pypi in told if pypi for name in pypi.classifiers}
        self.classifiers = {name: number for number, name in enumerate(sorted(names), start=1)}
        self.features = count(1)


def rows(item: WholeResource, ids: Ids) -> Iterator[Rows]:
    """Yield the rows of an item: its own first, then those that refer to it."""
    if isinstance(item, PackageWholeResource):
        yield from _package(item, ids)
    elif isinstance(item, GridWholeResource):
        yield from _grid(item, ids)
    else:
        yield "categories", [tuple(_category(item).values())]


def _package(item: PackageWholeResource, ids: Ids) -> Iterator[Rows]:
    own, pypi, repository = item.id, item.pypi, item.repository
    row = _own(item, ids) | _of_pypi(pypi) | _of_repository(repository) | _moments(item)
    yield "packages", [tuple(row.values())]
    yield "sites", [(own, number, site.title, site.url) for number, site in enumerate(item.sites, start=1)]
    yield "sources", _sources(own, item.sources)
    if pypi:
        yield "releases", _releases(own, pypi)
        yield "package_classifiers", [(own, ids.classifiers[name]) for name in dict.fromkeys(pypi.classifiers)]
        yield "project_urls", [(own, label, url) for label, url in pypi.project_urls.items()]
    if repository:
        logins = repository.participants or ()
        yield "participants", [(own, number, login) for number, login in enumerate(logins, start=1)]


def _own(item: PackageWholeResource, ids: Ids) -> dict[str, Any]:
    """Give what is the package's own; in the order of the columns, as all of these are."""
    downloads = item.downloads
    return {
        "id": item.id,
        "slug": item.slug,
        "title": item.title,
        "description": item.description,
        "category_id": ids.categories[item.category],
        "standing": _array(item.standing),
        "licence": item.licence,
        "python": _array(item.python),
        "django": _array(item.django),
        "python3": item.python3,
        "development_status": item.development_status,
        "tags": _array(item.tags),
        "deprecated": item.deprecated and item.deprecated.isoformat(),
        "replaced_by_id": item.replaced_by and ids.packages[item.replaced_by],
        "usage_count": item.usage_count,
        "repository_url": item.repository_url,
        "pypi_url": item.pypi_url,
        "documentation_url": item.documentation_url,
        "downloads": downloads and downloads.count,
        "downloads_month": downloads and downloads.month,
    }


def _of_pypi(pypi: PyPIResource | None) -> dict[str, Any]:
    newest = next((release for release in pypi.releases if release.version == pypi.version), None) if pypi else None
    return {
        "version": pypi and pypi.version,
        "released": _moment(newest.uploaded if newest else None),
        "requires_python": pypi and pypi.requires_python,
        "summary": pypi and pypi.summary,
        "pypi_name": pypi and pypi.name,
        "pypi_status": pypi and pypi.status,
        "pypi_status_reason": pypi and pypi.status_reason,
    }


def _of_repository(forge: RepositoryResource | None) -> dict[str, Any]:
    participants = forge.participants if forge else None
    return {
        "stars": forge and forge.stars,
        "forks": forge and forge.forks,
        "last_commit": _moment(forge.last_commit if forge else None),
        "archived": forge and forge.archived,
        "fork": forge and forge.fork,
        "topics": _array(forge.topics if forge else None),
        "participants": None if participants is None else len(participants),
        "commits_over_52": _array(forge.commits_over_52 if forge else None),
        "homepage": forge and forge.homepage,
        "repository_name": forge and forge.name,
        "repository_description": forge and forge.description,
        "repository_licence": forge and forge.licence,
    }


def _moments(item: WholeResource) -> dict[str, Any]:
    fetched = {"last_fetched": _moment(item.last_fetched)} if isinstance(item, PackageWholeResource) else {}
    return {"created": _moment(item.created), "modified": _moment(item.modified)} | fetched


def _sources(package: int, sources: Mapping[str, SourceResource]) -> list[Row]:
    return [
        (package, name, source.state, _moment(source.changed), _moment(source.since), source.reason)
        for name, source in sources.items()
    ]


def _releases(package: int, pypi: PyPIResource) -> list[Row]:
    return [
        (package, number, r.version, r.uploaded and r.uploaded.isoformat(), r.prerelease, r.yanked, r.requires_python)
        for number, r in enumerate(pypi.releases, start=1)
    ]


def _grid(item: GridWholeResource, ids: Ids) -> Iterator[Rows]:
    row = {
        "id": item.id,
        "slug": item.slug,
        "title": item.title,
        "description": item.description,
        "header": item.header,
        "locked": item.locked,
    }
    yield "grids", [tuple((row | _moments(item)).values())]
    yield "grid_packages", [(item.id, ids.packages[slug], n) for n, slug in enumerate(item.packages, start=1)]
    for number, feature in enumerate(item.features, start=1):
        yield from _feature(item.id, number, feature, ids)


def _feature(grid: int, number: int, feature: FeatureResource, ids: Ids) -> Iterator[Rows]:
    own = next(ids.features)
    yield "features", [(own, grid, number, feature.title, feature.description)]
    yield "cells", [(own, ids.packages[slug], cell) for slug, cell in feature.cells.items()]


def _category(item: CategoryWholeResource) -> dict[str, Any]:
    row = {
        "id": item.id,
        "slug": item.slug,
        "title": item.title,
        "title_plural": item.title_plural,
        "description": item.description,
        "show_pypi": item.show_pypi,
    }
    return row | _moments(item)


_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _array(words: Sequence[object] | None) -> str | None:
    return None if words is None else _encode(words)


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
