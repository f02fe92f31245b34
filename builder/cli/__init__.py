"""The commands. Results go to stdout, messages to stderr; only in this package are the environment and the clock read.

Heavy modules are imported inside the commands, so that `--help` answers at once.
"""

import sys
from typing import Any, Final

import click

from builder.cli.changing import diff
from builder.cli.checking import check
from builder.cli.facts import fetch, fmt, ids
from builder.cli.importing import import_
from builder.cli.live import mirror, verify
from builder.cli.proposing import new
from builder.cli.schema import schema
from builder.cli.site import build, doctor, serve
from builder.cli.terminal import show_problems, tell
from builder.errors import BuilderError, DataError

INTERRUPTED: Final = 130
EXIT_CODES: Final = """\b
Exit codes: 0 fine, 1 problems found, 2 wrong usage, 3 an upstream failed (what was got is kept),
4 a guard refused, 130 interrupted."""


class Commands(click.Group):
    """The group of commands; turns every expected stop into a message and its exit code."""

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


@click.group(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="static-packages", prog_name="builder")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Let fetch name every package it is done with.")
@click.pass_context
def main(context: click.Context, *, quiet: bool, verbose: bool) -> None:
    """Build a package directory as a static site with a read-only JSON API."""
    context.obj = {"quiet": quiet, "verbose": verbose}


for command in (build, check, diff, doctor, fetch, fmt, ids, import_, mirror, new, schema, serve, verify):
    main.add_command(command)
