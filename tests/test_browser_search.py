"""Searching in a browser: the box on every page, what it suggests, and the page of search with its filters."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from made import HOSTILE, catalogue, category, fetched, package
from playwright.sync_api import expect
from rendered import SITE

from builder import search

if TYPE_CHECKING:
    from browser import Sites, Tab
    from playwright.sync_api import Route


def found(tab: "Tab") -> list[str]:
    """Give the titles of what the page of search has found."""
    return tab.page.locator(".hits li > a").all_text_contents()


def test_nothing_is_loaded_before_it_is_needed(sites: "Sites") -> None:
    with sites.tab() as tab:
        asked: list[str] = []
        tab.page.on("request", lambda request: asked.append(urlsplit(request.url).path.rpartition("/")[2]))
        tab.open("/about/")
        assert [name for name in asked if name.endswith(".js")] == ["site.js"]
        tab.page.locator("#q").focus()
        expect(tab.page.locator("#q")).to_have_role("combobox")
        assert {name for name in asked if name.endswith(".js")} == {"site.js", "suggest.js", "page.js", "search.js"}
        assert [name for name in asked if name.endswith("json")] == []


@pytest.mark.parametrize("route", ["/grids/", "/", "/search/"])
def test_type_and_choose_by_keyboard(sites: "Sites", route: str) -> None:
    with sites.tab() as tab:
        tab.open(route)
        tab.page.keyboard.press("/")
        box = tab.page.locator("#q")
        expect(box).to_be_focused()
        tab.page.keyboard.type("messages")
        options = tab.page.locator("[role=option]")
        expect(options.first).to_contain_text("django-messages packageMessages between users")
        expect(box).to_have_attribute("aria-expanded", "true")
        assert box.get_attribute("aria-activedescendant") is None
        tab.page.keyboard.press("ArrowDown")
        expect(options.first).to_have_attribute("aria-selected", "true")
        assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
        assert tab.findings() == []
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url(tab.site.url("/packages/p/django-messages/"))


def test_arrows_go_round_and_escape_closes(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/grids/")
        tab.page.locator("#q").click()
        tab.page.keyboard.type("postman")
        options, box = tab.page.locator("[role=option]"), tab.page.locator("#q")
        expect(options.last).to_have_text("All results")
        tab.page.keyboard.press("ArrowUp")
        expect(options.last).to_have_attribute("aria-selected", "true")
        tab.page.keyboard.press("ArrowDown")
        assert box.get_attribute("aria-activedescendant") is None
        tab.page.keyboard.press("Escape")
        expect(box).to_have_attribute("aria-expanded", "false")
        expect(tab.page.locator("#suggestions")).to_be_hidden()
        expect(box).to_have_value("postman")
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url(tab.site.url("/search/?q=postman"))
        expect(tab.page.locator(".hits li > a").first).to_have_text("postman")


def test_an_error_in_typing_is_forgiven(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/packages/")
        tab.page.locator("#q").click()
        tab.page.keyboard.type("postmna")
        option = tab.page.locator("[role=option]").first
        expect(option).to_contain_text("postman")
        option.click()
        tab.page.wait_for_url(tab.site.url("/packages/p/postman/"))


def test_an_answer_that_comes_too_late_is_dropped(sites: "Sites") -> None:
    with sites.tab() as tab:
        held: list[Route] = []
        tab.page.route("**/search/index.json", lambda route: held.append(route))  # noqa: PLW0108 - Playwright looks into it
        tab.open("/grids/")
        box = tab.page.locator("#q")
        box.click()
        with tab.page.expect_request("**/search/index.json"):
            tab.page.keyboard.type("messages")
        box.fill("")
        tab.page.wait_for_function("() => document.querySelector('#q').value === ''")
        with tab.page.expect_response("**/search/index.json"):
            held[0].continue_()
        box.fill("postman")
        expect(tab.page.locator("[role=option]").first).to_contain_text("postman")
        assert tab.page.locator("[role=option]", has_text="django-messages").count() == 0


def test_a_slash_that_is_typed_stays_one(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/packages/")
        tab.page.locator("[type=search]:not(#q)").click()
        tab.page.keyboard.type("a/b")
        expect(tab.page.locator("[type=search]:not(#q)")).to_have_value("a/b")


def slash(tab: "Tab") -> bool:
    """Press the key, and tell whether it led to the box; then leave the box again."""
    tab.page.keyboard.press("/")
    led = bool(tab.page.evaluate("() => document.activeElement?.id === 'q'"))
    assert tab.page.locator("#q").input_value() == ""
    tab.page.evaluate("() => document.activeElement.blur()")
    return led


def test_the_key_can_be_switched_off_and_its_hint_goes(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/search/")
        hint, switch = tab.page.locator("#q + kbd"), tab.page.get_by_label("The key “/”")
        expect(switch).to_be_checked()
        assert slash(tab)
        switch.uncheck()
        expect(hint).to_be_hidden()
        assert tab.findings() == []
        tab.page.evaluate("() => document.activeElement.blur()")
        assert not slash(tab)
        for route in ("/grids/", "/", "/search/"):
            tab.open(route)
            expect(hint).to_be_hidden()
            assert not slash(tab), route
        expect(switch).not_to_be_checked()
        switch.check()
        expect(hint).to_be_visible()
        tab.open("/about/")
        expect(hint).to_be_visible()
        assert slash(tab)


def test_the_switch_reaches_pages_that_are_open(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/about/")
        other = tab.page.context.new_page()
        other.goto(tab.site.url("/search/"))
        other.get_by_label("The key “/”").uncheck()
        expect(tab.page.locator("#q + kbd")).to_be_hidden()
        assert not slash(tab)


def test_where_nothing_can_be_kept_the_switch_lasts_as_long_as_the_page(sites: "Sites") -> None:
    with sites.tab() as tab:
        nothing = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })"
        tab.page.add_init_script(nothing)
        tab.open("/search/")
        tab.page.get_by_label("The key “/”").uncheck()
        tab.page.evaluate("() => document.activeElement.blur()")
        assert not slash(tab)
        tab.open("/search/")
        expect(tab.page.get_by_label("The key “/”")).to_be_checked()
        assert slash(tab)


def test_filters_stand_in_the_address_and_back_takes_them_away(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/search/?q=messages+postman+messaging")
        status = tab.page.locator("#results [role=status]")
        expect(status).to_contain_text("4 results for")
        assert sorted(found(tab)) == ["Messaging", "django-messages", "postman", "waiting"]
        tab.page.get_by_label("Type").select_option("package")
        expect(status).to_contain_text("3 of 4 results")
        tab.page.get_by_label("Not deprecated or archived").check()
        expect(status).to_contain_text("2 of 4 results")
        assert sorted(found(tab)) == ["django-messages", "waiting"]
        assert parse_qs(urlsplit(tab.page.url).query) == {
            "q": ["messages postman messaging"], "type": ["package"], "active": ["1"],
        }  # fmt: skip
        assert tab.findings() == []
        tab.page.reload()
        expect(status).to_contain_text("2 of 4 results")
        tab.page.get_by_label("Release or commit within a year").check()
        expect(status).to_contain_text("with these filters")
        tab.page.go_back()
        tab.page.go_back()
        expect(status).to_contain_text("3 of 4 results")
        expect(tab.page.get_by_label("Not deprecated or archived")).not_to_be_checked()
        tab.page.go_back()
        expect(status).to_contain_text("4 results for")


def test_a_category(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/search/?q=messages+postman+messaging")
        tab.page.get_by_label("Category").select_option("App")
        expect(tab.page.locator("#results [role=status]")).to_contain_text("3 of 4 results")


def crowded(tab: "Tab") -> None:
    """Let the site's search have many items that one word finds, the least of them in a category of its own."""
    packages = {f"q{n}": package(title=f"Queue {n}", pypi=None) for n in range(250)}
    packages["last"] = package(title="Something", pypi=None, category="other", deprecated="2020-01-01")
    snapshots = {slug: fetched(description="", pypi=None) for slug in packages}
    snapshots["last"] = fetched(description="A queue", stars=0, pypi=None)
    categories = {"apps": category(), "other": category(title="Other", title_plural="Others")}
    made = catalogue(packages, {}, categories, snapshots)
    bodies = {SITE.path(output.route): output.body for output in search.render(made, SITE)}
    tab.page.route(
        "**/api/data/v1/search/**", lambda route: route.fulfill(body=bodies[urlsplit(route.request.url).path])
    )


def test_filters_find_what_is_beyond_the_best_that_are_shown(sites: "Sites") -> None:
    with sites.tab() as tab:
        crowded(tab)
        tab.open("/search/?q=queue")
        status = tab.page.locator("#results [role=status]")
        expect(status).to_have_text("251 results for “queue”, the best 50 shown")
        assert len(found(tab)) == 50
        assert "Something" not in found(tab)
        tab.page.get_by_label("Category").select_option("Other")
        expect(status).to_have_text("1 of 251 results for “queue”")
        assert found(tab) == ["Something"]
        expect(tab.page.get_by_role("button", name="Show more")).to_be_hidden()
        tab.page.go_back()
        expect(status).to_have_text("251 results for “queue”, the best 50 shown")


def test_more_are_shown_on_demand(sites: "Sites") -> None:
    with sites.tab() as tab:
        crowded(tab)
        tab.open("/search/?q=queue")
        status, more = tab.page.locator("#results [role=status]"), tab.page.get_by_role("button", name="Show more")
        expect(status).to_contain_text("the best 50 shown")
        first = found(tab)
        more.click()
        expect(status).to_contain_text("the best 100 shown")
        assert found(tab)[:50] == first
        expect(tab.page.locator(".hits li > a").nth(50)).to_be_focused()
        tab.open("/about/")
        tab.page.go_back()
        expect(status).to_contain_text("the best 100 shown")
        for shown in ("150", "200", "250"):
            more.click()
            expect(status).to_contain_text(f"the best {shown} shown")
        more.click()
        expect(status).to_have_text("251 results for “queue”")
        expect(more).to_be_hidden()
        assert tab.findings() == []


def test_what_was_not_looked_at_is_told(sites: "Sites", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_POSTINGS", 20)
    with sites.tab() as tab:
        crowded(tab)
        tab.open("/search/?q=queue&category=Other")
        status = tab.page.locator("#results [role=status]")
        expect(status).to_contain_text("Nothing found for “queue” with these filters.")
        expect(status).to_contain_text("Very many have such words: only the best of them were looked at.")
        tab.page.get_by_label("Category").select_option("")
        expect(status).to_contain_text("at least 250 results for “queue”, the best 50 shown")


def test_the_entries_of_a_history_can_be_told_apart(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/search/")
        title = tab.page.title()
        tab.open("/search/?q=postman")
        tab.page.get_by_label("Type").select_option("Packages")
        tab.page.get_by_label("Category").select_option("App")
        expect(tab.page).to_have_title(f"“postman”; Packages; App \u2013 {title}")
        tab.page.go_back()
        tab.page.go_back()
        expect(tab.page).to_have_title(f"“postman” \u2013 {title}")
        tab.open("/search/?type=grid")
        assert tab.page.title() == title


def test_odd_words_are_told_in_short_and_turn_nothing(sites: "Sites") -> None:
    with sites.tab() as tab:
        status = tab.page.locator("#results [role=status]")
        tab.open("/search/?q=%E2%80%AEpostman")
        expect(status.locator("bdi")).to_have_text("\u202epostman")
        assert "\u202e" not in tab.page.title()
        for query in ("x" * 2_000, "postman+" * 400):
            tab.open(f"/search/?q={query}")
            expect(status).to_contain_text("…”")
            assert len(status.inner_text()) < 200
            assert len(tab.page.title()) < 200


def test_a_type_that_there_is_not_is_none(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/search/?q=postman&type=foo")
        expect(tab.page.locator("#results [role=status]")).to_contain_text("for “postman”")
        expect(tab.page.get_by_label("Type").locator("option:checked")).to_have_text("Packages and grids")
        assert "postman" in found(tab)


def test_nothing_found_says_what_to_do(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/search/?q=xylophone")
        expect(tab.page.locator("#results [role=status]")).to_contain_text("Try fewer or other words")
        expect(tab.page.get_by_role("heading", name="From A to Z")).to_be_visible()
        tab.page.locator("#q").fill("postman")
        tab.page.get_by_role("button", name="Search").click()
        expect(tab.page.locator(".hits li > a").first).to_have_text("postman")
        assert tab.page.url == tab.site.url("/search/?q=postman")
        tab.page.go_back()
        expect(tab.page.locator("#results [role=status]")).to_contain_text("Nothing found for “xylophone”")
        expect(tab.page.locator("#q")).to_have_value("xylophone")


READS = """async ([script, root]) => {
  const { search } = await import(script);
  const reads = [];
  const read = async (route) => {
    if (!route.includes("/items/")) reads.push(route);
    const answer = await fetch(root + route);
    return answer.ok ? answer.text() : null;
  };
  const found = [await search("postman", read), await search("postman", read)];
  return { found: found.map((items) => items.length), reads };
}"""


def test_a_function_that_reads_is_asked_once_for_each_file_of_the_index(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/about/")
        came = tab.page.evaluate(READS, [SITE.path("/assets/search.js"), SITE.path("/")[:-1]])
        assert came["found"][0] == came["found"][1] > 0
        assert len(came["reads"]) == len(set(came["reads"])) > 2


def test_an_index_that_cannot_be_read_is_told(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.allow("503")
        tab.page.route("**/search/index.json", lambda route: route.fulfill(status=503))
        tab.open("/search/?q=postman")
        expect(tab.page.locator("#results [role=status]")).to_have_text("The index cannot be read: HTTP 503")
        tab.page.unroute("**/search/index.json")
        tab.page.get_by_role("button", name="Search").click()
        expect(tab.page.locator(".hits li > a").first).to_have_text("postman")


def test_hostile_titles_stay_texts(sites: "Sites") -> None:
    with sites.tab("hostile") as tab:
        tab.open("/search/?q=script+alert")
        expect(tab.page.locator(".hits li > a", has_text=HOSTILE[:40]).first).to_be_visible()
        tab.page.locator("#q").fill("script alert")
        tab.page.locator("#q").press("End")
        tab.page.keyboard.type("s")
        expect(tab.page.locator("[role=option]").first).to_be_visible()
        assert tab.page.locator(".hits :is(script, img, style, svg), #suggestions :is(script, img)").count() == 0


def test_without_script_the_form_leads_to_the_index(sites: "Sites") -> None:
    with sites.tab(java_script_enabled=False) as tab:
        tab.open("/packages/p/postman/")
        tab.page.locator("#q").fill("forms")
        tab.page.locator("#q").press("Enter")
        tab.page.wait_for_url(tab.site.url("/search/?q=forms"))
        expect(tab.page.locator("#results")).to_be_hidden()
        tab.page.get_by_role("link", name="M", exact=True).click()
        expect(tab.page.get_by_role("link", name="django-messages")).to_be_visible()
        assert tab.page.locator("kbd:visible, .controls:visible").count() == 0
