"""A server on loopback that is a function from a request to an answer: for models of hosts, and for broken ones."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """What was asked; names of headers are in lower case, the query is without its mark."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What is answered. A body is never sent to HEAD; its length is told all the same."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def having(self, **headers: str | None) -> "Answer":
        """Give the answer with other headers, `_` for `-`; None takes one away."""
        names = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in names}
        return replace(self, headers=kept | {name: value for name, value in names.items() if value is not None})

    def header(self, name: str) -> str | None:
        return next((value for known, value in self.headers.items() if known.lower() == name.lower()), None)


App = Callable[[Request], Answer]


def nothing(_request: Request) -> Answer:
    return Answer(503, {"Content-Type": "text/plain"}, b"not yet")


class Loopback(ThreadingHTTPServer):
    """The server; `app` may be set once its address is known."""

    daemon_threads = True

    def __init__(self, app: App = nothing) -> None:
        self.app = app
        self.asked: list[Request] = []
        super().__init__((HOST, 0), _Connection)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.socket.getsockname()[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}"


class _Connection(BaseHTTPRequestHandler):
    server: Loopback
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, {name.lower(): value for name, value in self.headers.items()})
        self.server.asked.append(request)
        answer = self.server.app(request)
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status not in {204, 304} and answer.header("Content-Length") is None:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):
                self.wfile.write(answer.body)

    do_HEAD = do_OPTIONS = do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(app: App = nothing) -> Iterator[Loopback]:
    """Give a running server."""
    server = Loopback(app)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def of_folder(site: Path) -> App:
    """Give what serves the files of a folder as a plain host does: a folder by its index, of whatever kind."""

    def answer(request: Request) -> Answer:
        file = site / request.path.removeprefix("/")
        indexes = [file / name for name in ("index.html", "index.json", "index.xml") if file.is_dir()]
        found = next((each for each in (*indexes, file) if each.is_file()), None)
        return Answer(200, {}, found.read_bytes()) if found else Answer(404, {}, b"")

    return answer
