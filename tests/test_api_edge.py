"""What the edge module reads: whole, in order, and enough to answer with."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import catalogue, category, grid, package

from builder import api
from builder.api import edge
from builder.catalogue import Catalogue
from builder.choices import Choices, Query
from builder.outputs import JSON, NDJSON, Output
from builder.urls import Urls

SITE = Urls("https://example.org/below")
ANSWERED = Choices(query=Query.ANSWERED)
LEAN = Choices(query=Query.ANSWERED, copies=False)


def many() -> Catalogue:
    """Make 1,101 packages, whose titles run against their ids, in 3 grids and 2 categories."""
    packages = {f"p-{n}": package(title=f"Title {9999 - n}", category=("apps", "other")[n % 2]) for n in range(1101)}
    grids = {f"g-{n}": grid(*(f"p-{m}" for m in range(n, 1101, 7)), title=f"Grid {n}") for n in range(2)}
    return catalogue(
        packages, {**grids, "none": grid(title="None")}, {"apps": category(), "other": category(title="Other")}
    )


def rendered(made: Catalogue, choices: Choices) -> Mapping[str, Output]:
    outputs = list(api.render(made, SITE, choices))
    assert [route for route, n in Counter(output.route for output in outputs).items() if n > 1] == []
    return {output.route: output for output in outputs}


@cache
def answers(choices: Choices = ANSWERED) -> Mapping[str, Output]:
    return rendered(many(), choices)


def index(choices: Choices = ANSWERED) -> dict[str, object]:
    found = json.loads(answers(choices)["/api/edge/index.json"].body)
    assert isinstance(found, dict)
    return found


def lines(name: str) -> list[bytes]:
    """Give the items of a list, read as the edge module reads it: by the numbers in the index."""
    told = json.loads(answers()["/api/edge/index.json"].body)["lists"][name]
    numbers = range(-(-told["count"] // told["chunk"]))
    found = [answers()[f"/api/edge/{name}/{n}.ndjson"].body.split(b"\n") for n in numbers]
    assert all(len(chunk) == told["chunk"] for chunk in found[:-1])
    assert f"/api/edge/{name}/{len(numbers)}.ndjson" not in answers()
    return [line for chunk in found for line in chunk]


def test_the_index() -> None:
    assert index() == {
        "base_url": "https://example.org/below",
        "page_size": 20,
        "lists": {
            "v4/packages": {"count": 1101, "chunk": 250},
            "v4/grids": {"count": 3, "chunk": 250},
            "v4/categories": {"count": 2, "chunk": 250},
            "v3/packages": {"count": 1101, "chunk": 250},
            "v3/grids": {"count": 3, "chunk": 250},
            "v3/categories": {"count": 2, "chunk": 250},
        },
        "slugs": {"packages": 3, "grids": 1, "categories": 1},
        "v3": True,
        "copies": True,
    }
    assert index(LEAN) == index() | {"copies": False}


@pytest.mark.parametrize("version", ["v4", "v3"])
@pytest.mark.parametrize("kind", ["packages", "grids", "categories"])
def test_chunks_hold_the_items_in_the_order_of_the_list(version: str, kind: str) -> None:
    whole = json.loads(rendered(many(), Choices())[f"/api/{version}/{kind}/"].body)
    items = whole["results" if version == "v4" else "objects"]
    found = lines(f"{version}/{kind}")
    assert [json.loads(line) for line in found] == items
    for line, item in zip(found, items, strict=True):
        key = item["id" if version == "v4" else "slug"]
        assert line == answers()[f"/api/{version}/{kind}/{key}/"].body


def test_chunks_are_lines_of_json() -> None:
    kinds = {route: output.media_type for route, output in answers().items() if route.startswith("/api/edge/")}
    assert {media_type for route, media_type in kinds.items() if route.endswith(".ndjson")} == {NDJSON}
    assert {media_type for route, media_type in kinds.items() if not route.endswith(".ndjson")} == {JSON}


@pytest.mark.parametrize(
    ("slug", "expected"),
    [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)],
)
def test_the_hash_is_fnv_1a(slug: str, expected: int) -> None:
    assert edge.shard(slug, 1 << 32) == expected


@pytest.mark.parametrize("kind", ["packages", "grids", "categories"])
def test_every_slug_is_found_in_its_shard(kind: str) -> None:
    shards = json.loads(answers()["/api/edge/index.json"].body)["slugs"][kind]
    listed = lines(f"v3/{kind}")
    for line in lines(f"v4/{kind}"):
        item = json.loads(line)
        shard = edge.shard(item["slug"], shards)
        number, place = json.loads(answers()[f"/api/edge/slugs/{kind}/{shard}.json"].body)[item["slug"]]
        assert number == item["id"]
        assert json.loads(listed[place])["slug"] == item["slug"]
    assert f"/api/edge/slugs/{kind}/{shards}.json" not in answers()


def test_shards_are_sorted_and_none_is_large() -> None:
    for shard in range(3):
        slugs = list(json.loads(answers()[f"/api/edge/slugs/packages/{shard}.json"].body))
        assert slugs == sorted(slugs)
        assert 250 < len(slugs) < 500


@pytest.mark.parametrize("of", ["grids/g-0", "grids/g-1", "grids/none", "categories/apps", "categories/other"])
def test_members_are_places_in_the_list_of_packages(of: str) -> None:
    places = json.loads(answers()[f"/api/edge/v3/members/{of}.json"].body)
    packages = lines("v3/packages")
    whole = json.loads(rendered(many(), Choices())[f"/api/v3/{of}/packages/"].body)
    assert [json.loads(packages[place]) for place in places] == whole["objects"]
    assert places == sorted(places)


def test_without_v3_there_is_nothing_of_it() -> None:
    found = answers(Choices(query=Query.ANSWERED, v3=False))
    assert not [route for route in found if "v3" in route]
    told = json.loads(found["/api/edge/index.json"].body)
    assert (told["v3"], list(told["lists"])) == (False, ["v4/packages", "v4/grids", "v4/categories"])
    assert json.loads(found["/api/edge/slugs/grids/0.json"].body) == {
        "g-0": [100001, None],
        "g-1": [100002, None],
        "none": [100003, None],
    }


def test_what_the_edge_module_does_not_make_lies_there() -> None:
    found = answers(LEAN)
    assert {
        "/api/v4/",
        "/api/v3/",
        "/api/v4/packages/100001/",
        "/api/v4/grids/100001/",
        "/api/v4/categories/100001/",
    } <= found.keys()
    assert (
        not {"/api/v4/packages/p-0/", "/api/v3/packages/p-0/", "/api/v3/grids/g-0/", "/api/v4/search/"} & found.keys()
    )
    assert not [route for route in found if "/offset/" in route]
    first = json.loads(found["/api/v4/packages/"].body)
    assert (len(first["results"]), first["next"]) == (
        20,
        "https://example.org/below/api/v4/packages/?limit=20&offset=20",
    )


@pytest.mark.parametrize("query", [Query.IGNORED, Query.MAPPED])
def test_other_hosts_get_nothing_of_it(query: Query) -> None:
    assert not [route for route in rendered(catalogue({"p": package()}), Choices(query=query)) if "/edge/" in route]


def test_suffixes_change_nothing_of_it() -> None:
    suffixed = rendered(many(), Choices(query=Query.ANSWERED, suffixes=True))
    assert {r: o.body for r, o in suffixed.items() if "/edge/" in r} == {
        r: o.body for r, o in answers().items() if "/edge/" in r
    }


def test_an_empty_catalogue_has_an_index_and_empty_shards() -> None:
    found = rendered(catalogue({}, {}, {}), ANSWERED)
    assert sorted(route for route in found if "/edge/" in route) == [
        "/api/edge/index.json",
        "/api/edge/slugs/categories/0.json",
        "/api/edge/slugs/grids/0.json",
        "/api/edge/slugs/packages/0.json",
    ]
    assert found["/api/edge/slugs/packages/0.json"].body == b"{}"


@given(st.integers(0, 2_000_000))
def test_any_list_is_forty_reads_at_most(count: int) -> None:
    size = edge.chunk_size(count)
    assert -(-count // size) <= 40
    assert size == 250 or count > 40 * 250


def edited(changes: Iterable[str]) -> set[str]:
    """Give the routes whose bodies differ after the packages with these slugs got another address of documentation."""
    packages = {f"p-{n}": package(title=f"Title {n}") for n in range(600)}
    other = {slug: package(title=packages[slug].title, documentation="https://docs.example.org/") for slug in changes}
    before, after = (rendered(catalogue(made), LEAN) for made in (packages, packages | other))
    assert before.keys() == after.keys()
    return {route for route in before if before[route].body != after[route].body}


def test_a_small_change_changes_few_files() -> None:
    assert {route for route in edited(["p-300"]) if "/edge/" in route} == {
        "/api/edge/v4/packages/1.ndjson",
        "/api/edge/v3/packages/0.ndjson",
    }
