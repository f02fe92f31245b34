"""How long a page waits from a save to its reload, while `builder serve` watches.

    python benchmarks/reload.py [--packages N] [--edits N]

Each edit changes the title of a package, or its stars, and is timed from when the file is closed until the open page is
told of a new generation. Where that is a preview, the generation of the whole site follows, and is waited for.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import corpus
import httpx
import tables
import trees

ROOT = Path(__file__).parents[1]
EDITS = {
    "a title edited": ("packages/{}.yaml", r"(?m)^title: .*", "title: Edited {}"),
    "stars edited": ("snapshots/{}.json", r'"stars": \d+', '"stars": {}'),
}

PREVIEWED = {"a title edited"}
"""What is seen before the site is built."""


def generations(events: httpx.Response) -> Iterator[str]:
    """Yield each generation that an open page is told of."""
    for line in events.iter_lines():
        if line.startswith("data: "):
            told = json.loads(line.removeprefix("data: "))
            if told["problems"]:
                sys.exit("\n".join(told["problems"]))
            yield told["generation"]


def edit(data: Path, slug: str, kind: str, number: int) -> None:
    """Change a line of a file to what it has not been before."""
    name, pattern, text = EDITS[kind]
    file = data / name.format(slug)
    file.write_text(re.sub(pattern, text.format(number), file.read_text(), count=1))


def waits(data: Path, url: str, edits: int) -> dict[str, list[float]]:
    """Give the seconds that a page waited, by kind of edit."""
    found: dict[str, list[float]] = {kind: [] for kind in EDITS}
    slug = min((data / "packages").iterdir()).stem
    with httpx.Client(timeout=600) as client, client.stream("GET", f"{url}/__serve/events") as events:
        told = generations(events)
        next(generation for generation in told if not generation.endswith("-0"))  # after the first build
        for number in range(edits):
            for kind, seconds in found.items():
                edit(data, slug, kind, number)
                began = time.perf_counter()
                next(told)
                seconds.append(time.perf_counter() - began)
                if kind in PREVIEWED:
                    next(told)
                time.sleep(1)
    return found


def run(folder: Path, packages: int, edits: int) -> None:
    """Print how long a page waited."""
    data = folder / "data"
    corpus.write(data, packages)
    command: list[str | Path] = [sys.executable, "-m", "builder", "serve", "--port", "0", "--data", data]
    server = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--out", folder / "site"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert server.stdout  # noqa: S101 - asked for above
        lines = (re.search(r"http://\S+", line) for line in server.stdout)
        url = next(found[0].rstrip("/") for found in lines if found)
        rows = [
            [kind, *(f"{of(seconds) * 1e3:,.0f} ms" for of in (statistics.median, min, max))]
            for kind, seconds in waits(data, url, edits).items()
        ]
    finally:
        server.terminate()
        server.wait()
    tables.show([f"{packages:,} packages", "median", "least", "most"], rows)


def main() -> None:
    """Read the options, and run in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, default=5400)
    parser.add_argument("--edits", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=trees.roomy(250_000 * options.packages, 45 * options.packages)) as folder:
        run(Path(folder), options.packages, options.edits)


if __name__ == "__main__":
    main()
