"""GitHub as an upstream: what a night asks, and what is known after it."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from forges import faults
from forges.github import WORKFLOW
from forges.server import Forges
from github_nights import Nights, by_day, kinds, nights, only, reason, settings
from scripted import data_of, entry_of, stored

from builder.config import Forge
from builder.entries import Data
from builder.fetch import fetch
from builder.metadata import RepositoryFacts, Snapshot
from builder.records import PackageRecord
from builder.upstreams import UPSTREAMS, Upstream, connect
from builder.upstreams.base import Failed, Fetched, Gone, Refused, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.github import GitHub
from builder.upstreams.github.commits import SPAN
from builder.upstreams.limits import Budget

__all__ = ["nights"]  # a fixture, found by its name


def record(repository: str) -> PackageRecord:
    return PackageRecord.model_validate({"title": "X", "category": "apps", "repository": repository})


# The seam


def test_is_one_of_the_upstreams() -> None:
    assert GitHub in UPSTREAMS
    upstreams: list[Upstream]
    with connect(Setup(settings({}), date(2026, 1, 1))) as upstreams:
        assert "github" in [upstream.name for upstream in upstreams]


ENTERPRISE = {"GitHub.Example.com": Forge(kind="github"), "gitlab.com": Forge(kind="gitlab")}


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("https://github.com/Owner/Name", "Owner/Name"),
        ("git@github.com:owner/name.git", "owner/name"),
        ("https://www.github.com/owner/name/tree/main/x", "owner/name"),
        ("https://github.com/owner/name/releases", "owner/name"),
        ("https://github.example.com/owner/name", "github.example.com/owner/name"),
        ("https://gitlab.com/owner/name", Skipped("")),
        ("https://example.org/owner/name", Skipped("")),
        ("", Skipped("")),
        ("https://github.com/owner", Skipped("its address is not that of a repository")),
        ("https://github.com/owner/..", Skipped("its address is not that of a repository")),
    ],
)
def test_knows_a_package_by_owner_and_name(repository: str, name: str | Skipped) -> None:
    upstream = GitHub(Setup(settings(ENTERPRISE), date(2026, 1, 1)))
    assert upstream.project(record(repository)) == name
    upstream.close()


def test_each_host_is_asked_at_its_own_address(forges: Forges, nights: Nights) -> None:
    """A host of one's own, on which nobody has a token."""
    nights.follow([nights.world.make("a/b")])
    nights.names["other"] = "git.example.org/a/b"
    base = forges.github.base
    hosts = {
        "github.com": Forge(kind="github", api=base),
        "git.example.org": Forge(kind="github", api=f"{base}/api/v3"),
    }
    upstream = GitHub(Setup(settings(hosts), nights.today, {"github.com": nights.token}))
    questions = nights.questions()
    assert {heard[0]: type(heard[1]) for heard in upstream.ask(questions) if heard} == {"a-b": Fetched, "other": Gone}
    upstream.close()
    assert [(each.target, each.authorized) for each in forges.log] == [
        ("/graphql", True),
        ("/graphql", True),
        ("/repos/a/b/contributors?per_page=100&page=1", True),
        ("/api/v3/repos/a/b", False),
    ]


# What a repository is


def test_all_facts_of_a_repository(nights: Nights) -> None:
    made = nights.world.make(
        "An-org/Thing",
        stars=5,
        forks=2,
        license="MIT",
        description="  A\u202e thing\n",
        homepage="https://thing.example",
        topics=("forms", "django"),
        branch="dev",
        is_fork=True,
        is_locked=True,
        is_disabled=True,
    )
    nights.world.archive(made)
    head = made.history.head
    assert head is not None
    assert nights.one(made) == RepositoryFacts(
        id=made.node_id,
        owner=made.owner.node_id,
        name="An-org/Thing",
        description="A thing",
        homepage="https://thing.example",
        stars=5,
        forks=2,
        licence="MIT",
        topics=("django", "forms"),
        archived=True,
        archived_at=datetime(2026, 1, 15, 3, 17, tzinfo=UTC),
        disabled=True,
        locked=True,
        fork=True,
        branch="dev",
        head=head.oid,
        last_commit=head.committed,
        commits=by_day(made, date(2025, 1, 9)),
        commits_since=date(2025, 1, 9),
        participants=tuple(login for login, _ in made.history.contributions() if login),
        participants_on=date(2026, 1, 15),
    )


@pytest.mark.parametrize(
    ("made", "known"),
    [
        ({"license": "NOASSERTION"}, {"licence": None}),
        ({"license": None}, {"licence": None}),
        ({"homepage": "javascript:alert(1)"}, {"homepage": None}),
        ({"homepage": ""}, {"homepage": None}),
        ({"description": "x" * 1000}, {"description": "x" * 500}),
        ({"topics": ()}, {"topics": ()}),
    ],
)
def test_what_is_not_said_or_not_fit_is_not_known(nights: Nights, made: Any, known: dict[str, object]) -> None:  # noqa: ANN401 - facts
    found = nights.one(nights.world.make("a/b", **made))
    assert {name: getattr(found, name) for name in known} == known


def test_an_empty_repository_has_no_commits_and_is_not_asked_for_them_again(nights: Nights) -> None:
    found = nights.one(nights.world.make("a/b", commits=0))
    assert (found.empty, found.branch, found.head, found.last_commit) == (True, None, None, None)
    assert (found.commits, found.participants, found.participants_on) == ({}, (), nights.today)
    assert nights.forges.counts() == {"github contributors": 1, "github graphql": 2}
    nights.next_day()
    assert only(nights.ask()) == Unchanged()
    assert nights.forges.counts() == {"github graphql": 1}


def test_a_repository_that_lost_its_branch_has_no_commits_any_more(nights: Nights) -> None:
    made = nights.world.make("a/b")
    assert nights.one(made).commits
    made.history.generated = 0
    found = nights.one(made)
    assert (found.empty, found.head, found.commits) == (True, None, {})


# Nights


def test_the_first_night_an_unchanged_one_and_one_with_news(nights: Nights) -> None:
    made = nights.world.grow(300, seed=1)
    nights.follow(made)
    pages = sum(max(1, -(-sum(by_day(each, nights.today - SPAN).values()) // 100)) for each in made)
    lists = sum(max(1, -(-min(500, _people(each)) // 100)) for each in made)
    assert kinds(nights.ask()) == {Fetched: 300}
    # 300 repositories are 3 queries and, with one page each, 15 more.
    assert nights.forges.counts() == {"github contributors": lists, "github graphql": 3 + -(-pages // 20)}
    assert nights.forges.points("github", "graphql") == nights.forges.count("github", "graphql")
    assert nights.requests == len(nights.forges.log)

    nights.next_day()
    assert kinds(nights.ask()) == {Unchanged: 300}
    assert nights.forges.counts() == {"github graphql": 3}
    assert nights.forges.points("github") == 3

    nights.next_day()
    for repository in nights.world.sample(0.03, seed=2):
        nights.world.push(repository, commits=2)
    nights.world.star(made[0])
    outcomes = nights.ask()
    assert kinds(outcomes) == {Fetched: 10, Unchanged: 290}
    assert nights.forges.counts() == {"github graphql": 4}, "the lists of contributors are two days old"
    assert nights.forges.points("github") == 4
    for repository in made:
        found = nights.facts(repository.full_name)
        assert found.commits_since is not None
        expected = by_day(repository, found.commits_since)
        assert found.commits == expected, repository.full_name

    nights.next_day(6)
    for repository in nights.world.sample(0.03, seed=2):
        nights.world.push(repository)
    nights.ask()
    assert nights.forges.counts() == {"github contributors": 9, "github graphql": 4}, "they are eight days old"


def _people(repository: Any) -> int:  # noqa: ANN401 - a repository of a world
    return sum(login is not None for login, _ in repository.contributions)


def test_what_was_imported_is_completed_and_its_weeks_give_way(nights: Nights) -> None:
    made = nights.world.make("a/b", stars=7)
    nights.known["a-b"] = Snapshot(repository=RepositoryFacts(stars=3, weeks=(1,) * 52, participants=("old-hand",)))
    nights.forges.github.world.repositories[made.database_id].pending = True
    found = nights.one(made)
    assert (found.stars, found.weeks, found.commits is None) == (7, None, False)
    assert found.participants is not None
    assert found.participants[0] == "old-hand"
    assert len(found.participants) > 1


def test_a_full_answer_is_asked_for_again(nights: Nights) -> None:
    made = nights.world.make("a/b", topics=("forms",))
    nights.one(made)
    nights.next_day()
    made.topics = ("forms", "new")
    assert only(nights.ask()) == Unchanged(), "topics are asked for with commits"
    nights.forges.forget()
    assert isinstance(only(nights.ask(again=True)), Fetched)
    assert nights.facts("a/b").topics == ("forms", "new")
    assert nights.forges.counts() == {"github contributors": 1, "github graphql": 2}


def test_two_packages_may_have_one_repository(nights: Nights) -> None:
    nights.follow([nights.world.make("a/b")])
    nights.names["another"] = "A/B"
    assert kinds(nights.ask()) == {Fetched: 2}


def test_whoever_asks_may_stop_listening(nights: Nights) -> None:
    nights.names = {f"x{n}": f"nobody/{n}" for n in range(250)}
    upstream = nights.upstream()
    listening = upstream.ask(nights.questions())
    assert upstream.requests == 0
    assert next(listening) == ("x0", Gone("is not there, or not any more"))
    upstream.close()
    assert upstream.requests == len(nights.forges.log) == 1


# Names and identity


def test_a_rename_is_followed_by_name_and_does_not_cost_more(nights: Nights) -> None:
    made = nights.world.make("a/old")
    nights.one(made)
    nights.next_day()
    nights.world.rename(made, "new")
    outcome = only(nights.ask())
    assert isinstance(outcome, Fetched)
    assert isinstance(outcome.facts, RepositoryFacts)
    assert (outcome.facts.name, outcome.facts.id) == ("a/new", made.node_id)
    assert nights.forges.counts() == {"github graphql": 1}


def test_a_transfer_shows_a_new_owner(nights: Nights) -> None:
    made = nights.world.make("a/b")
    before = nights.one(made)
    nights.world.transfer(made, "org-c")
    nights.ask()
    found = nights.facts("a/b")
    assert (found.name, found.id) == ("org-c/b", before.id)
    assert found.owner != before.owner


def test_a_repository_whose_name_is_gone_is_found_by_its_id(nights: Nights) -> None:
    made = [nights.world.make(f"a/{n}") for n in range(3)]
    nights.follow(made)
    nights.ask()
    nights.next_day()
    nights.world.rename(made[0], "new")
    nights.world._moved.clear()  # noqa: SLF001 - the old name does not lead on any more
    nights.world.delete(made[1])
    nights.world.hide(made[2])
    outcomes = nights.ask()
    assert isinstance(outcomes["a-0"], Fetched)
    assert nights.facts("a/0").name == "a/new"
    assert outcomes["a-1"] == outcomes["a-2"] == Gone("is not there, or not any more")
    assert nights.forges.counts() == {"github graphql": 2}, "one query for all three"


def test_many_that_are_gone_are_asked_for_by_a_hundred_ids(nights: Nights) -> None:
    made = [nights.world.make(f"a/{n}") for n in range(150)]
    nights.follow(made)
    nights.ask()
    nights.next_day()
    for repository in made:
        nights.world.delete(repository)
    assert kinds(nights.ask()) == {Gone: 150}
    assert nights.forges.counts() == {"github graphql": 2 + 2}


def test_a_name_that_never_was_is_gone_at_once(nights: Nights) -> None:
    nights.names["x"] = "nobody/nothing"
    assert only(nights.ask()) == Gone("is not there, or not any more")
    assert nights.forges.counts() == {"github graphql": 1}


def test_another_repository_under_the_name_comes_with_nothing_of_the_old_one(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=30, topics=("old",))
    before = nights.one(made)
    other = nights.world.recreate(made)
    found = nights.one(other)
    assert found.id == other.node_id != before.id
    assert found.topics == ()
    assert found.commits == by_day(other, nights.today - SPAN) != before.commits


def test_an_archived_mark_is_taken_and_given_back(nights: Nights) -> None:
    made = nights.world.make("a/b")
    nights.one(made)
    nights.world.archive(made)
    assert nights.one(made).archived_at == nights.forges.clock.now
    nights.world.unarchive(made)
    found = nights.one(made)
    assert (found.archived, found.archived_at) == (False, None)


def test_hostile_names_are_variables(nights: Nights) -> None:
    """The fixture fails the test if such a name broke the query."""
    hostile = ['y") { viewer { login } }', "$name0", "r0: x", "#", '"""', "\\", "\u202e", "a" * 300, "{}", "%2e%2e"]
    nights.names |= {f"x{number}": f"x/{name}" for number, name in enumerate(hostile)}
    nights.follow([nights.world.make("a/b")])
    assert kinds(nights.ask()) == {Fetched: 1, Gone: len(hostile)}


# Participants


def test_new_authors_stand_behind_the_known_participants(nights: Nights) -> None:
    made = nights.world.make("a/b", contributors=[("zoe", 9), (None, 5), ("abe", 1)])
    assert nights.one(made).participants == ("zoe", "abe", *dict.fromkeys(_authors(made)))
    nights.next_day()
    nights.world.push(made, 1, author="once")
    nights.world.push(made, 2, author="twice")
    nights.world.push(made, 1, author="Zoe")
    nights.world.push(made, 1, author=None)
    found = nights.one(made)
    assert found.participants is not None
    assert found.participants[-2:] == ("twice", "once")
    assert found.participants_on == nights.today - timedelta(days=1)


def _authors(repository: Any) -> list[str]:  # noqa: ANN401 - a repository of a world
    """Give the authors of a short history, the most active first."""
    return [login for login, _ in repository.history.contributions() if login]


def test_at_most_five_pages_of_contributors_are_read(nights: Nights) -> None:
    many = [(f"dev{n}", 1000 - n) for n in range(700)]
    made = nights.world.make("a/b", commits=0, contributors=many)
    nights.world.push(made, 1, author="dev600")
    found = nights.one(made)
    assert found.participants == (*(f"dev{n}" for n in range(500)), "dev600")
    assert nights.forges.count("github", "contributors") == 5


def test_a_full_last_page_needs_one_request_more(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=0, contributors=[(f"dev{n}", 1) for n in range(200)])
    nights.world.push(made, 1, author="dev1")
    assert len(nights.one(made).participants or ()) == 200
    assert nights.forges.count("github", "contributors") == 3


@pytest.mark.parametrize(
    ("fault", "is_for_good"),
    [
        (faults.status(403, message="The history or contributor list is too large to list contributors"), True),
        (faults.status(403, message="Although you appear to have the correct authorization credentials ..."), True),
        (faults.status(451, message="Repository access blocked"), True),
        (faults.status(202), False),
        (faults.status(500), False),
        (faults.malformed(), False),
        (faults.truncated_gzip(), False),
        (faults.status(403, message="You have exceeded a secondary rate limit."), False),
        (faults.status(429), False),
        (faults.status(401), False),
    ],
)
def test_without_the_list_the_authors_of_the_year_stand(nights: Nights, fault: faults.Fault, is_for_good: bool) -> None:  # noqa: FBT001 - a parameter
    made = nights.world.make("a/b")
    nights.forges.fail(fault, site="github", kind="contributors")
    found = nights.one(made)
    assert found.commits
    assert found.participants == tuple(_authors(made))
    assert found.participants_on == (nights.today if is_for_good else None)
    nights.forges.heal()
    nights.next_day()
    found = nights.one(made)
    assert nights.forges.count("github", "contributors") == (0 if is_for_good else 1)
    assert found.participants_on == (nights.today - timedelta(days=1) if is_for_good else nights.today)


def test_what_was_known_stands_where_nobody_wrote_in_the_year(nights: Nights) -> None:
    made = nights.world.make("a/b", commits=0, pending=True)
    nights.world.push(made, [nights.forges.clock.now - timedelta(days=800)])
    found = nights.one(made)
    assert (found.commits, found.participants) == ({}, None)


def test_three_failures_in_a_row_end_the_asking_for_lists(nights: Nights) -> None:
    nights.follow(nights.world.make(f"a/{n}") for n in range(6))
    nights.forges.fail(faults.status(404), kind="contributors", path="/a/1/")
    nights.forges.fail(faults.malformed(), kind="contributors")
    assert kinds(nights.ask()) == {Fetched: 6}
    assert nights.forges.count("github", "contributors") == 5, "0, 1 (which answers), then 2, 3, 4"


def test_the_lists_of_a_large_first_night_come_over_several_nights(nights: Nights) -> None:
    """A workflow has 1000 requests an hour; here it is 10. Nothing waits for them."""
    nights.forges.github.set.tokens[WORKFLOW] = 10
    nights.token = WORKFLOW
    nights.follow(nights.world.make(f"a/{n}") for n in range(25))
    for listed in (10, 20, 25, 25):
        outcomes = nights.ask()
        assert all(isinstance(outcome, Fetched | Unchanged) for outcome in outcomes.values())
        on = [each.repository.participants_on for each in nights.known.values() if each.repository]
        assert sum(day is not None for day in on) == listed
        nights.next_day()
    assert nights.waits == []


def test_only_so_many_are_held_back_for_their_lists(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builder.upstreams.github.run.MOST_HELD", 2)
    nights.follow(nights.world.make(f"a/{n}") for n in range(5))
    assert kinds(nights.ask()) == {Fetched: 5}
    assert nights.forges.count("github", "contributors") == 2


# Budget and tokens


def test_a_spent_budget_leaves_the_rest_waiting(nights: Nights) -> None:
    nights.follow(nights.world.make(f"a/{n}") for n in range(250))
    outcomes = nights.ask(Budget(requests=3))
    assert len(nights.forges.log) == nights.requests == 3
    fetched = [slug for slug, outcome in outcomes.items() if isinstance(outcome, Fetched)]
    assert len(fetched) == 40, "a pulse and two deltas"
    assert {reason(outcome) for slug, outcome in outcomes.items() if slug not in fetched} == {
        "the requests for this run are spent"
    }
    nights.forges.forget()
    assert set(kinds(nights.ask())) == {Fetched}, "the next run goes on"
    assert {each.repository is not None for each in nights.known.values()} == {True}


def test_a_budget_that_ends_before_the_lists_loses_nothing_else(nights: Nights) -> None:
    nights.follow(nights.world.make(f"a/{n}") for n in range(5))
    assert kinds(nights.ask(Budget(requests=2))) == {Fetched: 5}
    assert nights.forges.counts() == {"github graphql": 2}
    assert nights.facts("a/0").participants_on is None
    nights.next_day()
    assert kinds(nights.ask()) == {Fetched: 5}
    assert nights.forges.counts() == {"github contributors": 5, "github graphql": 1}
    assert nights.facts("a/0").participants_on == nights.today


def test_a_run_that_ended_anywhere_ends_as_one_that_did_not(nights: Nights) -> None:
    nights.follow(nights.world.make(f"a/{n}", commits=n * 10) for n in range(25))
    nights.ask()
    whole = dict(nights.known)
    total = nights.requests
    assert total == 29, "a pulse, three deltas (of 30 pages), 25 lists"
    for requests in range(1, total, 4):
        nights.known.clear()
        nights.ask(Budget(requests=requests))
        nights.ask()
        assert nights.known == whole


def test_the_token_is_for_the_api_alone(nights: Nights) -> None:
    made = nights.world.make("a/b")
    elsewhere = f"{nights.forges.elsewhere.base}/repositories/1/contributors"
    nights.forges.fail(faults.redirect(elsewhere, 301), kind="contributors")
    nights.one(made)
    assert {each.site for each in nights.forges.log} == {"github"}
    assert {each.authorized for each in nights.forges.log} == {True}


def test_a_list_is_followed_to_where_the_repository_is_now(nights: Nights) -> None:
    made = nights.world.make("a/b")
    address = f"{nights.forges.github.base}/repositories/{made.database_id}/contributors?per_page=100&page=1"
    nights.forges.fail(faults.redirect(address, 301), kind="contributors", path="/repos/")
    assert nights.one(made).participants_on == nights.today
    assert nights.forges.count("github", "contributors") == 2


def test_a_token_that_is_not_good_ends_the_run_at_once(nights: Nights) -> None:
    nights.forges.github.set.tokens.clear()
    nights.follow(nights.world.grow(250, seed=1))
    outcomes = nights.ask()
    assert set(outcomes.values()) == {Refused("answered 401: Bad credentials; the token is not good")}
    assert nights.requests == 1


# Without a token


def test_without_a_token_rest_answers(nights: Nights) -> None:
    made = nights.world.make("a/b", stars=3, license="NOASSERTION", topics=("x",), homepage="https://x.example")
    before = nights.one(made)
    nights.forges.forget()
    nights.token = ""
    assert only(nights.ask()) == Unchanged()
    assert [(each.target, each.authorized) for each in nights.forges.log] == [("/repos/a/b", False)]
    nights.world.star(made)
    nights.world.archive(made)
    found = nights.one(made)
    assert found == before.model_copy(update={"stars": 4, "archived": True}), "what REST does not tell stays"
    nights.known.clear()
    found = nights.one(made)
    assert (found.stars, found.topics, found.commits, found.participants) == (4, ("x",), None, None)


def test_without_a_token_a_rename_is_followed_and_what_is_gone_is_gone(nights: Nights) -> None:
    made = nights.world.make("a/b")
    nights.follow([made, nights.world.make("a/c")])
    nights.world.rename(made, "new")
    nights.names["gone"] = "a/gone"
    nights.token = ""
    outcomes = nights.ask()
    assert outcomes["gone"] == Gone("is not there, or not any more")
    assert nights.facts("a/b").name == "a/new"


def test_without_a_token_an_hour_is_sixty_requests(nights: Nights) -> None:
    made = nights.world.grow(100, seed=1)
    nights.follow(made)
    nights.token = ""
    outcomes = nights.ask()
    assert kinds(outcomes) == {Fetched: 60, Waiting: 40}
    assert {reason(each) for each in outcomes.values() if isinstance(each, Waiting)} == {
        "without a token GitHub answers 60 times an hour, and tells no commits and participants"
    }
    assert len(nights.forges.log) == 60
    outcomes = nights.ask()
    assert kinds(outcomes) == {Waiting: 100}, "the hour is not over, and nobody waits for it"
    assert len(nights.forges.log) == 61


def test_without_a_token_rounds_end(nights: Nights, tmp_path: Path) -> None:
    """Four nights of sixty requests: 107 repositories have their second turn before any has its third."""
    nights.token = ""
    slugs = [f"x{number:03}" for number in range(107)]
    for slug in slugs:
        nights.world.make(f"a/{slug}")
    records = {slug: entry_of(slug, repository=f"https://github.com/a/{slug}") for slug in slugs}
    asked = Counter[str]()
    for _ in range(4):
        data = Data(records, snapshots=stored(tmp_path), settings=data_of().settings)
        upstream = nights.upstream()
        fetch(data, tmp_path, [upstream], lambda: nights.forges.clock.now)
        upstream.close()
        asked.update(logged.target for logged in nights.forges.log)
        nights.next_day()
    assert (len(asked), asked.total()) == (107, 240)
    assert set(asked.values()) == {2, 3}
    assert json.loads((tmp_path / "refresh.json").read_bytes()) == {"next": {"github github.com": "x026"}}


def test_no_turn_takes_more_than_a_query(nights: Nights) -> None:
    """Of new repositories all are asked about before the first is done: there is a sign of life after each query."""
    nights.follow(nights.world.make(f"a/{n:03}") for n in range(250))
    upstream = nights.upstream()
    turns, before, first = [], 0, 0
    for heard in upstream.ask(nights.questions()):
        turns.append(upstream.requests - before)
        before = upstream.requests
        first = first or (before if heard else 0)
    upstream.close()
    assert max(turns) == 1
    assert first == 3 + 13 + 1
    assert before == 3 + 13 + 250


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (faults.status(451, message="Repository access blocked"), Failed, "answered 451: Repository access blocked"),
        (faults.status(403, message="an IP allow list"), Failed, "answered 403: an IP allow list"),
        (faults.status(401, message="Bad credentials"), Refused, "answered 401: Bad credentials"),
        (faults.status(403, message="secondary rate limit"), Waiting, "answered 403: secondary rate limit: without"),
        (faults.status(429), Waiting, "answered 429 and asks to wait 60 s: without"),
        (faults.status(500), Failed, "answered 500"),
        (faults.malformed(), Failed, "is not as expected"),
        (faults.missing_field("stargazers_count"), Failed, "is not as expected: stargazers_count Field required"),
    ],
)
def test_without_a_token_what_goes_wrong_is_told(nights: Nights, fault: faults.Fault, kind: type, said: str) -> None:
    nights.token = ""
    nights.follow([nights.world.make("a/b")])
    nights.forges.fail(fault)
    outcome = only(nights.ask())
    assert isinstance(outcome, kind)
    assert reason(outcome).startswith(said)
    assert getattr(outcome, "for_good", False) is said.startswith(("answered 451", "answered 403: an IP"))


def test_without_a_token_a_spent_budget_leaves_the_rest_waiting(nights: Nights) -> None:
    nights.token = ""
    nights.follow(nights.world.make(f"a/{n}") for n in range(4))
    assert kinds(nights.ask(Budget(requests=2))) == {Fetched: 2, Waiting: 2}
    assert len(nights.forges.log) == 2
