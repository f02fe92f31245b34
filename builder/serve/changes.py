"""What is noticed: each change of the data and the templates, and nothing that a build or an editor leaves about."""

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Final

import watchfiles

from builder.errors import SiteError
from builder.write import place

_LOOK: Final = 50  # milliseconds between two looks whether to stop
_QUIET: Final = 10  # milliseconds without a change after the last one


def watched(watch: Sequence[Path], out: Path, stop: threading.Event) -> Generator[frozenset[Path]]:
    """Yield no file at the start, as soon as no change can be missed, and then the files of each change."""
    roots = [path.resolve() for path in watch]
    for path, root in zip(watch, roots, strict=True):
        if not root.exists():
            raise SiteError(f"{path} cannot be watched, since it is not there. Begin where the site's data is.")
    found = watchfiles.watch(
        *roots,
        watch_filter=_filter(roots, out.resolve()),
        step=_QUIET,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        stop_event=stop,
    )
    started = False
    try:
        for changed in found:
            if changed or not started:
                yield frozenset(Path(name) for _, name in changed)
            started = True
    except (OSError, RuntimeError) as error:
        hint = "Set WATCHFILES_FORCE_POLLING=true to look for changes another way."
        raise SiteError(f"Changes cannot be watched: {error}. {hint}") from error


def _filter(roots: Sequence[Path], site: Path) -> Callable[[watchfiles.Change, str], bool]:
    """Make the rule for what counts as a change: neither what editors leave about, nor what a build writes."""
    built = {site, *place.all_beside(site)}
    usual = watchfiles.DefaultFilter()

    def counts(change: watchfiles.Change, name: str) -> bool:
        path = Path(name)
        if not built.isdisjoint((path, *path.parents)):
            return False
        # Only names below what is watched: the project itself may lie under a folder called .venv or build.
        return any(usual(change, str(path.relative_to(root))) for root in roots if path.is_relative_to(root))

    return counts
