"""Lists that shift while they are read: one is taken when it was read to its end, and contradicts itself nowhere.

Pages are cut by place. An item that is added at the front pushes one that was seen onto the next page; one that is
removed pulls another over the edge, unseen. Either is noticed, by an item that comes twice or by the count, and the
list is read again; both at once leave the count as it was, and are noticed when the first page is read once more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from builder.errors import UpstreamError
from builder.importing.asking import Site
from builder.importing.wire import AnyItem, Page, Told, UsedItem, Wire

ROUNDS: Final = 5  # of reading a list that does not hold still

_Listed = TypeVar("_Listed", bound=Wire)
_T = TypeVar("_T")


class ShiftedError(Exception):
    """The list changed while it was read; the message says how that was noticed."""


@dataclass(frozen=True, slots=True)
class Collection(Generic[AnyItem]):
    """A list of API v4: its route, and what its items are."""

    route: str
    model: type[AnyItem]


def whole(site: Site, collection: Collection[AnyItem], size: int) -> dict[int, Told[AnyItem]]:
    """Read a list, as often as is needed; give its items by id, in its order.

    Raises:
        UpstreamError: it cannot be read, or does not hold still.
    """

    def read() -> dict[int, Told[AnyItem]]:
        found: dict[int, Told[AnyItem]] = {}
        pages = _pages(site, collection.route, size, lambda place: site.page(place, collection.model))
        for page in pages:
            found |= {item.id: Told(item, raw) for item, raw in zip(page.items, page.raws, strict=True)}
        return found

    return _again(site, collection.route, read)


def used(site: Site, route: str, size: int) -> Mapping[str, int] | None:
    """Read API v3's list of packages; give how many use each, by slug. None where the site has no such list."""
    start = _first(route, size)
    first = [site.used_page(start)]
    if first[0] is None:
        return None

    def page(place: str) -> Page[UsedItem]:
        again = first.pop() if first else site.used_page(place)
        return again or Page((), (), 0, None)

    def read() -> dict[str, int]:
        return {item.slug: item.usage_count for found in _pages(site, route, size, page) for item in found.items}

    return _again(site, route, read)


def holds_still(site: Site, collection: Collection[AnyItem], found: Mapping[int, object], size: int) -> bool:
    """Tell whether a list begins as it did, and is as long."""
    page = site.page(_first(collection.route, size), collection.model)
    return page.count == len(found) and list(page.keys) == list(found)[: len(page.keys)]


def _again(site: Site, route: str, read: Callable[[], _T]) -> _T:
    reason = ""
    for _ in range(ROUNDS):
        try:
            return read()
        except ShiftedError as shifted:
            reason = str(shifted)
    site.journal.forget()
    raise UpstreamError(
        f"{site.base}{route}: changes while it is read ({reason}), {ROUNDS} times. Start again at a quieter time."
    )


def _first(route: str, size: int) -> str:
    return f"{route}?limit={size}"


def _pages(site: Site, route: str, size: int, ask: Callable[[str], Page[_Listed]]) -> "list[Page[_Listed]]":
    """Read all pages of a list by `next`.

    Raises:
        ShiftedError: they do not fit together.
        UpstreamError: they never end.
    """
    place: str | None = _first(route, size)
    visited: set[str] = set()
    seen: set[int | str] = set()
    pages: list[Page[_Listed]] = []
    while place is not None:
        if place in visited:
            raise UpstreamError(f"{site.base}{place}: is its own next page, so that the list never ends.")
        visited.add(place)
        pages.append(ask(place))
        _fits(pages, seen)
        if len(pages) == 1:
            site.expected += -(-pages[0].count // max(len(pages[0].keys), 1))
        place = None if pages[-1].next is None else site.place(pages[-1].next, route)
    if len(seen) != pages[0].count:
        raise ShiftedError(f"{len(seen)} items came where {pages[0].count} were counted")
    return pages


def _fits(pages: "list[Page[_Listed]]", seen: set[int | str]) -> None:
    """Note the items of the last page, if it goes on where the one before it ended."""
    page = pages[-1]
    if page.count != pages[0].count:
        raise ShiftedError(f"the count went from {pages[0].count} to {page.count}")
    for key in page.keys:
        if key in seen:
            raise ShiftedError(f"{key} came twice")
        seen.add(key)
    if page.next is not None and not page.keys:
        raise ShiftedError("an empty page has a next one")
