"""The known clients of the original's API, each by its own way of asking.

A client that is told an error, or gets another shape than it reads, stops: that is loud. One that asks for ever is not.
"""

import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

from builder.upstreams.transport import Answer
from builder.upstreams.transport.plain import Plain

MOST: Final = 60
"""Requests after which a client of the small catalogues here is in a loop."""


class RefusedError(Exception):
    """The client was told an error, or something that it cannot read."""


class EndlessError(Exception):
    """The client asks and asks."""


class Reader:
    """What asks for a client; it follows no redirect."""

    def __init__(self, plain: Plain, base: str) -> None:
        self.base = base
        self.prefix = urlsplit(base).path
        self._plain = plain
        self._left = MOST

    def ask(self, link: str) -> Answer:
        """Ask for a route of the site, or for an address in full."""
        self._left -= 1
        if self._left < 0:
            raise EndlessError
        answer = self._plain.ask("GET", link if "://" in link else self.base + link, {})
        assert isinstance(answer, Answer), answer
        return answer

    def get(self, link: str, shape: type = dict) -> Any:  # noqa: ANN401 - whatever JSON holds
        return self.read(link, self.ask(link), shape)

    def read(self, link: str, answer: Answer, shape: type = dict) -> Any:  # noqa: ANN401 - the same
        if answer.status != 200:
            raise RefusedError(f"{link}: {answer.status}")
        found = json.loads(answer.body)
        if not isinstance(found, shape):
            raise RefusedError(f"{link}: {answer.body[:80]!r}")
        return found

    def route(self, path: str) -> str:
        """Give the route of a path that an answer names."""
        assert path.startswith(self.prefix + "/"), path
        return path.removeprefix(self.prefix)


def assistant(reader: Reader) -> int:
    """An MCP server: a search as an array, then packages and their grids by v3."""
    hits = reader.get("/api/v4/search/?q=package-1", list)
    slugs = [hit["slug"] for hit in hits if hit["item_type"] == "package"]
    found = reader.get(f"/api/v3/packages/{slugs[0]}/")
    for path in found["grids"]:
        reader.get(f"/api/v3/grids/{path.split('/')[-2]}/")
    return bool(slugs)


def daily_job(reader: Reader) -> int:
    """A web site's daily job: the grids by absolute `next`, whatever its `q`, and the packages of the first."""
    grids: list[Any] = []
    link = "/api/v4/grids/?q=anything"
    while link:
        page = reader.get(link)
        grids += page["results"]
        link = page["next"]
    for url in grids[0]["packages"]:
        reader.get(url)
    return len({grid["id"] for grid in grids})


def helper_script(reader: Reader) -> int:
    """A script: all grids in one reply, numbers out of links, a package by slug and by id."""
    grids = reader.get("/api/v4/grids/?limit=500")["results"]
    links = [url for grid in grids for url in grid["packages"]]
    numbers = [re.search(r"/packages/(\d+)/", url) for url in links]
    assert all(numbers), links
    first = numbers[0]
    assert first
    found = reader.get(f"/api/v4/packages/{first[1]}/")
    assert reader.get(f"/api/v4/packages/{found['slug']}/") == found
    assert re.search(r"/categories/(\d+)/", found["category"])
    return len(grids)


def wheel_scanner(reader: Reader) -> int:
    """A scanner: v3 by its own offset, until `meta.next` is null."""
    slugs: list[str] = []
    for offset in count(0, 100):
        page = reader.get(f"/api/v3/packages/?format=json&limit=100&offset={offset}")
        slugs += [item["slug"] for item in page["objects"]]
        if page["meta"]["next"] is None:
            break
    return len(slugs)


def enumerator(reader: Reader) -> int:
    """An enumerator: v3 by its own offset, until a page is empty."""
    slugs: list[str] = []
    for offset in count(0, 20):
        page = reader.get(f"/api/v3/packages/?limit=20&offset={offset}")
        slugs += [item["slug"] for item in page["objects"]]
        if not page["objects"]:
            break
    return len(slugs)


def data_miner(reader: Reader) -> int:
    """A miner: v3 by `meta.next`, and a detail without the slash at its end, redirects followed."""
    slugs: list[str] = []
    link = "/api/v3/packages/"
    while link:
        page = reader.get(link)
        slugs += [item["slug"] for item in page["objects"]]
        link = page["meta"]["next"] and reader.route(page["meta"]["next"])
    answer = reader.ask(f"/api/v3/packages/{slugs[0]}")
    if answer.status in {301, 302, 307, 308}:
        place = answer.headers["location"]
        answer = reader.ask(place if "://" in place else reader.route(place))
    assert reader.read("detail", answer)["slug"] == slugs[0]
    return len(slugs)


def counter(reader: Reader) -> int:
    """A counter: `limit=0`, and the total."""
    total = reader.get("/api/v3/packages/?limit=0")["meta"]["total_count"]
    assert isinstance(total, int)
    return total


Client = Callable[[Reader], int]
CLIENTS: Final[tuple[Client, ...]] = (
    assistant,
    daily_job,
    helper_script,
    wheel_scanner,
    enumerator,
    data_miner,
    counter,
)
"""Each gives how many items it came home with."""
