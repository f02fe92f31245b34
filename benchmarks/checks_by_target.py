"""Print which check passes on which host target, all on this machine: `python benchmarks/checks_by_target.py`.

A target is its own program, or the tests' model of its rules; one whose program is not installed is left out, and told.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import corpus

from builder.hosts import HOSTS
from builder.upstreams.transport.plain import Plain
from builder.verify import CHECKS, Report, name_of, verify

TESTS = Path(__file__).parent.parent / "tests"
MARKS = {"pass": "yes", "FAIL": "FAIL", "cannot": "-"}


def reports(packages: int) -> Iterator[Report]:
    """Build a made-up catalogue for every host, run it, and give what the checks say."""
    sys.path.insert(0, str(TESTS))
    import conformance  # noqa: PLC0415 - the tests are no package
    import pytest  # noqa: PLC0415 - and only they need it

    plain = Plain("static-packages (+checks by target)")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        base.chmod(0o755)  # servers that give up the rights of root must enter
        corpus.write(base / "data", packages)
        for host in HOSTS:
            try:
                with conformance.running(host.name, base / "data", base / host.name) as running:
                    yield verify(running.url, plain)
            except pytest.skip.Exception as missing:
                print(missing, file=sys.stderr)


def table(found: Sequence[Report]) -> Iterator[str]:
    """Yield the lines of the table, in Markdown, and below it why each host cannot what it cannot."""
    results: Sequence[Mapping[str, str]] = [{one.name: one.word for one in report.results} for report in found]
    yield f"| check | {' | '.join(report.host for report in found)} |"
    yield f"|---|{'---|' * len(found)}"
    for check in CHECKS:
        name = name_of(check)
        yield f"| {name} | {' | '.join(MARKS[words[name]] for words in results)} |"
    yield f"| requests | {' | '.join(str(report.requests) for report in found)} |"
    yield ""
    for report in found:
        yield from (f"{report.host}: {one}" for one in report.results if one.word != "pass")


def main() -> None:
    """Read the options, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=45)
    print("\n".join(table(list(reports(parser.parse_args().packages)))))


if __name__ == "__main__":
    main()
