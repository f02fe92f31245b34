from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import DAY, NOW, answers_of, entry_of, fetched, known_snapshots, repository

from builder.fetch.journal import Answer, Answered
from builder.fetch.merge import TOMBSTONE_AFTER, Merged, merge
from builder.metadata import PyPIFacts, RepositoryFacts, Snapshot, Source, State
from builder.upstreams.base import Failed, Fetched, Gone, Unchanged

ADDRESS = "https://github.com/o/n"
ENTRY = entry_of("x", ADDRESS, "x")
LATER = NOW + DAY


def known(facts: RepositoryFacts | None = None, state: State = "ok", asked: str = "github.com/o/n") -> Snapshot:
    since = None if state == "ok" else NOW - DAY
    source = Source(changed=NOW - 9 * DAY, asked=asked, state=state, since=since, reason="" if state == "ok" else "so")
    return Snapshot(last_fetched=NOW - 9 * DAY, repository=facts or repository(), sources={"github": source})


def put(  # noqa: PLR0913 - what most tests leave as it is
    snapshot: Snapshot,
    outcome: Answer,
    at: datetime = NOW,
    upstream: str = "github",
    *,
    name: str = "github.com/o/n",
    address: str = ADDRESS,
) -> Merged:
    return merge(upstream, snapshot, Answered.of("x", outcome, at, name), entry_of("x", address, "x"))


def source_of(merged: Merged, upstream: str = "github") -> Source:
    return merged.snapshot.sources[upstream]


# What is taken


@given(
    known_snapshots,
    st.sampled_from(["pypi", "github", "downloads"]).flatmap(lambda name: st.tuples(st.just(name), answers_of(name))),
)
def test_to_merge_twice_is_to_merge_once(snapshot: Snapshot, said: tuple[str, Answer]) -> None:
    upstream, outcome = said
    once = put(snapshot, outcome, upstream=upstream)
    twice = put(once.snapshot, outcome, upstream=upstream)
    assert twice.snapshot == once.snapshot
    assert not twice.changed
    # The next night, too.
    assert put(once.snapshot, outcome, LATER, upstream).snapshot == once.snapshot


@given(known_snapshots, st.sampled_from(["pypi", "github", "downloads"]), st.sampled_from([Failed("x"), Gone("x")]))
def test_a_failure_alters_no_fact(snapshot: Snapshot, upstream: str, outcome: Answer) -> None:
    merged = put(snapshot, outcome, upstream=upstream)
    assert merged.snapshot.model_copy(update={"sources": {}}) == snapshot
    assert not merged.changed


def test_facts_take_the_place_of_their_part_alone() -> None:
    merged = put(known(), fetched("new"), upstream="pypi")
    assert merged.snapshot == known().model_copy(
        update={
            "last_fetched": NOW,
            "pypi": PyPIFacts(name="x", serial=2, summary="new"),
            "sources": known().sources | {"pypi": Source(changed=NOW)},
        }
    )
    assert merged.changed


def test_sources_are_in_order_of_their_names() -> None:
    snapshot = put(Snapshot(), fetched("new"), upstream="pypi").snapshot
    assert list(put(snapshot, Fetched(repository())).snapshot.sources) == ["github", "pypi"]


@pytest.mark.parametrize("marks", [{"commits_since": date(2026, 1, 1)}, {"participants_on": date(2026, 1, 1)}])
def test_how_far_was_read_is_no_news_but_is_kept(marks: dict[str, date]) -> None:
    facts = repository().model_copy(update=marks)
    merged = put(known(), Fetched(facts))
    assert merged.snapshot == known(facts)
    assert not merged.changed


def test_dates_move_only_with_news() -> None:
    same = put(known(), Fetched(repository()))
    assert same.snapshot == known()
    news = put(known(), Fetched(repository(stars=4)))
    assert news.snapshot.last_fetched == source_of(news).changed == NOW
    assert put(known(), Unchanged()).snapshot == known()


# How it stands


@pytest.mark.parametrize(("outcome", "state"), [(Failed("broken"), "failed"), (Gone("is not there"), "missing")])
def test_a_state_begins_once_and_heals(outcome: Failed | Gone, state: State) -> None:
    first = put(known(), outcome)
    assert source_of(first) == source_of(put(known(), Unchanged())).model_copy(
        update={"state": state, "since": NOW, "reason": outcome.reason}
    )
    assert put(first.snapshot, outcome, LATER).snapshot == first.snapshot
    assert put(first.snapshot, Unchanged(), LATER).snapshot == known()
    assert put(first.snapshot, Fetched(repository()), LATER).snapshot == known()
    other = put(first.snapshot, type(outcome)("another reason"), LATER)
    assert (source_of(other).reason, source_of(other).since) == ("another reason", NOW)


def test_what_is_missing_after_a_failure_is_missing_since_then() -> None:
    failed = put(known(), Failed("broken"))
    gone = put(failed.snapshot, Gone("is not there"), LATER)
    assert (source_of(gone).state, source_of(gone).since) == ("missing", LATER)


@pytest.mark.parametrize("state", ["missing", "taken over"])
def test_a_failure_tells_nothing_of_what_is_missing_or_taken_over(state: State) -> None:
    """Else a bad night would link to the wrong repository, and count the days anew."""
    assert put(known(state=state), Failed("broken")).snapshot == known(state=state)


# Missing for long


def test_a_tombstone_is_proposed_after_fourteen_days_and_not_before() -> None:
    snapshot = put(known(), Gone("is not there")).snapshot
    nearly = put(snapshot, Gone("is not there"), NOW + TOMBSTONE_AFTER - DAY / 24)
    assert nearly.proposals == []
    [proposal] = put(snapshot, Gone("is not there"), NOW + TOMBSTONE_AFTER).proposals
    assert proposal.reason == "missing at github for 14 days (is not there)"
    assert proposal.edit == "remove the file, and add its id to data/tombstones.yaml"
    assert proposal.path == "data/packages/x.yaml"
    returned = put(snapshot, Unchanged(), NOW + TOMBSTONE_AFTER)
    assert returned.proposals == []
    assert returned.snapshot == known()


def test_a_failure_on_the_way_does_not_begin_the_count_anew() -> None:
    snapshot = put(known(), Gone("is not there")).snapshot
    snapshot = put(snapshot, Failed("broken"), NOW + 7 * DAY).snapshot
    assert put(snapshot, Gone("is not there"), NOW + 14 * DAY).proposals
    assert put(snapshot, Failed("broken"), NOW + 15 * DAY).proposals


@pytest.mark.parametrize(
    ("upstream", "address", "edit"),
    [
        ("pypi", ADDRESS, "mend or remove the name on PyPI: the package has a repository"),
        ("pypi", "", "remove the file, and add its id to data/tombstones.yaml"),
        ("downloads", ADDRESS, None),
    ],
)
def test_what_is_missing_elsewhere_is_no_reason_to_remove_a_package(
    upstream: str, address: str, edit: str | None
) -> None:
    source = Source(state="missing", since=NOW - 20 * DAY, reason="so")
    snapshot = Snapshot(sources={upstream: source})
    proposals = put(snapshot, Gone("so"), upstream=upstream, address=address).proposals
    assert [proposal.edit for proposal in proposals] == ([] if edit is None else [edit])


# Identity


def test_a_rename_is_proposed_until_it_is_written() -> None:
    renamed = repository(name="o/new")
    first = put(known(), Fetched(renamed))
    [proposal] = first.proposals
    assert proposal.reason == "the repository o/n is called o/new now"
    assert str(proposal) == (
        "data/packages/x.yaml: the repository o/n is called o/new now\n    repository: https://github.com/o/new"
    )
    assert put(first.snapshot, Unchanged(), LATER).proposals == [proposal]
    assert put(first.snapshot, Failed("broken"), LATER).proposals == []
    written = put(first.snapshot, Unchanged(), LATER, name="github.com/o/new", address="https://github.com/o/new")
    assert written.proposals == []
    assert not written.changed
    assert source_of(written).asked == "github.com/o/new"


def test_another_case_is_no_rename() -> None:
    assert put(known(), Fetched(repository(name="O/N"))).proposals == []


@pytest.mark.parametrize(
    ("owner", "name"), [("U2", "other/n"), ("U1", "other/n"), ("U2", "o/new")], ids=["both", "name", "id"]
)
def test_a_new_owner_is_for_a_person_to_look_at(owner: str, name: str) -> None:
    [proposal] = put(known(), Fetched(repository(name=name).model_copy(update={"owner": owner}))).proposals
    assert proposal.reason == (
        f"the repository o/n is called {name} now, which is another owner's: look whether the project is still the same"
    )
    assert proposal.edit == f"repository: https://github.com/{name}"


def test_a_new_owner_under_the_old_name_is_told() -> None:
    [proposal] = put(known(), Fetched(repository().model_copy(update={"owner": "U2"}))).proposals
    assert proposal.reason.startswith("the repository has another owner now (o/n)")
    assert proposal.edit == ""


def test_a_name_that_cannot_be_an_address_is_not_proposed_as_one() -> None:
    [proposal] = put(known(), Fetched(repository(name="o/n\nid: 3"))).proposals
    assert proposal.edit == ""


@pytest.mark.parametrize(
    ("facts", "address"),
    [(repository(name=None), ADDRESS), (repository(name="o/new"), "")],
    ids=["no name", "no address"],
)
def test_without_names_nothing_is_compared(facts: RepositoryFacts, address: str) -> None:
    assert put(known(), Fetched(facts), address=address).proposals == []


def test_unchanged_without_facts_proposes_nothing() -> None:
    merged = put(Snapshot(), Unchanged())
    assert merged.proposals == []
    assert merged.snapshot == Snapshot()


def test_a_repository_that_was_taken_over_is_kept_and_told_and_heals() -> None:
    other = Fetched(repository("R666", stars=1))
    first = put(known(), other)
    reason = "another repository (R666) answers under the name of the known one"
    assert first.taken_over
    assert not first.changed
    assert first.snapshot == known().model_copy(
        update={
            "sources": {
                "github": known()
                .sources["github"]
                .model_copy(update={"state": "taken over", "since": NOW, "reason": reason})
            }
        }
    )
    [proposal] = first.proposals
    assert proposal.reason == f"taken over? {reason}: look, and mend or remove the address"
    assert proposal.edit == ""
    second = put(first.snapshot, other, LATER)
    assert second.snapshot == first.snapshot
    assert second.proposals == [proposal]
    healed = put(second.snapshot, Fetched(repository(stars=5)), LATER)
    assert healed.snapshot.repository == repository(stars=5)
    assert (source_of(healed).state, source_of(healed).since, source_of(healed).reason) == ("ok", None, "")
    assert put(second.snapshot, Unchanged(), LATER).snapshot == known()


def test_the_old_name_of_a_renamed_repository_may_be_taken_over() -> None:
    renamed = put(known(), Fetched(repository(name="o/new"))).snapshot
    assert put(renamed, Fetched(repository("R666", name="o/n"))).taken_over


@pytest.mark.parametrize("address", ["github.com/other/n", "github.com/O/new"])
def test_an_address_that_a_person_changed_is_not_taken_over(address: str) -> None:
    merged = put(known(), Fetched(repository("R2", name="other/n")), name=address, address=f"https://{address}")
    assert not merged.taken_over
    assert merged.snapshot.repository == repository("R2", name="other/n")
    assert source_of(merged).asked == address


def test_another_case_of_the_address_is_the_same() -> None:
    assert put(known(), Fetched(repository("R2")), name="github.com/O/N").taken_over


def test_ids_of_two_forges_are_not_compared() -> None:
    snapshot = known(state="missing").model_copy(
        update={"sources": known(state="missing").sources | {"pypi": Source(changed=NOW - DAY)}}
    )
    failed = put(snapshot, Failed("broken"), upstream="codeberg")
    assert failed.snapshot.sources.keys() == {"codeberg", "github", "pypi"}
    moved = put(failed.snapshot, Fetched(repository("7")), LATER, upstream="codeberg")
    assert not moved.taken_over
    assert moved.snapshot.sources.keys() == {"codeberg", "pypi"}
    assert moved.snapshot.repository == repository("7")


@pytest.mark.parametrize(("before", "after", "taken"), [(None, "R2", False), ("R1", None, False), ("R1", "R2", True)])
def test_ids_are_compared_where_both_are_known(before: str | None, after: str | None, *, taken: bool) -> None:
    """Also where nobody noted what was asked for, as in an import."""
    snapshot = Snapshot(repository=repository(before))
    assert put(snapshot, Fetched(repository(after))).taken_over is taken
    failed = put(snapshot, Failed("broken")).snapshot
    assert put(failed, Fetched(repository(after))).taken_over is taken
    assert not put(Snapshot(), Fetched(repository(after))).taken_over
