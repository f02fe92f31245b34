"""What the project's own resources promise: they only ever grow, each under the version in its path."""

from datetime import date
from typing import Literal

from builder.resources.base import Resource, WireTime


class SourceResource(Resource):
    """How it stands with one source of what is known of a package."""

    state: str
    """`ok`, `failed`, `missing` or `taken over`; where it is not `ok`, what is known is what the source said before."""
    changed: WireTime | None
    """When it last said something new."""
    since: WireTime | None
    """When the state began; null where all is well."""
    reason: str
    """Why it is not `ok`, in words."""


class BadgeResource(Resource):
    """What the badge service shields.io makes a badge of: a text at the left, one at the right, and their grounds.

    The keys are those of its "endpoint" form. It refuses any that it does not know, so that none of ours is among
    them.
    """

    schemaVersion: Literal[1] = 1  # noqa: N815 - the service's name
    """The version of the service's form."""
    label: str
    """The title of this site."""
    message: str
    """The newest version; or why nobody should begin with the package; or `listed` where neither is known."""
    color: str
    """The ground of `message`; white can be read on it."""
    labelColor: str  # noqa: N815 - the service's name
    """The ground of `label`."""


class PackageRowResource(Resource):
    """A package in a list.

    Null is not known or, where the key says so, that it does not apply. Dates are in the time zone of the site.
    """

    slug: str
    """Its name in addresses."""
    title: str
    """The name that people know it by."""
    description: str
    """What its upstreams say it is; empty where they say nothing."""
    category: str
    """The slug of its category."""
    version: str | None
    """Its newest version that can be installed; null where there is none, or none is known."""
    released: date | None
    """The date of that; null where there is none, or none is known."""
    last_commit: date | None
    """The date of the last commit to its repository."""
    stars: int | None
    """How many stars its repository has."""
    standing: tuple[str, ...]
    """Why nobody should begin with it: `archived`, `deprecated`, `replaced`, or a status on PyPI."""


class PackageRowsResource(Resource):
    """A short row for each package, by slug: what lists can be sorted and filtered by."""

    schema_version: int
    """Counts the keys that were added."""
    as_of: date
    """The day (UTC) of the newest thing that was fetched from upstreams."""
    time_zone: str
    """The time zone of the dates of packages, as the IANA names it: that of the site's pages."""
    categories: dict[str, str]
    """The titles of the categories, by slug."""
    packages: tuple[PackageRowResource, ...]
    """The packages."""


class FreshnessResource(Resource):
    """How it stands with each source of each package."""

    schema_version: int
    """Counts the keys that were added."""
    as_of: date
    """The day (UTC) of the newest thing that was fetched from upstreams."""
    packages: dict[str, dict[str, SourceResource]]
    """By the slug of the package and the name of the source."""


class DataRootResource(Resource):
    """What there is in this part of the API."""

    schema_version: int
    """Counts the keys that were added."""
    resources: dict[str, str]
    """Addresses by name; `{slug}` stands for the slug of an item, `{day}` for a day, `{kind}` for a kind of answer."""


class FacetsResource(Resource):
    """The slugs of packages by what they have in common."""

    schema_version: int
    """Counts the keys that were added."""
    as_of: date
    """The day (UTC) of the newest thing that was fetched from upstreams."""
    tags: dict[str, tuple[str, ...]]
    """By tag."""
    licences: dict[str, tuple[str, ...]]
    """By licence, in the words of the package's own resource."""
    python: dict[str, tuple[str, ...]]
    """By version of Python that their classifiers name, oldest first."""
    django: dict[str, tuple[str, ...]]
    """By version of Django that their classifiers name, oldest first."""


class RemovedResource(Resource):
    """An item that was removed."""

    id: int
    """Its number, which is never given again."""
    slug: str
    """Its name in addresses, which may be given again."""
    removed: date
    """When."""
    reason: str
    """Why, in words."""


class NamesResource(Resource):
    """Every name of every item, and what was removed."""

    schema_version: int
    """Counts the keys that were added."""
    packages: dict[str, int]
    """Numbers by slug."""
    grids: dict[str, int]
    """Numbers by slug."""
    categories: dict[str, int]
    """Numbers by slug."""
    pypi: dict[str, str]
    """Slugs of packages by their name on PyPI, as PEP 503 normalises it."""
    repositories: dict[str, str]
    """Slugs of packages by their repository, as `host/owner/name` in lower case: where it is, and where it was."""
    removed_packages: tuple[RemovedResource, ...]
    """The packages that were removed, by number."""
    removed_grids: tuple[RemovedResource, ...]
    """The grids that were removed, by number."""
    removed_categories: tuple[RemovedResource, ...]
    """The categories that were removed, by number."""


class SearchIndexResource(Resource):
    """What has to be known before the files of the index can answer a query.

    `search.js`, among the assets of this site, is a program that reads them. Those other files are no promise.
    """

    schema_version: int
    """Counts the keys that were added."""
    items: int
    """How many packages and grids there are."""
    terms: tuple[str, ...]
    """The beginnings by which words are shared out among files."""
    spellings: tuple[str, ...]
    """The same for words with errors in them."""
    ranks: tuple[int, ...]
    """The blocks of ids that there are ranks of."""
    stop_words: tuple[str, ...]
    """The words that descriptions were indexed without."""
    categories: tuple[str, ...]
    """The titles of the categories, in the order in which the files of ranks count them."""


class ManifestHeadResource(Resource):
    """The first line of the manifest, which tells of all."""

    schema_version: int
    """Counts the keys that were added."""
    generation: str
    """The id of the content, as in `Generation`."""
    files: int
    """How many lines follow."""


class ManifestFileResource(Resource):
    """Each other line of the manifest, by path: a file of the site as it was built."""

    path: str
    """The path of the file, without a slash at its beginning."""
    bytes: int
    """How long it is."""
    sha256: str
    """Its SHA-256, in hexadecimal."""
    role: str
    """`content`; `derived` for what is made of it and does not count for the generation: dumps compressed or as a
    database, pictures, what changed since; `form` for a compressed form that the host sends in place of the file, and
    does not serve by itself; or `host` for what the host keeps to itself.
    """


class GenerationResource(Resource):
    """Which content this is, and what the host that it was built for promises."""

    schema_version: int
    """Counts the keys that were added."""
    generation: str
    """An id that is the same for the same files: the SHA-256 of what `sha256sum` prints for them (the sum, two spaces,
    the path, a line feed), by path, of those whose role in the manifest is `content` or `host`.
    """
    manifest_sha256: str
    """The SHA-256 of the manifest, in hexadecimal."""
    as_of: date
    """The day (UTC) of the newest thing that was fetched from upstreams."""
    base_url: str
    """What all addresses begin with, without a slash at its end."""
    host: str
    """The kind of host."""
    query: str
    """What the host makes of a query: `ignored`, `mapped` (the original's default pages alone) or `answered`."""
    v3: bool
    """Whether API v3 is there."""
    copies: bool
    """Whether a file for each slug is there."""
    suffixes: bool
    """Whether each item of API v4 is there as a file that ends in `.json` too."""
    siblings: bool
    """Whether compressed files lie beside the larger ones."""
    negotiates: bool
    """Whether a browser gets a readable page at the addresses of the API."""
