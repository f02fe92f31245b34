"""The whole data in one file: as JSON, and as a line for each item."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from builder.resources.changelog import SCHEMA_VERSION

TYPES: Final[Mapping[str, str]] = {"packages": "package", "grids": "grid", "categories": "category"}
"""What each kind is called, and one item of it."""


def as_object(bodies: Mapping[str, Sequence[bytes]], as_of: date) -> bytes:
    """Give all items in one object: a list for each kind (`TYPES`), whose bodies are given by slug."""
    head = b'{"schema_version":%d,"as_of":"%s"' % (SCHEMA_VERSION, as_of.isoformat().encode())
    lists = (b',"%s":[%s]' % (kind.encode(), b",".join(bodies[kind])) for kind in TYPES)
    return head + b"".join(lists) + b"}"


def as_lines(bodies: Mapping[str, Sequence[bytes]]) -> bytes:
    """Give each item on a line of its own, its `type` before its other keys; bodies as for `as_object`."""
    heads = {kind: b'{"type":"%s",' % name.encode() for kind, name in TYPES.items()}
    return b"".join(b"%s%s\n" % (head, body[1:]) for kind, head in heads.items() for body in bodies[kind])
