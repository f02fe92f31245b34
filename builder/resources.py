"""What the API promises: the order of the fields is the order on the wire.

No key is ever added to API v4: new facts go to the project's own resources, which only ever grow.
The models give the bytes (`encode`) and, later, the schemas; nothing else in the program writes API v4 JSON.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

WireTime = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str)]
"""`isoformat()`: six digits of microseconds, and no fraction where it is zero."""


class Resource(BaseModel):
    """A body of API v4."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RootResource(Resource):
    """`/api/v4/`."""

    packages: str
    search: str
    grids: str
    categories: str


class PackageResource(Resource):
    """`/api/v4/packages/<id or slug>/`."""

    category: str
    grids: tuple[str, ...]
    id: int
    title: str
    slug: str
    last_updated: WireTime | None
    last_fetched: WireTime | None
    repo_url: str
    pypi_version: str | None
    created: WireTime
    modified: WireTime
    repo_forks: int
    repo_description: str
    pypi_url: str
    documentation_url: str | None
    repo_watchers: int
    commits_over_52: tuple[int, ...]
    participants: tuple[str, ...]


class GridResource(Resource):
    """`/api/v4/grids/<id or slug>/`."""

    id: int
    title: str
    slug: str
    description: str
    is_locked: bool
    packages: tuple[str, ...]
    header: bool
    created: WireTime
    modified: WireTime


class CategoryResource(Resource):
    """`/api/v4/categories/<id>/`."""

    id: int
    title: str
    slug: str
    description: str
    title_plural: str
    show_pypi: bool
    created: WireTime
    modified: WireTime


class ErrorResource(Resource):
    """The body of every answer that is not 2xx."""

    detail: str


class SourceResource(Resource):
    """How it stands with one source of a package's facts.

    `changed` is when it last said something new; `since` (null where all is well) is when the state began: the last
    good answer is older. `state` is `ok`, `failed`, `missing` or `taken over`.
    """

    state: str
    changed: WireTime | None
    since: WireTime | None
    reason: str


class FreshnessResource(Resource):
    """`/api/data/v1/freshness.json`: for each package by slug, each source that was asked."""

    schema_version: int
    as_of: date
    packages: dict[str, dict[str, SourceResource]]


class GenerationResource(Resource):
    """`/api/data/v1/generation.json`: which content this is, and what the host that it was built for promises.

    `generation` is the same for the same files: the SHA-256 of the lines `<SHA-256 of a file>  <its path>`, by path, of
    all files but this one. `base_url` has no slash at its end. `query` is what the host makes of a query: `ignored`,
    `mapped` (the original's default pages alone) or `answered`. The others tell whether API v3 is there, a file for
    each slug, a `.json` file for each item of v4, compressed files, and readable pages at the addresses of the API.
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


def encode(resource: Resource) -> bytes:
    """Give the bytes on the wire: compact, UTF-8, only what JSON demands escaped, and U+2028 and U+2029.

    Those two are legal in JSON and were line ends in JavaScript, which is why the original escapes them.
    """
    body = resource.model_dump_json().encode()
    return body.replace("\u2028".encode(), b"\\u2028").replace("\u2029".encode(), b"\\u2029")


def encode_list(bodies: Sequence[bytes], count: int, next_url: str | None, previous_url: str | None) -> bytes:
    """Give a list, or a page of one, from the bodies of its items; `count` is of the whole list."""
    head = b'{"count":%d,"next":%s,"previous":%s,"results":['
    return head % (count, _address(next_url), _address(previous_url)) + b",".join(bodies) + b"]}"


def _address(url: str | None) -> bytes:
    # Our own addresses are plain ASCII without quotes (`fields.BaseUrl`), so that quoting them is all that JSON needs.
    return b"null" if url is None else b'"%s"' % url.encode()
