"""What a build makes. Renderers yield outputs; `builder.write` alone touches the disk."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeVar

Item = TypeVar("Item")

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


@dataclass(frozen=True, slots=True)
class Unit:
    """Outputs of one item, which are made again only when something has changed that was read for them.

    `key` is the unit's own, the same in each build. `item` is the key of the item (`builder.reads`).
    """

    key: str
    item: str
    outputs: Callable[[], Iterable[Output]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Outputs that can be made apart from all others, in any process; `phase` is what kind of outputs they are.

    They are those of many items together, or of `units`, one after another.
    """

    phase: str
    whole: Callable[[], Iterable[Output]] | None = None
    units: Callable[[], Iterable[Unit]] = tuple

    def outputs(self) -> Iterator[Output]:
        """Yield all of them."""
        if self.whole:
            yield from self.whole()
        for unit in self.units():
            yield from unit.outputs()


PARTS: Final = 16
"""Into how many batches what there is of each item is cut: enough for the last process not to be waited for."""


def parts(items: Sequence[Item]) -> list[Sequence[Item]]:
    """Cut items into at most `PARTS` parts of about the same size, none of them empty."""
    ends = [len(items) * number // PARTS for number in range(PARTS + 1)]
    return [items[start:end] for start, end in pairwise(ends) if start < end]


def is_xml(media_type: str) -> bool:
    """Tell whether a media type is one of XML, whatever it is used for."""
    return media_type.partition(";")[0].endswith(("/xml", "+xml"))


def is_inside(path: str) -> bool:
    """Tell whether a path, with slashes, is one inside a folder, whatever the system."""
    return path.isprintable() and "\\" not in path and {"", ".", ".."}.isdisjoint(path.split("/"))
