"""A feed in its two forms: Atom (RFC 4287) and RSS 2.0 (rssboard.org/rss-specification)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from builder.feeds.entries import Entry
from builder.feeds.markup import DECLARATION, element, escaped, moment
from builder.outputs import ATOM, RSS


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed before it is written; all addresses are whole.

    `id` is one for ever. `home` is the page that shows the same. `author` is who speaks where nobody else does.
    `begun` is the moment that an empty feed gives as its last change.
    """

    id: str
    title: str
    subtitle: str
    home: str
    author: str
    entries: Sequence[Entry]
    begun: datetime

    @property
    def updated(self) -> datetime:
        """When the newest of the entries came: of the data, and not of the build."""
        return max((entry.moment for entry in self.entries), default=self.begun)


def atom(feed: Feed, address: str) -> bytes:
    """Write a feed as Atom; `address` is its own."""
    head = [
        element("id", feed.id),
        element("title", feed.title),
        element("subtitle", feed.subtitle),
        element("updated", moment(feed.updated)),
        element("link", rel="self", type_="application/atom+xml", href=address),
        element("link", rel="alternate", type_="text/html", href=feed.home),
        f"<author>{element('name', feed.author)}</author>",
    ]
    body = "".join(map(_atom_entry, feed.entries))
    text = f'{DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">{"".join(head)}{body}</feed>\n'
    return text.encode()


def _atom_entry(entry: Entry) -> str:
    when = moment(entry.moment)
    parts = [
        element("id", entry.id),
        element("title", entry.title),
        element("link", rel="alternate", type_="text/html", href=entry.href),
        element("published", when),
        element("updated", when),
        element("summary", entry.summary),
        element("content", entry.html, type_="html") if entry.html else "",
    ]
    return f"<entry>{''.join(parts)}</entry>"


def rss(feed: Feed, address: str) -> bytes:
    """Write a feed as RSS; `address` is its own."""
    head = [
        element("title", feed.title),
        element("link", feed.home),
        element("description", feed.subtitle),
        element("language", "en"),
        element("lastBuildDate", _date(feed.updated)),
        element("atom:link", rel="self", type_="application/rss+xml", href=address),
    ]
    body = "".join(map(_rss_item, feed.entries))
    root = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
    return f"{DECLARATION}{root}<channel>{''.join(head)}{body}</channel></rss>\n".encode()


def _rss_item(entry: Entry) -> str:
    parts = [
        element("title", entry.title),
        element("link", entry.href),
        element("guid", entry.id, isPermaLink="false"),
        element("pubDate", _date(entry.moment)),
        # The description is HTML in RSS, and readers render it: a plain text is escaped once more.
        element("description", entry.html or escaped(entry.summary)),
    ]
    return f"<item>{''.join(parts)}</item>"


def _date(value: datetime) -> str:
    """Give a moment as RFC 822 has it, with the year in four digits."""
    return format_datetime(value.astimezone(UTC), usegmt=True)


FORMS: Final[Mapping[str, tuple[Callable[[Feed, str], bytes], str]]] = {"atom": (atom, ATOM), "rss": (rss, RSS)}
"""How each form is written, and its media type."""
