"""The live address: asked politely, each question once, and what it answered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urljoin, urlsplit

from builder import urls
from builder.upstreams.transport import Answer, Failure
from builder.verify.outcomes import DeviationError, Failed, NotHereError
from builder.verify.promises import Promises

MOST_REQUESTS: Final = 130
"""Whatever the size of a site: what is large is sampled."""

REBUILD: Final = "Build with --base-url for the address where the site is."

_SHOWN: Final = 120  # characters of a body in a message


class Wire(Protocol):
    """What sends a request: `builder.upstreams.transport.plain.Plain`."""

    def ask(self, method: str, url: str, headers: Mapping[str, str]) -> Answer | Failure:
        """Give the answer, with no redirect followed and the body as it was sent."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer and the request that it is of. Names of headers are in lower case."""

    method: str
    url: str
    asked: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def request(self) -> str:
        """The request, for a message."""
        extra = " and ".join(f"{name}: {value}" for name, value in self.asked.items())
        return f"{self.method} {self.url}" + (f" with {extra}" if extra else "")

    @property
    def media_type(self) -> str:
        """The type without its parameters; "" where none is told."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the body, whatever it is typed as, can be read as JSON."""
        try:
            json.loads(self.body)
        except ValueError:
            return False
        return True

    def start(self) -> str:
        """Give the beginning of the body, for a message."""
        text = self.body[:_SHOWN].decode(errors="replace").strip()
        return f"{text!r}{' …' if len(self.body) > _SHOWN else ''}" if text else "no body"

    def expect(self, holds: object, expected: object, seen: object, remedy: str = "") -> None:
        """Stop the check unless something holds.

        Raises:
            DeviationError: it does not.
        """
        if not holds:
            raise DeviationError(Failed(self.request, str(expected), str(seen), remedy))

    def has_status(self, *statuses: int) -> "Seen":
        """Stop the check unless the status is one of these; give the answer back."""
        expected = " or ".join(map(str, statuses))
        self.expect(self.status in statuses, f"status {expected}", f"{self.status} with {self.start()}")
        return self

    def has_type(self, media_type: str) -> "Seen":
        """Stop the check unless the body is typed so; give the answer back."""
        remedy = "The host must be told the media type of what lies there."
        self.expect(self.media_type == media_type, f"the type {media_type}", self.media_type or "no type", remedy)
        return self

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Give the body read as JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise DeviationError(Failed(self.request, "JSON", self.start())) from None

    def object(self) -> dict[str, Any]:
        """Give the body read as JSON that must be an object."""
        found = self.json()
        self.expect(isinstance(found, dict), "an object in JSON", self.start())
        return dict(found)

    def page(self) -> dict[str, Any]:
        """Give the body read as a list of v4, or a page of one: its items, each with id and slug, are `results`."""
        found = self.object()
        shaped = isinstance(found.get("count"), int) and isinstance(found.get("next"), str | None)
        shaped = (
            shaped and list(found) == ["count", "next", "previous", "results"] and isinstance(found["results"], list)
        )
        shaped = shaped and all(isinstance(item, dict) and {"id", "slug"} <= item.keys() for item in found["results"])
        self.expect(shaped, "a list: count, next, previous, and results with id and slug", self.start())
        return found


@dataclass(slots=True)
class Live:
    """The site at an address, `base` without a slash at its end, and what it promises.

    `generation` is the one that must be served, None for any. `is_late` tells that the time is over, `sent` counts the
    requests. What was asked once is not asked again: checks share answers.
    """

    base: str
    wire: Wire
    promises: Promises
    generation: str | None = None
    is_late: Callable[[], bool] = bool
    sent: int = 0
    _answers: dict[tuple[str, str, tuple[tuple[str, str], ...]], Seen] = field(default_factory=dict)

    def get(self, route: str, **headers: str) -> Seen:
        """Ask for a route (with its query); headers by their names with `_` for `-`."""
        return self.ask("GET", route, **headers)

    def get_anew(self, route: str) -> Seen:
        """Ask for a route again: what was answered before may have changed since."""
        self._answers.pop(("GET", self.base + route, ()), None)
        return self.get(route)

    def ask(self, method: str, route: str, **headers: str) -> Seen:
        """Send a request of any method to a route, or to an address under the site's own.

        Raises:
            DeviationError: no answer came, or so many were asked for that something must be wrong.
        """
        url = route if "://" in route else self.base + route
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        key = (method, url, tuple(asked.items()))
        if key not in self._answers:
            self._answers[key] = self._send(method, url, asked)
        return self._answers[key]

    def _send(self, method: str, url: str, asked: Mapping[str, str]) -> Seen:
        answer = self._try(method, url, asked)
        if isinstance(answer, Failure) and answer.retryable:
            answer = self._try(method, url, asked)
        if isinstance(answer, Failure):
            raise DeviationError(Failed(f"{method} {url}", "an answer", answer.reason))
        return Seen(method, url, asked, answer.status, answer.headers, answer.body)

    def _try(self, method: str, url: str, asked: Mapping[str, str]) -> Answer | Failure:
        if self.sent >= MOST_REQUESTS:
            return Failure(f"none: {MOST_REQUESTS} requests were sent, and no more are", retryable=False)
        if self.is_late():
            return Failure("none: the time for all checks is over", retryable=False)
        self.sent += 1
        return self.wire.ask(method, url, asked)

    def read(self, route: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Give the JSON of a route that must answer 200."""
        return self.get(route).has_status(200).json()

    def followed(self, seen: Seen, link: str) -> str:
        """Give the address here that a link in an answer means, absolute or relative.

        A site that was built for another address is followed here all the same: `base-url` is the check for that.
        """
        try:
            target = urljoin(seen.url, link)
        except ValueError:
            target = ""
        meant = self.promises.base_url
        if meant and meant != self.base and (target + "/").startswith(meant + "/"):
            target = self.base + target.removeprefix(meant)
        elif meant and meant != self.base and link.startswith("/"):
            target = self.base + link.removeprefix(urlsplit(meant).path)
        seen.expect((target + "/").startswith(self.base + "/"), f"a link below {self.base}/", link, REBUILD)
        return target

    def first(self, collection: str) -> tuple[Seen, dict[str, Any]]:
        """Give the first answer of a list of v4, as it came and read."""
        seen = self.get(collection).has_status(200)
        return seen, seen.page()

    def sample(self, collection: str) -> dict[str, Any]:
        """Give an item of a list of v4: the first that links to others, else the first.

        Raises:
            NotHereError: the list is empty.
        """
        items: list[dict[str, Any]] = self.first(collection)[1]["results"]
        if not items:
            raise NotHereError(f"{collection} is empty")
        return next((item for item in items if item.get("grids") or item.get("packages")), items[0])

    def item(self, collection: str, key: str = "id", end: str = urls.SLASH) -> str:
        """Give the route of the sample of a list, by its `id` or `slug`."""
        return urls.api_item(collection, self.sample(collection)[key], end)
