"""What upstreams tell of a package that is not here yet: its repository, and its project on PyPI.

A project is taken as the package's only if its own addresses name the repository: anybody may have one of that name.
"""

import dataclasses
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from packaging.utils import canonicalize_name

from builder import derive
from builder.config import FORGES
from builder.derive import RepositoryName
from builder.fields import TITLE_LENGTH
from builder.metadata import PyPIFacts
from builder.pages.links import project_links
from builder.proposing.draft import Draft
from builder.upstreams.base import Fetched, Gone, Outcome, Question, Setup, Unchanged
from builder.upstreams.glance import Glance, glance
from builder.upstreams.pypi import PyPI

_DOCUMENTATION: Final = "Documentation"
# An address that says so itself, whatever it is called.
_DOCUMENTS: Final = re.compile(
    r"https?://(?:docs\.|(?:[\w-]+\.)+(?:readthedocs|rtfd)\.(?:io|org)(?:[/?#]|$))", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was told.

    `asked` is the repository, and `name` what its forge calls it now. `project` is what PyPI says of a project, and
    `is_ours` whether that names the repository. `missing` says what is not there although it was named, `unheard` of
    what nothing could be heard, and why: sentences for people.
    """

    asked: RepositoryName
    name: RepositoryName
    repository: Glance | None = None
    project: PyPIFacts | None = None
    is_ours: bool = False
    missing: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()

    @classmethod
    def offline(cls, name: RepositoryName) -> "Found":
        """Give what the address alone tells."""
        return cls(name, name)

    @property
    def ours(self) -> PyPIFacts | None:
        """What PyPI says of the package's own project."""
        return self.project if self.is_ours else None

    @property
    def title(self) -> str:
        """The project's name, else the repository's."""
        return (self.ours.name if self.ours else self.name.path.rpartition("/")[2])[:TITLE_LENGTH]

    @property
    def documentation(self) -> str:
        """Where the documentation is, by PyPI's label or by what an address says of itself; "" where nobody tells."""
        urls = self.ours.project_urls if self.ours else {}
        homepage = self.repository.homepage if self.repository else None
        labelled = project_links(urls).get(_DOCUMENTATION, "")
        return labelled or next((url for url in (*urls.values(), homepage) if url and _DOCUMENTS.match(url)), "")


def find(name: RepositoryName, setup: Setup, project: str | None = None) -> Found:
    """Ask the repository's forge, and PyPI for a project: that of the repository's name where none is given.

    `project` is "" where PyPI is not to be asked. Nothing raises: what goes wrong is told in what was found.
    """
    found = _look(Found.offline(name), setup)
    wanted = derive.name_on_pypi(found.title if project is None else project)
    return found if wanted is None else _ask_pypi(found, setup, wanted, is_given=project is not None)


def filled(draft: Draft, found: Found) -> Draft:
    """Give a draft with what was found in the place of what was not given. What a person gave stays."""
    told: dict[str, Any] = {
        "title": found.title,
        "pypi": found.ours.name if found.ours else "",
        "documentation": found.documentation,
        "tags": (),
    }
    missing = {key: value for key, value in told.items() if getattr(draft, key) is None}
    return dataclasses.replace(draft, repository=found.name.url, **missing)


def remarks(found: Found) -> Iterator[str]:
    """Yield in sentences what a person should know of what was found, and what was not."""
    if found.name.key != found.asked.key:
        yield f"{found.asked.url} is {found.name.url} now."
    if found.repository and found.repository.description:
        yield f"{found.name.url}: {found.repository.description}"
    if found.repository and found.repository.archived:
        yield f"{found.name.url} is archived: nobody works on it any more."
    if found.project:
        yield _about(found.project, is_ours=found.is_ours)
    for reason in found.unheard:
        yield f"Note: {reason}. What would be known by it is not filled in."


def names(facts: PyPIFacts, name: RepositoryName) -> bool:
    """Tell whether a project's own addresses lead to a repository, compared as the catalogue compares them."""
    return name.key in {each.key for each in _repositories(facts)}


def _about(facts: PyPIFacts, *, is_ours: bool) -> str:
    is_now = f" ({facts.status})" if facts.status != "active" else ""
    says = f": {facts.summary}" if facts.summary else ""
    if is_ours:
        return f"The project {facts.name} on PyPI{is_now} names this repository{says}"
    other = next((f", but {name.url}" for name in _repositories(facts) if name.host in FORGES and "/" in name.path), "")
    return f"The project {facts.name} on PyPI{is_now} does not name this repository{other}{says}"


def _repositories(facts: PyPIFacts) -> Iterator[RepositoryName]:
    """Yield what could be repositories among the addresses that a project names."""
    return filter(None, map(derive.repository, facts.project_urls.values()))


def _look(found: Found, setup: Setup) -> Found:
    told = glance(setup, found.name)
    if isinstance(told, Glance):
        return dataclasses.replace(found, name=told.name, repository=told)
    if isinstance(told, Gone):
        return dataclasses.replace(found, missing=(told.reason,))
    return dataclasses.replace(found, unheard=(told.reason,))


def _ask_pypi(found: Found, setup: Setup, wanted: str, *, is_given: bool) -> Found:
    outcome = _outcome(setup, wanted)
    if isinstance(outcome, Fetched) and isinstance(outcome.facts, PyPIFacts):
        is_ours = names(outcome.facts, found.name) or names(outcome.facts, found.asked)
        return dataclasses.replace(found, project=outcome.facts, is_ours=is_ours)
    if isinstance(outcome, Fetched | Unchanged):  # neither is said of a project of which nothing is known
        return found
    reason = f"{derive.pypi_page(wanted, setup.settings.pypi_url)}: {outcome.reason}"
    if not isinstance(outcome, Gone):
        return dataclasses.replace(found, unheard=(*found.unheard, reason))
    # That there is none of the repository's name is nobody's fault.
    return dataclasses.replace(found, missing=(*found.missing, reason)) if is_given else found


def _outcome(setup: Setup, wanted: str) -> Outcome:
    with closing(PyPI(setup)) as pypi:
        [(_, outcome)] = filter(None, pypi.ask([Question("", canonicalize_name(wanted), {})]))
    return outcome
