"""API v3, where it is promised: other shapes, links by slug."""

from typing import Any, Final

from builder.choices import Query
from builder.urls import API_CATEGORIES, API_GRIDS, API_PACKAGES, V3, V3_CATEGORIES, V3_GRIDS, V3_PACKAGES
from builder.verify import walks
from builder.verify.live import Live, Seen
from builder.verify.outcomes import NotHereError

_STARTS: Final = ("absolute_url", "created", "modified", "slug", "title")
_META: Final = ("limit", "next", "offset", "previous", "total_count")


def v3_root(live: Live) -> None:
    """The root of API v3 names the collections."""
    seen = _get(live, V3)
    found = seen.json()
    named = isinstance(found, dict) and {"categories", "grids", "packages"} <= found.keys()
    seen.expect(named, "an object that names categories, grids and packages", seen.start())


def v3_walk_packages(live: Live) -> None:
    """The v3 list of packages is walked by next to its count, and no item comes twice."""
    _walk(live, V3_PACKAGES)


def v3_walk_grids(live: Live) -> None:
    """The v3 list of grids is walked by next to its count, and no item comes twice."""
    _walk(live, V3_GRIDS)


def v3_walk_categories(live: Live) -> None:
    """The v3 list of categories is walked by next to its count, and no item comes twice."""
    _walk(live, V3_CATEGORIES)


def _walk(live: Live, route: str) -> None:
    seen = _get(live, route)
    page = seen.json()
    shaped = isinstance(page, dict) and isinstance(page.get("meta"), dict) and tuple(page["meta"]) == _META
    seen.expect(shaped, f"a list with its meta: {', '.join(_META)}", seen.start())
    walks.walk(live, route, walks.V3)


def v3_counts(live: Live) -> None:
    """The lists of v3 hold as many items as those of v4."""
    for old, new in ((V3_PACKAGES, API_PACKAGES), (V3_GRIDS, API_GRIDS), (V3_CATEGORIES, API_CATEGORIES)):
        seen = _get(live, old)
        total, count = _total(seen), live.first(new)[1]["count"]
        seen.expect(total == count, f"total_count {count}, as in {new}", total)


def v3_items(live: Live) -> None:
    """The items of v3 are found by slug, with the slash and with no redirect."""
    for old, new in ((V3_PACKAGES, API_PACKAGES), (V3_GRIDS, API_GRIDS), (V3_CATEGORIES, API_CATEGORIES)):
        slug = live.sample(new)["slug"]
        seen = _get(live, f"{old}{slug}/")
        found = seen.json()
        shaped = isinstance(found, dict) and tuple(found)[: len(_STARTS)] == _STARTS and found["slug"] == slug
        seen.expect(shaped, f"the item {slug}, beginning with {', '.join(_STARTS)}", seen.start())


def v3_not_found(live: Live) -> None:
    """What is not there in v3 is answered 404 in its own words."""
    _promised(live)
    for route, kind in ((V3_PACKAGES, "Package"), (V3_GRIDS, "Grid")):
        seen = live.get(f"{route}no-such-thing/").has_status(404)
        expected = {"error": 404, "message": f"No {kind} matches the given query."}
        seen.expect(seen.is_json and seen.json() == expected, expected, seen.start())


def v3_post_refused(live: Live) -> None:
    """Writing is refused in v3's own words."""
    _promised(live)
    expected = {"error": 405, "message": 'Method "POST" not allowed.'}
    for route in (V3_PACKAGES, f"{V3_PACKAGES}{live.sample(API_PACKAGES)['slug']}/"):
        seen = live.ask("POST", route).has_status(405)
        seen.expect(seen.is_json and seen.json() == expected, expected, seen.start())


def v3_limit_0(live: Live) -> None:
    """`limit=0`, by which clients count, gives the count; and no objects, where queries are seen."""
    seen = _get(live, f"{V3_PACKAGES}?limit=0")
    total, count = _total(seen), live.first(API_PACKAGES)[1]["count"]
    seen.expect(total == count, f"total_count {count}", total)
    if live.promises.query is Query.ANSWERED:
        objects = seen.object().get("objects")
        seen.expect(objects == [], "objects: []", f"objects: {str(objects)[:60]}")


def _total(seen: Seen) -> Any:  # noqa: ANN401 - whatever JSON holds
    found = seen.json()
    shaped = isinstance(found, dict) and isinstance(found.get("meta"), dict)
    seen.expect(shaped, "a list with its meta", seen.start())
    return found["meta"].get("total_count")


def _get(live: Live, route: str) -> Seen:
    _promised(live)
    return live.get(route).has_status(200)


def _promised(live: Live) -> None:
    if not live.promises.v3:
        raise NotHereError("API v3 was not built for this host")
