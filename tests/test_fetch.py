"""Runs over scripted upstreams, and over the played PyPI: what is asked, stored, refused, and what a kill leaves."""

import json
import os
import signal
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from folders import tree
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypi_server import PyPIServer, failing
from scripted import (
    DAY,
    NOW,
    Clock,
    Scripted,
    answers_of,
    data_of,
    fetched,
    known_snapshots,
    reasons,
    repository,
    repository_facts,
    stored,
)

from builder import snapshots
from builder.errors import BuilderError, GuardRefusedError, UpstreamError
from builder.fetch import Summary, fetch, plan
from builder.fetch.journal import Journal
from builder.metadata import DownloadFacts, PyPIFacts, Release, RepositoryFacts, Snapshot, Source
from builder.upstreams.base import (
    Failed,
    Fetched,
    Gone,
    Outcome,
    Plan,
    Question,
    Refused,
    Setup,
    Skipped,
    Unchanged,
    Waiting,
)
from builder.upstreams.limits import Budget
from builder.upstreams.pypi import PyPI

if TYPE_CHECKING:
    from builder.upstreams.base import Upstream

EARLIER = datetime(2026, 2, 15, 21, 7, 27, 202335, tzinfo=UTC)
OLD = Snapshot(
    last_fetched=EARLIER, pypi=PyPIFacts(name="x", serial=1, summary="old"), repository=RepositoryFacts(stars=3)
)
Outcomes = dict[str, Outcome | Skipped]


def run(slugs: Sequence[str], folder: Path, *upstreams: "Upstream", when: datetime = NOW) -> Summary:
    """Fetch all with what is stored."""
    return fetch(data_of(*slugs, known=stored(folder)), folder, upstreams, lambda: when)


def save(folder: Path, **known: Snapshot) -> None:
    for slug, snapshot in known.items():
        snapshots.save(folder, slug, snapshot)


def verdicts(summary: Summary, upstream: str = "pypi") -> dict[str, str]:
    return {result.slug: result.verdict for result in summary.results if result.upstream == upstream}


def times(folder: Path) -> dict[str, int]:
    return {str(file): file.stat().st_mtime_ns for file in folder.rglob("*")}


def slugs_of(number: int) -> list[str]:
    return [f"p{n:03}" for n in range(number)]


# What is stored


def test_a_good_answer_takes_the_place_of_the_old_facts_of_its_kind(tmp_path: Path) -> None:
    save(tmp_path, x=OLD)
    summary = run(["x"], tmp_path, Scripted({"x": fetched("new")}))
    expected = OLD.model_copy(
        update={
            "last_fetched": NOW,
            "pypi": PyPIFacts(name="x", serial=2, summary="new"),
            "sources": {"pypi": Source(changed=NOW)},
        }
    )
    assert stored(tmp_path) == {"x": expected}
    assert verdicts(summary) == {"x": "fetched"}


def test_a_serial_alone_is_no_news_but_is_kept(tmp_path: Path) -> None:
    save(tmp_path, x=OLD)
    summary = run(["x"], tmp_path, Scripted({"x": fetched("old")}))
    assert OLD.pypi is not None
    expected = OLD.model_copy(update={"pypi": OLD.pypi.model_copy(update={"serial": 2})})
    assert stored(tmp_path) == {"x": expected}
    assert verdicts(summary) == {"x": "unchanged"}


def test_what_a_gone_one_still_says_is_kept(tmp_path: Path) -> None:
    assert OLD.pypi is not None
    save(tmp_path, x=OLD)
    facts = OLD.pypi.model_copy(update={"status": "quarantined"})
    summary = run(["x"], tmp_path, Scripted({"x": Gone("is quarantined", facts)}))
    source = Source(changed=NOW, state="missing", since=NOW, reason="is quarantined")
    assert stored(tmp_path)["x"] == OLD.model_copy(
        update={"pypi": facts, "last_fetched": NOW, "sources": {"pypi": source}}
    )
    assert verdicts(summary) == {"x": "gone"}


def test_two_upstreams_fill_one_snapshot(tmp_path: Path) -> None:
    first = Scripted({"x": fetched("new")})
    second = Scripted({"x": Fetched(repository())}, "github")
    summary = run(["x"], tmp_path, first, second)
    assert stored(tmp_path)["x"].pypi == PyPIFacts(name="x", serial=2, summary="new")
    assert stored(tmp_path)["x"].repository == repository()
    assert stored(tmp_path)["x"].sources == {"github": Source(changed=NOW, asked="X"), "pypi": Source(changed=NOW)}
    assert list(stored(tmp_path)["x"].sources) == ["github", "pypi"]
    assert [(r.upstream, r.verdict) for r in summary.results] == [("pypi", "fetched"), ("github", "fetched")]


def test_a_refused_upstream_does_not_touch_the_others(tmp_path: Path) -> None:
    slugs = slugs_of(8)
    broken = Scripted(dict.fromkeys(slugs, Failed("broken")), "github")
    summary = run(slugs, tmp_path, broken, Scripted(dict.fromkeys(slugs, fetched("new"))))
    assert sorted(stored(tmp_path)) == slugs
    assert {s.sources["pypi"].state for s in stored(tmp_path).values()} == {"ok"}
    assert all(s.pypi and s.repository is None for s in stored(tmp_path).values())
    assert set(summary.stopped) == set(summary.refused) == {"github"}


# What is asked


def test_asks_about_all_packages_in_order_of_slug(tmp_path: Path) -> None:
    upstream = Scripted()
    save(tmp_path, a=OLD)
    run(["b", "a", "c"], tmp_path, upstream)
    assert [(each.slug, each.name, each.again) for each in upstream.asked] == [
        (slug, slug.upper(), False) for slug in "abc"
    ]
    assert upstream.known == [OLD, Snapshot(), Snapshot()]


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
    for call in (
        lambda: fetch(data_of("django-messages"), tmp_path, [upstream], lambda: NOW, [slug]),
        lambda: plan(data_of("django-messages"), [upstream], [slug]),
    ):
        with pytest.raises(BuilderError) as caught:
            call()
        assert str(caught.value) == message
    assert upstream.requests == 0
    assert tree(tmp_path) == {}


def test_a_package_that_an_upstream_does_not_know_is_skipped_visibly(tmp_path: Path) -> None:
    upstream = Scripted({"b": Skipped("has no name"), "c": Skipped("has no name"), "d": Skipped("")})
    summary = run(["a", "b", "c", "d"], tmp_path, upstream)
    assert verdicts(summary) == {"a": "unchanged", "b": "skipped", "c": "skipped"}
    assert upstream.seen == ["a"]
    assert summary.lines() == ["1 unchanged, 2 skipped (1 request)", "skipped: 2 x pypi: has no name"]


def test_answers_may_come_in_batches_and_in_any_order(tmp_path: Path) -> None:
    slugs = slugs_of(7)
    upstream = Scripted({slug: fetched(slug) for slug in slugs}, batch=3)
    summary = run(slugs, tmp_path, upstream)
    assert summary.requests == {"pypi": 3}
    assert {slug: s.pypi and s.pypi.summary for slug, s in stored(tmp_path).items()} == {slug: slug for slug in slugs}


def test_a_question_that_gets_no_answer_is_a_failure(tmp_path: Path) -> None:
    class Forgetful(Scripted):
        def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
            return super().ask(questions[1:])

    summary = run(["a", "b"], tmp_path, Forgetful())
    assert verdicts(summary) == {"a": "failed", "b": "unchanged"}
    assert summary.lines()[1:] == ["failed: a: pypi: was not answered"]


def test_an_upstream_that_has_nothing_to_answer_is_not_asked(tmp_path: Path) -> None:
    class Eager(Scripted):
        def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
            self.requests += 1
            return super().ask(questions)

    upstream = Eager({"a": Skipped("has no name")})
    assert run(["a"], tmp_path, upstream).requests == {"pypi": 0}


def test_requests_of_an_earlier_run_are_not_counted(tmp_path: Path) -> None:
    assert run(["a"], tmp_path, Scripted(requests=40)).requests == {"pypi": 1}


def test_a_plan_asks_nothing(tmp_path: Path) -> None:
    del tmp_path
    upstreams = [Scripted({"c": Skipped("x")}, batch=2), Scripted(name="github")]
    data = data_of("a", "b", "c")
    assert plan(data, upstreams) == [("pypi", 2, Plan(1, "2 at once")), ("github", 3, Plan(3, "1 at once"))]
    assert plan(data, upstreams, ["c"]) == [("pypi", 0, Plan(0, "2 at once")), ("github", 1, Plan(1, "1 at once"))]
    assert [upstream.requests for upstream in upstreams] == [0, 0]


# No fact is ever lost

SLUGS = slugs_of(8)
some_known = st.dictionaries(st.sampled_from(SLUGS), known_snapshots)


def facts(snapshot: Snapshot) -> dict[str, object]:
    return snapshot.model_dump(exclude={"sources"})


@settings(deadline=None)
@given(known=some_known, data=st.data(), name=st.sampled_from(["pypi", "github", "downloads"]))
def test_what_is_no_good_answer_alters_no_fact(known: dict[str, Snapshot], data: st.DataObject, name: str) -> None:
    said = (
        st.builds(Failed, reasons)
        | st.builds(Waiting, reasons)
        | st.builds(Refused, reasons)
        | st.builds(Gone, reasons)
    )
    told: Outcomes = {slug: data.draw(said) for slug in SLUGS}
    if name == "github":
        for slug, snapshot in known.items():
            if snapshot.repository and snapshot.repository.id and data.draw(st.booleans()):
                told[slug] = Fetched(data.draw(repository_facts.filter(lambda f: f.id)).model_copy(update={"id": "R9"}))
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        save(folder, **known)
        run(SLUGS, folder, Scripted(told, name, batch=3))
        after = stored(folder)
    assert {slug: facts(after[slug]) for slug in known} == {slug: facts(snapshot) for slug, snapshot in known.items()}
    assert all(facts(after[slug]) == facts(Snapshot()) for slug in set(after) - set(known))


@settings(deadline=None)
@given(known=some_known, data=st.data())
def test_a_refusal_leaves_every_fact_as_it_was_and_a_second_one_every_file(
    known: dict[str, Snapshot], data: st.DataObject
) -> None:
    told: Outcomes = {slug: data.draw(answers_of("pypi")) for slug in SLUGS}
    told |= dict.fromkeys(data.draw(st.permutations(SLUGS))[:5], Failed("broken"))
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        save(folder, **known)
        summary = run(SLUGS, folder, Scripted(told, batch=data.draw(st.integers(1, 8))))
        after, files = stored(folder), tree(folder)
        nothing = Snapshot()
        assert {slug: facts(known.get(slug, nothing)) for slug in after} == {
            slug: facts(s) for slug, s in after.items()
        }
        run(SLUGS, folder, Scripted(told), when=NOW + DAY)
        assert tree(folder) == files
    assert set(summary.refused) == {"pypi"}
    assert not {"fetched", "unchanged", "gone"} & set(verdicts(summary).values())
    assert isinstance(summary.error(), GuardRefusedError)


@settings(deadline=None)
@given(known=some_known, data=st.data())
def test_two_equal_nights_change_no_file(known: dict[str, Snapshot], data: st.DataObject) -> None:
    others = st.builds(Waiting, reasons) | st.builds(Skipped, reasons) | st.builds(Refused, reasons)
    told: dict[str, Outcomes] = {
        name: {slug: data.draw(st.one_of(answers_of(name), answers_of(name), others)) for slug in SLUGS}
        for name in ("pypi", "github", "downloads")
    }
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        save(folder, **known)
        for night in range(3):
            upstreams = [Scripted(outcomes, name) for name, outcomes in told.items()]
            before = tree(folder), times(folder)
            run(SLUGS, folder, *upstreams, when=NOW + night * DAY)
            assert night == 0 or (tree(folder), times(folder)) == before


# Too many failures


def outcomes(text: str) -> Outcomes:
    """Make outcomes from letters: F is a failure, . is none."""
    return {f"p{n:03}": Failed("broken") if letter == "F" else fetched("new") for n, letter in enumerate(text)}


@pytest.mark.parametrize(
    ("text", "seen", "refused"),
    [
        ("FFFFFFFF", 5, True),
        (".FFFFF...", 6, True),
        ("." * 19 + "FFFFF", 24, True),
        ("." * 20 + "FFFFF", 25, False),
        ("FFFFF" + "." * 20, 25, False),
        ("FFFFF" + "." * 25 + "FF", 32, True),
        ("FFFFFFF" + "." * 25, 7, True),
        ("F....." * 6, 36, False),
        ("FFFF", 4, False),
        ("FFFF" + "." * 12 + "F....", 17, True),
    ],
)
def test_an_upstream_with_too_many_failures_is_given_up(tmp_path: Path, text: str, seen: int, *, refused: bool) -> None:
    """From five on, and only above a fifth; nothing of it is taken then."""
    told = outcomes(text)
    upstream = Scripted(told)
    summary = run(list(told), tmp_path, upstream)
    assert len(upstream.seen) == upstream.requests == seen
    assert summary.count("not asked") == len(text) - seen
    assert (set(summary.stopped), set(summary.refused)) == (({"pypi"}, {"pypi"}) if refused else (set(), set()))
    assert {slug for slug, snapshot in stored(tmp_path).items() if snapshot.pypi} == (
        set() if refused else {slug for slug, outcome in told.items() if isinstance(outcome, Fetched)}
    )
    assert len(summary.results) == len(text)


def test_giving_up_is_told_and_is_a_guard(tmp_path: Path) -> None:
    told = outcomes("FFFFF.....")
    summary = run(list(told), tmp_path, Scripted(told))
    reason = "pypi: given up: 5 of 10 packages failed (more than 20%); `--accept` does not take failures"
    assert summary.lines() == [
        "5 failed, 5 not asked (5 requests)",
        *(f"failed: p{n:03}: pypi: broken" for n in range(5)),
        reason,
    ]
    error = summary.error()
    assert isinstance(error, GuardRefusedError)
    assert (str(error), error.exit_code) == (reason, 4)


@pytest.mark.parametrize("batch", [1, 10])
def test_failures_of_a_batch_count_as_they_come(tmp_path: Path, batch: int) -> None:
    """Ten come back to front: five good ones, then the failures."""
    told = outcomes("FFFFF.....")
    summary = run(list(told), tmp_path, Scripted(told, batch=batch))
    assert summary.count("refused") == (0 if batch == 1 else 5)
    assert not any(snapshot.pypi for snapshot in stored(tmp_path).values())


# One host of several

HOSTS = {f"p{n:03}": "down.example.org" if n < 12 else "well.example.org" for n in range(24)}


def test_a_host_that_is_down_holds_no_other_up(tmp_path: Path) -> None:
    told = outcomes("F" * 12 + "." * 12)
    upstream = Scripted(told, "forgejo", hosts=HOSTS)
    summary = run(list(told), tmp_path, upstream)
    reason = "given up: 5 of 12 packages failed (more than 20%)"
    advice = (
        "if the host is gone for good, mend these records or take it out of `forges` in data/site.yaml;"
        " `--accept` does not take failures"
    )
    assert summary.stopped == {"forgejo down.example.org": reason}
    assert summary.refused == {"forgejo down.example.org": f"{reason}; {advice}"}
    assert sorted(upstream.seen) == slugs_of(24)[:5] + slugs_of(24)[12:]
    assert [slug for slug, snapshot in stored(tmp_path).items() if snapshot.pypi] == slugs_of(24)[12:]
    error = summary.error()
    assert isinstance(error, GuardRefusedError)
    assert str(error) == f"forgejo down.example.org: {reason}; {advice}"
    assert summary.requests == {"forgejo": 17}
    assert not (tmp_path / "refresh.json").exists()


def test_a_host_that_turns_us_away_holds_no_other_up(tmp_path: Path) -> None:
    told = outcomes("." * 24) | {"p000": Refused("answered 401")}
    summary = run(list(told), tmp_path, Scripted(told, "forgejo", hosts=HOSTS))
    assert summary.stopped == {"forgejo down.example.org": "answered 401"}
    assert (summary.count("fetched"), summary.count("not asked")) == (12, 12)


def test_the_guards_look_at_each_host_for_itself(tmp_path: Path) -> None:
    save(tmp_path, **{slug: Snapshot(repository=repository(slug)) for slug in HOSTS})
    told: Outcomes = {
        slug: Gone("is not there") if host.startswith("down") else Fetched(repository(slug, stars=4))
        for slug, host in HOSTS.items()
    }
    summary = run(list(told), tmp_path, Scripted(told, "forgejo", hosts=HOSTS))
    assert set(summary.refused) == {"forgejo down.example.org"}
    assert (summary.count("fetched"), summary.count("refused")) == (12, 12)


def test_all_that_was_well_at_a_host_that_is_given_up_has_failed_since(tmp_path: Path) -> None:
    """What was said by it is thrown away, and its pages are to tell the truth; once, not every night."""
    missing = Source(state="missing", since=EARLIER, reason="is not there")
    save(tmp_path, p000=OLD, p001=OLD.model_copy(update={"sources": {"forgejo": missing}}), p011=OLD)
    told = outcomes("FFFFFF" + "." * 6) | {"p002": Failed("answered 403", for_good=True)}
    for night in range(2):
        summary = run(list(told), tmp_path, Scripted(told, "forgejo"), when=NOW + night * DAY)
        assert "p011" in {result.slug for result in summary.results if result.verdict == "not asked"}
        failed = Source(state="failed", since=NOW, reason="too many packages of the host failed")
        sources = {slug: snapshot.sources["forgejo"] for slug, snapshot in stored(tmp_path).items()}
        assert sources == dict.fromkeys(told, failed) | {"p001": missing}
        assert stored(tmp_path)["p011"].pypi == OLD.pypi
    well = outcomes("." * 12)
    assert run(list(well), tmp_path, Scripted(well, "forgejo"), when=NOW + 2 * DAY).count("fetched") == 12
    assert {snapshot.sources["forgejo"].state for snapshot in stored(tmp_path).values()} == {"ok"}


def test_what_waits_at_a_host_of_which_too_much_failed_is_as_it_was(tmp_path: Path) -> None:
    told = outcomes("FFFFF") | dict.fromkeys(slugs_of(30)[5:], Waiting("the time is over"))
    summary = run(list(told), tmp_path, Scripted(told))
    assert summary.refused == {"pypi": "5 of 5 packages failed (more than 20%); `--accept` does not take failures"}
    assert list(stored(tmp_path)) == slugs_of(5)


# What nobody has foreseen


class Broken(Scripted):
    """An upstream with a fault in it."""

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        yield from super().ask(questions[:2])
        raise RecursionError("too\ndeep")


class Confused(Scripted):
    """An upstream that speaks of what it was not asked about."""

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        yield from super().ask(questions[:2])
        yield "other", Unchanged()


class Absent(Scripted):
    """An upstream that does not get as far as its first question."""

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        raise ValueError(str(len(questions)))


@pytest.mark.parametrize(
    ("kind", "reason", "got"),
    [
        (Broken, "broke: RecursionError: too deep", 2),
        (Confused, "broke: KeyError: 'other'", 2),
        (Absent, "broke: ValueError: 4", 0),
    ],
)
def test_a_fault_of_one_upstream_stops_that_one_alone_and_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: type[Scripted], reason: str, got: int
) -> None:
    told: Outcomes = {slug: fetched(slug) for slug in "abcd"}
    summary = run(list(told), tmp_path, kind(told), Scripted(dict.fromkeys(told, Fetched(repository())), "github"))
    assert summary.stopped == {"pypi": reason}
    error = summary.error()
    assert isinstance(error, UpstreamError)
    assert error.exit_code == 3
    assert list(verdicts(summary).values()) == ["fetched"] * got + ["not asked"] * (4 - got)
    assert all(snapshot.repository for snapshot in stored(tmp_path).values())
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback")
    assert f"in {'_hear' if kind is Confused else 'ask'}\n" in shown
    assert not (tmp_path / ".fetch").exists()


def test_what_is_wrong_with_our_own_files_stops_the_run(tmp_path: Path) -> None:
    class Gone(Scripted):
        def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
            raise BuilderError(questions[0].slug)

    with pytest.raises(BuilderError, match="a"):
        run(["a"], tmp_path, Gone())


# Failures that say nothing of the host

FOR_GOOD = Failed("answered 451", for_good=True)


REFUSED_BEFORE = Snapshot(sources={"pypi": Source(state="failed", since=EARLIER, reason="answered 451")})


def test_what_is_refused_for_good_is_not_the_hosts_fault_once_that_is_known(tmp_path: Path) -> None:
    told = outcomes("." * 10) | {f"p{n:03}": FOR_GOOD for n in range(0, 10, 2)}
    save(tmp_path, **{slug: REFUSED_BEFORE for slug, outcome in told.items() if outcome == FOR_GOOD})
    summary = run(list(told), tmp_path, Scripted(told))
    assert (summary.count("failed"), summary.count("fetched")) == (5, 5)
    assert summary.error() is None
    assert stored(tmp_path)["p000"] == REFUSED_BEFORE


@pytest.mark.parametrize("known", [Source(), Source(state="failed", reason="broken"), Source(state="missing")])
def test_a_host_that_newly_refuses_a_fifth_is_given_up_night_after_night(tmp_path: Path, known: Source) -> None:
    """As with a token that has lost its rights, or behind a wall against robots."""
    told: Outcomes = dict.fromkeys(slugs_of(300), FOR_GOOD)
    save(tmp_path, **{slug: Snapshot(pypi=OLD.pypi, sources={"pypi": known}) for slug in told})
    for night in range(3):
        summary = run(list(told), tmp_path, Scripted(told, batch=100), when=NOW + night * DAY)
        assert list(summary.refused) == ["pypi"]
        assert (summary.count("failed"), summary.count("not asked")) == (61, 239)
    assert all(snapshot.pypi == OLD.pypi for snapshot in stored(tmp_path).values())


def test_a_few_that_are_newly_refused_are_taken_and_known_from_then_on(tmp_path: Path) -> None:
    told = outcomes("." * 30)
    for night in range(6):
        told[f"p{night:03}"] = told[f"p{night + 20:03}"] = FOR_GOOD
        summary = run(list(told), tmp_path, Scripted(told), when=NOW + night * DAY)
        assert (summary.error(), summary.count("failed")) == (None, 2 * night + 2)


def test_failures_for_good_are_not_the_hosts_fault_after_a_kill(tmp_path: Path) -> None:
    told = outcomes("." * 10) | {f"p{n:03}": FOR_GOOD for n in range(5)}
    save(tmp_path, **{slug: REFUSED_BEFORE for slug, outcome in told.items() if outcome == FOR_GOOD})
    leave(tmp_path, Scripted(told), list(told), 7)
    assert run(list(told), tmp_path, Scripted(told)).refused == {}


# A host that is down in the middle of the night


def test_twenty_requests_in_a_row_that_come_to_nothing_are_enough(tmp_path: Path) -> None:
    """They are too few of all to throw away what came before; the next night begins after them."""
    told = outcomes("." * 100 + "F" * 100)
    upstream = Scripted(told)
    summary = run(list(told), tmp_path, upstream)
    assert len(upstream.seen) == 120
    assert summary.stopped == {"pypi": "given up: 20 requests in a row came to nothing"}
    assert summary.refused == {}
    assert isinstance(summary.error(), UpstreamError)
    assert (summary.count("fetched"), summary.count("failed"), summary.count("not asked")) == (100, 20, 80)
    assert json.loads((tmp_path / "refresh.json").read_bytes()) == {"next": {"pypi": "p120"}}


def test_a_query_about_many_fails_once(tmp_path: Path) -> None:
    told = outcomes("." * 100 + "F" * 25 + "." * 25)
    summary = run(list(told), tmp_path, Scripted(told, batch=25))
    assert summary.error() is None
    assert summary.count("failed") == 25


def test_requests_that_came_to_nothing_before_a_kill_count(tmp_path: Path) -> None:
    told = outcomes("." * 100 + "F" * 100)
    leave(tmp_path, Scripted(told), list(told), 119)
    upstream = Scripted(told)
    summary = run(list(told), tmp_path, upstream)
    assert upstream.seen == slugs_of(120)[100:]
    assert summary.stopped == {"pypi": "given up: 20 requests in a row came to nothing"}


def test_what_failed_here_and_there_before_a_kill_is_no_row(tmp_path: Path) -> None:
    told = outcomes("F....." * 30)
    leave(tmp_path, Scripted(told), list(told), 178)
    upstream = Scripted(told)
    summary = run(list(told), tmp_path, upstream)
    assert upstream.seen == [*slugs_of(180)[::6], *slugs_of(180)[178:]]
    assert (summary.count("failed"), summary.stopped) == (30, {})


def test_one_good_answer_begins_the_count_anew(tmp_path: Path) -> None:
    told = outcomes("." * 200 + "F" * 19 + "." + "F" * 19)
    assert run(list(told), tmp_path, Scripted(told)).stopped == {}


# Turns


def test_failures_are_a_share_of_all_packages_of_a_host(tmp_path: Path) -> None:
    """What failed is asked every night, what is well every second one: a quarter of the night, but a seventh of all."""
    slugs = slugs_of(40)
    told: Outcomes = {slug: Fetched(repository(slug)) for slug in slugs}
    told |= dict.fromkeys(slugs[:6], Failed("broken"))
    assert run(slugs, tmp_path, Scripted(told, "git", nights=2)).refused == {}
    for night in (1, 2):
        summary = run(slugs, tmp_path, Scripted(told, "git", nights=2), when=NOW + night * DAY)
        assert summary.count("failed") == 6
        assert 12 < summary.count("skipped") < 22
        assert (summary.refused, summary.stopped) == ({}, {})
    told |= dict.fromkeys(slugs, Failed("broken"))
    down = run(slugs, tmp_path, Scripted(told, "git", nights=2), when=NOW + 3 * DAY)
    assert down.stopped == {"git": "given up: 9 of 40 packages failed (more than 20%)"}
    assert {s.sources["git"].state for s in stored(tmp_path).values()} == {"failed", "ok"}


# What a person has seen to be true


def test_what_is_accepted_is_taken_in_spite_of_the_guards(tmp_path: Path) -> None:
    slugs = slugs_of(10)
    save(tmp_path, **{slug: Snapshot(repository=repository(slug, stars=1)) for slug in slugs})
    told: Outcomes = dict.fromkeys(slugs[:6], Gone("is not there"))
    data = data_of(*slugs, known=stored(tmp_path))
    refused = fetch(data, tmp_path, [Scripted(told, "github")], lambda: NOW, accept=["pypi"])
    assert refused.refused == {
        "github": "6 of 10 packages would be newly missing (more than 5%);"
        " if that is true, `builder fetch --accept github` takes it"
    }
    taken = fetch(data, tmp_path, [Scripted(told, "github")], lambda: NOW, accept=["github"])
    assert (taken.error(), taken.count("gone")) == (None, 6)
    assert stored(tmp_path)["p000"].sources["github"].state == "missing"
    assert run(slugs, tmp_path, Scripted(told, "github"), when=NOW + DAY).error() is None


def test_failures_are_never_accepted(tmp_path: Path) -> None:
    told = outcomes("FFFFF" + "." * 10)
    summary = fetch(data_of(*told), tmp_path, [Scripted(told)], lambda: NOW, accept=["pypi"])
    assert summary.stopped == {"pypi": "given up: 5 of 15 packages failed (more than 20%)"}
    assert str(summary.error()).endswith("; `--accept` does not take failures")


# An upstream that turns us away


def test_a_refusal_ends_the_asking_and_keeps_what_was_got(tmp_path: Path) -> None:
    told: Outcomes = {"a": fetched("new"), "b": Failed("x"), "c": Refused("answered 401; the token is not good")}
    upstream = Scripted(told | {"d": fetched("new")})
    summary = run(["a", "b", "c", "d"], tmp_path, upstream, Scripted(name="github"))
    assert upstream.seen == ["a", "b", "c"]
    assert verdicts(summary) == {"a": "fetched", "b": "failed", "c": "not asked", "d": "not asked"}
    assert verdicts(summary, "github") == dict.fromkeys("abcd", "unchanged")
    assert {slug: s.sources["pypi"].state for slug, s in stored(tmp_path).items() if "pypi" in s.sources} == {
        "a": "ok",
        "b": "failed",
    }
    error = summary.error()
    assert isinstance(error, UpstreamError)
    assert (str(error), error.exit_code) == ("pypi: answered 401; the token is not good", 3)


# A budget that is spent

CURSORS = "refresh.json"


def test_the_next_run_begins_where_the_budget_ended(tmp_path: Path) -> None:
    slugs = list("abcdef")
    first: Outcomes = {slug: fetched("new") if slug in "abc" else Waiting("the time is over") for slug in slugs}
    summary = run(slugs, tmp_path, Scripted(first), Scripted(name="github"))
    assert summary.count("waiting") == 3
    assert summary.error() is None
    assert "waiting: 3 x pypi: the time is over" in summary.lines()
    assert json.loads((tmp_path / CURSORS).read_bytes()) == {"next": {"pypi": "d"}}
    assert set(tree(tmp_path)) == {CURSORS, *(f"snapshots/{slug}.json" for slug in "abc")}
    second = Scripted(dict.fromkeys("bc", Waiting("the time is over")))
    run(slugs, tmp_path, second, Scripted(name="github"))
    assert second.seen == list("defabc")
    assert json.loads((tmp_path / CURSORS).read_bytes()) == {"next": {"pypi": "b"}}
    third = Scripted()
    run(slugs, tmp_path, third, Scripted(name="github"))
    assert third.seen == list("bcdefa")
    assert not (tmp_path / CURSORS).exists()


def test_what_waits_in_a_batch_is_the_first_in_order(tmp_path: Path) -> None:
    run(list("abcd"), tmp_path, Scripted(dict.fromkeys("bcd", Waiting("x")), batch=4))
    assert json.loads((tmp_path / CURSORS).read_bytes()) == {"next": {"pypi": "b"}}


def test_a_run_about_some_packages_leaves_the_cursors_alone(tmp_path: Path) -> None:
    (tmp_path / CURSORS).write_text('{"next": {"pypi": "c"}}')
    before = tree(tmp_path)
    upstream = Scripted({"a": Waiting("x")})
    fetch(data_of(*"abcd"), tmp_path, [upstream], lambda: NOW, list("abd"))
    assert upstream.seen == list("abd")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("bad", [Refused("answered 401"), Failed("broken")])
def test_a_run_that_did_not_get_on_leaves_the_cursor(tmp_path: Path, bad: Outcome) -> None:
    slugs = slugs_of(9)
    (tmp_path / CURSORS).write_text('{"next": {"pypi": "p004"}}')
    run(slugs, tmp_path, Scripted(dict.fromkeys(slugs, bad) | {"p004": Waiting("x")}))
    assert json.loads((tmp_path / CURSORS).read_bytes()) == {"next": {"pypi": "p004"}}


def budgeted(told: Outcomes, budget: Budget, name: str, hour: Budget | None = None, **more: Any) -> Scripted:  # noqa: ANN401 - of Scripted
    """Give an upstream whose every answer is a request out of the budget, and out of an hour of its own."""

    class Budgeted(Scripted):
        def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
            for question in questions:
                if reason := (hour.spend() if hour else "") or budget.spend():
                    yield question.slug, Waiting(reason)
                else:
                    yield from super().ask([question])

    return Budgeted(told, name, **more)


SIZES = {"pypi": 30, "github": 11, "gitlab": 5, "forgejo": 2}


def nights_of(folder: Path, requests: int, number: int, names: Sequence[str] = tuple(SIZES)) -> list[list[str]]:
    """Give what was asked in each of some nights, as it came."""
    slugs = slugs_of(30)
    nights: list[list[str]] = []
    for night in range(number):
        asked: list[str] = []
        budget = Budget(requests)

        def upstream(name: str, *, asked: list[str] = asked, budget: Budget = budget) -> Scripted:
            told: Outcomes = dict.fromkeys(slugs[SIZES[name] :], Skipped(""))
            return budgeted(told, budget, name, before=lambda slug: asked.append(f"{name} {slug}"))

        data = data_of(*slugs, known=stored(folder))
        fetch(data, folder, [upstream(name) for name in names], lambda: NOW + night * DAY, budget=budget)  # noqa: B023 - called in this turn
        nights.append(asked)
    return nights


@pytest.mark.parametrize("requests", [1, 2, 3, 5, 7, 11, 20, 47, 48])
def test_everything_is_asked_once_before_anything_is_asked_twice(tmp_path: Path, requests: int) -> None:
    total = sum(SIZES.values())
    nights = nights_of(tmp_path, requests, 3 * total // requests + 1)
    assert all(len(night) == min(requests, total) == len(set(night)) for night in nights)
    asked = [each for night in nights for each in night]
    assert len(set(asked[:total])) == total
    times_asked = Counter[str]()
    for night in nights:
        times_asked.update(night)
        # What is asked twice in two rounds must not be asked twice in one night: two is the most there can be.
        assert times_asked.total() < total or max(times_asked.values()) - min(times_asked.values()) <= 2


def test_every_upstream_gets_on_in_the_first_night(tmp_path: Path) -> None:
    [first, second, *_, last] = nights_of(tmp_path, 8, 6)
    assert Counter(each.split()[0] for each in first) == {"pypi": 2, "github": 2, "gitlab": 2, "forgejo": 2}
    assert Counter(each.split()[0] for each in second) == {"pypi": 3, "github": 3, "gitlab": 2}
    assert {each.split()[0] for each in last} == {"pypi"}


def test_who_did_not_get_on_is_the_first_in_the_next_night(tmp_path: Path) -> None:
    nights = nights_of(tmp_path, 3, 2)
    assert [each.split()[0] for each in nights[0]] == ["pypi", "github", "gitlab"]
    assert nights[1][0] == "forgejo p000"


def test_a_night_with_enough_ends_the_round_first(tmp_path: Path) -> None:
    nights_of(tmp_path, 20, 1)
    waiting = json.loads((tmp_path / CURSORS).read_bytes())["next"]
    assert waiting == {"pypi": "p007", "github": "p006"}
    [night] = nights_of(tmp_path, 1000, 1)
    assert len(set(night)) == len(night) == 48
    rest = 30 - 7 + 11 - 6
    assert {each for each in night[:rest] if each < f"{each.split()[0]} {waiting[each.split()[0]]}"} == set()
    assert not (tmp_path / CURSORS).exists()


def test_one_upstream_alone_leaves_where_the_others_go_on(tmp_path: Path) -> None:
    nights_of(tmp_path, 20, 1)
    nights_of(tmp_path, 1000, 1, ["pypi"])
    assert json.loads((tmp_path / CURSORS).read_bytes()) == {"next": {"github": "p006"}}


def gap(nights: Sequence[Sequence[str]], each: str) -> int:
    """Give the most nights, one after the other, that something was not asked."""
    asked = [-1, *(number for number, night in enumerate(nights) if each in night), len(nights)]
    return max(after - before for before, after in pairwise(asked)) - 1


def nights_with_turns(folder: Path, sizes: Mapping[str, int], requests: int, hour: int) -> list[list[str]]:
    """Give what was asked in sixty nights of hosts that leave half for another night, beside PyPI, which does not.

    All is known and well. The hosts share a budget, and each has an hour of its own, which it does not exceed.
    """
    slugs = slugs_of(max(sizes.values()))
    sources = {"pypi": Source()} | {name: Source(asked=name) for name in sizes}
    nights: list[list[str]] = []
    for night in range(60):
        asked: list[str] = []
        budget = Budget(requests)

        def upstream(name: str, *, asked: list[str] = asked, budget: Budget = budget) -> Scripted:
            told: Outcomes = dict.fromkeys(slugs[sizes[name] :], Skipped(""))
            return budgeted(
                told,
                budget,
                name,
                hour=Budget(hour) if name != "pypi" else None,
                nights=1 if name == "pypi" else 2,
                before=lambda each: asked.append(f"{name} {each}"),
            )

        known = {slug: Snapshot(repository=repository(), sources=sources) for slug in slugs}
        when = NOW + night * DAY
        upstreams = [upstream(name) for name in sizes]
        fetch(data_of(*slugs, known=known), folder, upstreams, lambda when=when: when, budget=budget)  # type: ignore[misc]
        nights.append(asked)
    return nights


@pytest.mark.parametrize(
    ("sizes", "requests", "hour", "most"),
    [
        ({"bitbucket": 220}, 1000, 60, 6),
        ({"git": 40}, 19, 1000, 4),
        ({"git": 40}, 13, 1000, 6),
        ({"pypi": 30, "git": 20}, 25, 1000, 3),
        ({"pypi": 30, "git": 20, "forgejo": 9}, 30, 1000, 4),
        ({"pypi": 30, "git": 1}, 15, 1000, 4),
        ({"pypi": 30, "git": 2}, 15, 1000, 4),
        ({"pypi": 30, "git": 20, "forgejo": 9}, 1000, 1000, 1),
    ],
)
def test_nobody_is_left_out_where_turns_meet_rounds(
    tmp_path: Path, sizes: dict[str, int], requests: int, hour: int, most: int
) -> None:
    nights = nights_with_turns(tmp_path, sizes, requests, hour)
    gaps = {f"{name} {slug}": gap(nights, f"{name} {slug}") for name, size in sizes.items() for slug in slugs_of(size)}
    assert {each: longest for each, longest in gaps.items() if longest > most} == {}


def test_a_long_pause_is_made_when_the_others_are_done(tmp_path: Path) -> None:
    """As a forge does whose hour is used up after two answers: it wants a pause, and is asked again at the end."""
    budget, asked, pauses = Budget(), list[str](), list[float]()

    class Limited(Scripted):
        def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
            for question in questions:
                if len(self.seen) == 2 and not pauses:
                    if budget.puts_off(1800):
                        yield question.slug, Waiting("the points of this hour are used up")
                        continue
                    pauses.append(1800)
                    asked.append("pause")
                yield from super().ask([question])

    limited = Limited(name="github", before=lambda slug: asked.append(f"github {slug}"))
    other = Scripted(name="pypi", before=lambda slug: asked.append(f"pypi {slug}"))
    summary = fetch(data_of(*"abcd"), tmp_path, [limited, other], lambda: NOW, budget=budget)
    assert asked == ["github a", "pypi a", "github b", "pypi b", "pypi c", "pypi d", "pause", "github c", "github d"]
    assert summary.count("unchanged") == 8
    assert summary.count("waiting") == 0
    assert not (tmp_path / CURSORS).exists()


def test_a_slow_host_takes_no_time_from_the_others(tmp_path: Path) -> None:
    asked: list[str] = []
    clock = [NOW]

    def answer(name: str, seconds: int) -> Callable[[str], None]:
        def take(slug: str) -> None:
            asked.append(f"{name} {slug}")
            clock[0] += timedelta(seconds=seconds)

        return take

    slow = Scripted(name="git", before=answer("git", 30))
    quick = Scripted(name="pypi", before=answer("pypi", 1))
    fetch(data_of(*slugs_of(20)), tmp_path, [slow, quick], lambda: clock[0])
    assert asked[:21] == ["git p000", *(f"pypi {slug}" for slug in slugs_of(20))]


# Killed and started again


class _KilledError(BaseException):
    """As a signal would: nothing of ours catches it."""


class Kill:
    """Raises at the n-th point at which it is asked."""

    def __init__(self, at: int) -> None:
        self.left = at

    @property
    def is_due(self) -> bool:
        self.left -= 1
        return self.left == -1

    def __call__(self, *_: object) -> None:
        if self.is_due:
            raise _KilledError

    def around(self, function: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **options: object) -> object:
            self()
            found = function(*args, **options)
            self()
            return found

        return wrapped

    def lines(self, append: Callable[[Journal, bytes], None]) -> Callable[[Journal, bytes], None]:
        """Break lines of the journal off in the middle, too, and before their ends."""

        def torn(journal: Journal, line: bytes) -> None:
            for length in (0, len(line) // 2, len(line) - 1):
                if self.is_due:
                    append(journal, line[:length])
                    raise _KilledError
            append(journal, line)
            self()

        return torn


GITHUB: Outcomes = {
    "a": Fetched(repository(stars=9)),
    "b": Fetched(repository("R2")),
    "c": Gone("is not there"),
    "d": Failed("broken"),
    "e": Skipped("has no repository"),
    "f": Waiting("the time is over"),
    "g": Unchanged(),
}
PYPI: Outcomes = {
    "a": fetched("new"),
    "b": Gone("is quarantined", PyPIFacts(name="x", status="quarantined")),
    "c": fetched("old", serial=7),
    "d": Unchanged(),
    "e": Failed("broken"),
    "f": fetched("ü" * 20),
    "g": Gone("is not there"),
}
DOWNLOADS: Outcomes = {
    **dict.fromkeys("bcdef", Failed("broken")),
    "a": Fetched(DownloadFacts(month="2026-02", count=3)),
    "g": Unchanged(),
}
"""What is given up."""
KNOWN = {
    slug: OLD.model_copy(
        update={"repository": repository(), "sources": {"github": Source(asked=slug.upper(), changed=NOW - DAY)}}
    )
    for slug in "abcdef"
}


def one_run(folder: Path, kill: Kill, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Fetch with what is stored; tell whether it was killed."""
    clock = Clock()

    def now() -> datetime:
        kill()
        return clock()

    scripts = {"github": GITHUB, "pypi": PYPI, "downloads": DOWNLOADS}
    upstreams = [Scripted(told, name, clock=clock, before=kill) for name, told in scripts.items()]
    data = data_of(*"abcdefg", known=stored(folder))
    with monkeypatch.context() as patched:
        for name in ("replace", "write_bytes", "unlink", "rmdir"):
            patched.setattr(Path, name, kill.around(getattr(Path, name)))
        patched.setattr(Journal, "_append", kill.lines(Journal._append))  # noqa: SLF001 - where a kill tears a line
        try:
            fetch(data, folder, upstreams, now)
        except _KilledError:
            return True
    return False


def whole_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    (folder / "whole").mkdir()
    save(folder / "whole", **KNOWN)
    assert not one_run(folder / "whole", Kill(-1), monkeypatch)
    return tree(folder / "whole")


def test_killed_at_any_point_and_started_again_it_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = whole_run(tmp_path, monkeypatch)
    assert set(expected) == {CURSORS, *(f"snapshots/{slug}.json" for slug in "abcdefg")}
    for at in count():
        folder = tmp_path / str(at)
        save(folder, **KNOWN)
        if not one_run(folder, Kill(at), monkeypatch):
            break
        assert not one_run(folder, Kill(-1), monkeypatch)
        assert tree(folder) == expected, at
    assert at > 100


@settings(deadline=None, max_examples=30)
@given(points=st.lists(st.integers(0, 250), min_size=2, max_size=4))
@example(points=[18, 18, 17])
def test_killed_again_and_again_it_ends_the_same(points: list[int]) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as monkeypatch:
        expected = whole_run(Path(name), monkeypatch)
        folder = Path(name) / "killed"
        save(folder, **KNOWN)
        for at in points:
            one_run(folder, Kill(at), monkeypatch)
        one_run(folder, Kill(-1), monkeypatch)
        assert tree(folder) == expected


def test_killed_by_a_signal_and_started_again_it_ends_the_same(tmp_path: Path) -> None:
    slugs = slugs_of(9)
    told: Outcomes = {**{slug: fetched(slug) for slug in slugs}, "p003": Failed("x"), "p005": Gone("y")}
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    run(slugs, whole, Scripted(told))
    heard, say = os.pipe()

    def stand_still(slug: str) -> None:
        if slug == "p006":
            os.write(say, b".")
            signal.pause()

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # a child of a process with threads; it does nothing with them
        child = os.fork()
    if child == 0:
        try:
            run(slugs, folder, Scripted(told, before=stand_still))
        finally:
            os._exit(1)
    os.close(say)
    assert os.read(heard, 1) == b"."
    os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    os.close(heard)
    assert tree(folder).keys() == {".fetch/pypi.jsonl"}
    second = Scripted(told)
    summary = run(slugs, folder, second)
    assert second.seen == [slugs[3], *slugs[6:]]
    assert tree(folder) == tree(whole)
    assert len(summary.results) == len(slugs)


def killed_after(number: int) -> Callable[..., None]:
    def kill(done: int, *_: object) -> None:
        if done == number:
            raise _KilledError

    return kill


def leave(folder: Path, upstream: Scripted, slugs: Sequence[str], done: int, *, again: bool = False) -> None:
    """Leave a journal, as a run that was killed after so many answers does."""
    data = data_of(*slugs, known=stored(folder))
    with pytest.raises(_KilledError):
        fetch(data, folder, [upstream], lambda: NOW, progress=killed_after(done), again=again)


def test_the_rest_is_not_judged_beside_what_was_written_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifteen packages are too few to say anything about their stars, but would not be beside five new ones."""
    slugs = slugs_of(20)
    save(tmp_path, **{slug: Snapshot(repository=repository(stars=1)) for slug in slugs[5:]})
    told: Outcomes = {slug: Fetched(repository(stars=99)) for slug in slugs}
    saves, really = count(1), snapshots.save

    def killing(folder: Path, slug: str, snapshot: Snapshot) -> bool:
        if next(saves) == 6:
            raise _KilledError
        return really(folder, slug, snapshot)

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "save", killing)
        with pytest.raises(_KilledError):
            run(slugs, tmp_path, Scripted(told, "github"))
    upstream = Scripted(told, "github")
    summary = run(slugs, tmp_path, upstream)
    assert upstream.seen == []
    assert summary.refused == {}
    assert {s.repository.stars for s in stored(tmp_path).values() if s.repository} == {99}


def test_failures_before_the_kill_are_not_held_against_the_next_run(tmp_path: Path) -> None:
    """The network was down then, and is not now."""
    leave(tmp_path, Scripted(outcomes("." * 19 + "FFFFF")), slugs_of(24), 23)
    upstream = Scripted(outcomes("." * 24))
    summary = run(slugs_of(24), tmp_path, upstream)
    assert upstream.seen == slugs_of(24)[19:]
    assert (summary.error(), summary.count("fetched")) == (None, 24)


def test_failures_that_the_guards_let_pass_before_the_kill_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = outcomes("." * 20 + "FFFF")

    def killing(*_: object) -> bool:
        raise _KilledError

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "save", killing)
        with pytest.raises(_KilledError):
            run(list(told), tmp_path, Scripted(told))
    upstream = Scripted(told)
    assert run(list(told), tmp_path, upstream).count("failed") == 4
    assert upstream.seen == []


def test_an_upstream_that_was_given_up_before_the_kill_is_given_up_again(tmp_path: Path) -> None:
    told = outcomes("FFFFF" + "." * 19)
    leave(tmp_path, Scripted(told), list(told), 5)
    upstream = Scripted(told)
    steps: list[tuple[int, int]] = []
    data = data_of(*told)
    summary = fetch(
        data, tmp_path, [upstream], lambda: NOW, progress=lambda done, total, *_: steps.append((done, total))
    )
    assert upstream.seen == slugs_of(5)
    assert set(summary.refused) == set(summary.stopped) == {"pypi"}
    assert summary.count("not asked") == 19
    assert steps == [(n, 24) for n in range(1, 25)]


def test_an_upstream_that_was_done_before_the_kill_is_not_asked_again(tmp_path: Path) -> None:
    first, second = Scripted({"a": fetched("new")}), Scripted(name="github")
    with pytest.raises(_KilledError):
        fetch(data_of("a", "b"), tmp_path, [first, second], lambda: NOW, progress=killed_after(3))
    again = Scripted({"a": fetched("new")})
    run(["a", "b"], tmp_path, again, Scripted(name="github"))
    assert again.seen == []
    assert not (tmp_path / ".fetch").exists()


def test_what_a_killed_run_left_outlives_a_run_about_some_packages(tmp_path: Path) -> None:
    slugs = list("abcd")
    leave(tmp_path, Scripted({"a": fetched("left"), "b": fetched("left")}), slugs, 2)
    some = Scripted({"b": fetched("newer"), "d": fetched("newer")})
    later = NOW + timedelta(hours=1)
    fetch(data_of(*slugs), tmp_path, [some], lambda: later, ["b", "d"])
    assert some.seen == ["b", "d"]  # whoever asks for a package wants it as it is now
    rest = Scripted({"b": fetched("newest")})
    run(slugs, tmp_path, rest, when=later + timedelta(hours=1))
    assert rest.seen == ["b", "c", "d"]  # the answer about b was older than what is known by now
    assert {slug: s.pypi and s.pypi.summary for slug, s in stored(tmp_path).items()} == {
        "a": "left",
        "b": "newest",
        "d": "newer",
    }
    assert stored(tmp_path)["a"].last_fetched == NOW
    assert not (tmp_path / ".fetch").exists()


def test_a_killed_run_about_some_packages_is_gone_on_with(tmp_path: Path) -> None:
    told: Outcomes = {slug: fetched(slug) for slug in "abc"}
    with pytest.raises(_KilledError):
        fetch(data_of(*"abc"), tmp_path, [Scripted(told)], lambda: NOW, ["a", "b"], killed_after(1))
    second = Scripted(told)
    fetch(data_of(*"abc"), tmp_path, [second], lambda: NOW, ["a", "b"])
    assert second.seen == ["b"]
    assert not (tmp_path / ".fetch").exists()


def test_a_full_answer_is_not_what_was_left_by_a_run_that_asked_for_less(tmp_path: Path) -> None:
    leave(tmp_path, Scripted(), list("ab"), 1)
    upstream = Scripted()
    fetch(data_of("a", "b"), tmp_path, [upstream], lambda: NOW, again=True)
    assert upstream.seen == ["a", "b"]
    leave(tmp_path, Scripted(), list("ab"), 1, again=True)
    upstream = Scripted()
    run(["a", "b"], tmp_path, upstream)
    assert upstream.seen == ["b"]


def test_an_answer_to_another_name_is_none(tmp_path: Path) -> None:
    """Between the kill and the second start, somebody has mended the name."""

    class Renamed(Scripted):
        def project(self, record: object) -> str | Skipped:
            del record
            return "mended"

    leave(tmp_path, Scripted(), ["a", "b"], 1)
    upstream = Renamed()
    run(["a", "b"], tmp_path, upstream)
    assert upstream.seen == ["a", "b"]


def test_what_was_left_twelve_hours_ago_is_not_used(tmp_path: Path) -> None:
    leave(tmp_path, Scripted({"a": fetched("left")}), ["a", "b"], 1)
    upstream = Scripted()
    run(["a", "b"], tmp_path, upstream, when=NOW + timedelta(hours=12))
    assert upstream.seen == ["a", "b"]
    assert stored(tmp_path) == {}


def test_a_package_that_was_removed_since_the_kill_is_forgotten(tmp_path: Path) -> None:
    leave(tmp_path, Scripted(dict.fromkeys("ab", fetched("left"))), ["a", "b", "c"], 2)
    run(["b", "c"], tmp_path, Scripted())
    assert set(stored(tmp_path)) == {"b"}


# Progress

Step = tuple[int, int, str, object]


def test_progress_is_told_of_everything_as_it_comes(tmp_path: Path) -> None:
    steps: list[Step] = []
    told: Outcomes = {"a": fetched("new"), "b": Skipped("has no name"), "c": Failed("broken"), "d": Refused("no")}
    upstream = Scripted(told, before=lambda slug: steps.append((0, 0, slug, None)))
    fetch(data_of(*"abcde"), tmp_path, [upstream], lambda: NOW, progress=lambda *step: steps.append(step))
    asked = [(0, 0, slug, None) for slug in "acd"]
    expected = [
        (1, 5, "b", told["b"]),
        asked[0],
        (2, 5, "a", told["a"]),
        asked[1],
        (3, 5, "c", told["c"]),
        asked[2],
        (4, 5, "d", told["d"]),
        (5, 5, "e", Refused("no")),
    ]
    assert steps == expected


@settings(deadline=None)
@given(data=st.data(), done=st.integers(1, 8))
def test_progress_ends_with_all_whatever_happens(data: st.DataObject, done: int) -> None:
    said = answers_of("pypi") | st.builds(Waiting, reasons) | st.builds(Refused, reasons) | st.builds(Skipped, reasons)
    told: Outcomes = {slug: data.draw(said) for slug in SLUGS}
    with TemporaryDirectory() as name:
        for progress in (killed_after(done), None):
            steps: list[tuple[int, int]] = []

            def tell(done: int, total: int, slug: str, outcome: object, *, also: Any = progress) -> None:  # noqa: ANN401 - or None
                steps.append((done, total))  # noqa: B023 - called in this turn only
                if also:
                    also(done, total, slug, outcome)

            try:
                summary = fetch(data_of(*SLUGS), Path(name), [Scripted(told)], lambda: NOW, progress=tell)
            except _KilledError:
                continue
            assert steps == [(n, 8) for n in range(1, 9)]
            assert sorted(result.slug for result in summary.results) == SLUGS


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

    def one() -> Summary:
        when = NOW + next(days) * DAY
        server.requests.clear()
        return fetch(data_of(*ALL, url=server.url, known=stored(tmp_path)), tmp_path, [pypi], lambda: when)

    yield one
    pypi.close()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "snapshots").glob("*"))}


def test_a_night(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    summary = night()
    assert verdicts(summary) == dict.fromkeys(ALL, "fetched") | dict.fromkeys(
        ("deleted", "no-release", "quarantined"), "gone"
    )
    assert summary.requests == {"pypi": 18}
    assert len(server.requests) == 18
    states = {slug: snapshot.sources["pypi"].state for slug, snapshot in stored(tmp_path).items()}
    assert states == {slug: "missing" if verdict == "gone" else "ok" for slug, verdict in verdicts(summary).items()}


def test_two_nights_with_the_same_answers_write_nothing(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    night()
    before = bytes_of(tmp_path)
    summary = night()
    assert bytes_of(tmp_path) == before
    assert summary.count("fetched") == 0
    assert summary.count("unchanged") == 6
    assert summary.requests == {"pypi": 12}  # one each, and one more for those that are gone
    assert len(server.requests) == 12


def test_an_import_is_replaced_by_a_good_answer_only(server: PyPIServer, tmp_path: Path, waits: list[float]) -> None:
    imported = Snapshot(
        last_fetched=EARLIER,
        pypi=PyPIFacts(name="django-messages", version="0.6.0"),
        repository=RepositoryFacts(stars=554, forks=244, weeks=(0,) * 52),
    )
    save(tmp_path, **{"django-messages": imported})
    pypi = PyPI(Setup(data_of(url=server.url).settings, date(2026, 1, 1)))
    server.script("/simple/django-messages/", *[failing(503)] * 3)
    run(["django-messages"], tmp_path, pypi)
    assert len(waits) == 2
    failed = Source(state="failed", since=NOW, reason="/simple/django-messages/: answered 503")
    assert stored(tmp_path)["django-messages"] == imported.model_copy(update={"sources": {"pypi": failed}})
    run(["django-messages"], tmp_path, pypi, when=NOW + DAY)
    pypi.close()
    snapshot = stored(tmp_path)["django-messages"]
    assert snapshot.repository == imported.repository
    assert snapshot.last_fetched == NOW + DAY
    assert snapshot.sources == {"pypi": Source(changed=NOW + DAY)}
    assert snapshot.pypi is not None
    assert snapshot.pypi.version is None
    assert snapshot.pypi.releases[0].version == "0.6.0"


def test_a_deleted_project_keeps_its_facts(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    night()
    before = stored(tmp_path)["django-messages"]
    del server.files["django-messages.json"], server.files["django-messages.simple.json"]
    summary = night()
    assert verdicts(summary)["django-messages"] == "gone"
    after = stored(tmp_path)["django-messages"]
    assert facts(after) == facts(before)
    assert after.sources["pypi"].since == NOW + DAY


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
    assert during.last_fetched == NOW + DAY
    night()
    assert stored(tmp_path)["django-messages"] == during
    server.files = good
    night()
    assert stored(tmp_path)["django-messages"].pypi == before.pypi


def test_a_bad_night_alters_no_fact(server: PyPIServer, night: Night, tmp_path: Path) -> None:
    night()
    before = stored(tmp_path)
    server.files = dict.fromkeys(server.files, b"garbage")
    summary = night()
    assert summary.refused
    assert summary.count("failed") == 5
    after = stored(tmp_path)
    assert {slug: facts(after[slug]) for slug in before} == {slug: facts(each) for slug, each in before.items()}
    states = {slug: (each.sources["pypi"].state, after[slug].sources["pypi"].state) for slug, each in before.items()}
    assert set(states.values()) == {("ok", "failed"), ("missing", "missing")}


def test_releases_are_read_from_the_snapshot_as_they_were_fetched(night: Night, tmp_path: Path) -> None:
    night()
    facts = stored(tmp_path)["only-yanked"].pypi
    assert facts is not None
    assert facts.releases[0] == Release(
        version="1.1", uploaded=datetime(2020, 2, 1, 12, tzinfo=UTC), yanked="leaks a secret"
    )


def test_a_host_of_single_answers_is_asked_in_turns_and_says_so(tmp_path: Path) -> None:
    slugs = [f"p{number}" for number in range(20)]
    upstream = Scripted(dict.fromkeys(slugs, Fetched(RepositoryFacts(stars=1))), name="git", nights=2)
    first = run(slugs, tmp_path, upstream)
    assert first.count("fetched") == 20
    nights = [run(slugs, tmp_path, upstream, when=NOW + timedelta(days=day)) for day in (1, 2)]
    assert [night.count("skipped") + night.count("unchanged") for night in nights] == [20, 20]
    seen = [{r.slug for r in night.results if r.verdict == "unchanged"} for night in nights]
    assert seen[0] | seen[1] == set(slugs)
    assert not seen[0] & seen[1]
    assert all("x git: is asked about every 2 nights" in str(night) for night in nights)
    some = fetch(data_of(*slugs, known=stored(tmp_path)), tmp_path, [upstream], lambda: NOW, only=slugs)
    assert some.count("skipped") == 0
