from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest
from forge_nights import Nights, facts_of, per_day, record, site
from forges import faults
from forges.faults import Fault
from forges.server import Forges
from forges.world import Repository

from builder.config import Forge
from builder.metadata import RepositoryFacts
from builder.upstreams import bitbucket
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Refused, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.bitbucket import Bitbucket
from builder.upstreams.git_client import Client
from builder.upstreams.limits import Budget, Limits
from builder.upstreams.transport import Transport


@pytest.fixture
def nights(forges: Forges) -> Nights:
    def make(setup: Setup) -> Bitbucket:
        # Without pauses; the time of git, which is real, is not to be touched.
        limits = Limits(backoff=0, throttle=0)
        transport = Transport([forges.bitbucket.base], "test", limits, budget=setup.budget)
        return Bitbucket(setup, transport, Client({"bitbucket.org": forges.git.base}, setup))

    return Nights(make, forges, {"bitbucket.org": Forge(kind="bitbucket", api=forges.bitbucket.base)})


Have = Callable[..., Repository]


@pytest.fixture
def have(nights: Nights) -> Have:
    """Make a repository on the forge and its git, and have a package for it."""

    def make(name: str, *backs: int, **facts: object) -> Repository:
        forges = nights.forges
        dates = [forges.clock.now - timedelta(days=back) for back in backs]
        repository = forges.bitbucket.world.make(name, commits=len(dates), **facts)
        if dates:
            forges.git.publish(name, dates)
        nights.add(f"https://bitbucket.org/{name}")
        return repository

    return make


def push(nights: Nights, repository: Repository, *dates: datetime) -> None:
    nights.forges.git.push(repository.full_name, dates)
    nights.forges.bitbucket.world.push(repository, dates)


def uuid(node_id: str) -> str:
    return f"{{{uuid5(NAMESPACE_URL, node_id)}}}"


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("https://bitbucket.org/ann/a/src/main/", "bitbucket.org/ann/a"),
        ("https://codeberg.org/ann/a", Skipped("")),
        (
            "https://bitbucket.org/ann",
            Skipped("'https://bitbucket.org/ann' is not the address of a repository on bitbucket.org"),
        ),
    ],
)
def test_knows_a_package_by_host_workspace_and_name(repository: str, name: str | Skipped) -> None:
    upstream = Bitbucket(Setup(site({}), date(2026, 1, 1)))
    assert upstream.project(record(repository)) == name
    upstream.close()


# Good answers


def test_reads_a_repository(nights: Nights, have: Have) -> None:
    repository = have("ann/Thing", 400, 9, 9, 1, description="A thing", homepage="https://a.example")
    facts = facts_of(nights.ask()["Thing"])
    dates = [nights.forges.clock.now - timedelta(days=back) for back in (9, 9, 1)]
    assert facts == RepositoryFacts(
        id=uuid(repository.node_id),
        owner=uuid(repository.owner.node_id),
        name="ann/Thing",
        description="A thing",
        homepage="https://a.example",
        updated=repository.pushed_at,
        branch="main",
        head=nights.forges.git.head("ann/Thing"),
        last_commit=dates[-1],
        commits_since=nights.window,
        commits=per_day(dates, nights.window),
    )
    assert (facts.stars, facts.forks, facts.participants) == (None, None, None)
    assert nights.forges.count("bitbucket") == 1
    assert nights.requests == 3


def test_a_night_without_news_is_a_request_a_repository(nights: Nights, have: Have) -> None:
    for number in range(3):
        have(f"ann/r{number}", 2, 1)
    have("ann/empty")
    assert {type(outcome) for outcome in nights.ask().values()} == {Fetched}
    assert nights.facts("empty").empty
    assert (nights.facts("empty").commits, nights.facts("empty").head) == ({}, None)
    assert set(nights.night().values()) == {Unchanged()}
    assert nights.forges.counts() == {"bitbucket repository": 4}
    assert nights.requests == 4


def test_a_push_is_counted_by_git(nights: Nights, have: Have) -> None:
    repository = have("ann/a", 50, 2)
    nights.ask()
    push(nights, repository, nights.forges.clock.now - timedelta(days=10), nights.forges.clock.now)
    facts = facts_of(nights.night()["a"])
    assert sum((facts.commits or {}).values()) == 4
    assert facts.head == nights.forges.git.head("ann/a")
    assert nights.requests == 3


def test_a_change_that_moved_no_head_costs_a_look_once(nights: Nights, have: Have) -> None:
    repository = have("ann/a", 2, 1)
    nights.ask()
    before = nights.facts("a")
    repository.pushed_at = nights.forges.clock.now + timedelta(hours=1)  # to another branch
    facts = facts_of(nights.night()["a"])
    assert facts == before.model_copy(update={"updated": repository.pushed_at})
    assert nights.requests == 2
    assert nights.night() == {"a": Unchanged()}
    assert nights.requests == 1


def test_a_full_answer_counts_all_again(nights: Nights, have: Have) -> None:
    have("ann/a", 2, 1)
    nights.ask()
    before = nights.facts("a")
    assert facts_of(nights.ask(again=True)["a"]) == before
    assert nights.requests == 3


def test_a_moved_repository_is_followed_under_its_new_name(nights: Nights, have: Have) -> None:
    """What the forge does with old names is not documented: here it leads on."""
    repository = have("ann/a", 2, 1)
    world = nights.forges.bitbucket.world
    world.rename(repository, "b")
    nights.forges.git.publish("ann/b", [nights.forges.clock.now])
    nights.forges.fail(faults.redirect(f"{nights.forges.bitbucket.base}/2.0/repositories/ann/b"), path="/ann/a")
    facts = facts_of(nights.ask()["a"])
    assert (facts.id, facts.name) == (uuid(repository.node_id), "ann/b")
    assert facts.head == nights.forges.git.head("ann/b")


@pytest.mark.parametrize("name", ["ann", "ann/a/b", "../..", "ann/a b", "--upload-pack=x", ""])
def test_the_name_that_the_forge_gives_is_checked_as_a_record_is(nights: Nights, have: Have, name: str) -> None:
    have("ann/a", 1)
    nights.forges.fail(faults.changed_field("full_name", name), site="bitbucket")
    [outcome] = nights.ask().values()
    assert isinstance(outcome, Failed)
    assert nights.forges.count("git") == 0


def test_deleted_and_private_repositories_are_gone(nights: Nights, have: Have) -> None:
    repository = have("ann/a", 1)
    have("ann/b", 1)
    nights.ask()
    nights.forges.bitbucket.world.delete(repository)
    nights.forges.fail(faults.changed_field("is_private", value=True), path="/ann/b")
    assert nights.night() == {
        "a": Gone("bitbucket.org/2.0/repositories/ann/a: is not there, or not any more"),
        "b": Gone("is not public"),
    }


# Bad answers


@pytest.mark.parametrize(
    ("fault", "site_name", "reason"),
    [
        (faults.status(503), "bitbucket", "bitbucket.org/2.0/repositories/ann/a: answered 503"),
        (faults.malformed(), "bitbucket", "bitbucket.org/2.0/repositories/ann/a: is not as expected"),
        (faults.missing_field("uuid"), "bitbucket", "bitbucket.org/2.0/repositories/ann/a: is not as expected: uuid"),
        (faults.status(403), "bitbucket", "bitbucket.org/2.0/repositories/ann/a: answered 403: Status 403"),
        (faults.status(500), "git", "https://bitbucket.org/ann/a: answered 500"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_bad_answer_is_a_failure_and_alters_nothing(
    nights: Nights, have: Have, fault: Fault, site_name: str, reason: str
) -> None:
    repository = have("ann/a", 2, 1)
    nights.ask()
    push(nights, repository, nights.forges.clock.now)
    known = dict(nights.known)
    nights.forges.fail(fault, site=site_name)
    [outcome] = nights.night().values()
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith(reason)
    assert outcome.for_good is any(status in reason for status in ("403", "451"))
    assert nights.known == known
    nights.forges.heal()
    assert sum((facts_of(nights.night()["a"]).commits or {}).values()) == 3


def test_turned_away_for_one_is_turned_away_for_all(nights: Nights, have: Have) -> None:
    have("ann/a", 1)
    have("ann/b", 1)
    nights.forges.fail(faults.status(401), site="bitbucket")
    assert {type(outcome) for outcome in nights.ask().values()} == {Refused}
    assert nights.requests == 1


# Limits


def test_an_hour_s_requests_are_spent_in_the_order_given(
    nights: Nights, have: Have, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bitbucket, "ANONYMOUS", 3)
    for name in ("ann/d", "ann/b", "ann/c", "ann/a", "ann/e"):
        have(name)
    outcomes = nights.ask()
    assert [type(outcome) for outcome in outcomes.values()] == [Fetched, Fetched, Fetched, Waiting, Waiting]
    assert outcomes["a"] == Waiting("bitbucket.org: the requests of an hour are spent")
    assert nights.forges.count("bitbucket") == 3


def test_with_a_token_an_hour_has_more(nights: Nights, have: Have, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bitbucket, "ANONYMOUS", 1)
    nights.tokens = {"bitbucket.org": "secret"}
    for name in ("ann/a", "ann/b"):
        have(name)
    assert {type(outcome) for outcome in nights.ask().values()} == {Fetched}


def test_an_hour_that_others_have_spent_ends_the_night(nights: Nights, have: Have) -> None:
    for name in ("ann/a", "ann/b", "ann/c"):
        have(name)
    assert nights.forges.bitbucket.limits[False].take(59)
    outcomes: list[Outcome] = list(nights.ask().values())
    assert [type(outcome) for outcome in outcomes] == [Fetched, Waiting, Waiting]
    assert isinstance(outcomes[-1], Waiting)
    assert "answered 429" in outcomes[-1].reason
    assert nights.forges.count("bitbucket") == 1 + 3


def test_what_the_budget_does_not_allow_waits(nights: Nights, have: Have) -> None:
    """A repository that was begun and not ended is begun anew."""
    have("ann/a", 1)
    have("ann/b", 1)
    nights.budget = Budget(requests=4)
    assert [type(outcome) for outcome in nights.ask().values()] == [Fetched, Waiting]
    nights.budget = Budget()
    assert [type(outcome) for outcome in nights.ask().values()] == [Unchanged, Fetched]
