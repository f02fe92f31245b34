"""What API v4 promises, and how its lists are put together."""

from collections.abc import Sequence
from typing import Literal

from builder.resources.base import Resource, WireTime


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
    without. `categories` are the titles of the categories, in the order in which the files of ranks count them.
    """

    schema_version: int
    items: int
    terms: tuple[str, ...]
    spellings: tuple[str, ...]
    ranks: tuple[int, ...]
    stop_words: tuple[str, ...]
    categories: tuple[str, ...]


class _ListResource(Resource):
    count: int
    next: str | None
    previous: str | None


class PackageListResource(_ListResource):
    """`/api/v4/packages/`, whole or a page of it; `next` and `previous` are the addresses of other pages."""

    results: tuple[PackageResource, ...]


class GridListResource(_ListResource):
    """`/api/v4/grids/`, likewise."""

    results: tuple[GridResource, ...]


class CategoryListResource(_ListResource):
    """`/api/v4/categories/`, likewise."""

    results: tuple[CategoryResource, ...]


class ErrorResource(Resource):
    """The body of every answer that is not 2xx."""

    detail: str


def encode_list(bodies: Sequence[bytes], count: int, next_url: str | None, previous_url: str | None) -> bytes:
    """Give a list, or a page of one, from the bodies of its items; `count` is of the whole list."""
    head = b'{"count":%d,"next":%s,"previous":%s,"results":['
    return head % (count, _address(next_url), _address(previous_url)) + b",".join(bodies) + b"]}"


def _address(url: str | None) -> bytes:
    # Our own addresses are plain ASCII without quotes (`fields.BaseUrl`), so that quoting them is all that JSON needs.
    return b"null" if url is None else b'"%s"' % url.encode()
