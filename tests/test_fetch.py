import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from pypi_server import PyPIServer, failing

from builder import snapshots
from builder.config import Settings
from builder.entries import Data, Entry
from builder.errors import BuilderError, UpstreamError
from builder.fetch import VERDICTS, Summary, fetch
from builder.metadata import PyPIFacts, Release, RepositoryFacts, Snapshot
from builder.records import PackageRecord
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Question, Setup, Skipped, Unchanged
from builder.upstreams.pypi import PyPI

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
EARLIER = datetime(2026, 2, 15, 21, 7, 27, 202335, tzinfo=UTC)
OLD = Snapshot(
    last_fetched=EARLIER, pypi=PyPIFacts(name="x", serial=1, summary="old"), repository=RepositoryFacts(stars=3)
)


@dataclass
class Scripted:
    """An upstream that says what it is told to; it asks about `batch` packages in one request, last one first."""

    outcomes: dict[str, Outcome | Skipped] = field(default_factory=dict)
    name: str = "scripted"
    batch: int = 1
    requests: int = 0
    asked: list[Question] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def project(self, record: PackageRecord) -> str | Skipped:
        outcome = self.outcomes.get(record.title, Unchanged())
        return outcome if isinstance(outcome, Skipped) else record.title.upper()

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        self.asked = list(questions)
        for start in range(0, len(questions), self.batch):
            self.requests += 1
            for question in reversed(questions[start : start + self.batch]):
                self.seen.append(question.slug)
                outcome = self.outcomes.get(question.slug, Unchanged())
                assert not isinstance(outcome, Skipped)
                yield question.slug, outcome

    def close(self) -> None:
        """Nothing is open."""


def data_of(*slugs: str, url: str = "https://pypi.org", **known: Snapshot) -> Data:
    site = Settings(
        title="Test",
        base_url="https://example.org",
        repository="https://github.com/example/example",
        contact="us@example.org",
        pypi_url=url,
    )
    packages = {
        slug: Entry(
            f"data/packages/{slug}.yaml", slug, PackageRecord(title=slug, category="apps", pypi=slug.strip("-_")), {}
        )
        for slug in slugs
    }
    return Data(site, packages, snapshots=known)


def run(data: Data, folder: Path, *upstreams: Scripted | PyPI, when: datetime = NOW) -> Summary:
    return fetch(data, folder, upstreams, lambda: when)


def stored(folder: Path) -> dict[str, Snapshot]:
    found, problems = snapshots.load(folder)
    assert problems == []
    return dict(found)


def verdicts(summary: Summary) -> dict[str, str]:
    return {result.slug: result.verdict for result in summary.results}


def fetched(summary: str) -> Fetched:
    return Fetched(PyPIFacts(name="x", serial=2, summary=summary))


# What is stored


def test_a_good_answer_takes_the_place_of_the_old_facts_of_its_kind(tmp_path: Path) -> None:
    summary = run(data_of("x", x=OLD), tmp_path, Scripted({"x": fetched("new")}))
    expected = Snapshot(
        last_fetched=NOW, pypi=PyPIFacts(name="x", serial=2, summary="new"), repository=RepositoryFacts(stars=3)
    )
    assert stored(tmp_path) == {"x": expected}
    assert verdicts(summary) == {"x": "fetched"}


def test_the_first_answer(tmp_path: Path) -> None:
    run(data_of("x"), tmp_path, Scripted({"x": fetched("new")}))
    assert stored(tmp_path)["x"].last_fetched == NOW


def test_a_serial_alone_is_no_news_but_is_kept(tmp_path: Path) -> None:
    summary = run(data_of("x", x=OLD), tmp_path, Scripted({"x": fetched("old")}))
    assert OLD.pypi is not None
    expected = OLD.model_copy(update={"pypi": OLD.pypi.model_copy(update={"serial": 2})})
    assert stored(tmp_path) == {"x": expected}
    assert verdicts(summary) == {"x": "unchanged"}


@pytest.mark.parametrize("outcome", [Unchanged(), Failed("broken"), Gone("deleted")])
def test_nothing_is_written_where_nothing_is_known_better(tmp_path: Path, outcome: Outcome) -> None:
    run(data_of("x", x=OLD), tmp_path, Scripted({"x": outcome}))
    assert stored(tmp_path) == {}


def test_what_a_gone_one_still_says_is_kept(tmp_path: Path) -> None:
    assert OLD.pypi is not None
    facts = OLD.pypi.model_copy(update={"status": "quarantined"})
    data = data_of("x", x=OLD)
    summary = run(data, tmp_path, Scripted({"x": Gone("is quarantined", facts)}))
    assert stored(tmp_path)["x"] == OLD.model_copy(update={"pypi": facts, "last_fetched": NOW})
    assert verdicts(summary) == {"x": "gone"}


def test_two_upstreams_fill_one_snapshot(tmp_path: Path) -> None:
    first = Scripted({"x": fetched("new")}, "first")
    second = Scripted({"x": Fetched(RepositoryFacts(stars=9))}, "second")
    summary = run(data_of("x"), tmp_path, first, second)
    assert stored(tmp_path)["x"].pypi == PyPIFacts(name="x", serial=2, summary="new")
    assert stored(tmp_path)["x"].repository == RepositoryFacts(stars=9)
    assert second.asked[0].snapshot.pypi is not None  # the second one knows what the first one said
    assert [(r.upstream, r.verdict) for r in summary.results] == [("first", "fetched"), ("second", "fetched")]


def test_a_failing_upstream_does_not_touch_the_others(tmp_path: Path) -> None:
    slugs = [f"p{n}" for n in range(8)]
    broken = Scripted(dict.fromkeys(slugs, Failed("broken")), "broken")
    well = Scripted(dict.fromkeys(slugs, fetched("new")), "well")
    summary = run(data_of(*slugs), tmp_path, broken, well)
    assert set(stored(tmp_path)) == set(slugs)
    assert set(summary.stopped) == {"broken"}


# What is asked


def test_asks_about_all_packages_in_order_of_slug(tmp_path: Path) -> None:
    upstream = Scripted()
    run(data_of("b", "a", "c", a=OLD), tmp_path, upstream)
    assert upstream.asked == [Question("a", "A", OLD), Question("b", "B", Snapshot()), Question("c", "C", Snapshot())]


def test_asks_about_some_packages_again(tmp_path: Path) -> None:
    upstream = Scripted()
    fetch(data_of("a", "b", "c"), tmp_path, [upstream], lambda: NOW, ["c", "a", "c"], again=True)
    assert [(question.slug, question.again) for question in upstream.asked] == [("a", True), ("c", True)]


@pytest.mark.parametrize(
    ("slug", "message"),
    [
        ("django-mesages", "There is no package 'django-mesages'; did you mean 'django-messages'?"),
        ("q", "There is no package 'q'."),
    ],
)
def test_a_package_that_is_not_there_stops_before_anything_is_asked(tmp_path: Path, slug: str, message: str) -> None:
    upstream = Scripted()
    with pytest.raises(BuilderError) as caught:
        fetch(data_of("django-messages"), tmp_path, [upstream], lambda: NOW, [slug])
    assert str(caught.value) == message
    assert upstream.requests == 0


def test_a_package_that_an_upstream_does_not_know_is_skipped_visibly(tmp_path: Path) -> None:
    upstream = Scripted({"b": Skipped("has no name"), "c": Skipped("has no name")})
    summary = run(data_of("a", "b", "c"), tmp_path, upstream)
    assert verdicts(summary) == {"a": "unchanged", "b": "skipped", "c": "skipped"}
    assert upstream.seen == ["a"]
    assert summary.lines() == ["1 unchanged, 2 skipped (1 request)", "skipped: 2 x scripted: has no name"]


def test_answers_may_come_in_batches_and_in_any_order(tmp_path: Path) -> None:
    slugs = [f"p{n}" for n in range(7)]
    upstream = Scripted({slug: fetched(slug) for slug in slugs}, batch=3)
    summary = run(data_of(*slugs), tmp_path, upstream)
    assert summary.requests == 3
    assert {slug: s.pypi and s.pypi.summary for slug, s in stored(tmp_path).items()} == {slug: slug for slug in slugs}


def test_a_question_that_gets_no_answer_is_a_failure(tmp_path: Path) -> None:
    class Forgetful(Scripted):
        def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
            return super().ask(questions[1:])

    summary = run(data_of("a", "b"), tmp_path, Forgetful())
    assert verdicts(summary) == {"b": "unchanged", "a": "failed"}
    assert summary.lines()[1:] == ["failed: a: scripted: was not answered"]


# Too many failures


def outcomes(text: str) -> dict[str, Outcome | Skipped]:
    """Make outcomes from letters: F is a failure, . is none."""
    return {f"p{n:03}": Failed("broken") if letter == "F" else fetched("new") for n, letter in enumerate(text)}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("FFFFFFFF", 5),
        (".FFFFF...", 6),
        ("." * 19 + "FFFFF" + "." * 10, 24),
        ("." * 20 + "FFFFF" + "." * 10, 35),
        ("F....." * 6, 36),
        ("FFFF", 4),
        ("FFFF" + "." * 12 + "F....", 17),
    ],
)
def test_an_upstream_with_too_many_failures_is_given_up(tmp_path: Path, text: str, seen: int) -> None:
    """From five on, and only above a fifth."""
    told = outcomes(text)
    upstream = Scripted(told)
    summary = run(data_of(*told), tmp_path, upstream)
    assert len(upstream.seen) == upstream.requests == seen
    assert summary.count("not asked") == len(text) - seen
    assert bool(summary.stopped) == (seen < len(text))
    assert set(stored(tmp_path)) == {slug for slug in upstream.seen if told[slug] != Failed("broken")}
    assert len(summary.results) == len(text)


def test_after_giving_up_nothing_more_is_written(tmp_path: Path) -> None:
    told = outcomes("FFFFF.....")
    summary = run(data_of(*told), tmp_path, Scripted(told, batch=10))
    # The batch came back to front: five good ones, then the failures.
    assert summary.count("fetched") == 5
    summary = run(data_of(*told), tmp_path / "other", Scripted(told))
    assert stored(tmp_path / "other") == {}
    assert summary.lines() == [
        "5 failed, 5 not asked (5 requests)",
        *(f"failed: p{n:03}: scripted: broken" for n in range(5)),
        "scripted: given up: 5 of 5 answers were failures",
    ]


def test_giving_up_is_an_error_of_the_command(tmp_path: Path) -> None:
    told = outcomes("FFFFFF")
    error = run(data_of(*told), tmp_path, Scripted(told)).error()
    assert isinstance(error, UpstreamError)
    assert error.exit_code == 3
    assert str(error) == "scripted: given up: 5 of 5 answers were failures"


def test_no_good_answer_at_all_is_an_error_of_the_command(tmp_path: Path) -> None:
    assert str(run(data_of("a"), tmp_path, Scripted({"a": Failed("x")})).error()).startswith("No answer could be used")


@pytest.mark.parametrize(
    "told", [{"a": Failed("x")}, {"a": Gone("x"), "b": Failed("x")}, {"a": Skipped("x"), "b": Skipped("x")}, {}]
)
def test_some_failures_are_not(tmp_path: Path, told: dict[str, Outcome | Skipped]) -> None:
    assert run(data_of("a", "b"), tmp_path, Scripted(told)).error() is None


# The summary


def test_the_summary_for_people_and_for_programs(tmp_path: Path) -> None:
    upstream = Scripted({"a": fetched("new"), "b": Failed("broken"), "c": Gone("deleted"), "d": Skipped("has no name")})
    summary = run(data_of("a", "b", "c", "d", "e"), tmp_path, upstream)
    assert str(summary).splitlines() == [
        "1 fetched, 1 unchanged, 1 gone, 1 failed, 1 skipped (4 requests)",
        "failed: b: scripted: broken",
        "gone: c: scripted: deleted",
        "skipped: 1 x scripted: has no name",
    ]
    told = json.loads(json.dumps(summary.as_dict()))
    assert told["counts"] == {"fetched": 1, "unchanged": 1, "gone": 1, "failed": 1, "skipped": 1, "not asked": 0}
    assert list(told["counts"]) == list(VERDICTS)
    assert told["requests"] == 4
    assert told["stopped"] == {}
    assert {"slug": "b", "upstream": "scripted", "verdict": "failed", "reason": "broken"} in told["results"]
    assert len(told["results"]) == 5


def test_nothing_to_do_is_said(tmp_path: Path) -> None:
    assert str(run(data_of(), tmp_path, Scripted())) == "nothing to fetch (0 requests)"


def test_requests_of_an_earlier_run_are_not_counted(tmp_path: Path) -> None:
    upstream = Scripted(requests=40)
    assert run(data_of("a"), tmp_path, upstream).requests == 1


def test_progress_is_told_of_everything(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str, object]] = []
    told: dict[str, Outcome | Skipped] = {"a": fetched("new"), "b": Skipped("has no name"), "c": Failed("broken")}
    fetch(data_of("a", "b", "c"), tmp_path, [Scripted(told)], lambda: NOW, progress=lambda *step: seen.append(step))
    assert seen == [(1, 3, "b", told["b"]), (2, 3, "a", told["a"]), (3, 3, "c", told["c"])]


# With PyPI


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


@pytest.fixture
def server(waits: list[float]) -> Iterator[PyPIServer]:
    del waits
    with PyPIServer().running() as running:
        yield running


ALL = (
    "deleted",
    "django-messages",
    "hostile",
    "no-release",
    "old-times",
    "only-prereleases",
    "only-yanked",
    "quarantined",
    "without-files",
)
Night = Callable[..., Summary]


@pytest.fixture
def night(server: PyPIServer, tmp_path: Path) -> Iterator[Night]:
    """Fetch all packages of the server, with what the nights before have stored; each one a day later."""
    days = count()
    pypi = PyPI(Setup(data_of(url=server.url).settings, date(2026, 1, 1)))

    def one(
        progress: Callable[..., None] | None = None, folder: Path = tmp_path, now: datetime | None = None
    ) -> Summary:
        when = now or NOW + timedelta(days=next(days))
        server.requests.clear()
        return fetch(data_of(*ALL, url=server.url, **stored(folder)), folder, [pypi], lambda: when, progress=progress)

    yield one
    pypi.close()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "snapshots").glob("*"))}


def test_a_night(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    summary = night()
    assert verdicts(summary) == dict.fromkeys(ALL, "fetched") | dict.fromkeys(
        ("deleted", "no-release", "quarantined"), "gone"
    )
    assert summary.requests == len(server.requests) == 18
    assert set(stored(tmp_path)) == set(ALL) - {"deleted", "no-release"}


def test_two_nights_with_the_same_answers_write_nothing(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    night()
    before = bytes_of(tmp_path)
    summary = night()
    assert bytes_of(tmp_path) == before
    assert summary.count("fetched") == 0
    assert summary.count("unchanged") == 6
    assert summary.requests == len(server.requests) == 12  # one each, and one more for those that are gone


def test_an_import_is_replaced_by_a_good_answer_only(server: PyPIServer, tmp_path: Path, waits: list[float]) -> None:
    imported = Snapshot(
        last_fetched=EARLIER,
        pypi=PyPIFacts(name="django-messages", version="0.6.0"),
        repository=RepositoryFacts(stars=554, forks=244, weeks=(0,) * 52),
    )
    data = data_of("django-messages", url=server.url, **{"django-messages": imported})
    pypi = PyPI(Setup(data.settings, date(2026, 1, 1)))
    server.script("/simple/django-messages/", *[failing(503)] * 3)
    run(data, tmp_path, pypi)
    assert len(waits) == 2
    assert stored(tmp_path) == {}
    run(data, tmp_path, pypi)
    pypi.close()
    snapshot = stored(tmp_path)["django-messages"]
    assert snapshot.repository == imported.repository
    assert snapshot.last_fetched == NOW
    assert snapshot.pypi is not None
    assert snapshot.pypi.version is None
    assert snapshot.pypi.releases[0].version == "0.6.0"


def test_a_deleted_project_keeps_its_facts(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    night()
    before = bytes_of(tmp_path)
    del server.files["django-messages.json"], server.files["django-messages.simple.json"]
    summary = night()
    assert verdicts(summary)["django-messages"] == "gone"
    assert bytes_of(tmp_path) == before


def test_a_quarantine_is_stored_once_and_undone(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    night()
    before, good = stored(tmp_path)["django-messages"], dict(server.files)
    del server.files["django-messages.json"]
    server.edit("django-messages.simple.json", versions=[], files=[], **{"project-status": {"status": "quarantined"}})
    night()
    during = stored(tmp_path)["django-messages"]
    assert during.pypi is not None
    assert before.pypi is not None
    assert during.pypi == before.pypi.model_copy(update={"status": "quarantined"})
    assert during.last_fetched == NOW + timedelta(days=1)
    night()
    assert stored(tmp_path)["django-messages"] == during
    server.files = good
    night()
    assert stored(tmp_path)["django-messages"].pypi == before.pypi


def test_a_bad_night_alters_nothing(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    night()
    before = bytes_of(tmp_path)
    server.files = dict.fromkeys(server.files, b"garbage")
    summary = night()
    assert summary.stopped
    assert summary.count("failed") == 5
    assert bytes_of(tmp_path) == before


class _KilledError(BaseException):
    """As a signal would: nothing of ours catches it."""


def test_killed_after_any_package_and_started_again_it_ends_the_same(night: Night, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    night(folder=whole, now=NOW)
    for stop in range(1, len(ALL)):
        folder = tmp_path / f"killed-{stop}"

        def kill(done: int, *_: object, stop: int = stop) -> None:
            if done == stop:
                raise _KilledError

        with pytest.raises(_KilledError):
            night(kill, folder, NOW)
        night(folder=folder, now=NOW)
        assert bytes_of(folder) == bytes_of(whole)


def test_killed_while_writing_and_started_again_it_ends_the_same(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    night(folder=whole, now=NOW)

    def killed(*_: object) -> None:
        raise _KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(_KilledError):
            night(folder=folder, now=NOW)
    night(folder=folder, now=NOW)
    assert bytes_of(folder) == bytes_of(whole)


def test_releases_are_read_from_the_snapshot_as_they_were_fetched(night: Night, tmp_path: Path) -> None:
    night()
    facts = stored(tmp_path)["only-yanked"].pypi
    assert facts is not None
    assert facts.releases[0] == Release(
        version="1.1", uploaded=datetime(2020, 2, 1, 12, tzinfo=UTC), yanked="leaks a secret"
    )
