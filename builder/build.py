"""From data/ to site/: join, render, write, after `looking`. What `build` and `serve` have in common."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from builder import api, catalogue, feeds, history, pages, past, pictures, scripts, search, source, write
from builder.api.generation import DUMPS
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.config import Settings
from builder.entries import Data
from builder.hosts import HOSTS, File, Host, within_limits
from builder.looking import load, look, tell_notes
from builder.outputs import PNG, Output
from builder.timings import Timings
from builder.urls import Urls

__all__ = ["TEMPLATES", "Result", "build", "files", "join", "load", "look", "render", "tell_notes"]

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did, and what the person should know although nothing is wrong.

    `prefix` is the path of the site's address, such as `/packages`; "" where it has none.
    """

    report: write.Report
    notes: Sequence[str]
    prefix: str


def join(
    data: Data, folder: Path, base_url: str | None = None, past: history.History | None = None
) -> tuple[Catalogue, list[str]]:
    """Make the catalogue, with `base_url` in place of the settings' own; and give the notes on what git did not tell.

    `past` is the history of the files, where it is not the folder's own.

    Raises:
        pydantic.ValidationError: if `base_url` is not one.
    """
    if base_url is not None:
        settings = Settings.model_validate(dict(data.settings) | {"base_url": base_url})
        data = dataclasses.replace(data, settings=settings)
    past = past or history.read(folder)
    inside = None if past.prefix is None else past.prefix.rstrip("/")
    return catalogue.join(data, past.dates, inside), tell_notes(data, past)


def render(
    made: Catalogue,
    choices: Choices,
    old: pictures.Old = lambda _route: None,
    templates: Path = TEMPLATES,
    timings: Timings | None = None,
) -> Iterator[Output]:
    """Yield all that the site answers, as far as `choices` let files answer it.

    `old` gives what the last build made for a route.
    """
    through = (timings or Timings()).through
    site = Urls(made.settings.base_url)
    collector = api.Collector(made, site)
    yield from through("api", collector.passing(api.render(made, site, choices)))
    yield from through("search", collector.passing(search.render(made, site)))
    yield from through("pages", pages.render(made, site, templates, choices, collector.examples))
    yield from through("feeds", feeds.render(made, site))
    if choices.pictures:
        yield from through("pictures", pictures.render(made, templates, old))
    yield from through("scripts", scripts.render(choices, templates))


def files(  # noqa: PLR0913, PLR0917 - what the files depend on, each with a name
    made: Catalogue,
    host: Host,
    choices: Choices,
    out: Path,
    step: api.Step | None = None,
    timings: Timings | None = None,
) -> Iterator[File]:
    """Yield the files of the site for a host: what answers, the host's own, and last what tells of them all.

    `step` knows what was before, where that is to be told (`choices.changes`). `out` is where the last build left its
    files: what costs much and has not changed is taken from there.

    Raises:
        SiteError: if the host would not take so many, or so large ones.
    """
    step, site = step or api.Step(), Urls(made.settings.base_url)
    generation, through = step.generation, (timings or Timings()).through

    def old(route: str) -> bytes | None:
        path, _ = next(iter(host.files(Output(route, b"", PNG))))
        return write.read(out, path)

    def answering() -> Iterator[File]:
        for output in render(made, choices, old, timings=timings):
            yield from host.files(output)
        yield from host.configuration(site, choices)

    def has_siblings(path: str, body: bytes) -> bool:
        return path in DUMPS or (choices.siblings and write.has_siblings(path, body))

    def all_files() -> Iterator[File]:
        laid_out = through("layout", answering())
        packed = through("compress", write.with_siblings(laid_out, out, has_siblings))
        yield from step.passing(packed, () if choices.plain_dumps else DUMPS)
        for output in step.outputs(made.as_of) if choices.changes else ():
            yield from step.keeping(generation.passing(host.files(output)))
        manifest = generation.manifest()
        yield from write.with_siblings(step.keeping(host.files(manifest)), out, endings=[write.GZIP])
        yield from host.files(generation.output(manifest, site.base, made.as_of, host.name, choices))

    return within_limits(host, through("sums", all_files()))


@source.collection_paused()
def build(  # noqa: PLR0913 - what a build depends on, each with a name
    folder: Path,
    out: Path,
    *,
    base_url: str | None = None,
    host: Host = HOSTS[0],
    choices: Choices | None = None,
    kept: Path | None = None,
    allow_shrink: bool = False,
    timings: Timings | None = None,
) -> Result:
    """Build the site from the data in `folder` into `out`, in one step; `choices` in place of the host's own.

    `kept` is the folder of what is kept of the generations before (`past`); without it no change is told. `timings`
    learns where the time goes.

    Raises:
        DataError: if the data holds problems; nothing is written then.
        SiteError: if the outputs, the host's limits or `out` do not allow it; `out` is as before.
        GuardRefusedError: if the new site is so much smaller that something must be wrong.
    """
    timings = timings or Timings()
    if kept:
        past.accept(kept, out)
    data = load(folder, timings=timings)
    with timings.phase("join"):
        made, notes = join(data, folder, base_url)
    choices = dataclasses.replace(choices or host.choices, changes=kept is not None)
    with timings.phase("past"):
        step = api.Step(past.read(kept) if kept else None)
    with timings.phase("write"):
        written = write.write(files(made, host, choices, out, step, timings), out, allow_shrink=allow_shrink)
    with timings.phase("past"):
        if kept:
            past.save(step.kept(), kept)
    return Result(written, notes, Urls(made.settings.base_url).prefix)
