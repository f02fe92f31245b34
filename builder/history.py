"""When each file under data/ was first and last committed: git is asked once, however many files there are."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from builder.catalogue import Dates
from builder.errors import DataError, Problem, folder_name

_LOG: Final = (
    *("-c", "core.quotepath=off", "-c", "log.showRoot=true", "log", "-z"),
    "-c",  # a merge has touched what it has from none of its parents
    *("--name-only", "--no-renames", "--no-relative", "--no-show-signature", "--no-color"),
)
_HEAD: Final = "--format=tformat:/%H %ct"  # no path that git prints begins with a slash

# A hook of git's has these set, for its own folder and not for the data's.
_OF_HOOKS: Final = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"}


@dataclass(frozen=True, slots=True)
class History:
    """Committer dates of files, by path as in `builder.entries` (`data/packages/x.yaml`); removed files are among them.

    In a shallow clone (`shallow`) a first date may be too late, and what its oldest commits brought has none.
    `prefix` is the data folder's path inside its repository, as git gives it: `sites/one/data/`, "" where the folder
    is the repository itself; None where there is none.
    """

    dates: Mapping[str, Dates] = field(default_factory=dict)
    shallow: bool = False
    prefix: str | None = None


def read(data: Path, revision: str = "HEAD") -> History:
    """Read the history of the data folder as `revision` has it; no dates without git, repository or commit.

    Raises:
        DataError: git refuses, for example since the repository is another user's.
    """
    try:
        about = git(data, "rev-parse", "--is-shallow-repository", "--show-prefix")
    except (FileNotFoundError, NotADirectoryError):  # of git, or of the folder
        return History()
    if about.returncode and b"not a git repository" in about.stderr:
        return History()
    shallow, _, prefix = _answer(data, about).partition("\n")
    if git(data, "rev-parse", "--quiet", "--verify", revision).returncode:
        return History(prefix=prefix)
    cut = _cut(data) if shallow == "true" else set()
    log = _answer(data, git(data, *_LOG, _HEAD, revision, "--", "."))
    folder = folder_name(data)
    touched = ((f"{folder}/{path.removeprefix(prefix)}", when) for path, when in _touched(log, cut))
    return History(_dates(touched), shallow == "true", prefix)


def git(data: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in the data folder, `given` on its standard input; its messages in English.

    Raises:
        OSError: there is no git, or no such folder.
    """
    plain = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    return subprocess.run(  # noqa: S603 - the arguments are ours
        ["git", *arguments],  # noqa: S607 - where git lies is the user's affair
        cwd=data,
        env=plain | {"LC_ALL": "C"},
        input=given,
        capture_output=True,
        check=False,
    )


def answer(data: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Give what git writes when it is asked in the data folder.

    Raises:
        DataError: it refuses.
    """
    ended = git(data, *arguments, given=given)
    _answer(data, ended)
    return ended.stdout


def _answer(data: Path, ended: subprocess.CompletedProcess[bytes]) -> str:
    if ended.returncode:
        words = " ".join(os.fsdecode(ended.stderr).removeprefix("fatal: ").split())
        hint = "The dates of the files come from git: do what it says above, and build again."
        raise DataError([Problem(folder_name(data), 0, 0, "history", f"git gives no history: {words}", hint)])
    return os.fsdecode(ended.stdout).removesuffix("\n")


def _cut(data: Path) -> set[str]:
    """Give the commits at which a shallow clone was cut: they seem to bring every file there was."""
    file = data / _answer(data, git(data, "rev-parse", "--git-path", "shallow"))
    return set(file.read_text().split())


def _touched(log: str, cut: set[str]) -> Iterator[tuple[str, datetime]]:
    """Give each path that a commit touched, and when; newest first.

    After a commit's line, its first path has a line break before it, or an empty one comes first.
    """
    when: datetime | None = None
    first = False
    for text in log.split("\0"):
        if text.startswith("/"):
            commit, _, seconds = text[1:].partition(" ")
            when = None if commit in cut else _moment(int(seconds))
            first = True
            continue
        path = text.removeprefix("\n") if first else text
        first = False
        if path and when:
            yield path, when


def _moment(seconds: int) -> datetime | None:
    """Give a commit's date; None for one that is out of all bounds, which git lets pass."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _dates(touched: Iterator[tuple[str, datetime]]) -> dict[str, Dates]:
    """Give the earliest and the latest date of each path: commits are not always in the order of their dates."""
    firsts: dict[str, datetime] = {}
    lasts: dict[str, datetime] = {}
    for path, when in touched:
        firsts[path] = min(when, firsts.get(path, when))
        lasts[path] = max(when, lasts.get(path, when))
    return {path: Dates(first, lasts[path]) for path, first in firsts.items()}
