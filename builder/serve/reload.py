"""Pages as they are sent: with the script that reloads them, and their policy opened for it alone.

A page's Content-Security-Policy forbids a script that its template does not know. In the copy that is sent, the
addresses of the script and of its events are added to the policy, and nothing else: `'self'` would let through every
script of the site, so that a page which the published policy breaks would work here.
"""

import html
import re
from importlib.resources import files
from typing import Final

SCRIPT: Final = "/__serve/reload.js"
EVENTS: Final = "/__serve/events"

_TAG: Final = re.compile(rb"<meta\b[^>]*>", re.IGNORECASE)
_POLICY: Final = re.compile(r"""\bhttp-equiv\s*=\s*["']?content-security-policy["'\s/>]""", re.IGNORECASE)
_CONTENT: Final = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def script() -> bytes:
    """Give the script."""
    return (files("builder.serve") / "reload.js").read_bytes()


def page(body: bytes, host: str, generation: str) -> bytes:
    """Give a page with the script behind it, for a reader who came by this host (`127.0.0.1:8000`)."""
    opened = _TAG.sub(lambda tag: _open_tag(tag[0], host), body)
    return opened + f'<script src="{SCRIPT}" data-generation="{generation}"></script>\n'.encode()


def _open_tag(tag: bytes, host: str) -> bytes:
    text = tag.decode(errors="surrogateescape")
    if not _POLICY.search(text):
        return tag

    def opened(content: re.Match[str]) -> str:
        policy = html.unescape(content[1] or content[2] or "")
        return f'content="{html.escape(open_policy(policy, host))}"'

    return _CONTENT.sub(opened, text).encode(errors="surrogateescape")


def open_policy(policy: str, host: str) -> str:
    """Add the script and its events to a policy; what it leaves to `default-src` is written out for that."""
    directives: dict[str, list[str]] = {}
    for directive in policy.split(";"):
        if words := directive.split():
            directives.setdefault(words[0].lower(), words[1:])  # a second one of a name does not count
    for name, route in (("script-src", SCRIPT), ("script-src-elem", SCRIPT), ("connect-src", EVENTS)):
        sources = directives.get(name)
        if sources is None and name != "script-src-elem":
            sources = directives.get("default-src")
        if sources is not None:
            others = [source for source in sources if source.lower() != "'none'"]
            directives[name] = [*others, f"http://{host}{route}"]
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())
