"""Caddy: a snippet for the block of a site.

Of Caddy 2.6 and later. Everything stands in one `route`, so that it is read from above. `redir` and `respond` take the
query and the body as they are told; `file_server` redirects nothing by itself and guesses no type. Of two `file` in one
matcher either would be enough, so that there is never more than one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from builder.choices import Choices, Query
from builder.hosts import rules
from builder.hosts.base import CONFIGURATION, File, Limits, Place, Server
from builder.hosts.layouts import indexed
from builder.hosts.media_types import MEDIA_TYPES, NAMED, UNKNOWN
from builder.outputs import JSON, Output
from builder.urls import API_SEARCH, NOT_FOUND, Urls

SNIPPET: Final = f"{CONFIGURATION}caddy/site.caddy"
EXAMPLE: Final = f"{CONFIGURATION}caddy/Caddyfile"

_LIMIT: Final = "{http.request.uri.query.limit}"
_OFFSET: Final = "{http.request.uri.query.offset}"
_FORMAT: Final = "{http.request.uri.query.format}"
_CATEGORY: Final = "{http.request.uri.query.category}"
_CONDITIONS: Final = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range")
_UNREAD: Final = ";|%(?:[^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)"


class Caddy:
    """An index file of the answer's own type in a folder per route; queries are mapped onto paths."""

    name = "caddy"
    choices = Choices(query=Query.MAPPED, suffixes=True, siblings=True, negotiates=True)
    limits = Limits()
    cannot: Mapping[str, str] = {}
    server: Server | None = Server(
        "caddy",
        "On Debian 12 and later, and on Ubuntu 24.04: sudo apt install caddy",
        lambda place: ["caddy", "run", "--config", f"{place.scraps}/Caddyfile", "--adapter", "caddyfile"],
        lambda place: {"Caddyfile": _look(place).encode()},
    )

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output."""
        yield indexed(output)

    def configuration(self, site: Urls, choices: Choices) -> Iterable[File]:
        """Give the snippet, and a whole configuration that shows where it belongs."""
        lines = _route(rules.prefix(site), v3=choices.v3)
        yield SNIPPET, "".join(f"{line}\n" for line in lines).encode()
        yield EXAMPLE, _example(site).encode()


def _look(place: Place) -> str:
    """Give a configuration to look at the site here: it is not told to anybody, and keeps nothing."""
    return f"""\
{{
	admin off
	auto_https off
	storage file_system "{place.scraps}/storage"
}}
:{place.port} {{
	bind 127.0.0.1
	import "{place.site}/{SNIPPET}" "{place.site}"
}}
"""


def _example(site: Urls) -> str:
    scheme, _, rest = site.base.partition("//")
    name = rest.partition("/")[0]
    return f"""\
# A whole configuration. Where there is one already, take the line with /srv/site over into the block of the site.
# /srv/site stands for the folder of the built site.
{name if scheme == "https:" else f"http://{name}"} {{
	import /srv/site/{SNIPPET} /srv/site
}}
"""


def _quoted(text: str) -> str:
    return f"`{text}`"


def _plain(body: str) -> str:
    """Give a body with its braces escaped, so that Caddy sees no names of its own in it."""
    return body.replace("{", "\\{").replace("}", "\\}")


def _block(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"{head} {{"
    for line in lines:
        yield f"\t{line}"
    yield "}"


def _where(name: str, matchers: Iterable[str], lines: Iterable[str]) -> Iterator[str]:
    """Yield what is done where all matchers match, and nothing after it."""
    yield from _block(f"@{name}", matchers)
    yield from _handle(f"@{name}", lines)


def _handle(matcher: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield what is done, in this order: outside of `route`, Caddy sorts it."""
    yield from _block(f"handle {matcher}".rstrip(), _block("route", lines))


def _path(pattern: str, name: str = "") -> str:
    """Give the matcher of a path as Caddy has cleaned it; `{http.regexp.<name>.0}` is that path then."""
    return f"path_regexp {name} {_quoted(f'^(?:{pattern})$')}".replace("  ", " ")


def _headers(headers: Mapping[str, str]) -> Iterator[str]:
    yield from _block("header", [f"{name} {_quoted(value)}" for name, value in headers.items()])


def _vary(*names: str) -> Iterator[str]:
    """Yield the header last of all, in place of the one that `file_server` adds for compressed files alone."""
    yield from _block("header", ["defer", f"Vary {_quoted(', '.join([*names, 'Accept-Encoding']))}"])


def _unconditionally(file: str, status: int = 200) -> Iterator[str]:
    """Yield an answer that no reader has already: an error, or a form whose tag another form's could equal.

    `file_server` knows no such thing, and gives an error without its body to who names its tag.
    """
    yield from (f"request_header -{name}" for name in _CONDITIONS)
    yield from _block("header", ["-ETag", "-Last-Modified"])
    yield from _serve(file, status)


def _serve(file: str = "", status: int = 200) -> Iterator[str]:
    """Yield the answer: the file that the path names by now, or another."""
    if file:
        yield f"rewrite * {file}"
    yield "header Content-Type {packages_type}"
    told = [f"status {status}"] if status != 200 else []  # noqa: PLR2004 - a status is best read as it is
    yield from _block(
        "file_server", [*told, "precompressed br gzip", "disable_canonical_uris", "hide _host .static-packages"]
    )


def _respond(body: str, status: int) -> Iterator[str]:
    yield f"header Content-Type {JSON}"
    yield f"respond {_quoted(body)} {status}"


def _route(prefix: str, *, v3: bool) -> Iterator[str]:
    yield "# For the block of a site, with the folder of the built site as what the import gives it."
    if prefix:
        yield from _handle(prefix, [*_query(), f"redir * {prefix}/{{packages_query}} 301"])
    yield from _block(
        f"route {prefix}/*", [*_maps(), *([f"uri strip_prefix {prefix}"] if prefix else []), *_all(prefix, v3=v3)]
    )


def _maps() -> Iterator[str]:
    """Yield what is looked up by name further down, each time anew."""
    yield "root * {args.0}"
    yield from _query()
    types = [f"~{re.escape(ending)}$ {_quoted(media_type)}" for ending, media_type in MEDIA_TYPES.items()]
    types += [f"~/{re.escape(name)}$ {_quoted(media_type)}" for name, media_type in NAMED.items()]
    yield from _block("map {path} {packages_type}", [*types, f"default {UNKNOWN}"])
    yield from _block(f"map {_OFFSET} {{packages_page}}", [f"~^({rules.PAGE})$ `/offset/${{1}}`", 'default ""'])


def _query() -> Iterator[str]:
    yield from _block("map {http.request.uri.query} {packages_query}", ["~(.+) `?${1}`", 'default ""'])


def _all(prefix: str, *, v3: bool) -> Iterator[str]:
    hidden = [f"path_regexp {_quoted('^/(?:_host(?:/|$)|[.])')}", "not path /.well-known/*"]
    yield from _where("hidden", hidden, [*_headers(rules.PAGE_HEADERS), *_unconditionally(NOT_FOUND, 404)])
    yield from _handle("/api/*", _api(prefix, v3=v3))
    yield from _handle("", _pages(prefix))


def _api(prefix: str, *, v3: bool) -> Iterator[str]:
    yield from _headers(rules.API_HEADERS)
    yield from _where("gone", [_path(f"{rules.GONE}.*")], _respond(_plain(rules.gone()), 410))
    for number, (pattern, told) in enumerate(rules.refused_methods("METHOD", v3=v3)):
        body = _plain(told).replace("METHOD", "{http.request.method}")
        yield from _where(f"refused{number}", ["not method GET HEAD OPTIONS", _path(pattern)], _respond(body, 405))
    yield from _where("asked", ["method OPTIONS"], _options())
    search = _unconditionally(f"{API_SEARCH}index.json", 501)
    yield from _where("search", [_path(f"{API_SEARCH[:-1]}(?:/|[.]json)")], search)
    yield from _block("@list", [f"path_regexp list {_quoted(f'^(/api/v4/(?:{rules.COLLECTIONS}))(/|[.]json)$')}"])
    yield from _handle("@list", _list())
    if v3:
        lists = f"^(/api/v3/(?:{rules.COLLECTIONS}|(?:grids|categories)/{rules.SLUG}/packages))/$"
        yield from _block("@old", [f"path_regexp list {_quoted(lists)}", "file {path}index.json"])
        yield from _handle("@old", _list_v3())
    yield from _handle("", _item(prefix, v3=v3))


def _options() -> Iterator[str]:
    yield from _headers(rules.PREFLIGHT_HEADERS)
    for number, view in enumerate(rules.views()):
        yield from _where(f"view{number}", [_path(view.pattern)], _respond(_plain(view.options), 200))
    yield from _handle("", ['respond "" 204'])


def _list() -> Iterator[str]:
    yield from _vary("Accept")
    refused = [*_respond(_plain(rules.refusal(rules.PAGED)), 501)]
    answered = {_LIMIT: rules.LIMIT_V4, _OFFSET: f"{rules.PAGE}|{rules.FIRST_V4}", _FORMAT: rules.FORMAT}
    yield from _where("uncut", [_matches(answered)], refused)
    yield from _block("map {http.regexp.list.2} {packages_file}", [".json .json", "default /index.json"])
    file = "{http.regexp.list.1}{packages_page}{packages_file}"
    yield from _where("beyond", [f"not file {file}"], refused)
    yield from _where("shown", ["not path *.json", *_wants_page()], _unconditionally(f"{rules.BROWSE}index.html"))
    yield from _handle("", _serve(file))


def _list_v3() -> Iterator[str]:
    yield from _vary()
    refused = [*_respond(_plain(rules.refusal_v3(501, rules.PAGED)), 501)]
    answered = {_LIMIT: rules.LIMIT_V3, _OFFSET: f"{rules.PAGE}|{rules.FIRST_V3}", _CATEGORY: f"(?:{rules.SLUG})?"}
    yield from _where("uncut", [_matches(answered)], refused)
    of_category = f"/api/v3/categories/{_CATEGORY}/packages"
    yield from _block("@category", ["path /api/v3/packages/", f"file {of_category}/index.json"])
    yield from _block(f"map {_LIMIT} {{packages_count}}", [f"~^{rules.COUNT}$ /limit/0", 'default ""'])
    file = f"{of_category}{{packages_page}}{{packages_count}}/index.json"
    there = [*_block("@there", [f"file {file}"]), *_handle("@there", _serve(file)), *_handle("", refused)]
    yield from _handle("@category", there)
    file = "{http.regexp.list.1}{packages_page}{packages_count}/index.json"
    yield from _where("beyond", [f"not file {file}"], refused)
    yield from _handle("", _serve(file))


def _matches(patterns: Mapping[str, str]) -> str:
    """Give the matcher of what fits not all patterns; a key that comes twice gives both values with a comma.

    Go leaves out a part of a query that it cannot read, where the original takes it as text: what holds one fits none.
    """
    tests = [f"{{http.request.uri.query}}.matches('{_UNREAD}')"]
    tests += [f"!{value}.matches('^(?:{pattern})$')" for value, pattern in patterns.items()]
    return f"expression {_quoted(' || '.join(tests))}"


def _wants_page() -> Iterator[str]:
    yield f"file {rules.BROWSE}index.html"
    yield "header_regexp Accept (?i)text/html"
    yield from _block("not", ["header_regexp Accept (?i)application/json"])
    yield from _block("not", ["query format=json"])


def _item(prefix: str, *, v3: bool) -> Iterator[str]:
    readable = _path(f"/api/v4/(?:(?:{rules.COLLECTIONS})/[^/]+/)?")
    refused = _respond(_plain(rules.refusal(rules.PAGED)), 501)
    shown = [
        *_where("unformed", [_matches({_FORMAT: rules.FORMAT})], refused),
        *_where("shown", _wants_page(), _unconditionally(f"{rules.BROWSE}index.html")),
        *_handle("", _serve("{path}index.json")),
    ]
    yield from _where("readable", [readable, "file {path}index.json"], [*_vary("Accept"), *shown])
    yield from _where(
        "browse",
        [f"path {rules.BROWSE}", f"file {rules.BROWSE}index.html"],
        [*_vary("Accept"), *_unconditionally(f"{rules.BROWSE}index.html")],
    )
    yield from _vary()
    yield from _files(prefix, "index.json", "index.html")
    for number, (pattern, route) in enumerate(rules.missing(v3=v3)):
        yield from _where(f"missing{number}", [_path(pattern)], _unconditionally(route, 404))
    yield from _handle("", _unconditionally("/api/404.json", 404))


def _pages(prefix: str) -> Iterator[str]:
    yield from _headers(rules.PAGE_HEADERS)
    yield from _vary()
    yield from _where("refused", ["not method GET HEAD"], ['respond "" 405'])
    yield from _files(prefix, "index.html", "index.xml")
    yield from _handle("", _unconditionally(NOT_FOUND, 404))


def _files(prefix: str, *indexes: str) -> Iterator[str]:
    """Yield the redirect to a folder that was asked for as a file, and the answer by file or by index."""
    path = "{path}"
    for number, index in enumerate(indexes):
        slashless = [_path(rules.SAFE_PATH, "slash"), f"file {path}/{index}"]
        way = f"{prefix}{{http.regexp.slash.0}}/{{packages_query}}"  # not the path as it came: that may name a host
        yield from _where(f"slashless{number}", slashless, [f"redir * {way} 301"])
    yield from _where("file", [f"file {path}", "not path */"], _serve())
    for number, index in enumerate(indexes):
        found = ["path */", f"file {path}{index}"]
        yield from _where(f"index{number}", found, _serve(f"{path}{index}"))
