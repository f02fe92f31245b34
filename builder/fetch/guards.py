"""What looks at all answers of a host at once, before any of them is taken: is this too odd to be true?

A host that answers nonsense for everybody looks, package by package, like one with news. The shares are
the ones of the rules for a refresh: more than 5% newly missing, more than a fifth failing; the others are ours.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from builder.fetch.journal import Answered
from builder.fetch.merge import is_taken_over
from builder.fetch.parts import Part, filled_by, known_part, part_of
from builder.metadata import RepositoryFacts, Snapshot, Source
from builder.upstreams.base import AnyFacts

MISSING_SHARE: Final = 0.05
FAILED_SHARE: Final = 0.2
EMPTIED_SHARE: Final = 0.05
TAKEN_OVER_SHARE: Final = 0.05
STARS_FACTOR: Final = 2.0  # the median package of a night does not double, or halve, its stars
BYTES_SHARE: Final = 0.5
ENOUGH: Final = 5  # fewer say nothing about an upstream
ENOUGH_STARS: Final = 20

FIELDS: Final[Mapping[Part, tuple[str, ...]]] = {
    "pypi": ("summary", "releases", "classifiers", "requires_python"),
    "repository": ("id", "description", "stars", "forks", "head", "last_commit", "commits", "participants"),
    "downloads": ("count",),
}
"""The fields, by part, that do not get lost for many packages in one night."""


def too_many(count: int, total: int, share: float) -> bool:
    """Tell whether so many of all are more than a share allows, and enough to say anything about an upstream."""
    return count >= ENOUGH and count > share * total


def failing(failed: int, total: int) -> str:
    """Say that too many of all packages have failed; "" if not."""
    return (
        f"{failed} of {total} packages failed (more than {FAILED_SHARE:.0%})"
        if too_many(failed, total, FAILED_SHARE)
        else ""
    )


def refusal(upstream: str, known: Mapping[str, Snapshot], answers: Mapping[str, Answered]) -> str:
    """Give why the answers of a host must not be taken, with the field and the numbers; "" if they may.

    Failures are not looked at (`failing`).
    """
    tally, nothing = _Tally(upstream, len(answers)), Snapshot()
    for slug, answered in answers.items():
        if answered.said == "gone" or answered.facts is not None:
            tally.add(known.get(slug, nothing), answered)
    return next(tally.refusals(), "")


@dataclass(slots=True)
class _Tally:
    """What is counted over the answers of one host, of which only one is held at a time.

    A pair is known facts and those that would take their place; `size` is the bytes of all the former, and the latter.
    """

    upstream: str
    total: int
    gone: int = 0
    taken_over: int = 0
    pairs: int = 0
    lost: Counter[tuple[Part, str]] = field(default_factory=Counter)
    stars: list[float] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)

    def add(self, snapshot: Snapshot, answered: Answered) -> None:
        """Count an answer beside what is known; facts that will not be taken are no pair."""
        self.gone += _is_newly_missing(self.upstream, snapshot, answered)
        self.taken_over += _is_newly_taken_over(self.upstream, snapshot, answered)
        after = answered.facts
        before = None if after is None else known_part(snapshot, part_of(after))
        if before is not None and after is not None and not is_taken_over(self.upstream, snapshot, answered):
            self._add_pair(before, after)

    def _add_pair(self, before: AnyFacts, after: AnyFacts) -> None:
        part = part_of(after)
        self.pairs += 1
        self.lost.update((part, name) for name in FIELDS[part] if _says(before, name) and not _says(after, name))
        self.size = (self.size[0] + len(before.model_dump_json()), self.size[1] + len(after.model_dump_json()))
        if (
            isinstance(before, RepositoryFacts)
            and isinstance(after, RepositoryFacts)
            and before.stars is not None
            and after.stars is not None
        ):
            self.stars.append((after.stars + 1) / (before.stars + 1))

    def refusals(self) -> Iterator[str]:
        """Yield what is too odd to be true."""
        total = self.total
        if too_many(self.gone, total, MISSING_SHARE):
            yield f"{self.gone} of {total} packages would be newly missing (more than {MISSING_SHARE:.0%})"
        if too_many(self.taken_over, total, TAKEN_OVER_SHARE):
            yield (
                f"repository.id: {self.taken_over} of {total} packages would be other repositories than they were"
                f" (more than {TAKEN_OVER_SHARE:.0%})"
            )
        yield from self._emptied()
        yield from self._odd_stars()
        yield from self._shrunk()

    def _emptied(self) -> Iterator[str]:
        for part in sorted(FIELDS):
            for name in FIELDS[part]:
                if too_many(lost := self.lost[part, name], self.pairs, EMPTIED_SHARE):
                    yield (
                        f"{part}.{name}: {lost} of {self.pairs} packages would lose it (more than {EMPTIED_SHARE:.0%})"
                    )

    def _odd_stars(self) -> Iterator[str]:
        if len(self.stars) >= ENOUGH_STARS and not 1 / STARS_FACTOR <= median(self.stars) <= STARS_FACTOR:
            yield (
                f"repository.stars: the median of {len(self.stars)} packages would change by"
                f" {median(self.stars) - 1:+.0%} (more than a factor of {STARS_FACTOR:g})"
            )

    def _shrunk(self) -> Iterator[str]:
        before, after = self.size
        if self.pairs >= ENOUGH and after < before * BYTES_SHARE:
            yield (
                f"{filled_by(self.upstream)}: the facts of {self.pairs} packages would shrink from {before:,} to"
                f" {after:,} bytes (to less than {BYTES_SHARE:.0%})"
            )


def _is_newly_missing(upstream: str, snapshot: Snapshot, answered: Answered) -> bool:
    """Tell whether a package is missing that was not: there were facts, and no word of it before."""
    was_there = known_part(snapshot, filled_by(upstream)) is not None
    state = snapshot.sources.get(upstream, Source()).state
    return answered.said == "gone" and was_there and state != "missing"


def _is_newly_taken_over(upstream: str, snapshot: Snapshot, answered: Answered) -> bool:
    state = snapshot.sources.get(upstream, Source()).state
    return state != "taken over" and is_taken_over(upstream, snapshot, answered)


def _says(facts: AnyFacts, field: str) -> bool:
    """Tell whether a field says anything; zero does."""
    value: object = getattr(facts, field, None)
    return value is not None and value not in ("", (), {})
