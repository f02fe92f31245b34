"""Tables as the benchmarks print them."""

from collections.abc import Sequence

from spent import Spent
from trees import Tree

Cell = str | int | float

SPENT = ("wall", "CPU", "to cp -r", "CPU to cp -r", "memory MB")


def show(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print a table: the first column to the left, figures to the right."""
    lines = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print()
    for first, *others in lines:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        print("  ".join(cells).rstrip(), flush=True)


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:,}"


def spent(taken: Spent, copy: Spent | None) -> list[Cell]:
    """Give the columns `SPENT`: what something took, alone and beside a copy, if there is one."""
    ratios = (f"{taken.wall / copy.wall:.2f}", f"{taken.cpu / copy.cpu:.2f}") if copy else ("", "")
    return [f"{taken.wall:.2f} s", f"{taken.cpu:.2f} s", *ratios, megabytes(taken.memory)]


def megabytes(size: int) -> str:
    """Give bytes in millions."""
    return f"{size / 1e6:,.0f}"


def tree(found: Tree) -> str:
    """Tell what is in a folder of files."""
    return f"{found.files:,} files, {found.bytes / 1e6:,.1f} MB; {found.fullest} has most entries, {found.entries:,}"
