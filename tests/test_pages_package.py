"""The page of a package: what it says, and what it says where nothing is known."""

from datetime import UTC, date, datetime

import pytest
from document import texts
from made import catalogue, fetched, grid, package, releases
from rendered import documents, facts, links, package_page, page, section

from builder.metadata import DownloadFacts, Release, RepositoryFacts, Snapshot, Source
from builder.pages.package import NOTHING


class TestUnknown:
    """What is not known is said in words; it is never zero, and never an empty place."""

    def test_not_fetched_yet(self) -> None:
        document = package_page()
        assert set(facts(document).values()) == {"not fetched yet"}
        assert list(facts(document)) == list(facts(package_page(fetched())))
        assert document.one("p", class_="lead").text == "no description yet"
        assert document.one("p", class_="weeks").text == "Commits by week: not fetched yet"
        assert section(document, "releases").one("p").text == "not fetched yet"
        assert section(document, "people").one("p").text == "not fetched yet"
        assert "Data not fetched yet" in document.one("p", class_="tools").text
        assert all(dd.attributes["class"] == "unknown" for dd in document.all("dd"))

    def test_known_facts_leave_no_trace_of_it(self) -> None:
        document = package_page(fetched())
        assert "not fetched" not in document.text
        assert "not known" not in document.text
        assert document.one("main").all(class_="unknown") == [section(document, "compare").one("p")]

    def test_not_on_pypi_is_not_waiting_for_it(self) -> None:
        document = package_page(fetched(pypi=None), pypi=None)
        assert facts(document)["Latest release"] == "not on PyPI"
        assert facts(document)["Licence"] == "not known"
        assert section(document, "releases").one("p").text == "not on PyPI"
        assert document.one("p", class_="line").text == "Not on PyPI"
        assert "not fetched" not in document.text

    def test_no_repository_is_not_waiting_for_it(self) -> None:
        document = package_page(repository="", pypi=None)
        assert facts(document)["Stars"] == "no repository given"
        assert section(document, "people").one("p").text == "no repository given"
        assert document.one("p", class_="lead").text == "no description"

    def test_a_repository_that_answers_nothing(self) -> None:
        snapshot = Snapshot(last_fetched=datetime(2026, 1, 1, tzinfo=UTC), repository=RepositoryFacts())
        document = package_page(snapshot, pypi=None)
        assert [facts(document)[name] for name in ("Stars", "Forks", "Last commit")] == ["not known"] * 3
        assert document.one("p", class_="weeks").text == "Commits by week: not known"
        assert section(document, "people").one("p").text == "not known"

    def test_what_the_newest_release_requires_goes_before_the_projects_word(self) -> None:
        newest = Release(version="1.0", requires_python=">=3.12")
        document = package_page(fetched(pypi={"requires_python": ">=3.9", "classifiers": (), "releases": (newest,)}))
        assert facts(document)["Python"] == ">=3.12"
        quiet = Release(version="1.0")
        document = package_page(fetched(pypi={"requires_python": ">=3.9", "classifiers": (), "releases": (quiet,)}))
        assert facts(document)["Python"] == ">=3.9"

    def test_downloads_are_shown_where_they_are_known(self) -> None:
        known = fetched().model_copy(update={"downloads": DownloadFacts(month="2026-10", count=1_234_567)})
        assert facts(package_page(known))["Downloads"] == "1\u202f234\u202f567 in 2026-10"
        assert "Downloads" not in facts(package_page(fetched()))

    def test_a_source_that_is_not_well_is_said(self) -> None:
        since = datetime(2026, 2, 3, 12, tzinfo=UTC)
        source = Source(state="failed", since=since, reason="answered <502>")
        document = package_page(fetched().model_copy(update={"sources": {"github": source}}))
        told = document.one("ul", class_="sources").text
        assert told.startswith("GitHub has not answered since 3 February 2026: answered <502>")

    def test_nobody_is_led_to_another_repository(self) -> None:
        source = Source(state="taken over", since=datetime(2026, 2, 3, 12, tzinfo=UTC), reason="x")
        document = package_page(fetched().model_copy(update={"sources": {"github": source}}))
        assert "Repository" not in document.one("ul", class_="links").text
        assert "another repository has its name" in document.one("ul", class_="sources").text

    def test_zero_is_a_number(self) -> None:
        document = package_page(fetched(stars=0, forks=0, weeks=(0,) * 52, participants=()))
        assert [facts(document)[name] for name in ("Stars", "Forks")] == ["0", "0"]
        assert document.one("figcaption").text == "No commits in 52 weeks."
        assert document.one("figure").all("svg") == []
        assert section(document, "people").one("p").text == "none listed"

    def test_pypi_that_states_nothing(self) -> None:
        nothing = {"license_expression": None, "requires_python": None, "classifiers": (), "releases": ()}
        document = package_page(fetched(pypi=nothing))
        assert [facts(document)[name] for name in ("Licence", "Python", "Django", "Status")] == ["not stated"] * 4
        assert [facts(document)[name] for name in ("Latest release", "Released")] == ["no release"] * 2
        assert section(document, "releases").one("p").text == "no release"

    def test_an_imported_version_has_no_date(self) -> None:
        document = package_page(fetched(pypi={"version": "0.6.0", "releases": ()}))
        assert facts(document)["Latest release"] == "0.6.0"
        assert facts(document)["Released"] == "not known"
        assert section(document, "releases").one("p").text == "not known"

    def test_in_lists_and_grids(self) -> None:
        pages = documents("small")
        for route in ("/packages/", "/categories/apps/"):
            row = next(r for r in pages[route].all("tr") if r.all("a", href="/below/packages/p/waiting/"))
            assert texts(row.all("td"))[-4:] == ["not fetched yet"] * 4
            assert row.one("p").text == "no description yet"
        lines = pages["/grids/g/messaging/"].one("tbody").all("tr")
        waiting = {line.one("th").text: line.all("td")[1] for line in lines}
        assert {label for label, cell in waiting.items() if cell.text == "not fetched yet"} == {
            "Version", "Released", "Last commit", "Stars", "Python", "Django", "Licence", "Status",
            "Forks", "Commits in 52 weeks",
        }  # fmt: skip
        assert waiting["Description"].text == "no description yet"
        assert waiting["Threads"].text == "\u2013not known"
        assert all(cell.text for line in lines for cell in line.all("td"))


class TestPackage:
    """The page of a package."""

    def test_facts(self) -> None:
        document = package_page(fetched())
        assert facts(document) == {
            "Latest release": "0.6.0",
            "Released": "31 January 2019",
            "Last commit": "18 October 2019",
            "Licence": "BSD-3-Clause",
            "Releases a year": "0 since 16 February 2025",
            "Python": "3.9, 3.12 requires >=3.9",
            "Django": "5.2",
            "Status": "production/stable",
            "Stars": "12\u202f345",
            "Forks": "244",
        }
        assert document.one("p", class_="lead").text == "Messages between users"
        assert "Data as of 15 February 2026" in document.one("p", class_="tools").text
        assert texts(document.one("p", class_="crumbs").all("a")) == ["Packages", "App"]

    @pytest.mark.parametrize(
        ("today", "dates", "said"),
        [
            ("2026-02-16", ("2026-02-16", "2025-02-17", "2025-02-16", "2025-02-15"), "3 since 16 February 2025"),
            ("2026-02-22", ("2026-02-22", "2025-02-16", "2025-02-15"), "2 since 16 February 2025"),
            ("2044-02-29", ("2044-02-29", "2043-02-28", "2043-02-27"), "2 since 28 February 2043"),
            ("2026-02-16", ("2026-01-01", None), "1 since 16 February 2025"),
            ("2026-02-16", (None,), "not known"),
            ("2026-02-16", (), "no release"),
        ],
    )
    def test_releases_a_year(self, today: str, dates: tuple[str | None, ...], said: str) -> None:
        moment = datetime.fromisoformat(f"{today}T12:00:00Z")
        made = [
            Release(version=f"1.{n}", uploaded=date and datetime.fromisoformat(f"{date}T12:00:00Z"))
            for n, date in enumerate(dates)
        ]
        snapshot = fetched(pypi={"releases": tuple(made)}).model_copy(update={"last_fetched": moment})
        assert facts(package_page(snapshot))["Releases a year"] == said

    def test_dates_are_in_the_zone_of_the_settings(self) -> None:
        snapshot = fetched(last_commit=datetime(2019, 10, 18, 2, tzinfo=UTC))
        for zone, day in (("America/New_York", "17"), ("UTC", "18")):
            made = catalogue({"p": package()}, snapshots={"p": snapshot}, time_zone=zone)
            document = page(made, "/packages/p/p/")
            shown = document.one("time", datetime=f"2019-10-{day}")
            assert shown.text == f"{day} October 2019"
            assert zone in document.one("footer").text

    def test_install_and_links(self) -> None:
        urls = {"Change Log!": "https://e.org/c", "Bug-Tracker": "https://e.org/b", "Docs": "https://e.org/d"}
        document = package_page(fetched(pypi={"project_urls": urls | {"changes": "https://e.org/second"}}))
        get = document.one("section", class_="get")
        assert get.one("code").text == "python -m pip install django-messages"
        assert list(links(get).items()) == [
            ("Documentation", "https://e.org/d"),
            ("Repository", "https://github.com/arneb/django-messages"),
            ("PyPI", "https://pypi.org/project/django-messages/"),
            ("Changelog", "https://e.org/c"),
            ("Issues", "https://e.org/b"),
        ]

    def test_the_records_documentation_counts_more_than_pypis(self) -> None:
        snapshot = fetched(pypi={"project_urls": {"Documentation": "https://e.org/pypi"}})
        document = package_page(snapshot, documentation="https://e.org/record")
        assert links(document.one("section", class_="get"))["Documentation"] == "https://e.org/record"

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "https://a:b@e.org/", "http://10.0.0.1/", "//e.org/x"])
    def test_an_unsafe_address_is_no_link(self, address: str) -> None:
        document = package_page(fetched(pypi={"project_urls": {"Documentation": address}}))
        assert "Documentation" not in links(document)

    @pytest.mark.parametrize(
        ("written", "address"),
        [
            ("git@github.com:owner/name.git", "https://github.com/owner/name"),
            ("ssh://git@gitlab.com/a/b/c", "https://gitlab.com/a/b/c"),
            ("codeberg.org/owner/name", "https://codeberg.org/owner/name"),
            ("http://www.github.com/owner/name/tree/main", "https://github.com/owner/name"),
            ("https://code.example.org/", "https://code.example.org/"),
            ("", None),
        ],
    )
    def test_the_repositorys_page(self, written: str, address: str | None) -> None:
        assert links(package_page(repository=written)).get("Repository") == address

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("http://pypi.python.org/pypi/django-messages", "django-messages"),
            ("https://pypi.org/project/x;rm${IFS}-rf${IFS}~", None),
            ("https://pypi.org/project/--index-url=https:", None),
        ],
    )
    def test_only_a_name_goes_into_the_command(self, written: str, name: str | None) -> None:
        commands = texts(package_page(pypi=None, pypi_url=written).one("section", class_="get").all("code"))
        assert commands == ([f"python -m pip install {name}"] if name else [])

    def test_weeks(self) -> None:
        document = package_page(fetched(weeks=(0,) * 50 + (3, 1200)))
        figure = document.one("figure")
        drawing = figure.one("svg", role="img")
        assert drawing.attributes["viewbox"] == "0 0 520 48"
        assert drawing.one("path").attributes["d"] == "M501 48v-1h8v1zM511 48v-48h8v48z"
        assert figure.one("figcaption", id=drawing.attributes["aria-labelledby"]).text == (
            "1\u202f203 commits in 52 weeks, oldest on the left; the busiest, week 52, had 1\u202f200."
        )

    def test_releases(self) -> None:
        made = [
            *releases("0.9", "0.10", "1.0rc1", "2.0.dev1", "old"),
            Release(version="0.11", yanked="broken"),
            Release(version="0.12", yanked=True, requires_python=">=3.8"),
            Release(version="0.13", yanked=""),
        ]
        document = package_page(fetched(pypi={"releases": made}))
        rows = section(document, "releases").one("tbody").all("tr")
        assert [[row.one("th").text, *texts(row.all("td"))] for row in rows] == [
            ["2.0.dev1", "1 April 2019", NOTHING, "pre-release"],
            ["1.0rc1", "2 March 2019", NOTHING, "pre-release"],
            ["0.13", "not known", NOTHING, "yanked"],
            ["0.12", "not known", ">=3.8", "yanked"],
            ["0.11", "not known", NOTHING, "yanked: broken"],
            ["0.10", "31 January 2019", NOTHING, "latest"],
            ["0.9", "1 January 2019", NOTHING, ""],
            ["old", "1 May 2019", NOTHING, ""],
        ]
        assert section(document, "releases").one("h2").text == "8 releases"
        assert section(document, "releases").all("details") == []

    def test_long_lists_fold_and_lose_nothing(self) -> None:
        victim = documents("hostile")["/packages/p/victim/"]
        history, people = section(victim, "releases"), section(victim, "people")
        assert history.one("h2").text == "300 releases"
        assert history.one("summary").text == "292 older releases"
        assert len(history.all("th", scope="row")) == 300
        assert people.one("h2").text == "900 contributors"
        assert people.one("summary").text == "860 more contributors"
        assert len(people.all("li")) == 900

    @pytest.mark.parametrize(("count", "folded"), [(12, 0), (13, 5)])
    def test_a_few_more_are_not_folded(self, count: int, folded: int) -> None:
        versions = [f"1.{i}" for i in range(count)]
        history = section(package_page(fetched(pypi={"releases": releases(*versions)})), "releases")
        assert len(history.all("tbody")[0].all("tr")) == count - folded
        assert texts(history.all("summary")) == ([f"{folded} older releases"] if folded else [])

    def test_one_of_a_kind(self) -> None:
        document = package_page(fetched(participants=("arneb",), pypi={"releases": releases("1.0")}))
        assert section(document, "releases").one("h2").text == "1 release"
        assert section(document, "people").one("h2").text == "1 contributor"

    def test_active_packages_have_no_banner(self) -> None:
        assert package_page(fetched()).all("div", class_="notice") == []

    def test_banners(self) -> None:
        packages = {
            "old": package(title="Old", deprecated=date(2021, 5, 6), replaced_by="new"),
            "new": package(title="New", pypi="new", replaces=("older",)),
            "older": package(title="Older", pypi="older"),
        }
        status = {"status": "archived", "status_reason": "No time left"}
        made = catalogue(packages, snapshots={"old": fetched(archived=True, pypi=status)})
        old = page(made, "/packages/p/old/")
        assert texts(old.one("div", role="note").all("p")) == [
            "Replaced by New.",
            "Deprecated since 6 May 2021.",
            "Archived: its repository is read-only.",
            "PyPI lists the project as archived: No time left.",
        ]
        assert links(old.one("div", role="note")) == {"New": "/below/packages/p/new/"}
        new = section(page(made, "/packages/p/new/"), "compare")
        assert links(new) == {"Old": "/below/packages/p/old/", "Older": "/below/packages/p/older/"}
        assert texts(page(made, "/packages/p/older/").one("div", role="note").all("p")) == ["Replaced by New."]
        rows = {row.one("th").one("a").text: texts(row.all("em")) for row in page(made, "/packages/").all("tr")[1:]
                if row.all("a")}  # fmt: skip
        assert rows == {
            "New": [],
            "Old": ["archived", "deprecated", "replaced", "archived on PyPI"],
            "Older": ["replaced"],
        }

    def test_compare(self) -> None:
        packages = {f"p{i}": package(title=f"P{i}", pypi=f"p{i}") for i in range(10)} | {"alone": package(title="A")}
        grids = {"big": grid(*[f"p{i}" for i in range(10)], title="Big"), "own": grid("alone", title="Own")}
        snapshots = {f"p{i}": fetched(stars=i, archived=i == 9) for i in range(9)}
        made = catalogue(packages, grids, snapshots=snapshots)
        compare = section(page(made, "/packages/p/p8/"), "compare")
        assert texts(compare.all("li")) == ["P7", "P6", "P5", "P4", "P3", "P2", "3 more"]
        assert links(compare)["Big"] == links(compare)["3 more"] == "/below/grids/g/big/"
        assert links(compare)["P7"] == "/below/packages/p/p7/"
        assert section(page(made, "/packages/p/alone/"), "compare").one("li").text == "alone in this grid so far"
        assert section(package_page(), "compare").one("p").text == "In no grid yet."

    def test_sites_and_tags(self) -> None:
        compare = section(documents("small")["/packages/p/django-messages/"], "compare")
        assert texts(compare.all("h3")) == ["Messaging", "Sites using it", "Tags"]
        assert links(compare)["A site"] == "https://site.example.org/"
        assert texts(compare.all("ul")[-1].all("li")) == ["mail"]

    def test_the_summary_is_short(self) -> None:
        document = package_page(fetched(description="word " * 100))
        summary = document.one("meta", name="description").attributes["content"]
        assert len(summary) <= 200
        assert summary.endswith("word…")
