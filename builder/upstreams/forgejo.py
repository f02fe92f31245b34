"""Forgejo, which is Codeberg's, and Gitea: a repository a request, and pages of commits where something was pushed.

The forge does not name the newest commit beside the repository, but says when it last saw a change in it: while that
stands, nothing else is asked for.

Source: the forge's own API reference (`/api/swagger`), `repoGet` and `repoGetAllCommits`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple, cast
from urllib.parse import quote, urlencode

from pydantic import AwareDatetime, Field, TypeAdapter

from builder.metadata import RepositoryFacts
from builder.records import PackageRecord
from builder.upstreams import commits
from builder.upstreams.answers import JSON, Unusable, Wire, read
from builder.upstreams.base import Failed, Gone, Outcome, Plan, Question, Setup, Skipped
from builder.upstreams.commits import Counted
from builder.upstreams.forges import DESCRIPTION, NAME, Hosts, host_of, in_turn, named, settled, topics
from builder.upstreams.text import clean, clean_or_none, web_url
from builder.upstreams.transport import Failure, Transport

_PER_PAGE: Final = 50  # the forge's own limit, unless an operator has set another
_MOST_PAGES: Final = 100
_NEVER: Final = 1970  # the year that stands for the time of what did not happen


class _Owner(Wire):
    id: int


class _Repository(Wire):
    id: int
    owner: _Owner
    path: str = Field(alias="full_name")
    description: str | None = None
    website: str | None = None
    stars: int = Field(alias="stars_count")
    forks: int = Field(alias="forks_count")
    branch: str | None = Field(default=None, alias="default_branch")
    archived: bool = False
    archived_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    topics: tuple[str, ...] | None = None
    private: bool = False
    internal: bool = False
    fork: bool = False
    empty: bool = False


class _Signature(Wire):
    date: AwareDatetime


class _Signed(Wire):
    committer: _Signature


class _Account(Wire):
    login: str = ""


class _Commit(Wire):
    sha: str
    commit: _Signed
    author: _Account | None = None

    @property
    def committed(self) -> datetime:
        return self.commit.committer.date


_REPOSITORY: Final = TypeAdapter(_Repository)
_COMMITS: Final = TypeAdapter(tuple[_Commit, ...])


class _History(NamedTuple):
    """The newest commits, newest first, and the day from which on they are all there."""

    commits: Sequence[_Commit]
    counted: Counted


class _Page(NamedTuple):
    commits: Sequence[_Commit]
    is_last: bool


class Forgejo:
    """codeberg.org, and the site's own hosts of the kind."""

    name = "forgejo"
    nights = 2

    def __init__(self, setup: Setup, transport: Transport | None = None) -> None:
        """Take what it is made from; a transport of one's own is for tests."""
        self._today = setup.today
        self._hosts = Hosts(setup, "forgejo")
        self._transport = transport or self._hosts.transport("token")

    @property
    def requests(self) -> int:
        """How many requests went out so far."""
        return self._transport.requests

    @property
    def quota(self) -> str:
        """What the forge still grants, in a few words; "" where it does not tell."""
        return self._transport.granted("Forgejo")

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give the repository's host, owner and name."""
        return self._hosts.project(record)

    def host(self, name: str) -> str:
        """Give the host of a name."""
        return host_of(name)

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Count one request for each repository whose turn it is."""
        return Plan(-(-len(questions) // self.nights), "one more for every 50 commits of those that moved")

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        """Ask about one repository after the other."""
        return in_turn(questions, self._each)

    def _each(self, host: str, questions: Sequence[Question]) -> Iterator[tuple[Question, Outcome]]:
        return ((question, self._ask(host, question)) for question in questions)

    def _ask(self, host: str, question: Question) -> Outcome:
        where = f"/api/v1/repos/{quote(named(question).path)}"
        answer = read(self._transport.get(self._hosts.bases[host] + where, JSON), _REPOSITORY, host + where)
        if not isinstance(answer, _Repository):
            return answer
        if answer.private or answer.internal:
            return Gone("is not public")
        facts = self._facts(host, question, answer)
        return settled(question, facts) if isinstance(facts, RepositoryFacts) else facts

    def _facts(self, host: str, question: Question, answer: _Repository) -> RepositoryFacts | Unusable:
        pulse = _pulse(host, answer)
        known = commits.same(question.snapshot.repository, pulse)
        counted = known if known is not None and known.commits is not None and not question.again else None
        if counted and commits.stands(counted, pulse):
            return commits.keep(counted, pulse)
        since = commits.begin(counted, pulse, self._today)
        if answer.empty:
            return commits.merge(known, pulse, Counted(since, {}), self._today)
        history = self._history(host, answer, since, counted.head if counted else None)
        if not isinstance(history, _History):
            return history
        newest = history.commits[0]
        if counted and newest.sha == counted.head:
            return commits.keep(counted, pulse)
        update = {
            "head": clean(newest.sha, NAME),
            "last_commit": commits.utc(newest.committed),
            "participants": _participants(known, history.commits),
        }
        return commits.merge(known, pulse.model_copy(update=update), history.counted, self._today)

    def _history(self, host: str, answer: _Repository, since: date, head: str | None) -> _History | Unusable:
        """Read commits back to a day; no further than to the first page if that begins with the known head."""
        found: list[_Commit] = []
        for page in range(1, _MOST_PAGES + 1):
            more = self._page(host, answer, page)
            if not isinstance(more, _Page):
                return more
            found += more.commits
            if not found:
                return Failed("names no commit, but is not empty")
            if more.is_last or found[0].sha == head or commits.day(found[-1].committed) < since:
                return _History(found, Counted(since, commits.per_day(commit.committed for commit in found)))
        return _History(found, commits.cut([commit.committed for commit in found], since))

    def _page(self, host: str, repository: _Repository, page: int) -> "_Page | Unusable":
        where = f"/api/v1/repos/{quote(repository.path)}/commits"
        query = {"sha": repository.branch or "", "stat": "false", "verification": "false", "files": "false"}
        query |= {"limit": str(_PER_PAGE), "page": str(page)}
        answer = self._transport.get(f"{self._hosts.bases[host]}{where}?{urlencode(query)}", JSON)
        found = read(answer, _COMMITS, host + where)
        if isinstance(found, Unusable) or isinstance(answer, Failure):
            return cast("Unusable", found)
        # An operator may have set a lower limit, so that the number of commits alone says nothing.
        has_more = answer.headers.get("x-hasmore", str(len(found) == _PER_PAGE)).lower() == "true"
        return _Page(found, is_last=not found or not has_more)


def _participants(known: RepositoryFacts | None, newest: Sequence[_Commit]) -> tuple[str, ...]:
    """Append the logins that were not seen before, the most active first."""
    before = (known.participants if known else None) or ()
    logins = Counter(login for each in newest if each.author and (login := clean(each.author.login, NAME)))
    return (*before, *sorted(set(logins) - set(before), key=lambda login: (-logins[login], login)))


def _pulse(host: str, answer: _Repository) -> RepositoryFacts:
    """Give what one request tells: all but head and commits."""
    archived_at = commits.utc(answer.archived_at)
    return RepositoryFacts(
        id=f"{host}:{answer.id}",
        owner=f"{host}:{answer.owner.id}",
        name=clean(answer.path, NAME),
        description=clean_or_none(answer.description, DESCRIPTION),
        homepage=web_url(answer.website),
        stars=answer.stars,
        forks=answer.forks,
        topics=topics(answer.topics),
        archived=answer.archived,
        archived_at=archived_at if archived_at and archived_at.year > _NEVER else None,
        fork=answer.fork,
        empty=answer.empty,
        branch=clean_or_none(answer.branch, NAME),
        updated=commits.utc(answer.updated_at),
    )
