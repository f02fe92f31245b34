"""How it stands with each source of a package's facts: in words, with dates."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from builder.metadata import Source, State
from builder.pages.words import Calendar, Fact

NAMES: Final[Mapping[str, str]] = {
    "pypi": "PyPI",
    "downloads": "Downloads",
    "github": "GitHub",
    "gitlab": "GitLab",
    "forgejo": "Forgejo",
    "bitbucket": "Bitbucket",
    "git": "Git",
}
_STATES: Final[Mapping[State, str]] = {
    "ok": "last news on",
    "failed": "has not answered since",
    "missing": "says there is nothing, since",
    "taken over": "another repository has its name, since",
}


class Line(NamedTuple):
    """A source, how it stands, since when, and why; `why` is "" where all is well."""

    name: str
    words: str
    when: Fact
    why: str


def lines(sources: Mapping[str, Source], calendar: Calendar) -> list[Line]:
    """Give a line for each source, in their order."""
    return [_line(name, source, calendar) for name, source in sources.items()]


def _line(name: str, source: Source, calendar: Calendar) -> Line:
    when = calendar.day(source.changed if source.state == "ok" else source.since)
    return Line(NAMES.get(name, name), _STATES[source.state], when, source.reason)
