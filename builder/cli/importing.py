"""`import`: the catalogue of a live site."""

import json
import time
from pathlib import Path

import click

from builder.cli.facts import now
from builder.cli.options import checked_base_url, data_option
from builder.cli.terminal import show
from builder.errors import BuilderError


def _site_address(context: click.Context, option: click.Parameter, text: str) -> str:
    """Hold the argument to the rule of `base_url`; the address of the API itself is one too."""
    base, _, _ = text.partition("/api/")
    return checked_base_url(context, option, base) or base


@click.command("import")
@click.argument("url", callback=_site_address)
@data_option
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing; answers are kept for later.")
@click.option("--theirs", is_flag=True, help="Where people wrote something else here, take the site's word.")
@click.option("--no-v3", is_flag=True, help="Do not ask API v3 how many use each package.")
@click.option("--pause", type=click.FloatRange(0), default=1.0, show_default=True, help="Seconds between two requests.")
@click.option(
    "--page-size", type=click.IntRange(1, 1000), default=100, show_default=True, help="Items to ask for at once."
)
@click.option("--contact", help="Where the requests say that you can be reached.  [default: contact in site.yaml]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, with every remark.")
@click.pass_obj
def import_(  # noqa: PLR0913, PLR0917 - one for each option
    obj: dict[str, bool],
    url: str,
    data: Path,
    pause: float,
    page_size: int,
    contact: str | None,
    *,
    dry_run: bool,
    theirs: bool,
    no_v3: bool,
    as_json: bool,
) -> None:
    """Bring in the catalogue of a live Django Packages site, by its API.

    Nothing changes before all is read, checked and compared. What people wrote here stays. An import that is cut short
    goes on where it was when it is started again. Exit code 0 means that everything answers as there.
    """
    from builder import importing  # noqa: PLC0415 - see the package's docstring
    from builder.cli.progress import showing  # noqa: PLC0415 - see the package's docstring
    from builder.upstreams.transport import Transport, user_agent  # noqa: PLC0415 - see the package's docstring

    with importing.alone(data):
        if dry_run and importing.is_ready(data):
            raise BuilderError("An import was cut short while it put files in place. End it first, without --dry-run.")
        finished = importing.finish(data)
        loaded = importing.load(data)
        transport = Transport([url], user_agent(contact or loaded.settings.contact), importing.LIMITS)
        try:
            with (
                importing.Journal(data, url, now()) as journal,
                showing((), quiet=obj["quiet"], verbose=obj["verbose"]) as progress,
            ):
                site = importing.Site(url, transport, journal, now, lambda: time.sleep(pause), progress)
                report = importing.import_site(
                    loaded,
                    data,
                    site,
                    size=page_size,
                    v3=not no_v3,
                    theirs=theirs,
                    dry_run=dry_run,
                    finished=finished,
                )
        finally:
            transport.close()
    if as_json:
        show(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    elif not obj["quiet"]:
        show(report)
    report.hold()
