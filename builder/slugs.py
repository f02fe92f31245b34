"""Slugs made of other names.

Letters become small; what is not a letter, a digit, `-` or `_` becomes `-`; nothing but a letter or a digit may begin.
A number, or a name that no file may have, gets the kind before it (`package-2048`).
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from typing import Final

from pydantic import TypeAdapter, ValidationError

from builder.fields import SLUG_LENGTH, Slug

_SLUG: Final[TypeAdapter[str]] = TypeAdapter(Slug)


def is_slug(text: str) -> bool:
    """Tell whether a text can be a slug as it is."""
    try:
        _SLUG.validate_python(text)
    except ValidationError:
        return False
    return True


def made_of(name: str, kind: str) -> Iterator[str]:
    """Yield slugs that can stand for a name, the nearest first, then with a number behind it; there is no end of them.

    `kind` is `package`, `grid` or `category`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub("[^a-z0-9_-]+", "-", plain).strip("-_")[:SLUG_LENGTH].strip("-_")
    if not is_slug(made):
        made = f"{kind}-{made}".strip("-")[:SLUG_LENGTH].strip("-_")
    yield made
    for number in count(2):
        end = f"-{number}"
        yield made[: SLUG_LENGTH - len(end)].rstrip("-_") + end
