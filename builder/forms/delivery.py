"""What was decided of a form is done: a branch, its pull request, labels, and the one comment on the issue."""

import os
from pathlib import Path

from builder import history
from builder.changes.revisions import prefix
from builder.forms import propose, words
from builder.forms.branch import Branch
from builder.forms.event import Event, Issue
from builder.forms.event import read as read_event
from builder.forms.github import GitHub
from builder.forms.known import Find, offline
from builder.forms.outcome import Answer, Proposal
from builder.forms.table import LABEL


def answer(event_file: Path, folder: Path, find: Find = offline) -> str:
    """Read the event of an issue, decide by the data in `folder`, a checkout's, and do it; give what was done.

    `find` is as in `propose`. What is given holds no word of a stranger.

    Raises:
        BuilderError: the event or the data cannot be read, or git or GitHub refused.
    """
    event = read_event(event_file)
    outcome = propose(event, folder, find)
    if outcome is None:
        return "Nothing is to be done."
    github = GitHub(event.repository.full_name)
    if isinstance(outcome, Answer):
        there = github.pull_request(branch_name(event.issue.number))
        stays = f"\n\n{words.stays(there.number)}" if there and there.is_open else ""
        return _say(github, event.issue, Answer(outcome.text + stays, outcome.labels))
    return _deliver(github, event, outcome, folder)


def branch_name(issue: int) -> str:
    """Give the branch for an issue: always the same, so that an edit changes the pull request that is there."""
    return f"form/{issue}"


def _say(github: GitHub, issue: Issue, said: Answer) -> str:
    there = {label.name for label in issue.labels}
    if new := [name for name in said.labels if name not in there]:
        github.label(issue.number, new)
    github.comment(issue.number, said.text)
    return f"Issue {issue.number} was answered."


def _deliver(github: GitHub, event: Event, proposal: Proposal, folder: Path) -> str:
    """Push the branch, and open its pull request or change that which is open."""
    issue, name = event.issue, branch_name(event.issue.number)
    there = github.pull_request(name)
    if there and not there.is_open and not there.is_merged:
        return _say(github, issue, Answer(words.closed(there.number)))
    root = Path(os.fsdecode(history.answer(folder, "rev-parse", "--show-toplevel")).removesuffix("\n"))
    if not Branch(root, name).push(prefix(folder) + proposal.path, proposal.body, _message(issue, proposal)):
        return _say(github, issue, Answer(words.taken(name)))
    if there and there.is_open:
        github.edit_pull_request(there.number, proposal.title, proposal.text)
        number: int | None = there.number
    else:
        number = github.open_pull_request(name, event.repository.default_branch, proposal.title, proposal.text)
    text = words.proposed(number) if number else words.pushed(_compare(event, name))
    return _say(github, issue, Answer(text, (LABEL,)))


def _compare(event: Event, branch: str) -> str:
    """Give the address at which a person opens the pull request."""
    repository = event.repository
    return f"{repository.html_url}/compare/{repository.default_branch}...{branch}?expand=1"


def _message(issue: Issue, proposal: Proposal) -> str:
    """Give the commit's message; who filled in the form is named as an author, in the way that GitHub knows."""
    lines = [proposal.title, "", f"Proposed by a form in #{issue.number}."]
    if user := issue.user:
        lines += ["", f"Co-authored-by: {user.login} <{user.id}+{user.login}@users.noreply.github.com>"]
    return "\n".join(lines) + "\n"
