"""`build`, `serve` and `doctor`: from the data to the site."""

import dataclasses
import functools
import gc
import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder import TEMPLATES
from builder.choices import Choices
from builder.cli.facts import TOKENS
from builder.cli.options import base_url_option, choices_options, data_option, out_option, shrink_option
from builder.cli.terminal import show, tell
from builder.hosts import HOSTS, Host, host_named

if TYPE_CHECKING:
    from builder import unchanged
    from builder.write import Report


@click.command()
@data_option
@out_option
@base_url_option
@choices_options
@click.option(
    "--past",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of its own, one for a site, that keeps what was before: with it the site tells what changed.",
)
@click.option(
    "--timings",
    type=click.Choice(["text", "json"]),
    is_flag=False,
    flag_value="text",
    help="Tell where the time went, by phase; with json, print that and what was written as JSON alone.",
)
@click.option("--fresh", is_flag=True, help="Compare every byte of the site, even where nothing seems to have changed.")
@shrink_option
@click.pass_obj
def build(  # noqa: PLR0913, PLR0917 - one for each option
    obj: dict[str, bool],
    data: Path,
    out: Path,
    base_url: str | None,
    host: Host,
    choices: Choices,
    past: Path | None,
    timings: str | None,
    *,
    fresh: bool,
    allow_shrink: bool,
) -> None:
    """Build the site: all of it or, if there is any problem, nothing."""
    if past and not choices.dumps:
        raise click.UsageError("--past compares the dumps of two builds, so that it goes without --no-dumps.")
    from builder.collector import collection_paused  # noqa: PLC0415 - see the package's docstring
    from builder.timings import Timings  # noqa: PLC0415 - see the package's docstring

    with collection_paused():  # until the process ends: what was read is no garbage
        began = time.perf_counter()
        spent = Timings(time.perf_counter if timings else None)
        with spent.phase("look"):
            note = _note(data, out, base_url, host, choices, past, fresh=fresh)
            result = note.result()
        if result is None:
            from builder import build as building  # noqa: PLC0415 - see the package's docstring

            result = building.build(
                data,
                out,
                base_url=base_url,
                host=host,
                choices=choices,
                kept=past,
                note=note,
                allow_shrink=allow_shrink,
                timings=spent,
            )
        if not obj["quiet"]:
            for text in result.notes:
                tell(f"Note: {text}")
            if timings != "json":
                show(f"{out}: {result.report} ({time.perf_counter() - began:.1f} s)")
        if timings == "json":
            told = {"seconds": spent.seconds} | dataclasses.asdict(result.report)
            show(json.dumps(told, indent=2))
        elif timings:
            show(spent.table())


def _note(  # noqa: PLR0913, PLR0917 - as for `build`
    data: Path,
    out: Path,
    base_url: str | None,
    host: Host,
    choices: Choices,
    past: Path | None = None,
    *,
    fresh: bool = False,
) -> "unchanged.Note":
    """Look at what a build would be made of."""
    from builder import unchanged  # noqa: PLC0415 - see the package's docstring

    made_of = unchanged.inputs(data, (base_url, host.name, choices, past is not None), out)
    return unchanged.Note(out, made_of, past, fresh=fresh)


@click.command()
@data_option
@out_option
@base_url_option
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
    from builder import build as building  # noqa: PLC0415 - see the package's docstring
    from builder import serve as serving  # noqa: PLC0415 - the same

    prefix = ""
    host = host_named(name or HOSTS[0].name)

    preview = serving.Preview(data, host.choices)

    def rebuild() -> "Report":
        nonlocal prefix
        note = _note(data, out, base_url, host, host.choices)
        result = building.build(
            data, out, base_url=base_url, host=host, note=note, seen=preview.read, allow_shrink=True
        )
        prefix = result.prefix
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # so that the collector's next look, which may come while a page is waited for, is a short one
        return result.report

    # The host's program is in a group of its own, and would outlive us if we were just ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    looked_at = functools.partial(serving.serve, preview=preview)
    served = looked_at if name is None else functools.partial(serving.serve_by, host)
    served(rebuild, out, (data, TEMPLATES), port, tell, prefix=lambda: prefix, quiet=obj["quiet"])


@click.command()
@data_option
@out_option
@click.pass_obj
def doctor(obj: dict[str, bool], data: Path, out: Path) -> None:
    """Look whether all is there that the commands need, and name what to install or mend."""
    from builder import doctor as examining  # noqa: PLC0415 - see the package's docstring

    findings = list(examining.examine(data, out, os.environ, list(TOKENS)))
    for finding in findings:
        if finding.mark == "problem" or not obj["quiet"]:
            show(finding)
    examining.hold(findings)
