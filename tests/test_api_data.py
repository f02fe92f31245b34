"""The project's own resources: all that is known of an item, what packages share, names, and the dumps."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from folders import grid, package, write_data, write_record
from made import hostile
from rendered import SITE

from builder import api, build, urls
from builder.api import whole
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.outputs import NDJSON, Output

FETCHED = "2026-02-01T03:00:00Z"
RELEASES = [
    {"version": "1.0", "uploaded": "2019-01-02T03:00:00.123456Z", "requires_python": ">=3.6"},
    {"version": "2.0rc1", "uploaded": "2019-06-02T03:00:00Z"},
    {"version": "1.1", "yanked": "broken"},
    {"version": "1.2", "yanked": True},
]
SNAPSHOT = {
    "last_fetched": FETCHED,
    "sources": {"github": {"changed": FETCHED, "asked": "github.com/old/B"}},
    "pypi": {
        "name": "B",
        "summary": "What it is",
        "license_expression": "mit",
        "classifiers": [
            "Development Status :: 5 - Production/Stable",
            "Programming Language :: Python :: 3.9",
            "Programming Language :: Python :: 3.10",
            "Framework :: Django :: 5.2",
        ],
        "releases": RELEASES,
    },
    "repository": {"name": "New/b", "stars": 0, "archived": True, "participants": ["x"], "commits": {}},
    "downloads": {"month": "2026-01", "count": 7},
}
FEATURES = [{"title": "Fast", "cells": {"b": "yes"}}, {"title": "Small", "cells": {"b": "no", "a": "yes"}}]
TOMBSTONES = {"packages": [{"id": 9, "slug": "gone", "removed": "2026-02-01", "reason": "Its author asked."}]}


def given(outputs: Mapping[str, Output], route: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(outputs[route].body)


def outputs(made: Catalogue, choices: Choices | None = None) -> dict[str, Output]:
    found = list(api.render(made, SITE, choices or Choices()))
    assert len({output.route for output in found}) == len(found)
    return {output.route: output for output in found if output.route.startswith("/api/data/v1/")}


@pytest.fixture
def made(tmp_path: Path) -> Catalogue:
    data = write_data(
        tmp_path / "data",
        packages={
            "b": package(1, title="B", repository="https://github.com/old/b", tags=["fast", "a"], pypi="B_b"),
            "a": package(2, replaced_by="b", sites=[{"title": "S", "url": "https://example.org/"}], tags=["fast"]),
        },
        grids={"g": grid(3, "b", "a", features=FEATURES), "empty": grid(4)},
        snapshots={"b": SNAPSHOT},
    )
    write_record(data, "tombstones.yaml", TOMBSTONES)
    return build.join(build.load(data), data)[0]


def test_all_that_is_known_of_a_package(made: Catalogue) -> None:
    found = given(outputs(made), "/api/data/v1/packages/b.json")
    pypi, repository = found.pop("pypi"), found.pop("repository")
    assert found == {
        "schema_version": 1,
        "id": 1,
        "slug": "b",
        "title": "B",
        "description": "What it is",
        "category": "apps",
        "created": found["created"],
        "modified": found["modified"],
        "last_fetched": "2026-02-01T03:00:00+00:00",
        "repository_url": "https://github.com/old/b",
        "pypi_url": "https://pypi.org/project/B_b/",
        "documentation_url": "",
        "licence": "MIT",
        "python": ["3.9", "3.10"],
        "django": ["5.2"],
        "python3": True,
        "development_status": 5,
        "deprecated": None,
        "replaced_by": None,
        "replaces": ["a"],
        "standing": ["archived"],
        "tags": ["fast", "a"],
        "usage_count": 0,
        "sites": [],
        "grids": [{"grid": "g", "cells": {"Fast": "yes", "Small": "no"}}],
        "downloads": {"month": "2026-01", "count": 7},
        "sources": {
            name: {"state": "ok", "changed": "2026-02-01T03:00:00+00:00", "since": None, "reason": ""}
            for name in ("github", "pypi")
        },
    }
    assert [tuple(release.values()) for release in pypi["releases"]] == [
        ("2.0rc1", "2019-06-02T03:00:00+00:00", True, None, None),
        ("1.2", None, False, "", None),
        ("1.1", None, False, "broken", None),
        ("1.0", "2019-01-02T03:00:00+00:00", False, None, ">=3.6"),
    ]
    assert pypi["version"] == "1.0"
    assert (repository["stars"], repository["forks"], repository["archived"]) == (0, None, True)
    assert (repository["commits_over_52"], repository["participants"]) == ([0] * 52, ["x"])


def test_what_is_not_known_is_null(made: Catalogue) -> None:
    found = given(outputs(made), "/api/data/v1/packages/a.json")
    unknown = ("licence", "python", "django", "python3", "development_status", "pypi", "repository", "last_fetched")
    assert [key for key in unknown if found[key] is not None] == []
    assert (found["replaced_by"], found["standing"], found["usage_count"]) == ("b", ["replaced"], 1)
    assert found["sites"] == [{"title": "S", "url": "https://example.org/"}]
    assert found["grids"] == [{"grid": "g", "cells": {"Small": "yes"}}]


def test_a_grid_with_its_features(made: Catalogue) -> None:
    found = given(outputs(made), "/api/data/v1/grids/g.json")
    assert (found["id"], found["packages"]) == (3, ["b", "a"])
    assert found["features"] == [{"description": "", **feature} for feature in FEATURES]


def test_what_packages_have_in_common(made: Catalogue) -> None:
    assert given(outputs(made), "/api/data/v1/facets.json") == {
        "schema_version": 1,
        "as_of": "2026-02-01",
        "tags": {"a": ["b"], "fast": ["a", "b"]},
        "licences": {"MIT": ["b"]},
        "python": {"3.9": ["b"], "3.10": ["b"]},
        "django": {"5.2": ["b"]},
    }
    assert list(given(outputs(made), "/api/data/v1/facets.json")["python"]) == ["3.9", "3.10"]


def test_every_name_leads_to_its_item(made: Catalogue) -> None:
    found = given(outputs(made), "/api/data/v1/names.json")
    assert (found["packages"], found["grids"]) == ({"a": 2, "b": 1}, {"empty": 4, "g": 3})
    assert found["pypi"] == {"b-b": "b"}
    assert {"github.com/old/b": "b", "github.com/new/b": "b"}.items() <= found["repositories"].items()
    assert found["removed_packages"] == TOMBSTONES["packages"]
    assert found["removed_grids"] == []


def test_both_dumps_hold_every_item_as_its_file_has_it() -> None:
    found = outputs(hostile())
    lines = [json.loads(line) for line in found[urls.DATA_DUMP_LINES].body.splitlines()]
    assert found[urls.DATA_DUMP_LINES].media_type == NDJSON
    types = {"packages": "package", "grids": "grid", "categories": "category"}
    whole_dump = given(found, urls.DATA_DUMP)
    for kind, name in types.items():
        items = {
            route.rpartition("/")[2].removesuffix(".json"): given(found, route)
            for route in found
            if route.startswith(f"/api/data/v1/{kind}/")
        }
        assert items
        assert whole_dump[kind] == list(items.values())
        assert [line for line in lines if line["type"] == name] == [{"type": name} | item for item in items.values()]
        assert list(items) == sorted(items)
    assert list(whole_dump) == ["schema_version", "as_of", *types]
    assert len(lines) == sum(len(whole_dump[kind]) for kind in types)


def test_the_root_names_what_there_is(made: Catalogue) -> None:
    without = (Choices(details=False), Choices(dumps=False), Choices(plain_dumps=False), Choices(badges=False))
    for choices in (Choices(), *without):
        there = {SITE.absolute(route) for route in outputs(made, choices)}
        named = given(outputs(made, choices), "/api/data/v1/index.json")["resources"]
        packed = {name for name in named if name.endswith(("_gz", "_br")) and name != "manifest_gz"}
        elsewhere = {"generation", "manifest", "manifest_gz", "search"}  # made by others
        single = {address.replace("{slug}", slug) for address in named.values() for slug in ("a", "g", "apps")} & there
        listed = {address for name, address in named.items() if name not in packed | elsewhere}
        assert {address for address in listed if "{" not in address} <= there
        assert named["schema"].replace("{kind}", "packages") in there
        assert len(packed) == (6 if choices.dumps else 0)
        assert bool({address for address in single if "/packages/a" in address}) == choices.details
        assert ("dump" in named) == ("sqlite" in named) == (choices.dumps and choices.plain_dumps)
        assert ("badge" in named) == ("badge_picture" in named) == choices.badges
        assert (SITE.absolute("/api/data/v1/badges/a.json") in there) == choices.badges


def test_each_kind_of_item_has_a_place_in_the_dumps(made: Catalogue) -> None:
    kinds = [kind for kind, _ in whole.items(made, api.facts.of_packages(made))]
    assert list(dict.fromkeys(kinds)) == list(api.dumps.TYPES)
