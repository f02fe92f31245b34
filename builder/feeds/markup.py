"""XML, written by hand: an element is a text, and no text out of the data gets in but through here."""

import re
from datetime import UTC, datetime
from typing import Final

DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'

# What XML 1.0 cannot hold, not even escaped: a feed with one such character in it is no feed for any reader.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WHITE: Final = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def escaped(text: str) -> str:
    """Give a text as it may stand in an element or an attribute, without what XML cannot hold.

    White space is escaped too: a parser would make a space of it in an attribute, and a line feed of every carriage
    return.
    """
    printable = text.isprintable()  # which nothing is that XML forbids
    if not printable:
        text = _FORBIDDEN.sub("", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text if printable else text.translate(_WHITE)


def element(name: str, content: str | None = None, **attributes: str) -> str:
    """Give an element with a text in it, or an empty one; the values of `attributes` are plain texts.

    An underscore at the end of an attribute's name is left out, so that `type_` can be one.
    """
    given = "".join(f' {key.rstrip("_")}="{escaped(value)}"' for key, value in attributes.items())
    return f"<{name}{given}/>" if content is None else f"<{name}{given}>{escaped(content)}</{name}>"


def moment(value: datetime) -> str:
    """Give a moment as RFC 3339 has it, in UTC and to the second."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
