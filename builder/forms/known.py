"""What answers are held against: the data that there is, and whom to ask about a repository."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from builder import proposing, source
from builder.derive import RepositoryName
from builder.entries import Records
from builder.proposing import Found
from builder.upstreams.base import Setup
from builder.upstreams.limits import Budget

SECONDS: Final = 60.0
"""How long all upstreams together may take for a form."""
REQUESTS: Final = 12
"""A good answer takes three; the rest is for redirects and second attempts."""

NOTHING: Final = "-"
"""The answer that takes a value away, or says that there is none."""

Answers: TypeAlias = Mapping[str, str]
"""By the id of the question; "" where it was left out."""
Find: TypeAlias = Callable[[RepositoryName, str | None], Found]
"""Tells what is known of a repository, and of its project on PyPI: by its name, "" for none, None if not given."""


@dataclass(frozen=True, slots=True)
class Source:
    """The data, read from its folder, and how upstreams are asked."""

    folder: Path
    data: Records
    find: Find

    def is_broken(self, kind: str, slug: str) -> bool:
        """Tell whether there is a file of this name that cannot be read as it is."""
        return slug in self.data.broken.get(kind, ())


def offline(name: RepositoryName, _project: str | None) -> Found:
    """Ask nobody."""
    return Found.offline(name)


def asking(folder: Path, today: date, tokens: Mapping[str, str]) -> Find:
    """Give how the upstreams are asked that the settings of the data allow; nobody is where these cannot be read.

    `tokens` are by host, as in `builder.upstreams.base.Setup`.
    """
    settings = source.load_settings(folder)
    if settings is None:
        return offline
    setup = Setup(settings, today, tokens, Budget(REQUESTS, SECONDS))
    return lambda name, project: proposing.find(name, setup, project)
