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
NOT_FOUND: Final = "/404.html"
ASSETS: Final = "/assets/"

CHANGELOG: Final = "/changelog/"
SEARCH: Final = "/search/"
SEARCH_DESCRIPTION: Final = "/search/opensearch/description/"
SEARCH_DESCRIPTION_FILE: Final = "/opensearch.xml"
ROBOTS: Final = "/robots.txt"
SITEMAP: Final = "/sitemap.xml"
LATEST_FEED: Final = "/feeds/packages/latest/"
RELEASES_FEED: Final = "/feeds/releases/"
POSTS_FEED: Final = "/changelog/feeds/"
"""What the addresses of a feed begin with: `feed_page` and `feed_file` give them whole."""

API: Final = "/api/v4/"
API_SEARCH: Final = "/api/v4/search/"
API_PACKAGES: Final = "/api/v4/packages/"
API_GRIDS: Final = "/api/v4/grids/"
API_CATEGORIES: Final = "/api/v4/categories/"

DATA_SEARCH: Final = "/api/data/v1/search/index.json"
DATA_FRESHNESS: Final = "/api/data/v1/freshness.json"

API_NOT_FOUND: Final = "/api/404.json"

PAGES: Final = (HOME, PACKAGES, GRIDS, CATEGORIES)
"""The pages that are there whatever the data holds, and that search engines should know."""


def package_page(slug: str) -> str:
    """Give the route of a package's page."""
    return f"/packages/p/{slug}/"


def grid_page(slug: str) -> str:
    """Give the route of a grid's page."""
    return f"/grids/g/{slug}/"


def category_page(slug: str) -> str:
    """Give the route of a category's page."""
    return f"/categories/{slug}/"


def grid_feed(slug: str) -> str:
    """Give what the address of a grid's feed begins with."""
    return f"/feeds/grids/{slug}/"


def feed_page(feed: str, form: str) -> str:
    """Give the route that the original has for a feed; `form` is `atom` or `rss`."""
    return f"{feed}{form}/"


def feed_file(feed: str, form: str) -> str:
    """Give the route of the same feed as a file, which every host serves with a media type of XML."""
    return f"{feed}{form}.xml"


def sitemap_part(name: str, number: int) -> str:
    """Give the route of a part of the sitemap; the first of a name has no number."""
    return f"/sitemap-{name}.xml" if number == 1 else f"/sitemap-{name}-{number}.xml"


def picture(page: str) -> str:
    """Give the route of the picture that stands for a page where its address is shared."""
    return f"{page}opengraph.png"


def post_page(slug: str) -> str:
    """Give the route of a post."""
    return f"{CHANGELOG}{slug}/"


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
