"""Plain git: real bare repositories, served by git's own http-backend, so that ls-remote and partial clones work."""

import os
import re
import subprocess
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from forges.exchange import Answer, Request, Route, Site, as_text

ISOLATED = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
"""What keeps git from the settings of whoever runs the tests."""


class Git(Site):
    """A host of nothing but git; `folder` holds its repositories, each in `<owner>/<name>.git`."""

    name = "git"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.routes = (
            Route("refs", "GET", re.compile(r"/.+/info/refs"), self._backend),
            Route("pack", "POST", re.compile(r"/.+/git-upload-pack"), self._backend),
        )

    def address(self, name: str) -> str:
        """Give the address of a repository, which is there once it is published."""
        return f"{self.base}/{name}.git"

    def publish(self, name: str, dates: Iterable[datetime], *, branch: str = "main") -> str:
        """Make a repository with a commit (and a file of its own) for each date, oldest first; give its address."""
        path = self.folder / f"{name}.git"
        path.mkdir(parents=True)
        self._git(path, "init", "--quiet", "--bare", f"--initial-branch={branch}")
        # Partial clones (--filter=blob:none) are off by default.
        self._git(path, "config", "uploadpack.allowFilter", "true")
        self.push(name, dates, branch=branch)
        return self.address(name)

    def push(self, name: str, dates: Iterable[datetime], *, branch: str = "main") -> None:
        """Add a commit for each date on top of a branch."""
        path = self.folder / f"{name}.git"
        onto = f"refs/heads/{branch}"
        begun = bool(self._git(path, "for-each-ref", onto))
        parts = [_commit(onto, number, date, begun=begun or number > 0) for number, date in enumerate(dates)]
        self._git(path, "fast-import", "--quiet", sent="".join(parts))

    def head(self, name: str, *, branch: str = "main") -> str:
        """Give the newest commit's id."""
        return self._git(self.folder / f"{name}.git", "rev-parse", f"refs/heads/{branch}").strip()

    def _git(self, path: Path, *command: str, sent: str | None = None) -> str:
        done = subprocess.run(  # noqa: S603 - git with our own words
            ["git", f"--git-dir={path}", *command],  # noqa: S607 - whichever git is on the path
            input=sent,
            env={**os.environ, **ISOLATED},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def _backend(self, request: Request, _match: re.Match[str]) -> Answer:
        """Let git's http-backend (a CGI program) answer."""
        _, _, query = request.target.partition("?")
        variables = {
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": request.path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": request.method,
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"],  # noqa: S607 - whichever git is on the path
            input=request.body,
            env={**os.environ, **ISOLATED, **variables},
            capture_output=True,
            check=False,
        )
        if not done.stdout:
            raise subprocess.CalledProcessError(done.returncode, done.args, stderr=done.stderr)
        # What it refuses to send, it says by breaking off.
        return _from_cgi(done.stdout)

    def nothing(self) -> Answer:
        """Answer where nothing is."""
        return as_text("Not Found", 404)


def _from_cgi(output: bytes) -> Answer:
    """Read what a CGI program wrote: headers, one of which may be the status, and the body."""
    head, _, body = output.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n"))
    status = int(headers.pop("Status", "200").split()[0])
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


def _commit(onto: str, number: int, date: datetime, *, begun: bool) -> str:
    """Give one commit in the language of git fast-import."""
    when = f"{int(date.timestamp())} +0000"
    text = f"Change of {when}, the {number}.\n"
    parent = f"from {onto}^0\n" if begun and number == 0 else ""
    return (
        f"commit {onto}\nauthor A. Person <a@example.org> {when}\ncommitter A. Person <a@example.org> {when}\n"
        f"data {len(text)}\n{text}{parent}M 100644 inline file-{int(date.timestamp())}-{number}\n"
        f"data {len(text)}\n{text}\n"
    )
