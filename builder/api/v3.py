"""The catalogue as API v3: another shape of the same facts, by slug, to the byte as the original answers.

Its links are paths on the host. They begin with the path of the site's address where it has one, or they would lead out
of a site that lies under a path. Users are left out: they are personal data.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder import derive, urls
from builder.api import edge
from builder.api.facts import Facts
from builder.catalogue import Catalogue, Category, Grid, Package, by_title
from builder.choices import Choices, Query
from builder.metadata import RepositoryFacts
from builder.outputs import JSON, Output
from builder.resources.v3 import (
    CategoryResource,
    ErrorResource,
    GridResource,
    Meta,
    PackageResource,
    RootResource,
    encode,
    encode_list,
    member,
)
from builder.urls import PAGE_SIZE, Urls

_NO_CATEGORY = member("category", b"null")  # in the original also where packages of one were asked for


@dataclass(frozen=True, slots=True)
class Bodies:
    """All items with their bodies, by title as in the lists."""

    packages: Sequence[tuple[Package, bytes]]
    grids: Sequence[tuple[Grid, bytes]]
    categories: Sequence[tuple[Category, bytes]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its route, the bodies of its objects, and what it says between its own place and them."""

    route: str
    bodies: Sequence[bytes]
    between: bytes = b""


def render(catalogue: Catalogue, site: Urls, choices: Choices, facts: Mapping[int, Facts]) -> Iterator[Output]:
    """Yield every answer of API v3: root, items by slug, lists, and the bodies of errors."""
    yield Output(urls.V3, encode(root(site)), JSON)
    made = bodies(catalogue, site, facts)
    if choices.copies:
        yield from _items(made)
    lists = [
        Listing(urls.V3_PACKAGES, [body for _, body in made.packages], _NO_CATEGORY),
        Listing(urls.V3_GRIDS, [body for _, body in made.grids]),
        Listing(urls.V3_CATEGORIES, [body for _, body in made.categories]),
    ]
    if choices.query is Query.ANSWERED:
        for found in lists:
            yield from edge.chunks(found.route, found.bodies)
    for found in (*lists, *_lists_of_packages(made)):
        if choices.query is Query.IGNORED:
            yield from listing(found, site, catalogue.settings.list_limit)
        else:
            pages = queried_pages(found, site)
            yield from [next(pages)] if choices.query is Query.ANSWERED else pages
    yield from errors()


def bodies(catalogue: Catalogue, site: Urls, facts: Mapping[int, Facts]) -> Bodies:
    """Make the bodies of all items."""
    return Bodies(
        [(item, encode(package(item, site, catalogue, facts[item.id]))) for item in by_title(catalogue.packages)],
        [(item, encode(grid(item, site))) for item in by_title(catalogue.grids)],
        [(item, encode(category(item, site))) for item in by_title(catalogue.categories)],
    )


def _items(made: Bodies) -> Iterator[Output]:
    collections: Iterable[tuple[str, Sequence[tuple[Package | Grid | Category, bytes]]]] = (
        (urls.V3_PACKAGES, made.packages),
        (urls.V3_GRIDS, made.grids),
        (urls.V3_CATEGORIES, made.categories),
    )
    for route, items in collections:
        for item, body in items:
            yield Output(urls.api_item(route, item.slug), body, JSON)


def _lists_of_packages(made: Bodies) -> Iterator[Listing]:
    """Yield the list of each grid's packages and of each category's."""
    packages = {item.id: body for item, body in made.packages}
    for found, body in made.grids:
        members = [packages[item.id] for item in by_title(found.packages)]
        yield Listing(urls.v3_packages_of(urls.V3_GRIDS, found.slug), members, member("grid", body))
    for kind, _ in made.categories:
        members = [packages[item.id] for item in kind.packages]
        yield Listing(urls.v3_packages_of(urls.V3_CATEGORIES, kind.slug), members, _NO_CATEGORY)


def root(site: Urls) -> RootResource:
    """Give the body of `/api/v3/`."""
    return RootResource(
        categories=site.path(urls.V3_CATEGORIES),
        grids=site.path(urls.V3_GRIDS),
        packages=site.path(urls.V3_PACKAGES),
        users=site.path(urls.V3_USERS),
    )


def package(item: Package, site: Urls, catalogue: Catalogue, facts: Facts) -> PackageResource:
    """Give the body of a package, with the zeros of API v4.

    The original counts the people who said that they use it; here sites that are known to use it count too.
    """
    record, snapshot = item.record, item.snapshot
    forge = snapshot.repository or RepositoryFacts()
    weeks = ",".join(map(str, facts.weeks))
    return PackageResource(
        absolute_url=site.path(urls.package_page(item.slug)),
        created=item.created,
        modified=item.modified,
        slug=item.slug,
        title=item.title,
        category=_item(site, urls.V3_CATEGORIES, item.category),
        commit_list=weeks,
        commits_over_52=weeks,
        documentation_url=derive.documentation_url(record),
        grids=tuple(_item(site, urls.V3_GRIDS, found) for found in item.grids),
        last_fetched=snapshot.last_fetched,
        participants=",".join(forge.participants or ()),
        pypi_url=derive.pypi_url(record, catalogue.settings.pypi_url),
        pypi_version=facts.pypi_version,
        repo_description=item.description,
        repo_forks=forge.forks or 0,
        repo_url=derive.repo_url(record),
        repo_watchers=forge.stars or 0,
        resource_uri=_item(site, urls.V3_PACKAGES, item),
        usage_count=item.uses,
    )


def grid(item: Grid, site: Urls) -> GridResource:
    """Give the body of a grid."""
    return GridResource(
        absolute_url=site.path(urls.grid_page(item.slug)),
        created=item.created,
        modified=item.modified,
        slug=item.slug,
        title=item.title,
        description=item.record.description,
        is_locked=item.record.locked,
        resource_uri=_item(site, urls.V3_GRIDS, item),
        header=item.record.header,
        packages=tuple(_item(site, urls.V3_PACKAGES, found) for found in item.listed),
    )


def category(item: Category, site: Urls) -> CategoryResource:
    """Give the body of a category."""
    return CategoryResource(
        absolute_url=site.path(urls.category_page(item.slug)),
        created=item.created,
        modified=item.modified,
        slug=item.slug,
        title=item.record.title,
        description=item.record.description,
        resource_uri=_item(site, urls.V3_CATEGORIES, item),
        show_pypi=item.record.show_pypi,
        title_plural=item.record.title_plural,
    )


def _item(site: Urls, collection: str, item: Package | Grid | Category) -> str:
    return site.path(urls.api_item(collection, item.slug))


def listing(found: Listing, site: Urls, limit: int) -> Iterator[Output]:
    """Yield a list: whole and without `next` up to `limit` bytes, above it in pages that follow each other by path.

    A whole list says that it is cut after all that there are, so that a client which counts on by `limit` is done after
    one page; and as the original where that would be a page too.
    """
    count = len(found.bodies)
    meta = Meta(limit=max(count, PAGE_SIZE), next=None, offset=0, previous=None, total_count=count)
    whole = encode_list(meta, found.between, found.bodies)
    if len(whole) <= limit:
        yield Output(found.route, whole, JSON)
        return
    yield from _pages(found, lambda offset: site.path(urls.api_list_page(found.route, offset)))


def queried_pages(found: Listing, site: Urls) -> Iterator[Output]:
    """Yield a list in pages whose `next` and `previous` are the original's: always with `limit` and `offset`.

    An empty page follows the last one, which a client asks for that counts on by itself; and then the answer to
    `limit=0`, by which clients count.
    """
    path = site.path(found.route)
    yield from _pages(found, lambda offset: f"{path}?limit={PAGE_SIZE}&offset={offset}", ends_empty=True)
    count = len(found.bodies)
    follows = f"{path}?limit=0&offset=0" if count else None
    meta = Meta(limit=0, next=follows, offset=0, previous=None, total_count=count)
    yield Output(urls.v3_count(found.route), encode_list(meta, found.between, []), JSON)


def _pages(found: Listing, path: Callable[[int], str], *, ends_empty: bool = False) -> Iterator[Output]:
    """Yield a list in pages, with what gives the path of one by its offset; an empty list has one."""
    count = len(found.bodies)
    for offset in range(0, (count + PAGE_SIZE) if ends_empty else (count or 1), PAGE_SIZE):
        after = offset + PAGE_SIZE
        meta = Meta(
            limit=PAGE_SIZE,
            next=path(after) if after < count else None,
            offset=offset,
            previous=path(offset - PAGE_SIZE) if offset else None,
            total_count=count,
        )
        page = encode_list(meta, found.between, found.bodies[offset:after])
        yield Output(urls.api_list_page(found.route, offset), page, JSON)


def errors() -> Iterator[Output]:
    """Yield the bodies of 404 answers, in the original's words, for hosts that can choose one by path.

    What the original has no API for is a page there; it is JSON here, like all under this path.
    """
    messages = {"v3": "Not found."} | {
        f"v3-{kind}": f"No {kind.title()} matches the given query." for kind in ("package", "grid", "category")
    }
    for name, message in messages.items():
        yield Output(urls.api_not_found(name), encode(ErrorResource(error=404, message=message)), JSON)
