"""Every route of the site, and the way from a route to an address.

A route begins with a slash and is relative to the site; one that ends in a slash is a page or an answer, whose file
name is the host's affair (`builder.hosts`). Names follow the original, so that links from elsewhere land.
"""

from typing import Final
from urllib.parse import urlsplit

HOME: Final = "/"
PACKAGES: Final = "/packages/"
GRIDS: Final = "/grids/"
CATEGORIES: Final = "/categories/"
LATEST: Final = "/packages/latest/"
LIKED: Final = "/packages/liked/"
READINESS: Final = "/readiness/"
FIGURES: Final = "/open/"
PROFILES: Final = "/profiles/"
CHANGELOG: Final = "/changelog/"
SEARCH: Final = "/search/"
FRESHNESS: Final = "/freshness/"
NOT_FOUND: Final = "/404.html"
ASSETS: Final = "/assets/"

API: Final = "/api/v4/"
API_SEARCH: Final = "/api/v4/search/"
API_PACKAGES: Final = "/api/v4/packages/"
API_GRIDS: Final = "/api/v4/grids/"
API_CATEGORIES: Final = "/api/v4/categories/"

DATA_SEARCH: Final = "/api/data/v1/search/index.json"
DATA_FRESHNESS: Final = "/api/data/v1/freshness.json"

API_NOT_FOUND: Final = "/api/404.json"

PAGES: Final = frozenset(
    {HOME, PACKAGES, LATEST, LIKED, GRIDS, CATEGORIES, READINESS, FIGURES, PROFILES, CHANGELOG, SEARCH, FRESHNESS}
)
"""The pages that are there whatever the data holds."""
FIRST_STEPS: Final = frozenset({page.split("/")[1] for page in PAGES} | {"404", "api", "assets", "feeds", "sitemaps"})
"""What the routes begin with: no text may have such a name."""


def package_page(slug: str) -> str:
    """Give the route of a package's page."""
    return f"/packages/p/{slug}/"


def package_rules(slug: str) -> str:
    """Give the route of the page that tells how a package's weight in search comes about."""
    return f"/packages/p/{slug}/rules/"


def grid_packages(slug: str) -> str:
    """Give the route of a grid's packages as a plain list."""
    return f"/grids/g/{slug}/packages/"


def grid_timesheet(slug: str) -> str:
    """Give the route of a grid's packages on a line of time."""
    return f"/grids/g/{slug}/timesheet/"


def readiness_page(product: str, cycle: str) -> str:
    """Give the route of the packages that are ready for a release of a product."""
    return f"{READINESS}{product}/{cycle}/"


def profile_page(name: str) -> str:
    """Give the route of a contributor's page; `name` is a login, or a host, a slash and a login."""
    return f"{PROFILES}{name}/"


def post_page(slug: str) -> str:
    """Give the route of a post."""
    return f"{CHANGELOG}{slug}/"


def text_page(slug: str) -> str:
    """Give the route of a text."""
    return f"/{slug}/"


def grid_page(slug: str) -> str:
    """Give the route of a grid's page."""
    return f"/grids/g/{slug}/"


def category_page(slug: str) -> str:
    """Give the route of a category's page."""
    return f"/categories/{slug}/"


def list_page(listing: str, number: int) -> str:
    """Give the route of one page of a list for people; the list's own route is page 1."""
    return listing if number == 1 else f"{listing}page/{number}/"


SLASH: Final = "/"
SUFFIX: Final = ".json"
"""The two forms that an address of the API can end in."""


def api_item(collection: str, key: int | str, end: str = SLASH) -> str:
    """Give the route of one item of an API collection (`API_PACKAGES` and so on), by id or slug."""
    return f"{collection}{key}{end}"


def api_list(collection: str, end: str = SLASH) -> str:
    """Give the route of a list: the collection's own, or `/api/v4/packages.json`."""
    return collection.removesuffix("/") + end


def api_list_page(collection: str, offset: int, end: str = SLASH) -> str:
    """Give the route of a page of a list that is paged by path.

    The page is named by its offset, since hosts can put a number of the query into a path but cannot divide it.
    """
    return f"{collection}offset/{offset}{end}" if offset else api_list(collection, end)


def api_not_found(kind: str) -> str:
    """Give the route of the 404 body of one kind: `package`, `grid` or `category`.

    They lie beside, not under, the collections: `packages/404.json` is the suffix form of the package with the id 404.
    """
    return f"/api/404/{kind}.json"


class Urls:
    """Routes as addresses under one base address, which may have a path of its own."""

    def __init__(self, base_url: str) -> None:
        """Take the base address, with or without the slash at the end."""
        self.base = base_url.rstrip("/")
        self.prefix = urlsplit(self.base).path

    def absolute(self, route: str) -> str:
        """Give the whole address: scheme, host, path."""
        return self.base + route

    def path(self, route: str) -> str:
        """Give the path on the host: what a link inside the site needs."""
        return self.prefix + route
