"""Forgejo (Codeberg, Gitea): a repository, its commits and a branch by `/api/v1`, pages of at most 50."""

import re
from collections.abc import Callable
from typing import Any

from forges.clock import Clock, iso
from forges.commits import Commit
from forges.exchange import Answer, Request, Route, Site, as_json, count_pages, links
from forges.world import Repository, World

MOST = 50
NO_TIME = "1970-01-01T00:00:00Z"
"""What stands for the time of what never happened."""

Found = Callable[[Request, Repository, re.Match[str]], Answer]
Answering = Callable[[Request, re.Match[str]], Answer]


class Forgejo(Site):
    """codeberg.org for a world; `moved` is the status with which it answers an old name."""

    name = "forgejo"

    def __init__(self, clock: Clock) -> None:
        self.world = World(clock, "https://codeberg.org")
        self.moved = 301
        repository = "/api/v1/repos/(?P<name>[^/]+/[^/]+)"
        self.routes = (
            Route("commits", "GET", re.compile(f"{repository}/commits"), self._of(self._commits)),
            Route("branch", "GET", re.compile(f"{repository}/branches/(?P<branch>.+)"), self._of(self._branch)),
            Route("repository", "GET", re.compile(repository), self._of(self._repository)),
        )

    def nothing(self) -> Answer:
        """Answer where nothing is."""
        message = "The target couldn't be found."
        return as_json({"message": message, "url": f"{self.base}/api/swagger", "errors": []}, 404)

    def _of(self, answer: Found) -> Answering:
        def answering(request: Request, match: re.Match[str]) -> Answer:
            found = self.world.find(match["name"])
            if found is None:
                return self.nothing()
            if not self.world.is_current(match["name"]):
                address = self.base + request.target.replace(match["name"], found.full_name, 1)
                return Answer(self.moved, {"location": address})
            return answer(request, found, match)

        return answering

    def _repository(self, _request: Request, repository: Repository, _match: re.Match[str]) -> Answer:
        archived = repository.archived_at
        return as_json(
            {
                "id": repository.database_id,
                "owner": {"id": repository.owner.number, "login": repository.owner.login},
                "name": repository.name,
                "full_name": repository.full_name,
                "description": repository.description or "",
                "empty": repository.is_empty,
                "private": False,
                "fork": repository.is_fork,
                "mirror": False,
                "html_url": f"{self.world.web}/{repository.full_name}",
                "website": repository.homepage or "",
                "stars_count": repository.stars,
                "forks_count": repository.forks,
                "default_branch": repository.branch,
                "archived": repository.is_archived,
                "created_at": iso(repository.created),
                "updated_at": iso(repository.pushed_at or repository.created),
                "archived_at": iso(archived) if archived else NO_TIME,
                "topics": list(repository.topics),
            },
        )

    def _commits(self, request: Request, repository: Repository, _match: re.Match[str]) -> Answer:
        if repository.is_empty:
            return as_json({"message": "Git Repository is empty.", "url": f"{self.base}/api/swagger"}, 409)
        if request.query.get("sha", repository.branch) != repository.branch:
            return self.nothing()
        commits = list(repository.history.between())
        page, limit = request.number("page", 1), request.number("limit", 30, MOST)
        pages = count_pages(len(commits), limit)
        headers = links(self.base + request.path, request.query, page, pages)
        headers |= {
            "x-total": str(len(commits)),
            "x-total-count": str(len(commits)),
            "x-page": str(page),
            "x-perpage": str(limit),
            "x-pagecount": str(pages),
            "x-hasmore": str(page < pages).lower(),
        }
        return as_json([_commit(commit) for commit in commits[(page - 1) * limit : page * limit]], headers=headers)

    def _branch(self, _request: Request, repository: Repository, match: re.Match[str]) -> Answer:
        head = repository.history.head
        if head is None or match["branch"] != repository.branch:
            return self.nothing()
        person = {"name": head.author or "A. Person", "email": "a@example.org"}
        commit = {"id": head.oid, "timestamp": iso(head.committed), "author": person, "committer": person}
        return as_json({"name": repository.branch, "commit": commit, "protected": False})


def _commit(commit: Commit) -> dict[str, Any]:
    signed = {"name": commit.author or "A. Person", "email": "a@example.org", "date": iso(commit.committed)}
    account = {"login": commit.author} if commit.author else None
    return {
        "sha": commit.oid,
        "created": iso(commit.committed),
        "commit": {"author": signed, "committer": signed, "message": "A change\n"},
        "author": account,
        "committer": account,
        "parents": [{"sha": parent} for parent in commit.parents],
    }
