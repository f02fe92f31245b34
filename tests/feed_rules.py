"""Atom and RSS read as strictly as their specifications ask: what is not allowed there fails the test."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 4287, 4.1.1 and 4.1.2: how often each element may come.
FEED = {"id": (1, 1), "title": (1, 1), "subtitle": (0, 1), "updated": (1, 1), "link": (0, 9), "author": (1, 9)}
ENTRY = {
    "id": (1, 1),
    "title": (1, 1),
    "link": (0, 9),
    "published": (0, 1),
    "updated": (1, 1),
    "summary": (0, 1),
    "content": (0, 1),
}
CHANNEL = {
    "title": (1, 1),
    "link": (1, 1),
    "description": (1, 1),
    "language": (0, 1),
    "lastBuildDate": (0, 1),
    f"{ATOM}link": (1, 1),
}
ITEM = {"title": (1, 1), "link": (1, 1), "guid": (1, 1), "pubDate": (1, 1), "description": (1, 1)}


def parsed(body: bytes) -> ET.Element:
    """Read XML."""
    return ET.fromstring(body)  # noqa: S314 - it reads what this program wrote


def text(element: ET.Element, name: str) -> str:
    """Give the text of the one child of this name."""
    (child,) = element.findall(name)
    return child.text or ""


def atom(body: bytes) -> tuple[ET.Element, list[ET.Element]]:
    """Read an Atom feed; give it and its entries."""
    feed = parsed(body)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    _counted([child for child in feed if child not in entries], FEED, ATOM)
    for entry in entries:
        _counted(list(entry), ENTRY, ATOM)
        _instant(text(entry, f"{ATOM}published"))
    for part in (feed, *entries):
        _address(text(part, f"{ATOM}id"))
        _instant(text(part, f"{ATOM}updated"))
        relations = [(link.attrib.get("rel", "alternate"), link.attrib["href"]) for link in part.findall(f"{ATOM}link")]
        assert [name for name, _ in relations].count("alternate") == 1
        for _, href in relations:
            _address(href)
    assert text(feed.findall(f"{ATOM}author")[0], f"{ATOM}name")
    ids = [text(entry, f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    return feed, entries


def rss(body: bytes) -> tuple[ET.Element, list[ET.Element]]:
    """Read an RSS feed; give its channel and the items."""
    root = parsed(body)
    assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
    (channel,) = root
    items = channel.findall("item")
    _counted([child for child in channel if child not in items], CHANNEL, "")
    for item in items:
        _counted(list(item), ITEM, "")
        _address(text(item, "link"))
        assert parsedate_to_datetime(text(item, "pubDate")).tzinfo is not None
    guids = [text(item, "guid") for item in items]
    assert len(set(guids)) == len(guids)
    return channel, items


def _counted(children: list[ET.Element], allowed: dict[str, tuple[int, int]], space: str) -> None:
    names = [child.tag.removeprefix(space) for child in children]
    assert set(names) <= set(allowed)
    for name, (least, most) in allowed.items():
        assert least <= names.count(name) <= most, name


def _instant(value: str) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value), value
    datetime.fromisoformat(value)


def _address(value: str) -> None:
    assert urlsplit(value).scheme in {"http", "https"}
    assert value.isascii()
    assert " " not in value
