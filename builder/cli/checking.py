"""`check`: the problems of the data, in a form for people, for programs or for a workflow run."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from builder.cli.options import data_option
from builder.cli.terminal import show, show_problems, tell

if TYPE_CHECKING:
    from builder.changes import Base
    from builder.entries import Records
    from builder.errors import Problem
    from builder.formats import Pages

PROBLEMS_FOUND: Final = 1


@dataclass(frozen=True, slots=True)
class _Found:
    """What a check found, and what is needed to show it: `data` is the folder, `counts` says how much was looked at."""

    data: Path
    problems: Sequence["Problem"]
    pages: "Pages"
    counts: str
    notes: Sequence[str] = ()
    older: int = 0
    quiet: bool = field(default=False, kw_only=True)


def _text(found: _Found) -> None:
    show_problems(found.problems, err=False)
    if not found.problems and not found.quiet:
        show(f"{found.counts}: no {'new ' if found.older else ''}problem found.")
    if found.problems and found.pages.index:
        tell(f"What each code in brackets means: {found.pages.index}")


def _json(found: _Found) -> None:
    from builder.formats import as_json  # noqa: PLC0415 - see the package's docstring

    show(as_json(found.problems, found.pages, found.notes))


def _github(found: _Found) -> None:
    import secrets  # noqa: PLC0415 - see the package's docstring

    from builder.changes.revisions import prefix  # noqa: PLC0415 - see the package's docstring
    from builder.formats import annotate, summarise  # noqa: PLC0415 - see the package's docstring

    for line in annotate(found.problems, found.pages, prefix(found.data), secrets.token_hex(16)):
        show(line)
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(summarise(found.problems, found.pages, found.counts))


def _sarif(found: _Found) -> None:
    from importlib.metadata import version  # noqa: PLC0415 - see the package's docstring

    from builder.changes.revisions import prefix  # noqa: PLC0415 - see the package's docstring
    from builder.formats import as_sarif  # noqa: PLC0415 - see the package's docstring

    root = found.data.resolve().parent

    @cache
    def lines(path: str) -> list[str]:
        try:
            return (root / path).read_text(encoding="utf-8-sig", errors="replace").split("\n")
        except OSError:
            return []

    def line(path: str, number: int) -> str:
        return "".join(lines(path)[number - 1 : number])

    show(as_sarif(found.problems, found.pages, version("static-packages"), prefix(found.data), line))


FORMATS: Final[dict[str, Callable[[_Found], None]]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}


@click.command()
@data_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="For people; for programs; annotations and summary of a workflow run on GitHub; SARIF 2.1.0.",
)
@click.option("--base", "revision", metavar="REV", help="Tell only what was changed for the worse since this revision.")
@click.option("--as-bot", is_flag=True, help="With --base: the change is the program's own, which may touch its files.")
@click.pass_obj
def check(obj: dict[str, bool], data: Path, form: str, revision: str | None, *, as_bot: bool) -> None:
    """Check the data and tell all problems of all files."""
    from builder import source  # noqa: PLC0415 - see the package's docstring

    if as_bot and revision is None:
        raise click.UsageError("--as-bot says whose change it is, so it needs --base.")
    base = find_base(data, revision) if revision is not None else None
    with source.collection_paused():  # of 5,400 packages a fourth of the time
        found = _look(data, base, as_bot=as_bot, quiet=obj["quiet"])
    FORMATS[form](found)
    _conclude(found)


def _look(data: Path, base: "Base | None", *, as_bot: bool, quiet: bool) -> _Found:
    """Look at the data, and at what was changed since `base`."""
    from builder import looking  # noqa: PLC0415 - see the package's docstring
    from builder.errors import DataError  # noqa: PLC0415 - see the package's docstring

    records, problems = looking.look(data, keep_snapshots=base is not None, find_moved=True)
    older = 0
    if base:
        from builder.changes import review  # noqa: PLC0415 - see the package's docstring

        reviewed = review(base, records, problems, as_bot=as_bot)
        problems, older = reviewed.problems, reviewed.older
    try:
        notes = [] if problems or older else _notes(data, records)
    except DataError as error:  # of git, which does not tell when files were changed
        notes, problems = [], list(error.problems)
    return _Found(data, problems, _pages(data), _counts(records), notes, older, quiet=quiet)


def _conclude(found: _Found) -> None:
    """Tell people what is left to be told, and end with the exit code of what was found."""
    from builder.errors import DataError  # noqa: PLC0415 - see the package's docstring

    if not found.quiet:
        for note in found.notes:
            tell(f"Note: {note}")
        if found.older:
            were, are = ("1 problem was", "is") if found.older == 1 else (f"{found.older} problems were", "are")
            tell(f"{were} there before, and {are} not told.")
    if found.problems:
        tell(str(DataError(found.problems)))
        sys.exit(PROBLEMS_FOUND)


def find_base(data: Path, revision: str) -> "Base":
    """Find the revision that a user named.

    Raises:
        click.BadParameter: git does not know it.
    """
    from builder.changes import RevisionError, find  # noqa: PLC0415 - see the package's docstring

    try:
        return find(data, revision)
    except RevisionError as error:
        raise click.BadParameter(str(error), param_hint="REV") from None


def _pages(data: Path) -> "Pages":
    """Give where codes are explained: in the repository of the settings, if these can be read."""
    from builder import source  # noqa: PLC0415 - see the package's docstring
    from builder.formats import Pages  # noqa: PLC0415 - see the package's docstring

    settings = source.load_settings(data)
    return Pages(settings.repository, settings.branch) if settings else Pages()


def _counts(records: "Records | None") -> str:
    """Say how much was looked at."""
    if records is None:
        return ""
    kinds = {"packages": records.packages, "grids": records.grids, "categories": records.categories}
    return ", ".join(f"{len(entries)} {kind}" for kind, entries in kinds.items())


def _notes(data: Path, records: "Records | None") -> list[str]:
    """Give what is not wrong, but good to know; nothing while something is wrong."""
    from builder import history, looking  # noqa: PLC0415 - see the package's docstring
    from builder.entries import Data  # noqa: PLC0415 - see the package's docstring

    return looking.tell_notes(records, history.read(data)) if isinstance(records, Data) else []
