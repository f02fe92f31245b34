"""What a refresh costs, night by night.

    python benchmarks/nights.py [--packages N] [--strangers N] [--upstreams NAME ...]

The forges of the tests serve a made-up catalogue on loopback. Each night is a process of its own that reads the
catalogue's files as `builder fetch` does, so that CPU and memory are the command's. It cannot reach the network: its
way to anything but loopback leads nowhere.

Points are what an upstream charges: GitHub's by its rules, one a request where requests are limited, none else. Where
they exceed an hour's grant (at GitHub 5,000 of a personal token, 1,000 of a workflow's), a real night takes as many
hours, or is spread over several.
"""

import argparse
import gc
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

# This checkout's, whatever is installed.
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from folders import package, write_data
from forges.catalogue import Catalogue
from forges.server import Forges, serving

from builder import build, snapshots
from builder.fetch import Summary, fetch
from builder.upstreams import Setup, connect

NOWHERE = "http://127.0.0.1:9"  # the port for what is thrown away; nothing listens
STRANGERS = 700_000  # projects in the index beside the catalogue's
SHOWN = 10  # failures of a night


@dataclass(frozen=True)
class Night:
    """A night: which shares of repositories and of projects have changed since the one before."""

    title: str
    repositories: float = 0
    projects: float = 0


NIGHTS = (
    Night("the first night"),
    Night("nothing changed"),
    Night("3% of the repositories and 1% of the projects changed", 0.03, 0.01),
    Night("10% of the repositories and 3% of the projects changed", 0.10, 0.03),
)


@dataclass
class Cost:
    """What a night took, as its process tells: seconds, bytes, and how many packages came out how, by upstream."""

    wall: float
    cpu: float
    cpu_of_git: float
    peak: int
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)


def run_night(plan: dict[str, Any]) -> Cost:
    """Fetch once, in this process, as the command does."""
    folder, now = Path(plan["folder"]), datetime.fromisoformat(plan["now"])
    began, own, git = time.perf_counter(), cpu(resource.RUSAGE_SELF), cpu(resource.RUSAGE_CHILDREN)
    data = build.load(folder, keep_snapshots=snapshots.can_be_kept(folder), find_moved=False)
    gc.freeze()
    with connect(Setup(data.settings, now.date(), plan["tokens"])) as connected:
        asked = [each for each in connected if not plan["upstreams"] or each.name in plan["upstreams"]]
        summary = fetch(data, folder, asked, lambda: now)
    return Cost(
        wall=time.perf_counter() - began,
        cpu=cpu(resource.RUSAGE_SELF) - own,
        cpu_of_git=cpu(resource.RUSAGE_CHILDREN) - git,
        peak=peak(),
        outcomes=outcomes(summary),
    )


def outcomes(summary: Summary) -> dict[str, dict[str, int]]:
    """Count packages by upstream and by how they came out, and show the first failures."""
    for line in list(filter(re.compile("failed: |[a-z]+( [^ ]+)?: given up").match, summary.lines()))[:SHOWN]:
        print(line, file=sys.stderr)
    counts = Counter((result.upstream, result.verdict) for result in summary.results)
    found: dict[str, dict[str, int]] = {}
    for (upstream, verdict), count in sorted(counts.items()):
        found.setdefault(upstream, {})[verdict] = count
    return found


def cpu(of: int) -> float:
    """Give the seconds of CPU that were used so far."""
    usage = resource.getrusage(of)
    return usage.ru_utime + usage.ru_stime


def peak() -> int:
    """Give the most memory that this process held at once, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux counts the memory of whoever started us into the usual figure
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def in_a_process(plan: dict[str, Any]) -> Cost:
    """Fetch once, in a process of its own."""
    environment = os.environ | {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "no_proxy": "127.0.0.1"}
    environment = {name: value for name, value in environment.items() if name.lower() != "all_proxy"}
    done = subprocess.run(  # noqa: S603 - this very file
        [sys.executable, __file__, "--one-night"],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        check=True,
    )
    return Cost(**json.loads(done.stdout))


def write(data: Path, catalogue: Catalogue) -> None:
    """Write the catalogue's files."""
    packages = {
        each.slug: package(number, title=each.slug, repository=each.repository, pypi=each.pypi)
        for number, each in enumerate(catalogue.packages, start=1)
    }
    write_data(data, packages=packages, site=catalogue.settings.model_dump(mode="json", exclude_unset=True))


def times(folder: Path) -> dict[str, int]:
    """Give when each snapshot was written."""
    return {file.name: file.stat().st_mtime_ns for file in (folder / snapshots.FOLDER).glob("*.json")}


def show(night: Night, cost: Cost, forges: Forges, written: int) -> None:
    """Print what a night took."""
    print(f"\n{night.title}")
    for kind, requests in forges.counts().items():
        print(f"  {kind:<24} {requests:>8,} requests {forges.points(*kind.split()):>8,} points")
    print(f"  {'in all':<24} {len(forges.log):>8,} requests {sum(each.cost for each in forges.log):>8,} points")
    for upstream, counts in cost.outcomes.items():
        print(f"  {upstream:<24} " + ", ".join(f"{count:,} {verdict}" for verdict, count in counts.items()))
    print(
        f"  {cost.cpu:.1f} s of CPU (and {cost.cpu_of_git:.1f} s of git's), {cost.wall:.1f} s of time, "
        f"{cost.peak / 1e6:.0f} MB at most, {written:,} snapshots written",
        flush=True,
    )


def run(
    folder: Path, packages: int, strangers: int, upstreams: list[str], nights: Sequence[Night] = NIGHTS
) -> list[Cost]:
    """Print what each night costs; give it, too."""
    costs = []
    with serving(folder / "git") as forges:
        catalogue = Catalogue(forges, packages, strangers=strangers)
        gc.freeze()
        print(f"{packages:,} packages; {len(catalogue.projects) + strangers:,} projects in the index")
        write(folder / "data", catalogue)
        plan: dict[str, Any] = {
            "folder": str(folder / "data"),
            "tokens": catalogue.tokens,
            "upstreams": upstreams,
        }
        for number, night in enumerate(nights):
            catalogue.change(night.repositories, night.projects, seed=number)
            forges.forget()
            before = times(folder / "data")
            cost = in_a_process(plan | {"now": forges.clock.now.isoformat()})
            written = sum(before.get(name) != time for name, time in times(folder / "data").items())
            show(night, cost, forges, written)
            costs.append(cost)
            forges.clock.advance(days=1)
    return costs


def main() -> None:
    """Read the options, and run in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, default=5400)
    parser.add_argument("--strangers", type=int, default=STRANGERS, help="projects in the index beside the catalogue's")
    parser.add_argument("--upstreams", nargs="*", default=[], help="ask these alone")
    parser.add_argument("--one-night", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one_night:
        print(json.dumps(asdict(run_night(json.load(sys.stdin)))))
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), options.packages, options.strangers, options.upstreams)


if __name__ == "__main__":
    main()
