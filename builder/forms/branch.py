"""A branch with one commit: made of git's objects, so that no file of the checkout is touched, and pushed.

Nothing of a form is part of its name. It is ours as long as its newest commit is: what a person put there stays.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from builder.errors import BuilderError

NAME: Final = "Forms"
EMAIL: Final = "forms@users.noreply.github.com"
_IDENTITY: Final = {
    "GIT_AUTHOR_NAME": NAME,
    "GIT_AUTHOR_EMAIL": EMAIL,
    "GIT_COMMITTER_NAME": NAME,
    "GIT_COMMITTER_EMAIL": EMAIL,
}


class GitError(BuilderError):
    """Git did not do what it was asked."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch `name` of the remote `origin`, made from the checkout at `root`."""

    root: Path
    name: str

    def push(self, path: str, body: bytes, message: str) -> bool:
        """Let the branch be what is checked out and one commit more, with `body` as the file `path` (from the root).

        Tells whether it is so now: False where a person has changed the branch.

        Raises:
            GitError: git refuses, for example since somebody pushed in the meantime.
        """
        tree = self._tree(path, body)
        tip = self._git("ls-remote", "origin", f"refs/heads/{self.name}").partition("\t")[0]
        if tip:
            self._git("fetch", "--quiet", "--depth=1", "--no-tags", "origin", tip)
            committer, there = self._git("log", "-1", "--format=%ce %T", tip).rsplit(" ", 1)
            if committer != EMAIL:
                return False
            if there == tree:
                return True
        commit = self._git("commit-tree", tree, "-p", "HEAD", given=message.encode())
        lease = f"--force-with-lease=refs/heads/{self.name}:{tip}"  # an empty one: that there is none
        self._git("push", "--quiet", lease, "origin", f"{commit}:refs/heads/{self.name}")
        return True

    def _tree(self, path: str, body: bytes) -> str:
        """Give the tree of what is checked out, with a file in it."""
        blob = self._git("hash-object", "-w", "--stdin", given=body)
        with TemporaryDirectory() as folder:
            index = str(Path(folder) / "index")
            self._git("read-tree", "HEAD", index=index)
            self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", index=index)
            return self._git("write-tree", index=index)

    def _git(self, *arguments: str, given: bytes = b"", index: str | None = None) -> str:
        environment = os.environ | _IDENTITY | ({} if index is None else {"GIT_INDEX_FILE": index})
        ended = subprocess.run(  # noqa: S603 - a list, no line of a shell; what strangers wrote is in the input alone
            ["git", *arguments],  # noqa: S607 - where git lies is the machine's affair
            cwd=self.root,
            env=environment,
            input=given,
            capture_output=True,
            check=False,
        )
        if ended.returncode:
            words = " ".join(os.fsdecode(ended.stderr).split())
            raise GitError(f"git {arguments[0]} failed: {words}")
        return os.fsdecode(ended.stdout).removesuffix("\n")
