"""Whose turn it is, where a host answers one repository a request."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from scripted import Scripted

from builder.fetch.turns import not_tonight
from builder.metadata import RepositoryFacts, Snapshot, Source
from builder.upstreams.base import Question

DAY = date(2026, 3, 1)
SLUGS = [f"package-{number}" for number in range(40)]
WELL = Snapshot(repository=RepositoryFacts(stars=1), sources={"git": Source(changed=datetime(2026, 1, 1, tzinfo=UTC))})


def asked(nights: int, day: date, known: Mapping[str, Snapshot], *, again: bool = False) -> set[str]:
    upstream = Scripted(name="git", nights=nights)
    return {slug for slug in SLUGS if not_tonight(upstream, Question(slug, slug, known, again), day) is None}


def everybody(snapshot: Snapshot) -> dict[str, Snapshot]:
    return dict.fromkeys(SLUGS, snapshot)


@pytest.mark.parametrize("nights", [1, 2, 7])
def test_everybody_has_one_turn_in_so_many_nights(nights: int) -> None:
    turns = [asked(nights, DAY + timedelta(days=number), everybody(WELL)) for number in range(nights)]
    assert sorted(slug for turn in turns for slug in turn) == sorted(SLUGS)
    assert asked(nights, DAY + timedelta(days=nights), everybody(WELL)) == turns[0]


@pytest.mark.parametrize(
    "snapshot",
    [
        Snapshot(),
        WELL.model_copy(update={"repository": None}),
        WELL.model_copy(update={"sources": {}}),
        WELL.model_copy(update={"sources": {"git": Source(state="failed")}}),
        WELL.model_copy(update={"sources": {"git": Source(state="missing")}}),
    ],
)
def test_what_is_in_doubt_is_asked_every_night(snapshot: Snapshot) -> None:
    assert asked(7, DAY, everybody(snapshot)) == set(SLUGS)


def test_all_are_asked_where_all_is_asked_again() -> None:
    assert asked(7, DAY, everybody(WELL), again=True) == set(SLUGS)


def test_the_reason_is_told() -> None:
    upstream = Scripted(name="git", nights=1000)
    outcome = not_tonight(upstream, Question("x", "x", {"x": WELL}), DAY)
    assert outcome is not None
    assert outcome.reason == "is asked about every 1000 nights"
