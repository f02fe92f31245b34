"""The problems that a change brings: those that the data did not have before, and those of the change itself."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from builder import build, source
from builder.changes.revisions import Base, changed, extracted
from builder.checks.changes import Change, check_change
from builder.entries import Records
from builder.errors import Problem

_NEEDED = ("tombstones.yaml",)  # what is looked at although the change may not touch it


@dataclass(frozen=True, slots=True)
class Review:
    """What a change brings: its problems, and how many others were there before and are not told."""

    problems: list[Problem]
    older: int


def review(base: Base, records: Records | None, problems: list[Problem], *, as_bot: bool = False) -> Review:
    """Tell apart the problems that a change brings; `records` and `problems` are what `builder.build.look` gave."""
    old = _problems_before(base) if problems else []
    new = brought(problems, old)
    older = len(problems) - len(new)
    if records is not None:
        new += check_change(_change(base, records), as_bot=as_bot)
    return Review(sorted(new), older)


def brought(problems: Iterable[Problem], old: Iterable[Problem]) -> list[Problem]:
    """Give the problems that are not among the old ones, wherever their line has gone, in order of place."""
    return sorted(_not_in(problems, old))


def _problems_before(base: Base) -> list[Problem]:
    with extracted(base) as folder:
        return build.look(folder)[1]


def _change(base: Base, after: Records) -> Change:
    files = changed(base)
    with extracted(base, {*files, *_NEEDED}) as folder:
        before, _ = source.load(folder)
    return Change(before or Records(), after, files, base.name)


def _not_in(problems: Iterable[Problem], old: Iterable[Problem]) -> Iterator[Problem]:
    left = Counter(map(_what, old))
    for problem in problems:
        what = _what(problem)
        if left[what]:
            left[what] -= 1
        else:
            yield problem


def _what(problem: Problem) -> tuple[str, str, str, str]:
    return problem.path, problem.code, problem.field, problem.value
