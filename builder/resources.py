"""What the API promises: the order of the fields is the order on the wire.

No key is ever added to API v4: new facts go to the project's own resources, which only ever grow.
The models give the bytes (`encode`) and, later, the schemas; nothing else in the program writes API v4 JSON.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

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


class SearchItemResource(Resource):
    """An item of the bare array that `/api/v4/search/` answers: a package or a grid.

    Three keys are twins of others there, and so here: `title_no_prefix` and `clean_title` of `title`, `slug_no_prefix`
    of `slug`. A grid has zeros, "" and null where a package has numbers, its category, its people and its dates.
    """

    description: str
    title: str
    title_no_prefix: str
    slug_no_prefix: str
    clean_title: str
    absolute_url: str
    created: WireTime
    modified: WireTime
    weight: int
    item_type: Literal["package", "grid"]
    slug: str
    category: str = ""
    repo_watchers: int = 0
    repo_forks: int = 0
    pypi_downloads: int = 0
    score: int = 0
    usage: int = 0
    participants: str = ""
    last_committed: WireTime | None = None
    last_released: WireTime | None = None


class SearchIndexResource(Resource):
    """`/api/data/v1/search/index.json`: what has to be known before a query; see `templates/edge/search.js`.

    `items` counts packages and grids. `terms` and `spellings` are the beginnings by which words are shared out among
    files, `ranks` the blocks of ids that there are ranks of. `stop_words` are those that descriptions were indexed
    without.
    """

    schema_version: int
    items: int
    terms: tuple[str, ...]
    spellings: tuple[str, ...]
    ranks: tuple[int, ...]
    stop_words: tuple[str, ...]


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
