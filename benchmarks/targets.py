"""Count files and bytes by host target, nothing written: `python benchmarks/targets.py [--packages N ...]`.

A build that breaks a host's limit is shown with what breaks, as `builder build` would tell it.
"""

import argparse
import dataclasses
import tempfile
from collections import Counter
from pathlib import Path

import corpus

from builder import build
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.errors import SiteError
from builder.hosts import HOSTS, Host, Limits


class Unlimited:
    """A host as it is, but for its limits, so that all can be counted."""

    def __init__(self, host: Host) -> None:
        self.name, self.choices, self.limits = host.name, host.choices, Limits()
        self.server, self.cannot = host.server, host.cannot
        self.files, self.configuration = host.files, host.configuration


def row(made: Catalogue, host: Host, choices: Choices, nowhere: Path) -> str:
    """Give a line of the table: files, megabytes, the largest file, the fullest folder, whether the host takes it."""
    count = total = largest = 0
    folders: Counter[str] = Counter()
    seen: set[str] = set()
    for path, body in build.files(made, Unlimited(host), choices, nowhere):
        count, total, largest = count + 1, total + len(body), max(largest, len(body))
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
    numbers = f"{count:>9,} {total / 1e6:>9.1f} {largest / 1e6:>9.2f} {max(folders.values()):>9,}"
    return f"{host.name:<14} {choices.query.value:<9} {numbers}  {verdict}"


def table(packages: int, *, siblings: bool) -> None:
    """Print the table for a catalogue of so many packages."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        corpus.write(data, packages)
        made, _ = build.join(build.load(data), data, base_url="https://packages.example.org")
        head = f"{packages:,} packages"
        print(f"\n{head:<24} {'files':>9} {'MB':>9} {'largest':>9} {'folder':>9}")
        for host in HOSTS:
            choices = host.choices if siblings else dataclasses.replace(host.choices, siblings=False)
            try:
                print(row(made, host, choices, Path(folder) / "nowhere"), flush=True)
            except SiteError as error:
                print(f"{host.name:<14} {error}")


def main() -> None:
    """Read the options, and print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, nargs="*", default=[5400, 50_000])
    parser.add_argument("--no-siblings", action="store_true", help="leave out compressed files, which take longest")
    options = parser.parse_args()
    for packages in options.packages:
        table(packages, siblings=not options.no_siblings)


if __name__ == "__main__":
    main()
