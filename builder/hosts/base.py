"""The contract of a host target."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from builder.choices import Choices
from builder.outputs import Output
from builder.urls import Urls

CONFIGURATION: Final = "_host/"
"""The folder of the site that holds what the host's own program reads; a host does not serve it where it can choose."""

File = tuple[str, bytes]
"""A path relative to the site, with slashes, and its bytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a host takes; None where it sets no limit. Bytes are those of the files as they lie there."""

    files: int | None = None
    file_bytes: int | None = None
    total_bytes: int | None = None
    folder_entries: int | None = None
    source: str = ""
    """Where the host says so, and what the limit depends on: told with a refusal."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the host's own program is run for a look: the site's folder, one for its scraps, and a port on 127.0.0.1.

    Both folders are absolute paths with slashes.
    """

    site: str
    scraps: str
    port: int


@dataclass(frozen=True, slots=True)
class Server:
    """The host's own program on this machine, for `builder serve --host` and the conformance tests.

    `program` is what must be found on the PATH, `install` how to come by it. `files` gives what must lie in the scraps
    folder (paths relative to it) before `command` is run, with the site's folder as its working directory.
    `gives_up_root` tells that the program, started by root, reads the site as another user. `ready` is what it says
    when it serves, for a program that tries its port before and does not bear to be asked then.
    """

    program: str
    install: str
    command: Callable[[Place], Sequence[str]]
    files: Callable[[Place], Mapping[str, bytes]] = lambda _place: {}
    gives_up_root: bool = False
    ready: str = ""


class Host(Protocol):
    """A kind of host: nothing else in the program knows its layout, its rules or its limits."""

    name: str
    """As on the command line."""
    choices: Choices
    limits: Limits
    server: Server | None
    """None where its program does not run on a plain machine."""
    cannot: Mapping[str, str]
    """Why this kind of host fails a check of `builder.verify`, by the check's name; empty for one that passes all."""

    def files(self, output: Output, /) -> Iterable[File]:
        """Give the files of an output: where its bytes lie, so that the host answers its route with them."""
        ...

    def configuration(self, site: Urls, choices: Choices, /) -> Iterable[File]:
        """Give the files that are the host's own: what makes it answer as the original, from headers to 404s.

        `choices` are those of the build, which may differ from the host's own by options of the command line.
        """
        ...
