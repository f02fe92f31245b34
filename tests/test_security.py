"""The table of .github/SECURITY.md names tests that are there."""

import re
from pathlib import Path

HERE = Path(__file__).parent
ROWS = [line for line in (HERE.parent / ".github/SECURITY.md").read_text("utf-8").splitlines() if line.startswith("| ")]


def test_each_risk_names_tests_that_are_there() -> None:
    risks = ROWS[1:]
    assert len(risks) > 10
    for row in risks:
        named = re.findall(r"`tests/(\w+\.py)::(\w+)`", row)
        assert named, row
        for file, name in named:
            assert f"\ndef {name}(" in (HERE / file).read_text("utf-8"), (file, name)
