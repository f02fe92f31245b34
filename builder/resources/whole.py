"""All that is known of an item, of which API v4 has a part: the project's own resources, and the lines of the dumps.

Null is "not known", and never "no", "" or zero. Moments are UTC.
"""

from datetime import date
from typing import Literal, TypeAlias

from builder.resources.base import Resource, WireTime
from builder.resources.data import SourceResource


class ReleaseResource(Resource):
    """A version on PyPI; `yanked` holds the reason, "" where none was given, and is null where it is not yanked.

    `uploaded` is to the second: a dump of many releases is a quarter smaller for it.
    """

    version: str
    uploaded: WireTime | None
    prerelease: bool
    yanked: str | None
    requires_python: str | None


class PyPIResource(Resource):
    """What PyPI says of a project; releases as PEP 440 orders them, newest first.

    `version` is the newest that is neither yanked nor a pre-release, where there is one. `status` is that of PEP 792.
    """

    name: str
    summary: str | None
    version: str | None
    requires_python: str | None
    classifiers: tuple[str, ...]
    project_urls: dict[str, str]
    status: str
    status_reason: str | None
    releases: tuple[ReleaseResource, ...]


class RepositoryResource(Resource):
    """What the forge says; `name` is its path there as it is now. `commits_over_52` is as API v4's, null if not known.

    `participants` are logins, the most active first.
    """

    name: str | None
    description: str | None
    homepage: str | None
    stars: int | None
    forks: int | None
    licence: str | None
    topics: tuple[str, ...] | None
    archived: bool
    fork: bool
    last_commit: WireTime | None
    commits_over_52: tuple[int, ...] | None
    participants: tuple[str, ...] | None


class DownloadsResource(Resource):
    """How often it was downloaded from PyPI in a month such as `2026-11`."""

    month: str
    count: int


class UsageResource(Resource):
    """A site that uses a package."""

    title: str
    url: str


class PlaceResource(Resource):
    """A package in a grid; `cells` are the grid's words on it, by the title of the feature."""

    grid: str
    cells: dict[str, str]


class PackageWholeResource(Resource):
    """`/api/data/v1/packages/<slug>.json`.

    `category`, `replaces` and `replaced_by` are slugs. `licence` is SPDX where it can be. `python` and `django` are the
    versions that its classifiers name, oldest first, without those that its newest release cannot be installed on;
    `python3` says whether any Python 3 is supported. `development_status` is that of the classifiers, from 1 (planning)
    to 7 (inactive). `standing` says in words why nobody should begin with it. `repository_url` and `pypi_url` are texts
    as API v4 has them. `sources` tells how it stands with each upstream.
    """

    schema_version: int
    id: int
    slug: str
    title: str
    description: str
    category: str
    created: WireTime
    modified: WireTime
    last_fetched: WireTime | None
    repository_url: str
    pypi_url: str
    documentation_url: str | None
    licence: str | None
    python: tuple[str, ...] | None
    django: tuple[str, ...] | None
    python3: bool | None
    development_status: int | None
    deprecated: date | None
    replaced_by: str | None
    replaces: tuple[str, ...]
    standing: tuple[str, ...]
    tags: tuple[str, ...]
    usage_count: int
    sites: tuple[UsageResource, ...]
    grids: tuple[PlaceResource, ...]
    pypi: PyPIResource | None
    repository: RepositoryResource | None
    downloads: DownloadsResource | None
    sources: dict[str, SourceResource]


class FeatureResource(Resource):
    """A row of a grid: a short text for each package, by slug, that is known to have it or not."""

    title: str
    description: str
    cells: dict[str, str]


class GridWholeResource(Resource):
    """`/api/data/v1/grids/<slug>.json`; `packages` are slugs, in the order in which they were linked."""

    schema_version: int
    id: int
    slug: str
    title: str
    description: str
    header: bool
    locked: bool
    created: WireTime
    modified: WireTime
    packages: tuple[str, ...]
    features: tuple[FeatureResource, ...]


class CategoryWholeResource(Resource):
    """`/api/data/v1/categories/<slug>.json`."""

    schema_version: int
    id: int
    slug: str
    title: str
    title_plural: str
    description: str
    show_pypi: bool
    created: WireTime
    modified: WireTime


WholeResource: TypeAlias = PackageWholeResource | GridWholeResource | CategoryWholeResource
"""All that is known of an item, of whatever kind."""


class DumpResource(Resource):
    """`/api/data/v1/dump.json`: every item, as its own file has it."""

    schema_version: int
    as_of: date
    packages: tuple[PackageWholeResource, ...]
    grids: tuple[GridWholeResource, ...]
    categories: tuple[CategoryWholeResource, ...]


class _PackageLine(Resource):
    type: Literal["package"]


class _GridLine(Resource):
    type: Literal["grid"]


class _CategoryLine(Resource):
    type: Literal["category"]


# The fields of the last base come first.
class PackageLineResource(PackageWholeResource, _PackageLine):
    """A line of `/api/data/v1/dump.ndjson` that is a package."""


class GridLineResource(GridWholeResource, _GridLine):
    """A line of it that is a grid."""


class CategoryLineResource(CategoryWholeResource, _CategoryLine):
    """A line of it that is a category."""
