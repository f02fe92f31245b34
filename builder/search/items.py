"""What a search answers: packages and grids as API v4's search has them, and what each weighs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from builder import derive, urls, weight
from builder.catalogue import Catalogue, Grid, Package
from builder.metadata import RepositoryFacts
from builder.resources import SearchItemResource
from builder.urls import Urls


@dataclass(frozen=True, slots=True)
class Found:
    """A package or a grid, and its item; `key` is twice its id, and one more for a grid: stable, as ids are."""

    key: int
    source: Package | Grid
    item: SearchItemResource

    @property
    def active(self) -> bool:
        """Whether nothing says that it should no longer be used."""
        return isinstance(self.source, Grid) or self.source.is_active


def found(catalogue: Catalogue, site: Urls) -> Iterator[Found]:
    """Yield all packages, then all grids, each by id: the original lists every one, deprecated ones too."""
    heaviest = 0
    for package in reversed(catalogue.packages):
        item = of_package(package, catalogue, site)
        heaviest = max(heaviest, item.weight)
        yield Found(package.id * 2, package, item)
    for grid in reversed(catalogue.grids):
        yield Found(grid.id * 2 + 1, grid, of_grid(grid, heaviest, catalogue, site))


def of_package(package: Package, catalogue: Catalogue, site: Urls) -> SearchItemResource:
    """Give the item of a package; what no upstream has said is 0, "" or null, as in the original."""
    zone, today = catalogue.settings.time_zone, catalogue.as_of
    forge = package.snapshot.repository or RepositoryFacts()
    seen = weight.evidence(package)
    title = with_emoji(package.title)
    return SearchItemResource(
        description=with_emoji(package.description),
        title=title,
        title_no_prefix=title,
        slug_no_prefix=package.slug,
        clean_title=title,
        absolute_url=site.path(urls.package_page(package.slug)),
        created=package.created.astimezone(zone),
        modified=package.modified.astimezone(zone),
        weight=weight.of_package(seen, today),
        item_type="package",
        slug=package.slug,
        category=package.category.record.title,
        repo_watchers=seen.stars,
        repo_forks=seen.forks,
        pypi_downloads=seen.downloads,
        score=weight.score(seen.stars, seen.last_commit, today, python3=_python3(package)),
        usage=seen.uses,
        participants=",".join(forge.participants or ()),
        last_committed=_local(seen.last_commit, zone),
        last_released=_local(seen.last_release, zone),
    )


def _python3(package: Package) -> bool | None:
    pypi = package.snapshot.pypi
    return None if pypi is None else derive.supports_python3(pypi)


def of_grid(grid: Grid, heaviest: int, catalogue: Catalogue, site: Urls) -> SearchItemResource:
    """Give the item of a grid; `heaviest` is the largest weight of a package."""
    title, record, zone = with_emoji(grid.title), grid.record, catalogue.settings.time_zone
    return SearchItemResource(
        description=with_emoji(record.description),
        title=title,
        title_no_prefix=title,
        slug_no_prefix=grid.slug,
        clean_title=title,
        absolute_url=site.path(urls.grid_page(grid.slug)),
        created=grid.created.astimezone(zone),
        modified=grid.modified.astimezone(zone),
        weight=weight.of_grid(heaviest, locked=record.locked, header=record.header, empty=not grid.packages),
        item_type="grid",
        slug=grid.slug,
    )


def with_emoji(text: str) -> str:
    """Give a text with `:rocket:` and the like as emoji, by their names in Unicode's CLDR; other codes stay."""
    if text.count(":") < 2:  # noqa: PLR2004 - one on each side
        return text
    from emoji import emojize  # noqa: PLC0415 - its tables take time to load, and few texts need them

    return emojize(text)


def _local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return moment and moment.astimezone(zone)
