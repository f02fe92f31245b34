"""Our builds and other generators' in turn, each with a copy of what it made, over the same catalogue."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import reduced
import spent
import tables
import trees
from spent import Spent

ROOT = Path(__file__).parents[1]


def build(data: Path, out: Path, options: Sequence[str]) -> tuple[Spent, str]:
    """Run our own build in a process of its own; give what it took, and what it said."""
    command: list[str | Path] = [sys.executable, "-m", "builder", "--quiet", "build", "--data", data, "--out", out]
    return spent.run([*command, *options], environment={"PYTHONPATH": str(ROOT)})


def copied(site: Path) -> Spent:
    """Copy a folder, and remove the copy."""
    copy = site.with_name("copy")
    taken, _ = spent.run(["cp", "-r", site, copy])
    shutil.rmtree(copy)
    return taken


@dataclass
class Lane:
    """A generator in the race: what its builds and the copies of them took, and what it made."""

    name: str
    home: Path
    taken: list[Spent] = field(default_factory=list)
    copies: list[Spent] = field(default_factory=list)
    made: str = ""

    def run(self, data: Path) -> None:
        """Build once, copy it, and remove both."""
        out = self.home / "made" / "site"
        out.parent.mkdir(parents=True)
        if self.name in reduced.PEERS:
            # What it keeps for the next time is to be in its own folder, which is removed.
            private = {"HUGO_CACHEDIR": str(self.home / "made" / "cache")}
            taken, _ = spent.run(
                reduced.PEERS[self.name].command(out), folder=self.home / "source", environment=private
            )
        else:
            taken, _ = build(data, out, reduced.OURS)
        self.taken.append(taken)
        self.copies.append(copied(out))
        tree = trees.measured(out)
        self.made = f"{tree.files:,} files, {tree.bytes / 1e6:,.1f} MB"
        shutil.rmtree(out.parent)


def installed(names: Sequence[str]) -> Mapping[str, str]:
    """Give what each of the generators calls itself; those that are not installed are missing."""
    told = {}
    for name in names:
        peer = reduced.PEERS[name]
        if shutil.which(peer.program):
            told[name] = spent.run([peer.program, peer.version])[1].strip()
    return told


def run(folder: Path, packages: int, runs: int, names: Sequence[str]) -> None:
    """Print what the same reduced work takes here and in other generators."""
    data, found = folder / "data", installed(names)
    corpus.write(data, packages)
    lanes = [Lane("builder", folder / "builder")]
    for name in found:
        lanes.append(Lane(name, folder / name))
        lanes[-1].home.mkdir()
        spent.run([sys.executable, reduced.__file__, name, data, lanes[-1].home / "source"])
    for _ in range(runs):
        for lane in lanes:
            lane.run(data)
    print(f"\nThe same reduced work ({packages:,} packages; see reduced.py), builder build {' '.join(reduced.OURS)}")
    show(lanes)
    print()
    for name in names:
        print(f"{name}: {found.get(name, 'not installed (peers/README.md tells how)')}")


def show(lanes: Sequence[Lane]) -> None:
    """Print a line for each generator."""
    ours = spent.medians(lanes[0].taken).wall
    rows = []
    for lane in lanes:
        taken = spent.medians(lane.taken)
        rows.append(
            [lane.name, *tables.spent(taken, spent.medians(lane.copies)), f"{taken.wall / ours:.2f}", lane.made]
        )
    tables.show(["", *tables.SPENT, "to ours", "made"], rows)
