"""Which packages say that they are ready for a release of Django, Python and what else data/products/ knows."""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from markupsafe import Markup
from packaging.utils import canonicalize_name

from builder import derive, urls
from builder.catalogue import Catalogue
from builder.entries import Entry
from builder.pages import tables
from builder.pages.sheets import Sheet
from builder.pages.shell import LISTS, Page, Shell
from builder.pages.words import NOT_KNOWN, Calendar, Fact, day_or_month, number, unknown
from builder.records import ProductRecord, ProductRelease

SHOWN: Final = 120  # packages of a release, by stars
VERDICTS: Final = {True: "yes", False: "no", None: "maybe"}
COLUMNS: Final = (
    tables.Column("Ready"),
    tables.Column("Releases named"),
    tables.VERSION,
    tables.RELEASED,
    tables.STARS,
)


class Cycle(NamedTuple):
    """A release of a product in the list of all; the last three are how many packages say so."""

    name: str
    href: str
    marks: Sequence[str]
    released: Fact
    ends: Fact
    counts: Sequence[str]


class Product(NamedTuple):
    """A product with its releases, newest first."""

    title: str
    id: str
    source: str
    cycles: Sequence[Cycle]


Judged = Sequence[tuple[Sheet, str]]
"""Packages, each with its verdict."""


def pages(catalogue: Catalogue, sheets: Mapping[str, Sheet], calendar: Calendar, shell: Shell) -> Iterator[Page]:
    """Make the list of all releases, and a page for each."""
    starred = tables.most_starred((sheet for sheet in sheets.values() if sheet.package.is_active), len(sheets))
    others = [sheet for sheet in sheets.values() if sheet.package.is_active and sheet.repository.star_count < 0]
    ordered = starred + sorted(others, key=lambda sheet: (sheet.title.casefold(), sheet.package.id))
    products = []
    for entry in catalogue.products:
        asked = _asked(entry, ordered)
        cycles = []
        for release in reversed(entry.record.releases):
            judged = _judge(entry.record, release, asked)
            cycles.append(_cycle(entry, release, judged, calendar, shell))
            yield _page(entry, release, judged, cycles[-1], shell)
        products.append(Product(entry.record.title, entry.slug, entry.record.source, cycles))
    yield Page(
        template="readiness.html",
        route=urls.READINESS,
        section="",
        title="Readiness",
        summary="Which packages say that they are ready for the releases of Django, Python and others.",
        edit=shell.add("products"),
        values={"products": products},
    )


def _asked(entry: Entry[ProductRecord], ordered: Sequence[Sheet]) -> list[Sheet]:
    """Give the packages that a product's pages show: those on PyPI, or those whose classifiers name the product.

    The product itself is ready for itself, and is not asked.
    """
    product, found = entry.record, []
    for sheet in ordered:
        facts = sheet.package.snapshot.pypi
        if not facts or canonicalize_name(sheet.pypi.name) == entry.slug:
            continue
        if product.for_all or any(c.startswith(product.classifier) for c in facts.classifiers):
            found.append(sheet)
            if len(found) == SHOWN:
                break
    return found


def _judge(product: ProductRecord, release: ProductRelease, asked: Sequence[Sheet]) -> Judged:
    number_ = release.classifier or release.cycle
    return [
        (sheet, VERDICTS[derive.is_ready(facts, product.classifier, number_)])
        for sheet in asked
        if (facts := sheet.package.snapshot.pypi)
    ]


def _cycle(
    entry: Entry[ProductRecord], release: ProductRelease, judged: Judged, calendar: Calendar, shell: Shell
) -> Cycle:
    counts = Counter(verdict for _, verdict in judged)
    return Cycle(
        f"{entry.record.title} {release.cycle}",
        shell.site.path(urls.readiness_page(entry.slug, release.cycle)),
        [*(["LTS"] if release.lts else []), *_state(release, calendar.today)],
        day_or_month(release.released) if release.released else unknown(NOT_KNOWN),
        day_or_month(release.ends) if release.ends else unknown(NOT_KNOWN),
        [number(counts[verdict]) for verdict in VERDICTS.values()],
    )


def _state(release: ProductRelease, today: date) -> Collection[str]:
    """Tell whether a release is yet to come, or over."""
    if release.released and _bounds(release.released)[0] > today:
        return ["not released yet"]
    return ["ended"] if release.ends and _bounds(release.ends)[1] < today else []


def _bounds(text: str) -> tuple[date, date]:
    """Give the first and the last day of a date or a month."""
    if text.count("-") > 1:
        return date.fromisoformat(text), date.fromisoformat(text)
    year, month = map(int, text.split("-"))
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _page(entry: Entry[ProductRecord], release: ProductRelease, judged: Judged, cycle: Cycle, shell: Shell) -> Page:
    record = entry.record
    depth = (release.classifier or release.cycle).count(".")
    return Page(
        template="readiness_cycle.html",
        route=urls.readiness_page(entry.slug, release.cycle),
        section="",
        title=f"Ready for {cycle.name}",
        summary=f"Which packages say that they are ready for {cycle.name}, by their classifiers.",
        edit=shell.edit(entry.path),
        values={
            "product": record.title,
            "cycle": cycle,
            "classifier": f"{record.classifier} :: {release.classifier or release.cycle}",
            "is_python": record.classifier == derive.PYTHON,
            "for_all": record.for_all,
            "readiness_href": shell.site.path(urls.READINESS),
            "columns": COLUMNS,
            "rows": [_row(sheet, verdict, record.classifier, depth, shell) for sheet, verdict in judged],
            "shown": SHOWN,
        },
        script=LISTS,
    )


def _row(sheet: Sheet, verdict: str, classifier: str, depth: int, shell: Shell) -> Markup:
    facts = sheet.package.snapshot.pypi
    named = [v for v in derive.classified_versions(facts, classifier) if v.count(".") == depth] if facts else []
    shown = named if len(named) <= 2 else [f"{named[0]}…{named[-1]}"]  # noqa: PLR2004 - the two ends
    version, released, _, stars = sheet.facts
    names = Fact(", ".join(shown)) if shown else unknown("none")
    return tables.row(sheet, COLUMNS, (Fact(verdict), names, version, released, stars), shell)
