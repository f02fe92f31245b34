"""What is shown to people: results on stdout, messages on stderr. A reader who has gone away stops no command."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from builder.errors import Problem


def show(text: object) -> None:
    """Write a result to stdout."""
    _echo(str(text), err=False)


def tell(text: str, **style: Any) -> None:  # noqa: ANN401 - of click.style
    """Write a message for people to stderr."""
    _echo(click.style(text, **style), err=True)


def show_problems(problems: Sequence["Problem"], *, err: bool = True) -> None:
    """Write each problem to stderr, or to stdout where they are what was asked for: where and what, then the remedy."""
    for problem in problems:
        first, _, rest = str(problem).partition("\n")
        place, _, message = first.partition(": ")
        line = f"{click.style(place, bold=True)}: {message}"
        _echo(f"{line}\n{rest}" if rest else line, err=err)


def _colour() -> bool | None:
    """Tell whether to colour: NO_COLOR and FORCE_COLOR decide, else click does, by what it writes to."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def _echo(text: str, *, err: bool) -> None:
    """Write a line; into the void from the moment at which nobody reads it any more.

    The stream itself is led there, since what is still in it is written once more when the program ends.
    """
    try:
        click.echo(text, err=err, color=_colour())
    except BrokenPipeError:
        void = os.open(os.devnull, os.O_WRONLY)
        os.dup2(void, (sys.stderr if err else sys.stdout).fileno())
        os.close(void)
