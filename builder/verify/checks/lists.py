"""Lists, and what a query does to them."""

from typing import Any, Final
from urllib.parse import urlencode

from builder.choices import Query
from builder.urls import API_CATEGORIES, API_GRIDS, API_PACKAGES
from builder.verify.live import Live, Seen
from builder.verify.outcomes import NotHereError
from builder.verify.walks import ENDLESS, V4, walk

_PAGE: Final = 20  # items of a page of the original
_BEYOND: Final = 100_000_000
_IGNORED: Final = "this host ignores queries; its lists are whole, or paged by path"


def walk_packages(live: Live) -> None:
    """The list of packages is walked by next to its count, and no item comes twice."""
    walk(live, API_PACKAGES, V4)


def walk_grids(live: Live) -> None:
    """The list of grids is walked by next to its count, and no item comes twice."""
    walk(live, API_GRIDS, V4)


def walk_categories(live: Live) -> None:
    """The list of categories is walked by next to its count, and no item comes twice."""
    walk(live, API_CATEGORIES, V4)


def pages_differ(live: Live) -> None:
    """The second page is another one than the first, or there is none since the first holds all."""
    seen, page = live.first(API_PACKAGES)
    if page["next"] is None:
        found = len(page["results"])
        seen.expect(found == page["count"], f"{page['count']} items where next is null", found)
        return
    second = live.get(live.followed(seen, page["next"])).has_status(200)
    ids = {item["id"] for item in page["results"]} & {item["id"] for item in second.page()["results"]}
    second.expect(not ids, "items that are not on the first page", f"{len(ids)} that are", ENDLESS)


def default_pages(live: Live) -> None:
    """`limit=20&offset=20`, in either order, and `offset=20` alone give the second page of 20."""
    if live.promises.query is Query.IGNORED:
        raise NotHereError(_IGNORED)
    if live.first(API_PACKAGES)[1]["count"] > _PAGE:
        for query in ("limit=20&offset=20", "offset=20&limit=20", "offset=20"):
            _slice(live, live.get(f"{API_PACKAGES}?{query}"), _PAGE, _PAGE)
    _slice(live, live.get(f"{API_PACKAGES}?limit=20"), _PAGE, 0)


def any_page(live: Live) -> None:
    """Any limit and offset give just that slice, its next and its previous."""
    _answers_queries(live)
    for limit, offset in ((7, 3), (3, 0), (2, 1)):
        _slice(live, live.get(f"{API_PACKAGES}?limit={limit}&offset={offset}"), limit, offset)
    seen = live.get(f"{API_PACKAGES}?limit=20&offset={_BEYOND}").has_status(200)
    end = {"count": live.first(API_PACKAGES)[1]["count"], "next": None, "previous": _link(live, _PAGE, _BEYOND - _PAGE)}
    seen.expect(seen.json() == end | {"results": []}, "an empty page behind the end, and the way back", seen.start())


def odd_pages(live: Live) -> None:
    """A limit or an offset that is none counts as not given."""
    _answers_queries(live)
    for query in ("limit=0", "limit=-1", "limit=x", "limit=", "offset=-1"):
        seen = live.get(f"{API_PACKAGES}?{query}").has_status(200)
        found = [item["id"] for item in seen.page()["results"]]
        expected = [item["id"] for item in walk(live, API_PACKAGES, V4).items[:_PAGE]]
        seen.expect(found == expected, "the first page of 20", f"ids {found[:5]} …")


def _answers_queries(live: Live) -> None:
    if live.promises.query is Query.IGNORED:
        raise NotHereError(_IGNORED)
    if live.promises.query is Query.MAPPED:
        raise NotHereError("this host maps queries onto pages of 20 alone")


def no_wrong_page(live: Live) -> None:
    """A page that the host cannot cut is refused, or the query is ignored as a whole; never is it another page."""
    seen = live.get(f"{API_PACKAGES}?limit=7&offset=3")
    if live.promises.query is Query.IGNORED:
        seen.has_status(200)
        seen.expect(seen.body == live.get(API_PACKAGES).body, "the list as without a query", seen.start())
        _no_query_in_next(seen)
    elif live.promises.query is Query.MAPPED and seen.status >= 400:  # noqa: PLR2004 - where errors begin
        refusal = seen.json()
        told = isinstance(refusal, dict) and isinstance(refusal.get("detail"), str)
        seen.expect(told, "a refusal in JSON with its detail", seen.start())
    else:
        _slice(live, seen, 7, 3)


def _no_query_in_next(seen: Seen) -> None:
    link = seen.page()["next"]
    seen.expect("?" not in str(link), "no query in next, which would be ignored", link, ENDLESS)


def _slice(live: Live, seen: Seen, limit: int, offset: int) -> None:
    """Stop the check unless an answer is a slice of the list as it is walked, with the original's links."""
    walked = walk(live, API_PACKAGES, V4)
    page = seen.has_status(200).page()
    expected = [item["id"] for item in walked.items[offset : offset + limit]]
    found = [item["id"] for item in page["results"]]
    seen.expect(found == expected, f"the ids {expected[:5]} …", f"{found[:5]} …")
    more = offset + limit < walked.count
    links: dict[str, Any] = {
        "next": _link(live, limit, offset + limit) if more else None,
        "previous": _link(live, limit, offset - limit) if offset else None,
    }
    told = {name: page[name] for name in links}
    seen.expect(told == links, links, told)


def _link(live: Live, limit: int, offset: int) -> str:
    query = {"limit": limit} | ({"offset": offset} if offset > 0 else {})
    return f"{live.promises.base_url or live.base}{API_PACKAGES}?{urlencode(query)}"
