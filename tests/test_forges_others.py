"""GitLab, Forgejo, Bitbucket and plain git as they are played."""

import os
import ssl
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from forges.clock import iso
from forges.git import ISOLATED
from forges.server import Forges

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Not used, for all is plain HTTP; without it httpx reads all certificates at each call."""

PROJECTS = """query($paths: [String!], $after: String, $first: Int) {
  projects(fullPaths: $paths, after: $after, first: $first) { count pageInfo { hasNextPage endCursor } nodes {
    id fullPath webUrl name description starCount forksCount archived lastActivityAt topics namespace { id fullPath }
    repository { empty rootRef tree { lastCommit { sha committedDate } } } } } }"""


def get(address: str) -> httpx.Response:
    return httpx.get(address, verify=TLS)


def projects(forges: Forges, query: str = PROJECTS, **variables: Any) -> Any:  # noqa: ANN401 - any JSON
    content = {"query": query, "variables": variables}
    response = httpx.post(f"{forges.gitlab.base}/api/graphql", json=content, verify=TLS)
    assert response.status_code == 200
    return response.json()


def test_projects_of_gitlab_by_their_full_paths(forges: Forges) -> None:
    world = forges.gitlab.world
    project = world.make("group/sub/thing", stars=4, topics=("x",))
    empty = world.make("ann/empty", commits=0)
    head = project.history.head
    assert head is not None
    body = projects(forges, paths=["Group/Sub/Thing", "ann/empty", "ann/gone"])
    nodes = body["data"]["projects"]["nodes"]
    assert [node["fullPath"] for node in nodes] == ["ann/empty", "group/sub/thing"]
    assert nodes[0]["repository"] == {"empty": True, "rootRef": None, "tree": None}
    assert nodes[1] == {
        "id": f"gid://gitlab/Project/{project.database_id}",
        "fullPath": "group/sub/thing",
        "webUrl": "https://gitlab.com/group/sub/thing",
        "name": "thing",
        "description": None,
        "starCount": 4,
        "forksCount": 0,
        "archived": False,
        "lastActivityAt": iso(head.committed),
        "topics": ["x"],
        "namespace": {"id": "gid://gitlab/Group/1", "fullPath": "group/sub"},
        "repository": {
            "empty": False,
            "rootRef": "main",
            "tree": {"lastCommit": {"sha": head.oid, "committedDate": iso(head.committed)}},
        },
    }
    assert empty.database_id > project.database_id


def test_projects_of_gitlab_come_in_pages_and_by_id(forges: Forges) -> None:
    world = forges.gitlab.world
    paths = [world.make(f"ann/{number}").full_name for number in range(5)]
    page = projects(forges, paths=paths, first=3)["data"]["projects"]
    rest = projects(forges, paths=paths, after=page["pageInfo"]["endCursor"])["data"]["projects"]
    assert page["pageInfo"]["hasNextPage"]
    assert not rest["pageInfo"]["hasNextPage"]
    assert [node["name"] for node in page["nodes"] + rest["nodes"]] == ["4", "3", "2", "1", "0"]
    by_id = projects(forges, '{ projects(ids: ["gid://gitlab/Project/1002"]) { nodes { name } } }')
    assert by_id["data"]["projects"]["nodes"] == [{"name": "1"}]


def test_a_moved_project_is_found_by_number_only(forges: Forges) -> None:
    world = forges.gitlab.world
    project = world.make("ann/old")
    world.transfer(project, "bob/group")
    assert projects(forges, paths=["ann/old"])["data"]["projects"]["nodes"] == []
    one = "query($path: ID!) { project(fullPath: $path) { name } }"
    assert projects(forges, one, path="ann/old")["data"] == {"project": None}
    assert projects(forges, one, path="bob/group/old")["data"] == {"project": {"name": "old"}}
    moved = get(f"{forges.gitlab.base}/api/v4/projects/ann%2Fold?license=true")
    address = f"{forges.gitlab.base}/api/v4/projects/{project.database_id}?license=true"
    assert (moved.status_code, moved.headers["location"]) == (301, address)
    assert get(address).json()["path_with_namespace"] == "bob/group/old"
    assert get(f"{forges.gitlab.base}/api/v4/projects/ann%2Fgone").status_code == 404


def test_fifty_paths_are_the_most(forges: Forges) -> None:
    assert "errors" not in projects(forges, paths=["a/b"] * 50)
    body = projects(forges, paths=["a/b"] * 51)
    assert body["errors"][0]["message"] == "You cannot provide more than 50 full_paths"
    assert "errors" in projects(forges, "{ projects { stars } }")
    assert "errors" in projects(forges, "{ projects")
    assert httpx.post(f"{forges.gitlab.base}/api/graphql", content=b"?", verify=TLS).json()["errors"]
    assert len(forges.gitlab.endpoint.invalid) == 4
    forges.gitlab.endpoint.invalid.clear()


def test_commits_and_contributors_of_gitlab(forges: Forges) -> None:
    project = forges.gitlab.world.make("ann/a", commits=30)
    address = f"{forges.gitlab.base}/api/v4/projects/{project.database_id}/repository"
    since = project.history[10].committed
    first = get(f"{address}/commits?since={iso(since)}&per_page=15")
    assert (len(first.json()), first.headers["x-next-page"], "x-total" in first.headers) == (15, "2", False)
    rest = get(first.links["next"]["url"])
    assert [each["id"] for each in first.json() + rest.json()] == [each.oid for each in project.history.between(since)]
    assert (rest.headers["x-next-page"], "next" in rest.links) == ("", False)
    people = get(f"{address}/contributors")
    assert sum(each["commits"] for each in people.json()) == 30
    assert all("@" in each["email"] for each in people.json())
    assert people.headers["x-total"] == str(len(people.json()))


def test_the_limits_of_gitlab(forges: Forges) -> None:
    address = f"{forges.gitlab.base}/api/v4/projects/1"
    assert httpx.get(address, headers={"private-token": "wrong"}, verify=TLS).status_code == 401
    assert get(address).headers["ratelimit-remaining"] == "499"
    forges.gitlab.limits[False].used = 500
    refused = get(address)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    known = httpx.get(address, headers={"private-token": "gitlab"}, verify=TLS)
    assert (known.status_code, known.headers["ratelimit-limit"]) == (404, "2000")
    forges.clock.advance(60)
    assert get(f"{forges.gitlab.base}/api/v4/nothing").status_code == 404


def test_a_repository_of_forgejo(forges: Forges) -> None:
    world = forges.forgejo.world
    repository = world.make("ann/a", stars=6, homepage="https://a.example")
    address = f"{forges.forgejo.base}/api/v1/repos/ann/a"
    told = get(address).json()
    expected = {"id": 1001, "full_name": "ann/a", "stars_count": 6, "empty": False, "website": "https://a.example"}
    assert {key: told[key] for key in expected} == expected
    assert told["owner"] == {"id": 1, "login": "ann"}
    assert (told["archived"], told["archived_at"]) == (False, "1970-01-01T00:00:00Z")
    world.archive(repository)
    assert get(address).json()["archived_at"] == "2026-01-15T03:17:00Z"
    branch = get(f"{address}/branches/main").json()
    assert branch["commit"]["id"] == told_head(forges, "ann/a")
    assert get(f"{address}/branches/dev").status_code == 404


def told_head(forges: Forges, name: str) -> str:
    found = forges.forgejo.world.find(name)
    assert found is not None
    assert found.history.head is not None
    return found.history.head.oid


def test_commits_of_forgejo_come_fifty_a_page(forges: Forges) -> None:
    repository = forges.forgejo.world.make("ann/a", commits=70)
    address = f"{forges.forgejo.base}/api/v1/repos/ann/a/commits?stat=false&verification=false&files=false&limit=100"
    first = get(address)
    assert (len(first.json()), first.headers["x-total-count"], first.headers["x-hasmore"]) == (50, "70", "true")
    rest = get(first.links["next"]["url"])
    assert [each["sha"] for each in first.json() + rest.json()] == [each.oid for each in repository.history.between()]
    assert {each["author"] is None for each in first.json() + rest.json()} == {True, False}
    assert rest.headers["x-hasmore"] == "false"
    assert get(f"{address}&sha=main").status_code == 200
    assert get(f"{address}&sha=other").status_code == 404


@pytest.mark.parametrize("status", [301, 307])
def test_old_empty_and_missing_repositories_of_forgejo(forges: Forges, status: int) -> None:
    forges.forgejo.moved = status
    world, base = forges.forgejo.world, f"{forges.forgejo.base}/api/v1/repos"
    world.rename(world.make("ann/old", commits=0), "new")
    moved = get(f"{base}/ann/old?x=1")
    assert (moved.status_code, moved.headers["location"]) == (status, f"{base}/ann/new?x=1")
    assert get(f"{base}/ann/new/commits").status_code == 409
    assert get(f"{base}/ann/new/branches/main").status_code == 404
    missing = get(f"{base}/ann/gone")
    assert (missing.status_code, missing.json()["message"]) == (404, "The target couldn't be found.")


def test_bitbucket_sixty_times_an_hour(forges: Forges) -> None:
    world = forges.bitbucket.world
    world.make("ann/a")
    world.make("ann/empty", commits=0)
    address = f"{forges.bitbucket.base}/2.0/repositories/ann"
    told = get(f"{address}/a").json()
    assert told["uuid"].startswith("{")
    assert (told["full_name"], told["updated_on"]) == ("ann/a", "2026-01-14T03:17:00Z")
    assert told["mainbranch"]["name"] == "main"
    assert told["links"]["clone"][0]["href"] == f"{forges.git.base}/ann/a.git"
    assert get(f"{address}/empty").json()["mainbranch"] is None
    assert get(f"{address}/gone").status_code == 404
    assert get(f"{forges.bitbucket.base}/2.0/nothing").json()["type"] == "error"
    statuses = [get(f"{address}/a").status_code for _ in range(57)]
    assert statuses == [200] * 56 + [429]
    forges.clock.advance(3600)
    assert get(f"{address}/a").status_code == 200


def git(*command: str) -> str:
    environment = {**os.environ, **ISOLATED}
    return subprocess.run(["git", *command], env=environment, capture_output=True, text=True, check=True).stdout  # noqa: S603, S607 - our own words


def test_git_lists_and_clones_without_files(forges: Forges, tmp_path: Path) -> None:
    days = [forges.clock.now - timedelta(days=back) for back in range(20, 0, -1)]
    address = forges.git.publish("ann/a", days, branch="trunk")
    forges.git.push("ann/a", [forges.clock.now, forges.clock.now + timedelta(hours=1)], branch="trunk")
    listed = git("ls-remote", "--symref", address)
    assert "ref: refs/heads/trunk\tHEAD" in listed
    assert f"{forges.git.head('ann/a', branch='trunk')}\trefs/heads/trunk" in listed
    since = iso(days[10])
    git("clone", "--quiet", "--bare", "--filter=blob:none", f"--shallow-since={since}", address, str(tmp_path / "a"))
    dates = git("-C", str(tmp_path / "a"), "log", "--format=%ct").split()
    assert len(dates) == 12
    assert int(dates[-1]) == days[10].timestamp()
    objects = git("-C", str(tmp_path / "a"), "cat-file", "--batch-check=%(objecttype)", "--batch-all-objects")
    assert set(objects.split()) == {"commit", "tree"}
    assert forges.count("git", "refs") == 2


def test_git_knows_nothing_of_what_is_not_published(forges: Forges) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        git("ls-remote", f"{forges.git.base}/ann/gone.git")
    assert [each.status for each in forges.log] == [404]
    assert get(f"{forges.git.base}/").status_code == 404
