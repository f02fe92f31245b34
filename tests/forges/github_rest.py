"""GitHub's REST API as far as the plan needs it: a repository, its contributors, the limits."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from forges.clock import iso, iso_or_none
from forges.exchange import Answer, Request, as_json, count_pages, links
from forges.github_schema import POLICY
from forges.world import Repository

if TYPE_CHECKING:
    from forges.github import GitHub

Answering = Callable[[Request, re.Match[str]], Answer]

TOO_LARGE = "The history or contributor list is too large to list contributors for this repository via the API."


class Rest:
    """The routes, each charged with one point by the site."""

    def __init__(self, site: "GitHub") -> None:
        self._site = site
        self.routes: tuple[tuple[str, re.Pattern[str], Answering], ...] = (
            (
                "contributors",
                re.compile("/repos/(?P<name>[^/]+/[^/]+)/contributors"),
                self._by_name(self._contributors),
            ),
            (
                "contributors",
                re.compile("/repositories/(?P<number>[0-9]+)/contributors"),
                self._by_number(self._contributors),
            ),
            ("repository", re.compile("/repos/(?P<name>[^/]+/[^/]+)"), self._by_name(self._repository)),
            ("repository", re.compile("/repositories/(?P<number>[0-9]+)"), self._by_number(self._repository)),
        )

    def _by_name(self, answer: Callable[[Request, Repository], Answer]) -> Answering:
        """Find the repository of a path by its name; an old name is answered with the address by number."""

        def answering(request: Request, match: re.Match[str]) -> Answer:
            repository = self._site.world.find(match["name"])
            if repository and not self._site.world.is_current(match["name"]):
                rest = request.target.removeprefix(f"/repos/{match['name']}")
                address = f"{self._site.base}/repositories/{repository.database_id}{rest}"
                return as_json({"message": "Moved Permanently", "url": address}, 301, {"location": address})
            return self._unless_refused(repository, request, answer)

        return answering

    def _by_number(self, answer: Callable[[Request, Repository], Answer]) -> Answering:
        """Find the repository of a path by its number."""

        def answering(request: Request, match: re.Match[str]) -> Answer:
            return self._unless_refused(self._site.world.by_number(int(match["number"])), request, answer)

        return answering

    def _unless_refused(
        self,
        repository: Repository | None,
        request: Request,
        answer: Callable[[Request, Repository], Answer],
    ) -> Answer:
        if repository is None:
            return self._site.nothing()
        if repository.blocked:
            block = {"reason": repository.blocked, "created_at": iso(self._site.clock.now), "html_url": None}
            return as_json({"message": "Repository access blocked", "block": block}, 451)
        if repository.forbidden:
            return as_json({"message": POLICY.format(repository.owner.login)}, 403)
        return answer(request, repository)

    def _repository(self, _request: Request, repository: Repository) -> Answer:
        owner = repository.owner
        return as_json(
            {
                "id": repository.database_id,
                "node_id": repository.node_id,
                "name": repository.name,
                "full_name": repository.full_name,
                "owner": {"login": owner.login, "node_id": owner.node_id, "type": owner.kind},
                "html_url": f"{self._site.world.web}/{repository.full_name}",
                "description": repository.description,
                "homepage": repository.homepage,
                "stargazers_count": repository.stars,
                "watchers_count": repository.stars,
                "forks_count": repository.forks,
                "fork": repository.is_fork,
                "archived": repository.is_archived,
                "disabled": repository.is_disabled,
                "private": False,
                "default_branch": repository.branch,
                "pushed_at": iso_or_none(repository.pushed_at),
                "created_at": iso(repository.created),
                "license": {"spdx_id": repository.license} if repository.license else None,
                "topics": list(repository.topics),
            },
        )

    def _contributors(self, request: Request, repository: Repository) -> Answer:
        if repository.is_empty:
            return Answer(204)
        if repository.too_large:
            return as_json({"message": TOO_LARGE}, 403)
        if repository.pending:
            return as_json({}, 202)
        page, per_page = request.number("page", 1), request.number("per_page", 30, 100)
        anonymous = request.query.get("anon") in {"1", "true"}
        people = [_person(*each) for each in repository.contributions if each[0] is not None or anonymous]
        address = f"{self._site.base}/repositories/{repository.database_id}/contributors"
        headers = links(address, request.query, page, count_pages(len(people), per_page))
        return as_json(people[(page - 1) * per_page : page * per_page], headers=headers)

    def limits(self, request: Request, _match: re.Match[str]) -> Answer:
        """Tell the limits; asking is free."""
        told: dict[str, Any] = {}
        for resource in ("core", "graphql"):
            window = self._site.window(request.token, resource)
            told[resource] = {
                "limit": window.limit,
                "used": window.used,
                "remaining": window.remaining,
                "reset": window.reset,
            }
        return as_json(
            {"resources": told, "rate": told["core"]}, headers=self._site.window(request.token, "core").headers("core")
        )


def _person(login: str | None, contributions: int) -> dict[str, Any]:
    if login is None:
        return {"type": "Anonymous", "name": "A. Person", "email": "a@example.org", "contributions": contributions}
    return {"login": login, "node_id": f"U_{login}", "type": "User", "contributions": contributions}
