"""The runner of hosts' own programs, with programs that behave well and badly."""

import os
import queue
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from builder.errors import SiteError
from builder.hosts import Host, Place, Server
from builder.hosts.generic import Generic
from builder.hosts.github_pages import GitHubPages
from builder.serve import changes, program, serve_by
from builder.write import Report, write

if TYPE_CHECKING:
    from subprocess import Popen

PATIENCE = 20.0  # seconds; a test that waits so long has failed

GOOD = """
import functools, http.server, pathlib, subprocess, sys
site, scraps, port = sys.argv[1:]
print("words:", pathlib.Path(scraps, "sub/words.txt").read_text(), flush=True)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(site).with_name("pids").write_text(str(child.pid))
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=site)
http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler).serve_forever()
"""


def command(text: str) -> Callable[[Place], Sequence[str]]:
    return lambda place: [sys.executable, "-c", text, place.site, place.scraps, str(place.port)]


def host_of(text: str, **options: object) -> Host:
    host = Generic()
    files = {"sub/words.txt": b"read me"}
    host.server = Server(sys.executable, "Install it.", command(text), lambda _: files, **options)  # type: ignore[arg-type]
    return host


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write([("index.html", b"<p>home</p>"), ("_host/conf", b"1")], tmp_path / "site")
    return tmp_path / "site"


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def ends(pid: int) -> bool:
    """Tell whether a process comes to its end; a signal that was sent is obeyed when the system finds time for it."""
    until = time.monotonic() + PATIENCE
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_running(pid)


def scraps() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("static-packages-*"))


@pytest.fixture(autouse=True)
def _own_scraps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


def test_the_program_runs_over_the_site_and_all_of_it_ends(site: Path) -> None:
    with program.running(host_of(GOOD), site) as address:
        with urlopen(f"{address}/index.html", timeout=PATIENCE) as answer:  # noqa: S310 - loopback
            assert answer.read() == b"<p>home</p>"
        assert len(scraps()) == 1
        pid = int(site.with_name("pids").read_text())
        assert is_running(pid)
    assert ends(pid)
    assert scraps() == set()


def test_the_port_may_be_chosen(site: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with program.running(host_of(GOOD), site, port) as address:
        assert address == f"http://127.0.0.1:{port}"


def test_a_program_that_ends_is_told_with_its_last_words(site: Path) -> None:
    text = "import sys; print('unknown directive'); sys.exit(7)"
    with pytest.raises(SiteError, match=r"ended with 7 on port [0-9]+\. It said:\nunknown directive$"):
        program.running(host_of(text), site).__enter__()
    assert scraps() == set()


def test_a_program_that_never_accepts_is_ended(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_STARTING", 0.2)
    monkeypatch.setattr(program, "_ENDING", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    with pytest.raises(SiteError, match=r"accepts no connection after 0 s on port [0-9]+\. It said:\n\(nothing\)$"):
        program.running(host_of(deaf), site).__enter__()


def test_a_taken_port_is_told_and_who_is_there_not_mistaken_for_the_program(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SiteError, match=rf"Port {port} cannot be had: Address already in use\. Choose another"):
            program.running(host_of(GOOD), site, port).__enter__()


def test_where_something_takes_a_free_port_first_another_is_tried(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = program.free_port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ports = iter([taken.getsockname()[1]])
        monkeypatch.setattr(program, "free_port", lambda port: next(ports, None) or free(port))
        with program.running(host_of(GOOD), site) as address:
            assert not address.endswith(f":{taken.getsockname()[1]}")


def test_an_interrupt_while_it_starts_ends_the_program(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    def interrupted(process: "Popen[bytes]", *_: object) -> bool:
        started.append(process.pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "_accepts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        program.running(host_of(GOOD), site).__enter__()
    assert ends(started[0])


def test_a_host_without_a_program_and_one_that_is_not_installed_are_told(site: Path) -> None:
    with pytest.raises(SiteError, match=r"github-pages has no program that runs here\. Without --host"):
        program.installed(GitHubPages())
    absent = Generic()
    absent.server = Server("no-such-program", "On Debian: sudo apt install it.", command(""))
    with pytest.raises(SiteError, match=r"served by no-such-program, which is not installed\. On Debian: sudo apt"):
        program.running(absent, site).__enter__()


def test_for_root_a_site_must_be_open_to_a_program_that_gives_up_its_rights(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = host_of(GOOD, gives_up_root=True)
    site.parent.chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SiteError, match=r"gives up the rights of root, and then may not enter /"):
        program.running(host, site).__enter__()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with program.running(host, site) as address:
        assert address


UNREADY = """
import http.server, pathlib, socket, sys
site, scraps, port = sys.argv[1:]
with socket.create_server(("127.0.0.1", int(port))) as probe:
    probe.settimeout(0.5)
    try:
        probe.accept()
    except TimeoutError:
        print("nobody asked too early", flush=True)
    else:
        sys.exit(9)
server = http.server.HTTPServer(("127.0.0.1", int(port)), http.server.SimpleHTTPRequestHandler)
print("Ready on", port, flush=True)
server.serve_forever()
"""


def test_a_program_that_tries_its_port_is_not_asked_before_it_is_ready(site: Path) -> None:
    with program.running(host_of(UNREADY, ready="Ready on"), site) as address, urlopen(address) as answer:  # noqa: S310 - loopback
        assert b"home" in answer.read()


# Serving by a program, with changes.


class Served:
    """A `serve_by` in a thread: what it said, and a build that tests may replace."""

    def __init__(self, folder: Path, host: Host) -> None:
        self.said: queue.Queue[str] = queue.Queue()
        self.data = folder / "data"
        self.data.mkdir()
        (self.data / "text").write_text("first")
        self.out = folder / "site"
        self.stop = threading.Event()
        self.configuration = b"1"
        self.fails = False
        self.host = host
        self.thread = threading.Thread(target=self.run)

    def build(self) -> Report:
        if self.fails:
            raise SiteError("refused")
        text = (self.data / "text").read_bytes()
        return write([("index.html", text), ("_host/conf", self.configuration)], self.out)

    def run(self) -> None:
        serve_by(
            self.host, self.build, self.out, [self.data], 0, self.said.put, prefix=lambda: "/below", stop=self.stop
        )

    def hear(self, word: str) -> str:
        while word not in (text := self.said.get(timeout=PATIENCE)):
            pass
        return text

    def change(self, text: str) -> None:
        (self.data / "text").write_text(text)


@contextmanager
def served(folder: Path, *, fails: bool = False) -> Iterator[Served]:
    running = Served(folder, host_of(GOOD))
    running.fails = fails
    running.thread.start()
    try:
        yield running
    finally:
        running.stop.set()
        running.thread.join(PATIENCE)
        assert not running.thread.is_alive()


def page(address: str) -> bytes:
    with urlopen(f"{address}/index.html", timeout=PATIENCE) as answer:  # noqa: S310 - loopback
        body: bytes = answer.read()
        return body


def test_the_program_follows_a_replaced_site_and_starts_again_for_another_configuration(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        told = running.hear("until Ctrl-C")
        assert told.startswith(f"{sys.executable} serves the site at http://127.0.0.1:")
        address = told.split()[5].removesuffix("/below/")
        first = tmp_path.joinpath("pids").read_text()
        assert page(address) == b"first"
        running.change("second")
        running.hear("1 file written")
        assert page(address) == b"second"
        assert tmp_path.joinpath("pids").read_text() == first
        running.configuration = b"2"
        running.change("third")
        address = running.hear("until Ctrl-C").split()[5].removesuffix("/below/")
        assert page(address) == b"third"
        assert tmp_path.joinpath("pids").read_text() != first
        assert ends(int(first))


def test_the_program_starts_with_the_first_build_that_succeeds(tmp_path: Path) -> None:
    with served(tmp_path, fails=True) as running:
        assert running.hear("refused") == "refused"
        running.fails = False
        running.change("mended")
        assert running.hear("serves the site")


def test_ctrl_c_ends_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Served(tmp_path, host_of(GOOD))

    def once(*_: object) -> Iterator[None]:
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr(changes, "watched", once)
    written.run()
    assert ends(int(tmp_path.joinpath("pids").read_text()))
    assert list(written.said.queue)[-1] == "Stopped."


def test_a_quiet_one_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Served(tmp_path, host_of(GOOD))

    def once(*_: object) -> Iterator[None]:
        yield

    monkeypatch.setattr(changes, "watched", once)
    serve_by(written.host, written.build, written.out, [written.data], 0, written.said.put, quiet=True)
    assert written.said.empty()
