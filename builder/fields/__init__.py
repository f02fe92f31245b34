"""The kinds of text that records and settings are made of, each with its rule and a message for people.

A rule that is broken raises `PydanticCustomError`: its type is the stable code of the problem, its context may hold
`hint`, which says what would be right. The loader hands over text only (see `builder.source`), so every kind here
starts from `str`; a value that is a list or a mapping is refused by pydantic itself.
"""

import re
from datetime import date, datetime
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from builder.fields import editors
from builder.fields.limits import DIGITS, SLUG_LENGTH, STORED_LENGTH, TITLE_LENGTH, URL_LENGTH

YEARS: Final = range(1970, 3000)  # far from both ends of the calendar, where no other time zone can be computed

# `offset` is the folder of the paged lists; the others cannot be file names on every system that a contributor uses.
RESERVED_SLUGS: Final = frozenset(
    {"offset", "index", "con", "prn", "aux", "nul"}
    | {f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10)}
)

# Names that lead to the visitor's own network: RFC 6761, RFC 6762 (with appendix G), and ICANN's `internal`.
PRIVATE_DOMAINS: Final = frozenset(
    {"arpa", "corp", "home", "internal", "intranet", "lan", "local", "localhost", "private"}
)

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TAG = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
# ASCII, or the letter K would also be the sign of the kelvin, which looks like it.
_FLAGS = re.IGNORECASE | re.ASCII
_SCP_LIKE = re.compile(r"(?:[a-z0-9_-]+@)?([a-z0-9.-]+):(?!/)([\w./~-]+)", _FLAGS)
_BARE = re.compile(r"([a-z0-9-]+(?:\.[a-z0-9-]+)+)/([\w./~-]+)", _FLAGS)
_PYPI_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", _FLAGS)  # PEP 508
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?", _FLAGS)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", _FLAGS)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", _FLAGS)
_CYCLE = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_TRUTHS = dict.fromkeys(("yes", "on", "true", "1"), "true") | dict.fromkeys(("no", "off", "false", "0"), "false")
_NOT_IN_URL = re.compile(r'[ "<>\\^`{|}]')
# What nearly every address is, and no rule has anything against: one look in place of taking it apart, which is most of
# what checking a record costs (10,800 addresses: 0.07 s of CPU, and so less than 0.01).
_ORDINARY_URL = re.compile(
    r"https?://(?:(?!xn--)[a-z0-9]+(?:-+[a-z0-9]+)*\.)+"
    rf"(?!(?:{'|'.join(sorted(PRIVATE_DOMAINS))})(?:/|\Z)|xn--)[a-z]+(?:/[A-Za-z0-9._~/?#&=%+-]*)?"
)
# What a shell would take for its own where an example is copied without quotes. RFC 3986 allows all of these.
_OF_SHELLS = re.compile("[!$&'()*;]")


def _fail(code: str, message: str, hint: str) -> PydanticCustomError:
    # Braces of a value must not be read as the template's own: everything goes through the context.
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def _slug(text: str) -> str:
    if len(text) > SLUG_LENGTH:
        raise _fail("slug", f"has {len(text)} characters", f"A slug has at most {SLUG_LENGTH} characters.")
    if not _SLUG.fullmatch(text):
        hint = "Use a-z, 0-9, - and _ only, and begin with a letter or a digit."
        meant = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")
        if _SLUG.fullmatch(meant) and not meant.isdigit():
            hint = f"{hint} Did you mean {meant}?"
        raise _fail("slug", "is not a slug", hint)
    if text.isdigit():
        hint = "All digits would be read as an id, and never be found: add a letter."
        raise _fail("slug", "is a number", hint)
    if text in RESERVED_SLUGS:
        raise _fail("slug", "is a reserved name", "Choose another one, for example with a prefix.")
    return text


def _title(text: str) -> str:
    if not text.strip():
        raise _fail("empty", "is empty", "Write the name that people know it by.")
    if not text.isprintable() and re.search(r"[\t\n\r]", text):
        raise _fail("several-lines", "has a line break or a tab in it", "Write it on one line.")
    if text != text.strip():
        raise _fail("spaces", "begins or ends with a space", "Take the space away.")
    if len(text) > TITLE_LENGTH:
        hint = f"A title has at most {TITLE_LENGTH} characters."
        raise _fail("too-long", f"has {len(text)} characters", hint)
    return text


def _whole_number(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"[1-9][0-9]*", value):
            raise _fail("number", "is not a whole number above 0", "Write it in plain digits, such as 359.")
        if len(value) > DIGITS:
            raise _fail("number", f"has {len(value)} digits", f"A number has at most {DIGITS}.")
        return int(value)
    return value


def _truth(value: object) -> object:
    if isinstance(value, str):
        if value not in {"true", "false"}:
            raise _fail("truth", "is neither true nor false", f"Write {_TRUTHS.get(value.lower(), 'true or false')}.")
        return value == "true"
    return value


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    hint = "Write it with its offset from UTC, such as 2026-02-16T12:00:00-05:00."
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _fail("date-time", "is not a date and time", hint) from None
    if moment.tzinfo is None:
        raise _fail("date-time", "has no offset from UTC", hint)
    if moment.year not in YEARS:
        raise _fail("date-time", "is not in our time", f"Is the year {moment.year} right?")
    return moment


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _fail("date", "is not a date", "Write year-month-day, such as 2026-02-16.") from None
    if day.year not in YEARS:
        raise _fail("date", "is not in our time", f"Is the year {day.year} right?")
    return day


def _day_or_month(text: str) -> str:
    hint = "Write year-month-day, such as 2026-02-16, or year-month, such as 2026-02."
    try:
        day = date.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text)
    except ValueError:
        raise _fail("date", "is neither a date nor a month", hint) from None
    if day.year not in YEARS:
        raise _fail("date", "is not in our time", f"Is the year {day.year} right?")
    return text if _MONTH.fullmatch(text) else day.isoformat()


def _cycle(text: str) -> str:
    if not _CYCLE.fullmatch(text):
        raise _fail("cycle", "is not the number of a release", "Write numbers with dots between, such as 5.2 or 3.14.")
    return text


def _tag(text: str) -> str:
    if not _TAG.fullmatch(text):
        hint = "A tag is at most 30 characters of a-z, 0-9 and -."
        raise _fail("tag", "is not a tag", hint)
    return text


def _pypi_name(text: str) -> str:
    if not _PYPI_NAME.fullmatch(text):
        hint = "Write the project's name as on PyPI, such as django-messages, not its address."
        raise _fail("pypi-name", "cannot be a name on PyPI", hint)
    return text


def _stored_text(text: str) -> str:
    """Check a text that clients take for a link and put into their pages: any, but none that does harm there."""
    if len(text) > STORED_LENGTH:
        raise _fail("too-long", f"has {len(text)} characters", f"It may have at most {STORED_LENGTH} characters.")
    if not text.isprintable() or re.search("[ \"'<>`]", text):
        hint = "Take spaces, quotes, < and > away: others put this text into their pages as a link."
        raise _fail("url", "holds characters that an address cannot have", hint)
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        hint = "Write the project's name on PyPI, or an address that begins with https:// or http://."
        raise _fail("url-scheme", "is not a web address", hint)
    return text


def _host(host: str) -> None:
    """Refuse every host that is not an ordinary public name.

    IPv4 addresses have many notations (`127.1`, `0x7f.1`, `2130706433`): the URL standard reads a host as an address
    when its last label is a number, so that is what is asked here.
    """
    hint = "Give the public name of the site, such as github.com."
    labels = host.removesuffix(".").split(".")
    if "[" in host or ":" in host or _NUMBER.fullmatch(labels[-1]):
        raise _fail("url-host", "leads to a bare IP address", hint)
    if len(labels) < 2:  # noqa: PLR2004 - a name and its domain
        raise _fail("url-host", "leads to a host without a domain", hint)
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _fail("url-host", "leads to a host with characters that are easily mistaken for others", hint)
    if any(label.lower().startswith("xn--") for label in labels):
        raise _fail("url-host", "leads to a host that is shown with other letters than it has", hint)
    if labels[-1].lower() in PRIVATE_DOMAINS:
        raise _fail("url-host", "leads to a host that is not on the public internet", hint)


def _url(text: str) -> str:
    """Check an address that will be a link: http(s), an ordinary host, nothing hidden in it.

    Pydantic's own URL type accepts metadata-service addresses, user names and ports, and rewrites what it got.
    """
    if len(text) <= URL_LENGTH and _ORDINARY_URL.fullmatch(text):
        return text
    hint = "Give an address that begins with https:// (or http:// where the site has no other)."
    if len(text) > URL_LENGTH:
        raise _fail("url", f"has {len(text)} characters", f"An address has at most {URL_LENGTH} characters.")
    if not text.isprintable() or _NOT_IN_URL.search(text):
        escape = "Take them away, or write them percent-encoded: a space is %20."
        raise _fail("url", "holds characters that an address cannot have", escape)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _fail("url", "is not an address", hint) from None
    if parts.scheme not in {"http", "https"}:
        bare = not parts.scheme and _BARE.fullmatch(text if "/" in text else f"{text}/x")
        raise _fail("url-scheme", "is not a web address", f"Did you mean https://{text}?" if bare else hint)
    if not parts.hostname:
        raise _fail("url", "has no host", hint)
    if "@" in parts.netloc:
        raise _fail("url-user", "holds a user name", "Take away what stands before the @.")
    if port is not None or parts.netloc.endswith(":"):
        raise _fail("url-port", "names a port", "Take the port away.")
    _host(parts.netloc)
    return text


def _url_or_empty(text: str) -> str:
    return text and _url(text)


def _repository(text: str) -> str:
    """Check where the code is: a web address, `ssh://git@host/path`, `git@host:path` or `host/path`.

    It is kept as written; `builder.derive.repository` reads host and path out of each form.
    """
    if not text:
        return text
    if "://" in text:
        scheme, _, rest = text.partition("://")
        if scheme in {"ssh", "git", "git+ssh", "git+https"}:
            _url("https://" + re.sub(r"^[a-z0-9_-]+@", "", rest))
            return text
        return _url(text)
    if match := _SCP_LIKE.fullmatch(text) or _BARE.fullmatch(text):
        _host(match[1])
        return text
    hint = "Give the repository's web address, such as https://github.com/arneb/django-messages."
    raise _fail("repository", "is not the address of a repository", hint)


def _base_url(text: str) -> str:
    """Check the address the site will have; loopback and ports are right here, for a look before it goes out."""
    hint = "Give where the site will be, such as https://example.org or https://example.org/packages."
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise _fail("url", "is not an address", hint) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _fail("url-scheme", "is not a web address", hint)
    if not text.isascii() or not text.isprintable() or _NOT_IN_URL.search(text):
        raise _fail("url", "holds characters that an address cannot have", hint)
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise _fail("url", "holds more than scheme, host and path", hint)
    if found := _OF_SHELLS.search(text):
        rename = "Choose another address: where this one is copied into a shell, as in examples, such a sign is run."
        raise _fail("url", f"holds {found[0]}", rename)
    text = text.rstrip("/")
    # Browsers and proxies take such steps away, each in its own way: links would lead elsewhere.
    if {"", ".", ".."} & {unquote(step) for step in urlsplit(text).path.split("/")[1:]}:
        raise _fail("url", "has an empty step or dots for one in its path", hint)
    return text


def _base_url_or_empty(text: str) -> str:
    return text and _base_url(text)


Slug = Annotated[str, AfterValidator(_slug), editors.SLUG]
"""`[a-z0-9][a-z0-9_-]*`, at most 50, not all digits, not reserved."""
Title = Annotated[str, AfterValidator(_title), editors.TITLE]
"""At most 100 characters, not empty."""
WholeNumber = Annotated[int, BeforeValidator(_whole_number), editors.NUMBER]
"""A whole number above 0, in plain digits."""
Truth = Annotated[bool, BeforeValidator(_truth), editors.TRUTH]
"""`true` or `false`, and no other word."""
Moment = Annotated[datetime, BeforeValidator(_moment), editors.MOMENT]
"""An ISO 8601 date and time with its offset from UTC."""
Day = Annotated[date, BeforeValidator(_day), editors.DAY]
"""An ISO 8601 date."""
DayOrMonth = Annotated[str, AfterValidator(_day_or_month), editors.DAY_OR_MONTH]
"""An ISO 8601 date, or a month where the day is not known: `2026-02-16`, `2026-02`."""
Cycle = Annotated[str, AfterValidator(_cycle), editors.CYCLE]
"""The number of a product's release, as in its classifiers: `5.2`. It is part of an address."""
Tag = Annotated[str, AfterValidator(_tag), editors.TAG]
"""At most 30 characters of `[a-z0-9-]`."""
PyPIName = Annotated[str, AfterValidator(_pypi_name), editors.PYPI_NAME]
"""A project's name on PyPI, as written; compare by `packaging.utils.canonicalize_name`."""
StoredText = Annotated[str, AfterValidator(_stored_text), editors.STORED]
"""An import's text in the place of a link: anything without spaces, quotes and brackets, of no scheme but http(s)."""
WebUrl = Annotated[str, AfterValidator(_url), editors.URL]
"""An address fit to be a link, kept as written."""
WebUrlOrEmpty = Annotated[str, AfterValidator(_url_or_empty), editors.URL_OR_EMPTY]
"""As `WebUrl`, or ""."""
Repository = Annotated[str, AfterValidator(_repository), editors.REPOSITORY]
"""Where the code is, in any of the usual forms, kept as written, or ""."""
BaseUrl = Annotated[str, AfterValidator(_base_url), editors.BASE]
"""Where a site is or will be, without the slash at the end."""
BaseUrlOrEmpty = Annotated[str, AfterValidator(_base_url_or_empty), editors.BASE_OR_EMPTY]
"""As `BaseUrl`, or ""."""
