"""Time a build beside a plain copy of what it makes: `python benchmarks/build.py [--packages N] [--runs N]`.

A machine's speed changes from minute to minute, so builds and copies are run in turn, and the ratio of their medians is
what counts.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import corpus


def seconds(act: Callable[[], object]) -> float:
    """Give the wall time of one call, in seconds."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def run(folder: Path, packages: int, runs: int) -> None:
    """Print the medians of a cold build, a build without a change and a build after one edit, and their ratios."""
    data, site, copy = folder / "data", folder / "site", folder / "copy"
    corpus.write(data, packages)
    command = [sys.executable, "-m", "builder", "--quiet", "build", "--data", str(data), "--out", str(site)]
    edited = next((data / "packages").iterdir())

    def build() -> None:
        subprocess.run(command, check=True)  # noqa: S603 - our own command

    times: dict[str, list[float]] = {"cp -r": [], "cold": [], "no change": [], "one edit": []}
    for number in range(runs):
        shutil.rmtree(site, ignore_errors=True)
        times["cold"].append(seconds(build))
        shutil.rmtree(copy, ignore_errors=True)
        times["cp -r"].append(seconds(lambda: subprocess.run(["cp", "-r", site, copy], check=True)))  # noqa: S603, S607
        times["no change"].append(seconds(build))
        text = edited.read_text()
        edited.write_text(text.replace("title: ", f"title: {number} ", 1))
        times["one edit"].append(seconds(build))
    files = [file for file in site.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    print(f"{packages} packages: {len(files)} files, {size / 1e6:.1f} MB; medians of {runs} runs")
    copying = statistics.median(times["cp -r"])
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name:<10} {median:7.2f} s  {median / copying:6.2f} times cp -r")


def main() -> None:
    """Read the options, and run in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=5400)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), options.packages, options.runs)


if __name__ == "__main__":
    main()
