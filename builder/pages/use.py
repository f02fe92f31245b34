"""The page for those who write programs: what there is, and examples to copy, each of which a test runs.

Nothing is named that the host does not have.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from builder import urls
from builder.choices import Choices, Query
from builder.pages.sheets import Sheet
from builder.pages.shell import COPY, Page, Shell


class Resource(NamedTuple):
    """What there is: its name, its address on the host, and what it is."""

    label: str
    href: str
    text: str


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
            "resources": [
                resource._replace(href=shell.site.path(resource.href)) for resource in _resources(choices, example)
            ],
            "choices": choices,
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
    )


def best(sheets: Collection[Sheet]) -> Sheet | None:
    """Give the package that stands for all in examples: that with the most stars; None where there is none."""
    return max(sheets, key=lambda sheet: (sheet.repository.star_count, -sheet.package.id), default=None)


def _resources(choices: Choices, example: Sheet | None) -> Iterator[Resource]:
    """Yield what there is, by route."""
    yield Resource("API v4", urls.API, "Packages, grids and categories, as Django Packages answers them, to the byte.")
    if choices.v3:
        yield Resource("API v3", urls.V3, "Its older form, without users.")
    if choices.query is Query.ANSWERED:
        yield Resource("Search", f"{urls.API_SEARCH}?q=django", "At most 20 packages and grids, best first.")
    yield Resource("Every package in a row", urls.DATA_PACKAGES, "What lists are made of: name, version, dates, stars.")
    if choices.details and example:
        route = urls.data_item("packages", example.package.slug)
        text = "All that is known of a package: licence, versions, releases, tags, grids, people, sources."
        yield Resource("A package, whole", route, text)
    if choices.dumps:
        yield from _dumps(choices)
    yield Resource("Facets", urls.DATA_FACETS, "Packages by tag, licence, Python and Django version.")
    yield Resource("Names", urls.DATA_NAMES, "Ids by slug, former names, and what was removed.")
    yield Resource("Freshness", urls.DATA_FRESHNESS, "How it stands with each source of each package.")
    yield Resource("Feeds", urls.feed_file(urls.RELEASES_FEED, "atom"), "New releases and packages, as Atom and RSS.")
    yield Resource("Search index", urls.search_index(), "For searching without a server, in a browser too.")
    yield Resource("Contract", urls.DATA_OPENAPI, "OpenAPI 3.1 of all answers, and a JSON Schema of each.")
    yield Resource("Manifest", urls.DATA_MANIFEST, "Every file with its length and SHA-256.")


def _dumps(choices: Choices) -> Iterator[Resource]:
    """Yield the whole data in one file: as it lies there, or where it does not in its compressed form."""
    end, beside = ("", "; .gz and .br beside it.") if choices.plain_dumps else (".gz", "; as .br too.")
    yield Resource("Everything, as JSON", urls.DATA_DUMP + end, f"Packages, grids and categories in one object{beside}")
    yield Resource("Everything, as lines", urls.DATA_DUMP_LINES + end, f"The same, a line for each item{beside}")
    yield Resource(
        "Everything, as SQLite", urls.DATA_SQLITE + end, f"The same in tables, with full-text search{beside}"
    )
