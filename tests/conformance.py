"""Every host target, built and running on loopback: by its own program, or by a model of its rules."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import static_hosts
from loopback import App, serving

from builder import build
from builder.errors import SiteError
from builder.hosts import Host, host_named
from builder.serve import program

TOOLS = Path(__file__).parent / "edge/node_modules/.bin"
Rebuild = Callable[[], None]


@contextmanager
def _cloudfront(site: Path, _prefix: str, _address: str) -> Iterator[App]:
    import cloudfront  # noqa: PLC0415 - the model of S3 takes long to import

    with cloudfront.running(site) as app:
        yield app


@contextmanager
def _github_pages(site: Path, prefix: str, address: str) -> Iterator[App]:
    yield static_hosts.GitHubPages(site, prefix, address)


@contextmanager
def _generic(site: Path, prefix: str, address: str) -> Iterator[App]:
    yield static_hosts.Generic(site, prefix, address)


MODELS: Mapping[str, Callable[[Path, str, str], AbstractContextManager[App]]] = {
    "github-pages": _github_pages,
    "generic": _generic,
    "s3-cloudfront": _cloudfront,
}
"""What runs a model of a host, from the folder of a site, the path that it is served under, and the host's address."""

AT_THE_ROOT = frozenset({"cloudflare", "netlify"})
"""Hosts of a whole name, where a site has no path of its own."""


def build_for(host: Host, data: Path, site: Path, base_url: str) -> None:
    build.build(data, site, base_url=base_url, host=host, allow_shrink=True)


@contextmanager
def running(name: str, data: Path, site: Path, prefix: str = "") -> Iterator[str]:
    """Build the data for a host, and serve it as it would; give the address, with the prefix.

    A host whose program is not installed is skipped, which CI does not allow.
    """
    host = host_named(name)
    if name in MODELS:
        with serving() as server:
            build_for(host, data, site, server.url + prefix)
            with MODELS[name](site, prefix, server.url) as server.app:
                yield server.url + prefix
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")
        try:
            program.installed(host)
        except SiteError as error:
            pytest.skip(str(error))
        port = free_port()
        build_for(host, data, site, f"http://127.0.0.1:{port}{prefix}")
        with program.running(host, site, port) as address:
            yield address + prefix


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
