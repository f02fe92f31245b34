"""Print how many recorded answers each host target gives: `python benchmarks/recorded_by_target.py`.

By kind of request, and of how many. A number alone is of answers that are the original's to the byte; after `+`, how
many are refused with an error in words, in place of another answer. What counts as the same is said in the tests'
`recorded_requests`.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from builder.hosts import HOSTS

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import conformance
import test_recorded
from recorded_requests import GROUPS, counts, group, recorded


def cell(found: Counter[str]) -> str:
    """Give what stands in a cell of the table."""
    return f"{found['same']}+{found['refused']}" if found["refused"] else f"{found['same']}"


def main() -> None:
    """Build the recorded catalogue for every host, run it, ask it, and print a table in Markdown."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        base.chmod(0o755)  # servers that give up the rights of root must enter
        test_recorded.Sample().write(base / "data")
        for host in HOSTS:
            with conformance.running(host.name, base / "data", base / host.name, only_api=True) as running:
                found[host.name] = counts(running.url)
    of = Counter(group(one) for one in recorded())
    print(f"| requests | of | {' | '.join(found)} |\n|---|{'---|' * (len(found) + 1)}")
    for name in GROUPS:
        print(f"| {name} | {of[name]} | {' | '.join(cell(groups[name]) for groups in found.values())} |")
    sums = [sum(groups.values(), Counter[str]()) for groups in found.values()]
    print(f"| all | {of.total()} | {' | '.join(map(cell, sums))} |")


if __name__ == "__main__":
    main()
