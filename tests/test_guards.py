from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import DAY, NOW, Scripted, data_of, fetched, repository

from builder import snapshots
from builder.errors import GuardRefusedError
from builder.fetch import fetch
from builder.fetch.guards import FIELDS, failing, refusal
from builder.fetch.journal import Answer, Answered
from builder.metadata import DownloadFacts, PyPIFacts, Release, RepositoryFacts, Snapshot, Source, State
from builder.upstreams.base import Failed, Fetched, Gone, Unchanged

FORGE = RepositoryFacts(
    id="R1",
    owner="U1",
    name="o/n",
    description="What it is",
    stars=10,
    forks=2,
    head="c0ffee",
    last_commit=NOW,
    commits={NOW.date(): 3},
    participants=("ann", "bob"),
)
INDEX = PyPIFacts(
    name="x",
    summary="What it is",
    requires_python=">=3.11",
    classifiers=("Framework :: Django",),
    releases=(Release(version="1.0"),),
)
KNOWN = {"github": Snapshot(repository=FORGE), "pypi": Snapshot(pypi=INDEX)}


def ask(
    upstream: str, number: int, say: Callable[[int], Answer], known: Callable[[int], Snapshot] | None = None
) -> str:
    """Give the guards' word on so many answers."""
    slugs = [f"p{n:05}" for n in range(number)]
    beside = {slug: (known or (lambda _: KNOWN[upstream]))(n) for n, slug in enumerate(slugs)}
    answers = {slug: Answered.of(slug, say(n), NOW, slug) for n, slug in enumerate(slugs)}
    return refusal(upstream, beside, answers)


def first(number: int, outcome: Answer, others: Answer | None = None) -> Callable[[int], Answer]:
    """Let the first ones say one thing, and the rest another."""
    return lambda n: outcome if n < number else others or Unchanged()


def forge(**changes: object) -> Fetched:
    return Fetched(FORGE.model_copy(update=changes))


# Failing, missing


@pytest.mark.parametrize(("failed", "total", "refused"), [(4, 4, False), (5, 25, False), (5, 24, True), (6, 25, True)])
def test_a_fifth_may_fail(failed: int, total: int, *, refused: bool) -> None:
    expected = f"{failed} of {total} packages failed (more than 20%)"
    assert failing(failed, total) == (expected if refused else "")


@pytest.mark.parametrize(("gone", "total", "refused"), [(4, 4, False), (5, 100, False), (5, 99, True), (6, 100, True)])
@pytest.mark.parametrize("upstream", ["pypi", "github"])
def test_a_twentieth_may_be_newly_missing(upstream: str, gone: int, total: int, *, refused: bool) -> None:
    expected = f"{gone} of {total} packages would be newly missing (more than 5%)"
    assert ask(upstream, total, first(gone, Gone("x"))) == (expected if refused else "")


@pytest.mark.parametrize(
    "known",
    [
        Snapshot(),
        Snapshot(repository=FORGE),
        Snapshot(pypi=INDEX, sources={"pypi": Source(state="missing", since=NOW - DAY)}),
    ],
)
def test_what_was_not_there_is_not_newly_missing(known: Snapshot) -> None:
    assert ask("pypi", 10, lambda _: Gone("x"), lambda _: known) == ""


def test_downloads_are_judged_by_what_is_known_of_downloads() -> None:
    known = Snapshot(downloads=DownloadFacts(month="2026-01", count=7))
    assert "newly missing" in ask("downloads", 10, lambda _: Gone("x"), lambda _: known)
    assert ask("downloads", 10, lambda _: Gone("x"), lambda _: KNOWN["github"]) == ""


# Other repositories than they were


@pytest.mark.parametrize(("taken", "total", "refused"), [(4, 4, False), (5, 100, False), (6, 100, True)])
def test_a_forge_that_changes_its_ids_takes_over_nothing(taken: int, total: int, *, refused: bool) -> None:
    expected = f"repository.id: {taken} of {total} packages would be other repositories than they were (more than 5%)"
    assert ask("github", total, first(taken, forge(id="R2"))) == (expected if refused else "")


def test_what_is_taken_over_already_is_no_news() -> None:
    state: State = "taken over"
    known = KNOWN["github"].model_copy(update={"sources": {"github": Source(state=state, since=NOW)}})
    assert ask("github", 10, lambda _: forge(id="R2"), lambda _: known) == ""


def test_facts_that_will_not_be_taken_are_not_judged() -> None:
    """Of another repository, which is poor in all fields."""
    state: State = "taken over"
    known = KNOWN["github"].model_copy(update={"sources": {"github": Source(state=state, since=NOW)}})
    assert ask("github", 30, lambda _: Fetched(RepositoryFacts(id="R2", stars=0)), lambda _: known) == ""


# Fields

EMPTY: dict[str, object] = {"commits": {}, "participants": (), "releases": (), "classifiers": (), "summary": ""}


@pytest.mark.parametrize("field", FIELDS["repository"])
@pytest.mark.parametrize(("lost", "total", "refused"), [(4, 4, False), (5, 100, False), (6, 100, True)])
def test_a_twentieth_may_lose_a_field_of_a_repository(field: str, lost: int, total: int, *, refused: bool) -> None:
    expected = f"repository.{field}: {lost} of {total} packages would lose it (more than 5%)"
    for nothing in (None, EMPTY.get(field)):
        assert ask("github", total, first(lost, forge(**{field: nothing}), forge())) == (expected if refused else "")


@pytest.mark.parametrize("field", FIELDS["pypi"])
def test_a_twentieth_may_lose_a_field_of_a_project(field: str) -> None:
    poor = Fetched(INDEX.model_copy(update={field: EMPTY.get(field)}))
    assert ask("pypi", 100, first(5, poor, Fetched(INDEX))) == ""
    expected = f"pypi.{field}: 6 of 100 packages would lose it (more than 5%)"
    assert ask("pypi", 100, first(6, poor, Fetched(INDEX))) == expected


def test_zero_is_not_lost() -> None:
    assert ask("github", 10, lambda _: forge(stars=5, forks=0)) == ""
    known = Snapshot(downloads=DownloadFacts(month="2026-01", count=7))
    none = Fetched(DownloadFacts(month="2026-02", count=0))
    assert ask("downloads", 10, lambda _: none, lambda _: known) == ""


# Stars


@pytest.mark.parametrize(
    ("stars", "number", "expected"),
    [
        (21, 20, ""),
        (22, 20, "repository.stars: the median of 20 packages would change by +109% (more than a factor of 2)"),
        (22, 19, ""),
        (5, 20, ""),
        (4, 20, "repository.stars: the median of 20 packages would change by -55% (more than a factor of 2)"),
        (0, 20, "repository.stars: the median of 20 packages would change by -91% (more than a factor of 2)"),
    ],
)
def test_the_median_of_stars_does_not_double(stars: int, number: int, expected: str) -> None:
    assert ask("github", number, lambda _: forge(stars=stars)) == expected


def test_a_package_that_becomes_famous_is_no_matter() -> None:
    assert ask("github", 40, first(19, forge(stars=9999), forge())) == ""
    assert ask("github", 40, lambda _: forge(), lambda _: Snapshot(repository=RepositoryFacts(id="R1"))) == ""


# Bytes


def test_facts_do_not_shrink_to_half() -> None:
    long = INDEX.model_copy(update={"releases": tuple(Release(version=f"1.{n}") for n in range(50))})
    known = Snapshot(pypi=long)
    word = ask("pypi", 10, lambda _: Fetched(INDEX), lambda _: known)
    before, after = (10 * len(facts.model_dump_json()) for facts in (long, INDEX))
    assert word == (
        f"pypi: the facts of 10 packages would shrink from {before:,} to {after:,} bytes (to less than 50%)"
    )
    assert ask("pypi", 4, lambda _: Fetched(INDEX), lambda _: known) == ""
    assert ask("pypi", 10, lambda _: Fetched(long), lambda _: Snapshot(pypi=INDEX)) == ""


# No false alarm

_names = st.text("abc ü", min_size=1, max_size=80)
_repositories = st.builds(
    RepositoryFacts,
    id=st.just("R1"),
    owner=st.just("U1"),
    name=st.just("o/n"),
    description=st.none() | _names,
    stars=st.integers(0, 50_000),
    forks=st.integers(0, 5_000),
    head=st.text("0123456789abcdef", min_size=40, max_size=40),
    last_commit=st.just(NOW - DAY),
    commits=st.dictionaries(st.dates(NOW.date() - 300 * DAY, NOW.date() - DAY), st.integers(1, 30), min_size=1),
    participants=st.lists(_names, min_size=1, max_size=30).map(tuple),
)


@st.composite
def a_day_later(draw: st.DrawFn, facts: RepositoryFacts) -> RepositoryFacts:
    """Let a repository be as it may be after a day: a few more stars or fewer, some commits more, the oldest out."""
    assert facts.stars is not None
    assert facts.commits is not None
    assert facts.participants is not None
    change = max(1, facts.stars // 10)
    commits = dict(sorted(facts.commits.items())[draw(st.integers(0, 1)) :]) | {NOW.date(): draw(st.integers(1, 9))}
    return facts.model_copy(
        update={
            "stars": max(0, facts.stars + draw(st.integers(-change, change))),
            "forks": draw(st.integers(0, 5_000)),
            "head": "0" * 40,
            "last_commit": NOW,
            "commits": commits,
            "participants": (*facts.participants, *draw(st.lists(_names, max_size=2))),
        }
    )


@settings(deadline=None)
@given(known=st.lists(_repositories, min_size=1, max_size=40), data=st.data())
def test_an_ordinary_night_is_let_pass(known: list[RepositoryFacts], data: st.DataObject) -> None:
    after = [Fetched(data.draw(a_day_later(facts))) for facts in known]
    assert ask("github", len(known), after.__getitem__, lambda n: Snapshot(repository=known[n])) == ""


@settings(deadline=None)
@given(data=st.data(), number=st.integers(0, 4), upstream=st.sampled_from(["pypi", "github"]))
def test_four_answers_say_nothing_about_an_upstream(data: st.DataObject, number: int, upstream: str) -> None:
    poor: list[Answer] = [Failed("x"), Gone("x"), Fetched(PyPIFacts(name="x")), Fetched(RepositoryFacts(id="R2"))]
    said = [data.draw(st.sampled_from(poor)) for _ in range(number)]
    assert ask(upstream, number, said.__getitem__) == ""


@pytest.mark.parametrize("upstream", ["pypi", "github"])
def test_the_first_night_and_growth_are_let_pass(upstream: str) -> None:
    new = Fetched(INDEX) if upstream == "pypi" else forge()
    assert ask(upstream, 100, lambda _: new, lambda _: Snapshot()) == ""
    assert ask(upstream, 100, lambda _: new, lambda n: KNOWN[upstream] if n < 3 else Snapshot()) == ""


# In a run


def test_a_refusal_names_the_upstream_and_takes_nothing_of_it_but_all_of_the_others(tmp_path: Path) -> None:
    slugs = [f"p{n}" for n in range(9)]
    known = {slug: Snapshot(repository=FORGE) for slug in slugs}
    for slug, snapshot in known.items():
        snapshots.save(tmp_path, slug, snapshot)
    stars = Scripted({slug: Fetched(repository(stars=None)) for slug in slugs}, "github")
    index = Scripted(dict.fromkeys(slugs, fetched("new")))
    summary = fetch(data_of(*slugs, known=known), tmp_path, [stars, index], lambda: NOW)
    assert len(stars.seen) == 9
    after, _ = snapshots.load(tmp_path)
    assert all(snapshot.repository == FORGE for snapshot in after.values())
    assert {snapshot.pypi and snapshot.pypi.summary for snapshot in after.values()} == {"new"}
    assert {result.verdict for result in summary.results if result.upstream == "github"} == {"refused"}
    assert summary.stopped == {}
    error = summary.error()
    assert isinstance(error, GuardRefusedError)
    assert error.exit_code == 4
    assert str(error) == (
        "github: repository.description: 9 of 9 packages would lose it (more than 5%);"
        " if that is true, `builder fetch --accept github` takes it"
    )
    assert not (tmp_path / ".fetch").exists()
