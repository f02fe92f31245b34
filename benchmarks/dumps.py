"""Weigh the dumps of the whole data: `python benchmarks/dumps.py [--packages N ... | --data DIR] [--keys]`.

Each file with its compressed forms, as a build makes them, and the slim index's share of the dump. `--keys` tells what
the dump's weight is made of: all values of a key of packages, compressed by themselves.
"""

import argparse
import json
import resource
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import corpus

from builder import build, making, urls
from builder.choices import Choices
from builder.outputs import COMPRESSED
from builder.write.siblings import with_siblings

INDEX = urls.DATA_PACKAGES
FILES = (*urls.DATA_DUMPS, INDEX)
SMALL = Choices(v3=False, details=False, pictures=False, extras=False)  # nothing of it is in a dump
FORMS = ("", ".gz", ".br")


def rendered(data: Path) -> dict[str, bytes]:
    """Give the dumps and the index of the data in a folder, by route."""
    made, _ = build.join(build.load(data, keep_snapshots=False), data, base_url="https://packages.example.org")
    found: dict[str, bytes] = {}
    for output in making.render(made, SMALL):
        if output.route in FILES:
            found[output.route] = output.body
        if len(found) == len(FILES):
            return found
    missing = ", ".join(route for route in FILES if route not in found)
    raise SystemExit(f"not rendered: {missing}")


def sizes(body: bytes) -> tuple[int, ...]:
    """Give the bytes of a body as it is, in gzip and in Brotli."""
    packed = with_siblings([("body", body)], lambda _path: None, lambda *_: COMPRESSED)
    return tuple(len(form) for _, form in packed)


def shown(name: str, weights: tuple[int, ...]) -> str:
    """Give a line of a table."""
    return f"{name:<30}" + "".join(f"{weight:>13,}" for weight in weights)


def table(title: str, bodies: Mapping[str, bytes]) -> None:
    """Print the weight of each file, and the index's share of the dump in each form."""
    weights = {route: sizes(body) for route, body in bodies.items()}
    print(f"\n{title:<30}" + "".join(f"{form or 'bytes':>13}" for form in FORMS))
    for route in FILES:
        print(shown(route.rpartition("/")[2], weights[route]))
    shares = zip(FORMS, weights[INDEX], weights[urls.DATA_DUMP], strict=True)
    told = ", ".join(f"{part / whole:.1%}{f' ({form})' if form else ''}" for form, part, whole in shares)
    print(
        f"the index is {told} of the dump; at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB"
    )


def leaves(item: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield each key with its value; those of an object by themselves, as `pypi.releases`."""
    for key, value in item.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", part) for inner, part in value.items())
        else:
            yield key, value


def keys(lines: bytes) -> None:
    """Print what the values of each key of packages weigh, heaviest first."""
    values: dict[str, list[bytes]] = defaultdict(list)
    for line in lines.splitlines():
        item = json.loads(line)
        if item["type"] == "package":
            for key, value in leaves(item):
                values[key].append(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
    weights = {key: sizes(b"\n".join(found)) for key, found in values.items()}
    for key, weight in sorted(weights.items(), key=lambda each: -each[1][2]):
        print(shown(f"  {key}", weight))


def main() -> None:
    """Read the options, and print a table for each size, or for the data of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, nargs="*", default=[5400])
    parser.add_argument("--data", type=Path, help="weigh what is in this folder instead of a made-up catalogue")
    parser.add_argument("--keys", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scraps:
        for packages in [0] if options.data else options.packages:
            folder = options.data or Path(scraps) / str(packages)
            if not options.data:
                corpus.write(folder, packages)
            bodies = rendered(folder)
            table(str(options.data or f"{packages:,} packages"), bodies)
            if options.keys:
                keys(bodies[urls.DATA_DUMP_LINES])


if __name__ == "__main__":
    main()
