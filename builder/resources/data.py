"""What the project's own resources promise: they only ever grow, each under the version in its path."""

from datetime import date
from typing import Literal

from builder.resources.base import Resource, WireTime


class SourceResource(Resource):
    """How it stands with one source of a package's facts.

    `changed` is when it last said something new; `since` (null where all is well) is when the state began: the last
    good answer is older. `state` is `ok`, `failed`, `missing` or `taken over`.
    """

    state: str
    changed: WireTime | None
    since: WireTime | None
    reason: str


class BadgeResource(Resource):
    """What the badge service shields.io makes a badge of: a text at the left, one at the right, and their grounds.

    The keys are those of its "endpoint" form. It refuses any that it does not know, so that none of ours is among them.
    """

    schemaVersion: Literal[1] = 1  # noqa: N815 - the service's name
    label: str
    message: str
    color: str
    labelColor: str  # noqa: N815 - the service's name


class PackageRowResource(Resource):
    """A package in `PackageRowsResource`; null is not known. `version` and `released` are those of its newest release.

    `category` is a slug. `standing` says in words why nobody should begin with it: `archived`, `deprecated`, `replaced`
    or a status on PyPI; it is empty where nothing does.
    """

    slug: str
    title: str
    description: str
    category: str
    version: str | None
    released: date | None
    last_commit: date | None
    stars: int | None
    standing: tuple[str, ...]


class PackageRowsResource(Resource):
    """`/api/data/v1/packages.json`: a row for each package, by slug; what lists are sorted and filtered by.

    `categories` are the titles of the categories, by slug. Dates are in the time zone of the site.
    """

    schema_version: int
    as_of: date
    categories: dict[str, str]
    packages: tuple[PackageRowResource, ...]


class FreshnessResource(Resource):
    """`/api/data/v1/freshness.json`: for each package by slug, each source that was asked."""

    schema_version: int
    as_of: date
    packages: dict[str, dict[str, SourceResource]]


class DataRootResource(Resource):
    """`/api/data/v1/index.json`: what there is below, address by name; `{slug}` stands for a slug."""

    schema_version: int
    resources: dict[str, str]


class FacetsResource(Resource):
    """`/api/data/v1/facets.json`: the slugs of packages by tag, licence, Python and Django version.

    A licence is in the words of `/api/data/v1/packages/<slug>.json`. Versions are those that classifiers name, oldest
    first.
    """

    schema_version: int
    as_of: date
    tags: dict[str, tuple[str, ...]]
    licences: dict[str, tuple[str, ...]]
    python: dict[str, tuple[str, ...]]
    django: dict[str, tuple[str, ...]]


class RemovedResource(Resource):
    """An item that was removed; its id is never given again, the slug may be."""

    id: int
    slug: str
    removed: date
    reason: str


class NamesResource(Resource):
    """`/api/data/v1/names.json`: every name of an item, and what was removed.

    `packages`, `grids` and `categories` are ids by slug. `pypi` and `repositories` are slugs of packages by the other
    names that they have: on PyPI as PEP 503 normalises it, and as `host/owner/name` in lower case, both where the
    repository is known under a former address and where it is now.
    """

    schema_version: int
    packages: dict[str, int]
    grids: dict[str, int]
    categories: dict[str, int]
    pypi: dict[str, str]
    repositories: dict[str, str]
    removed_packages: tuple[RemovedResource, ...]
    removed_grids: tuple[RemovedResource, ...]
    removed_categories: tuple[RemovedResource, ...]


class ManifestHeadResource(Resource):
    """The first line of `/api/data/v1/manifest.ndjson`; `generation` is as in `GenerationResource`."""

    schema_version: int
    generation: str
    files: int


class ManifestFileResource(Resource):
    """Each other line of it, by path: a file of the site as it was built, and not its compressed forms."""

    path: str
    bytes: int
    sha256: str


class GenerationResource(Resource):
    """`/api/data/v1/generation.json`: which content this is, and what the host that it was built for promises.

    `generation` is the same for the same files: the SHA-256 of the lines `<SHA-256 of a file>  <its path>`, by path, of
    all files but this one, the manifest and the compressed forms of others. `base_url` has no slash at its end. `query`
    is what the host makes of a query: `ignored`, `mapped` (the original's default pages alone) or `answered`. The
    others tell whether API v3 is there, a file for each slug, a `.json` file for each item of v4, compressed files, and
    readable pages at the addresses of the API.
    """

    schema_version: int
    generation: str
    as_of: date
    base_url: str
    host: str
    query: str
    v3: bool
    copies: bool
    suffixes: bool
    siblings: bool
    negotiates: bool
