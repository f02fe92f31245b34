"""The forges served on loopback, each under an address of its own, with a log, counters and switches for faults."""

import gzip
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from forges.bitbucket import Bitbucket
from forges.clock import Clock
from forges.exchange import Answer, Request, Site, as_json
from forges.faults import Fault
from forges.forgejo import Forgejo
from forges.git import Git
from forges.github import GitHub
from forges.gitlab import GitLab
from forges.switches import Logged, Switch

WORTH_PACKING = 1024


class Elsewhere(Site):
    """A host that nobody should be led to; it answers everything."""

    name = "elsewhere"

    def kind(self, request: Request) -> str:  # noqa: ARG002 - one kind for all
        """All is of one kind."""
        return "foreign"

    def answer(self, request: Request) -> Answer:  # noqa: ARG002 - one answer for all
        """Answer with an object."""
        return as_json({"elsewhere": True})


class Forges:
    """All sites together. Between two nights of a test: `advance` the clock, change the worlds, `forget` the log."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.github = GitHub(self.clock)
        self.gitlab = GitLab(self.clock)
        self.forgejo = Forgejo(self.clock)
        self.git = Git(folder)
        self.bitbucket = Bitbucket(self.clock, self.git)
        self.elsewhere = Elsewhere()
        self.log: list[Logged] = []
        self.crashes: list[BaseException] = []
        self.peak: dict[str, int] = {}
        self.holding = threading.Event()
        self._released = threading.Event()
        self._switches: list[Switch] = []
        self._lock = threading.Lock()
        self._active: dict[str, int] = {}
        self._listeners: list[Listener] = []
        for site in (self.github, self.gitlab, self.forgejo, self.git, self.bitbucket, self.elsewhere):
            self.mount(site)

    def mount(self, site: Site) -> str:
        """Serve one more site under an address of its own and give the address."""
        listener = Listener(self, site)
        self._listeners.append(listener)
        # Another name than the forges' for the foreign host, so that rules about names of hosts can be seen to work.
        host = "localhost" if site is self.elsewhere else "127.0.0.1"
        site.base = f"http://{host}:{listener.server_address[1]}"
        threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
        return site.base

    def stop(self) -> None:
        """Let go of every request that is held, close all connections and wait for their threads."""
        self.release()
        # All at once: each takes until its loop looks up.
        stops = [threading.Thread(target=listener.shutdown) for listener in self._listeners]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()
        for listener in self._listeners:
            listener.hang_up()
            listener.server_close()

    def check(self) -> None:
        """Fail if a query was invalid or this server broke: a test that wants an invalid query clears `invalid`."""
        invalid = self.github.endpoint.invalid + self.gitlab.endpoint.invalid
        assert not invalid, f"invalid queries were sent: {invalid[:5]}"
        assert not self.crashes, f"the test server broke: {self.crashes!r}"

    def fail(  # noqa: PLR0913 - ways to say which requests
        self,
        fault: Fault,
        *,
        site: str | None = None,
        kind: str | None = None,
        path: str = "",
        nth: int | None = None,
        rate: float | None = None,
        times: int | None = None,
        seed: int = 0,
    ) -> Switch:
        """Break the requests to a site, of a kind, with a text in their path: the n-th (from 1), a share, or all.

        `times` is how often at most. The switch that comes back counts. Where two want one request, the first has it.
        """
        chance = random.Random(seed)  # noqa: S311 - which request breaks, the same each time

        def matches(logged: Logged) -> bool:
            return site in (None, logged.site) and kind in (None, logged.kind) and path in logged.target

        def chosen(number: int) -> bool:
            return (nth is None or number == nth) and (rate is None or chance.random() < rate)

        switch = Switch(fault, matches, chosen, times)
        self._switches.append(switch)
        return switch

    def heal(self) -> None:
        """Take back all faults."""
        self._switches.clear()

    def release(self) -> None:
        """Let go of the requests that are held: their connections are closed."""
        self._released.set()

    def forget(self) -> None:
        """Empty the log and the counters."""
        self.log.clear()
        self.peak.clear()

    def count(self, site: str | None = None, kind: str | None = None) -> int:
        """Count the requests to a site, of a kind."""
        return sum(site in (None, each.site) and kind in (None, each.kind) for each in self.log)

    def counts(self) -> dict[str, int]:
        """Count the requests by "site kind", sorted."""
        names = sorted(f"{each.site} {each.kind}" for each in self.log)
        return {name: names.count(name) for name in dict.fromkeys(names)}

    def points(self, site: str, kind: str | None = None) -> int:
        """Add up what requests to a site, of a kind, were charged."""
        return sum(each.cost for each in self.log if each.site == site and kind in (None, each.kind))

    def respond(self, site: Site, request: Request) -> Answer:
        """Log a request and give its answer, or what a fault makes of it."""
        agent, authorized = request.headers.get("user-agent", ""), bool(request.token)
        logged = Logged(site.name, site.kind(request), request.method, request.target, authorized, agent)
        with self._lock:
            self.log.append(logged)
            self._active[site.name] = self._active.get(site.name, 0) + 1
            self.peak[site.name] = max(self.peak.get(site.name, 0), self._active[site.name])
            switch = self._switch(logged)
        try:
            answer = self._answer(site, request, switch)
        finally:
            with self._lock:
                self._active[site.name] -= 1
        logged.status, logged.cost = 0 if answer.hold else answer.status, answer.cost
        logged.fault = switch.fault.name if switch else ""
        return answer

    def _switch(self, logged: Logged) -> Switch | None:
        """Give the first switch that wants a request; all of them count it."""
        wanting = [switch for switch in self._switches if switch.wants(logged)]
        for switch in wanting[:1]:
            switch.hits += 1
        return wanting[0] if wanting else None

    def _answer(self, site: Site, request: Request, switch: Switch | None) -> Answer:
        def proceed() -> Answer:
            with self._lock:
                return site.answer(request)

        try:
            return switch.fault.apply(request, proceed) if switch else proceed()
        except Exception as error:  # noqa: BLE001 - told by check()
            self.crashes.append(error)
            return as_json({"message": repr(error)}, 500)

    def hold(self) -> None:
        """Wait until held requests are released."""
        self.holding.set()
        self._released.wait()


class Listener(ThreadingHTTPServer):
    """The server of one site."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, forges: Forges, site: Site) -> None:
        self.forges, self.site = forges, site
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), Exchange)

    def server_bind(self) -> None:
        """Bind without looking up the name of the machine, as the standard library's would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the method it stands for
        """Remember the connection, so that it can be closed at the end."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as the method it stands for
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the method it stands for
        """Say nothing of clients that went away."""

    def hang_up(self) -> None:
        """Close what clients keep open."""
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # gone already


class Exchange(BaseHTTPRequestHandler):
    """One connection: reads requests, writes answers."""

    server: Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as the method it stands for
        """Keep quiet: the log is `Forges.log`."""

    def do_GET(self) -> None:
        """Answer a GET."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        forges = self.server.forges
        answer = forges.respond(self.server.site, Request(self.command, self.path, headers, body))
        if answer.hold:
            forges.hold()
            self.close_connection = True
            return
        self._send(answer, packs="gzip" in headers.get("accept-encoding", ""))

    do_POST = do_GET  # noqa: N815 - the standard library's name

    def _send(self, answer: Answer, *, packs: bool) -> None:
        body, headers = answer.body, dict(answer.headers)
        if packs and len(body) > WORTH_PACKING and answer.cut is None and "content-encoding" not in headers:
            body, headers["content-encoding"] = gzip.compress(body, 1, mtime=0), "gzip"
        self.send_response_only(answer.status)
        self.send_header("date", self.date_time_string(self.server.forges.clock.epoch))
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if answer.cut is None else body[: answer.cut])
        if answer.cut is not None:
            self.close_connection = True


@contextmanager
def serving(folder: Path) -> Iterator[Forges]:
    """Serve the forges, with a folder for git's repositories, and check at the end that all was well."""
    forges = Forges(folder)
    try:
        yield forges
    finally:
        forges.stop()
    forges.check()
