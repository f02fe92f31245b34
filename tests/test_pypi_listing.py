"""PyPI's list of serials: what it spares, and what happens where it cannot be trusted."""

import json
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest
from forges.pypi import Projects, listing_of
from forges.pypi import PyPI as Site
from forges.server import Forges
from hypothesis import given
from hypothesis import strategies as st
from pypi_server import PyPIServer, Reply, Script, failing, redirect, short, torn_gzip

from builder import snapshots
from builder.config import Settings
from builder.entries import Data, Entry
from builder.fetch import Summary, fetch
from builder.metadata import PyPIFacts, Release, Snapshot, Source
from builder.records import PackageRecord
from builder.upstreams import pypi as module
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Question, Setup, Unchanged, Waiting
from builder.upstreams.limits import Budget
from builder.upstreams.pypi import LIST_LIMITS, MOST_WITHOUT_LIST, WORTH_THE_LIST, PyPI
from builder.upstreams.pypi.listing import read_listing

GONE = Gone("is not there, or not any more")
MISSING = {"pypi": Source(state="missing", reason=GONE.reason)}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def site(url: str) -> Settings:
    return Settings(
        title="Test",
        base_url="https://example.org",
        repository="https://github.com/example/example",
        contact="us@example.org",
        pypi_url=url,
    )


@dataclass
class Nights:
    """A made-up index, what is known of it, and the nights in which it is asked."""

    projects: Projects
    server: PyPIServer
    known: dict[str, Snapshot] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)

    def grow(self, count: int) -> None:
        """Make projects of which all is known but the details."""
        for number in range(count):
            name = f"package-{number:03}"
            serial = self.projects.make(name, releases=2).serial
            self.known[name] = Snapshot(pypi=PyPIFacts(name=name, serial=serial, summary="known"))

    def know(self, name: str, /, **changes: object) -> None:
        facts = self.known[name].pypi
        assert facts is not None
        self.known[name] = self.known[name].model_copy(update={"pypi": facts.model_copy(update=changes)})

    def ask(self, *, again: bool = False) -> dict[str, Outcome]:
        """Ask about all that is known, and remember what comes."""
        upstream = PyPI(Setup(site(self.server.url), date(2026, 1, 1), budget=self.budget))
        self.server.requests.clear()
        questions = [Question(name, name, self.known, again) for name in self.known]
        outcomes = list(upstream.ask(questions))
        upstream.close()
        assert upstream.requests == len(self.server.requests)
        assert sorted(name for name, _ in outcomes) == sorted(self.known)
        for name, outcome in outcomes:
            if isinstance(outcome, Fetched | Gone) and isinstance(outcome.facts, PyPIFacts):
                self.known[name] = self.known[name].model_copy(update={"pypi": outcome.facts})
        return dict(outcomes)

    @property
    def paths(self) -> list[str]:
        return self.server.paths


@pytest.fixture
def nights() -> Iterator[Nights]:
    projects = Projects()
    with PyPIServer(projects).running() as server:
        yield Nights(projects, server)


def others(outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """Give the outcomes of those of which more is said than that nothing changed."""
    return {name: outcome for name, outcome in outcomes.items() if outcome != Unchanged()}


def asked(*names: str) -> list[str]:
    return ["/simple/", *(path for name in names for path in (f"/pypi/{name}/json", f"/simple/{name}/"))]


# What it spares


def test_a_night_without_news_is_one_request(nights: Nights) -> None:
    nights.grow(150)
    assert others(nights.ask()) == {}
    assert nights.paths == ["/simple/"]
    [(_, headers)] = nights.server.requests
    assert headers["Accept"] == "application/vnd.pypi.simple.v1+json"
    assert headers["User-Agent"].endswith("(+us@example.org)")


def test_three_projects_with_news_are_six_requests_more(nights: Nights) -> None:
    nights.grow(150)
    changed = ["package-003", "package-077", "package-149"]
    for name in changed:
        nights.projects.release(nights.projects[name])
    outcomes = others(nights.ask())
    assert list(outcomes) == changed
    assert nights.paths == asked(*changed)
    for name in changed:
        facts = nights.known[name].pypi
        assert facts is not None
        assert facts.releases[0].version == "1.2"
        assert facts.serial == nights.projects[name].serial
    assert others(nights.ask()) == {}
    assert nights.paths == ["/simple/"]


@pytest.mark.parametrize(("count", "requests"), [(WORTH_THE_LIST, WORTH_THE_LIST), (WORTH_THE_LIST + 1, 1)])
def test_it_is_asked_for_where_that_is_worth_it(nights: Nights, count: int, requests: int) -> None:
    nights.grow(count)
    assert others(nights.ask()) == {}
    assert len(nights.paths) == requests


def test_the_first_night_does_without(nights: Nights) -> None:
    nights.grow(150)
    nights.known = dict.fromkeys(nights.known, Snapshot())
    outcomes = nights.ask()
    assert all(isinstance(outcome, Fetched) for outcome in outcomes.values())
    assert len(nights.paths) == 300
    assert "/simple/" not in nights.paths


def test_so_does_one_that_asks_for_everything_again(nights: Nights) -> None:
    nights.grow(150)
    nights.projects.archive(nights.projects["package-007"])
    assert others(nights.ask()) == {}  # archiving moves no serial
    nights.ask(again=True)
    assert len(nights.paths) == 300
    assert nights.known["package-007"].pypi is not None
    assert nights.known["package-007"].pypi.status == "archived"


def test_a_new_package_is_asked_in_full(nights: Nights) -> None:
    nights.grow(150)
    nights.known["package-004"] = Snapshot()
    nights.known["package-005"] = Snapshot(pypi=PyPIFacts(name="package-005", version="1.0"))  # an import
    nights.known["package-006"] = Snapshot(pypi=PyPIFacts(name="package-six", serial=30_000_000))  # renamed by us
    assert list(others(nights.ask())) == ["package-004", "package-005", "package-006"]
    assert nights.paths == asked("package-004", "package-005", "package-006")


def test_it_is_asked_for_anew_each_time(nights: Nights) -> None:
    nights.grow(150)
    upstream = PyPI(Setup(site(nights.server.url), date(2026, 1, 1)))
    questions = [Question(name, name, nights.known) for name in nights.known]
    assert others(dict(upstream.ask(questions))) == {}
    nights.projects.release(nights.projects["package-009"])
    assert list(others(dict(upstream.ask(questions)))) == ["package-009"]
    upstream.close()
    assert nights.paths == ["/simple/", *asked("package-009")]
    assert upstream.requests == 4


def test_names_are_compared_as_normalised(nights: Nights) -> None:
    nights.grow(150)
    nights.know("package-001", name="Package_001")
    body = nights.projects.listing().replace(b'"package-002"', b'"Package.-_002"')
    nights.server.script("/simple/", Reply(body=body))
    assert others(nights.ask()) == {}
    assert nights.paths == ["/simple/"]


def test_a_serial_may_come_as_text(nights: Nights) -> None:
    nights.grow(150)
    content = json.loads(nights.projects.listing())
    for project in content["projects"]:
        project["_last-serial"] = str(project["_last-serial"])
    nights.server.script("/simple/", Reply(body=json.dumps(content).encode()))
    assert others(nights.ask()) == {}
    assert nights.paths == ["/simple/"]


# What is not in it


def test_only_its_own_addresses_tell_that_a_project_is_gone(nights: Nights) -> None:
    nights.grow(150)
    nights.projects.delete(nights.projects["package-020"])
    assert others(nights.ask()) == {"package-020": GONE}
    assert nights.paths == asked("package-020")


def test_what_they_told_holds_as_long_as_it_is_not_in_the_list(nights: Nights) -> None:
    nights.grow(150)
    nights.known["package-020"] = nights.known["package-020"].model_copy(update={"sources": MISSING})
    nights.known["never-there"] = Snapshot(sources=MISSING)
    nights.projects.delete(nights.projects["package-020"])
    assert others(nights.ask()) == {"package-020": GONE, "never-there": GONE}
    assert nights.paths == ["/simple/"]
    nights.projects.make("package-020")
    nights.projects.make("never-there")
    assert [type(outcome) for outcome in others(nights.ask()).values()] == [Fetched, Fetched]
    assert nights.paths == asked("package-020", "never-there")


def test_of_the_project_that_the_record_named_before_it_is_not_told(nights: Nights) -> None:
    nights.grow(150)
    nights.known["package-new"] = Snapshot(pypi=PyPIFacts(name="package-old", serial=1), sources=MISSING)
    assert others(nights.ask()) == {"package-new": GONE}
    assert nights.paths == asked("package-new")


def test_a_project_that_is_there_though_the_list_leaves_it_out(nights: Nights) -> None:
    nights.grow(150)
    nights.server.script("/simple/", Reply(body=nights.projects.listing().replace(b'"package-030"', b'"another"')))
    assert others(nights.ask()) == {}
    assert nights.paths == ["/simple/", "/pypi/package-030/json"]


def test_a_quarantine_and_its_end(nights: Nights) -> None:
    nights.grow(150)
    project = nights.projects["package-040"]
    nights.projects.quarantine(project)
    for _ in range(2):
        [outcome] = others(nights.ask()).values()
        assert isinstance(outcome, Gone)
        assert nights.paths == asked("package-040")
        nights.known["package-040"] = nights.known["package-040"].model_copy(update={"sources": MISSING})
    project.status = "active"
    [outcome] = others(nights.ask()).values()
    assert isinstance(outcome, Fetched)
    assert nights.paths == asked("package-040")


# Caches


def test_a_description_older_than_the_list_says_changes_nothing_and_is_asked_for_again(nights: Nights) -> None:
    nights.grow(150)
    old = nights.projects.description("package-050")
    assert old is not None
    nights.projects.release(nights.projects["package-050"])
    nights.server.script("/pypi/package-050/json", Reply(body=old))
    before = dict(nights.known)
    assert others(nights.ask()) == {}
    assert nights.paths == ["/simple/", "/pypi/package-050/json"]
    assert nights.known == before
    assert list(others(nights.ask())) == ["package-050"]


def test_so_does_an_old_file_list(nights: Nights) -> None:
    nights.grow(150)
    old = nights.projects.file_list("package-050")
    assert old is not None
    nights.projects.release(nights.projects["package-050"])
    nights.server.script("/simple/package-050/", Reply(body=old))
    before = dict(nights.known)
    assert others(nights.ask()) == {}
    assert nights.paths == asked("package-050")
    assert nights.known == before
    assert list(others(nights.ask())) == ["package-050"]


def test_where_nothing_is_known_an_old_answer_is_better_than_none(nights: Nights) -> None:
    nights.grow(150)
    nights.known["package-050"] = Snapshot()
    old = nights.projects.description("package-050"), nights.projects.file_list("package-050")
    serial = nights.projects["package-050"].serial
    nights.projects.release(nights.projects["package-050"])
    for path, body in zip(asked("package-050")[1:], old, strict=True):
        nights.server.script(path, Reply(body=body or b""))
    nights.ask()
    facts = nights.known["package-050"].pypi
    assert facts is not None
    assert facts.serial == serial
    assert list(others(nights.ask())) == ["package-050"]


def test_a_list_older_than_what_is_known_leaves_that_project_to_be_asked(nights: Nights) -> None:
    """It comes from a cache too: of a project that was asked about in the meantime more is known."""
    nights.grow(150)
    old = nights.projects.listing()
    nights.projects.release(nights.projects["package-060"])
    nights.ask()
    nights.server.script("/simple/", Reply(body=old))
    assert others(nights.ask()) == {}
    assert nights.paths == ["/simple/", "/pypi/package-060/json"]


def test_an_answer_older_than_what_is_known_is_a_failure(nights: Nights) -> None:
    nights.grow(150)
    serial = nights.projects["package-060"].serial
    nights.know("package-060", serial=serial + 1)
    assert others(nights.ask()) == {"package-060": Failed(f"is stale: serial {serial}, where {serial + 1} is known")}


# A list that cannot be used

BROKEN: dict[str, list[Script]] = {
    "not there": [failing(404)],
    "forbidden": [failing(403)],
    "wants a token": [failing(401)],
    "down": [failing(503)] * 3,
    "asks to wait too long": [failing(429, Retry_After="3600")],
    "torn": [torn_gzip(b'{"projects": []}')] * 3,
    "short": [short(b'{"projects": []}')] * 3,
    "elsewhere": [redirect("https://example.org/simple/")],
    "a page": [Reply(body=b"<!DOCTYPE html>")],
    "empty": [Reply(body=b"")],
    "half": [Reply(body=b'{"meta": {}, "projects": [{"name": "x", "_last-ser')],
    "no text": [Reply(body=b'{"projects": ["\xff"]}')],
    "a number of 9,000 digits": [Reply(body=b'{"projects": [], "x": %s}' % (b"9" * 9000))],
    "deep": [Reply(body=b"[" * 200_000)],
    "no object": [Reply(body=b"[]")],
    "a project": [Reply(body=b'{"name": "x"}')],
    "without projects": [Reply(body=b'{"meta": {}}')],
    "projects by name": [Reply(body=b'{"projects": {"x": 1}}')],
    "projects without names": [Reply(body=b'{"projects": [{"_last-serial": 1}]}')],
    "names that are numbers": [Reply(body=b'{"projects": [{"name": 1}]}')],
    "nothing in place of projects": [Reply(body=b'{"projects": [null, null]}')],
    "an interface to come": [Reply(body=b'{"meta": {"api-version": "2.0"}, "projects": []}')],
}


@pytest.mark.parametrize("fault", ["not there", "down", "torn", "half", "an interface to come"])
def test_some_are_asked_one_by_one_without_it(nights: Nights, fault: str) -> None:
    nights.grow(150)
    scripts = BROKEN[fault]
    nights.projects.release(nights.projects["package-070"])
    nights.server.script("/simple/", *scripts)
    assert list(others(nights.ask())) == ["package-070"]
    assert Counter(nights.paths)["/simple/"] == len(scripts)
    assert len(nights.paths) == len(scripts) + 151


@pytest.mark.parametrize("scripts", BROKEN.values(), ids=BROKEN)
def test_many_are_not_asked_without_it(nights: Nights, scripts: list[Script]) -> None:
    nights.grow(MOST_WITHOUT_LIST + 1)
    before = dict(nights.known)
    nights.server.script("/simple/", *scripts)
    outcomes = set(nights.ask().values())
    assert nights.paths == ["/simple/"] * len(scripts)
    [outcome] = outcomes
    assert isinstance(outcome, Failed)
    assert not outcome.for_good  # it was said of the list, not of a project
    assert outcome.reason.startswith("/simple/: ")
    assert outcome.reason.isprintable()
    assert len(outcome.reason) <= 400
    assert nights.known == before
    assert others(nights.ask()) == {}


USELESS: dict[str, bytes] = {
    "empty": b'{"meta": {"api-version": "1.4"}, "projects": []}',
    "other projects": listing_of([("another", 1)]),
    "without serials": b'{"projects": [%s]}' % b",".join(b'{"name": "package-%03d"}' % n for n in range(600)),
    "odd serials": b'{"projects": [%s]}'
    % b",".join(b'{"name": "package-%03d", "_last-serial": %s}' % (n, (b'"a"', b"true")[n % 2]) for n in range(600)),
    "old": listing_of((f"package-{n:03}", 7) for n in range(600)),
}


@pytest.mark.parametrize("body", USELESS.values(), ids=USELESS)
def test_a_list_that_tells_nothing_of_many_is_as_bad(nights: Nights, body: bytes) -> None:
    nights.grow(MOST_WITHOUT_LIST + 1)
    nights.known["missing"] = Snapshot(sources=MISSING)
    nights.server.script("/simple/", Reply(body=body))
    untold = Failed("/simple/: tells no serial, or an older one than is known, of 501 out of 501 projects")
    assert set(nights.ask().values()) == {untold}
    assert nights.paths == ["/simple/"]


@pytest.mark.parametrize("body", USELESS.values(), ids=USELESS)
def test_of_some_it_does_no_harm(nights: Nights, body: bytes) -> None:
    nights.grow(150)
    nights.server.script("/simple/", Reply(body=body))
    assert others(nights.ask()) == {}
    assert len(nights.paths) == 151


def test_a_list_of_another_index_fails_visibly(nights: Nights) -> None:
    nights.grow(150)
    for name in nights.known:
        nights.know(name, serial=90_000_000)
    assert {type(outcome) for outcome in nights.ask().values()} == {Failed}


def test_a_list_has_a_limit_of_its_own(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    nights.grow(MOST_WITHOUT_LIST + 1)
    assert LIST_LIMITS.body > 100_000_000
    size = len(nights.projects.listing())
    monkeypatch.setattr(module, "LIST_LIMITS", replace(LIST_LIMITS, body=size - 1))
    assert set(nights.ask().values()) == {Failed(f"/simple/: larger than {size - 1} bytes")}
    monkeypatch.setattr(module, "LIST_LIMITS", replace(LIST_LIMITS, body=size))
    assert others(nights.ask()) == {}


# The budget of a run


def test_a_spent_budget_ends_the_requests_and_not_what_the_list_tells(nights: Nights) -> None:
    nights.grow(150)
    changed = ["package-001", "package-002", "package-003"]
    for name in changed:
        nights.projects.release(nights.projects[name])
    nights.budget = Budget(requests=4)
    outcomes = others(nights.ask())
    assert nights.paths == asked(*changed)[:4]
    assert isinstance(outcomes.pop("package-001"), Fetched)
    waiting = Waiting("the requests for this run are spent")
    assert outcomes == dict.fromkeys(changed[1:], waiting)
    nights.budget = Budget()
    assert list(others(nights.ask())) == changed[1:]


@pytest.mark.parametrize("count", [3, 150, 600])
def test_without_a_budget_nothing_is_asked(nights: Nights, count: int) -> None:
    nights.grow(count)
    nights.budget = Budget(requests=0)
    assert {type(outcome) for outcome in nights.ask().values()} == {Waiting}
    assert nights.paths == []


@pytest.mark.parametrize(("count", "path"), [(3, "/pypi/package-000/json"), (600, "/simple/")])
def test_a_wait_beyond_the_time_of_the_run_ends_it(nights: Nights, count: int, path: str) -> None:
    nights.grow(count)
    nights.budget = Budget(seconds=30, clock=lambda: 0)
    nights.server.script(path, failing(429, Retry_After="50"))
    [outcome] = set(nights.ask().values())
    assert isinstance(outcome, Waiting)
    assert "asks to wait 50 s" in outcome.reason
    assert nights.paths == [path]


# With what is stored


def data_of(nights: Nights, folder: Path) -> Data:
    stored, problems = snapshots.load(folder)
    assert problems == []
    packages = {
        name: Entry(f"data/packages/{name}.yaml", name, PackageRecord(title=name, category="apps", pypi=name), {})
        for name in nights.known
    }
    return Data(packages, snapshots=stored, settings=site(nights.server.url))


def fetched(nights: Nights, folder: Path, make: Callable[[Setup], PyPI] = PyPI) -> Summary:
    data = data_of(nights, folder)
    upstream = make(Setup(data.settings, date(2026, 1, 1)))
    nights.server.requests.clear()
    try:
        return fetch(data, folder, [upstream], lambda: datetime(2026, 3, 1, tzinfo=UTC))
    finally:
        upstream.close()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "snapshots").glob("*"))}


def test_two_nights_with_the_same_answers_write_nothing(nights: Nights, tmp_path: Path) -> None:
    nights.grow(120)
    fetched(nights, tmp_path)
    assert len(nights.paths) == 240
    before = bytes_of(tmp_path)
    assert len(before) == 120
    summary = fetched(nights, tmp_path)
    assert summary.count("unchanged") == 120
    assert nights.paths == ["/simple/"]
    assert bytes_of(tmp_path) == before


class _KilledError(BaseException):
    """As a signal would: nothing of ours catches it."""


class _Killed(PyPI):
    """Is killed in the middle of those that have news: they come last."""

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        yield from islice(super().ask(questions), 119)
        raise _KilledError


def test_killed_and_started_again_it_ends_the_same(nights: Nights, tmp_path: Path) -> None:
    nights.grow(120)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        fetched(nights, folder)
    for name in ("package-010", "package-020", "package-030"):
        nights.projects.release(nights.projects[name])
    fetched(nights, whole)

    with pytest.raises(_KilledError):
        fetched(nights, killed, _Killed)
    assert bytes_of(killed) != bytes_of(whole)
    fetched(nights, killed)
    assert len(nights.paths) < 7
    assert bytes_of(killed) == bytes_of(whole)


def test_beside_the_forges_it_is_asked_one_at_a_time(forges: Forges) -> None:
    projects = Projects(forges.clock)
    url = forges.mount(Site(projects))
    upstream = PyPI(Setup(site(url), date(2026, 1, 1)))
    names = [projects.make(f"package-{number}").name for number in range(120)]
    known = {name: Snapshot(pypi=PyPIFacts(name=name, serial=projects[name].serial)) for name in names}
    for project in projects.sample(0.05, seed=1):
        projects.release(project)
    outcomes = list(upstream.ask([Question(name, name, known) for name in names]))
    upstream.close()
    assert Counter(type(outcome) for _, outcome in outcomes) == {Unchanged: 114, Fetched: 6}
    assert forges.counts() == {"pypi description": 6, "pypi files": 6, "pypi list": 1}
    assert forges.peak == {"pypi": 1}


# Reading it

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["x", "a_B", "1", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "meta", "projects", "_last-serial", "api-version"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_it_holds_it_is_read_or_refused(content: object) -> None:
    found = read_listing("/simple/", json.dumps(content).encode(), {"x", "a-b", "1"})
    if isinstance(found, Failed):
        assert found.reason.startswith("/simple/: is not ")
    else:
        assert isinstance(content, dict)
        assert found.keys() <= {"x", "a-b", "1"}
        assert all(isinstance(project["name"], str) for project in content["projects"])


def test_reading_it_takes_no_room_for_projects_that_nobody_asks_about() -> None:
    body = Projects(strangers=50_000).listing()
    wanted = {"else-where7", "else-where49999", "not-there"}
    tracemalloc.start()
    found = read_listing("/simple/", body, wanted)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not isinstance(found, Failed)
    assert found.keys() == {"else-where7", "else-where49999"}
    assert peak < 3 * len(body)


def test_the_made_up_index_is_read_as_a_real_one(nights: Nights) -> None:
    nights.grow(1)
    nights.ask(again=True)
    facts = nights.known["package-000"].pypi
    assert facts is not None
    uploaded = facts.releases[0].uploaded
    assert uploaded is not None
    assert facts.releases[0] == Release(version="1.1", uploaded=uploaded, requires_python=">=3.10")
    assert facts.license_expression == "MIT"
