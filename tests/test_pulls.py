"""The check of pull requests: what it may do, and its steps run for real over changes of people, good and bad."""

import json
import tarfile
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from folders import grid, package, write_data, write_record
from repositories import commit, git
from workflows import ON, ROOT, WORKFLOWS, lines, merged, run, with_program

CHECK = WORKFLOWS["check"]
MOST_BYTES = 1024**2
"""What GitHub takes of the summary of a step."""


def test_what_a_stranger_wrote_runs_without_secrets_and_may_write_nothing() -> None:
    assert set(CHECK[ON]) == {"pull_request"}, "pull_request_target would run it with our rights"
    assert CHECK["permissions"] == {}
    assert [job["permissions"] for job in CHECK["jobs"].values()] == [{"contents": "read"}] * 4
    text = (ROOT / ".github/workflows/check.yml").read_text()
    assert "secrets." not in text
    assert "github.token" not in text
    for job in CHECK["jobs"].values():
        [checkout] = [step for step in job["steps"] if "checkout" in step.get("uses", "")]
        assert checkout["with"]["persist-credentials"] is False
        assert "ref" not in checkout["with"], "the merge is what is checked, not the branch alone"


def test_only_the_newest_commit_of_a_pull_request_is_checked() -> None:
    assert CHECK["concurrency"] == {
        "group": "check-${{ github.event.pull_request.number }}",
        "cancel-in-progress": True,
    }


def test_lint_and_tests_run_where_the_program_is_touched() -> None:
    program = CHECK["jobs"]["program"]
    assert program["needs"] == "touched"
    assert program["if"] == "needs.touched.outputs.program == 'true'"
    assert [line for _, line in lines("check", "program")] == ["sudo make programs", ".ci/run"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a repository with a catalogue of two packages, on main, and a branch for a change of it."""
    root = tmp_path / "root"
    write_data(root / "data", packages={"a": package(1), "b": package(2)}, grids={"g": grid(1, "a")})
    (root / "Makefile").write_text("all:\n")
    commit(root)
    git(root, "checkout", "--quiet", "-b", "change")
    return root


def checked(root: Path) -> tuple[Path, CompletedProcess[str], CompletedProcess[str]]:
    """Run the steps of the job data over the change; give the clone, and what the check and the difference said."""
    commit(root)
    clone = with_program(merged(root))
    told = []
    for name in ("Check what the change brings", "Tell what it does"):
        summary = clone.parent / f"{name}.md"
        told.append(run(dict(lines("check", "data"))[name], clone, GITHUB_STEP_SUMMARY=summary))
    return clone, told[0], told[1]


def summary(clone: Path, name: str) -> str:
    return (clone.parent / f"{name}.md").read_text()


def test_a_good_change_passes_and_is_shown_with_what_the_api_answers(root: Path) -> None:
    write_record(root / "data", "packages/a.yaml", package(1, title="Better"))
    clone, check, difference = checked(root)
    assert (check.returncode, check.stdout, difference.returncode) == (0, "", 0), check.stderr + difference.stderr
    assert summary(clone, "Check what the change brings").startswith("### No problem found\n")
    shown = summary(clone, "Tell what it does")
    assert shown.startswith("## What this changes\n")
    assert "- changed `data/packages/a.yaml`" in shown
    assert '- changed `/api/v4/packages/1/`\n  - `title`: `"Package 1" → "Better"`' in shown
    assert "- changed `/packages/p/a/`" in shown


def test_ten_problems_are_annotations_and_the_summary_has_all(root: Path) -> None:
    for number in range(12):
        write_record(root / "data", f"packages/new{number:02}.yaml", {"title": f"New {number}", "category": "no"})
    clone, check, difference = checked(root)
    assert check.returncode == 1
    assert sum(line.startswith("::error file=data/packages/new") for line in check.stdout.splitlines()) == 10
    shown = summary(clone, "Check what the change brings")
    assert shown.startswith("### 12 problems in 12 files\n")
    assert shown.count("there is no such category") == 12
    assert difference.returncode == 0, "one red step is enough"
    assert "data/packages/new11.yaml" in summary(clone, "Tell what it does")


def test_a_summary_is_never_so_large_that_github_drops_it(root: Path) -> None:
    wrong = {f"key_{number}_{'x' * 45}": number for number in range(400)}
    for number in range(10):
        write_record(root / "data", f"packages/new{number:02}.yaml", {"title": "New", "category": "no"} | wrong)
    clone, check, difference = checked(root)
    assert check.returncode == 1
    assert difference.returncode == 0
    shown = summary(clone, "Check what the change brings")
    assert MOST_BYTES * 3 / 4 < len(shown.encode()) < MOST_BYTES
    assert shown.endswith("There is more than fits here: the log of the job has it all.\n")
    assert 0 < len(summary(clone, "Tell what it does").encode()) < MOST_BYTES


def test_a_difference_that_cannot_be_told_is_no_green_step(root: Path) -> None:
    commit(root)
    clone = with_program(merged(root))
    line = dict(lines("check", "data"))["Tell what it does"].replace("HEAD^1", "nothing")
    assert run(line, clone, GITHUB_STEP_SUMMARY=clone.parent / "page").returncode


@pytest.mark.parametrize("path", ["data/snapshots/a.json", "data/refresh.json"])
def test_a_person_who_writes_what_only_the_program_may_is_refused(root: Path, path: str) -> None:
    (root / path).write_text("{}\n")
    _, check, _ = checked(root)
    assert check.returncode == 1
    assert f"::error file={path},title=bot-owned::was added, but only the program writes it" in check.stdout


def test_a_change_is_not_blamed_for_what_was_merged_since(root: Path) -> None:
    """The night's refresh is on main and not in the branch: seen from its beginning, a person wrote snapshots."""
    write_record(root / "data", "packages/a.yaml", package(1, title="Better"))
    commit(root)
    git(root, "checkout", "--quiet", "main")
    began = git(root, "rev-parse", "HEAD")
    (root / "data/snapshots/b.json").write_text('{"last_fetched": "2026-01-01T00:00:00Z"}\n')
    commit(root)
    git(root, "checkout", "--quiet", "change")
    clone, check, _ = checked(root)
    assert check.returncode == 0, check.stdout
    assert "snapshots" not in summary(clone, "Tell what it does")
    blamed = run(f".venv/bin/builder check --base {began}", clone)
    assert "data/snapshots/b.json: was added, but only the program writes it" in blamed.stdout, "so HEAD^1 matters"


def test_what_was_wrong_before_does_not_stop_a_change(root: Path) -> None:
    git(root, "checkout", "--quiet", "main")
    write_record(root / "data", "packages/wrong.yaml", {"title": "Wrong", "category": "no", "id": 3})
    commit(root)
    git(root, "checkout", "--quiet", "-B", "change")
    write_record(root / "data", "packages/a.yaml", package(1, title="Better"))
    clone, check, difference = checked(root)
    assert (check.returncode, difference.returncode) == (0, 0), check.stdout + difference.stderr
    assert "1 problem was there before" in check.stderr
    assert "data/packages/a.yaml" in summary(clone, "Tell what it does")


def test_the_site_is_packed_without_the_api_and_without_names_that_a_host_reads(root: Path) -> None:
    commit(root)
    clone = with_program(merged(root))
    for name, line in lines("check", "site"):
        if name != "make setup":
            done = run(line, clone)
            assert done.returncode == 0, done.stderr
    with tarfile.open(clone / "site.tar") as packed:
        members = packed.getmembers()
    assert all(member.isfile() or member.isdir() for member in members)
    files = {member.name for member in members if member.isfile()}
    assert {"index.html", "packages/p/a/index.html", "api/data/v1/packages.json"} <= files
    assert not [name for name in files if name.startswith(("_", ".", "/", "api/v"))]
    upload = CHECK["jobs"]["site"]["steps"][-1]
    assert upload["with"]["path"] == "site.tar"
    page = (clone / "site/packages/p/a/index.html").read_text()
    assert 'href="/grids/' in page, "links lead on at any address"


@pytest.mark.parametrize(
    ("changed", "program"),
    [
        (["data/packages/a.yaml", "data/pages/about.md", "data/tombstones.yaml"], False),
        (["Makefile"], True),
        (["data/packages/a.yaml", "builder/new.py"], True),
        ([".github/workflows/check.yml"], True),
        (["data/site.yaml"], True),
        (["data/schemas/package.json"], True),
        (["database/a.yaml"], True),
    ],
)
def test_what_touches_the_program_is_told_from_what_touches_data_alone(
    root: Path, changed: list[str], *, program: bool
) -> None:
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("changed\n")
    commit(root)
    clone = merged(root)
    [(_, line)] = lines("check", "touched")
    done = run(line, clone, GITHUB_OUTPUT=clone.parent / "output")
    assert done.returncode == 0, done.stderr
    assert (clone.parent / "output").read_text() == f"program={json.dumps(program)}\n"


def test_a_file_of_the_program_that_moves_into_the_data_touches_it(root: Path) -> None:
    (root / "data/pages").mkdir()
    git(root, "mv", "Makefile", "data/pages/makefile.md")
    commit(root)
    clone = merged(root)
    [(_, line)] = lines("check", "touched")
    run(line, clone, GITHUB_OUTPUT=clone.parent / "output")
    assert (clone.parent / "output").read_text() == "program=true\n"


def test_where_the_target_is_not_known_nobody_says_that_only_data_is_touched(root: Path) -> None:
    [(_, line)] = lines("check", "touched")
    git(root, "checkout", "--quiet", "--orphan", "alone")
    commit(root)
    assert run(line, root, GITHUB_OUTPUT=root.parent / "output").returncode
    assert not (root.parent / "output").exists()
