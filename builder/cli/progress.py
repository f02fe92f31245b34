"""How far a fetch or an import is: a bar on a terminal, a line for each step where that is asked for."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from builder.cli.terminal import tell

if TYPE_CHECKING:
    from builder.upstreams import Upstream


Show: TypeAlias = Callable[[int, int, str, object], None]
"""Is told of each step: how many are done, of how many, about what, and what came of it."""


def _line(done: int, total: int, slug: str, outcome: object) -> None:
    tell(f"[{done}/{total}] {slug}: {type(outcome).__name__.lower()}")


@contextmanager
def showing(asked: Sequence["Upstream"], *, quiet: bool, verbose: bool) -> Iterator[Show | None]:
    """Give what shows how far it is; None where nothing is to be shown.

    The bar tells the package, how many of how many, the rate, the time that remains, and what upstreams still grant.
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield _line if verbose else None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[quota]}"),
    )
    began = time.monotonic()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("asking", total=None, rate="", quota="")

        def advance(done: int, total: int, slug: str, outcome: object) -> None:
            if verbose:
                bar.console.print(f"[{done}/{total}] {slug}: {type(outcome).__name__.lower()}", markup=False)
            rate = f"{done / max(time.monotonic() - began, 1e-9):.0f}/s"
            quota = ", ".join(upstream.quota for upstream in asked if upstream.quota)
            bar.update(task, total=total, completed=done, description=f"{slug:<24.24}", rate=rate, quota=quota)

        yield advance
