"""The feeds: what they tell, in which order, and that every reader can read them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import feed_rules
import pytest
from feed_rules import ATOM, text
from hypothesis import given
from hypothesis import strategies as st
from made import SCRIPT, catalogue, fetched, grid, package, post, releases
from rendered import CATALOGUES, SITE, small

from builder import feeds, urls
from builder.catalogue import UNKNOWN_DATE, Catalogue
from builder.choices import Choices
from builder.feeds import entries
from builder.feeds.markup import element, escaped, moment
from builder.hosts import host_named
from builder.metadata import Release
from builder.outputs import ATOM as ATOM_TYPE
from builder.outputs import RSS as RSS_TYPE
from builder.outputs import Output, is_xml
from builder.urls import Urls

BODY = "At *length*: [more](#more), [all](/about/), [away](https://other.example.org/).\n\n## More\n"
HTML = (
    '<p>At <em>length</em>: <a href="https://example.org/below/changelog/a-b/#more">more</a>, '
    '<a href="https://example.org/below/about/">all</a>, '
    '<a href="https://other.example.org/" rel="nofollow ugc noopener">away</a>.</p>\n<h2 id="more">More</h2>\n'
)


def outputs(made: Catalogue) -> Mapping[str, Output]:
    """Render the feeds, by route; no route comes twice."""
    rendered = list(feeds.render(made, SITE))
    assert len({output.route for output in rendered}) == len(rendered)
    return {output.route: output for output in rendered}


def titles(made: Catalogue, route: str) -> list[str]:
    """Give the titles of an Atom feed."""
    return [text(entry, f"{ATOM}title") for entry in feed_rules.atom(outputs(made)[route].body)[1]]


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_feed_keeps_to_its_specification(name: str) -> None:
    made = CATALOGUES[name]()
    found = outputs(made)
    atoms = {route: output for route, output in found.items() if output.media_type == ATOM_TYPE}
    rsses = {route: output for route, output in found.items() if output.media_type == RSS_TYPE}
    feeds_of_the_site = 6 if made.posts else 4  # each at both of its addresses
    assert len(atoms) == feeds_of_the_site + len(made.grids)
    assert len(rsses) == feeds_of_the_site
    for route, output in atoms.items():
        feed, _ = feed_rules.atom(output.body)
        (own,) = [link.attrib["href"] for link in feed.findall(f"{ATOM}link") if link.attrib["rel"] == "self"]
        assert own == SITE.absolute(route if route.endswith(".xml") else route[:-1] + ".xml")
        assert text(feed, f"{ATOM}id") == own
    for route, output in rsses.items():
        channel, _ = feed_rules.rss(output.body)
        own = channel.findall(f"{ATOM}link")[0].attrib["href"]
        assert own == SITE.absolute(route if route.endswith(".xml") else route[:-1] + ".xml")


@pytest.mark.parametrize("feed", ["/feeds/packages/latest/", "/feeds/releases/", "/changelog/feeds/"])
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_the_originals_address_and_the_file_have_one_body(feed: str, form: str) -> None:
    found = outputs(small())
    page, file = found[f"{feed}{form}/"], found[f"{feed}{form}.xml"]
    assert (page.body, page.media_type) == (file.body, file.media_type)


def test_hosts_are_told_of_all_xml_that_has_the_address_of_a_page() -> None:
    found = {route: output.media_type for route, output in outputs(small()).items() if route.endswith("/")}
    assert all(is_xml(media_type) for media_type in found.values())
    assert all(route.startswith(urls.XML_FOLDERS) for route in found)
    site = Urls("https://example.org")
    headers = dict(host_named("cloudflare").configuration(site, Choices()))["_headers"].decode()
    assert {route for route in found if f"\n{route}\n  Content-Type: application/xml\n" in headers} == set(found)


def test_the_newest_packages_come_first_and_fifteen_of_them() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    packages = {f"p-{i}": package(title=f"p-{i}", pypi=None, created=start + timedelta(days=i % 10)) for i in range(20)}
    told = titles(catalogue(packages), "/feeds/packages/latest/atom.xml")
    # Of those of one day the one with the greater id comes first, and ids follow the slugs here.
    assert told[:4] == ["p-9", "p-19", "p-8", "p-18"]
    assert len(told) == 15


def test_a_package_without_a_date_is_no_news() -> None:
    made = catalogue({"a": package(title="a", created=UNKNOWN_DATE), "b": package(title="b", pypi="b")})
    assert titles(made, "/feeds/packages/latest/atom.xml") == ["b"]


def test_an_entry_tells_what_the_package_is_and_where() -> None:
    found = outputs(small())
    _, told = feed_rules.atom(found["/feeds/packages/latest/atom.xml"].body)
    waiting, postman, _ = told
    assert text(waiting, f"{ATOM}summary") == "A new package of the category App."
    assert text(postman, f"{ATOM}summary") == "Messages between users"
    assert text(postman, f"{ATOM}id") == "https://example.org/below/api/v4/packages/100002/"
    assert postman.findall(f"{ATOM}link")[0].attrib["href"] == "https://example.org/below/packages/p/postman/"
    assert text(postman, f"{ATOM}updated") == "2020-03-04T05:06:07Z"
    _, items = feed_rules.rss(found["/feeds/packages/latest/rss.xml"].body)
    assert text(items[1], "guid") == "https://example.org/below/api/v4/packages/100002/"
    assert text(items[1], "pubDate") == "Wed, 04 Mar 2020 05:06:07 GMT"


def test_releases_are_by_date_whatever_their_version_and_the_yanked_are_left_out() -> None:
    def at(day: int) -> datetime:
        return datetime(2024, 1, day, tzinfo=UTC)

    told = (
        Release(version="2.0", uploaded=at(1)),
        Release(version="1.9.1", uploaded=at(3)),
        Release(version="3.0rc1", uploaded=at(4)),
        Release(version="3.0", uploaded=at(5), yanked="broken"),
        Release(version="4.0", uploaded=None),
    )
    made = catalogue(
        {"a": package(title="a"), "b": package(title="b", pypi="b")},
        {"g": grid("a")},
        snapshots={
            "a": fetched(pypi={"releases": told}),
            "b": fetched(pypi={"releases": (Release(version="7", uploaded=at(2)),)}),
        },
    )
    assert titles(made, "/feeds/releases/atom.xml") == ["a 3.0rc1 (pre-release)", "a 1.9.1", "b 7", "a 2.0"]
    # The package itself came in 2020; its pre-release is nothing for those who compare.
    assert titles(made, "/feeds/grids/g/atom.xml") == ["a 1.9.1", "a 2.0", "a"]


def test_thirty_releases_are_told() -> None:
    many = {"a": fetched(pypi={"releases": releases(*(str(n) for n in range(40)))})}
    made = catalogue({"a": package(title="a")}, {"g": grid("a")}, snapshots=many)
    assert titles(made, "/feeds/releases/atom.xml") == [f"a {n}" for n in range(39, 9, -1)]
    assert len(titles(made, "/feeds/grids/g/atom.xml")) == 30


def test_many_pre_releases_do_not_push_a_version_out_of_a_grid() -> None:
    told = fetched(pypi={"releases": releases("1.0", *(f"2.0.dev{n}" for n in range(40)))})
    made = catalogue({"a": package(title="a")}, {"g": grid("a")}, snapshots={"a": told})
    assert titles(made, "/feeds/grids/g/atom.xml") == ["a", "a 1.0"]


def test_a_release_keeps_its_id_whatever_the_package_is_called() -> None:
    def told(slug: str, version: str) -> str:
        release = Release(version=version, uploaded=datetime(2024, 1, 1, tzinfo=UTC))
        made = catalogue({slug: package(id=7)}, snapshots={slug: fetched(pypi={"releases": (release,)})})
        return text(feed_rules.atom(outputs(made)["/feeds/releases/atom.xml"].body)[1][0], f"{ATOM}id")

    assert told("one", "1.0") == told("other", "1.0") == "https://example.org/below/api/v4/packages/7/#1.0"
    assert told("one", '1 "é#') == "https://example.org/below/api/v4/packages/7/#1%20%22%C3%A9%23"


def test_an_empty_feed_is_as_old_as_the_data() -> None:
    made = catalogue({"a": package()}, {"g": grid()}, snapshots={"a": fetched()})
    feed, told = feed_rules.atom(outputs(made)["/feeds/grids/g/atom.xml"].body)
    assert told == []
    assert text(feed, f"{ATOM}updated") == "2026-02-16T00:00:00Z"


def test_posts() -> None:
    made = catalogue({}, posts={f"post-{n}": post(title=f"Post {n}", date=f"2026-01-{n:02}") for n in range(1, 13)})
    told = entries.of_posts(made.posts, SITE)
    assert [entry.title for entry in told] == [f"Post {n}" for n in range(12, 2, -1)]
    assert (told[0].moment, told[0].summary) == (datetime(2026, 1, 12, tzinfo=UTC), "Words.")
    found = outputs(catalogue({}, posts={"a-b": post(BODY, title="A & B", summary="In short")}))
    _, (entry,) = feed_rules.atom(found["/changelog/feeds/atom.xml"].body)
    assert text(entry, f"{ATOM}title") == "A & B"
    assert text(entry, f"{ATOM}summary") == "In short"
    assert text(entry, f"{ATOM}id") == "https://example.org/below/changelog/a-b/"
    assert text(entry, f"{ATOM}content") == HTML
    assert entry.findall(f"{ATOM}content")[0].attrib == {"type": "html"}
    _, (item,) = feed_rules.rss(found["/changelog/feeds/rss.xml"].body)
    assert text(item, "description") == HTML
    assert found["/changelog/feeds/rss/"].body == found["/changelog/feeds/rss.xml"].body


def test_without_posts_there_is_no_feed_of_them() -> None:
    assert not [route for route in outputs(catalogue({})) if route.startswith("/changelog/")]


def test_a_text_of_the_data_is_a_text_to_every_reader() -> None:
    made = catalogue({"a": package(title=SCRIPT)}, snapshots={"a": fetched(description=f"{SCRIPT} & more\x0b\u202e")})
    found = outputs(made)
    _, (entry,) = feed_rules.atom(found["/feeds/packages/latest/atom.xml"].body)
    assert text(entry, f"{ATOM}title") == SCRIPT
    assert text(entry, f"{ATOM}summary") == f"{SCRIPT} & more\u202e"
    _, (item,) = feed_rules.rss(found["/feeds/packages/latest/rss.xml"].body)
    # Readers take this for HTML.
    assert text(item, "description").startswith("&lt;script&gt;alert('x')&lt;/script&gt; &amp; more")


@given(st.text() | st.text(alphabet="\x00\x0b\x1f\ufffe\uffff\t\n\r<>&\"' ]"))
def test_any_text_goes_through_xml_and_comes_out_as_it_was(value: str) -> None:
    allowed = [c for c in value if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")]
    read = feed_rules.parsed(element("a", value, b_=value).encode())
    assert (read.text or "", read.attrib["b"]) == ("".join(allowed), "".join(allowed))


def test_halves_of_characters_are_left_out() -> None:
    assert escaped("a\ud800b") == "ab"


def test_a_moment_is_in_utc_and_has_a_year_of_four_digits() -> None:
    assert moment(datetime.fromisoformat("2026-01-01T00:30:00.5+01:00")) == "2025-12-31T23:30:00Z"
    assert moment(datetime(812, 3, 4, tzinfo=UTC)) == "0812-03-04T00:00:00Z"


@pytest.mark.parametrize("name", CATALOGUES)
def test_two_renders_are_one(name: str) -> None:
    assert outputs(CATALOGUES[name]()) == outputs(CATALOGUES[name]())
