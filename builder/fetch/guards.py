"""What looks at all answers of an upstream at once, before any of them is taken: is this too odd to be true?

An upstream that answers nonsense for everybody looks, package by package, like an upstream with news. The shares are
the ones of the rules for a refresh: more than 5% newly missing, more than a fifth failing; the others are ours.
"""

from collections.abc import Iterator, Mapping
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

_Pairs = list[tuple[AnyFacts, AnyFacts]]
"""The known facts, and those that would take their place."""


def too_many(count: int, total: int, share: float) -> bool:
    """Tell whether so many of all are more than a share allows, and enough to say anything about an upstream."""
    return count >= ENOUGH and count > share * total


def refusal(upstream: str, known: Mapping[str, Snapshot], answers: Mapping[str, Answered]) -> str:
    """Give why the answers of an upstream must not be taken, with the field and the numbers; "" if they may."""
    return next(_refusals(upstream, known, answers), "")


def _refusals(upstream: str, known: Mapping[str, Snapshot], answers: Mapping[str, Answered]) -> Iterator[str]:
    total, nothing = len(answers), Snapshot()
    beside = [(known.get(slug, nothing), answered) for slug, answered in answers.items()]
    failed = sum(answered.said == "failed" for answered in answers.values())
    if too_many(failed, total, FAILED_SHARE):
        yield f"{failed} of {total} answers were failures (more than {FAILED_SHARE:.0%})"
    gone = sum(_is_newly_missing(upstream, *pair) for pair in beside)
    if too_many(gone, total, MISSING_SHARE):
        yield f"{gone} of {total} packages would be newly missing (more than {MISSING_SHARE:.0%})"
    taken = sum(_is_newly_taken_over(upstream, *pair) for pair in beside)
    if too_many(taken, total, TAKEN_OVER_SHARE):
        yield (
            f"repository.id: {taken} of {total} packages would be other repositories than they were"
            f" (more than {TAKEN_OVER_SHARE:.0%})"
        )
    pairs = list(_pairs(upstream, beside))
    yield from _emptied(pairs)
    yield from _stars(pairs)
    yield from _bytes(pairs)


def _is_newly_missing(upstream: str, snapshot: Snapshot, answered: Answered) -> bool:
    """Tell whether a package is missing that was not: there were facts, and no word of it before."""
    was_there = known_part(snapshot, filled_by(upstream)) is not None
    state = snapshot.sources.get(upstream, Source()).state
    return answered.said == "gone" and was_there and state != "missing"


def _is_newly_taken_over(upstream: str, snapshot: Snapshot, answered: Answered) -> bool:
    state = snapshot.sources.get(upstream, Source()).state
    return state != "taken over" and is_taken_over(upstream, snapshot, answered)


def _pairs(upstream: str, beside: list[tuple[Snapshot, Answered]]) -> Iterator[tuple[AnyFacts, AnyFacts]]:
    """Yield what would be replaced and by what; facts that will not be taken are none of it."""
    for snapshot, answered in beside:
        after = answered.facts
        before = None if after is None else known_part(snapshot, part_of(after))
        if before is not None and after is not None and not is_taken_over(upstream, snapshot, answered):
            yield before, after


def _emptied(pairs: _Pairs) -> Iterator[str]:
    for part in sorted({part_of(after) for _, after in pairs}):
        for field in FIELDS[part]:
            lost = sum(_says(before, field) and not _says(after, field) for before, after in pairs)
            if too_many(lost, len(pairs), EMPTIED_SHARE):
                yield f"{part}.{field}: {lost} of {len(pairs)} packages would lose it (more than {EMPTIED_SHARE:.0%})"


def _says(facts: AnyFacts, field: str) -> bool:
    """Tell whether a field says anything; zero does."""
    value: object = getattr(facts, field, None)
    return value is not None and value not in ("", (), {})


def _stars(pairs: _Pairs) -> Iterator[str]:
    ratios = [
        (after.stars + 1) / (before.stars + 1)
        for before, after in pairs
        if isinstance(before, RepositoryFacts) and isinstance(after, RepositoryFacts)
        if before.stars is not None and after.stars is not None
    ]
    if len(ratios) >= ENOUGH_STARS and not 1 / STARS_FACTOR <= median(ratios) <= STARS_FACTOR:
        yield (
            f"repository.stars: the median of {len(ratios)} packages would change by {median(ratios) - 1:+.0%}"
            f" (more than a factor of {STARS_FACTOR:g})"
        )


def _bytes(pairs: _Pairs) -> Iterator[str]:
    before, after = (sum(len(pair[side].model_dump_json()) for pair in pairs) for side in (0, 1))
    if len(pairs) >= ENOUGH and after < before * BYTES_SHARE:
        part = part_of(pairs[0][1])
        yield (
            f"{part}: the facts of {len(pairs)} packages would shrink from {before:,} to {after:,} bytes"
            f" (to less than {BYTES_SHARE:.0%})"
        )
