"""`verify`: what a live address answers."""

import json
from pathlib import Path

import click

from builder.cli.terminal import show
from builder.hosts import HOSTS, host_named


@click.command()
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
    from builder import verify as verifying  # noqa: PLC0415 - see the package's docstring
    from builder.upstreams.transport import user_agent  # noqa: PLC0415 - see the package's docstring
    from builder.upstreams.transport.plain import Plain  # noqa: PLC0415 - see the package's docstring

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
