"""`fetch`, `ids` and `fmt`: what is written into the data by the program."""

import gc
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from builder.cli.options import data_option
from builder.cli.terminal import show, show_problems
from builder.errors import BuilderError

TOKENS: Final = {
    "GITHUB_TOKEN": "github.com",
    "GITLAB_TOKEN": "gitlab.com",
    "CODEBERG_TOKEN": "codeberg.org",
    "BITBUCKET_TOKEN": "bitbucket.org",
}
NAMES: Final = ("pypi", "downloads", "github", "gitlab", "forgejo", "bitbucket", "git")


@click.command()
@data_option
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
    from builder import fetch as fetching  # noqa: PLC0415 - see the package's docstring
    from builder import looking, snapshots, upstreams  # noqa: PLC0415 - see the package's docstring
    from builder.cli.progress import showing  # noqa: PLC0415 - see the package's docstring

    # Each snapshot is looked at some six times. A repository that has moved must not keep anybody from asking about it.
    loaded = looking.load(data, keep_snapshots=snapshots.can_be_kept(data), find_moved=False)
    gc.freeze()  # nothing of it is garbage all night, and the collector need not see that again and again
    budget = upstreams.Budget(max_requests, None if max_minutes is None else max_minutes * 60)
    tokens = {host: token for variable, host in TOKENS.items() if (token := os.environ.get(variable))}
    with upstreams.connect(upstreams.Setup(loaded.settings, now().date(), tokens, budget)) as connected:
        asked = [upstream for upstream in connected if not names or upstream.name in names]
        if dry_run:
            for name, packages, plan in fetching.plan(loaded, asked, only):
                note = f"; {plan.note}" if plan.note and packages else ""
                show(f"{name}: {packages} packages, at least {plan.requests} requests{note}")
            return
        with showing(asked, quiet=obj["quiet"], verbose=obj["verbose"]) as progress:
            summary = fetching.fetch(
                loaded, data, asked, now, only, progress, budget=budget, again=again, accept=accept
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


@click.command()
@data_option
def ids(data: Path) -> None:
    """Give new files their id and date: what the scheduled job does after a merge."""
    from builder import ids as numbering  # noqa: PLC0415 - see the package's docstring
    from builder import looking  # noqa: PLC0415 - see the package's docstring

    given, problems = numbering.give(looking.load(data), data, now())
    for path in given:
        show(path)
    show_problems(problems)
    if problems:
        left = "1 file was left as it was" if len(problems) == 1 else f"{len(problems)} files were left as they were"
        raise BuilderError(f"{left}; all others have their id and date.")


@click.command()
@data_option
@click.option("--check", is_flag=True, help="Change nothing; tell which files are not in order, and exit with 1.")
@click.pass_obj
def fmt(obj: dict[str, bool], data: Path, *, check: bool) -> None:
    """Put the keys of the files that people write in order; comments go with the key below them.

    Where the data has schemas for editors, each file begins with the line by which they find it.
    """
    from builder import tidy as tidying  # noqa: PLC0415 - see the package's docstring

    changed, problems = tidying.tidy(data, write=not check)
    if check or not obj["quiet"]:
        for line in tidying.told(changed, write=not check):
            show(line)
    show_problems(problems)
    if problems:
        raise BuilderError("Files with problems were left as they are.")
    if check and changed:
        raise BuilderError("Run: builder fmt")


def now() -> datetime:
    """Give the time, the only one that reaches what is written."""
    return datetime.now(UTC)
