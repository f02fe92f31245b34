"""What a page tells programs: its picture and texts where its address is shared, its feeds, and facts as JSON-LD.

JSON-LD stands in a `<script>` whose type is no script's. HTML calls that a data block: a browser neither runs it nor
asks the Content-Security-Policy about it, which so stays as strict as it is.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from builder import urls
from builder.urls import Urls

CONTEXT: Final = "https://schema.org"
PICTURE_SIZE: Final = (1200, 630)
FEEDS: Final = (("Newest packages", urls.LATEST_FEED), ("Releases", urls.RELEASES_FEED))
POSTS: Final = ("Changelog", urls.POSTS_FEED)

Things = Sequence[Mapping[str, object]]
"""JSON-LD objects without their context. What is not known is not in them."""

# No text may end the block or begin a comment in it, whatever it holds.
_HARMLESS: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


class FeedLink(NamedTuple):
    """A feed, as a page announces it."""

    title: str
    media_type: str
    href: str


def feed_links(site: Urls, site_title: str, *, posts: bool) -> list[FeedLink]:
    """Give the feeds of the whole site, in both forms; that of the posts only if there are any."""
    return [
        FeedLink(f"{site_title}: {title} ({name})", f"application/{form}+xml", site.path(urls.feed_file(feed, form)))
        for title, feed in (*FEEDS, *([POSTS] if posts else []))
        for name, form in (("Atom", "atom"), ("RSS", "rss"))
    ]


def grid_feed_link(site: Urls, slug: str, title: str) -> FeedLink:
    """Give the feed of a grid."""
    return FeedLink(title, "application/atom+xml", site.path(urls.feed_file(urls.grid_feed(slug), "atom")))


def block(things: Things) -> Markup:
    """Give JSON-LD objects as the text of a data block; "" for none."""
    if not things:
        return Markup()
    graph = {"@context": CONTEXT, "@graph": things}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_HARMLESS)
    return Markup(text)  # noqa: S704 - what could be markup in it was escaped


def crumbs(site: Urls, *steps: tuple[str, str]) -> Mapping[str, object]:
    """Give the way to a page from the front page, as labels and routes; the last is the page itself."""
    items = [
        {"@type": "ListItem", "position": number, "name": label, "item": site.absolute(route)}
        for number, (label, route) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def known(**facts: object) -> dict[str, object]:
    """Give an object without what is not known, None or empty; `type_` is its type."""
    return {"@" + key[:-1] if key.endswith("_") else key: value for key, value in facts.items() if value}
