"""The importer, run as a person does, and what it reports."""

import json
import re
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from folders import SITE, as_yaml

from builder import cli


def empty(folder: Path, **settings: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "site.yaml").write_text(as_yaml(SITE | settings))
    return folder


def run(url: str, data: Path, *options: str) -> Result:
    return CliRunner().invoke(cli.main, ["import", url, "--data", str(data), "--pause", "0", *options])


def report(url: str, data: Path, *options: str) -> dict[str, Any]:
    result = run(url, data, "--json", *options)
    assert result.exit_code in {0, 1}, result.output
    assert result.stdout, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def remarks(found: dict[str, Any], what: str) -> list[tuple[str, str]]:
    """Give place and field of the remarks of a kind."""
    places = (re.sub("^.*/api/v4/", "", remark["address"]) for remark in found["remarks"] if remark["what"] == what)
    fields = (remark["field"] for remark in found["remarks"] if remark["what"] == what)
    return sorted(zip(places, fields, strict=True))
