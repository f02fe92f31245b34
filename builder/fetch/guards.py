"""What looks at all answers of an upstream at once, before any of them is taken: is this too odd to be true?

An upstream that answers nonsense for everybody looks, package by package, like an upstream with news. The shares are
the ones of the rules for a refresh: more than 5% newly missing, more than a fifth failing; the others are ours.
"""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Final

from builder.fetch.journal import Answered, part_of
from builder.metadata import Snapshot, Source

MISSING_SHARE: Final = 0.05
FAILED_SHARE: Final = 0.2
EMPTIED_SHARE: Final = 0.05
STARS_FACTOR: Final = 2.0  # the median package of a night does not double, or halve, its stars
BYTES_SHARE: Final = 0.5
ENOUGH: Final = 5  # fewer say nothing about an upstream
ENOUGH_STARS: Final = 20

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "repository": ("id", "description", "stars", "forks", "head", "last_commit", "commits", "participants"),
    "pypi": ("summary", "releases", "classifiers", "requires_python"),
    "downloads": ("count",),
}


def refusal(upstream: str, known: Mapping[str, Snapshot], answers: Mapping[str, Answered]) -> str:
    """Give why the answers of an upstream must not be taken, with the field and the numbers; "" if they may."""
    return next(_refusals(upstream, known, answers), "")


def _refusals(upstream: str, known: Mapping[str, Snapshot], answers: Mapping[str, Answered]) -> Iterator[str]:
    total = len(answers)
    failed = sum(answered.said == "failed" for answered in answers.values())
    if _too_many(failed, total, FAILED_SHARE):
        yield f"{failed} of {total} answers were failures (more than {FAILED_SHARE:.0%})"
    gone = sum(_is_news(upstream, known, answered) for answered in answers.values() if answered.said == "gone")
    if _too_many(gone, total, MISSING_SHARE):
        yield f"{gone} of {total} packages would be newly missing (more than {MISSING_SHARE:.0%})"
    pairs = [
        (_part(known, answered), answered.facts.model_dump())
        for answered in answers.values()
        if answered.facts is not None and _part(known, answered)
    ]
    yield from _emptied(pairs, {part_of(a.facts) for a in answers.values() if a.facts is not None})
    yield from _stars(pairs)
    yield from _bytes(pairs)


def _too_many(count: int, total: int, share: float) -> bool:
    return count >= ENOUGH and count > share * total


def _is_news(upstream: str, known: Mapping[str, Snapshot], answered: Answered) -> bool:
    """Tell whether a package is missing that was not: there were facts, and no word of it before."""
    snapshot = known.get(answered.slug, Snapshot())
    has_facts = snapshot.pypi is not None if upstream == "pypi" else snapshot.repository is not None
    return has_facts and snapshot.sources.get(upstream, Source()).state != "missing"


def _part(known: Mapping[str, Snapshot], answered: Answered) -> dict[str, object]:
    """Give the known facts that an answer would take the place of; {} where there are none."""
    snapshot = known.get(answered.slug)
    facts = getattr(snapshot, part_of(answered.facts)) if snapshot and answered.facts is not None else None
    return facts.model_dump() if facts is not None else {}


_Pairs = list[tuple[dict[str, object], dict[str, object]]]


def _emptied(pairs: _Pairs, parts: set[str]) -> Iterator[str]:
    for part in sorted(parts):
        for field in FIELDS[part]:
            lost = sum(bool(before.get(field)) and not after.get(field) for before, after in pairs)
            if _too_many(lost, len(pairs), EMPTIED_SHARE):
                yield f"{part}.{field}: {lost} of {len(pairs)} packages would lose it (more than {EMPTIED_SHARE:.0%})"


def _stars(pairs: _Pairs) -> Iterator[str]:
    ratios = [
        (after + 1) / (before + 1)
        for before, after in ((old.get("stars"), new.get("stars")) for old, new in pairs)
        if isinstance(before, int) and isinstance(after, int)
    ]
    if len(ratios) >= ENOUGH_STARS and not 1 / STARS_FACTOR <= median(ratios) <= STARS_FACTOR:
        yield (
            f"repository.stars: the median of {len(ratios)} packages would change by {median(ratios) - 1:+.0%}"
            f" (more than a factor of {STARS_FACTOR:g})"
        )


def _bytes(pairs: _Pairs) -> Iterator[str]:
    before = sum(len(repr(old)) for old, _ in pairs)
    after = sum(len(repr(new)) for _, new in pairs)
    if len(pairs) >= ENOUGH and after < before * BYTES_SHARE:
        yield f"the facts of {len(pairs)} packages would shrink from {before:,} to {after:,} characters"
