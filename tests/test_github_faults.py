"""What goes wrong with GitHub's answers: nothing that was known is lost, and as little else as can be."""

import json
from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import pytest
from forges import faults
from forges.exchange import Answer, Request, as_json
from forges.github import WORKFLOW
from github_nights import Nights, kinds, nights, only, reason

from builder.upstreams import github
from builder.upstreams.base import Failed, Fetched, Gone, Refused, Unchanged, Waiting
from builder.upstreams.limits import Budget

__all__ = ["nights"]  # a fixture, found by its name


@pytest.fixture
def known(nights: Nights) -> Nights:
    """Give nights after a first one of 100 repositories."""
    nights.follow(nights.world.make(f"a/{n:02}") for n in range(100))
    assert kinds(nights.ask()) == {Fetched: 100}
    nights.next_day()
    nights.waits.clear()
    return nights


def sizes(nights: Nights) -> list[int]:
    """Ask, and give how many repositories each query was about that nothing else was done to."""
    found: list[int] = []

    def note(request: Request, proceed: faults.Proceed) -> Answer:
        found.append(json.loads(request.body)["query"].count("...Facts }"))
        return proceed()

    nights.forges.fail(faults.Fault("noted", note), kind="graphql")
    nights.ask()
    return found


def changing(change: Callable[[dict[str, Any]], None]) -> faults.Fault:
    """Make a fault of what is done to the content of an answer."""

    def apply(_request: Request, proceed: faults.Proceed) -> Answer:
        answer = proceed()
        content = answer.json()
        change(content)
        return replace(answer, body=as_json(content).body)

    return faults.Fault("changed", apply)


# What concerns one repository


@pytest.mark.parametrize("fact", [{"forbidden": True}, {"blocked": "dmca"}])
def test_a_repository_that_is_forbidden_has_failed_with_its_message(known: Nights, fact: dict[str, object]) -> None:
    for repository in list(known.world.repositories.values())[:1]:
        for name, value in fact.items():
            setattr(repository, name, value)
    before = dict(known.known)
    outcomes = known.ask()
    assert kinds(outcomes) == {Failed: 1, Unchanged: 99}
    failed = outcomes["a-00"]
    assert isinstance(failed, Failed)
    assert failed.reason.startswith(("Although you appear", "Repository access blocked"))
    assert failed.for_good
    assert known.known == before
    assert known.forges.counts() == {"github graphql": 1}


def test_an_error_deep_in_a_repository_spoils_it_and_no_other(known: Nights) -> None:
    def spoil(content: dict[str, Any]) -> None:
        content["errors"] = [{"type": "FORBIDDEN", "path": ["r3", "licenseInfo"], "message": "No licence for you."}]

    known.forges.fail(changing(spoil), kind="graphql")
    outcomes = known.ask()
    assert kinds(outcomes) == {Failed: 1, Unchanged: 99}
    assert outcomes["a-03"] == Failed("No licence for you.", for_good=True)


def test_nothing_without_a_reason_is_a_failure_and_not_gone(known: Nights) -> None:
    def spoil(content: dict[str, Any]) -> None:
        content["data"]["r3"] = None
        content["data"]["r4"] = 7
        del content["data"]["r5"]

    known.forges.fail(changing(spoil), kind="graphql")
    outcomes = known.ask()
    assert kinds(outcomes) == {Failed: 3, Unchanged: 97}
    assert reason(outcomes["a-03"]) == reason(outcomes["a-05"]) == "nothing was told, and not why"


def test_an_error_found_by_id_is_told(known: Nights) -> None:
    known.forges.fail(faults.partial("NOT_FOUND", every=50), kind="graphql", nth=1)
    known.forges.fail(faults.partial("SERVICE_UNAVAILABLE", message="Not now."), kind="graphql")
    outcomes = known.ask()
    assert kinds(outcomes) == {Unchanged: 99, Failed: 1}
    assert outcomes["a-99"] == Failed("Not now.")


def test_a_delta_that_fails_leaves_all_as_it_was(known: Nights) -> None:
    repositories = list(known.world.repositories.values())
    for repository in repositories[:2]:
        known.world.push(repository)
    before = dict(known.known)
    known.forges.fail(faults.partial("FORBIDDEN"), kind="graphql", nth=2)
    outcomes = known.ask()
    assert kinds(outcomes) == {Unchanged: 98, Fetched: 1, Failed: 1}
    assert outcomes["a-01"] == Failed("No data for this one.", for_good=True)
    assert known.known["a-01"] == before["a-01"]
    assert isinstance(known.ask()["a-01"], Fetched), "the next night has it"


# What concerns the size of a query


@pytest.mark.parametrize("gateway", [502, 504])
def test_a_query_that_is_too_large_is_halved_and_grows_back(nights: Nights, gateway: int) -> None:
    nights.names = {f"x{n}": f"nobody/{n}" for n in range(200)}
    nights.forges.fail(faults.status(gateway), kind="graphql", nth=1)
    assert sizes(nights) == [50, 60, 70, 20], "after one of 100"
    assert nights.waits == []


def test_halving_goes_down_to_what_works(nights: Nights) -> None:
    nights.forges.github.set.largest = 7
    nights.follow(nights.world.make(f"a/{n}") for n in range(20))
    assert kinds(nights.ask()) == {Fetched: 20}
    assert nights.waits == []


@pytest.mark.parametrize("fault", [faults.status(502), faults.malformed(), faults.null_data(), faults.cut_body()])
def test_what_fails_alone_as_well_fails_and_no_more(known: Nights, fault: faults.Fault) -> None:
    known.names = dict(list(known.names.items())[:4])
    known.forges.fail(fault, kind="graphql")
    before = dict(known.known)
    assert kinds(known.ask()) == {Failed: 4}
    assert known.known == before


@pytest.mark.parametrize(
    "fault",
    [
        faults.malformed(),
        faults.truncated_gzip(),
        faults.cut_body(),
        faults.null_data(),
        faults.pathless_error(),
        faults.status(418),
        faults.huge(33 * 1024 * 1024, packed=True),
        faults.Fault("a list", lambda _request, _proceed: as_json([])),
        faults.Fault("odd errors", lambda _request, _proceed: as_json({"data": {}, "errors": ["?"]})),
        faults.Fault("another alias", lambda _r, _p: as_json({"data": {}, "errors": [{"path": ["query", "r0"]}]})),
    ],
)
def test_nothing_is_used_of_an_answer_that_is_no_use_and_halves_are_asked(known: Nights, fault: faults.Fault) -> None:
    known.forges.fail(fault, kind="graphql", nth=1)
    assert kinds(known.ask()) == {Unchanged: 100}
    assert known.forges.counts() == {"github graphql": 3}


def test_silence_is_a_time_out_and_halves_are_asked(known: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "LIMITS", replace(github.LIMITS, read=2.0))  # well above what a busy machine takes
    known.forges.fail(faults.hang(), kind="graphql", nth=1)
    assert kinds(known.ask()) == {Unchanged: 100}
    assert known.forges.counts() == {"github graphql": 3}


def test_where_resources_run_out_the_rest_is_asked_for_again(known: Nights) -> None:
    known.forges.github.set.resources = 30
    assert kinds(known.ask()) == {Unchanged: 100}
    # 30 of 100, 30 of 50, 25, 15
    assert known.forges.counts() == {"github graphql": 4}


def test_a_repository_too_large_for_a_query_of_its_own_has_failed(known: Nights) -> None:
    known.names = {"a-00": "a/00"}
    known.forges.github.set.resources = 0
    assert only(known.ask()) == Failed("Resource limits for this query exceeded.")
    assert known.forges.counts() == {"github graphql": 1}


def test_a_server_that_is_down_for_a_moment_is_asked_again(known: Nights) -> None:
    known.forges.fail(faults.status(503), kind="graphql", times=2)
    assert kinds(known.ask()) == {Unchanged: 100}
    assert known.forges.counts() == {"github graphql": 3}
    assert len(known.waits) == 2


# Limits


def test_points_that_are_used_up_are_waited_for(known: Nights) -> None:
    window = known.forges.github.window(known.token, "graphql")
    assert window.take(5000)
    assert kinds(known.ask()) == {Unchanged: 100}
    assert known.waits == [pytest.approx(3601, abs=5)]
    assert known.forges.counts() == {"github graphql": 2}


def test_points_are_not_waited_for_while_others_are_to_be_asked(known: Nights) -> None:
    window = known.forges.github.window(known.token, "graphql")
    assert window.take(5000)
    budget = Budget()
    budget.patience = 60
    assert kinds(known.ask(budget)) == {Waiting: 100}
    assert budget.put_off
    assert known.waits == []
    budget.patience = inf
    assert kinds(known.ask(budget)) == {Unchanged: 100}
    assert len(known.waits) == 1


def test_a_query_is_not_sent_where_no_points_are_left(nights: Nights) -> None:
    nights.forges.github.set.tokens[WORKFLOW] = 2
    nights.token = WORKFLOW
    nights.names = {f"x{n}": f"nobody/{n}" for n in range(250)}
    assert kinds(nights.ask()) == {Gone: 250}
    assert nights.waits == [pytest.approx(3601, abs=5)]
    assert nights.forges.counts() == {"github graphql": 3}


def test_what_takes_longer_than_the_run_leaves_the_rest_waiting(nights: Nights) -> None:
    nights.forges.github.set.tokens[WORKFLOW] = 2
    nights.token = WORKFLOW
    nights.names = {f"x{n:03}": f"nobody/{n}" for n in range(250)}
    outcomes = nights.ask(Budget(seconds=1800))
    assert kinds(outcomes) == {Gone: 200, Waiting: 50}
    assert outcomes["x249"] == Waiting("the points of this hour are used up")
    assert nights.waits == []
    assert nights.forges.counts() == {"github graphql": 2}


def test_a_first_query_that_finds_no_points_and_no_time_leaves_all_waiting(known: Nights) -> None:
    assert known.forges.github.window(known.token, "graphql").take(5000)
    outcomes = known.ask(Budget(seconds=1800))
    assert set(outcomes.values()) == {Waiting("API rate limit exceeded for user ID 1.")}
    assert known.forges.counts() == {"github graphql": 1}


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_too_often_without_a_time_is_waited_for_longer_each_time_and_five_times(known: Nights, kind: str) -> None:
    limited = as_json({"errors": [{"type": kind, "message": "too often"}]})
    switch = known.forges.fail(faults.Fault("limited", lambda _request, _proceed: limited), kind="graphql", times=3)
    assert kinds(known.ask()) == {Unchanged: 100}
    assert known.waits == [60, 120, 240]
    known.waits.clear()
    switch.times, switch.hits = None, 0
    assert set(known.ask().values()) == {Waiting("too often")}
    assert known.waits == [60, 120, 240, 480]


def test_too_often_may_say_when_to_come_back(known: Nights) -> None:
    limited = as_json({"errors": [{"type": "RATE_LIMIT", "message": "too often"}]}, headers={"retry-after": "17"})
    known.forges.fail(faults.Fault("limited", lambda _request, _proceed: limited), kind="graphql", nth=1)
    assert kinds(known.ask()) == {Unchanged: 100}
    assert known.waits == [17]


def test_a_secondary_limit_is_waited_for_as_long_as_it_says(known: Nights) -> None:
    known.forges.fail(faults.status(403, retry_after=90, message="a secondary rate limit"), kind="graphql", nth=1)
    known.forges.fail(faults.status(403, message="You have exceeded a secondary rate limit."), kind="graphql", nth=2)
    known.forges.fail(faults.status(429), kind="graphql", nth=3)
    assert kinds(known.ask()) == {Unchanged: 100}
    assert known.waits == [90, 60, 60]


@pytest.mark.parametrize("code", [403, 429])
def test_a_limit_beyond_the_time_of_the_run_leaves_the_rest_waiting(known: Nights, code: int) -> None:
    known.forges.fail(faults.status(code, retry_after=90), kind="graphql")
    assert kinds(known.ask(Budget(seconds=60))) == {Waiting: 100}
    assert known.waits == []
    known.forges.forget()
    assert kinds(known.ask()) == {Waiting: 100}
    assert known.waits == [90, 90, 90, 90]
    assert known.forges.counts() == {"github graphql": 5}


def test_a_refusal_for_good_ends_the_run(known: Nights) -> None:
    known.forges.fail(faults.status(403, message="Sorry. Your account was suspended."), kind="graphql")
    outcomes = known.ask()
    assert set(outcomes.values()) == {Refused("answered 403: Sorry. Your account was suspended.")}
    assert known.forges.counts() == {"github graphql": 1}


def test_a_refusal_may_say_nothing_that_can_be_read(known: Nights) -> None:
    page = Answer(403, {"content-type": "text/html"}, b"<html>no</html>")
    known.forges.fail(faults.Fault("page", lambda _request, _proceed: page), kind="graphql")
    assert set(known.ask().values()) == {Refused("answered 403")}


@pytest.mark.parametrize(("status", "expected"), [(200, Failed("is not JSON")), (403, Refused("answered 403"))])
def test_an_answer_may_be_nested_too_deep(known: Nights, status: int, expected: Failed | Refused) -> None:
    deep = Answer(status, {"content-type": "application/json"}, b"[" * 100_000)
    known.names = {"a-00": "a/00"}
    known.forges.fail(faults.Fault("deep", lambda _request, _proceed: deep), kind="graphql")
    assert only(known.ask()) == expected


def test_a_token_that_is_withdrawn_in_the_middle_ends_the_run(nights: Nights) -> None:
    """What was complete by then is told; no list of contributors is asked for any more."""
    nights.follow(nights.world.make(f"a/{n}") for n in range(40))
    nights.forges.fail(faults.status(401), kind="graphql", nth=3)
    assert kinds(nights.ask()) == {Fetched: 20, Refused: 20}
    assert nights.forges.counts() == {"github graphql": 3}


# Drift


@pytest.mark.parametrize(
    "fault",
    [
        faults.missing_field("stargazerCount"),
        faults.changed_field("stargazerCount", "12"),
        faults.changed_field("isArchived", 1),
        faults.changed_field("archivedAt", "yesterday"),
        faults.changed_field("owner", None),
    ],
)
def test_answers_that_are_not_as_expected_end_the_run(known: Nights, fault: faults.Fault) -> None:
    known.names |= {f"x{n}": f"nobody/{n}" for n in range(100)}
    known.forges.fail(fault, kind="graphql")
    before = dict(known.known)
    outcomes = known.ask()
    assert kinds(outcomes) == {Failed: 100, Refused: 100}
    assert {reason(each)[:41] for each in outcomes.values() if isinstance(each, Refused)} == {
        "answers are not as expected (100 of 100):"
    }
    assert known.known == before
    assert known.forges.counts() == {"github graphql": 1}


def test_a_field_that_is_not_used_may_change(known: Nights) -> None:
    def add(content: dict[str, Any]) -> None:
        for each in content["data"].values():
            each["novelty"] = 1

    known.forges.fail(changing(add), kind="graphql")
    assert kinds(known.ask()) == {Unchanged: 100}


def odd(count: int) -> faults.Fault:
    """Let so many repositories always say what cannot be read: the first ones by name."""
    names = {f"a/{n:02}" for n in range(count)}

    def spoil(content: dict[str, Any]) -> None:
        for each in content["data"].values():
            if each and each["nameWithOwner"] in names:
                each["forkCount"] = None

    return changing(spoil)


@pytest.mark.parametrize(("broken", "more"), [(1, 0), (2, 2), (10, 10)])
def test_some_may_be_odd_for_good(known: Nights, broken: int, more: int) -> None:
    """Too many for one query are asked again, each alone; they fail, and all others are asked."""
    known.names |= {f"x{n}": f"nobody/{n}" for n in range(100)}
    known.forges.fail(odd(broken), kind="graphql")
    outcomes = known.ask()
    assert reason(outcomes["a-00"]).startswith("is not as expected: forkCount ")
    assert kinds(outcomes) == {Failed: broken, Unchanged: 100 - broken, Gone: 100}
    assert known.forges.counts() == {"github graphql": 2 + more}


def test_what_is_odd_is_asked_alone_though_long_histories_go_on_before_it(nights: Nights) -> None:
    """Three of twenty cannot be read; two others have more pages of commits, which come first in each query."""
    made = [nights.world.make(f"a/{n:02}", commits=250 if n < 2 else 3) for n in range(20)]
    for repository in made[:2]:
        repository.history.gap = 3600
    odd = {repository.node_id for repository in made[17:]}
    nights.follow(made)
    asked: list[list[str]] = []

    def spoil(request: Request, proceed: faults.Proceed) -> Answer:
        content, body = proceed().json(), json.loads(request.body)
        if "...Topics" in body["query"]:
            asked.append([body["variables"][f"id{n}"] for n in range(len(content["data"]))])
            for alias, told in content["data"].items():
                if body["variables"][f"id{alias[1:]}"] in odd:
                    told["repositoryTopics"] = None
        return as_json(content)

    nights.forges.fail(faults.Fault("odd", spoil), kind="graphql")
    assert kinds(nights.ask()) == {Fetched: 17, Failed: 3}
    assert [len(each) for each in asked] == [20, 1, 1, 1, 2, 2]
    assert {each for [each] in asked[1:4]} == odd


def test_what_is_odd_in_company_only_is_read_alone(known: Nights) -> None:
    known.forges.fail(odd(3), kind="graphql", nth=1)
    assert kinds(known.ask()) == {Unchanged: 100}
    assert known.forges.counts() == {"github graphql": 1 + 3}


def test_more_than_one_in_a_hundred_and_ten_end_the_run(known: Nights) -> None:
    known.names |= {f"x{n}": f"nobody/{n}" for n in range(100)}
    known.forges.fail(odd(40), kind="graphql")
    outcomes = known.ask()
    assert kinds(outcomes) == {Failed: 11, Unchanged: 60, Refused: 129}
    assert {reason(each)[:41] for each in outcomes.values() if isinstance(each, Refused)} == {
        "answers are not as expected (11 of 71): t"
    }
    assert known.forges.counts() == {"github graphql": 1 + 11}


def test_most_of_one_query_end_the_run_at_once(known: Nights) -> None:
    known.forges.fail(odd(51), kind="graphql")
    assert kinds(known.ask()) == {Failed: 51, Unchanged: 49}
    assert known.forges.counts() == {"github graphql": 1}


def test_a_delta_that_is_not_as_expected_ends_the_run(nights: Nights) -> None:
    nights.follow(nights.world.make(f"a/{n}") for n in range(30))
    nights.forges.fail(faults.missing_field("totalCount"), kind="graphql")
    outcomes = nights.ask()
    assert kinds(outcomes) == {Failed: 20, Refused: 10}
    assert nights.known == {}
