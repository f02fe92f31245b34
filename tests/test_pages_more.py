"""The pages beside the lists and the packages: rankings, rules, views of a grid, readiness, figures, state, texts."""

from datetime import UTC, datetime

import pytest
from document import Element, texts
from made import HOSTILE, LONG_WORD, SCRIPT, catalogue, fetched, grid, package, post, product, text
from rendered import documents, facts, links, page, section

from builder import weight
from builder.metadata import DownloadFacts, Release, Snapshot, Source
from builder.pages.spans import HEIGHT, WIDTH


def rows(document: Element, number: int = 0) -> list[list[str]]:
    """Give the rows of a table's body."""
    table = document.one("main").all("table")[number]
    return [texts(row.all("th", "td")) for row in table.one("tbody").all("tr")]


def heads(document: Element) -> list[str]:
    return texts(document.one("main").all("thead")[0].all("th"))


class TestRankings:
    """Newest and most starred."""

    def test_newest(self) -> None:
        packages = {f"p{i}": package(title=f"P{i}", id=i + 1) for i in range(60)}
        packages["new"] = package(title="New", id=99, created=datetime(1970, 1, 1, tzinfo=UTC))
        document = page(catalogue(packages), "/packages/latest/")
        found = rows(document)
        assert heads(document) == ["Package", "Added", "Version", "Released", "Last commit", "Stars"]
        assert len(found) == 50
        assert [row[0].split()[0] for row in found[:3]] == ["New", "P59", "P58"]
        assert [row[1] for row in found[:2]] == ["not committed yet", "4 March 2020"]

    def test_most_starred(self) -> None:
        packages = {f"p{i}": package(title=f"P{i}") for i in range(60)} | {"unknown": package(title="Unknown")}
        document = page(
            catalogue(packages, snapshots={f"p{i}": fetched(stars=i // 2) for i in range(60)}), "/packages/liked/"
        )
        found = rows(document)
        assert heads(document)[1:] == ["Category", "Version", "Released", "Last commit", "Stars"]
        assert [row[-1] for row in found] == [str(29 - i // 2) for i in range(50)]
        assert [row[0].split()[0] for row in found[:2]] == ["P58", "P59"]

    def test_every_place_names_its_column(self) -> None:
        document = documents("small")["/packages/liked/"]
        for row in document.one("tbody").all("tr"):
            assert [td.attributes["data-label"] for td in row.all("td")] == heads(document)[1:]

    def test_nothing_is_known(self) -> None:
        assert "Stars are not fetched yet." in page(catalogue({"p": package()}), "/packages/liked/").one("main").text
        assert "No packages yet." in documents("empty")["/packages/latest/"].one("main").text


class TestRules:
    """How the weight comes about."""

    def shown(self, snapshot: Snapshot | None = None, **changes: object) -> tuple[str, list[list[str]], str]:
        made = catalogue({"p": package(**changes)}, snapshots={"p": snapshot} if snapshot else {})
        document = page(made, "/packages/p/p/rules/")
        return document.one("h1").text, rows(document), document.one("tfoot").text

    def test_everything_is_known(self) -> None:
        recent = datetime(2026, 2, 1, tzinfo=UTC)
        snapshot = fetched(
            stars=3,
            last_commit=datetime(2025, 10, 1, tzinfo=UTC),
            pypi={"releases": [Release(version="1.0", uploaded=recent)]},
        ).model_copy(update={"downloads": DownloadFacts(month="2026-01", count=4_999)})
        title, found, total = self.shown(snapshot, sites=[{"title": "A", "url": "https://example.org/"}])
        assert [row[1:] for row in found] == [
            ["maintained", "20"],
            ["there is one", "20"],
            ["4\u202f999 in 2026-01", "4"],
            ["244", "20"],
            ["3", "3"],
            ["1", "1"],
            ["30 September 2025", "10"],
            ["31 January 2026", "20"],
        ]
        assert total == "Sum 98 of 160"
        assert title == "Weight in search: 61"
        assert [row[0].startswith(rule.name) for row, rule in zip(found, weight.RULES, strict=True)] == [True] * 8

    def test_nothing_is_known(self) -> None:
        title, found, total = self.shown(pypi=None, repository="", deprecated="2020-01-01")
        assert [row[1:] for row in found] == [
            ["no longer maintained", "0"],
            ["no description", "0"],
            ["not known", "0"],
            ["no repository given", "0"],
            ["no repository given", "0"],
            ["0", "0"],
            ["no repository given", "0"],
            ["not on PyPI", "0"],
        ]
        assert (title, total) == ("Weight in search: 0", "Sum 0 of 160")

    def test_the_package_leads_there(self) -> None:
        document = documents("small")["/packages/p/postman/"]
        assert links(document.one("p", class_="tools"))["Weight in search"] == "/below/packages/p/postman/rules/"
        assert links(documents("small")["/packages/p/postman/rules/"].one("main"))["postman"] == (
            "/below/packages/p/postman/"
        )


class TestViews:
    """A grid's list and timesheet."""

    def test_each_view_leads_to_the_others(self) -> None:
        routes = ["/grids/g/messaging/", "/grids/g/messaging/packages/", "/grids/g/messaging/timesheet/"]
        for route in routes:
            views = documents("small")[route].one("nav", class_="views").all("a")
            assert [view.attributes["href"] for view in views] == [f"/below{r}" for r in routes]
            current = [view.attributes["href"] for view in views if "aria-current" in view.attributes]
            assert current == [f"/below{route}"]

    def test_the_list_is_in_the_order_of_the_comparison(self) -> None:
        found = rows(documents("small")["/grids/g/messaging/packages/"])
        assert [row[0].split()[0] for row in found] == ["django-messages", "waiting", "postman"]
        assert found[0][1:] == ["App", "0.6.0", "31 January 2019", "18 October 2019", "12\u202f345"]

    def test_the_timesheet_in_words(self) -> None:
        packages = {slug: package(title=slug, pypi=slug) for slug in ("a", "b", "c", "d")}
        snapshots = {
            "a": fetched(stars=4),
            "b": fetched(stars=3, last_commit=None),
            "c": fetched(stars=2, pypi=None),
        }
        found = rows(page(catalogue(packages, {"g": grid(*packages)}, snapshots=snapshots), "/grids/g/g/timesheet/"))
        assert {row[0]: row[1:3] for row in found} == {
            "a Messages between users"[:1]: ["1 January 2019", "18 October 2019"],
            "b": ["1 January 2019", "31 January 2019"],
            "c": ["not known", "18 October 2019"],
            "d": ["not known", "not known"],
        }

    def bars(self, snapshots: dict[str, Snapshot]) -> list[list[str]]:
        packages = {slug: package(title=slug, pypi=slug) for slug in snapshots}
        made = catalogue(packages, {"g": grid(*packages)}, snapshots=snapshots)
        drawings = page(made, "/grids/g/g/timesheet/").all("svg", class_="span")
        assert all(svg.attributes["aria-hidden"] == "true" for svg in drawings)
        return [[path.attributes["d"] for path in svg.all("path")] for svg in drawings]

    def test_the_drawing(self) -> None:
        first = [Release(version="1", uploaded=datetime(2017, 1, 1, 12, tzinfo=UTC))]
        bars = self.bars(
            {
                "a": fetched(stars=2, pypi={"releases": first}, last_commit=datetime(2026, 12, 31, 12, tzinfo=UTC)),
                "b": fetched(stars=1, pypi=None),
            }
        )
        assert len(bars[0]) == 2
        assert bars[0][0].startswith(f"M0 0v{HEIGHT}M99 0v{HEIGHT}M199 0v")
        assert bars[0][0].count("M") == 10
        assert bars[0][1] == "M0 4h999v12H0z"
        assert len(bars[1]) == 1

    def test_dates_out_of_time_stay_inside_the_drawing(self) -> None:
        late = [Release(version="1", uploaded=datetime(2200, 1, 1, tzinfo=UTC))]
        early = [Release(version="1", uploaded=datetime(1970, 1, 2, tzinfo=UTC))]
        (late_bar,), (early_bar,) = (
            [drawn[1] for drawn in self.bars({"a": fetched(last_commit=when, pypi={"releases": found})})]
            for when, found in ((datetime(1999, 1, 1, tzinfo=UTC), late), (datetime(2300, 1, 1, tzinfo=UTC), early))
        )
        assert late_bar == "M996 4h4v12H996z"
        assert early_bar == f"M0 4h{WIDTH}v12H0z"

    def test_an_empty_grid(self) -> None:
        for view in ("packages", "timesheet"):
            main = documents("hostile")[f"/grids/g/nothing/{view}/"].one("main")
            assert main.all("table") == []
            assert "No packages in this grid yet." in main.text


class TestReadiness:
    """Who says to be ready."""

    def made(self, record: object, **snapshots: Snapshot) -> Element:
        packages = {slug: package(title=slug, pypi=slug) for slug in snapshots}
        products = {"x": record}
        return page(catalogue(packages, snapshots=snapshots, products=products), "/readiness/x/5.2/")  # type: ignore[arg-type]

    def test_a_product_is_not_asked_about_itself(self) -> None:
        known = fetched(pypi={"classifiers": ("Framework :: Django :: 5.2",)})
        assert [row[0].split()[0] for row in rows(self.made(product("5.2"), a=known, x=known))] == ["a"]

    @pytest.mark.parametrize(
        ("classifiers", "verdict", "names"),
        [
            (("Framework :: Django :: 5.2",), "yes", "5.2"),
            (("Framework :: Django :: 5.1", "Framework :: Django :: 5.2"), "yes", "5.1, 5.2"),
            (
                ("Framework :: Django :: 4.2", "Framework :: Django :: 5.0", "Framework :: Django :: 5.1"),
                "no",
                "4.2…5.1",
            ),
            (("Framework :: Django :: 6.0",), "no", "6.0"),
            (("Framework :: Django",), "maybe", "none"),
            (("Framework :: Django :: 5",), "maybe", "none"),
            ((), "maybe", "none"),
        ],
    )
    def test_verdicts(self, classifiers: tuple[str, ...], verdict: str, names: str) -> None:
        document = self.made(product("5.2"), a=fetched(pypi={"classifiers": classifiers}))
        assert rows(document)[0][1:3] == [verdict, names]
        counts = {"yes": "1 yes, 0 no, 0 maybe.", "no": "0 yes, 1 no, 0 maybe.", "maybe": "0 yes, 0 no, 1 maybe."}
        assert document.one("p", class_="lead").text == counts[verdict]

    @pytest.mark.parametrize(
        ("requires", "verdict"), [(">=6", "no"), (">=5.2", "maybe"), (">=5.2.4", "maybe"), ("<5", "no"), ("?", "maybe")]
    )
    def test_python_may_be_ruled_out(self, requires: str, verdict: str) -> None:
        record = product("5.2", classifier="Programming Language :: Python")
        document = self.made(record, a=fetched(pypi={"classifiers": (), "requires_python": requires}))
        assert rows(document)[0][1] == verdict
        other = self.made(product("5.2"), a=fetched(pypi={"classifiers": (), "requires_python": requires}))
        assert rows(other)[0][1] == "maybe"

    def test_the_most_starred_active_packages_on_pypi(self) -> None:
        snapshots = {f"p{i}": fetched(stars=i) for i in range(130)}
        snapshots |= {"gone": fetched(stars=999, archived=True), "local": fetched(stars=998, pypi=None)}
        snapshots["unknown"] = fetched(stars=None)
        found = rows(self.made(product("5.2"), **snapshots))
        assert [row[0].split()[0] for row in found] == [f"p{i}" for i in range(129, 9, -1)]

    def test_those_of_unknown_stars_come_last(self) -> None:
        snapshots = {"b": fetched(stars=None), "a": fetched(stars=None), "c": fetched(stars=0)}
        assert [row[0][0] for row in rows(self.made(product("5.2"), **snapshots))] == ["c", "a", "b"]

    def test_some_products_concern_few(self) -> None:
        record = product({"cycle": "5.2", "classifier": "5"}, classifier="Framework :: Wagtail", for_all=False)
        wagtail = fetched(pypi={"classifiers": ("Framework :: Wagtail", "Framework :: Wagtail :: 5")})
        document = self.made(record, a=fetched(), b=wagtail)
        assert [row[:2] for row in rows(document)] == [["b Messages between users", "yes"]]
        assert "Framework :: Wagtail :: 5" in document.one("main").text
        assert "No package is asked about it yet." in self.made(record, a=fetched()).one("main").text

    def test_the_list_of_releases(self) -> None:
        cycles = (
            {"cycle": "4.2", "released": "2023-04-03", "ends": "2026-01", "lts": True},
            {"cycle": "5.2", "released": "2025-04", "ends": "2026-02"},
            {"cycle": "6.0", "released": "2026-02-17", "ends": "2026-02-15"},
            {"cycle": "6.1"},
        )
        products = {"django": product(*cycles, source="https://example.org/dates"), "void": product(title="Void")}
        made = catalogue({"p": package()}, snapshots={"p": fetched()}, products=products)
        document = page(made, "/readiness/")
        assert rows(document) == [
            ["Django 6.1", "not known", "not known", "0", "1", "0"],
            ["Django 6.0 not released yet", "17 February 2026", "15 February 2026", "0", "1", "0"],
            ["Django 5.2", "April 2025", "February 2026", "1", "0", "0"],
            ["Django 4.2 LTS ended", "3 April 2023", "January 2026", "0", "1", "0"],
        ]
        assert rows(document, 1) == [["No releases yet."]]
        assert [time.attributes["datetime"] for time in document.one("main").all("time")][:2] == [
            "2026-02-17",
            "2026-02-15",
        ]
        assert links(document.one("main"))["Where the dates are from"] == "https://example.org/dates"
        assert links(document.one("main"))["Django 5.2"] == "/below/readiness/django/5.2/"

    def test_no_products(self) -> None:
        assert "No products yet." in documents("empty")["/readiness/"].one("main").text


class TestFigures:
    """The directory in figures."""

    def test_counts(self) -> None:
        downloads = DownloadFacts(month="2026-01", count=1500)
        packages = {
            "a": package(title="A", pypi="a"),
            "b": package(title="B", pypi="b", repository="https://codeberg.org/o/b", replaced_by="a"),
            "c": package(title="C", pypi="c", repository="", deprecated="2020-01-01"),
        }
        snapshots = {
            "a": fetched(stars=5).model_copy(update={"downloads": downloads}),
            "b": fetched(stars=None, archived=True, pypi={"classifiers": ("Framework :: Django :: 5.2",)}),
        }
        made = catalogue(packages, {"g": grid("a", "b", title="G"), "h": grid(title="H")}, snapshots=snapshots)
        document = page(made, "/open/")
        assert facts(document) == {
            "Packages": "3",
            "Grids": "2",
            "Categories": "1",
            "On PyPI": "2",
            "Releases": "4",
            "Downloads a month": "1\u202f500 known of 1 package",
            "Stars": "5 known of 2 packages",
            "Archived": "1 known of 2 packages",
            "Deprecated": "2",
        }
        assert rows(document, 0) == [["5.2", "2"]]
        assert rows(document, 1) == [["3.12", "1"], ["3.9", "1"]]
        assert rows(document, 2) == [["codeberg.org", "1"], ["github.com", "1"]]
        assert rows(document, 3) == [["G", "2"]]

    def test_many_hosts_are_counted_together(self) -> None:
        packages = {f"p{i}": package(title=f"P{i}", repository=f"https://git{i:02}.example.org/o/r") for i in range(13)}
        found = rows(page(catalogue(packages), "/open/"))
        assert [row[0] for row in found] == [*(f"git{i:02}.example.org" for i in range(10)), "Others"]
        assert found[-1][1] == "3"

    def test_nothing_is_fetched(self) -> None:
        document = documents("empty")["/open/"]
        assert facts(document)["Packages"] == "0"
        assert {facts(document)[name] for name in ("Releases", "Downloads a month", "Stars")} == {"not fetched yet"}
        assert "No grids yet." in document.one("main").text


class TestState:
    """How it stands with the data."""

    def test_sources(self) -> None:
        when = datetime(2026, 1, 5, 12, tzinfo=UTC)
        old = datetime(2024, 1, 5, 12, tzinfo=UTC)
        sources = {
            "a": {"pypi": Source(changed=when), "github": Source(changed=old)},
            "b": {"pypi": Source(changed=old), "github": Source(state="failed", since=when, reason="no answer")},
            "c": {"pypi": Source(state="missing", since=old)},
        }
        packages = {slug: package(title=slug.upper()) for slug in (*sources, "d", "e")}
        snapshots = {slug: fetched().model_copy(update={"sources": found}) for slug, found in sources.items()}
        snapshots["d"] = fetched()
        document = page(catalogue(packages, snapshots=snapshots), "/freshness/")
        assert heads(document) == ["Source", "Answered", "Failed", "Missing", "Taken over", "Oldest news"]
        assert rows(document) == [
            ["GitHub", "1", "1", "0", "0", "5 January 2024"],
            ["PyPI", "3", "0", "1", "0", "5 January 2024"],  # d was fetched before sources were kept
        ]
        assert section(document, "never").one("p").text.startswith("1 package")
        amiss = section(document, "amiss")
        assert texts(amiss.all("li")) == [
            "B GitHub has not answered since 5 January 2026: no answer",
            "C PyPI says there is nothing, since 5 January 2024",
        ]
        assert "Of 2 packages." in amiss.text
        assert texts(section(document, "never").all("li")) == ["E"]
        assert "Something new was last fetched on 16 February 2026." in document.one("main").text

    def test_long_lists_are_cut_and_say_so(self) -> None:
        bad = fetched().model_copy(update={"sources": {"git": Source(state="failed")}})
        packages = {f"p{i}": package(title=f"P{i}") for i in range(410)}
        document = page(catalogue(packages, snapshots={f"p{i}": bad for i in range(205)}), "/freshness/")
        for name in ("amiss", "never"):
            found = section(document, name)
            assert len(found.one("ul").all("li")) == 200
            assert "205 packages" in found.text
            assert "The JSON holds 5 more packages than this list." in found.text

    def test_nothing_was_asked(self) -> None:
        text = documents("empty")["/freshness/"].one("main").text
        assert "No source has told yet how it stands." in text
        assert "Nothing is fetched yet." in text
        assert text.count("None.") == 2

    def test_a_source_without_news(self) -> None:
        snapshot = fetched().model_copy(update={"sources": {"git": Source(state="failed")}})
        document = page(catalogue({"p": package()}, snapshots={"p": snapshot}), "/freshness/")
        assert rows(document)[0][-1] == "no news yet"


class TestSearch:
    """The page of search, without script."""

    def test_every_letter_leads_to_the_list(self) -> None:
        for name in ("small", "many"):
            index = section(documents(name)["/search/"], "index")
            listed: dict[str, str] = {}
            for route, document in documents(name).items():
                if route.startswith("/packages/") and not route.startswith("/packages/p/"):
                    for head in document.all("th", scope="rowgroup"):
                        listed.setdefault(head.text, f"/below{route}#{head.attributes['id']}")
            assert links(index.one("nav", class_="letters")) == listed

    def test_the_form_asks_by_address(self) -> None:
        for route in ("/", "/search/"):
            form = documents("small")[route].one("form")
            assert form.one("input").attributes["name"] == "q"
            assert form.one("label").attributes["for"] == form.one("input").attributes["id"]
        assert "hidden" in documents("small")["/search/"].one("section", id="results").attributes


class TestTexts:
    """Texts and posts."""

    def test_a_text(self) -> None:
        document = documents("small")["/about/"]
        assert document.one("h1").text == "About"
        assert document.one("div", class_="text").text == "What it is: see news."
        assert links(document.one("div", class_="text")) == {"news": "/below/changelog/news/#more"}
        assert document.one("meta", name="description").attributes["content"] == "What it is: see news."

    def test_posts_are_newest_first(self) -> None:
        document = documents("small")["/changelog/"]
        assert texts(document.one("main").all("li")) == [
            "News 1 February 2026 It is there.",
            "Old 2 January 2025 Words.",
        ]
        news = documents("small")["/changelog/news/"]
        assert news.one("time", datetime="2026-02-01").text == "1 February 2026"
        assert links(news.one("main"))["Changelog"] == "/below/changelog/"
        assert "No posts yet." in documents("empty")["/changelog/"].one("main").text

    def test_summaries(self) -> None:
        made = catalogue(texts={"a": text("- item\n", title="Only a list"), "b": text(summary="Short")})
        for slug, summary in (("a", "Only a list"), ("b", "Short")):
            assert page(made, f"/{slug}/").one("meta", name="description").attributes["content"] == summary

    def test_the_foot_names_them_by_title(self) -> None:
        made = catalogue(texts={"x": text(title="zebra"), "y": text(title="Ape")}, posts={"p": post()})
        labels = list(links(page(made, "/").one("footer")))
        assert [label for label in labels if label in {"zebra", "Ape", "Changelog"}] == ["Ape", "Changelog", "zebra"]


class TestHostile:
    """The worst that can stand in the data, on the pages of this module."""

    def test_it_is_shown_as_it_is(self) -> None:
        pages = documents("hostile")
        assert SCRIPT in pages["/freshness/"].one("main").text
        assert HOSTILE[:100].strip() in texts(pages["/readiness/"].all("h2"))
        assert pages["/hostile/"].one("h1").text == HOSTILE[:100].strip()
        assert SCRIPT in pages["/changelog/hostile/"].one("div", class_="text").text
        assert HOSTILE in pages["/changelog/"].one("main").text
        assert LONG_WORD in pages["/wordy/"].one("main").text
        assert HOSTILE[:100].strip() in links(pages["/packages/p/victim/rules/"].one("main"))
