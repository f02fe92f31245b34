"""How much a package or a grid weighs in search: the original's rules, as measured on it.

Nothing here knows the clock: `today` is the day of the newest thing that was fetched.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from builder import derive
from builder.catalogue import Package
from builder.metadata import RepositoryFacts

NOTHING: Final = RepositoryFacts()
MOST: Final = 20  # points of each rule
FULL_YEAR: Final = 365  # days
COMMIT_POINTS: Final = ((90, 20), (182, 10), (FULL_YEAR, 5))  # younger than so many days: so many points
STARS_LOST: Final = 0.1  # for each three months without a commit
PYTHON2_STARS_LOST: Final = 0.3
PYTHON2_MOST_LOST: Final = 1000
LOWEST_SCORE: Final = -500


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a package; a number that is not known counts as 0, as in the original."""

    deprecated: bool = False
    description: str = ""
    downloads: int = 0
    forks: int = 0
    stars: int = 0
    uses: int = 0
    last_commit: datetime | None = None
    last_release: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, what gives points, and the points, 0 to 20."""

    name: str
    description: str
    points: Callable[[Evidence, date], int]


def _age(moment: datetime, today: date) -> int:
    return (today - moment.astimezone(UTC).date()).days


def _commit(seen: Evidence, today: date) -> int:
    if seen.last_commit is None:
        return 0
    age = _age(seen.last_commit, today)
    return next((points for days, points in COMMIT_POINTS if age < days), 0)


def _release(seen: Evidence, today: date) -> int:
    recent = seen.last_release is not None and _age(seen.last_release, today) < FULL_YEAR
    return MOST if recent else 0


RULES: Final = (
    Rule("Not deprecated", "20 points unless it is deprecated or replaced", lambda e, _: 0 if e.deprecated else MOST),
    Rule("Description", "20 points for having one", lambda e, _: MOST if e.description.strip() else 0),
    Rule("Downloads", "a point for every 1,000 in a month", lambda e, _: min(e.downloads // 1000, MOST)),
    Rule("Forks", "a point for each", lambda e, _: min(e.forks, MOST)),
    Rule("Stars", "a point for each", lambda e, _: min(e.stars, MOST)),
    Rule("Sites", "a point for each site that is known to use it", lambda e, _: min(e.uses, MOST)),
    Rule("Last commit", "20 points if younger than 90 days, 10 than 182, 5 than a year", _commit),
    Rule("Last release", "20 points if younger than a year", _release),
)


def evidence(package: Package) -> Evidence:
    """Give what a package's weight follows from."""
    snapshot = package.snapshot
    forge = snapshot.repository or NOTHING
    newest = derive.newest_release(snapshot.pypi.releases if snapshot.pypi else ())
    return Evidence(
        deprecated=bool(package.record.deprecated or package.replaced_by),
        description=package.description,
        downloads=snapshot.downloads.count if snapshot.downloads else 0,
        forks=forge.forks or 0,
        stars=forge.stars or 0,
        uses=package.uses,
        last_commit=forge.last_commit,
        last_release=newest.uploaded if newest else None,
    )


def of_package(seen: Evidence, today: date) -> int:
    """Give the weight of a package, 0 to 100: the share of all points that its rules give."""
    return sum(rule.points(seen, today) for rule in RULES) * 100 // (MOST * len(RULES))


def of_grid(heaviest: int, *, locked: bool, header: bool, empty: bool) -> int:
    """Give the weight of a grid: that of the heaviest package, less a sixth for itself and for each thing amiss."""
    sixths = 1 + (not locked) + (not header) + empty
    return heaviest * (6 - sixths) // 6


def score(stars: int, last_commit: datetime | None, today: date, *, python3: bool | None) -> int:
    """Give what the original calls `score`: the stars, less a tenth for each three months without a commit.

    No Python 3 costs three tenths more, at most 1,000; where it is not known it costs nothing here (there it counted as
    none, and the oldest release was asked).
    """
    months = 0
    if last_commit is not None:
        then = last_commit.astimezone(UTC).date()
        months = (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)
    lost = max(months, 0) // 3 * stars * STARS_LOST
    if python3 is False:
        lost += min(stars * PYTHON2_STARS_LOST, PYTHON2_MOST_LOST)
    return int(max(LOWEST_SCORE, stars - lost))
