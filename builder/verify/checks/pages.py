"""The pages for people, and which content this is."""

import re
from typing import Final

from builder import urls
from builder.urls import API_GRIDS, API_PACKAGES
from builder.verify.checks.headers import HTML
from builder.verify.live import Live, Seen
from builder.verify.outcomes import NotHereError

_TITLE: Final = re.compile(rb"<title>[^<]+</title>")
_FEED: Final = re.compile(rb'<link rel="alternate" type="application/(?:atom|rss)[+]xml" [^>]*href="([^"]+)"')
_XML: Final = re.compile("(?:application|text)/(?:[a-z]+[+])?xml")
_SHEET: Final = re.compile(rb'<link rel="stylesheet" href="([^"]+)"')


def pages(live: Live) -> None:
    """The home page, the lists, a package and a grid are pages."""
    package, grid = live.sample(API_PACKAGES)["slug"], live.sample(API_GRIDS)["slug"]
    for route in (urls.HOME, urls.PACKAGES, urls.GRIDS, urls.package_page(package), urls.grid_page(grid)):
        seen = live.get(route).has_status(200).has_type(HTML)
        seen.expect(_TITLE.search(seen.body), "a page with a title", seen.start())


def assets(live: Live) -> None:
    """The style sheet that the home page names is there, typed so that browsers take it."""
    home = live.get(urls.HOME).has_status(200)
    found = _SHEET.search(home.body)
    home.expect(found, "a link to a style sheet", home.start())
    if found:
        live.get(live.followed(home, found[1].decode())).has_status(200).has_type("text/css")


def feeds(live: Live) -> None:
    """The feeds that the home page announces, and the sitemap, are XML and typed as such."""
    home = live.get(urls.HOME).has_status(200)
    found = _FEED.findall(home.body)
    home.expect(found, "a link to a feed", home.start())
    for link in found:
        _is_xml(live.get(live.followed(home, link.decode())))
    _is_xml(live.get(urls.SITEMAP))


def feed_folders(live: Live) -> None:
    """A feed is at the original's address too, which ends in a slash."""
    file = live.get(urls.feed_file(urls.LATEST_FEED, "rss")).has_status(200)
    seen = _is_xml(live.get(urls.feed_page(urls.LATEST_FEED, "rss")))
    seen.expect(seen.body == file.body, f"the bytes of {file.url}", seen.start())


def robots(live: Live) -> None:
    """Search engines are shown the sitemap by a plain text."""
    seen = live.get(urls.ROBOTS).has_status(200).has_type("text/plain")
    seen.expect(b"\nSitemap: " in seen.body, "a line that names the sitemap", seen.start())


def _is_xml(seen: Seen) -> Seen:
    """Stop the check unless an answer is XML of any kind, and typed so; give it back."""
    seen.has_status(200)
    remedy = "The host must be told the media type of what lies there."
    seen.expect(_XML.fullmatch(seen.media_type), "a type of XML", seen.media_type or "no type", remedy)
    seen.expect(seen.body.startswith(b"<?xml"), "XML", seen.start())
    return seen


def browsable(live: Live) -> None:
    """A browser at an address of the API gets a page to read, and caches are told that it varies."""
    if not live.promises.negotiates:
        raise NotHereError("this host gives everybody the same at one address")
    route = live.item(API_PACKAGES)
    seen = live.get(route, Accept="text/html").has_status(200).has_type(HTML)
    for answer in (seen, live.get(route)):
        vary = answer.headers.get("vary", "").lower()
        told = "accept" in {name.strip() for name in vary.split(",")}
        answer.expect(told, "vary: Accept", f"vary: {vary or 'nothing'}", "A cache could give pages to programs.")


def generation(live: Live) -> None:
    """The address tells which content it serves, and it is what was deployed."""
    seen = live.get(urls.DATA_GENERATION, Cache_Control="no-cache").has_status(200)
    found = seen.json()
    told = found.get("generation") if isinstance(found, dict) else None
    seen.expect(told, "the generation of a site", seen.start(), "Deploy a site that this program has built.")
    if live.generation is not None:
        remedy = "The deploy has not arrived, or another one came after it; --wait gives it more time."
        seen.expect(told == live.generation, f"generation {live.generation}", told, remedy)
