"""What is not there, in the API and on the pages; and search, which fails loudly where it cannot be answered."""

from typing import Any, Final

from builder import urls
from builder.choices import Query
from builder.outputs import JSON
from builder.urls import API_PACKAGES, API_SEARCH
from builder.verify.checks.headers import HTML
from builder.verify.live import Live

NOT_FOUND: Final = "Not found."
_NO_SUCH: Final = (
    ("/api/v4/packages/no-such-package/", "No Package matches the given query."),
    ("/api/v4/packages/999999999/", "No Package matches the given query."),
    ("/api/v4/grids/no-such-grid/", "No Grid matches the given query."),
    ("/api/v4/categories/999999999/", "No Category matches the given query."),
    ("/api/v4/categories/no-such-category/", NOT_FOUND),
    ("/api/v4/no-such-thing/", NOT_FOUND),
)
_ITEM: Final = (
    *("description", "title", "title_no_prefix", "slug_no_prefix", "clean_title", "absolute_url", "created"),
    *("modified", "weight", "item_type", "slug", "category", "repo_watchers", "repo_forks", "pypi_downloads"),
    *("score", "usage", "participants", "last_committed", "last_released"),
)
_MOST: Final = 20
_GONE: Final = {"detail": "API v1 is gone. API v4 is at /api/v4/."}


def not_found(live: Live) -> None:
    """What is not there is answered 404, under the API and elsewhere."""
    for route in (*(route for route, _ in _NO_SUCH), "/packages/p/no-such-package/", "/no-such-page/"):
        live.get(route).has_status(404)


def not_found_json(live: Live) -> None:
    """Under the API a 404 is JSON."""
    for route, _ in _NO_SUCH:
        seen = live.get(route)
        seen.expect(seen.is_json, "JSON, as everywhere under /api/", f"{seen.media_type or 'no type'}, {seen.start()}")
        seen.has_type(JSON)


def not_found_words(live: Live) -> None:
    """A 404 of the API has the original's words for what was asked."""
    for route, words in _NO_SUCH:
        seen = live.get(route)
        expected = {"detail": words}
        seen.expect(seen.is_json and seen.json() == expected, expected, seen.start())


def hidden(live: Live) -> None:
    """What lies there for the host's own program, or for the next build, is nobody's to read."""
    for route in ("/.static-packages", "/_host/api.js", f"/_host/{live.promises.host}/site.conf"):
        live.get(route).has_status(404, 403)


def gone(live: Live) -> None:
    """The versions that the original has put out of use are answered 410, and told where the API is."""
    for route in ("/api/v1/packages/", "/api/v1/package/no-such-package/"):
        seen = live.get(route).has_status(410)
        seen.expect(seen.is_json and seen.json() == _GONE, _GONE, seen.start())


def not_found_page(live: Live) -> None:
    """Elsewhere a 404 is the site's own page."""
    seen = live.get("/packages/p/no-such-package/").has_status(404).has_type(HTML)
    own = live.get(urls.NOT_FOUND)
    seen.expect(b"</html>" in seen.body.lower(), "the site's own page", seen.start())
    if own.status == 200:  # noqa: PLR2004 - a status is best read as it is
        seen.expect(seen.body == own.body, f"the page that is at {own.url}", seen.start())


def search(live: Live) -> None:
    """A search finds a package by its title; where the host cannot search, it says so and where the index is."""
    item = live.sample(API_PACKAGES)
    seen = live.get(f"{API_SEARCH}?q={item['slug']}")
    found = seen.json()
    if live.promises.query is not Query.ANSWERED:
        told = isinstance(found, dict) and urls.search_index() in str(found.get("detail"))
        seen.expect(told, f"a refusal that names {urls.search_index()}", seen.start(), "An empty array would be a lie.")
        return
    seen.has_status(200).has_type(JSON)
    few = isinstance(found, list) and 0 < len(found) <= _MOST
    whole = few and all(isinstance(hit, dict) and list(hit) == list(_ITEM) for hit in found)
    seen.expect(whole, f"an array of at most {_MOST} items with their 20 keys", seen.start())
    slugs = [_slug(hit) for hit in found]
    seen.expect(item["slug"] in slugs, f"{item['slug']} among what is found", slugs)
    blank = live.get(f"{API_SEARCH}?q=").has_status(200)
    blank.expect(blank.json() == [], "[] for a blank query", blank.start())


def _slug(hit: dict[str, Any]) -> str:
    return str(hit["slug"]) if hit["item_type"] == "package" else ""


def search_index(live: Live) -> None:
    """The index that any program can search is there."""
    live.get(urls.search_index()).has_status(200).has_type(JSON).json()
