"""Count files and bytes by host target, nothing written: `python benchmarks/targets.py [--packages N ...]`.

A build that breaks a host's limit is shown as refused, which `builder build` would tell. Compressed forms are counted,
and their bytes are an estimate, marked by `~`: one file in `--of` is compressed.
"""

import argparse
import dataclasses
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import corpus

from builder import build, making
from builder.api import Generation
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.errors import SiteError
from builder.hosts import HOSTS, Host
from builder.outputs import COMPRESSED
from builder.urls import Urls
from builder.write.siblings import has_siblings, with_siblings


def files(made: Catalogue, host: Host, choices: Choices) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a site whatever the host's limits, and its manifest, but for compressed forms."""
    generation = Generation()
    for output in making.render(made, choices):
        yield from generation.passing(host.files(output))
    yield from generation.passing(host.configuration(Urls(made.settings.base_url), choices))
    yield from host.files(generation.manifest())


def sized(made: Catalogue, host: Host, choices: Choices, step: int) -> Iterator[tuple[str, int]]:
    """Yield the path of each file and its bytes; those of compressed forms as the last one that was tried has them."""
    without = dataclasses.replace(choices, siblings=False)
    larger, ratios = 0, dict.fromkeys((".gz", ".br"), 0.0)
    for path, body in files(made, host, without):
        yield path, len(body)
        if not choices.siblings or not has_siblings(path, body):
            continue
        if larger % step == 0:
            _, *packed = with_siblings([(path, body)], lambda _path: None, lambda *_: COMPRESSED)
            ratios = {Path(name).suffix: len(form) / len(body) for name, form in packed}
        larger += 1
        yield from ((path + ending, round(len(body) * ratio)) for ending, ratio in ratios.items())


def row(made: Catalogue, host: Host, choices: Choices, step: int) -> str:
    """Give a line of the table: files, megabytes, the largest file, the fullest folder, whether the host takes it."""
    count = total = largest = 0
    folders: Counter[str] = Counter()
    seen: set[str] = set()
    for path, size in sized(made, host, choices, step):
        count, total, largest = count + 1, total + size, max(largest, size)
        inside = path
        while inside and inside not in seen:
            seen.add(inside)
            inside = inside.rpartition("/")[0]
            folders[inside] += 1
    limits = host.limits
    held = (
        (limits.files, count),
        (limits.total_bytes, total),
        (limits.file_bytes, largest),
        (limits.folder_entries, max(folders.values())),
    )
    fits = all(most is None or found <= most for most, found in held)
    verdict = "fits" if fits else "refused"
    megabytes = f"{'~' if choices.siblings else ''}{total / 1e6:,.1f}"
    numbers = f"{count:>9,} {megabytes:>9} {largest / 1e6:>9.2f} {max(folders.values()):>9,}"
    return f"{host.name:<14} {choices.query.value:<9} {numbers}  {verdict}"


def table(packages: int, hosts: Sequence[Host], step: int) -> None:
    """Print the table for a catalogue of so many packages."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        corpus.write(data, packages)
        made, _ = build.join(build.load(data), data, base_url="https://packages.example.org")
        head = f"{packages:,} packages"
        print(f"\n{head:<24} {'files':>9} {'MB':>9} {'largest':>9} {'folder':>9}")
        for host in hosts:
            try:
                print(row(made, host, host.choices, step), flush=True)
            except SiteError as error:
                print(f"{host.name:<14} {error}")


def main() -> None:
    """Read the options, and print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, nargs="*", default=[5400, 50_000])
    parser.add_argument("--of", type=int, default=48, help="of so many larger files one is compressed")
    parser.add_argument("--hosts", nargs="*", default=[host.name for host in HOSTS])
    options = parser.parse_args()
    for packages in options.packages:
        table(packages, [host for host in HOSTS if host.name in options.hosts], options.of)


if __name__ == "__main__":
    main()
