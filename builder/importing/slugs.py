"""Slugs that our data cannot have, and what takes their place: `builder.slugs`, and a number where that is taken."""

from collections.abc import Collection, Mapping

from builder.slugs import is_slug, made_of


def choose(kind: str, slugs: Mapping[int, str], here: Mapping[str, int | None]) -> dict[int, str]:
    """Give each item, by id, a slug that can be ours: its own, or one made of it.

    `kind` is `package`, `grid` or `category`. `here` are the slugs that are in use here, with their ids: what was made
    of a slug in an earlier import is found again by the id.
    """
    chosen = {key: slug for key, slug in slugs.items() if is_slug(slug)}
    taken = set(chosen.values())
    for key in sorted(slugs.keys() - chosen.keys()):
        candidates = made_of(slugs[key], kind)
        chosen[key] = next(slug for slug in candidates if _is_free(slug, key, taken, here))
        taken.add(chosen[key])
    return chosen


def _is_free(slug: str, key: int, taken: Collection[str], here: Mapping[str, int | None]) -> bool:
    return slug not in taken and (slug not in here or here[slug] == key)
