"""What a change does to what the site answers: every route of both sides is rendered and compared.

A side can be rendered in a process of its own, since a large catalogue takes seconds: what comes back of it are sums,
and the items of the API, whose fields are to be compared.
"""

import dataclasses
import hashlib
import json
import multiprocessing
import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from builder import api, build, history, making, source
from builder.changes.fields import FieldChange, differences
from builder.changes.records import What
from builder.entries import Data
from builder.hosts import HOSTS
from builder.urls import Urls

CHOICES: Final = dataclasses.replace(HOSTS[0].choices, pictures=False, badges=False)
"""What is rendered: all that a host of plain files has, but for pictures and badges: their pages say it."""

ALONE: Final = 300
"""Packages up to which no other process is worth its start."""

_KINDS: Final = "(?:packages|grids|categories)"
_ITEM: Final = re.compile(rf"/api/v(?:4/{_KINDS}/[0-9]+|3/{_KINDS}/[^/]+)/")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two states: its data folder, and the one whose git history, at `revision`, tells when it changed."""

    folder: Path
    data: Path
    revision: str = "HEAD"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a side answers: a sum for each route, and the bodies of the API's items, compressed."""

    sums: dict[str, bytes]
    items: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class RouteChange:
    """A route whose answer differs; the fields where it is an item of the API."""

    what: What
    route: str
    fields: tuple[FieldChange, ...] = ()


def answer_changes(before: tuple[Side, Data], after: tuple[Side, Data], *, pages: bool = True) -> list[RouteChange]:
    """Give every route that differs, in order; both sides must be free of problems.

    Without `pages` only the API is rendered, which takes a fraction of the time.
    """
    (old_side, _), (side, data) = before, after
    if not pages or len(data.packages) <= ALONE:
        old, new = (_answers(*pair, pages=pages) for pair in (before, after))
        return list(_compare(old, new))
    # A new process, since a copy of this one would not be safe beside other threads.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        rendered = other.submit(load_answers, old_side)
        new = _answers(side, data)
        return list(_compare(rendered.result(), new))


def load_answers(side: Side) -> Answers:
    """Read a side and render it."""
    with source.collection_paused():
        return _answers(side, build.load(side.folder))


def _answers(side: Side, data: Data, *, pages: bool = True) -> Answers:
    made, _ = build.join(data, side.folder, past=history.read(side.data, side.revision))
    sums: dict[str, bytes] = {}
    items: dict[str, bytes] = {}
    with source.collection_paused():
        outputs = making.render(made, CHOICES) if pages else api.render(made, Urls(made.settings.base_url), CHOICES)
        for output in outputs:
            sums[output.route] = hashlib.blake2b(output.body, digest_size=16).digest()
            if _ITEM.fullmatch(output.route):
                items[output.route] = zlib.compress(output.body, 1)
    return Answers(sums, items)


def _compare(before: Answers, after: Answers) -> Iterator[RouteChange]:
    for route in sorted(before.sums.keys() | after.sums.keys()):
        if route not in before.sums:
            yield RouteChange("added", route)
        elif route not in after.sums:
            yield RouteChange("removed", route)
        elif before.sums[route] != after.sums[route]:
            both = (before.items.get(route), after.items.get(route))
            old, new = (json.loads(zlib.decompress(body)) if body else None for body in both)
            yield RouteChange("changed", route, tuple(differences(old, new)))
