"""What a package's page says of each source."""

from datetime import UTC, date, datetime

import pytest

from builder.metadata import Snapshot, Source, State
from builder.pages.freshness import Line, lines
from builder.pages.sheets import is_taken_over
from builder.pages.words import Calendar, Fact

CALENDAR = Calendar(UTC, date(2026, 3, 1))
CHANGED, SINCE = datetime(2026, 2, 1, 3, tzinfo=UTC), datetime(2026, 2, 20, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "words", "day"),
    [
        ("ok", "last news on", "2026-02-01"),
        ("failed", "has not answered since", "2026-02-20"),
        ("missing", "says there is nothing, since", "2026-02-20"),
        ("taken over", "another repository has its name, since", "2026-02-20"),
    ],
)
def test_a_line_for_each_state(state: State, words: str, day: str) -> None:
    source = Source(changed=CHANGED, state=state, since=None if state == "ok" else SINCE, reason="why")
    [line] = lines({"github": source}, CALENDAR)
    assert (line.name, line.words, line.when.day, line.why) == ("GitHub", words, day, "why")


def test_sources_come_by_name_and_an_unknown_one_keeps_its_own() -> None:
    found = lines({"new": Source(changed=CHANGED), "pypi": Source()}, CALENDAR)
    assert found == [
        Line("new", "last news on", Fact("1 February 2026", day="2026-02-01"), ""),
        Line("PyPI", "last news on", Fact("not known", known=False), ""),
    ]


def test_nobody_is_led_to_a_repository_that_was_taken_over() -> None:
    assert is_taken_over(Snapshot(sources={"github": Source(state="taken over")}))
    assert not is_taken_over(Snapshot(sources={"github": Source(state="failed")}))
