"""What editors are told of each kind of text (see `builder.schemas`): wider than its rule, never narrower.

An editor has made a number or a boolean of some texts, so that a kind is of each type that one of its texts can have
become. `errorMessage` is no word of JSON Schema, whose readers pass over it: the language server shows it in the place
of the pattern.
"""

from collections.abc import Sequence
from typing import Final

from pydantic import WithJsonSchema

from builder.fields.limits import DIGITS, SLUG_LENGTH, STORED_LENGTH, TITLE_LENGTH, URL_LENGTH

ANY: Final = ("string", "number", "boolean")
_NUMBER_LIKE: Final = ("string", "number")
_STRING: Final = ("string",)


def _kind(pattern: str, words: str, types: Sequence[str] = ANY, length: int | None = None) -> WithJsonSchema:
    """Say of a kind of text what JSON Schema can.

    `words` are for people, in the place of the pattern. A length stands in the pattern, since the language server
    counts a character outside of Unicode's basic plane as two for `maxLength`, which would be narrower.
    """
    if length is not None:
        pattern = pattern.replace("^", f"^(?![\\s\\S]{{{length + 1}}})", 1)
    return WithJsonSchema({"type": list(types), "pattern": pattern, "errorMessage": words})


_WEB = "[Hh][Tt][Tt][Pp][Ss]?://"
# No user, no port, and a name with a domain, which ends in no number.
_HOST = r"(?:[A-Za-z0-9_-]+\.)+(?![0-9]+\.?(?:[/?#]|$))[A-Za-z0-9_-]+\.?"
_PATH = r'(?:[/?#][^\s"<>\\^`{|}]*)?'
_WEB_WORDS = (
    "An address that begins with https:// or http:// is meant, of a host on the public internet, "
    "without spaces, user name and port."
)
_DATE = "[0-9]{4}-?(?:[0-9]{2}-?[0-9]{2}|W[0-9]{2}(?:-?[0-9])?)"  # all that `date.fromisoformat` takes
_BASE_WORDS = "Where a site is or will be is meant, such as https://example.org or https://example.org/packages."

SLUG: Final = _kind(
    "^(?![0-9]+$)[a-z0-9][a-z0-9_-]*$",
    f"A slug is meant: at most {SLUG_LENGTH} of a-z, 0-9, - and _, the first no sign, and not all digits.",
    length=SLUG_LENGTH,
)
TITLE: Final = _kind(
    r"^\S(?:.*\S)?$",
    f"A name of 1 to {TITLE_LENGTH} characters is meant, on one line, without spaces around it.",
    length=TITLE_LENGTH,
)
NUMBER: Final = WithJsonSchema(
    {
        "type": ["integer", "string"],
        "minimum": 1,
        "maximum": 10**DIGITS - 1,
        "pattern": f"^[1-9][0-9]{{0,{DIGITS - 1}}}$",
        "errorMessage": "A whole number above 0 is meant, in plain digits, such as 359.",
    }
)
TRUTH: Final = _kind("^(?:true|false)$", "Write true or false.", ("boolean", "string"))
MOMENT: Final = _kind(
    f"^{_DATE}.[0-9].*(?:Z|[+-][0-9]{{2}}[0-9:.,]*)$",
    "A date and time with its offset from UTC is meant, such as 2026-02-16T12:00:00-05:00.",
    _STRING,
)
DAY: Final = _kind(f"^{_DATE}$", "A date is meant: year-month-day, such as 2026-02-16.", _NUMBER_LIKE)
DAY_OR_MONTH: Final = _kind(
    f"^(?:{_DATE}|[0-9]{{4}}-[0-9]{{2}})$", "A date or a month is meant, such as 2026-02-16 or 2026-02.", _NUMBER_LIKE
)
CYCLE: Final = _kind(
    r"^[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}$",
    "The number of a release is meant: numbers with dots between, such as 5.2.",
    _NUMBER_LIKE,
)
TAG: Final = _kind("^[a-z0-9][a-z0-9-]{0,29}$", "A tag is at most 30 characters of a-z, 0-9 and -.")
PYPI_NAME: Final = _kind(
    "^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$",
    "The project's name on PyPI is meant, such as django-messages, not its address.",
)
STORED: Final = _kind(
    "^[^ \"'<>`]*$",
    f"A name or an address is meant: at most {STORED_LENGTH} characters, no spaces, quotes, < or >.",
    length=STORED_LENGTH,
)
URL: Final = _kind(f"^{_WEB}{_HOST}{_PATH}$", _WEB_WORDS, _STRING, URL_LENGTH)
URL_OR_EMPTY: Final = _kind(f"^(?:{_WEB}{_HOST}{_PATH})?$", _WEB_WORDS, _STRING, URL_LENGTH)
REPOSITORY: Final = _kind(
    r"^(?:\S+://\S+|(?:[A-Za-z0-9_-]+@)?[A-Za-z0-9.-]+:\S+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/\S+)?$",
    "The repository's web address is meant, such as https://github.com/arneb/django-messages.",
    _STRING,
)
BASE: Final = _kind(rf"^{_WEB}\S+$", _BASE_WORDS, _STRING)
BASE_OR_EMPTY: Final = _kind(rf"^(?:{_WEB}\S+)?$", _BASE_WORDS, _STRING)
CONTACT: Final = _kind(
    "^[ -~]*[!-~][ -~]*$", "A mail address or the address of a page is meant, in plain ASCII: it is sent in a header."
)
