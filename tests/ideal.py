"""A host that can do everything: the answers of a catalogue as the original gives them, for every query."""

import gzip
import hashlib
import json
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loopback import Answer, Request

from builder import api, urls
from builder.api import Generation
from builder.catalogue import Catalogue
from builder.choices import Choices, Query
from builder.outputs import HTML, JSON, RSS, TEXT, XML
from builder.urls import Urls

PAGE = (
    b'<!doctype html><html><title>x</title><link rel="stylesheet" href="%s">'
    b'<link rel="alternate" type="application/rss+xml" title="x" href="%s"></html>'
)
FEED = b'<?xml version="1.0"?><rss/>'
FILES = {
    "/assets/site.css": ("text/css", b"p{}"),
    urls.feed_file(urls.LATEST_FEED, "rss"): (RSS, FEED),
    urls.feed_page(urls.LATEST_FEED, "rss"): (RSS, FEED),
    urls.SITEMAP: (XML, b'<?xml version="1.0"?><sitemapindex/>'),
    urls.ROBOTS: (TEXT, b"User-agent: *\nSitemap: https://example.org/sitemap.xml\n"),
}
HEADERS = {
    "access_control_allow_origin": "*",
    "cache_control": "max-age=300",
    "vary": "Accept, Accept-Encoding",
    "x_content_type_options": "nosniff",
}
REFUSAL = {"detail": 'Method "POST" not allowed.'}
REFUSAL_V3 = {"error": 405, "message": 'Method "POST" not allowed.'}
GONE = {"detail": "API v1 is gone. API v4 is at /api/v4/."}
METHODS = "GET, HEAD, OPTIONS"
KINDS = {"packages": "Package", "grids": "Grid", "categories": "Category"}
HIT = (
    *("description", "title", "title_no_prefix", "slug_no_prefix", "clean_title", "absolute_url", "created"),
    *("modified", "weight", "item_type", "slug", "category", "repo_watchers", "repo_forks", "pypi_downloads"),
    *("score", "usage", "participants", "last_committed", "last_released"),
)


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class Ideal:
    """The model: what `api` gives whole is cut, found and refused here; as far as `query` allows."""

    def __init__(self, catalogue: Catalogue, generation: str = "1" * 64, query: Query = Query.ANSWERED) -> None:
        self.query = query
        self.base = catalogue.settings.base_url
        self.prefix = urlsplit(self.base).path
        self.choices = Choices(query, suffixes=query is not Query.MAPPED, negotiates=query is Query.ANSWERED)
        whole = Choices(query=Query.IGNORED, suffixes=True)
        self.bodies = {output.route: output.body for output in api.render(catalogue, Urls(self.base), whole)}
        empty = Generation()
        told = empty.output(empty.manifest(), self.base, date(2026, 1, 1), "ideal", self.choices)
        self.bodies[told.route] = compact(json.loads(told.body) | {"generation": generation, "later": "unknown"})
        self.bodies[urls.search_index()] = b"{}"
        self.pages = self._pages(catalogue)

    def _pages(self, catalogue: Catalogue) -> dict[str, bytes]:
        feed = urls.feed_file(urls.LATEST_FEED, "rss")
        page = PAGE % (f"{self.prefix}/assets/site.css".encode(), f"{self.prefix}{feed}".encode())
        routes = [urls.HOME, urls.PACKAGES, urls.GRIDS, urls.NOT_FOUND]
        routes += [urls.package_page(item.slug) for item in catalogue.packages]
        routes += [urls.grid_page(item.slug) for item in catalogue.grids]
        return dict.fromkeys(routes, page)

    def __call__(self, request: Request) -> Answer:
        path = request.path.removeprefix(self.prefix)
        is_api = path.startswith("/api/")
        answer = self.refused(request) or self.found(request, path) or self.missing(path)
        if path in FILES:
            media_type, body = FILES[path]
            return Answer(200, {"Content-Type": media_type}, body)
        if not is_api:
            return answer
        return coded(validated(answer.having(**HEADERS), request), request)

    def refused(self, request: Request) -> Answer | None:
        if request.method == "OPTIONS":
            return Answer(200, {"Allow": METHODS, "Content-Type": JSON}, b"{}")
        path = request.path.removeprefix(self.prefix)
        if path.startswith("/api/v1/"):
            return Answer(410, {"Content-Type": JSON}, compact(GONE))
        if request.method == "POST" and path.startswith("/api/v3/"):
            return Answer(405, {"Allow": METHODS, "Content-Type": JSON}, compact(REFUSAL_V3))
        if request.method == "POST":
            return Answer(405, {"Allow": METHODS, "Content-Type": JSON}, compact(REFUSAL))
        return None

    def found(self, request: Request, path: str) -> Answer | None:
        if path in self.pages:
            return Answer(200, {"Content-Type": HTML}, self.pages[path])
        if path == urls.API_SEARCH and self.query is Query.ANSWERED:
            return Answer(200, {"Content-Type": JSON}, compact(self.search(request.query)))
        if self.query is Query.MAPPED and request.query and path.endswith(("packages/", "packages.json")):
            limit, offset = number(request.query, "limit", 0), number(request.query, "offset", 0) or 0
            if limit not in {None, 0, 20} or offset % 20:
                return Answer(501, {"Content-Type": JSON}, compact({"detail": "This host cannot cut that page."}))
        if path in self.bodies:
            return self.answered(request, path)
        if path + "/" in self.bodies:
            query = f"?{request.query}" if request.query else ""
            return Answer(301, {"Location": f"{self.prefix}{path}/{query}"})
        return None

    def answered(self, request: Request, path: str) -> Answer:
        body = self.cut(path, request.query)
        named = "format=json" in request.query
        if (
            not named
            and self.choices.negotiates
            and "text/html" in request.headers.get("accept", "")
            and path.startswith("/api/v4/")
        ):
            return Answer(200, {"Content-Type": HTML}, b"<pre>" + body)
        return Answer(200, {"Content-Type": JSON}, body)

    def missing(self, path: str) -> Answer:
        if not path.startswith("/api/"):
            return Answer(404, {"Content-Type": HTML}, self.pages[urls.NOT_FOUND])
        _, _, version, collection, *key = path.split("/")
        words = f"No {KINDS[collection]} matches the given query." if collection in KINDS else "Not found."
        if collection == "categories" and not key[0].isdecimal():
            words = "Not found."
        told = {"error": 404, "message": words} if version == "v3" else {"detail": words}
        return Answer(404, {"Content-Type": JSON}, compact(told))

    def cut(self, path: str, query: str) -> bytes:
        """Give a list as its query asks for it, and whatever else as it is."""
        body = self.bodies[path]
        whole = json.loads(body)
        if self.query is Query.IGNORED:
            return body
        if path == urls.API and "format=json" in query:
            return compact({name: f"{link}?format=json" for name, link in whole.items()})
        if "results" in whole:
            return compact(self.page(whole, path, query))
        if "objects" in whole:
            return compact(self.page_v3(whole, path, query))
        return body

    def page(self, whole: dict[str, Any], path: str, query: str) -> dict[str, Any]:
        limit = number(query, "limit", 1) or 20
        offset = number(query, "offset", 0) or 0
        count = whole["count"]

        def link(to: int) -> str:
            named = "format=json&" if "format=json" in query else ""
            return f"{self.base}{path}?{named}limit={limit}" + (f"&offset={to}" if to > 0 else "")

        following = link(offset + limit) if offset + limit < count else None
        previous = link(offset - limit) if offset else None
        return whole | {"next": following, "previous": previous, "results": whole["results"][offset : offset + limit]}

    def page_v3(self, whole: dict[str, Any], path: str, query: str) -> dict[str, Any]:
        given = number(query, "limit", 0)
        limit, offset, total = 20 if given is None else given, number(query, "offset", 0) or 0, len(whole["objects"])
        more = (
            f"{self.prefix}{path}?limit={limit}&offset={offset + limit}" if limit and offset + limit < total else None
        )
        meta = whole["meta"] | {"limit": limit, "offset": offset, "next": more, "total_count": total}
        return whole | {"meta": meta, "objects": whole["objects"][offset : offset + limit]}

    def search(self, query: str) -> list[dict[str, Any]]:
        [words] = parse_qs(query, keep_blank_values=True).get("q", [""])
        items = json.loads(self.bodies[urls.API_PACKAGES])["results"]
        hits = [item for item in items if words and item["slug"] == words]
        return [dict.fromkeys(HIT) | {"item_type": "package", "slug": hit["slug"]} for hit in hits]


def number(query: str, key: str, least: int) -> int | None:
    [text] = parse_qs(query).get(key, [""])
    return int(text) if text.isdecimal() and int(text) >= least else None


def validated(answer: Answer, request: Request) -> Answer:
    if answer.status != 200 or request.method not in {"GET", "HEAD"}:
        return answer
    answer = answer.having(etag=f'"{hashlib.sha256(answer.body).hexdigest()}"')
    if request.headers.get("if-none-match") == answer.header("etag"):
        return Answer(304, answer.having(content_type=None).headers)
    return answer


def coded(answer: Answer, request: Request) -> Answer:
    """Compress for who asks for gzip alone, a time of 0 in it so that the bytes are the same."""
    if request.headers.get("accept-encoding") != "gzip" or answer.status != 200:
        return answer
    return Answer(200, answer.having(content_encoding="gzip").headers, gzip.compress(answer.body, mtime=0))
