"""Nights of a refresh from the GitHub that is played: what is asked, what comes of it, and what is known afterwards."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date

import pytest
from forges.github import PERSONAL
from forges.server import Forges
from forges.world import Repository, World

from builder.config import Forge, Settings
from builder.metadata import RepositoryFacts, Snapshot
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Question, Refused, Setup, Unchanged, Waiting
from builder.upstreams.github import GitHub
from builder.upstreams.limits import Budget


def settings(forges: Mapping[str, Forge]) -> Settings:
    return Settings(
        title="Test",
        base_url="https://example.org",
        repository="https://github.com/example/example",
        contact="us@example.org",
        forges=dict(forges),
    )


@dataclass
class Nights:
    """A set of packages by slug, each with the name of its repository, and what is known of them.

    `ask` is one run: a fresh upstream, and all good answers are stored, as `builder.fetch` would.
    """

    forges: Forges
    names: dict[str, str] = field(default_factory=dict)
    known: dict[str, Snapshot] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    token: str = PERSONAL
    requests: int = 0

    @property
    def world(self) -> World:
        return self.forges.github.world

    @property
    def today(self) -> date:
        return self.forges.clock.now.date()

    def follow(self, repositories: Iterable[Repository]) -> None:
        """List repositories under their present names."""
        for repository in repositories:
            self.names[repository.full_name.replace("/", "-")] = repository.full_name

    def upstream(self, budget: Budget | None = None) -> GitHub:
        tokens = {"github.com": self.token} if self.token else {}
        site = settings({"github.com": Forge(kind="github", api=self.forges.github.base)})
        return GitHub(Setup(site, self.today, tokens, budget or Budget()))

    def questions(self, *, again: bool = False) -> list[Question]:
        return [Question(slug, name, self.known, again) for slug, name in sorted(self.names.items())]

    def ask(self, budget: Budget | None = None, *, again: bool = False) -> dict[str, Outcome]:
        upstream = self.upstream(budget)
        try:
            pairs = [heard for heard in upstream.ask(self.questions(again=again)) if heard]
        finally:
            upstream.close()
        self.requests = upstream.requests
        outcomes = dict(pairs)
        assert len(pairs) == len(outcomes) == len(self.names), "each package has one outcome"
        for slug, outcome in outcomes.items():
            if isinstance(outcome, Fetched):
                assert isinstance(outcome.facts, RepositoryFacts)
                snapshot = Snapshot(repository=outcome.facts, last_fetched=self.forges.clock.now)
                self.known[slug] = Snapshot.model_validate_json(snapshot.model_dump_json())
        return outcomes

    def one(self, repository: Repository) -> RepositoryFacts:
        """Ask about this repository alone, and give what is known then."""
        self.names.clear()
        self.follow([repository])
        outcome = only(self.ask())
        assert isinstance(outcome, Fetched | Unchanged), outcome
        return self.facts(repository.full_name)

    def facts(self, name: str) -> RepositoryFacts:
        found = self.known[name.replace("/", "-")].repository
        assert found is not None
        return found

    def next_day(self, days: int = 1) -> None:
        """Let days pass, and empty the log."""
        self.forges.clock.advance(days=days)
        self.forges.forget()


def only(outcomes: Mapping[str, Outcome]) -> Outcome:
    [outcome] = outcomes.values()
    return outcome


def kinds(outcomes: Mapping[str, Outcome]) -> dict[type[Outcome], int]:
    return dict(Counter(type(outcome) for outcome in outcomes.values()))


def by_day(repository: Repository, since: date) -> dict[date, int]:
    """Count what is in a history by day, the plain way."""
    history = repository.history
    days = (history[number].committed.astimezone(UTC).date() for number in range(len(history)))
    return dict(sorted(Counter(day for day in days if day >= since).items()))


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed | Gone | Waiting | Refused), outcome
    return outcome.reason


@pytest.fixture
def nights(forges: Forges, monkeypatch: pytest.MonkeyPatch) -> Nights:
    """Give nights in which waiting moves the forges' clock, and takes no time."""
    made = Nights(forges)

    def sleep(seconds: float) -> None:
        made.waits.append(seconds)
        forges.clock.advance(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    return made
