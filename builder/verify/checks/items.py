"""Items and their addresses: slashes, ids and slugs, links, the `.json` form."""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from builder import urls
from builder.choices import Query
from builder.hosts.generic import Generic
from builder.hosts.github_pages import GitHubPages
from builder.urls import API, API_CATEGORIES, API_GRIDS, API_PACKAGES
from builder.verify.live import REBUILD, Live, Seen
from builder.verify.outcomes import NotHereError

OK: Final = 200
_REDIRECTS: Final = (301, 302, 307, 308)
_QUERY: Final = "?format=json&from=verify"
_LINK: Final = re.compile(r"/api/v4/(packages|grids|categories)/\d+/")
_WAYS_OUT: Final = ("//verify.example/..%2fpackages", "/%2fpackages")
_BROWSER: Final = "text/html,*/*;q=0.8"
_FOLLOWED: Final = 2  # links: from the root to a list, and to its second page
_UNNAMED: Final = "The links must repeat format=json."
_OPEN: Final = "A link that begins with this site's address could lead anywhere."
_ROOT: Final = {
    "packages": API_PACKAGES,
    "search": urls.API_SEARCH,
    "grids": API_GRIDS,
    "categories": API_CATEGORIES,
}


def base_url(live: Live) -> None:
    """The links in the API begin with the address that is asked."""
    seen = live.get(API).has_status(200)
    expected = {name: live.base + route for name, route in _ROOT.items()}
    found = seen.json()
    seen.expect(found == expected and list(found) == list(expected), expected, seen.start(), REBUILD)


def slash(live: Live) -> None:
    """With the slash at its end an address answers 200 itself: some clients follow no redirect."""
    for route in _slashed(live):
        seen = live.get(route)
        seen.expect(seen.status == OK, f"status {OK}", f"{seen.status} with {seen.start()}", _remedy(live))


def _slashed(live: Live) -> Iterator[str]:
    yield from (API, API_PACKAGES, API_GRIDS, API_CATEGORIES)
    yield live.item(API_CATEGORIES)
    for kind in (API_PACKAGES, API_GRIDS):
        yield from (live.item(kind), live.item(kind, "slug"))


def _remedy(live: Live) -> str:
    """Give what helps where a folder is not answered by the index that lies in it."""
    if live.promises.host != GitHubPages.name:
        return ""
    return f"If the host answers no folder by its index.json, build with --host {Generic.name}, which has index.html."


def slashless(live: Live) -> None:
    """Without the slash an address answers the same, or leads to the form with it."""
    for route in _slashless(live):
        seen = live.get(route)
        if seen.status == 200:  # noqa: PLR2004 - a status is best read as it is
            seen.expect(seen.body == live.get(route + "/").body, "the same bytes as with the slash", seen.start())
            continue
        seen.has_status(200, *_REDIRECTS)
        leads = live.followed(seen, seen.headers.get("location", ""))
        expected = f"{live.base}{route}/"
        seen.expect(leads.partition("?")[0] == expected, f"the way to {expected}", leads)


def slashless_relative(live: Live) -> None:
    """That way is told without scheme and host, which would be wrong ones behind a proxy."""
    for route in _slashless(live):
        seen = live.get(route)
        place = seen.headers.get("location", "/")
        seen.expect(place.startswith("/") and not place.startswith("//"), "a location that begins with a slash", place)


def slashless_query(live: Live) -> None:
    """The query goes along with it."""
    seen = live.get(live.item(API_PACKAGES).removesuffix("/") + _QUERY).has_status(200, *_REDIRECTS)
    place = seen.headers.get("location", _QUERY)
    seen.expect(place.endswith(_QUERY), f"a location that ends in {_QUERY}", place)


def _slashless(live: Live) -> Iterator[str]:
    for route in (API_PACKAGES, live.item(API_PACKAGES), live.item(API_GRIDS, "slug")):
        yield route.removesuffix("/")


def no_way_out(live: Live) -> None:
    """No path that names another host is answered with a way there."""
    for route in _WAYS_OUT:
        seen = live.get(route)
        if place := seen.headers.get("location"):
            seen.expect(not _leads_away(live, seen, place), f"no way out of {live.base}/", place, _OPEN)


def _leads_away(live: Live, seen: Seen, place: str) -> bool:
    """Tell whether a redirect leads to another host than ours, as browsers read it."""
    ours = {urlsplit(url).netloc for url in (live.base, live.promises.base_url or live.base)}
    try:
        return urlsplit(urljoin(seen.url, place.replace("\\", "/"))).netloc not in ours
    except ValueError:
        return True


def id_and_slug(live: Live) -> None:
    """An item has the same bytes by id and by slug."""
    for kind in (API_PACKAGES, API_GRIDS):
        seen = live.get(live.item(kind, "slug")).has_status(200)
        expected = live.get(live.item(kind)).has_status(200)
        seen.expect(seen.body == expected.body, f"the bytes of {expected.url}", seen.start())


def item_as_listed(live: Live) -> None:
    """An item alone is what its list holds of it."""
    for kind in (API_PACKAGES, API_GRIDS, API_CATEGORIES):
        seen = live.get(live.item(kind)).has_status(200)
        seen.expect(seen.json() == live.sample(kind), f"the item as in {kind}", seen.start())


def links(live: Live) -> None:
    """The links in items name ids, lie here, and one of each kind answers."""
    for kind in (API_PACKAGES, API_GRIDS):
        seen = live.get(live.item(kind)).has_status(200)
        found = list(_links(seen.object()))
        for link in found:
            here = live.followed(seen, link)
            seen.expect(_LINK.fullmatch(here.removeprefix(live.base)), "links by id, with a slash at the end", link)
        for link in {_LINK.sub(r"\1", link): link for link in found}.values():
            live.get(live.followed(seen, link)).has_status(200).json()


def _links(item: dict[str, Any]) -> Iterator[str]:
    if "category" in item:
        yield str(item["category"])
    for key in ("grids", "packages"):
        found = item.get(key)
        yield from map(str, found if isinstance(found, list) else ())


def suffix(live: Live) -> None:
    """`359.json` is `359/`, by id and by slug; the links inside end in `.json` too."""
    if not live.promises.suffixes:
        raise NotHereError("the forms that end in .json were not built for this host")
    for kind, key in ((API_PACKAGES, "id"), (API_PACKAGES, "slug"), (API_GRIDS, "id"), (API_CATEGORIES, "id")):
        seen = live.get(live.item(kind, key, urls.SUFFIX)).has_status(200)
        expected = _with_suffixes(live.get(live.item(kind)).has_status(200).object())
        seen.expect(seen.json() == expected, f"the item as at {live.item(kind)}, its links with .json", seen.start())


def suffix_list(live: Live) -> None:
    """`packages.json` is the list."""
    if not live.promises.suffixes:
        raise NotHereError("the forms that end in .json were not built for this host")
    seen = live.get(urls.api_list(API_PACKAGES, urls.SUFFIX)).has_status(200)
    _, page = live.first(API_PACKAGES)
    found = seen.page()
    expected = [_with_suffixes(item) for item in page["results"]]
    same = found["count"] == page["count"] and found["results"] == expected
    seen.expect(same, f"the list as at {API_PACKAGES}, its links with .json", seen.start())


def _with_suffixes(item: dict[str, Any]) -> dict[str, Any]:
    """Give an item with its links in the form that ends in `.json`."""

    def turned(links: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        return (
            [turned(link) for link in links] if isinstance(links, list) else str(links).removesuffix("/") + urls.SUFFIX
        )

    return item | {key: turned(item[key]) for key in ("category", "grids", "packages") if key in item}


def format_json(live: Live) -> None:
    """`?format=json`, which clients add, changes nothing but links, which may have it too, as in the original."""
    route = live.item(API_PACKAGES)
    seen = live.get(route + "?format=json").has_status(200)
    plain = seen.body.replace(b"?format=json", b"")
    seen.expect(plain == live.get(route).body, "the bytes as without the query", seen.start())


def format_follows(live: Live) -> None:
    """Who asks for `format=json` and follows the links gets JSON, whatever Accept says: by the links or by the host."""
    seen = live.get(f"{API}?format=json", Accept=_BROWSER).has_status(200)
    link = seen.object().get("packages")
    for _ in range(_FOLLOWED):
        if link is None:
            return
        at = live.get(live.followed(seen, link), Accept=_BROWSER).has_status(200)
        if not at.is_json and live.promises.query is Query.MAPPED and live.promises.negotiates:
            raise NotHereError(f"links do not repeat format=json here; to Accept: {_BROWSER}, {link} gives a page")
        at.expect(at.is_json, "JSON", f"{at.media_type or 'no type'}, {at.start()}", _UNNAMED)
        seen, link = at, at.page()["next"]
