"""For each check there is a host that fails it: the ideal one, but for one thing."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from ideal import Ideal, compact
from loopback import Answer, Loopback, Request, serving
from made import many

from builder import urls
from builder.choices import Query
from builder.outputs import HTML, JSON
from builder.upstreams.transport.plain import Plain
from builder.verify import CHECKS, Failed, Passed, name_of, promises, run
from builder.verify.live import Live

GENERATION = "1" * 64
Fault = Callable[[Request, Answer], Answer]


@pytest.fixture(scope="module")
def ideal() -> Iterator[tuple[Loopback, Ideal]]:
    """Give a server of the model, below a path."""
    with serving() as server:
        yield server, Ideal(many(45, base_url=f"{server.url}/below"))


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    made = Plain("verify (+https://example.org/contact)")
    yield made
    made.close()


def at(pattern: str, change: Fault, method: str = "GET") -> Fault:
    """Give a fault in the answers to the targets (path and query) that a pattern fits."""

    def fault(request: Request, answer: Answer) -> Answer:
        target = request.path + (f"?{request.query}" if request.query else "")
        fits = request.method == method and re.search(pattern, target.removeprefix("/below"))
        return change(request, answer) if fits else answer

    return fault


def headers(**changed: str | None) -> Fault:
    return lambda _, answer: answer.having(**changed)


def status(number: int) -> Fault:
    return lambda _, answer: replace(answer, status=number)


def body(new: bytes) -> Fault:
    return lambda _, answer: replace(answer, body=new) if answer.status != 304 else answer


def edited(edit: Callable[[Any], Any]) -> Fault:
    """Give a fault in the JSON of an answer, its tag and coding left as they are."""

    def fault(_: Request, answer: Answer) -> Answer:
        return replace(answer, body=compact(edit(json.loads(answer.body)))) if answer.body[:1] in b"{[" else answer

    return fault


def always(new: Answer) -> Fault:
    return lambda _request, _answer: new


def tagless(request: Request, answer: Answer) -> Answer:
    """Forget the tag, and so never answer 304."""
    return answer if request.headers.get("if-none-match") is None else replace(answer, status=200)


def redirected(make: Callable[[str], str]) -> Fault:
    """Change where a redirect leads."""
    return lambda _, answer: (
        answer.having(location=make(answer.header("location") or "")) if answer.status == 301 else answer
    )


ITEM = r"^/api/v4/packages/\d+/$"
SLUG = r"^/api/v4/packages/package-\d+/$"
LIST = r"^/api/v4/packages/$"
API = r"^/api/"
MISSING = r"^/api/v4/.*(no-such|999999999)"
LOOP = r"^/api/v4/packages/\?limit=20&offset=20"
PAGE = always(Answer(404, {"Content-Type": HTML}, b"<!doctype html><p>Not here</p></html>"))


def unnamed(found: dict[str, Any]) -> dict[str, Any]:
    """Take the format out of links."""
    return {key: re.sub("format=json&?", "", link) if isinstance(link, str) else link for key, link in found.items()}


def headers_and_page(_: Request, answer: Answer) -> Answer:
    return replace(answer.having(content_type=HTML), body=b"<pre>")


FAULTS: list[tuple[str, Fault]] = [
    ("generation", at("/generation.json$", edited(lambda told: told | {"generation": "2" * 64}))),
    ("generation", at("/generation.json$", edited(lambda told: told | {"generation": ""}))),
    ("base-url", at("^/api/v4/$", edited(lambda root: root | {"grids": "https://elsewhere.example/api/v4/grids/"}))),
    ("base-url", at("^/api/v4/$", edited(lambda root: dict(reversed(root.items()))))),
    ("api-types", at(ITEM, headers(content_type="text/plain"))),
    ("api-types", at(SLUG, headers(content_type=None))),
    ("api-types", at("^/api/v4/$", body(b"packages"))),
    ("types-fit", at("no-such-thing/$", always(Answer(404, {"Content-Type": JSON}, b"\n<p>Not here")))),
    ("types-fit", at("^/no-such-page/$", headers(content_type=JSON))),
    ("types-fit", at(ITEM, headers(content_type=HTML))),
    ("cors", at(ITEM, headers(access_control_allow_origin=None))),
    ("cors", at(LIST, headers(access_control_allow_origin="*, *"))),
    (
        "cors-not-modified",
        lambda _, answer: headers(access_control_allow_origin=None)(_, answer) if answer.status == 304 else answer,
    ),
    ("cors-not-found", at(MISSING, headers(access_control_allow_origin=None))),
    ("cors-redirect", at(r"packages/\d+$", headers(access_control_allow_origin=None))),
    ("cors-redirect", at(r"packages/\d+$", headers(access_control_allow_origin="https://e.org"))),
    ("cors-preflight", at(ITEM, headers(access_control_allow_origin=None), "OPTIONS")),
    ("cors-preflight", at(ITEM, status(403), "OPTIONS")),
    ("nosniff", at(ITEM, headers(x_content_type_options=None))),
    ("cache-control", at(ITEM, headers(cache_control="no-store"))),
    ("etag", at(ITEM, headers(etag=None))),
    ("etag", tagless),
    (
        "etag",
        lambda request, answer: replace(answer, status=304, body=b"") if "if-none-match" in request.headers else answer,
    ),
    ("compression", at(LIST, headers(vary="Accept"))),
    ("compression", at(LIST, headers(content_encoding=None))),
    (
        "compression",
        at(
            LIST,
            lambda request, answer: (
                replace(answer, body=gzip.compress(b"[]")) if request.headers["accept-encoding"] == "gzip" else answer
            ),
        ),
    ),
    (
        "compression",
        at(
            LIST,
            lambda request, answer: (
                replace(answer, body=b"no gzip") if request.headers["accept-encoding"] == "gzip" else answer
            ),
        ),
    ),
    (
        "compression",
        lambda request, answer: (
            replace(answer, status=200) if request.headers.get("accept-encoding") == "gzip" else answer
        ),
    ),
    (
        "compression-br",
        at(
            LIST,
            lambda request, answer: (
                answer.having(content_encoding="br", vary=None)
                if request.headers["accept-encoding"] == "br"
                else answer
            ),
        ),
    ),
    (
        "compression-br",
        at(
            LIST,
            lambda request, answer: (
                answer.having(content_encoding="zstd") if request.headers["accept-encoding"] == "br" else answer
            ),
        ),
    ),
    ("head", at(ITEM, status(405), "HEAD")),
    ("head", at(ITEM, headers(content_type="text/plain"), "HEAD")),
    ("head", at(LIST, headers(content_length="1"), "HEAD")),
    ("head", at(LIST, headers(etag=None), "HEAD")),
    ("options", at(ITEM, status(405), "OPTIONS")),
    ("options", at(ITEM, headers(allow="GET"), "OPTIONS")),
    ("post-refused", at(ITEM, status(200), "POST")),
    ("post-refused", at(ITEM, status(403), "POST")),
    ("post-refused", at(ITEM, headers(allow=None), "POST")),
    ("post-refused-in-words", at(ITEM, body(b""), "POST")),
    ("post-refused-in-words", at(ITEM, headers(content_type=HTML), "POST")),
    ("slash", at(SLUG, status(301))),
    ("slash", at(r"^/api/v4/categories/\d+/$", status(404))),
    ("slashless", at(r"packages/\d+$", status(404))),
    ("slashless", at(r"packages/\d+$", always(Answer(200, {}, b"{}")))),
    ("slashless", redirected(lambda place: place.removesuffix("/") + "/index.json")),
    ("slashless", redirected(lambda place: place.removeprefix("/below"))),
    ("slashless", redirected(lambda _place: "http://[broken")),
    ("slashless", redirected(lambda place: f"https://127.0.0.1{place}")),
    ("slashless-relative", redirected(lambda place: f"http://127.0.0.1{place}")),
    ("slashless-relative", redirected(lambda place: f"//127.0.0.1{place}")),
    ("slashless-query", redirected(lambda place: place.partition("?")[0])),
    ("no-way-out", at("^/%2fpackages$", always(Answer(301, {"Location": "//packages/"})))),
    ("no-way-out", at("^/%2fpackages$", always(Answer(301, {"Location": "/\\packages/"})))),
    ("no-way-out", at("^//verify", always(Answer(302, {"Location": "https://verify.example/"})))),
    ("no-way-out", at("^//verify", always(Answer(302, {"Location": "http://[broken"})))),
    ("id-and-slug", at(SLUG, edited(lambda item: item | {"title": "Another"}))),
    ("id-and-slug", at("^/api/v4/grids/all/$", status(404))),
    ("item-as-listed", at(ITEM, edited(lambda item: item | {"repo_watchers": -1}))),
    ("links", at(ITEM, edited(lambda item: item | {"category": re.sub(r"\d+/$", "apps/", item["category"])}))),
    ("links", at(ITEM, edited(lambda item: item | {"category": "https://elsewhere.example/api/v4/categories/1/"}))),
    ("links", at(r"^/api/v4/categories/\d+/$", status(404))),
    ("suffix", at(r"packages/\d+\.json$", status(404))),
    (
        "suffix",
        at(r"packages/package-\d+\.json$", edited(lambda item: item | {"category": item["category"][:-5] + "/"})),
    ),
    ("suffix-list", at("packages.json", status(404))),
    ("suffix-list", at("packages.json", edited(lambda page: page | {"results": page["results"][1:]}))),
    ("suffix-types", at(r"packages/\d+\.json$", headers(content_type="text/plain"))),
    ("format-json", at("format=json", always(Answer(200, {"Content-Type": HTML}, b"<pre>")))),
    ("format-follows", at("^/api/v4/[?]format=json", edited(unnamed))),
    ("format-follows", at("packages/[?]format=json$", edited(unnamed))),
    ("format-follows", at("packages/[?]format=json&", headers_and_page)),
    (
        "walk-packages",
        at("^/api/v4/packages/", edited(lambda page: page | {"count": 44} if "results" in page else page)),
    ),
    ("walk-packages", at(r"offset=20", edited(lambda page: page | {"count": 46}))),
    ("walk-packages", at(r"offset=40", edited(lambda page: page | {"next": None, "results": page["results"][1:]}))),
    ("walk-packages", at(r"offset=20", edited(lambda page: page | {"next": page["previous"]}))),
    ("walk-packages", at(LOOP, edited(lambda page: page | {"results": page["results"][:1] * 20}))),
    ("walk-packages", at(LOOP, edited(lambda page: page | {"next": "https://elsewhere.example/"}))),
    ("walk-packages", at(LOOP, edited(lambda page: page["results"]))),
    ("walk-packages", at(LOOP, edited(lambda page: page | {"next": 7}))),
    ("walk-packages", at(LOOP, edited(lambda page: page | {"results": [{}]}))),
    ("walk-grids", at("^/api/v4/grids/$", edited(lambda page: page | {"count": 2}))),
    ("walk-categories", at("^/api/v4/categories/$", edited(lambda page: page | {"results": []}))),
    (
        "pages-differ",
        at(
            LOOP,
            edited(lambda page: page | {"results": [{"id": page["results"][0]["id"] + 20}, *page["results"][1:]]}),
        ),
    ),
    ("pages-differ", at(LIST, edited(lambda page: page | {"next": None}))),
    ("default-pages", at("offset=20&limit=20", edited(lambda page: page | {"results": page["results"][::-1]}))),
    ("default-pages", at("[?]offset=20$", edited(lambda page: page | {"previous": page["previous"] + "&offset=0"}))),
    ("default-pages", at("limit=20$", edited(lambda page: page | {"next": None}))),
    ("any-page", at("limit=7&offset=3", edited(lambda page: page | {"results": page["results"][1:]}))),
    ("any-page", at("limit=2&offset=1", edited(lambda page: page | {"previous": None}))),
    ("any-page", at("offset=100000000", status(404))),
    ("any-page", at("offset=100000000", edited(lambda page: page | {"previous": None}))),
    ("odd-pages", at("limit=0", edited(lambda page: page | {"results": []}))),
    ("odd-pages", at("offset=-1", status(400))),
    ("no-wrong-page", at("limit=7&offset=3", edited(lambda page: page | {"results": page["results"][1:]}))),
    ("not-found", at(MISSING, status(200))),
    ("not-found", at("^/no-such-page/$", status(200))),
    ("not-found-json", at(MISSING, PAGE)),
    ("not-found-json", at(MISSING, headers(content_type=HTML))),
    ("not-found-words", at("grids/no-such", body(b'{"detail":"Not found."}'))),
    ("not-found-page", at("^/packages/p/no-such", always(Answer(404, {"Content-Type": JSON}, b"{}")))),
    ("not-found-page", at("^/packages/p/no-such", body(b"<p>404"))),
    ("not-found-page", at("^/packages/p/no-such", body(b"<html>another</html>"))),
    ("hidden", at("^/[.]static-packages$", always(Answer(200, {}, b"marker")))),
    ("hidden", at("^/_host/", always(Answer(301, {"Location": "/_host/index.html"})))),
    ("gone", at("^/api/v1/", status(404))),
    ("gone", at("^/api/v1/package/", body(b'{"detail":"Not found."}'))),
    ("search", at("/search/", body(b"[]"))),
    ("search", at("/search/[?]q=package", edited(lambda found: found * 21))),
    ("search", at("/search/[?]q=package", edited(lambda found: [found[0] | {"slug": "another"}]))),
    ("search", at("/search/[?]q=package", edited(lambda found: [{"slug": found[0]["slug"]}]))),
    ("search", at("/search/[?]q=$", body(b"[{}]"))),
    ("search-index", at("data/v1/search", status(404))),
    ("v3-root", at("^/api/v3/$", body(b"[]"))),
    (
        "v3-walk-packages",
        at("^/api/v3/packages/.*offset=20", edited(lambda page: page | {"objects": page["objects"][:1] * 20})),
    ),
    ("v3-walk-packages", at("^/api/v3/packages/$", edited(lambda page: {"objects": page["objects"], "meta": {}}))),
    ("v3-walk-grids", at("^/api/v3/grids/$", edited(lambda page: page | {"objects": []}))),
    ("v3-walk-categories", at("^/api/v3/categories/$", status(404))),
    ("v3-counts", at("^/api/v3/grids/$", edited(lambda page: page | {"meta": page["meta"] | {"total_count": 9}}))),
    ("v3-items", at("^/api/v3/packages/package-", status(301))),
    ("v3-items", at("^/api/v3/grids/all/", edited(lambda item: {"id": 1} | item))),
    ("v3-not-found", at("^/api/v3/packages/no-such", body(b'{"detail":"Not found."}'))),
    ("v3-not-found", at("^/api/v3/grids/no-such", status(200))),
    ("v3-post-refused", at("^/api/v3/packages/$", status(403), "POST")),
    ("v3-post-refused", at("^/api/v3/packages/package-", body(b'{"detail":"Not allowed."}'), "POST")),
    ("v3-limit-0", at("^/api/v3/packages/[?]limit=0", edited(lambda page: page | {"objects": [{}]}))),
    (
        "v3-limit-0",
        at("^/api/v3/packages/[?]limit=0", edited(lambda page: page | {"meta": page["meta"] | {"total_count": 0}})),
    ),
    ("pages", at("^/packages/p/package-", status(404))),
    ("pages", at("^/grids/$", headers(content_type=JSON))),
    ("pages", at("^/$", body(b"<html></html>"))),
    ("assets", at("site.css", headers(content_type="text/plain"))),
    ("assets", at("^/$", body(b"<html><title>x</title></html>"))),
    (
        "browsable",
        lambda request, answer: (
            answer.having(vary="Accept-Encoding") if request.headers.get("accept") == "*/*" else answer
        ),
    ),
    (
        "browsable",
        lambda request, answer: answer.having(content_type=JSON) if "html" in request.headers["accept"] else answer,
    ),
    ("feeds", at("^/$", body(b"<html><title>x</title></html>"))),
    ("feeds", at("rss.xml$", headers(content_type="application/octet-stream"))),
    ("feeds", at("rss.xml$", body(b"<!doctype html><p>Not here"))),
    ("feeds", at("sitemap.xml$", headers(content_type=HTML))),
    ("feed-folders", at("/rss/$", headers(content_type=HTML))),
    ("feed-folders", at("/rss/$", body(b"<?xml?><other/>"))),
    ("robots", at("robots.txt$", headers(content_type=HTML))),
    ("robots", at("robots.txt$", body(b"User-agent: *\n"))),
]


LESS: list[tuple[Query, str, Fault]] = [
    (Query.IGNORED, "no-wrong-page", at("limit=7", edited(lambda page: page | {"results": page["results"][3:10]}))),
    (Query.IGNORED, "no-wrong-page", at(LIST, edited(lambda page: page | {"next": "https://e.org/?offset=20"}))),
    (Query.IGNORED, "no-wrong-page", at(LIST[:-1], edited(lambda page: page | {"next": "https://e.org/?offset=20"}))),
    (Query.IGNORED, "search", at("/search/", body(b"[]"))),
    (Query.IGNORED, "search", at("/search/", body(b'{"detail":"Not found."}'))),
    (Query.IGNORED, "walk-packages", at(LIST, edited(lambda page: page | {"results": page["results"][1:]}))),
    (Query.IGNORED, "pages-differ", at(LIST, edited(lambda page: page | {"results": page["results"][:20]}))),
    (Query.MAPPED, "no-wrong-page", at("limit=7", body(b"{}"))),
    (Query.MAPPED, "no-wrong-page", at("limit=7", always(Answer(501, {"Content-Type": HTML}, b"<p>No")))),
    (Query.MAPPED, "no-wrong-page", at("limit=7", lambda _, answer: replace(answer, status=200))),
    (Query.MAPPED, "default-pages", at("offset=20&limit=20", status(501))),
]


@pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(FAULTS)])
def test_every_check_can_fail(ideal: tuple[Loopback, Ideal], plain: Plain, name: str, fault: Fault) -> None:
    server, app = ideal
    found = outcome(server, app, plain, name, fault)
    assert isinstance(found, Failed), found
    assert str(found).startswith(f"{found.request}: expected {found.expected}; saw {found.seen}.")
    assert app.base in found.request
    assert found.expected
    assert found.seen


def test_what_changed_since_the_first_get_is_no_fault_of_head(ideal: tuple[Loopback, Ideal], plain: Plain) -> None:
    """Apache's tag of a file is weak until the file is a second old."""
    asked: Counter[tuple[str, str]] = Counter()

    def young(request: Request, answer: Answer) -> Answer:
        asked[request.method, request.path] += 1
        is_first = request.method == "GET" and asked["GET", request.path] == 1
        return answer.having(etag='W/"young"') if is_first else answer

    assert isinstance(outcome(*ideal, plain, "head", young), Passed)
    assert {number for (method, _), number in asked.items() if method == "GET"} == {2}


@pytest.mark.parametrize(("query", "name", "fault"), LESS, ids=[f"{name}-{n}" for n, (_, name, _) in enumerate(LESS)])
def test_hosts_that_promise_less_can_fail_too(plain: Plain, query: Query, name: str, fault: Fault) -> None:
    with serving() as server:
        app = Ideal(many(45, base_url=server.url), query=query)
        assert isinstance(outcome(server, app, plain, name, lambda _, answer: answer), Passed)
        assert isinstance(outcome(server, app, plain, name, fault), Failed)


def outcome(server: Loopback, app: Ideal, plain: Plain, name: str, fault: Fault) -> object:
    server.app = lambda request: fault(request, app(request))
    [check] = [check for check in CHECKS if name_of(check) == name]
    promised = promises.told(app.bodies[urls.DATA_GENERATION])
    assert promised is not None
    return run(check, Live(app.base, plain, promised, GENERATION)).outcome


def test_there_is_such_a_host_for_every_check() -> None:
    assert {name for name, _ in FAULTS} == {name_of(check) for check in CHECKS}
