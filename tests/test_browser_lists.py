"""Lists in a browser: sorting and filtering, over all packages also where a list is cut into pages."""

import json
from typing import TYPE_CHECKING

import pytest
from browser import SHIFT
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser import Sites, Tab


STATUS = ".controls [role=status]"


def titles(tab: "Tab") -> list[str]:
    """Give the titles in a list, from its top."""
    return tab.page.locator("table tbody th > a").all_text_contents()


def test_a_whole_list_is_sorted_as_it_stands(sites: "Sites") -> None:
    with sites.tab() as tab:
        asked: list[str] = []
        tab.page.on("request", lambda request: asked.append(request.url))
        tab.open("/packages/")
        before = titles(tab)
        assert before == ["django-messages", "postman", "waiting"]
        tab.page.get_by_label("Sort by").select_option("Stars: most first")
        assert titles(tab) == ["django-messages", "postman", "waiting"]
        assert tab.page.url == tab.site.url("/packages/?sort=-stars")
        expect(tab.page.locator(STATUS)).to_have_text("3 packages; by Stars, descending")
        stars = tab.page.get_by_role("columnheader", name="Stars")
        expect(stars).to_have_attribute("aria-sort", "descending")
        stars.get_by_role("button").click()
        assert tab.page.url == tab.site.url("/packages/?sort=stars")
        expect(stars).to_have_attribute("aria-sort", "ascending")
        assert titles(tab) == ["postman", "django-messages", "waiting"]  # what is not known comes last, either way
        assert tab.findings() == []
        assert not [url for url in asked if url.endswith(".json")]
        tab.page.go_back()
        tab.page.go_back()
        assert titles(tab) == before
        expect(tab.page.locator("tr.letter").first).to_be_visible()
        expect(tab.page.locator("nav.letters")).to_be_visible()


def test_a_filter_stands_in_the_address(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/packages/")
        tab.page.get_by_label("Filter").press_sequentially("POST")
        expect(tab.page.locator(STATUS)).to_have_text("1 of 3 packages")
        assert titles(tab) == ["postman"]
        assert tab.page.url == tab.site.url("/packages/?q=POST")
        tab.page.reload()
        assert titles(tab) == ["postman"]
        expect(tab.page.get_by_label("Filter")).to_have_value("POST")
        tab.page.go_back()  # all that was typed in one go is one step
        assert tab.page.url == tab.site.url("/packages/")
        assert len(titles(tab)) == 3


def test_nothing_left_is_told(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/packages/?q=xylophone")
        expect(tab.page.locator(STATUS)).to_contain_text("Nothing here has these words")
        assert titles(tab) == []
        tab.page.get_by_role("link", name="search the whole site").click()
        tab.page.wait_for_url(tab.site.url("/search/?q=xylophone"))


@pytest.mark.parametrize(
    ("route", "where"), [("/packages/", "Last commit"), ("/grids/", "Packages"), ("/grids/g/rows/", "Stars")]
)
def test_a_head_sorts_the_natural_way_the_other_and_not_at_all(sites: "Sites", route: str, where: str) -> None:
    with sites.tab("compared") as tab:
        tab.open(route)
        button = tab.page.get_by_role("columnheader", name=where).get_by_role("button")
        key = where.lower().replace(" ", "-")
        for wanted, direction in ((f"-{key}", "descending"), (key, "ascending"), ("", None)):
            button.press("Enter")
            assert tab.page.url == tab.site.url(route + (f"?sort={wanted}" if wanted else ""))
            heads = tab.page.locator("th[aria-sort]")
            assert [head.get_attribute("aria-sort") for head in heads.all()] == ([direction] if direction else [])
            if direction:
                expect(tab.page.get_by_role("status").first).to_contain_text(f"; by {where}, {direction}")
            expect(button).to_be_focused()


def test_who_is_ready_is_sorted_and_filtered(sites: "Sites") -> None:
    with sites.tab("hostile") as tab:
        tab.open("/readiness/hostile/5.2/")
        before = titles(tab)
        assert len(before) > 10
        tab.page.get_by_label("Filter").fill(before[3])
        expect(tab.page.locator(STATUS)).to_contain_text(f" of {len(before)} packages")
        assert before[3] in titles(tab)
        tab.page.get_by_label("Filter").fill("")
        tab.page.get_by_label("Sort by").select_option("Ready: Z to A")
        expect(tab.page.locator(STATUS)).to_have_text(f"{len(before)} packages; by Ready, descending")
        said = tab.page.locator("tbody td:nth-child(2)").all_inner_texts()
        assert said == sorted(said, reverse=True)
        assert tab.page.get_by_role("columnheader", name="Releases named").get_by_role("button").count() == 0
        assert tab.findings() == []
        tab.open("/readiness/")
        expect(tab.page.get_by_role("columnheader", name="Not yet", exact=True).first).to_be_visible()


def test_a_list_is_turned_round_on_a_phone(sites: "Sites") -> None:
    with sites.tab("compared", viewport={"width": 390, "height": 844}) as tab:
        tab.open("/packages/?sort=-released")
        newest = titles(tab)[:10]
        select = tab.page.get_by_label("Sort by")
        expect(select.locator("option:checked")).to_have_text("Released: newest first")
        select.select_option("Released: oldest first")
        assert titles(tab)[:10] == newest[::-1]
        assert tab.page.url == tab.site.url("/packages/?sort=released")
        select.select_option("Package: Z to A")
        assert titles(tab)[0] == "Thing 9"
        select.select_option("A to Z")
        assert titles(tab)[0] == "Thing 0"
        assert tab.faults(["light"], [320]) == []


def test_the_entries_of_a_history_can_be_told_apart(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/packages/")
        title = tab.page.title()
        tab.page.get_by_label("Filter").fill("po\u202est")
        assert tab.page.title() == f"“post” \u2013 {title}"
        tab.page.get_by_label("Filter").fill("post")
        tab.page.get_by_label("Sort by").select_option("Stars: fewest first")
        assert tab.page.title() == f"“post”; by Stars, ascending \u2013 {title}"
        tab.page.go_back()
        tab.page.go_back()
        expect(tab.page).to_have_title(title)
        tab.open(f"/packages/?q={'x' * 10_000}")
        assert 80 < len(tab.page.title()) < 80 + len(title) + 10


def test_one_comes_back_to_as_many_rows(sites: "Sites") -> None:
    with sites.tab("many") as tab:
        tab.open("/packages/?sort=-stars")
        tab.page.get_by_role("button", name="Show more").click()
        expect(tab.page.locator(STATUS)).to_contain_text("the first 400 shown")
        link = tab.page.locator("table tbody th > a").nth(299)
        name = link.inner_text()
        link.click()
        tab.page.wait_for_url("**/packages/p/*/")
        tab.page.go_back()
        expect(tab.page.locator(STATUS)).to_contain_text("the first 400 shown")
        expect(tab.page.get_by_role("link", name=name, exact=True)).to_be_in_viewport()
        tab.page.get_by_label("Sort by").select_option("Stars: fewest first")
        expect(tab.page.locator(STATUS)).to_contain_text("the first 200 shown")


def test_sorting_and_filtering_are_right_over_all_pages(sites: "Sites") -> None:
    with sites.tab("many") as tab:
        tab.open("/packages/")
        assert len(titles(tab)) == 200
        tab.page.get_by_label("Sort by").select_option("-stars")
        expect(tab.page.locator(STATUS)).to_have_text("520 packages, the first 200 shown; by Stars, descending")
        alphabet = "abcdefghijklmnopqrstuvwxyz"
        wanted = [f"{'django-' if i % 2 else ''}{alphabet[i % 25]}-{i}" for i in reversed(range(520))]
        assert titles(tab) == wanted[:200]
        expect(tab.page.locator("nav.turns")).to_be_hidden()
        tab.page.get_by_role("button", name="Show more").click()
        expect(tab.page.locator(STATUS)).to_contain_text("520 packages, the first 400 shown;")
        assert titles(tab) == wanted[:400]
        expect(tab.page.get_by_role("link", name=wanted[200], exact=True)).to_be_focused()
        tab.page.get_by_label("Filter").fill("-51")
        expect(tab.page.locator(STATUS)).to_contain_text("11 of 520 packages;")
        assert tab.findings() == []  # of rows that a script made; hundreds are no other
        assert titles(tab) == [title for title in wanted if "-51" in title]


def test_a_row_that_a_script_made_is_as_the_page_has_it(sites: "Sites") -> None:
    with sites.tab("many") as tab:
        tab.open("/packages/page/2/")
        title = titles(tab)[0]
        row = tab.page.locator("tbody tr", has=tab.page.get_by_role("link", name=title, exact=True))
        before = row.evaluate("row => row.innerHTML.replace(/\\s+/g, ' ').replaceAll('> <', '><')")
        tab.page.get_by_label("Filter").fill(title)
        expect(tab.page.locator(STATUS)).to_contain_text(" of 520 packages")
        after = row.evaluate("row => row.innerHTML.replace(/\\s+/g, ' ').replaceAll('> <', '><')")
        assert after.replace(' dir="auto"', "") == before.replace(' dir="auto"', "").strip()
        tab.page.get_by_label("Filter").fill("")
        assert titles(tab)[0] == title
        assert len(titles(tab)) == 200


def test_a_category_that_is_cut_has_its_own_packages(sites: "Sites") -> None:
    with sites.tab("many") as tab:
        tab.open("/categories/apps/?sort=stars")
        expect(tab.page.locator(STATUS)).to_contain_text("520 packages, the first 200 shown;")
        assert titles(tab)[0] == "a-0"


def test_an_index_that_is_not_there_leaves_the_list(sites: "Sites") -> None:
    with sites.tab("many") as tab:
        tab.allow("404")
        tab.page.route("**/packages.json", lambda route: route.fulfill(status=404))
        tab.open("/packages/?sort=stars")
        expect(tab.page.locator(STATUS)).to_have_text("The list cannot be read: it is not there")
        assert len(titles(tab)) == 200


def test_a_package_of_which_nothing_is_known_is_not_said_to_have_no_description(sites: "Sites") -> None:
    row: dict[str, object] = {"slug": "one", "title": "One", "description": "", "category": "apps", "standing": []}
    row |= dict.fromkeys(("version", "released", "last_commit", "stars"))
    other = row | {"slug": "two", "title": "Two", "stars": 3}
    body = json.dumps({"categories": {"apps": "App"}, "packages": [row, other]})
    with sites.tab("many") as tab:
        tab.page.route("**/packages.json", lambda route: route.fulfill(body=body))
        tab.open("/packages/?sort=package")
        expect(tab.page.locator(STATUS)).to_contain_text("2 packages")
        assert tab.page.locator("tbody th p").all_text_contents() == ["not known", "no description"]
        assert tab.page.locator("tbody th p.unknown").count() == 2


def test_other_lists(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/packages/liked/")
        assert titles(tab) == ["django-messages", "postman"]
        tab.page.get_by_label("Sort by").select_option("package")
        tab.page.get_by_role("columnheader", name="Package").get_by_role("button").click()
        assert titles(tab) == ["postman", "django-messages"]
        tab.open("/packages/latest/?sort=added&q=messages")
        assert titles(tab) == ["django-messages", "postman"]
    with sites.tab("hostile") as tab:
        tab.open("/grids/?sort=-packages")
        assert titles(tab)[-1] == "Nothing"
        expect(tab.page.locator(STATUS)).to_have_text("4 grids; by Packages, descending")
        assert tab.page.locator(".mark").count() == 0


def test_nothing_moves_when_the_scripts_come(sites: "Sites") -> None:
    with sites.tab("many") as tab:
        for width in (390, 1280):
            tab.resize(width)
            for route in ("/packages/", "/packages/p/package-1/", "/grids/", "/search/", "/"):
                tab.open(route)
                assert tab.page.evaluate(SHIFT) <= 0.01, (route, width)


def test_without_script_a_list_is_as_it_was(sites: "Sites") -> None:
    with sites.tab("many", java_script_enabled=False) as tab:
        tab.open("/packages/?sort=stars&q=nothing")
        assert len(titles(tab)) == 200
        assert tab.page.locator(".controls:visible, .mark").count() == 0
        tab.page.locator("nav.turns").get_by_role("link", name="3").click()
        assert len(titles(tab)) == 120
