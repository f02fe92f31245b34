"""The catalogue as API v4: outputs of JSON, to the byte as the original answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from builder import derive, urls
from builder.api import edge
from builder.api.facts import Facts
from builder.catalogue import Catalogue, Category, Grid, Package
from builder.choices import Choices, Query, no_search
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
from builder.urls import PAGE_SIZE, SLASH, Urls


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a body's addresses: under `site`, each with a slash at its end or, asked for so, with `.json`."""

    site: Urls
    end: str = SLASH

    def item(self, collection: str, key: int) -> str:
        """Give the address of an item, by id as all links in bodies are."""
        return self.site.absolute(urls.api_item(collection, key, self.end))


def render(catalogue: Catalogue, site: Urls, choices: Choices, facts: Mapping[int, Facts]) -> Iterator[Output]:
    """Yield every answer of API v4: root, lists, items by id and by slug, and the bodies of errors."""
    yield Output(urls.API, encode(root(site)), JSON)
    ends = (SLASH, urls.SUFFIX) if choices.suffixes else (SLASH,)
    for form in (Form(site, end) for end in ends):
        for collection, items in bodies(catalogue, form, facts):
            yield from _collection(collection, items, form, choices, catalogue.settings.list_limit)
    if choices.query is not Query.ANSWERED:
        detail = no_search(choices.query, site.absolute(urls.search_index()))
        yield Output(urls.API_SEARCH, encode(ErrorResource(detail=detail)), JSON)
    yield from errors()


_Bodies = Sequence[tuple[Package, bytes]] | Sequence[tuple[Grid, bytes]] | Sequence[tuple[Category, bytes]]


def bodies(catalogue: Catalogue, form: Form, facts: Mapping[int, Facts]) -> Iterator[tuple[str, _Bodies]]:
    """Yield each collection's route, and its items with their bodies, in the order of its list."""
    zone = catalogue.settings.time_zone
    yield (
        urls.API_PACKAGES,
        [(item, encode(package(item, form, catalogue, facts[item.id]))) for item in catalogue.packages],
    )
    yield urls.API_GRIDS, [(item, encode(grid(item, form, zone))) for item in catalogue.grids]
    yield urls.API_CATEGORIES, [(item, encode(category(item, zone))) for item in catalogue.categories]


def _collection(route: str, items: _Bodies, form: Form, choices: Choices, limit: int) -> Iterator[Output]:
    """Yield the items by id, and by slug but for categories, which the original knows by id only; then their list."""
    for item, body in items:
        yield Output(urls.api_item(route, item.id, form.end), body, JSON)
        if choices.copies and not isinstance(item, Category):
            yield Output(urls.api_item(route, item.slug, form.end), body, JSON)
    listed = [body for _, body in items]
    if choices.query is Query.IGNORED:
        yield from listing(route, listed, form, limit)
    else:
        pages = queried_pages(route, listed, form)
        yield from [next(pages)] if choices.query is Query.ANSWERED else pages
    if choices.query is Query.ANSWERED and form.end == SLASH:
        yield from edge.chunks(route, listed)


def root(site: Urls) -> RootResource:
    """Give the body of `/api/v4/`."""
    return RootResource(
        packages=site.absolute(urls.API_PACKAGES),
        search=site.absolute(urls.API_SEARCH),
        grids=site.absolute(urls.API_GRIDS),
        categories=site.absolute(urls.API_CATEGORIES),
    )


def package(item: Package, form: Form, catalogue: Catalogue, facts: Facts) -> PackageResource:
    """Give the body of a package.

    Where an upstream has not been asked, the type's own zero stands, as in the original.
    """
    record, snapshot = item.record, item.snapshot
    forge = snapshot.repository or RepositoryFacts()
    zone = catalogue.settings.time_zone
    return PackageResource(
        category=form.item(urls.API_CATEGORIES, item.category.id),
        grids=tuple(form.item(urls.API_GRIDS, found.id) for found in item.grids),
        id=item.id,
        title=item.title,
        slug=item.slug,
        last_updated=_local(forge.last_commit, zone),
        last_fetched=_local(snapshot.last_fetched, zone),
        repo_url=derive.repo_url(record),
        pypi_version=facts.pypi_version,
        created=item.created.astimezone(zone),
        modified=item.modified.astimezone(zone),
        repo_forks=forge.forks or 0,
        repo_description=item.description,
        pypi_url=derive.pypi_url(record, catalogue.settings.pypi_url),
        documentation_url=derive.documentation_url(record),
        repo_watchers=forge.stars or 0,
        commits_over_52=facts.weeks,
        participants=forge.participants or (),
    )


def grid(item: Grid, form: Form, zone: tzinfo) -> GridResource:
    """Give the body of a grid."""
    return GridResource(
        id=item.id,
        title=item.title,
        slug=item.slug,
        description=item.record.description,
        is_locked=item.record.locked,
        packages=tuple(form.item(urls.API_PACKAGES, p.id) for p in item.listed),
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


def listing(collection: str, bodies: Sequence[bytes], form: Form, limit: int) -> Iterator[Output]:
    """Yield a list: whole and without `next` up to `limit` bytes, above it in pages that follow each other by path.

    A `next` with a query would send every known client into an endless loop on a host that ignores queries.
    """
    whole = encode_list(bodies, len(bodies), None, None)
    if len(whole) <= limit:
        yield Output(urls.api_list(collection, form.end), whole, JSON)
        return
    yield from _pages(
        collection, bodies, form, lambda offset: form.site.absolute(urls.api_list_page(collection, offset, form.end))
    )


def queried_pages(collection: str, bodies: Sequence[bytes], form: Form) -> Iterator[Output]:
    """Yield a list in pages whose `next` and `previous` are the original's: by `limit` and `offset` in the query.

    An empty page follows the last one, which a client asks for that counts on by itself.
    """
    address = form.site.absolute(urls.api_list(collection, form.end))

    def page(offset: int) -> str:
        return f"{address}?limit={PAGE_SIZE}" + (f"&offset={offset}" if offset else "")

    yield from _pages(collection, bodies, form, page, ends_empty=True)


def _pages(
    collection: str, bodies: Sequence[bytes], form: Form, address: Callable[[int], str], *, ends_empty: bool = False
) -> Iterator[Output]:
    """Yield a list in pages, with what gives the address of one by its offset; an empty list has one."""
    for offset in range(0, (len(bodies) + PAGE_SIZE) if ends_empty else (len(bodies) or 1), PAGE_SIZE):
        after = offset + PAGE_SIZE
        follows = address(after) if after < len(bodies) else None
        precedes = address(offset - PAGE_SIZE) if offset else None
        page = encode_list(bodies[offset:after], len(bodies), follows, precedes)
        yield Output(urls.api_list_page(collection, offset, form.end), page, JSON)


def errors() -> Iterator[Output]:
    """Yield the bodies of 404 answers, in the original's words, for hosts that can choose one by path."""
    yield Output(urls.API_NOT_FOUND, encode(ErrorResource(detail="Not found.")), JSON)
    for kind in ("package", "grid", "category"):
        detail = f"No {kind.title()} matches the given query."
        yield Output(urls.api_not_found(kind), encode(ErrorResource(detail=detail)), JSON)
