"""What upstreams said about a package: the model of data/snapshots/<slug>.json, which `fetch` alone writes.

Unknown keys are ignored, so that an older program reads a newer snapshot. `None` means "not known": it is told apart
from zero, from "" and from an empty list all the way to the pages. A snapshot keeps facts; what follows from them is
derived at build (`builder.derive`), so that a better rule needs no new fetch.
"""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Facts(BaseModel):
    """A part of a snapshot."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)  # as in `builder.resources.base`


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

    `id` and `owner` are the forge's own ids of the repository and of its owner: they tell a rename from another
    repository under the same name. `name` is its path on the forge as it is now (`owner/name`). `licence` is SPDX.
    `updated` is when a forge that does not name the head saw its last change: while it stands, nothing more is asked.
    `head` is the newest commit of the default branch. `commits` counts commits per day (UTC) of the default branch,
    from `commits_since` on; days without one are left out. `weeks` are commits a week, oldest first, as an import knew
    them: they stand until `commits` is known. `participants` are logins, the most active first; `participants_on` is
    the day of the last whole list, after which new logins were appended.
    """

    id: str | None = None
    owner: str | None = None
    name: str | None = None
    description: str | None = None
    homepage: str | None = None
    stars: int | None = None
    forks: int | None = None
    licence: str | None = None
    topics: tuple[str, ...] | None = None
    archived: bool = False
    archived_at: AwareDatetime | None = None
    disabled: bool = False
    locked: bool = False
    fork: bool = False
    empty: bool = False
    updated: AwareDatetime | None = None
    branch: str | None = None
    head: str | None = None
    last_commit: AwareDatetime | None = None
    commits_since: date | None = None
    commits: dict[date, int] | None = None
    weeks: tuple[int, ...] | None = None
    participants: tuple[str, ...] | None = None
    participants_on: date | None = None


class DownloadFacts(Facts):
    """How often a project was downloaded from PyPI in a month, as a published list says; `month` is `2026-11`."""

    month: str
    count: int


State = Literal["ok", "failed", "missing", "taken over"]


class Source(Facts):
    """How it stands with one upstream of a package: written when it changes, not every night.

    `changed` is when it last said something new. `since` and `reason` are of a state that is not ok: the last good
    answer is older than `since`. `failed`: it gives no answer that can be used. `missing`: it says that there is
    nothing. `taken over`: another repository answers under the name; its facts are not taken, and it is not linked to.
    A failure moves neither of the latter two. `asked` is what a forge was asked for when it last gave a good answer: it
    tells a repository that was taken over from an address that a person has changed.
    """

    changed: AwareDatetime | None = None
    asked: str = ""
    state: State = "ok"
    since: AwareDatetime | None = None
    reason: str = ""


class Snapshot(Facts):
    """The last good answers for one package.

    `last_fetched` moves only when something fetched has changed, so that an unchanged night writes nothing. `sources`
    tells of each upstream that answered, by its name.
    """

    last_fetched: AwareDatetime | None = None
    sources: dict[str, Source] = {}
    pypi: PyPIFacts | None = None
    repository: RepositoryFacts | None = None
    downloads: DownloadFacts | None = None
