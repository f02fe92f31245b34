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
    """Where the lists are, as paths on the host."""

    categories: str
    """The path of the list of categories."""
    grids: str
    """The path of the list of grids."""
    packages: str
    """The path of the list of packages."""
    users: str
    """A path that is named as in Django Packages, and not answered: users are personal data."""


class ItemResource(Resource):
    """What every item begins with. Moments are UTC."""

    absolute_url: str
    """The path of its page."""
    created: Moment
    """When it was added here."""
    modified: Moment
    """When its entry here was last changed."""
    slug: str
    """Its name in addresses."""
    title: str
    """The name that people know it by."""


class CategoryResource(ItemResource):
    """A category, which every package has one of."""

    description: str
    """What belongs in it."""
    resource_uri: str
    """Its own path in the API."""
    show_pypi: bool
    """Whether its packages are meant for PyPI."""
    title_plural: str
    """What its packages are called together."""


class GridResource(ItemResource):
    """A grid: packages that are compared with each other."""

    description: str
    """What is compared, in a sentence or two."""
    is_locked: bool
    """Whether it is closed to changes."""
    resource_uri: str
    """Its own path in the API."""
    header: bool
    """Whether the front page shows it."""
    packages: tuple[str, ...]
    """The paths of its packages in the API, by title."""


class PackageResource(ItemResource):
    """A package, as Django Packages answers it. What is not known is 0, empty or null, as there."""

    category: str
    """The path of its category in the API."""
    commit_list: str
    """The same as `commits_over_52`."""
    commits_over_52: str
    """The commits of the last 52 weeks, oldest first, with commas between the numbers."""
    created_by: None = None
    """Always null: who made an entry is personal data, which is not kept here."""
    documentation_url: str | None
    """Where its documentation is, as it was written here."""
    grids: tuple[str, ...]
    """The paths of the grids that compare it, in the API."""
    last_fetched: Moment | None
    """When its upstreams were last asked with success."""
    last_modified_by: None = None
    """Always null, as `created_by`."""
    participants: str
    """The logins of those who contributed, with commas between them."""
    pypi_url: str
    """Its page on PyPI, as it was written here; empty where it is not there."""
    pypi_version: str | None
    """The newest version on PyPI that can be installed; null where there is none, or none is known."""
    repo_description: str
    """What its repository, else PyPI, says it is."""
    repo_forks: int
    """How many forks its repository has."""
    repo_url: str
    """Where its repository is."""
    repo_watchers: int
    """How many stars its repository has."""
    resource_uri: str
    """Its own path in the API."""
    usage_count: int
    """How many are known to use it."""


class ErrorResource(Resource):
    """What is answered where something is amiss."""

    error: int
    """The status of the answer."""
    message: str
    """What is amiss, in words."""


class Meta(Resource):
    """Where in a list a page stands."""

    limit: int
    """How many items a page has at most."""
    next: str | None
    """The path of the next page; null on the last, and where the list is whole."""
    offset: int
    """How many items come before."""
    previous: str | None
    """The path of the page before; null on the first."""
    total_count: int
    """How many items the whole list has."""


class _ListResource(Resource):
    meta: Meta
    """Which part of the list this is."""


class PackageListResource(_ListResource):
    """Packages by title, of all or of a category: the whole list, or a page of it."""

    category: None
    """Always null, also where the packages are those of a category."""
    objects: tuple[PackageResource, ...]
    """The packages."""


class GridPackageListResource(_ListResource):
    """The packages of a grid by title: the whole list, or a page of it."""

    grid: GridResource
    """The grid."""
    objects: tuple[PackageResource, ...]
    """Its packages."""


class GridListResource(_ListResource):
    """Grids by title: the whole list, or a page of it."""

    objects: tuple[GridResource, ...]
    """The grids."""


class CategoryListResource(_ListResource):
    """Categories by title: the whole list, or a page of it."""

    objects: tuple[CategoryResource, ...]
    """The categories."""


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
