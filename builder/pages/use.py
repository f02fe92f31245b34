"""The page for those who write programs: what there is, and examples to copy, each of which a test runs.

Nothing is named that the host does not have.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from builder import contract, urls
from builder.catalogue import Package
from builder.choices import Choices, Query
from builder.outputs import COMPRESSED
from builder.pages.sheets import Sheet
from builder.pages.shell import COPY, Page, Shell


class Resource(NamedTuple):
    """What there is: its name, its address on the host, what it is, and other forms or parts of it by name."""

    label: str
    href: str
    text: str
    also: Mapping[str, str] = {}


def page(sheets: Collection[Sheet], shell: Shell, choices: Choices) -> Page:
    """Make the page."""
    absolute, example = shell.site.absolute, best(sheets)
    return Page(
        template="use.html",
        route=urls.USE,
        section="",
        title="Use the data",
        summary="What there is for programs, what is promised of it, and examples in shell, Python, JavaScript, SQL.",
        json=urls.DATA,
        values={
            "resources": [_linked(resource, shell.site) for resource in _resources(choices, example)],
            "schemas": {kind.name: shell.site.path(urls.data_schema(kind.name)) for kind in contract.of_host(choices)},
            "choices": choices,
            "promise": contract.promise(choices),
            "slug": example.package.slug if example else "",
            "word": max(example.package.slug.replace("_", "-").split("-"), key=len) if example else "django",
            "v4_url": absolute(urls.API_PACKAGES),
            "details_url": absolute(urls.data_item("packages", "")).removesuffix(urls.SUFFIX),
            "rows_url": absolute(urls.DATA_PACKAGES),
            "lines_url": absolute(urls.DATA_DUMP_LINES),
            "sqlite_url": absolute(urls.DATA_SQLITE),
            "manifest_url": absolute(urls.DATA_MANIFEST),
            "rows_file": urls.DATA_PACKAGES.removeprefix("/"),
        },
        script=COPY,
        about_api=True,
    )


def best(sheets: Collection[Sheet]) -> Sheet | None:
    """Give the package that stands for all in examples: that with the most stars; None where there is none."""
    return max(sheets, key=lambda sheet: (sheet.repository.star_count, -sheet.package.id), default=None)


def _linked(resource: Resource, site: urls.Urls) -> Resource:
    also = {label: site.path(route) for label, route in resource.also.items()}
    return resource._replace(href=site.path(resource.href), also=also)


def _resources(choices: Choices, example: Sheet | None) -> Iterator[Resource]:
    """Yield what there is, by route."""
    yield Resource("API v4", urls.API, "Packages, grids and categories, as Django Packages answers them, to the byte.")
    if choices.v3:
        yield Resource("API v3", urls.V3, "Its older form, without users.")
    if choices.query is Query.ANSWERED:
        yield Resource("Search", f"{urls.API_SEARCH}?q=django", "At most 20 packages and grids, best first.")
    yield Resource("Index", urls.DATA, "What lies below /api/data/v1/, by name.")
    yield Resource("Every package in a row", urls.DATA_PACKAGES, "What lists are made of: name, version, dates, stars.")
    if example:
        yield from _of_item(choices, example.package)
    if choices.dumps:
        yield from _dumps(choices)
    yield Resource("Facets", urls.DATA_FACETS, "Packages by tag, licence, Python and Django version.")
    yield Resource("Names", urls.DATA_NAMES, "Ids by slug, former names, and what was removed.")
    yield Resource("Freshness", urls.DATA_FRESHNESS, "How it stands with each source of each package.")
    feeds = {"RSS": urls.feed_file(urls.RELEASES_FEED, "rss")}
    yield Resource("Feeds", urls.feed_file(urls.RELEASES_FEED, "atom"), "New releases, and new packages.", feeds)
    yield Resource("Search index", urls.search_index(), "For searching without a server, in a browser too.")
    yield Resource("Contract", urls.DATA_OPENAPI, "OpenAPI 3.1 of all that is answered in JSON.")
    yield from _of_generations(choices)


def _of_item(choices: Choices, package: Package) -> Iterator[Resource]:
    """Yield what there is of each package; shown with one."""
    if choices.details:
        also = {"its category": urls.data_item("categories", package.category.slug)}
        if package.grids:
            also["a grid"] = urls.data_item("grids", package.grids[0].slug)
        text = "All that is known of a package: licence, versions, releases, tags, grids, people, sources."
        yield Resource("A package, whole", urls.data_item("packages", package.slug), text, also)
    if choices.badges:
        text = "For a README: the newest version, or why nobody should begin with it."
        yield Resource(
            "Badge", urls.badge(package.slug), text, {"as JSON for shields.io": urls.badge_data(package.slug)}
        )


def _dumps(choices: Choices) -> Iterator[Resource]:
    """Yield the whole data in one file: as it lies there, or where it does not in its compressed form."""
    for label, route, text in (
        ("Everything, as JSON", urls.DATA_DUMP, "Packages, grids and categories in one object."),
        ("Everything, as lines", urls.DATA_DUMP_LINES, "The same, a line for each item."),
        ("Everything, as SQLite", urls.DATA_SQLITE, "The same in tables, with full-text search."),
    ):
        first, *others = ("", *COMPRESSED) if choices.plain_dumps else COMPRESSED
        yield Resource(label, route + first, text, {end: route + end for end in others})


def _of_generations(choices: Choices) -> Iterator[Resource]:
    """Yield what tells of the site as a whole, and what it was before."""
    yield Resource("Generation", urls.DATA_GENERATION, "Which content this is, and what the host promises.")
    text = "Every file with its length and SHA-256; “builder mirror” keeps a whole copy of the site by it."
    yield Resource("Manifest", urls.DATA_MANIFEST, text, {".gz": f"{urls.DATA_MANIFEST}.gz"})
    if choices.changes:
        text = (
            "What each generation brought: items that came, changed or went, in a file for each day, and packs of the "
            "new files, which “builder mirror” takes instead of the files one by one."
        )
        yield Resource("Changes", urls.DATA_CHANGES, text)
