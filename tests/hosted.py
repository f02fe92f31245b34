"""Sites served by hosts' own programs: a place that they may read, and what asks them."""

import http.client
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from builder.errors import SiteError
from builder.hosts import Host
from builder.serve import program

PATIENCE = 20.0  # seconds; a test that waits so long has failed


WAYS_OUT = [
    *("//example.com/api", "//example.com", "/%5cexample.com/api/v4", "/api/v4/packages/..%2f7"),
    *("//example.com/..%2fpackages", "//example.com/..%2fapi/v4", "/%2fpackages", "//packages", "//api/v4/packages/7"),
    *("/%5cpackages", "/.//packages", "//example.com/%2e%2e/packages", "//example.com/../packages"),
    *("/example.com/..%2f/packages", "/%09/packages", "/%2f%2fexample.com/..%2f..%2fapi/v4/packages"),
]
"""Paths that name another host if they are repeated as they came, some with a folder of the site behind them."""


def leads_on(location: str) -> bool:
    """Tell whether a redirect stays on its host: no scheme, no host, nothing that a browser would read as one."""
    return re.fullmatch(r"(?:/[^/\\\s]+)+/(?:[?].*)?", location) is not None


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that every user may enter: pytest's own are closed, and Apache gives up the rights of root."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def need(host: Host) -> None:
    """Skip the test where the host's program is not installed; with CI=true that is a failure."""
    try:
        program.installed(host)
    except SiteError as error:
        pytest.skip(str(error))


@dataclass(frozen=True)
class Seen:
    """An answer; names of headers in lower case, and those that came twice joined by commas."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def vary(self) -> set[str]:
        return {name.strip().lower() for name in self.headers.get("vary", "").split(",")}


def ask(address: str, path: str, method: str = "GET", **headers: str) -> Seen:
    """Send one request, exactly as it is given, and give the answer; underscores in names of headers mean hyphens."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Accept-Encoding": "identity"} | given)
        answer = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
        return Seen(answer.status, found, answer.read())
    finally:
        connection.close()
