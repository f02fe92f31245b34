"""What each level of compression costs and saves: `python benchmarks/siblings.py [--packages N] [--of N]`.

The bodies are those that have siblings in a site of so many packages, of which every `--of`th is tried.
"""

import argparse
import tempfile
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import brotli
import corpus

from builder import build, making
from builder.choices import Choices, Query
from builder.hosts import HOSTS
from builder.write.siblings import has_siblings

GZIP_LEVELS = (6, 9)
BROTLI_QUALITIES = (4, 5, 6, 7, 9, 11)


def bodies(folder: Path, packages: int) -> list[bytes]:
    """Give the bodies of a site that are compressed."""
    corpus.write(folder / "data", packages)
    made, _ = build.join(build.load(folder / "data"), folder / "data")
    outputs = making.render(made, Choices(query=Query.MAPPED, suffixes=True))
    files = (file for output in outputs for file in HOSTS[0].files(output))
    return [body for path, body in files if has_siblings(path, body)]


def tried(name: str, pack: Callable[[bytes], bytes], found: list[bytes], step: int) -> None:
    """Print the time for the whole site and what is left of the bytes."""
    sample = found[::step]
    began = time.perf_counter()
    packed = sum(len(pack(body)) for body in sample)
    seconds = (time.perf_counter() - began) * len(found) / len(sample)
    print(f"{name:<10} {seconds:7.1f} s  {packed / sum(map(len, sample)):.3f} of the bytes")


def main() -> None:
    """Read the options, and try each level."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=5400)
    parser.add_argument("--of", type=int, default=24)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = bodies(Path(folder), options.packages)
    print(f"{len(found)} files, {sum(map(len, found)) / 1e6:.1f} MB; one in {options.of} is tried")
    for level in GZIP_LEVELS:
        tried(f"gzip {level}", partial(zlib.compress, level=level, wbits=31), found, options.of)
    for quality in BROTLI_QUALITIES:
        tried(f"brotli {quality}", partial(brotli.compress, quality=quality), found, options.of)


if __name__ == "__main__":
    main()
