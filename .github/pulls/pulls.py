"""The pull request that a run of the check was for, and what it touches: by the API, never by what the run made."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api import Api, Refused

LABELS = {
    "routine": ("0E8A16", "One package's file, added or edited, and the check passes"),
    "grids": ("1D76DB", "Touches grids"),
    "categories": ("1D76DB", "Touches categories"),
    "program": ("D93F0B", "Touches the program, its workflows or the settings"),
}
"""The labels that are ours to set and to take away, each with its colour and what it says."""

_DATA = (
    "packages",
    "grids",
    "categories",
    "products",
    "pages",
    "posts",
    "snapshots",
    "tombstones.yaml",
    "refresh.json",
)


@dataclass(frozen=True)
class Run:
    """A run of the check, as the event tells of it."""

    id: int
    commit: str
    passed: bool
    page: str
    owner: str
    repository: str
    branch: str
    target: str


@dataclass(frozen=True)
class Pull:
    """A pull request: its number, the labels that it has, and those of ours that it should have."""

    number: int
    has: frozenset[str]
    wanted: frozenset[str]

    @property
    def data_alone(self) -> bool:
        """Whether the program that the check ran was ours, and only the data was not."""
        return "program" not in self.wanted


def run_of_event() -> Run | None:
    """Give the run that the event tells of; None where nothing is to be said of it."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    told = event["workflow_run"]
    from_where = told["head_repository"]  # None where the fork is gone
    if told["event"] != "pull_request" or told["conclusion"] not in {"success", "failure"} or not from_where:
        return None
    return Run(
        id=told["id"],
        commit=told["head_sha"],
        passed=told["conclusion"] == "success",
        page=told["html_url"],
        owner=from_where["owner"]["login"],
        repository=from_where["full_name"],
        branch=told["head_branch"],
        target=event["repository"]["default_branch"],
    )


def find(api: Api, run: Run) -> Pull | None:
    """Find the open pull request whose newest commit the run was for; None where there is none any more.

    A run can be made to say anything but where it came from: branch and commit are GitHub's own words.
    """
    open_ones = api.every("pulls", state="open", head=f"{run.owner}:{run.branch}", base=run.target)
    numbers = [found["number"] for found in open_ones if _is_for(found, run)]
    if len(numbers) != 1:
        return None
    files = list(api.every(f"pulls/{numbers[0]}/files"))
    pull = api.get(f"pulls/{numbers[0]}")  # after its files: they were of this commit, or it has moved on
    if not _is_for(pull, run):
        return None
    if len(files) != pull["changed_files"]:
        files.append({"filename": "", "status": "unknown"})  # not all are told: so nobody knows that it is data alone
    has = frozenset(label["name"] for label in pull["labels"])
    return Pull(numbers[0], has, labels(files, passed=run.passed))


def labels(files: list[dict[str, Any]], *, passed: bool) -> frozenset[str]:
    """Give the labels for a change of these files, as the API lists them."""
    paths = {file[key] for file in files for key in ("filename", "previous_filename") if key in file}
    found = {kind for kind in ("grids", "categories") if any(path.startswith(f"data/{kind}/") for path in paths)}
    if not all(_is_data(path) for path in paths):
        found.add("program")
    if passed and len(files) == 1 and _is_routine(files[0]):
        found.add("routine")
    return frozenset(found)


def artifact(api: Api, run: Run) -> int | None:
    """Give the number of the packed site that the run left; None where it left none."""
    found = api.every(f"actions/runs/{run.id}/artifacts", "artifacts", name="site")
    numbers = [item["id"] for item in found if item["name"] == "site" and not item["expired"]]
    return max(numbers, default=None)  # of several tries the last


def _is_for(pull: dict[str, Any], run: Run) -> bool:
    head = pull["head"]
    return (
        pull["state"] == "open"
        and head["sha"] == run.commit
        and (head["repo"] or {}).get("full_name") == run.repository
        and pull["base"]["ref"] == run.target
    )


def _is_data(path: str) -> bool:
    first, _, rest = path.partition("/")
    return first == "data" and rest.partition("/")[0] in _DATA


def _is_routine(file: dict[str, Any]) -> bool:
    path = file["filename"]
    return path.startswith("data/packages/") and path.endswith(".yaml") and file["status"] in {"added", "modified"}


__all__ = ["LABELS", "Pull", "Refused", "Run", "artifact", "find", "labels", "run_of_event"]
