"""The site on this machine while it is worked on: built, served, built and loaded again after every change."""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from builder.hosts import CONFIGURATION, Host
from builder.serve import changes, program
from builder.serve.answers import Site, at_the_root, no_preview
from builder.serve.builds import Builder, Builds, attempt
from builder.serve.preview import Preview
from builder.serve.server import Server
from builder.write import Report, place

__all__ = ["Preview", "serve", "serve_by"]


def serve(  # noqa: PLR0913 - the command line's options, each with a name
    build: Callable[[], Report | None],
    out: Path,
    watch: Sequence[Path],
    port: int,
    say: Callable[[str], None],
    *,
    prefix: Callable[[], str] = at_the_root,
    preview: Preview | None = None,
    quiet: bool = False,
    stop: threading.Event | None = None,
) -> None:
    """Build, serve `out` on 127.0.0.1, and build again whenever something in `watch` changes; until Ctrl-C or `stop`.

    `preview` knows pages before they are built. It is told of a change first, and a build is made while more may
    change. `build` makes the site and may raise whatever it likes: the site before it stays, with the problems over its
    pages and given to `say`; if `quiet`, nothing else is. A report that tells of no change reloads no page; None tells
    nothing. `prefix` gives the path of the site's address as it was last built, such as `/packages`, and is asked at
    every request. What the build itself writes to `out` is no change.

    Raises:
        SiteError: the port is taken, something cannot be watched, or `out` is no folder that a build may write.
    """
    place.accept(out)  # what no build may write is nobody's site, and not to be shown
    stop = stop or threading.Event()
    tell = _nothing if quiet else say
    builds = Builds()
    watched = changes.watched(watch, out, stop)
    server = Server(port, Site(out, prefix, preview.page if preview else no_preview), builds, say)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="server")
    thread.start()
    builder = Builder(lambda: attempt(build, builds, say, tell), preview)
    try:
        tell(f"The site is at {server.url} until Ctrl-C.")
        for files in watched:
            problems = preview.change(files) if preview else None
            if problems:
                builds.failed([str(problem) for problem in problems])
            elif problems is not None:
                builds.previewed()
            builder.build()
    except KeyboardInterrupt:
        tell("Stopped.")
    finally:
        watched.close()
        builder.close()
        server.close()
        thread.join()


def serve_by(  # noqa: PLR0913, PLR0917 - the command line's options, each with a name
    host: Host,
    build: Callable[[], Report | None],
    out: Path,
    watch: Sequence[Path],
    port: int,
    say: Callable[[str], None],
    *,
    prefix: Callable[[], str] = at_the_root,
    quiet: bool = False,
    stop: threading.Event | None = None,
) -> None:
    """Build, let the host's own program serve `out` on 127.0.0.1, and build again on changes; until Ctrl-C or `stop`.

    The program sees a new site as it would where it is deployed: by the exchange of the folder. It is started again
    only where a build changed what it reads at its start. No page reloads by itself, and none shows problems.

    Raises:
        SiteError: the program cannot be run, something cannot be watched, or `out` is no folder that a build may write.
    """
    place.accept(out)
    server = program.installed(host)
    tell = _nothing if quiet else say
    builds, watched = Builds(), changes.watched(watch, out, stop or threading.Event())
    read: dict[str, bytes] | None = None
    with ExitStack() as running:
        try:
            for _ in watched:
                attempt(build, builds, say, tell)
                if builds.state.problems or read == (configuration := _configuration(out)):
                    continue
                running.close()
                address = running.enter_context(program.running(host, out, port))
                read = configuration
                tell(f"{server.program} serves the site at {address}{prefix()}/ until Ctrl-C.")
        except KeyboardInterrupt:
            tell("Stopped.")
        finally:
            watched.close()


def _configuration(out: Path) -> dict[str, bytes]:
    """Give what the host's program reads when it starts, by path."""
    files = (file for file in (out / CONFIGURATION).rglob("*") if file.is_file())
    return {str(file): file.read_bytes() for file in files}


def _nothing(_text: str) -> None:
    """Say nothing."""
