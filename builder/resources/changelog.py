"""What has changed of the project's own resources, newest first: the page about the API shows it.

Whoever adds a key writes it down here. A test holds every key to be one of the first version or of an entry, and none
of them to be gone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple


class Change(NamedTuple):
    """What came on a day, and the keys that it brought, by the name of the schema that has them."""

    day: date
    text: str
    added: Mapping[str, Sequence[str]]


CHANGES: Final[Sequence[Change]] = (Change(date(2026, 11, 25), "The first version.", {}),)
