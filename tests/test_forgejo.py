import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from forge_nights import Nights, facts_of, per_day, record, site
from forges import faults
from forges.exchange import Answer, Request, as_json
from forges.faults import Fault, Proceed
from forges.forgejo import Forgejo as Played
from forges.server import Forges
from forges.world import Repository

from builder.config import Forge
from builder.metadata import RepositoryFacts
from builder.upstreams import forgejo
from builder.upstreams.base import Failed, Fetched, Gone, Refused, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.forgejo import Forgejo
from builder.upstreams.limits import Budget


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def nights(forges: Forges) -> Nights:
    return Nights(Forgejo, forges, {"codeberg.org": Forge(kind="forgejo", api=forges.forgejo.base)})


def grow(nights: Nights, count: int) -> list[Repository]:
    """Make repositories and have a package for each."""
    found = [nights.forges.forgejo.world.make(f"ann/r-{number}", commits=4) for number in range(count)]
    nights.add(*(f"https://codeberg.org/{repository.full_name}" for repository in found))
    return found


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("https://codeberg.org/ann/a", "codeberg.org/ann/a"),
        ("codeberg.org:ann/a.git", "codeberg.org/ann/a"),
        ("https://codeberg.org/ann/a/src/branch/main", "codeberg.org/ann/a"),
        ("https://gitlab.com/ann/a", Skipped("")),
        ("https://codeberg.org/ann/a/b", "codeberg.org/ann/a"),
        (
            "https://codeberg.org/ann",
            Skipped("'https://codeberg.org/ann' is not the address of a repository on codeberg.org"),
        ),
    ],
)
def test_knows_a_package_by_host_owner_and_name(repository: str, name: str | Skipped) -> None:
    upstream = Forgejo(Setup(site({}), date(2026, 1, 1)))
    assert upstream.project(record(repository)) == name
    upstream.close()


# Good answers


def test_reads_a_repository(nights: Nights) -> None:
    repository = nights.forges.forgejo.world.make(
        "ann/Thing",
        commits=120,
        stars=7,
        forks=2,
        topics=("b", "a"),
        homepage="https://a.example",
        description=" x",
        is_fork=True,
    )
    nights.add("https://codeberg.org/ann/thing")
    head = repository.history.head
    assert head is not None
    facts = facts_of(nights.ask()["thing"])
    assert facts.participants is not None
    assert facts == RepositoryFacts(
        id=f"codeberg.org:{repository.database_id}",
        owner="codeberg.org:1",
        name="ann/Thing",
        description="x",
        homepage="https://a.example",
        stars=7,
        forks=2,
        topics=("a", "b"),
        fork=True,
        updated=head.committed,
        branch="main",
        head=head.oid,
        last_commit=head.committed,
        commits_since=nights.window,
        commits=per_day((c.committed for c in repository.history.between()), nights.window),
        participants=facts.participants,
    )
    assert facts.participants == tuple(login for login, _ in repository.history.contributions() if login)
    assert len(facts.participants) == 3
    assert nights.forges.counts() == {"forgejo commits": 3, "forgejo repository": 1}
    assert nights.requests == 4


def test_a_night_without_news_is_a_request_a_repository(nights: Nights) -> None:
    grow(nights, 7)
    assert {type(outcome) for outcome in nights.ask().values()} == {Fetched}
    known = dict(nights.known)
    assert set(nights.night().values()) == {Unchanged()}
    assert nights.forges.counts() == {"forgejo repository": 7}
    assert nights.requests == 7
    assert nights.known == known


def test_reads_back_to_some_weeks_before_the_known_head_and_no_further(nights: Nights) -> None:
    repository = nights.forges.forgejo.world.make("ann/r", commits=300)
    nights.add("https://codeberg.org/ann/r")
    nights.ask()
    assert nights.forges.count("forgejo", "commits") == 6
    nights.forges.clock.advance(days=1)
    late = nights.forges.clock.now - timedelta(days=20)
    nights.forges.forgejo.world.push(repository, [late, nights.forges.clock.now], author="eve")
    before = nights.facts("r")
    facts = facts_of(nights.night()["r"])
    assert nights.forges.counts() == {"forgejo commits": 1, "forgejo repository": 1}
    [target] = [each.target for each in nights.forges.log if each.kind == "commits"]
    assert target == ("/api/v1/repos/ann/r/commits?sha=main&stat=false&verification=false&files=false&limit=50&page=1")
    assert facts.commits == per_day((c.committed for c in repository.history.between()), nights.window)
    assert before.participants is not None
    assert facts.participants == (*before.participants, "eve")


def test_a_change_that_moved_no_head_costs_one_request_once(nights: Nights) -> None:
    [repository] = grow(nights, 1)
    nights.ask()
    before = nights.facts("r-0")
    repository.pushed_at = nights.forges.clock.now + timedelta(hours=1)  # to another branch
    facts = facts_of(nights.night()["r-0"])
    assert facts == before.model_copy(update={"updated": repository.pushed_at})
    assert nights.forges.counts() == {"forgejo commits": 1, "forgejo repository": 1}
    assert nights.night() == {"r-0": Unchanged()}
    assert nights.forges.counts() == {"forgejo repository": 1}


def test_a_star_is_news_without_a_look_at_the_commits(nights: Nights) -> None:
    [repository] = grow(nights, 1)
    nights.ask()
    before = nights.facts("r-0")
    nights.forges.forgejo.world.star(repository, 3)
    assert facts_of(nights.night()["r-0"]) == before.model_copy(update={"stars": 3})
    assert nights.forges.counts() == {"forgejo repository": 1}


def test_a_forge_that_tells_no_time_of_change_is_asked_for_its_head(nights: Nights) -> None:
    grow(nights, 1)
    nights.forges.fail(faults.missing_field("updated_at"), kind="repository")
    facts_of(nights.ask()["r-0"])
    assert nights.night() == {"r-0": Unchanged()}
    assert nights.forges.counts() == {"forgejo commits": 1, "forgejo repository": 1}


def test_a_full_answer_counts_all_again(nights: Nights) -> None:
    grow(nights, 1)
    nights.ask()
    before = nights.facts("r-0")
    assert facts_of(nights.ask(again=True)["r-0"]) == before
    assert nights.forges.count("forgejo", "commits") == 2


def test_archived_and_since_when(nights: Nights) -> None:
    [repository] = grow(nights, 1)
    assert facts_of(nights.ask()["r-0"]).archived_at is None
    nights.forges.forgejo.world.archive(repository)
    archived = nights.forges.clock.now
    facts = facts_of(nights.night()["r-0"])
    assert (facts.archived, facts.archived_at) == (True, archived)


def test_an_empty_repository(nights: Nights) -> None:
    repository = nights.forges.forgejo.world.make("ann/empty", commits=0)
    nights.add("https://codeberg.org/ann/empty")
    facts = facts_of(nights.ask()["empty"])
    assert (facts.empty, facts.head, facts.commits, facts.commits_since) == (True, None, {}, nights.window)
    assert nights.night() == {"empty": Unchanged()}
    assert nights.forges.counts() == {"forgejo repository": 1}
    nights.forges.forgejo.world.push(repository)
    facts = facts_of(nights.night()["empty"])
    assert (facts.empty, sum((facts.commits or {}).values()), facts.participants) == (False, 1, ("pusher",))


def test_a_very_long_list_is_counted_as_far_as_it_is_read(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgejo, "_MOST_PAGES", 2)
    repository = nights.forges.forgejo.world.make("ann/long", commits=2000)
    repository.history.gap = 3600
    nights.add("https://codeberg.org/ann/long")
    facts = facts_of(nights.ask()["long"])
    assert facts.commits_since == repository.history[2000 - 100].committed.date() + timedelta(days=1)
    assert facts.commits == per_day((c.committed for c in repository.history.between()), facts.commits_since)


@pytest.mark.parametrize("has_more", [True, False])
def test_an_operator_may_have_set_smaller_pages(nights: Nights, *, has_more: bool) -> None:
    """Where the forge does not say whether there is more, a page that is not full is taken for the last."""
    nights.forges.forgejo.world.make("ann/r", commits=25)
    nights.add("https://codeberg.org/ann/r")

    def less(request: Request, _proceed: Proceed) -> Answer:
        smaller = Request("GET", request.target.replace("limit=50", "limit=10"))
        answer = Played.answer(nights.forges.forgejo, smaller)
        headers = {k: v for k, v in answer.headers.items() if has_more or k != "x-hasmore"}
        return Answer(answer.status, headers, answer.body)

    nights.forges.fail(Fault("less", less), kind="commits")
    facts = facts_of(nights.ask()["r"])
    assert sum((facts.commits or {}).values()) == (25 if has_more else 10)


# Moved and gone


@pytest.mark.parametrize("status", [301, 307])
def test_an_old_name_leads_to_the_new_one(nights: Nights, status: int) -> None:
    nights.forges.forgejo.moved = status
    [repository] = grow(nights, 1)
    nights.ask()
    nights.forges.forgejo.world.transfer(repository, "bob")
    facts = facts_of(nights.night()["r-0"])
    assert (facts.id, facts.name) == (f"codeberg.org:{repository.database_id}", "bob/r-0")
    assert facts.owner == "codeberg.org:2"
    assert nights.forges.counts() == {"forgejo repository": 2}


def test_deleted_and_private_repositories_are_gone(nights: Nights) -> None:
    repositories = grow(nights, 2)
    nights.ask()
    nights.forges.forgejo.world.delete(repositories[0])
    nights.forges.fail(faults.changed_field("private", value=True), path="r-1")
    assert nights.night() == {
        "r-0": Gone("codeberg.org/api/v1/repos/ann/r-0: is not there, or not any more"),
        "r-1": Gone("is not public"),
    }


def test_another_repository_under_the_name_is_told_with_its_own_id(nights: Nights) -> None:
    [repository] = grow(nights, 1)
    nights.ask()
    other = nights.forges.forgejo.world.recreate(repository)
    facts = facts_of(nights.night()["r-0"])
    assert facts.id == f"codeberg.org:{other.database_id}"
    assert facts.participants == tuple(login for login, _ in other.history.contributions() if login)


# Bad answers


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.status(502), "answered 502"),
        (faults.malformed(), "is not as expected"),
        (faults.cut_body(), "RemoteProtocolError"),
        (faults.status(403, message="Blocked by policy"), "answered 403: Blocked by policy"),
        (faults.status(451), "answered 451: Status 451"),
        (Fault("page", lambda _request, _proceed: Answer(418, {}, b"<html>")), "answered 418"),
        (Fault("list", lambda _request, _proceed: as_json([], 418)), "answered 418"),
        (Fault("nested", lambda _r, _p: as_json({"error": {"message": "no"}}, 418)), "answered 418: no"),
        (Fault("deep", lambda _r, _p: Answer(403, {}, b"[" * 100_000)), "answered 403"),
        (faults.missing_field("stars_count"), "is not as expected: stars_count Field required"),
        (faults.redirect("http://127.0.0.1:9/elsewhere"), "the host is not on the list"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_bad_answer_is_a_failure_and_alters_nothing(nights: Nights, fault: Fault, reason: str) -> None:
    grow(nights, 1)
    nights.ask()
    known = dict(nights.known)
    nights.forges.fail(fault, kind="repository")
    [outcome] = nights.night().values()
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("codeberg.org/api/v1/repos/ann/r-0: ")
    assert reason in outcome.reason
    assert outcome.for_good is any(status in reason for status in ("403", "451"))
    assert nights.known == known


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.status(500), "codeberg.org/api/v1/repos/ann/r-0/commits: answered 500"),
        (faults.changed_field("date", "soon"), "codeberg.org/api/v1/repos/ann/r-0/commits: is not as expected"),
        (Fault("none", lambda _request, _proceed: as_json([])), "names no commit, but is not empty"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_head_is_not_taken_without_its_commits(nights: Nights, fault: Fault, reason: str) -> None:
    [repository] = grow(nights, 1)
    nights.ask()
    nights.forges.forgejo.world.push(repository)
    nights.forges.fail(fault, kind="commits")
    [outcome] = nights.night().values()
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith(reason)
    nights.forges.heal()
    assert sum((facts_of(nights.night()["r-0"]).commits or {}).values()) == 5


def test_dates_at_the_end_of_the_calendar_harm_nothing(nights: Nights) -> None:
    grow(nights, 1)
    nights.forges.fail(faults.changed_field("date", "0001-01-01T00:00:00+14:00"), kind="commits")
    facts = facts_of(nights.ask()["r-0"])
    assert (facts.last_commit, facts.commits) == (None, {})


# Limits and tokens


def test_turned_away_for_one_is_turned_away_for_all(nights: Nights) -> None:
    grow(nights, 3)
    nights.forges.fail(faults.status(401, message="user does not exist"), kind="repository")
    reason = "codeberg.org/api/v1/repos/ann/r-0: answered 401: user does not exist"
    assert set(nights.ask().values()) == {Refused(reason)}
    assert nights.requests == 1


def test_too_often_leaves_the_rest_of_that_host_for_another_night(nights: Nights) -> None:
    grow(nights, 3)
    nights.hosts["other.example.org"] = Forge(kind="forgejo", api=nights.forges.elsewhere.base)
    nights.add("https://other.example.org/ann/o")
    nights.forges.fail(faults.status(429, retry_after=3600), site="forgejo")
    outcomes = nights.ask()
    assert [type(outcome) for outcome in outcomes.values()] == [Waiting, Waiting, Waiting, Failed]
    assert nights.forges.counts() == {"elsewhere foreign": 1, "forgejo repository": 1}


def test_what_the_budget_does_not_allow_waits(nights: Nights) -> None:
    grow(nights, 3)
    nights.budget = Budget(requests=3)
    assert [type(outcome) for outcome in nights.ask().values()] == [Fetched, Waiting, Waiting]
    assert nights.requests == 3


def test_a_token_is_sent_as_the_forge_wants_it(nights: Nights) -> None:
    grow(nights, 1)
    nights.tokens = {"codeberg.org": "secret"}
    heard: list[Any] = []

    def listen(request: Request, proceed: Proceed) -> Answer:
        heard.append(request.headers["authorization"])
        return proceed()

    nights.forges.fail(Fault("listen", listen))
    nights.ask()
    assert heard == ["token secret"] * 2


def test_a_time_is_stored_in_utc(nights: Nights) -> None:
    grow(nights, 1)
    nights.forges.fail(faults.changed_field("updated_at", "2026-01-15T04:00:00+02:00"), kind="repository")
    facts_of(nights.ask()["r-0"])
    assert nights.facts("r-0").updated == datetime(2026, 1, 15, 2, tzinfo=UTC)
    assert '"updated":"2026-01-15T02:00:00Z"' in nights.facts("r-0").model_dump_json()
