"""Time builds beside a plain copy of what they make, and beside other generators.

    python benchmarks/build.py [--packages N ...] [--runs N] [--only WAY ...] [--peers [NAME ...]] [--folder FOLDER]
        [-- OPTION ...]

What follows `--` is given to `builder build`, such as `--no-pictures` or `--host node`. Each build is a process of its
own, and takes turns with `cp -r` of what it made: a machine's speed changes from minute to minute, so that the ratio of
the medians is what counts. Before the runs that count, one more tells what the phases take.

For more than some 11,000 packages a host without limits must be chosen (`--host generic`): GitHub Pages takes no site
of 1 GB, and no file of 100 MB.

The first size is then built as the other generators that are installed can build it too, with the same reduced work for
all (reduced.py); `--peers` without a name spares that, and `--race` all else.

Files go to memory where there is room for the largest catalogue and two copies of its site, else to the folder for what
is temporary; `--folder` names another. A package takes about 0.26 MB and 45 files and folders, less with fewer
outputs. All is removed at the end.
"""

import argparse
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import race
import reduced
import spent
import tables
import trees
from spent import Spent
from trees import Tree

# What a package takes, with two copies of what is made of it, where all is made.
BYTES = 260_000
ENTRIES = 45
WAYS = {
    "copy": "cp -r",
    "cold": "cold",
    "same": "nothing changed",
    "title": "a title edited",
    "stars": "stars edited",
}


@dataclass
class Catalogue:
    """A made-up catalogue, its site, and what each kind of build took."""

    folder: Path
    packages: int
    options: Sequence[str]
    ways: Sequence[str]
    repository: bool
    taken: dict[str, list[Spent]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the catalogue, and choose a package that is in a grid."""
        self.data, self.site = self.folder / "data", self.folder / "made" / "site"
        corpus.write(self.data, self.packages)
        if self.repository:
            commit(self.data)
        grids = sorted((self.data / "grids").iterdir())
        member = re.search(r"^  - (\S+)$", grids[0].read_text(), re.MULTILINE) if grids else None
        self.slug = member[1] if member else min((self.data / "packages").iterdir()).stem
        self.edits = 0

    def build(self, *more: str) -> tuple[Spent, str]:
        """Build the site as it is now."""
        return race.build(self.data, self.site, [*self.options, *more])

    def remove(self) -> None:
        """Remove the site, and what is kept beside it."""
        shutil.rmtree(self.site.parent, ignore_errors=True)
        self.site.parent.mkdir()

    def edit(self, file: str, pattern: str, text: str) -> None:
        """Change one line of a file to what it has not been before."""
        self.edits += 1
        path = self.data / file
        path.write_text(re.sub(pattern, text.format(self.edits), path.read_text(), count=1))

    def edit_title(self) -> None:
        """Change the title of a package."""
        self.edit(f"packages/{self.slug}.yaml", "(?m)^title: .*", "title: Edited {}")

    def edit_stars(self) -> None:
        """Change the stars of a package."""
        self.edit(f"snapshots/{self.slug}.json", r'"stars": \d+', '"stars": {}')

    def before(self) -> dict[str, Callable[[], None]]:
        """Give what comes before each way to build, in the order in which they take turns."""
        ways = {"cold": self.remove, "same": lambda: None, "title": self.edit_title, "stars": self.edit_stars}
        return {way: before for way, before in ways.items() if way in self.ways}

    def take_turns(self) -> None:
        """Build once in each way, and copy the site."""
        for way, before in self.before().items():
            before()
            self.taken.setdefault(way, []).append(self.build()[0])
            if way == "cold" and "copy" in self.ways:
                self.taken.setdefault("copy", []).append(race.copied(self.site))

    def phases(self) -> dict[str, tuple[dict[str, float], int]]:
        """Build once in each way; give the seconds by phase, and how many files were written."""
        found = {}
        for way, before in self.before().items():
            before()
            told = json.loads(self.build("--timings", "json")[1])
            found[way] = told["seconds"], told["written"]
        return found


def commit(data: Path) -> None:
    """Put a folder into a repository of its own."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=x")):
        spent.run(["git", *identity, *arguments], folder=data)


@dataclass(frozen=True)
class Result:
    """What was measured at one size."""

    packages: int
    spent: dict[str, Spent]
    tree: Tree

    def scale(self, first: "Result") -> list[tables.Cell]:
        """Give the columns of the table of sizes."""
        cold, copy = self.spent["cold"], self.spent.get("copy")
        firsts, growth = first.spent["cold"], self.packages / first.packages
        return [
            f"{self.packages:,}",
            f"{cold.wall:.1f} s",
            f"{cold.wall / self.packages * 1e3:.2f} ms",
            f"{cold.wall / firsts.wall / growth:.2f}",
            f"{cold.cpu / firsts.cpu / growth:.2f}",
            f"{cold.wall / copy.wall:.2f}" if copy else "",
            tables.megabytes(cold.memory),
            self.tree.files,
            tables.megabytes(self.tree.bytes),
            self.tree.entries,
            self.tree.fullest,
        ]


SCALE = (
    *("packages", "cold", "a package", "to the first", "CPU to the first", "to cp -r", "memory MB"),
    *("files", "MB", "entries", "in"),
)


def measure(folder: Path, packages: int, options: argparse.Namespace) -> Result:
    """Print what each way to build takes for a catalogue of so many packages."""
    catalogue = Catalogue(folder, packages, options.options, options.only, options.repository)
    told = {} if options.no_phases else catalogue.phases()
    for _ in range(options.runs):
        catalogue.take_turns()
    result = Result(
        packages, {way: spent.medians(each) for way, each in catalogue.taken.items()}, trees.measured(catalogue.site)
    )
    print(f"\n{packages:,} packages: {tables.tree(result.tree)}")
    show_ways(result.spent, {way: files for way, (_, files) in told.items()})
    show_phases({way: seconds for way, (seconds, _) in told.items()})
    return result


def show_ways(taken: dict[str, Spent], written: dict[str, int]) -> None:
    """Print a line for the copy and for each way to build."""
    rows = [
        [title, *tables.spent(taken[way], taken.get("copy")), written.get(way, "")]
        for way, title in WAYS.items()
        if way in taken
    ]
    tables.show(["", *tables.SPENT, "files written"], rows)


def show_phases(seconds: dict[str, dict[str, float]]) -> None:
    """Print the seconds of each phase in each way to build."""
    names = list(dict.fromkeys(name for phases in seconds.values() for name in phases))
    if names:
        rows = [[name, *(f"{phases.get(name, 0):.3f}" for phases in seconds.values())] for name in names]
        tables.show(["seconds by phase", *map(WAYS.__getitem__, seconds)], rows)


def read_options() -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, nargs="+", default=[5400], metavar="N", help="sizes; 5400 if not said")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="how often each takes its turn; 3 if not said")
    parser.add_argument("--only", nargs="+", choices=WAYS, default=list(WAYS), help="what is timed; all if not said")
    names = list(reduced.PEERS)
    parser.add_argument(
        "--peers", nargs="*", choices=names, default=names, help="generators to compare; all if not said"
    )
    parser.add_argument("--race", action="store_true", help="only compare generators")
    parser.add_argument("--no-phases", action="store_true", help="spare the round that tells what the phases take")
    parser.add_argument(
        "--repository", action="store_true", help="commit the catalogue, whose history is then read too"
    )
    parser.add_argument("--folder", type=Path, help="where the files go meanwhile")
    parser.add_argument("options", nargs="*", metavar="-- OPTION", help="given to `builder build`")
    options = parser.parse_args()
    if "cold" not in options.only:
        parser.error("--only needs cold: without a site there is nothing to build again, and nothing to copy")
    return options


def main() -> None:
    """Measure each size, in a folder of its own."""
    options = read_options()
    place = options.folder or trees.roomy(BYTES * max(options.packages), ENTRIES * max(options.packages))
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; files in "
        f"{place} ({trees.kind(place) or 'a folder'}); medians of {options.runs}; "
        f"builder build {' '.join(options.options) or 'without options'}"
        f"{', in a repository' if options.repository else ''}",
        flush=True,
    )
    results = []
    for packages in () if options.race else options.packages:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            results.append(measure(Path(folder), packages, options))
    if len(results) > 1:
        tables.show(SCALE, [result.scale(results[0]) for result in results])
    if options.peers:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            race.run(Path(folder), options.packages[0], options.runs, options.peers)


if __name__ == "__main__":
    main()
