"""Where the time of a build goes, by phase."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from click.testing import CliRunner
from folders import package, write_data

from builder import build
from builder.cli import main
from builder.timings import Timings

PHASES = ["read", "check", "join", "past", "write", "sums", "compress", "layout", "api", "search", "pages", "pictures"]


def ticking() -> Timings:
    """Give timings whose clock is a second further at each reading."""
    seconds = count()
    return Timings(lambda: float(next(seconds)))


def test_each_phase_counts_without_those_inside_it() -> None:
    timings = ticking()
    with timings.phase("outer"):
        with timings.phase("inner"):
            pass
        with timings.phase("inner"):
            pass
    with timings.phase("after"):
        pass
    assert timings.seconds == {"outer": 3.0, "inner": 2.0, "after": 1.0}


def test_what_is_done_with_items_is_not_what_they_take_to_make() -> None:
    timings = ticking()

    def items() -> Iterator[int]:
        yield from timings.through("deeper", range(2))

    with timings.phase("use"):
        for _ in timings.through("make", items()):
            with timings.phase("work"):
                pass
    assert timings.seconds["work"] == 2.0
    assert timings.seconds["deeper"] == 3.0, "two items, and the look whether there is a third"
    assert list(timings.seconds) == ["use", "make", "deeper", "work"]


def test_a_failure_leaves_its_phase() -> None:
    timings = ticking()

    def failing() -> Iterator[int]:
        yield 1
        raise ValueError

    try:
        list(timings.through("make", failing()))
    except ValueError:
        with timings.phase("after"):
            pass
    assert timings.seconds == {"make": 2.0, "after": 1.0}


def test_without_a_clock_nothing_is_in_the_way() -> None:
    items = iter(range(3))
    timings = Timings()
    assert timings.through("make", items) is items
    with timings.phase("after"):
        pass
    assert set(timings.seconds.values()) == {0.0}


def test_a_build_is_told_whole(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    timings = ticking()
    build.build(data, tmp_path / "site", timings=timings)
    assert list(timings.seconds)[: len(PHASES)] == PHASES
    assert all(timings.seconds.values())
    lines = timings.table().splitlines()
    assert len(lines) == len(timings.seconds) + 1
    assert lines[-1].split()[:3] == ["in", "all", f"{sum(timings.seconds.values()):.3f}"]


def test_the_command(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    command = ["build", "--data", str(data), "--out", str(tmp_path / "site"), "--timings"]
    done = CliRunner().invoke(main, [*command, "json"])
    told = json.loads(done.stdout)
    assert told["written"] > 50
    assert set(PHASES) <= told["seconds"].keys()
    for _ in range(2):  # what was written only just now is looked at twice
        done = CliRunner().invoke(main, command)
    assert done.exit_code == 0
    assert "0 files written" in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == ["look", "in"]
    done = CliRunner().invoke(main, [*command, "text", "--fresh"])
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]][: len(PHASES) + 1] == ["look", *PHASES]
