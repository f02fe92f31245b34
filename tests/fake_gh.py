"""`gh api` for one repository, kept in the JSON file that GH_STATE names.

As far as builder.forms.github asks: the parameters, the bodies and the refusals are those of GitHub's REST API (its
OpenAPI description, 2022-11-28). What it does not know is a fault, which stops it with exit code 99.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

STATE = Path(os.environ.get("GH_STATE", os.devnull))
NEW: dict[str, Any] = {"comments": [], "pulls": [], "labels": [], "on_issues": {}, "asked": [], "refused": {}}

LISTED = {
    "pulls": {"state": "open|closed|all", "head": r"[\w-]+:.+", "sort": "created|updated", "direction": "asc|desc"},
    "comments": {"since": ".+"},
}
PAGED = {"per_page": "[1-9][0-9]?|100", "page": "[1-9][0-9]*"}
BODIES: dict[str, dict[str, tuple[type, bool]]] = {
    "POST pulls": {"title": (str, True), "head": (str, True), "base": (str, True), "body": (str, False)},
    "PATCH pulls/N": {"title": (str, False), "body": (str, False), "state": (str, False), "base": (str, False)},
    "POST issues/N/comments": {"body": (str, True)},
    "PATCH issues/comments/N": {"body": (str, True)},
    "POST labels": {"name": (str, True), "color": (str, False), "description": (str, False)},
    "POST issues/N/labels": {"labels": (list, True)},
}


class RefusedError(Exception):
    """What GitHub answers with an error of HTTP."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def fail(words: str) -> NoReturn:
    sys.stderr.write(f"This is not asked as GitHub wants it: {words}\n")
    sys.exit(99)


def answer(state: dict[str, Any], method: str, path: str, body: Any) -> Any:  # noqa: ANN401 - JSON
    parts = urlsplit(path)
    kind = f"{method} {re.sub(r'[0-9]+', 'N', parts.path)}"
    if refusal := state["refused"].get(kind):
        raise RefusedError(*refusal)
    if method == "GET":
        return listed(state, parts.path, dict(parse_qsl(parts.query, strict_parsing=True)))
    rules = BODIES.get(kind) or fail(kind)
    if set(body) - set(rules) or any(type(body.get(key)) is not of for key, (of, needed) in rules.items() if needed):
        fail(f"{kind} {body}")
    number = int((re.findall("[0-9]+", parts.path) or ["0"])[0])
    return CHANGES[kind](state, number, body)


def listed(state: dict[str, Any], path: str, query: dict[str, str]) -> list[Any]:
    name = "comments" if re.fullmatch(r"issues/[0-9]+/comments", path) else path
    rules = LISTED[name] | PAGED
    if not all(key in rules and re.fullmatch(rules[key], value) for key, value in query.items()):
        fail(f"{path} {query}")
    found = list(state[name])
    if name == "pulls":
        head = query["head"].partition(":")[2]
        found = [one for one in reversed(found) if one["head"] == head and query["state"] in {"all", one["state"]}]
    each, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return found[(page - 1) * each : page * each]


def open_pull(state: dict[str, Any], _: int, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    if any(one["state"] == "open" and one["head"] == body["head"] for one in state["pulls"]):
        raise RefusedError(422, "Validation Failed")
    number = 57 + len(state["pulls"])
    state["pulls"].append(body | {"number": number, "state": "open", "merged_at": None})
    return state["pulls"][-1]


def edit_pull(state: dict[str, Any], number: int, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    [found] = [one for one in state["pulls"] if one["number"] == number]
    found.update(body)
    return found


def comment(state: dict[str, Any], _: int, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    user = {"login": "github-actions[bot]", "type": "Bot"}
    state["comments"].append(body | {"id": 900 + len(state["comments"]), "user": user})
    return state["comments"][-1]


def edit_comment(state: dict[str, Any], number: int, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    [found] = [one for one in state["comments"] if one["id"] == number]
    found.update(body)
    return found


def make_label(state: dict[str, Any], _: int, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    if body["name"] in state["labels"]:
        raise RefusedError(422, "Validation Failed")
    state["labels"].append(body["name"])
    return body


def put_labels(state: dict[str, Any], number: int, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    if not set(body["labels"]) <= set(state["labels"]):
        fail("a label that is not there")
    there = state["on_issues"].setdefault(str(number), [])
    there += [name for name in body["labels"] if name not in there]
    return there


CHANGES = {
    "POST pulls": open_pull,
    "PATCH pulls/N": edit_pull,
    "POST issues/N/comments": comment,
    "PATCH issues/comments/N": edit_comment,
    "POST labels": make_label,
    "POST issues/N/labels": put_labels,
}


def main(command: str, flag: str, method: str, path: str, *rest: str) -> None:
    if (command, flag) != ("api", "--method") or rest not in {(), ("--input", "-")}:
        fail(" ".join(sys.argv[1:]))
    state = NEW | (json.loads(STATE.read_text(encoding="utf-8")) if STATE.exists() else {})
    body = json.load(sys.stdin) if rest else None
    if not path.startswith("repos/example/packages/"):
        fail(path)
    path = path.removeprefix("repos/example/packages/")
    state["asked"].append(f"{method} {path.partition('?')[0]}")
    try:
        said = answer(state, method, path, body)
        sys.stdout.write(json.dumps(said))
    except RefusedError as error:
        sys.stdout.write(json.dumps({"message": str(error)}))
        sys.stderr.write(f"gh: {error} (HTTP {error.status})\n")
        sys.exit(1)
    finally:
        STATE.write_text(json.dumps(state), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
