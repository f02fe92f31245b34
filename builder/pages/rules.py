"""How a package's weight in search comes about, rule by rule."""

from collections.abc import Sequence
from typing import NamedTuple

from builder import urls, weight
from builder.pages.sheets import Sheet, amount
from builder.pages.shell import Page
from builder.pages.words import NO_DESCRIPTION, NOT_KNOWN, Calendar, Fact, number, unknown


class Line(NamedTuple):
    """A rule: its name, what it gives points for, what was measured, and the points."""

    name: str
    description: str
    measured: Fact
    points: str


def page(sheet: Sheet, calendar: Calendar) -> Page:
    """Make the page of a package's weight."""
    package = sheet.package
    seen = weight.evidence(package)
    points = [rule.points(seen, calendar.today) for rule in weight.RULES]
    lines = [
        Line(rule.name, rule.description, measured, number(given))
        for rule, measured, given in zip(weight.RULES, _measured(sheet, seen), points, strict=True)
    ]
    return Page(
        template="rules.html",
        route=urls.package_rules(package.slug),
        section=urls.PACKAGES,
        title=f"{sheet.title}: weight in search",
        summary=f"How the weight of {sheet.title} in search comes about, rule by rule.",
        values={
            "sheet": sheet,
            "lines": lines,
            "total": number(sum(points)),
            "most": weight.MOST,
            "most_total": weight.MOST * len(weight.RULES),
            "weight": weight.of_package(seen, calendar.today),
        },
        picture=urls.package_page(package.slug),
    )


def _measured(sheet: Sheet, seen: weight.Evidence) -> Sequence[Fact]:
    """Give what was measured for each rule, in their order; what is not known is told, and gives no points."""
    downloads = sheet.package.snapshot.downloads
    return (
        Fact("no longer maintained" if seen.deprecated else "maintained"),
        Fact("there is one") if seen.description.strip() else unknown(NO_DESCRIPTION),
        Fact(f"{number(downloads.count)} in {downloads.month}") if downloads else unknown(NOT_KNOWN),
        sheet.repository.forks,
        sheet.repository.stars,
        amount(seen.uses),
        sheet.repository.last_commit,
        sheet.pypi.released,
    )
