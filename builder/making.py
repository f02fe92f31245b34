"""The catalogue as the files of a host, laid into the site's folder: by as many processes as the machine has.

Outputs come in batches (`builder.outputs.Batch`). Whoever takes one renders it, lays it out for the host, compresses,
sums and writes it, so that no body ever goes from one process to another: what comes back is a line for each file. Of
5,400 packages this takes half of the time of one process. What tells of all files is made here, when all lie there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from builder import TEMPLATES, again, api, beside, feeds, hosts, pages, pictures, scripts, search, workers, write
from builder.again import Again
from builder.api.generation import DUMPS, MANIFEST, sha256
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.hosts import File, Host
from builder.outputs import COMPRESSED, JSON, PNG, Batch, Output
from builder.reads import note, recorded
from builder.timings import Timings
from builder.urls import Urls
from builder.write import Placed, Siblings, Tree

SMALL: Final = 200
"""Packages up to which no other process is worth its start."""

Examples = Mapping[str, tuple[str, str]]
Summed = tuple[Placed, str]
"""A file that lies in the new tree, and its SHA-256."""
Done = Callable[[write.Report, Sequence[str], Again], None]
"""Is told what was done, the folders of the site, as paths in it, and what is known of its units."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a batch: its files, answers that stand as examples, and where the time went, in seconds.

    `units` are what is known of each unit, by its key; None for one that was not made, since it is as it was.
    """

    files: Sequence[Summed]
    examples: Examples
    seconds: Mapping[str, float]
    units: Mapping[str, again.Unit | None]


def batches(
    made: Catalogue, choices: Choices, templates: Path, old: pictures.Old
) -> tuple[Sequence[Batch], Callable[[Examples], Batch]]:
    """Give all that the site answers, as far as `choices` let files answer it, in batches that begin with the largest.

    The last of them is made of answers that are then there. `old` gives what the last build made for a route.
    """
    site = Urls(made.settings.base_url)
    of_pages, last = pages.batches(made, site, templates, choices)
    return [
        *api.batches(made, site, choices),
        Batch("search", lambda: search.render(made, site)),
        *of_pages,
        *(pictures.batches(made, templates, old) if choices.pictures else ()),
        *feeds.batches(made, site),
        Batch("scripts", lambda: scripts.render(choices, templates)),
    ], last


def render(
    made: Catalogue, choices: Choices, templates: Path = TEMPLATES, old: pictures.Old = lambda _route: None
) -> Iterator[Output]:
    """Yield all that the site answers, as far as `choices` let files answer it, for whoever wants no files."""
    collector = api.Collector(made, Urls(made.settings.base_url))
    first, last = batches(made, choices, templates, old)
    for batch in first:
        yield from collector.passing(batch.outputs())
    yield from last(collector.examples).outputs()


def make(  # noqa: PLR0913 - what the files depend on, each with a name
    made: Catalogue,
    host: Host,
    choices: Choices,
    out: Path,
    step: api.Step | None = None,
    *,
    allow_shrink: bool = False,
    timings: Timings | None = None,
    processes: int | None = None,
    known: Callable[[], Again] = Again,
    done: Done | None = None,
) -> write.Report:
    """Let the folder `out` hold the site, in one step; `processes` is how many make it, by default as many as can.

    `step` learns of the files, and knows what was before, where that is to be told (`choices.changes`). `known` gives
    what is known of the last build, which learns of this one; it is asked when no other build can change the site.
    `done` is called when the site is in its place, before another build may begin.

    Raises:
        SiteError: two files have one path, `out` does not allow it, or the host would not take so many, or so large
            ones.
        GuardRefusedError: the new site is so much smaller that something must be wrong.
    """
    timings = timings or Timings()
    with write.writing(out) as tree:
        before = known()
        _Making(made, host, choices, tree, step or api.Step(), before, timings).make(processes)
        with timings.phase("write"):
            report = tree.replace(allow_shrink=allow_shrink)
            if done:
                done(report, tree.folders, before)
        return report


def _empty(route: str) -> Output:
    return Output(route, b"", JSON)


def _none(_path: str, _body: bytes) -> Sequence[str]:
    """Give no compressed form of what is compressed itself, small, or seldom asked for."""
    return ()


class _Making:
    """A site in the making, for a host: a tree that its files come into."""

    def __init__(  # noqa: PLR0913, PLR0917 - what the files depend on, and where they come to lie
        self, made: Catalogue, host: Host, choices: Choices, tree: Tree, step: api.Step, again: Again, timings: Timings
    ) -> None:
        self._made, self._host, self._choices = made, host, choices
        self._tree, self._step, self._again, self._timings = tree, step, again, timings
        self._site = Urls(made.settings.base_url)
        self._collector = api.Collector(made, self._site)
        self._shown = {path: route for route in self._collector.routes for path, _ in host.files(_empty(route))}
        self._left_out = frozenset() if choices.plain_dumps else DUMPS

    def make(self, processes: int | None) -> None:
        """Let the tree hold all files of the site."""
        if processes is None:
            processes = 1 if len(self._made.packages) <= SMALL else beside.processors()
        if processes > 1:
            self._tree.begin()
        self._again.begin(self._tree.old(MANIFEST))
        first, last = batches(self._made, self._choices, TEMPLATES, self._old)
        done = workers.spread([partial(self._batch, batch) for batch in first], processes)
        shown = {kind: example for each in done for kind, example in each.examples.items()}
        done.append(self._batch(last(shown)))
        for each in done:
            self._timings.add(each.seconds)
            self._again.add(each.units)
        with self._timings.phase("write"):
            files = [file for each in done for file in each.files]
            files += self._put(self._host.configuration(self._site, self._choices), self._timings)
            files += self._tell(files)
            for placed, _ in files:
                self._tree.count(placed)
        hosts.hold(self._host, ((placed.path, placed.size) for placed, _ in files))

    def _old(self, route: str) -> bytes | None:
        """Give the picture that the last build made for a route."""
        path, _ = next(iter(self._host.files(Output(route, b"", PNG))))
        return self._tree.old(path)

    def _batch(self, batch: Batch) -> Made:
        """Make a batch, maybe in another process: all that is to be known of it comes back."""
        timings, collector = self._timings.fresh(), self._collector.fresh()
        units: dict[str, again.Unit | None] = {}

        def put(outputs: Iterable[Output]) -> list[Summed]:
            passing = collector.passing(timings.through(batch.phase, outputs))
            laid_out = timings.through("layout", (file for output in passing for file in self._host.files(output)))
            return self._put(laid_out, timings)

        with timings.phase("write"):
            files = put(batch.whole()) if batch.whole else []
            for unit in timings.through(batch.phase, batch.units()):
                left = self._left(unit.key, collector)
                if left is None:
                    with recorded() as read:
                        note(unit.item)
                        left = put(unit.outputs())
                    units[unit.key] = again.Unit(frozenset(read), [placed.path for placed, _ in left])
                else:
                    units[unit.key] = None
                files += left
        return Made(files, collector.examples, timings.seconds, units)

    def _left(self, key: str, collector: api.Collector) -> list[Summed] | None:
        """Give the files of a unit as the last build left them; None if it must be made."""
        found = self._again.files(key)
        if found is None or not all(self._tree.has(path, size) for path, size, _ in found):
            return None
        for path, _, _ in found:
            if route := self._shown.get(path):
                list(collector.passing([Output(route, self._tree.old(path) or b"", JSON)]))
        return [(Placed(path, size), total) for path, size, total in found]

    def _put(self, files: Iterable[File], timings: Timings, siblings: Siblings | None = None) -> list[Summed]:
        """Let files lie in the tree, with those compressed forms that they get."""
        packed = timings.through("compress", write.with_siblings(files, self._tree.old, siblings or self._siblings))
        lying = ((path, body) for path, body in packed if path not in self._left_out)
        summed = timings.through("sums", ((path, body, sha256(body)) for path, body in lying))
        return [(self._tree.place(path, body), total) for path, body, total in summed]

    def _siblings(self, path: str, body: bytes) -> Sequence[str]:
        """Give the endings of the compressed forms that a file gets."""
        return COMPRESSED if path in DUMPS or (self._choices.siblings and write.has_siblings(path, body)) else ()

    def _tell(self, files: Iterable[Summed]) -> list[Summed]:
        """Add what tells of all files: what changed, where that is told, the manifest, and the generation."""
        step, as_of = self._step, self._made.as_of
        for placed, total in files:
            step.add(placed.path, total, placed.size, partial(self._tree.read, placed.path))
        told = []
        for output in step.outputs(as_of) if self._choices.changes else ():
            told += self._put(step.keeping(step.generation.passing(self._host.files(output))), self._timings, _none)
        manifest = step.generation.manifest()
        told += self._put(step.keeping(self._host.files(manifest)), self._timings, lambda *_: (write.GZIP,))
        about = step.generation.output(manifest, self._site.base, as_of, self._host.name, self._choices)
        return told + self._put(self._host.files(about), self._timings, _none)
