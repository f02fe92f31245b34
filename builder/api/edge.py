"""What the edge module reads to answer any query: no promise to anybody else, and no file for each of the items.

A list is in chunks, an item a line, so that a page of it is cut out of one chunk or two, and the whole list out of
`READS` at most: a script at the edge may make only so many requests for each that it answers. Slugs are mapped to ids
and places by shards: a script may hold only so much.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from builder import urls
from builder.catalogue import Catalogue, Category, Grid, Package, by_title
from builder.choices import Choices
from builder.outputs import JSON, NDJSON, Output
from builder.urls import PAGE_SIZE, Urls

CHUNK: Final = 250  # items at least; at about a kilobyte each, a chunk is read in a moment
READS: Final = 40  # the least that an edge grants one request is 50
SHARD: Final = 500  # slugs, on average

_FNV_OFFSET: Final = 0x811C9DC5
_FNV_PRIME: Final = 0x01000193

_Item = TypeVar("_Item", Package, Grid, Category)
_Items = Sequence[Package] | Sequence[Grid] | Sequence[Category]


def chunks(collection: str, bodies: Sequence[bytes]) -> Iterator[Output]:
    """Yield a collection's list in chunks: a body a line, in the order of the list."""
    size = chunk_size(len(bodies))
    for number, start in enumerate(range(0, len(bodies), size)):
        yield Output(urls.edge_chunk(collection, number), b"\n".join(bodies[start : start + size]), NDJSON)


def chunk_size(count: int) -> int:
    """Give how many items of a list of `count` are in each of its chunks, but the last."""
    return max(CHUNK, -(-count // READS))


def shard(slug: str, shards: int) -> int:
    """Give which of the shards a slug is in: its FNV-1a hash of 32 bits, which any language has in four lines."""
    value = _FNV_OFFSET
    for byte in slug.encode():
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return value % shards


def render(catalogue: Catalogue, site: Urls, choices: Choices) -> Iterator[Output]:
    """Yield what is read beside the chunks: the index, where each slug is, and which packages belong together."""
    yield _json(urls.EDGE_INDEX, _index(catalogue, site, choices))
    yield from _slugs("packages", catalogue.packages, v3=choices.v3)
    yield from _slugs("grids", catalogue.grids, v3=choices.v3)
    yield from _slugs("categories", catalogue.categories, v3=choices.v3)
    if choices.v3:
        yield from _members(catalogue)


def _index(catalogue: Catalogue, site: Urls, choices: Choices) -> Mapping[str, object]:
    kinds: Mapping[str, _Items] = {
        "packages": catalogue.packages,
        "grids": catalogue.grids,
        "categories": catalogue.categories,
    }
    versions = ("v4", "v3") if choices.v3 else ("v4",)
    counts = {f"{version}/{kind}": len(items) for version in versions for kind, items in kinds.items()}
    return {
        "base_url": site.base,
        "page_size": PAGE_SIZE,
        "lists": {name: {"count": count, "chunk": chunk_size(count)} for name, count in counts.items()},
        "slugs": {kind: _shards(items) for kind, items in kinds.items()},
        "v3": choices.v3,
        "copies": choices.copies,
    }


def _shards(items: _Items) -> int:
    return max(1, -(-len(items) // SHARD))


def _places(items: Sequence[_Item]) -> Mapping[int, int]:
    """Give where each item stands in its list in API v3, by id, from 0."""
    return {item.id: place for place, item in enumerate(by_title(items))}


def _slugs(kind: str, items: Sequence[_Item], *, v3: bool) -> Iterator[Output]:
    """Yield the map from slug to id and place, in shards; empty ones too, so that each is there to be read."""
    places = _places(items) if v3 else {}
    shards: defaultdict[int, dict[str, tuple[int, int | None]]] = defaultdict(dict)
    for item in sorted(items, key=lambda item: item.slug):
        shards[shard(item.slug, _shards(items))][item.slug] = (item.id, places.get(item.id))
    for number in range(_shards(items)):
        yield _json(urls.edge_slugs(kind, number), shards[number])


def _members(catalogue: Catalogue) -> Iterator[Output]:
    """Yield the places of each grid's packages, and of each category's, as its list in API v3 has them."""
    places = _places(catalogue.packages)
    lists: Iterable[tuple[str, Sequence[Grid | Category]]] = (
        ("grids", catalogue.grids),
        ("categories", catalogue.categories),
    )
    for kind, items in lists:
        for item in items:
            yield _json(urls.edge_members(kind, item.slug), sorted(places[package.id] for package in item.packages))


def _json(route: str, value: object) -> Output:
    return Output(route, json.dumps(value, separators=(",", ":")).encode(), JSON)
