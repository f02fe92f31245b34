"""How long the verdict on a pull request takes: the steps of check.yml, as they stand, over a made-up catalogue.

    python benchmarks/pull.py [--packages N] [--nights N]

A repository is made of this checkout's last commit with the catalogue in place of its own, so many nightly refreshes of
a tenth of it, and a branch that edits one package. Prints for each step of both jobs, which GitHub runs beside each
other, how long it took, and how much of a processor: on a busy machine the second says more. Starting a machine and
moving the artifact are GitHub's affair, and not in the figures; set-up loads what is pinned.
"""

import argparse
import io
import os
import resource
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import corpus
from repositories import commit, git
from workflows import ROOT, lines, merged, run

JOBS = ("data", "site")


def make(root: Path, packages: int, nights: int) -> None:
    """Make the repository."""
    project = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S607 - our own
    with tarfile.open(fileobj=io.BytesIO(project)) as files:
        files.extractall(root, [file for file in files if not file.name.startswith("data/")], filter="data")
    corpus.write(root / "data", packages)
    commit(root)
    snapshots = sorted((root / "data/snapshots").iterdir())
    for night in range(nights):
        for file in snapshots[night % 10 :: 10]:
            file.write_text(file.read_text().replace('"stars": ', f'"stars": {night % 9 + 1}', 1))
        commit(root)
    git(root, "checkout", "--quiet", "-b", "change")
    file = min((root / "data/packages").iterdir())
    file.write_text(file.read_text().replace("title: ", "title: Another ", 1))
    commit(root)


@dataclass(frozen=True)
class Spent:
    """Seconds: by the clock, and of a processor."""

    clock: float = 0
    processor: float = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.clock + other.clock, self.processor + other.processor)

    def __str__(self) -> str:
        return f"{self.clock:7.1f} s {self.processor:7.1f} s"


def now() -> Spent:
    """Give what has been spent so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Spent(time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used))


def timed(name: str, what: Callable[[], object]) -> Spent:
    """Do something, and print how long it took."""
    began = now()
    what()
    ended = now()
    spent = Spent(ended.clock - began.clock, ended.processor - began.processor)
    print(f"{spent}  {name}", flush=True)
    return spent


def job(name: str, root: Path, scraps: Path) -> None:
    """Run the steps of a job in a clone of its own, and print what they took with set-up and without."""
    print(f"Job {name}")
    home = scraps / name
    home.mkdir()
    # The clone lies beside its repository: a link keeps those of two jobs apart.
    (home / "root").symlink_to(root)
    clones: list[Path] = []
    setup, steps = timed("check out", lambda: clones.append(merged(home / "root"))), Spent()
    for title, line in lines("check", name):
        spent = timed(title, partial(step, line, clones[0], home))
        setup, steps = (setup + spent, steps) if line == "make setup" else (setup, steps + spent)
    if (site := clones[0] / "site.tar").exists():
        steps += timed("compress the artifact", lambda: pack(site, home / "site.zip"))
        sizes = [file.stat().st_size / 1e6 for file in (site, home / "site.zip")]
        print(f"{'':21}  {sizes[0]:.0f} MB, {sizes[1]:.0f} compressed")
    print(f"{setup + steps}  in all\n{steps}  without set-up")


def step(line: str, clone: Path, home: Path) -> None:
    """Run a step, which must succeed."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "http", "HTTP"))}
    done = run(line, clone, GITHUB_STEP_SUMMARY=home / "summary", **kept)
    if done.returncode:
        sys.exit(f"{line}\n{done.stdout}{done.stderr}")


def pack(site: Path, target: Path) -> None:
    """Compress as the upload does."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.write(site, "site.tar")


def main() -> None:
    """Time both jobs."""
    parser = argparse.ArgumentParser(description="Time the verdict on a pull request.")
    parser.add_argument("--packages", type=int, default=5400)
    parser.add_argument("--nights", type=int, default=0)
    options = parser.parse_args()
    with TemporaryDirectory() as scraps:
        root = Path(scraps, "root")
        root.mkdir()
        make(root, options.packages, options.nights)
        for name in JOBS:
            job(name, root, Path(scraps))


if __name__ == "__main__":
    main()
