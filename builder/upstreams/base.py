"""The contract of an upstream: it is asked about packages, and says one outcome for each.

An upstream is one module and one line in `builder.upstreams.UPSTREAMS`. It knows its own requests and formats; which
packages are due, what is stored and when to stop is the affair of `builder.fetch`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from builder.config import Settings
from builder.metadata import DownloadFacts, PyPIFacts, RepositoryFacts, Snapshot
from builder.records import PackageRecord
from builder.upstreams.limits import Budget

AnyFacts = PyPIFacts | RepositoryFacts | DownloadFacts
"""A part of a snapshot, which its type tells."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What an upstream is made from.

    `tokens` are by host of the repositories (`github.com`), as the operator has them. `today` (UTC) is the day that the
    52 weeks of commits are counted back from. `budget` is the run's, shared by all.
    """

    settings: Settings
    today: date
    tokens: Mapping[str, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be asked about one package.

    `name` is what the upstream calls it (`Upstream.project`); `known` holds what is known so far of every package. With
    `again` a full answer is wanted, even where the upstream could tell that nothing has changed.
    """

    slug: str
    name: str
    known: Mapping[str, Snapshot] = field(repr=False)
    again: bool = False

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the package: read when it is asked for, so it is not to be held for all at once."""
        return self.known.get(self.slug) or Snapshot()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A good and complete answer: it takes the place of the facts of its kind."""

    facts: AnyFacts


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The upstream says that what is known still holds."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The upstream says that there is nothing (any more).

    It clears nothing: what was known stays. `facts` are the known ones with what the upstream still says, if anything.
    """

    reason: str
    facts: AnyFacts | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer that can be used; what was known stays.

    `for_good` tells that it refuses to tell of this one package (an organisation's policy, a block by law), tonight and
    tomorrow. Of many at once that is no package's affair: a token may have lost its rights.
    """

    reason: str
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not asked, or not to the end, since the run's budget is spent; the next run goes on here."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The upstream turns us away as such (a token that is not good): asking on makes no sense, for any package."""

    reason: str


Outcome = Fetched | Unchanged | Gone | Failed | Waiting | Refused

Heard = tuple[str, Outcome] | None
"""A slug and its outcome; None says that another request was made, and has settled nothing (more)."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """The package is not asked about, and why; `reason` is "" where that is another upstream's affair."""

    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What asking would cost: the least number of requests, where nothing has changed, and in words what more costs."""

    requests: int
    note: str = ""


class Upstream(Protocol):
    """A source of facts. Nothing it is told or asked makes it raise: what goes wrong is an outcome."""

    name: str
    """For people, and for the summary."""

    nights: int
    """Each package is asked about once in so many nights: more than 1 where a host answers one a request."""

    @property
    def requests(self) -> int:
        """How many requests went out so far, repeated and redirected ones included."""
        ...

    @property
    def quota(self) -> str:
        """What the upstream still grants, in a few words (`GitHub 4,812 left`); "" where it does not tell."""
        ...

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give what the upstream calls the package, or say why it cannot be asked about it."""
        ...

    def host(self, name: str) -> str:
        """Give which of its hosts a name that `project` gave is on; "" where it has only the one.

        Hosts are judged one by one: that one is down says nothing of the others.
        """
        ...

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Tell what asking these would cost, without a request."""
        ...

    def ask(self, questions: Sequence[Question]) -> Iterator[Heard]:
        """Yield a slug and its outcome, once for each question, in any order, as they come.

        How many questions go into one request is the upstream's own affair. Where many requests come before an outcome,
        there is a None after each, so that others have their turn meanwhile. Whoever asks may stop listening: then no
        further request is made.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
