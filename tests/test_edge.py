"""The edge module in Node: each recorded answer of the original to the byte, and what no recording says."""

import json
import time
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

import edge_world as world
import pytest
from edge_programs import Module
from hypothesis import given
from hypothesis import strategies as st

from builder.api import edge
from builder.hosts import rules

PACKAGE = "/api/v4/packages/359/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NOT_FOUND = '{"detail":"Not found."}'


@pytest.fixture(scope="module")
def node() -> Iterator[Module]:
    """Run Node, over the world of the recording."""
    with Module() as running:
        running.hold({output.route: output.body.decode() for output in world.outputs()})
        yield running


@pytest.fixture(scope="module")
def other() -> Iterator[Module]:
    """Run a Node for files of the tests' own."""
    with Module() as running:
        yield running


def is_revalidation(recorded: world.Recorded) -> bool:
    """Tell the requests that the original answers in full, since it gives no tag, and a static host does not."""
    return "If-None-Match" in recorded.headers


@pytest.mark.parametrize("recorded", world.recorded(), ids=lambda found: f"{found.method} {found.path}")
def test_a_recorded_answer_is_given_to_the_byte(node: Module, recorded: world.Recorded) -> None:
    answer = node.ask(recorded.path, recorded.method, recorded.headers)
    assert answer.reads <= 50
    if is_revalidation(recorded):
        assert (answer.status, answer.body) == (304, "")
    else:
        assert (answer.status, answer.body) == (recorded.status, recorded.body)
        assert answer.headers["content-type"] == "application/json"


def test_the_recording_is_whole() -> None:
    assert len(world.recorded()) == 409
    assert sum(map(is_revalidation, world.recorded())) == 3


# Headers.


@pytest.mark.parametrize(
    "path", [PACKAGE, "/api/v4/packages/", "/api/v4/packages/nope/", "/api/v3/packages/", "/api/v1/"]
)
def test_headers_of_every_answer(node: Module, path: str) -> None:
    headers = node.ask(path).headers
    assert {name: headers.get(name.lower()) for name in rules.API_HEADERS} == rules.API_HEADERS


def test_a_preflight_is_granted(node: Module) -> None:
    headers = node.ask(
        PACKAGE, "OPTIONS", {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    ).headers
    assert {name: headers.get(name.lower()) for name in rules.PREFLIGHT_HEADERS} == rules.PREFLIGHT_HEADERS


@pytest.mark.parametrize("path", [PACKAGE, "/api/v4/packages/?limit=2", "/api/v3/grids/"])
def test_a_tag_is_that_of_the_bytes_and_saves_them(node: Module, path: str) -> None:
    tag = node.ask(path).headers["etag"]
    assert tag == node.ask(path, "HEAD").headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = node.ask(path, headers={"If-None-Match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, "", tag)
    assert node.ask(path, headers={"If-None-Match": '"x"'}).status == 200
    assert node.ask("/api/v4/packages/?limit=3").headers["etag"] != tag


def test_errors_have_no_tag(node: Module) -> None:
    answer = node.ask("/api/v4/packages/nope/", headers={"If-None-Match": "*"})
    assert (answer.status, "etag" in answer.headers) == (404, False)


# Addresses.


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api/v4/packages", "/api/v4/packages/"),
        ("/api/v4/packages?limit=2&x=a+b", "/api/v4/packages/?limit=2&x=a+b"),
        ("/api/v4/packages/359", "/api/v4/packages/359/"),
        ("/api/v4/packages/not%20there", "/api/v4/packages/not%20there/"),
        ("/api/v4/search?q=x", "/api/v4/search/?q=x"),
        ("/api/v3/grids/messaging/packages", "/api/v3/grids/messaging/packages/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_slash_that_is_missing(node: Module, path: str, location: str, method: str) -> None:
    answer = node.ask(path, method)
    assert (answer.status, answer.headers["location"], answer.body) == (301, location, "")


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/api/v4/nope/", 404, NOT_FOUND),
        ("/api/v4/nope", 404, NOT_FOUND),
        ("/api/v4/packages/a.b.json", 404, NOT_FOUND),
        ("/api/v4/packages/359.JSON", 404, NOT_FOUND),
        ("/api/v4/packages/359.xml", 404, NOT_FOUND),
        ("/api/v4/packages/%ff/", 404, '{"detail":"No Package matches the given query."}'),
        ("/api/v4/packages/__proto__/", 404, '{"detail":"No Package matches the given query."}'),
        ("/api/v4/packages/a%00b/", 404, NOT_FOUND),
        (f"/api/v4/packages/{'9' * 4301}/", 404, NOT_FOUND),
        ("/api/v4/categories/1_0/", 404, '{"detail":"No Category matches the given query."}'),
        ("/api/v3/nope/", 404, '{"error": 404, "message": "Not found."}'),
        ("/api/v3/users/", 404, '{"error": 404, "message": "Not found."}'),
        ("/api/v3/users/somebody/", 404, '{"error": 404, "message": "Not found."}'),
        ("/api/v3/packages/django-messages/packages/", 404, '{"error": 404, "message": "Not found."}'),
        ("/api/v3/packages/__proto__/", 404, '{"error": 404, "message": "No Package matches the given query."}'),
        ("/api/v3/grids/nope/packages/", 404, '{"error": 404, "message": "No Grid matches the given query."}'),
        ("/api/v1/packages/", 410, '{"detail":"API v1 is gone. API v4 is at /api/v4/."}'),
        ("/api/nope", 404, NOT_FOUND),
    ],
)
def test_what_is_not_there(node: Module, path: str, status: int, body: str) -> None:
    answer = node.ask(path)
    assert (answer.status, answer.body) == (status, body)


def test_v3_is_not_there_where_a_build_leaves_it_out(other: Module) -> None:
    files = small({"v4/packages": ['{"id":1}']})
    index = json.loads(files["/api/edge/index.json"]) | {"v3": False}
    slugs = {"/api/edge/slugs/packages/0.json": '{"one":[1,null]}', "/api/v4/packages/1/": '{"id":1}'}
    other.hold(files | slugs | {"/api/edge/index.json": json.dumps(index)})
    for path in ("/api/v3/", "/api/v3/packages/", "/api/v3/packages/one/"):
        answer = other.ask(path)
        assert (answer.status, answer.body) == (404, '{"error": 404, "message": "Not found."}')
    assert other.ask("/api/v4/packages/one/").body == '{"id":1}'


def test_a_verb_that_writes_is_refused_by_v3_too(node: Module) -> None:
    answer = node.ask("/api/v3/packages/", "POST")
    assert (answer.status, answer.body) == (405, '{"error": 405, "message": "Method \\"POST\\" not allowed."}')


def test_a_slug_has_the_body_of_its_id(node: Module) -> None:
    assert node.ask("/api/v4/packages/django-messages/?format=json").body == node.ask(f"{PACKAGE}?format=json").body
    assert node.ask("/api/v4/packages/django-messages.json").body == node.ask("/api/v4/packages/359.json").body


def test_a_suffix_and_a_format_end_each_link(node: Module) -> None:
    assert node.ask("/api/v4/packages/359.json?format=json").json["grids"] == [
        "https://djangopackages.org/api/v4/grids/45.json?format=json"
    ]
    assert node.ask("/api/v4/.json/").json["search"] == "https://djangopackages.org/api/v4/search.json"


def test_a_text_that_looks_like_links_is_left_alone(other: Module) -> None:
    text = 'x/" ,"packages":["https://a/"],"id":1'
    item = json.dumps(
        {"id": 1, "title": text, "description": text, "packages": ["https://h/api/v4/packages/1/"], "header": text}
    )
    files = small({"v4/grids": [item.replace(": ", ":").replace(", ", ",")]})
    other.hold(files | {"/api/v4/grids/1/": files["/api/edge/v4/grids/0.ndjson"]})
    for answer in (other.ask("/api/v4/grids/1.json").json, other.ask("/api/v4/grids.json").json["results"][0]):
        assert answer["packages"] == ["https://h/api/v4/packages/1.json"]
        assert (answer["title"], answer["description"], answer["header"]) == (
            compact(text),
            compact(text),
            compact(text),
        )


def compact(text: str) -> str:
    return text.replace(": ", ":").replace(", ", ",")


# Forms.


@pytest.mark.parametrize(
    ("accept", "indent"),
    [
        ("application/json; indent=2", 2),
        ("application/json;indent=99", 8),
        ("application/json; indent=0", None),
        ("application/json; indent=-3", None),
        ("application/json; indent=x", None),
        ('application/json; indent="4"', 4),
        ("*/*; indent=4", 4),
        ("text/html;q=0.1, application/json;q=0.2", None),
        ("text/plain, */*", None),
        ("APPLICATION/JSON", None),
        ("*/json", None),
    ],
)
def test_json_is_laid_out_as_asked(node: Module, accept: str, indent: int | None) -> None:
    answer = node.ask(PACKAGE, headers={"Accept": accept})
    separators = (",", ":") if indent is None else (",", ": ")
    expected = json.dumps(node.ask(PACKAGE).json, indent=indent, separators=separators, ensure_ascii=False)
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "application/json", expected)


@pytest.mark.parametrize(
    ("path", "accept", "title"),
    [
        (PACKAGE, BROWSER, "Package Instance"),
        ("/api/v4/packages/?limit=2", BROWSER, "Package List"),
        ("/api/v4/grids/45.api", None, "Grid Instance"),
        ("/api/v4/?format=api", None, "Api Root"),
        (PACKAGE, "text/*", "Package Instance"),
    ],
)
def test_a_browser_gets_a_page(node: Module, path: str, accept: str | None, title: str) -> None:
    answer = node.ask(path, headers={} if accept is None else {"Accept": accept})
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    assert f"<h1>{title}</h1>" in answer.body
    assert f"<code>GET {path}</code>".replace("&", "&amp;") in answer.body
    assert "Nothing yet." not in answer.body
    assert answer.headers["etag"] != node.ask(path).headers["etag"] or accept is None


def test_an_error_is_a_page_too(node: Module) -> None:
    answer = node.ask("/api/v4/packages/nope/", headers={"Accept": BROWSER})
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "HTTP 404 Not Found" in answer.body


def test_links_on_a_page_can_be_followed_and_nothing_runs(other: Module) -> None:
    description = "<script>alert('x')</script> & \"quoted\" https://example.org/"
    item = json.dumps(
        {"id": 1, "html_url": 'https://away.example/"><b>', "text": description, "js": "javascript:alert(1)"}
    )
    other.hold(small({"v4/grids": [item]}) | {"/api/browse/": world.FRAME})
    body = other.ask("/api/v4/grids/?format=api").body
    assert "<script" not in body
    assert 'href="https://away.example/&#34;&gt;&lt;b&gt;" rel="nofollow ugc noopener"' in body
    assert 'href="javascript' not in body
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; \\&#34;quoted\\&#34;" in body


def test_without_the_frame_a_browser_gets_json(other: Module) -> None:
    other.hold(small({"v4/grids": []}))
    answer = other.ask("/api/v4/grids/", headers={"Accept": BROWSER})
    assert (answer.headers["content-type"], answer.json["count"]) == ("application/json", 0)


def test_what_is_too_large_is_not_laid_out(other: Module) -> None:
    other.hold(small({"v4/packages": numbered(4000)}, chunk=100) | {"/api/browse/": world.FRAME})
    plain, laid = "/api/v4/packages/?limit=4000", "/api/v4/packages/?limit=300"
    for path, indent in ((plain, None), (laid, 8)):
        seen = other.ask(path, headers={"Accept": "application/json; indent=8"})
        separators = (",", ":") if indent is None else (",", ": ")
        assert seen.body == json.dumps(other.ask(path).json, indent=indent, separators=separators)
    body = other.ask(plain, headers={"Accept": BROWSER}).body
    assert "There is more than is shown here." in body
    assert body.count('class="key"') < 20_000
    assert "There is more than" not in other.ask(laid, headers={"Accept": BROWSER}).body


def test_a_key_that_comes_often_is_read_in_no_time(other: Module) -> None:
    other.hold(small({"v4/packages": numbered(3)}))
    began = time.monotonic()
    assert other.ask(f"/api/v4/packages/?{'&'.join(['limit=2'] * 60_000)}").json["next"] is not None
    assert time.monotonic() - began < 3


# Searches.


def test_a_search_is_a_bare_array_of_raw_items(node: Module) -> None:
    found = node.ask("/api/v4/search/?q=cms&limit=0")
    assert [item["slug"] for item in found.json] == ["cms"]
    assert found.body.startswith('[{"description":"')
    assert (found.body, found.reads) == (node.ask("/api/v4/search.json?q=zope&q=CMS").body, found.reads)
    for query in ("", "?q=", "?q=%20", "?q=%00", "?q=nothing-of-the-kind"):
        assert node.ask(f"/api/v4/search/{query}").body == "[]"
    assert node.ask("/api/v4/search/?q=cms&format=xml").body == NOT_FOUND


# Pages of lists: whatever stands in the query, the answer is what the original's own language makes of it.

NUMBERS = st.one_of(
    st.integers(-3, 40).map(str),
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(
        [
            "",
            " 5 ",
            "+7",
            "1_0",
            "1__0",
            "\u0664\u0665",
            "²",
            "\U0001d7da\U0001d7d8",
            "0x10",
            "1e3",
            "5\x00",
            "5\x1f",
            "\u2003" + "4",
        ]
    ),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
KEYS = st.lists(
    st.tuples(st.one_of(st.sampled_from(["limit", "offset"]), WORDS), st.one_of(NUMBERS, WORDS)), max_size=5
)
COUNTS = st.integers(0, 45)


def small(lists: Mapping[str, list[str]], base: str = "https://example.org", chunk: int = 4) -> dict[str, str]:
    """Give the files of a small world."""
    index = {
        "base_url": base,
        "page_size": 20,
        "lists": {name: {"count": len(lines), "chunk": chunk} for name, lines in lists.items()},
        "slugs": {"packages": 1, "grids": 1, "categories": 1},
        "v3": True,
        "copies": False,
    }
    files = {"/api/edge/index.json": json.dumps(index)}
    for name, lines in lists.items():
        for start in range(0, len(lines), chunk):
            files[f"/api/edge/{name}/{start // chunk}.ndjson"] = "\n".join(lines[start : start + chunk])
    return files


def numbered(count: int) -> list[str]:
    return [f'{{"n":{n}}}' for n in range(count)]


def as_query(keys: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in keys)


def number(keys: list[tuple[str, str]], name: str, least: int | None) -> int | None:
    """Read a number as the original does: the last one, by int()."""
    values = [value for key, value in keys if key == name]
    try:
        value = int(values[-1])
    except (IndexError, ValueError):
        return None
    return value if least is None or value >= least else None


def link(address: str, query: str, limit: int, offset: int) -> str:
    keys = parse_qs(query, keep_blank_values=True) | {"limit": [str(limit)], "offset": [str(offset)]}
    if offset <= 0:
        del keys["offset"]
    return f"{address}?{urlencode(sorted(keys.items()), doseq=True)}"


@given(COUNTS, KEYS)
def test_v4_pages_are_slices(other: Module, count: int, keys: list[tuple[str, str]]) -> None:
    keys = [(key, value) for key, value in keys if key != "format"]
    other.hold(small({"v4/packages": numbered(count)}, "https://example.org/below"))
    query = as_query(keys)
    assert parse_qsl(query, keep_blank_values=True) == keys
    limit = number(keys, "limit", 1) or 20
    offset = number(keys, "offset", 0) or 0
    address = "https://example.org/below/api/v4/packages/"
    answer = other.ask(f"/below/api/v4/packages/?{query}")
    assert answer.json == {
        "count": count,
        "next": link(address, query, limit, offset + limit) if offset + limit < count else None,
        "previous": link(address, query, limit, offset - limit) if offset > 0 else None,
        "results": [{"n": n} for n in range(count)[offset : offset + limit]],
    }
    assert list(answer.json) == ["count", "next", "previous", "results"]


@given(COUNTS, KEYS)
def test_v3_pages_are_slices(other: Module, count: int, keys: list[tuple[str, str]]) -> None:
    other.hold(small({"v3/grids": numbered(count)}, "https://example.org/below"))
    limit, offset = (
        default if (value := number(keys, name, None)) is None else value
        for name, default in (("limit", 20), ("offset", 0))
    )
    answer = other.ask(f"/below/api/v3/grids/?{as_query(keys)}")
    stop = offset + limit
    if min(offset, stop) < 0 or max(offset, stop) >= 2**63:
        assert (answer.status, answer.body) == (500, '{"error": 500, "message": "An error occurred"}')
        return
    path = f"/below/api/v3/grids/?limit={limit}&offset="
    assert answer.json == {
        "meta": {
            "limit": limit,
            "next": f"{path}{stop}" if stop < count else None,
            "offset": offset,
            "previous": f"{path}{max(offset - limit, 0)}" if offset > 0 else None,
            "total_count": count,
        },
        "objects": [{"n": n} for n in range(count)[offset:stop]],
    }
    assert answer.body == json.dumps(answer.json).replace('{"n": ', '{"n":')


@given(st.text(st.sampled_from("0123456789²①\u0664\u0665\U0001d7d8\U0001d7e1 -+_a"), min_size=1, max_size=4))
def test_keys_of_items_are_read_as_the_original_reads_them(other: Module, key: str) -> None:
    ids = {f"/api/v4/{kind}/{n}/": f'{{"id":{n}}}' for kind in ("grids", "categories") for n in range(1, 60)}
    other.hold(small({}) | ids | {"/api/edge/slugs/grids/0.json": "{}"})
    for kind, noun in (("grids", "Grid"), ("categories", "Category")):
        answer = other.ask(f"/api/v4/{kind}/{quote(key)}/")
        expected: tuple[int, Any] = (404, {"detail": f"No {noun} matches the given query."})
        if kind == "categories" or key.isdigit():
            try:
                found = int(key)
            except ValueError:
                expected = 404, {"detail": "Not found."}
            else:
                expected = (200, {"id": found}) if 1 <= found < 60 else expected
        assert (answer.status, answer.json) == expected


def test_the_digits_that_are_no_decimals_are_all_known(other: Module) -> None:
    others = [chr(n) for n in range(0x110000) if chr(n).isdigit() and unicodedata.category(chr(n)) != "Nd"]
    other.hold(small({}) | {"/api/edge/slugs/grids/0.json": "{}"})
    assert len(others) > 100
    for character in others:
        assert other.ask(f"/api/v4/grids/{quote(character)}/").body == NOT_FOUND, hex(ord(character))


# Limits.


def test_the_largest_answers_stay_within_the_reads_of_the_smallest_plan(other: Module) -> None:
    count = 50_000
    chunk = edge.chunk_size(count)
    lists = {"v4/packages": numbered(count), "v3/packages": numbered(count), "v3/grids": ["{}"]}
    members = list(range(0, count, 7))
    files = small(lists, chunk=chunk)
    other.hold(
        files
        | {"/api/edge/slugs/grids/0.json": '{"all":[1,0]}', "/api/edge/v3/members/grids/all.json": json.dumps(members)}
    )
    whole = other.ask(f"/api/v4/packages/?limit={count}")
    assert (whole.json["next"], len(whole.json["results"]), whole.reads) == (None, count, 41)
    grid = other.ask(f"/api/v3/grids/all/packages/?limit={count}")
    assert [item["n"] for item in grid.json["objects"]] == members
    assert grid.reads == 44


def test_nothing_is_kept_from_one_request_to_the_next(other: Module) -> None:
    other.hold(small({"v4/grids": ['{"a":1}']}))
    assert other.ask("/api/v4/grids/").json["results"] == [{"a": 1}]
    other.hold(small({"v4/grids": ['{"b":2}', '{"c":3}']}, "https://elsewhere.example"))
    assert other.ask("/api/v4/grids/?limit=1").json == {
        "count": 2,
        "next": "https://elsewhere.example/api/v4/grids/?limit=1&offset=1",
        "previous": None,
        "results": [{"b": 2}],
    }


# The page that shows the API, everywhere.


@pytest.mark.parametrize(
    ("route", "site", "url"),
    [
        (PACKAGE, "/", "https://h.example/api/v4/packages/359/"),
        ("/api/v4/packages/?limit=2", "/below/", "https://h.example/below/api/v4/packages/?limit=2"),
        ("/api/../api/x", "/", "https://h.example/api/x"),
        ("/api/../admin", "/", None),
        ("/api/%2e%2e/admin", "/", None),
        ("/packages/", "/", None),
        ("/below/api/", "/below/", None),
        ("//evil.example/api/", "/", None),
        ("/\\evil.example/api/", "/", None),
        ("/@evil.example/api/", "/", None),
        ("https://evil.example/api/", "/", None),
        ("javascript:alert(1)//api/", "/", None),
        ("data:text/html,/api/", "/", None),
        ("", "/", None),
    ],
)
def test_the_page_asks_for_nothing_but_the_api_of_its_own_site(
    other: Module, route: str, site: str, url: str | None
) -> None:
    assert other.tell({"browse": ["allowed", route, site, "https://h.example"]})["value"] == url


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("https://b.example/below/api/v4/grids/1/", {"href": "#/api/v4/grids/1/", "away": False}),
        ("/below/api/v3/grids/x/", {"href": "#/api/v3/grids/x/", "away": False}),
        ("https://elsewhere.example/", {"href": "https://elsewhere.example/", "away": True}),
        ("https://b.example.evil/below/api/", {"href": "https://b.example.evil/below/api/", "away": True}),
        ("javascript:alert(1)", None),
        ("see https://elsewhere.example/", None),
        ("/elsewhere/", None),
    ],
)
def test_where_texts_on_the_page_lead(other: Module, text: str, target: object) -> None:
    assert other.tell({"browse": ["target", text, "/below/", "https://b.example/below"]})["value"] == target
