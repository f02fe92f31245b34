"""What a command takes: time, processors, and the memory of all its processes together."""

import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.05  # seconds between two looks at the memory
SHARE = 20  # of so many parts of the time, looking takes one at most
PROC = Path("/proc")


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and of processors, and the most memory that was held at once, in bytes."""

    wall: float
    cpu: float
    memory: int


def run(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    code: int = 0,
) -> tuple[Spent, str]:
    """Run a command in a folder, which must end with an exit code.

    Gives what it took, and what it said on standard output.

    The memory is that of the largest process, as the system tells it, or of all processes of the command together where
    that is more: Linux tells of each what it has for itself and its part of what it shares with others. This process
    must be a small one: Linux counts the memory of whoever starts a process into that process's own.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=folder, env=os.environ | (environment or {}), stdout=said, stderr=complained
        )
        memory = _Memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        together = memory.ended()
        said.seek(0)
        complained.seek(0)
        if process.returncode != code:
            sys.exit(f"{shlex.join(map(str, command))}: exit code {process.returncode}\n{complained.read()[-5000:]}")
        largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Spent(wall, usage.ru_utime + usage.ru_stime, max(largest, together)), said.read()


class _Memory:
    """Looks at the memory of a process and those it started, now and then, until it has ended."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most = pid, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def ended(self) -> int:
        """Give the most bytes that were seen at once; 0 where the system does not tell."""
        self._over.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        pause = PAUSE
        while not self._over.wait(pause):
            began = time.perf_counter()
            self._most = max(self._most, sum(map(_held, _tree(self._pid))))
            pause = max(PAUSE, SHARE * (time.perf_counter() - began))


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and all that it has started and that still run."""
    yield pid
    with suppress(OSError):  # any of them may end meanwhile
        for thread in (PROC / str(pid) / "task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def _held(pid: int) -> int:
    """Give the bytes that a process holds, with its part of what it shares; 0 if it has ended."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def medians(spent: Sequence[Spent]) -> Spent:
    """Give the median of each figure."""
    return Spent(
        statistics.median(each.wall for each in spent),
        statistics.median(each.cpu for each in spent),
        round(statistics.median(each.memory for each in spent)),
    )
