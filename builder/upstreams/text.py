"""Text from upstreams made fit to be stored and shown: an upstream's words are anybody's words."""

import unicodedata
from typing import Final

from pydantic import TypeAdapter, ValidationError

from builder.fields import WebUrl

# Format characters turn or hide text, and these two alone are needed to write words: Persian and Indic scripts, emoji.
_JOINERS: Final = "\u200c\u200d"
_STRIPPED: Final = frozenset({"Cc", "Cf", "Cs"})  # controls; format characters, bidi's among them; lone surrogates

_WEB_URL: Final[TypeAdapter[str]] = TypeAdapter(WebUrl)


def clean(text: str, limit: int) -> str:
    """Give a text in NFC on one line, without control and bidi characters, of at most `limit` code points."""
    kept = "".join(c for c in text if c.isspace() or c in _JOINERS or unicodedata.category(c) not in _STRIPPED)
    return unicodedata.normalize("NFC", " ".join(kept.split()))[:limit].rstrip()


def clean_or_none(text: str | None, limit: int) -> str | None:
    """Give the same, and None where nothing is left: an upstream's empty field says that nobody filled it in."""
    return clean(text or "", limit) or None


def web_url(text: str | None) -> str | None:
    """Give an address that is fit to be a link (`builder.fields.WebUrl`), or None."""
    try:
        return _WEB_URL.validate_python((text or "").strip())
    except ValidationError:
        return None
