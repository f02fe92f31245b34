"""The commands. Results go to stdout, messages to stderr; only in this package are the environment and the clock read.

The module of a command is imported when the command is asked for, and heavy modules inside the commands: `--help` takes
half of its time so, as what it says of each command stands here.
"""

import gc
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, Final, NamedTuple, cast

import click

from builder.cli.terminal import show_problems, tell
from builder.errors import BuilderError, DataError

INTERRUPTED: Final = 130
EXIT_CODES: Final = """\b
Exit codes: 0 fine, 1 problems found, 2 wrong usage, 3 an upstream failed (what was got is kept),
4 a guard refused, 130 interrupted."""


class _Where(NamedTuple):
    """Where a command is (the module of this package, its name there), and how its help begins."""

    module: str
    name: str
    says: str


WHERE: Final[Mapping[str, _Where]] = {
    "build": _Where("site", "build", "Build the site: all of it or, if there is any problem, nothing."),
    "check": _Where("checking", "check", "Check the data and tell all problems of all files."),
    "diff": _Where("changing", "diff", "Tell what changed since REV: files, and what the site answers."),
    "doctor": _Where(
        "site", "doctor", "Look whether all is there that the commands need, and name what to install or mend."
    ),
    "fetch": _Where(
        "facts", "fetch", "Pull the packages' metadata from upstreams into the snapshots; what fails stays as it was."
    ),
    "fmt": _Where(
        "facts", "fmt", "Put the keys of the files that people write in order; comments go with the key below them."
    ),
    "ids": _Where("facts", "ids", "Give new files their id and date: what the scheduled job does after a merge."),
    "import": _Where("importing", "import_", "Bring in the catalogue of a live Django Packages site, by its API."),
    "mirror": _Where("live", "mirror", "Copy a live site into FOLDER or, where an older copy is there, let it follow."),
    "new": _Where("proposing", "new", "Make the file of a package that is not in the catalogue yet."),
    "schema": _Where("schema", "schema", "Write the JSON Schemas for editors into the data's folder schemas/."),
    "serve": _Where("site", "serve", "Build, serve on 127.0.0.1, and rebuild and reload the page on every change."),
    "verify": _Where(
        "live",
        "verify",
        "Check that a live address answers as the API promises: types, CORS, caching, paging, errors, pages.",
    ),
}


class _Late(Mapping[str, click.Command]):
    """The commands by name, each imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        where = WHERE[name]
        found: click.Command = getattr(import_module(f"{__name__}.{where.module}"), where.name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(WHERE)

    def __len__(self) -> int:
        return len(WHERE)


class Commands(click.Group):
    """The group of commands; turns every expected stop into a message and its exit code."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as in click
        """Be the whole program: at its end the collector need not look through all that was read, which ends anyhow."""
        try:
            return super().__call__(*arguments, **options)
        finally:
            gc.freeze()

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as in click
        """Run a command.

        Raises:
            SystemExit: with the exit code of a `BuilderError` that stopped it.
        """
        try:
            return super().invoke(ctx)
        except DataError as error:
            show_problems(error.problems)
            tell(str(error) if ctx.invoked_subcommand == "diff" else f"{error} Nothing was written.")
            sys.exit(error.exit_code)
        except BuilderError as error:
            tell(f"Error: {error}", fg="red")
            sys.exit(error.exit_code)
        except BrokenPipeError:  # nobody reads the help: click's affair
            raise
        except OSError as error:
            tell(f"Error: {error.filename or 'the system'}: {error.strerror or error}", fg="red")
            sys.exit(BuilderError.exit_code)
        except (KeyboardInterrupt, click.Abort):  # the latter where a question was not answered
            tell("Interrupted.")
            sys.exit(INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Tell what each command does, in one line and as click does, which imports all of them for it."""
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names))
        lines = [click.Command(name, help=WHERE[name].says).get_short_help_str(room) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(list(zip(names, lines, strict=True)))


@click.group(
    cls=Commands,
    commands=cast("MutableMapping[str, click.Command]", _Late()),  # nothing adds to them
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="static-packages", prog_name="builder")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Let fetch name every package it is done with.")
@click.pass_context
def main(context: click.Context, *, quiet: bool, verbose: bool) -> None:
    """Build a package directory as a static site with a read-only JSON API."""
    context.obj = {"quiet": quiet, "verbose": verbose}
