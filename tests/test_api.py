"""API v4: the lists, the errors, and the ways of the bytes."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from folders import grid, package, write_data
from hypothesis import given
from hypothesis import strategies as st

from builder import api, build, urls
from builder.api import v4
from builder.api.v4 import Form
from builder.choices import Choices
from builder.outputs import JSON, SVG
from builder.resources import CategoryResource, ErrorResource, encode
from builder.urls import Urls

SITE = Urls("https://djangopackages.org")


def answers(data: Path, base_url: str | None = None) -> dict[str, Any]:
    """Give every JSON answer that a data folder leads to, by route."""
    made, _ = build.join(build.load(data), data, base_url)
    outputs = list(api.render(made, Urls(made.settings.base_url), Choices()))
    odd = {output.route for output in outputs if output.media_type not in {JSON, SVG}}
    assert odd == {urls.DATA_DUMP_LINES, urls.DATA_SQLITE, urls.API_CATALOG}
    assert len({output.route for output in outputs}) == len(outputs)
    return {output.route: json.loads(output.body) for output in outputs if output.media_type == JSON}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(
        tmp_path / "data",
        packages={
            "b": package(2, title="beta", pypi="beta"),
            "a": package(7, title="Alpha"),
            "c": package(5, title="alpha"),
        },
        grids={"g": grid(3, "b", "a", "c"), "h": grid(1, "b")},
    )


def test_root(data: Path) -> None:
    assert answers(data)["/api/v4/"] == {
        "packages": "https://djangopackages.org/api/v4/packages/",
        "search": "https://djangopackages.org/api/v4/search/",
        "grids": "https://djangopackages.org/api/v4/grids/",
        "categories": "https://djangopackages.org/api/v4/categories/",
    }


def test_lists_are_whole_and_newest_first(data: Path) -> None:
    listed = answers(data)["/api/v4/packages/"]
    assert [item["id"] for item in listed.pop("results")] == [7, 5, 2]
    assert listed == {"count": 3, "next": None, "previous": None}


def test_an_item_is_the_same_by_id_by_slug_and_in_the_list(data: Path) -> None:
    found = answers(data)
    assert found["/api/v4/packages/2/"] == found["/api/v4/packages/b/"] == found["/api/v4/packages/"]["results"][2]
    assert found["/api/v4/grids/3/"] == found["/api/v4/grids/g/"] == found["/api/v4/grids/"]["results"][0]


def test_categories_are_found_by_id_only(data: Path) -> None:
    found = answers(data)
    assert found["/api/v4/categories/1/"]["slug"] == "apps"
    assert "/api/v4/categories/apps/" not in found


def test_links_go_both_ways_in_a_fixed_order(data: Path) -> None:
    found = answers(data)
    base = "https://djangopackages.org/api/v4"
    assert found["/api/v4/grids/3/"]["packages"] == [f"{base}/packages/{n}/" for n in (5, 7, 2)]
    assert found["/api/v4/packages/2/"]["grids"] == [f"{base}/grids/{n}/" for n in (1, 3)]


def test_what_no_upstream_was_asked_for_has_its_types_zero(data: Path) -> None:
    assert answers(data)["/api/v4/packages/2/"] | {"grids": []} == {
        "category": "https://djangopackages.org/api/v4/categories/1/",
        "grids": [],
        "id": 2,
        "title": "beta",
        "slug": "b",
        "last_updated": None,
        "last_fetched": None,
        "repo_url": "",
        "pypi_version": None,
        "created": "2025-12-31T19:00:00-05:00",
        "modified": "2025-12-31T19:00:00-05:00",
        "repo_forks": 0,
        "repo_description": "",
        "pypi_url": "https://pypi.org/project/beta/",
        "documentation_url": "",
        "repo_watchers": 0,
        "commits_over_52": [],
        "participants": [],
    }


def test_a_base_address_with_a_path(data: Path) -> None:
    found = answers(data, "http://127.0.0.1:8000/packages/")
    assert found["/api/v4/"]["grids"] == "http://127.0.0.1:8000/packages/api/v4/grids/"


def test_the_words_of_the_errors(data: Path) -> None:
    found = answers(data)
    assert found["/api/404.json"] == {"detail": "Not found."}
    assert found["/api/404/package.json"] == {"detail": "No Package matches the given query."}
    assert found["/api/404/grid.json"] == {"detail": "No Grid matches the given query."}
    assert found["/api/404/category.json"] == {"detail": "No Category matches the given query."}


def walk(bodies: list[bytes], limit: int) -> tuple[list[Any], int]:
    """Follow `next` from the first page as a client does; give all items, and the number of pages."""
    pages = {output.route: output.body for output in v4.listing(urls.API_PACKAGES, bodies, Form(SITE), limit)}
    items, route, before, seen = [], urls.API_PACKAGES, None, 0
    while True:
        page = json.loads(pages[route])
        assert page["count"] == len(bodies)
        assert page["previous"] == (SITE.absolute(before) if before else None)
        items += page["results"]
        seen += 1
        if page["next"] is None:
            assert seen == len(pages)
            return items, seen
        before, route = route, page["next"].removeprefix(SITE.base)
        assert "?" not in route


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3), (1000, 50)])
def test_a_list_over_the_limit_is_paged_by_path(count: int, pages: int) -> None:
    bodies = [b'{"id":%d}' % n for n in range(count)]
    assert walk(bodies, limit=10) == ([{"id": n} for n in range(count)], pages)


def test_the_limit_counts_bytes_of_the_whole_list() -> None:
    bodies = [b'{"id":%d}' % n for n in range(30)]
    whole = next(v4.listing(urls.API_PACKAGES, bodies, Form(SITE), 10_000)).body
    assert walk(bodies, limit=len(whole))[1] == 1
    assert walk(bodies, limit=len(whole) - 1)[1] == 2


def test_page_folders_are_named_by_offset() -> None:
    outputs = v4.listing(urls.API_PACKAGES, [b"{}"] * 41, Form(SITE), 10)
    assert [output.route for output in outputs] == [
        "/api/v4/packages/",
        "/api/v4/packages/offset/20/",
        "/api/v4/packages/offset/40/",
    ]


@given(st.text())
def test_encoding_is_compact_json_with_two_separators_escaped(text: str) -> None:
    text = text.encode(errors="replace").decode()
    expected = json.dumps({"detail": text}, ensure_ascii=False, separators=(",", ":"))
    expected = expected.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    assert encode(ErrorResource(detail=text)) == expected.encode()


def test_encoding_escapes_what_the_original_escapes() -> None:
    body = encode(ErrorResource(detail='/ é \u2028\u2029 " \\ \x00\x1f\x7f \N{ROCKET} <b>'))
    assert body == '{"detail":"/ é \\u2028\\u2029 \\" \\\\ \\u0000\\u001f\x7f 🚀 <b>"}'.encode()


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants them naive
def test_date_times_are_isoformat_in_the_zone(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC).astimezone(ZoneInfo("America/New_York"))
    item = CategoryResource(
        id=1, title="", slug="", description="", title_plural="", show_pypi=True, created=moment, modified=moment
    )
    assert json.loads(encode(item))["created"] == moment.isoformat()


@pytest.mark.parametrize(
    ("written", "answered"),
    [
        ("2019-10-18T08:27:41+00:00", "2019-10-18T04:27:41-04:00"),
        ("2026-02-16T02:07:27.202335Z", "2026-02-15T21:07:27.202335-05:00"),
        ("2026-02-16T02:07:27.200000Z", "2026-02-15T21:07:27.200000-05:00"),
    ],
)
def test_a_moment_keeps_its_microseconds_and_moves_into_the_zone(tmp_path: Path, written: str, answered: str) -> None:
    data = write_data(tmp_path / "data", packages={"x": package(1, created=written)})
    assert answers(data)["/api/v4/packages/1/"]["created"] == answered


def test_another_zone(tmp_path: Path) -> None:
    made = package(1, created=datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=-4))).isoformat())
    data = write_data(tmp_path / "data", packages={"x": made}, site={"time_zone": "Europe/Berlin"})
    assert answers(data)["/api/v4/packages/1/"]["created"] == "2026-07-01T06:00:00+02:00"


def test_freshness_tells_how_it_stands_with_each_source(tmp_path: Path) -> None:
    changed, since = "2026-02-01T03:00:00Z", "2026-02-03T03:00:00Z"
    snapshot = {
        "last_fetched": changed,
        "sources": {
            "pypi": {"changed": changed},
            "github": {"changed": changed, "state": "failed", "since": since, "reason": "answered 502"},
        },
    }
    data = write_data(tmp_path / "data", packages={"b": package(1), "a": package(2)}, snapshots={"b": snapshot})
    found = answers(data)["/api/data/v1/freshness.json"]
    ours = {"changed": "2026-02-01T03:00:00+00:00"}
    assert found == {
        "schema_version": 1,
        "as_of": "2026-02-01",
        "packages": {
            "a": {},
            "b": {
                "github": {"state": "failed", **ours, "since": "2026-02-03T03:00:00+00:00", "reason": "answered 502"},
                "pypi": {"state": "ok", **ours, "since": None, "reason": ""},
            },
        },
    }
    assert list(found["packages"]) == ["a", "b"]


def test_a_row_for_each_package_in_one_file(tmp_path: Path) -> None:
    snapshot = {
        "last_fetched": "2026-02-01T03:00:00Z",
        "pypi": {
            "name": "b",
            "status": "archived",
            "releases": [
                {"version": "1.0", "uploaded": "2019-01-02T03:00:00Z"},
                {"version": "2.0", "uploaded": "2020-01-02T03:00:00Z", "yanked": True},
            ],
        },
        "repository": {"description": "What it is", "stars": 0, "last_commit": "2019-05-06T23:30:00Z"},
    }
    packages = {"b": package(1), "a": package(2, replaced_by="b"), "c": package(3)}
    snapshots = {"b": snapshot, "c": {"last_fetched": "2026-02-01T03:00:00Z", "pypi": {"name": "c", "version": "3"}}}
    data = write_data(tmp_path / "data", packages=packages, snapshots=snapshots)
    found = answers(data)["/api/data/v1/packages.json"]
    assert list(found) == ["schema_version", "as_of", "time_zone", "categories", "packages"]
    assert (found["schema_version"], found["as_of"]) == (1, "2026-02-01")
    first, second, third = found["packages"]
    assert [row["slug"] for row in found["packages"]] == ["a", "b", "c"]
    assert set(found["categories"]) >= {first["category"]}
    assert first["standing"] == ["replaced"]
    assert [first[key] for key in ("description", "version", "released", "last_commit", "stars")] == ["", *[None] * 4]
    assert second["standing"] == ["archived on PyPI"]
    assert [second[key] for key in ("description", "version", "stars")] == ["What it is", "1.0", 0]
    assert (second["released"], second["last_commit"]) == ("2019-01-01", "2019-05-06")  # as in the site's time zone
    assert (third["version"], third["released"]) == ("3", None)


def test_weeks_are_counted_to_the_newest_day_of_the_data(tmp_path: Path) -> None:
    snapshots = {
        "a": {"last_fetched": "2026-02-02T00:00:00Z", "repository": {"commits": {"2026-02-18": 3, "2026-02-10": 1}}},
        "b": {"last_fetched": "2026-02-18T23:00:00Z", "repository": {"weeks": [7]}},
    }
    data = write_data(tmp_path / "data", packages={"a": package(1), "b": package(2)}, snapshots=snapshots)
    found = answers(data)
    assert found["/api/v4/packages/1/"]["commits_over_52"] == [0] * 50 + [1, 3]
    assert found["/api/v4/packages/2/"]["commits_over_52"] == [7]
