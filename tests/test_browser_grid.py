"""The comparison of a grid in a browser: sorted, filtered, kept in the address, saved."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from browser import Sites, Tab

ROWS, COLUMNS = "/grids/g/rows/", "/grids/g/columns/"
LAST = ["10", "11"]  # known by name only

SHOWN = "(where, read) => [...document.querySelectorAll(where)].filter((e) => e.checkVisibility()).map(read)"
STANDING = f"() => ({SHOWN})('.frame tbody th a', (a) => a.textContent)"
ACROSS = f"() => ({SHOWN})('.frame thead a', (a) => a.textContent)"
FACTS = f"() => ({SHOWN})('.frame th[data-key]', (head) => head.dataset.key)"
DAYS = f"() => ({SHOWN})('.frame td:nth-of-type(2) time', (time) => time.dateTime)"
NUMBERS = f"() => ({SHOWN})('.frame td:nth-of-type(4)', (cell) => Number(cell.textContent.replace(/[^0-9]/g, '')))"


def names(tab: "Tab") -> list[str]:
    """Give the numbers of the things that are shown, in their order."""
    found: list[str] = tab.page.evaluate(STANDING if "/rows/" in tab.page.url else ACROSS)
    return [name.removeprefix("Thing ") for name in found]


def opened(tab: "Tab", route: str = ROWS) -> "Tab":
    """Open a grid and its controls."""
    tab.open(route)
    tab.page.get_by_role("button", name="Sort and filter").click()
    return tab


def status(tab: "Tab") -> str:
    return tab.page.locator("#choices [role=status]").inner_text()


def query(tab: "Tab") -> str:
    return tab.page.url.partition("?")[2]


SORTS = {
    "package": ([str(n) for n in range(12)], "ascending"),
    "-stars": ([], "descending"),
    "released": ([str(n) for n in range(10)], "ascending"),
    "-last-commit": ([str(n) for n in reversed(range(10))], "descending"),
    "forks": ([str(n) for n in range(10)], "ascending"),
    # 3.9 before 3.5, and 2.10 before 2.6: versions are no texts.
    "-version": (["3", "7", "2", "6", "1", "5", "9", "0", "4", "8"], "descending"),
}


@pytest.mark.parametrize("sort", SORTS)
def test_sorted_as_what_it_is(sites: "Sites", sort: str) -> None:
    wanted, direction = SORTS[sort]
    with sites.look("compared") as tab:
        tab.open(f"{ROWS}?sort={sort}")
        if sort == "-stars":
            known: list[float] = tab.page.evaluate(NUMBERS)[:10]
            assert known == sorted(known, reverse=True)
            assert len(set(known)) == 10
        else:
            assert names(tab)[: len(wanted)] == wanted
        assert set(names(tab)[-2:]) == set(LAST)
        assert tab.page.locator("th[aria-sort]").get_attribute("aria-sort") == direction
        assert direction in status(tab)


def test_a_head_sorts_there_and_back_and_not_at_all(sites: "Sites") -> None:
    with sites.look("compared") as tab:
        tab.open(ROWS)
        first = names(tab)
        button = tab.page.get_by_role("button", name="Sort by Released")
        button.focus()
        seen = []
        for _ in range(3):
            tab.page.keyboard.press("Enter")
            seen.append((query(tab), names(tab)[0]))
            assert button.evaluate("(button) => document.activeElement === button")
        assert seen == [("sort=-released", "9"), ("sort=released", "0"), ("", first[0])]
        assert names(tab) == first
        assert tab.page.locator("th[aria-sort]").count() == 0


def test_columns_are_sorted_by_a_row(sites: "Sites") -> None:
    with sites.look("compared") as tab:
        opened(tab, COLUMNS)
        assert names(tab) == ["3", "2", "1", "0"]
        tab.page.get_by_role("button", name="Sort by Released").click()
        tab.page.get_by_role("button", name="Sort by Released").click()
        assert names(tab) == ["0", "1", "2", "3"]
        cells = tab.page.locator("th[data-key=version] ~ td").all_inner_texts()
        assert cells == ["0.12", "1.11", "2.10", "3.9"]
        assert tab.page.locator("th[data-key=released]").get_attribute("aria-sort") == "ascending"


def test_filters(sites: "Sites") -> None:
    with sites.look("compared") as tab:
        opened(tab)
        page = tab.page
        page.get_by_label("Hide archived, deprecated and replaced").check()
        assert set(names(tab)) == {*map(str, range(8)), *LAST}
        assert status(tab) == "10 of 12 packages: active"
        page.get_by_role("combobox", name="Django").select_option("4.2")
        assert set(names(tab)) == {"0", "2", "4", "6"}
        page.get_by_role("combobox", name="Python").select_option("3.12")
        assert set(names(tab)) == {"2"}
        page.get_by_role("combobox", name="Licence").select_option("MIT")
        assert names(tab) == []
        assert status(tab) == "None of 12 packages: active, Python 3.12, Django 4.2, MIT"
        assert not page.locator(".frame").is_visible()
        assert query(tab) == "active=1&django=4.2&python=3.12&licence=MIT"
        for wanted in ({"2"}, {"0", "2", "4", "6"}, {*map(str, range(8)), *LAST}):
            page.go_back()
            assert set(names(tab)) == wanted
        page.go_forward()
        assert page.get_by_role("combobox", name="Django").input_value() == "4.2"
        assert set(names(tab)) == {"0", "2", "4", "6"}
        page.get_by_role("button", name="Reset").click()
        assert (len(names(tab)), query(tab)) == (12, "")
        assert page.get_by_role("button", name="Sort and filter").evaluate("(b) => document.activeElement === b")
        assert not page.get_by_role("button", name="Reset").is_visible()


def test_what_somebody_sends_says_what_is_filtered(sites: "Sites") -> None:
    with sites.tab("compared", apart=True) as tab:
        tab.page.clock.set_fixed_time("2026-02-16T12:00:00Z")
        tab.open(ROWS)
        title = tab.page.title()
        assert status(tab) == "12 of 12 packages"
        tab.open(f"{ROWS}?active=1&recent=1&licence=MIT&sort=-stars")
        told = "None of 12 packages: active, released within a year, MIT; by Stars, descending"
        assert status(tab) == told
        assert tab.page.title() == f"{told} \u2013 {title}"
        assert tab.findings() == []
        tab.page.get_by_role("button", name="Reset").click()
        assert (status(tab), tab.page.title()) == ("12 of 12 packages", title)
        assert tab.page.locator(".frame").is_visible()


def test_escape_closes_the_panel(sites: "Sites") -> None:
    with sites.look("compared") as tab:
        opened(tab)
        button = tab.page.get_by_role("button", name="Sort and filter")
        tab.page.get_by_label("Only differences").focus()
        tab.page.keyboard.press("Escape")
        assert not tab.page.locator("#panel").is_visible()
        assert button.get_attribute("aria-expanded") == "false"
        assert button.evaluate("(b) => document.activeElement === b")
        tab.page.keyboard.press("Escape")  # nothing is opened by it
        assert not tab.page.locator("#panel").is_visible()


def test_one_package_is_no_packages(sites: "Sites") -> None:
    with sites.look("compared") as tab:
        tab.open("/grids/g/alone/")
        assert status(tab) == "1 of 1 package"


def test_released_within_a_year(sites: "Sites") -> None:
    with sites.tab("compared", apart=True) as tab:
        tab.page.clock.set_fixed_time("2026-02-16T12:00:00Z")
        opened(tab).page.get_by_label("Released since 16 February 2025").check()
        days = tab.page.evaluate(DAYS)
        assert days == sorted(day for day in days if day >= "2025-02-16")
        assert len(days) == 1
        assert query(tab) == "recent=1"


@pytest.mark.parametrize("route", [ROWS, COLUMNS])
def test_only_differences(sites: "Sites", route: str) -> None:
    with sites.look("compared") as tab:
        opened(tab, f"{route}?p=thing-0,thing-3")
        assert sorted(names(tab)) == ["0", "3"]
        facts = tab.page.evaluate(FACTS)
        tab.page.get_by_label("Only differences").check()
        kept = tab.page.evaluate(FACTS)
        gone = set(facts) - set(kept)
        assert {"feature-3", "feature-4", "category", "status", "licence", "python"} <= gone
        assert {"version", "released", "stars", "feature-1", "feature-2", "forks"} <= set(kept)
        assert status(tab) == f"2 of {12 if route == ROWS else 4} packages: only these; {len(gone)} equal facts hidden"
        tab.page.get_by_label("Thing 3", exact=True).uncheck()  # one alone differs from nothing
        assert tab.page.evaluate(FACTS) == facts


def test_chosen_packages(sites: "Sites") -> None:
    with sites.look("compared") as tab:
        opened(tab)
        tab.page.get_by_label("Thing 4", exact=True).check()
        tab.page.get_by_label("Thing 11", exact=True).check()
        assert (sorted(names(tab)), query(tab)) == (["11", "4"], "p=thing-4,thing-11")
        tab.page.reload()
        assert sorted(names(tab)) == ["11", "4"]


@pytest.mark.parametrize(
    "search",
    ["sort=nothing&python=9&licence=<b>&p=../x,", "sort=--stars&active=true&django=", "sort=constructor", "%ff"],
)
def test_what_is_not_known_is_left_out(sites: "Sites", search: str) -> None:
    with sites.look("compared") as tab:
        tab.open(ROWS)
        usual = names(tab)
        tab.open(f"{ROWS}?{search}")
        assert names(tab) == usual


def test_others_parameters_stay(sites: "Sites") -> None:
    with sites.look("compared") as tab:
        opened(tab, f"{ROWS}?from=a#comparison").page.get_by_label("Only differences").check()
        assert query(tab) == "from=a&differences=1#comparison"


def test_saved_as_csv(sites: "Sites", tmp_path: Path) -> None:
    with sites.look("compared") as tab:
        opened(tab, f"{ROWS}?p=thing-1,thing-2,thing-10&sort=package")
        with tab.page.expect_download() as waiting:
            tab.page.get_by_role("button", name="Download as CSV").click()
        assert waiting.value.suggested_filename == "rows.csv"
        waiting.value.save_as(tmp_path / "saved.csv")
        raw = (tmp_path / "saved.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfPackage,Version,Released,")
    assert b'"says ""a, b"""' in raw
    assert raw.count(b"\r\n") == raw.count(b"\n") == 4
    one, two, ten = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert (one["Package"], one["Released"], one["Stars"], one["Formula"]) == ("Thing 1", "2017-05-05", "419", "'=1+1")
    assert (two["Threads"], two["Python"]) == ("yes, two ticks and more", "3.10, 3.11, 3.12")
    assert ten["Links"].endswith("/project/thing-10/")
    assert (ten["Released"], ten["Stars"], ten["Formula"]) == ("", "", "")


def module(tab: "Tab", code: str, *given: object) -> Any:  # noqa: ANN401 - JSON
    """Run code with the script as `m` and what is given as `g`."""
    source = tab.page.locator("script[src*='grid.js']").get_attribute("src")
    return tab.page.evaluate(f"async (g) => {{ const m = await import('{source}'); return {code}; }}", list(given))


VERSIONS = (
    "1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 "
    "1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 "
    "1.0 1.0.post456.dev34 "
    "1.0.post456 1.1.dev1 1.2 1.10 2021.1 1!0.1"
)


def test_versions_are_in_the_order_of_pep_440(sites: "Sites") -> None:
    wanted = VERSIONS.split()
    with sites.look("compared") as tab:
        tab.open(ROWS)
        assert module(tab, "[...g].reverse().sort(m.compareVersions)", *wanted) == wanted
        assert module(tab, "m.compareVersions(g[0], g[1])", "v1.0", "1.0.0") == 0
        assert module(tab, "m.compareVersions(g[0], g[1])", "unknown", "0.1") < 0


def test_a_field_of_csv_is_quoted_and_no_formula(sites: "Sites") -> None:
    texts = ["plain", 'a"b', "a,b", "a\nb", "=1", "+1", "-1", "@a", "\t=1", " =1", "", "ä"]
    wanted = ["plain", '"a""b"', '"a,b"', '"a\nb"', "'=1", "'+1", "'-1", "'@a", "'\t=1", "' =1", "", "ä"]
    with sites.look("compared") as tab:
        tab.open(ROWS)
        assert module(tab, "m.csv([g])", *texts) == ",".join(wanted) + "\r\n"


@pytest.mark.parametrize("width", [320, 390])
def test_a_comparison_is_readable_in_its_own_frame(sites: "Sites", width: int) -> None:
    with sites.tab("compared", viewport={"width": width, "height": 844}) as tab:
        for route in (ROWS, COLUMNS):
            tab.open(route)
            assert tab.overflow() <= 0
            frame = tab.page.locator(".frame")
            frame.scroll_into_view_if_needed()
            frame.evaluate("(frame) => frame.scrollTo(400, 200)")
            corner = tab.page.locator(".frame thead th").first.bounding_box()
            box = frame.bounding_box()
            assert corner
            assert box
            # The heads stay, and leave more than half of the frame to what they are heads of.
            assert corner["x"] == box["x"]
            assert abs(corner["y"] - box["y"]) <= 2
            assert corner["width"] < width / 2


@pytest.mark.parametrize("name", ["hostile", "compared"])
def test_every_control_works_on_hostile_data(sites: "Sites", name: str) -> None:
    routes = {"hostile": ["/grids/g/hostile/", "/grids/g/wordy/"], "compared": [ROWS]}[name]
    with sites.look(name) as tab:
        for route in routes:
            opened(tab, route)
            for scheme in ("light", "dark"):
                tab.scheme(scheme)
                assert tab.findings() == []
            for width in (320, 1280):
                tab.resize(width)
                assert tab.overflow() <= 0
            for control in tab.page.locator(".panel input").all()[:6]:
                control.click()
                assert status(tab)
            tab.page.get_by_role("button", name="Reset").click()  # else nothing may be left to sort
            for control in tab.page.locator(".sort").all()[:6]:
                control.click()
                assert status(tab)


def test_a_grid_without_packages_has_no_script(sites: "Sites") -> None:
    with sites.look("hostile") as tab:
        tab.open("/grids/g/nothing/")
        assert tab.page.locator("script[src*='grid.js']").count() == 0
