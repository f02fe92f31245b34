"""The weight of packages and grids, and the score, rule by rule; the recorded ones are in test_search_items."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import weight
from builder.weight import Evidence

TODAY = date(2026, 2, 16)
NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
BEST = Evidence(
    description="Does it", downloads=20_000, forks=20, stars=20, uses=20, last_commit=NOON, last_release=NOON
)


def days_ago(days: int) -> datetime:
    return NOON - timedelta(days=days)


def points(evidence: Evidence) -> dict[str, int]:
    return {rule.name: rule.points(evidence, TODAY) for rule in weight.RULES}


def test_the_best_has_all_points() -> None:
    assert set(points(BEST).values()) == {20}
    assert weight.of_package(BEST, TODAY) == 100


def test_of_nothing_is_known_but_that_it_is_not_deprecated() -> None:
    assert points(Evidence()) == {rule.name: 0 for rule in weight.RULES} | {"Not deprecated": 20}
    assert weight.of_package(Evidence(), TODAY) == 12


@pytest.mark.parametrize(
    ("rule", "changed", "expected"),
    [
        ("Not deprecated", replace(BEST, deprecated=True), 0),
        ("Description", replace(BEST, description=" \n"), 0),
        ("Downloads", replace(BEST, downloads=999), 0),
        ("Downloads", replace(BEST, downloads=1999), 1),
        ("Downloads", replace(BEST, downloads=10**9), 20),
        ("Forks", replace(BEST, forks=19), 19),
        ("Stars", replace(BEST, stars=21), 20),
        ("Sites", replace(BEST, uses=3), 3),
        ("Last commit", replace(BEST, last_commit=days_ago(89)), 20),
        ("Last commit", replace(BEST, last_commit=days_ago(90)), 10),
        ("Last commit", replace(BEST, last_commit=days_ago(181)), 10),
        ("Last commit", replace(BEST, last_commit=days_ago(182)), 5),
        ("Last commit", replace(BEST, last_commit=days_ago(364)), 5),
        ("Last commit", replace(BEST, last_commit=days_ago(365)), 0),
        ("Last commit", replace(BEST, last_commit=None), 0),
        ("Last release", replace(BEST, last_release=days_ago(364)), 20),
        ("Last release", replace(BEST, last_release=days_ago(365)), 0),
        ("Last release", replace(BEST, last_release=None), 0),
    ],
)
def test_a_rule_gives_its_points_and_no_other_changes(rule: str, changed: Evidence, expected: int) -> None:
    assert points(changed) == points(BEST) | {rule: expected}


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_a_weight_is_the_share_of_all_points_rounded_down(numbers: list[int]) -> None:
    downloads, forks, stars, uses = numbers
    evidence = Evidence(downloads=downloads * 1000, forks=forks, stars=stars, uses=uses)
    assert weight.of_package(evidence, TODAY) == int((20 + sum(min(n, 20) for n in numbers)) / 160 * 100)


@pytest.mark.parametrize(
    ("locked", "header", "empty", "expected"),
    [(True, True, False, 75), (False, True, False, 60), (True, False, False, 60), (False, False, True, 30)],
)
def test_a_grid_weighs_a_sixth_less_for_each_thing_amiss(
    expected: int,
    *,
    locked: bool,
    header: bool,
    empty: bool,
) -> None:
    assert weight.of_grid(90, locked=locked, header=header, empty=empty) == expected


@given(st.integers(0, 100), st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_a_grids_weight_is_the_formula_of_the_original(heaviest: int, flags: tuple[bool, bool, bool]) -> None:
    locked, header, empty = flags
    sixths = 1 + (not locked) + (not header) + empty
    expected = int(heaviest - sixths * heaviest / 6)
    assert weight.of_grid(heaviest, locked=locked, header=header, empty=empty) == expected


@pytest.mark.parametrize(
    ("stars", "last_commit", "python3", "expected"),
    [
        (1000, NOON, True, 1000),
        (1000, NOON, None, 1000),
        (1000, NOON, False, 700),
        (10_000, NOON, False, 9000),
        (1000, datetime(2025, 11, 17, tzinfo=UTC), True, 1000),  # a day short of three months
        (1000, datetime(2025, 11, 16, tzinfo=UTC), True, 900),
        (1000, datetime(2024, 2, 16, tzinfo=UTC), True, 200),
        (1000, datetime(2021, 2, 16, tzinfo=UTC), True, -500),
        (15, datetime(2025, 11, 16, tzinfo=UTC), True, 13),  # 13.5, towards zero
        (1000, None, True, 1000),
        (1000, NOON + timedelta(days=400), True, 1000),
    ],
)
def test_the_score_is_the_stars_less_what_age_and_python_cost(
    stars: int, last_commit: datetime | None, expected: int, *, python3: bool | None
) -> None:
    assert weight.score(stars, last_commit, TODAY, python3=python3) == expected
