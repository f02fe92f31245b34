"""A file of a live site, by its path: where it may be served, and whether it came."""

import hashlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from builder.resources import ManifestFileResource
from builder.upstreams.transport import Answer, Failure
from builder.verify.live import Wire

_OK: Final = 200
_FRESH: Final = {"Cache-Control": "no-cache"}
_INDEXES: Final = ("index.html", "index.json", "index.xml")


def asked_for(wire: Wire, base: str, path: str, known: ManifestFileResource | None = None) -> bytes | str:
    """Give the bytes of a file of the site at `base`, or say why there are none.

    `known` is what the manifest tells of it. The status of an answer does not matter where its bytes are those: some
    files are what a host refuses with.
    """
    other: bytes | str = ""
    for address in _addresses(path):
        answer = _asked(wire, f"{base}/{address}")
        if isinstance(answer, Failure):
            return f"is not answered: {answer.reason}"
        if known and hashlib.sha256(answer.body).hexdigest() == known.sha256:
            return answer.body
        coding = answer.headers.get("content-encoding", "identity")
        if coding != "identity":
            return f"comes encoded as {coding!r}, which was not asked for"
        if answer.status == _OK and not known:
            return answer.body
        other = other or (answer.body if answer.status == _OK else _refused(answer))
    return other


def _addresses(path: str) -> Iterator[str]:
    """Yield where a file may be served: where it stands for its folder, there, and under its own name."""
    folder, slash, name = path.rpartition("/")
    if name in _INDEXES:
        yield folder + slash
    yield path


def _refused(answer: Answer) -> str:
    target = answer.headers.get("location")
    return f"is answered with {answer.status}" + (f", which leads to {target!r}" if target else "")


def _asked(wire: Wire, url: str) -> Answer | Failure:
    """Ask for an address and, where it leads on within the host (`/404.html` to `/404`), there."""
    answer = wire.ask("GET", url, _FRESH)
    if isinstance(answer, Failure) or "location" not in answer.headers:
        return answer
    try:
        target = urljoin(url, answer.headers["location"])
        is_here = urlsplit(target)[:2] == urlsplit(url)[:2]
    except ValueError:  # it leads to what is no address
        return answer
    return wire.ask("GET", target, _FRESH) if is_here else answer
