"""The whole catalogue of a site: its lists, read until they fit each other, and what was asked about again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from builder import urls
from builder.errors import GuardRefusedError, UpstreamError
from builder.importing.asking import Site
from builder.importing.walk import ROUNDS, Collection, holds_still, used, whole
from builder.importing.wire import AnyItem, CategoryItem, GridItem, PackageItem, Told, base_of, number, numbers

CATEGORIES: Final = Collection(urls.API_CATEGORIES, CategoryItem)
GRIDS: Final = Collection(urls.API_GRIDS, GridItem)
PACKAGES: Final = Collection(urls.API_PACKAGES, PackageItem)
SIZE: Final = 100  # items a page
PASSES: Final = 3  # of asking again about what does not agree
SAMPLED: Final = 5  # items of each kind that are asked for one by one


@dataclass(slots=True)
class Found:
    """What a site tells: items by id, newest first; how many use each package, by slug, None where it does not say.

    `changed` counts items that were told otherwise when they were asked for one by one: the later word was taken.
    """

    base: str
    categories: dict[int, Told[CategoryItem]] = field(default_factory=dict)
    grids: dict[int, Told[GridItem]] = field(default_factory=dict)
    packages: dict[int, Told[PackageItem]] = field(default_factory=dict)
    usage: Mapping[str, int] | None = None
    changed: int = 0

    @property
    def address(self) -> str:
        """The site's own address, as its links have it."""
        links = chain(
            (package.item.category for package in self.packages.values()),
            (link for grid in self.grids.values() for link in grid.item.packages),
        )
        return next((base for base in map(base_of, links) if base is not None), self.base)


def gather(site: Site, *, size: int = SIZE, v3: bool = True) -> Found:
    """Read everything.

    Raises:
        UpstreamError: the site gives no answer that can be used, or does not hold still.
        GuardRefusedError: it lists no packages.
    """
    found = Found(site.base)
    found.categories = whole(site, CATEGORIES, size)
    found.grids = whole(site, GRIDS, size)
    found.packages = whole(site, PACKAGES, size)
    if not found.packages:
        raise GuardRefusedError(f"{site.base}{urls.API_PACKAGES} lists no packages: nothing was changed.")
    if v3:
        found.usage = used(site, urls.V3_PACKAGES, size)
    _look_again(site, found, size)
    _settle(site, found)
    _sample(site, found)
    return found


def _look_again(site: Site, found: Found, size: int) -> None:
    """Read those lists again that are not as they were by the time the last one was read."""
    for _ in range(ROUNDS):
        still = True
        if not holds_still(site, CATEGORIES, found.categories, size):
            found.categories, still = whole(site, CATEGORIES, size), False
        if not holds_still(site, GRIDS, found.grids, size):
            found.grids, still = whole(site, GRIDS, size), False
        if not holds_still(site, PACKAGES, found.packages, size):
            found.packages, still = whole(site, PACKAGES, size), False
        if still:
            return
    site.journal.forget()
    raise UpstreamError(f"{site.base}: its lists change while they are read. Start again at a quieter time.")


def _settle(site: Site, found: Found) -> None:
    """Ask once more about whatever packages and grids say differently of each other, or of what no list has.

    What they still say differently is told by the comparison at the end.
    """
    for _ in range(PASSES):
        doubtful = _doubtful(found)
        for kind, key in sorted(doubtful):
            found.changed += _ask_again(site, found, kind, key)
        if not doubtful:
            return


def _doubtful(found: Found) -> set[tuple[str, int]]:
    """Give kind and id of all that a link leads to or from which is not there on both sides."""
    by_packages = {(key, grid) for key, told in found.packages.items() for grid in numbers(told.item.grids)}
    by_grids = {(package, key) for key, told in found.grids.items() for package in numbers(told.item.packages)}
    doubtful = by_packages ^ by_grids
    categories = {number(told.item.category) for told in found.packages.values()} - found.categories.keys()
    return (
        {("packages", package) for package, _ in doubtful}
        | {("grids", grid) for _, grid in doubtful}
        | {("categories", category) for category in categories if category is not None}
    )


def _sample(site: Site, found: Found) -> None:
    """Ask for some items one by one: what a list says of them is what they say themselves."""
    for kind, items in (("categories", found.categories), ("grids", found.grids), ("packages", found.packages)):
        keys = list(items)
        for key in keys[:: max(1, len(keys) // SAMPLED)][:SAMPLED]:
            found.changed += _ask_again(site, found, kind, key)


def _ask_again(site: Site, found: Found, kind: str, key: int) -> bool:
    if kind == "categories":
        return _put(found.categories, key, site.item(urls.API_CATEGORIES, key, CategoryItem))
    if kind == "grids":
        return _put(found.grids, key, site.item(urls.API_GRIDS, key, GridItem))
    return _put(found.packages, key, site.item(urls.API_PACKAGES, key, PackageItem))


def _put(items: dict[int, Told[AnyItem]], key: int, told: Told[AnyItem] | None) -> bool:
    """Take the later word on an item; tell whether it differs."""
    before = items.pop(key, None)
    if told is not None:
        items[key] = told
    return (before and before.raw) != (told and told.raw)
