"""GitLab: fifty projects a query by GraphQL, and commits by REST where the head moved.

GraphQL knows a project by its present path alone: one that is not found is looked up by REST, where its number and its
old paths lead to it. Contributors come as names and mail addresses, so they are not asked for.

Sources: GitLab's GraphQL reference (`Query.projects`), its REST API's Projects and Commits.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from urllib.parse import quote

from pydantic import AwareDatetime, BeforeValidator, Field, TypeAdapter, ValidationError

from builder.metadata import RepositoryFacts
from builder.records import PackageRecord
from builder.upstreams import commits
from builder.upstreams.answers import JSON, Unusable, Wire, fault, not_as_expected, read
from builder.upstreams.base import Failed, Gone, Outcome, Plan, Question, Setup, Skipped
from builder.upstreams.commits import Counted
from builder.upstreams.forges import DESCRIPTION, NAME, Hosts, host_of, in_turn, named, settled, topics
from builder.upstreams.text import clean, clean_or_none
from builder.upstreams.transport import Failure, Transport

_MOST_PATHS: Final = 50  # GitLab's own limit
_PER_PAGE: Final = 100
_MOST_PAGES: Final = 100
_BROKEN: Final = 500  # statuses from here on: it may have been too much at once
_SHOWN: Final = 200

_QUERY: Final = """query($paths: [String!], $first: Int) {
  projects(fullPaths: $paths, first: $first) {
    nodes {
      id fullPath description starCount forksCount archived visibility topics
      namespace { id }
      repository { empty rootRef tree { lastCommit { sha committedDate } } }
    }
  }
}"""


def _number(value: object) -> int:
    """Read the number out of a global id, such as `gid://gitlab/Project/278964`."""
    text = str(value).rpartition("/")[2]
    if not isinstance(value, str) or not text.isdecimal():
        raise ValueError("is not a global id")
    return int(text)


_GlobalId = Annotated[int, BeforeValidator(_number)]


class _LastCommit(Wire):
    sha: str
    committed: AwareDatetime | None = Field(default=None, alias="committedDate")


class _Tree(Wire):
    last_commit: _LastCommit | None = Field(default=None, alias="lastCommit")


class _Repository(Wire):
    empty: bool
    branch: str | None = Field(default=None, alias="rootRef")
    tree: _Tree | None = None

    @property
    def last_commit(self) -> _LastCommit | None:
        return self.tree.last_commit if self.tree else None


class _Namespace(Wire):
    id: _GlobalId


class _Node(Wire):
    id: _GlobalId
    path: str = Field(alias="fullPath")
    description: str | None = None
    stars: int = Field(alias="starCount")
    forks: int = Field(alias="forksCount")
    archived: bool | None = None
    visibility: str | None = None
    topics: tuple[str, ...] | None = None
    namespace: _Namespace | None = None
    repository: _Repository | None = None


class _Nodes(Wire):
    nodes: tuple[Any, ...]


class _Data(Wire):
    projects: _Nodes


class _Error(Wire):
    message: str
    path: tuple[str | int, ...] | None = None

    @property
    def node(self) -> int | None:
        """The index of the one project that it is about."""
        if self.path and len(self.path) > 2 and self.path[:2] == ("projects", "nodes"):  # noqa: PLR2004 - as written
            return self.path[2] if isinstance(self.path[2], int) else None
        return None


class _Body(Wire):
    data: _Data | None = None
    errors: tuple[_Error, ...] = ()


class _Project(Wire):
    path: str = Field(alias="path_with_namespace")


class _Commit(Wire):
    committed: AwareDatetime = Field(alias="committed_date")


_BODY: Final = TypeAdapter(_Body)
_NODE: Final = TypeAdapter(_Node)
_PROJECT: Final = TypeAdapter(_Project)
_COMMITS: Final = TypeAdapter(tuple[_Commit, ...])

_Found = dict[str, _Node | Failed]
"""What came of projects, by path in lower case."""


class GitLab:
    """gitlab.com, and the site's own hosts of the kind."""

    name = "gitlab"
    nights = 1

    def __init__(self, setup: Setup, transport: Transport | None = None) -> None:
        """Take what it is made from; a transport of one's own is for tests."""
        self._today = setup.today
        self._hosts = Hosts(setup, "gitlab", most=None)
        self._transport = transport or self._hosts.transport("Bearer")

    @property
    def requests(self) -> int:
        """How many requests went out so far."""
        return self._transport.requests

    @property
    def quota(self) -> str:
        """What the forge still grants, in a few words; "" where it does not tell."""
        return self._transport.granted("GitLab")

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give the project's host and full path."""
        return self._hosts.project(record)

    def host(self, name: str) -> str:
        """Give the host of a name."""
        return host_of(name)

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Count one query for every 50 projects of a host."""
        return Plan(self._hosts.count(questions, _MOST_PATHS), "one more for every 100 commits of those that moved")

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        """Ask about fifty projects at once, then about the history of those that moved."""
        return in_turn(questions, self._ask)

    def _ask(self, host: str, questions: Sequence[Question]) -> Iterator[tuple[Question, Outcome]]:
        for start in range(0, len(questions), _MOST_PATHS):
            yield from self._batch(host, questions[start : start + _MOST_PATHS])

    def _batch(self, host: str, questions: Sequence[Question]) -> Iterator[tuple[Question, Outcome]]:
        """Ask about some projects; by halves where the forge breaks down over all of them."""
        found = self._projects(host, [named(question).path for question in questions])
        if isinstance(found, Failure) and found.status >= _BROKEN and len(questions) > 1:
            middle = len(questions) // 2
            yield from self._batch(host, questions[:middle])
            yield from self._batch(host, questions[middle:])
            return
        missing = []
        for question in questions:
            node = _of(found, host, named(question).path)
            if node is None:
                missing.append(question)
            else:
                yield question, self._outcome(host, question, node)
        yield from self._missing(host, missing)

    def _missing(self, host: str, questions: Sequence[Question]) -> Iterator[tuple[Question, Outcome]]:
        """Look projects up that have no such path (any more), and ask again for those that have another."""
        moved: list[tuple[Question, str]] = []
        for question in questions:
            path = self._path(host, question)
            if isinstance(path, str):
                moved.append((question, path))
            else:
                yield question, path
        found = self._projects(host, [path for _, path in moved]) if moved else {}
        for question, path in moved:
            node = _of(found, host, path) or Failed(f"is {clean(path, _SHOWN)!r} now, but not found by that name")
            yield question, self._outcome(host, question, node)

    def _path(self, host: str, question: Question) -> str | Unusable:
        """Give the present path of a project, by its known number or by an old path.

        The number is only good for the path that it was stored with: a record may have been given another one since.
        """
        path, known = named(question).path, question.snapshot.repository
        project = quote(path, safe="")
        if known is not None and known.id and known.name and known.name.casefold() == path.casefold():
            kind, _, number = known.id.partition(":")
            project = number if kind == host else project
        where = f"/api/v4/projects/{project}"
        answer = read(self._transport.get(self._hosts.bases[host] + where, JSON), _PROJECT, host + where)
        return answer.path if isinstance(answer, _Project) else answer

    def _projects(self, host: str, paths: Iterable[str]) -> _Found | Failure | Unusable:
        where = "/api/graphql"
        payload = {"query": _QUERY, "variables": {"paths": list(paths), "first": _MOST_PATHS}}
        answer = self._transport.post(self._hosts.bases[host] + where, payload, JSON)
        if isinstance(answer, Failure):
            return answer
        body = read(answer, _BODY, host + where)
        if isinstance(body, Gone | Failed):  # that is said of GraphQL, not of a project
            return Failed(body.reason)
        return _found(body) if isinstance(body, _Body) else body

    def _outcome(self, host: str, question: Question, node: _Node | Unusable) -> Outcome:
        if not isinstance(node, _Node):
            return node
        if node.visibility not in {"public", None}:
            return Gone("is not public")
        facts = self._facts(host, question, node)
        return settled(question, facts) if isinstance(facts, RepositoryFacts) else facts

    def _facts(self, host: str, question: Question, node: _Node) -> RepositoryFacts | Unusable:
        pulse = _pulse(host, node)
        known = commits.same(question.snapshot.repository, pulse)
        if node.repository is None:  # it is not for everybody to see
            return commits.unknown(question.snapshot.repository, pulse)
        if pulse.head is None and not pulse.empty:
            return Failed("names no commit, but is not empty")
        if known and known.head == pulse.head and known.commits is not None and not question.again:
            return commits.keep(known, pulse)
        since = commits.begin(None if question.again else known, pulse, self._today)
        counted = Counted(since, {}) if pulse.empty else self._count(host, node.id, since)
        return commits.merge(known, pulse, counted, self._today) if isinstance(counted, Counted) else counted

    def _count(self, host: str, number: int, since: date) -> Counted | Unusable:
        """Count the commits of the default branch from a day on; of a very long list those days that are complete."""
        moments: list[datetime] = []
        for page in range(1, _MOST_PAGES + 1):
            where = f"/api/v4/projects/{number}/repository/commits"
            query = f"?since={since}T00:00:00Z&per_page={_PER_PAGE}&page={page}"
            answer = self._transport.get(self._hosts.bases[host] + where + query, JSON)
            found = read(answer, _COMMITS, host + where)
            if isinstance(found, Unusable):
                return found
            moments += [commit.committed for commit in found]
            if len(found) < _PER_PAGE:
                return Counted(since, commits.per_day(moments))
        return commits.cut(moments, since)


def _of(found: _Found | Failure | Unusable, host: str, path: str) -> _Node | Unusable | None:
    """Give what came of one project; None where there is none of that path."""
    if isinstance(found, Failure):
        return fault(found, host)
    return found.get(path.casefold()) if isinstance(found, dict) else found


def _found(body: _Body) -> _Found | Failed:
    """Sort projects by path; an error that is not about one project alone fails all."""
    errors = {error.node: error.message for error in body.errors}
    if None in errors or body.data is None:
        return Failed(clean(f"answered with an error: {errors.get(None, 'no data')}", _SHOWN))
    nodes = enumerate(body.data.projects.nodes)
    return dict(_told(node, errors.get(index)) for index, node in nodes if isinstance(node, dict))


def _told(node: dict[str, Any], error: str | None) -> tuple[str, _Node | Failed]:
    path = str(node.get("fullPath")).casefold()
    if error is not None:
        return path, Failed(clean(f"answered with an error: {error}", _SHOWN))
    try:
        return path, _NODE.validate_python(node)
    except ValidationError as drift:
        return path, not_as_expected(drift, "project")


def _pulse(host: str, node: _Node) -> RepositoryFacts:
    """Give what one query tells: all but the commits."""
    last = node.repository.last_commit if node.repository else None
    return RepositoryFacts(
        id=f"{host}:{node.id}",
        owner=f"{host}:{node.namespace.id}" if node.namespace else None,
        name=clean(node.path, NAME),
        description=clean_or_none(node.description, DESCRIPTION),
        stars=node.stars,
        forks=node.forks,
        topics=topics(node.topics),
        archived=bool(node.archived),
        empty=node.repository is not None and node.repository.empty,
        branch=clean_or_none(node.repository.branch, NAME) if node.repository else None,
        head=clean(last.sha, NAME) if last else None,
        last_commit=commits.utc(last.committed) if last else None,
    )
