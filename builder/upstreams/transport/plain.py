"""Single requests, sent as they are given and told as they come: for looking at how a host answers."""

import time
from collections.abc import Callable, Mapping
from typing import Final

import httpx

from builder.upstreams.limits import DEFAULT_LIMITS, Limits
from builder.upstreams.transport import Answer, Failure

_SHOWN: Final = 200  # characters of a cause in a reason


class Plain:
    """Sends a request with the headers it is told: no redirect is followed, nothing asked again, no body decoded.

    The address is the operator's own choice, so no list of hosts is kept. Proxy and certificates are as in `Transport`.
    """

    def __init__(
        self,
        agent: str,
        limits: Limits = DEFAULT_LIMITS,
        clock: Callable[[], float] = time.monotonic,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Take the User-Agent; of the limits, those of time and size; `wire` is for tests."""
        self.requests = 0
        self._limits = limits
        self._clock = clock
        self._client = httpx.Client(
            headers={"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            follow_redirects=False,
            transport=wire,
        )

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def ask(self, method: str, url: str, headers: Mapping[str, str]) -> Answer | Failure:
        """Send one request without a body, and give the answer with its body as it was sent, or why there is none."""
        self.requests += 1
        deadline = self._clock() + self._limits.total
        try:
            with self._client.stream(method, url, headers=dict(headers)) as response:
                body = bytearray()
                for piece in response.iter_raw():
                    body += piece
                    if len(body) > self._limits.body:
                        return Failure(f"larger than {self._limits.body} bytes", retryable=False)
                    if self._clock() > deadline:
                        return Failure(f"took more than {self._limits.total:g} s", retryable=True)
                fields = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, fields, bytes(body))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            return Failure(f"the address cannot be used: {str(error)[:_SHOWN]}", retryable=False)
        except httpx.HTTPError as error:
            return Failure(f"{type(error).__name__}: {str(error)[:_SHOWN]}".removesuffix(": "), retryable=True)
