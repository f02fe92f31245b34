"""Commits a day, as they are counted night by night, against those that are in the history."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from forges import faults
from forges.exchange import Answer, Request, as_json
from forges.server import Forges
from forges.world import Repository
from github_nights import Nights, by_day, nights, only
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.upstreams.base import Fetched
from builder.upstreams.github import commits
from builder.upstreams.github.commits import SPAN

__all__ = ["nights"]  # a fixture, found by its name


def check(nights: Nights, repository: Repository) -> int:
    """Ask, compare all days with the history, and give the number of queries."""
    nights.forges.forget()
    found = nights.one(repository)
    first = nights.today - SPAN
    assert found.commits is not None
    assert {day: n for day, n in found.commits.items() if day >= first} == by_day(repository, first)
    assert list(found.commits) == sorted(found.commits)
    assert found.commits_since is not None
    assert found.commits_since <= first
    return nights.forges.count("github", "graphql")


def rewrite(repository: Repository, dates: Iterable[datetime]) -> None:
    """Put other commits in place of the pushed ones, as a force-push does."""
    repository.history.pushed.clear()
    for committed in dates:
        repository.history.push(committed, "rewriter")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_53_weeks_are_counted_and_days_leave_at_their_end(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=0)
    edge = at("2026-01-15") - SPAN
    nights.world.push(made, [edge - timedelta(seconds=1), edge, at("2026-01-14T23:59:59"), at("2026-01-15T00:00:00")])
    assert check(nights, made) == 2
    assert nights.facts("a/b").commits == {edge.date(): 1, date(2026, 1, 14): 1, date(2026, 1, 15): 1}
    nights.next_day()
    nights.world.push(made)
    assert check(nights, made) == 2
    assert edge.date() not in (nights.facts("a/b").commits or {})


def test_days_are_those_of_utc(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=0)
    nights.world.push(made, [datetime.fromisoformat("2026-01-14T23:30:00-05:00")])
    nights.one(made)
    assert nights.facts("a/b").commits == {date(2026, 1, 15): 1}


def test_a_day_that_goes_on_is_not_counted_twice(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=5)
    check(nights, made)
    for _ in range(3):
        nights.world.push(made, commits=2)
        nights.forges.clock.advance(3600)
        assert check(nights, made) == 2


def test_only_what_is_new_is_read(nights: Nights) -> None:
    """350 commits are four pages, and a night's two commits one."""
    made = nights.world.make("a/b", commits=350)
    assert check(nights, made) == 1 + 4
    nights.next_day()
    nights.world.push(made, commits=2)
    assert check(nights, made) == 1 + 1
    nights.next_day()
    nights.world.push(made, commits=150)
    assert check(nights, made) == 1 + 2


def test_a_repository_that_slept_for_years_wakes_up(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=0)
    nights.world.push(made, [at("2020-01-01")])
    check(nights, made)
    assert nights.facts("a/b").commits == {}
    nights.next_day()
    nights.world.push(made)
    assert check(nights, made) == 2


def test_merged_commits_of_earlier_days_are_counted(nights: Nights) -> None:
    """Their days lie before the known head: only the number of all commits tells."""
    made = nights.world.make("a/b", commits=30)
    check(nights, made)
    nights.next_day()
    nights.world.push(made, [at("2026-01-02"), at("2026-01-03"), nights.forges.clock.now])
    assert check(nights, made) == 3, "all is read again"
    nights.next_day()
    nights.world.push(made)
    assert check(nights, made) == 2


def test_a_force_push_takes_commits_away(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=10)
    nights.world.push(made, [at("2026-01-10"), at("2026-01-12"), at("2026-01-14")])
    check(nights, made)
    nights.next_day()
    rewrite(made, [at("2026-01-14T12:00:00")])
    assert check(nights, made) == 3


def test_a_force_push_may_leave_the_number_of_commits_as_it_was(nights: Nights) -> None:
    """Then it is the known head that is missing."""
    made = nights.world.make("a/b", commits=10)
    nights.world.push(made, [at("2026-01-10"), at("2026-01-14")])
    check(nights, made)
    nights.next_day()
    rewrite(made, [at("2026-01-11"), at("2026-01-14T12:00:00")])
    assert check(nights, made) == 3


def test_a_force_push_to_an_older_commit(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=10)
    check(nights, made)
    made.history.newest -= made.history.gap * timedelta(seconds=4)
    made.history.generated -= 4
    assert check(nights, made) == 3


def test_a_head_from_the_future_stops_nothing(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=10)
    nights.world.push(made, [at("2038-01-01")])
    check(nights, made)
    nights.next_day()
    nights.world.push(made)
    assert check(nights, made) == 2


def test_a_commit_that_is_null_is_passed_over(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=3)

    def spoil(_request: Request, proceed: faults.Proceed) -> Answer:
        answer = proceed()
        content = answer.json()
        content["data"]["r0"]["defaultBranchRef"]["target"]["history"]["nodes"].append(None)
        return replace(answer, body=as_json(content).body)

    nights.forges.fail(faults.Fault("null commit", spoil), kind="graphql", nth=2)
    check(nights, made)


def test_authors_are_counted_once_where_all_is_read_again(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=0, pending=True)
    nights.world.push(made, [at("2026-01-05")], author="first")
    check(nights, made)
    nights.world.push(made, [at("2026-01-04"), at("2026-01-03")], author="older")
    nights.world.push(made, [at("2026-01-06")] * 3, author="newer")
    check(nights, made)
    assert nights.facts("a/b").participants == ("first", "newer", "older")


def test_of_a_history_that_is_too_long_only_whole_days_are_claimed(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "MOST_PAGES", 2)
    made = nights.world.make("a/b", commits=0)
    start = at("2026-01-05T12:00:00")
    nights.world.push(made, [start + timedelta(hours=n) for n in range(230)])
    nights.forges.clock.now = at("2026-01-15T03:00:00")
    found = nights.one(made)
    # The 200 newest begin at 2026-01-06T18:00, in the middle of a day.
    assert found.commits_since == date(2026, 1, 7)
    assert found.commits == by_day(made, date(2026, 1, 7))
    assert nights.forges.count("github", "graphql") == 3

    nights.next_day()
    nights.world.push(made)
    found = nights.one(made)
    assert found.commits_since == date(2026, 1, 7), "it goes on from there"
    assert found.commits == by_day(made, date(2026, 1, 7))
    assert nights.forges.count("github", "graphql") == 2


def test_a_day_with_more_commits_than_are_read_is_not_claimed(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "MOST_PAGES", 1)
    made = nights.world.make("a/b", commits=0)
    nights.world.push(made, [nights.forges.clock.now - timedelta(minutes=150 - n) for n in range(150)])
    found = nights.one(made)
    assert (found.commits, found.commits_since) == ({}, nights.today + timedelta(days=1))
    nights.next_day()
    nights.world.push(made)
    assert isinstance(only(nights.ask()), Fetched)
    found = nights.facts("a/b")
    assert found.commits_since is not None
    assert found.commits == by_day(made, found.commits_since)


DAYS = st.lists(st.integers(0, 400), max_size=4)
ACTIONS = st.lists(st.tuples(st.sampled_from(["push", "rewrite", "drop"]), DAYS), min_size=1, max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_whatever_happens_to_a_history_the_days_are_right(
    forges: Forges, monkeypatch: pytest.MonkeyPatch, actions: list[tuple[str, list[int]]]
) -> None:
    monkeypatch.setattr("builder.upstreams.github.run.are_due", lambda *_args, **_options: False)
    nights = Nights(forges)
    made = forges.github.world.make(f"a/n{len(forges.github.world)}", commits=0)
    check(nights, made)
    for action, days in actions:
        nights.next_day()
        dates = [nights.forges.clock.now - timedelta(days=day) for day in days]
        if action == "push":
            nights.world.push(made, dates)
        elif action == "rewrite":
            rewrite(made, dates)
        else:
            del made.history.pushed[len(made.history.pushed) // 2 :]
        check(nights, made)
