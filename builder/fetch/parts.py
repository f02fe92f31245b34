"""Which part of a snapshot an upstream fills: PyPI one, the list of downloads one, and every forge the repository's."""

from typing import Final, Literal

from builder.metadata import DownloadFacts, PyPIFacts, RepositoryFacts, Snapshot
from builder.upstreams.base import AnyFacts

Part = Literal["pypi", "repository", "downloads"]

_OF_FACTS: Final[dict[type[AnyFacts], Part]] = {
    PyPIFacts: "pypi",
    RepositoryFacts: "repository",
    DownloadFacts: "downloads",
}


def part_of(facts: AnyFacts) -> Part:
    """Give the part of a snapshot that facts are."""
    return _OF_FACTS[type(facts)]


def filled_by(upstream: str) -> Part:
    """Give the part of a snapshot that the upstream of this name fills."""
    if upstream == "pypi":
        return "pypi"
    return "downloads" if upstream == "downloads" else "repository"


def known_part(snapshot: Snapshot, part: Part) -> AnyFacts | None:
    """Give a part of a snapshot."""
    return {"pypi": snapshot.pypi, "repository": snapshot.repository, "downloads": snapshot.downloads}[part]
