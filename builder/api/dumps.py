"""The whole data in one file: as JSON, and as a line for each item."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from builder import urls
from builder.outputs import JSON, NDJSON, Output

SCHEMA_VERSION: Final = 1
TYPES: Final[Mapping[str, str]] = {"packages": "package", "grids": "grid", "categories": "category"}
"""What each kind is called, and one item of it."""


def render(parts: Mapping[str, Sequence[tuple[str, bytes]]], as_of: date) -> Iterator[Output]:
    """Yield both dumps of the bodies of all items, by kind (`TYPES`), each with its slug."""
    yield Output(urls.DATA_DUMP, _object(parts, as_of), JSON)
    yield Output(urls.DATA_DUMP_LINES, b"".join(_lines(parts)), NDJSON)


def _object(parts: Mapping[str, Sequence[tuple[str, bytes]]], as_of: date) -> bytes:
    """Give all items in one object: a list for each kind."""
    head = b'{"schema_version":%d,"as_of":"%s"' % (SCHEMA_VERSION, as_of.isoformat().encode())
    lists = (b',"%s":[%s]' % (kind.encode(), b",".join(body for _, body in parts[kind])) for kind in TYPES)
    return head + b"".join(lists) + b"}"


def _lines(parts: Mapping[str, Sequence[tuple[str, bytes]]]) -> Iterator[bytes]:
    """Yield each item on a line of its own, its `type` before its other keys."""
    for kind, name in TYPES.items():
        for _, body in parts[kind]:
            yield b'{"type":"%s",%s\n' % (name.encode(), body[1:])
