"""PyPI on loopback: it plays by PyPI's rules over recorded answers, and fails as it is told to.

What lies in tests/upstreams/pypi/ is what it knows: `<name>.json` is the description, `<name>.simple.json` the file
list. A project with neither was deleted; one with a file list only is quarantined, or has no release. The rules by
which it answers stand in `forges.pypi`.
"""

import gzip
import json
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from forges.exchange import Request
from forges.pypi import QUARANTINED, PyPI, Shelf, listing_of

RECORDED = Path(__file__).parent / "upstreams" / "pypi"


@dataclass(frozen=True)
class Reply:
    """An answer, good or bad. `declared` is put into Content-Length; -1 leaves the length to the end of the stream."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    declared: int | None = None


Script = Reply | Callable[["_Conversation"], None]


def failing(status: int, **headers: str) -> Reply:
    return Reply(status, b"<html>sorry</html>", {name.replace("_", "-"): value for name, value in headers.items()})


def redirect(to: str, status: int = 301) -> Reply:
    return Reply(status, b"", {"Location": to})


def torn_gzip(body: bytes, keep: float = 0.5) -> Reply:
    """Give a gzip stream that ends in the middle, of a length that agrees with nothing: HTTP sees no fault in it."""
    whole = gzip.compress(body)
    return Reply(body=whole[: int(len(whole) * keep)], headers={"Content-Encoding": "gzip"}, declared=-1)


def short(body: bytes) -> Reply:
    """Give a body that ends before its declared length."""
    return Reply(body=body, declared=len(body) + 100)


def silence(conversation: "_Conversation") -> None:
    """Say nothing until the server closes."""
    conversation.server_of.closing.wait(30)


def drip(conversation: "_Conversation") -> None:
    """Send a body byte for byte, without an end, as long as anybody listens."""
    conversation.start(Reply(declared=-1))
    while not conversation.server_of.closing.wait(0.001):
        conversation.wfile.write(b" ")
        conversation.wfile.flush()


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are sent apart; else the body waits for the other side
    server_of: "PyPIServer"

    def do_GET(self) -> None:
        self.server_of.requests.append((self.path, dict(self.headers.items())))
        scripts = self.server_of.scripts.get(self.path)
        script = scripts.popleft() if scripts else self.server_of.answer(self.path, self.headers.get("Accept", ""))
        try:
            if isinstance(script, Reply):
                self.say(script)
            else:
                script(self)
                self.close_connection = True
        except ConnectionError:  # whoever asked went away, as it may
            self.close_connection = True

    def say(self, reply: Reply) -> None:
        if reply.status == 200 and not reply.headers and "gzip" in self.headers.get("Accept-Encoding", ""):
            headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
            reply = Reply(200, gzip.compress(reply.body), headers, reply.declared)
        self.start(reply)
        self.wfile.write(reply.body)

    def start(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.declared is not None:
            self.close_connection = True
        if reply.declared != -1:
            self.send_header("Content-Length", str(len(reply.body) if reply.declared is None else reply.declared))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as it is inherited
        """Keep quiet."""


class _Listener(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as it is inherited
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class PyPIServer:
    """`url` is its address; `requests` are paths and headers of what came in, in order.

    It has what was recorded, or another shelf.
    """

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._site = PyPI(self if shelf is None else shelf)
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.scripts: dict[str, deque[Script]] = {}
        self.files: dict[str, bytes] = {file.name: file.read_bytes() for file in RECORDED.glob("*.json")}
        self.closing = threading.Event()
        self._server = _Listener(("127.0.0.1", 0), type("Talk", (_Conversation,), {"server_of": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, path: str, *scripts: Script) -> None:
        """Answer the next requests for a path so, one each; afterwards by the rules again."""
        self.scripts.setdefault(path, deque()).extend(scripts)

    def edit(self, file: str, **changes: Any) -> None:  # noqa: ANN401 - JSON
        """Change keys of a recorded answer."""
        self.files[file] = json.dumps(json.loads(self.files[file]) | changes).encode()

    def answer(self, path: str, accept: str) -> Reply:
        """Answer by PyPI's rules."""
        answer = self._site.answer(Request("GET", path, {"accept": accept}))
        is_json = answer.status == 200 and "json" in answer.headers["content-type"]
        return Reply(body=answer.body) if is_json else Reply(answer.status, answer.body, answer.headers)

    def description(self, name: str) -> bytes | None:
        return self.files.get(f"{name}.json")

    def file_list(self, name: str) -> bytes | None:
        return self.files.get(f"{name}.simple.json")

    def listing(self) -> bytes:
        names = sorted(file.removesuffix(".simple.json") for file in self.files if file.endswith(".simple.json"))
        return listing_of((name, serial) for name in names if (serial := self._listed(name)) is not None)

    def _listed(self, name: str) -> int | None:
        """Give the serial of a project that is in the list; None for one that is not."""
        listed, described = json.loads(self.files[f"{name}.simple.json"]), self.description(name)
        if listed.get("project-status", {}).get("status") == QUARANTINED:
            return None
        serial = listed.get("meta", {}).get("_last-serial") or json.loads(described or b"{}").get("last_serial")
        return int(serial)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    @contextmanager
    def running(self) -> Iterator["PyPIServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()
