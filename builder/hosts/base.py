"""The contract of a host target."""

from typing import Protocol

from builder.outputs import Output


class Host(Protocol):
    """A kind of host: nothing else in the program knows its layout."""

    name: str

    def file(self, output: Output) -> str:
        """Give the file of an output, relative to the site, with slashes."""
        ...
