"""Bitbucket: one request a repository, of which an hour has sixty, and its commits by git.

Who has starred a repository is not told, and the API's commits cannot be asked for by date.

Sources: Bitbucket Cloud's REST API reference, and its page on rate limits.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from pydantic import AwareDatetime, Field, TypeAdapter

from builder.derive import RepositoryName
from builder.metadata import RepositoryFacts
from builder.records import PackageRecord
from builder.upstreams import commits
from builder.upstreams.answers import JSON, Wire, read
from builder.upstreams.base import Failed, Gone, Outcome, Plan, Question, Setup, Skipped, Waiting
from builder.upstreams.commits import Counted
from builder.upstreams.forges import DESCRIPTION, NAME, Hosts, host_of, in_turn, named, settled
from builder.upstreams.git import follow
from builder.upstreams.git_client import Client
from builder.upstreams.text import clean, clean_or_none, web_url
from builder.upstreams.transport import Transport

ANONYMOUS: Final = 60
WITH_TOKEN: Final = 1000
"""Requests an hour, which a run does not exceed."""


class _Identified(Wire):
    uuid: str


class _Branch(Wire):
    name: str


class _Repository(Wire):
    uuid: str
    path: str = Field(alias="full_name")
    owner: _Identified | None = None
    description: str | None = None
    website: str | None = None
    is_private: bool = False
    branch: _Branch | None = Field(default=None, alias="mainbranch")
    updated_on: AwareDatetime | None = None
    parent: _Identified | None = None


_REPOSITORY: Final = TypeAdapter(_Repository)


class Bitbucket:
    """bitbucket.org, and the site's own hosts of the kind."""

    name = "bitbucket"
    nights = 2

    def __init__(self, setup: Setup, transport: Transport | None = None, git: Client | None = None) -> None:
        """Take what it is made from; a transport and a client of one's own are for tests."""
        self._today = setup.today
        self._hosts = Hosts(setup, "bitbucket")
        self._transport = transport or self._hosts.transport("Bearer")
        self._git = git or Client(self._hosts.clones, setup)
        self._left = {host: WITH_TOKEN if host in setup.tokens else ANONYMOUS for host in self._hosts.bases}

    @property
    def requests(self) -> int:
        """How many requests went out so far, those of git included."""
        return self._transport.requests + self._git.requests

    @property
    def quota(self) -> str:
        """What the forge still grants, in a few words; "" where it does not tell."""
        return self._transport.granted("Bitbucket")

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give the repository's host, workspace and name."""
        return self._hosts.project(record)

    def host(self, name: str) -> str:
        """Give the host of a name."""
        return host_of(name)

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Count one request for each repository whose turn it is."""
        return Plan(
            -(-len(questions) // self.nights), "a clone of commits for each that moved; 60 an hour without a token"
        )

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        """Ask about one repository after the other, in the order given, until the hour's requests are spent."""
        return in_turn(questions, self._each)

    def _each(self, host: str, questions: Sequence[Question]) -> Iterator[tuple[Question, Outcome]]:
        return ((question, self._ask(host, question)) for question in questions)

    def _ask(self, host: str, question: Question) -> Outcome:
        if self._left[host] <= 0:
            return Waiting(f"{host}: the requests of an hour are spent")
        self._left[host] -= 1
        where = f"/2.0/repositories/{quote(named(question).path)}"
        answer = read(self._transport.get(self._hosts.bases[host] + where, JSON), _REPOSITORY, host + where)
        if not isinstance(answer, _Repository):
            return answer
        return Gone("is not public") if answer.is_private else self._outcome(host, question, answer)

    def _outcome(self, host: str, question: Question, answer: _Repository) -> Outcome:
        pulse = _pulse(answer)
        known = commits.same(question.snapshot.repository, pulse)
        if known and commits.stands(known, pulse) and not question.again:
            return settled(question, commits.keep(known, pulse))
        if pulse.empty:
            counted = Counted(commits.first_day(self._today), {})
            return settled(question, commits.merge(None, pulse, counted, self._today))
        # The name is the forge's word, and as little to be trusted as a record's.
        name = self._hosts.check(RepositoryName(host, answer.path))
        if isinstance(name, Skipped):
            return Failed(name.reason)
        return follow(self._git, name, question, pulse, self._today)


def _pulse(answer: _Repository) -> RepositoryFacts:
    """Give what one request tells: all but head and commits."""
    return RepositoryFacts(
        id=clean(answer.uuid, NAME),
        owner=clean(answer.owner.uuid, NAME) if answer.owner else None,
        name=clean(answer.path, NAME),
        description=clean_or_none(answer.description, DESCRIPTION),
        homepage=web_url(answer.website),
        fork=answer.parent is not None,
        empty=answer.branch is None,
        branch=clean_or_none(answer.branch.name, NAME) if answer.branch else None,
        updated=commits.utc(answer.updated_on),
    )
