"""What comes with an answer: type, CORS, caching, validation, compression."""

import zlib
from collections.abc import Iterator
from typing import Final

import brotli

from builder import urls
from builder.outputs import JSON
from builder.urls import API, API_GRIDS, API_PACKAGES, V3, V3_PACKAGES
from builder.verify.live import Live, Seen
from builder.verify.outcomes import NotHereError

HTML: Final = "text/html"
ORIGIN: Final = "https://verify.example"
_GZIP: Final = 16 + zlib.MAX_WBITS
_NO_CORS: Final = "Programs in browsers cannot read it: the host must send this header with every answer under /api/."
_NO_TAG: Final = "Caches cannot ask whether they are still right: the host must send an ETag and compare it."
_NO_VARY: Final = "A cache in between may give compressed bytes to a client that cannot read them."


def api_types(live: Live) -> None:
    """Every answer of the API is typed as JSON, and is JSON."""
    for route in _answering(live):
        live.get(route).has_status(200).has_type(JSON).json()


def types_fit(live: Live) -> None:
    """No page is typed as JSON and no JSON as a page, wherever it stands and whatever its status."""
    for route in (*_answering(live), "/", "/no-such-page/", "/api/v4/packages/no-such-package/", "/api/no-such-thing/"):
        seen = live.get(route)
        page = seen.body.lstrip()[:1] == b"<"
        seen.expect(not (page and seen.media_type == JSON), "JSON, as its type says", seen.start())
        seen.expect(not (seen.is_json and seen.media_type == HTML), "JSON typed as JSON", f"JSON typed {HTML}")


def _answering(live: Live) -> Iterator[str]:
    yield from (API, API_PACKAGES, API_GRIDS, live.item(API_PACKAGES), live.item(API_PACKAGES, "slug"))
    if live.promises.v3:
        yield from (V3, V3_PACKAGES)
        yield urls.api_item(V3_PACKAGES, live.sample(API_PACKAGES)["slug"])


def cors(live: Live) -> None:
    """Every site may read the API: Access-Control-Allow-Origin is *."""
    for route in (API, API_PACKAGES, live.item(API_PACKAGES)):
        _open(live.get(route, Origin=ORIGIN).has_status(200))


def cors_not_modified(live: Live) -> None:
    """A 304 says that every site may read it, too."""
    _open(_revalidated(live, live.item(API_PACKAGES), Origin=ORIGIN))


def cors_not_found(live: Live) -> None:
    """A 404 says so, too: a program in a browser learns that there is no such package."""
    _open(live.get("/api/v4/packages/no-such-package/", Origin=ORIGIN))


def cors_redirect(live: Live) -> None:
    """The way to the form with a slash says so, too: a browser follows no other one for a program."""
    _open(live.get(live.item(API_PACKAGES).removesuffix("/"), Origin=ORIGIN))


def cors_preflight(live: Live) -> None:
    """A browser that asks first is told that it may."""
    asked = {"Origin": ORIGIN, "Access_Control_Request_Method": "GET"}
    seen = live.ask("OPTIONS", live.item(API_PACKAGES), **asked)
    _open(seen.has_status(200, 204))


def _open(seen: Seen) -> None:
    name = "access-control-allow-origin"
    seen.expect(seen.headers.get(name) == "*", f"{name}: *", _header(seen, name), _NO_CORS)


def nosniff(live: Live) -> None:
    """Browsers are told not to guess the type: X-Content-Type-Options is nosniff."""
    seen = live.get(live.item(API_PACKAGES)).has_status(200)
    name = "x-content-type-options"
    seen.expect(seen.headers.get(name, "").lower() == "nosniff", f"{name}: nosniff", _header(seen, name))


def cache_control(live: Live) -> None:
    """Caches are told how long an answer is good: Cache-Control with a max-age."""
    seen = live.get(live.item(API_PACKAGES)).has_status(200)
    name = "cache-control"
    seen.expect("max-age=" in seen.headers.get(name, ""), f"{name} with a max-age", _header(seen, name))


def etag(live: Live) -> None:
    """A client that has the bytes is answered 304 without them, and one that has others gets them."""
    for route in (live.item(API_PACKAGES), API_GRIDS):
        seen = _revalidated(live, route)
        seen.expect(not seen.body, "no body", seen.start())
    other = live.get(live.item(API_PACKAGES), If_None_Match='"another"')
    other.expect(other.status == 200, "status 200", other.status, _NO_TAG)  # noqa: PLR2004 - a status is best read so


def _revalidated(live: Live, route: str, **headers: str) -> Seen:
    first = live.get(route, **headers).has_status(200)
    first.expect("etag" in first.headers, "an ETag", "none", _NO_TAG)
    again = live.get(route, **headers, If_None_Match=first.headers["etag"])
    again.expect(again.status == 304, "status 304", again.status, _NO_TAG)  # noqa: PLR2004 - a status is best read so
    return again


def compression(live: Live) -> None:
    """A list comes compressed by gzip to who asks for it, is the same list, and caches are told that it varies."""
    _compressed(live, "gzip")


def compression_br(live: Live) -> None:
    """A list comes compressed by Brotli in the same way, where the address offers it."""
    _compressed(live, "br")


def _compressed(live: Live, coding: str) -> None:
    plain = live.get(API_PACKAGES, Accept_Encoding="identity").has_status(200)
    packed = live.get(API_PACKAGES, Accept_Encoding=coding).has_status(200)
    found = packed.headers.get("content-encoding", "identity").lower()
    if coding == "br" and found == "identity":
        raise NotHereError("no Brotli is offered here, which gzip makes up for")
    packed.expect(found == coding, f"content-encoding: {coding}", _header(packed, "content-encoding"))
    vary = packed.headers.get("vary", "").lower()
    told = "accept-encoding" in vary or vary == "*"
    packed.expect(told, "vary: Accept-Encoding", _header(packed, "vary"), _NO_VARY)
    packed.expect(_unpacked(packed, coding) == plain.body, "the bytes of the plain answer", "others when decoded")
    tag = packed.headers.get("etag")
    if tag is not None:
        again = live.get(API_PACKAGES, Accept_Encoding=coding, If_None_Match=tag)
        again.expect(again.status == 304, "status 304", again.status, _NO_TAG)  # noqa: PLR2004 - best read so


def _unpacked(seen: Seen, coding: str) -> bytes:
    """Give the body decoded; nothing that a list could be where it cannot be."""
    try:
        return zlib.decompress(seen.body, _GZIP) if coding == "gzip" else bytes(brotli.decompress(seen.body))
    except (zlib.error, brotli.error):
        return b""


def _header(seen: Seen, name: str) -> str:
    return f"{name}: {seen.headers[name]}" if name in seen.headers else f"no {name}"


def suffix_types(live: Live) -> None:
    """The forms that end in `.json` are typed as JSON, where they are promised."""
    if not live.promises.suffixes:
        raise NotHereError("the forms that end in .json were not built for this host")
    for route in (urls.api_list(API_PACKAGES, urls.SUFFIX), live.item(API_PACKAGES, "id", urls.SUFFIX)):
        live.get(route).has_status(200).has_type(JSON)
