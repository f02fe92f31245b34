"""The site on this machine while it is worked on: built, served, built and loaded again after every change."""

import threading
import traceback
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Final

import watchfiles

from builder.errors import BuilderError, DataError, SiteError
from builder.serve.answers import Site, at_the_root
from builder.serve.builds import Builds
from builder.serve.server import Server
from builder.write import Report, place

__all__ = ["serve"]

_LOOK: Final = 50  # milliseconds between two looks for changes, and of quiet after the last one


def serve(  # noqa: PLR0913 - the command line's options, each with a name
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
    """Build, serve `out` on 127.0.0.1, and build again whenever something in `watch` changes; until Ctrl-C or `stop`.

    `build` makes the site and may raise whatever it likes: the site before it stays, with the problems over its pages
    and given to `say`; if `quiet`, nothing else is. A report that tells of no change reloads no page; None tells
    nothing. `prefix` gives the path of the site's address as it was last built, such as `/packages`, and is asked at
    every request. What the build itself writes to `out` is no change.

    Raises:
        SiteError: the port is taken, something cannot be watched, or `out` is no folder that a build may write.
    """
    place.accept(out)  # what no build may write is nobody's site, and not to be shown
    stop = stop or threading.Event()
    tell = _nothing if quiet else say
    builds = Builds()
    watched = _watched(watch, out, stop)
    server = Server(port, Site(out, prefix), builds, say)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="server")
    thread.start()
    try:
        tell(f"The site is at {server.url} until Ctrl-C.")
        for _ in watched:
            _build(build, builds, say, tell)
    except KeyboardInterrupt:
        tell("Stopped.")
    finally:
        watched.close()
        server.close()
        thread.join()


def _nothing(_text: str) -> None:
    """Say nothing."""


def _build(
    build: Callable[[], Report | None], builds: Builds, say: Callable[[str], None], tell: Callable[[str], None]
) -> None:
    """Build once, and let pages and terminal know what became of it: problems by `say`, good news by `tell`."""
    try:
        report = build()
    except DataError as error:
        problems = [str(problem) for problem in error.problems]
        builds.failed(problems)
        say("\n".join([*problems, str(error)]))
    except BuilderError as error:
        builds.failed([str(error)])
        say(str(error))
    except Exception as error:  # noqa: BLE001 - a fault in a template or in the program must not end the server
        frame = traceback.extract_tb(error.__traceback__)[-1]
        builds.failed([f"{frame.filename}:{frame.lineno}: {type(error).__name__}: {error}"])
        say(traceback.format_exc())
    else:
        builds.finished(changed=report is None or report.changed)
        if report is not None:
            tell(str(report))


def _watched(watch: Sequence[Path], out: Path, stop: threading.Event) -> Generator[None]:
    """Yield at the start, as soon as no change can be missed, and then after each change."""
    roots = [path.resolve() for path in watch]
    for path, root in zip(watch, roots, strict=True):
        if not root.exists():
            raise SiteError(f"{path} cannot be watched, since it is not there. Begin where the site's data is.")
    changes = watchfiles.watch(
        *roots,
        watch_filter=_filter(roots, out.resolve()),
        step=_LOOK,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        stop_event=stop,
    )
    started = False
    try:
        for changed in changes:
            if changed or not started:
                yield
            started = True
    except (OSError, RuntimeError) as error:
        hint = "Set WATCHFILES_FORCE_POLLING=true to look for changes another way."
        raise SiteError(f"Changes cannot be watched: {error}. {hint}") from error


def _filter(roots: Sequence[Path], site: Path) -> Callable[[watchfiles.Change, str], bool]:
    """Make the rule for what counts as a change: neither what editors leave about, nor what a build writes."""
    built = {site, place.new_beside(site), place.old_beside(site), place.lock_beside(site)}
    usual = watchfiles.DefaultFilter()

    def counts(change: watchfiles.Change, name: str) -> bool:
        path = Path(name)
        if not built.isdisjoint((path, *path.parents)):
            return False
        # Only names below what is watched: the project itself may lie under a folder called .venv or build.
        return any(usual(change, str(path.relative_to(root))) for root in roots if path.is_relative_to(root))

    return counts
