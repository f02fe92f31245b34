"""Every kind of page in a browser: nobody is kept out, nothing sticks out, nothing is said on the console."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import brotli
import pytest
from browser import COLOURS, SHIFT
from made import LONG_WORD
from playwright.sync_api import expect
from rendered import TEMPLATES, built, documents

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
    "reference.html": ("small", "/api/reference/"),
    "rules.html": ("small", "/packages/p/django-messages/rules/"),
    "search.html": ("small", "/search/"),
    "text.html": ("small", "/about/"),
    "use.html": ("small", "/use-the-data/"),
}
# The same templates with the worst that people and upstreams can write.
HOSTILE = {
    "404.html": "/404.html",
    "browse.html": "/api/browse/",
    "categories.html": "/categories/",
    "category.html": "/categories/apps/",
    "compare.html": "/compare/",
    "figures.html": "/open/",
    "freshness.html": "/freshness/",
    "grid.html": "/grids/g/crowd/",
    "grid_packages.html": "/grids/g/crowd/packages/",
    "grid_timesheet.html": "/grids/g/crowd/timesheet/",
    "grids.html": "/grids/",
    "home.html": "/",
    "package.html": "/packages/p/victim/",
    "packages.html": "/packages/",
    "posts.html": "/changelog/",
    "profile.html": "/profiles/Twice/",
    "profiles.html": "/profiles/",
    "ranking.html": "/packages/latest/",
    "readiness.html": "/readiness/",
    "readiness_cycle.html": "/readiness/hostile/5.2/",
    "reference.html": "/api/reference/",
    "rules.html": "/packages/p/victim/rules/",
    "search.html": "/search/",
    "text.html": "/hostile/",
    "use.html": "/use-the-data/",
}
# The same templates with much, with little, or turned.
MORE = (
    ("compared", "/grids/g/rows/"),
    ("compared", "/packages/liked/"),
    ("compared", "/packages/p/thing-3/"),
    ("small", "/packages/p/waiting/"),
    ("small", "/changelog/news/"),
)
ALL = (*PAGES.values(), *MORE)
FILLING = re.compile(r"/packages/p/crowd-([3-9]|\d\d)/|/page/")  # pages that are as some others are, but for numbers
PARTS = 6  # of the other pages, so that they are shared among the cores
HOSTILE_BYTES = 15 * 1024  # of HTML, compressed: as much as a package that is not hostile may take


def others() -> list[tuple[str, str]]:
    """Give what there is besides of hostile pages, and all pages of a site with nothing in it."""
    named = {("hostile", route) for route in HOSTILE.values()}
    found = [(name, route) for name in ("hostile", "empty") for route in documents(name) if not FILLING.search(route)]
    return [page for page in found if page not in named]


def test_a_page_of_every_template_is_looked_at() -> None:
    assert {file.name for file in TEMPLATES.glob("*.html")} - {"base.html"} == set(PAGES) == set(HOSTILE)
    assert all(built(name)[route].media_type == HTML for name, route in ALL)
    assert len(others()) > 40


@pytest.mark.parametrize(("name", "route"), ALL)
def test_nobody_is_kept_out(sites: "Sites", name: str, route: str) -> None:
    with sites.look(name) as tab:
        tab.open(route)
        assert tab.faults() == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_data_runs_nothing_hides_nothing_and_breaks_nothing(sites: "Sites", name: str) -> None:
    with sites.look("hostile") as tab:
        response = tab.open(HOSTILE[name])
        assert len(brotli.compress(response.body())) <= HOSTILE_BYTES
        assert tab.faults() == []
        assert tab.page.evaluate(FOREIGN_MARKUP) == []


# Addresses that somebody sends: what scripts put together from the same data, and from what stands in the address.
BIDI = quote("\u202evictim")
SENT = (
    "/search/?q=victim",
    f"/search/?q={LONG_WORD}&category={LONG_WORD}&type=foo",
    f"/search/?q={BIDI}&category=%3Cb%3E",
    f"/packages/?q={LONG_WORD}&sort=-stars",
    f"/grids/g/crowd/?active=1&recent=1&sort=-stars&p={LONG_WORD}",
    f"/compare/?p=victim,gone,empty,{LONG_WORD},{BIDI}",
)


@pytest.mark.parametrize("route", SENT)
def test_hostile_data_stays_in_its_place_where_scripts_put_it_together(sites: "Sites", route: str) -> None:
    with sites.look("hostile") as tab:
        tab.allow("404")
        tab.open(route)
        expect(tab.page.get_by_role("status").locator("visible=true").first).not_to_have_text(re.compile("Reading|^$"))
        assert tab.faults(["light"], [320, 360, 768]) == []
        assert tab.page.evaluate(FOREIGN_MARKUP) == []


# What no template writes, and whatever would run or be fetched without a name of ours.
FOREIGN_MARKUP = """() => [...document.querySelectorAll(
  "body :is(script, style, iframe, object, embed, base, template), body img:not(details.more > p > img), " +
  "[style], [srcdoc], title ~ title"
)].map((element) => element.outerHTML)"""


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
        tab.page.evaluate("() => alert('x')")
        assert "dialog alert: x" in tab.wrong


def test_faults_are_told_by_scheme_and_width(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/about/")
        sheet = """const sheet = new CSSStyleSheet();
            sheet.replaceSync("@media (width < 400px) { h1 { min-width: 900px } } "
              + "@media (prefers-color-scheme: dark) and (width > 1000px) { h1 { color: #333 } }");
            document.adoptedStyleSheets = [sheet];"""
        tab.page.evaluate(f"() => {{ {sheet} }}")
        found = [fault.partition(": ")[::2] for fault in tab.faults()]
        assert [where for where, _ in found] == ["320", "dark 1280"]
        assert "pixels too wide" in found[0][1]
        assert found[1][1].startswith("color-contrast")


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_is_kept_out_by_other_hostile_data_or_none(sites: "Sites", part: int) -> None:
    for name, route in others()[part::PARTS]:
        with sites.look(name) as tab:
            tab.open(route)
            found = [*tab.faults(["light"], [320]), *tab.faults(["dark"], [1280])]
            assert found == [], (name, route)


@pytest.mark.parametrize(("name", "route"), ALL)
def test_all_is_there_without_scripts(sites: "Sites", name: str, route: str) -> None:
    with sites.look(name, java_script_enabled=False) as tab:
        tab.open(route)
        assert tab.page.locator("main").is_visible()
        assert tab.page.locator(":is(#choices, .copy, .slash, kbd):visible").count() == 0
        shown = set(tab.page.evaluate(SHOWN))
        assert len(shown) > 1
        # What waits for a script is empty.
        assert [hidden.inner_text() for hidden in tab.page.locator("main [hidden]").all() if hidden.inner_text()] == []
    if name == "small" and route in MADE_BY_SCRIPT:
        return
    with sites.look(name) as tab:
        tab.open(route)
        assert set(tab.page.evaluate(SHOWN)) - shown == set()


MADE_BY_SCRIPT = {PAGES[name][1] for name in ("browse.html", "compare.html", "search.html")}
# The texts that are seen, but for those of what scripts add to use the page with.
SHOWN = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement: element, data } = texts.currentNode;
    const added = element.closest("#choices, .copy, .controls, .mark, .choice, .slash, .sort, kbd");
    if (!added && data.trim() && element.checkVisibility()) found.push(data.trim());
  }
  return found;
}"""


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


# What is above the focused element, where no stretch of 24 pixels of it is seen from its top to its bottom.
COVERED = """() => {
  const element = document.activeElement;
  if (element.matches("body, .frame, .skip")) return [];
  const above = (x, y) => {
    const found = document.elementFromPoint(x, y);
    return found && (element.contains(found) || found.contains(element)) ? [] : [found?.outerHTML.slice(0, 80)];
  };
  let [seen, all, others] = [0, 0, []];
  for (const { left, right, top, bottom } of element.getClientRects()) {
    for (let x = left + 2; x < right; x += 4) {
      const found = [...above(x, top + 3), ...above(x, bottom - 3)];
      all += 4;
      if (found.length) others.push(...found);
      else seen += 4;
    }
  }
  return seen < Math.min(all, 24) ? [`${element.textContent || element.ariaLabel || element.value}: ${others[0]}`] : [];
}"""
WALKS = ("/packages/", "/grids/g/rows/", "/grids/g/columns/", "/compare/?p=thing-0,thing-3,thing-6,thing-7,thing-2")
CHOSEN = "sessionStorage.setItem('compare /below/', JSON.stringify(['thing-1', 'thing-4']))"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("route", WALKS)
def test_what_has_the_focus_is_never_covered(sites: "Sites", route: str, width: int) -> None:
    with sites.tab("compared", viewport={"width": width, "height": 600}) as tab:
        tab.page.add_init_script(CHOSEN)
        tab.open(route)
        if "compare" in route:
            expect(tab.page.locator(".frame")).to_be_visible()
        covered, steps = [], 0
        for key in ("Tab", "Shift+Tab"):  # to the end of the page, and back to its beginning
            tab.page.keyboard.press(key)
            while not tab.page.evaluate("() => document.activeElement.matches('body')"):
                covered += tab.page.evaluate(COVERED)
                steps += 1
                tab.page.keyboard.press(key)
        assert steps > 60
        assert covered == []


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
        with sites.look(catalogue) as tab:
            tab.resize(width, 844)
            tab.open(route)
            sent = dict.fromkeys(("document", "stylesheet", "script"), 0)
            for response in tab.came:
                if (kind := response.request.resource_type) in sent:
                    sent[kind] += len(brotli.compress(response.body()))
            assert sent["document"] > 0
            assert sent["document"] <= 15 * 1024
            assert 0 < sent["stylesheet"] <= 6 * 1024
            assert 0 < sent["script"] <= 12 * 1024
            assert tab.page.evaluate(SHIFT) < 0.005  # a figure that settles by a pixel; 0.1 is what a reader sees


PAPER = 1046  # pixels between the margins of an A4 sheet that lies across


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("compared", "/grids/g/rows/"),
        ("compared", "/grids/g/columns/"),
        ("compared", "/compare/?p=thing-0,thing-1,thing-2,thing-3,thing-4,thing-5,thing-6,thing-7"),
        ("hostile", "/grids/g/crowd/"),
        ("hostile", "/grids/g/hostile/"),
        ("real", "/grids/g/task-queues/"),
    ],
)
def test_a_comparison_is_printed_whole(sites: "Sites", name: str, route: str) -> None:
    with sites.tab(name, viewport={"width": PAPER, "height": 700}) as tab:
        tab.page.add_init_script(CHOSEN)
        tab.open(route)
        expect(tab.page.locator(".frame table")).to_be_visible()
        tab.page.emulate_media(media="print")
        assert tab.overflow() <= 0
        assert tab.page.evaluate(CUT) == []
        seen = tab.page.locator(":is(.controls, .mark, .chosen, #choices, .sort, .frame button):visible")
        assert seen.count() == 0


# Cells that go beyond the sheet, or whose content goes beyond them.
CUT = """() => [...document.querySelectorAll(".frame :is(th, td)")].filter((cell) => {
  const { right } = cell.getBoundingClientRect();
  return right > innerWidth || cell.scrollWidth > cell.clientWidth + 1;
}).map((cell) => cell.textContent.trim().slice(0, 80))"""


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


def test_each_example_is_copied_as_it_stands(sites: "Sites") -> None:
    with sites.tab(permissions=["clipboard-read", "clipboard-write"]) as tab:
        tab.open("/use-the-data/")
        examples = tab.page.locator(".example")
        assert examples.count() > 5
        for number in range(examples.count()):
            example = examples.nth(number)
            name = f"Copy: {example.locator('h3').inner_text()}"
            example.get_by_role("button", name=name, exact=True).click()
            example.get_by_text("Copied", exact=True).wait_for()
            copied = tab.page.evaluate("() => navigator.clipboard.readText()")
            assert copied == example.locator("code").text_content()
