"""The catalogue of a live site, by its API v4 (and the little of v3 that v4 does not say), into the data folder.

`gather` reads the site until what it tells fits together; `take` makes records and snapshots of it; `merge` puts them
beside what is here; `stage` writes the whole beside the data folder, where it is read and checked as a build would,
and `compare` holds what our API will answer beside what was told. Only then is anything put in place.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from builder import build
from builder.entries import AnyEntry, Data
from builder.importing.asking import LIMITS, Progress, Site
from builder.importing.compare import compare
from builder.importing.gather import SIZE, gather
from builder.importing.journal import Journal, alone
from builder.importing.merge import Merged, merge
from builder.importing.report import CANNOT, Report
from builder.importing.stage import Stage, finish, is_ready
from builder.importing.take import Here, Names, take
from builder.source import files

__all__ = [
    "CANNOT",
    "LIMITS",
    "SIZE",
    "Journal",
    "Progress",
    "Report",
    "Site",
    "alone",
    "finish",
    "import_site",
    "is_ready",
    "load",
]


def import_site(  # noqa: PLR0913 - the command line's options, each with a name
    data: Data,
    folder: Path,
    site: Site,
    *,
    size: int = SIZE,
    v3: bool = True,
    theirs: bool = False,
    dry_run: bool = False,
    finished: int = 0,
) -> Report:
    """Bring the catalogue of a site into the data folder, whose present content is `data`.

    Args:
        data: what is there now, without a problem.
        folder: the data folder. It stays as it is to the end, but for what an import keeps under `.import`.
        site: who is asked.
        size: items a page.
        v3: whether API v3 is asked how many use a package.
        theirs: whether the site's word counts where people wrote another one here.
        dry_run: whether to change nothing. The answers are kept for an import that does.
        finished: for the report: how many files an earlier import had left.

    Raises:
        UpstreamError: the site gives no answer that can be used.
        GuardRefusedError: it has no packages.
        DataError: what would come of it holds problems; nothing was changed.
    """
    found = gather(site, size=size, v3=v3)
    merged = merge(data, take(found, _here(data)), found.address, theirs=theirs)
    stage = Stage(folder)
    stage.write(merged)
    comparison = compare(build.load(stage.folder), found, merged.remarks)
    new, changed = _counts(data, merged)
    report = Report(
        address=found.address,
        new=new,
        changed=changed,
        comparison=comparison,
        remarks=[*merged.remarks, *comparison.remarks],
        requests=site.transport.requests,
        recalled=site.journal.recalled,
        retold=found.changed,
        kept=merged.kept,
        v3=found.usage is not None,
        dry_run=dry_run,
        finished=finished,
    )
    if dry_run:
        stage.remove()
    else:
        stage.commit()
    return report


def load(folder: Path) -> Data:
    """Read the data folder: one with settings alone is enough to begin with.

    Raises:
        DataError: it holds problems.
    """
    if (folder / files.SITE).is_file():
        (folder / "packages").mkdir(exist_ok=True)
    return build.load(folder)


def _here(data: Data) -> Here:
    stones = data.tombstones
    return Here(
        data.settings.pypi_url,
        categories=Names(_slugs(data.categories), {stone.id for stone in stones.categories}),
        grids=Names(_slugs(data.grids), {stone.id for stone in stones.grids}),
        packages=Names(_slugs(data.packages), {stone.id for stone in stones.packages}),
    )


def _slugs(entries: Mapping[str, AnyEntry]) -> dict[str, int | None]:
    return {slug: entry.record.id for slug, entry in entries.items()}


def _counts(data: Data, merged: Merged) -> tuple[dict[str, int], dict[str, int]]:
    """Give how many files are new, and how many change, by folder."""
    new: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for draft in merged.changed():
        (new if draft.entry is None else changed)[draft.kind] += 1
    for slug in merged.snapshots:
        (changed if slug in data.snapshots else new)["snapshots"] += 1
    return dict(new), dict(changed)
