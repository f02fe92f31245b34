"""Every kind of page in a browser: nobody is kept out, nothing sticks out, nothing is said on the console."""

from typing import TYPE_CHECKING

import pytest
from browser import COLOURS, SCHEMES, WIDTHS
from rendered import TEMPLATES, built

from builder.outputs import HTML

if TYPE_CHECKING:
    from browser import Sites, Tab

# A page of every template: its catalogue of `rendered`, and its route.
PAGES = {
    "404.html": ("small", "/404.html"),
    "browse.html": ("small", "/api/browse/"),
    "categories.html": ("small", "/categories/"),
    "category.html": ("small", "/categories/apps/"),
    "compare.html": ("small", "/compare/"),
    "figures.html": ("small", "/open/"),
    "freshness.html": ("small", "/freshness/"),
    "grid.html": ("small", "/grids/g/messaging/"),
    "grid_packages.html": ("small", "/grids/g/messaging/packages/"),
    "grid_timesheet.html": ("small", "/grids/g/messaging/timesheet/"),
    "grids.html": ("small", "/grids/"),
    "home.html": ("small", "/"),
    "package.html": ("small", "/packages/p/django-messages/"),
    "packages.html": ("compared", "/packages/"),
    "posts.html": ("small", "/changelog/"),
    "profile.html": ("small", "/profiles/arneb/"),
    "profiles.html": ("small", "/profiles/"),
    "ranking.html": ("small", "/packages/latest/"),
    "readiness.html": ("small", "/readiness/"),
    "readiness_cycle.html": ("small", "/readiness/django/5.2/"),
    "rules.html": ("small", "/packages/p/django-messages/rules/"),
    "search.html": ("small", "/search/"),
    "text.html": ("small", "/about/"),
}
# The same templates with much, with little, or turned.
MORE = (
    ("compared", "/grids/g/rows/"),
    ("compared", "/packages/liked/"),
    ("compared", "/packages/p/thing-3/"),
    ("small", "/packages/p/waiting/"),
    ("small", "/changelog/news/"),
    ("empty", "/"),
    ("empty", "/packages/"),
    ("empty", "/search/"),
)
ALL = (*PAGES.values(), *MORE)
PARTS = 6  # of the hostile pages, so that they are shared among the cores


def test_a_page_of_every_template_is_looked_at() -> None:
    assert {file.name for file in TEMPLATES.glob("*.html")} - {"base.html"} == set(PAGES)
    assert all(built(name)[route].media_type == HTML for name, route in ALL)


def look(tab: "Tab", route: str, scheme: str, width: int) -> list[str]:
    """Give what is wrong with the open page in this scheme and at this width."""
    tab.scheme(scheme)
    tab.resize(width)
    findings = tab.findings() if scheme == "light" else tab.findings(COLOURS)
    found = [f"{route} {scheme} {width}: {finding}" for finding in findings]
    return [*found, *([f"{route} {width}: {over} pixels too wide"] if (over := tab.overflow()) > 0 else [])]


@pytest.mark.parametrize(("name", "route"), ALL)
def test_nobody_is_kept_out(sites: "Sites", name: str, route: str) -> None:
    with sites.tab(name) as tab:
        tab.open(route)
        assert [found for scheme in SCHEMES for width in WIDTHS for found in look(tab, route, scheme, width)] == []


def test_what_is_wrong_is_seen(sites: "Sites") -> None:
    with pytest.raises(AssertionError, match="/below/"), sites.tab() as tab:  # noqa: PT012 - all of it may not pass
        tab.open("/")
        tab.page.evaluate("() => { document.querySelector('h1').style.cssText = 'color: #ccc; min-width: 3000px' }")
        assert [finding.partition(":")[0] for finding in tab.findings()] == ["color-contrast"]
        assert [finding.partition(":")[0] for finding in tab.findings(COLOURS)] == ["color-contrast"]
        assert tab.overflow() > 1000
        assert tab.wrong == []
        tab.page.evaluate("() => { document.querySelector('h1').innerHTML = '<img alt=A src=https://example.org/>' }")
        assert "console error" in {wrong.partition(":")[0] for wrong in tab.wrong}


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_is_kept_out_by_hostile_data(sites: "Sites", part: int) -> None:
    routes = [output.route for output in built("hostile").values() if output.media_type == HTML][part::PARTS]
    with sites.tab("hostile") as tab:
        for route in routes:
            tab.open(route)
            assert [*look(tab, route, "light", 320), *look(tab, route, "dark", 1280)] == []
