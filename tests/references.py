"""What the files of a site refer to: every address in its pages, feeds, sitemaps, JSON, scripts and style sheets."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

from document import Element, read

ADDRESSES: Final = ("href", "src", "action", "poster", "cite", "data", "formaction", "data-index")
IMPORTED: Final = re.compile(r"""(?:from |import\()"(\./[^"]+)\"""")
FETCHED: Final = re.compile(r"""url\(["']?([^"')]+)""")
WORDS: Final = re.compile(r"https?://[^\s<>\"]+")


def references(path: str, body: bytes) -> Iterator[str]:
    """Give what a file refers to, as it is written there; of text that only looks like it, nothing."""
    kind = PurePosixPath(path).suffix
    if kind == ".html":
        yield from of_page(read(body))
    elif kind == ".json" or path.startswith(".well-known/"):
        yield from of_json(json.loads(body))
    elif kind == ".xml":
        yield from of_xml(ET.fromstring(body))  # noqa: S314 - our own
    elif kind in {".js", ".css"}:
        yield from (IMPORTED if kind == ".js" else FETCHED).findall(body.decode())
    elif kind == ".txt":
        yield from WORDS.findall(body.decode())


def of_page(document: Element) -> Iterator[str]:
    """Give what a page refers to: in its attributes, its metadata and its data blocks."""
    for element in document.all():
        yield from (element.attributes[name] for name in ADDRESSES if element.attributes.get(name))
        for candidate in filter(str.strip, element.attributes.get("srcset", "").split(",")):
            yield candidate.split()[0]
        if element.tag == "meta":
            yield from WORDS.findall(element.attributes.get("content", ""))
        if element.attributes.get("type") == "application/ld+json":
            yield from of_json(json.loads("".join(element.texts())))


def of_json(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Give all texts in a document that are addresses, or paths from the root; templates of such (RFC 6570) are not."""
    if isinstance(value, dict):
        for key in value:
            yield from of_json(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from of_json(item)
    elif isinstance(value, str) and re.fullmatch(r"(https?:/)?/[^\s/{][^\s{]*", value):
        yield value


def of_xml(root: ET.Element) -> Iterator[str]:
    """Give the addresses that are whole texts or attributes of a feed, a sitemap or a description."""
    for element in root.iter():
        for text in (element.text or "", *element.attrib.values()):
            if re.fullmatch(r"\s*https?://\S+\s*", text):
                yield text.strip()


class Place(NamedTuple):
    """A path of the site, from its own root, and a fragment without its mark."""

    path: str
    fragment: str


def inside(reference: str, path: str, base: str) -> Place | None:
    """Give the place that a file of the site refers to; None where that is elsewhere."""
    here = f"{base}/{path.removesuffix('index.html')}"
    address = urlsplit(urljoin(here, reference))
    if not f"{address.scheme}://{address.netloc}{address.path}/".startswith(f"{base}/"):
        return None
    return Place(address.path.removeprefix(urlsplit(base).path), address.fragment)
