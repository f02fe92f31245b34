"""GitHub's REST API, by `gh api`: what is sent goes in as JSON on its standard input, never on a command line."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from builder.errors import UpstreamError
from builder.forms.words import MARK

BOT: Final = "github-actions[bot]"
"""Who comments with the token of a workflow's run."""
FORBIDDEN: Final = 403
INVALID: Final = 422
PAGES: Final = 20
"""Of comments that are looked through for ours, which comes right after the issue."""
_EACH: Final = 100
_STATUS: Final = re.compile(r"\(HTTP ([0-9]{3})\)")


class GitHubError(UpstreamError):
    """GitHub did not do what it was asked; `status` is that of HTTP, 0 where there was no answer."""

    def __init__(self, request: str, words: str) -> None:
        found = _STATUS.search(words)
        self.status = int(found[1]) if found else 0
        super().__init__(f"GitHub refused {request}: {' '.join(words.split()) or 'it said nothing'}")


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request of the branch: its number, and whether it is open, was merged, or was closed without that."""

    number: int
    is_open: bool
    is_merged: bool


@dataclass(frozen=True, slots=True)
class GitHub:
    """The repository `name` (`owner/name`)."""

    name: str

    def pull_request(self, branch: str) -> PullRequest | None:
        """Give the newest pull request of a branch of this repository."""
        head = f"{self.name.partition('/')[0]}:{branch}"
        found = self._ask("GET", f"pulls?state=all&sort=created&direction=desc&per_page=1&head={head}")
        return next((PullRequest(one["number"], one["state"] == "open", bool(one["merged_at"])) for one in found), None)

    def open_pull_request(self, branch: str, base: str, title: str, text: str) -> int | None:
        """Open a pull request, and give its number; None where the repository's settings let no workflow do so."""
        try:
            made = self._ask("POST", "pulls", {"head": branch, "base": base, "title": title, "body": text})
        except GitHubError as error:
            if error.status == FORBIDDEN:
                return None
            raise
        return int(made["number"])

    def edit_pull_request(self, number: int, title: str, text: str) -> None:
        """Give a pull request another title and text."""
        self._ask("PATCH", f"pulls/{number}", {"title": title, "body": text})

    def comment(self, issue: int, text: str) -> None:
        """Write our one comment on an issue, or write it anew; others' are left alone, whatever they say."""
        body = {"body": f"{MARK}\n{text}"}
        ours = next((one for one in self._comments(issue) if _is_ours(one)), None)
        if ours is None:
            self._ask("POST", f"issues/{issue}/comments", body)
        elif ours["body"] != body["body"]:
            self._ask("PATCH", f"issues/comments/{ours['id']}", body)

    def label(self, issue: int, names: Sequence[str]) -> None:
        """Add labels to an issue; those that the repository does not have are made."""
        for name in names:
            try:
                self._ask("POST", "labels", {"name": name})
            except GitHubError as error:
                if error.status != INVALID:  # that it is there already
                    raise
        self._ask("POST", f"issues/{issue}/labels", {"labels": list(names)})

    def _comments(self, issue: int) -> Iterator[Mapping[str, Any]]:
        for page in range(1, PAGES + 1):
            found = self._ask("GET", f"issues/{issue}/comments?per_page={_EACH}&page={page}")
            yield from found
            if len(found) < _EACH:
                return

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Ask, and give the answer.

        Raises:
            GitHubError: it was refused, or there was no answer.
        """
        command = ["gh", "api", "--method", method, f"repos/{self.name}/{path}"]
        given = None if body is None else json.dumps(body)
        ended = subprocess.run(  # noqa: S603 - a list, no line of a shell; what strangers wrote is in the input alone
            [*command, *([] if body is None else ["--input", "-"])],
            input=given,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if ended.returncode:
            raise GitHubError(f"{method} {path}", ended.stderr)
        return json.loads(ended.stdout)


def _is_ours(comment: Mapping[str, Any]) -> bool:
    user = comment["user"]  # null where the account is gone
    return bool(user) and user["login"] == BOT and str(comment["body"]).startswith(MARK)
