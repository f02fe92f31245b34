"""An index made at build, so that a query reads a few small files and no server: templates/edge/search.js reads it.

It holds words with their postings (`postings`), shared out among files (`shards`); spellings, for what is mistyped; the
rank of every item, with what a search can be narrowed by; and the items themselves, as API v4's search gives them. What
changes every day, weights and what is recent, stands in the ranks and the items alone.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from builder import urls
from builder.catalogue import Catalogue, Package
from builder.outputs import JSON, NDJSON, Output
from builder.resources import SearchIndexResource, encode
from builder.resources.changelog import SCHEMA_VERSION
from builder.search import items, postings, shards
from builder.search.items import Found
from builder.search.postings import Collected, Posting
from builder.search.text import STOP_WORDS
from builder.urls import Urls

__all__ = ["render"]

Ranks = Mapping[int, int]

MOST_POSTINGS: Final = 1000  # of a word; one that has more says so little that the best will do
MANY_FILES: Final = 3  # with so many files for a beginning, a query does not read them all
MOST_BEST: Final = 50  # items whose name has a beginning, where its words fill several files
LEAST_SPELLED: Final = 3  # letters: a shorter word is never what a mistyped one was meant for
CHUNK: Final = 16  # ids; most hits lie in chunks of their own, so small ones cost least
RANK_BLOCK: Final = 1 << 16  # ids
RANK_LINE: Final = 1 << 10  # ids
RANKS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
_HALF: Final = len(RANKS) // 2
FIRST_FACT: Final = ord("0")
YEAR: Final = 366  # days


def render(catalogue: Catalogue, site: Urls) -> Iterator[Output]:
    """Yield the index, its parts and the items."""
    found = sorted(items.found(catalogue, site), key=lambda one: one.key)
    ranks = {one.key: rank(one) for one in found}
    collected = postings.collect(found)
    sizes = {word: 5 + len(word) + 7 * min(len(some), MOST_POSTINGS) for word, some in collected.postings.items()}
    terms = dict(shards.share(sizes))
    spellings = dict(shards.share({spelling: len(spelling) + 3 for spelling in _spellings(collected)}))
    categories = {found.slug: found.record.title for found in sorted(catalogue.categories, key=lambda one: one.slug)}
    places = {slug: place for place, slug in enumerate(categories)}
    blocks = _blocks(_characters(found, ranks, places, catalogue.as_of))
    index = SearchIndexResource(
        schema_version=SCHEMA_VERSION,
        items=len(found),
        terms=tuple(terms),
        spellings=tuple(spellings),
        ranks=tuple(blocks),
        categories=tuple(categories.values()),
        stop_words=STOP_WORDS,
    )
    yield Output(urls.search_index(), encode(index), JSON)
    yield from _terms(terms, collected, ranks)
    for beginning, found_here in spellings.items():
        yield _json(urls.search_shard("spellings", beginning), found_here)
    for block, lines in blocks.items():
        yield _json(urls.search_ranks(block), lines)
    yield from _items("packages", (one for one in found if one.key % 2 == 0))
    yield from _items("grids", (one for one in found if one.key % 2))


def _spellings(collected: Collected) -> Iterator[str]:
    """Yield each word as it is (`f`) and backwards (`b`), and each name backwards (`n`).

    A word with an error in it begins or ends as it should, and lies near what was meant one way or the other. Names go
    by the files of the terms forwards; apart from the words, which are few, so that these lie in few files.
    """
    for word in collected.spelled:
        if len(word) >= LEAST_SPELLED:
            yield "f" + word
            yield "b" + word[::-1]
    for name in collected.names - collected.spelled:
        if len(name) >= LEAST_SPELLED:
            yield "n" + name[::-1]


def _json(route: str, value: object) -> Output:
    return Output(route, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def rank(one: Found) -> int:
    """Give the rank of an item, 0 to 63: half of it by weight, half for being active."""
    return round(one.item.weight * (_HALF - 1) / 100) + _HALF * one.active


def _terms(beginnings: Mapping[str, list[str]], collected: Collected, ranks: Ranks) -> Iterator[Output]:
    """Yield the words with their postings; where longer beginnings have files too, the best names of all under `*`."""
    names, ordered = sorted(collected.names), sorted(beginnings)
    for beginning, words in beginnings.items():
        body = {word: _flat(collected.postings[word], ranks) for word in words}
        if beginning and len(_beginning_with(beginning, ordered)) >= MANY_FILES:
            best = _best(_beginning_with(beginning, names), collected.postings, ranks)
            body["*"] = _flat(best, ranks)
        yield _json(urls.search_shard("terms", beginning), body)


def _beginning_with(beginning: str, ordered: Sequence[str]) -> Sequence[str]:
    """Give those of sorted words that have a beginning; no word has a character that would come after all of them."""
    return ordered[bisect_left(ordered, beginning) : bisect_left(ordered, beginning + "\U0010ffff")]


def _best(names: Iterable[str], collected: Mapping[str, list[Posting]], ranks: Ranks) -> list[Posting]:
    """Give those with the highest ranks of the items that have one of the names."""
    found: dict[int, int] = {}
    for name in names:
        for key, value in collected[name]:
            if value >= postings.SHORT_NAME:
                found[key] = max(found.get(key, 0), value & ~postings.WORD)
    return sorted(sorted(found.items(), key=lambda posting: (-ranks[posting[0]], posting[0]))[:MOST_BEST])


def _flat(found: list[Posting], ranks: Ranks) -> list[int]:
    """Give postings as one list: each key as its distance from the one before, then its value.

    Where there are more than `MOST_POSTINGS`, their number comes first, as a negative one, and the best of them follow.
    """
    head = []
    if len(found) > MOST_POSTINGS:
        head = [-len(found)]
        found = sorted(sorted(found, key=lambda p: (-p[1], -ranks[p[0]], p[0]))[:MOST_POSTINGS])
    before = 0
    for key, value in found:
        head += (key - before, value)
        before = key
    return head


def _characters(
    found: Iterable[Found], ranks: Ranks, places: Mapping[str, int], today: date
) -> Iterator[tuple[str, int, str]]:
    """Yield kind, id and character, by id: of packages (`p`) and grids (`g`) the rank, of packages (`f`) other facts.

    These are twice the place of its category, and one more where it is recent, counted from "0" on.
    """
    for one in found:
        yield "pg"[one.key % 2], one.key // 2, RANKS[ranks[one.key]]
        if isinstance(one.source, Package):
            number = 2 * places[one.source.category.slug] + is_recent(one, today)
            yield "f", one.key // 2, chr(FIRST_FACT + number)


def is_recent(one: Found, today: date) -> bool:
    """Tell whether an item had a release or a commit in the year before a day."""
    moments = (one.item.last_committed, one.item.last_released)
    return any((today - moment.date()).days < YEAR for moment in moments if moment)


def _blocks(characters: Iterable[tuple[str, int, str]]) -> dict[int, dict[str, str]]:
    """Share characters out: by block of ids, by line of ids (`p0`, `g0`, `p1` and so on)."""
    found: dict[int, dict[str, list[str]]] = {}
    for kind, number, character in characters:
        line = found.setdefault(number // RANK_BLOCK, {}).setdefault(f"{kind}{number // RANK_LINE}", [])
        line += "0" * (number % RANK_LINE - len(line)) + character
    return {block: {line: "".join(c) for line, c in lines.items()} for block, lines in found.items()}


def _items(kind: str, found: Iterable[Found]) -> Iterator[Output]:
    """Yield the items in chunks of ids, each on a line with its id: `[359,{…}]`."""
    chunks: dict[int, list[bytes]] = {}
    for one in found:
        chunks.setdefault(one.key // 2 // CHUNK, []).append(b"[%d,%s]\n" % (one.key // 2, encode(one.item)))
    for chunk, lines in chunks.items():
        yield Output(urls.search_items(kind, chunk), b"".join(lines), NDJSON)
