"""From the file of an event to a branch, a pull request and a comment: real git, and a `gh` that plays GitHub."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fake_gh
import pytest
from folders import package, tree, write_data
from forges.pypi import Projects, PyPI
from forges.server import Forges
from form_issues import add, change, grid, payload, report
from repositories import OWN, commit, git

from builder.forms.delivery import answer
from builder.forms.words import MARK

HERE = Path(__file__).parent
SCRIPT = HERE.parent / ".github/answer-form"
FILE = "data/packages/django-new.yaml"


class Place:
    """A repository on a host, and a checkout of it in which a run is."""

    def __init__(self, root: Path, site: Mapping[str, Any]) -> None:
        self.root, self.bare, self.checkout = root, root / "bare", root / "checkout"
        self.event, self.state = root / "event.json", root / "state.json"
        source = root / "source"
        write_data(source / "data", packages={"one": package(1), "two": package(2)}, site=site)
        (source / "README").write_text("x\n")
        commit(source)
        git(root, "clone", "--quiet", "--bare", str(source), str(self.bare))
        git(root, "clone", "--quiet", "--depth=1", self.bare.as_uri(), str(self.checkout))

    def github(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Give what GitHub holds, with changes."""
        state = fake_gh.NEW | (json.loads(self.state.read_text()) if self.state.exists() else {}) | changes
        self.state.write_text(json.dumps(state))
        return state

    def run(self, text: str, **issue: Any) -> str:  # noqa: ANN401 - any field of an issue
        """Answer a form, and give what was said of it on the issue."""
        self.event.write_text(json.dumps(payload(text, **issue)), encoding="utf-8")
        answer(self.event, self.checkout / "data")
        return self.said()

    def said(self) -> str:
        return "\n".join(one["body"].removeprefix(f"{MARK}\n") for one in self.github()["comments"])

    def branches(self) -> list[str]:
        return git(self.bare, "for-each-ref", "--format=%(refname:short)").split("\n")

    def show(self, what: str) -> str:
        return git(self.bare, "show", what)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return a_place(tmp_path, monkeypatch, {})


def a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Mapping[str, Any]) -> Place:
    program = tmp_path / "bin/gh"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {HERE / "fake_gh.py"} "$@"\n')
    program.chmod(0o755)
    for name, value in (OWN | {"PATH": f"{program.parent}:{os.environ['PATH']}"}).items():
        monkeypatch.setenv(name, value)
    made = Place(tmp_path, site)
    monkeypatch.setenv("GH_STATE", str(made.state))
    return made


def run_script(place: Place, event: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - JSON
    place.event.write_text(json.dumps(event), encoding="utf-8")
    environment = os.environ | {"GITHUB_EVENT_PATH": str(place.event), "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, str(SCRIPT)]
    return subprocess.run(command, cwd=place.checkout, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_form_becomes_a_branch_a_pull_request_and_a_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forges: Forges
) -> None:
    forges.github.world.make("owner/django-new", description="Calls @everyone, closes #1")
    known = {"github.com": {"kind": "github", "api": forges.github.base}}
    index = forges.mount(PyPI(Projects(forges.clock)))
    place = a_place(tmp_path, monkeypatch, {"forges": known, "pypi_url": index})
    before = tree(place.checkout / "data")
    done = run_script(
        place, payload(add(slug="django-new", title="Django $(touch ../evil) `New`; ${{ github.token }}"))
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Issue 12 was answered.\n", "")
    assert place.branches() == ["form/12", "main"]
    assert place.show(f"form/12:{FILE}") == (
        "title: Django $(touch ../evil) `New`; ${{ github.token }}\ncategory: apps\n"
        "repository: https://github.com/owner/django-new"
    )
    assert git(place.bare, "diff", "--name-status", "main", "form/12") == f"A\t{FILE}"
    assert git(place.bare, "log", "--format=%an <%ae>, %cn <%ce>%n%B", "main..form/12") == (
        "Forms <forms@users.noreply.github.com>, Forms <forms@users.noreply.github.com>\n"
        "Add django-new\n\nProposed by a form in #12.\n\n"
        "Co-authored-by: octocat <583231+octocat@users.noreply.github.com>"
    )
    state = place.github()
    [pull] = state["pulls"]
    assert (pull["head"], pull["base"], pull["title"]) == ("form/12", "main", "Add django-new")
    assert "Closes #12." in pull["body"]
    assert "Calls `@everyone`, closes `#1`\n" in pull["body"]
    assert [one["body"].split("\n")[0] for one in state["comments"]] == [MARK]
    assert "#57 proposes this" in place.said()
    assert tree(place.checkout / "data") == before
    assert git(place.checkout, "status", "--porcelain") == ""
    assert not (place.root / "evil").exists()


def test_a_hostile_one_is_refused_with_one_comment_which_is_edited(place: Place) -> None:
    done = run_script(place, payload(add(slug="../../.github/workflows/x", title="@everyone <!-- x -->")))
    assert done.returncode == 0, done.stderr
    assert "everyone" not in done.stdout
    assert place.branches() == ["main"]
    assert "**Title**: holds a comment of HTML" in place.said()
    assert "**Name in addresses**: is not a slug" in place.run(add(slug="../../.github/workflows/x"))
    assert "#57 proposes this" in place.run(add())
    state = place.github()
    assert len(state["comments"]) == 1
    assert state["on_issues"] == {"12": ["form"]}


def test_an_issue_of_no_form_is_left_alone(place: Place) -> None:
    done = run_script(place, payload("It crashes."))
    assert (done.returncode, done.stdout) == (0, "Nothing is to be done.\n")
    assert place.github()["asked"] == []


def test_what_has_the_label_and_no_form_is_answered_without_another(place: Place) -> None:
    assert place.run("It crashes.", labels=[{"name": "form"}]).startswith("This has the label of a form")
    assert place.github()["on_issues"] == {}


def test_what_is_no_event_stops_it(place: Place) -> None:
    done = run_script(place, {"zen": "@everyone"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: The file holds no event of an issue that could be read: action, issue, repository.\n"


def test_nobody_is_named_where_nobody_is_known(place: Place) -> None:
    place.run(add(), user=None)
    message = git(place.bare, "log", "-1", "--format=%B", "form/12")
    assert message == "Add django-new\n\nProposed by a form in #12."


def test_an_edit_changes_branch_pull_request_and_comment(place: Place) -> None:
    place.run(add())
    first = git(place.bare, "rev-parse", "form/12")
    place.run(add(slug="other", title="Other"))
    assert git(place.bare, "rev-parse", "form/12") != first
    assert git(place.bare, "diff", "--name-status", "main", "form/12") == "A\tdata/packages/other.yaml"
    assert git(place.bare, "rev-list", "--count", "main..form/12") == "1"
    state = place.github()
    assert [one["title"] for one in state["pulls"]] == ["Add other"]
    assert len(state["comments"]) == 1


def test_an_edit_that_is_wrong_leaves_the_pull_request_as_it_is(place: Place) -> None:
    place.run(add())
    first = git(place.bare, "rev-parse", "form/12")
    said = place.run(add(category="none of them"))
    assert "there is no such category" in said
    assert said.endswith("Until then #57 stays as it is.")
    assert git(place.bare, "rev-parse", "form/12") == first


def test_the_same_again_pushes_nothing_and_says_nothing_anew(place: Place) -> None:
    place.run(change(title="First"))
    first = git(place.bare, "rev-parse", "form/12")
    place.github(asked=[])
    place.run(change(title="First"), labels=[{"name": "form"}])
    assert git(place.bare, "rev-parse", "form/12") == first
    assert place.github()["asked"] == ["GET pulls", "PATCH pulls/57", "GET issues/12/comments"]


def test_a_branch_that_a_person_changed_stays(place: Place) -> None:
    place.run(add())
    other = place.root / "other"
    git(place.root, "clone", "--quiet", "--branch", "form/12", str(place.bare), str(other))
    (other / FILE).write_text("title: By hand\ncategory: apps\n")
    commit(other)
    git(other, "push", "--quiet")
    assert "`form/12` was changed by hand" in place.run(add(title="By form"))
    assert "By hand" in place.show(f"form/12:{FILE}")


def test_a_pull_request_that_was_closed_stays_so(place: Place) -> None:
    place.run(add())
    first = git(place.bare, "rev-parse", "form/12")
    [pull] = place.github()["pulls"]
    place.github(pulls=[pull | {"state": "closed"}])
    assert place.run(add(title="Again")).startswith("#57, which proposed this, was closed.")
    assert git(place.bare, "rev-parse", "form/12") == first


def test_after_a_merge_there_is_a_new_pull_request(place: Place) -> None:
    place.run(change(title="First"))
    [pull] = place.github()["pulls"]
    place.github(pulls=[pull | {"state": "closed", "merged_at": "2026-02-16T00:00:00Z"}])
    assert "#58 proposes this" in place.run(change(title="Second"))


def test_where_no_workflow_may_open_one_a_person_is_shown_where(place: Place) -> None:
    refusal = [403, "GitHub Actions is not permitted to create or approve pull requests."]
    place.github(refused={"POST pulls": refusal})
    said = place.run(grid())
    assert said.endswith("https://github.com/example/packages/compare/main...form/12?expand=1")
    assert place.branches() == ["form/12", "main"]


@pytest.mark.parametrize("kind", ["GET pulls", "POST pulls", "POST issues/N/comments", "GET issues/N/comments"])
def test_what_github_refuses_is_told_by_the_exit_code(kind: str, place: Place) -> None:
    place.github(refused={kind: [502, "Bad Gateway"]})
    done = run_script(place, payload(change(title="First")))
    asked = kind.replace("N", "12")
    assert done.returncode == 3
    assert done.stderr.startswith(f"Error: GitHub refused {asked}")
    assert done.stderr.endswith("gh: Bad Gateway (HTTP 502)\n")


def test_labels_that_cannot_be_made_are_told(place: Place) -> None:
    place.github(refused={"POST labels": [500, "Oh"]})
    assert run_script(place, payload(report())).returncode == 3


def test_what_git_refuses_is_told(place: Place) -> None:
    git(place.checkout, "remote", "set-url", "origin", str(place.root / "nowhere"))
    done = run_script(place, payload(change(title="First")))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: git ls-remote failed: fatal: ")


def test_a_report_gets_its_labels_and_an_answer(place: Place) -> None:
    place.github(labels=["form"])
    said = place.run(report(matter="It should be removed"))
    assert said.startswith("Thank you for the report on `packages/one`.")
    state = place.github()
    assert state["on_issues"] == {"12": ["form", "removal"]}
    assert place.branches() == ["main"]


def test_comments_of_others_are_not_ours_whatever_they_say(place: Place) -> None:
    others = [
        {"id": n, "body": f"{MARK}\nTake this.", "user": None if n == 3 else {"login": "octocat"}} for n in range(150)
    ]
    place.github(comments=others)
    place.run(add(category="none of them"))
    place.run(add(slug="-"))
    state = place.github()
    assert state["comments"][:150] == others
    assert len(state["comments"]) == 151
    assert "#57" in state["comments"][150]["body"]


def test_ours_is_not_looked_for_without_end(place: Place) -> None:
    place.github(comments=[{"id": n, "body": "x", "user": {"login": "octocat"}} for n in range(2_000)])
    place.run(add())
    assert place.github()["asked"].count("GET issues/12/comments") == 20


def test_the_data_may_lie_deeper(place: Place) -> None:
    for name in ("checkout", "source"):
        (place.root / name / "sites/one").mkdir(parents=True)
        git(place.root / name, "mv", "data", "sites/one/data")
        commit(place.root / name)
    place.event.write_text(json.dumps(payload(add())))
    assert answer(place.event, place.checkout / "sites/one/data") == "Issue 12 was answered."
    assert place.show(f"form/12:sites/one/{FILE}").startswith("title: django-new\n")
