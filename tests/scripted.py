"""Upstreams that say what a test tells them to, and what several modules of tests ask them about."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from builder import snapshots
from builder.config import Settings
from builder.entries import Data, Entry
from builder.metadata import DownloadFacts, PyPIFacts, Release, RepositoryFacts, Snapshot
from builder.records import PackageRecord
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Plan, Question, Skipped, Unchanged

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Clock:
    """The time: of an answer while it is given, else `late`, when all answers have been given."""

    late: datetime = NOW + timedelta(hours=1)
    answering: datetime | None = None

    def __call__(self) -> datetime:
        return self.answering or self.late


@dataclass
class Scripted:
    """An upstream that says what it is told to; it asks about `batch` packages in one request, last one first.

    With a `clock`, each package has its own time of answering, in whatever run it is asked about. `before` is called
    before each answer.
    """

    outcomes: Mapping[str, Outcome | Skipped] = field(default_factory=dict)
    name: str = "pypi"
    batch: int = 1
    requests: int = 0
    quota: str = ""
    nights: int = 1
    hosts: Mapping[str, str] = field(default_factory=dict)
    clock: Clock | None = None
    before: Callable[[str], None] = lambda _: None
    asked: list[Question] = field(default_factory=list)
    known: list[Snapshot] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def project(self, record: PackageRecord) -> str | Skipped:
        outcome = self.outcomes.get(record.title, Unchanged())
        return outcome if isinstance(outcome, Skipped) else record.title.upper()

    def host(self, name: str) -> str:
        return self.hosts.get(name.lower(), "")

    def plan(self, questions: Sequence[Question]) -> Plan:
        return Plan(-(-len(questions) // self.batch), f"{self.batch} at once")

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        self.asked, self.known = list(questions), [question.snapshot for question in questions]
        for start in range(0, len(questions), self.batch):
            self.requests += 1
            for question in reversed(questions[start : start + self.batch]):
                yield from self._say(question.slug)

    def _say(self, slug: str) -> Iterator[tuple[str, Outcome]]:
        self.seen.append(slug)
        self.before(slug)
        outcome = self.outcomes.get(slug, Unchanged())
        assert not isinstance(outcome, Skipped)
        if self.clock:
            self.clock.answering = NOW + timedelta(seconds=sum(slug.encode()) + len(self.name))
        try:
            yield slug, outcome
        finally:
            if self.clock:
                self.clock.answering = None

    def close(self) -> None:
        """Nothing is open."""


def entry_of(slug: str, repository: str = "", pypi: str | None = None) -> Entry[PackageRecord]:
    record = PackageRecord(title=slug, category="apps", repository=repository, pypi=pypi)
    return Entry(f"data/packages/{slug}.yaml", slug, record, {})


def data_of(*slugs: str, url: str = "https://pypi.org", known: Mapping[str, Snapshot] | None = None) -> Data:
    site = Settings(
        title="Test",
        base_url="https://example.org",
        repository="https://github.com/example/example",
        contact="us@example.org",
        pypi_url=url,
    )
    packages = {slug: entry_of(slug, pypi=slug.strip("-_")) for slug in slugs}
    return Data(packages, snapshots=known or {}, settings=site)


def stored(folder: Path) -> dict[str, Snapshot]:
    found, problems = snapshots.load(folder)
    assert problems == []
    return dict(found)


def fetched(summary: str, serial: int = 2) -> Fetched:
    return Fetched(PyPIFacts(name="x", serial=serial, summary=summary))


def repository(ident: str | None = "R1", stars: int | None = 3, name: str | None = "o/n") -> RepositoryFacts:
    return RepositoryFacts(id=ident, owner="U1", name=name, stars=stars)


# For properties

_texts = st.none() | st.sampled_from(["", "one", "ein Wörtchen, é", "x" * 30])
pypi_facts = st.builds(
    PyPIFacts,
    name=st.just("x"),
    serial=st.none() | st.integers(1, 5),
    summary=_texts,
    status=st.sampled_from(["active", "archived"]),
    releases=st.lists(
        st.builds(Release, version=st.sampled_from(["1.0", "2.0"]), yanked=st.sampled_from([False, True, "broken"])),
        max_size=2,
    ).map(tuple),
)
repository_facts = st.builds(
    RepositoryFacts,
    id=st.sampled_from([None, "R1", "R2"]),
    owner=st.sampled_from([None, "U1", "U2"]),
    name=st.sampled_from([None, "o/n", "other/n"]),
    description=_texts,
    stars=st.none() | st.integers(0, 50),
    commits=st.none() | st.dictionaries(st.dates(NOW.date() - 9 * DAY, NOW.date()), st.integers(1, 9), max_size=3),
    participants=st.none() | st.just(()) | st.just(("ann", "bob")),
)
download_facts = st.builds(DownloadFacts, month=st.sampled_from(["2026-01", "2026-02"]), count=st.integers(0, 3))
known_snapshots = st.builds(
    Snapshot,
    last_fetched=st.just(NOW - 30 * DAY),
    pypi=st.none() | pypi_facts,
    repository=st.none() | repository_facts,
    downloads=st.none() | download_facts,
)
_FACTS = {"pypi": pypi_facts, "github": repository_facts, "downloads": download_facts}
reasons = st.sampled_from(["broken", "is not there"])


def answers_of(upstream: str) -> st.SearchStrategy[Outcome]:
    """Give what an upstream may say of a package, when it says anything."""
    return st.one_of(
        st.builds(Fetched, _FACTS[upstream]),
        st.just(Unchanged()),
        st.builds(Failed, reasons),
        st.builds(Gone, reasons),
    )
