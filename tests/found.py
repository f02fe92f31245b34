"""What queries find over a catalogue: by our search in Node, and by the model of the original."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import node
import original_search

from builder import build, search
from builder.catalogue import Catalogue
from builder.search import items
from builder.urls import Urls

HERE = Path(__file__).parent
Names = list[str]  # of items, best first: `p/celery`, `g/caching`


@cache
def real() -> Catalogue:
    """Give the catalogue of this repository. No argument of a test should be one: a failure would print all of it."""
    data = HERE.parent / "data"
    catalogue, _ = build.join(build.load(data), data)
    return catalogue


def wanted() -> list[tuple[str, str]]:
    """Give the queries with the item that is wanted of each."""
    lines = (HERE / "search/queries.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(query, name) for query, name in pairs]


def write(catalogue: Catalogue, site: Path) -> None:
    """Write what search needs of a site."""
    for output in search.render(catalogue, Urls(catalogue.settings.base_url)):
        file = site / output.route[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(output.body)


def ours(site: Path, queries: Sequence[str]) -> list[Names]:
    """Give what our search finds."""
    answers = node.run(node.SEARCH / "answer.mjs", str(site), given=queries)
    found = [[json.loads(text) for text in answer["items"]] for answer in answers]
    return [[f"{item['item_type'][0]}/{item['slug']}" for item in each] for each in found]


def originals(catalogue: Catalogue, queries: Sequence[str]) -> list[Names]:
    """Give what the model of the original finds."""
    rows = [original_search.row(one.item) for one in items.found(catalogue, Urls(catalogue.settings.base_url))]
    found = [original_search.search(rows, query) for query in queries]
    return [[f"{item.item_type[0]}/{item.slug}" for item in each] for each in found]


def places(wanted: Sequence[tuple[str, str]], found: Sequence[Names]) -> list[int]:
    """Give the place of each wanted item, 1 for the first; 0 where it was not found."""
    pairs = zip(wanted, found, strict=True)
    return [names.index(name) + 1 if name in names else 0 for (_, name), names in pairs]


def share(places: Sequence[int], last: int) -> float:
    """Give the share of wanted items up to a place."""
    return sum(0 < place <= last for place in places) / len(places)
