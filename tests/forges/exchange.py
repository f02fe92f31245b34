"""A request, its answer, and a site: a table of routes. What every forge here is made of."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. `target` is the raw path with its query; names of headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path as sent, with its escapes."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters; of one given twice the last."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """Give a parameter that counts something, at least 1; the default where it is none."""
        text = self.query.get(name, "")
        given = max(1, int(text)) if text.isdecimal() else default
        return given if most is None else min(given, most)

    @property
    def token(self) -> str:
        """What stands behind the scheme of `Authorization`, or in GitLab's own header; "" without one."""
        _, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or self.headers.get("private-token", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client gets.

    `cost` are the points that were charged. `cut` closes the connection after so many bytes of the body; `hold` says
    nothing at all until the server is released, and then closes.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cost: int = 0
    cut: int | None = None
    hold: bool = False

    def having(self, headers: Mapping[str, str], cost: int = 0) -> "Answer":
        """Give the same answer with more headers and its cost."""
        return replace(self, headers={**self.headers, **headers}, cost=self.cost + cost)

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Read the body."""
        return json.loads(self.body)


def as_json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with JSON."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, {"content-type": "application/json; charset=utf-8", **(headers or {})}, body)


def as_text(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with plain text."""
    return Answer(status, {"content-type": "text/plain; charset=utf-8", **(headers or {})}, text.encode())


class Route(NamedTuple):
    """What is asked for, under which path, and who answers it. `kind` is the name by which tests count and break it."""

    kind: str
    method: str
    pattern: re.Pattern[str]
    answer: Callable[[Request, re.Match[str]], Answer]


class Site:
    """A host: its name, its address as clients see it (set when it is served), and its routes.

    A new one needs nothing else to be logged, counted and broken: `Forges.mount` serves it.
    """

    name = "site"
    base = ""
    routes: Sequence[Route] = ()

    def route(self, request: Request) -> tuple[Route, re.Match[str]] | None:
        """Give the route of a request."""
        for route in self.routes:
            if route.method == request.method and (match := route.pattern.fullmatch(request.path)):
                return route, match
        return None

    def kind(self, request: Request) -> str:
        """Name the kind of a request; "unknown" where nothing is."""
        found = self.route(request)
        return found[0].kind if found else "unknown"

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        found = self.route(request)
        return found[0].answer(request, found[1]) if found else self.nothing()

    def nothing(self) -> Answer:
        """Answer where nothing is."""
        return as_json({"message": "Not Found"}, 404)


def links(address: str, query: Mapping[str, str], page: int, pages: int) -> dict[str, str]:
    """Give the Link header of one page of several (RFC 8288); nothing for a single one."""
    wanted = {"next": page + 1, "last": pages} if page < pages else {}
    if page > 1:
        wanted |= {"first": 1, "prev": page - 1}
    parts = [f'<{address}?{urlencode({**query, "page": str(to)})}>; rel="{name}"' for name, to in wanted.items()]
    return {"link": ", ".join(parts)} if parts else {}


def count_pages(items: int, per_page: int) -> int:
    """Give the number of pages, at least 1."""
    return max(1, -(-items // per_page))
