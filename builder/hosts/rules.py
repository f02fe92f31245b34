"""What every server that sees a query is told, whatever the language of its configuration: headers, patterns, words.

The patterns are of the dialect that PCRE and RE2 have in common, and are matched against queries as they were sent.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from builder import urls
from builder.errors import SiteError
from builder.outputs import LINKSET

METHODS: Final = "GET, HEAD, OPTIONS"

API_HEADERS: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Allow": METHODS,
    "Cache-Control": "public, max-age=300, stale-while-revalidate=3600",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer under /api/ has, errors too."""

PREFLIGHT_HEADERS: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
"""What an answer to OPTIONS has as well."""

PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Allow": "GET, HEAD",
    "Cache-Control": "public, max-age=300, stale-while-revalidate=3600",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
"""What every other answer has. The policy for scripts stands in the pages themselves."""


CATALOG_TYPE: Final = f"{urls.API_CATALOG}\n  Content-Type: {LINKSET}\n"
"""What such a file says of the one file whose name does not tell its type."""


def headers_file() -> str:
    """Give the file `_headers` of hosts that have one, which tell the methods themselves.

    A header that two rules set would come twice: what everything has is set once, for all.
    """
    told = {"/*": PAGE_HEADERS, "/api/*": dict(API_HEADERS.items() - PAGE_HEADERS.items())}
    lines: list[str] = []
    for pattern, headers in told.items():
        lines += [pattern, *(f"  {name}: {value}" for name, value in sorted(headers.items()) if name != "Allow")]
    return "".join(f"{line}\n" for line in lines) + CATALOG_TYPE


COLLECTIONS: Final = "packages|grids|categories"
PAGE: Final = "[1-9][0-9]*[02468]0|[2468]0"
"""An offset that is the start of a page of 20, but for the first."""
NO_NUMBER: Final = "[A-Za-z]+"
"""A value that the original takes for none. What would have to be decoded is not among them."""
LIMIT_V4: Final = f"(?:0*(?:20)?|-[0-9]+|{NO_NUMBER})"
COUNT: Final = "0+"
"""The `limit` by which clients of API v3 count."""
LIMIT_V3: Final = f"(?:20|{COUNT}|{NO_NUMBER})?"
"""Every `limit` by which the original makes pages of 20, or in API v3 none."""
FIRST_V4: Final = f"(?:0*|-[0-9]+|{NO_NUMBER})"
FIRST_V3: Final = f"(?:0*|{NO_NUMBER})"
"""Every `offset` by which the original begins with the first item."""
FORMAT: Final = "(?:json)?"
"""Every `format` that is answered in API v4: the original has a page at others, or nothing. In v3 it means nothing."""
SLUG: Final = "[A-Za-z0-9_-]+"
SAFE_PATH: Final = r"(?:/[A-Za-z0-9._~-]+)+"
"""Paths that a redirect may repeat as they are: no empty step, nothing that would have to be encoded."""
HIDDEN: Final = "/_host(?:/|$)|/[.](?!well-known/)"
"""What lies in the site's folder and is not for readers (of PCRE alone)."""

BROWSE: Final = "/api/browse/"
"""The page that shows a person what is at the address by which it came."""
PAGED: Final = (
    "This host answers pages of 20: limit=20, and an offset that is a multiple of 20 and not beyond the end. "
    "Begin without both, and follow next. The format is json, or is not named."
)


@dataclass(frozen=True, slots=True)
class View:
    """One view of the original's API v4: a pattern of its paths, and what it tells to OPTIONS, as JSON."""

    pattern: str
    options: str


def views() -> Iterator[View]:
    """Yield the views of API v4."""
    yield _view("/api/v4/", "Api Root", "The default basic root view for DefaultRouter")
    told = "Accepts a 'q' GET parameter.\n\nReturns SearchV3 (PostgreSQL FTS) results."
    yield _view(urls.API_SEARCH, "Search V3 List", told)
    packages = "API endpoint that allows packages to be viewed or edited."
    for noun, collection, description in (
        ("Package", "packages", packages),
        ("Grid", "grids", ""),
        ("Category", "categories", ""),
    ):
        yield _view(rf"/api/v4/{collection}(?:/|\.json)", f"{noun} List", description)
        yield _view(rf"/api/v4/{collection}/[^/]+(?:/|\.json)", f"{noun} Instance", description)


def _view(pattern: str, name: str, description: str) -> View:
    forms = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
    told = {"name": name, "description": description, "renders": ["application/json", "text/html"], "parses": forms}
    return View(pattern, json.dumps(told, separators=(",", ":")))


_MISSING: Final = (
    (r"/api/v4/packages(?:/[^/.]+/|/[^/.]+\.json)", urls.api_not_found("package")),
    (r"/api/v4/grids(?:/[^/.]+/|/[^/.]+\.json)", urls.api_not_found("grid")),
    (r"/api/v4/categories(?:/[0-9]+/|/[0-9]+\.json)", urls.api_not_found("category")),
    (r"/api/v3/packages/[A-Za-z0-9_-]+/", urls.api_not_found("v3-package")),
    (r"/api/v3/grids/[A-Za-z0-9_-]+/(?:packages/)?", urls.api_not_found("v3-grid")),
    (r"/api/v3/categories/[A-Za-z0-9_-]+/(?:packages/)?", urls.api_not_found("v3-category")),
    (r"/api/v3/.*", urls.api_not_found("v3")),
)


def missing(*, v3: bool) -> Sequence[tuple[str, str]]:
    """Give what is not there: patterns of paths, and the route of the body that says so; the first that fits counts."""
    return [(pattern, route) for pattern, route in _MISSING if v3 or not pattern.startswith("/api/v3/")]


def prefix(site: urls.Urls) -> str:
    """Give the path of the site's address, in which no language of configurations sees a sign of its own.

    Raises:
        SiteError: there is such a sign in it.
    """
    if site.prefix and not re.fullmatch(SAFE_PATH, site.prefix):
        raise SiteError(
            f"base_url has the path {site.prefix}, for which no configuration is written: letters, digits and ._~- are "
            "all that may stand in it. Choose another path, or --host generic."
        )
    return site.prefix


def server_name(site: urls.Urls) -> str:
    """Give the name by which a server tells the site from others: that of the site's address, without its port."""
    return re.sub(":[0-9]*$", "", urlsplit(site.base).netloc)


GONE: Final = r"/api/v[12]/"
"""How the paths of the versions begin that the original has put out of use."""


def gone() -> str:
    """Give the body that is answered there, with status 410, whatever the method."""
    return refusal(f"API v1 is gone. API v4 is at {urls.API}.")


def refusal(words: str) -> str:
    """Give the body of an error as the original has it: JSON of these words."""
    return json.dumps({"detail": words}, separators=(",", ":"))


def refusal_v3(status: int, words: str) -> str:
    """Give the body of an error as API v3 has it."""
    return json.dumps({"error": status, "message": words})


def refused_methods(method: str, *, v3: bool) -> Iterator[tuple[str, str]]:
    """Yield the bodies for a method that is not answered: patterns of paths, and the body; the first that fits counts.

    `method` may be what stands for its name to the server.
    """
    if v3:
        yield "/api/v3/.*", refusal_v3(405, not_allowed(method))
    yield "/api/.*", refusal(not_allowed(method))


def not_allowed(method: str) -> str:
    """Give the words for a method that is not answered; `method` may be what stands for its name to the server."""
    return f'Method "{method}" not allowed.'
