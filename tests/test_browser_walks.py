"""What a new user comes for, on the real catalogue and from the front page, with each click and key counted.

What is found is compared with the catalogue, not with names: the facts are fetched anew every night.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from found import real
from playwright.sync_api import expect
from rendered import SITE

from builder.search import YEAR, is_recent, items

if TYPE_CHECKING:
    from browser import Sites, Tab
    from playwright.sync_api import Locator

SCREENS = ((1280, 800), (390, 844))


@dataclass
class Walk:
    """A walk that begins on the front page. What is typed into the box of search is no key that is counted."""

    tab: "Tab"
    clicks: int = 0
    keys: int = 0

    def __post_init__(self) -> None:
        self.tab.open("/")

    def click(self, place: "Locator") -> None:
        place.click()
        self.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.tab.page.keyboard.press(key)
            self.keys += 1

    def look_for(self, words: str, title: str = "") -> None:
        """Type words into the box of search, and wait for suggestions, with a title as the first of them if told."""
        self.press("/")
        self.tab.page.keyboard.type(words)
        expect(self.options.first).to_contain_text(f"{title} ")

    @property
    def options(self) -> "Locator":
        return self.tab.page.locator("[role=option]")

    def goes_to(self, route: str) -> None:
        self.tab.page.wait_for_url(self.tab.site.url(route))

    @property
    def counted(self) -> tuple[int, int]:
        return self.clicks, self.keys


def day(tab: "Tab", name: str) -> date:
    """Give a day that the page of a package tells, and that must be on the first screen; the first of all if none."""
    fact = tab.page.locator(".facts > div", has=tab.page.locator("dt", has_text=re.compile(f"^{name}$")))
    box, screen = fact.bounding_box(), tab.page.viewport_size
    assert box
    assert screen
    assert box["y"] + box["height"] <= screen["height"], name
    told = fact.locator("time")
    return date.fromisoformat(told.get_attribute("datetime") or "") if told.count() else date.min


def newest(tab: "Tab") -> date:
    return max(day(tab, "Released"), day(tab, "Last commit"))


def maintained(grid: str) -> set[str]:
    """Give the packages of a grid, by slug, that had a release or a commit in the year before the data."""
    packages = next(each for each in real().grids if each.slug == grid).packages
    kept = {one.item.slug for one in items.found(real(), SITE) if is_recent(one, real().as_of)}
    return {package.slug for package in packages} & kept


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_find_a_maintained_package_for_messages_between_users(sites: "Sites", width: int, height: int) -> None:
    with sites.tab("real", viewport={"width": width, "height": height}) as tab:
        walk = Walk(tab)
        walk.look_for("messages between users")
        walk.press("Enter")
        walk.click(tab.page.get_by_label("Release or commit within a year"))
        expect(tab.page.get_by_role("status")).to_contain_text("results")
        walk.click(tab.page.locator(".hits li > a").first)
        tab.page.wait_for_url("**/packages/p/*/")
        slug = tab.page.url.rstrip("/").rpartition("/")[2]
        assert slug in maintained("messaging")
        assert (real().as_of - newest(tab)).days < YEAR
        assert walk.counted == (2, 2)


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_compare_two_rest_frameworks(sites: "Sites", width: int, height: int) -> None:
    with sites.tab("real", viewport={"width": width, "height": height}) as tab:
        walk = Walk(tab)
        walk.click(tab.page.get_by_role("link", name="REST frameworks"))
        walk.goes_to("/grids/g/rest-frameworks/")
        heads = tab.page.locator(".frame thead a")
        assert heads.count() > 2
        assert walk.counted == (1, 0)  # all of them stand side by side
        names = heads.all_inner_texts()[:2]
        for name in names:
            walk.click(tab.page.get_by_label(f"Compare {name}", exact=True))
        walk.click(tab.page.locator(".chosen a"))
        tab.page.wait_for_url("**/compare/?p=*")
        expect(heads).to_have_text(names)
        assert walk.counted == (4, 0)  # two alone


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_is_this_package_abandoned(sites: "Sites", width: int, height: int) -> None:
    with sites.tab("real", viewport={"width": width, "height": height}) as tab:
        walk = Walk(tab)
        walk.look_for("django-messages", "django-messages")
        walk.press("ArrowDown", "Enter")
        walk.goes_to("/packages/p/django-messages/")
        assert (real().as_of - newest(tab)).days >= YEAR or "django-messages" in maintained("messaging")
        assert walk.counted == (0, 3)
