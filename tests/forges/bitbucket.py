"""Bitbucket: a repository by `/2.0`, 60 requests an hour without a token; its commits are for git (`git`)."""

import re
from uuid import NAMESPACE_URL, uuid5

from forges.clock import Clock, iso
from forges.exchange import Answer, Request, Route, Site, as_json, as_text
from forges.git import Git
from forges.limits import Window
from forges.world import World

ANONYMOUS_LIMIT, TOKEN_LIMIT = 60, 1000


class Bitbucket(Site):
    """api.bitbucket.org for a world; its links lead to the git host, under the same name."""

    name = "bitbucket"

    def __init__(self, clock: Clock, git: Git) -> None:
        self.world = World(clock, "https://bitbucket.org")
        self.limits = {True: Window(clock, TOKEN_LIMIT), False: Window(clock, ANONYMOUS_LIMIT)}
        self._git = git
        pattern = re.compile("/2.0/repositories/(?P<name>[^/]+/[^/]+)")
        self.routes = (Route("repository", "GET", pattern, self._repository),)

    def answer(self, request: Request) -> Answer:
        """Answer a request, unless the hour is used up."""
        if not self.limits[bool(request.token)].take():
            return as_text("Rate limit for this resource has been exceeded", 429)
        return super().answer(request).having({}, cost=1)

    def nothing(self) -> Answer:
        """Answer where nothing is."""
        return as_json({"type": "error", "error": {"message": "Resource not found"}}, 404)

    def _repository(self, _request: Request, match: re.Match[str]) -> Answer:
        # Old names are not followed here: what the API does with them is not documented.
        found = self.world.find(match["name"])
        if found is None or not self.world.is_current(match["name"]):
            message = f"Repository {match['name']} not found"
            return as_json({"type": "error", "error": {"message": message}}, 404)
        owner = found.owner
        return as_json(
            {
                "type": "repository",
                "uuid": f"{{{uuid5(NAMESPACE_URL, found.node_id)}}}",
                "full_name": found.full_name,
                "name": found.name,
                "owner": {"uuid": f"{{{uuid5(NAMESPACE_URL, owner.node_id)}}}", "username": owner.login},
                "description": found.description or "",
                "website": found.homepage or "",
                "is_private": False,
                "mainbranch": None if found.is_empty else {"type": "branch", "name": found.branch},
                "created_on": iso(found.created),
                "updated_on": iso(found.pushed_at or found.created),
                "links": {
                    "html": {"href": f"{self.world.web}/{found.full_name}"},
                    "clone": [{"name": "https", "href": self._git.address(found.full_name)}],
                },
            },
        )
