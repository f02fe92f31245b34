"""The edge module where it really runs: our server in Node, workerd behind Cloudflare's own rules, Netlify's function.

Each is built as `builder build --host` does, and asked over HTTP what was recorded of the original.
"""

import dataclasses
import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import clients
import edge_world as world
import pytest
from edge_programs import Ask, Module, deploy, serving
from folders import tree
from hosted import WAYS_OUT, ask, leads_on, need
from made import many

from builder import making
from builder.catalogue import Catalogue
from builder.errors import SiteError
from builder.hosts import Host, host_named, rules
from builder.hosts.media_types import MEDIA_TYPES, UNKNOWN
from builder.serve import program
from builder.urls import Urls
from builder.write import write

PATIENCE = 60.0  # seconds; a test that waits so long has failed
ITEM = re.compile(r"/api/v4/(packages|grids|categories)/[0-9]+/")
BASE = "https://example.org"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    host = host_named("node")
    with serving(host, deploy(host, world.outputs(), tmp_path_factory.mktemp("node") / "site", world.BASE)) as ask:
        yield ask


@pytest.fixture(scope="module")
def cloudflare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    host = host_named("cloudflare")
    site = deploy(host, world.outputs(), tmp_path_factory.mktemp("cf") / "site", world.BASE)
    before = set(site.rglob("*"))
    with serving(host, site) as ask:
        yield ask
        assert set(site.rglob("*")) == before  # its tool leaves nothing of its own in a site


@pytest.fixture(scope="module")
def netlify(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Run the function that Netlify runs, over the files that it serves; the rules beside it are not run."""
    host = host_named("netlify")
    site = deploy(host, world.outputs(), tmp_path_factory.mktemp("netlify") / "site", world.BASE)
    with Module() as running:
        running.tell({"netlify": str(site)})
        yield running.ask


@pytest.fixture(scope="module")
def many_on_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Give the address of our server over a site with compressed forms, and its folder."""
    host = host_named("node")
    need(host)
    site = tmp_path_factory.mktemp("many") / "site"
    making.make(at_root(many(30)), host, host.choices, site)
    with program.running(host, site) as address:
        yield address, site


RECORDED = [found for found in world.recorded() if "If-None-Match" not in found.headers]
every = pytest.mark.parametrize("recorded", RECORDED, ids=lambda found: f"{found.method} {found.path}")


@every
def test_node_answers_as_the_original(node: Ask, recorded: world.Recorded) -> None:
    answer = node(recorded.path, recorded.method, recorded.headers)
    assert (answer.status, answer.body) == (recorded.status, recorded.body)
    assert answer.headers["content-type"] == "application/json"


@every
def test_netlify_s_function_answers_as_the_original(netlify: Ask, recorded: world.Recorded) -> None:
    answer = netlify(recorded.path, recorded.method, recorded.headers)
    assert (answer.status, answer.body) == (recorded.status, recorded.body)
    assert answer.reads <= 50


@every
def test_cloudflare_answers_as_the_original(cloudflare: Ask, recorded: world.Recorded) -> None:
    """What is a file is Cloudflare's to answer, without the Worker: nothing but its path counts then."""
    answer = cloudflare(recorded.path, recorded.method, recorded.headers)
    path = recorded.path.partition("?")[0]
    if not ITEM.fullmatch(path) or path not in world.details():
        assert (answer.status, answer.body) == (recorded.status, recorded.body)
    elif recorded.method in {"GET", "HEAD"}:
        assert (answer.status, answer.body) == (200, world.details()[path] if recorded.method == "GET" else "")
        assert "allow" not in answer.headers, "the Worker has answered for a file"
    else:
        assert answer.status == 405
    assert recorded.method not in {"GET", "HEAD"} or answer.headers["content-type"] == "application/json"


# What a site that was built answers to those who use it.


def at_root(made: Catalogue) -> Catalogue:
    """Give a catalogue whose site has a domain of its own."""
    return dataclasses.replace(made, settings=made.settings.model_copy(update={"base_url": BASE}))


@pytest.fixture(scope="module", params=["node", "netlify", "cloudflare"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Build 230 packages for a host, and run its program."""
    made = at_root(many(230))
    host = host_named(request.param)
    site = tmp_path_factory.mktemp(request.param) / "site"
    making.make(made, host, host.choices, site)
    with serving(host, site) as ask:
        yield ask


SLUGS = {f"package-{n}" for n in range(230)}


@pytest.mark.parametrize("client", clients.CLIENTS, ids=lambda client: client.__name__)
def test_every_known_client_comes_to_an_end(built: Ask, client: clients.Client) -> None:
    got = client(clients.limited(built), BASE)
    ids = set(range(100_001, 100_231))
    expected: dict[clients.Client, Callable[[], bool]] = {
        clients.assistant: lambda: got[0] in SLUGS and got[1] == ["all"],
        clients.daily_job: lambda: len(got) == 50 and len({tuple(map(str, row)) for row in got}) == 50,
        clients.helper_script: lambda: len(got[0]) == 1 and len(got[1]) == len(ids),
        clients.wheel_scanner: lambda: len(got) == 230 and set(got) == SLUGS,
        clients.enumerator: lambda: len(got) == 230 and set(got) == SLUGS,
        clients.miner: lambda: len(got) == 230 and set(got) == SLUGS,
        clients.counter: lambda: bool(got == 230),
    }
    assert expected[client]()


def test_pages_and_errors(built: Ask) -> None:
    home = built("/")
    assert (home.status, home.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert built("/packages/p/package-1/").status == 200
    page = built("/nothing/here/")
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no page here" in page.body
    error = built("/api/nothing/here/")
    assert (error.status, error.headers["content-type"], error.json) == (
        404,
        "application/json",
        {"detail": "Not found."},
    )
    assert built("/api/v4/packages/nothing-here/").json == {"detail": "No Package matches the given query."}


def test_headers_and_types_are_those_of_the_servers_that_are_told(built: Ask) -> None:
    """`Allow` is for who is refused; what has another owner's rules sends it then alone."""
    for path, expected in (("/packages/", rules.PAGE_HEADERS), ("/api/data/v1/freshness.json", rules.API_HEADERS)):
        headers = built(path).headers
        told = {name: value for name, value in expected.items() if name != "Allow"}
        assert {name: headers.get(name.lower()) for name in told} == told
    assert built("/api/edge/v4/packages/0.ndjson").headers["content-type"] == MEDIA_TYPES[".ndjson"]


def test_node_knows_the_type_of_every_file(many_on_node: tuple[str, Path]) -> None:
    address, site = many_on_node
    for ending, media_type in MEDIA_TYPES.items():
        (site / f"assets/typed{ending}").write_bytes(b"typed")
        assert ask(address, f"/assets/typed{ending}").headers["content-type"] == media_type
    (site / "assets/typed.x").write_bytes(b"typed")
    assert ask(address, "/assets/typed.x").headers["content-type"] == UNKNOWN


def test_the_rules_for_headers_name_none_twice() -> None:
    text = rules.headers_file()
    names = [line.partition(":")[0] for line in text.splitlines() if line.startswith(" ")]
    assert len(names) == len(set(names)) == len({*rules.API_HEADERS, *rules.PAGE_HEADERS, "Content-Type"} - {"Allow"})
    for name in ("netlify", "cloudflare"):
        host = host_named(name)
        assert dict(host.configuration(Urls(BASE), host.choices))["_headers"].decode().startswith(text)


def test_readers_of_other_sites_and_those_who_have_it_already(built: Ask) -> None:
    for path in (
        "/api/v4/packages/",
        "/api/v4/categories/100001/",
        "/api/v4/packages/package-1/",
        "/api/edge/index.json",
    ):
        answer = built(path)
        headers = answer.headers
        assert (answer.status, headers["access-control-allow-origin"]) == (200, "*"), path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "public, max-age=300, stale-while-revalidate=3600"
        assert built(path, headers={"If-None-Match": headers["etag"]}).status == 304
        head = built(path, "HEAD")
        assert (head.status, head.body, head.headers["content-type"]) == (200, "", headers["content-type"])


@pytest.mark.parametrize(
    "path",
    [
        "/_host/api.js",
        "/_host/",
        "/%5fhost/api.js",
        "/.static-packages",
        "/api/../_host/api.js",
        "/..%2f..%2fetc%2fpasswd",
    ],
)
def test_what_is_not_for_readers(built: Ask, path: str) -> None:
    assert built(path).status in {307, 400, 404}


@pytest.mark.parametrize("path", ["/api/%764/packages/", "/%61pi/v4/packages/", "/api%2fv4/packages/"])
def test_a_path_in_another_spelling_is_no_other_page(built: Ask, path: str) -> None:
    seen = built(f"{path}?limit=2&offset=40")
    expected = built("/api/v4/packages/?limit=2&offset=40")
    while seen.status in {301, 307, 308}:
        assert leads_on(seen.headers["location"])
        seen = built(seen.headers["location"])
    if seen.status == 200:
        assert seen.json["results"] == expected.json["results"]
    else:
        assert seen.status == 404


@pytest.mark.parametrize("path", WAYS_OUT)
def test_no_redirect_leads_to_another_host(built: Ask, path: str) -> None:
    assert leads_on(built(path).headers.get("location", "/x/"))


def test_a_browser_gets_a_page_of_a_list(built: Ask) -> None:
    page = built("/api/v4/packages/?limit=2", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Package List</h1>" in page.body
    assert '<a href="https://example.org/api/v4/packages/?limit=2&amp;offset=2">' in page.body
    script = re.search(r'src="(/assets/browse\.js[^"]*)"', built("/api/browse/").body)
    assert script
    assert built(script[1]).headers["content-type"].startswith("text/javascript")


# Node alone.


def state(number: int) -> dict[str, bytes]:
    """Give a site all of whose files say the same number."""
    lines = [f'{{"n":{number}}}'] * (6 + number)
    index: dict[str, Any] = {
        "base_url": BASE,
        "page_size": 20,
        "lists": {"v4/grids": {"count": len(lines), "chunk": 2}},
    }
    files = {"api/edge/index.json": json.dumps(index).encode()}
    for start in range(0, len(lines), 2):
        files[f"api/edge/v4/grids/{start // 2}.ndjson"] = "\n".join(lines[start : start + 2]).encode()
    return files


def test_an_answer_is_never_a_mixture_of_two_sites(tmp_path: Path) -> None:
    host = host_named("node")
    site = deploy(host, iter(()), tmp_path / "site", BASE)
    program = {file.relative_to(site).as_posix(): file.read_bytes() for file in (site / "_host").glob("*.js*")}
    write((state(0) | program).items(), site, allow_shrink=True)
    asked = threading.Event()
    over = threading.Event()

    def replace() -> None:
        for number in range(1, 40):
            asked.clear()
            write((state(number % 5) | program).items(), site, allow_shrink=True)
            asked.wait(PATIENCE)
        over.set()

    with serving(host, site) as ask:
        replacing = threading.Thread(target=replace)
        replacing.start()
        seen = set()
        while not over.is_set():
            answer = ask("/api/v4/grids/").json
            assert {item["n"] for item in answer["results"]} == {answer["count"] - 6}
            assert len(answer["results"]) == answer["count"]
            seen.add(answer["count"])
            asked.set()
        replacing.join()
    assert seen == {6, 7, 8, 9, 10}


def test_a_site_below_a_path(tmp_path: Path) -> None:
    host = host_named("node")
    site = tmp_path / "site"
    making.make(many(30), host, host.choices, site)
    with serving(host, site) as ask:
        assert ask("/").headers["location"] == "/below/"
        assert ask("/elsewhere/").status == 404
        assert "There is no page here" in ask("/below/elsewhere/").body
        assert ask("/below/packages/").status == 200
        assert ask("/below/packages").headers["location"] == "/below/packages/"
        assert ask("/below/api/v4/packages?limit=1").headers["location"] == "/below/api/v4/packages/?limit=1"
        assert ask("/below/api/v4/packages/?limit=1").json["next"] == f"{BASE}/below/api/v4/packages/?limit=1&offset=1"
        assert ask("/below/packages/", "POST").status == 405


@pytest.mark.parametrize("path", ["/", "/packages/p/package-1/", "/assets/site.css", "/api/v4/packages/", "/no/page/"])
def test_node_compresses_what_is_large(path: str, many_on_node: tuple[str, Path]) -> None:
    address, _ = many_on_node
    plain = ask(address, path)
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.vary
    tags = {plain.headers.get("etag")}
    for header, coding in (("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0.5, gzip", "gzip")):
        seen = ask(address, path, Accept_Encoding=header)
        assert (seen.status, seen.headers["content-encoding"]) == (plain.status, coding)
        assert (gzip.decompress(seen.body) if coding == "gzip" else brotli.decompress(seen.body)) == plain.body
        assert len(seen.body) < len(plain.body)
        assert int(seen.headers["content-length"]) == len(seen.body)
        assert seen.vary == plain.vary
        assert seen.headers["content-type"] == plain.headers["content-type"]
        head = ask(address, path, "HEAD", Accept_Encoding=header)
        assert {**head.headers, "date": ""} == {**seen.headers, "date": ""}
        if plain.status == 200:
            tags.add(seen.headers["etag"])
            again = ask(address, path, Accept_Encoding=header, If_None_Match=seen.headers["etag"])
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", seen.headers["etag"])
            assert "accept-encoding" in again.vary
    if plain.status == 200:  # of each form its own, or one that says that it is of none alone
        assert len(tags) == 3 or all(str(tag).startswith("W/") for tag in tags)


@pytest.mark.parametrize("header", ["", "identity", "gzip;q=0, br;q=0.0", "deflate", "br;q=x", "*;q=0"])
def test_node_compresses_nothing_for_who_does_not_ask(header: str, many_on_node: tuple[str, Path]) -> None:
    address, _ = many_on_node
    for path in ("/packages/p/package-1/", "/api/v4/packages/"):
        assert "content-encoding" not in ask(address, path, Accept_Encoding=header).headers


def test_node_leaves_what_is_small_as_it_is(many_on_node: tuple[str, Path]) -> None:
    address, _ = many_on_node
    for path in ("/api/v4/", "/api/v4/packages/?limit=1", "/api/404.json"):
        seen = ask(address, path, Accept_Encoding="gzip, br")
        assert (seen.status, seen.headers.get("content-encoding")) == (200, None), path
        assert "accept-encoding" in seen.vary


def test_node_serves_the_forms_that_the_build_has_made(many_on_node: tuple[str, Path]) -> None:
    address, site = many_on_node
    for name, coding in ((".br", "br"), (".gz", "gzip")):
        expected = (site / f"packages/index.html{name}").read_bytes()
        assert ask(address, "/packages/", Accept_Encoding=coding).body == expected


@pytest.mark.parametrize("target", ["*", "x", "example.com:443"])
def test_what_is_no_address_is_refused(target: str, many_on_node: tuple[str, Path]) -> None:
    address, _ = many_on_node
    assert ask(address, target, "OPTIONS").status in {400, 404, 405}


def test_a_site_that_is_gone_is_told(tmp_path: Path) -> None:
    host = host_named("node")
    site = tmp_path / "site"
    making.make(many(1), host, host.choices, site)
    with serving(host, site) as ask:
        site.rename(tmp_path / "away")
        answer = ask("/below/")
        assert (answer.status, answer.json) == (500, {"detail": "The site cannot be read."})
        (tmp_path / "away").rename(site)
        assert ask("/below/").status == 200


# What is told to hosts.


@pytest.mark.parametrize("name", ["cloudflare", "netlify"])
def test_a_host_of_whole_domains_takes_no_site_below_a_path(name: str) -> None:
    host: Host = host_named(name)
    with pytest.raises(SiteError, match="at the root of its domain, and base_url has the path /below"):
        list(host.configuration(Urls("https://example.org/below"), host.choices))


def test_the_worker_is_never_asked_for_an_item() -> None:
    host = host_named("cloudflare")
    files = dict(host.configuration(Urls("https://Packages.Example.org/"), host.choices))
    settings = json.loads(files["_host/wrangler.jsonc"])
    assert settings["name"] == "packages-example-org"
    first = settings["assets"]["run_worker_first"]
    assert "/api/v4/packages/" in first
    assert [pattern for pattern in first if "*" in pattern] == [
        "/api/v3/grids/*/packages/",
        "/api/v3/categories/*/packages/",
    ]
    assert len(first) <= 100  # of Cloudflare's rules for it


def test_a_host_that_runs_no_script_gets_none(tmp_path: Path) -> None:
    made = many(1)
    for name, runtimes in (("github-pages", set()), ("node", {"node"}), ("netlify", {"netlify", "node"})):
        host = host_named(name)
        making.make(at_root(made), host, host.choices, tmp_path / name)
        scripts = {path for path in tree(tmp_path / name) if path.startswith("_host/")}
        found = {path for path in scripts if re.search("(node|worker|netlify|edge-functions/api).js", path)}
        assert len(found) == len(runtimes)
        assert ("_host/api.js" in scripts) == bool(runtimes)
