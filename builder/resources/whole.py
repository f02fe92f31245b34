"""All that is known of an item, of which API v4 has a part: the project's own resources, and the lines of the dumps.

Null is not known or, where the key says so, that it does not apply; never "no", "" or zero. Moments are UTC.
"""

from datetime import date
from typing import Literal, TypeAlias

from builder.resources.base import Resource, WireTime
from builder.resources.data import SourceResource


class ReleaseResource(Resource):
    """A version on PyPI."""

    version: str
    """Its number."""
    # Without fractions a dump of many releases is a quarter smaller.
    uploaded: WireTime | None
    """When its first file was uploaded, to the second."""
    prerelease: bool
    """Whether it is a pre-release by PEP 440."""
    yanked: str | None
    """Why it was yanked, empty where no reason was given; null where it was not."""
    requires_python: str | None
    """The versions of Python that it can be installed on, as it says; null where it does not say."""


class PyPIResource(Resource):
    """What PyPI says of a project."""

    name: str
    """Its name there."""
    summary: str | None
    """What it says it is; null where it says nothing."""
    version: str | None
    """Its newest version that is neither yanked nor a pre-release; null where there is none."""
    requires_python: str | None
    """The versions of Python that it can be installed on, as it says; null where it does not say."""
    classifiers: tuple[str, ...]
    """Its classifiers."""
    project_urls: dict[str, str]
    """Its links, by what it calls them."""
    status: str
    """Its status by PEP 792: `active`, `archived`, `deprecated` or `quarantined`."""
    status_reason: str | None
    """Why it has that status; null where it does not say."""
    releases: tuple[ReleaseResource, ...]
    """Its versions, newest first by PEP 440."""


class RepositoryResource(Resource):
    """What the host of a repository says of it."""

    name: str | None
    """Its path there, as it is now."""
    description: str | None
    """What it says it is; null where it says nothing."""
    homepage: str | None
    """Its page elsewhere; null where it names none."""
    stars: int | None
    """How many stars it has."""
    forks: int | None
    """How many forks it has."""
    licence: str | None
    """Its licence."""
    topics: tuple[str, ...] | None
    """Its topics."""
    archived: bool
    """Whether it is read-only."""
    fork: bool
    """Whether it is a fork of another one."""
    last_commit: WireTime | None
    """When it was last committed to."""
    commits_over_52: tuple[int, ...] | None
    """The commits of the last 52 weeks, a number for each, oldest first."""
    participants: tuple[str, ...] | None
    """The logins of those who contributed, the most active first."""


class DownloadsResource(Resource):
    """How often a package was downloaded from PyPI."""

    month: str
    """In which month, such as `2026-11`."""
    count: int
    """How often."""


class UsageResource(Resource):
    """A site that uses a package."""

    title: str
    """Its name."""
    url: str
    """Its address."""


class PlaceResource(Resource):
    """A grid that a package is in."""

    grid: str
    """The slug of the grid."""
    cells: dict[str, str]
    """The grid's words on the package, by the title of the feature."""


class PackageWholeResource(Resource):
    """All that is known of a package.

    Null is not known or, where the key says so, that it does not apply. Moments are UTC.
    """

    schema_version: int
    """Counts the keys that were added."""
    id: int
    """Its number, which never changes."""
    slug: str
    """Its name in addresses."""
    title: str
    """The name that people know it by."""
    description: str
    """What its upstreams say it is; empty where they say nothing."""
    category: str
    """The slug of its category."""
    created: WireTime
    """When it was added here."""
    modified: WireTime
    """When its entry here was last changed."""
    last_fetched: WireTime | None
    """When its upstreams were last asked with success."""
    repository_url: str
    """Where its repository is, as API v4 says it; empty where there is none."""
    pypi_url: str
    """Its page on PyPI, as API v4 says it; empty where there is none."""
    documentation_url: str | None
    """Where its documentation is, as API v4 says it; empty or null where none is named."""
    licence: str | None
    """Its licence, by its SPDX name where it has one."""
    python: tuple[str, ...] | None
    """The versions of Python that its classifiers name and its newest version can be installed on, oldest first."""
    django: tuple[str, ...] | None
    """The versions of Django that its classifiers name, oldest first."""
    python3: bool | None
    """Whether any Python 3 is supported."""
    development_status: int | None
    """The number of its development status by its classifiers, from 1 (planning) to 7 (inactive)."""
    deprecated: date | None
    """Since when it is deprecated; null where it is not."""
    replaced_by: str | None
    """The slug of the package that took its place; null where none did."""
    replaces: tuple[str, ...]
    """The slugs of packages whose place it took."""
    standing: tuple[str, ...]
    """Why nobody should begin with it: `archived`, `deprecated`, `replaced`, or a status on PyPI."""
    tags: tuple[str, ...]
    """Its tags."""
    usage_count: int
    """How many are known to use it."""
    sites: tuple[UsageResource, ...]
    """Sites that use it."""
    grids: tuple[PlaceResource, ...]
    """The grids that compare it, and what they say of it."""
    pypi: PyPIResource | None
    """What PyPI says; null where it has told nothing."""
    repository: RepositoryResource | None
    """What the host of its repository says; null where it has told nothing."""
    downloads: DownloadsResource | None
    """How often it was downloaded from PyPI; null where it is not among those that are counted."""
    sources: dict[str, SourceResource]
    """How it stands with each source, by name."""


class FeatureResource(Resource):
    """A row of a grid."""

    title: str
    """What is compared."""
    description: str
    """What is meant by it."""
    cells: dict[str, str]
    """A short text for each package that is known to have it or not, by its slug."""


class GridWholeResource(Resource):
    """All that is known of a grid. Moments are UTC."""

    schema_version: int
    """Counts the keys that were added."""
    id: int
    """Its number, which never changes."""
    slug: str
    """Its name in addresses."""
    title: str
    """The name that people know it by."""
    description: str
    """What is compared, in a sentence or two."""
    header: bool
    """Whether the front page shows it."""
    locked: bool
    """Whether it is closed to changes."""
    created: WireTime
    """When it was added here."""
    modified: WireTime
    """When its entry here was last changed."""
    packages: tuple[str, ...]
    """The slugs of its packages, in the order in which they were added."""
    features: tuple[FeatureResource, ...]
    """The rows of the comparison."""


class CategoryWholeResource(Resource):
    """All that is known of a category. Moments are UTC."""

    schema_version: int
    """Counts the keys that were added."""
    id: int
    """Its number, which never changes."""
    slug: str
    """Its name in addresses."""
    title: str
    """What one package of it is called."""
    title_plural: str
    """What its packages are called together."""
    description: str
    """What belongs in it."""
    show_pypi: bool
    """Whether its packages are meant for PyPI."""
    created: WireTime
    """When it was added here."""
    modified: WireTime
    """When its entry here was last changed."""


WholeResource: TypeAlias = PackageWholeResource | GridWholeResource | CategoryWholeResource
"""All that is known of an item, of whatever kind."""


class DumpResource(Resource):
    """The whole data: every item as its own resource has it."""

    schema_version: int
    """Counts the keys that were added."""
    as_of: date
    """The day (UTC) of the newest thing that was fetched from upstreams."""
    packages: tuple[PackageWholeResource, ...]
    """The packages, by slug."""
    grids: tuple[GridWholeResource, ...]
    """The grids, by slug."""
    categories: tuple[CategoryWholeResource, ...]
    """The categories, by slug."""


class _PackageLine(Resource):
    type: Literal["package"]
    """What this line is."""


class _GridLine(Resource):
    type: Literal["grid"]
    """What this line is."""


class _CategoryLine(Resource):
    type: Literal["category"]
    """What this line is."""


# The fields of the last base come first.
class PackageLineResource(PackageWholeResource, _PackageLine):
    """A line that is a package."""


class GridLineResource(GridWholeResource, _GridLine):
    """A line that is a grid."""


class CategoryLineResource(CategoryWholeResource, _CategoryLine):
    """A line that is a category."""
