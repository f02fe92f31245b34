"""The one way out: every request of the program is made here, and no other module imports httpx.

Names and addresses that are asked for come from pull requests, and redirects from upstreams, so nothing is trusted:
only hosts on a list are called, redirects are checked as the first address was, and an answer has limits of time and
size. What goes wrong is a value.
"""

import ipaddress
import logging
import ssl
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import httpx
import stamina

from builder.errors import BuilderError
from builder.upstreams.limits import DEFAULT_LIMITS, Budget, Limits, Quota, quota_of, retry_after, until_reset

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GZIP: Final = 16 + zlib.MAX_WBITS
_PORTS: Final = {"https": 443, "http": 80}
_SHOWN: Final = 200  # characters of an address or a cause in a reason

# stamina logs each retry as a warning, which Python prints where nobody set logging up. Reasons are told otherwise.
logging.getLogger("stamina").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that came whole. Names of headers are in lower case; the body is decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer, or none that can be trusted. `retryable`: it may be better another time, not just now.

    `status` is of the answer that was given up on, 0 where there was none. `spent` tells that nothing is wrong with
    the upstream: the run's own budget does not allow another request, or the wait for it.
    """

    reason: str
    retryable: bool
    status: int = 0
    spent: bool = False


class _AgainError(Exception):
    """An attempt failed so that another one may help; `wait` is what the upstream asks for, in seconds."""

    def __init__(self, reason: str, wait: float | None = None, status: int = 0) -> None:
        super().__init__(reason)
        self.failure = Failure(reason, retryable=True, status=status)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    accept: str
    payload: Mapping[str, object] | None = None
    final: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


def user_agent(contact: str) -> str:
    """Give who we are, so that an upstream can reach the operator."""
    try:
        ours = version("static-packages")
    except PackageNotFoundError:  # a checkout that was not installed
        ours = "0"
    return f"static-packages/{ours} (+{contact})"


@cache
def _trust() -> ssl.SSLContext:
    """Give whose certificates are trusted, read once for all: that takes 0.04 s, and is done for each proxy too."""
    return httpx.create_ssl_context()


class Transport:
    """Sends requests to the hosts on its list, one at a time, and counts them in `requests`.

    A token goes to the one address it is given for, and nowhere else, redirects included. A proxy and certificates are
    the operator's affair: httpx reads their usual environment variables.
    """

    def __init__(  # noqa: PLR0913 - what it depends on, each with a default
        self,
        bases: Iterable[str],
        agent: str,
        limits: Limits = DEFAULT_LIMITS,
        clock: Callable[[], float] = time.monotonic,
        wire: httpx.BaseTransport | None = None,
        *,
        budget: Budget | None = None,
        tokens: Mapping[str, str] | None = None,
    ) -> None:
        """Take the addresses whose hosts (and ports) may be called, and the User-Agent; `wire` is for tests.

        `tokens` gives, for such an address, the value of its Authorization header. Raises `BuilderError` for one that
        cannot be sent.
        """
        self.requests = 0
        self.quota: dict[str, Quota] = {}
        self._resets: dict[str, float] = {}
        self._origins = frozenset(_origin(httpx.URL(base)) for base in bases)
        self._tokens = {_origin(httpx.URL(base)): _sendable(base, value) for base, value in (tokens or {}).items()}
        self._budget = budget or Budget()
        self._throttled = 0
        self._limits = limits
        self._clock = clock
        self._retrying = stamina.RetryingCaller(
            attempts=limits.attempts, timeout=None, wait_initial=limits.backoff, wait_max=limits.wait, wait_jitter=1
        )
        self._client = httpx.Client(
            headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            follow_redirects=False,
            transport=wire,
            verify=_trust(),
        )

    def granted(self, name: str) -> str:
        """Give what is left of the scarcest quota, in a few words; "" where no answer told."""
        left = [quota.remaining for quota in self.quota.values()]
        return f"{name}: {min(left):,} left" if left else ""

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def lack(self, resource: str) -> float:
        """Give the seconds until a quota that is used up is granted anew; 0 where it is not, or nothing is known."""
        quota = self.quota.get(resource)
        if quota is None or quota.remaining > 0:
            return 0.0
        return max(0.0, self._resets[resource] - self._clock())

    def pause(self, seconds: float) -> bool:
        """Wait, unless that is longer than the limits or the run's time allow; tell whether it was done."""
        if not self._allows(seconds):
            return False
        time.sleep(seconds)
        return True

    def _allows(self, wait: float) -> bool:
        return wait <= self._limits.wait and not self._budget.has_passed(wait) and not self._budget.puts_off(wait)

    def get(self, url: str, accept: str, final: Collection[int] = ()) -> Answer | Failure:
        """Ask for an address, again where that may help (429, 5xx, time-outs, torn answers), and give the answer.

        An answer is any that is not asked for again: the caller looks at its status. `final` are statuses, 0 for none,
        after which the caller knows something better than to wait and ask the same again.
        """
        return self._send(_Request("GET", url, accept, final=final))

    def post(
        self, url: str, payload: Mapping[str, object], accept: str, final: Collection[int] = ()
    ) -> Answer | Failure:
        """Send JSON to an address and give the answer, as `get` does; a redirect is not followed."""
        return self._send(_Request("POST", url, accept, payload, final))

    def _send(self, request: _Request) -> Answer | Failure:
        self._throttled = 0
        try:
            return self._retrying(partial(self._pause, request.final), self._follow, request)
        except _AgainError as error:
            final = error.failure.status in request.final
            refusal = "" if error.wait is None or final else self._refusal_to_wait(error.wait)
            if refusal:
                reason = f"{error.failure.reason}, which is {refusal}"
                return Failure(reason, retryable=True, status=error.failure.status, spent=True)
            return error.failure

    def _refusal_to_wait(self, wait: float) -> str:
        """Say why the run does not wait so long for an upstream that asks for it; "" where the run is not why."""
        if self._budget.has_passed(wait):
            return "beyond the time for this run"
        put_off = wait <= self._limits.wait and self._budget.puts_off(wait)
        return "too long while others are to be asked" if put_off else ""

    def _pause(self, final: Collection[int], error: Exception) -> bool | float:
        """Tell stamina whether to try again, or after how many seconds."""
        if not isinstance(error, _AgainError) or error.failure.status in final:
            return False
        if error.wait is None:
            return True
        return error.wait if self._allows(error.wait) else False

    def _follow(self, request: _Request) -> Answer | Failure:
        deadline = self._clock() + self._limits.total
        here: httpx.URL | None = None
        url = request.url
        for _ in range(self._limits.redirects + 1):
            there = self._target(here, url)
            if isinstance(there, Failure):
                return there
            answer = self._ask(there, request, deadline)
            if not isinstance(answer, _Redirect):
                return answer
            if request.method != "GET":
                return Failure("redirected, which is for reading only", retryable=False)
            here, url = there, answer.location
        return Failure(f"redirected more than {self._limits.redirects} times", retryable=False)

    def _target(self, here: httpx.URL | None, text: str) -> httpx.URL | Failure:
        """Give the address to ask; a failure if it must not be asked. `here` is where a redirect came from."""
        try:
            url = here.join(text) if here else httpx.URL(text)
        except (httpx.InvalidURL, ValueError):
            return Failure(f"{text[:_SHOWN]!r} is not an address", retryable=False)
        if refusal := self._refusal(here, url):
            return Failure(f"{'redirected to ' if here else ''}{str(url)[:_SHOWN]!r}: {refusal}", retryable=False)
        return url

    def _refusal(self, here: httpx.URL | None, url: httpx.URL) -> str:
        if url.scheme not in _PORTS:
            return "not a web address"
        if url.userinfo:
            return "holds a user name"
        if _origin(url) not in self._origins:
            return "the host is not on the list"
        if url.scheme == "http" and not is_loopback(url.host):
            return "plain http is for loopback only"
        if here and here.scheme == "https" and url.scheme == "http":
            return "leads from https to http"
        return ""

    def _ask(self, url: httpx.URL, request: _Request, deadline: float) -> Answer | Failure | _Redirect:
        if reason := self._budget.spend():
            return Failure(reason, retryable=True, spent=True)
        self.requests += 1
        headers = {"Accept": request.accept}
        if token := self._tokens.get(_origin(url)):
            headers["Authorization"] = token
        try:
            with self._client.stream(request.method, url, headers=headers, json=request.payload) as response:
                return self._look(response, deadline)
        except httpx.InvalidURL:
            # httpx reads a Location also where it is not to follow it.
            return Failure("redirected to what is not an address", retryable=False)
        except httpx.HTTPError as error:
            # This one's message holds the header that cannot be sent; the others' hold no header and no body.
            if isinstance(error, httpx.LocalProtocolError):
                return Failure("cannot be sent", retryable=False)
            raise _AgainError(f"{type(error).__name__}: {str(error)[:_SHOWN]}".removesuffix(": ")) from error

    def _look(self, response: httpx.Response, deadline: float) -> Answer | Failure | _Redirect:
        status, headers = response.status_code, response.headers
        quota = quota_of(headers)
        if quota is not None:
            resource = headers.get("x-ratelimit-resource", "")
            self.quota[resource] = quota
            self._resets[resource] = self._clock() + until_reset(quota, headers)
        spent = quota is not None and quota.remaining == 0
        limited = status == httpx.codes.TOO_MANY_REQUESTS or (
            status == httpx.codes.FORBIDDEN and ("retry-after" in headers or spent)
        )
        if limited or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            wait = self._wait(headers, quota, limited=limited)
            asks = "" if wait is None else f" and asks to wait {wait:.0f} s"
            raise _AgainError(f"answered {status}{asks}", wait, status)
        if status in _REDIRECTS and "location" in headers:
            return _Redirect(headers["location"])
        body = self._read(response, deadline)
        return body if isinstance(body, Failure) else Answer(status, {k.lower(): v for k, v in headers.items()}, body)

    def _wait(self, headers: Mapping[str, str], quota: Quota | None, *, limited: bool) -> float | None:
        """Give the seconds to wait: as asked; until the window's end; longer each time; None leaves it to the back-off.

        The order is the one that GitHub's documentation of its limits asks for.
        """
        asked = retry_after(headers)
        if asked is not None or not limited:
            return asked
        if quota is not None and quota.remaining == 0:
            return until_reset(quota, headers)
        self._throttled += 1
        return float(min(self._limits.throttle * 2 ** (self._throttled - 1), self._limits.wait))

    def _read(self, response: httpx.Response, deadline: float) -> bytes | Failure:
        """Read a body to its end.

        It is decoded here since httpx takes a gzip stream that breaks off for a whole one, and would decode a bomb
        before anybody could look at its size. A body shorter than its Content-Length is found by the layer below.
        """
        coding = response.headers.get("content-encoding", "identity").lower()
        if coding not in {"identity", "gzip"}:
            return Failure(f"encoded as {coding[:_SHOWN]!r}, which was not asked for", retryable=False)
        gunzip = zlib.decompressobj(_GZIP) if coding == "gzip" else None
        body, limit = bytearray(), self._limits.body
        for piece in response.iter_raw():
            body += _unpack(gunzip, piece, limit + 1 - len(body)) if gunzip else piece
            if len(body) > limit:
                return Failure(f"larger than {limit} bytes", retryable=False)
            if self._clock() > deadline:
                raise _AgainError(f"took more than {self._limits.total:g} s")
        if gunzip and not gunzip.eof:
            raise _AgainError("broke off before its end")
        return bytes(body)


def _unpack(gunzip: "zlib._Decompress", piece: bytes, room: int) -> bytes:
    try:
        return gunzip.decompress(piece, room)
    except zlib.error as error:
        raise _AgainError("cannot be decompressed") from error


def _sendable(base: str, token: str) -> str:
    """Give a token without the line break that files and pipes leave at its end."""
    token = token.strip()
    if not (token.isascii() and token.isprintable()):
        raise BuilderError(f"The token for {base} cannot be sent: it holds a line break or a special character.")
    return token


def _origin(url: httpx.URL) -> tuple[str, int | None]:
    return url.host, url.port or _PORTS.get(url.scheme)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself, where no certificate is to be had."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
