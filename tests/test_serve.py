import http.client
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

import pytest
import watchfiles

from builder.api import v3, v4
from builder.errors import DataError, GuardRefusedError, Problem, SiteError
from builder.hosts.media_types import MEDIA_TYPES
from builder.serve import changes, reload, serve, server, tree
from builder.serve.answers import Answer, Request, Site, is_loopback
from builder.serve.builds import Builds
from builder.write import Report, write

HOST = "127.0.0.1:8000"
PATIENCE = 20.0  # seconds; a test that waits so long has failed
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'"
PAGE = f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>x</title><p>home</p>'

FILES: dict[str, bytes] = {
    "index.html": PAGE.encode(),
    "404.html": b"<p>our own 404</p>",
    "packages/index.html": b"<p>packages</p>",
    "packages/p/django-messages/index.html": b"<p>one</p>",
    "api/v4/index.json": b'{"packages":"x"}',
    "api/v4/packages/359/index.json": b'{"id":359}',
    "api/v4/packages/index.json": b'{"count":1}',
    "feeds/releases/rss/index.xml": b"<rss/>",
    "assets/site.css": b"p{}",
    "assets/picture.svg": b"<svg/>",
    "assets/data.unknown": b"?",
    "\u00e9t\u00e9/index.html": b"<p>summer</p>",
    ".well-known/api-catalog": b"{}",
    ".nojekyll": b"",
} | {output.route.removeprefix("/"): output.body for output in (*v4.errors(), *v3.errors())}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write(FILES.items(), tmp_path / "site")
    return tmp_path / "site"


def ask(site: Site, target: str, method: str = "GET", if_none_match: str = "", host: str = HOST) -> Answer:
    return site.answer(Request(method, target, host, if_none_match), "g1")


# What is answered.


@pytest.mark.parametrize("prefix", ["", "/packages", "/a/b"])
@pytest.mark.parametrize(
    ("path", "file", "media_type"),
    [
        ("/api/v4/", "api/v4/index.json", "application/json"),
        ("/api/v4/packages/359/", "api/v4/packages/359/index.json", "application/json"),
        ("/api/v4/packages/359/?format=json", "api/v4/packages/359/index.json", "application/json"),
        ("/api/404.json", "api/404.json", "application/json"),
        ("/feeds/releases/rss/", "feeds/releases/rss/index.xml", "application/xml"),
        ("/assets/site.css", "assets/site.css", "text/css; charset=utf-8"),
        ("/assets/picture.svg", "assets/picture.svg", "image/svg+xml"),
        ("/assets/data.unknown", "assets/data.unknown", "application/octet-stream"),
        ("/.well-known/api-catalog", ".well-known/api-catalog", "application/linkset+json"),
        ("/%61ssets/site%2Ecss", "assets/site.css", "text/css; charset=utf-8"),
    ],
)
def test_a_file_is_answered_as_it_is_with_its_type(
    out: Path, prefix: str, path: str, file: str, media_type: str
) -> None:
    answer = ask(Site(out, lambda: prefix), prefix + path)
    assert (answer.status, answer.body) == (200, FILES[file])
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", b"<p>home</p>"),
        ("/packages/", b"<p>packages</p>"),
        ("/packages/p/django-messages/", b"<p>one</p>"),
        ("/packages/p/django-messages/index.html", b"<p>one</p>"),
        ("/%C3%A9t%C3%A9/", b"<p>summer</p>"),
    ],
)
def test_a_page_is_answered_with_the_script_behind_it(out: Path, path: str, text: bytes) -> None:
    answer = ask(Site(out), path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert text in answer.body
    assert answer.body.endswith(b'<script src="/__serve/reload.js" data-generation="g1"></script>\n')


def test_the_files_stay_as_they_were_built(out: Path) -> None:
    ask(Site(out), "/")
    assert (out / "index.html").read_bytes() == FILES["index.html"]


@pytest.mark.parametrize("prefix", ["", "/packages"])
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api/v4/packages/359", "/api/v4/packages/359/"),
        ("/api/v4/packages/359?format=json&x=/", "/api/v4/packages/359/?format=json&x=/"),
        ("/packages?", "/packages/?"),
        ("/%C3%A9t%C3%A9", "/%C3%A9t%C3%A9/"),
    ],
)
def test_a_missing_slash_is_a_redirect_that_keeps_the_query(out: Path, prefix: str, path: str, location: str) -> None:
    answer = ask(Site(out, lambda: prefix), prefix + path)
    assert (answer.status, answer.body, answer.headers["Location"]) == (301, b"", prefix + location)


@pytest.mark.parametrize("target", ["/", "/packages", "/?q=x"])
def test_the_root_leads_to_the_prefix(out: Path, target: str) -> None:
    answer = ask(Site(out, lambda: "/packages"), target)
    assert answer.status == 302
    assert answer.headers["Location"] == "/packages/" + target.partition("?")[1] + target.partition("?")[2]


@pytest.mark.parametrize("target", ["/other/", "/packages-of-others/", "/api/v4/"])
def test_nothing_is_served_outside_the_prefix(out: Path, target: str) -> None:
    answer = ask(Site(out, lambda: "/packages"), target)
    assert (answer.status, answer.body) == (404, b"The site is served under /packages/.\n")


@pytest.mark.parametrize("target", ["*", "http://127.0.0.1:8000/", "", "index.html"])
def test_a_target_that_is_no_path_is_not_found(out: Path, target: str) -> None:
    assert ask(Site(out), target).status == 404


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/api/v4/packages/nope/", "No Package matches the given query."),
        ("/api/v4/packages/nope", "No Package matches the given query."),
        ("/api/v4/packages/99999/?x=y", "No Package matches the given query."),
        ("/api/v4/grids/nope/", "No Grid matches the given query."),
        ("/api/v4/categories/77/", "No Category matches the given query."),
        ("/api/v4/categories/apps/", "Not found."),
        ("/api/v4/packages/nope/deeper/", "Not found."),
        ("/api/v4/packages//", "Not found."),
        ("/api/v4/nothing/", "Not found."),
        ("/api/", "Not found."),
        ("/api/../index.html", "Not found."),
    ],
)
def test_under_the_api_a_404_has_the_words_of_the_original(out: Path, path: str, detail: str) -> None:
    answer = ask(Site(out, lambda: "/x"), "/x" + path)
    assert (answer.status, json.loads(answer.body)) == (404, {"detail": detail})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/api/v3/packages/nope/", "No Package matches the given query."),
        ("/api/v3/packages/359", "No Package matches the given query."),
        ("/api/v3/grids/nope/?format=json", "No Grid matches the given query."),
        ("/api/v3/grids/nope/packages/", "No Grid matches the given query."),
        ("/api/v3/categories/nope/", "No Category matches the given query."),
        ("/api/v3/categories/nope/packages", "No Category matches the given query."),
        ("/api/v3/packages/nope/packages/", "Not found."),
        ("/api/v3/users/", "Not found."),
        ("/api/v3/users/somebody/", "Not found."),
    ],
)
def test_under_api_v3_a_404_has_its_shape(out: Path, path: str, message: str) -> None:
    answer = ask(Site(out, lambda: "/x"), "/x" + path)
    assert (answer.status, json.loads(answer.body)) == (404, {"error": 404, "message": message})
    assert answer.headers["Content-Type"] == "application/json"


def test_where_api_v3_is_left_out_a_404_is_that_of_the_api(out: Path) -> None:
    for file in (out / "api" / "404").glob("v3*"):
        file.unlink()
    for path in ("/api/v3/", "/api/v3/packages/nope/"):
        assert json.loads(ask(Site(out), path).body) == {"detail": "Not found."}


def test_a_404_body_that_the_tree_lacks_is_made(out: Path) -> None:
    (out / "api" / "404" / "package.json").unlink()
    (out / "api" / "404.json").unlink()
    assert json.loads(ask(Site(out), "/api/v4/packages/nope/").body) == {"detail": "Not found."}
    (out / "404.html").unlink()
    answer = ask(Site(out), "/nope/")
    assert answer.status == 404
    assert b"There is no such page" in answer.body
    assert reload.SCRIPT.encode() in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/nope/",
        "/nope",
        "/packages/p/",
        "/assets/site.css/",
        "/../site/index.html",
        "/packages/../index.html",
        "/packages/%2e%2e/index.html",
        "/packages%2Findex.html",
        "/packages/..%2Findex.html",
        "/packages%5Cindex.html",
        "//index.html",
        "/packages//index.html",
        "/./index.html",
        "/.static-packages",
        "/.nojekyll",
        "/%2estatic-packages",
        "/%00",
        "/%0d%0aX:y",
        "/%ff",
        "/%ED%A0%80",
        "/" + "a" * 300,
        "/index.html%00.css",
    ],
)
def test_all_else_is_the_page_of_the_site(out: Path, path: str) -> None:
    answer = ask(Site(out), path)
    assert answer.status == 404
    assert answer.body.startswith(b"<p>our own 404</p><script")


def test_a_symlink_out_of_the_tree_is_not_followed(out: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (out / "link.txt").symlink_to(tmp_path / "secret.txt")
    (out / "folder").symlink_to(tmp_path)
    assert ask(Site(out), "/link.txt").status == 404
    assert ask(Site(out), "/folder/secret.txt").status == 404


def test_a_site_that_is_a_symlink_is_served(out: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(out)
    assert ask(Site(tmp_path / "link"), "/assets/site.css").status == 200


@pytest.mark.parametrize("path", ["/", "/api/v4/", "/assets/site.css"])
def test_a_reader_who_has_the_bytes_gets_a_304(out: Path, path: str) -> None:
    site = Site(out)
    tag = ask(site, path).headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = ask(site, path, if_none_match=known)
        assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag)
    assert ask(site, path, if_none_match='"other"').status == 200
    assert ("Access-Control-Allow-Origin" in ask(site, path, if_none_match=tag).headers) == path.startswith("/api/")


def test_the_tag_follows_the_bytes(out: Path) -> None:
    site = Site(out)
    before = ask(site, "/api/v4/").headers["ETag"]
    (out / "api/v4/index.json").write_bytes(b'{"packages":"y"}')
    assert ask(site, "/api/v4/", if_none_match=before).status == 200


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_what_the_original_has_put_out_of_use_is_gone(out: Path, method: str) -> None:
    answer = ask(Site(out), "/api/v1/packages/?format=json", method)
    assert (answer.status, answer.body) == (410, b'{"detail":"API v1 is gone. API v4 is at /api/v4/."}')
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writing_is_not_allowed(out: Path, method: str) -> None:
    answer = ask(Site(out), "/api/v4/packages/359/", method)
    assert (answer.status, answer.body) == (405, b'{"detail":"Method \\"%s\\" not allowed."}' % method.encode())
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    answer = ask(Site(out), "/api/v3/packages/", method)
    expected = b'{"error": 405, "message": "Method \\"%s\\" not allowed."}' % method.encode()
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (405, expected, "application/json")
    answer = ask(Site(out), "/packages/", method)
    assert (answer.status, answer.headers["Content-Type"]) == (405, "text/plain; charset=utf-8")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_options_tell_what_may_be_done(out: Path) -> None:
    answer = ask(Site(out), "/api/v4/packages/359/", "OPTIONS")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Allow"] == answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Origin"] == answer.headers["Access-Control-Allow-Headers"] == "*"
    assert ask(Site(out), "/packages/", "OPTIONS").headers["Allow"] == "GET, HEAD, OPTIONS"
    assert ask(Site(out), "/api/v4/packages/nope/", "OPTIONS").status == 404


def test_only_the_api_is_open_to_other_sites(out: Path) -> None:
    assert ask(Site(out), "/api/v4/").headers["Access-Control-Allow-Origin"] == "*"
    assert ask(Site(out), "/api/v4/").headers["Allow"] == "GET, HEAD, OPTIONS"
    for target in ("/", "/assets/site.css", "/nope/", reload.SCRIPT):
        assert "Access-Control-Allow-Origin" not in ask(Site(out), target).headers


def test_before_the_first_build_there_is_a_page_that_waits(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    answer = ask(site, "/packages/")
    assert answer.status == 503
    assert b"There is no site yet" in answer.body
    assert reload.SCRIPT.encode() in answer.body
    answer = ask(site, "/api/v4/")
    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/json")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LocalHost:1", "[::1]", "[::1]:8000"])
def test_names_of_this_machine_are_answered(out: Path, host: str) -> None:
    assert is_loopback(host)
    assert ask(Site(out), "/api/v4/", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil",
        "::1",
    ],
)
@pytest.mark.parametrize("target", ["/", "/api/v4/", reload.SCRIPT])
def test_other_names_are_refused(out: Path, host: str, target: str) -> None:
    answer = ask(Site(out), target, host=host)
    assert (answer.status, answer.headers["Content-Type"]) == (421, "text/plain; charset=utf-8")


def test_every_type_of_the_project_is_known() -> None:
    assert {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"} <= MEDIA_TYPES.keys()


# The pages' policy.

OURS = f"http://{HOST}{reload.SCRIPT}"
EVENTS = f"http://{HOST}{reload.EVENTS}"


@pytest.mark.parametrize(
    ("policy", "opened"),
    [
        ("default-src 'none'", f"default-src 'none'; script-src {OURS}; connect-src {EVENTS}"),
        ("default-src 'self'", f"default-src 'self'; script-src 'self' {OURS}; connect-src 'self' {EVENTS}"),
        ("script-src 'none'", f"script-src {OURS}"),
        ("img-src 'self'", "img-src 'self'"),
        ("", ""),
        (
            "DEFAULT-SRC 'None';; script-src 'self'; script-src 'unsafe-inline' ;connect-src 'none'",
            f"default-src 'None'; script-src 'self' {OURS}; connect-src {EVENTS}",
        ),
        (
            "default-src 'none'; script-src-elem 'self'",
            f"default-src 'none'; script-src-elem 'self' {OURS}; script-src {OURS}; connect-src {EVENTS}",
        ),
    ],
)
def test_a_policy_is_opened_for_script_and_events_only(policy: str, opened: str) -> None:
    assert reload.open_policy(policy, HOST) == opened


@pytest.mark.parametrize(
    "tag",
    [
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'">""",
        """<meta content="default-src 'none'" http-equiv=Content-Security-Policy>""",
        """<META\n  HTTP-EQUIV='content-security-policy'\n  CONTENT="default-src &#39;none&#39;" />""",
        """<meta http-equiv = "Content-Security-Policy" content='default-src &#x27;none&#x27;'>""",
    ],
)
def test_the_policy_is_found_however_its_tag_is_written(tag: str) -> None:
    page = reload.page(f"<title>x</title>{tag}<p>é".encode(), HOST, "g").decode()
    assert f"script-src {OURS}; connect-src {EVENTS}" in page
    assert "<p>é<script" in page


def test_other_tags_stay_as_they_are() -> None:
    tags = b'<meta charset="utf-8"><meta name="description" content="a policy of default-src &#39;none&#39;">\xff'
    assert reload.page(tags, HOST, "g").startswith(tags + b"<script")


def test_the_script_puts_in_no_markup() -> None:
    script = reload.script().decode("ascii")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|setAttribute\(.style", script
    )
    assert "textContent" in script
    assert f'"{reload.EVENTS}"' in script


# The builds.


def test_a_state_is_waited_for() -> None:
    builds = Builds()
    first = builds.after(None, 0)
    assert first is builds.state
    assert builds.after(first, 0) is first
    builds.finished(changed=False)
    assert builds.after(first, 0) is first
    builds.failed(["no"])
    second = builds.after(first, 0)
    assert second is not None
    assert (second.generation, second.problems) == (builds.state.generation, ("no",))
    builds.finished(changed=True)
    third = builds.after(second, 0)
    assert third is not None
    assert third.problems == ()
    assert third.generation != second.generation
    builds.close()
    assert builds.after(third, PATIENCE) is None


def test_two_starts_have_no_generation_in_common() -> None:
    assert Builds().state.generation != Builds().state.generation


# The server, with real sockets and real changes.


class Running:
    """A `serve` in a thread: a folder whose file `data/text` is the home page, and what it says."""

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self.folder, self.prefix = folder, prefix
        self.said: queue.Queue[str] = queue.Queue()
        self.stop = threading.Event()
        self.text = folder / "data" / "text"
        self.text.parent.mkdir()
        self.text.write_text("first")
        self.thread = threading.Thread(target=self._run)
        self.port = 0
        self.others = set(threading.enumerate())

    def build(self) -> Report | None:
        return write([("index.html", self.text.read_bytes()), ("api/v4/index.json", b"{}")], self.folder / "site")

    def _run(self) -> None:
        watch = [self.folder / "data", self.folder]
        serve(
            lambda: self.build(),  # noqa: PLW0108 - a test may put another in its place
            self.folder / "site",
            watch,
            0,
            self.said.put,
            prefix=lambda: self.prefix,
            stop=self.stop,
        )

    def hear(self, pattern: str) -> str:
        """Wait until something is said."""
        while True:
            text = self.said.get(timeout=PATIENCE)
            if re.search(pattern, text):
                return text

    def __enter__(self) -> Self:
        self.thread.start()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.hear("http://"))
        assert found
        self.port = int(found[1])
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        assert set(threading.enumerate()) <= self.others

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, Any, bytes]:
        with closing(self.connection()) as connection:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def change(self, text: str) -> None:
        """Change the text in one step, as editors do: a build must not see half of it."""
        beside = self.text.with_name("text~")
        beside.write_text(text)
        beside.replace(self.text)

    def events(self) -> Generator[dict[str, Any]]:
        """Give the states as a page hears them."""
        with closing(self.connection()) as connection:
            connection.request("GET", reload.EVENTS)
            with closing(connection.getresponse()) as response:
                assert response.status == 200
                assert response.headers["Content-Type"] == "text/event-stream"
                assert "Access-Control-Allow-Origin" not in response.headers
                for line in response:
                    if line.startswith(b"data: "):
                        yield json.loads(line.removeprefix(b"data: "))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with Running(tmp_path) as started:
        started.hear("2 files written")
        yield started


def test_the_built_site_is_served(running: Running) -> None:
    status, headers, body = running.ask("GET", "/")
    assert (status, body[:5], headers["Content-Type"]) == (200, b"first", "text/html; charset=utf-8")
    assert headers["Server"] == "static-packages"
    status, headers, body = running.ask("HEAD", "/api/v4/")
    assert (status, headers["Content-Length"], headers["Content-Type"], body) == (200, "2", "application/json", b"")
    status, again, body = running.ask("GET", "/api/v4/", {"If-None-Match": headers["ETag"]})
    assert (status, again["ETag"], body) == (304, headers["ETag"], b"")
    assert running.ask("GET", "/api/v4")[0] == 301
    assert running.ask("OPTIONS", "/api/v4/")[0] == 204
    assert running.ask("GET", reload.SCRIPT)[2] == reload.script()
    assert running.ask("GET", "/", {"Host": "evil.example"})[0] == 421
    assert running.ask("GET", reload.EVENTS, {"Host": "evil.example"})[0] == 421


def test_one_connection_bears_many_requests(running: Running) -> None:
    with closing(running.connection()) as connection:
        for path, status in (("/", 200), ("/nope/", 404), ("/api/v4", 301), ("/api/v4/", 200)):
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            assert response.status == status
            assert not response.will_close
        connection.request("HEAD", "/")
        response = connection.getresponse()
        assert (response.read(), response.will_close) == (b"", False)


def test_a_body_is_taken_and_ends_the_connection(running: Running) -> None:
    status, headers, body = running.ask("POST", "/api/v4/", body=b"x" * 100_000)
    assert (status, headers["Connection"]) == (405, "close")
    assert body == b'{"detail":"Method \\"POST\\" not allowed."}'
    status, headers, _ = running.ask("DELETE", "/api/v4/", {"Content-Length": "nonsense"})
    assert (status, headers["Connection"]) == (405, "close")


def test_the_server_is_bound_to_loopback_only(running: Running) -> None:
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", running.port))


def test_a_change_is_built_and_the_page_told(running: Running) -> None:
    events = running.events()
    before = next(events)
    shown = re.search(rb'data-generation="([^"]+)"', running.ask("GET", "/")[2])
    assert shown is not None
    assert shown[1].decode() == before["generation"]
    running.change("second")
    after = next(events)
    assert after["generation"] != before["generation"]
    body = running.ask("GET", "/")[2]
    assert body.startswith(b"second")
    assert after["generation"].encode() in body
    events.close()


def test_a_new_file_and_a_removed_one_are_changes(running: Running) -> None:
    folder = running.text.parent / "deep"
    folder.mkdir()
    (folder / "new").write_text("1")
    running.hear("0 files written, 2 unchanged")
    running.text.with_name("other").write_text("1")
    running.hear("0 files written, 2 unchanged")
    running.text.with_name("other").unlink()
    running.hear("0 files written, 2 unchanged")


def test_a_change_while_building_is_built_next(tmp_path: Path) -> None:
    running = Running(tmp_path)
    building, going_on = threading.Event(), threading.Event()
    build = running.build

    def slow() -> Report | None:
        report = build()
        building.set()
        assert going_on.wait(PATIENCE)
        return report

    running.build = slow  # type: ignore[method-assign]
    with running:
        assert building.wait(PATIENCE)
        running.change("meanwhile")
        going_on.set()
        running.hear("1 file written")
        assert running.ask("GET", "/")[2].startswith(b"meanwhile")


def test_what_a_build_writes_and_what_editors_leave_is_no_change(tmp_path: Path) -> None:
    counts = changes._filter([tmp_path, tmp_path / "data"], tmp_path / "site")  # noqa: SLF001 - a rule with many cases
    for name in (
        "site",
        "site/index.html",
        ".site.new/a/b.html",
        ".site.old/a",
        ".site.lock",
        "data/.x.yaml.swp",
        "data/x.yaml~",
        "data/__pycache__/x",
        ".git/index",
    ):
        assert not counts(watchfiles.Change.modified, str(tmp_path / name)), name
    for name in ("site.yaml", "sites/x", "data/x.yaml", "data/site/x.yaml"):
        assert counts(watchfiles.Change.modified, str(tmp_path / name)), name


def test_a_project_may_lie_under_a_folder_that_is_usually_passed_over(tmp_path: Path) -> None:
    root = tmp_path / ".venv" / "project"
    counts = changes._filter([root], root / "site")  # noqa: SLF001 - as above
    assert counts(watchfiles.Change.modified, str(root / "data" / "x.yaml"))


PROBLEM = Problem("data/packages/x.yaml", 3, 5, "slug", "is not a slug <b>", "Use a-z.", "category", "'A'")


def crash() -> None:
    raise ZeroDivisionError("in a template")


def raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("fails", "shown", "said"),
    [
        (
            raising(DataError([PROBLEM])),
            "data/packages/x.yaml:3:5: category: is not a slug <b> (found 'A') [slug]\n    Use a-z.",
            r"^data/packages/x\.yaml:3:5: .*\n    Use a-z\.\n1 problem in 1 file\.$",
        ),
        (raising(SiteError("The disk is full.")), "The disk is full.", "^The disk is full.$"),
        (raising(GuardRefusedError("Too odd.")), "Too odd.", "^Too odd.$"),
        (
            crash,
            re.compile(r"^.*test_serve\.py:\d+: ZeroDivisionError: in a template$"),
            r"^Traceback[^$]*in a template",
        ),
    ],
)
def test_a_failed_build_leaves_the_last_site_and_shows_why(
    running: Running, fails: Callable[[], None], shown: str | re.Pattern[str], said: str
) -> None:
    build = running.build

    def failing() -> Report | None:
        if running.text.read_text() == "broken":
            fails()
        return build()

    running.build = failing  # type: ignore[method-assign]
    events = running.events()
    good = next(events)
    assert good["problems"] == []
    running.change("broken")
    bad = next(events)
    assert bad["generation"] == good["generation"]  # the page is not loaded again
    (problem,) = bad["problems"]
    assert problem == shown if isinstance(shown, str) else shown.match(problem)
    running.hear(said)
    assert running.ask("GET", "/")[2].startswith(b"first")
    running.change("first")
    mended = next(events)
    assert mended == good  # nothing is to be loaded again, and nothing is wrong any more
    running.change("second")
    assert next(events)["generation"] != good["generation"]
    events.close()


def test_a_first_build_that_fails_is_shown_on_the_page_that_waits(tmp_path: Path) -> None:
    running = Running(tmp_path)
    build = running.build
    running.build = raising(SiteError("Not yet."))  # type: ignore[method-assign]
    with running:
        running.hear("Not yet")
        events = running.events()
        assert next(events)["problems"] == ["Not yet."]
        assert running.ask("GET", "/")[0] == 503
        running.build = build  # type: ignore[method-assign]
        running.change("well")
        assert next(events)["problems"] == []
        assert running.ask("GET", "/")[2].startswith(b"well")
        events.close()


@pytest.mark.parametrize(("fails", "said"), [(False, []), (True, ["Not yet."])])
def test_a_quiet_server_tells_of_problems_alone(tmp_path: Path, said: list[str], *, fails: bool) -> None:
    heard: list[str] = []
    stop = threading.Event()

    def build() -> Report:
        stop.set()
        if fails:
            raise SiteError("Not yet.")
        return write(FILES.items(), tmp_path / "site")

    serve(build, tmp_path / "site", [tmp_path], 0, heard.append, quiet=True, stop=stop)
    assert stop.is_set()
    assert heard == said


def test_a_build_that_reports_nothing_reloads_every_time(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.build = lambda: None  # type: ignore[method-assign]
    with running:
        events = running.events()
        first = next(events)
        running.change("second")
        assert next(events)["generation"] != first["generation"]
        events.close()


def test_the_prefix_of_the_address_is_served(tmp_path: Path) -> None:
    with Running(tmp_path, "/packages") as running:
        running.hear("2 files written")
        assert running.ask("GET", "/")[1]["Location"] == "/packages/"
        assert running.ask("GET", "/packages/")[2].startswith(b"first")
        assert running.ask("GET", "/packages/api/v4")[1]["Location"] == "/packages/api/v4/"
        running.prefix = "/elsewhere"
        assert running.ask("GET", "/")[1]["Location"] == "/elsewhere/"
        assert running.ask("GET", "/elsewhere/")[2].startswith(b"first")
        assert running.ask("GET", "/packages/")[0] == 404


def test_a_page_that_has_gone_is_let_go(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_HEARTBEAT", 0.01)
    with closing(running.connection()) as connection:
        connection.request("GET", reload.EVENTS)
        with closing(connection.getresponse()) as response:
            assert response.readline().startswith(b"data: ")
            assert [response.readline() for _ in range(4)] == [b"\n", b": still here\n"] * 2
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(PATIENCE)
            assert not thread.is_alive()
    assert running.said.empty()


def test_stopping_ends_open_pages_and_idle_connections(tmp_path: Path) -> None:
    with Running(tmp_path) as running:
        events = running.events()
        next(events)
        idle = socket.create_connection(("127.0.0.1", running.port), PATIENCE)
        running.stop.set()
        assert list(events) == []
        assert idle.recv(1) == b""
        idle.close()


def test_a_fault_while_answering_is_told_and_the_server_goes_on(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tree, "read", raising(ZeroDivisionError("oh")))
        with suppress(http.client.RemoteDisconnected, ConnectionResetError):
            running.ask("GET", "/")
    running.hear("TypeError")
    assert running.ask("GET", "/")[0] == 200


@pytest.mark.parametrize("name", [".", "..", "mine"])
def test_a_folder_that_is_no_site_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "here" / "mine").mkdir(parents=True)
    (tmp_path / "here" / "mine" / "letter.html").write_text("private")
    monkeypatch.chdir(tmp_path / "here")
    said: list[str] = []
    stop = threading.Event()
    stop.set()
    with pytest.raises(SiteError, match=f"^{re.escape(name)} (is the current folder or )?holds "):
        serve(raising(AssertionError("built")), Path(name), [tmp_path], 0, said.append, stop=stop)
    assert said == []


def test_a_port_that_is_taken_is_told_with_a_remedy(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            SiteError, match=rf"^Port {port} cannot be had: Address already in use\. Choose another with"
        ):
            serve(lambda: None, tmp_path / "site", [tmp_path], port, print)


def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    threads = threading.active_count()
    with pytest.raises(SiteError, match="nowhere cannot be watched, since it is not there"):
        serve(lambda: None, tmp_path / "site", [tmp_path / "nowhere"], 0, lambda _: None)
    assert threading.active_count() == threads


@pytest.mark.parametrize("error", [OSError("limit reached"), RuntimeError("limit reached")])
def test_a_watch_that_fails_is_told_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    threads = threading.active_count()

    def failing(*_: object, **__: object) -> Iterator[set[object]]:
        yield set()
        raise error

    monkeypatch.setattr(watchfiles, "watch", failing)
    with pytest.raises(SiteError, match=r"limit reached\. Set WATCHFILES_FORCE_POLLING"):
        serve(lambda: None, tmp_path / "site", [tmp_path], 0, lambda _: None)
    assert threading.active_count() == threads


PROGRAM = """
import sys
from pathlib import Path
from builder.serve import serve

def build():
    if sys.argv[2] == "while building":
        print("building", flush=True)
        sys.stdin.read()

serve(build, Path(sys.argv[1]) / "site", [Path(sys.argv[1])], 0, lambda text: print(text, flush=True))
print("after", flush=True)
"""


@pytest.mark.parametrize("moment", ["while waiting", "while building"])
def test_ctrl_c_stops_cleanly(tmp_path: Path, moment: str) -> None:
    command = [sys.executable, "-c", PROGRAM, os.fspath(tmp_path), moment]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:  # noqa: S603 - our own
        assert program.stdout
        assert program.stderr
        assert b"until Ctrl-C" in program.stdout.readline()
        if moment == "while building":
            assert program.stdout.readline() == b"building\n"
        program.send_signal(signal.SIGINT)
        assert program.stdout.read() == b"Stopped.\nafter\n"
        assert program.stderr.read() == b""
        assert program.wait(PATIENCE) == 0
