"""How long the writer takes for a site of 12,000 small files, against `cp -r` of the same site.

    python benchmarks/write.py FOLDER [RUNS]

FOLDER is where to try it, on the file system that is asked about; it must not hold anything called `site`.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from builder.write import write

PACKAGES = 6_000


def files(edited: int = -1) -> list[tuple[str, bytes]]:
    """Give an answer of 1 KB and a page of 5 KB for each package; one package may be edited."""
    made = []
    for number in range(PACKAGES):
        line = f"package {number}{' edited' if number == edited else ''} ".encode()
        made.append((f"api/v4/packages/{number}/index.json", line * (1_000 // len(line))))
        made.append((f"packages/p/name-{number}/index.html", line * (5_000 // len(line))))
    return made


def seconds(action: Callable[[], object]) -> float:
    """Give how long something takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def once(folder: Path, plain: list[tuple[str, bytes]], edited: list[tuple[str, bytes]]) -> dict[str, float]:
    """Time each case once, side by side."""
    site, copy = folder / "site", folder / "copy"
    times = {
        "cold": seconds(lambda: write(plain, site)),
        "nothing changed": seconds(lambda: write(plain, site)),
        "one file changed": seconds(lambda: write(edited, site)),
        "cp -r": seconds(lambda: subprocess.run(["cp", "-r", site, copy], check=True)),  # noqa: S603, S607 - our own
    }
    for tree in (site, copy):
        shutil.rmtree(tree)
    return times


def main(folder: Path, runs: int) -> None:
    """Print the median of each case and its ratio to `cp -r`."""
    plain, edited = files(), files(PACKAGES // 2)
    rounds = [once(folder, plain, edited) for _ in range(runs)]
    medians = {case: median(times[case] for times in rounds) for case in rounds[0]}
    for case, time_taken in medians.items():
        print(f"{case:<18} {time_taken:6.3f} s  {time_taken / medians['cp -r']:5.2f} x cp -r")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)  # noqa: PLR2004 - the optional argument
