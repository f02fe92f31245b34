"""The weeks' commits as a drawing: one path of bars, and the words that say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from builder.pages.words import counted, number

STEP: Final = 10  # from one bar to the next, in units of the drawing
BAR: Final = 8
HEIGHT: Final = 48

_BARS: Final = [f"{HEIGHT}v-{height}h{BAR}v{height}z" for height in (1, *range(1, HEIGHT + 1))]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `width` by `height` units. `path` is the bars, "" where all weeks are empty."""

    width: int
    height: int
    path: str
    total: str
    text: str


def chart(weeks: Sequence[int]) -> Chart | None:
    """Draw commits a week, oldest first; None where not a single week is known."""
    if not weeks:
        return None
    total = sum(weeks)
    return Chart(len(weeks) * STEP, HEIGHT, _path(weeks), number(total), _text(weeks, total))


def _path(weeks: Sequence[int]) -> str:
    """Draw a bar for every week with commits, at least one unit high, so that few are not taken for none."""
    most = max(weeks)
    bars = [(i * STEP + 1, round(commits * HEIGHT / most)) for i, commits in enumerate(weeks) if commits > 0]
    return "".join([f"M{left} {_BARS[height]}" for left, height in bars])


def _text(weeks: Sequence[int], total: int) -> str:
    if not total:
        return f"No commits in {counted(len(weeks), 'week')}."
    most = max(weeks)
    busiest = len(weeks) - 1 - list(reversed(weeks)).index(most)
    return (
        f"{counted(total, 'commit')} in {counted(len(weeks), 'week')}, oldest on the left; "
        f"the busiest, week {busiest + 1}, had {number(most)}."
    )
