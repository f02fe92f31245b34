"""Every kind of page in a browser: nobody is kept out, nothing sticks out, nothing is said on the console."""

from typing import TYPE_CHECKING

import brotli
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


@pytest.mark.parametrize(("name", "route"), ALL)
def test_all_is_there_without_scripts(sites: "Sites", name: str, route: str) -> None:
    with sites.tab(name, java_script_enabled=False) as tab:
        tab.open(route)
        assert tab.page.locator("main").is_visible()
        assert tab.page.locator(":is(#choices, #copy, .slash, kbd):visible").count() == 0
        # What waits for a script is empty.
        assert [hidden.inner_text() for hidden in tab.page.locator("main [hidden]").all() if hidden.inner_text()] == []


FOCUSED = """() => {
  const { activeElement: element } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, bottom, left, right } = element.getBoundingClientRect();
  const inside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const all = [...document.querySelectorAll("*")];
  const outline = outlineStyle !== "none" && parseFloat(outlineWidth) > 1;
  return { place: all.indexOf(element), name: element.localName, outline, inside };
}"""


@pytest.mark.parametrize("name", ["home.html", "package.html", "grid.html", "packages.html", "search.html"])
def test_the_way_by_keyboard(sites: "Sites", name: str) -> None:
    with sites.tab(PAGES[name][0]) as tab:
        tab.open(PAGES[name][1])
        places = []
        for number in range(40):
            tab.page.keyboard.press("Tab")
            focused = tab.page.evaluate(FOCUSED)
            if focused["name"] == "body":
                break
            assert focused["outline"], (number, focused)
            assert focused["inside"], (number, focused)
            places.append(focused["place"])
            if number == 0:
                assert tab.page.locator(":focus").get_attribute("class") == "skip"
        assert len(places) > 8
        assert places == sorted(places)


def test_the_content_is_a_step_away(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/packages/p/django-messages/")
        tab.page.keyboard.press("Tab")
        tab.page.keyboard.press("Enter")
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_and_little_is_sent(sites: "Sites", name: str) -> None:
    catalogue, route = PAGES[name]
    for width in (390, 1280):
        with sites.tab(catalogue, viewport={"width": width, "height": 844}) as tab:
            tab.open(route)
            sent = dict.fromkeys(("document", "stylesheet", "script"), 0)
            for response in tab.came:
                if (kind := response.request.resource_type) in sent:
                    sent[kind] += len(brotli.compress(response.body()))
            assert sent["document"] > 0
            assert sent["document"] <= 15 * 1024
            assert 0 < sent["stylesheet"] <= 6 * 1024
            assert sent["script"] <= 12 * 1024
            assert tab.page.evaluate(SHIFT) < 0.005  # a figure that settles by a pixel; 0.1 is what a reader sees


# The sum of all shifts so far; those that a click caused do not count.
SHIFT = """() => new Promise((resolve) => {
  const watch = new PerformanceObserver((list) => {
    resolve(list.getEntries().reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0));
  });
  watch.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(0), 50));
})"""


def bottom(tab: "Tab", selector: str) -> float:
    """Give where the first such element ends, in pixels from the top."""
    box = tab.page.locator(selector).first.bounding_box()
    assert box, selector
    return box["y"] + box["height"]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_what_one_asks_first_is_on_the_first_screen(sites: "Sites", width: int, height: int) -> None:
    with sites.tab("compared", viewport={"width": width, "height": height}) as tab:
        tab.open("/packages/p/thing-3/")
        places = {name: bottom(tab, name) for name in (".lead", ".install", ".links", ".facts", "#compare ~ .run li")}
        assert {name: end for name, end in places.items() if end > height} == {}


def test_the_line_that_installs_is_copied(sites: "Sites") -> None:
    with sites.tab(permissions=["clipboard-read", "clipboard-write"]) as tab:
        tab.open("/packages/p/django-messages/")
        tab.page.get_by_role("button", name="Copy").click()
        tab.page.get_by_text("Copied", exact=True).wait_for()
        assert tab.page.evaluate("() => navigator.clipboard.readText()") == "python -m pip install django-messages"


def test_where_the_clipboard_is_denied_the_line_is_selected(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new DOMException('no'))")
        tab.open("/packages/p/django-messages/")
        tab.page.get_by_role("button", name="Copy").click()
        tab.page.get_by_text("Selected: copy it").wait_for()
        assert tab.page.evaluate("() => String(getSelection())") == "python -m pip install django-messages"
