"""Options that several commands have."""

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from builder.choices import Query
from builder.hosts import HOSTS, host_named


def checked_base_url(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """Hold the option to the rule of `base_url` in site.yaml."""
    if text is None:
        return None
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - see the package's docstring

    from builder.fields import BaseUrl  # noqa: PLC0415 - see the package's docstring

    rule: TypeAdapter[str] = TypeAdapter(BaseUrl)
    try:
        return rule.validate_python(text)
    except ValidationError as error:
        problem = error.errors()[0]
        hint = problem.get("ctx", {}).get("hint", "")
        raise click.BadParameter(f"{text!r} {problem['msg']}. {hint}".rstrip()) from None


data_option = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="Folder of the YAML files.",
)
out_option = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("site"),
    show_default=True,
    help="Folder to build into. It is replaced as a whole.",
)
base_url_option = click.option(
    "--base-url",
    metavar="URL",
    callback=checked_base_url,
    help="Where the site will be, in place of base_url in site.yaml.",
)
host_option = click.option(
    "--host",
    type=click.Choice([host.name for host in HOSTS]),
    default=HOSTS[0].name,
    show_default=True,
    help="Kind of host to build for: its layout, its configuration, its limits.",
)


def choices_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that take the place of a host's own choices, as one parameter `chosen`."""

    @functools.wraps(command)
    def with_choices(*arguments: Any, host: str, **options: Any) -> None:  # noqa: ANN401 - as in click
        names = ("copies", "v3", "siblings", "pictures", "extras", "details", "dumps", "badges")
        given = {name: value for name in names if (value := options.pop(name)) is not None}
        named = host_named(host)
        chosen = dataclasses.replace(named.choices, **given)
        if not chosen.copies and chosen.query is not Query.ANSWERED:
            raise click.UsageError(f"{host} runs no script that could answer for what --no-copies leaves out.")
        command(*arguments, host=named, choices=chosen, **options)

    added = (
        ("--badges/--no-badges", "A badge for each package, for its README, or none."),
        ("--dumps/--no-dumps", "The whole data in one file, as JSON, as lines of it and as SQLite, or not."),
        ("--details/--no-details", "A file for each package, grid and category with all that is known, or none."),
        ("--extras/--no-extras", "A page for each package's weight in search and for each contributor, or none."),
        ("--pictures/--no-pictures", "A picture for each package and grid, for where its address is shared, or none."),
        ("--siblings/--no-siblings", "Compressed files (.gz, .br) beside the larger ones, or none."),
        ("--v3/--no-v3", "API v3, or none of it."),
        ("--copies/--no-copies", "A file for each slug too, or only where no script can answer for it."),
    )
    for names, meaning in added:
        with_choices = click.option(names, default=None, help=f"{meaning} [default: as the host has it]")(with_choices)
    return host_option(with_choices)


shrink_option = click.option(
    "--allow-shrink", is_flag=True, help="Write even if the new site has less than half of the old one's files."
)
