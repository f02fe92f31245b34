"""What a build makes. Renderers yield outputs; `builder.write` alone touches the disk."""

from dataclasses import dataclass
from typing import Final

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
SQLITE: Final = "application/vnd.sqlite3"
HTML: Final = "text/html; charset=utf-8"
CSS: Final = "text/css; charset=utf-8"
SVG: Final = "image/svg+xml"
JAVASCRIPT: Final = "text/javascript; charset=utf-8"
BINARY: Final = "application/octet-stream"
PNG: Final = "image/png"
TEXT: Final = "text/plain; charset=utf-8"
XML: Final = "application/xml"
ATOM: Final = "application/atom+xml; charset=utf-8"
RSS: Final = "application/rss+xml; charset=utf-8"
LINKSET: Final = "application/linkset+json"
OPENSEARCH: Final = "application/opensearchdescription+xml; charset=utf-8"

COMPRESSED: Final = (".gz", ".br")
"""The endings of the compressed forms of a file."""


@dataclass(frozen=True, slots=True)
class Output:
    """One answer of the site."""

    route: str
    body: bytes
    media_type: str


def is_xml(media_type: str) -> bool:
    """Tell whether a media type is one of XML, whatever it is used for."""
    return media_type.partition(";")[0].endswith(("/xml", "+xml"))


def is_inside(path: str) -> bool:
    """Tell whether a path, with slashes, is one inside a folder, whatever the system."""
    return path.isprintable() and "\\" not in path and {"", ".", ".."}.isdisjoint(path.split("/"))
