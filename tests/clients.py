"""The known clients of the original's API, each as small as what it does: they come to an end, with what they want.

Each takes what asks for a path (`ask`), and the site's address, which absolute links begin with.
"""

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Final

from edge_programs import Answer, Ask

MOST: Final = 200  # requests of one client: more of them is a loop
TEN_KEYS: Final = (
    "title",
    "slug",
    "last_updated",
    "repo_url",
    "pypi_version",
    "pypi_url",
    "repo_description",
    "documentation_url",
    "repo_watchers",
    "participants",
)


def limited(ask: Ask) -> Ask:
    """Give what asks too, and fails after too many requests."""
    asked = count(1)

    def asking(path: str, **options: Any) -> Answer:  # noqa: ANN401 - as the one it stands for
        assert next(asked) <= MOST, f"a client asks and asks, now for {path}"
        return ask(path, **options)

    return asking


def get(ask: Ask, path: str) -> Any:  # noqa: ANN401 - any JSON
    """Ask without following redirects."""
    answer = ask(path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json"), path
    return answer.json


def assistant(ask: Ask, _base: str) -> tuple[str, list[str]]:
    """Search as an array, then look at the package and the grids it is in; no redirect is followed."""
    hits = get(ask, "/api/v4/search/?q=django")
    slug = next(hit["slug"] for hit in hits if hit["item_type"] == "package")
    package = get(ask, f"/api/v3/packages/{slug}/")
    grids = [get(ask, f"/api/v3/grids/{path.split('/')[-2]}/") for path in package["grids"]]
    return package["slug"], [grid["slug"] for grid in grids]


def daily_job(ask: Ask, base: str) -> list[list[Any]]:
    """Follow absolute `next` through the grids, then each package of one grid; ten keys without a default."""
    url, grids = f"{base}/api/v4/grids/?q=messaging", []
    while url:
        page = get(ask, url.removeprefix(base))
        grids += page["results"]
        url = page["next"]
    urls = next(grid["packages"] for grid in grids if grid["packages"])[:50]
    packages = [get(ask, url.removeprefix(base)) for url in urls]
    return [[package[key] for key in TEN_KEYS] for package in packages]


def helper_script(ask: Ask, base: str) -> tuple[set[int], set[int]]:
    """Take all grids in one reply, and numbers out of links; a package by slug and by number."""
    hits = get(ask, "/api/v4/search/?q=django")
    found = get(ask, f"/api/v4/packages/{next(hit['slug'] for hit in hits if hit['item_type'] == 'package')}/")
    assert get(ask, f"/api/v4/packages/{found['id']}/") == found
    category = re.search(r"/categories/(\d+)/", found["category"])
    assert category
    get(ask, category[0].join(["/api/v4", ""]))
    grids = get(ask, "/api/v4/grids/?limit=500")
    assert grids["next"] is None
    links = [url for grid in grids["results"] for url in grid["packages"]]
    assert all(url.startswith(base) for url in links)
    numbers = {int(match[1]) for match in map(re.compile(r"/packages/(\d+)/").search, links) if match}
    return {grid["id"] for grid in grids["results"]}, numbers


def wheel_scanner(ask: Ask, _base: str) -> list[str]:
    """Count on by an own offset until `meta.next` is null."""
    slugs: list[str] = []
    for offset in count(0, 100):
        page = get(ask, f"/api/v3/packages/?format=json&limit=100&offset={offset}")
        slugs += [item["slug"] for item in page["objects"]]
        if page["meta"]["next"] is None:
            return slugs
    raise AssertionError


def enumerator(ask: Ask, _base: str) -> list[str]:
    """Count on by an own offset until a page is empty."""
    return list(_until_empty(ask))


def _until_empty(ask: Ask) -> Iterator[str]:
    for offset in count(0, 50):
        page = get(ask, f"/api/v3/packages/?limit=50&offset={offset}")
        if not page["objects"]:
            return
        yield from (item["slug"] for item in page["objects"])


def miner(ask: Ask, _base: str) -> list[str]:
    """Follow `meta.next`, then ask for details without the slash at the end and follow the redirect."""
    path, slugs = "/api/v3/packages/", []
    while path:
        page = get(ask, path)
        slugs += [item["slug"] for item in page["objects"]]
        path = page["meta"]["next"]
    answer = ask(f"/api/v3/packages/{slugs[0]}")
    assert answer.status in {200, 301, 307, 308}
    if answer.status != 200:
        answer = ask(answer.headers["location"])
    assert answer.json["slug"] == slugs[0]
    return slugs


def counter(ask: Ask, _base: str) -> int:
    """Ask for no packages, and how many there are."""
    page = get(ask, "/api/v3/packages/?limit=0")
    assert page["objects"] == []
    return int(page["meta"]["total_count"])


Client = Callable[[Ask, str], Any]
CLIENTS: Final[tuple[Client, ...]] = (
    assistant,
    daily_job,
    helper_script,
    wheel_scanner,
    enumerator,
    miner,
    counter,
)
