"""The sitemap, robots.txt, and the description of the search."""

import re
from datetime import date

import feed_rules
import pytest
from made import HOSTILE, catalogue, fetched, grid, package, post, product, settings, text
from rendered import CATALOGUES, SITE, documents, small

from builder import feeds, urls
from builder.catalogue import UNKNOWN_DATE, Catalogue
from builder.feeds import searching, sitemaps
from builder.metadata import Source
from builder.outputs import OPENSEARCH

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def bodies(made: Catalogue) -> dict[str, bytes]:
    """Render all that is for programs."""
    return {output.route: output.body for output in feeds.render(made, SITE)}


def listed(body: bytes) -> dict[str, str]:
    """Give the addresses of a sitemap, each with its day, "" for none."""
    return {
        feed_rules.text(item, f"{SPACE}loc"): (item.findtext(f"{SPACE}lastmod") or "")
        for item in feed_rules.parsed(body)
    }


def parts(made: Catalogue) -> dict[str, dict[str, str]]:
    """Give what the parts of a sitemap list, by the end of their address; the index leads to each of them."""
    found = bodies(made)
    index = listed(found["/sitemap.xml"])
    routes = {route for route in found if route.startswith("/sitemap-")}
    assert set(index) == {SITE.absolute(route) for route in routes}
    return {route.removeprefix("/sitemap-").removesuffix(".xml"): listed(found[route]) for route in routes}


@pytest.mark.parametrize("name", CATALOGUES)
def test_all_that_is_listed_is_a_page_that_calls_itself_so(name: str) -> None:
    made, pages = CATALOGUES[name](), documents(name)
    addresses = [a for places in parts(made).values() for a in places]
    assert len(set(addresses)) == len(addresses)
    for address in addresses:
        document = pages[address.removeprefix(SITE.base)]
        assert document.one("link", rel="canonical").attributes["href"] == address


VIEWS = re.compile(r"/page/|/rules/$|^/grids/g/.+/(packages|timesheet)/$|^/profiles/.")


@pytest.mark.parametrize("name", CATALOGUES)
def test_all_pages_are_listed_but_for_those_that_are_no_beginning(name: str) -> None:
    made, pages = CATALOGUES[name](), documents(name)
    addresses = {a for places in parts(made).values() for a in places}
    idle = {f"/packages/p/{p.slug}/" for p in made.packages if not p.is_active} | {*urls.UNLISTED}
    wanted = {route for route in pages if route not in idle and not VIEWS.search(route)}
    assert {SITE.absolute(route) for route in wanted} == addresses


def test_pages_are_listed_in_the_same_order_by_every_build() -> None:
    found = list(parts(small())["pages"])
    assert found[:4] == [SITE.absolute(route) for route in ("/", "/categories/", "/freshness/", "/grids/")]
    assert found[-3:] == [SITE.absolute(route) for route in ("/changelog/", "/about/", "/faq/")]


def test_days_are_those_of_the_data() -> None:
    told = fetched().model_copy(update={"sources": {"pypi": Source(changed="2026-03-05T23:30:00-05:00")}})
    made = catalogue(
        {"a": package(), "b": package(pypi="b"), "c": package(pypi="c", created=UNKNOWN_DATE, modified=UNKNOWN_DATE)},
        {"g": grid("a"), "h": grid("b")},
        snapshots={"a": told},
        products={"django": product("5.2")},
        texts={"about": text()},
        posts={"p": post(date="2026-01-02"), "q": post(date="2025-01-02")},
    )
    found = parts(made)
    days = {address.removeprefix(SITE.base): day for places in found.values() for address, day in places.items()}
    assert days["/packages/p/a/"] == days["/grids/g/g/"] == days["/"] == days["/categories/apps/"] == "2026-03-06"
    assert days["/packages/p/b/"] == days["/grids/g/h/"] == "2020-03-04"
    assert days["/packages/p/c/"] == ""
    assert days["/readiness/django/5.2/"] == "2026-03-06"
    assert days["/changelog/p/"] == days["/changelog/"] == "2026-01-02"
    assert days["/changelog/q/"] == "2025-01-02"
    assert days["/about/"] == ""
    index = listed(bodies(made)["/sitemap.xml"])
    assert index[SITE.absolute("/sitemap-packages.xml")] == "2026-03-06"


def test_without_a_date_in_the_data_there_is_none_in_the_sitemap() -> None:
    ((body, day),) = sitemaps.parts([("/a/", None)], SITE)
    assert (listed(body), day) == ({SITE.absolute("/a/"): ""}, None)


def test_a_part_holds_no_more_than_the_protocol_allows() -> None:
    places = [(f"/{n}/", date(2026, 1, 1 + n % 2)) for n in range(sitemaps.MOST_ADDRESSES + 1)]
    (first, _), (second, day) = sitemaps.parts(places, SITE)
    assert len(listed(first)) == sitemaps.MOST_ADDRESSES
    assert listed(second) == {SITE.absolute("/50000/"): "2026-01-01"}
    assert day == date(2026, 1, 1)


def test_a_part_has_no_more_bytes_than_the_protocol_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [("/é" + "x" * 100 + f"{n}/", None) for n in range(10)]
    whole = next(iter(sitemaps.parts(places, SITE)))[0]
    monkeypatch.setattr(sitemaps, "MOST_BYTES", len(whole))
    assert [body for body, _ in sitemaps.parts(places, SITE)] == [whole]
    monkeypatch.setattr(sitemaps, "MOST_BYTES", len(whole) - 1)
    cut = [body for body, _ in sitemaps.parts(places, SITE)]
    assert [len(listed(body)) for body in cut] == [9, 1]
    assert all(len(body) < len(whole) for body in cut)


def test_parts_are_numbered_and_all_of_them_in_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MOST_ADDRESSES", 2)
    made = catalogue({f"p-{n}": package(pypi=f"p-{n}") for n in range(5)})
    found = parts(made)
    assert {name: len(places) for name, places in found.items() if name.startswith("packages")} == {
        "packages": 2,
        "packages-2": 2,
        "packages-3": 1,
    }


def test_robots_are_shown_the_sitemap() -> None:
    lines = bodies(small())["/robots.txt"].decode().splitlines()
    assert lines == ["User-agent: *", "Allow: /", "", "Sitemap: https://example.org/below/sitemap.xml"]


def test_the_description_of_the_search() -> None:
    outputs = {output.route: output for output in feeds.render(small(), SITE)}
    page, file = outputs["/search/opensearch/description/"], outputs["/opensearch.xml"]
    assert (page.body, page.media_type) == (file.body, OPENSEARCH)
    root = feed_rules.parsed(file.body)
    assert root.tag == f"{SEARCH}OpenSearchDescription"
    assert feed_rules.text(root, f"{SEARCH}ShortName") == "A Directory"
    html, own = (url.attrib for url in root.findall(f"{SEARCH}Url"))
    assert html["template"] == "https://example.org/below/search/?q={searchTerms}"
    assert own["template"] == "https://example.org/below/opensearch.xml"


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Static Packages", "Static Packages"),
        ("Sixteen letters!", "Sixteen letters!"),
        ("A directory of packages", "A directory of"),
        ("Donaudampfschifffahrt", "Donaudampfschiff"),
        (HOSTILE[:90].strip(), HOSTILE[:16]),
    ],
)
def test_its_names_are_as_short_as_the_standard_asks(title: str, short: str) -> None:
    root = feed_rules.parsed(searching.description(settings(title=title, description=""), SITE))
    assert feed_rules.text(root, f"{SEARCH}ShortName") == short
    assert len(feed_rules.text(root, f"{SEARCH}LongName")) <= 48
    assert feed_rules.text(root, f"{SEARCH}Description") == f"Search {title}"
