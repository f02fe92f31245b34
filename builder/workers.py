"""Work shared out among processes: each is a copy of this one, so that what was read before is there and costs nothing.

Jobs are taken one at a time by whoever is free, and their results come back in the order of the jobs. With one
processor, or one job, all is done here.
"""

import multiprocessing
import os
import signal
import struct
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from builder.beside import answered, processors, result_of
from builder.errors import LostError

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

Result = TypeVar("Result")
Job: TypeAlias = Callable[[], Result]

MOST: Final = 8
"""Processes that are worth their memory: what they make goes to one disk."""
MOST_JOBS: Final = 1000  # whose numbers any pipe holds before somebody reads

_NUMBER: Final = struct.Struct("=I")


def spread(jobs: Sequence[Job[Result]], processes: int | None = None) -> list[Result]:
    """Do all jobs, at most `MOST_JOBS`, and give their results in order.

    `processes` is how many are done at a time, by default as many as can run here. A result must be one that can be
    pickled. A worker takes no further job when this process has ended.

    Raises:
        LostError: a worker was killed.
        Exception: what a job raised; all else is given up then.
    """
    count = min(processors() if processes is None else processes, MOST, len(jobs))
    if count <= 1:
        return [job() for job in jobs]
    waiting = _numbered(len(jobs))
    workers: list[BaseProcess] = []
    results: dict[int, Result] = {}
    try:
        answers: list[Connection] = []
        for _ in range(count):
            answers.append(_start(jobs, waiting, workers, answers))
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
        raise LostError
    return [results[number] for number in range(len(jobs))]


def _numbered(count: int) -> int:
    """Give a pipe that holds the number of each job: whoever reads one has the job, and nobody else does."""
    reader, writer = os.pipe()
    os.write(writer, b"".join(map(_NUMBER.pack, range(count))))
    os.close(writer)
    return reader


def _start(
    jobs: Sequence[Job[Result]], waiting: int, workers: "list[BaseProcess]", others: Sequence[Connection]
) -> Connection:
    """Start a worker, and give where it answers; `others` is where the others do."""
    context = multiprocessing.get_context("fork")
    answers, answering = context.Pipe(duplex=False)
    arguments = (jobs, waiting, answering, [*others, answers], os.getpid())
    worker = context.Process(target=_work, args=arguments, daemon=True)
    with warnings.catch_warnings():
        # A server or a test has other threads. None of them holds a lock that rendering or writing waits for.
        warnings.simplefilter("ignore", DeprecationWarning)
        worker.start()
    workers.append(worker)
    answering.close()
    return answers


def _work(
    jobs: Sequence[Job[Result]], waiting: int, answering: Connection, heard: Sequence[Connection], parent: int
) -> None:
    """Be a worker: do jobs until there are none. Ctrl-C is the parent's to hear, who ends this one.

    `heard` are the parent's ends of the pipes, which it alone may keep: nobody would see that it is gone.
    """
    for end in heard:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while (number := os.read(waiting, _NUMBER.size)) and os.getppid() == parent:
        with suppress(BrokenPipeError):  # the parent has gone
            answering.send_bytes(number + answered(jobs[_NUMBER.unpack(number)[0]]))


def _take(answer: Connection, results: dict[int, Result]) -> bool:
    """Take a result; tell whether the worker may have another."""
    try:
        told = answer.recv_bytes()
    except EOFError:
        return False
    (number,) = _NUMBER.unpack_from(told)
    results[number] = result_of(told[_NUMBER.size :])
    return True
