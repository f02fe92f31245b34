"""Commits per day: from which day on they are counted again, and how a count goes into what is known. Pure functions.

A head that did not move needs no count. One that moved is counted from some weeks before the last known commit on:
commits keep their dates when a branch is merged late, and history is rewritten now and then.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from builder.metadata import RepositoryFacts

WINDOW: Final = timedelta(weeks=53)
"""How far back counts are kept: the 52 weeks that are shown, and the one that has begun."""

OVERLAP: Final = timedelta(weeks=4)
"""How far before the last known commit a new count begins."""

_AHEAD: Final = timedelta(days=1)  # a committer's clock may be a little fast, and a run may pass midnight


class Counted(NamedTuple):
    """Commits per day (UTC), complete from the day `since` on; days without one are left out."""

    since: date
    days: Mapping[date, int]


def day(moment: datetime) -> date:
    """Give the day in UTC; at the ends of the calendar, which have no other, the day as written."""
    try:
        return moment.astimezone(UTC).date()
    except OverflowError:
        return moment.date()


def utc(moment: datetime | None) -> datetime | None:
    """Give a moment in UTC, so that one moment is stored in one way; None where the calendar ends before."""
    try:
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def per_day(moments: Iterable[datetime]) -> Counter[date]:
    """Count moments by their days."""
    return Counter(day(moment) for moment in moments)


def cut(moments: Sequence[datetime], since: date) -> Counted:
    """Count a list, newest first, that was not read to its end: from the first day on that is whole."""
    return Counted(max(since, day(moments[-1]) + timedelta(days=1)), per_day(moments))


def same(known: RepositoryFacts | None, pulse: RepositoryFacts) -> RepositoryFacts | None:
    """Give what is known if it is of the repository that answered, by the forge's id; else None."""
    return known if known is not None and known.id is not None and known.id == pulse.id else None


def stands(known: RepositoryFacts | None, pulse: RepositoryFacts) -> bool:
    """Tell whether the forge has seen no change since, so that the head cannot have moved."""
    if known is None or pulse.updated is None:
        return False
    return (pulse.updated, pulse.branch) == (known.updated, known.branch)


def first_day(today: date) -> date:
    """Give the first day of which counts are kept."""
    return today - WINDOW


def begin(known: RepositoryFacts | None, pulse: RepositoryFacts, today: date) -> date:
    """Give the day to count from, where the head is another than the known one. `known` is of the same repository."""
    if known is None or known.commits is None or known.last_commit is None or known.branch != pulse.branch:
        return first_day(today)
    return max(first_day(today), min(day(known.last_commit), today) - OVERLAP)


def keep(known: RepositoryFacts, pulse: RepositoryFacts) -> RepositoryFacts:
    """Give what is new with the known history, whose head did not move. Nothing is pruned: that would be no news."""
    fields = ("head", "last_commit", "commits", "commits_since", "weeks", "participants", "participants_on")
    return pulse.model_copy(update={name: getattr(known, name) for name in fields})


def merge(known: RepositoryFacts | None, pulse: RepositoryFacts, counted: Counted, today: date) -> RepositoryFacts:
    """Give what is new with its commits: the new count, and before it the known one where the two meet."""
    before = _before(known, pulse, counted.since)
    since = max(first_day(today), counted.since if before is None else before.since)
    days = {**(before.days if before else {}), **{d: n for d, n in counted.days.items() if d >= counted.since}}
    commits = {d: days[d] for d in sorted(days) if since <= d <= today + _AHEAD}
    return pulse.model_copy(update={"commits": commits, "commits_since": since, "weeks": None})


def _before(known: RepositoryFacts | None, pulse: RepositoryFacts, since: date) -> Counted | None:
    """Give the known counts of the days before a day; None where they do not reach it, or are of another branch."""
    if known is None or known.branch != pulse.branch or known.commits is None or known.commits_since is None:
        return None
    if known.last_commit is None or not known.commits_since < since <= day(known.last_commit):
        return None
    return Counted(known.commits_since, {d: n for d, n in known.commits.items() if d < since})


def unknown(known: RepositoryFacts | None, pulse: RepositoryFacts) -> RepositoryFacts:
    """Give what is new, without commits; the weeks of an import, which knew no ids, stand on."""
    weeks = known.weeks if known is not None and known.id in {None, pulse.id} else None
    return pulse.model_copy(update={"weeks": weeks})
