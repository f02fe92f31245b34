"""API v3: its dialect, its lists on each kind of host, and its paths."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import catalogue, category, fetched, grid, package

from builder import api
from builder.api import v3
from builder.api.v3 import Listing
from builder.catalogue import Catalogue
from builder.choices import Choices, Query
from builder.records import Usage
from builder.resources.v3 import CategoryResource, ErrorResource, encode, member
from builder.urls import Urls

SITE = Urls("https://djangopackages.org")
MAPPED = Choices(query=Query.MAPPED)


def small() -> Catalogue:
    packages = {
        "b": package(title="beta", pypi=None, repository="", documentation=None),
        "a": package(title="Alpha", category="other", sites=(Usage(title="A site", url="https://site.example.org/"),)),
        "c": package(title="alpha"),
    }
    grids = {"g": grid("b", "a", "c", title="Grid", header=True), "h": grid("b", title="another")}
    return catalogue(packages, grids, {"apps": category(), "other": category(title="Other")}, {"a": fetched()})


def many(count: int) -> Catalogue:
    packages = {f"p-{n}": package(title=f"Title {n:04}") for n in range(count)}
    return catalogue(packages, {"g": grid(*packages, title="Grid")})


def bodies(made: Catalogue, site: Urls = SITE, choices: Choices | None = None) -> Mapping[str, bytes]:
    outputs = list(api.render(made, site, choices or Choices()))
    assert [route for route, n in Counter(output.route for output in outputs).items() if n > 1] == []
    return {output.route: output.body for output in outputs}


def answers(made: Catalogue, site: Urls = SITE, choices: Choices | None = None) -> Mapping[str, Any]:
    return {
        route: json.loads(body) for route, body in bodies(made, site, choices).items() if route.endswith(("/", ".json"))
    }


def test_root() -> None:
    assert bodies(small())["/api/v3/"] == (
        b'{"categories": "/api/v3/categories/", "grids": "/api/v3/grids/", "packages": "/api/v3/packages/",'
        b' "users": "/api/v3/users/"}'
    )


def test_nothing_is_said_of_users() -> None:
    found = answers(small())
    assert not [route for route in found if "users" in route]
    assert (found["/api/v3/packages/a/"]["created_by"], found["/api/v3/packages/a/"]["last_modified_by"]) == (
        None,
        None,
    )


def test_what_no_upstream_was_asked_for_has_its_types_zero() -> None:
    assert answers(small())["/api/v3/packages/b/"] == {
        "absolute_url": "/packages/p/b/",
        "created": "2020-03-04T05:06:07Z",
        "modified": "2020-03-04T05:06:07Z",
        "slug": "b",
        "title": "beta",
        "category": "/api/v3/categories/apps/",
        "commit_list": "",
        "commits_over_52": "",
        "created_by": None,
        "documentation_url": None,
        "grids": ["/api/v3/grids/g/", "/api/v3/grids/h/"],
        "last_fetched": None,
        "last_modified_by": None,
        "participants": "",
        "pypi_url": "",
        "pypi_version": None,
        "repo_description": "",
        "repo_forks": 0,
        "repo_url": "",
        "repo_watchers": 0,
        "resource_uri": "/api/v3/packages/b/",
        "usage_count": 0,
    }


def test_both_versions_say_the_same_of_a_package() -> None:
    found = answers(small())
    of_v3, of_v4 = found["/api/v3/packages/a/"], found["/api/v4/packages/a/"]
    same = ("title", "slug", "pypi_version", "repo_forks", "repo_watchers", "repo_description", "repo_url", "pypi_url")
    assert {key: of_v3[key] for key in same} == {key: of_v4[key] for key in same}
    assert of_v3["commits_over_52"] == of_v3["commit_list"] == ",".join(map(str, of_v4["commits_over_52"])) != ""
    assert of_v3["participants"] == ",".join(of_v4["participants"]) != ""
    assert of_v3["usage_count"] == 1


def test_lists_are_by_title_and_links_by_slug() -> None:
    found = answers(small())
    assert [item["slug"] for item in found["/api/v3/packages/"]["objects"]] == ["a", "c", "b"]
    assert [item["slug"] for item in found["/api/v3/grids/"]["objects"]] == ["h", "g"]
    assert found["/api/v3/grids/g/"]["packages"] == [f"/api/v3/packages/{slug}/" for slug in "acb"]
    assert found["/api/v3/categories/other/"]["resource_uri"] == "/api/v3/categories/other/"


def test_an_item_is_the_same_alone_and_in_each_list() -> None:
    found = bodies(small())
    for listed, items in {
        "packages/": ["packages/a/", "packages/c/", "packages/b/"],
        "grids/": ["grids/h/", "grids/g/"],
        "categories/": ["categories/apps/", "categories/other/"],
        "grids/g/packages/": ["packages/a/", "packages/c/", "packages/b/"],
        "categories/apps/packages/": ["packages/c/", "packages/b/"],
    }.items():
        objects = b'"objects": [' + b", ".join(found[f"/api/v3/{item}"] for item in items) + b"]}"
        assert found[f"/api/v3/{listed}"].endswith(objects)


def test_what_a_list_says_of_itself() -> None:
    found = answers(small())
    assert list(found["/api/v3/packages/"]) == ["meta", "category", "objects"]
    assert list(found["/api/v3/grids/"]) == list(found["/api/v3/categories/"]) == ["meta", "objects"]
    assert list(found["/api/v3/grids/g/packages/"]) == ["meta", "grid", "objects"]
    assert found["/api/v3/grids/g/packages/"]["grid"] == found["/api/v3/grids/g/"]
    assert found["/api/v3/categories/apps/packages/"]["category"] is None
    assert found["/api/v3/categories/apps/packages/"]["meta"]["total_count"] == 2


def test_paths_begin_with_that_of_the_sites_address() -> None:
    found = bodies(small(), Urls("https://example.org/below/"))
    assert json.loads(found["/api/v3/"])["packages"] == "/below/api/v3/packages/"
    for route, body in found.items():
        if route.startswith("/api/v3/"):
            assert body.count(b'"/') == body.count(b'"/below/') > 0, route
    paged = answers(many(21), Urls("https://example.org/below"), MAPPED)
    assert paged["/api/v3/packages/"]["meta"]["next"] == "/below/api/v3/packages/?limit=20&offset=20"


def test_without_v3_there_is_nothing_of_it() -> None:
    assert not [route for route in bodies(small(), choices=Choices(v3=False)) if "v3" in route]


def test_the_words_of_the_errors() -> None:
    found = bodies(small())
    assert found["/api/404/v3.json"] == b'{"error": 404, "message": "Not found."}'
    for kind, name in (("package", "Package"), ("grid", "Grid"), ("category", "Category")):
        expected = b'{"error": 404, "message": "No %s matches the given query."}' % name.encode()
        assert found[f"/api/404/v3-{kind}.json"] == expected


# Lists.


@pytest.mark.parametrize(("count", "limit"), [(0, 20), (1, 20), (20, 20), (21, 21), (300, 300)])
def test_a_whole_list_says_that_it_is_cut_after_all_that_there_are(count: int, limit: int) -> None:
    listed = answers(many(count))["/api/v3/packages/"]
    assert listed["meta"] == {"limit": limit, "next": None, "offset": 0, "previous": None, "total_count": count}
    assert len(listed["objects"]) == count


def follows_next(get: Callable[[str], Any]) -> Iterator[Any]:
    """Read as a client does that goes where `next` leads."""
    path = "/api/v3/packages/"
    while path:
        page = get(path)
        yield from page["objects"]
        path = page["meta"]["next"]


def counts_on_until_there_is_no_next(get: Callable[[str], Any]) -> Iterator[Any]:
    """Read as a client does that keeps an offset of its own, and looks at `next` only to know when it is done."""
    offset, page = 0, {"meta": {"next": "any"}}
    while page["meta"]["next"]:
        page = get(f"/api/v3/packages/?format=json&limit=100&offset={offset}")
        yield from page["objects"]
        offset += 100


def counts_on_by_limit(get: Callable[[str], Any]) -> Iterator[Any]:
    """Read as a client does that counts on by what it is told until it has counted all."""
    offset = total = 1
    while offset <= total:
        page = get(f"/api/v3/packages/?offset={offset - 1}")
        total, offset = page["meta"]["total_count"], offset + page["meta"]["limit"]
        yield from page["objects"]


@pytest.mark.parametrize("reads", [follows_next, counts_on_until_there_is_no_next, counts_on_by_limit])
def test_clients_are_done_with_a_whole_list_on_a_host_that_ignores_queries(
    reads: Callable[[Callable[[str], Any]], Iterator[Any]],
) -> None:
    found = answers(many(300))
    slugs = [item["slug"] for item in reads(lambda path: found[path.partition("?")[0]])]
    assert slugs == [f"p-{n}" for n in range(300)]


def walk(count: int, limit: int) -> tuple[int, list[Any]]:
    """Follow `next` from the first page; give the number of pages, and all objects."""
    found = Listing("/api/v3/packages/", [b'{"n": %d}' % n for n in range(count)], member("category", b"null"))
    outputs = list(v3.listing(found, Urls("https://example.org/below"), limit))
    pages = {f"/below{output.route}": json.loads(output.body) for output in outputs}
    path, before, offset, objects = "/below/api/v3/packages/", None, 0, []
    while path:
        page = pages[path]
        assert page["category"] is None
        assert (page["meta"]["total_count"], page["meta"]["offset"]) == (count, offset)
        assert page["meta"]["previous"] == before
        assert len(page["objects"]) <= page["meta"]["limit"]
        objects += page["objects"]
        before, path, offset = path, page["meta"]["next"], len(objects)
    return len(pages), objects


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (20, 1), (21, 2), (40, 2), (41, 3), (1000, 50)])
def test_a_list_over_the_limit_is_paged_by_path(count: int, pages: int) -> None:
    assert walk(count, limit=10) == (pages, [{"n": n} for n in range(count)])


def test_the_limit_counts_bytes_of_the_whole_list() -> None:
    found = Listing("/api/v3/packages/", [b'{"n": %d}' % n for n in range(30)], member("category", b"null"))
    size = len(next(v3.listing(found, SITE, 10_000)).body)
    assert walk(30, limit=size)[0] == 1
    assert walk(30, limit=size - 1)[0] == 2


def test_where_queries_are_mapped_pages_say_the_originals_next() -> None:
    found = answers(many(41), choices=MAPPED)
    for listed in ("packages/", "grids/g/packages/", "categories/apps/packages/"):
        path = f"/api/v3/{listed}"
        places = [found[route]["meta"] for route in (path, f"{path}offset/20/", f"{path}offset/40/")]
        assert [(place["previous"], place["next"]) for place in places] == [
            (None, f"{path}?limit=20&offset=20"),
            (f"{path}?limit=20&offset=0", f"{path}?limit=20&offset=40"),
            (f"{path}?limit=20&offset=20", None),
        ]
        assert {(place["limit"], place["total_count"]) for place in places} == {(20, 41)}
        assert found[f"{path}offset/60/"] == {
            "meta": {
                "limit": 20,
                "next": None,
                "offset": 60,
                "previous": f"{path}?limit=20&offset=40",
                "total_count": 41,
            },
            **{key: value for key, value in found[path].items() if key not in {"meta", "objects"}},
            "objects": [],
        }
        counted = {"limit": 0, "next": f"{path}?limit=0&offset=0", "offset": 0, "previous": None, "total_count": 41}
        assert (found[f"{path}limit/0/"]["meta"], found[f"{path}limit/0/"]["objects"]) == (counted, [])
    assert "/api/v3/grids/offset/40/" not in found


def test_an_empty_list_counts_to_nothing() -> None:
    found = answers(catalogue(), choices=MAPPED)
    meta = {"limit": 0, "next": None, "offset": 0, "previous": None, "total_count": 0}
    assert found["/api/v3/packages/limit/0/"] == {"meta": meta, "category": None, "objects": []}
    assert not [route for route in found if "/packages/offset/" in route]


def test_where_queries_are_answered_only_the_first_page_of_each_list_is_a_file() -> None:
    found = answers(many(41), choices=Choices(query=Query.ANSWERED))
    assert not [route for route in found if "/offset/" in route]
    for listed in ("packages/", "grids/g/packages/", "categories/apps/packages/"):
        page = found[f"/api/v3/{listed}"]
        assert (len(page["objects"]), page["meta"]["next"]) == (20, f"/api/v3/{listed}?limit=20&offset=20")


# Bytes.


@given(st.text())
def test_all_that_is_not_ascii_is_escaped(text: str) -> None:
    assert encode(ErrorResource(error=404, message=text)) == json.dumps({"error": 404, "message": text}).encode()


def test_escapes() -> None:
    body = encode(ErrorResource(error=404, message='/ \u00e9 \u2028 " \\ \x00\x7f \N{ROCKET} <b>'))
    expected = rb'{"error": 404, "message": "/ \u00e9 \u2028 \" \\ \u0000\u007f \ud83d\ude80 <b>"}'
    assert body == expected


def written(moment: datetime) -> str:
    item = CategoryResource(
        absolute_url="",
        created=moment,
        modified=moment,
        slug="",
        title="",
        description="",
        resource_uri="",
        show_pypi=True,
        title_plural="",
    )
    text = json.loads(encode(item))["created"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("microseconds", "expected"),
    [(0, "07Z"), (1, "07.000Z"), (999, "07.000Z"), (202335, "07.202Z"), (200000, "07.200Z"), (999999, "07.999Z")],
)
def test_microseconds_are_cut_off_and_a_zero_has_no_fraction(microseconds: int, expected: str) -> None:
    eastern = timezone(timedelta(hours=-5))
    moment = datetime(2026, 2, 15, 21, 5, 7, microseconds, tzinfo=eastern)
    assert written(moment) == f"2026-02-16T02:05:{expected}"


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants it naive
def test_date_times_are_read_back_to_the_millisecond(moment: datetime) -> None:
    back = datetime.fromisoformat(written(moment))
    assert back == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
