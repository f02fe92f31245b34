import ast
import gzip
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypi_server import PyPIServer, Reply, Script, drip, failing, redirect, short, silence, torn_gzip

import builder
from builder.errors import BuilderError
from builder.upstreams import transport
from builder.upstreams.limits import Budget, Limits, Quota, retry_after
from builder.upstreams.transport import Answer, Failure, Transport, user_agent

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


@example(location=b"A:0")
@given(location=st.text() | st.from_regex(r"(https?:)?//[^/]*/?.*") | st.binary())
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
    failure = make(limits=Limits(read=0.5, attempts=2)).get(server.url + PATH, JSON)
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


# How often, and how long


URL = "https://pypi.org/x"


def saying(*responses: httpx.Response, **options: Any) -> Transport:  # noqa: ANN401 - as they are of a transport
    """Make a transport that gets these answers, and good ones from then on."""
    left = iter(responses)
    wire = httpx.MockTransport(lambda _: next(left, None) or httpx.Response(200, stream=_Raw(b"{}")))
    return Transport(["https://pypi.org"], "test", wire=wire, **options)


def limited(status: int = 403, **headers: str) -> httpx.Response:
    """Answer as a forge that says "too often", at four o'clock."""
    four = {"Date": "Sun, 01 Mar 2026 04:00:00 GMT"}
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=four | told, stream=_Raw(b"{}"))


def granted(remaining: int, reset: int = 1772337660, resource: str = "core", limit: int = 5000) -> dict[str, str]:
    """Give the headers of a quota; by default it begins anew a minute after 2026-03-01 04:00 UTC."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(reset),
        "X-RateLimit-Resource": resource,
    }


def test_a_wait_does_not_hold_for_the_next_one(server: PyPIServer, make: Make, waits: list[float]) -> None:
    server.script(PATH, failing(429, Retry_After="40"), failing(503))
    assert isinstance(make().get(server.url + PATH, JSON), Answer)
    assert waits[0] == 40
    assert 2 <= waits[1] <= 3


@pytest.mark.parametrize("status", [403, 429])
def test_waits_until_the_quota_is_granted_anew(waits: list[float], status: int) -> None:
    one = saying(limited(status, **granted(0)), limits=Limits(wait=90))
    assert isinstance(one.get(URL, JSON), Answer)
    assert waits == [61]  # by the clock of who sent it, and one more, since it counts whole seconds


def test_what_it_asks_for_goes_before_the_quota(waits: list[float]) -> None:
    assert isinstance(saying(limited(403, Retry_After="5", **granted(0))).get(URL, JSON), Answer)
    assert waits == [5]


def test_a_quota_that_is_over_already_is_not_waited_for(waits: list[float]) -> None:
    assert isinstance(saying(limited(429, **granted(0, reset=1))).get(URL, JSON), Answer)
    assert waits == [1]


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_without_a_date_our_own_clock_must_do(monkeypatch: pytest.MonkeyPatch, waits: list[float], date: str) -> None:
    monkeypatch.setattr(time, "time", lambda: 1772337600.0)
    response = limited(403, **granted(0))
    response.headers["Date"] = date
    if not date:
        del response.headers["Date"]
    assert isinstance(saying(response, limits=Limits(wait=90)).get(URL, JSON), Answer)
    assert waits == [61]


def test_waits_twice_as_long_each_time_where_it_is_not_told(waits: list[float]) -> None:
    one = saying(*(limited(429) for _ in range(6)), limits=Limits(wait=200, attempts=5))
    failure = one.get(URL, JSON)
    assert failure == Failure("answered 429 and asks to wait 200 s", retryable=True, status=429)
    assert waits == [60, 120, 200, 200]
    assert isinstance(one.get(URL, JSON), Answer)
    assert waits[4:] == [60]  # each request begins anew


def test_403_for_another_reason_is_an_answer(waits: list[float]) -> None:
    answer = saying(limited(403, **granted(7))).get(URL, JSON)
    assert isinstance(answer, Answer)
    assert answer.status == 403
    assert waits == []


def test_the_quota_is_known_by_resource() -> None:
    one = saying(
        *(limited(200, **granted(*of)) for of in ((7, 1, "core"), (99, 2, "graphql"))),
        limited(200),
        limited(200, **granted(6, 3)),
    )
    for _ in range(3):
        one.get(URL, JSON)
    assert one.quota == {"core": Quota(5000, 7, 1), "graphql": Quota(5000, 99, 2)}
    one.get(URL, JSON)
    assert one.quota == {"core": Quota(5000, 6, 3), "graphql": Quota(5000, 99, 2)}


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"},
        granted(0) | {"X-RateLimit-Reset": "soon"},
        granted(0) | {"X-RateLimit-Reset": "9" * 400},
        granted(0) | {"X-RateLimit-Reset": "9" * 9000},
    ],
)
def test_a_quota_that_cannot_be_read_is_none(headers: Mapping[str, str], waits: list[float]) -> None:
    one = saying(*(httpx.Response(429, headers=headers, stream=_Raw(b"")) for _ in range(3)))
    assert isinstance(one.get(URL, JSON), Failure)
    assert one.quota == {}
    assert waits == [60, 60]


# The run's budget


def test_a_budget_of_requests_is_shared_and_ends(server: PyPIServer, make: Make) -> None:
    budget = Budget(requests=3)
    one, other = make(budget=budget), make(budget=budget)
    assert isinstance(one.get(server.url + PATH, JSON), Answer)
    server.script("/moved", redirect(PATH))
    assert isinstance(other.get(f"{server.url}/moved", JSON), Answer)
    spent = Failure("the requests for this run are spent", retryable=True, spent=True)
    for transport_ in (one, other):
        assert transport_.get(server.url + PATH, JSON) == spent
        assert transport_.post(server.url + PATH, {}, JSON) == spent
    assert len(server.requests) == one.requests + other.requests == 3


@pytest.mark.parametrize("fault", [redirect(PATH), failing(503), failing(429, Retry_After="1")])
def test_a_budget_may_end_in_the_middle(server: PyPIServer, make: Make, fault: Reply) -> None:
    server.script(PATH, fault)
    failure = make(budget=Budget(requests=1)).get(server.url + PATH, JSON)
    assert failure == Failure("the requests for this run are spent", retryable=True, spent=True)
    assert len(server.requests) == 1


def test_a_budget_of_time_ends(server: PyPIServer, make: Make) -> None:
    now = [100.0]
    budget = Budget(seconds=60, clock=lambda: now[0])
    one = make(budget=budget)
    now[0] = 159.9
    assert isinstance(one.get(server.url + PATH, JSON), Answer)
    now[0] = 160.0
    assert one.get(server.url + PATH, JSON) == Failure("the time for this run is over", retryable=True, spent=True)
    assert len(server.requests) == 1


@pytest.mark.parametrize("headers", [{"Retry-After": "30"}, granted(0, reset=1772337629), {"Retry-After": "9" * 400}])
def test_a_wait_beyond_the_budget_is_not_made(waits: list[float], headers: Mapping[str, str]) -> None:
    one = saying(limited(429, **headers), budget=Budget(seconds=30, clock=lambda: 0))
    failure = one.get(URL, JSON)
    assert isinstance(failure, Failure)
    assert failure.spent
    assert failure.status == 429
    assert failure.reason.endswith(" s, which is beyond the time for this run")
    assert waits == []
    assert one.requests == 1


def test_a_wait_within_the_budget_is_made(waits: list[float]) -> None:
    one = saying(limited(429, Retry_After="29"), budget=Budget(seconds=30, clock=lambda: 0))
    assert isinstance(one.get(URL, JSON), Answer)
    assert waits == [29]


def test_a_pause_that_would_hold_others_up_is_put_off(waits: list[float]) -> None:
    budget = Budget()
    budget.patience = 30
    one = saying(limited(429, Retry_After="31"), budget=budget)
    failure = one.get(URL, JSON)
    reason = "answered 429 and asks to wait 31 s, which is too long while others are to be asked"
    assert failure == Failure(reason, retryable=True, status=429, spent=True)
    assert (budget.put_off, waits) == (True, [])
    budget.patience, budget.put_off = 31, False
    one = saying(limited(429, Retry_After="31"), budget=budget)
    assert isinstance(one.get(URL, JSON), Answer)
    assert (budget.put_off, waits) == (False, [31])


def test_a_pause_that_the_limits_forbid_is_not_put_off(waits: list[float]) -> None:
    """It would not be made later either."""
    budget = Budget()
    budget.patience = 30
    failure = saying(limited(503, Retry_After="3600"), budget=budget).get(URL, JSON)
    assert failure == Failure("answered 503 and asks to wait 3600 s", retryable=True, status=503)
    assert (budget.put_off, waits) == (False, [])


def test_without_a_budget_nothing_ends() -> None:
    budget = Budget()
    assert [budget.spend() for _ in range(1000)] == [""] * 1000
    assert not budget.has_passed(float("inf"))


# Tokens


def test_a_token_goes_to_its_own_address_alone(server: PyPIServer, make: Make) -> None:
    with PyPIServer().running() as other:
        one = make(server.url, other.url, tokens={server.url + "/api": "Bearer secret"})
        one.get(server.url + PATH, JSON)
        one.get(other.url + PATH, JSON)
        server.script(PATH, redirect(other.url + PATH))
        other.script(PATH, redirect(server.url + PATH))
        assert isinstance(one.get(server.url + PATH, JSON), Answer)
        assert isinstance(one.get(other.url + PATH, JSON), Answer)
        assert [headers.get("Authorization") for _, headers in server.requests] == ["Bearer secret"] * 3
        assert [headers.get("Authorization") for _, headers in other.requests] == [None] * 3


@pytest.mark.parametrize("port", ["", ":443"])
def test_a_token_knows_its_address_with_and_without_the_usual_port(port: str) -> None:
    sent: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("authorization"))
        return httpx.Response(200, stream=_Raw(b""))

    bases = [f"https://pypi.org{port}", "https://pypi.org:8443", "https://api.pypi.org"]
    one = Transport(bases, "t", wire=httpx.MockTransport(answer), tokens={"https://pypi.org": "Bearer secret"})
    for base in bases:
        one.get(f"{base}/x", JSON)
    assert sent == ["Bearer secret", None, None]


def test_the_line_break_at_the_end_of_a_token_is_not_its_own(server: PyPIServer, make: Make) -> None:
    make(tokens={server.url: "Bearer secret\r\n"}).get(server.url + PATH, JSON)
    assert server.requests[0][1]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("token", ["Bearer se\ncret", "Bearer se\x00cret", "Bearer sécret"])
def test_a_token_that_cannot_be_sent_is_not_told(server: PyPIServer, make: Make, token: str) -> None:
    with pytest.raises(BuilderError) as caught:
        make(tokens={server.url: token})
    assert str(caught.value).startswith(f"The token for {server.url} cannot be sent")
    assert "cret" not in str(caught.value)


def test_a_header_that_cannot_be_sent_is_not_told(server: PyPIServer, waits: list[float]) -> None:
    """The library's message holds it."""
    one = Transport([server.url], "se\ncret")
    assert one.get(server.url + PATH, JSON) == Failure("cannot be sent", retryable=False)
    one.close()
    assert waits == []
    assert server.requests == []


# What is sent


def test_sends_json_and_asks_again(waits: list[float]) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(502 if len(sent) == 1 else 200, stream=_Raw(b"{}"))

    tokens = {"https://pypi.org": "Bearer secret"}
    one = Transport(["https://pypi.org"], "test", wire=httpx.MockTransport(answer), tokens=tokens)
    found = one.post(URL, {"query": "ü"}, JSON)
    assert isinstance(found, Answer)
    assert (found.status, found.body) == (200, b"{}")
    assert [json.loads(request.content) for request in sent] == [{"query": "ü"}] * 2
    assert {request.method for request in sent} == {"POST"}
    assert {request.headers["content-type"] for request in sent} == {JSON}
    assert {request.headers["authorization"] for request in sent} == {"Bearer secret"}
    assert len(waits) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_sent_is_not_redirected(status: int) -> None:
    one = saying(httpx.Response(status, headers={"Location": "/y"}, stream=_Raw(b"")))
    assert one.post(URL, {}, JSON) == Failure("redirected, which is for reading only", retryable=False)
    assert one.requests == 1


def test_an_address_is_checked_before_anything_is_sent(make: Make) -> None:
    one = make("https://pypi.org")
    assert isinstance(one.post("https://example.org/", {}, JSON), Failure)
    assert one.requests == 0


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
    assert importing == {
        "upstreams/transport/__init__.py",
        "upstreams/transport/patient.py",
        "upstreams/transport/plain.py",
    }


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
