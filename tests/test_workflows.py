"""What holds for all workflows: nothing that zizmor finds, updates that wait, owners who are asked."""

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from workflows import GITHUB, ROOT, WORKFLOWS

BAD = """
name: Bad
on: pull_request_target
permissions: {}
jobs:
  bad:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: echo "${{ github.event.pull_request.title }}"
"""


def found_by_zizmor(path: Path) -> list[tuple[str, str]]:
    """Give name and severity of each finding."""
    program = Path(sys.executable).with_name("zizmor")
    command = [
        str(program),
        "--offline",
        "--quiet",
        "--no-progress",
        "--strict-collection",
        "--format",
        "json",
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    assert done.stdout, done.stderr
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return [(finding["ident"], finding["determinations"]["severity"]) for finding in findings]


def test_zizmor_finds_nothing_above_low() -> None:
    assert not [finding for finding in found_by_zizmor(GITHUB) if finding[1] not in {"Informational", "Low"}]


def test_zizmor_would_find_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text(BAD)
    found = found_by_zizmor(tmp_path / "bad.yml")
    assert {("dangerous-triggers", "High"), ("template-injection", "High"), ("unpinned-uses", "High")} <= set(found)


def test_what_zizmor_is_told_to_pass_over_has_its_reason() -> None:
    for file in GITHUB.rglob("*.yml"):
        for line in file.read_text().splitlines():
            if "zizmor:" in line:
                assert re.search(r"# zizmor: ignore\[[a-z-]+\] - \w.{20,}", line), line


def test_every_job_has_a_time_limit_and_every_workflow_says_what_may_run_at_once() -> None:
    for workflow in WORKFLOWS.values():
        assert "concurrency" in workflow
        for job in workflow["jobs"].values():
            assert "uses" in job or 0 < job["timeout-minutes"] <= 60


RANKS = ("none", "read", "write")


def test_who_calls_a_workflow_passes_on_all_that_its_jobs_may() -> None:
    """Otherwise GitHub runs none of it, whatever the `if` of the job that may more."""
    called = 0
    for workflow in WORKFLOWS.values():
        for job in workflow["jobs"].values():
            if "uses" not in job:
                continue
            called += 1
            for inner in WORKFLOWS[Path(job["uses"]).stem]["jobs"].values():
                for right, rank in inner["permissions"].items():
                    assert RANKS.index(rank) <= RANKS.index(job["permissions"].get(right, "none")), right
    assert called


def test_one_job_alone_may_attest_and_runs_no_line_of_a_shell() -> None:
    jobs = [job for workflow in WORKFLOWS.values() for job in workflow["jobs"].values() if "steps" in job]
    [attesting] = [job for job in jobs if "attestations" in job["permissions"]]
    assert not [step for step in attesting["steps"] if "run" in step]


@pytest.mark.parametrize(
    ("ecosystem", "directory", "file"),
    [
        ("github-actions", "/", ".github/workflows/deploy.yml"),
        ("pip", "/.requirements", ".requirements/runtime.txt"),
        ("npm", "/tests/edge", "tests/edge/package-lock.json"),
    ],
)
def test_all_that_is_pinned_is_renewed_and_waits_a_week(ecosystem: str, directory: str, file: str) -> None:
    assert (ROOT / file).is_file()
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text())["updates"]
    assert len(updates) == 3
    [update] = [update for update in updates if update["package-ecosystem"] == ecosystem]
    assert update["directory"] == directory
    assert update["cooldown"] == {"default-days": 7}
    assert "--exclude-newer '7 days'" in (ROOT / "Makefile").read_text(), "make pins waits as long"


OWNERS = [
    line.split()
    for line in (GITHUB / "CODEOWNERS").read_text().splitlines()
    if line.strip() and not line.startswith("#")
]
"""Each line of CODEOWNERS: what it is for, and who is asked."""


def owners(path: str) -> list[str]:
    """Give who is asked about a file: GitHub takes the last line that fits."""
    fits = [line[1:] for line in OWNERS if line[0] == "*" or fnmatch(f"/{path}", line[0] + "*" * line[0].endswith("/"))]
    return fits[-1]


@pytest.mark.parametrize(
    "path",
    [
        *("data/grids/messaging.yaml", "data/categories/apps.yaml", "data/site.yaml", "data/schemas/package.json"),
        *("builder/build.py", "templates/base.html", "Makefile", ".github/workflows/check.yml", ".github/CODEOWNERS"),
    ],
)
def test_grids_categories_settings_and_the_program_have_an_owner(path: str) -> None:
    [owner] = owners(path)
    settings = yaml.safe_load((ROOT / "data/site.yaml").read_text())
    account = settings["repository"].removeprefix("https://github.com/").split("/")[0]
    assert owner.startswith(f"@{account}/"), "CODEOWNERS and the repository in data/site.yaml belong together"


@pytest.mark.parametrize(
    "path", ["data/packages/django-messages.yaml", "data/snapshots/a.json", "data/refresh.json", "data/tombstones.yaml"]
)
def test_packages_wait_for_nobody_in_particular(path: str) -> None:
    assert owners(path) == []
