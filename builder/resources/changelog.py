"""What has changed of the project's own resources, newest first: the page about the API shows it.

Whoever adds a key, a column or an address writes it down here. A test holds each of them to be one of the first version
or of an entry, and none to be gone or of another type.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple


class Change(NamedTuple):
    """What came on a day, and the keys that it brought, by the name of the schema that has them."""

    day: date
    text: str
    added: Mapping[str, Sequence[str]]


CHANGES: Final[Sequence[Change]] = (
    Change(
        date(2026, 11, 25),
        "The first version: all that is known of each package, grid and category; the whole in one file, as JSON, as "
        "lines and as SQLite; packages by what they share; names; badges; the state of each source; what changed; the "
        "manifest.",
        {},
    ),
)

SCHEMA_VERSION: Final = len(CHANGES)
"""What `schema_version` says in all of the project's own resources: how often anything was added to any of them."""
