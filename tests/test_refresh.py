"""The workflows of the nightly refresh and of the deploy: what they may do, and their scripts run for real."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from folders import package, write_data
from repositories import OWN, git
from workflows import GITHUB, ON, WORKFLOWS, steps

from builder import build
from builder.cli import main
from builder.verify import generation_of

WORKFLOW, DEPLOY = WORKFLOWS["refresh"], WORKFLOWS["deploy"]


def test_actions_are_pinned_by_commit() -> None:
    used = [step["uses"] for step in steps() if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name) for name in used)


def test_every_action_is_of_one_version_everywhere() -> None:
    names = {step["uses"] for step in steps() if "uses" in step}
    assert len(names) == len({name.partition("@")[0] for name in names})


def test_rights_are_the_least() -> None:
    assert [found["permissions"] for found in WORKFLOWS.values()] == [{}] * len(WORKFLOWS)
    assert {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()} == {
        "refresh": {"contents": "write"},
        "deploy": {"contents": "write", "pages": "write", "id-token": "write", "attestations": "write"},
        "report": {"contents": "read", "issues": "write"},
    }
    assert {name: job["permissions"] for name, job in DEPLOY["jobs"].items()} == {
        "build": {"contents": "read", "pages": "read"},
        "attest": {"id-token": "write", "attestations": "write"},
        "deploy": {"pages": "write", "id-token": "write"},
        "keep": {"contents": "write"},
        "verify": {"contents": "read"},
    }


def test_the_refresh_deploys_as_a_merge_does() -> None:
    deploy = WORKFLOW["jobs"]["deploy"]
    assert deploy["uses"] == "./.github/workflows/deploy.yml"
    assert "workflow_call" in DEPLOY[ON]
    assert {"data/**", "builder/**", "templates/**"} <= set(DEPLOY[ON]["push"]["paths"])


def test_the_newest_commit_is_deployed_whichever_run_was_asked_for_last() -> None:
    """GitHub drops the older of two runs that wait: no run may be bound to a commit, or the newest could be dropped."""
    [build] = [step for step in DEPLOY["jobs"]["build"]["steps"] if "checkout" in step.get("uses", "")]
    assert build["with"]["ref"] == "${{ github.ref }}"
    [verify] = [step for step in DEPLOY["jobs"]["verify"]["steps"] if "checkout" in step.get("uses", "")]
    assert verify["with"]["ref"] == "${{ needs.build.outputs.commit }}"
    assert DEPLOY["jobs"]["build"]["outputs"]["commit"] == "${{ steps.build.outputs.commit }}"


def test_only_the_default_branch_is_deployed_and_one_at_a_time() -> None:
    of_the_branch = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"
    assert DEPLOY["jobs"]["build"]["if"] == of_the_branch
    assert not {"if", "concurrency"} & (DEPLOY["jobs"]["deploy"].keys() | DEPLOY["jobs"]["verify"].keys())
    assert DEPLOY["concurrency"] == {"group": "deploy-${{ github.ref }}", "cancel-in-progress": False}
    assert WORKFLOW["concurrency"]["group"] == "refresh", "a caller would wait for itself"


def test_what_is_live_is_checked_after_every_deploy() -> None:
    verify = DEPLOY["jobs"]["verify"]
    assert verify["needs"] == ["build", "deploy"]
    assert "if" not in verify
    [step] = [step for step in verify["steps"] if "builder verify" in step.get("run", "")]
    assert "continue-on-error" not in step
    words = step["run"].split()
    options = {option for parameter in main.commands["verify"].params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options
    assert words[1:3] == ["verify", '"$ADDRESS"']
    assert step["env"]["GENERATION"] == "${{ needs.build.outputs.generation }}"


def test_the_report_waits_for_the_check_too() -> None:
    report = WORKFLOW["jobs"]["report"]
    assert report["needs"] == ["refresh", "deploy"]
    assert report["if"] == "always() && needs.refresh.result != 'skipped'"


def test_what_is_deployed_was_held_to_the_contract_before() -> None:
    steps = DEPLOY["jobs"]["build"]["steps"]
    [verified] = [number for number, step in enumerate(steps) if "verify --manifest site" in step.get("run", "")]
    [built] = [number for number, step in enumerate(steps) if "builder build" in step.get("run", "")]
    [uploaded] = [number for number, step in enumerate(steps) if "upload-pages-artifact" in step.get("uses", "")]
    assert built < verified < uploaded
    assert not {"continue-on-error", "if"} & steps[verified].keys()


def test_the_manifest_is_attested_by_a_job_that_does_nothing_else() -> None:
    attest, deploy = DEPLOY["jobs"]["attest"], DEPLOY["jobs"]["deploy"]
    [step] = attest["steps"]
    assert step["uses"].startswith("actions/attest@")
    assert step["with"] == {
        "subject-name": "manifest.ndjson",
        "subject-digest": "sha256:${{ needs.build.outputs.manifest }}",
    }
    assert DEPLOY["jobs"]["build"]["outputs"]["manifest"] == "${{ steps.verify.outputs.manifest }}"
    assert attest["needs"] == "build"
    assert attest["if"] == "!github.event.repository.private", "such repositories may have no attestations"
    assert deploy["needs"] == "build", "a site is deployed whether it can be attested or not"


def test_what_is_expected_and_attested_is_what_was_built(tmp_path: Path) -> None:
    """The steps that build and verify are run as they stand, but for the program's folder and jq."""
    found = [step for step in DEPLOY["jobs"]["build"]["steps"] if step.get("id") in {"build", "verify"}]
    assert [step["id"] for step in found] == ["build", "verify"]
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    (tmp_path / ".venv/bin").mkdir(parents=True)
    python = tmp_path / ".venv/bin/builder"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -m builder "$@"\n')
    jq = tmp_path / ".venv/bin/jq"
    jq.write_text(f"#!{sys.executable}\nimport json, sys\nprint(json.load(open(sys.argv[3]))[sys.argv[2][1:]])\n")
    for file in (python, jq):
        file.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{jq.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(GITHUB.parent),
        "ADDRESS": "https://example.github.io/packages",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    for arguments in (["init"], ["add", "data"], ["commit", "--message", "first"]):
        git(tmp_path, *arguments)
    commit = (tmp_path / ".git/refs/heads/main").read_text().strip()
    for step in found:
        command = ["bash", "-e", "-c", step["run"]]
        subprocess.run(command, cwd=data.parent, env=environment, check=True, capture_output=True)  # noqa: S603
    told = (tmp_path / "output").read_text()
    manifest = hashlib.sha256((tmp_path / "site/api/data/v1/manifest.ndjson").read_bytes()).hexdigest()
    assert told == f"commit={commit}\ngeneration={generation_of(tmp_path / 'site')}\nmanifest={manifest}\n"
    assert b"https://example.github.io/packages/api/v4/" in (tmp_path / "site/api/v4/index.json").read_bytes()


def test_it_runs_nightly_off_the_full_hour_and_never_twice_at_once() -> None:
    [schedule] = WORKFLOW[ON]["schedule"]
    minute, hour, *rest = schedule["cron"].split()
    assert minute not in {"0", "30"}
    assert hour.isdigit()
    assert rest == ["*", "*", "*"]
    assert WORKFLOW["concurrency"] == {"group": "refresh", "cancel-in-progress": False}


def test_no_text_from_outside_reaches_a_shell_line() -> None:
    assert not [step["run"] for step in steps() if "${{" in step.get("run", "")]


def test_neither_ids_nor_a_failed_fetch_stops_the_refresh_and_the_report_tells_of_both() -> None:
    refresh, report = WORKFLOW["jobs"]["refresh"], WORKFLOW["jobs"]["report"]
    [ids] = [step for step in refresh["steps"] if step.get("run", "").endswith("builder ids")]
    [fetch] = [step for step in refresh["steps"] if "builder fetch" in step.get("run", "")]
    assert ids["continue-on-error"] is fetch["continue-on-error"] is True
    assert refresh["outputs"]["ids"] == f"${{{{ steps.{ids['id']}.outcome }}}}"
    assert refresh["outputs"]["fetched"] == f"${{{{ steps.{fetch['id']}.outcome }}}}"
    assert re.findall(r"\{\{ (.+?) \}\}", report["steps"][-1]["env"]["RESULTS"]) == [
        "needs.refresh.result",
        "needs.refresh.outputs.ids",
        "needs.refresh.outputs.fetched",
        "needs.deploy.result",
    ]


@pytest.mark.parametrize(
    ("accept", "expected"), [("", []), ("github", ["--accept", "github"]), ("x; y", ["--accept", "x; y"])]
)
def test_what_a_person_accepts_reaches_the_command_as_one_word(accept: str, expected: list[str]) -> None:
    [line] = [step["run"] for step in steps() if "builder fetch" in step.get("run", "")]
    shown = line.replace(".venv/bin/builder", "printf '%s\\n'")
    done = subprocess.run(["bash", "-c", shown], env={"ACCEPT": accept}, capture_output=True, text=True, check=True)  # noqa: S603, S607 - the step's own line
    assert done.stdout.splitlines() == ["fetch", "--max-minutes", "40", *expected]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a clone of a repository with a small catalogue."""
    source, bare, clone = tmp_path / "source", tmp_path / "bare", tmp_path / "clone"
    write_data(source / "data", packages={"a": package(1)})
    (source / "README").write_text("x\n")
    git(source, "init")
    git(source, "add", ".")
    git(source, "commit", "--message", "first")
    git(tmp_path, "clone", "--bare", str(source), str(bare))
    git(tmp_path, "clone", str(bare), str(clone))
    return clone


def commit(clone: Path) -> subprocess.CompletedProcess[str]:
    script = str(GITHUB / "commit-refresh")
    # A runner knows nobody's name, and must not make one up of its own.
    names = ("GIT_AUTHOR", "GIT_COMMITTER")
    nobody = {name: value for name, value in (os.environ | OWN).items() if not name.startswith(names)}
    nobody |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.useConfigOnly", "GIT_CONFIG_VALUE_0": "true"}
    return subprocess.run([script], cwd=clone, env=nobody, capture_output=True, text=True, check=False)  # noqa: S603


PAST = str(GITHUB / "past")


def kept(clone: Path, what: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [PAST, what, "past"], cwd=clone, env=os.environ | OWN | more, capture_output=True, text=True, check=False
    )


@pytest.mark.usefixtures("clone")
def test_the_past_goes_from_one_machine_to_the_next(tmp_path: Path) -> None:
    """Three deploys, each by a new clone that has nothing but the repository."""
    told = []
    for number, title in enumerate(("One", "Two", "Three")):
        machine = tmp_path / str(number)
        git(tmp_path, "clone", "--branch", "main", str(tmp_path / "bare"), str(machine))
        done = kept(machine, "get")
        assert done.returncode == 0, done.stderr
        assert ("There is no branch generations yet" in done.stdout) == (number == 0)
        data = write_data(tmp_path / "data", packages={"a": package(1, title=title)})
        build.build(data, machine / "site", kept=machine / "past")
        done = kept(machine, "put")
        assert done.returncode == 0, done.stderr
        told.append(f"Generation {generation_of(machine / 'site')}")
        assert done.stdout == f"{told[-1]} is kept.\n"
        assert not git_output(machine, "status", "--porcelain", "--untracked-files=no")
    index = json.loads((tmp_path / "2/site/api/data/v1/changes.json").read_bytes())
    assert [f"Generation {each['generation']}" for each in index["generations"]] == told
    assert git_output(tmp_path / "bare", "log", "--format=%s", "generations").splitlines() == [told[-1]]
    assert git_output(tmp_path / "bare", "log", "--format=%s", "main").splitlines() == ["first"]


def git_output(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S603, S607


def test_a_past_that_cannot_be_got_stops_the_build(clone: Path) -> None:
    git(clone, "remote", "set-url", "origin", str(clone.parent / "nowhere"))
    done = kept(clone, "get")
    assert done.returncode != 0
    assert not (clone / "past").exists()
    assert kept(clone, "other").returncode == 2


def test_the_past_is_got_before_a_build_and_kept_after_its_deploy() -> None:
    build_job, keep = DEPLOY["jobs"]["build"], DEPLOY["jobs"]["keep"]
    lines = [step.get("run", step.get("uses", "")) for step in build_job["steps"]]
    [got] = [number for number, line in enumerate(lines) if ".github/past get past" in line]
    [built] = [number for number, line in enumerate(lines) if "--past past" in line]
    assert got < built
    assert "continue-on-error" not in build_job["steps"][got]
    [sent] = [step["with"] for step in build_job["steps"] if "upload-artifact" in step.get("uses", "")]
    [came] = [step["with"] for step in keep["steps"] if "download-artifact" in step.get("uses", "")]
    assert sent["include-hidden-files"] is True
    assert (came["name"], came["path"]) == (sent["name"], sent["path"]) == ("past", "past")
    assert keep["needs"] == ["build", "deploy"]
    assert keep["steps"][-1]["run"].endswith(".github/past put past")


def log(folder: Path) -> list[str]:
    command = ["git", "log", "--format=%s", "--all"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.splitlines()  # noqa: S603


def test_nothing_is_committed_where_nothing_changed(clone: Path) -> None:
    done = commit(clone)
    assert (done.returncode, done.stdout) == (0, "Nothing changed.\n"), done.stderr
    assert log(clone.parent / "bare") == ["first"]


def test_what_was_fetched_is_committed_and_pushed(clone: Path) -> None:
    (clone / "data/snapshots").mkdir(exist_ok=True)
    (clone / "data/snapshots/a.json").write_text("{}\n")
    (clone / "data/refresh.json").write_text('{"next": {}}\n')
    done = commit(clone)
    assert done.returncode == 0, done.stderr
    assert log(clone.parent / "bare") == ["Refresh metadata", "first"]
    (clone / "data/refresh.json").unlink()
    assert commit(clone).returncode == 0
    assert len(log(clone.parent / "bare")) == 3


@pytest.mark.parametrize("path", ["README", "data/site.yaml", "builder/new.py", "data/new.yaml"])
def test_a_change_of_anything_else_stops_it(clone: Path, path: str) -> None:
    (clone / path).parent.mkdir(exist_ok=True)
    (clone / path).write_text("changed\n")
    done = commit(clone)
    assert done.returncode == 1
    assert path in done.stderr
    assert log(clone.parent / "bare") == ["first"]


def test_a_merge_in_the_meantime_goes_first(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", str(tmp_path / "bare"), str(tmp_path / "other"))
    (tmp_path / "other/README").write_text("y\n")
    git(tmp_path / "other", "commit", "--all", "--message", "merged")
    git(tmp_path / "other", "push")
    (clone / "data/refresh.json").write_text("{}\n")
    done = commit(clone)
    assert done.returncode == 0, done.stderr
    assert log(tmp_path / "bare") == ["Refresh metadata", "merged", "first"]


def merging_before_a_push(clone: Path, times: int) -> None:
    """Let somebody merge between our pull and our push, so many times."""
    other = clone.parent / "other"
    git(clone.parent, "clone", str(clone.parent / "bare"), str(other))
    (clone / ".git/hooks").mkdir(exist_ok=True)
    hook = clone / ".git/hooks/pre-push"
    hook.write_text(f"""#!/bin/sh
unset GIT_DIR GIT_INDEX_FILE
echo x >> ../pushes
[ $(wc -l < ../pushes) -gt {times} ] && exit 0
cd ../other && echo y >> README
GIT_AUTHOR_NAME=B GIT_COMMITTER_NAME=B git commit --quiet --all --message merged
git push --quiet
""")
    hook.chmod(0o755)


@pytest.mark.parametrize("times", [1, 4])
def test_merges_between_pull_and_push_go_first_too(clone: Path, times: int) -> None:
    merging_before_a_push(clone, times)
    (clone / "data/refresh.json").write_text("{}\n")
    done = commit(clone)
    assert done.returncode == 0, done.stderr
    assert log(clone.parent / "bare") == ["Refresh metadata", *["merged"] * times, "first"]


def test_a_push_is_not_tried_for_ever(clone: Path) -> None:
    merging_before_a_push(clone, 99)
    (clone / "data/refresh.json").write_text("{}\n")
    done = commit(clone)
    assert done.returncode == 1
    assert done.stderr.endswith("The push was refused five times: why, git says above. The next refresh asks again.\n")
    assert log(clone.parent / "bare") == [*["merged"] * 5, "first"]


def test_a_merge_that_changes_the_same_lines_wins(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", str(tmp_path / "bare"), str(tmp_path / "other"))
    for folder, text in ((tmp_path / "other", "theirs\n"), (clone, "ours\n")):
        (folder / "data/refresh.json").write_text(text)
    git(tmp_path / "other", "add", ".")
    git(tmp_path / "other", "commit", "--message", "merged")
    git(tmp_path / "other", "push")
    done = commit(clone)
    assert done.returncode == 1
    assert "cannot be put on top of what was merged" in done.stderr
    assert log(tmp_path / "bare") == ["merged", "first"]


def test_a_run_that_is_for_another_branch_is_not_reported() -> None:
    """The first job is skipped then, and so nothing of the others has failed."""
    assert WORKFLOW["jobs"]["refresh"]["if"] == "github.ref_name == github.event.repository.default_branch"
    assert WORKFLOW["jobs"]["report"]["if"] == "always() && needs.refresh.result != 'skipped'"


GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_LOG"
case "$*" in
    "issue list"*) cat "$GH_OPEN" ;;
    *--edit-last*) exit "$GH_NO_COMMENT" ;;
esac
"""


@pytest.mark.parametrize(
    ("results", "open_issue", "calls"),
    [
        ("success success success success", "", ["issue list"]),
        ("success success success success", "7", ["issue list", "issue close 7"]),
        ("success success failure success", "", ["issue list", "label create", "issue create"]),
        ("success failure success success", "", ["issue list", "label create", "issue create"]),
        ("success success failure success", "7", ["issue list", "issue comment 7 --edit-last"]),
        (
            "success success failure success",
            "8",
            ["issue list", "issue comment 8 --edit-last", "issue comment 8 --body"],
        ),
        ("failure   skipped", "", ["issue list", "label create", "issue create"]),
        ("cancelled   skipped", "7", ["issue list", "issue comment 7 --edit-last"]),
    ],
)
def test_one_issue_is_opened_updated_and_closed(
    tmp_path: Path, results: str, open_issue: str, calls: list[str]
) -> None:
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    (tmp_path / "open").write_text(open_issue)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "GH_LOG": str(tmp_path / "log"),
        "GH_OPEN": str(tmp_path / "open"),
        "GH_NO_COMMENT": "1" if open_issue == "8" else "0",
        "RESULTS": results,
        "RUN_URL": "https://example.org/run",
    }
    subprocess.run([str(GITHUB / "report-refresh")], env=environment, check=True)  # noqa: S603
    told = (tmp_path / "log").read_text().splitlines()
    assert [line[: len(call)] for line, call in zip(told, calls, strict=True)] == calls
    assert all("https://example.org/run" in line for line in told if "comment" in line or "issue create" in line)
