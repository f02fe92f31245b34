"""GitHub's REST as it is played: contributors, moves, refusals, limits."""

import ssl
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from forges.github import PERSONAL, WORKFLOW
from forges.server import Forges
from forges.world import World

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Not used, for all is plain HTTP; without it httpx reads all certificates at each call."""


@pytest.fixture
def world(forges: Forges) -> World:
    return forges.github.world


def get(forges: Forges, path: str, token: str | None = PERSONAL) -> httpx.Response:
    return httpx.get(
        forges.github.base + path, headers={"authorization": f"token {token}"} if token else {}, verify=TLS
    )


def test_contributors_come_in_pages_without_the_anonymous_ones(forges: Forges, world: World) -> None:
    people = [(f"dev-{number}", 500 - number) for number in range(230)]
    world.make("a/b", contributors=[*people, (None, 1)])
    response = get(forges, "/repos/a/b/contributors?per_page=100")
    logins = []
    while True:
        logins += [each["login"] for each in response.json()]
        if "next" not in response.links:
            break
        response = httpx.get(response.links["next"]["url"], headers={"authorization": f"Bearer {PERSONAL}"}, verify=TLS)
    assert logins == [login for login, _ in people]
    assert forges.count("github", "contributors") == 3
    assert set(response.links) == {"first", "prev"}


def test_anonymous_contributors_are_given_when_asked_for(forges: Forges, world: World) -> None:
    world.make("a/b", contributors=[("dev", 5), (None, 1)])
    response = get(forges, "/repos/a/b/contributors?anon=1")
    assert [each["type"] for each in response.json()] == ["User", "Anonymous"]
    assert "link" not in response.headers


def test_contributors_are_counted_from_the_commits(forges: Forges, world: World) -> None:
    repository = world.make("a/b", commits=40)
    world.push(repository, 50, author="eve")
    told = get(forges, "/repos/a/b/contributors").json()
    assert (told[0]["login"], told[0]["contributions"]) == ("eve", 50)
    assert sum(each["contributions"] for each in told) <= 90


@pytest.mark.parametrize(
    ("facts", "status", "message"),
    [
        ({"commits": 0}, 204, None),
        ({"pending": True}, 202, None),
        ({"forbidden": True}, 403, "organization has an IP allow list enabled"),
        ({"is_private": True}, 404, "Not Found"),
        ({"blocked": "dmca"}, 451, "Repository access blocked"),
        (
            {"too_large": True},
            403,
            "The history or contributor list is too large to list contributors for this repository via the API.",
        ),
    ],
)
def test_why_there_is_no_list(
    forges: Forges,
    world: World,
    facts: Mapping[str, Any],
    status: int,
    message: str | None,
) -> None:
    world.make("a/b", **facts)
    response = get(forges, "/repos/a/b/contributors")
    assert response.status_code == status
    assert response.headers["x-ratelimit-resource"] == "core"
    assert message is None or message in response.json()["message"]
    assert status != 204 or (response.content == b"" and "content-length" not in response.headers)
    assert status != 451 or response.json()["block"]["reason"] == "dmca"


def test_an_old_name_is_moved_to_the_number(forges: Forges, world: World) -> None:
    repository = world.make("a/old", contributors=[("dev", 5)])
    world.rename(repository, "new")
    response = get(forges, "/repos/a/old/contributors?per_page=5")
    address = f"{forges.github.base}/repositories/{repository.database_id}/contributors?per_page=5"
    assert (response.status_code, response.headers["location"]) == (301, address)
    followed = httpx.get(address, headers={"authorization": f"Bearer {PERSONAL}"}, verify=TLS)
    assert [each["login"] for each in followed.json()] == ["dev"]


def test_a_repository_by_name_and_number(forges: Forges, world: World) -> None:
    repository = world.make("a/b", stars=3, license="MIT", topics=("x",))
    told = get(forges, "/repos/A/B").json()
    assert told == get(forges, f"/repositories/{repository.database_id}").json()
    assert (told["node_id"], told["stargazers_count"], told["license"]) == ("R_000003E9", 3, {"spdx_id": "MIT"})
    assert get(forges, "/repositories/1").status_code == 404


def test_sixty_requests_an_hour_without_a_token(forges: Forges, world: World) -> None:
    world.make("a/b")
    statuses = [get(forges, "/repos/a/b", None).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [403]
    refused = get(forges, "/repos/a/b", None)
    assert refused.json()["message"].startswith("API rate limit exceeded")
    assert (refused.headers["x-ratelimit-remaining"], refused.headers["x-ratelimit-limit"]) == ("0", "60")
    assert "retry-after" not in refused.headers
    assert get(forges, "/repos/a/b").status_code == 200
    forges.clock.advance(3600)
    assert get(forges, "/repos/a/b", None).status_code == 200


def test_the_limits_are_told_for_nothing(forges: Forges, world: World) -> None:
    world.make("a/b")
    get(forges, "/repos/a/b", WORKFLOW)
    resources = get(forges, "/rate_limit", WORKFLOW).json()["resources"]
    assert resources["core"] == {"limit": 1000, "used": 1, "remaining": 999, "reset": forges.clock.epoch + 3600}
    assert resources["graphql"]["remaining"] == 1000
    assert forges.points("github") == 1


def test_what_is_not_there_is_not_found(forges: Forges) -> None:
    assert get(forges, "/repos/a/b/stargazers").status_code == 404
    assert forges.counts() == {"github unknown": 1}
