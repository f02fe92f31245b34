"""The one module that starts processes: git, for what can be told of a repository without its files.

Addresses come from pull requests, so nothing is trusted: no shell; https only; hosts on the list only; no redirect, no
password, no settings and no files of whoever runs this; and an end to time, size and memory.

Sources: git-ls-remote(1), git-clone(1), git-config(1), gitprotocol-v2(5).
"""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

from builder.derive import RepositoryName
from builder.upstreams import commits
from builder.upstreams.answers import FOR_GOOD, REASON, Unusable
from builder.upstreams.base import Failed, Gone, Setup, Waiting
from builder.upstreams.commits import Counted
from builder.upstreams.forges import NAME
from builder.upstreams.text import clean, clean_or_none
from builder.upstreams.transport import is_loopback, user_agent

_LOOK: Final = 0.2  # seconds between two looks at a process

# What is the operator's affair (proxies, certificates), and what a program needs to run at all. Nothing else of the
# environment reaches git: no token, and no GIT_ variable that could undo what stands here.
_PASSED: Final = frozenset(
    {
        *("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"),
        *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    }
)
_ENVIRONMENT: Final = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_SETTINGS: Final = (
    "core.askPass=",
    f"core.hooksPath={os.devnull}",
    "credential.helper=",
    "gc.auto=0",
    "http.followRedirects=false",
    "maintenance.auto=false",
    "protocol.allow=never",
    "transfer.bundleURI=false",
)
# Version 0 tells the refs in its first answer, all of them; version 2 takes a second request to tell the one.
_LOOK_AT_HEAD: Final = ("-c", "protocol.version=0", "ls-remote", "--symref")
_CLONE: Final = ("clone", "--quiet", "--bare", "--filter=blob:none", "--single-branch", "--no-tags", "--template=")

_STATUS: Final = re.compile(r"returned error: (\d{3})$", re.MULTILINE)
# The second and third are git's words for 401, which forges answer for a repository that they do not show.
_NOTHING: Final = re.compile(
    r"^fatal: (?:repository '.*' not found|could not read Username .*|Authentication failed .*)$", re.MULTILINE
)
_GONE: Final = frozenset({404, 410})
_ELSEWHERE: Final = range(300, 400)
_TOO_OFTEN: Final = 429
_UNABLE: Final = re.compile(r"^fatal: .*\bdoes not support\b", re.MULTILINE)
_HEAD: Final = re.compile(r"^([0-9a-f]{64}|[0-9a-f]{40})\tHEAD$", re.MULTILINE)
_BRANCH: Final = re.compile(r"^ref: refs/heads/(.+)\tHEAD$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class GitLimits:
    """Seconds for a look at a head and for a clone; bytes that a process may write, and bytes of memory at once."""

    look: float = 60
    clone: float = 180
    size: int = 64 * 1024 * 1024
    memory: int = 256 * 1024 * 1024


DEFAULT_GIT_LIMITS: Final = GitLimits()


class Head(NamedTuple):
    """A repository that is there, at its address; None for a commit or a branch that it does not name."""

    url: str
    commit: str | None
    branch: str | None


class History(NamedTuple):
    """The newest commit and its time, and commits per day; None for what the server cannot tell."""

    head: str
    last_commit: datetime | None = None
    counted: Counted | None = None


@dataclass(frozen=True, slots=True)
class _Broken:
    """A git that did not end well: what it said, and why it was stopped, if it was."""

    said: str
    stopped: Literal["", "late", "large"] = ""

    @property
    def status(self) -> int:
        """The server's status; 0 where git does not tell."""
        found = _STATUS.search(self.said)
        return int(found[1]) if found else 0

    @property
    def is_gone(self) -> bool:
        return self.status in _GONE or _NOTHING.search(self.said) is not None

    @property
    def is_for_good(self) -> bool:
        """Whether it would be the same another time."""
        return self.stopped == "large" or _UNABLE.search(self.said) is not None

    def outcome(self, url: str) -> Gone | Waiting | Failed:
        if self.is_gone:
            return Gone(clean(f"{url}: is not there, or not for everybody", REASON))
        if self.stopped:
            took = "took too long" if self.stopped == "late" else "is too large"
            return Failed(clean(f"{url}: {took}", REASON), for_good=self.stopped == "large")
        if self.status:
            says = clean(f"{url}: answered {self.status}", REASON)
            return Waiting(says) if self.status == _TOO_OFTEN else Failed(says, for_good=self.status in FOR_GOOD)
        # Advice may stand under what is wrong.
        lines = self.said.strip().splitlines() or ["nothing"]
        word = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
        return Failed(clean(f"{url}: git says: {word}", REASON))


class _Commit(NamedTuple):
    id: str
    committed: datetime | None


class Client:
    """Starts git, one process at a time, for repositories on the hosts of a list; `requests` counts what went out."""

    def __init__(self, bases: Mapping[str, str], setup: Setup, limits: GitLimits = DEFAULT_GIT_LIMITS) -> None:
        """Take, by host, the address that a repository's path is appended to."""
        self.requests = 0
        self._bases = bases
        self._budget = setup.budget
        self._limits = limits
        self._agent = user_agent(setup.settings.contact)

    def head(self, name: RepositoryName) -> Head | Unusable:
        """Look whether a repository is there, under its name or with the `.git` that some hosts want."""
        base = self._bases.get(name.host)
        if base is None or not _may_be_called(base):
            return Failed(clean(f"{name.host} may not be asked", REASON))
        first = self._head(f"{base}/{name.path}")
        if not isinstance(first, _Broken):
            return first
        if first.is_gone or first.status in _ELSEWHERE:
            second = self._head(f"{base}/{name.path}.git")
            if not isinstance(second, _Broken):
                return second
            if not second.is_gone:
                return second.outcome(name.url)
        return first.outcome(name.url)

    def _head(self, url: str) -> Head | Waiting | _Broken:
        with _folder() as folder:
            said = self._send(folder, url, self._limits.look, *_LOOK_AT_HEAD, "--", url, "HEAD")
        if not isinstance(said, str):
            return said
        commit, branch = _HEAD.search(said), _BRANCH.search(said)
        return Head(url, commit[1] if commit else None, clean_or_none(branch[1], NAME) if branch else None)

    def history(self, url: str, head: str, since: date) -> History | Unusable:
        """Give the commits of the default branch from a day on; less where the server cannot send so much.

        A server refuses to send nothing, and in many words: whether that is why, the newest commit's date tells.
        """
        found = self._commits(url, f"--shallow-since={since}T00:00:00Z")
        if isinstance(found, list):
            moments = (commit.committed for commit in found if commit.committed)
            return History(found[0].id, found[0].committed, Counted(since, commits.per_day(moments)))
        if isinstance(found, Waiting) or found.stopped == "late":
            return found if isinstance(found, Waiting) else found.outcome(url)
        newest = self._commits(url, "--depth=1")
        if isinstance(newest, Waiting):
            return newest
        if isinstance(newest, _Broken):
            return History(head) if found.is_for_good and newest.is_for_good else newest.outcome(url)
        commit = newest[0]
        if commit.committed and commits.day(commit.committed) < since:
            return History(commit.id, commit.committed, Counted(since, {}))
        return History(commit.id, commit.committed) if found.is_for_good else found.outcome(url)

    def _commits(self, url: str, depth: str) -> list[_Commit] | Waiting | _Broken:
        """Clone without files, and give the commits, the head first."""
        with _folder() as folder:
            said = self._send(folder, url, self._limits.clone, *_CLONE, depth, "--", url, "clone")
            if isinstance(said, str):
                said = self._run(folder, self._limits.look, (), "--git-dir=clone", "log", "--format=%H %ct")
        if not isinstance(said, str):
            return said
        pairs = (line.partition(" ") for line in said.splitlines())
        return [_Commit(commit, _moment(seconds)) for commit, _, seconds in pairs] or _Broken("has no commit")

    def _send(self, folder: Path, url: str, seconds: float, *command: str) -> str | Waiting | _Broken:
        """Run a git that calls its host, if the budget has a request left."""
        if reason := self._budget.spend():
            return Waiting(reason)
        self.requests += 1
        settings = (f"protocol.{urlsplit(url).scheme}.allow=always", f"http.userAgent={self._agent}")
        return self._run(folder, seconds, settings, *command)

    def _run(self, folder: Path, seconds: float, settings: tuple[str, ...], *command: str) -> str | _Broken:
        """Run git in a folder, where all lands that it writes, its words included; give its output."""
        options = (part for setting in (*_SETTINGS, *settings) for part in ("-c", setting))
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            try:
                process = subprocess.Popen(  # noqa: S603 - no shell, and no word of a stranger but a checked address
                    ["git", *options, *command],  # noqa: S607 - whichever git is on the path
                    cwd=folder,
                    env=self._environment(folder),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
            except OSError as error:
                return _Broken(f"git cannot be started: {error.strerror}")
            stopped = self._watch(process, folder, seconds)
        said, complaint = (
            (folder / name).read_bytes()[: self._limits.size].decode(errors="replace") for name in ("out", "err")
        )
        return said if process.returncode == 0 and not stopped else _Broken(complaint, stopped)

    def _environment(self, folder: Path) -> dict[str, str]:
        passed = {name: value for name, value in os.environ.items() if name in _PASSED}
        # One object of a few bytes may unpack to as many as it likes.
        limits = {"GIT_ALLOC_LIMIT": str(self._limits.memory)}
        place = {"HOME": str(folder), "GIT_CEILING_DIRECTORIES": str(folder.parent)}
        return {**passed, **_ENVIRONMENT, **limits, **place}

    def _watch(self, process: subprocess.Popen[bytes], folder: Path, seconds: float) -> Literal["", "late", "large"]:
        """Wait for the end of a process; end it, and all that it started, when it takes too long or writes too much."""
        until = time.monotonic() + seconds
        try:
            while process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(min(_LOOK, seconds))
                if _size(folder) > self._limits.size:
                    return "large"
                if process.returncode is None and time.monotonic() > until:
                    return "late"
        finally:
            _end(process)
        return ""


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards, by the path that git sees."""
    with tempfile.TemporaryDirectory(prefix="static-packages-", ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


def _may_be_called(base: str) -> bool:
    parts = urlsplit(base)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _moment(seconds: str) -> datetime | None:
    """Read a time of git; None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _size(folder: Path) -> int:
    """Add up the files under a folder, which come and go meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.lstat(Path(place, name)).st_size
    return total


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process group that still runs, and wait for it."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
