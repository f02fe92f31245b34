"""Lists walked as clients walk them, by `next` alone; long ones at their beginning and their end."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from builder.verify.live import Live, Seen

MOST_PAGES: Final = 10
"""Pages of a list that are asked for one after the other, before the last one."""

_OFFSET: Final = re.compile(r"(offset[=/])(\d+)")


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a list's parts lie: its items, how many there are in all, and the link to the next page."""

    items: Callable[[Any], Sequence[dict[str, Any]]]
    count: Callable[[Any], int]
    next: Callable[[Any], str | None]
    key: str


V4: Final = Shape(lambda page: page["results"], lambda page: page["count"], lambda page: page["next"], "id")
V3: Final = Shape(
    lambda page: page["objects"], lambda page: page["meta"]["total_count"], lambda page: page["meta"]["next"], "slug"
)


@dataclass(frozen=True, slots=True)
class Walk:
    """The items of the pages from the first on that were asked for, and how many pages those were."""

    items: Sequence[dict[str, Any]]
    pages: int
    count: int


def walk(live: Live, route: str, shape: Shape) -> Walk:
    """Follow a list from its first page to its end, or for `MOST_PAGES` pages and then to its last.

    Raises:
        DeviationError: an item or a page came twice, the count is another, or there is no end.
    """
    seen = live.get(route).has_status(200)
    page, count = _read(seen, shape)
    items = list(shape.items(page))
    visited, pages = {seen.url}, 1
    size = len(items)
    while (link := shape.next(page)) and pages < MOST_PAGES:
        url = live.followed(seen, link)
        seen.expect(url not in visited, "a next that leads on", f"{link}, where we have been", ENDLESS)
        visited.add(url)
        seen = live.get(url).has_status(200)
        page, told = _read(seen, shape)
        seen.expect(told == count, f"the count {count}, as on the first page", told)
        items += shape.items(page)
        _no_item_twice(seen, items, shape)
        pages += 1
    if link:
        _last(live, seen, link, shape, (size, count))
    else:
        seen.expect(len(items) == count, f"{count} items when next is null", len(items), "The list must be whole.")
    return Walk(items, pages, count)


ENDLESS: Final = (
    "Clients that follow next would never end. Where the host ignores queries, build for a host target that knows so."
)


def _read(seen: Seen, shape: Shape) -> tuple[Any, int]:
    """Give a page read as JSON, and its count; a page of another shape stops the check."""
    page = seen.json()
    try:
        items, count, link = shape.items(page), shape.count(page), shape.next(page)
        whole = all(shape.key in item for item in items) and isinstance(count, int)
        whole = whole and (link is None or isinstance(link, str))
    except (KeyError, TypeError):
        whole, count = False, 0
    seen.expect(whole, "a list with its items, count and next", seen.start())
    return page, count


def _no_item_twice(seen: Seen, items: Sequence[dict[str, Any]], shape: Shape) -> None:
    keys = [item[shape.key] for item in items]
    twice = next((key for key in keys if keys.count(key) > 1), None) if len(set(keys)) < len(keys) else None
    seen.expect(len(set(keys)) == len(keys), "items that were not on an earlier page", f"{twice} again", ENDLESS)


def _last(live: Live, seen: Seen, link: str, shape: Shape, size_and_count: tuple[int, int]) -> None:
    """Look at the last page of a long list: the address of `next` with the offset of that page."""
    size, count = size_and_count
    offset = (count - 1) // size * size
    url, changed = _OFFSET.subn(rf"\g<1>{offset}", live.followed(seen, link))
    seen.expect(changed == 1, "a next that names the offset", link)
    end = live.get(url).has_status(200)
    page, told = _read(end, shape)
    end.expect(told == count, f"the count {count}, as on the first page", told)
    end.expect(shape.next(page) is None, "no next on the last page", shape.next(page), ENDLESS)
    found = len(shape.items(page))
    end.expect(found == count - offset, f"the {count - offset} items that are left", found)
