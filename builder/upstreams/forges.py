"""Hosts of repositories: which may be asked, what packages are called there, and when to leave one alone."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from builder import config, derive
from builder.config import Kind
from builder.derive import RepositoryName
from builder.metadata import RepositoryFacts
from builder.records import PackageRecord
from builder.upstreams.base import Fetched, Outcome, Question, Refused, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.text import clean
from builder.upstreams.transport import Transport, user_agent

NAME: Final = 255
"""The longest path, branch or topic that is stored, in code points."""

DESCRIPTION: Final = 512

# A step of a path on any forge, `~user` and escapes included: nothing that a shell, a header or a path rule could read.
_STEP: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~+%@-]+")
_SHOWN: Final = 100

Asking = Callable[[str, Sequence[Question]], Iterable[tuple[Question, Outcome]]]
"""Asks one host about packages on it, and gives an outcome for each as it comes."""


class Hosts:
    """The hosts of one kind, each with the address that its API's paths are appended to."""

    def __init__(self, setup: Setup, kind: Kind, least: int = 2, most: int | None = 2) -> None:
        """Take the kind, and how many steps (`owner/name` has two) a repository's path has there."""
        self._setup = setup
        self._steps = (least, most)
        forges = config.forges(setup.settings)
        self.bases = {host: forge.api or f"https://{host}" for host, forge in forges.items() if forge.kind == kind}
        self.clones = {host: forges[host].clone or f"https://{host}" for host in self.bases}

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give `host/path` of a package whose repository is on one of the hosts."""
        name = self.check(derive.repository(record.repository))
        return name if isinstance(name, Skipped) else f"{name.host}/{name.path}"

    def check(self, name: RepositoryName | None) -> RepositoryName | Skipped:
        """Give a name back if it may be asked about, or why not; "" where that is another upstream's affair."""
        if name is None or name.host not in self.bases:
            return Skipped("")
        steps = name.path.split("/")
        least, most = self._steps
        if len(steps) < least or (most is not None and len(steps) > most):
            return Skipped(f"{clean(name.url, _SHOWN)!r} is not the address of a repository on {name.host}")
        if not all(_STEP.fullmatch(step) for step in steps):
            return Skipped(f"{clean(name.url, _SHOWN)!r} holds signs that no repository's address has")
        return name

    def count(self, questions: Iterable[Question], most: int) -> int:
        """Count the queries it takes to ask about `most` repositories of a host at once."""
        hosts = Counter(named(question).host for question in questions)
        return sum(-(-number // most) for number in hosts.values())

    def transport(self, scheme: str) -> Transport:
        """Give a transport that calls these hosts alone, each with its own token under an Authorization scheme."""
        setup = self._setup
        tokens = {base: f"{scheme} {setup.tokens[host]}" for host, base in self.bases.items() if host in setup.tokens}
        agent = user_agent(setup.settings.contact)
        return Transport(self.bases.values(), agent, budget=setup.budget, tokens=tokens)


def foreign(host: str) -> Skipped:
    """Say that nobody asks a host."""
    shown = clean(host, _SHOWN)
    return Skipped(f"the host {shown} is not among the forges that may be asked (forges in data/site.yaml)")


def host_of(name: str) -> str:
    """Give the host of a name that `Hosts.project` gave."""
    return name.partition("/")[0]


def named(question: Question) -> RepositoryName:
    """Give the repository that a question is about."""
    host, _, path = question.name.partition("/")
    return RepositoryName(host, path)


def in_turn(questions: Sequence[Question], asking: Asking) -> Iterator[tuple[str, Outcome]]:
    """Ask host by host, in the order of the questions.

    A host that says "too often" or turns us away, or a budget that is spent, has said so for the rest of its packages:
    they are not asked about.
    """
    hosts: dict[str, list[Question]] = {}
    for question in questions:
        hosts.setdefault(named(question).host, []).append(question)
    for host, asked in hosts.items():
        left = {question.slug for question in asked}
        for question, outcome in asking(host, asked):
            left.discard(question.slug)
            yield question.slug, outcome
            if isinstance(outcome, Waiting | Refused):
                yield from ((each.slug, outcome) for each in asked if each.slug in left)
                break


def settled(question: Question, facts: RepositoryFacts) -> Fetched | Unchanged:
    """Give the outcome of whole facts."""
    return Unchanged() if facts == question.snapshot.repository and not question.again else Fetched(facts)


def topics(names: Iterable[str] | None) -> tuple[str, ...] | None:
    """Give topics in order, each once; None where the forge does not tell."""
    return None if names is None else tuple(sorted({text for name in names if (text := clean(name, NAME))}))
