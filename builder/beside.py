"""A job done in a second process while this one goes on: a copy of this one, so that the job has all that is here."""

import os
import pickle
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, NoReturn, TypeVar

from builder.errors import LostError

Result = TypeVar("Result")

_STEP: Final = 1 << 20


@contextmanager
def beside(job: Callable[[], Result], *, worth: bool = True) -> Iterator[Callable[[], Result]]:
    """Begin a job in another process, and give what waits for its result, which must be one that can be pickled.

    Where that is not worth its while (a start takes some 5 ms, and what comes back as long as making it), where there
    is one processor, or where a process cannot be copied, the job is done here, when its result is asked for. What is
    given raises what the job raised, with its type, or LostError. Who leaves without asking ends the job.
    """
    if not worth or processors() == 1:
        yield job
        return
    reader, writer = os.pipe()
    child = _copy()
    if child == 0:
        _work(job, reader, writer)
    os.close(writer)
    try:
        yield job if child is None else lambda: _result(reader)
    finally:
        os.close(reader)
        if child is not None:
            os.kill(child, signal.SIGKILL)  # one that has answered is at its end, and is there until it is waited for
            os.waitpid(child, 0)


def _copy() -> int | None:
    """Copy this process; give the number of the copy, 0 in the copy itself, None where there are too many processes."""
    with warnings.catch_warnings(), suppress(OSError):
        # A server or a test has other threads. A job must wait for no lock that one of them may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()
    return None


def processors() -> int:
    """Give how many processes can run at a time; 1 where a process cannot be copied."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _work(job: Callable[[], Result], reader: int, writer: int) -> NoReturn:
    """Be the other process. Nothing of it but the answer is seen: Ctrl-C is the first one's to hear."""
    try:
        os.close(reader)  # else there would be somebody who could hear the answer, when the first one has gone
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        answer = memoryview(answered(job))
        while answer:
            answer = answer[os.write(writer, answer) :]
    finally:
        os._exit(0)


def answered(job: Callable[[], object]) -> bytes:
    """Do a job in another process; give as bytes whether it is done, and its result, or what it raised."""
    try:
        return pickle.dumps((True, job()), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - it is raised where the job came from
        error.add_note(f"In another process:\n{''.join(traceback.format_tb(error.__traceback__))}")
        with suppress(Exception):
            told = pickle.dumps((False, error))
            pickle.loads(told)  # noqa: S301 - our own; some errors go in, and do not come out
            return told
        return pickle.dumps((False, RuntimeError("".join(traceback.format_exception(error)))))


def _result(reader: int) -> Any:  # noqa: ANN401 - whatever the job gives
    parts = []
    while part := os.read(reader, _STEP):
        parts.append(part)
    if not parts:
        raise LostError
    return result_of(b"".join(parts))


def result_of(answer: bytes) -> Any:  # noqa: ANN401 - whatever the job gives
    """Give the result of what `answered` gave, or raise what the job raised."""
    done, result = pickle.loads(answer)  # noqa: S301 - our own process's
    if not done:
        raise result
    return result
