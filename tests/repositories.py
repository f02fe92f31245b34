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


def git(root: Path, *arguments: str, when: str | None = None) -> str:
    """Run git in a folder, and give what it says; `when` is the date of a commit that it makes."""
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when} if when else {}
    ended = subprocess.run(  # noqa: S603 - the arguments are ours
        ["git", "-c", "init.defaultBranch=main", *arguments],  # noqa: S607 - the user's git is the one to try
        cwd=root,
        env=os.environ | OWN | dates,
        check=True,
        capture_output=True,
        text=True,
    )
    return ended.stdout.strip()


def commit(root: Path) -> str:
    """Commit all that lies in a folder, which becomes a repository if it is none; give the commit."""
    if not (root / ".git").exists():
        git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message=x")
    return git(root, "rev-parse", "HEAD")
