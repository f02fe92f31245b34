"""JavaScript run by Node for a test; without Node the test is skipped, which continuous integration forbids."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

SEARCH = Path(__file__).parent / "search"


def run(script: Path, *arguments: str, given: object) -> Any:  # noqa: ANN401 - JSON
    """Give what a script prints as JSON for what it reads as JSON."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    done = subprocess.run(  # noqa: S603 - our own script
        [node, script, *arguments], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
