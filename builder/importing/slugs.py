"""Slugs that our data cannot have, and what takes their place.

Letters become small; what is not a letter, a digit, `-` or `_` becomes `-`; nothing but a letter or a digit may begin.
A number, or a name that no file may have, gets the kind before it (`package-2048`), and what another item has already
a number behind it.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Final

from pydantic import TypeAdapter, ValidationError

from builder.fields import Slug
from builder.fields.limits import SLUG_LENGTH

_SLUG: Final[TypeAdapter[str]] = TypeAdapter(Slug)


def is_ours(slug: str) -> bool:
    """Tell whether a slug can be ours as it is."""
    try:
        _SLUG.validate_python(slug)
    except ValidationError:
        return False
    return True


def choose(kind: str, slugs: Mapping[int, str], here: Mapping[str, int | None]) -> dict[int, str]:
    """Give each item, by id, a slug that can be ours: its own, or one made of it.

    `kind` is `package`, `grid` or `category`. `here` are the slugs that are in use here, with their ids: what was made
    of a slug in an earlier import is found again by the id.
    """
    chosen = {key: slug for key, slug in slugs.items() if is_ours(slug)}
    taken = set(chosen.values())
    for key in sorted(slugs.keys() - chosen.keys()):
        candidates = _made_of(kind, slugs[key])
        chosen[key] = next(slug for slug in candidates if _is_free(slug, key, taken, here))
        taken.add(chosen[key])
    return chosen


def _is_free(slug: str, key: int, taken: Collection[str], here: Mapping[str, int | None]) -> bool:
    return slug not in taken and (slug not in here or here[slug] == key)


def _made_of(kind: str, slug: str) -> Iterator[str]:
    """Yield slugs that can stand for one, the nearest first."""
    plain = unicodedata.normalize("NFKD", slug).encode("ascii", "ignore").decode().lower()
    made = re.sub("[^a-z0-9_-]+", "-", plain).strip("-_")[:SLUG_LENGTH].strip("-_")
    if not is_ours(made):
        made = f"{kind}-{made}".strip("-")[:SLUG_LENGTH].strip("-_")
    yield made
    for number in count(2):
        end = f"-{number}"
        yield made[: SLUG_LENGTH - len(end)].rstrip("-_") + end
