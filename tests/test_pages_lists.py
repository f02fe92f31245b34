"""Grids, lists and the front page."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from document import texts
from made import catalogue, category, fetched, grid, package, post
from rendered import SITE, built, documents, links, page, section

from builder.metadata import Release, Snapshot
from builder.pages.home import draw
from builder.pages.lists import DIGITS
from builder.records import Feature

UNKNOWN_CELL = "\u2013not known"  # a dash for the eye, words for the ear


class TestGrid:
    """The page of a grid."""

    def test_few_packages_are_columns(self) -> None:
        table = documents("small")["/grids/g/messaging/"].one("div", class_="frame").one("table")
        assert texts(table.one("thead").all("th")) == ["Fact", "django-messages", "waiting", "postman archived"]
        rows = {row.one("th").text: texts(row.all("td")) for row in table.one("tbody").all("tr")}
        assert list(rows) == [
            "Description", "Version", "Released", "Last commit", "Stars", "Threads", "Python", "Django", "Licence",
            "Status", "Forks", "Commits in 52 weeks", "Category", "Links",
        ]  # fmt: skip
        assert rows["Stars"] == ["12\u202f345", "not fetched yet", "7"]
        assert rows["Threads"] == [UNKNOWN_CELL, UNKNOWN_CELL, "yes deep"]
        assert rows["Commits in 52 weeks"] == ["4", "not fetched yet", "4"]

    def test_many_packages_are_rows(self) -> None:
        table = documents("many")["/grids/g/all/"].one("div", class_="frame").one("table")
        rows = table.one("tbody").all("tr")
        assert len(rows) == 520
        assert texts(table.one("thead").all("th"))[:5] == ["Package", "Version", "Released", "Last commit", "Stars"]
        stars = [int(row.all("td")[3].text) for row in rows]
        assert stars == sorted(stars, reverse=True)

    @pytest.mark.parametrize("count", [8, 9])
    def test_the_two_ways_say_the_same(self, count: int) -> None:
        packages = {f"p{i}": package(title=f"P{i}", pypi=f"p{i}") for i in range(count)}
        features = (Feature(title="F", cells={"p0": "yes", "p1": "++ much"}),)
        made = catalogue(packages, {"g": grid(*packages, features=features)}, snapshots={"p1": fetched()})
        table = page(made, "/grids/g/g/").one("table")
        head, *rows = [texts(row.all("th", "td")) for row in table.all("tr")]
        lines = [dict(zip(head[1:], row[1:], strict=True)) for row in rows]
        named = {row[0]: line for row, line in zip(rows, lines, strict=True)}
        if count == 8:
            named = {title: {label: named[label][title] for label in named} for title in head[1:]}
        assert named["P1"]["F"] == "yes, two ticks much"
        assert named["P0"]["F"] == "yes"
        assert named["P2"]["F"] == UNKNOWN_CELL
        assert named["P1"]["Licence"] == "BSD-3-Clause"
        assert len(named) == count

    def test_marks(self) -> None:
        cells = {"p": "+++", "q": "no: see https://e.org/x", "r": "either"}
        packages = {slug: package(title=slug, pypi=slug) for slug in cells}
        made = catalogue(packages, {"g": grid(*packages, features=(Feature(title="F", cells=cells),))})
        document = page(made, "/grids/g/g/")
        row = next(row for row in document.one("tbody").all("tr") if row.one("th").text == "F")
        yes, no, neither = row.all("td")
        assert [use.attributes["href"] for use in yes.all("use")] == ["#yes"] * 3
        assert [use.attributes["href"] for use in no.all("use")] == ["#no"]
        assert neither.all("svg") == []
        assert texts([yes, no, neither]) == ["yes, three ticks", "no see e.org/x", "either"]
        assert links(no) == {"e.org/x": "https://e.org/x"}
        assert all(svg.attributes["aria-hidden"] == "true" for svg in row.all("svg"))

    def test_a_year_without_commits_has_no_drawing(self) -> None:
        snapshots = {"p": fetched(weeks=(0,) * 52), "q": fetched()}
        packages = {slug: package(title=slug, pypi=slug) for slug in snapshots}
        table = page(catalogue(packages, {"g": grid(*packages)}, snapshots=snapshots), "/grids/g/g/").one("table")
        row = next(row for row in table.one("tbody").all("tr") if row.one("th").text == "Commits in 52 weeks")
        drawings = {cell.text: len(cell.all("svg", class_="spark")) for cell in row.all("td")}
        assert drawings == {"0": 0, "4": 1}

    def test_features_are_explained(self) -> None:
        document = documents("small")["/grids/g/messaging/"]
        meaning = document.one("div", id=links(document)["Threads"].removeprefix("#"))
        assert (meaning.one("dt").text, meaning.one("dd").text) == ("Threads", "Answers hang together.")

    def test_links_of_each_package(self) -> None:
        document = documents("small")["/grids/g/messaging/"]
        row = document.one("tbody").all("tr")[-1]
        assert links(row.all("td")[2]) == {
            "Docs of postman": "https://postman.example.org/",
            "Code of postman": "https://github.com/arneb/django-messages",
            "PyPI of postman": "https://pypi.org/project/postman/",
        }
        empty = page(catalogue({"p": package(repository="", pypi=None)}, {"g": grid("p")}), "/grids/g/g/")
        assert empty.one("tbody").all("tr")[-1].one("td").text == "none"

    def test_an_empty_grid(self) -> None:
        made = catalogue({}, {"g": grid(locked=True, features=(Feature(title="F"),))})
        document = page(made, "/grids/g/g/")
        assert document.all("table") == []
        assert "No packages in this grid yet." in document.one("main").text
        assert "This grid is locked" in document.one("main").text


class TestLists:
    """The lists."""

    def test_a_to_z_without_the_prefix(self) -> None:
        titles = [
            "django-zeta",
            "Alpha",
            "dj-beta",
            "Django",
            "2fa",
            "django_alpha",
            "éclair",
            "django gamma",
            "django-",
        ]
        packages = {f"p{i}": package(title=title) for i, title in enumerate(titles)}
        document = page(catalogue(packages), "/packages/")
        rows = [row.one("th").all("a")[0].text if row.all("a") else row.text for row in document.all("tr")[1:]]
        assert rows == [
            DIGITS, "2fa", "A", "Alpha", "django_alpha", "B", "dj-beta", "D", "Django", "django-", "G", "django gamma",
            "Z", "django-zeta", "Other", "éclair",
        ]  # fmt: skip
        letters = document.one("nav", **{"aria-label": "By letter"})
        assert links(letters) == {
            DIGITS: "#digits", "A": "#letter-a", "B": "#letter-b", "D": "#letter-d", "G": "#letter-g", "Z": "#letter-z",
            "Other": "#other",
        }  # fmt: skip
        assert len(letters.all("li")) == 28

    def test_a_short_list_is_whole(self) -> None:
        assert [route for route in built("small") if "/page/" in route] == []
        assert documents("small")["/packages/"].all("nav", **{"aria-label": "Pages"}) == []

    @pytest.mark.parametrize("listing", ["/packages/", "/categories/apps/"])
    def test_a_long_list_comes_in_pages(self, listing: str) -> None:
        pages = documents("many")
        routes = [listing, f"{listing}page/2/", f"{listing}page/3/"]
        assert f"{listing}page/4/" not in pages
        shown = [
            [a.attributes["href"] for row in pages[r].all("th", scope="row") for a in row.all("a")] for r in routes
        ]
        assert [len(hrefs) for hrefs in shown] == [200, 200, 120]
        assert len({href for hrefs in shown for href in hrefs}) == 520
        for route in routes:
            turns = pages[route].one("nav", **{"aria-label": "Pages"}).all("a")
            assert [turn.attributes["href"] for turn in turns] == [SITE.path(r) for r in routes]
            assert [turn.attributes["href"] for turn in turns if "aria-current" in turn.attributes] == [
                SITE.path(route)
            ]
        assert pages[routes[1]].one("title").text.startswith(f"{pages[routes[0]].one('h1').text}, page 2 of 3")

    def test_every_letter_is_a_click_away(self) -> None:
        pages = documents("many")
        routes = ["/packages/", "/packages/page/2/", "/packages/page/3/"]
        begins: dict[str, str] = {}
        for route in routes:
            for head in pages[route].all("th", scope="rowgroup"):
                begins.setdefault(head.text, route)
        assert sum(len(pages[route].all("th", scope="rowgroup")) for route in routes) > len(begins) == 25
        for here in routes:
            letters = links(pages[here].one("nav", **{"aria-label": "By letter"}))
            assert letters == {
                letter: ("" if route == here else SITE.path(route)) + f"#letter-{letter.lower()}"
                for letter, route in begins.items()
            }

    def test_columns(self) -> None:
        pages = documents("small")
        heads = texts(pages["/packages/"].one("thead").all("th"))
        assert heads == ["Package", "Category", "Version", "Released", "Last commit", "Stars"]
        row = next(r for r in pages["/packages/"].all("tr") if r.all("a", href="/below/packages/p/django-messages/"))
        assert row.one("th").text == "django-messages Messages between users"
        assert texts(row.all("td")) == ["App", "0.6.0", "31 January 2019", "18 October 2019", "12\u202f345"]
        assert texts(pages["/categories/apps/"].one("thead").all("th")) == [h for h in heads if h != "Category"]

    def test_categories_with_their_counts(self) -> None:
        made = catalogue(
            {"p": package(), "q": package(category="tools")},
            categories={
                "void": category(title_plural="A void"),
                "apps": category(),
                "tools": category(title_plural="Tools", description="What helps."),
            },
        )
        document = page(made, "/categories/")
        assert texts(document.one("main").all("li")) == [
            "Apps 1 package",
            "Tools 1 package What helps.",
            "A void 0 packages",
        ]
        assert "No packages yet." in page(made, "/categories/void/").one("main").text

    def test_grids_with_their_counts(self) -> None:
        features = (Feature(title="F"),)
        made = catalogue(
            {"p": package()}, {"g": grid("p", features=features), "h": grid(title="Bare", description="B")}
        )
        rows = page(made, "/grids/").one("tbody").all("tr")
        assert [[row.one("th").text, *texts(row.all("td"))] for row in rows] == [
            ["Bare empty B", "0", "0", "4 March 2020"],
            ["Messaging", "1", "1", "4 March 2020"],
        ]
        new = catalogue({}, {"g": grid(modified=datetime(1970, 1, 1, tzinfo=UTC))})
        assert texts(page(new, "/grids/").one("tbody").all("td"))[2] == "not committed yet"


class TestHome:
    """The front page."""

    def test_sections(self) -> None:
        document = documents("small")["/"]
        assert document.one("h1").text == "What there is, side by side."
        assert texts(document.all("h2")) == [
            "Compare",
            "This week",
            "Latest releases",
            "Newest packages",
            "Most starred",
            "By chance",
            "Categories",
            "Use the JSON",
        ]
        assert links(document.one("p", class_="tally")) == {"3 packages": "/below/packages/", "1 grid": "/below/grids/"}
        assert texts(section(document, "compare").all("li")) == [
            "Messaging 3 packages django-messages, waiting, postman"
        ]
        assert links(section(document, "newest").one("p", class_="more")) == {
            "The newest 50": "/below/packages/latest/"
        }

    def test_a_site_without_a_description(self) -> None:
        assert page(catalogue(description=""), "/").one("h1").text == "A Directory"

    def test_only_header_grids_that_compare_something(self) -> None:
        packages = {slug: package(title=slug) for slug in "abc"}
        grids = {
            "one": grid(*"abc", title="One"),
            "two": grid(*"ab", title="Two", header=True),
            "three": grid(*"abc", title="Three", header=True),
        }
        document = page(catalogue(packages, grids), "/")
        assert texts(section(document, "compare").all("li")) == ["Three 3 packages a, b, c"]
        assert texts(section(document, "week").all("li")) == ["One grid a, b, c"]
        without = page(catalogue(packages, {"two": grids["two"]}), "/")
        assert without.all("section", **{"aria-labelledby": "compare"}) == []
        assert without.all("section", **{"aria-labelledby": "week"}) == []

    def test_most_starred(self) -> None:
        packages = {f"p{i}": package(title=f"P{i}") for i in range(8)}
        snapshots = {f"p{i}": fetched(stars=i * i % 7) for i in range(7)}
        items = section(page(catalogue(packages, snapshots=snapshots), "/"), "starred").all("li")
        assert texts(items) == ["P2 4", "P5 4", "P3 2", "P4 2", "P1 1"]
        nothing = page(catalogue({"p": package()}), "/")
        assert section(nothing, "starred").one("p").text == "Stars are not fetched yet."

    def test_what_comes_by_chance_changes_with_the_data_and_not_with_the_clock(self) -> None:
        packages = {f"p{i}": package(title=f"P{i}") for i in range(60)} | {
            "old": package(title="Old", deprecated="2020-01-01")
        }
        made = catalogue(packages, snapshots={slug: fetched() for slug in packages})
        seen = {"chance": set[str](), "week": set[str]()}
        for day in range(1, 15):
            document = page(replace(made, as_of=date(2026, 6, day)), "/")
            for name, found in seen.items():
                found.add(" ".join(texts(section(document, name).all("a"))))
        assert len(seen["chance"]) == 14
        assert len(seen["week"]) == 2  # 1 June 2026 is a Monday
        assert not any("Old" in shown for found in seen.values() for shown in found)

    def test_a_draw_keeps_most_when_one_more_is_there(self) -> None:
        slugs = [f"p{i}" for i in range(50)]
        drawn = draw("seed", slugs, 5)
        assert drawn == draw("seed", reversed(slugs), 5)
        assert len(set(drawn) & set(draw("seed", [*slugs, "one-more"], 5))) >= 4
        assert draw("seed", [], 5) == []

    @pytest.mark.parametrize(("written", "stands"), [("2026-02-16", True), ("2025-12-18", True), ("2025-12-17", False)])
    def test_the_newest_post_stands_there_while_it_is_new(self, written: str, *, stands: bool) -> None:
        posts = {"old": post(title="Old", date="2020-01-01"), "new": post(title="New", date=written)}
        document = page(catalogue({"p": package()}, snapshots={"p": fetched()}, posts=posts), "/")
        found = document.one("main").all("a", href="/below/changelog/new/")
        assert len(found) == stands
        assert document.one("main").all("a", href="/below/changelog/old/") == []

    def test_the_four_largest_categories(self) -> None:
        categories = {f"c{i}": category(title_plural=f"C{i}") for i in range(6)}
        packages = {f"p{i}": package(title=f"P{i}", category=f"c{i % 5}") for i in range(9)}
        items = section(page(catalogue(packages, categories=categories), "/"), "categories").all("li")
        assert texts(items) == ["C0 2 packages", "C1 2 packages", "C2 2 packages", "C3 2 packages"]

    def test_latest_releases(self) -> None:
        def released(day: int) -> Snapshot:
            return fetched(
                pypi={"releases": [Release(version=f"1.{day}", uploaded=datetime(2020, 1, day, 12, tzinfo=UTC))]}
            )

        packages = {f"p{i}": package(title=f"P{i}") for i in range(1, 12)} | {"never": package(title="Never")}
        made = catalogue(packages, snapshots={f"p{i}": released(i) for i in range(1, 12)})
        items = section(page(made, "/"), "releases").all("li")
        assert texts(items)[0] == "P11 1.11 11 January 2020"
        assert [item.one("a").text for item in items] == [f"P{i}" for i in range(11, 6, -1)]

    def test_newest_packages(self) -> None:
        packages = {
            "old": package(title="Old", id=5, created=datetime(2010, 9, 14, tzinfo=UTC)),
            "new": package(title="New", id=7),
            "here": package(title="Not committed", created=datetime(1970, 1, 1, tzinfo=UTC)),
        }
        items = section(page(catalogue(packages), "/"), "newest").all("li")
        assert texts(items) == ["Not committed not committed yet", "New 4 March 2020", "Old 13 September 2010"]

    def test_the_example_is_the_package_with_the_most_stars(self) -> None:
        assert documents("small")["/"].one("code").text == (
            "curl https://example.org/below/api/v4/packages/django-messages/"
        )
        assert documents("empty")["/"].one("code").text == "curl https://example.org/below/api/v4/packages/"

    def test_an_empty_site(self) -> None:
        text = documents("empty")["/"].one("main").text
        assert "No packages yet." in text
        assert "No categories yet." in text
        assert "Releases are not fetched yet." in text
        assert "No grids yet." in documents("empty")["/grids/"].one("main").text
