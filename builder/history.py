"""When each file under data/ was first and last committed: git is asked once, however many files there are.

Commits that `.git-blame-ignore-revs` names only wrote files in another form: who asks when a file was changed means
others. It is the file that `git blame` knows by its setting `blame.ignoreRevsFile`, and by which forges pass over such
commits; it stands at the root of the repository, and is read as the revision in question has it.
"""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from builder.catalogue import Dates
from builder.entries import show_value
from builder.errors import DataError, Problem, folder_name
from builder.repository import git

_LOG: Final = (
    *("-c", "core.quotepath=off", "-c", "log.showRoot=true", "log", "-z"),
    "-c",  # a merge has touched what it has from none of its parents
    *("--name-only", "--no-renames", "--no-relative", "--no-show-signature", "--no-color"),
)
_HEAD: Final = "--format=tformat:/%H %ct"  # no path that git prints begins with a slash

PASSED_OVER: Final = ".git-blame-ignore-revs"
_HASH: Final = re.compile("[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?")


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

    A file that only commits touched which are to be passed over has their dates, since it has no others; in a shallow
    clone it has none.

    Raises:
        DataError: git refuses, for example since the repository is another user's; or a line of `PASSED_OVER` names no
            commit.
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
    passed_over = _passed_over(data, revision)
    log = _answer(data, git(data, *_LOG, _HEAD, revision, "--", "."))
    folder = folder_name(data)
    touched: dict[bool, list[tuple[str, datetime]]] = {True: [], False: []}
    for path, when, commit in _touched(log, cut):
        touched[commit in passed_over].append((f"{folder}/{path.removeprefix(prefix)}", when))
    others = {} if cut else _dates(touched[True])  # a shallow clone may lack the commit that really changed a file
    return History(others | _dates(touched[False]), shallow == "true", prefix)


def strangers(data: Path) -> list[str]:
    """Give the commits that `PASSED_OVER` names and that are not in the history, which must be whole.

    They have no effect: mostly such a commit got another hash when it was rebased or squashed.
    """
    passed_over = _passed_over(data, "HEAD")
    known = set(_answer(data, git(data, "rev-list", "HEAD")).split()) if passed_over else set()
    return sorted(passed_over - known)


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


def _passed_over(data: Path, revision: str) -> set[str]:
    """Give the commits that a revision's `PASSED_OVER` names: a full hash a line, comments after a #, as git has it."""
    ended = git(data, "cat-file", "blob", f"{revision}:{PASSED_OVER}")
    lines = os.fsdecode(ended.stdout).split("\n") if ended.returncode == 0 else []
    named = {number: line.partition("#")[0].strip() for number, line in enumerate(lines, start=1)}
    hint = "Write the full hash of a commit, as git log tells it; comments begin with #."
    problems = [
        Problem(PASSED_OVER, number, 1, "history", "this names no commit", hint, value=show_value(word))
        for number, word in named.items()
        if word and not _HASH.fullmatch(word)
    ]
    if problems:
        raise DataError(problems)
    return {word.lower() for word in named.values() if word}


def _touched(log: str, cut: set[str]) -> Iterator[tuple[str, datetime, str]]:
    """Give each path that a commit touched, when, and the commit; newest first.

    After a commit's line, its first path has a line break before it, or an empty one comes first.
    """
    when: datetime | None = None
    commit = ""
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
            yield path, when, commit


def _moment(seconds: int) -> datetime | None:
    """Give a commit's date; None for one that is out of all bounds, which git lets pass."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _dates(touched: Iterable[tuple[str, datetime]]) -> dict[str, Dates]:
    """Give the earliest and the latest date of each path: commits are not always in the order of their dates."""
    firsts: dict[str, datetime] = {}
    lasts: dict[str, datetime] = {}
    for path, when in touched:
        firsts[path] = min(when, firsts.get(path, when))
        lasts[path] = max(when, lasts.get(path, when))
    return {path: Dates(first, lasts[path]) for path, first in firsts.items()}
