"""The program git, run where the data lies."""

import os
import subprocess
from pathlib import Path
from typing import Final

# A hook of git's has these set, for its own folder and not for the data's.
_OF_HOOKS: Final = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"}


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
