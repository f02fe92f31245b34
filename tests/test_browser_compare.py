"""Packages of one's choice side by side, in a browser."""

from typing import TYPE_CHECKING

import pytest
from browser import SHIFT
from playwright.sync_api import expect
from rendered import documents, facts

if TYPE_CHECKING:
    from browser import Sites, Tab


def compared(tab: "Tab") -> list[str]:
    """Give the titles of the packages that stand side by side."""
    expect(tab.page.locator(".frame table")).to_be_visible()
    return tab.page.locator("thead th > a").all_text_contents()


def line(tab: "Tab", name: str) -> list[str]:
    """Give what the comparison says of one fact, a text for each package."""
    row = tab.page.locator("tbody tr", has=tab.page.locator(f"th:text-is('{name}')"))
    return row.locator("td").all_text_contents()


def test_choose_on_three_kinds_of_page_and_compare(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/packages/")
        bar = tab.page.get_by_role("complementary", name="Chosen packages")
        expect(bar).to_be_hidden()
        tab.page.get_by_label("Compare django-messages").check()
        expect(bar).to_contain_text("1 chosen")
        assert tab.findings() == []
        tab.open("/packages/p/waiting/")
        tab.page.get_by_role("checkbox", name="Compare").check()
        expect(bar).to_contain_text("2 chosen")
        tab.open("/search/?q=postman")
        tab.page.get_by_label("Compare postman").check()
        expect(bar).to_contain_text("3 chosen")
        tab.open("/about/")
        bar.get_by_role("link", name="Compare").click()
        assert compared(tab) == ["django-messages", "waiting", "postman"]
        assert tab.page.url == tab.site.url("/compare/?p=django-messages,waiting,postman")


def test_the_facts_are_those_of_the_pages(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/compare/?p=postman,django-messages")
        assert compared(tab) == ["postman", "django-messages"]
        for column, slug in enumerate(("postman", "django-messages")):
            wanted = facts(documents("small")[f"/packages/p/{slug}/"])
            shown = {name: line(tab, name)[column] for name in wanted}
            assert {n: "".join(t.split()) for n, t in shown.items()} == {
                n: "".join(t.split()) for n, t in wanted.items()
            }
        assert line(tab, "Notices") == ["Archived", "none"]
        assert line(tab, "Category") == ["App", "App"]
        assert line(tab, "Grids") == ["Messaging", "Messaging"]
        assert tab.faults() == []


def test_take_one_away_and_come_back(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/compare/?p=postman,django-messages")
        assert compared(tab) == ["postman", "django-messages"]
        tab.page.get_by_role("button", name="Remove postman").click()
        expect(tab.page.locator("thead th > a")).to_have_count(1)
        assert compared(tab) == ["django-messages"]
        expect(tab.page.get_by_role("button", name="Remove django-messages")).to_be_focused()
        assert tab.page.url == tab.site.url("/compare/?p=django-messages")
        expect(tab.page.get_by_role("heading", name="How to choose")).to_be_visible()
        tab.page.go_back()
        expect(tab.page.locator("thead th > a")).to_have_count(2)
        tab.page.wait_for_load_state("networkidle")
        tab.open("/packages/")
        expect(tab.page.get_by_label("Compare postman")).to_be_checked()


def shown(tab: "Tab") -> list[str]:
    """Give the names of the facts that are shown."""
    return [head.inner_text() for head in tab.page.locator("tbody th").all() if head.is_visible()]


def test_only_differences_stand_in_the_address_and_back_brings_the_others(sites: "Sites") -> None:
    with sites.tab("compared") as tab:
        tab.open("/compare/?p=thing-0,thing-3")
        assert compared(tab) == ["Thing 0", "Thing 3"]
        every, status, box = shown(tab), tab.page.locator("#status"), tab.page.get_by_label("Only differences")
        expect(status).to_have_text("Thing 0, Thing 3")
        box.check()
        expect(box).to_be_focused()
        kept = shown(tab)
        assert {"What it is", "Last commit", "Stars", "Links"} <= set(kept)
        assert {"Category", "Notices", "Licence"} <= set(every) - set(kept)
        assert all(len(set(line(tab, name))) == 1 for name in set(every) - set(kept))
        expect(status).to_have_text(f"Thing 0, Thing 3. {len(every) - len(kept)} equal facts hidden.")
        assert tab.page.url == tab.site.url("/compare/?p=thing-0,thing-3&differences=1")
        assert tab.findings() == []
        tab.page.reload()
        expect(box).to_be_checked()
        assert (compared(tab), shown(tab)) == (["Thing 0", "Thing 3"], kept)
        tab.page.go_back()
        expect(status).to_have_text("Thing 0, Thing 3")
        expect(box).not_to_be_checked()
        assert shown(tab) == every
        tab.page.go_forward()
        expect(status).to_contain_text("equal facts hidden")
        expect(box).to_be_checked()
        assert shown(tab) == kept


def test_one_alone_differs_from_nothing_and_the_wish_outlives_it(sites: "Sites") -> None:
    with sites.tab("compared") as tab:
        tab.open("/compare/?p=thing-0,thing-3,thing-6&differences=1")
        assert len(compared(tab)) == 3
        tab.page.get_by_role("button", name="Remove Thing 3").click()
        expect(tab.page.locator("thead th > a")).to_have_count(2)
        assert tab.page.url == tab.site.url("/compare/?p=thing-0,thing-6&differences=1")
        assert "Licence" not in shown(tab)
        tab.page.get_by_role("button", name="Remove Thing 0").click()
        expect(tab.page.locator("thead th > a")).to_have_count(1)
        expect(tab.page.get_by_label("Only differences")).to_be_hidden()
        assert "Licence" in shown(tab)
        expect(tab.page.locator("#status")).to_have_text("Thing 6")


def test_what_is_not_known_of_any_is_equal(sites: "Sites") -> None:
    with sites.tab("compared") as tab:
        tab.open("/compare/?p=thing-10,thing-11&differences=1")  # known by name only
        assert compared(tab) == ["Thing 10", "Thing 11"]
        assert {"Stars", "Forks", "Last commit"} & set(shown(tab)) == set()


def test_what_is_not_there_is_told(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.allow("404")
        tab.open("/compare/?p=nothing-such,postman,..%2F..%2Fgrids,postman,<b>")
        assert compared(tab) == ["postman"]
        status = tab.page.locator("#status")
        expect(status).to_have_text("postman. Not in this directory: nothing-such, ../../grids, <b>.")
        assert tab.findings() == []


PLACES = ("/grids/g/columns/", "/grids/g/rows/", "/grids/g/columns/timesheet/", "/")


@pytest.mark.parametrize("route", PLACES)
@pytest.mark.parametrize("width", [320, 1280])
def test_packages_are_marked_where_they_stand_side_by_side_or_in_news(sites: "Sites", route: str, width: int) -> None:
    with sites.tab("compared", viewport={"width": width, "height": 800}) as tab:
        tab.open(route)
        assert tab.page.evaluate(SHIFT) <= 0.005
        for n in (1, 3):
            tab.page.get_by_label(f"Compare Thing {n}", exact=True).first.check()
        expect(tab.page.locator(".mark input[value='thing-3']:not(:checked)")).to_have_count(0)
        assert tab.faults(["light", "dark"], [width]) == []
        tab.page.get_by_role("complementary", name="Chosen packages").get_by_role("link", name="Compare").click()
        assert compared(tab) == ["Thing 1", "Thing 3"]


CHOSEN = "() => Object.values(sessionStorage)"


def test_a_comparison_from_elsewhere_leaves_the_choice(sites: "Sites") -> None:
    with sites.tab("compared") as tab:
        tab.open("/packages/")
        for n in (1, 2):
            tab.page.get_by_label(f"Compare Thing {n}", exact=True).check()
        own = tab.page.evaluate(CHOSEN)
        tab.open("/compare/?p=thing-3,thing-5")
        assert compared(tab) == ["Thing 3", "Thing 5"]
        tab.open("/packages/")
        expect(tab.page.get_by_label("Compare Thing 1", exact=True)).to_be_checked()
        expect(tab.page.get_by_label("Compare Thing 3", exact=True)).not_to_be_checked()
        assert tab.page.evaluate(CHOSEN) == own
        tab.page.get_by_role("complementary", name="Chosen packages").get_by_role("link", name="Compare").click()
        assert compared(tab) == ["Thing 1", "Thing 2"]
        expect(tab.page.get_by_role("button", name="Choose these")).to_be_hidden()


def test_a_comparison_from_elsewhere_is_chosen_by_a_click_or_by_taking_one_away(sites: "Sites") -> None:
    with sites.tab("compared") as tab:
        tab.open("/compare/?p=thing-3,thing-5")
        assert compared(tab) == ["Thing 3", "Thing 5"]
        assert tab.page.evaluate(CHOSEN) == []
        tab.page.get_by_role("button", name="Choose these", exact=True).click()
        expect(tab.page.get_by_label("Only differences")).to_be_focused()
        assert tab.page.evaluate(CHOSEN) == ['["thing-3","thing-5"]']
        tab.open("/compare/?p=thing-1,thing-2,thing-4")
        assert len(compared(tab)) == 3
        expect(tab.page.get_by_role("button", name="Choose these instead")).to_be_visible()
        assert tab.findings() == []
        tab.page.get_by_role("button", name="Remove Thing 2").click()
        expect(tab.page.locator("thead th > a")).to_have_count(2)
        assert tab.page.evaluate(CHOSEN) == ['["thing-1","thing-4"]']
        expect(tab.page.get_by_role("button", name="Choose these")).to_be_hidden()


def test_when_the_last_is_taken_away_the_way_on_has_the_focus(sites: "Sites") -> None:
    with sites.tab("compared") as tab:
        tab.open("/compare/")
        title = tab.page.title()
        tab.open("/compare/?p=thing-3")
        assert compared(tab) == ["Thing 3"]
        assert tab.page.title() == f"Thing 3 \u2013 {title}"
        tab.page.get_by_role("button", name="Remove Thing 3").press("Enter")
        expect(tab.page.locator("#how a").first).to_be_focused()
        assert tab.page.title() == title
        tab.page.go_back()
        assert compared(tab) == ["Thing 3"]
        assert tab.page.title() == f"Thing 3 \u2013 {title}"


def test_what_is_not_known_is_told_as_on_the_page(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/compare/?p=waiting,postman")
        assert compared(tab) == ["waiting", "postman"]
        for name, words in {"What it is": "no description yet", "Commits in a year": "not fetched yet"}.items():
            assert line(tab, name)[0] == words
            row = tab.page.locator("tbody tr", has=tab.page.locator(f"th:text-is('{name}')"))
            expect(row.locator("td").first.locator(".unknown")).to_have_text(words)


def test_what_somebody_sends_is_told_in_short(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.allow("404")
        many = ",".join(f"\u202ezz{n}" for n in range(30))
        tab.open(f"/compare/?p=postman,{'x' * 5000},{many}")
        assert compared(tab) == ["postman"]
        status = tab.page.locator("#status")
        assert len(status.inner_text()) < 300
        assert "\u202e" not in status.evaluate(
            "(p) => [...p.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join()"
        )
        assert status.locator("bdi", has_text="xxx…").count() == 1


def test_eight_and_no_more(sites: "Sites") -> None:
    with sites.tab("many") as tab:
        tab.open("/packages/")
        boxes = tab.page.locator(".mark input")
        for i in range(8):
            boxes.nth(i).check()
        boxes.nth(8).click()
        expect(boxes.nth(8)).not_to_be_checked()
        bar = tab.page.get_by_role("complementary", name="Chosen packages")
        expect(bar).to_contain_text("No more than 8")
        bar.get_by_role("link", name="Compare").click()
        assert len(compared(tab)) == 8
        tab.open("/compare/?p=" + ",".join(f"package-{i}" for i in range(10)))
        assert len(compared(tab)) == 8
        expect(tab.page.locator("#status")).to_contain_text("left out: package-8, package-9.")


def test_a_choice_outlives_sorting_and_can_be_cleared(sites: "Sites") -> None:
    with sites.tab("many") as tab:
        tab.open("/packages/")
        tab.page.get_by_label("Compare a-0", exact=True).check()
        tab.page.get_by_label("Sort by").select_option("stars")
        tab.page.get_by_label("Filter").fill("a-0")
        expect(tab.page.get_by_label("Compare a-0", exact=True)).to_be_checked()
        tab.page.get_by_role("button", name="Clear").click()
        expect(tab.page.get_by_label("Compare a-0", exact=True)).not_to_be_checked()
        expect(tab.page.get_by_role("complementary", name="Chosen packages")).to_be_hidden()
        tab.page.reload()
        expect(tab.page.get_by_role("complementary", name="Chosen packages")).to_be_hidden()


def test_nothing_chosen_says_how(sites: "Sites") -> None:
    with sites.tab() as tab:
        tab.open("/compare/")
        expect(tab.page.get_by_role("heading", name="How to choose")).to_be_visible()
        expect(tab.page.locator(".unscripted")).to_be_hidden()
        assert tab.findings() == []


def test_hostile_packages_stay_texts(sites: "Sites") -> None:
    with sites.tab("hostile") as tab:
        tab.open("/compare/?p=victim,gone,empty")
        assert len(compared(tab)) == 3
        assert tab.page.locator("#chosen :is(script, img, style, iframe), #chosen [onerror]").count() == 0
        schemes = tab.page.locator("#chosen a").evaluate_all("links => [...new Set(links.map(a => a.protocol))]")
        assert set(schemes) <= {"http:", "https:"}
        assert tab.faults() == []


def test_without_script_the_page_leads_to_the_grids(sites: "Sites") -> None:
    with sites.tab(java_script_enabled=False) as tab:
        tab.open("/compare/?p=postman,django-messages")
        tab.page.locator(".unscripted").get_by_role("link", name="grids").click()
        tab.page.wait_for_url(tab.site.url("/grids/"))
        assert tab.page.locator(".mark, .chosen").count() == 0
