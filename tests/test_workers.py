"""Work in several processes: results in order, errors as they were raised, nobody left behind."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from folders import grid, package, tree, write_data

from builder import build, making
from builder.again import Again
from builder.errors import LostError, SiteError
from builder.hosts import HOSTS, Host
from builder.timings import Timings
from builder.workers import spread
from builder.write import Report


def numbered(number: int) -> tuple[int, int]:
    return number, os.getpid()


def test_results_come_in_the_order_of_the_jobs() -> None:
    found = spread([partial(numbered, number) for number in range(50)], 3)
    assert [number for number, _ in found] == list(range(50))
    assert os.getpid() not in {process for _, process in found}


@pytest.mark.parametrize(("jobs", "processes"), [(3, 1), (1, 4), (3, 0), (0, 2)])
def test_what_needs_no_other_process_has_none(jobs: int, processes: int) -> None:
    assert spread([partial(numbered, n) for n in range(jobs)], processes) == [(n, os.getpid()) for n in range(jobs)]


def test_a_worker_sees_what_was_here_and_changes_nothing() -> None:
    here = [0]

    def add(number: int) -> int:
        here.append(number)
        return here[0] + number

    assert spread([partial(add, 1), partial(add, 2)], 2) == [1, 2]
    assert here == [0]


class OddError(Exception):
    """One that can be pickled, and not be made again."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def failing(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (SiteError("no room"), SiteError, "no room"),
        (OddError("this", "that"), RuntimeError, "OddError: this and that"),
    ],
)
def test_an_error_is_raised_here_and_tells_where_it_comes_from(
    error: Exception, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words) as stop:
        spread([partial(failing, error), partial(time.sleep, 60)], 2)
    told = "\n".join([str(stop.value), *getattr(stop.value, "__notes__", ())])
    assert "in failing" in told
    assert not multiprocessing.active_children()


def killed_before(number: int, last: int) -> int:
    if number == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_what_cannot_come_back_is_an_error() -> None:
    with pytest.raises((AttributeError, TypeError)):
        spread([lambda: lambda: None, lambda: lambda: None], 2)


def test_a_worker_that_is_killed_is_told() -> None:
    jobs = [partial(killed_before, number, 2) for number in range(5)]
    with pytest.raises(LostError, match="too little memory"):
        spread(jobs, 2)
    assert not multiprocessing.active_children()


ORPHANED = """
import os, sys, time
from functools import partial
from builder.workers import spread

def job(number):
    with open(sys.argv[1], "a") as file:
        file.write(f"{number}\\n")
    time.sleep(0.2)
    return b"x" * 10**6  # more than a pipe holds

spread([partial(job, number) for number in range(100)], 2)
"""


def test_a_worker_whose_parent_was_killed_takes_no_other_job(tmp_path: Path) -> None:
    done = tmp_path / "done"
    parent = subprocess.Popen([sys.executable, "-c", ORPHANED, str(done)])  # noqa: S603 - our own
    while not done.exists():
        time.sleep(0.01)
    parent.kill()
    parent.wait()
    before = done.read_text().count("\n")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _left(str(done)):
        time.sleep(0.05)
    assert not _left(str(done))
    assert done.read_text().count("\n") <= before + 2


def _left(argument: str) -> list[int]:
    """Give the processes that have an argument."""
    found = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True)  # noqa: S607
    return [int(line.split()[0]) for line in found.stdout.splitlines() if argument in line and "-c" in line]


def tell(told: list[Sequence[str]], _report: Report, folders: Sequence[str], _known: Again) -> None:
    told.append(folders)


@pytest.mark.parametrize("host", [HOSTS[0], HOSTS[2]], ids=lambda host: host.name)
def test_a_site_is_the_same_whoever_makes_it(tmp_path: Path, host: Host) -> None:
    packages = {f"p{n}": package(n) for n in range(1, 40)}
    grids = {f"g{n}": grid(n, "p1", f"p{n + 2}") for n in range(1, 20)}
    data = write_data(tmp_path / "data", packages=packages, grids=grids)
    made, _ = build.join(build.load(data), data)
    sites = []
    for processes in (1, 2, 3):
        site = tmp_path / f"site{processes}"
        timings = Timings(time.perf_counter)
        told: list[Sequence[str]] = []
        options: dict[str, Any] = {"timings": timings, "processes": processes}
        report = making.make(made, host, host.choices, site, done=partial(tell, told), **options)
        sites.append(tree(site))
        assert report.written == len(sites[-1]) - 1
        assert {str(path.relative_to(site)) for path in site.rglob("*") if path.is_dir()} == {*told[0]} - {""}
        assert {"api", "pages", "pictures", "search", "feeds", "sums"} <= timings.seconds.keys()
        assert not making.make(made, host, host.choices, site, processes=processes).changed
    assert sites[0] == sites[1] == sites[2]


def test_two_outputs_of_one_path_are_refused_whoever_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    made, _ = build.join(build.load(data), data)
    real = making.batches

    def twice(*arguments: object) -> object:
        first, last = real(*arguments)  # type: ignore[arg-type]
        return [*first, *first], last

    monkeypatch.setattr(making, "batches", twice)
    for processes in (1, 2):
        with pytest.raises(SiteError, match="Two outputs have one path"):
            making.make(made, HOSTS[0], HOSTS[0].choices, tmp_path / "site", processes=processes)
        assert not (tmp_path / "site").exists()
        assert {path.name for path in tmp_path.iterdir()} == {"data", ".site.lock"}


def test_a_build_that_is_killed_with_its_workers_leaves_a_whole_site(tmp_path: Path) -> None:
    sites, site = [], tmp_path / "site"
    catalogues = []
    for name in ("one", "other"):
        packages = {f"p{n}": package(n, title=f"{name} {n}") for n in range(1, 12)}
        data = write_data(tmp_path / name, packages=packages)
        catalogues.append(build.join(build.load(data), data)[0])
        making.make(catalogues[-1], HOSTS[0], HOSTS[0].choices, tmp_path / f"clean {name}")
        sites.append(tree(tmp_path / f"clean {name}"))
    began = time.monotonic()
    for made in (*catalogues, *catalogues):
        making.make(made, HOSTS[0], HOSTS[0].choices, site, processes=2)
    usual = (time.monotonic() - began) / 4
    chance = random.Random(359)  # noqa: S311 - a test that can be repeated
    killed = 0
    for number in range(20):
        made = catalogues[number % 2]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # a test runner has threads of its own
            child = os.fork()
        if not child:
            making.make(made, HOSTS[0], HOSTS[0].choices, site, processes=2)
            os._exit(0)
        time.sleep(chance.uniform(0, usual))  # the moment is the point
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        assert tree(site) in sites
    assert killed > 0  # a busy machine measures too long a time first
    making.make(catalogues[0], HOSTS[0], HOSTS[0].choices, site, processes=2)
    assert tree(site) == sites[0]
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith(".site")} == {".site.lock"}
