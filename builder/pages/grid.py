"""The page of a grid: all its packages side by side.

A comparison is a table that reads along its longer side. Up to `COLUMNS` packages are columns, as on a data sheet:
they fit on a screen, and their features stand under each other. More packages are rows, so that a number is compared
down its column and nobody scrolls through sixty columns.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from builder import urls
from builder.catalogue import Grid
from builder.pages import cells, spans
from builder.pages.links import Link
from builder.pages.sharing import Things, crumbs, grid_feed_link, known
from builder.pages.sheets import Ranks, Sheet
from builder.pages.shell import GRID, Page, Shell
from builder.pages.words import Fact, counted, unknown
from builder.urls import Urls

COLUMNS: Final = 8

ABOUT: Final = ("Description",)
KEY: Final = ("Version", "Released", "Last commit", "Stars")
MORE: Final = ("Python", "Django", "Licence", "Status", "Forks", "Commits in 52 weeks", "Category", "Links")
FIGURES: Final = ("Stars", "Forks")


Shown = tuple[str, object]
"""What stands in one place of a table: its kind, and a value that the template knows by the kind.

`fact`, `versions`, `number` and `text`: a `Fact`. `weeks`: a `Chart`. `links`: an `Away`. `cell`: a `cells.Cell` or
None. As a head: `package`: a `Sheet`; `feature`: a `Column`; `label` and `figures`: a text.
"""


NOTHING: Final[Shown] = ("cell", None)


class Away(NamedTuple):
    """The links of a package that lead away."""

    title: str
    links: list[Link]


class Column(NamedTuple):
    """A feature. Its title leads to the fragment `id`, where its description is, if it has one."""

    title: str
    description: str
    id: str


class Line(NamedTuple):
    """A row of a table."""

    head: Shown
    places: Sequence[Shown]


def page(grid: Grid, ranks: Ranks, shell: Shell) -> Page:
    """Make the page of a grid."""
    ranked = ranks[grid.slug]
    features = [Column(f.title, f.description, f"feature-{n}") for n, f in enumerate(grid.features, start=1)]
    heads, lines, across = table(grid, features, ranked)
    return Page(
        template="grid.html",
        route=urls.grid_page(grid.slug),
        section=urls.GRIDS,
        title=grid.title,
        summary=grid.record.description or f"{grid.title}: {counted(len(ranked), 'package')} side by side",
        edit=shell.edit(grid.path),
        json=urls.api_item(urls.API_GRIDS, grid.id),
        values={
            "description": grid.record.description,
            "views": spans.views(grid, shell, urls.grid_page(grid.slug)),
            "locked": grid.record.locked,
            "heads": heads,
            "lines": lines,
            "across": across,
            "is_empty": not ranked,
            "meanings": [feature for feature in features if feature.description],
            "package_count": counted(len(ranked), "package"),
            "feature_count": counted(len(features), "feature"),
        },
        script=GRID if ranked else "",
        picture=urls.grid_page(grid.slug),
        feeds=[grid_feed_link(shell.site, grid.slug, grid.title)],
        things=_things(grid, ranked, shell.site),
    )


def _things(grid: Grid, ranked: Sequence[Sheet], site: Urls) -> Things:
    """Give a grid as JSON-LD: the list of its packages, and the way to it."""
    items = [
        {
            "@type": "ListItem",
            "position": number,
            "name": sheet.title,
            "url": site.absolute(urls.package_page(sheet.package.slug)),
        }
        for number, sheet in enumerate(ranked, start=1)
    ]
    listed = known(
        type_="ItemList",
        name=grid.title,
        description=grid.record.description,
        url=site.absolute(urls.grid_page(grid.slug)),
        numberOfItems=len(items),
        itemListElement=items,
    )
    return [listed, crumbs(site, ("Grids", urls.GRIDS), (grid.title, urls.grid_page(grid.slug)))]


def table(
    grid: Grid, features: Sequence[Column], ranked: Sequence[Sheet]
) -> tuple[Sequence[Shown], Sequence[Line], bool]:
    """Give heads and lines of a grid's comparison, and whether the packages are its columns.

    What people look for first stands first: on a sheet that is what a package is, in a row what fits beside its name.
    """
    across = len(ranked) <= COLUMNS
    packages: list[Shown] = [("package", sheet) for sheet in ranked]
    own: list[Shown] = [("feature", feature) for feature in features]
    labels = _ordered(across, _labels(ABOUT), _labels(KEY), own, _labels(MORE))
    read = _cells(grid)
    places = [
        _ordered(across, [("text", s.description)], _key(s), _features(s.package.slug, grid, read), _more(s))
        for s in ranked
    ]
    if across:
        return packages, [Line(label, line) for label, *line in zip(labels, *places, strict=True)], True
    return labels, [Line(package, line) for package, line in zip(packages, places, strict=True)], False


def _ordered(
    across: bool,  # noqa: FBT001 - two orders of the same parts
    about: list[Shown],
    key: list[Shown],
    own: list[Shown],
    more: list[Shown],
) -> list[Shown]:
    return [*about, *key, *own, *more] if across else [*key, *own, *about, *more]


def _labels(texts: Sequence[str]) -> list[Shown]:
    return [("figures" if text in FIGURES else "label", text) for text in texts]


def _key(sheet: Sheet) -> list[Shown]:
    """Give a package's places in the order of `KEY`."""
    *dated, stars = sheet.facts
    return [*(("fact", fact) for fact in dated), ("number", stars)]


def _more(sheet: Sheet) -> list[Shown]:
    """Give a package's places in the order of `MORE`."""
    weeks = sheet.repository.weeks
    python, django, licence, status = sheet.support
    return [
        ("versions", python),
        ("versions", django),
        ("fact", licence),
        ("fact", status),
        ("number", sheet.repository.forks),
        ("weeks", weeks) if weeks else ("fact", unknown(sheet.repository.missing)),
        ("fact", Fact(sheet.category)),
        ("links", Away(sheet.title, _links(sheet))),
    ]


def _links(sheet: Sheet) -> list[Link]:
    code = sheet.repository.link
    found = [Link("Docs", sheet.documentation_href), Link("Code", code.href if code else "")]
    return [link for link in (*found, Link("PyPI", sheet.pypi.href)) if link.href]


def _cells(grid: Grid) -> dict[str, Shown]:
    """Read the texts of a grid's cells; one that stands in many is read once."""
    texts = {text for feature in grid.features for text in feature.cells.values()}
    read = {text: cells.read(text) for text in texts}
    return {text: ("cell", cell) if cell else NOTHING for text, cell in read.items()}


def _features(slug: str, grid: Grid, read: Mapping[str, Shown]) -> list[Shown]:
    return [read[feature.cells[slug]] if slug in feature.cells else NOTHING for feature in grid.features]
