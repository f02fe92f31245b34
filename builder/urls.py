"""Every route of the site, and the way from a route to an address.

A route begins with a slash and is relative to the site; one that ends in a slash is a page or an answer, whose file
name is the host's affair (`builder.hosts`). Names follow the original, so that links from elsewhere land.
"""

import re
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
FRESHNESS: Final = "/freshness/"
NOT_FOUND: Final = "/404.html"
USE: Final = "/use-the-data/"
ASSETS: Final = "/assets/"

CHANGELOG: Final = "/changelog/"
SEARCH: Final = "/search/"
COMPARE: Final = "/compare/"
SEARCH_DESCRIPTION: Final = "/search/opensearch/description/"
SEARCH_DESCRIPTION_FILE: Final = "/opensearch.xml"
ROBOTS: Final = "/robots.txt"
SITEMAP: Final = "/sitemap.xml"
LATEST_FEED: Final = "/feeds/packages/latest/"
RELEASES_FEED: Final = "/feeds/releases/"
POSTS_FEED: Final = "/changelog/feeds/"
"""What the addresses of a feed begin with: `feed_page` and `feed_file` give them whole."""
XML_FOLDERS: Final = ("/feeds/", POSTS_FEED, "/search/opensearch/")
"""What those routes begin with whose answers are XML, although they look like a page's."""

API_CATALOG: Final = "/.well-known/api-catalog"
API: Final = "/api/v4/"
API_SEARCH: Final = "/api/v4/search/"
API_PACKAGES: Final = "/api/v4/packages/"
API_GRIDS: Final = "/api/v4/grids/"
API_CATEGORIES: Final = "/api/v4/categories/"

V3: Final = "/api/v3/"
V3_PACKAGES: Final = "/api/v3/packages/"
V3_GRIDS: Final = "/api/v3/grids/"
V3_CATEGORIES: Final = "/api/v3/categories/"
V3_USERS: Final = "/api/v3/users/"  # named in the root, as in the original, and never answered

SCRIPTS: Final = "/_host/"
BROWSE: Final = "/api/browse/"
REFERENCE: Final = "/api/reference/"

EDGE: Final = "/api/edge/"
EDGE_INDEX: Final = "/api/edge/index.json"

DATA: Final = "/api/data/v1/index.json"
DATA_CHANGES: Final = "/api/data/v1/changes.json"
DATA_CHANGES_FOLDER: Final = "/api/data/v1/changes/"
DATA_DUMP: Final = "/api/data/v1/dump.json"
DATA_DUMP_LINES: Final = "/api/data/v1/dump.ndjson"
DATA_SQLITE: Final = "/api/data/v1/packages.db"
DATA_DUMPS: Final = (DATA_DUMP, DATA_DUMP_LINES, DATA_SQLITE)
DATA_FACETS: Final = "/api/data/v1/facets.json"
DATA_MANIFEST: Final = "/api/data/v1/manifest.ndjson"
DATA_NAMES: Final = "/api/data/v1/names.json"
DATA_OPENAPI: Final = "/api/data/v1/openapi.json"
DATA_PACKAGES: Final = "/api/data/v1/packages.json"
DATA_FRESHNESS: Final = "/api/data/v1/freshness.json"
DATA_GENERATION: Final = "/api/data/v1/generation.json"
DATA_SEARCH: Final = "/api/data/v1/search/"

API_NOT_FOUND: Final = "/api/404.json"
API_NOT_FOUND_PAGE: Final = "/api/404.html"
"""The same bytes, for hosts that answer what is not there with the nearest 404.html."""

PAGES: Final = (
    HOME,
    CATEGORIES,
    CHANGELOG,
    COMPARE,
    FRESHNESS,
    GRIDS,
    FIGURES,
    PACKAGES,
    LATEST,
    LIKED,
    PROFILES,
    READINESS,
    REFERENCE,
    SEARCH,
    USE,
)
"""The pages that are there whatever the data holds, by address."""
UNLISTED: Final = (NOT_FOUND, BROWSE, COMPARE, SEARCH)
"""The pages that are always there, and that search engines should not know."""
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


def list_page(listing: str, number: int) -> str:
    """Give the route of one page of a list for people; the list's own route is page 1."""
    return listing if number == 1 else f"{listing}page/{number}/"


PAGE_SIZE: Final = 20
"""Items on a page of a list of the API: the original's; hosts that can map a query map its default pages onto ours."""

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

    Those of API v3 are `v3-package` and so on, and `v3` for whatever else is asked of it. They lie beside, not under,
    the collections: `packages/404.json` is the suffix form of the package with the id 404.
    """
    return f"/api/404/{kind}.json"


def v3_packages_of(collection: str, slug: str) -> str:
    """Give the route of the list of a grid's or a category's packages in API v3.

    The original has it for grids; for categories it has a key of the query, which not every host can see.
    """
    return f"{api_item(collection, slug)}packages/"


def v3_count(collection: str) -> str:
    """Give the route of what a list of API v3 answers to `limit=0`, for hosts that can map a query."""
    return f"{collection}limit/0/"


def script(name: str) -> str:
    """Give where a script lies that a host runs; it is none of what the site answers."""
    return SCRIPTS + name


def edge_chunk(collection: str, number: int) -> str:
    """Give the route of a part of a collection's list, as the edge module reads it."""
    return f"{EDGE}{collection.removeprefix('/api/')}{number}.ndjson"


def edge_slugs(kind: str, shard: int) -> str:
    """Give the route of a part of the map from slugs to ids of one kind: `packages`, `grids` or `categories`."""
    return f"{EDGE}slugs/{kind}/{shard}.json"


def edge_members(kind: str, slug: str) -> str:
    """Give the route of what tells which packages a grid or a category (`grids`, `categories`) has in API v3."""
    return f"{EDGE}v3/members/{kind}/{slug}.json"


def data_schema(name: str) -> str:
    """Give the route of the JSON Schema of a kind of answer."""
    return f"/api/data/v1/schemas/{name}.json"


def badge(slug: str) -> str:
    """Give the route of a package's badge as a picture."""
    return f"/packages/p/{slug}/badge.svg"


def badge_data(slug: str) -> str:
    """Give the route of what the badge service is told of a package."""
    return f"/api/data/v1/badges/{slug}.json"


def data_changes(day: str) -> str:
    """Give the route of what changed on a day such as `2026-11-25`."""
    return f"{DATA_CHANGES_FOLDER}{day}.json"


def data_pack(before: str, generation: str, sha256: str) -> str:
    """Give the route of the files that a generation has and the one before it had not, by ids and its own sum."""
    return f"{DATA_CHANGES_FOLDER}{before[:16]}-{generation[:16]}-{sha256[:8]}.tar.br"


def data_item(kind: str, slug: str) -> str:
    """Give the route of all that is known of an item; `kind` is `packages`, `grids` or `categories`."""
    return f"/api/data/v1/{kind}/{slug}.json"


def search_index() -> str:
    """Give the route of what has to be known before a query."""
    return f"{DATA_SEARCH}index.json"


def search_shard(kind: str, beginning: str) -> str:
    """Give the route of the words with a beginning, "" for those that share none; `kind` is `terms` or `spellings`.

    In a folder per first character, so that no folder grows large. What is not a-z or 0-9 is written as its number in
    hexadecimal; the `w-` keeps `con` from being a name that Windows does not allow.
    """
    name = re.sub("[^a-z0-9]", lambda found: f"-{ord(found[0]):x}-", beginning)
    return f"{DATA_SEARCH}{kind}/{name[:1].strip('-') or '_'}/w-{name}.json"


def search_ranks(block: int) -> str:
    """Give the route of the ranks of a block of ids."""
    return f"{DATA_SEARCH}ranks/{block}.json"


def search_items(kind: str, chunk: int) -> str:
    """Give the route of a chunk of search items; `kind` is `packages` or `grids`. 1,000 chunks make a folder."""
    return f"{DATA_SEARCH}items/{kind}/{chunk // 1000}/{chunk}.ndjson"


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
