"""The workflows as they are read, and their steps run for real: in a clone made as GitHub makes one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from repositories import OWN, git

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
WORKFLOWS: dict[str, dict[Any, Any]] = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in (GITHUB / "workflows").glob("*.yml")
}
ON = True  # YAML 1.1 reads the key `on` as true


def steps() -> list[dict[str, Any]]:
    """Give the steps of all jobs of all workflows."""
    return [step for found in WORKFLOWS.values() for job in found["jobs"].values() for step in job.get("steps", [])]


def lines(workflow: str, job: str) -> Iterator[tuple[str, str]]:
    """Yield name and shell lines of each step of a job that runs some."""
    for step in WORKFLOWS[workflow]["jobs"][job]["steps"]:
        if "run" in step:
            yield step.get("name", step["run"]), step["run"]


def run(line: str, folder: Path, **environment: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a step's lines in a folder as a runner does: by its shell, with no more of ours than the way to programs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {name: str(value) for name, value in environment.items()}
    command = ["bash", "-e", "-c", line]
    return subprocess.run(command, cwd=folder, env=kept | OWN | given, capture_output=True, text=True, check=False)  # noqa: S603 - our own lines


def merged(root: Path, branch: str = "change") -> Path:
    """Give a clone in which the merge of a branch of `root` with its main is checked out, as for a pull request."""
    clone = root.parent / f"{root.name}-of-{branch}"
    git(root, "checkout", "--quiet", "--detach", "main")
    git(root, "merge", "--quiet", "--no-ff", "--message=merge", branch)
    git(root, "update-ref", "refs/pull/7/merge", "HEAD")
    git(root, "checkout", "--quiet", "main")
    git(root.parent, "init", "--quiet", str(clone))
    git(clone, "fetch", "--quiet", str(root), "refs/pull/7/merge")
    git(clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    return clone


def with_program(clone: Path) -> Path:
    """Put into a clone what `make setup` leaves there: the program, which is this checkout's."""
    program = clone / ".venv/bin/builder"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m builder "$@"\n')
    program.chmod(0o755)
    (clone / ".git/info/exclude").write_text("/.venv/\n/site/\n/site.tar\n")
    return clone
