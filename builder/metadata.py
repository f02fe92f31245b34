"""What upstreams said about a package: the model of data/snapshots/<slug>.json, which `fetch` alone writes.

Unknown keys are ignored, so that an older program reads a newer snapshot. `None` means "not known": it is told apart
from zero, from "" and from an empty list all the way to the pages. A snapshot keeps facts; what follows from them is
derived at build (`builder.derive`), so that a better rule needs no new fetch.
"""

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Facts(BaseModel):
    """A part of a snapshot."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Release(Facts):
    """One version on PyPI.

    `uploaded` is the time of its first file. `yanked` is False, True, or the reason that was given.
    """

    version: str
    uploaded: AwareDatetime | None = None
    yanked: bool | str = False
    requires_python: str | None = None


class PyPIFacts(Facts):
    """What PyPI says of a project.

    `version` is only for imports, whose releases are not known: it is published where `releases` is empty.
    `status` is PyPI's project status (PEP 792): active, archived, deprecated, quarantined.
    """

    name: str
    serial: int | None = None
    version: str | None = None
    summary: str | None = None
    license_expression: str | None = None
    license: str | None = None
    requires_python: str | None = None
    classifiers: tuple[str, ...] = ()
    project_urls: dict[str, str] = {}
    status: str = "active"
    status_reason: str | None = None
    releases: tuple[Release, ...] = ()


class RepositoryFacts(Facts):
    """What the forge says of a repository.

    `weeks` are commits a week, oldest first, as an import knew them. `participants` are logins.
    """

    description: str | None = None
    stars: int | None = None
    forks: int | None = None
    last_commit: AwareDatetime | None = None
    weeks: tuple[int, ...] | None = None
    participants: tuple[str, ...] | None = None
    archived: bool = False


class Snapshot(Facts):
    """The last good answers for one package.

    `last_fetched` moves only when something fetched has changed, so that an unchanged night writes nothing.
    """

    last_fetched: AwareDatetime | None = None
    pypi: PyPIFacts | None = None
    repository: RepositoryFacts | None = None
