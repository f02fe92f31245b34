"""nginx: maps for the block `http`, and locations for a block `server`.

Of nginx 1.18 and later, with no module but its usual ones. Every decision is made by maps, and by `if` with `set`,
`return` and `rewrite` in it, which is all that it is sound for: what is behind a true `if` inherits no `try_files`, so
that files are chosen by `rewrite` too. `add_header` is not inherited by a location that has its own: each has all.

njs, nginx's own JavaScript, could answer what files cannot, but not by the project's edge module. Tried with 0.7.9 of
Debian 12: it refuses `import {name}`, destructuring and `class` as syntax, and has no `URL`, `URLSearchParams`, `Map`,
`BigInt`, `Request`, `Response` or `Headers`. A second text of the same semantics would be another thing to keep true.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from builder.choices import Choices, Query
from builder.hosts import rules
from builder.hosts.base import CONFIGURATION, File, Limits, Place, Server
from builder.hosts.layouts import indexed
from builder.hosts.media_types import MEDIA_TYPES, NAMED
from builder.outputs import Output
from builder.urls import API_CATALOG, API_SEARCH, NOT_FOUND, Urls

MAPS: Final = f"{CONFIGURATION}nginx/http.conf"
LOCATIONS: Final = f"{CONFIGURATION}nginx/site.conf"
EXAMPLE: Final = f"{CONFIGURATION}nginx/nginx.conf"

_ROOT: Final = "$packages_root"
"""Not `$document_root`: where the site has a path, the server's own root is something else's."""


class Nginx:
    """An index file of the answer's own type in a folder per route; queries are mapped onto paths."""

    name = "nginx"
    choices = Choices(query=Query.MAPPED, suffixes=True, siblings=True, negotiates=True)
    limits = Limits()
    cannot: Mapping[str, str] = {}
    server: Server | None = Server(
        "nginx",
        "On Debian and Ubuntu: sudo apt install nginx",
        lambda place: ["nginx", "-p", place.scraps, "-c", f"{place.scraps}/nginx.conf", "-e", "stderr"],
        lambda place: {"nginx.conf": _look(place).encode()},
    )

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output."""
        yield indexed(output)

    def configuration(self, site: Urls, choices: Choices) -> Iterable[File]:
        """Give the maps, the locations, and a whole configuration that shows where they belong."""
        yield MAPS, _text(_maps(v3=choices.v3))
        yield LOCATIONS, _text(_server(rules.prefix(site), v3=choices.v3))
        yield EXAMPLE, _example(site).encode()


def _look(place: Place) -> str:
    """Give a configuration to look at the site here: one process of this user, that stays in the foreground."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    scraps = "".join(f'    {kind}_temp_path "{place.scraps}/{kind}";\n' for kind in kinds)
    return f"""\
daemon off;
master_process off;
pid "{place.scraps}/nginx.pid";
error_log stderr;
events {{}}
http {{
    access_log off;
{scraps}    include "{place.site}/{MAPS}";
    server {{
        listen 127.0.0.1:{place.port};
        set $packages_root "{place.site}";
        include "{place.site}/{LOCATIONS}";
    }}
}}
"""


def _example(site: Urls) -> str:
    return f"""\
# A whole configuration. Where nginx has one already, take the three lines with /srv/site over into it: the first
# into the block http, the others into a block server. /srv/site stands for the folder of the built site.
events {{}}
http {{
    include /srv/site/{MAPS};
    server {{
        listen 80;
        server_name {rules.server_name(site)};
        set $packages_root /srv/site;
        include /srv/site/{LOCATIONS};
    }}
}}
"""


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _quoted(text: str) -> str:
    """Quote a text for nginx, which goes on reading `$name` in it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _map(source: str, name: str, cases: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a map: the variable `name` by the first pattern that `source` matches."""
    yield f"map {source} ${name} {{"
    for pattern, value in cases:
        yield f"    {_quoted(pattern)} {_quoted(value)};"
    yield "}"


def _maps(*, v3: bool) -> Iterator[str]:
    """Yield what is decided once for all locations. The variables are only made where one is read."""
    yield "# For the block http. What a request asks for, read from its method, its query and its Accept header."
    yield from _map(
        "$request_method", "packages_refused", [("default", "1"), *((m, "") for m in ("GET", "HEAD", "OPTIONS"))]
    )
    for header, value in rules.PREFLIGHT_HEADERS.items():
        yield from _map("$request_method", _preflight(header), [("default", ""), ("OPTIONS", value)])
    cases = [(f"~(?:^|&)offset=({rules.PAGE})(?:&|$)", "/offset/$1"), ("default", "")]
    yield from _map("$args", "packages_page", cases)
    yield from _map("$args", "packages_unanswered_v4", [*_unformed(), *_unanswered(rules.LIMIT_V4, rules.FIRST_V4)])
    yield from _map("$args", "packages_unformed", [*_unformed(), ("default", "")])
    if v3:
        yield from _maps_v3()
    yield from _map("$packages_end", "packages_file", [(".json", ".json"), ("default", "/index.json")])
    yield from _map(
        "$http_accept", "packages_likes_pages", [("~*application/json", ""), ("~*text/html", "1"), ("default", "")]
    )
    cases = [("~(?:^|&)format=json(?:&|$)", ""), ("default", "$packages_likes_pages")]
    yield from _map("$args", "packages_wants_page", cases)
    options = [(f"~^{view.pattern}$", view.options) for view in rules.views()]
    yield from _map("$packages_path", "packages_options", options)
    refusals = [(f"~^{pattern}$", body) for pattern, body in rules.refused_methods("$request_method", v3=v3)]
    yield from _map("$packages_path", "packages_refusal", refusals)
    missing = [(f"~^{pattern}$", route) for pattern, route in rules.missing(v3=v3)]
    yield from _map("$packages_path", "packages_missing", [*missing, ("default", "/api/404.json")])


def _maps_v3() -> Iterator[str]:
    yield from _map("$args", "packages_count", [(f"~(?:^|&)limit={rules.COUNT}(?:&|$)", "/limit/0"), ("default", "")])
    no_slug = [(f"~(?:^|&)category=(?!(?:{rules.SLUG})?(?:&|$))", "1"), ("~(?:^|&)category=.*&category=", "1")]
    yield from _map("$args", "packages_unanswered_v3", [*no_slug, *_unanswered(rules.LIMIT_V3, rules.FIRST_V3)])
    cases = [(f"~(?:^|&)category=({rules.SLUG})(?:&|$)", "/api/v3/categories/$1/packages"), ("default", "")]
    yield from _map("$args", "packages_of_category", cases)


def _preflight(header: str) -> str:
    return "packages_" + header.lower().replace("-", "_")


def _unformed() -> list[tuple[str, str]]:
    """Give the cases in which another form than JSON is asked for, or two."""
    return [("~(?:^|&)format=.*&format=", "1"), (f"~(?:^|&)format=(?!{rules.FORMAT}(?:&|$))", "1")]


def _unanswered(limit: str, first: str) -> list[tuple[str, str]]:
    """Give the cases in which a list cannot be cut as asked: a key twice, one in disguise, or another number."""
    return [
        ("~(?:^|&)limit=.*&limit=", "1"),
        ("~(?:^|&)offset=.*&offset=", "1"),
        ("~(?:^|&)[^=&]*[%+]", "1"),
        (f"~(?:^|&)limit=(?!{limit}(?:&|$))", "1"),
        (f"~(?:^|&)offset=(?!(?:{rules.PAGE}|{first})(?:&|$))", "1"),
        ("default", ""),
    ]


def _server(prefix: str, *, v3: bool) -> Iterator[str]:
    """Yield what belongs into a block server: one location for all of the site, so that nothing else there changes."""
    yield "# For a block server, after `set $packages_root` to the folder of the site. With the module brotli (Debian:"
    yield "# libnginx-mod-http-brotli-static), put `brotli_static on;` there too."
    if prefix:
        yield f"location = {prefix} {{ absolute_redirect off; return 301 {prefix}/$is_args$args; }}"
    yield f"location ^~ {prefix}/ {{"
    yield f"root {_ROOT};"
    yield from ("absolute_redirect off;", "gzip_static on;", "gzip_vary on;", "types {")
    for ending, media_type in sorted(MEDIA_TYPES.items()):
        yield f"    {media_type.partition(';')[0]} {ending[1:]};"
    yield "}"
    yield from _locations(prefix, v3=v3)
    yield "}"


def _locations(prefix: str, *, v3: bool) -> Iterator[str]:
    """Yield the locations in it. Of those with patterns, nginx takes the first that fits."""
    yield from _location(_match(prefix, f"(?:{rules.HIDDEN}).*"), rules.PAGE_HEADERS, [*_page(prefix), "return 404;"])
    catalog = [f"default_type {NAMED['api-catalog']};", *_static(prefix)]
    yield from _location(_match(prefix, re.escape(API_CATALOG)), rules.PAGE_HEADERS, catalog)
    gone = ["default_type application/json;", f"return 410 {_quoted(rules.gone())};"]
    yield from _location(_match(prefix, f"{rules.GONE}.*"), _api_headers(), gone)
    yield from _location(f"= {prefix}{rules.BROWSE}", _api_headers("Accept"), _browse(prefix))
    yield from _location(_match(prefix, f"{API_SEARCH[:-1]}(?:/|[.]json)"), _api_headers(), _search(prefix))
    lists = f"(?<packages_list>/api/v4/(?:{rules.COLLECTIONS}))(?<packages_end>/|[.]json)"
    yield from _location(_match(prefix, lists), _api_headers("Accept"), _list(prefix))
    if v3:
        lists = f"(?<packages_list>/api/v3/(?:{rules.COLLECTIONS}|(?:grids|categories)/{rules.SLUG}/packages))/"
        yield from _location(_match(prefix, lists), _api_headers(), _list_v3(prefix))
    items = f"/api/v4/(?:(?:{rules.COLLECTIONS})/[^/]+/)?"
    yield from _location(_match(prefix, items), _api_headers("Accept"), _item(prefix))
    yield from _location(_match(prefix, "/api/.*"), _api_headers(), [*_methods(), *_static(prefix)])
    indexes = ("index.html", "index.xml")
    pages = [*_page(prefix), *_slash(prefix, *indexes), *_file(*indexes)]
    yield from _location(_match(prefix, "/.*"), rules.PAGE_HEADERS, pages)


def _match(prefix: str, pattern: str) -> str:
    """Give what a location is told to match: a path below the prefix, which is `$packages_path` then."""
    return f"~ {_quoted(f'^{re.escape(prefix)}(?<packages_path>{pattern})$')}"


def _location(match: str, headers: Mapping[str, str], lines: Iterable[str]) -> Iterator[str]:
    yield f"location {match} {{"
    for name, value in headers.items():
        yield f"    add_header {name} {value if value.startswith('$') else _quoted(value)} always;"
    for line in lines:
        yield f"    {line}"
    yield "}"


def _api_headers(vary: str = "") -> Mapping[str, str]:
    preflight = {header: f"${_preflight(header)}" for header in rules.PREFLIGHT_HEADERS}
    return {**rules.API_HEADERS, **preflight, **({"Vary": vary} if vary else {})}


def _methods() -> Iterator[str]:
    yield "default_type application/json;"
    yield "if ($packages_refused) { return 405 $packages_refusal; }"
    yield 'set $packages_asked "$request_method$packages_options";'
    yield "if ($packages_asked = OPTIONS) { return 204; }"
    yield "if ($request_method = OPTIONS) { return 200 $packages_options; }"


def _browse(prefix: str) -> Iterator[str]:
    """Yield the page. It has no validators: nginx makes them of time and size, which an item's JSON may share."""
    yield from ("charset utf-8;", "etag off;", "if_modified_since off;", "add_header Last-Modified '';")
    yield f"error_page 404 {prefix}/api/404.json;"
    yield f"if (!-f {_ROOT}{rules.BROWSE}index.html) {{ return 404; }}"
    yield f"rewrite ^ {rules.BROWSE}index.html break;"


def _search(prefix: str) -> Iterator[str]:
    yield from _methods()
    yield f"error_page 501 {prefix}{API_SEARCH}index.json;"
    yield "return 501;"


def _list(prefix: str) -> Iterator[str]:
    yield from _methods()
    refused = f"return 501 {_quoted(rules.refusal(rules.PAGED))};"
    file = "$packages_list$packages_page$packages_file"
    yield f"if ($packages_unanswered_v4) {{ {refused} }}"
    yield f"if (!-f {_ROOT}{file}) {{ {refused} }}"
    yield from _shown(prefix, file, "$packages_end")
    yield f"rewrite ^ {file} break;"


def _list_v3(prefix: str) -> Iterator[str]:
    yield from _methods()
    refused = f"return 501 {_quoted(rules.refusal_v3(501, rules.PAGED))};"
    yield f"error_page 404 {prefix}$packages_missing;"
    yield f"if (!-f {_ROOT}$packages_list/index.json) {{ return 404; }}"
    yield f"if ($packages_unanswered_v3) {{ {refused} }}"
    yield "set $packages_of $packages_list$packages_of_category;"
    yield "if ($packages_of ~ '^/api/v3/packages(/.+)$') { set $packages_of $1; }"
    yield f"if (-f {_ROOT}$packages_of/index.json) {{ set $packages_list $packages_of; }}"
    file = "$packages_list$packages_page$packages_count/index.json"
    yield f"if (!-f {_ROOT}{file}) {{ {refused} }}"
    yield f"rewrite ^ {file} break;"


def _item(prefix: str) -> Iterator[str]:
    yield from _methods()
    yield f"if ($packages_unformed) {{ return 501 {_quoted(rules.refusal(rules.PAGED))}; }}"
    yield from _shown(prefix, "${packages_path}index.json")
    yield from _static(prefix)


def _shown(prefix: str, file: str, end: str = "/") -> Iterator[str]:
    """Yield the way to the page that shows an answer, where there are both, and a page is wanted."""
    yield "set $packages_shown '';"
    yield f"if (-f {_ROOT}{file}) {{ set $packages_shown {end}; }}"
    yield f"if (!-f {_ROOT}{rules.BROWSE}index.html) {{ set $packages_shown ''; }}"
    yield 'set $packages_shown "$packages_shown$packages_wants_page";'
    yield f"if ($packages_shown = '/1') {{ rewrite ^ {prefix}{rules.BROWSE} last; }}"


def _static(prefix: str) -> Iterator[str]:
    yield f"error_page 404 {prefix}$packages_missing;"
    yield from _slash(prefix, "index.json")
    yield from _slash(prefix, "index.html")
    yield from _file("index.json")


def _file(*indexes: str) -> Iterator[str]:
    """Yield the file of a path: itself, or an index of the folder, the first that is there."""
    yield "set $packages_found '';"
    yield f"if (-f {_ROOT}$packages_path) {{ set $packages_found $packages_path; }}"
    for index in reversed(indexes):
        yield f"if (-f {_ROOT}${{packages_path}}{index}) {{ set $packages_found ${{packages_path}}{index}; }}"
    yield "if ($packages_found = '') { return 404; }"
    yield "rewrite ^ $packages_found break;"


def _slash(prefix: str, *indexes: str) -> Iterator[str]:
    """Yield the redirect to a folder that was asked for as a file; relative, and with the query."""
    for index in indexes:
        yield f"set $packages_slash {_ROOT}$packages_path/{index};"
        yield f"if ($packages_path !~ {_quoted(f'^{rules.SAFE_PATH}$')}) {{ set $packages_slash ''; }}"
        yield f"if (-f $packages_slash) {{ return 301 {prefix}$packages_path/$is_args$args; }}"


def _page(prefix: str) -> Iterator[str]:
    yield "charset utf-8;"
    yield "charset_types text/css text/javascript text/plain;"
    yield f"error_page 404 {prefix}{NOT_FOUND};"
