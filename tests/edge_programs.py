"""What runs the edge module in tests: Node, and workerd by the tool that deploys to it. `make test` installs both."""

import gzip
import http.client
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import brotli
import pytest

from builder import TEMPLATES, scripts
from builder.hosts import Host
from builder.outputs import Output
from builder.serve import program
from builder.urls import Urls
from builder.write import write

EDGE: Final = Path(__file__).parent / "edge"
INSTALLED: Final = EDGE / "node_modules"
PATIENCE: Final = 60.0  # seconds; a test that waits so long has failed
NOWHERE: Final = "http://127.0.0.1:9"
"""A proxy that nobody runs: tools of npm that would tell or ask their makers something reach nobody."""

UNPACKERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"gzip": gzip.decompress, "br": brotli.decompress}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of headers in small letters. `reads` is how many files the module read."""

    status: int
    headers: Mapping[str, str]
    body: str
    reads: int = 0

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.body)


Ask = Callable[..., Answer]
"""Asks for a path: `ask(path, method="GET", headers={})`."""


class Module:
    """The edge module in a Node of its own, without any server."""

    def __init__(self) -> None:
        node = found("node")
        command = [node, str(EDGE / "ask.js")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()

    def tell(self, message: Mapping[str, object]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        reply = json.loads(self._process.stdout.readline())
        assert "error" not in reply, reply["error"]
        return dict(reply)

    def hold(self, outputs: Mapping[str, str]) -> None:
        """Replace all the files that it reads, by route."""
        self.tell({"files": outputs})

    def ask(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        message = {"method": method, "url": f"http://edge.test{path}", "headers": dict(headers or {})}
        return Answer(**self.tell(message))


def found(name: str, path: str | None = None) -> str:
    """Give where a program is; without it the test is skipped, and all can see that."""
    return shutil.which(name, path=path) or pytest.skip(f"{name} is not installed: `make test` does it")


def tools() -> str:
    """Give the PATH of Cloudflare's tool: npm's own, and before the system's Node one that is new enough for it."""
    newer = sorted(INSTALLED.glob("node-*/bin"))
    return ":".join([str(INSTALLED / ".bin"), *map(str, newer), os.environ.get("PATH", os.defpath)])


def deploy(host: Host, outputs: Iterator[Output], site: Path, base: str) -> Path:
    """Write outputs as a build for the host does, with its scripts and configuration."""

    def files() -> Iterator[tuple[str, bytes]]:
        for output in (*outputs, *scripts.render(host.choices, TEMPLATES)):
            yield from host.files(output)
        yield from host.configuration(Urls(base), host.choices)

    write(files(), site, allow_shrink=True)
    return site


@contextmanager
def serving(host: Host, site: Path) -> Iterator[Ask]:
    """Run the host's own program over a site."""
    assert host.server is not None
    path = tools() if host.server.program == "wrangler" else os.environ.get("PATH", os.defpath)
    found(host.server.program, path)
    settings = {"PATH": path, "HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "npm_config_registry": NOWHERE}
    with ExitStack() as running, pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        address = urlsplit(running.enter_context(program.running(host, site)))
        patch.undo()
        yield asking(address.hostname or "", address.port or 0)


def asking(host: str, port: int) -> Ask:
    """Give what asks a server, with the path as it stands and no header of its own but Host."""

    def ask(path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        with closing(http.client.HTTPConnection(host, port, timeout=PATIENCE)) as connection:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            received = {name.lower(): value for name, value in response.getheaders()}
            body = response.read()
            unpack = UNPACKERS.get(received.get("content-encoding", "identity"), bytes)
            return Answer(response.status, received, unpack(body).decode())

    return ask
