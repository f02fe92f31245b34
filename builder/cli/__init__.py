"""The commands. Results go to stdout, messages to stderr; only here are the environment and the clock read.

Heavy modules are imported inside the commands, so that `--help` answers at once.
"""

import dataclasses
import functools
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from builder.choices import Choices, Query
from builder.cli.terminal import show, show_problems, tell
from builder.errors import BuilderError, DataError
from builder.hosts import HOSTS, Host, host_named

if TYPE_CHECKING:
    from builder.write import Report

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
            tell(str(error) if ctx.invoked_subcommand == "check" else f"{error} Nothing was written.")
            sys.exit(error.exit_code)
        except BuilderError as error:
            tell(f"Error: {error}", fg="red")
            sys.exit(error.exit_code)
        except BrokenPipeError:  # nobody reads the help: click's affair
            raise
        except OSError as error:
            tell(f"Error: {error.filename or 'the system'}: {error.strerror or error}", fg="red")
            sys.exit(BuilderError.exit_code)
        except KeyboardInterrupt:
            tell("Interrupted.")
            sys.exit(INTERRUPTED)


def _checked_base_url(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """Hold the option to the rule of `base_url` in site.yaml."""
    if text is None:
        return None
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - see the module's docstring

    from builder.fields import BaseUrl  # noqa: PLC0415 - see the module's docstring

    rule: TypeAdapter[str] = TypeAdapter(BaseUrl)
    try:
        return rule.validate_python(text)
    except ValidationError as error:
        problem = error.errors()[0]
        hint = problem.get("ctx", {}).get("hint", "")
        raise click.BadParameter(f"{text!r} {problem['msg']}. {hint}".rstrip()) from None


_data = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="Folder of the YAML files.",
)
_out = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("site"),
    show_default=True,
    help="Folder to build into. It is replaced as a whole.",
)
_base_url = click.option(
    "--base-url",
    metavar="URL",
    callback=_checked_base_url,
    help="Where the site will be, in place of base_url in site.yaml.",
)
_host = click.option(
    "--host",
    type=click.Choice([host.name for host in HOSTS]),
    default=HOSTS[0].name,
    show_default=True,
    help="Kind of host to build for: its layout, its configuration, its limits.",
)


def _choices(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that take the place of a host's own choices, as one parameter `chosen`."""

    @functools.wraps(command)
    def with_choices(*arguments: Any, host: str, **options: Any) -> None:  # noqa: ANN401 - as in click
        names = ("copies", "v3", "siblings", "pictures", "extras")
        given = {name: value for name in names if (value := options.pop(name)) is not None}
        named = host_named(host)
        chosen = dataclasses.replace(named.choices, **given)
        if not chosen.copies and chosen.query is not Query.ANSWERED:
            raise click.UsageError(f"{host} runs no script that could answer for what --no-copies leaves out.")
        command(*arguments, host=named, choices=chosen, **options)

    added = (
        ("--extras/--no-extras", "A page for each package's weight in search and for each contributor, or none."),
        ("--pictures/--no-pictures", "A picture for each package and grid, for where its address is shared, or none."),
        ("--siblings/--no-siblings", "Compressed files (.gz, .br) beside the larger ones, or none."),
        ("--v3/--no-v3", "API v3, or none of it."),
        ("--copies/--no-copies", "A file for each slug too, or only where no script can answer for it."),
    )
    for names, meaning in added:
        with_choices = click.option(names, default=None, help=f"{meaning} [default: as the host has it]")(with_choices)
    return _host(with_choices)


_shrink = click.option(
    "--allow-shrink", is_flag=True, help="Write even if the new site has less than half of the old one's files."
)


@click.group(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="static-packages", prog_name="builder")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Let fetch name every package it is done with.")
@click.pass_context
def main(context: click.Context, *, quiet: bool, verbose: bool) -> None:
    """Build a package directory as a static site with a read-only JSON API."""
    context.obj = {"quiet": quiet, "verbose": verbose}


@main.command()
@_data
@click.pass_obj
def check(obj: dict[str, bool], data: Path) -> None:
    """Check the data and tell all problems of all files."""
    from builder import build as building  # noqa: PLC0415 - see the module's docstring

    loaded = building.load(data)
    _, notes = building.join(loaded, data)
    if obj["quiet"]:
        return
    for note in notes:
        tell(f"Note: {note}")
    counts = f"{len(loaded.packages)} packages, {len(loaded.grids)} grids, {len(loaded.categories)} categories"
    show(f"{counts}: no problem found.")


@main.command()
@_data
@_out
@_base_url
@_choices
@_shrink
@click.pass_obj
def build(  # noqa: PLR0913, PLR0917 - one for each option
    obj: dict[str, bool],
    data: Path,
    out: Path,
    base_url: str | None,
    host: Host,
    choices: Choices,
    *,
    allow_shrink: bool,
) -> None:
    """Build the site: all of it or, if there is any problem, nothing."""
    from builder import build as building  # noqa: PLC0415 - see the module's docstring

    began = time.perf_counter()
    result = building.build(data, out, base_url=base_url, host=host, choices=choices, allow_shrink=allow_shrink)
    if not obj["quiet"]:
        for note in result.notes:
            tell(f"Note: {note}")
        show(f"{out}: {result.report} ({time.perf_counter() - began:.1f} s)")


@main.command()
@_data
@_out
@_base_url
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.option(
    "--host",
    "name",
    type=click.Choice([host.name for host in HOSTS if host.server]),
    help="Build for this kind of host, and let its own program serve the site; pages do not reload by themselves then.",
)
@click.pass_obj
def serve(  # noqa: PLR0913, PLR0917 - one for each option
    obj: dict[str, bool], data: Path, out: Path, base_url: str | None, port: int, name: str | None
) -> None:
    """Build, serve on 127.0.0.1, and rebuild and reload the page on every change."""
    from builder import build as building  # noqa: PLC0415 - see the module's docstring
    from builder import serve as serving  # noqa: PLC0415 - see the module's docstring

    prefix = ""
    host = host_named(name or HOSTS[0].name)

    def rebuild() -> "Report":
        nonlocal prefix
        result = building.build(data, out, base_url=base_url, host=host, allow_shrink=True)
        prefix = result.prefix
        return result.report

    # The host's program is in a group of its own, and would outlive us if we were just ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    served = serving.serve if name is None else functools.partial(serving.serve_by, host)
    served(rebuild, out, (data, building.TEMPLATES), port, tell, prefix=lambda: prefix, quiet=obj["quiet"])


TOKENS: Final = {
    "GITHUB_TOKEN": "github.com",
    "GITLAB_TOKEN": "gitlab.com",
    "CODEBERG_TOKEN": "codeberg.org",
    "BITBUCKET_TOKEN": "bitbucket.org",
}
NAMES: Final = ("pypi", "downloads", "github", "gitlab", "forgejo", "bitbucket", "git")


@main.command()
@_data
@click.option("--only", metavar="SLUG", multiple=True, help="Ask about this package alone; may be given again.")
@click.option(
    "--upstream",
    "names",
    metavar="NAME",
    multiple=True,
    type=click.Choice(NAMES),
    help="Ask this upstream alone; may be given again.",
)
@click.option(
    "--accept",
    metavar="NAME",
    multiple=True,
    type=click.Choice(NAMES),
    help="Take what this upstream says in spite of the guards, once you have seen that it is true; may be given again.",
)
@click.option("--again", is_flag=True, help="Ask for everything, also where an upstream says that nothing has changed.")
@click.option("--max-requests", type=click.IntRange(0), help="Stop after so many requests; the next run goes on there.")
@click.option("--max-minutes", type=click.FloatRange(0), help="Stop after so long; the next run goes on there.")
@click.option("--dry-run", is_flag=True, help="Ask nobody; tell how many requests would go to whom.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.pass_obj
def fetch(  # noqa: PLR0913, PLR0917 - one for each option
    obj: dict[str, bool],
    data: Path,
    only: tuple[str, ...],
    names: tuple[str, ...],
    max_requests: int | None,
    max_minutes: float | None,
    accept: tuple[str, ...],
    *,
    again: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Pull the packages' metadata from upstreams into the snapshots; what fails stays as it was.

    A token in GITHUB_TOKEN, GITLAB_TOKEN, CODEBERG_TOKEN or BITBUCKET_TOKEN is sent to that forge alone. GitHub answers
    in batches of a hundred with a token, and sixty single questions an hour without one.
    """
    from builder import build as building  # noqa: PLC0415 - see the module's docstring
    from builder import fetch as fetching  # noqa: PLC0415 - see the module's docstring
    from builder import upstreams  # noqa: PLC0415 - see the module's docstring
    from builder.cli.progress import showing  # noqa: PLC0415 - see the module's docstring

    loaded = building.load(data, keep_snapshots=False)
    budget = upstreams.Budget(max_requests, None if max_minutes is None else max_minutes * 60)
    tokens = {host: token for variable, host in TOKENS.items() if (token := os.environ.get(variable))}
    with upstreams.connect(upstreams.Setup(loaded.settings, _now().date(), tokens, budget)) as connected:
        asked = [upstream for upstream in connected if not names or upstream.name in names]
        if dry_run:
            for name, packages, plan in fetching.plan(loaded, asked, only):
                note = f"; {plan.note}" if plan.note and packages else ""
                show(f"{name}: {packages} packages, at least {plan.requests} requests{note}")
            return
        with showing(asked, quiet=obj["quiet"], verbose=obj["verbose"]) as progress:
            summary = fetching.fetch(
                loaded, data, asked, _now, only, progress, budget=budget, again=again, accept=accept
            )
    if as_json:
        show(json.dumps(summary.as_dict(), indent=2))
    elif not obj["quiet"]:
        show(summary)
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(summary.as_markdown())
    if error := summary.error():
        raise error


@main.command()
@click.argument("url")
@click.option(
    "--host",
    type=click.Choice([host.name for host in HOSTS]),
    help="Kind of host that the site was built for, where the site does not tell it itself.",
)
@click.option("--expect-generation", "generation", metavar="ID", help="The content that must be served.")
@click.option(
    "--site",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the built site whose content must be served.",
)
@click.option("--wait", type=click.FloatRange(0), default=0.0, help="Seconds to wait for that content: CDNs lag.")
@click.option("--contact", help="Where the requests say that you can be reached.  [default: the address itself]")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.pass_obj
def verify(  # noqa: PLR0913, PLR0917 - one for each option
    obj: dict[str, bool],
    url: str,
    host: str | None,
    generation: str | None,
    site: Path | None,
    wait: float,
    contact: str | None,
    *,
    as_json: bool,
) -> None:
    """Check that a live address answers as the API promises: types, CORS, caching, paging, errors, pages.

    At most 120 requests are sent, whatever the size of the site, and none of them changes anything.
    """
    from builder import verify as verifying  # noqa: PLC0415 - see the module's docstring
    from builder.upstreams.transport import user_agent  # noqa: PLC0415 - see the module's docstring
    from builder.upstreams.transport.plain import Plain  # noqa: PLC0415 - see the module's docstring

    if site is not None and generation is not None:
        raise click.UsageError("--expect-generation and --site say the same; give one of them.")
    if not url.startswith(("https://", "http://")):
        raise click.BadParameter(f"{url!r} is not a web address; it begins with https://.", param_hint="URL")
    if site is not None:
        generation = verifying.generation_of(site)
    plain = Plain(user_agent(contact or url))
    try:
        report = verifying.verify(url, plain, host=host_named(host) if host else None, generation=generation, wait=wait)
    finally:
        plain.close()
    if as_json:
        show(json.dumps(report.as_dict(), indent=2))
    elif not obj["quiet"] or report.failed:
        show(report)
    report.hold()


@main.command()
@_data
def ids(data: Path) -> None:
    """Give new files their id and date: what the scheduled job does after a merge."""
    from builder import build as building  # noqa: PLC0415 - see the module's docstring
    from builder import ids as numbering  # noqa: PLC0415 - see the module's docstring

    given, problems = numbering.give(building.load(data), data, _now())
    for path in given:
        show(path)
    show_problems(problems)
    if problems:
        left = "1 file was left as it was" if len(problems) == 1 else f"{len(problems)} files were left as they were"
        raise BuilderError(f"{left}; all others have their id and date.")


def _now() -> datetime:
    return datetime.now(UTC)
