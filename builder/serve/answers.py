"""What the local server answers: the built tree as a good host serves it, and to this machine only."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from builder import urls
from builder.hosts import rules
from builder.hosts.media_types import TEXT
from builder.outputs import HTML, JAVASCRIPT, JSON
from builder.resources import ErrorResource, encode
from builder.serve import reload, tree

_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_KINDS: Final = {
    urls.API_PACKAGES: "package",
    urls.API_GRIDS: "grid",
    urls.API_CATEGORIES: "category",
    urls.V3_PACKAGES: "v3-package",
    urls.V3_GRIDS: "v3-grid",
    urls.V3_CATEGORIES: "v3-category",
}
_LOOPBACK: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?", re.IGNORECASE)
_ALWAYS: Final = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
_UNDER_API: Final = {
    "Allow": ", ".join(_METHODS),
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": ", ".join(_METHODS),
    "Access-Control-Allow-Headers": "*",
}
_NOTHING_BUILT: Final = "There is no site yet. This page loads again when it has been built."
_NO_PAGE: Final = "There is no such page, and the site has no page of its own to say so."


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request matters. `target` is as it was sent: path and query, percent-encoded."""

    method: str
    target: str
    host: str = ""
    if_none_match: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the headers but for the length, and a body, which HEAD does not get."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def _typed(status: int, media_type: str, body: bytes) -> Answer:
    return Answer(status, {"Content-Type": media_type}, body)


def _error(status: int, detail: str) -> Answer:
    return _typed(status, JSON, encode(ErrorResource(detail=detail)))


def _text(status: int, sentence: str) -> Answer:
    return _typed(status, TEXT, sentence.encode() + b"\n")


def _page(status: int, sentence: str) -> Answer:
    title = sentence.partition(".")[0]
    body = f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n<p>{sentence}</p>\n'
    return _typed(status, HTML, body.encode())


def is_loopback(host: str) -> bool:
    """Tell whether a Host header names this machine.

    A foreign name that leads here would let a foreign page read what is served here (DNS rebinding).
    """
    return _LOOPBACK.fullmatch(host) is not None


def at_the_root() -> str:
    """Give the prefix of a site that has none."""
    return ""


def no_preview(_route: str) -> None:
    """Know no page before it is built."""


@dataclass(frozen=True, slots=True)
class Site:
    """A built tree, and what gives the path it is served under now: "" or as `/packages`.

    `preview` gives the page of a route as it will be, where that is known before it is built.
    """

    out: Path
    prefix: Callable[[], str] = at_the_root
    preview: Callable[[str], bytes | None] = no_preview

    def answer(self, request: Request, generation: str) -> Answer:
        """Answer a request. A page gets the script that reloads it when `generation` is no longer the latest."""
        path, mark, query = request.target.partition("?")
        prefix = self.prefix()
        if not is_loopback(request.host):
            answer = _text(421, "This server answers to the names of this machine only.")
        elif path == reload.SCRIPT:
            answer = _typed(200, JAVASCRIPT, reload.script())
        elif prefix and path in {"/", prefix}:
            answer = Answer(302, {"Location": f"{prefix}/{mark}{query}"})
        elif not path.startswith(prefix + "/"):
            answer = _text(404, f"The site is served under {prefix}/.")
        else:
            answer = self._under_prefix(request, prefix, path.removeprefix(prefix), mark + query)
        if answer.headers.get("Content-Type") == HTML:
            answer = replace(answer, body=reload.page(answer.body, request.host, generation))
        return _revalidated(answer, request)

    def _under_prefix(self, request: Request, prefix: str, path: str, query: str) -> Answer:
        is_api = path.startswith("/api/")
        if re.match(rules.GONE, path):
            answer = _typed(410, JSON, rules.gone().encode())
        elif request.method not in _METHODS:
            answer = _not_allowed(request.method, path)
        elif not self.out.is_dir():
            answer = _error(503, _NOTHING_BUILT) if is_api else _page(503, _NOTHING_BUILT)
        else:
            answer = self._found(prefix, path, query) or self._not_found(path, is_api=is_api)
        if request.method == "OPTIONS" and answer.status == 200:  # noqa: PLR2004 - a status is best read as it is
            answer = Answer(204, {"Allow": ", ".join(_METHODS)})
        return replace(answer, headers={**answer.headers, **_UNDER_API}) if is_api else answer

    def _found(self, prefix: str, path: str, query: str) -> Answer | None:
        """Give the file of a path; where only the slash at its end is missing, the way there."""
        route = tree.decode(path)
        if route is None:
            return None
        if page := self.preview(route):
            return _typed(200, HTML, page)
        if found := tree.read(self.out, route):
            body, media_type = found
            return _typed(200, media_type, body)
        if not route.endswith("/") and tree.read(self.out, route + "/"):
            return Answer(301, {"Location": f"{prefix}{quote(route)}/{query}"})
        return None

    def _not_found(self, path: str, *, is_api: bool) -> Answer:
        """Give the tree's own 404 answer: under the API in the original's words for what was asked."""
        for route in _api_errors(path) if is_api else [urls.NOT_FOUND]:
            if found := tree.read(self.out, route):
                body, media_type = found
                return _typed(404, media_type, body)
        return _error(404, "Not found.") if is_api else _page(404, _NO_PAGE)


def _api_errors(path: str) -> list[str]:
    """Give the routes of the 404 bodies that fit a path, the best first.

    In API v4 a category has no name but its number. In API v3 grids and categories have lists of packages below them.
    """
    general = [urls.API_NOT_FOUND]
    if path.startswith(urls.V3):
        general.insert(0, urls.api_not_found("v3"))
    for collection, kind in _KINDS.items():
        key = path.removeprefix(collection).removesuffix("/")
        if kind in {"v3-grid", "v3-category"}:
            key = key.removesuffix("/packages")
        if path.startswith(collection) and key and "/" not in key and (kind != "category" or key.isdecimal()):
            return [urls.api_not_found(kind), *general]
    return general


def _not_allowed(method: str, path: str) -> Answer:
    words = rules.not_allowed(method)
    if path.startswith(urls.V3):
        answer = _typed(405, JSON, rules.refusal_v3(405, words).encode())
    else:
        answer = _error(405, words) if path.startswith("/api/") else _text(405, words)
    return replace(answer, headers={**answer.headers, "Allow": ", ".join(_METHODS)})


def _revalidated(answer: Answer, request: Request) -> Answer:
    """Add the tag of the body, and leave the body out for a reader who has it."""
    headers = {**answer.headers, **_ALWAYS}
    if answer.status != 200:  # noqa: PLR2004 - a status is best read as it is
        return replace(answer, headers=headers)
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    known = {text.strip().removeprefix("W/") for text in request.if_none_match.split(",")}
    if known & {tag, "*"}:
        return Answer(304, {**headers, "ETag": tag})
    return replace(answer, headers={**headers, "ETag": tag})
