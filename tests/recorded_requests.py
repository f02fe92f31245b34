"""Every recorded request by what it asks for, and how a host that serves the recorded catalogue answers it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

import edge_world as world
import test_recorded as sample
from hosted import Seen, ask

ROOT: Final = re.compile("/api/v[34]/")
LIST: Final = re.compile("/api/v[34]/(packages|grids|categories)/")
MEMBERS: Final = re.compile("/api/v3/grids/[^/]+/packages/")
GROUPS: Final = (
    *("items", "suffix forms", "pages of 20", "other pages", "search", "not found"),
    *("v3 items", "v3 pages of 20", "v3 other pages", "v3 not found"),
    *("HEAD", "other methods", "formats", "headers", "odd keys"),
)


def recorded() -> list[world.Recorded]:
    """Give every recorded request once; the order in which the files have them."""
    bare = [
        world.Recorded("GET", path, {}, 404 if "/nope/" in path else 200, body)
        for path, body in (sample.V3 | sample.LISTS).items()
    ]
    found = {(one.method, one.path, *one.headers.items()): one for one in [*world.recorded(), *bare]}
    return list(found.values())


def group(one: world.Recorded) -> str:
    """Tell what a request asks for, one of `GROUPS`."""
    if one.method != "GET":
        return "HEAD" if one.method == "HEAD" else "other methods"
    if "Accept" in one.headers or "format=" in one.path:
        return "formats"
    return "headers" if one.headers else _what(one)


def _what(one: world.Recorded) -> str:
    """Tell what a plain GET asks for."""
    address, _, query = one.path.partition("?")
    if address.startswith("/api/v4/search"):
        return "search"
    version = "v3 " if address.startswith("/api/v3/") else ""
    if re.search(r"%|/0|/[+-]|\.json/", address) or address.endswith("/.json"):
        return "odd keys"
    if one.status == 404:
        return f"{version}not found"
    if address.endswith(".json"):
        return "suffix forms"
    if ROOT.fullmatch(address) or LIST.fullmatch(address) or MEMBERS.fullmatch(address):
        return f"{version}{'pages of 20' if _is_of_20(query) else 'other pages'}"
    return f"{version}items"


def _is_of_20(query: str) -> bool:
    """Tell whether a query means a page of 20 from a multiple of 20, in one of the ways that were recorded."""
    senseless = {"", "abc", "-1", "-5"}
    values = {"limit": senseless | {"20"}, "offset": senseless | {"20", "40"}}
    return all(value in values.get(name, ()) for name, value in parse_qsl(query, keep_blank_values=True))


def same(one: world.Recorded, answer: Seen, url: str) -> bool:
    """Tell whether a host's answer is the recorded one, but for what the test of the recording leaves open.

    Of the packages of a grid in API v3 the original's order is its database's: their number is compared on a page, and
    on the only page all of them.
    """
    ours, theirs = both(one, answer, url)
    if answer.status != one.status or not MEMBERS.fullmatch(one.path.partition("?")[0]) or one.status != 200:
        return (answer.status, ours) == (one.status, theirs)
    (head, objects), (their_head, their_objects) = sample.cut(ours), sample.cut(theirs)
    whole = '"next": null' in head and '"previous": null' in head
    alike = sorted(objects) == sorted(their_objects) if whole else len(objects) == len(their_objects)
    return head == their_head and alike


def both(one: world.Recorded, answer: Seen, url: str) -> tuple[str, str]:
    """Give a host's answer and the recorded one, without what the test of the recording leaves open."""
    theirs = one.body
    for refused, taken in sample.REFUSED.items():
        theirs = theirs.replace(refused, taken)
    ours = answer.body.decode("utf-8", "replace").replace(url, world.BASE)
    return sample.without_order(ours), sample.as_we_know_it(theirs)


def answers(url: str) -> Iterator[tuple[world.Recorded, Seen, bool]]:
    """Ask a host all of it; yield each request with its answer, and whether that is the recorded one."""
    for one in recorded():
        answer = ask(url, one.path, one.method, **one.headers)
        yield one, answer, same(one, answer, url)


def counts(url: str) -> Mapping[str, Counter[str]]:
    """Count by group how many answers are `same`, `refused` (an error in place of an answer), or `other`."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one, answer, is_same in answers(url):
        refused = answer.status >= 400 and (one.status < 400 or answer.status in {405, 501})
        found[group(one)]["same" if is_same else "refused" if refused else "other"] += 1
    return found
