"""GitHub's costs and limits as they are played."""

import httpx
import pytest
from asking import PULSE, RATE, TLS, answered, ask, get, wanted
from forges.github import PERSONAL, WORKFLOW
from forges.server import Forges
from forges.world import World

TOPICS = "repositoryTopics(first: 10) { nodes { topic { name } } }"
COMMITS = "defaultBranchRef { target { ... on Commit { history(first: %d) { nodes { oid %s } } } } }"


@pytest.fixture
def world(forges: Forges) -> World:
    return forges.github.world


@pytest.mark.parametrize(
    ("count", "fields", "cost", "nodes"),
    [
        (100, "...Facts", 1, 0),
        (20, TOPICS, 1, 200),
        (100, f"{TOPICS} {COMMITS % (100, '')}", 2, 11_000),
        (20, COMMITS % (100, "parents(first: 2) { totalCount }"), 20, 6_000),
        (30, "...Topics t: repositoryTopics { totalCount } ...Topics", 1, 600),
        (60, "...Topics t: repositoryTopics { totalCount } ...Topics", 2, 1_200),
    ],
)
def test_the_cost_of_a_query(forges: Forges, count: int, fields: str, cost: int, nodes: int) -> None:
    query = wanted(*[f"a/{number}" for number in range(count)], fields=fields)[:-1] + RATE + "}"
    query += PULSE if "...Facts" in fields else ""
    query += f"fragment Topics on Repository {{ {TOPICS} }}" if "...Topics" in fields else ""
    told = answered(forges, query)["data"]["rateLimit"]
    assert (told["cost"], told["nodeCount"], told["used"], told["remaining"]) == (cost, nodes, cost, 5000 - cost)
    assert forges.points("github", "graphql") == cost


def test_half_a_million_nodes_are_the_most(forges: Forges) -> None:
    query = wanted(
        *[f"a/{number}" for number in range(60)], fields=COMMITS % (100, "parents(first: 100) { nodes { oid } }")
    )
    body = answered(forges, query)
    assert [each["type"] for each in body["errors"]] == ["MAX_NODE_LIMIT_EXCEEDED"]
    assert "606,000" in body["errors"][0]["message"]
    assert forges.points("github") == 0
    forges.github.endpoint.invalid.clear()


def test_a_workflow_has_a_thousand_points_and_then_none_until_the_hour_is_over(forges: Forges) -> None:
    response = ask(forges, "{ " + RATE + " }", WORKFLOW)
    assert response.json()["data"]["rateLimit"]["resetAt"] == "2026-01-15T04:17:00Z"
    assert {name: response.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "used", "resource")} == {
        "limit": "1000",
        "remaining": "999",
        "used": "1",
        "resource": "graphql",
    }
    forges.github.window(WORKFLOW, "graphql").used = 1000
    refused = ask(forges, "{ " + RATE + " }", WORKFLOW)
    assert (refused.status_code, refused.json()["errors"][0]["type"]) == (200, "RATE_LIMITED")
    assert "data" not in refused.json()
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert int(refused.headers["x-ratelimit-reset"]) == forges.clock.epoch + 3600
    forges.clock.advance(3600)
    assert ask(forges, "{ " + RATE + " }", WORKFLOW).headers["x-ratelimit-used"] == "1"


def test_too_dear_a_query_leaves_nothing(forges: Forges) -> None:
    window = forges.github.window(PERSONAL, "graphql")
    assert window.take(4990)
    query = wanted(*[f"a/{number}" for number in range(20)], fields=COMMITS % (100, "parents(first: 2) { totalCount }"))
    assert ask(forges, query).headers["x-ratelimit-remaining"] == "0"
    assert forges.points("github") == 0


@pytest.mark.parametrize("status", [401, 403])
def test_graphql_needs_a_token(forges: Forges, status: int) -> None:
    forges.github.set.anonymous_graphql = status
    response = httpx.post(f"{forges.github.base}/graphql", json={"query": "{ __typename }"}, verify=TLS)
    assert (response.status_code, response.headers["x-ratelimit-limit"]) == (status, "0")


def test_an_unknown_token_is_refused_everywhere(forges: Forges) -> None:
    assert ask(forges, "{ __typename }", "made-up").status_code == 401
    response = get(forges, "/rate_limit", "made-up")
    assert (response.status_code, response.json()["message"]) == (401, "Bad credentials")


@pytest.mark.parametrize("gateway", [502, 504])
def test_a_large_query_fails_at_the_gateway(forges: Forges, world: World, gateway: int) -> None:
    forges.github.set.largest, forges.github.set.gateway = 3, gateway
    world.make("a/b")
    assert ask(forges, wanted(*["a/b"] * 3)).status_code == 200
    response = ask(forges, wanted(*["a/b"] * 4))
    assert (response.status_code, response.json()["data"]) == (gateway, None)


def test_resources_run_out_in_the_middle_of_a_query(forges: Forges, world: World) -> None:
    forges.github.set.resources = 2
    repository = world.make("a/b")
    body = answered(forges, wanted(*["a/b"] * 4))
    assert [each and each["nameWithOwner"] for each in body["data"].values()] == ["a/b", "a/b", None, None]
    assert [(each["type"], each["path"]) for each in body["errors"]] == [
        ("RESOURCE_LIMITS_EXCEEDED", ["r2"]),
        ("RESOURCE_LIMITS_EXCEEDED", ["r3"]),
    ]
    ids = answered(forges, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[repository.node_id] * 3)
    assert [each["path"] for each in ids["errors"]] == [["nodes", 2]]


@pytest.mark.parametrize("status", [403, 429])
def test_too_many_requests_a_minute_meet_the_secondary_limit(forges: Forges, status: int) -> None:
    forges.github.set.per_minute, forges.github.set.secondary = 2, status
    answers = [get(forges, "/rate_limit") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, status]
    assert answers[2].headers["retry-after"] == "60"
    assert "secondary rate limit" in answers[2].json()["message"]
    forges.clock.advance(60)
    assert get(forges, "/rate_limit").status_code == 200
