"""Those who contributed to more than one package: who has a page, where it is, and who leads there."""

import pytest
from document import read, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from made import LOGINS, catalogue, fetched, package
from rendered import SITE, TEMPLATES, documents, links, page, section

from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.pages import render
from builder.pages.people import SHOWN
from builder.pages.shell import FOREIGN

CODEBERG = "https://codeberg.org/owner/name"
GITHUB = "https://github.com/owner/name"


def made(*logins: tuple[str, ...], repositories: tuple[str, ...] = ()) -> Catalogue:
    """Make a catalogue in which each package has these contributors."""
    packages = {f"p{i}": package(title=f"P{i}", pypi=f"p{i}") for i in range(len(logins))}
    for i, repository in enumerate(repositories):
        packages[f"p{i}"] = packages[f"p{i}"].model_copy(update={"repository": repository})
    return catalogue(packages, snapshots={f"p{i}": fetched(participants=names) for i, names in enumerate(logins)})


def routes(data: Catalogue) -> list[str]:
    found = (output.route for output in render(data, SITE, TEMPLATES))
    return sorted(route for route in found if route.startswith("/profiles/") and route != "/profiles/")


def test_two_packages_make_a_page() -> None:
    data = made(("ann", "ben"), ("ann",), ("ben", "cleo"))
    assert routes(data) == ["/profiles/ann/", "/profiles/ben/"]
    document = page(data, "/profiles/ann/")
    assert document.one("h1").text == "ann"
    assert texts(document.one("tbody").all("th")) == ["P0 Messages between users", "P1 Messages between users"]
    assert links(document.one("main"))["On github.com"] == "https://github.com/ann"
    people = section(page(data, "/packages/p/p2/"), "people")
    assert links(people) == {"ben": "/below/profiles/ben/"}
    assert texts(people.all("li")) == ["ben", "cleo"]


def test_the_list_has_those_with_most_packages_first() -> None:
    data = made(("ann", "Ben"), ("ann", "Ben", "cleo"), ("cleo", "Ben"))
    document = page(data, "/profiles/")
    assert texts(document.one("main").all("li")) == ["Ben 3 packages", "ann 2 packages", "cleo 2 packages"]
    assert "3 people contributed" in document.one("main").text
    assert "Nobody is known" in documents("empty")["/profiles/"].one("main").text


def test_a_long_list_is_cut_and_says_so() -> None:
    names = tuple(f"n{i}" for i in range(SHOWN + 1))
    document = page(made(names, names), "/profiles/")
    assert len(document.one("main").all("li")) == SHOWN
    assert f"Here are the {SHOWN} with the most packages" in document.one("main").text


def test_case_does_not_tell_people_apart() -> None:
    data = made(("Ann", "ann"), ("ANN",), ("Ann",))
    assert routes(data) == ["/profiles/Ann/"]
    for slug in ("p0", "p1", "p2"):
        assert set(links(section(page(data, f"/packages/p/{slug}/"), "people")).values()) == {"/below/profiles/Ann/"}
    assert "Contributed to 3 packages." in page(data, "/profiles/Ann/").one("main").text
    assert routes(made(("ann", "Ann"), ())) == []  # twice in one package is once


def test_forges_tell_people_apart() -> None:
    data = made(("ann",), ("ann",), ("ann",), ("ann",), repositories=("", "", CODEBERG, CODEBERG))
    assert routes(data) == ["/profiles/codeberg.org/ann/"]
    github = "https://github.com/owner/name"
    data = made(("ann",), ("ann",), ("ann",), ("Ann",), repositories=(github, github, CODEBERG, CODEBERG))
    assert routes(data) == ["/profiles/ann/", "/profiles/codeberg.org/Ann/"]
    assert page(data, "/profiles/codeberg.org/Ann/").one("h1").text == "Ann"
    assert page(data, "/profiles/codeberg.org/Ann/").one("title").text.startswith("Ann on codeberg.org")
    listed = texts(page(data, "/profiles/").one("main").all("li"))
    assert listed == ["Ann on codeberg.org, 2 packages", "ann 2 packages"]
    assert links(section(page(data, "/packages/p/p3/"), "people")) == {"Ann": "/below/profiles/codeberg.org/Ann/"}


@pytest.mark.parametrize(
    "login",
    [
        "../x",
        "..",
        ".",
        "a/b",
        "a\\b",
        "robot[bot]",
        "con",
        "NUL",
        "a b",
        "",
        "x" * 65,
        "a\n",
        "é",
        "-x",
        "codeberg.org",
    ],
)
def test_who_has_no_address_has_no_page(login: str) -> None:
    data = made((login,), (login,))
    assert routes(data) == []
    assert links(section(page(data, "/packages/p/p0/"), "people")) == {}


@pytest.mark.parametrize("login", ["con.x", "ann.", "..", ".x"])
def test_who_has_no_address_elsewhere(login: str) -> None:
    assert routes(made((login,), (login,), repositories=(CODEBERG, CODEBERG))) == []


def test_dots_are_right_where_hosts_have_a_folder_of_their_own() -> None:
    names = ("a.b-c_d",)
    assert routes(made(names, names, repositories=(CODEBERG, CODEBERG))) == ["/profiles/codeberg.org/a.b-c_d/"]


def test_hostile_logins() -> None:
    found = sorted(route for route in documents("hostile") if route.startswith("/profiles/"))
    assert found == ["/profiles/", "/profiles/Twice/"]
    people = section(documents("hostile")["/packages/p/victim/"], "people")
    assert links(people) == {"Twice": "/below/profiles/Twice/"}
    assert set(LOGINS) - {""} <= set(texts(people.all("li")))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=6))
def test_a_page_is_one_folder_below_its_forge(names: list[str]) -> None:
    for route in routes(made(tuple(names), tuple(names))):
        assert len(route.split("/")) == 4
        assert route.isascii()
        assert ".." not in route


def test_where_there_are_no_extras_the_list_leads_to_the_forges() -> None:
    data = made(("ann", "ben"), ("ann",), ("cleo",), ("cleo",), repositories=(GITHUB, GITHUB, CODEBERG, CODEBERG))
    pages = {o.route: o.body for o in render(data, SITE, TEMPLATES, Choices(extras=False))}
    assert [route for route in pages if route.startswith("/profiles/")] == ["/profiles/"]
    found = {a.text: a.attributes for a in read(pages["/profiles/"]).one("main").all("a")}
    assert found["ann"]["href"] == "https://github.com/ann"
    assert found["cleo"]["href"] == "https://codeberg.org/cleo"
    assert {attributes["rel"] for attributes in found.values()} == {FOREIGN}
    people = section(read(pages["/packages/p/p0/"]), "people")
    assert (links(people), texts(people.all("li"))) == ({}, ["ann", "ben"])


def test_the_list_leads_to_all_only_where_it_may() -> None:
    data = made(*[tuple(f"one-{n}" for n in range(SHOWN + 1))] * 2)
    whole, short = (
        {o.route: o.body for o in render(data, SITE, TEMPLATES, Choices(extras=more))} for more in (True, False)
    )
    assert "everybody else is reached from the packages" in read(whole["/profiles/"]).one("main").text
    assert "everybody else" not in read(short["/profiles/"]).one("main").text
