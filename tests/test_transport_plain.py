"""Single requests as they are given: nothing is followed, decoded, asked again or believed."""

import gzip
import itertools
from collections.abc import Iterator

import pytest
from loopback import Answer, Loopback, serving

from builder.upstreams.limits import Limits
from builder.upstreams.transport import Answer as Got
from builder.upstreams.transport import Failure
from builder.upstreams.transport.plain import Plain


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    made = Plain("static-packages/1 (+contact)")
    yield made
    made.close()


def test_it_sends_what_it_is_told_and_little_else(server: Loopback, plain: Plain) -> None:
    before = plain.requests
    plain.ask("OPTIONS", f"{server.url}/a?b=c", {"Origin": "https://e.org"})
    [request] = server.asked
    assert (request.method, request.path, request.query) == ("OPTIONS", "/a", "b=c")
    assert request.headers == {
        "host": server.url.removeprefix("http://"),
        "user-agent": "static-packages/1 (+contact)",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "keep-alive",
        "origin": "https://e.org",
    }
    assert plain.requests == before + 1


def test_a_redirect_is_an_answer(server: Loopback, plain: Plain) -> None:
    server.app = lambda _: Answer(301, {"Location": "/elsewhere/", "X-Two": "a"}, b"moved")
    answer = plain.ask("GET", f"{server.url}/", {})
    assert answer == Got(301, {"location": "/elsewhere/", "x-two": "a", "content-length": "5"}, b"moved")
    assert len(server.asked) == 1


def test_a_body_comes_as_it_was_sent(server: Loopback, plain: Plain) -> None:
    packed = gzip.compress(b"text")
    server.app = lambda _: Answer(200, {"Content-Encoding": "gzip"}, packed)
    answer = plain.ask("GET", server.url, {"Accept-Encoding": "gzip"})
    assert isinstance(answer, Got)
    assert answer.body == packed


@pytest.mark.parametrize("status", [429, 500, 503])
def test_no_status_is_asked_for_again(server: Loopback, plain: Plain, status: int) -> None:
    server.app = lambda _: Answer(status)
    answer = plain.ask("GET", server.url, {})
    assert isinstance(answer, Got)
    assert (answer.status, len(server.asked)) == (status, 1)


def test_a_body_has_a_limit(server: Loopback) -> None:
    server.app = lambda _: Answer(200, {}, b"x" * 11)
    small = Plain("a", Limits(body=10))
    assert small.ask("GET", server.url, {}) == Failure("larger than 10 bytes", retryable=False)
    small.close()


def test_an_answer_has_a_limit_of_time(server: Loopback) -> None:
    server.app = lambda _: Answer(200, {}, b"x")
    slow = Plain("a", Limits(total=5), clock=itertools.count(0, 10).__next__)
    assert slow.ask("GET", server.url, {}) == Failure("took more than 5 s", retryable=True)
    slow.close()


def test_nobody_there_is_a_value(plain: Plain) -> None:
    with serving() as server:
        url = server.url
    answer = plain.ask("GET", url, {})
    assert isinstance(answer, Failure)
    assert answer.retryable
    assert answer.reason.startswith("ConnectError")


@pytest.mark.parametrize("url", ["http://e.org:x/", "ftp://e.org/", "nothing"])
def test_what_is_no_address_is_a_value(plain: Plain, url: str) -> None:
    answer = plain.ask("GET", url, {})
    assert isinstance(answer, Failure)
    assert not answer.retryable
    assert answer.reason.startswith("the address cannot be used")


def test_a_place_that_is_no_address_is_a_value_too(server: Loopback, plain: Plain) -> None:
    server.app = lambda _: Answer(301, {"Location": "http://e.org:x/"})
    assert isinstance(plain.ask("GET", server.url, {}), Failure)
