"""Git alone: of a host that speaks nothing else, whether a repository is there, and what was committed.

Stars, forks, words and owners are unknown there, not none. It is the last of the upstreams: it says of packages whose
hosts are not on the list that they are not asked about.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from builder import config, derive
from builder.derive import RepositoryName
from builder.metadata import RepositoryFacts
from builder.records import PackageRecord
from builder.upstreams import commits
from builder.upstreams.base import Failed, Outcome, Plan, Question, Setup, Skipped
from builder.upstreams.forges import Hosts, foreign, host_of, in_turn, named, settled
from builder.upstreams.git_client import Client, Head, History


class Git:
    """The site's own hosts of the kind; none is known without them."""

    name = "git"
    nights = 2

    def __init__(self, setup: Setup, client: Client | None = None) -> None:
        """Take what it is made from; a client of one's own is for tests."""
        self._today = setup.today
        self._known = config.forges(setup.settings)
        self._hosts = Hosts(setup, "git", least=1, most=None)
        self._client = client or Client(self._hosts.bases, setup)

    @property
    def requests(self) -> int:
        """How many processes called a host so far; each is a few requests."""
        return self._client.requests

    @property
    def quota(self) -> str:
        """Nothing: it does not tell."""
        return ""

    def close(self) -> None:
        """Do nothing: nothing is held."""

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give the repository's host and path."""
        name = derive.repository(record.repository)
        if name is None:
            return Skipped("has no repository")
        if name.host not in self._known:
            return foreign(name.host)
        return self._hosts.project(record)

    def host(self, name: str) -> str:
        """Give the host of a name."""
        return host_of(name)

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Count one look for each repository whose turn it is."""
        return Plan(-(-len(questions) // self.nights), "a clone of commits for each that moved")

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        """Ask about one repository after the other."""
        return in_turn(questions, self._each)

    def _each(self, _host: str, questions: Sequence[Question]) -> Iterator[tuple[Question, Outcome]]:
        return ((question, self._ask(question)) for question in questions)

    def _ask(self, question: Question) -> Outcome:
        name = named(question)
        # Git gives a repository no id; its address tells it from one that another forge told of before.
        pulse = RepositoryFacts(id=name.key, name=name.path)
        return follow(self._client, name, question, pulse, self._today)


def follow(client: Client, name: RepositoryName, question: Question, pulse: RepositoryFacts, today: date) -> Outcome:
    """Give the outcome of what is known otherwise (`pulse`), with head and commits by git."""
    head = client.head(name)
    if not isinstance(head, Head):
        return head
    pulse = pulse.model_copy(update={"head": head.commit, "branch": head.branch or pulse.branch})
    known = commits.same(question.snapshot.repository, pulse)
    if known and known.head == head.commit and not question.again:
        return settled(question, commits.keep(known, pulse))
    if head.commit is None:
        # A host that answers everything with a page looks just like a repository without a commit.
        return Failed("names no commit, where one is known") if known else settled(question, pulse)
    history = client.history(head.url, head.commit, commits.begin(None if question.again else known, pulse, today))
    if not isinstance(history, History):
        return history
    pulse = pulse.model_copy(update={"head": history.head, "last_commit": history.last_commit})
    if history.counted is None:
        return settled(question, commits.unknown(question.snapshot.repository, pulse))
    return settled(question, commits.merge(known, pulse, history.counted, today))
