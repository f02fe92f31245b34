"""Work shared out among processes: each is a copy of this one, so that what was read before is there and costs nothing.

Jobs are taken one at a time by whoever is free, and their results come back in the order of the jobs. With one
processor, or one job, all is done here.
"""

import multiprocessing
import os
import pickle
import signal
import struct
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

Result = TypeVar("Result")
Job: TypeAlias = Callable[[], Result]

MOST: Final = 8
"""Processes that are worth their memory: what they make goes to one disk."""
MOST_JOBS: Final = 1000  # whose numbers any pipe holds before somebody reads

_NUMBER: Final = struct.Struct("=I")


class WorkerError(RuntimeError):
    """A worker ended without a word, as one does that the system kills for want of memory."""


def processors() -> int:
    """Give how many processes can run at a time, `MOST` at most; 1 where a process cannot be copied."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST)


def spread(jobs: Sequence[Job[Result]], processes: int | None = None) -> list[Result]:
    """Do all jobs, at most `MOST_JOBS`, and give their results in order.

    `processes` is how many are done at a time, by default as many as can run here. A result must be one that can be
    pickled. A worker takes no further job when this process has ended.

    Raises:
        WorkerError: a worker was killed.
        Exception: what a job raised; all else is given up then.
    """
    count = min(processors() if processes is None else processes, len(jobs))
    if count <= 1:
        return [job() for job in jobs]
    waiting = _numbered(len(jobs))
    workers: list[BaseProcess] = []
    results: dict[int, Result] = {}
    try:
        answers = [_start(jobs, waiting, workers) for _ in range(count)]
        while answers:
            for answer in wait(answers):
                if isinstance(answer, Connection) and not _take(answer, results):
                    answers.remove(answer)
    finally:
        os.close(waiting)
        for worker in workers:
            worker.terminate()  # one that has done its jobs is at its end
            worker.join()
    if len(results) < len(jobs):
        raise WorkerError("A process that made a part of the work was ended. Is there too little memory?")
    return [results[number] for number in range(len(jobs))]


def _numbered(count: int) -> int:
    """Give a pipe that holds the number of each job: whoever reads one has the job, and nobody else does."""
    reader, writer = os.pipe()
    os.write(writer, b"".join(map(_NUMBER.pack, range(count))))
    os.close(writer)
    return reader


def _start(jobs: Sequence[Job[Result]], waiting: int, workers: "list[BaseProcess]") -> Connection:
    """Start a worker, and give where it answers."""
    context = multiprocessing.get_context("fork")
    answers, answering = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(jobs, waiting, answering, os.getpid()), daemon=True)
    with warnings.catch_warnings():
        # A server or a test has other threads. None of them holds a lock that rendering or writing waits for.
        warnings.simplefilter("ignore", DeprecationWarning)
        worker.start()
    workers.append(worker)
    answering.close()
    return answers


def _work(jobs: Sequence[Job[Result]], waiting: int, answering: Connection, parent: int) -> None:
    """Be a worker: do jobs until there are none. Ctrl-C is the parent's to hear, who ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while (number := os.read(waiting, _NUMBER.size)) and os.getppid() == parent:
        (at,) = _NUMBER.unpack(number)
        answering.send_bytes(_done(at, jobs[at]))


def _done(number: int, job: Job[Result]) -> bytes:
    """Do a job, and give its number and its result, or what it raised, as bytes."""
    try:
        return pickle.dumps((number, job(), None))
    except Exception as error:  # noqa: BLE001 - it is raised where the jobs came from
        error.add_note(f"In a worker:\n{''.join(traceback.format_tb(error.__traceback__))}")
        with suppress(Exception):
            told = pickle.dumps((number, None, error))
            pickle.loads(told)  # noqa: S301 - our own; some errors go in, and do not come out
            return told
        return pickle.dumps((number, None, RuntimeError("".join(traceback.format_exception(error)))))


def _take(answer: Connection, results: dict[int, Result]) -> bool:
    """Take a result; tell whether the worker may have another."""
    try:
        number, result, error = pickle.loads(answer.recv_bytes())  # noqa: S301 - our own worker's
    except EOFError:
        return False
    if error is not None:
        raise error
    results[number] = result
    return True
