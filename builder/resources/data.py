"""What the project's own resources promise: they only ever grow, each under the version in its path."""

from datetime import date

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


class GenerationResource(Resource):
    """`/api/data/v1/generation.json`: which content this is, and what the host that it was built for promises.

    `generation` is the same for the same files: the SHA-256 of the lines `<SHA-256 of a file>  <its path>`, by path, of
    all files but this one and the compressed forms of others. `base_url` has no slash at its end. `query` is what the
    host makes of a query: `ignored`, `mapped` (the original's default pages alone) or `answered`. The others tell
    whether API v3 is there, a file for each slug, a `.json` file for each item of v4, compressed files, and readable
    pages at the addresses of the API.
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
