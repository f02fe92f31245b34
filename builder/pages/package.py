"""The page of a package."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from builder import derive, urls
from builder.catalogue import Grid, Package
from builder.metadata import PyPIFacts, Release
from builder.pages import freshness, links
from builder.pages.people import People
from builder.pages.sharing import Things, crumbs, known
from builder.pages.sheets import Ranks, Sheet
from builder.pages.shell import COPY, Page, Shell
from builder.pages.words import NO_RELEASE, NOT_KNOWN, Calendar, Fact, counted, day, number, unknown

RELEASES_SHOWN: Final = 8  # of a long list; the others are a click away
CONTRIBUTORS_SHOWN: Final = 40
NEIGHBOURS_SHOWN: Final = 6
PRE_RELEASE: Final = "pre-release"
NOTHING: Final = "\u2013"  # stands in a table where a release says nothing

Item = TypeVar("Item")


class Neighbours(NamedTuple):
    """A grid that a package is in, with the best of the others; `more` is how many besides, in words or ""."""

    title: str
    href: str
    others: list[Sheet]
    more: str


ReleaseRow = tuple[str, Fact, str, list[str]]
"""A release: version, date, the Python that it requires, and what is special: pre-release, yanked with its reason.

A plain tuple, since there are hundreds on a page.
"""


def page(sheet: Sheet, ranks: Ranks, people: People, calendar: Calendar, shell: Shell) -> Page:
    """Make the page of a package."""
    package = sheet.package
    snapshot = package.snapshot
    releases = [_release(release, sheet.pypi.version.text, calendar) for release in sheet.pypi.releases]
    return Page(
        template="package.html",
        route=urls.package_page(package.slug),
        section=urls.PACKAGES,
        title=sheet.title,
        summary=package.description or f"{sheet.title}: {sheet.category}",
        edit=shell.edit(package.path),
        json=urls.api_item(urls.API_PACKAGES, package.id),
        values={
            "sheet": sheet,
            "links": _links(sheet),
            "facts": _facts(sheet, releases, calendar.today),
            "data_as_of": calendar.day(snapshot.last_fetched),
            "sources": freshness.lines(derive.sources(snapshot), calendar),
            "weeks": sheet.repository.weeks,
            **_history(sheet, releases),
            **_people(sheet, people),
            "rules_href": shell.site.path(urls.package_rules(package.slug)) if shell.extras else "",
            **_standing(package, shell),
            "grids": [_neighbours(grid, ranks[grid.slug], package, shell) for grid in package.grids],
            "sites": package.record.sites,
            "tags": package.record.tags,
            "json_route": urls.api_item(urls.API_PACKAGES, package.id),
            "badge": shell.badge(package.slug) if shell.choices.badges else "",
            "badge_src": shell.site.path(urls.badge(package.slug)),
        },
        script=COPY if sheet.pypi.name or shell.choices.badges else "",
        picture=urls.package_page(package.slug),
        things=_things(sheet, shell),
    )


def _things(sheet: Sheet, shell: Shell) -> Things:
    """Give a package as JSON-LD: its source code, and the way to it."""
    package, pypi, code = sheet.package, sheet.pypi, sheet.repository.link
    address = shell.site.absolute(urls.package_page(package.slug))
    category = urls.category_page(package.category.slug)
    source = known(
        type_="SoftwareSourceCode",
        id_=address,
        url=address,
        name=sheet.title,
        description=package.description,
        codeRepository=code.href if code else "",
        programmingLanguage="Python",
        version=pypi.version.text if pypi.version.known else "",
        dateModified=pypi.released.day,
        license=derive.spdx_page(pypi.licence.text) if pypi.licence.known else "",
        keywords=package.record.tags,
        sameAs=pypi.href,
        image=shell.picture(urls.package_page(package.slug)),
    )
    steps = (("Packages", urls.PACKAGES), (sheet.category, category), (sheet.title, urls.package_page(package.slug)))
    return [source, crumbs(shell.site, *steps)]


def _standing(package: Package, shell: Shell) -> dict[str, object]:
    """Give what the banners need: archived, deprecated, replaced, PyPI's own status; and what it replaces."""
    record, repository, pypi = package.record, package.snapshot.repository, package.snapshot.pypi
    successor = package.replaced_by
    return {
        "archived": repository is not None and repository.archived,
        "deprecated": day(record.deprecated) if record.deprecated else None,
        "replaced_by": successor and (successor.title, shell.site.path(urls.package_page(successor.slug))),
        "pypi_status": pypi.status if pypi and pypi.status != "active" else "",
        "pypi_reason": (pypi and pypi.status_reason) or "",
        "replaces": [(other.title, shell.site.path(urls.package_page(other.slug))) for other in package.replaces],
    }


def _links(sheet: Sheet) -> list[links.Link]:
    """Give the links that lead away, the most wanted first."""
    pypi = sheet.package.snapshot.pypi
    more = links.project_links(pypi.project_urls) if pypi else {}
    found = [links.Link("Documentation", sheet.documentation_href), links.Link("PyPI", sheet.pypi.href)]
    if sheet.repository.link:
        found.insert(1, links.Link("Repository", sheet.repository.link.href))
    found += [links.Link(label, more[label]) for label in ("Changelog", "Issues") if label in more]
    return [link for link in found if link.href]


def _facts(sheet: Sheet, releases: Sequence[ReleaseRow], today: date) -> list[tuple[str, Fact, str]]:
    """Give label, fact and a note of all that has a date or a number; the note is "" for most."""
    pypi, repository = sheet.pypi, sheet.repository
    requires = "" if pypi.python.text == pypi.requires_python else pypi.requires_python
    downloads = sheet.package.snapshot.downloads
    return [
        ("Latest release", pypi.version, ""),
        ("Released", pypi.released, ""),
        ("Last commit", repository.last_commit, ""),
        ("Licence", pypi.licence, ""),
        ("Releases a year", *_pace(sheet, releases, today)),
        ("Python", pypi.python, requires and f"requires {requires}"),
        ("Django", pypi.django, ""),
        ("Status", pypi.status, ""),
        ("Stars", repository.stars, ""),
        ("Forks", repository.forks, ""),
        # The list names the most downloaded projects only: not to be in it says nothing, and nothing is said.
        *([("Downloads", Fact(number(downloads.count)), f"in {downloads.month}")] if downloads else []),
    ]


def _pace(sheet: Sheet, releases: Sequence[ReleaseRow], today: date) -> tuple[Fact, str]:
    """Give how many releases the last twelve months have seen, and since when; yanked ones were releases too.

    Pre-releases are not counted: a release is what they lead to. One without a date has no file that anybody could
    install; it counts for no year.
    """
    if not releases:
        return unknown(_why_no_releases(sheet, sheet.package.snapshot.pypi)), ""
    if not any(when.day for _, when, _, _ in releases):
        return unknown(NOT_KNOWN), ""
    start = _year_ago(today)
    since = [marks for _, when, _, marks in releases if when.day >= start.day]  # as text, days are in their order
    return Fact(number(sum(PRE_RELEASE not in marks for marks in since))), f"since {start.text}"


@lru_cache(maxsize=2)
def _year_ago(today: date) -> Fact:
    """Give when the last twelve months began.

    They are those before this week's Monday, and the days since: what is the same all week is told the same, and pages
    stay what they are.
    """
    monday = today - timedelta(days=today.weekday())
    return day(monday.replace(year=monday.year - 1, day=28 if (monday.month, monday.day) == (2, 29) else monday.day))


def _history(sheet: Sheet, releases: Sequence[ReleaseRow]) -> dict[str, object]:
    """Give the releases, the newest of them apart; where there are none, why."""
    first, older = _folded(releases, RELEASES_SHOWN)
    return {
        "release_count": counted(len(releases), "release"),
        "releases": first,
        "older_releases": older,
        "older_count": counted(len(older), "older release"),
        "no_releases": "" if releases else _why_no_releases(sheet, sheet.package.snapshot.pypi),
    }


def _folded(items: Sequence[Item], shown: int) -> tuple[Sequence[Item], Sequence[Item]]:
    """Cut a list after `shown` items, but not for the sake of a few: half as many again are shown too."""
    return (items, ()) if len(items) <= shown + shown // 2 else (items[:shown], items[shown:])


def _why_no_releases(sheet: Sheet, facts: PyPIFacts | None) -> str:
    if facts is None:
        return sheet.pypi.version.text
    return NOT_KNOWN if facts.version else NO_RELEASE


def _release(release: Release, newest: str, calendar: Calendar) -> ReleaseRow:
    version, yanked = release.version, release.yanked
    marks = ["latest"] if version == newest else []
    if derive.is_prerelease(version):
        marks.append(PRE_RELEASE)
    if yanked is not False:
        marks.append("yanked" if yanked is True or not yanked else f"yanked: {yanked}")
    return version, calendar.day(release.uploaded), release.requires_python or NOTHING, marks


def _people(sheet: Sheet, people: People) -> dict[str, object]:
    """Give the contributors, the first of them apart; where nobody is known, why."""
    repository = sheet.package.snapshot.repository
    hrefs = people.hrefs(sheet.package)
    known = repository.participants if repository else None
    logins = None if known is None else [(login, hrefs.get(login, "")) for login in known]
    first, rest = _folded(logins or (), CONTRIBUTORS_SHOWN)
    return {
        "contributors": first,
        "other_contributors": rest,
        "contributor_count": counted(len(logins or ()), "contributor"),
        "other_count": counted(len(rest), "more contributor"),
        "no_contributors": sheet.repository.missing if logins is None else "" if logins else "none listed",
    }


def _neighbours(grid: Grid, ranked: Sequence[Sheet], package: Package, shell: Shell) -> Neighbours:
    shown: list[Sheet] = []
    for sheet in ranked:
        if len(shown) == NEIGHBOURS_SHOWN:
            break
        if sheet.package is not package:
            shown.append(sheet)
    more = len(ranked) - 1 - len(shown)
    return Neighbours(grid.title, shell.site.path(urls.grid_page(grid.slug)), shown, f"{more} more" if more else "")
