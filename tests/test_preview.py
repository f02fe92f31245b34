"""The answer to a pull request: whom it is for, what a stranger's packed site may hold, labels, and one comment."""

import base64
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from edge_programs import NOWHERE, found, tools
from github_pulls import BOT, COMMIT, REPOSITORY, TOKEN, Github, serving
from workflows import GITHUB, ON, ROOT, WORKFLOWS

PREVIEW = WORKFLOWS["preview"]
PACKAGE = "data/packages/a.yaml"
MARK = "<!-- the answer of the check"


# --- The workflow


def test_what_has_rights_runs_what_the_default_branch_has() -> None:
    assert PREVIEW[ON] == {"workflow_run": {"workflows": [WORKFLOWS["check"]["name"]], "types": ["completed"]}}
    assert PREVIEW["permissions"] == {}
    assert {name: job["permissions"] for name, job in PREVIEW["jobs"].items()} == {
        "preview": {"actions": "read", "contents": "read", "pull-requests": "read"},
        "answer": {"contents": "read", "pull-requests": "write"},
    }
    for job in PREVIEW["jobs"].values():
        [checkout] = [step for step in job["steps"] if "uses" in step]
        assert checkout["uses"].startswith("actions/checkout@"), "nothing else fetches what a stranger made"
        assert checkout["with"] == {"persist-credentials": False}, "no ref: the default branch"


def test_nothing_is_answered_that_was_no_pull_request() -> None:
    for job in PREVIEW["jobs"].values():
        assert "github.event.workflow_run.event == 'pull_request'" in job["if"]


def test_the_secret_of_the_host_reaches_the_one_step_that_needs_it_after_all_was_looked_at() -> None:
    text = (GITHUB / "workflows/preview.yml").read_text()
    assert text.count("secrets.") == 1
    steps = PREVIEW["jobs"]["preview"]["steps"]
    assert "secrets." in json.dumps(steps[-1])
    for step in steps[2:]:
        assert step["if"] == "steps.unpack.outputs.publish == 'true' && vars.PREVIEW_PROJECT != ''"
    assert "--ignore-scripts" in steps[2]["run"]


# --- The scripts, run as the workflow runs them


@dataclass
class Runner:
    """A runner of the scripts, with its folder and the GitHub that it asks."""

    folder: Path
    github: Github
    address: str

    def run(self, *arguments: str, event: dict[str, Any] | None = None, **environment: str) -> str:
        """Run a script that must succeed; give what it says."""
        done = self.attempt(*arguments, event=event, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def attempt(
        self, *arguments: str, event: dict[str, Any] | None = None, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        (self.folder / "event.json").write_text(json.dumps(event or told()))
        given = {
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.address,
            "GITHUB_TOKEN": TOKEN,
        }
        command = [sys.executable, str(GITHUB / "pulls"), *arguments]
        return subprocess.run(  # noqa: S603 - our own script
            command, cwd=self.folder, env=given | environment, capture_output=True, text=True, check=False
        )

    def outputs(self) -> dict[str, str]:
        """Give the outputs of the step."""
        file = self.folder / "output"
        return dict(line.split("=", 1) for line in file.read_text().splitlines()) if file.exists() else {}


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    """Give a runner, and a GitHub with one open pull request that edits a package."""
    github = Github()
    github.add(7, PACKAGE)
    github.artifacts = [{"id": 70, "name": "site", "expired": False}]
    github.packed = packed(("index.html", b"<p>home</p>"), ("packages/p/a/index.html", b"<p>a</p>"))
    with serving(github) as address:
        yield Runner(tmp_path, github, address)


def told(**run: Any) -> dict[str, Any]:  # noqa: ANN401 - of the event
    """Give the event of a run that ended; `run` is what is special about it."""
    return {
        "repository": {"default_branch": "main"},
        "workflow_run": {
            "id": 5,
            "event": "pull_request",
            "conclusion": "success",
            "head_sha": COMMIT,
            "head_branch": "change",
            "head_repository": {"full_name": "them/packages", "owner": {"login": "them"}},
            "html_url": f"https://github.com/{REPOSITORY}/actions/runs/5",
        }
        | run,
    }


def member(name: str, body: bytes = b"", **of: Any) -> tuple[tarfile.TarInfo, bytes]:  # noqa: ANN401 - as tarfile has them
    about = tarfile.TarInfo(name)
    about.size = len(body)
    for key, value in of.items():
        setattr(about, key, value)
    return about, body


def packed(*files: Any, name: str = "site.tar") -> bytes:  # noqa: ANN401 - names with bytes, or members
    """Give an artifact as GitHub gives it: a zip that holds what was uploaded."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as target:
        for about, body in (file if isinstance(file[0], tarfile.TarInfo) else member(*file) for file in files):
            target.addfile(about, io.BytesIO(body))
    return zipped((name, tar.getvalue()))


def bomb() -> bytes:
    """Give a small artifact that becomes a large one."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as outer, outer.open("site.tar", "w") as inner:
        for _ in range(513):
            inner.write(bytes(1024**2))
    return target.getvalue()


def zipped(*files: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed_files:
        for name, body in files:
            packed_files.writestr(name, body)
    return target.getvalue()


# --- What was packed


def test_a_good_site_is_unpacked_and_told(runner: Runner) -> None:
    assert runner.run("unpack", "preview") == "2 files for pull request 7.\n"
    assert (runner.folder / "preview/packages/p/a/index.html").read_bytes() == b"<p>a</p>"
    assert runner.outputs() == {"number": "7", "commit": COMMIT, "artifact": "70", "publish": "true"}
    assert not (runner.folder / "preview.zip").exists()
    assert runner.github.of_store == [None], "the store does not see the token"


def test_what_the_check_packs_is_what_is_taken(runner: Runner, tmp_path: Path) -> None:
    """The check's own lines pack the expected site of the tests, and nothing of it is refused."""
    [pack] = [step["run"] for step in WORKFLOWS["check"]["jobs"]["site"]["steps"] if step.get("name") == "Pack"]
    project = ROOT / "tests/project/site"
    (tmp_path / "built").mkdir()
    (tmp_path / "built/site").symlink_to(project)
    line = pack.replace("../site.tar", str(tmp_path / "site.tar"))
    subprocess.run(["bash", "-e", "-c", line], cwd=tmp_path / "built", check=True)  # noqa: S603, S607 - the step's own line
    runner.github.packed = zipped(("site.tar", (tmp_path / "site.tar").read_bytes()))
    runner.run("unpack", "preview")
    assert (tmp_path / "preview/index.html").read_bytes() == (project / "index.html").read_bytes()
    assert (tmp_path / "preview/assets").is_dir()
    assert not (tmp_path / "preview/api/v4").exists()


HOME = ("index.html", b"home")
HOSTILE: dict[str, Callable[[], bytes]] = {
    "up": lambda: packed(HOME, ("../../up.html", b"x")),
    "absolute": lambda: packed(HOME, ("/tmp/up.html", b"x")),  # noqa: S108 - no file: a name in an archive
    "up in the middle": lambda: packed(HOME, ("a/../../up.html", b"x")),
    "link": lambda: packed(HOME, member("a.html", type=tarfile.SYMTYPE, linkname="/etc/passwd")),
    "hard link": lambda: packed(HOME, member("a.html", type=tarfile.LNKTYPE, linkname="index.html")),
    "link as folder": lambda: packed(HOME, member("a", type=tarfile.SYMTYPE, linkname="/"), ("a/tmp/x.html", b"x")),
    "device": lambda: packed(HOME, member("a.html", type=tarfile.CHRTYPE)),
    "pipe": lambda: packed(HOME, member("a.html", type=tarfile.FIFOTYPE)),
    "worker": lambda: packed(HOME, ("_worker.js", b"export default {}")),
    "worker in a folder": lambda: packed(HOME, ("_worker.js/index.js", b"export default {}")),
    "function": lambda: packed(HOME, ("functions/a.js", b"export default {}")),
    "redirects": lambda: packed(HOME, ("_redirects", b"/ https://evil.example")),
    "hidden": lambda: packed(HOME, (".git/config.txt", b"x")),
    "program": lambda: packed(HOME, ("a.exe", b"MZ")),
    "settings": lambda: packed(HOME, ("wrangler.toml", b"x")),
    "no ending": lambda: packed(HOME, ("a", b"x")),
    "backslash": lambda: packed(HOME, ("a\\..\\b.html", b"x")),
    "line break": lambda: packed(HOME, ("a\nnumber=8.html", b"x")),
    "twice": lambda: packed(HOME, ("A.html", b"x"), ("a.html", b"y")),
    "file as folder": lambda: packed(HOME, ("a.html", b"x"), ("a.html/b.html", b"x")),
    "long": lambda: packed(HOME, ("a" * 500 + ".html", b"x")),
    "no front page": lambda: packed(("a.html", b"x")),
    "large": lambda: packed(HOME, ("a.html", bytes(25 * 1024**2 + 1))),
    "many": lambda: packed(HOME, *[(f"{number}.html", b"") for number in range(20_000)]),
    "bomb": bomb,
    "two files": lambda: zipped(("site.tar", b""), ("other", b"")),
    "another name": lambda: packed(HOME, name="../site.tar"),
    "no tar": lambda: zipped(("site.tar", b"not a tar" * 1000)),
    "torn tar": lambda: zipped(("site.tar", packed(HOME)[:300])),
    "no zip": lambda: b"not a zip",
    "empty": lambda: b"",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_site_is_refused_and_leaves_nothing_outside(runner: Runner, what: str) -> None:
    runner.github.packed = HOSTILE[what]()
    done = runner.attempt("unpack", "preview")
    assert done.returncode == 1
    assert done.stderr.startswith("Refused: "), done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1, "no line of the log is a stranger's"
    assert runner.outputs() == {}, "so nothing is published, and no address told"
    assert not (runner.folder / "preview.zip").exists()
    beside = {file.name for file in runner.folder.iterdir()}
    assert beside <= {"preview", "event.json"}
    assert all(stat.S_ISREG(os.lstat(file).st_mode) for file in (runner.folder / "preview").rglob("*.html"))


def test_the_size_of_what_is_fetched_is_limited_too(runner: Runner) -> None:
    runner.github.packed = bytes(128 * 1024**2 + 1)
    assert runner.attempt("unpack", "preview").stderr == f"Refused: the artifact has more than {128 * 1024**2} bytes.\n"


def test_of_several_tries_the_last_is_shown_and_none_that_is_gone(runner: Runner) -> None:
    runner.github.artifacts = [
        {"id": 70, "name": "site", "expired": False},
        {"id": 71, "name": "site", "expired": False},
        {"id": 72, "name": "site", "expired": True},
    ]
    runner.run("unpack", "preview")
    assert runner.outputs()["artifact"] == "71"
    runner.github.artifacts = []
    assert runner.run("unpack", "other") == "There is nothing to show.\n"


def test_what_a_changed_program_made_is_not_published(runner: Runner) -> None:
    runner.github.add(7, PACKAGE, "templates/base.html")
    runner.run("unpack", "preview")
    assert runner.outputs()["publish"] == "false"


# --- Whom it is for


NOBODY: dict[str, dict[str, Any]] = {
    "it has moved on": {"head_sha": "older"},
    "another branch": {"head_branch": "other"},
    "another fork": {"head_repository": {"full_name": "evil/packages", "owner": {"login": "them"}}},
    "the fork is gone": {"head_repository": None},
    "it was stopped": {"conclusion": "cancelled"},
    "it was a push": {"event": "push"},
    "a branch that looks like a query": {"head_branch": "change&state=all#"},
}


@pytest.mark.parametrize("run", NOBODY.values(), ids=NOBODY)
def test_where_the_run_was_for_no_open_pull_request_nothing_is_done(runner: Runner, run: dict[str, Any]) -> None:
    assert runner.run("unpack", "preview", event=told(**run)) == "There is nothing to show.\n"
    assert runner.run("answer", event=told(**run)).startswith("There is nobody to answer")
    assert {method for method, _, _ in runner.github.asked} <= {"GET"}
    assert not (runner.folder / "preview").exists()


@pytest.mark.parametrize("of", [{"state": "closed"}, {"base": {"ref": "other"}}], ids=["closed", "into another branch"])
def test_a_pull_request_that_is_closed_or_leads_elsewhere_is_let_alone(runner: Runner, of: dict[str, Any]) -> None:
    runner.github.add(7, PACKAGE, **of)
    assert runner.run("answer").startswith("There is nobody to answer")


def test_one_that_moves_on_while_it_is_looked_at_is_let_alone(runner: Runner) -> None:
    runner.github.moves = True
    assert runner.run("answer").startswith("There is nobody to answer")
    assert runner.github.comments == []


def test_the_number_is_the_one_of_the_branch_and_commit_and_of_no_other(runner: Runner) -> None:
    runner.github.add(8, "builder/build.py", branch="other")
    runner.run("answer")
    assert runner.github.told("POST") == ["labels", "issues/7/labels", "issues/7/comments"]


# --- Labels


@pytest.mark.parametrize(
    ("files", "passed", "expected"),
    [
        ([("modified", PACKAGE)], True, {"routine"}),
        ([("added", PACKAGE)], True, {"routine"}),
        ([("modified", PACKAGE)], False, set()),
        ([("removed", PACKAGE)], True, set()),
        ([("renamed", PACKAGE)], True, set()),
        ([("modified", PACKAGE), ("modified", "data/packages/b.yaml")], True, set()),
        ([("modified", "data/grids/g.yaml")], True, {"grids"}),
        ([("modified", "data/grids/g.yaml"), ("added", "data/categories/c.yaml")], True, {"categories", "grids"}),
        ([("modified", "data/pages/about.md")], True, set()),
        ([("modified", "builder/build.py")], True, {"program"}),
        ([("modified", "data/site.yaml")], True, {"program"}),
        ([("modified", "data/schemas/package.json")], True, {"program"}),
        ([("added", ".github/workflows/x.yml"), ("modified", "data/grids/g.yaml")], True, {"grids", "program"}),
        ([("added", "data/packages/../../Makefile")], False, set()),
        ([("added", "data/packages.py")], True, {"program"}),
    ],
)
def test_labels_tell_what_is_touched_and_what_is_routine(
    runner: Runner, files: list[tuple[str, str]], expected: set[str], *, passed: bool
) -> None:
    runner.github.add(7, *[path for _, path in files])
    for told_of, (status, _) in zip(runner.github.files[7], files, strict=True):
        told_of["status"] = status
    runner.run("answer", event=told(conclusion="success" if passed else "failure"))
    assert {label["name"] for label in runner.github.pulls[7]["labels"]} == expected
    assert runner.github.labels == expected


def test_a_file_that_moves_counts_where_it_was_too(runner: Runner) -> None:
    runner.github.add(7, "data/pages/x.md")
    runner.github.files[7][0] |= {"status": "renamed", "previous_filename": "builder/build.py"}
    runner.run("answer")
    assert runner.github.pulls[7]["labels"] == [{"name": "program"}]


def test_labels_that_fit_no_more_are_taken_away_and_those_of_people_stay(runner: Runner) -> None:
    runner.github.add(7, "data/grids/g.yaml", labels=("routine", "please look", "grids"))
    runner.github.labels = {"grids"}
    runner.run("answer")
    assert runner.github.pulls[7]["labels"] == [{"name": "please look"}, {"name": "grids"}]
    assert runner.github.told("DELETE") == ["issues/7/labels/routine"]
    assert "labels" not in runner.github.told("POST")


def test_more_files_than_the_api_tells_of_are_no_data_alone(runner: Runner) -> None:
    runner.github.add(7, *[f"data/packages/p{number}.yaml" for number in range(250)])
    runner.run("answer")
    assert runner.github.pulls[7]["labels"] == []
    runner.github.pulls[7]["changed_files"] = 3001
    runner.run("answer")
    assert runner.github.pulls[7]["labels"] == [{"name": "program"}]


# --- The comment


def test_one_comment_is_written_and_then_edited(runner: Runner) -> None:
    runner.run("answer", ARTIFACT="70")
    [comment] = runner.github.comments
    assert comment["body"].startswith(f"{MARK}: edited, never written twice -->\n\n**All is well.**")
    assert f"About commit {COMMIT[:10]}" in comment["body"]
    assert f"https://github.com/{REPOSITORY}/actions/runs/5/artifacts/70" in comment["body"]
    runner.run("answer", ARTIFACT="70")
    assert runner.github.told("PATCH") == [], "what says the same is not written again"
    runner.run("answer", event=told(conclusion="failure"))
    assert [found["id"] for found in runner.github.comments] == [comment["id"]]
    assert "**Something is to be mended.**" in comment["body"]
    assert "artifacts" not in comment["body"]


def test_a_preview_is_linked_and_nothing_that_is_none(runner: Runner) -> None:
    runner.run("answer", ARTIFACT="70", PREVIEW="https://pull-7.packages.pages.dev")
    assert "(https://pull-7.packages.pages.dev)" in runner.github.comments[0]["body"]
    runner.run("answer", ARTIFACT="7) [x](y", PREVIEW="https://evil.example/)")
    body = runner.github.comments[0]["body"]
    assert "evil" not in body
    assert "[x]" not in body


def test_a_change_of_the_program_is_told_in_other_words(runner: Runner) -> None:
    runner.github.add(7, "builder/build.py")
    runner.run("answer", ARTIFACT="70")
    assert "read it before you open them" in runner.github.comments[0]["body"]
    runner.run("answer", event=told(conclusion="failure"))
    assert "**Something did not pass.**" in runner.github.comments[0]["body"]


def test_a_strangers_comment_with_our_mark_is_not_taken_for_ours(runner: Runner) -> None:
    theirs: list[dict[str, Any]] = [
        {"id": number, "user": {"login": "them"}, "body": f"{MARK}: edited"} for number in range(120)
    ]
    gone = [{"id": 500, "user": None, "body": "x"}]
    ours_of_another_kind = [{"id": 501, "user": BOT, "body": "The nightly refresh"}]
    runner.github.comments = [*theirs, *gone, *ours_of_another_kind]
    runner.run("answer")
    runner.run("answer", event=told(conclusion="failure"))
    assert len(runner.github.comments) == 123
    assert all(found["body"].startswith(f"{MARK}: edited") for found in theirs)
    assert "to be mended" in runner.github.comments[-1]["body"]


# --- The host


CLAIMS = {"max_file_count_allowed": 20_000, "exp": 9_999_999_999}
PROJECT = {"name": "packages", "production_branch": "main", "deployment_configs": {"production": {}, "preview": {}}}
DEPLOYED = {
    "id": "d1",
    "url": "https://1.packages.pages.dev",
    "project_name": "packages",
    "environment": "preview",
    "production_branch": "main",
    "aliases": ["https://packages.example.org", "https://pull-7.packages.pages.dev"],
    "latest_stage": {"name": "deploy", "status": "success"},
}


class Cloudflare(BaseHTTPRequestHandler):
    """Plays so much of Cloudflare's API as its own tool asks for when it publishes a folder."""

    asked: ClassVar[list[tuple[str, str, bytes]]] = []

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        what = self.path.partition("?")[0].removeprefix("/accounts/account/pages/projects/packages")
        self.asked.append((what, self.headers["Authorization"], body))
        token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in ({}, CLAIMS, {}))
        results = {"": PROJECT, "/upload-token": {"jwt": token}, "/deployments": DEPLOYED, "/deployments/d1": DEPLOYED}
        result = json.loads(body)["hashes"] if what == "/pages/assets/check-missing" else results.get(what)
        answer = json.dumps({"success": True, "errors": [], "messages": [], "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = _respond  # noqa: N815 - the server's names

    def log_message(self, *_: object) -> None:
        pass


def test_the_hosts_own_tool_publishes_the_folder_and_nothing_beside_it(tmp_path: Path) -> None:
    found("wrangler", tools())
    site = tmp_path / "preview"
    site.mkdir()
    (site / "index.html").write_text("<p>home</p>")
    with ThreadingHTTPServer(("127.0.0.1", 0), Cloudflare) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        environment = {
            "PATH": tools(),
            "HOME": str(tmp_path),
            "npm_config_registry": NOWHERE,  # where it would ask for a newer one of itself
            "CLOUDFLARE_API_BASE_URL": f"http://127.0.0.1:{server.server_port}",
            "CLOUDFLARE_ACCOUNT_ID": "account",
            "CLOUDFLARE_API_TOKEN": "t0ken",
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "PROJECT": "packages",
            "NUMBER": "7",
            "COMMIT": COMMIT,
        }
        command = [str(GITHUB / "publish-preview"), str(site)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
        server.shutdown()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "output").read_text() == "address=https://pull-7.packages.pages.dev\n"
    sent = {what: body for what, _, body in Cloudflare.asked}
    assert [file["value"] for file in json.loads(sent["/pages/assets/upload"])] == [
        base64.b64encode(b"<p>home</p>").decode()
    ]
    form = sent["/deployments"].decode()
    assert 'name="branch"\r\n\r\npull-7\r\n' in form
    assert f'name="commit_hash"\r\n\r\n{COMMIT}\r\n' in form
    assert "_worker" not in form
    assert "functions" not in form
