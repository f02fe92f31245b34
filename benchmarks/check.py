"""How long the commands take that people wait for: `--help`, `check`, `diff`, and the refresh of a night without news.

    python benchmarks/check.py [PACKAGES] [--runs N] [--no-fetch]

Warm is the median of the runs, cold the time of the first, before which the system forgot the files of the catalogue
and of the program, as far as it can be told to: a folder in memory is never forgotten, so that the one for what is
temporary should be on a disk. What is slow is run once. The refresh is nights.py's second night.
"""

import argparse
import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import corpus
import spent
import tables
import trees

ROOT = Path(__file__).parents[1]


def timed(data: Path, arguments: Sequence[str], runs: int, code: int = 0) -> list[tables.Cell]:
    """Give the line of a command: cold, warm, processor time, memory."""
    command = [sys.executable, "-m", "builder", "--quiet", *arguments]
    if arguments[0] != "--help":
        command += ["--data", str(data)]
    for folder in (data, ROOT / "builder", Path(sysconfig.get_path("purelib"))):
        trees.forget(folder)
    taken = [
        spent.run(command, folder=data.parent, environment={"PYTHONPATH": str(ROOT)}, code=code)[0]
        for _ in range(runs + 1)
    ]
    cold, warm = taken[0], spent.medians(taken[1:] or taken)
    shown = f"{warm.wall:.2f} s" if runs else ""
    return [
        f"builder {' '.join(arguments)}",
        f"{cold.wall:.2f} s",
        shown,
        f"{warm.cpu:.2f} s",
        tables.megabytes(warm.memory),
    ]


def commands(folder: Path, packages: int, runs: int) -> list[list[tables.Cell]]:
    """Make the catalogue, commit it, change a title, and time each command; give the lines."""
    data = folder / "data"
    corpus.write(data, packages)
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=x")):
        spent.run(["git", *identity, *arguments], folder=folder)
    os.sync()  # what is not yet on the disk cannot be forgotten
    file = min((data / "packages").iterdir())
    file.write_text(file.read_text().replace("title: ", "title: Another ", 1))
    rows = [
        timed(data, ["--help"], runs),
        timed(data, ["check"], runs),
        timed(data, ["check", "--base", "HEAD"], runs),
        timed(data, ["diff", "HEAD", "--no-pages"], 0),
        timed(data, ["diff", "HEAD"], 0),
    ]
    file.write_text(file.read_text().replace("category: ", "category: no-", 1))
    wrong = timed(data, ["check", "--base", "HEAD"], runs, code=1)
    return [*rows, [f"{wrong[0]}, with a problem", *wrong[1:]]]


def refresh(folder: Path, packages: int) -> list[tables.Cell]:
    """Give the line of a night without news; the forges' own work is not in it."""
    import nights  # noqa: PLC0415 - late, since what this process holds would count into what the commands above hold

    *_, cost = nights.run(folder, packages, nights.STRANGERS, [], nights.NIGHTS[:2])
    return ["builder fetch", "", f"{cost.wall:.2f} s", f"{cost.cpu:.2f} s", tables.megabytes(cost.peak)]


def main() -> None:
    """Read the options, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", type=int, nargs="?", default=5400)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-fetch", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        rows = commands(Path(folder), options.packages, options.runs)
    if not options.no_fetch:
        with TemporaryDirectory() as folder:
            rows.append(refresh(Path(folder), options.packages))
    tables.show([f"{options.packages:,} packages", "cold", "warm", "CPU", "memory MB"], rows)


if __name__ == "__main__":
    main()
