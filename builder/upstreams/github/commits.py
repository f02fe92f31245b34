"""How many commits a repository has on each day (UTC), read from its history page by page.

Only the last 53 weeks are kept: what the pages show is 52 whole weeks back from any day. Where something is known, the
history is read from the day of the head that was known, and whole days take the place of known ones, so that nothing
is counted twice. That is right unless the days before have changed, and they do: a merge brings in commits of earlier
days, a force-push takes some away. Two signs tell, and then all 53 weeks are read:

- the head that was known is not in the history any more;
- all the days together do not add up to the number of commits that GitHub gives for the whole time.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from builder.metadata import RepositoryFacts
from builder.upstreams.github.wire import Commit, Tip
from builder.upstreams.text import clean

SPAN: Final = timedelta(weeks=53)
MOST_PAGES: Final = 30
"""Pages of 100 commits that are read of one repository at most."""

_LOGIN: Final = 100  # characters


class Count:
    """The commits of one repository: what is asked for next, and what came of it."""

    def __init__(self, known: RepositoryFacts | None, today: date, *, again: bool = False) -> None:
        """Begin where the known facts end; at the beginning where nothing is known, or with `again`."""
        self._first = today - SPAN
        self.start_anew()
        if known and not again:
            self._go_on(known, today)

    def start_anew(self) -> None:
        """Forget what was known and counted: all 53 weeks are to be read, or there is nothing at all to read."""
        self.logins: Counter[str] = Counter()
        self._whole = self._since = self._first
        self._before: dict[date, int] = {}
        self._head: str | None = None
        self._seen_head = False
        self._counted: Counter[date] = Counter()
        self._oldest = self._first
        self._after: str | None = None
        self._pages = 0

    def _go_on(self, known: RepositoryFacts, today: date) -> None:
        if known.commits is None or known.commits_since is None or known.head is None or known.last_commit is None:
            return
        self._whole = max(self._first, known.commits_since)
        # A head's date may be any: people set it, and clocks go wrong.
        doubtful = min(_day(known.last_commit), max(known.commits, default=self._whole), today)
        self._since = max(self._whole, doubtful)
        self._before = {day: n for day, n in known.commits.items() if self._whole <= day < self._since}
        self._head = known.head

    @property
    def variables(self) -> dict[str, str | None]:
        """What the next page is asked with."""
        return {"whole": _midnight(self._whole), "since": _midnight(self._since), "after": self._after}

    def add(self, tip: Tip) -> bool:
        """Take a page of the history; tell whether it was the last one that is needed."""
        for commit in tip.history.nodes:
            if commit:
                self._add(commit)
        self._pages += 1
        info = tip.history.page_info
        if info.has_next_page and info.end_cursor and self._pages < MOST_PAGES:
            self._after = info.end_cursor
            return False
        if info.has_next_page:
            self._cut()
        elif not self._agrees(tip.whole.total_count):
            self.start_anew()
            return False
        return True

    def _add(self, commit: Commit) -> None:
        self._oldest = _day(commit.committed_date)
        self._counted[self._oldest] += 1
        self._seen_head |= commit.oid == self._head
        if commit.author and commit.author.user and (login := clean(commit.author.user.login, _LOGIN)):
            self.logins[login] += 1

    def _cut(self) -> None:
        """Leave the rest of a history that is too long: the day that was reached is not whole, those after it are."""
        self._whole = self._oldest + timedelta(days=1)
        self._before = {}
        self._counted = Counter({day: n for day, n in self._counted.items() if day >= self._whole})

    def _agrees(self, total: int) -> bool:
        if self._since == self._first:
            return True  # all was read
        return self._seen_head and total == sum(self._before.values()) + self._counted.total()

    def result(self) -> tuple[dict[date, int], date]:
        """Give the commits a day, in order, and the day that they are counted from."""
        return dict(sorted({**self._before, **self._counted}.items())), self._whole


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat().replace("+00:00", "Z")
