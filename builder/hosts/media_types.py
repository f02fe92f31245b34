"""What a file's ending says of its type: for servers that we tell, and for our own."""

from collections.abc import Mapping
from typing import Final

from builder.outputs import BINARY, CSS, HTML, JAVASCRIPT, JSON, LINKSET, SQLITE, SVG

TEXT: Final = "text/plain; charset=utf-8"
UNKNOWN: Final = BINARY

MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".atom": "application/atom+xml",
    ".avif": "image/avif",
    ".css": CSS,
    ".db": SQLITE,
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".html": HTML,
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": JAVASCRIPT,
    ".json": JSON,
    ".ndjson": "application/x-ndjson",
    ".png": "image/png",
    ".rss": "application/rss+xml",
    ".svg": SVG,
    ".txt": TEXT,
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}

NAMED: Final[Mapping[str, str]] = {"api-catalog": LINKSET}
"""Files without an ending that have a type, by name."""


def of(name: str) -> str:
    """Give the media type of a file by its name."""
    _, dot, ending = name.rpartition(".")
    return MEDIA_TYPES.get(f".{ending}", UNKNOWN) if dot else NAMED.get(name, UNKNOWN)


COMPRESSIBLE: Final = frozenset(
    {".atom", ".css", ".html", ".js", ".json", ".ndjson", ".rss", ".svg", ".txt", ".webmanifest", ".xml"}
)
"""The endings of texts. The others are compressed as they are."""
