"""Every host target, built and running on loopback: by its own program, or by a model of its rules."""

import dataclasses
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
import static_hosts
from edge_programs import tools
from loopback import App, serving

from builder import build
from builder.errors import SiteError
from builder.hosts import host_named
from builder.serve import program

Model = Callable[[Path, str, str], App]
"""Makes a model of a host from the folder of a site, the path that it is served under, and the host's address."""


@contextmanager
def _cloudfront(site: Path, _prefix: str, _address: str) -> Iterator[App]:
    import cloudfront  # noqa: PLC0415 - the model of S3 takes long to import

    with cloudfront.running(site) as app:
        yield app


def _simply(model: Model) -> Callable[[Path, str, str], AbstractContextManager[App]]:
    return lambda site, prefix, address: nullcontext(model(site, prefix, address))


MODELS: Mapping[str, Callable[[Path, str, str], AbstractContextManager[App]]] = {
    "github-pages": _simply(static_hosts.GitHubPages),
    "generic": _simply(static_hosts.Generic),
    "s3-cloudfront": _cloudfront,
}
"""The models that run, by host."""

AT_THE_ROOT = frozenset({"cloudflare", "netlify"})
"""Hosts of a whole name, where a site has no path of its own."""


RESTARTED = frozenset({"cloudflare"})
"""Programs that watch the folder which a build exchanges, and lose it: there, a deploy uploads."""


@dataclass(frozen=True)
class Running:
    """A host that serves a built site at an address, and what builds it anew from other data."""

    host: str
    url: str
    rebuild: Callable[[Path], None]


@contextmanager
def running(  # noqa: PLR0913 - what there is to choose
    name: str, data: Path, site: Path, prefix: str = "", *, model: Model | None = None, only_api: bool = False
) -> Iterator[Running]:
    """Build the data for a host, and serve it as it would; by `model` in place of the usual one.

    With `only_api` the files that no answer of the API needs, and that make most of a site, are left out. A host whose
    program is not installed is skipped, which CI does not allow.
    """
    host = host_named(name)
    choices = dataclasses.replace(host.choices, pictures=False, extras=False) if only_api else host.choices

    def built(url: str, data: Path) -> None:
        build.build(data, site, base_url=url, host=host, choices=choices, allow_shrink=True)

    if name in MODELS:
        with serving() as server:
            url = server.url + prefix
            built(url, data)
            made = _simply(model) if model else MODELS[name]
            with made(site, prefix, server.url) as app:
                server.app = app

                def rebuild(data: Path) -> None:
                    built(url, data)
                    getattr(app, "upload", lambda: None)()

                yield Running(name, url, rebuild)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", tools())
        try:
            program.installed(host)
        except SiteError as error:
            pytest.skip(str(error))
        url = f"http://127.0.0.1:{(port := free_port())}{prefix}"
        built(url, data)
        with ExitStack() as stack:
            stack.enter_context(program.running(host, site, port))

            def rebuild_here(data: Path) -> None:
                if name not in RESTARTED:
                    built(url, data)
                    return
                stack.close()
                built(url, data)
                stack.enter_context(program.running(host, site, port))

            yield Running(name, url, rebuild_here)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
