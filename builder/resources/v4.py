"""What API v4 promises, and how its lists are put together."""

from collections.abc import Sequence
from typing import Literal

from builder.resources.base import Resource, WireTime


class RootResource(Resource):
    """Where the lists are."""

    packages: str
    """The address of the list of packages."""
    search: str
    """The address that searches, where the host runs a program that can."""
    grids: str
    """The address of the list of grids."""
    categories: str
    """The address of the list of categories."""


class PackageResource(Resource):
    """A package, as Django Packages answers it. What is not known is 0, empty or null, as there.

    Moments are in the time zone of the site.
    """

    category: str
    """The address of its category."""
    grids: tuple[str, ...]
    """The addresses of the grids that compare it."""
    id: int
    """Its number, which never changes."""
    title: str
    """The name that people know it by."""
    slug: str
    """Its name in addresses."""
    last_updated: WireTime | None
    """When its repository was last committed to."""
    last_fetched: WireTime | None
    """When its upstreams were last asked with success."""
    repo_url: str
    """Where its repository is."""
    pypi_version: str | None
    """The newest version on PyPI that can be installed; null where there is none, or none is known."""
    created: WireTime
    """When it was added here."""
    modified: WireTime
    """When its entry here was last changed."""
    repo_forks: int
    """How many forks its repository has."""
    repo_description: str
    """What its repository, else PyPI, says it is."""
    pypi_url: str
    """Its page on PyPI, as it was written here; empty where it is not there."""
    documentation_url: str | None
    """Where its documentation is, as it was written here."""
    repo_watchers: int
    """How many stars its repository has."""
    commits_over_52: tuple[int, ...]
    """The commits of the last 52 weeks, a number for each, oldest first."""
    participants: tuple[str, ...]
    """The logins of those who contributed, the most active first."""


class GridResource(Resource):
    """A grid: packages that are compared with each other.

    Moments are in the time zone of the site.
    """

    id: int
    """Its number, which never changes."""
    title: str
    """The name that people know it by."""
    slug: str
    """Its name in addresses."""
    description: str
    """What is compared, in a sentence or two."""
    is_locked: bool
    """Whether it is closed to changes."""
    packages: tuple[str, ...]
    """The addresses of its packages."""
    header: bool
    """Whether the front page shows it."""
    created: WireTime
    """When it was added here."""
    modified: WireTime
    """When its entry here was last changed."""


class CategoryResource(Resource):
    """A category, which every package has one of.

    Moments are in the time zone of the site.
    """

    id: int
    """Its number, which never changes."""
    title: str
    """What one package of it is called."""
    slug: str
    """Its name in addresses."""
    description: str
    """What belongs in it."""
    title_plural: str
    """What its packages are called together."""
    show_pypi: bool
    """Whether its packages are meant for PyPI."""
    created: WireTime
    """When it was added here."""
    modified: WireTime
    """When its entry here was last changed."""


class SearchItemResource(Resource):
    """An item that was found: a package or a grid.

    Three keys are twins of others, as in Django Packages: `title_no_prefix` and `clean_title` of `title`,
    `slug_no_prefix` of `slug`. Of a grid, what only packages have is 0, empty or null.
    """

    description: str
    """What it says it is."""
    title: str
    """The name that people know it by."""
    title_no_prefix: str
    """The same as `title`."""
    slug_no_prefix: str
    """The same as `slug`."""
    clean_title: str
    """The same as `title`."""
    absolute_url: str
    """The path of its page."""
    created: WireTime
    """When it was added here."""
    modified: WireTime
    """When its entry here was last changed."""
    weight: int
    """How much it weighs among items that fit a query equally well, 0 to 100."""
    item_type: Literal["package", "grid"]
    """Which of the two it is."""
    slug: str
    """Its name in addresses."""
    category: str = ""
    """The title of its category."""
    repo_watchers: int = 0
    """How many stars its repository has."""
    repo_forks: int = 0
    """How many forks its repository has."""
    pypi_downloads: int = 0
    """How often it was downloaded from PyPI in a month."""
    score: int = 0
    """Its stars, less a tenth for each three months without a commit."""
    usage: int = 0
    """How many are known to use it."""
    participants: str = ""
    """The logins of those who contributed, with commas between them."""
    last_committed: WireTime | None = None
    """When its repository was last committed to."""
    last_released: WireTime | None = None
    """When its newest version came out."""


class _ListResource(Resource):
    count: int
    """How many items the whole list has."""
    next: str | None
    """The address of the next page; null on the last, and where the list is whole."""
    previous: str | None
    """The address of the page before; null on the first."""


class PackageListResource(_ListResource):
    """Packages, newest first: all of them, or a page of them."""

    results: tuple[PackageResource, ...]
    """The packages."""


class GridListResource(_ListResource):
    """Grids, newest first: all of them, or a page of them."""

    results: tuple[GridResource, ...]
    """The grids."""


class CategoryListResource(_ListResource):
    """Categories, newest first: all of them, or a page of them."""

    results: tuple[CategoryResource, ...]
    """The categories."""


class ErrorResource(Resource):
    """What is answered where something is amiss."""

    detail: str
    """What is amiss, in words."""


def encode_list(bodies: Sequence[bytes], count: int, next_url: str | None, previous_url: str | None) -> bytes:
    """Give a list, or a page of one, from the bodies of its items; `count` is of the whole list."""
    head = b'{"count":%d,"next":%s,"previous":%s,"results":['
    return head % (count, _address(next_url), _address(previous_url)) + b",".join(bodies) + b"]}"


def _address(url: str | None) -> bytes:
    # Our own addresses are plain ASCII without quotes (`fields.BaseUrl`), so that quoting them is all that JSON needs.
    return b"null" if url is None else b'"%s"' % url.encode()
