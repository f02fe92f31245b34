"""What an import of a whole catalogue takes, and whether our API then answers as the site did.

    python benchmarks/importing.py [--packages N] [--page-size N] [--pause SECONDS]

The site is made up, and plays the original on loopback. Prints requests and seconds of the import, seconds of the build
after it, and how many answers of API v4 are the same to the byte: items by id and by slug, and lists.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

# This checkout's, whatever is installed.
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from importer import empty, report
from original_site import Original, catalogue, serving, wire

from builder import build
from builder.hosts import HOSTS


def answers(site: Original) -> dict[str, bytes]:
    """Give what the site answers, by path."""
    found, linked = {}, site.linked()
    for kind in ("packages", "grids", "categories"):
        found[f"{kind}/"] = site.list_v4(kind, {"limit": str(10**6)})
        for key, facts in getattr(site, kind).items():
            found[f"{kind}/{key}/"] = wire(site.told(kind, key, linked))
            if kind != "categories":
                found[f"{kind}/{facts['slug']}/"] = found[f"{kind}/{key}/"]
    return found


def run(folder: Path, options: argparse.Namespace) -> None:
    """Import, build, compare."""
    site = catalogue(options.packages)
    with serving(site) as server:
        data = empty(folder / "data", list_limit=str(100 * 2**20))
        began = time.perf_counter()
        found = report(server.url, data, "--page-size", str(options.page_size), "--pause", str(options.pause))
        print(f"import: {found['requests']:,} requests, {time.perf_counter() - began:.1f} s, new files {found['new']}")
        began = time.perf_counter()
        choices = replace(HOSTS[0].choices, pictures=False)
        build.build(data, folder / "site", base_url=server.url, choices=choices)
        print(f"build: {time.perf_counter() - began:.1f} s, without pictures")
        theirs = answers(site)
    same = sum((folder / "site/api/v4" / path / "index.json").read_bytes() == body for path, body in theirs.items())
    print(f"the same to the byte: {same:,} of {len(theirs):,} answers; the importer's own count: {found['equal']}")


def main() -> None:
    """Read the options, and run in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, default=6000)
    parser.add_argument("--page-size", type=int, default=100)
    parser.add_argument("--pause", type=float, default=0.0)
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), parser.parse_args())


if __name__ == "__main__":
    main()
