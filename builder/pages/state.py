"""How it stands with what was fetched: counts by source and state, the oldest news, and what is amiss."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from builder import derive, urls
from builder.catalogue import UNKNOWN_DATE, Catalogue
from builder.metadata import Source, State
from builder.pages import freshness
from builder.pages.freshness import Line
from builder.pages.lists import filed_under
from builder.pages.sheets import Sheet
from builder.pages.shell import Page
from builder.pages.words import NOT_FETCHED, NOTHING_NEW, Calendar, Fact, counted, day, number, unknown

STATES: Final[Mapping[State, str]] = {
    "ok": "Answered",
    "failed": "Failed",
    "missing": "Missing",
    "taken over": "Taken over",
}
SHOWN: Final = 200  # packages of a list


class Row(NamedTuple):
    """A source: its name, how many packages are in each state, and its oldest news."""

    name: str
    counts: Sequence[str]
    oldest: Fact


class Amiss(NamedTuple):
    """A package with the sources that do not answer as they should."""

    sheet: Sheet
    lines: Sequence[Line]


def page(catalogue: Catalogue, sheets: Mapping[str, Sheet], calendar: Calendar) -> Page:
    """Make the page of the state of the data."""
    ordered = sorted(sheets.values(), key=lambda sheet: (filed_under(sheet.title), sheet.title, sheet.package.id))
    amiss = [
        sheet for sheet in ordered if any(s.state != "ok" for s in derive.sources(sheet.package.snapshot).values())
    ]
    never = [sheet for sheet in ordered if sheet.package.snapshot.last_fetched is None]
    return Page(
        template="freshness.html",
        route=urls.FRESHNESS,
        section="",
        title="State of the data",
        summary="How old the facts are, and which sources do not answer.",
        json=urls.DATA_FRESHNESS,
        values={
            "sources": _sources(sheets.values(), calendar),
            "states": list(STATES.values()),
            "amiss": [_amiss(sheet, calendar) for sheet in amiss[:SHOWN]],
            "amiss_count": counted(len(amiss), "package"),
            "amiss_more": counted(len(amiss) - SHOWN, "more package") if len(amiss) > SHOWN else "",
            "never": never[:SHOWN],
            "never_count": counted(len(never), "package"),
            "never_more": counted(len(never) - SHOWN, "more package") if len(never) > SHOWN else "",
            "unasked": _unasked(ordered),
            "as_of": unknown(NOT_FETCHED) if catalogue.as_of == UNKNOWN_DATE.date() else day(catalogue.as_of),
            "package_count": counted(len(catalogue.packages), "package"),
        },
    )


def _unasked(sheets: Iterable[Sheet]) -> str:
    """Say how many have a repository of which nothing is known yet, beside those of which nothing at all is; or ""."""
    never = [
        sheet
        for sheet in sheets
        if sheet.package.snapshot.last_fetched and sheet.package.record.repository and not _is_of_a_forge(sheet)
    ]
    return counted(len(never), "other package") if never else ""


def _is_of_a_forge(sheet: Sheet) -> bool:
    snapshot = sheet.package.snapshot
    return snapshot.repository is not None or not snapshot.sources.keys() <= {"pypi", "downloads"}


def _sources(sheets: Iterable[Sheet], calendar: Calendar) -> list[Row]:
    by_name: defaultdict[str, list[Source]] = defaultdict(list)
    for sheet in sheets:
        for name, source in derive.sources(sheet.package.snapshot).items():
            by_name[name].append(source)
    return [
        Row(
            freshness.NAMES.get(name, name),
            [number(sum(source.state == state for source in found)) for state in STATES],
            _oldest(found, calendar),
        )
        for name, found in sorted(by_name.items())
    ]


def _oldest(sources: Iterable[Source], calendar: Calendar) -> Fact:
    dated = [source.changed for source in sources if source.changed]
    return calendar.day(min(dated)) if dated else unknown(NOTHING_NEW)


def _amiss(sheet: Sheet, calendar: Calendar) -> Amiss:
    sources = derive.sources(sheet.package.snapshot)
    return Amiss(sheet, freshness.lines({name: s for name, s in sources.items() if s.state != "ok"}, calendar))
