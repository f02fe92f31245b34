"""Apache httpd: directives for a block `VirtualHost`.

Of httpd 2.4.13 and later, with the modules asis, headers, mime and rewrite. In this context the rules see a request
once, and once more where an error document answers it. They choose a file, its type and its compressed form, and leave
nothing to guess.

A redirect by `R=` becomes an absolute address, with `http` behind a proxy that ends TLS, and no later directive can
mend that; so a file of module asis gives the status, and a header says whereto. Likewise the bodies of errors are
files: where httpd makes one of a text, it adds an `Allow` of its own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from builder.choices import Choices, Query
from builder.hosts import rules
from builder.hosts.base import CONFIGURATION, File, Limits, Place, Server
from builder.hosts.layouts import indexed
from builder.hosts.media_types import MEDIA_TYPES, NAMED, UNKNOWN
from builder.outputs import Output
from builder.urls import API_NOT_FOUND, API_SEARCH, NOT_FOUND, Urls

DIRECTIVES: Final = f"{CONFIGURATION}apache/site.conf"
EXAMPLE: Final = f"{CONFIGURATION}apache/virtual-host.conf"
_MOVED: Final = f"{CONFIGURATION}apache/moved.asis"
_REFUSALS: Final = f"{CONFIGURATION}apache/refused/"

_REFUSED: Final = "/refused/"
"""Where error documents seem to lie, and below /api/, for the sake of the headers; nobody can ask for them there."""
_METHODS: Final = ("OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND")

_MODULES: Final = ("mpm_event", "asis", "authz_core", "headers", "mime", "rewrite")
_ROOT: Final = "${PACKAGES_ROOT}"
"""Not the `DocumentRoot`: where the site has a path, that is something else's."""
_FILE: Final = "%{ENV:PACKAGES_FILE}"
_QUERY: Final = "%{QUERY_STRING}"
_LISTS_V4: Final = f"/api/v4/(?:{rules.COLLECTIONS})"
_LISTS_V3: Final = f"/api/v3/(?:{rules.COLLECTIONS}|(?:grids|categories)/{rules.SLUG}/packages)"
_READABLE: Final = f"/api/v4/(?:(?:{rules.COLLECTIONS})/(?:[^/]+/)?)?"


class Apache:
    """An index file of the answer's own type in a folder per route; queries are mapped onto paths."""

    name = "apache"
    choices = Choices(query=Query.MAPPED, suffixes=True, siblings=True, negotiates=True)
    limits = Limits()
    cannot: Mapping[str, str] = {}
    server: Server | None = Server(
        "apache2",
        "On Debian and Ubuntu: sudo apt install apache2",
        lambda place: ["apache2", "-d", place.scraps, "-f", f"{place.scraps}/httpd.conf", "-DFOREGROUND"],
        lambda place: {"httpd.conf": _look(place).encode()},
        gives_up_root=True,
    )

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output."""
        yield indexed(output)

    def configuration(self, site: Urls, choices: Choices) -> Iterable[File]:
        """Give the directives, and a virtual host that shows where they belong."""
        lines = _directives(rules.prefix(site), v3=choices.v3)
        yield DIRECTIVES, "".join(f"{line}\n" for line in lines).encode()
        yield EXAMPLE, _example(site).encode()
        yield _MOVED, b"Status: 301 Moved Permanently\n\n"
        for name, body in _refused_bodies():
            yield f"{_REFUSALS}{name}.json", body.encode()


def _refused_bodies() -> Iterator[tuple[str, str]]:
    for method in _METHODS:
        yield method, rules.refusal(rules.not_allowed(method))
        yield f"v3/{method}", rules.refusal_v3(405, rules.not_allowed(method))
    yield "other", rules.refusal("Method not allowed.")
    yield "v3/other", rules.refusal_v3(405, "Method not allowed.")
    yield "gone", rules.gone()
    yield "query", rules.refusal(rules.PAGED)
    yield "query-v3", rules.refusal_v3(501, rules.PAGED)


def _look(place: Place) -> str:
    """Give a configuration to look at the site here, of the modules as Debian has them; 65534 is nobody."""
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in _MODULES)
    return f"""\
{modules}ServerName localhost
Listen 127.0.0.1:{place.port}
PidFile "{place.scraps}/httpd.pid"
DefaultRuntimeDir "{place.scraps}"
ErrorLog /dev/stderr
TypesConfig /dev/null
User #65534
Group #65534
StartServers 1
DocumentRoot "{place.scraps}"
<Directory />
    AllowOverride None
</Directory>
Define PACKAGES_ROOT "{place.site}"
<VirtualHost *>
    Include "{place.site}/{DIRECTIVES}"
</VirtualHost>
"""


def _example(site: Urls) -> str:
    return f"""\
# A virtual host. Where there is one already, take the lines with /var/www/site over into it. /var/www/site stands for
# the folder of the built site; Debian lets Apache read what is under /var/www.
# Needed once: a2enmod asis headers rewrite
<VirtualHost *:80>
    ServerName {rules.server_name(site)}
    Define PACKAGES_ROOT /var/www/site
    Include /var/www/site/{DIRECTIVES}
</VirtualHost>
"""


def _directives(prefix: str, *, v3: bool) -> Iterator[str]:
    at = re.escape(prefix)
    yield "# For a block VirtualHost, after `Define PACKAGES_ROOT` to the folder of the site."
    yield "TraceEnable off"
    yield "RemoveLanguage .br"
    yield "AllowEncodedSlashes NoDecode"
    errors = [
        f"ErrorDocument 404 {prefix}{NOT_FOUND}",
        f"ErrorDocument 405 {prefix}{_REFUSED}%{{REQUEST_METHOD}}.json",
    ]
    yield from _section(f"^{at}/(?!api/)", _headers(rules.PAGE_HEADERS), errors)
    yield from _section(f"^{at}/api/", _headers(rules.API_HEADERS), _api_errors(prefix))
    yield from _section(f"^{at}{_READABLE}$", ["Header always merge Vary Accept"], _shown())
    yield from _section(f"^{at}{API_SEARCH[:-1]}(?:/|[.]json)$", [f"ErrorDocument 501 {prefix}{API_SEARCH}index.json"])
    if v3:
        methods = f"ErrorDocument 405 {prefix}/api{_REFUSED}v3/%{{REQUEST_METHOD}}.json"
        yield from _section(f"^{at}/api/v3/", [methods, f"ErrorDocument 501 {prefix}/api{_REFUSED}query-v3.json"])
    for pattern, route in reversed(rules.missing(v3=v3)):  # of several that fit, the last one counts here
        yield from _section(f"^{at}{pattern}$", [f"ErrorDocument 404 {prefix}{route}"])
    yield "RewriteEngine on"
    if prefix:
        yield from _section(f"^{at}$", _headers(rules.PAGE_HEADERS))
        yield from _moved(f"^({at})$")
    again = "%{ENV:REDIRECT_STATUS} ."
    yield from _rule(f"^{at}(/.+)$", "-", "E=PACKAGES_FILE:$1", again, f"{_ROOT}$1 -f")
    for asked, name in (("(.+)", "$1"), ("v3/.+", "v3/other.json"), (".+", "other.json")):
        refused = f"/{_REFUSALS}{name}"
        pattern, there = f"^{at}(?:/api)?{_REFUSED}{asked}$", f"{_ROOT}{refused} -f"
        yield from _rule(pattern, "-", f"E=PACKAGES_FILE:{refused}", again, f"{_FILE} ^$", there)
    yield from _refusals(at)
    yield from _lists(at, v3=v3)
    yield from _files(at)
    yield from _served(at)


def _section(pattern: str, *parts: Iterable[str]) -> Iterator[str]:
    yield f"<LocationMatch {_quoted(pattern)}>"
    for part in parts:
        for line in part:
            yield f"    {line}"
    yield "</LocationMatch>"


def _quoted(text: str) -> str:
    """Quote a text that has no quotes itself. A backslash stays one: mod_rewrite reads its arguments as they are."""
    return f'"{text}"'


def _headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        yield f"Header always set {name} {_quoted(value)}"
    yield "Header always merge Vary Accept-Encoding"
    yield 'Header always set Location "%{PACKAGES_MOVED}e" env=PACKAGES_MOVED'
    yield 'Header always set Content-Encoding "%{PACKAGES_ENCODING}e" env=PACKAGES_ENCODING'


def _shown() -> Iterator[str]:
    """Yield the page without validators: httpd makes them of time and size, which an item's JSON may share."""
    for name in ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"):
        yield f"RequestHeader unset {name} env=PACKAGES_SHOWN"
    for name in ("ETag", "Last-Modified"):
        yield f"Header unset {name} env=PACKAGES_SHOWN"


def _api_errors(prefix: str) -> Iterator[str]:
    for name, value in rules.PREFLIGHT_HEADERS.items():
        yield f"Header always set {name} {_quoted(value)} \"expr=%{{REQUEST_METHOD}} == 'OPTIONS'\""
    yield f"ErrorDocument 404 {prefix}{API_NOT_FOUND}"
    yield f"ErrorDocument 405 {prefix}/api{_REFUSED}%{{REQUEST_METHOD}}.json"
    yield f"ErrorDocument 410 {prefix}/api{_REFUSED}gone.json"
    yield f"ErrorDocument 501 {prefix}/api{_REFUSED}query.json"


def _rule(pattern: str, target: str, flags: str, *conditions: str) -> Iterator[str]:
    for condition in conditions:
        yield f"RewriteCond {condition}"
    yield f"RewriteRule {_quoted(pattern)} {_quoted(target)} {_quoted(f'[{flags}]')}"


def _refusals(at: str) -> Iterator[str]:
    yield from _rule(f"^{at}(?:{rules.HIDDEN})", "-", "R=404,L")
    yield from _rule(f"^{at}{rules.GONE}", "-", "R=410,L")
    yield from _rule(f"^{at}/(?!api/)", "-", "R=405,L", "%{REQUEST_METHOD} !^(?:GET|HEAD)$")
    yield from _rule(f"^{at}/", "-", "R=405,L", "%{REQUEST_METHOD} !^(?:GET|HEAD|OPTIONS)$")
    yield from _rule(f"^{at}/api/", "-", "R=204,L", "%{REQUEST_METHOD} =OPTIONS")
    yield from _rule(f"^{at}{API_SEARCH[:-1]}(?:/|[.]json)$", "-", "R=501,L")
    others = (f'{_QUERY} "(?:^|&)format=.*&format=" [OR]', f'{_QUERY} "(?:^|&)format=(?!{rules.FORMAT}(?:&|$))"')
    yield from _rule(f"^{at}(?:{_READABLE}|{_LISTS_V4}[.]json)$", "-", "R=501,L", *others)


def _lists(at: str, *, v3: bool) -> Iterator[str]:
    page = f'{_QUERY} "(?:^|&)offset=({rules.PAGE})(?:&|$)"'
    yield from _rule(f"^{at}/api/", "-", "E=PACKAGES_PAGE:/offset/%1", page)
    there = f"{_ROOT}{_FILE}"
    yield from _rule(f"^{at}{_LISTS_V4}(?:/|[.]json)$", "-", "R=501,L", *_uncut(rules.LIMIT_V4, rules.FIRST_V4))
    yield from _rule(f"^{at}({_LISTS_V4})/$", "-", "E=PACKAGES_FILE:$1%{ENV:PACKAGES_PAGE}/index.json")
    yield from _rule(f"^{at}({_LISTS_V4})[.]json$", "-", "E=PACKAGES_FILE:$1%{ENV:PACKAGES_PAGE}.json")
    yield from _rule(f"^{at}{_LISTS_V4}(?:/|[.]json)$", "-", "R=501,L", f"{there} !-f")
    if not v3:
        return
    yield from _rule(f"^{at}({_LISTS_V3})/$", "-", "R=404,L", f"{_ROOT}$1/index.json !-f")
    no_slug = f'{_QUERY} "(?:^|&)category=(?:(?!(?:{rules.SLUG})?(?:&|$))|.*&category=)" [OR]'
    yield from _rule(f"^{at}{_LISTS_V3}/$", "-", "R=501,L", no_slug, *_uncut(rules.LIMIT_V3, rules.FIRST_V3))
    count = f'{_QUERY} "(?:^|&)limit={rules.COUNT}(?:&|$)"'
    yield from _rule(f"^{at}{_LISTS_V3}/$", "-", "E=PACKAGES_PAGE:%{ENV:PACKAGES_PAGE}/limit/0", count)
    yield from _rule(f"^{at}({_LISTS_V3})/$", "-", "E=PACKAGES_FILE:$1%{ENV:PACKAGES_PAGE}/index.json")
    category = f'{_QUERY} "(?:^|&)category=({rules.SLUG})(?:&|$)"'
    of_category = "/api/v3/categories/%1/packages"
    yield from _rule(
        f"^{at}/api/v3/packages/$",
        "-",
        f"E=PACKAGES_FILE:{of_category}%{{ENV:PACKAGES_PAGE}}/index.json",
        category,
        f"{_ROOT}{of_category}/index.json -f",
    )
    yield from _rule(f"^{at}{_LISTS_V3}/$", "-", "R=501,L", f"{there} !-f")


def _uncut(limit: str, first: str) -> Iterator[str]:
    """Yield the conditions of a list that cannot be cut as asked: a key twice, one in disguise, or another number."""
    patterns = [
        "(?:^|&)(limit|offset)=.*&\\1=",
        "(?:^|&)[^=&]*[%+]",
        f"(?:^|&)limit=(?!{limit}(?:&|$))",
        f"(?:^|&)offset=(?!(?:{rules.PAGE}|{first})(?:&|$))",
    ]
    for pattern in patterns[:-1]:
        yield f"{_QUERY} {_quoted(pattern)} [OR]"
    yield f"{_QUERY} {_quoted(patterns[-1])}"


def _files(at: str) -> Iterator[str]:
    """Yield what finds the file of a path: itself, or the index of a folder; or the way to the folder, or nothing."""
    none_yet = f"{_FILE} ^$"
    yield from _rule(f"^{at}(/.*[^/])$", "-", "E=PACKAGES_FILE:$1", none_yet, f"{_ROOT}$1 -f")
    for index, below in (("index.json", "/api/"), ("index.html", "/"), ("index.xml", "/")):
        found = f"{_ROOT}$1{index} -f"
        yield from _rule(f"^{at}({below}(?:.*/)?)$", "-", f"E=PACKAGES_FILE:$1{index}", none_yet, found)
        folder = f"^({at}((?={below}){rules.SAFE_PATH}))$"
        yield from _moved(folder, none_yet, f"{_ROOT}$2/{index} -f")
    yield from _rule(f"^{at}/", "-", "R=404,L", none_yet)
    browse = f"{rules.BROWSE}index.html"
    wanted = ["%{HTTP:Accept} text/html [NC]", "%{HTTP:Accept} !application/json [NC]"]
    asked = f'{_QUERY} "!(?:^|&)format=json(?:&|$)"'
    yield from _rule(
        f"^{at}{_READABLE}$", "-", f"E=PACKAGES_FILE:{browse},E=PACKAGES_SHOWN:1", *wanted, asked, f"{_ROOT}{browse} -f"
    )


def _moved(pattern: str, *conditions: str) -> Iterator[str]:
    """Yield a redirect to the same address with a slash at its end, relative, and with its query."""
    yield from _rule(pattern, "-", "E=PACKAGES_MOVED:$1/", *conditions, f"{_QUERY} ^$")
    yield from _rule(pattern, "-", f"E=PACKAGES_MOVED:$1/?{_QUERY}", *conditions, f"{_QUERY} .")
    yield from _rule(pattern, f"{_ROOT}/{_MOVED}", "H=send-as-is,END", "%{ENV:PACKAGES_MOVED} .")


def _served(at: str) -> Iterator[str]:
    """Yield the type of the file, and the file: compressed where there is such a form that the reader takes."""
    everything = f"^{at}/"
    yield from _rule(everything, "-", f"T={UNKNOWN},E=no-gzip:1,E=no-brotli:1")
    for ending, media_type in MEDIA_TYPES.items():
        yield from _rule(everything, "-", f"T={media_type}", f"{_FILE} {re.escape(ending)}$")
    for name, media_type in NAMED.items():
        yield from _rule(everything, "-", f"T={media_type}", f"{_FILE} /{re.escape(name)}$")
    for name, ending in (("br", ".br"), ("gzip", ".gz")):
        taken = rf'%{{HTTP:Accept-Encoding}} "(?:^|,)\s*{name}\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))" [NC]'
        there = f"{_ROOT}{_FILE}{ending} -f"
        yield from _rule(everything, f"{_ROOT}{_FILE}{ending}", f"E=PACKAGES_ENCODING:{name},L", taken, there)
    yield from _rule(everything, f"{_ROOT}{_FILE}", "L")
