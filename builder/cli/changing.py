"""`diff`: what a change does."""

import sys
from pathlib import Path
from typing import Final

import click

from builder.cli.checking import PROBLEMS_FOUND, find_base
from builder.cli.options import data_option
from builder.cli.terminal import show, tell

FORMATS: Final = ("text", "markdown", "json")


@click.command()
@click.argument("base", metavar="REV")
@data_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="The form of the result."
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--pages/--no-pages", default=True, help="Compare pages, feeds and search too, or the API alone: faster.")
@click.pass_obj
def diff(obj: dict[str, bool], base: str, data: Path, form: str, *, pages: bool) -> None:
    """Tell what changed since REV: files, and what the site answers.

    Both are built in memory, and nothing is written. REV stands for the commit in which this branch left it.
    """
    from builder import build as building  # noqa: PLC0415 - see the package's docstring
    from builder.changes import report  # noqa: PLC0415 - see the package's docstring
    from builder.changes.difference import compare  # noqa: PLC0415 - see the package's docstring

    revision = find_base(data, base)
    found, problems = building.look(data)
    difference = compare(revision, found, problems, pages=pages)
    forms = {"text": report.as_text, "markdown": report.as_markdown, "json": report.as_json}
    show(forms[form](difference))
    if not obj["quiet"]:
        for note in difference.notes:
            tell(f"Note: {note}")
    if problems:
        sys.exit(PROBLEMS_FOUND)
