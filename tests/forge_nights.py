"""Nights at the forges that are played: what several modules of tests ask an upstream of repositories with."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from forges.server import Forges

from builder.config import Forge, Settings
from builder.metadata import RepositoryFacts, Snapshot
from builder.records import PackageRecord
from builder.upstreams.base import Fetched, Gone, Outcome, Question, Setup, Skipped, Upstream
from builder.upstreams.limits import Budget


def record(repository: str) -> PackageRecord:
    return PackageRecord(title="A package", category="apps", repository=repository)


def site(forges: Mapping[str, Forge]) -> Settings:
    return Settings(
        title="Test",
        base_url="https://example.org",
        repository="https://github.com/example/example",
        contact="us@example.org",
        forges=dict(forges),
    )


def facts_of(outcome: Outcome) -> RepositoryFacts:
    assert isinstance(outcome, Fetched), outcome
    assert isinstance(outcome.facts, RepositoryFacts)
    return outcome.facts


def per_day(moments: Iterable[datetime], since: date) -> dict[date, int]:
    """Count what is to be counted: by hand, and not as the upstreams do."""
    days = Counter(moment.astimezone(UTC).date() for moment in moments)
    return {day: days[day] for day in sorted(days) if day >= since}


@dataclass
class Nights:
    """One upstream and the packages it is asked about, night after night: what was fetched is known from then on."""

    make: Callable[[Setup], Upstream]
    forges: Forges
    hosts: dict[str, Forge]
    packages: dict[str, str] = field(default_factory=dict)
    known: dict[str, Snapshot] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    requests: int = 0

    @property
    def today(self) -> date:
        return self.forges.clock.now.date()

    @property
    def window(self) -> date:
        """The first day of a whole count."""
        return self.today - timedelta(days=371)

    def setup(self) -> Setup:
        return Setup(site(self.hosts), self.today, self.tokens, self.budget)

    def add(self, *repositories: str, known: RepositoryFacts | None = None) -> None:
        """Have packages with these repositories, by whose last steps they are called."""
        for repository in repositories:
            slug = repository.rpartition("/")[2]
            self.packages[slug] = repository
            if known:
                self.known[slug] = Snapshot(repository=known)

    def ask(self, *, again: bool = False) -> dict[str, Outcome]:
        """Ask about all packages, and keep what was fetched."""
        upstream = self.make(self.setup())
        try:
            outcomes = dict(filter(None, upstream.ask(list(self.questions(upstream, again=again)))))
        finally:
            self.requests = upstream.requests
            upstream.close()
        assert outcomes.keys() == self.packages.keys()
        for slug, outcome in outcomes.items():
            if isinstance(outcome, Fetched | Gone) and isinstance(outcome.facts, RepositoryFacts):
                self.known[slug] = Snapshot(repository=outcome.facts)
        return outcomes

    def questions(self, upstream: Upstream, *, again: bool) -> Iterable[Question]:
        for slug, repository in self.packages.items():
            name = upstream.project(record(repository))
            assert not isinstance(name, Skipped), name
            yield Question(slug, name, self.known, again)

    def night(self, *, again: bool = False) -> dict[str, Outcome]:
        """Let a day pass, forget the log, and ask."""
        self.forges.clock.advance(days=1)
        self.forges.forget()
        return self.ask(again=again)

    def facts(self, slug: str) -> RepositoryFacts:
        """Give what is known of a package by now."""
        facts = self.known[slug].repository
        assert facts is not None
        return facts
