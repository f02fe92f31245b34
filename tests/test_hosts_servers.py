"""The configurations for nginx, Caddy and Apache, run by the servers themselves over a built site."""

import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import brotli
import pytest
from folders import grid, package, write_data
from hosted import WAYS_OUT, Seen, ask, leads_on, need, open_folder
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builder import build
from builder.choices import Choices
from builder.errors import SiteError
from builder.hosts import Host, host_named
from builder.hosts.media_types import MEDIA_TYPES
from builder.serve import program
from builder.urls import Urls
from builder.write import place, write

SERVERS = ["nginx", "caddy", "apache"]
METHODS = "GET, HEAD, OPTIONS"
PACKAGES = 45
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass(frozen=True)
class Site:
    """A built site under a server: where it lies, its address, and the path that the address of the site has."""

    out: Path
    address: str
    prefix: str
    name: str

    def ask(self, path: str, method: str = "GET", **headers: str) -> Seen:
        return ask(self.address, self.prefix + path, method, **headers)

    def file(self, name: str) -> bytes:
        return (self.out / name).read_bytes()


def built(host: Host, folder: Path, prefix: str = "") -> Path:
    names = [f"package-{number}" for number in range(1, PACKAGES + 1)]
    packages = {
        name: package(number, repository=f"https://example.org/r/{name}") for number, name in enumerate(names, 1)
    }
    grids = {"wide": grid(1, *names[:25]), "empty": grid(2)}
    site = {"base_url": f"https://example.org{prefix}"}
    build.build(write_data(folder / "data", packages=packages, grids=grids, site=site), folder / "site", host=host)
    return folder / "site"


@pytest.fixture(scope="module", params=[(name, prefix) for name in SERVERS for prefix in ("", "/a.b/packages")])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    name, prefix = request.param
    host = host_named(name)
    need(host)
    with open_folder() as folder:
        out = built(host, folder, prefix)
        browse = out / "api/browse/index.html"
        if not browse.exists():
            browse.parent.mkdir(parents=True)
            browse.write_text("<!doctype html><title>browse</title>")
        for ending in (".db", ".ndjson", ".js", ".xml", ".png", ".unknown"):
            (out / f"assets/typed{ending}").write_bytes(b"typed")
        with program.running(host, out) as address:
            yield Site(out, address, prefix, name)


# Answers that lie there.


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/api/v4/", "api/v4/index.json"),
        ("/api/v4/packages/", "api/v4/packages/index.json"),
        ("/api/v4/packages/7/", "api/v4/packages/7/index.json"),
        ("/api/v4/packages/package-7/", "api/v4/packages/package-7/index.json"),
        ("/api/v4/packages/7/?format=json", "api/v4/packages/7/index.json"),
        ("/api/v4/packages.json", "api/v4/packages.json"),
        ("/api/v4/packages/7.json", "api/v4/packages/7.json"),
        ("/api/v4/grids/wide/", "api/v4/grids/wide/index.json"),
        ("/api/v4/categories/1/", "api/v4/categories/1/index.json"),
        ("/api/v3/packages/package-7/", "api/v3/packages/package-7/index.json"),
        ("/api/v3/grids/wide/packages/", "api/v3/grids/wide/packages/index.json"),
        ("/api/data/v1/freshness.json", "api/data/v1/freshness.json"),
    ],
)
def test_an_answer_of_the_api_comes_with_its_type_and_headers(site: Site, path: str, file: str) -> None:
    seen = site.ask(path)
    assert (seen.status, seen.body) == (200, site.file(file))
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["access-control-allow-origin"] == "*"
    assert seen.headers["cache-control"] == "public, max-age=300, stale-while-revalidate=3600"
    assert seen.headers["x-content-type-options"] == "nosniff"
    head = site.ask(path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "content-length", "etag", "access-control-allow-origin", "vary"):
        assert head.headers.get(name) == seen.headers.get(name), name
    again = site.ask(path, If_None_Match=seen.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"
    assert again.headers["etag"] == seen.headers["etag"]


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/packages/", "packages/index.html"),
        ("/packages/?q=x", "packages/index.html"),
        ("/packages/p/package-7/", "packages/p/package-7/index.html"),
        ("/assets/site.css", "assets/site.css"),
        ("/assets/typed.db", "assets/typed.db"),
        ("/assets/typed.ndjson", "assets/typed.ndjson"),
        ("/assets/typed.js", "assets/typed.js"),
        ("/assets/typed.xml", "assets/typed.xml"),
        ("/assets/typed.png", "assets/typed.png"),
        ("/assets/favicon.svg", "assets/favicon.svg"),
    ],
)
def test_a_page_and_what_it_needs_come_with_their_types(site: Site, path: str, file: str) -> None:
    seen = site.ask(path)
    assert (seen.status, seen.body) == (200, site.file(file))
    assert seen.headers["content-type"].lower() == MEDIA_TYPES[Path(file).suffix]
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "access-control-allow-origin" not in seen.headers
    assert site.ask(path, If_None_Match=seen.headers["etag"]).status == 304


def test_a_file_of_no_known_type_is_none_that_a_browser_runs(site: Site) -> None:
    assert site.ask("/assets/typed.unknown").media_type in {"application/octet-stream", "text/plain"}


# Queries.


def v4(query: str, end: str = "/") -> str:
    return f"/api/v4/packages{end}{query and '?'}{query}"


@pytest.mark.parametrize(
    ("query", "offset"),
    [
        ("limit=20", 0),
        ("limit=20&offset=0", 0),
        ("limit=20&offset=20", 20),
        ("offset=20&limit=20", 20),
        ("offset=40", 40),
        ("offset=60", 60),
        ("limit=&offset=", 0),
        ("limit=0&offset=20", 20),
        ("limit=-3", 0),
        ("limit=x&offset=-20", 0),
        ("format=json&limit=20&offset=20", 20),
        ("q=anything&offset=20", 20),
    ],
)
def test_a_query_that_means_a_page_gets_that_page(site: Site, query: str, offset: int) -> None:
    at = f"/offset/{offset}" if offset else ""
    for end, file in (("/", f"api/v4/packages{at}/index.json"), (".json", f"api/v4/packages{at}.json")):
        seen = site.ask(v4(query, end))
        assert (seen.status, seen.media_type, seen.body) == (200, "application/json", site.file(file))


@pytest.mark.parametrize("path", ["/api/v4/packages/", "/api/v4/packages.json", "/api/v3/packages/"])
@pytest.mark.parametrize(
    "query",
    [
        "limit=7&offset=3",
        "limit=40",
        "offset=10",
        "offset=1020",
        "limit=20&limit=40",
        "offset=20&offset=40",
        "l%69mit=5",
        "limit=2%30&offset=7",
        "limit=1_0",
    ],
)
def test_a_page_that_cannot_be_cut_is_refused_in_json(site: Site, path: str, query: str) -> None:
    seen = site.ask(f"{path}?{query}")
    assert (seen.status, seen.media_type) == (501, "application/json")
    told = json.loads(seen.body)
    assert "pages of 20" in (told["message"] if "v3" in path else told["detail"])
    assert seen.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/api/v4/", "/api/v4/packages/", "/api/v4/packages.json", "/api/v4/grids/wide/", "/api/v4/packages/7/"]
)
def test_a_form_that_is_none_of_ours_is_refused_in_json(site: Site, path: str) -> None:
    for query in ("xml", "JSON", "api", "json&format=xml", "xml&format=json", "jsonp", "json,xml"):
        seen = site.ask(f"{path}?a=b&format={query}", Accept=BROWSER)
        assert (seen.status, seen.media_type) == (501, "application/json"), query
        assert "format is json" in json.loads(seen.body)["detail"]
        assert seen.headers["access-control-allow-origin"] == "*"
    for query in ("?format=json", "?format=", "?format=json&limit=20", "?reformat=xml"):
        assert site.ask(path + query).status == 200, query
    assert site.ask("/api/v3/packages/?format=xml").status == 200  # which knows no forms


KEYS = st.sampled_from(["limit", "offset", "q", "format", "Limit", "lim%69t", "x+y", "category"])
VALUES = st.sampled_from(
    [
        "",
        "20",
        "0",
        "40",
        "60",
        "80",
        "100",
        "10",
        "020",
        "-20",
        "+20",
        "2%30",
        "x",
        "20,40",
        "20&offset=40",
        "%",
        "apps",
    ]
) | st.text("0123456789-+_%;,ab", max_size=4)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(KEYS, VALUES), max_size=4), version=st.sampled_from([3, 4]))
@example(pairs=[("limit", "0"), ("limit", ";")], version=3)
@example(pairs=[("offset", "20"), ("offset", "%zz")], version=4)
def test_no_query_gets_the_page_of_another(site: Site, pairs: list[tuple[str, str]], version: int) -> None:
    query = "&".join(f"{key}={value}" for key, value in pairs)
    seen = site.ask(f"/api/v{version}/packages/?{query}")
    if seen.status == 200:
        page = json.loads(seen.body)
        found = [item["slug"] for item in (page["results"] if version == 4 else page["objects"])]
        assert found == originally(query, version), query
    else:
        assert (seen.status, seen.media_type) in {(501, "application/json"), (400, seen.media_type)}


def originally(query: str, version: int) -> list[str]:
    """Give the slugs that the original answers with."""
    keys = dict(parse_qsl(query, keep_blank_values=True))  # of a key that comes twice, the last

    def number(key: str, least: int) -> int | None:
        try:
            found = int(keys.get(key, ""))
        except ValueError:
            return None
        return found if found >= least or version == 3 else None

    limit, offset = number("limit", 1), number("offset", 0) or 0
    slugs = [f"package-{n}" for n in range(PACKAGES, 0, -1)]
    if version == 3:
        slugs.sort(key=lambda slug: f"Package {slug.partition('-')[2]}")
    return slugs[offset:][: 20 if limit is None else limit]


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/api/v3/packages/?limit=20&offset=20&format=json", "api/v3/packages/offset/20/index.json"),
        ("/api/v3/packages/?limit=0", "api/v3/packages/limit/0/index.json"),
        ("/api/v3/packages/?category=apps", "api/v3/categories/apps/packages/index.json"),
        ("/api/v3/packages/?offset=40&category=apps", "api/v3/categories/apps/packages/offset/40/index.json"),
        ("/api/v3/packages/?category=nowhere", "api/v3/packages/index.json"),
        ("/api/v3/grids/?category=apps", "api/v3/grids/index.json"),
        ("/api/v3/grids/wide/packages/?limit=20&offset=20", "api/v3/grids/wide/packages/offset/20/index.json"),
    ],
)
def test_lists_of_v3_are_mapped_too(site: Site, path: str, file: str) -> None:
    seen = site.ask(path)
    assert (seen.status, seen.body) == (200, site.file(file))


def test_a_walk_by_next_gives_every_package_once(site: Site) -> None:
    for first, version in (("/api/v4/packages/", 4), ("/api/v3/packages/", 3)):
        path: str | None = first
        found: list[str] = []
        while path:
            page: dict[str, Any] = json.loads(site.ask(path).body)
            found += [item["slug"] for item in (page["results"] if version == 4 else page["objects"])]
            follows = page["next"] if version == 4 else page["meta"]["next"]
            path = follows and re.sub(f"^(https://example.org)?{site.prefix}", "", follows)
        assert len(found) == len(set(found)) == PACKAGES


# What is not there, and what may not be done.


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v4/packages/nothing/", {"detail": "No Package matches the given query."}),
        ("/api/v4/packages/nothing.json", {"detail": "No Package matches the given query."}),
        ("/api/v4/packages/999/?format=json", {"detail": "No Package matches the given query."}),
        ("/api/v4/grids/nothing/", {"detail": "No Grid matches the given query."}),
        ("/api/v4/categories/99/", {"detail": "No Category matches the given query."}),
        ("/api/v4/categories/apps/", {"detail": "Not found."}),
        ("/api/v4/nothing/", {"detail": "Not found."}),
        ("/api/", {"detail": "Not found."}),
        ("/api/v4/packages/%0d%0aX:1/", {"detail": "No Package matches the given query."}),
        ("/api/v3/packages/nothing/", {"error": 404, "message": "No Package matches the given query."}),
        ("/api/v3/grids/nothing/packages/", {"error": 404, "message": "No Grid matches the given query."}),
        ("/api/v3/users/", {"error": 404, "message": "Not found."}),
    ],
)
def test_what_the_api_has_not_is_told_in_the_originals_words(site: Site, path: str, body: dict[str, Any]) -> None:
    for accept in ("*/*", BROWSER):
        seen = site.ask(path, Accept=accept)
        assert (seen.status, seen.media_type) == (404, "application/json")
        assert json.loads(seen.body) == body
        assert seen.headers["access-control-allow-origin"] == "*"
        assert seen.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/api/v4/packages/nothing/", "/api/v3/nothing/", "/api/nothing/", "/nothing/", "/_host/", "/api/v4/search/"],
)
def test_an_error_is_whole_whatever_the_reader_has(site: Site, path: str) -> None:
    whole = site.ask(path)
    tag, time = whole.headers.get("etag", '"x"'), whole.headers.get("last-modified", "Wed, 01 Jan 2098 00:00:00 GMT")
    conditions = ({"If_None_Match": tag}, {"If_None_Match": "*"}, {"If_Modified_Since": time}, {"Range": "bytes=0-3"})
    for condition in conditions:
        seen = site.ask(path, **condition)
        assert (seen.status, seen.body) == (whole.status, whole.body), condition
    assert whole.body


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/packages/p/nothing/", "/assets/", "/api", "//nothing/"])
def test_elsewhere_a_page_tells_it(site: Site, path: str) -> None:
    seen = site.ask(path)
    assert (seen.status, seen.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert seen.body == site.file("404.html")


def test_what_is_for_the_host_alone_is_not_shown(site: Site) -> None:
    hidden = [f"/{file.relative_to(site.out)}" for file in (site.out / "_host").rglob("*") if file.is_file()]
    assert hidden
    for path in (*hidden, "/_host", "/_host/", f"/{place.MARKER}", f"//{place.MARKER}", f"/./{hidden[0][1:]}"):
        seen = site.ask(path)
        assert (seen.status, seen.body) == (404, site.file("404.html")), path


@pytest.mark.parametrize("query", ["?q=package", "", "?q="])
def test_a_search_fails_and_says_where_one_can_search(site: Site, query: str) -> None:
    for end in ("/", ".json"):
        seen = site.ask(f"/api/v4/search{end}{query}", Accept=BROWSER)
        assert (seen.status, seen.media_type) == (501, "application/json")
        words = json.loads(seen.body)["detail"]
        assert words.startswith("This host runs no program that could search. ")
        assert words.endswith(f"https://example.org{site.prefix}/api/data/v1/search/index.json")
        assert seen.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v4/packages/7/", "/api/v4/packages/", "/api/v4/search/", "/api/v4/nothing/"])
def test_writing_is_refused_in_the_originals_words(site: Site, method: str, path: str) -> None:
    seen = site.ask(path, method)
    assert (seen.status, seen.headers["allow"], seen.media_type) == (405, METHODS, "application/json")
    assert json.loads(seen.body) == {"detail": f'Method "{method}" not allowed.'}
    assert seen.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v3/packages/package-7/", "/api/v3/packages/", "/api/v3/grids/wide/packages/"])
def test_writing_to_v3_is_refused_in_its_own_words(site: Site, method: str, path: str) -> None:
    seen = site.ask(path, method)
    assert (seen.status, seen.headers["allow"], seen.media_type) == (405, METHODS, "application/json")
    assert seen.body.decode() == f'{{"error": 405, "message": "Method \\"{method}\\" not allowed."}}'
    assert seen.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("version", "words"), [("v4", "detail"), ("v3", "message")])
def test_a_method_that_nobody_knows_is_refused_too(site: Site, version: str, words: str) -> None:
    seen = site.ask(f"/api/{version}/packages/", "BREW")
    assert (seen.status, seen.headers["allow"], seen.media_type) == (405, METHODS, "application/json")
    assert json.loads(seen.body)[words].endswith("not allowed.")


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/package/django-x/?format=json", "/api/v2/packages/"])
def test_what_the_original_has_put_out_of_use_is_gone(site: Site, method: str, path: str) -> None:
    seen = site.ask(path, method, Accept=BROWSER)
    assert (seen.status, seen.media_type) == (410, "application/json")
    assert seen.body == b'{"detail":"API v1 is gone. API v4 is at /api/v4/."}'
    assert (seen.headers["access-control-allow-origin"], seen.headers["x-content-type-options"]) == ("*", "nosniff")


@pytest.mark.parametrize("path", ["/", "/packages/", "/assets/site.css"])
def test_pages_are_read_only(site: Site, path: str) -> None:
    seen = site.ask(path, "POST")
    assert (seen.status, seen.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/api/v4/packages/7/", "/api/v4/", "/api/v4/search/", "/api/data/v1/freshness.json"])
def test_a_browser_may_ask_what_it_may(site: Site, path: str) -> None:
    seen = site.ask(path, "OPTIONS", Origin="https://example.com", Access_Control_Request_Method="GET")
    assert seen.status in {200, 204}
    assert seen.headers["allow"] == seen.headers["access-control-allow-methods"] == METHODS
    assert (seen.headers["access-control-allow-origin"], seen.headers["access-control-allow-headers"]) == ("*", "*")
    if seen.status == 200:
        assert list(json.loads(seen.body)) == ["name", "description", "renders", "parses"]


def test_options_tell_of_the_view_where_the_server_can(site: Site) -> None:
    seen = site.ask("/api/v4/packages/7/", "OPTIONS")
    if site.name == "apache":
        assert (seen.status, seen.body) == (204, b"")
    else:
        assert (seen.status, json.loads(seen.body)["name"]) == (200, "Package Instance")


# Slashes.


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v4", "/api/v4/packages", "/api/v4/packages/7", "/api/v3/grids/wide/packages", "/api/browse"),
        *("/packages", "/packages/p/package-7"),
    ],
)
@pytest.mark.parametrize("query", ["", "?limit=20&offset=20", "?a=/b&c=%2F"])
def test_a_missing_slash_is_a_relative_redirect_that_keeps_the_query(site: Site, path: str, query: str) -> None:
    seen = site.ask(path + query, X_Forwarded_Proto="https", Host="example.org")
    assert (seen.status, seen.headers["location"]) == (301, f"{site.prefix}{path}/{query}")
    if path.startswith("/api"):
        assert seen.headers["access-control-allow-origin"] == "*"


def test_the_path_of_the_site_may_lack_its_slash(site: Site) -> None:
    if not site.prefix:
        assert site.ask("").status == 200
        return
    seen = site.ask("?a=b")
    assert (seen.status, seen.headers["location"]) == (301, f"{site.prefix}/?a=b")
    for path in ("/api/v4/", "/packages/", f"/_host/{site.name}/site.conf", f"/{place.MARKER}", "/axb/packages/"):
        other = ask(site.address, path)
        assert other.status in {403, 404} or not other.body, path


@pytest.mark.parametrize("path", WAYS_OUT)
def test_no_redirect_leads_to_another_host(site: Site, path: str) -> None:
    assert leads_on(site.ask(path).headers.get("location", "/x/"))


# Pages for browsers.


@pytest.mark.parametrize(
    "path", ["/api/v4/", "/api/v4/packages/", "/api/v4/packages/?offset=20", "/api/v4/grids/wide/"]
)
def test_a_browser_gets_a_page_and_all_others_json(site: Site, path: str) -> None:
    page = site.ask(path, Accept=BROWSER)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.body == site.file("api/browse/index.html")
    assert "accept" in page.vary
    for accept in ("*/*", "application/json", "text/html, application/json", ""):
        seen = site.ask(path, Accept=accept)
        assert (seen.status, seen.media_type) == (200, "application/json"), accept
        assert "accept" in seen.vary
    asked = site.ask(f"{path}{'&' if '?' in path else '?'}format=json", Accept=BROWSER)
    assert (asked.status, asked.media_type) == (200, "application/json")


def test_the_page_has_an_address_of_its_own_and_no_other_form_is_one(site: Site) -> None:
    assert site.ask("/api/browse/").headers["content-type"] == "text/html; charset=utf-8"
    for path in (
        "/api/v4/packages/7.json",
        "/api/v4/packages.json",
        "/api/v3/packages/",
        "/api/data/v1/freshness.json",
    ):
        assert site.ask(path, Accept=BROWSER).media_type == "application/json", path


@pytest.mark.parametrize("name", SERVERS)
def test_without_that_page_a_browser_gets_json(name: str) -> None:
    host = host_named(name)
    need(host)
    with open_folder() as folder:
        out = built(host, folder)
        (out / "api/browse/index.html").unlink(missing_ok=True)
        with program.running(host, out) as address:
            for path in ("/api/v4/", "/api/v4/packages/", "/api/v4/packages/7/"):
                assert ask(address, path, Accept=BROWSER).media_type == "application/json"
            seen = ask(address, "/api/browse/")
            assert (seen.status, seen.media_type) == (404, "application/json")


@pytest.mark.parametrize("name", SERVERS)
def test_no_form_of_an_address_is_taken_for_the_other_of_the_same_size_and_time(name: str) -> None:
    host = host_named(name)
    need(host)
    configuration = list(host.configuration(Urls("https://example.org"), host.choices))
    with open_folder() as folder:
        out = folder / "site"
        files = {"api/v4/packages/1/index.json": b'{"a":0}', "api/browse/index.html": b"<p>page"}
        write([*files.items(), *configuration], out)
        for file in files:
            os.utime(out / file, (1_700_000_000, 1_700_000_000))
        with program.running(host, out) as address:
            for first, second in (("*/*", BROWSER), (BROWSER, "*/*")):
                had = ask(address, "/api/v4/packages/1/", Accept=first).headers
                known = {"If_None_Match": had.get("etag", '"x"'), "If_Modified_Since": had.get("last-modified", "")}
                for one in (dict([item]) for item in known.items()):
                    other = ask(address, "/api/v4/packages/1/", Accept=second, **one)
                    assert other.status == 200, one
                    assert other.body == files["api/browse/index.html" if second == BROWSER else next(iter(files))]


# Compression.


@pytest.mark.parametrize("path", ["/api/v4/packages/", "/packages/", "/assets/site.css", "/api/v4/packages.json"])
def test_a_compressed_sibling_is_served_to_who_takes_it(site: Site, path: str) -> None:
    plain = site.ask(path)
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.vary
    seen = site.ask(path, Accept_Encoding="gzip")
    assert seen.headers["content-encoding"] == "gzip"
    assert gzip.decompress(seen.body) == plain.body
    assert len(seen.body) < len(plain.body)
    both = site.ask(path, Accept_Encoding="gzip, deflate, br")
    if site.name == "nginx":  # brotli is a module of its own there
        assert both.headers["content-encoding"] == "gzip"
    else:
        assert both.headers["content-encoding"] == "br"
        assert brotli.decompress(both.body) == plain.body
    for answer in (seen, both):
        assert answer.headers["content-type"] == plain.headers["content-type"]
        assert "content-language" not in answer.headers
        assert "accept-encoding" in answer.vary
        assert answer.headers["etag"] != plain.headers["etag"]
        again = site.ask(path, Accept_Encoding="gzip, deflate, br", If_None_Match=both.headers["etag"])
        assert again.status == 304
    assert "content-encoding" not in site.ask(path, Accept_Encoding="gzip;q=0, br;q=0").headers


def test_a_small_answer_is_not_compressed(site: Site) -> None:
    assert "content-encoding" not in site.ask("/api/v4/", Accept_Encoding="gzip, br").headers


# Changes.


@pytest.mark.parametrize("name", SERVERS)
def test_a_change_of_one_byte_is_seen_at_once_under_the_running_server(name: str) -> None:
    host = host_named(name)
    need(host)
    configuration = list(host.configuration(Urls("https://example.org"), host.choices))
    with open_folder() as folder:
        out = folder / "site"

        def put(body: bytes) -> None:
            write([("api/v4/packages/1/index.json", body), ("index.html", b"home"), *configuration], out)

        put(b'{"a":0}')
        with program.running(host, out) as address:
            tags: list[str] = []
            for number in range(4):
                put(b'{"a":%d}' % number)
                seen = ask(address, "/api/v4/packages/1/", **({"If_None_Match": tags[-1]} if tags else {}))
                assert (seen.status, seen.body) == (200, b'{"a":%d}' % number)
                tags.append(seen.headers["etag"])
                assert ask(address, "/api/v4/packages/1/", If_None_Match=tags[-1]).status == 304
            assert len(set(tags)) == len(tags)


# What is written.


@pytest.mark.parametrize("name", SERVERS)
def test_the_configuration_is_the_same_each_time_and_lies_in_its_folder(name: str) -> None:
    host, site = host_named(name), Urls("https://example.org/packages")
    files = dict(host.configuration(site, host.choices))
    assert files == dict(host.configuration(site, host.choices))
    assert all(path.startswith(f"_host/{name}/") for path in files)
    assert sum(b"/site/_host/" in body for body in files.values()) == 1  # the example
    assert b"example.org" in b"".join(files.values())
    without = dict(host.configuration(site, Choices(v3=False)))
    assert not [path for path, body in without.items() if b"/api/v3/" in body]


@pytest.mark.parametrize(("name", "line"), [("nginx", b"server_name e.org;"), ("apache", b"ServerName e.org\n")])
def test_the_name_of_a_server_has_no_port(name: str, line: bytes) -> None:
    host = host_named(name)
    assert line in b"".join(dict(host.configuration(Urls("http://e.org:8080"), host.choices)).values())


@pytest.mark.parametrize("name", SERVERS)
def test_a_path_that_a_configuration_might_read_otherwise_is_refused(name: str) -> None:
    host = host_named(name)
    for path in ("/a$b", "/a{b}", "/a;b", "/%41", "/a(b)", "/a+b", "/a'b"):
        with pytest.raises(SiteError, match="may stand in it"):
            list(host.configuration(Urls(f"https://example.org{path}"), host.choices))
