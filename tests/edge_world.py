"""What the original answered to queries, methods and strange keys; and the files that give the edge module that world.

Of a list, the recording knows some items by their place; lines that stand for the others fill it up.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from made import catalogue, package

from builder import search
from builder.api import edge
from builder.outputs import HTML, JSON, NDJSON, Output
from builder.urls import Urls

RECORDED: Final = Path(__file__).parent / "recorded"
BASE: Final = "https://djangopackages.org"
COUNTS: Final = {
    "v4/packages": 324,
    "v4/grids": 41,
    "v4/categories": 4,
    "v3/packages": 324,
    "v3/grids": 41,
    "v3/categories": 4,
}
CHUNK: Final = 7  # small, so that pages lie across chunks
SHARDS: Final = 3
FRAME: Final = "<!doctype html><title>Browse</title><main><!-- answer --><p>Nothing yet.<!-- end of answer --></main>"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request and the original's answer to it."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int
    body: str


def _lines(name: str) -> list[str]:
    return (RECORDED / name).read_text(encoding="utf-8").split("\n")[:-1]


def details() -> dict[str, str]:
    """Give the recorded details of API v4: path to body."""
    return dict(line.split("\t") for line in _lines("details.tsv"))


def items() -> dict[str, tuple[int | None, str]]:
    """Give the recorded items by name, such as `v3/packages/django-messages`: place in its list, and body."""
    found = {}
    bodies = details()
    for line in _lines("items.tsv"):
        name, place, body = line.split("\t")
        found[name] = int(place) if place else None, body or bodies[f"/api/{name}/"]
    return found


def recorded() -> list[Recorded]:
    """Give all recorded requests, each item in its place again."""
    bodies = {name: body for name, (_, body) in items().items()}

    def whole(body: str) -> str:
        return re.sub(r"\{(v[34]/[a-z]+/[^/{}\"]+)\}", lambda found: bodies[found[1]], body)

    queries = [
        Recorded(method, path, headers, status, whole(body))
        for method, path, headers, status, body in map(json.loads, _lines("queries.jsonl"))
    ]
    return queries + [Recorded("GET", path, {}, 200, body) for path, body in details().items()]


def outputs() -> Iterator[Output]:
    """Yield the files of that world, as a build writes them for hosts that answer queries."""
    lists = {name: _filled(name, count) for name, count in COUNTS.items()}
    index = {
        "base_url": BASE,
        "page_size": 20,
        "lists": {name: {"count": len(lines), "chunk": CHUNK} for name, lines in lists.items()},
        "slugs": dict.fromkeys(("packages", "grids", "categories"), SHARDS),
        "v3": True,
        "copies": False,
    }
    yield _json("/api/edge/index.json", index)
    for name, lines in lists.items():
        for start in range(0, len(lines), CHUNK):
            text = "\n".join(lines[start : start + CHUNK])
            yield Output(f"/api/edge/{name}/{start // CHUNK}.ndjson", text.encode(), NDJSON)
    for path, body in details().items():
        if re.search(r"/[0-9]+/$", path):
            yield Output(path, body.encode(), JSON)
    yield from _slugs(lists)
    yield from _members(lists)
    yield Output("/api/v3/", next(r.body for r in recorded() if r.path == "/api/v3/").encode(), JSON)
    # What was found there is no fact of this recording; it needs something that can be searched.
    yield from search.render(catalogue({"cms": package(title="CMS")}), Urls(BASE))
    yield Output("/api/browse/", FRAME.encode(), HTML)
    yield Output("/404.html", b"<!doctype html><title>No page</title>", HTML)


def _filled(name: str, count: int) -> list[str]:
    """Fill a list: known items at their place, those of an unknown one where there is room, lines for the others."""
    known = {key: value for key, value in items().items() if key.startswith(f"{name}/")}
    lines = {place: body for place, body in known.values() if place is not None}
    free = (place for place in range(count) if place not in lines)
    lines |= {next(free): body for place, body in known.values() if place is None and name.startswith("v3")}
    return [lines.get(place, f'{{"stands for":{place}}}') for place in range(count)]


def _slugs(lists: Mapping[str, Sequence[str]]) -> Iterator[Output]:
    bodies = [json.loads(body) | {"kind": path.split("/")[3]} for path, body in details().items()]
    for kind in ("packages", "grids", "categories"):
        ids = {item["slug"]: item["id"] for item in bodies if item["kind"] == kind}
        places = {json.loads(line).get("slug"): place for place, line in enumerate(lists[f"v3/{kind}"])}
        shards: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        for slug in sorted(ids.keys() | (places.keys() - {None})):
            shards[edge.shard(slug, SHARDS)][slug] = [ids.get(slug, 0), places.get(slug)]
        for shard in range(SHARDS):
            yield _json(f"/api/edge/slugs/{kind}/{shard}.json", shards[shard])


def _members(lists: Mapping[str, Sequence[str]]) -> Iterator[Output]:
    """Yield the members of which the recording has pages; of a category, it knows the first of 229."""
    places = {line: place for place, line in enumerate(lists["v3/packages"])}
    members: defaultdict[str, dict[int, int]] = defaultdict(dict)
    totals = {}
    for found in recorded():
        if match := re.match(r"/api/v3/(?:(grids)/([^/]+)/packages/|packages/\?category=(apps))", found.path):
            answer = json.loads(found.body)
            name = f"{match[1] or 'categories'}/{match[2] or match[3]}"
            totals[name] = answer["meta"]["total_count"]
            start = found.body.index('"objects": [') + len('"objects": [')
            for number, line in enumerate(_split(found.body[start:-2], answer["objects"])):
                members[name][answer["meta"]["offset"] + number] = places[line]
    for name, total in totals.items():
        yield _json(f"/api/edge/v3/members/{name}.json", [members[name].get(n, 0) for n in range(total)])


def _split(text: str, objects: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Cut a text of objects into them, by what they begin with."""
    starts = [text.index(f'{{"absolute_url": "{item["absolute_url"]}"') for item in objects]
    for start, end in zip(starts, [*starts[1:], len(text) + 2], strict=True):
        yield text[start : end - 2]


def _json(route: str, value: object) -> Output:
    return Output(route, json.dumps(value, separators=(",", ":")).encode(), JSON)
