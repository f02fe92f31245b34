"""A job in a second process: what comes back, what it raises, and that nothing is left of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from builder.beside import beside
from builder.errors import DataError, LostError, Problem

PROBLEM = Problem("data/x.yaml", 1, 2, "empty", "is empty")


@pytest.fixture(params=[1, 2])
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    count: int = request.param
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(count)), raising=False)
    yield count
    with pytest.raises(ChildProcessError):  # none is left
        os.waitpid(-1, os.WNOHANG)


def fail(error: Exception) -> Any:  # noqa: ANN401 - it gives nothing
    raise error


class OddError(Exception):
    """Goes into a pickle, and does not come out."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


def test_the_result_comes_from_another_process_where_there_is_a_second_processor(processors: int) -> None:
    with beside(lambda: (os.getpid(), b"x" * 5_000_000)) as result:
        number, body = result()
    assert (number != os.getpid()) is (processors == 2)
    assert len(body) == 5_000_000


def test_what_is_not_worth_it_is_done_here(processors: int) -> None:
    with beside(os.getpid, worth=False) as result:
        assert result() == os.getpid(), processors


def test_both_work_at_a_time() -> None:
    if len(os.sched_getaffinity(0)) < 2 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) < 2:
        pytest.skip("one processor")
    theirs, ours = os.pipe()
    back, answer = os.pipe()

    def job() -> bytes:
        os.write(answer, b"there")
        return os.read(theirs, 9)  # is written only after the job has begun

    with beside(job) as result:
        assert os.read(back, 9) == b"there"
        os.write(ours, b"here")
        assert result() == b"here"
    for end in (theirs, ours, back, answer):
        os.close(end)


@pytest.mark.usefixtures("processors")
@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (DataError([PROBLEM]), DataError, "1 problem in 1 file."),
        (KeyError("x"), KeyError, "'x'"),
        (FileNotFoundError(2, "none", "x"), FileNotFoundError, "none"),
    ],
)
def test_what_the_job_raises_is_raised_here(error: Exception, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text) as caught, beside(lambda: fail(error)) as result:
        result()
    if isinstance(caught.value, DataError):
        assert caught.value.problems == [PROBLEM]


def test_an_error_that_cannot_come_back_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    with pytest.raises(RuntimeError, match=r"OddError.*1 and 2"), beside(lambda: fail(OddError(1, 2))) as result:
        result()
    with pytest.raises(Exception, match="pickle"), beside(lambda: lambda: None) as made:
        made()


@pytest.mark.parametrize("end", [lambda: os._exit(0), lambda: os.kill(os.getpid(), signal.SIGKILL)])
def test_a_process_that_dies_is_no_result(monkeypatch: pytest.MonkeyPatch, end: Callable[[], None]) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    with pytest.raises(LostError, match="memory"), beside(end) as result:
        result()


@pytest.mark.usefixtures("processors")
def test_who_leaves_early_ends_the_job() -> None:
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError), beside(lambda: time.sleep(60)):
        raise ZeroDivisionError
    assert time.monotonic() - began < 30


def test_a_job_ends_when_nobody_can_hear_its_result() -> None:
    program = """
import os, sys
os.sched_getaffinity = lambda _: {0, 1}
from builder.beside import beside

def job():
    print("begun", flush=True)
    sys.stdin.read()  # until the test says so
    return b"x" * 10_000_000

with beside(job):
    os.read(os.pipe()[0], 1)
"""
    theirs, ours = os.pipe()
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE) as parent:  # noqa: S603 - our own
        assert parent.stdout
        assert parent.stdout.readline() == b"begun\n"
        parent.kill()
        os.close(theirs)
        os.close(ours)
        # The job has the other end of this pipe too: it is closed when the last of both has ended.
        assert parent.stdout.read() == b""


def test_a_system_that_gives_no_process_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)

    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", refuse)
    with beside(os.getpid) as result:
        assert result() == os.getpid()
