"""The catalogue as API v4: outputs of JSON, to the byte as the original answers."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from builder import derive, urls
from builder.catalogue import Catalogue, Category, Grid, Package, by_title
from builder.metadata import RepositoryFacts
from builder.outputs import JSON, Output
from builder.resources import (
    CategoryResource,
    ErrorResource,
    GridResource,
    PackageResource,
    RootResource,
    encode,
    encode_list,
)
from builder.urls import Urls

PAGE_SIZE = 20  # of the original; hosts that can see a query map its default pages onto ours


def render(catalogue: Catalogue, site: Urls) -> Iterator[Output]:
    """Yield every answer of API v4: root, lists, items by id and by slug, and the bodies of errors."""
    yield Output(urls.API, encode(root(site)), JSON)
    zone, limit = catalogue.settings.time_zone, catalogue.settings.list_limit
    packages = [(item, encode(package(item, site, catalogue))) for item in catalogue.packages]
    yield from _collection(urls.API_PACKAGES, packages, site, limit)
    grids = [(item, encode(grid(item, site, zone))) for item in catalogue.grids]
    yield from _collection(urls.API_GRIDS, grids, site, limit)
    categories = [(item, encode(category(item, zone))) for item in catalogue.categories]
    yield from _collection(urls.API_CATEGORIES, categories, site, limit)
    yield from errors()


_Bodies = Sequence[tuple[Package, bytes]] | Sequence[tuple[Grid, bytes]] | Sequence[tuple[Category, bytes]]


def _collection(route: str, items: _Bodies, site: Urls, limit: int) -> Iterator[Output]:
    """Yield the items by id, and by slug but for categories, which the original knows by id only; then their list."""
    for item, body in items:
        yield Output(urls.api_item(route, item.id), body, JSON)
        if not isinstance(item, Category):
            yield Output(urls.api_item(route, item.slug), body, JSON)
    yield from listing(route, [body for _, body in items], site, limit)


def root(site: Urls) -> RootResource:
    """Give the body of `/api/v4/`."""
    return RootResource(
        packages=site.absolute(urls.API_PACKAGES),
        search=site.absolute(urls.API_SEARCH),
        grids=site.absolute(urls.API_GRIDS),
        categories=site.absolute(urls.API_CATEGORIES),
    )


def package(item: Package, site: Urls, catalogue: Catalogue) -> PackageResource:
    """Give the body of a package.

    Where an upstream has not been asked, the type's own zero stands, as in the original.
    """
    record, snapshot = item.record, item.snapshot
    forge = snapshot.repository or RepositoryFacts()
    zone = catalogue.settings.time_zone
    return PackageResource(
        category=site.absolute(urls.api_item(urls.API_CATEGORIES, item.category.id)),
        grids=tuple(site.absolute(urls.api_item(urls.API_GRIDS, found.id)) for found in item.grids),
        id=item.id,
        title=item.title,
        slug=item.slug,
        last_updated=_local(forge.last_commit, zone),
        last_fetched=_local(snapshot.last_fetched, zone),
        repo_url=record.repository,
        pypi_version=derive.pypi_version(snapshot.pypi),
        created=item.created.astimezone(zone),
        modified=item.modified.astimezone(zone),
        repo_forks=forge.forks or 0,
        repo_description=item.description,
        pypi_url=derive.pypi_url(record, catalogue.settings.pypi_url),
        documentation_url=record.documentation,
        repo_watchers=forge.stars or 0,
        commits_over_52=derive.weeks(forge, catalogue.as_of),
        participants=forge.participants or (),
    )


def grid(item: Grid, site: Urls, zone: tzinfo) -> GridResource:
    """Give the body of a grid; its packages by title, then id."""
    return GridResource(
        id=item.id,
        title=item.title,
        slug=item.slug,
        description=item.record.description,
        is_locked=item.record.locked,
        packages=tuple(site.absolute(urls.api_item(urls.API_PACKAGES, p.id)) for p in by_title(item.packages)),
        header=item.record.header,
        created=item.created.astimezone(zone),
        modified=item.modified.astimezone(zone),
    )


def category(item: Category, zone: tzinfo) -> CategoryResource:
    """Give the body of a category."""
    return CategoryResource(
        id=item.id,
        title=item.record.title,
        slug=item.slug,
        description=item.record.description,
        title_plural=item.record.title_plural,
        show_pypi=item.record.show_pypi,
        created=item.created.astimezone(zone),
        modified=item.modified.astimezone(zone),
    )


def _local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return moment and moment.astimezone(zone)


def listing(collection: str, bodies: Sequence[bytes], site: Urls, limit: int) -> Iterator[Output]:
    """Yield a list: whole and without `next` up to `limit` bytes, above it in pages that follow each other by path.

    A `next` with a query would send every known client into an endless loop on a host that ignores queries.
    """
    whole = encode_list(bodies, len(bodies), None, None)
    if len(whole) <= limit:
        yield Output(collection, whole, JSON)
        return
    for offset in range(0, len(bodies), PAGE_SIZE):
        after, before = offset + PAGE_SIZE, offset - PAGE_SIZE
        follows = site.absolute(urls.api_list_page(collection, after)) if after < len(bodies) else None
        precedes = site.absolute(urls.api_list_page(collection, before)) if offset else None
        page = encode_list(bodies[offset:after], len(bodies), follows, precedes)
        yield Output(urls.api_list_page(collection, offset), page, JSON)


def errors() -> Iterator[Output]:
    """Yield the bodies of 404 answers, in the original's words, for hosts that can choose one by path."""
    yield Output(urls.API_NOT_FOUND, encode(ErrorResource(detail="Not found.")), JSON)
    for kind in ("package", "grid", "category"):
        detail = f"No {kind.title()} matches the given query."
        yield Output(urls.api_not_found(kind), encode(ErrorResource(detail=detail)), JSON)
