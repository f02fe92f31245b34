"""Node: the whole site by a small server of our own, for a look or behind a proxy; every query is answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from builder.choices import Choices, Query
from builder.hosts.base import CONFIGURATION, File, Limits, Place, Server
from builder.hosts.layouts import indexed
from builder.outputs import Output
from builder.urls import Urls


def _command(place: Place) -> Sequence[str]:
    return ["node", f"{CONFIGURATION}node.js", "--port", str(place.port), "--site", place.site]


SERVER: Final = Server("node", "Node 18 or later; on Debian: sudo apt install nodejs", _command)
"""The server, for every host at which its script lies."""


class Node:
    """An index file of the answer's own type in a folder per route; the API's lists, slugs and searches by script."""

    name = "node"
    choices = Choices(query=Query.ANSWERED, copies=False, siblings=True, negotiates=True, runtimes=("node",))
    limits = Limits()
    cannot: Mapping[str, str] = {}
    server: Server | None = SERVER

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output."""
        yield indexed(output)

    def configuration(self, _site: Urls, _choices: Choices) -> Iterable[File]:
        """Give nothing: what the server is told, it is told by options."""
        return ()
