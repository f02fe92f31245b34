"""The sockets of the local server: requests in, answers out, and a stream of events for each open page."""

import os
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Final

from builder.errors import SiteError
from builder.serve import reload
from builder.serve.answers import Answer, Request, Site, is_loopback
from builder.serve.builds import Builds

HOST: Final = "127.0.0.1"

_HEARTBEAT: Final = 15.0  # seconds of silence, after which a word shows whether the page is still there
_BODY: Final = 1 << 20  # bytes of a request's body that are read: an answer is lost behind a body that is not


class Server(ThreadingHTTPServer):
    """A server on loopback with a thread for each connection."""

    daemon_threads = False

    def __init__(self, port: int, site: Site, builds: Builds, say: Callable[[str], None]) -> None:
        """Take the port; 0 takes one that is free.

        Raises:
            SiteError: it is not to be had.
        """
        self.site, self.builds, self._say = site, builds, say
        self._connections: set[socket.socket] = set()
        try:
            super().__init__((HOST, port), _Connection)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise SiteError(
                f"Port {port} cannot be had: {why}. Choose another with --port; 0 is any free one."
            ) from error

    @property
    def url(self) -> str:
        """The address that leads to the site's home, whatever path it has."""
        return f"http://{HOST}:{self.server_port}/"

    def server_bind(self) -> None:
        """Bind, without the look-up of the machine's name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in the base
        """Begin a connection."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as in the base
        """End a connection."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002 - as in the base
        """Tell of an error while answering, and go on."""
        self._say(traceback.format_exc())

    def close(self) -> None:
        """Stop, end every connection and wait for its thread."""
        self.shutdown()
        self.builds.close()
        for connection in list(self._connections):
            with suppress(OSError):  # it may have ended just now
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Connection(BaseHTTPRequestHandler):
    """One reader's connection, and the requests that come by it."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a request of any method."""
        self._read_body()
        host = self.headers.get("Host", "")
        with suppress(ConnectionError):  # the reader has gone
            if self.path == reload.EVENTS and self.command == "GET" and is_loopback(host):
                self._stream()
                return
            request = Request(self.command, self.path, host, self.headers.get("If-None-Match", ""))
            self._send(self.server.site.answer(request, self.server.builds.state.generation))

    do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = do_TRACE = do_CONNECT = do_GET  # noqa: N815

    def _read_body(self) -> None:
        """Take a body off the line, as far as it has a length; after it the connection is closed."""
        if "Content-Length" not in self.headers and "Transfer-Encoding" not in self.headers:
            return
        self.close_connection = True
        length = self.headers.get("Content-Length", "")
        if length.isdecimal():
            self.rfile.read(min(int(length), _BODY))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _stream(self) -> None:
        """Send the state of the builds, and each new one, until the page or the server ends."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        seen = None
        while state := self.server.builds.after(seen, _HEARTBEAT):
            self.wfile.write(b": still here\n\n" if state is seen else state.event())
            seen = state

    def version_string(self) -> str:
        """Name the program, without versions."""
        return "static-packages"

    def log_message(self, *_: object) -> None:
        """Say nothing of ordinary requests."""
