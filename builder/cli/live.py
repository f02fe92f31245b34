"""`verify` and `mirror`: what a live address answers, whether a site is whole, and a copy of it that follows."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from builder.cli.terminal import show
from builder.hosts import HOSTS, host_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.upstreams.transport.plain import Plain

_LARGEST: Final = 2 * 1024**3  # bytes of a file: the dump of 500,000 packages
_LONGEST: Final = 1800.0  # seconds for it
FILES: Final = 200  # that are asked for, of a live site's manifest


@click.command()
@click.argument("address", metavar="URL|FOLDER")
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
@click.option("--manifest", is_flag=True, help="Compare the files with the site's manifest instead, to the byte.")
@click.option(
    "--files",
    type=click.IntRange(0),
    help=f"With --manifest: how many files a live address is asked for, 0 for all.  [default: {FILES}]",
)
@click.option("--contact", help="Where the requests say that you can be reached.  [default: the address itself]")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.pass_obj
def verify(  # noqa: PLR0913, PLR0917 - one for each option
    obj: dict[str, bool],
    address: str,
    host: str | None,
    generation: str | None,
    site: Path | None,
    wait: float,
    files: int | None,
    contact: str | None,
    *,
    manifest: bool,
    as_json: bool,
) -> None:
    """Check that a live address answers as the API promises: types, CORS, caching, paging, errors, pages.

    At most 130 requests are sent, whatever the size of the site, and none of them changes anything.

    With --manifest, look whether what is served, or lies in a folder, is what was built, and its JSON what the API
    promises: every file of a folder, some of a live address.
    """
    from builder import verify as verifying  # noqa: PLC0415 - see the package's docstring

    if site is not None and generation is not None:
        raise click.UsageError("--expect-generation and --site say the same; give one of them.")
    if manifest and (host or generation or site or wait):
        raise click.UsageError(
            "--manifest looks at files alone; --host, --expect-generation, --site and --wait do not."
        )
    if files is not None and not manifest:
        raise click.UsageError("--files says how many files of the manifest are asked for, so it needs --manifest.")
    if manifest and Path(address).is_dir():
        found: verifying.Findings | verifying.Report = verifying.of_copy(Path(address))
    else:
        with _asking(address, contact) as plain:
            if manifest:
                found = verifying.of_live(address, plain, FILES if files is None else files or None)
            else:
                generation = verifying.generation_of(site) if site is not None else generation
                named = host_named(host) if host else None
                found = verifying.verify(address, plain, host=named, generation=generation, wait=wait)
    if as_json:
        show(json.dumps(found.as_dict(), indent=2))
    elif not obj["quiet"] or found.has_failed:
        show(found)
    found.hold()


@click.command()
@click.argument("url", metavar="URL")
@click.argument("folder", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--contact", help="Where the requests say that you can be reached.  [default: the address itself]")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def mirror(obj: dict[str, bool], url: str, folder: Path, contact: str | None, *, as_json: bool) -> None:
    """Copy a live site into FOLDER or, where an older copy is there, let it follow.

    Every file has the bytes that the site's manifest tells, or nothing is changed. The folder is replaced in one step.
    A run that is stopped goes on the next time.
    """
    from builder import mirror as mirroring  # noqa: PLC0415 - see the package's docstring

    with _asking(url, contact) as plain:
        found = mirroring.mirror(url, folder, plain)
    if as_json:
        show(json.dumps(found.as_dict(), indent=2))
    elif not obj["quiet"]:
        show(found)


@contextmanager
def _asking(url: str, contact: str | None) -> "Iterator[Plain]":
    from builder.upstreams.limits import Limits  # noqa: PLC0415 - see the package's docstring
    from builder.upstreams.transport import user_agent  # noqa: PLC0415 - see the package's docstring
    from builder.upstreams.transport.plain import Plain  # noqa: PLC0415 - see the package's docstring

    if not url.startswith(("https://", "http://")):
        raise click.BadParameter(
            f"{url!r} is not a web address, which begins with https://, nor with --manifest a folder.",
            param_hint="URL|FOLDER",
        )
    if urlsplit(url).query or urlsplit(url).fragment:
        raise click.BadParameter(f"{url!r} has more than the address of a site: leave out what begins with ? or #.")
    plain = Plain(user_agent(contact or url), Limits(body=_LARGEST, total=_LONGEST))
    try:
        yield plain
    finally:
        plain.close()
