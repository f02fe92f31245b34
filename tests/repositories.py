"""A git repository made for a test: its own configuration, whatever the machine's is."""

import os
import subprocess
from pathlib import Path

OWN = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(root: Path, *arguments: str) -> str:
    """Run git in a folder, and give what it says."""
    ended = subprocess.run(  # noqa: S603 - the arguments are ours
        ["git", *arguments],  # noqa: S607 - the user's git is the one to try
        cwd=root,
        env=os.environ | OWN,
        check=True,
        capture_output=True,
        text=True,
    )
    return ended.stdout.strip()


def commit(root: Path) -> str:
    """Commit all that lies in a folder, which becomes a repository if it is none; give the commit."""
    if not (root / ".git").exists():
        git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message=x")
    return git(root, "rev-parse", "HEAD")
