import ast
import gzip
import logging
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypi_server import PyPIServer, Reply, Script, drip, failing, redirect, short, silence, torn_gzip

import builder
from builder.upstreams import transport
from builder.upstreams.transport import Answer, Budget, Failure, Limits, Transport, retry_after, user_agent

if TYPE_CHECKING:
    import zlib

JSON = "application/json"
PATH = "/pypi/django-messages/json"
Make = Callable[..., Transport]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Take the place of all waiting between attempts."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


@pytest.fixture
def server() -> Iterator[PyPIServer]:
    with PyPIServer().running() as running:
        yield running


@pytest.fixture
def make(server: PyPIServer, waits: list[float]) -> Iterator[Make]:
    del waits  # no test here waits in earnest
    made: list[Transport] = []

    def make_one(*bases: str, **options: object) -> Transport:
        made.append(Transport(bases or [server.url], "static-packages/1 (+us@example.org)", **options))  # type: ignore[arg-type]
        return made[-1]

    yield make_one
    for one in made:
        one.close()


class _Raw(httpx.SyncByteStream):
    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self.body


def wired(answer: Callable[[httpx.Request], httpx.Response], *bases: str) -> Transport:
    return Transport(bases or ["https://pypi.org"], "test", wire=httpx.MockTransport(answer))


def test_gives_the_answer_decoded(server: PyPIServer, make: Make) -> None:
    one = make()
    answer = one.get(server.url + PATH, JSON)
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert answer.body == server.files["django-messages.json"]
    assert answer.headers["content-encoding"] == "gzip"
    assert one.requests == 1


def test_says_who_asks_and_what_it_wants(server: PyPIServer, make: Make) -> None:
    make().get(server.url + PATH, JSON)
    [(_, headers)] = server.requests
    assert headers["User-Agent"] == "static-packages/1 (+us@example.org)"
    assert headers["Accept"] == JSON
    assert headers["Accept-Encoding"] == "gzip"
    assert not {"Authorization", "Cookie"} & set(headers)


def test_user_agent_names_program_version_and_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "version", lambda name: {"static-packages": "1.2"}[name])
    assert user_agent("us@example.org") == "static-packages/1.2 (+us@example.org)"


def test_user_agent_of_a_checkout_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(transport, "version", missing)
    assert user_agent("https://example.org") == "static-packages/0 (+https://example.org)"


def test_404_is_an_answer(server: PyPIServer, make: Make) -> None:
    answer = make().get(f"{server.url}/pypi/deleted/json", JSON)
    assert isinstance(answer, Answer)
    assert answer.status == 404
    assert len(server.requests) == 1


# What may be asked


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.org/x", "not on the list"),
        ("https://pypi.org:8443/x", "not on the list"),
        ("https://pypi.org.example.org/", "not on the list"),
        ("https://169.254.169.254/latest/meta-data/", "not on the list"),
        ("https://user:secret@pypi.org/", "user name"),
        ("file:///etc/passwd", "not a web address"),
        ("ftp://pypi.org/", "not a web address"),
        ("//pypi.org/x", "not a web address"),
        ("https://[::1/", "not an address"),
        ("https://pypi.org/\x00", "not an address"),
        ("https://pypi.org:port/", "not an address"),
    ],
)
def test_refuses_all_but_the_listed_hosts(make: Make, url: str, why: str) -> None:
    one = make("https://pypi.org")
    failure = one.get(url, JSON)
    assert isinstance(failure, Failure)
    assert why in failure.reason
    assert not failure.retryable
    assert one.requests == 0


@pytest.mark.parametrize("base", ["http://pypi.org", "http://10.0.0.1", "http://localhost.example.org"])
def test_plain_http_is_for_loopback_only(make: Make, base: str) -> None:
    one = make(base)
    failure = one.get(f"{base}/x", JSON)
    assert isinstance(failure, Failure)
    assert "loopback" in failure.reason
    assert one.requests == 0


@pytest.mark.parametrize("base", ["http://localhost:1234", "http://127.0.0.1", "http://[::1]:80"])
def test_loopback_is_known_by_name_and_number(base: str) -> None:
    one = wired(lambda _: httpx.Response(200, stream=_Raw(b"{}")), base)
    assert isinstance(one.get(f"{base}/x", JSON), Answer)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_follows_redirects_on_the_same_host(server: PyPIServer, make: Make, status: int) -> None:
    server.script("/pypi/Django_Messages/json", redirect(PATH, status))
    one = make()
    answer = one.get(f"{server.url}/pypi/Django_Messages/json", JSON)
    assert isinstance(answer, Answer)
    assert answer.body == server.files["django-messages.json"]
    assert server.paths == ["/pypi/Django_Messages/json", PATH]
    assert one.requests == 2


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("https://169.254.169.254/", "not on the list"),
        ("//example.org/x", "not on the list"),
        ("file:///etc/passwd", "not a web address"),
        ("http://a@{host}/x", "user name"),
        ("http://[::1", "Invalid URL"),
    ],
)
def test_checks_redirects_as_the_first_address(server: PyPIServer, make: Make, target: str, why: str) -> None:
    host = server.url.removeprefix("http://")
    server.script(PATH, *[redirect(target.format(host=host))] * 3)
    failure = make().get(server.url + PATH, JSON)
    assert isinstance(failure, Failure)
    assert why in failure.reason
    assert set(server.paths) == {PATH}


@given(location=st.text() | st.from_regex(r"(https?:)?//[^/]*/?.*") | st.binary())
@example(location="A:0")
def test_no_redirect_whatever_it_says_leads_elsewhere(location: str | bytes) -> None:
    hosts: set[str] = set()

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.add(f"{request.url.scheme}://{request.url.netloc.decode()}")
        return httpx.Response(
            302, headers=[(b"Location", location if isinstance(location, bytes) else location.encode())]
        )

    one = Transport(["https://pypi.org"], "test", Limits(attempts=1), wire=httpx.MockTransport(answer))
    assert isinstance(one.get("https://pypi.org/x", JSON), Failure)
    assert hosts == {"https://pypi.org"}


def test_a_redirect_does_not_reach_another_server(server: PyPIServer, make: Make) -> None:
    with PyPIServer().running() as other:
        server.script(PATH, redirect(other.url + PATH))
        failure = make().get(server.url + PATH, JSON)
        assert other.requests == []
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("redirected to")
    assert not failure.retryable


def test_refuses_a_redirect_from_https_to_http() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://127.0.0.1/x"})

    failure = wired(answer, "https://127.0.0.1", "http://127.0.0.1").get("https://127.0.0.1/x", JSON)
    assert isinstance(failure, Failure)
    assert "from https to http" in failure.reason
    assert asked == ["https://127.0.0.1/x"]


def test_gives_up_after_five_redirects(server: PyPIServer, make: Make) -> None:
    server.script(PATH, *[redirect(PATH)] * 10)
    one = make()
    failure = one.get(server.url + PATH, JSON)
    assert isinstance(failure, Failure)
    assert failure.reason == "redirected more than 5 times"
    assert one.requests == len(server.requests) == 6


def test_a_redirect_to_nowhere_is_an_answer(server: PyPIServer, make: Make) -> None:
    server.script(PATH, Reply(302))
    answer = make().get(server.url + PATH, JSON)
    assert isinstance(answer, Answer)
    assert answer.status == 302
    assert len(server.requests) == 1


# What is tried again


@pytest.mark.parametrize(
    "fault",
    [
        failing(429),
        failing(500),
        failing(502),
        failing(503),
        failing(403, Retry_After="0"),
        torn_gzip(b'{"a": 1}'),
        Reply(body=b"not gzip at all", headers={"Content-Encoding": "gzip"}),
        short(b'{"a": 1}'),
        lambda conversation: conversation.connection.close(),
    ],
)
def test_tries_again_until_it_is_well(server: PyPIServer, make: Make, waits: list[float], fault: Script) -> None:
    server.script(PATH, fault, fault)
    one = make()
    answer = one.get(server.url + PATH, JSON)
    assert isinstance(answer, Answer)
    assert answer.body == server.files["django-messages.json"]
    assert one.requests == len(server.requests) == 3
    assert len(waits) == 2


def test_waits_longer_each_time(server: PyPIServer, make: Make, waits: list[float]) -> None:
    server.script(PATH, *[failing(503)] * 4)
    failure = make(limits=Limits(attempts=4)).get(server.url + PATH, JSON)
    assert failure == Failure("answered 503", retryable=True, status=503)
    assert len(server.requests) == 4
    assert all(low <= wait <= low + 1 for low, wait in zip([1, 2, 4], waits, strict=True))


def test_waits_as_long_as_it_is_asked_to(server: PyPIServer, make: Make, waits: list[float]) -> None:
    server.script(PATH, failing(429, Retry_After="7"), failing(503, Retry_After="60"))
    assert isinstance(make().get(server.url + PATH, JSON), Answer)
    assert waits == [7, 60]


def test_a_date_to_wait_for_is_read_by_the_clock_of_who_sent_it() -> None:
    headers = {"date": "Fri, 02 Jan 2015 10:00:00 GMT", "retry-after": "Fri, 02 Jan 2015 10:00:09 GMT"}
    assert retry_after(headers) == 9
    assert retry_after(headers | {"date": "Fri, 02 Jan 2015 11:00:00 GMT"}) == 0


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "²", "Fri, 02 Jan 2015 10:00:09 GMT", "9" * 5000])
def test_a_wait_that_cannot_be_read_is_none(text: str) -> None:
    found = retry_after({"retry-after": text})
    assert found is None or (found == float("inf") and len(text) == 5000)


def test_does_not_wait_for_ever(server: PyPIServer, make: Make, waits: list[float]) -> None:
    server.script(PATH, failing(429, Retry_After="61"))
    failure = make().get(server.url + PATH, JSON)
    assert failure == Failure("answered 429 and asks to wait 61 s", retryable=True, status=429)
    assert waits == []
    assert len(server.requests) == 1


def test_other_statuses_are_answers_at_once(server: PyPIServer, make: Make) -> None:
    for status in (400, 401, 403, 410):
        server.script(PATH, failing(status))
        answer = make().get(server.url + PATH, JSON)
        assert isinstance(answer, Answer)
        assert answer.status == status
    assert len(server.requests) == 4


def test_a_server_that_is_not_there(make: Make, waits: list[float]) -> None:
    with PyPIServer().running() as gone:
        url = gone.url
    one = make(url)
    failure = one.get(url + PATH, JSON)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("ConnectError")
    assert failure.retryable
    assert one.requests == 3
    assert len(waits) == 2


# Limits


def test_silence_has_an_end(server: PyPIServer, make: Make) -> None:
    server.script(PATH, silence, silence)
    failure = make(limits=Limits(read=0.05, attempts=2)).get(server.url + PATH, JSON)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("ReadTimeout")
    assert failure.retryable
    assert len(server.requests) == 2


def test_a_body_that_never_ends_has_an_end(server: PyPIServer, make: Make) -> None:
    server.script(PATH, drip)
    ticks = count(step=25)  # each look at the clock is 25 seconds later
    failure = make(limits=Limits(total=60, attempts=1), clock=lambda: next(ticks)).get(server.url + PATH, JSON)
    assert failure == Failure("took more than 60 s", retryable=True)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_body_may_be_as_large_as_the_limit_and_not_larger(server: PyPIServer, make: Make, coding: str) -> None:
    def reply(size: int) -> Reply:
        body = b" " * size
        return Reply(body=gzip.compress(body) if coding == "gzip" else body, headers={"Content-Encoding": coding})

    server.script(PATH, reply(100_000), reply(100_001))
    one = make(limits=Limits(body=100_000))
    assert isinstance(one.get(server.url + PATH, JSON), Answer)
    assert one.get(server.url + PATH, JSON) == Failure("larger than 100000 bytes", retryable=False)
    assert len(server.requests) == 2


def test_a_bomb_is_not_unpacked(server: PyPIServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms: list[int] = []

    def unpack(gunzip: "zlib._Decompress", piece: bytes, room: int) -> bytes:
        rooms.append(room)
        found = gunzip.decompress(piece, room)
        assert len(found) <= room
        return found

    monkeypatch.setattr(transport, "_unpack", unpack)
    server.script(PATH, Reply(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}))
    failure = make(limits=Limits(body=1000)).get(server.url + PATH, JSON)
    assert failure == Failure("larger than 1000 bytes", retryable=False)
    assert rooms == [1001]


def test_refuses_a_coding_that_was_not_asked_for(server: PyPIServer, make: Make) -> None:
    server.script(PATH, Reply(body=b"...", headers={"Content-Encoding": "br"}))
    failure = make().get(server.url + PATH, JSON)
    assert failure == Failure("encoded as 'br', which was not asked for", retryable=False)


@given(keep=st.floats(min_value=0, max_value=0.99))
def test_a_torn_gzip_stream_is_never_taken_for_whole(keep: float) -> None:
    reply = torn_gzip(b'{"info": {"name": "x"}, "last_serial": 1}', keep)
    one = Transport(
        ["https://pypi.org"],
        "test",
        Limits(attempts=1),
        wire=httpx.MockTransport(lambda _: httpx.Response(200, headers=reply.headers, stream=_Raw(reply.body))),
    )
    assert isinstance(one.get("https://pypi.org/x", JSON), Failure)


def test_an_error_of_our_own_is_not_hidden() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        wired(answer).get("https://pypi.org/x", JSON)


# The rest of the program


def test_nothing_else_imports_httpx() -> None:
    root = Path(builder.__file__).parent
    importing = set()
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in {"httpx", "urllib3", "requests", "stamina"} for name in names):
                importing.add(file.relative_to(root).as_posix())
            assert "urllib.request" not in names
    assert importing == {"upstreams/transport.py"}


def test_says_nothing_of_retries_where_nobody_set_logging_up(
    server: PyPIServer, make: Make, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    server.script(PATH, failing(503))
    make().get(server.url + PATH, JSON)
    assert capfd.readouterr() == ("", "")


# Quotas and statuses that are the caller's affair


def metered(remaining: int, reset: int = 1100) -> httpx.Response:
    headers = {"date": "Thu, 01 Jan 1970 00:16:40 GMT", "x-ratelimit-resource": "core", "x-ratelimit-limit": "60"}
    quota = {"x-ratelimit-remaining": str(remaining), "x-ratelimit-reset": str(reset)}
    return httpx.Response(200, headers={**headers, **quota}, stream=_Raw(b"{}"))


def test_tells_how_long_a_quota_is_lacking() -> None:
    now = 0.0
    remaining = iter([1, 0, 0])
    wire = httpx.MockTransport(lambda _: metered(next(remaining)))
    one = Transport(["https://pypi.org"], "test", clock=lambda: now, wire=wire)
    assert one.lack("core") == 0, "nothing is known"
    one.get("https://pypi.org/", JSON)
    assert one.lack("core") == 0
    one.get("https://pypi.org/", JSON)
    assert one.lack("core") == 101, "by the upstream's own clock it is 1000, and a second is added"
    assert one.lack("graphql") == 0
    now = 60.0
    assert one.lack("core") == 41
    now = 200.0
    assert one.lack("core") == 0
    one.close()


@pytest.mark.parametrize(("seconds", "waited"), [(50, True), (60, True), (61, False)])
def test_waits_no_longer_than_the_limits_allow(waits: list[float], seconds: float, waited: bool) -> None:  # noqa: FBT001 - a parameter
    one = Transport(["https://pypi.org"], "test", Limits(wait=60))
    assert one.pause(seconds) is waited
    assert waits == [seconds] * waited
    one.close()


def test_waits_no_longer_than_the_run_may_take(waits: list[float]) -> None:
    one = Transport(["https://pypi.org"], "test", Limits(wait=60), budget=Budget(seconds=30))
    assert not one.pause(31)
    assert one.pause(20)
    assert waits == [20]
    one.close()


def test_a_final_status_is_given_back_at_once(waits: list[float]) -> None:
    answers = iter([httpx.Response(429, headers={"retry-after": "7"}), httpx.Response(502)])
    wire = httpx.MockTransport(lambda _: next(answers))
    one = Transport(["https://pypi.org"], "test", wire=wire, budget=Budget(seconds=5))
    final = {429, 502}
    limited = one.get("https://pypi.org/", JSON, final)
    assert limited == Failure("answered 429 and asks to wait 7 s", retryable=True, status=429), "it is not waited for"
    failure = one.post("https://pypi.org/", {}, JSON, final)
    assert isinstance(failure, Failure)
    assert (failure.status, failure.spent) == (502, False)
    assert (one.requests, waits) == (2, [])
    one.close()


def test_no_answer_may_be_final_too(waits: list[float]) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too slow", request=request)

    one = wired(breaks)
    failure = one.get("https://pypi.org/", JSON, final={0})
    assert isinstance(failure, Failure)
    assert (one.requests, waits, failure.status) == (1, [], 0)
    one.close()
