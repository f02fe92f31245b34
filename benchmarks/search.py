"""How well search finds, and what a query costs: `python benchmarks/search.py [--sizes N ...]`.

First, how often the wanted item is first, and among the first five, over the queries of tests/search/queries.tsv: with
our ranking and with a model of the original's. Then, for made-up catalogues of several sizes, the index's files and
bytes, and the seconds that making it takes; and for each query its reads of the index, the chunks that its items lie
in, its bytes (as they are, and compressed with gzip), and its CPU time in Node with all files at hand: median and worst
of 15.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# This checkout's, whatever is installed.
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import found
import search_corpus

from builder import search, source
from builder.urls import Urls

MEASURE = Path(__file__).parent / "search.mjs"


def quality() -> None:
    """Print how often the wanted item was found."""
    catalogue = found.real()
    wanted = found.wanted()
    with tempfile.TemporaryDirectory() as folder:
        found.write(catalogue, Path(folder))
        ours = found.places(wanted, found.ours(Path(folder), [query for query, _ in wanted]))
    theirs = found.places(wanted, found.originals(catalogue, [query for query, _ in wanted]))
    print(f"{len(wanted)} queries over {len(catalogue.packages)} packages and {len(catalogue.grids)} grids")
    print(f"{'':<30}{'first':>8}{'of five':>9}")
    for name, places in (("ours", ours), ("a model of the original", theirs)):
        print(f"{name:<30}{found.share(places, 1):>8.1%}{found.share(places, 5):>9.1%}")


def costs(size: int) -> None:
    """Print what the index and its queries cost at a size."""
    catalogue = search_corpus.catalogue(size)
    began = time.perf_counter()
    with source.collection_paused():  # as in a build
        outputs = list(search.render(catalogue, Urls("https://example.org")))
    seconds = time.perf_counter() - began
    index = [output for output in outputs if "/items/" not in output.route]
    print(
        f"\n{size} packages: made in {seconds:.2f} s; index {len(index)} files, "
        f"{sum(len(o.body) for o in index) / 1e6:.1f} MB, largest {max(len(o.body) for o in index) / 1e3:.0f} kB; "
        f"items {len(outputs) - len(index)} files, {sum(len(o.body) for o in outputs) / 1e6:.1f} MB with the index"
    )
    given = {
        "files": {output.route: output.body.decode() for output in outputs},
        "queries": search_corpus.queries(catalogue),
    }
    sys.stdout.flush()
    subprocess.run(["node", MEASURE], input=json.dumps(given), text=True, check=True)  # noqa: S603, S607 - our own script


def main() -> None:
    """Read the options, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[5400, 50_000])
    options = parser.parse_args()
    quality()
    for size in options.sizes:
        costs(size)


if __name__ == "__main__":
    main()
