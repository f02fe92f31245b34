"""Dates and numbers as people read them, and the words for what is not known."""

from datetime import date, datetime, tzinfo
from typing import Final, NamedTuple

NOT_COMMITTED: Final = "not committed yet"
NOT_FETCHED: Final = "not fetched yet"
NOTHING_NEW: Final = "no news yet"
NOT_KNOWN: Final = "not known"
NOT_STATED: Final = "not stated"
NOT_ON_PYPI: Final = "not on PyPI"
NO_DESCRIPTION: Final = "no description"
NO_DESCRIPTION_YET: Final = "no description yet"
NO_RELEASE: Final = "no release"
NO_REPOSITORY: Final = "no repository given"

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Fact(NamedTuple):
    """A fact as it is shown.

    Where `known` is false, `text` says in words why there is nothing: nobody may take it for zero.
    `day` is the date of a `<time>` (`2019-10-18`), "" for all that is no date.
    """

    text: str
    known: bool = True
    day: str = ""


def unknown(reason: str) -> Fact:
    """Give a fact that is not there, and why."""
    return Fact(reason, known=False)


def number(value: int) -> str:
    """Give a number with narrow no-break spaces between its thousands: 12 345."""
    return f"{value:,}".replace(",", "\u202f")


def counted(value: int, one: str, many: str | None = None) -> str:
    """Give a number with its noun: `1 package`, `12 packages`; `many` is the plural where an s does not make it."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def day(value: date) -> Fact:
    """Give a date as `18 October 2019`."""
    return Fact(f"{value.day} {MONTHS[value.month - 1]} {value.year}", day=value.isoformat())


def day_or_month(text: str) -> Fact:
    """Give a date or a month of the records (`2026-02-16`, `2026-02`) as people read it."""
    if text.count("-") > 1:
        return day(date.fromisoformat(text))
    year, month = text.split("-")
    return Fact(f"{MONTHS[int(month) - 1]} {year}", day=text)


class Calendar:
    """Moments as dates of one time zone. It remembers what it has made: many things happen on one day."""

    def __init__(self, zone: tzinfo, today: date) -> None:
        """Take the zone, and the day that the weeks of commits are counted back from."""
        self.today = today
        self._zone = zone
        self._days: dict[date, Fact] = {}

    def date(self, moment: datetime) -> date:
        """Give the date of a moment, without words."""
        return moment.astimezone(self._zone).date()

    def day(self, moment: datetime | None, missing: str = NOT_KNOWN) -> Fact:
        """Give the date of a moment, or the word for a missing one."""
        if moment is None:
            return unknown(missing)
        local = moment.astimezone(self._zone).date()
        if (fact := self._days.get(local)) is None:
            fact = self._days[local] = day(local)
        return fact
