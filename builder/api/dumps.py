"""The whole data in one file: as JSON, as a line for each item, and as a database."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, Self

from builder import urls
from builder.api.tables import Tables
from builder.catalogue import Catalogue
from builder.outputs import JSON, NDJSON, SQLITE, Output
from builder.resources.changelog import SCHEMA_VERSION
from builder.resources.whole import WholeResource

TYPES: Final[Mapping[str, str]] = {"packages": "package", "grids": "grid", "categories": "category"}
"""What each kind is called, and one item of it."""


class Dumps:
    """The dumps while they are made; `with` lets go of what they hold."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Begin with no item."""
        self._as_of = catalogue.as_of
        self._bodies: dict[str, list[bytes]] = {kind: [] for kind in TYPES}
        self._tables = Tables(catalogue)

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what they hold."""
        self._tables.close()

    def add(self, kind: str, item: WholeResource, body: bytes) -> None:
        """Take an item and its bytes; `kind` is one of `TYPES`, and those of one come by slug."""
        self._bodies[kind].append(body)
        self._tables.add(item)

    def outputs(self) -> Iterator[Output]:
        """Yield the dumps; no item can be added after that.

        Raises:
            SiteError: this Python's SQLite has no full-text search.
        """
        yield Output(urls.DATA_DUMP, as_object(self._bodies, self._as_of), JSON)
        yield Output(urls.DATA_DUMP_LINES, as_lines(self._bodies), NDJSON)
        self._bodies.clear()  # so that they are not in memory together with the database and its copy
        yield Output(urls.DATA_SQLITE, self._tables.file(), SQLITE)


def as_object(bodies: Mapping[str, Sequence[bytes]], as_of: date) -> bytes:
    """Give all items in one object: a list for each kind (`TYPES`), whose bodies are given by slug."""
    head = b'{"schema_version":%d,"as_of":"%s"' % (SCHEMA_VERSION, as_of.isoformat().encode())
    lists = (b',"%s":[%s]' % (kind.encode(), b",".join(bodies[kind])) for kind in TYPES)
    return head + b"".join(lists) + b"}"


def as_lines(bodies: Mapping[str, Sequence[bytes]]) -> bytes:
    """Give each item on a line of its own, its `type` before its other keys; bodies as for `as_object`."""
    heads = {kind: b'{"type":"%s",' % name.encode() for kind, name in TYPES.items()}
    return b"".join(b"%s%s\n" % (head, body[1:]) for kind, head in heads.items() for body in bodies[kind])
