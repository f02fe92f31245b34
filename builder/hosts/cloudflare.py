"""Cloudflare: static assets, which cost nothing, and a Worker before them where only a script can answer."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from builder import urls
from builder.choices import Choices, Query
from builder.hosts import rules
from builder.hosts.base import CONFIGURATION, File, Limits, Place, Server
from builder.hosts.layouts import named_html
from builder.hosts.limits import at_the_root
from builder.hosts.media_types import MEDIA_TYPES
from builder.outputs import JSON, XML, Output
from builder.urls import Urls

# The first rule that sets a header takes the place of the host's own; a second one would add to it.
HEADERS: Final = f"""\
{rules.headers_file()}\
/api/v4/*
  Content-Type: {JSON}
/api/v3/*
  Content-Type: {JSON}
{urls.EDGE}*.ndjson
  Content-Type: {MEDIA_TYPES[".ndjson"]}
"""
_FEEDS: Final = (urls.LATEST_FEED, urls.RELEASES_FEED, urls.POSTS_FEED)
_XML: Final = (*(urls.feed_page(feed, form) for feed in _FEEDS for form in ("atom", "rss")), urls.SEARCH_DESCRIPTION)
"""What is XML although its file is an `index.html`: its type must be told for each."""

IGNORED: Final = f"""\
/{CONFIGURATION}
/.static-packages
"""

FIRST: Final = (
    urls.API,
    urls.API_PACKAGES,
    urls.API_GRIDS,
    urls.API_CATEGORIES,
    urls.API_SEARCH,
    urls.V3_PACKAGES,
    urls.V3_GRIDS,
    urls.V3_CATEGORIES,
    urls.v3_packages_of(urls.V3_GRIDS, "*"),
    urls.v3_packages_of(urls.V3_CATEGORIES, "*"),
)
"""Where files lie that answer without a query alone. Items are not among them: each request of the Worker counts."""

_FREE: Final = "items are static assets, which cost nothing and refuse other methods without a word"

TESTED: Final = "2025-10-01"
"""The day whose behaviour of Workers the tests run with."""

LONGEST_NAME: Final = 63


def _look(place: Place) -> Mapping[str, bytes]:
    """Give the settings to look at the site here: the tool leaves its scraps beside them, and so not in the site."""
    return {"wrangler.jsonc": _settings("look", f"{place.site}/{CONFIGURATION}worker.js", place.site)}


def _command(place: Place) -> Sequence[str]:
    return [
        "wrangler",
        "dev",
        "--config",
        f"{place.scraps}/wrangler.jsonc",
        "--persist-to",
        f"{place.scraps}/state",
        "--ip",
        "127.0.0.1",
        "--port",
        str(place.port),
        "--show-interactive-dev-session=false",
    ]


class Cloudflare:
    """`index.html` in a folder per route, JSON too, whose media type a rule tells; lists, slugs, searches by script."""

    name = "cloudflare"
    choices = Choices(
        query=Query.ANSWERED,
        copies=False,
        runtimes=("worker",),
        pictures=False,
        extras=False,
        details=False,
        plain_dumps=False,
        badges=False,
    )
    limits = Limits(files=20_000, file_bytes=25 * 1024**2, source="on the free plan; the paid one takes 100,000 files")
    cannot: Mapping[str, str] = dict.fromkeys(
        ("cors-preflight", "options", "post-refused", "post-refused-in-words"), _FREE
    )
    server: Server | None = Server("wrangler", "npm install --global wrangler", _command, _look, ready="Ready on")

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output."""
        yield named_html(output, typed=True)

    def configuration(self, site: Urls, _choices: Choices) -> Iterable[File]:
        """Give the rules for headers, what is not to be served, and what the Worker is told.

        Raises:
            SiteError: the site's address has a path.
        """
        at_the_root(self, site)
        yield "_headers", _headers().encode()
        yield ".assetsignore", IGNORED.encode()
        name = re.sub("[^a-z0-9]+", "-", (urlsplit(site.base).hostname or "").lower())[:LONGEST_NAME].strip("-")
        yield f"{CONFIGURATION}wrangler.jsonc", _settings(name, "worker.js", "..")


def _headers() -> str:
    return HEADERS + "".join(f"{route}\n  Content-Type: {XML}\n" for route in _XML)


def _settings(name: str, worker: str, folder: str) -> bytes:
    """Give the Worker's settings; JSON is a subset of their language. Paths are relative to where they lie."""
    settings = {
        "name": name,
        "main": worker,
        "compatibility_date": TESTED,
        "send_metrics": False,
        "assets": {
            "directory": folder,
            "binding": "ASSETS",
            "html_handling": "auto-trailing-slash",
            "not_found_handling": "none",
            "run_worker_first": FIRST,
        },
    }
    return json.dumps(settings, indent=2).encode() + b"\n"
