"""GitHub's official schema with resolvers for what the plan of requests needs, on a world."""

import gc
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema

from forges.clock import iso, iso_or_none
from forges.commits import Commit
from forges.cost import Price
from forges.documents import Info, connection, typed
from forges.limits import Window
from forges.world import Repository, World

FILE = Path(__file__).with_name("github-schema.graphql.gz")
MOST_IDS = 100
POLICY = (
    "Although you appear to have the correct authorization credentials, the `{}` organization has an IP allow list "
    "enabled, and your IP address is not permitted to access this resource."
)

Node = dict[str, Any]


@dataclass(slots=True)
class Call:
    """What a query is run with; `resources` are the repositories that it may still look up, None: any number."""

    world: World
    window: Window
    price: Price
    resources: int | None = None

    def spend(self) -> None:
        """Use up a part of the query's resources."""
        if self.resources is None:
            return
        if not self.resources:
            raise typed("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
        self.resources -= 1


@cache
def schema() -> GraphQLSchema:
    """Build the schema; once in a process, because it takes a second."""
    built = build_schema(gzip.decompress(FILE.read_bytes()).decode(), assume_valid=True)
    assert built.query_type is not None
    for name, resolve in _ROOTS.items():
        built.query_type.fields[name].resolve = resolve
    # A third of the time of a query went into looking for garbage among the schema's hundred thousand objects.
    gc.collect()
    gc.freeze()
    return built


def _by_name(_root: object, info: Info, owner: str, name: str, followRenames: bool = True) -> Node:  # noqa: FBT001, FBT002, N803 - the schema's
    call: Call = info.context
    full_name = f"{owner}/{name}"
    call.spend()
    repository = call.world.find(full_name)
    if repository is None or not (followRenames or call.world.is_current(full_name)):
        raise typed("NOT_FOUND", f"Could not resolve to a Repository with the name '{full_name}'.")
    return _allowed(call.world, repository)


def _by_id(_root: object, info: Info, id: str) -> Node | GraphQLError:  # noqa: A002 - the schema's
    found = _found(info.context, id)
    if isinstance(found, GraphQLError):
        raise found
    return found


def _by_ids(_root: object, info: Info, ids: list[str]) -> list[Node | GraphQLError]:
    if len(ids) > MOST_IDS:
        message = f"You may not provide more than {MOST_IDS} node ids; you provided {len(ids)}."
        raise typed("ARGUMENT_LIMIT", message, blame=True)
    return [_found(info.context, each) for each in ids]


def _found(call: Call, node_id: str) -> Node | GraphQLError:
    """Give the node of an id, or the error that stands for it in a list."""
    try:
        call.spend()
        repository = call.world.by_id(node_id)
        if repository is None:
            return typed("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
        return _allowed(call.world, repository)
    except GraphQLError as error:
        return error


def _allowed(world: World, repository: Repository) -> Node:
    if repository.forbidden:
        raise typed("FORBIDDEN", POLICY.format(repository.owner.login))
    if repository.blocked:
        raise typed("FORBIDDEN", "Repository access blocked")
    return _repository(world, repository)


def _rate_limit(_root: object, info: Info, dryRun: bool = False) -> Node:  # noqa: ARG001, FBT001, FBT002, N803 - the schema's
    call: Call = info.context
    return {
        "limit": call.window.limit,
        "cost": call.price.points,
        "remaining": call.window.remaining,
        "used": call.window.used,
        "resetAt": iso(datetime.fromtimestamp(call.window.reset, call.world.clock.now.tzinfo)),
        "nodeCount": call.price.nodes,
    }


_ROOTS: dict[str, Callable[..., Any]] = {
    "repository": _by_name,
    "node": _by_id,
    "nodes": _by_ids,
    "rateLimit": _rate_limit,
}


def _repository(world: World, repository: Repository) -> Node:
    return {
        "__typename": "Repository",
        "id": repository.node_id,
        "databaseId": repository.database_id,
        "nameWithOwner": repository.full_name,
        "name": repository.name,
        "owner": {
            "__typename": repository.owner.kind,
            "id": repository.owner.node_id,
            "login": repository.owner.login,
        },
        "url": f"{world.web}/{repository.full_name}",
        "description": repository.description,
        "homepageUrl": repository.homepage,
        "stargazerCount": repository.stars,
        "forkCount": repository.forks,
        "isArchived": repository.is_archived,
        "archivedAt": iso_or_none(repository.archived_at),
        "isDisabled": repository.is_disabled,
        "isLocked": repository.is_locked,
        "isFork": repository.is_fork,
        "isEmpty": repository.is_empty,
        "isPrivate": repository.is_private,
        "createdAt": iso(repository.created),
        "pushedAt": iso_or_none(repository.pushed_at),
        "licenseInfo": {"spdxId": repository.license} if repository.license else None,
        "defaultBranchRef": partial(_branch, repository),
        "repositoryTopics": partial(_topics, repository),
        "stargazers": partial(_forbidden_list, "stargazers"),
        "watchers": partial(_forbidden_list, "watchers"),
    }


def _branch(repository: Repository, _info: Info) -> Node | None:
    head = repository.history.head
    if head is None:
        return None
    return {
        "__typename": "Ref",
        "name": repository.branch,
        "prefix": "refs/heads/",
        "target": _commit(repository, head),
    }


def _commit(repository: Repository, commit: Commit) -> Node:
    return {
        "__typename": "Commit",
        "id": f"C_{commit.oid}",
        "oid": commit.oid,
        "committedDate": iso(commit.committed),
        "parents": partial(_parents, commit),
        "author": {"user": {"__typename": "User", "id": f"U_{commit.author}", "login": commit.author}}
        if commit.author
        else {"user": None},
        "history": partial(_history, repository),
    }


def _parents(commit: Commit, info: Info, **page: Any) -> Node:  # noqa: ANN401 - first, last, after, before
    return connection([{"__typename": "Commit", "oid": parent} for parent in commit.parents], info, **page)


def _history(
    repository: Repository,
    info: Info,
    since: str | None = None,
    until: str | None = None,
    **page: Any,  # noqa: ANN401 - first, last, after, before
) -> Node:
    commits = list(repository.history.between(_moment(since), _moment(until)))
    given = connection(commits, info, **page)
    return given | {
        "nodes": [_commit(repository, commit) for commit in given["nodes"]],
        "edges": [each | {"node": _commit(repository, each["node"])} for each in given["edges"]],
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _topics(repository: Repository, info: Info, **page: Any) -> Node:  # noqa: ANN401 - first, last, after, before
    return connection([{"topic": {"name": topic}} for topic in repository.topics], info, **page)


def _forbidden_list(name: str, _info: Info, **_page: object) -> Node:
    # Only administrators and collaborators may see these lists since 2026-06-30.
    raise typed("FORBIDDEN", f"You do not have permission to see the {name} of this repository.")
