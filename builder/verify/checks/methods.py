"""Methods other than GET."""

from typing import Final

from builder.outputs import JSON
from builder.urls import API_PACKAGES
from builder.verify.live import Live, Seen

METHODS: Final = ("GET", "HEAD", "OPTIONS")
_SAME: Final = ("content-type", "etag", "content-length", "access-control-allow-origin")


def head(live: Live) -> None:
    """HEAD is answered as GET is, without the body."""
    for route in (API_PACKAGES, live.item(API_PACKAGES)):
        got, seen = live.get(route), live.ask("HEAD", route)
        if _told(got) != _told(
            seen
        ):  # the first GET was a while ago: Apache's tag is weak until a file is a second old
            got = live.get_anew(route)
        seen.has_status(got.status)
        seen.expect(not seen.body, "no body", seen.start())
        for name, expected in _told(got).items():
            found = seen.headers.get(name, "none")
            if found != "none" or name != "content-length":
                seen.expect(found == expected, f"{name} as of GET, {expected}", found)


def _told(seen: Seen) -> dict[str, str]:
    return {name: seen.headers[name] for name in _SAME if name in seen.headers}


def options(live: Live) -> None:
    """OPTIONS is answered, and tells the methods."""
    _allows(live.ask("OPTIONS", live.item(API_PACKAGES)).has_status(200, 204))


def post_refused(live: Live) -> None:
    """Writing is refused with 405, and the methods that are not."""
    seen = live.ask("POST", live.item(API_PACKAGES))
    seen.expect(seen.status == 405, "status 405", f"{seen.status} with {seen.start()}")  # noqa: PLR2004 - best read so
    _allows(seen)


def post_refused_in_words(live: Live) -> None:
    """Writing is refused in the original's words."""
    seen = live.ask("POST", live.item(API_PACKAGES))
    words = {"detail": 'Method "POST" not allowed.'}
    seen.expect(seen.is_json and seen.json() == words, words, seen.start())
    seen.has_type(JSON)


def _allows(seen: Seen) -> None:
    told = {word.strip().upper() for word in seen.headers.get("allow", "").split(",")}
    seen.expect(told == set(METHODS), f"allow: {', '.join(METHODS)}", f"allow: {seen.headers.get('allow', 'nothing')}")
