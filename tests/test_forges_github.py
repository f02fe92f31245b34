"""GitHub as it is played: the official schema and its errors."""

from typing import Any

import httpx
import pytest
from asking import PULSE, RATE, TLS, answered, bearer, wanted
from forges.server import Forges
from forges.world import World


@pytest.fixture
def world(forges: Forges) -> World:
    return forges.github.world


def test_the_facts_of_a_repository(forges: Forges, world: World) -> None:
    repository = world.make(
        "ann-org/Thing", stars=5, forks=2, license="MIT", homepage="https://x.example", branch="dev"
    )
    world.archive(repository)
    query = "query($o: String!, $n: String!) { r: repository(owner: $o, name: $n) { ...Facts } }" + PULSE
    head = repository.history.head
    assert head is not None
    assert answered(forges, query, o="ANN-org", n="thing") == {
        "data": {
            "r": {
                "id": "R_000003E9",
                "databaseId": 1001,
                "nameWithOwner": "ann-org/Thing",
                "name": "Thing",
                "url": "https://github.com/ann-org/Thing",
                "description": None,
                "homepageUrl": "https://x.example",
                "stargazerCount": 5,
                "forkCount": 2,
                "isArchived": True,
                "archivedAt": "2026-01-15T03:17:00Z",
                "isDisabled": False,
                "isLocked": False,
                "isFork": False,
                "isEmpty": False,
                "isPrivate": False,
                "pushedAt": "2026-01-14T03:17:00Z",
                "createdAt": "2026-01-10T03:17:00Z",
                "owner": {"__typename": "Organization", "id": "U_00000001", "login": "ann-org"},
                "licenseInfo": {"spdxId": "MIT"},
                "defaultBranchRef": {
                    "name": "dev",
                    "prefix": "refs/heads/",
                    "target": {"__typename": "Commit", "oid": head.oid, "committedDate": "2026-01-14T03:17:00Z"},
                },
            },
        },
    }


def test_an_empty_repository_has_no_branch_target(forges: Forges, world: World) -> None:
    world.make("a/b", commits=0)
    fields = "isEmpty pushedAt licenseInfo { spdxId } defaultBranchRef { name }"
    data = answered(forges, wanted("a/b", fields=fields))["data"]
    assert data == {"r0": {"isEmpty": True, "pushedAt": None, "licenseInfo": None, "defaultBranchRef": None}}


def test_a_missing_repository_is_null_with_an_error_at_its_alias(forges: Forges, world: World) -> None:
    world.make("a/b")
    world.hide(world.make("a/secret"))
    body = answered(forges, wanted("a/b", "a/gone", "a/secret"))
    assert body["data"] == {"r0": {"nameWithOwner": "a/b"}, "r1": None, "r2": None}
    assert [(each["type"], each["path"], each["message"]) for each in body["errors"]] == [
        ("NOT_FOUND", ["r1"], "Could not resolve to a Repository with the name 'a/gone'."),
        ("NOT_FOUND", ["r2"], "Could not resolve to a Repository with the name 'a/secret'."),
    ]


@pytest.mark.parametrize("fact", [{"forbidden": True}, {"blocked": "dmca"}])
def test_a_repository_we_may_not_see_is_forbidden_by_name_and_by_id(forges: Forges, world: World, fact: Any) -> None:  # noqa: ANN401 - facts
    repository = world.make("a/b", **fact)
    by_name, by_id = (
        answered(forges, wanted("a/b")),
        answered(forges, f'{{ node(id: "{repository.node_id}") {{ id }} }}'),
    )
    assert (by_name["data"], by_id["data"]) == ({"r0": None}, {"node": None})
    assert [body["errors"][0]["type"] for body in (by_name, by_id)] == ["FORBIDDEN"] * 2


def test_an_old_name_is_followed_unless_the_query_says_no(forges: Forges, world: World) -> None:
    world.rename(world.make("a/old"), "new")
    assert answered(forges, wanted("a/old"))["data"] == {"r0": {"nameWithOwner": "a/new"}}
    strict = '{ repository(owner: "a", name: "old", followRenames: false) { id } }'
    assert answered(forges, strict)["errors"][0]["type"] == "NOT_FOUND"


def test_nodes_keep_their_places(forges: Forges, world: World) -> None:
    first, second = world.make("a/1"), world.make("a/2")
    world.transfer(second, "b")
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Repository { nameWithOwner } } " + RATE + " }"
    body = answered(forges, query, ids=[second.node_id, "R_nothing", first.node_id])
    assert body["data"]["nodes"] == [
        {"id": second.node_id, "nameWithOwner": "b/2"},
        None,
        {"id": first.node_id, "nameWithOwner": "a/1"},
    ]
    assert (body["data"]["rateLimit"]["cost"], body["data"]["rateLimit"]["nodeCount"]) == (1, 3)
    assert [(each["type"], each["path"]) for each in body["errors"]] == [("NOT_FOUND", ["nodes", 1])]


def test_one_node_by_its_id(forges: Forges, world: World) -> None:
    repository = world.make("a/b")
    query = "query($id: ID!) { node(id: $id) { ... on Repository { nameWithOwner ...Plain } } } "
    query += "fragment Plain on Node { ... { id } }"
    expected = {"nameWithOwner": "a/b", "id": repository.node_id}
    assert answered(forges, query, id=repository.node_id)["data"] == {"node": expected}
    assert answered(forges, query, id="R_00000000")["errors"][0]["path"] == ["node"]


def test_a_hundred_ids_are_the_most(forges: Forges) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert len(answered(forges, query, ids=["x"] * 100)["data"]["nodes"]) == 100
    body = answered(forges, query, ids=["x"] * 101)
    assert [(each["type"], each["path"]) for each in body["errors"]] == [("ARGUMENT_LIMIT", ["nodes"])]
    assert len(forges.github.endpoint.invalid) == 1
    forges.github.endpoint.invalid.clear()


HISTORY = """query($since: GitTimestamp, $after: String, $first: Int = 2) { repository(owner: "a", name: "b") {
  defaultBranchRef { target { ... on Commit { history(first: $first, since: $since, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes {
      oid committedDate parents(first: 2) { totalCount nodes { oid } } author { user { login } } } } } } } } }"""


def history(body: Any) -> Any:  # noqa: ANN401 - any JSON
    return body["data"]["repository"]["defaultBranchRef"]["target"]["history"]


def test_the_history_comes_in_pages_newest_first(forges: Forges, world: World) -> None:
    repository = world.make("a/b", commits=10)
    world.push(repository, author="eve")
    world.push(repository, author=None)
    page = history(answered(forges, HISTORY))
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (12, True)
    assert [each["author"]["user"] for each in page["nodes"]] == [None, {"login": "eve"}]
    assert page["nodes"][0]["parents"] == {"totalCount": 1, "nodes": [{"oid": page["nodes"][1]["oid"]}]}
    oids = [each["oid"] for each in page["nodes"]]
    while page["pageInfo"]["hasNextPage"]:
        page = history(answered(forges, HISTORY, after=page["pageInfo"]["endCursor"]))
        oids += [each["oid"] for each in page["nodes"]]
    assert oids == [commit.oid for commit in repository.history.between()]


def test_the_history_since_a_day(forges: Forges, world: World) -> None:
    repository = world.make("a/b", commits=10)
    new = world.push(repository, 3)
    page = history(answered(forges, HISTORY, since="2026-01-15T00:00:00Z"))
    assert (page["totalCount"], [each["oid"] for each in page["nodes"]]) == (3, [new[2].oid, new[1].oid])


def test_topics_can_be_read_from_both_ends(forges: Forges, world: World) -> None:
    world.make("a/b", topics=("x", "y", "z"))
    fields = """begin: repositoryTopics(first: 2) { edges { cursor node { topic { name } } } }
      end: repositoryTopics(last: 2) { pageInfo { hasPreviousPage startCursor } nodes { topic { name } } }
      count: repositoryTopics { totalCount }"""
    data = answered(forges, wanted("a/b", fields=fields))["data"]["r0"]
    assert [each["node"]["topic"]["name"] for each in data["begin"]["edges"]] == ["x", "y"]
    assert [each["topic"]["name"] for each in data["end"]["nodes"]] == ["y", "z"]
    assert data["end"]["pageInfo"] == {"hasPreviousPage": True, "startCursor": data["begin"]["edges"][1]["cursor"]}
    assert data["count"] == {"totalCount": 3}
    cursor = data["end"]["pageInfo"]["startCursor"]
    before = f'repositoryTopics(last: 5, before: "{cursor}") {{ nodes {{ topic {{ name }} }} }}'
    assert answered(forges, wanted("a/b", fields=before))["data"]["r0"]["repositoryTopics"]["nodes"] == [
        {"topic": {"name": "x"}},
    ]


@pytest.mark.parametrize("name", ["stargazers", "watchers"])
def test_who_starred_is_forbidden(forges: Forges, world: World, name: str) -> None:
    world.make("a/b")
    body = answered(forges, wanted("a/b", fields=f"{name} {{ totalCount }}"))
    assert [(each["type"], each["path"]) for each in body["errors"]] == [("FORBIDDEN", ["r0", name])]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("{ repository(owner: 1, name: null) { id } }", "String cannot represent"),
        ('{ repository(owner: "a", name: "b") { watchersCount } }', "watchersCount"),
        ("{ repository(", "Syntax Error"),
        ("query($o: String!) { repository(owner: $o, name: $o) { id } }", "$o"),
    ],
)
def test_an_invalid_query_is_refused_without_a_path_and_noted(forges: Forges, query: str, reason: str) -> None:
    body = answered(forges, query)
    assert "data" not in body
    assert all("path" not in each for each in body["errors"])
    assert reason in body["errors"][0]["message"]
    with pytest.raises(AssertionError, match="invalid queries"):
        forges.check()
    forges.github.endpoint.invalid.clear()


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"query": 5}', b"{"])
def test_a_body_without_a_query_is_a_bad_request(forges: Forges, body: bytes) -> None:
    response = httpx.post(f"{forges.github.base}/graphql", content=body, headers=bearer(), verify=TLS)
    assert response.status_code == 400
    assert forges.github.endpoint.invalid == ["no query in the body"]
    forges.github.endpoint.invalid.clear()


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ("(first: 101)", "EXCESSIVE_PAGINATION"),
        ("(last: 0)", "EXCESSIVE_PAGINATION"),
    ],
)
def test_a_connection_needs_bounds(forges: Forges, world: World, arguments: str, kind: str) -> None:
    world.make("a/b")
    body = answered(forges, wanted("a/b", fields=f"repositoryTopics{arguments} {{ nodes {{ id }} }}"))
    assert [(each["type"], each["path"]) for each in body["errors"]] == [(kind, ["r0", "repositoryTopics"])]
    assert len(forges.github.endpoint.invalid) == 1
    forges.github.endpoint.invalid.clear()
