"""How often packages were downloaded: one published list of many projects, renewed once a month.

The list is one request for all packages:

    {"last_update": "2026-11-01 00:00:00", "rows": [{"download_count": 123, "project": "name"}, ...]}

It names the most downloaded projects only. One that is not in it was downloaded less than those, which is not zero: its
number stays what it was, or not known. The host is asked only if `settings.downloads_url` names it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Final

from packaging.utils import canonicalize_name
from pydantic import Field

from builder import derive
from builder.metadata import DownloadFacts
from builder.records import PackageRecord
from builder.upstreams.answers import Wire
from builder.upstreams.base import Failed, Fetched, Outcome, Plan, Question, Refused, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.documents import read
from builder.upstreams.transport import Transport, user_agent

_JSON: Final = "application/json"
_PLACE: Final = "the list of downloads"
_NOT_OURS: Final = Skipped("")


class _Row(Wire):
    project: str
    count: Annotated[int, Field(alias="download_count", ge=0)]


class _List(Wire):
    last_update: datetime
    rows: tuple[_Row, ...]

    @property
    def month(self) -> str:
        """The month it was made in; it counts the days before."""
        return self.last_update.date().isoformat()[:7]


class Downloads:
    """The list at `settings.downloads_url`; without one, no package is asked about."""

    name = "downloads"
    nights = 1

    def __init__(self, setup: Setup) -> None:
        self._url = setup.settings.downloads_url
        bases = [self._url] if self._url else []
        self._transport = Transport(bases, user_agent(setup.settings.contact), budget=setup.budget)

    @property
    def requests(self) -> int:
        """How many requests went out so far."""
        return self._transport.requests

    @property
    def quota(self) -> str:
        """Nothing: it does not tell."""
        return ""

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give the project's normalised name on PyPI; that a package has none is for the upstream PyPI to say."""
        name = derive.pypi_name(record) if self._url else None
        return _NOT_OURS if name is None else canonicalize_name(name, validate=True)

    def host(self, name: str) -> str:
        """Give nothing: there is the one."""
        del name
        return ""

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Count one request for the whole list."""
        return Plan(min(1, len(questions)))

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        """Ask for the list, and look all packages up in it."""
        if not questions:
            return
        found = self._list()
        if isinstance(found, Refused | Waiting):
            yield from ((question.slug, found) for question in questions)
            return
        counts = {canonicalize_name(row.project): row.count for row in found.rows}
        for question in questions:
            yield question.slug, _outcome(question, found.month, counts.get(canonicalize_name(question.name)))

    def _list(self) -> _List | Refused | Waiting:
        """Give the list. There is one, and so one failure, whatever the number of packages."""
        found = read(_List, _PLACE, self._transport.get(self._url, _JSON))
        if found is None:
            return Refused(f"{_PLACE}: is not there")
        return Refused(found.reason) if isinstance(found, Failed) else found


def _outcome(question: Question, month: str, count: int | None) -> Outcome:
    known = question.snapshot.downloads
    if count is None or (known is not None and month < known.month):
        return Unchanged()
    facts = DownloadFacts(month=month, count=count)
    return Unchanged() if facts == known else Fetched(facts)
