"""Where an output's bytes lie: the two layouts that hosts are made of."""

import re
from typing import Final

from builder.outputs import HTML, JSON, Output, is_xml

_HARMLESS: Final = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))
_PLAIN: Final = {harmless: plain for plain, harmless in _HARMLESS}
_ESCAPE: Final = re.compile(rb"\\(?:u003c|u003e|u0026|.)", re.DOTALL)
"""Any other one too: in `\\\\u003c` a backslash is escaped, and what follows is text."""


def indexed(output: Output) -> tuple[str, bytes]:
    """Give a folder per route, with an index file of the answer's own type: `index.json`, `index.xml` or `index.html`.

    For hosts that index them all, or can be told to: the ending tells them the media type. A route that does not end
    in a slash is a file already.
    """
    if not output.route.endswith("/"):
        return output.route[1:], output.body
    ending = "json" if output.media_type == JSON else "xml" if is_xml(output.media_type) else "html"
    return f"{output.route[1:]}index.{ending}", output.body


def named_html(output: Output, *, typed: bool = False) -> tuple[str, bytes]:
    """Give a folder per route, with `index.html` also where it holds JSON.

    For hosts that index this one name. Where they cannot be told the media type, a browser would take the JSON for a
    page and run what a description may hold; so what could begin a tag is escaped, which JSON allows. Where they are
    (`typed`), the bytes stay, as XML's do, in which all text out of the data is escaped already.
    """
    if not output.route.endswith("/"):
        return output.route[1:], output.body
    body = output.body
    if output.media_type != HTML and not typed and not is_xml(output.media_type):
        for plain, harmless in _HARMLESS:
            body = body.replace(plain, harmless)
    return output.route[1:] + "index.html", body


def unescaped(body: bytes) -> bytes:
    """Undo what `named_html` does to JSON. A body in which such a sign stands as it is was not escaped, and stays."""
    if any(plain in body for plain, _ in _HARMLESS):
        return body
    return _ESCAPE.sub(lambda found: _PLAIN.get(found[0], found[0]), body)
