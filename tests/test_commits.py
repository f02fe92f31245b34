from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.metadata import RepositoryFacts
from builder.upstreams import commits
from builder.upstreams.commits import Counted

TODAY = date(2026, 1, 15)
FIRST = TODAY - timedelta(days=371)

_moments = st.lists(
    st.datetimes(datetime(2024, 6, 1), datetime(2026, 1, 14), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds it
    max_size=40,
)


def pulse(head: str = "new", branch: str = "main") -> RepositoryFacts:
    return RepositoryFacts(id="x:1", branch=branch, head=head)


def after(moments: list[datetime], today: date) -> RepositoryFacts:
    """Give what a whole count of these commits comes to."""
    facts = pulse().model_copy(update={"last_commit": max(moments, default=None)})
    return commits.merge(None, facts, Counted(commits.first_day(today), commits.per_day(moments)), today)


@given(old=_moments, new=_moments, nights=st.integers(0, 400))
def test_a_part_counted_anew_comes_to_the_same_as_all_counted_anew(
    old: list[datetime], new: list[datetime], nights: int
) -> None:
    """Where nothing was committed with a date before the overlap."""
    today = TODAY + timedelta(days=nights)
    known = after(old, TODAY)
    since = commits.begin(known, pulse(), today)
    new = [moment for moment in new if moment.date() >= since]
    moments = [*old, *new]
    counted = Counted(since, commits.per_day(moment for moment in moments if moment.date() >= since))
    merged = commits.merge(known, pulse(), counted, today)
    whole = after(moments, today)
    assert merged.commits == whole.commits
    assert list(merged.commits or ()) == sorted(merged.commits or ())
    assert merged.commits_since is not None
    assert whole.commits_since is not None
    assert merged.commits_since >= whole.commits_since
    assert all(merged.commits_since <= day for day in merged.commits or ())


def test_nothing_older_than_53_weeks_is_kept_and_nothing_of_days_to_come() -> None:
    days = {FIRST - timedelta(days=1): 1, FIRST: 2, TODAY + timedelta(days=1): 3, TODAY + timedelta(days=2): 4}
    merged = commits.merge(None, pulse(), Counted(date(2020, 1, 1), days), TODAY)
    assert merged.commits == {FIRST: 2, TODAY + timedelta(days=1): 3}
    assert merged.commits_since == FIRST


KNOWN = RepositoryFacts(
    id="x:1",
    branch="main",
    head="old",
    last_commit=datetime(2026, 1, 10, 23, 30, tzinfo=timezone(timedelta(hours=-2))),
    commits_since=date(2025, 3, 1),
    commits={date(2025, 3, 1): 1, date(2025, 12, 14): 2, date(2026, 1, 11): 3},
)


@pytest.mark.parametrize(
    ("known", "since"),
    [
        (None, FIRST),
        (KNOWN, date(2025, 12, 14)),  # the last commit was on the 11th in UTC
        (KNOWN.model_copy(update={"commits": None}), FIRST),
        (KNOWN.model_copy(update={"branch": "trunk"}), FIRST),
        (KNOWN.model_copy(update={"last_commit": None}), FIRST),
        (KNOWN.model_copy(update={"last_commit": datetime(2020, 1, 1, tzinfo=UTC)}), FIRST),
        (KNOWN.model_copy(update={"last_commit": datetime(2099, 1, 1, tzinfo=UTC)}), TODAY - timedelta(weeks=4)),
    ],
)
def test_where_a_count_begins(known: RepositoryFacts | None, since: date) -> None:
    assert commits.begin(known, pulse(), TODAY) == since


def test_a_new_count_takes_the_place_of_the_days_it_is_of() -> None:
    merged = commits.merge(KNOWN, pulse(), Counted(date(2025, 12, 14), {date(2026, 1, 12): 5}), TODAY)
    assert merged.commits == {date(2025, 3, 1): 1, date(2026, 1, 12): 5}
    assert merged.commits_since == date(2025, 3, 1)


@pytest.mark.parametrize(
    "known",
    [
        KNOWN.model_copy(update={"last_commit": datetime(2025, 12, 12, tzinfo=UTC)}),
        KNOWN.model_copy(update={"last_commit": None}),
        KNOWN.model_copy(update={"branch": "trunk"}),
        KNOWN.model_copy(update={"commits": None}),
        KNOWN.model_copy(update={"commits_since": date(2025, 12, 20)}),
    ],
)
def test_counts_that_do_not_meet_are_not_joined(known: RepositoryFacts) -> None:
    merged = commits.merge(known, pulse(), Counted(date(2025, 12, 14), {date(2026, 1, 12): 5}), TODAY)
    assert (merged.commits, merged.commits_since) == ({date(2026, 1, 12): 5}, date(2025, 12, 14))


def test_a_list_that_was_not_read_to_its_end_begins_with_its_first_whole_day() -> None:
    moments = [datetime(2026, 1, 12, 5, tzinfo=UTC), datetime(2026, 1, 10, 5, tzinfo=UTC)]
    assert commits.cut(moments, FIRST).since == date(2026, 1, 11)
    assert commits.cut([*moments, datetime(1970, 1, 1, tzinfo=UTC)], FIRST).since == FIRST


def test_the_same_repository_is_told_by_its_id_alone() -> None:
    assert commits.same(KNOWN, pulse()) is KNOWN
    assert commits.same(KNOWN.model_copy(update={"id": "x:2"}), pulse()) is None
    assert commits.same(RepositoryFacts(name="a/b"), RepositoryFacts(name="a/b")) is None


def test_what_stands_where_commits_are_not_known() -> None:
    imported = RepositoryFacts(name="a/b", weeks=(1, 2))
    assert commits.unknown(imported, pulse()).weeks == (1, 2)
    assert commits.unknown(imported.model_copy(update={"id": "x:2"}), pulse()).weeks is None
    assert commits.unknown(None, pulse()).weeks is None


def test_the_ends_of_the_calendar() -> None:
    first = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
    assert (commits.day(first), commits.utc(first)) == (date.min, None)
