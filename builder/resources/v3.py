"""What API v3 promises: another shape and another dialect of JSON than API v4's, for the clients that still ask it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer

from builder.resources.base import MOMENT, Resource


def _milliseconds(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.removesuffix("+00:00") + "Z"


Moment = Annotated[datetime, PlainSerializer(_milliseconds, return_type=str), MOMENT]
"""UTC with `Z` and milliseconds: microseconds are cut off, and no fraction is given where they are zero."""


class RootResource(Resource):
    """`/api/v3/`: paths on the host, as all links of API v3."""

    categories: str
    grids: str
    packages: str
    users: str


class ItemResource(Resource):
    """What every object begins with; `absolute_url` is the path of its page."""

    absolute_url: str
    created: Moment
    modified: Moment
    slug: str
    title: str


class CategoryResource(ItemResource):
    """`/api/v3/categories/<slug>/`."""

    description: str
    resource_uri: str
    show_pypi: bool
    title_plural: str


class GridResource(ItemResource):
    """`/api/v3/grids/<slug>/`; the packages by title."""

    description: str
    is_locked: bool
    resource_uri: str
    header: bool
    packages: tuple[str, ...]


class PackageResource(ItemResource):
    """`/api/v3/packages/<slug>/`.

    `commit_list` and `commits_over_52` are the same text of numbers with commas between them. Who made or changed an
    entry there is personal data, which is not kept here: `created_by` and `last_modified_by` are always null.
    """

    category: str
    commit_list: str
    commits_over_52: str
    created_by: None = None
    documentation_url: str | None
    grids: tuple[str, ...]
    last_fetched: Moment | None
    last_modified_by: None = None
    participants: str
    pypi_url: str
    pypi_version: str | None
    repo_description: str
    repo_forks: int
    repo_url: str
    repo_watchers: int
    resource_uri: str
    usage_count: int


class ErrorResource(Resource):
    """The body of an answer that is not 2xx; `error` is its status."""

    error: int
    message: str


class Meta(Resource):
    """Where in a list a page stands; `next` and `previous` are paths, with the query where there is one."""

    limit: int
    next: str | None
    offset: int
    previous: str | None
    total_count: int


class _ListResource(Resource):
    meta: Meta


class PackageListResource(_ListResource):
    """`/api/v3/packages/`, and those of a category, which is not named."""

    category: None
    objects: tuple[PackageResource, ...]


class GridPackageListResource(_ListResource):
    """`/api/v3/grids/<slug>/packages/`, with the grid."""

    grid: GridResource
    objects: tuple[PackageResource, ...]


class GridListResource(_ListResource):
    """`/api/v3/grids/`."""

    objects: tuple[GridResource, ...]


class CategoryListResource(_ListResource):
    """`/api/v3/categories/`."""

    objects: tuple[CategoryResource, ...]


def encode(resource: Resource) -> bytes:
    """Give the bytes on the wire: a space after commas and colons, and all that is not ASCII escaped."""
    return json.dumps(resource.model_dump()).encode()


def encode_list(meta: Meta, between: bytes, bodies: Sequence[bytes]) -> bytes:
    """Give a list, or a page of one, from the bodies of its objects.

    `between` is what some lists say before the objects, as `member` gives it; b"" for the others.
    """
    return b'{"meta": %s, %s"objects": [%s]}' % (encode(meta), between, b", ".join(bodies))


def member(name: str, body: bytes) -> bytes:
    """Give a member of an object, and what parts it from the next."""
    return b'"%s": %s, ' % (name.encode(), body)
