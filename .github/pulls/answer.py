"""What a pull request is told after its check: labels, and one comment that is edited and names the commit."""

import re

import pulls
from api import Api

MARK = "<!-- the answer of the check: edited, never written twice -->"
BOT = "github-actions[bot]"
_ADDRESS = re.compile(r"https://[a-z0-9.-]+\.pages\.dev/?")


def answer(artifact: str, preview: str) -> None:
    """Set labels and comment of the pull request that the run was for.

    Args:
        artifact: the number of the packed site, if it was found good.
        preview: where it is shown, if it is.
    """
    run, api = pulls.run_of_event(), Api()
    pull = run and pulls.find(api, run)
    if not run or not pull:
        print("There is nobody to answer: the pull request is closed, or has moved on.")
        return
    _label(api, pull)
    _comment(api, pull, comment(run, pull, artifact, preview))


def comment(run: pulls.Run, pull: pulls.Pull, artifact: str, preview: str) -> str:
    """Give the text: nothing in it is a contributor's."""
    lines = [MARK, *_verdict(run, pull)]
    if _ADDRESS.fullmatch(preview):
        lines.append(f"**[Look at the pages as they would be]({preview})**")
    elif artifact.isdecimal():
        page = f"{run.page.partition('/actions/')[0]}/actions/runs/{run.id}/artifacts/{artifact}"
        lines.append(
            f"[The pages as they would be]({page}), packed: unpack them twice, and run `python3 -m http.server` there."
        )
        if not pull.data_alone:
            lines.append("The program that made them is part of this change: read it before you open them.")
    lines.append(f"About commit {run.commit[:10]}; this comment is edited after every new one.")
    return "\n\n".join(lines)


def _verdict(run: pulls.Run, pull: pulls.Pull) -> list[str]:
    if run.passed:
        return [
            "**All is well.** Thank you! A maintainer looks at it next; there is nothing more for you to do.",
            f"What it changes on the site and in the API: [summary]({run.page}).",
        ]
    if not pull.data_alone:
        return [f"**Something did not pass.** [The run]({run.page}) says what: its summary, and the log of each job."]
    again = (
        "Edit the file again in this same pull request (Files changed, the three dots beside the file, Edit file). "
        "The check runs anew by itself; do not open another one. "
        "If the summary names nothing, it is not your doing: say so here."
    )
    told = f"[The summary]({run.page}) names each problem with its file, line and remedy."
    return [f"**Something is to be mended.** {told}", again]


def _label(api: Api, pull: pulls.Pull) -> None:
    """Set the labels of ours that are wanted, take away the others of ours, and leave people's alone."""
    missing = sorted(pull.wanted - pull.has)
    for name in missing:
        colour, words = pulls.LABELS[name]
        there = 422
        api.send("POST", "labels", {"name": name, "color": colour, "description": words}, allow=there)
    if missing:
        api.send("POST", f"issues/{pull.number}/labels", {"labels": missing})
    for name in sorted((pull.has & pulls.LABELS.keys()) - pull.wanted):
        gone = 404
        api.send("DELETE", f"issues/{pull.number}/labels/{name}", allow=gone)


def _comment(api: Api, pull: pulls.Pull, text: str) -> None:
    """Write the comment, or edit the one that is there; a stranger's with our mark is not ours."""
    ours = [
        found
        for found in api.every(f"issues/{pull.number}/comments")
        if found["user"] and found["user"]["login"] == BOT and found["body"].startswith(MARK)
    ]
    if not ours:
        api.send("POST", f"issues/{pull.number}/comments", {"body": text})
    elif ours[0]["body"] != text:
        api.send("PATCH", f"issues/comments/{ours[0]['id']}", {"body": text})
