"""GitHub, and hosts that speak as it does (GitHub Enterprise Server): facts of repositories, most of them by GraphQL.

`run` is the way through a night with a token; `anonymous` is what can be done without one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from builder import config, derive
from builder.config import Forge
from builder.records import PackageRecord
from builder.upstreams.base import Heard, Plan, Question, Setup, Skipped
from builder.upstreams.github import anonymous
from builder.upstreams.github.contributors import Contributors
from builder.upstreams.github.graphql import ATTEMPTS, THROTTLE, GraphQL
from builder.upstreams.github.queries import PULSE
from builder.upstreams.github.run import Run
from builder.upstreams.limits import Limits
from builder.upstreams.transport import Transport, user_agent

HOST: Final = "github.com"
# GitHub gives up on a query after 10 seconds. The hour's points come back within an hour; whether the run has the time
# to wait for them, its budget tells.
LIMITS: Final = Limits(attempts=ATTEMPTS, throttle=THROTTLE, wait=3660)
_STEPS: Final = 2  # owner and name


class _Site:
    """One host: its addresses, its token, its connections."""

    def __init__(self, setup: Setup, host: str, forge: Forge) -> None:
        self._today = setup.today
        self._rest = forge.api or f"https://{host}/api/v3"
        self._graphql = f"{self._rest.removesuffix('/v3')}/graphql"
        token = setup.tokens.get(host)
        self.has_token = bool(token)
        agent = user_agent(setup.settings.contact)
        tokens = {self._rest: f"bearer {token}"} if token else {}
        self.transport = Transport([self._rest], agent, LIMITS, budget=setup.budget, tokens=tokens)

    def ask(self, questions: Sequence[Question]) -> Iterator[Heard]:
        """Yield an outcome for each question."""
        if not self.has_token:
            return anonymous.ask(self.transport, self._rest, questions)
        graphql = GraphQL(self.transport, self._graphql)
        contributors = Contributors(self.transport, self._rest, self._today)
        return Run(graphql, contributors, questions, self._today).outcomes()


class GitHub:
    """github.com, and the hosts of kind "github" that the settings name."""

    name = "github"
    nights = 1

    def __init__(self, setup: Setup) -> None:
        """Take what it is made from."""
        self._sites: Mapping[str, _Site] = {
            host: _Site(setup, host, forge)
            for host, forge in config.forges(setup.settings).items()
            if forge.kind == "github"
        }

    @property
    def requests(self) -> int:
        """How many requests went out so far."""
        return sum(site.transport.requests for site in self._sites.values())

    @property
    def quota(self) -> str:
        """What the hosts still grant, in a few words; "" where none told yet."""
        granted = (site.transport.granted("GitHub") for site in self._sites.values())
        return ", ".join(filter(None, granted))

    def close(self) -> None:
        """Let go of connections."""
        for site in self._sites.values():
            site.transport.close()

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give `owner/name`, with the host before it where that is not github.com."""
        repository = derive.repository(record.repository)
        if repository is None or repository.host not in self._sites:
            return Skipped("")
        steps = repository.path.split("/")[:_STEPS]
        if len(steps) < _STEPS or {".", ".."} & set(steps):
            return Skipped("its address is not that of a repository")
        return "/".join(steps if repository.host == HOST else [repository.host, *steps])

    def host(self, name: str) -> str:
        """Give the host of a name, which does not name github.com."""
        *host, _owner, _repository = name.split("/")
        return host[0] if host else HOST

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Count one query for every hundred repositories of a host with a token, one request for each without."""
        sizes = [(self._sites[host], len(mine)) for host, mine in self._by_host(questions).items()]
        requests = sum(-(-size // PULSE.most) if site.has_token else size for site, size in sizes)
        if all(site.has_token for site, size in sizes if size):
            return Plan(requests, "one more for every 20 that moved, and a request for each hundred contributors")
        return Plan(requests, "without a token 60 an hour are granted; the others wait for the next runs")

    def ask(self, questions: Sequence[Question]) -> Iterator[Heard]:
        """Ask one host after the other."""
        for host, mine in self._by_host(questions).items():
            yield from self._sites[host].ask(mine)

    def _by_host(self, questions: Sequence[Question]) -> dict[str, list[Question]]:
        asked: dict[str, list[Question]] = {host: [] for host in self._sites}
        for question in questions:
            *_, owner, name = question.name.split("/")
            asked[self.host(question.name)].append(replace(question, name=f"{owner}/{name}"))
        return asked
