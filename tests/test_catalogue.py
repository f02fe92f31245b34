"""The catalogue: links both ways, ids, dates."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from folders import grid, package, write_data

from builder import build, catalogue
from builder.catalogue import Catalogue, Dates
from builder.config import Settings
from builder.entries import Data, Entry
from builder.records import CategoryRecord, GridRecord, PackageRecord, Tombstone, TombstonesRecord

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
LAST = datetime(2025, 1, 1, tzinfo=UTC)


def made(tmp_path: Path, **kinds: Any) -> Catalogue:  # noqa: ANN401 - of write_data
    data = write_data(tmp_path / "data", **kinds)
    return build.join(build.load(data), data)[0]


def test_lists_are_newest_id_first(tmp_path: Path) -> None:
    found = made(tmp_path, packages={"a": package(3), "b": package(9), "c": package(5)})
    assert [item.id for item in found.packages] == [9, 5, 3]


def test_grids_keep_the_files_order_and_packages_know_their_grids(tmp_path: Path) -> None:
    packages = {"a": package(3), "b": package(9)}
    found = made(tmp_path, packages=packages, grids={"z": grid(1, "b", "a"), "y": grid(2, "a")})
    assert [p.slug for p in found.grids[1].packages] == ["b", "a"]
    assert {p.slug: [g.id for g in p.grids] for p in found.packages} == {"a": [1, 2], "b": [1]}


def test_categories_hold_their_packages_by_title(tmp_path: Path) -> None:
    packages = {"a": package(1, title="beta"), "b": package(3, title="Alpha"), "c": package(2, title="alpha")}
    found = made(tmp_path, packages=packages)
    assert [p.id for p in found.categories[0].packages] == [2, 3, 1]


@pytest.mark.parametrize("said_by", ["the old one", "the new one", "both"])
def test_a_replacement_is_known_on_both_sides(tmp_path: Path, said_by: str) -> None:
    old = package(1, **({"replaced_by": "new"} if said_by != "the new one" else {}))
    new = package(2, **({"replaces": ["old"]} if said_by != "the old one" else {}))
    found = {p.slug: p for p in made(tmp_path, packages={"old": old, "new": new}).packages}
    assert found["old"].replaced_by is found["new"]
    assert found["new"].replaces == [found["old"]]
    assert not found["old"].is_active
    assert found["new"].is_active


def test_active_is_neither_archived_nor_deprecated(tmp_path: Path) -> None:
    packages = {"a": package(1), "b": package(2, deprecated="2024-01-01"), "c": package(3)}
    found = made(tmp_path, packages=packages, snapshots={"c": {"repository": {"archived": True}}})
    assert {p.slug: p.is_active for p in found.packages} == {"a": True, "b": False, "c": False}


@pytest.mark.parametrize(
    ("snapshot", "description"),
    [
        ({}, ""),
        ({"pypi": {"name": "a", "summary": "of PyPI"}}, "of PyPI"),
        ({"pypi": {"name": "a"}}, ""),
        ({"pypi": {"name": "a", "summary": "of PyPI"}, "repository": {"description": "of the forge"}}, "of the forge"),
        ({"pypi": {"name": "a", "summary": "of PyPI"}, "repository": {"description": ""}}, ""),
        ({"pypi": {"name": "a", "summary": "of PyPI"}, "repository": {"stars": 1}}, "of PyPI"),
    ],
)
def test_descriptions_come_from_upstreams(tmp_path: Path, snapshot: dict[str, Any], description: str) -> None:
    found = made(tmp_path, packages={"a": package(1)}, snapshots={"a": snapshot})
    assert found.packages[0].description == description


def entry(slug: str, **written: object) -> Entry[PackageRecord]:
    record = PackageRecord.model_validate({"title": "X", "category": "apps"} | written)
    return Entry(f"data/packages/{slug}.yaml", slug, record, {})


def data(*entries: Entry[PackageRecord], tombstones: TombstonesRecord | None = None) -> Data:
    settings = Settings(title="T", base_url="https://e.org", repository="https://e.org/r", contact="https://e.org/c")
    apps = CategoryRecord(id=1, title="App", title_plural="Apps", created=FIRST)
    return Data(
        {found.slug: found for found in entries},
        {"g": Entry("data/grids/g.yaml", "g", GridRecord(title="G", packages=tuple(e.slug for e in entries)), {})},
        {"apps": Entry("data/categories/apps.yaml", "apps", apps, {})},
        tombstones or TombstonesRecord(),
        settings=settings,
    )


def test_new_files_get_the_next_ids_of_our_own_in_order_of_slug() -> None:
    found = catalogue.join(data(entry("c"), entry("a", id=359), entry("b"), entry("d", id=100_007)), {})
    assert {p.slug: p.id for p in found.packages} == {"a": 359, "b": 100_008, "c": 100_009, "d": 100_007}
    assert found.grids[0].id == catalogue.FIRST_OWN_ID


def test_an_id_is_never_given_again() -> None:
    stones = TombstonesRecord(packages=(Tombstone(id=200_000, slug="gone", removed=LAST.date()),))
    found = catalogue.join(data(entry("a"), tombstones=stones), {})
    assert found.packages[0].id == 200_001


@pytest.mark.parametrize(
    ("written", "known", "dates"),
    [
        ({"created": FIRST, "modified": LAST}, None, (FIRST, LAST)),
        ({"created": FIRST}, None, (FIRST, FIRST)),
        ({"created": FIRST}, Dates(LAST, LAST), (FIRST, LAST)),
        ({}, Dates(FIRST, LAST), (FIRST, LAST)),
        ({"modified": LAST}, Dates(FIRST, FIRST), (FIRST, LAST)),
        ({}, None, (catalogue.UNKNOWN_DATE, catalogue.UNKNOWN_DATE)),
    ],
)
def test_dates_are_as_written_else_as_git_knows(
    written: dict[str, object], known: Dates | None, dates: tuple[datetime, datetime]
) -> None:
    history = {"data/packages/a.yaml": known} if known else {}
    found = catalogue.join(data(entry("a", **written)), history).packages[0]
    assert (found.created, found.modified) == dates


def test_what_it_looks_like_to_a_developer_grows_with_the_data_and_not_with_the_ways_through_it(tmp_path: Path) -> None:
    """A failed test shows its arguments: with all ways through the links that would be more than memory holds."""
    names = [f"p-{n}" for n in range(12)]
    packages = {name: package(n, replaced_by=names[0] if n > 1 else None) for n, name in enumerate(names, start=1)}
    found = made(tmp_path, packages=packages, grids={f"g-{n}": grid(n, *names) for n in range(1, 13)})
    assert len(repr(found)) < 100_000
    assert len(repr(found.packages[0])) < 2_000
