"""What all tests share: no test reaches the network, but loopback; and no skip goes unseen."""

import os
import shutil
import signal
import socket
from typing import TYPE_CHECKING, Any

import pytest
from edge_programs import tools
from hypothesis import settings
from repositories import OWN

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from browser import Sites
    from forges.server import Forges

pytest_plugins = ["pytester"]

# How long an example takes says something about the machine, and nothing about the program.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours" if os.environ.get("CI") != "true" else "ci")

# Playwright's Node needs a library that a bare Debian lacks, and Debian's own is too old for it: npm's will do.
if node := shutil.which("node", path=tools()):
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node)

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid every connection but to loopback and local sockets, and every look-up of another name."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - the type of a socket's address
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            pytest.fail(f"a test reached for the network: {address}")
        connect(self, address)

    def guarded_resolve(host: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as the function it stands for
        if host is not None and not str(host).startswith(LOOPBACK):
            pytest.fail(f"a test looked up a name: {host}")
        return resolve(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)


@pytest.fixture
def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the git that the program runs a configuration of the tests' own."""
    for name, value in OWN.items():
        monkeypatch.setenv(name, value)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> "Generator[None, pytest.TestReport, pytest.TestReport]":
    """Make a failure of every skipped test where continuous integration runs: there, all parts must be at hand."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true does not allow: {report.longrepr}"
    return report


def pytest_configure() -> None:
    """Let Ctrl-C end the commands that tests start: a shell that runs in the background has its children ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that renews expected files."""
    parser.addoption("--bless", action="store_true", help="take what comes out as what is expected from now on")


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Tell whether expected files are to be renewed."""
    return bool(request.config.getoption("--bless"))


@pytest.fixture
def forges(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Forges]":
    """Give a running server that plays the forges; an invalid query that was sent to it fails the test."""
    from forges.server import serving  # noqa: PLC0415 - GraphQL takes time to import, and few tests need it

    with serving(tmp_path_factory.mktemp("git")) as running:
        yield running


@pytest.fixture(scope="module")
def sites() -> "Iterator[Sites]":
    """Give a browser and sites to look at. Not for the whole session: while it runs, no other event loop can."""
    from browser import browsing  # noqa: PLC0415 - Playwright takes time to import, and few tests need it

    with browsing() as running:
        yield running
