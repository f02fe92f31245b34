"""GitLab: GraphQL `projects(fullPaths:)` on a subset of its schema; by REST commits, contributors and moves."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from graphql import GraphQLSchema, build_schema

from forges.clock import Clock, iso
from forges.commits import Commit
from forges.documents import Endpoint, Info, body_of, connection, read_body, typed
from forges.exchange import Answer, Request, Route, Site, as_json, as_text, count_pages, links
from forges.limits import MINUTE, Window
from forges.world import Repository, World

FILE = Path(__file__).with_name("gitlab-subset.graphql")
MOST_PATHS = 50
ANONYMOUS_LIMIT, TOKEN_LIMIT = 500, 2000

Answering = Callable[[Request, re.Match[str]], Answer]


class GitLab(Site):
    """gitlab.com for a world, whose owners may be groups in groups; `tokens` are those it knows."""

    name = "gitlab"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.world = World(clock, "https://gitlab.com")
        self.tokens = {"gitlab"}
        self.limits = {True: Window(clock, TOKEN_LIMIT, MINUTE), False: Window(clock, ANONYMOUS_LIMIT, MINUTE)}
        self.endpoint = Endpoint(_schema())
        project = "/api/v4/projects/(?P<project>[^/]+)"
        self.routes = (
            Route("graphql", "POST", re.compile("/api/graphql"), self._graphql),
            Route("commits", "GET", re.compile(f"{project}/repository/commits"), self._of(self._commits)),
            Route(
                "contributors", "GET", re.compile(f"{project}/repository/contributors"), self._of(self._contributors)
            ),
            Route("project", "GET", re.compile(project), self._of(self._project)),
        )

    def answer(self, request: Request) -> Answer:
        """Answer a request, unless its token is unknown or its minute is used up."""
        if request.token and request.token not in self.tokens:
            return as_json({"message": "401 Unauthorized"}, 401)
        window = self.limits[bool(request.token)]
        if not window.take():
            return as_text("Retry later\n", 429, {"retry-after": str(window.wait), **_rate(window)})
        return super().answer(request).having(_rate(window), cost=1)

    def nothing(self) -> Answer:
        """Answer where nothing is."""
        return as_json({"error": "404 Not Found"}, 404)

    def _graphql(self, request: Request, _match: re.Match[str]) -> Answer:
        read = read_body(request)
        if read is None:
            self.endpoint.invalid.append("no query in the body")
            return as_json({"errors": [{"message": "Unexpected end of document"}]})
        document = self.endpoint.read(read[0])
        if document.shape is None:
            return as_json(body_of(None, document.errors))
        return as_json(self.endpoint.run(document, read[1], self.world))

    def _of(self, answer: Callable[[Request, Repository], Answer]) -> Answering:
        """Find the project of a path by number or full path; an old path is answered with the address by number."""

        def answering(request: Request, match: re.Match[str]) -> Answer:
            project = unquote(match["project"])
            by_number = project.isdecimal()
            found = self.world.by_number(int(project)) if by_number else self.world.find(project)
            if found is None:
                return as_json({"message": "404 Project Not Found"}, 404)
            if not by_number and not self.world.is_current(project):
                numbered = request.target.replace(match["project"], str(found.database_id), 1)
                return as_json({"message": "Moved"}, 301, {"location": self.base + numbered})
            return answer(request, found)

        return answering

    def _project(self, _request: Request, project: Repository) -> Answer:
        return as_json(
            {
                "id": project.database_id,
                "name": project.name,
                "path_with_namespace": project.full_name,
                "namespace": {"full_path": project.owner.login},
                "description": project.description,
                "web_url": f"{self.world.web}/{project.full_name}",
                "default_branch": None if project.is_empty else project.branch,
                "star_count": project.stars,
                "forks_count": project.forks,
                "archived": project.is_archived,
                "last_activity_at": iso(project.pushed_at or project.created),
                "topics": list(project.topics),
                "visibility": "public",
            },
        )

    def _commits(self, request: Request, project: Repository) -> Answer:
        since, until = (_moment(request.query.get(name)) for name in ("since", "until"))
        commits = project.history.between(since, until)
        return self._paged(request, [_commit(commit) for commit in commits], counted=False)

    def _contributors(self, request: Request, project: Repository) -> Answer:
        people = [
            {"name": login or "A. Person", "email": f"{login or 'a'}@example.org", "commits": commits}
            for login, commits in project.contributions
        ]
        return self._paged(request, people, counted=True)

    def _paged(self, request: Request, items: list[dict[str, Any]], *, counted: bool) -> Answer:
        page, per_page = request.number("page", 1), request.number("per_page", 20, 100)
        pages = count_pages(len(items), per_page)
        headers = links(f"{self.base}{request.path}", request.query, page, pages)
        headers |= {
            "x-page": str(page),
            "x-per-page": str(per_page),
            "x-next-page": str(page + 1) if page < pages else "",
        }
        if counted:
            headers |= {"x-total": str(len(items)), "x-total-pages": str(pages)}
        return as_json(items[(page - 1) * per_page : page * per_page], headers=headers)


def _rate(window: Window) -> dict[str, str]:
    return {
        "ratelimit-limit": str(window.limit),
        "ratelimit-observed": str(window.used),
        "ratelimit-remaining": str(window.remaining),
        "ratelimit-reset": str(window.reset),
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _commit(commit: Commit) -> dict[str, Any]:
    return {
        "id": commit.oid,
        "short_id": commit.oid[:8],
        "parent_ids": list(commit.parents),
        "author_name": commit.author or "A. Person",
        "author_email": f"{commit.author or 'a'}@example.org",
        "committed_date": iso(commit.committed),
    }


def _schema() -> GraphQLSchema:
    schema = build_schema(FILE.read_text(encoding="utf-8"))
    assert schema.query_type is not None
    schema.query_type.fields["projects"].resolve = _projects
    schema.query_type.fields["project"].resolve = _one
    return schema


def _one(_root: object, info: Info, fullPath: str) -> dict[str, Any] | None:  # noqa: N803 - the schema's
    found = info.context.find(fullPath) if info.context.is_current(fullPath) else None
    return _node(info.context, found) if found else None


def _projects(
    _root: object,
    info: Info,
    fullPaths: list[str] | None = None,  # noqa: N803 - the schema's
    ids: list[str] | None = None,
    **page: Any,  # noqa: ANN401 - first, last, after, before
) -> dict[str, Any]:
    world: World = info.context
    if len(fullPaths or ()) > MOST_PATHS:
        raise typed("ARGUMENT_ERROR", f"You cannot provide more than {MOST_PATHS} full_paths", blame=True)
    numbers = [int(each.rpartition("/")[2]) for each in ids or ()]
    found = [world.find(path) for path in fullPaths or () if world.is_current(path)]
    found += [world.by_number(number) for number in numbers]
    unique = {project.database_id: project for project in found if project}
    # Newest first is the order in which GitLab gives projects, whatever the order of the paths.
    nodes = [_node(world, unique[number]) for number in sorted(unique, reverse=True)]
    return connection(nodes, info, required=False, **page)


def _node(world: World, project: Repository) -> dict[str, Any]:
    head = project.history.head
    return {
        "id": f"gid://gitlab/Project/{project.database_id}",
        "archived": project.is_archived,
        "createdAt": iso(project.created),
        "description": project.description,
        "forksCount": project.forks,
        "fullPath": project.full_name,
        "lastActivityAt": iso(project.pushed_at or project.created),
        "name": project.name,
        "namespace": {
            "id": f"gid://gitlab/Group/{project.owner.number}",
            "fullPath": project.owner.login,
        },
        "path": project.name,
        "starCount": project.stars,
        "topics": list(project.topics),
        "visibility": "public",
        "webUrl": f"{world.web}/{project.full_name}",
        "repository": {
            "empty": project.is_empty,
            "exists": True,
            "rootRef": project.branch if head else None,
            "tree": {"lastCommit": _last(head)} if head else None,
        },
    }


def _last(commit: Commit) -> dict[str, Any]:
    return {
        "id": f"gid://gitlab/CommitPresenter/{commit.oid}",
        "sha": commit.oid,
        "authorName": commit.author,
        "committedDate": iso(commit.committed),
    }
