"""Plays so much of GitHub's API on loopback as the answer to a pull request needs, and a store for artifacts."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "example/packages"
TOKEN = "t0ken"  # noqa: S105 - nobody's
COMMIT = "c0ffee" * 6 + "beef"
BOT = {"login": "github-actions[bot]"}


@dataclass
class Github:
    """The state of the repository. `asked` is what was sent: method, path and body."""

    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    packed: bytes = b""
    store: str = ""
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    of_store: list[str | None] = field(default_factory=list)
    moves: bool = False

    def add(self, number: int, *paths: str, branch: str = "change", labels: tuple[str, ...] = (), **of: Any) -> None:  # noqa: ANN401 - of the JSON
        """Add an open pull request of somebody's fork that edits these files."""
        self.files[number] = [{"filename": path, "status": "modified"} for path in paths]
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "head": {"sha": COMMIT, "ref": branch, "label": f"them:{branch}", "repo": {"full_name": "them/packages"}},
            "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
            "labels": [{"name": label} for label in labels],
            "changed_files": len(paths),
        } | of

    def told(self, method: str) -> list[str]:
        """Give the paths that a method was used on."""
        return [path for used, path, _ in self.asked if used == method]

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:  # noqa: ANN401 - JSON
        """Give status and body."""
        match method, path.strip("/").split("/"):
            case "GET", ["pulls"]:
                found = [pull for pull in self.pulls.values() if self._fits(pull, query)]
                return 200, _page(found, query)
            case "GET", ["pulls", number]:
                return 200, self.pulls[int(number)]
            case "GET", ["pulls", number, "files"]:
                if self.moves:
                    self.pulls[int(number)]["head"]["sha"] = "another"
                return 200, _page(self.files[int(number)], query)
            case "GET", ["actions", "runs", "5", "artifacts"]:
                named = [found for found in self.artifacts if found["name"] == query["name"]]
                return 200, {"total_count": len(named), "artifacts": _page(named, query)}
        return self._of_issues(method, path, query, body)

    def _of_issues(  # noqa: PLR0911 - an answer for each address
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: Any,  # noqa: ANN401 - JSON
    ) -> tuple[int, Any]:
        match method, path.strip("/").split("/"):
            case "GET", ["issues", _, "comments"]:
                return 200, _page(self.comments, query)
            case "POST", ["issues", _, "comments"]:
                self.comments.append({"id": 1000 + len(self.comments), "user": BOT, "body": body["body"]})
                return 201, self.comments[-1]
            case "PATCH", ["issues", "comments", number]:
                [found] = [comment for comment in self.comments if comment["id"] == int(number)]
                found["body"] = body["body"]
                return 200, found
            case "POST", ["labels"]:
                status = 422 if body["name"] in self.labels else 201
                self.labels.add(body["name"])
                return status, {}
            case "POST", ["issues", number, "labels"]:
                self.pulls[int(number)]["labels"] += [{"name": name} for name in body["labels"]]
                return 200, []
            case "DELETE", ["issues", number, "labels", name]:
                self.pulls[int(number)]["labels"].remove({"name": name})
                return 200, []
        return 404, {}

    def _fits(self, pull: dict[str, Any], query: dict[str, str]) -> bool:
        asked = (query["state"], query["head"], query["base"])
        return (pull["state"], pull["head"]["label"], pull["base"]["ref"]) == asked


def _page(items: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    size = int(query["per_page"])
    return items[(int(query["page"]) - 1) * size :][:size]


class _Connection(BaseHTTPRequestHandler):
    github: Github

    def _respond(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/store":
            self.github.of_store.append(self.headers["Authorization"])
            return self._send(200, self.github.packed)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self._send(401, b"{}")
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        length = int(self.headers["Content-Length"] or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        path = address.path.removeprefix(f"/repos/{REPOSITORY}/")
        self.github.asked.append((self.command, path, body))
        if path.endswith("/zip"):
            return self._send(302, b"", Location=f"{self.github.store}/store")
        status, answer = self.github.answer(self.command, path, query, body)
        return self._send(status, json.dumps(answer).encode())

    do_GET = do_POST = do_PATCH = do_DELETE = _respond  # noqa: N815 - the server's names

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(github: Github) -> Iterator[str]:
    """Run it, and give its address."""
    handler = type("Handler", (_Connection,), {"github": github})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        github.store = f"http://127.0.0.1:{server.server_port}"
        try:
            yield github.store
        finally:
            server.shutdown()
            thread.join()
