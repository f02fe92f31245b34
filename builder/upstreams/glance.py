"""What a forge says of one repository at a glance: whether it is there, what it is called now, and what it is.

One request, for a person who waits; commits, people and figures are the affair of `fetch`.

Sources: the references of the forges' REST APIs: GitHub's `GET /repos/{owner}/{repo}`, GitLab's `GET /projects/:id`,
Forgejo's `repoGet`, Bitbucket's `GET /2.0/repositories/{workspace}/{repo_slug}`.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote

from pydantic import AliasChoices, Field, TypeAdapter

from builder import config
from builder.config import Forge, Kind
from builder.derive import RepositoryName
from builder.upstreams.answers import JSON, Unusable, Wire, read
from builder.upstreams.base import Failed, Gone, Setup, Skipped
from builder.upstreams.forges import DESCRIPTION, Hosts, foreign
from builder.upstreams.text import clean, clean_or_none, web_url

_SHOWN: Final = 100
_TOO_OFTEN: Final = frozenset({403, 429})  # nobody waits an hour for these few facts


@dataclass(frozen=True, slots=True)
class Glance:
    """What a forge says; `name` is what it calls the repository now, which may have been renamed."""

    name: RepositoryName
    description: str | None = None
    homepage: str | None = None
    archived: bool = False


class _Told(Wire):
    """What the four have in common, each in its own words."""

    path: str = Field(validation_alias=AliasChoices("path_with_namespace", "full_name"))
    description: str | None = None
    homepage: str | None = Field(default=None, validation_alias=AliasChoices("homepage", "website"))
    archived: bool | None = None
    private: bool | None = Field(default=None, validation_alias=AliasChoices("private", "is_private"))
    internal: bool | None = None
    visibility: str | None = None

    @property
    def is_public(self) -> bool:
        return not self.private and not self.internal and self.visibility in {"public", None}


class _Way(NamedTuple):
    """How a kind of forge is asked: the scheme of its tokens, the address of a repository, how deep names are."""

    scheme: str
    where: Callable[[str], str]
    most: int | None = 2


_TOLD: Final = TypeAdapter(_Told)
_WAYS: Final[Mapping[Kind, _Way]] = {
    "github": _Way("bearer", lambda path: f"/repos/{quote(path)}"),
    "gitlab": _Way("Bearer", lambda path: f"/api/v4/projects/{quote(path, safe='')}", most=None),
    "forgejo": _Way("token", lambda path: f"/api/v1/repos/{quote(path)}"),
    "bitbucket": _Way("Bearer", lambda path: f"/2.0/repositories/{quote(path)}"),
}


def glance(setup: Setup, name: RepositoryName) -> Glance | Skipped | Unusable:
    """Ask the forge of a repository about it.

    `Skipped` says why nobody is asked: the host is not one that may be, or speaks git alone, or the path is none that a
    repository has there.
    """
    forge = config.forges(setup.settings).get(name.host)
    if forge is None:
        return foreign(name.host)
    if forge.kind == "git":
        return Skipped(f"{name.host} speaks git alone, which tells nothing of a repository")
    way = _WAYS[forge.kind]
    hosts = Hosts(setup, forge.kind, most=way.most)
    checked = hosts.check(name)
    if isinstance(checked, Skipped):
        return checked
    with closing(hosts.transport(way.scheme)) as transport:
        answer = transport.get(_base(name.host, forge) + way.where(name.path), JSON, final=_TOO_OFTEN)
    told = read(answer, _TOLD, clean(name.url, _SHOWN))
    return _glance(hosts, name.host, told) if isinstance(told, _Told) else told


def _base(host: str, forge: Forge) -> str:
    """Give what the API's paths are appended to."""
    return forge.api or (f"https://{host}/api/v3" if forge.kind == "github" else f"https://{host}")


def _glance(hosts: Hosts, host: str, told: _Told) -> Glance | Gone | Failed:
    if not told.is_public:
        return Gone(f"{host}/{clean(told.path, _SHOWN)}: is not public")
    # The name is the forge's word, and as little to be trusted as a person's.
    name = hosts.check(RepositoryName(host, told.path))
    if isinstance(name, Skipped):
        return Failed(f"{host}: calls the repository by a name that none has")
    description = clean_or_none(told.description, DESCRIPTION)
    return Glance(name, description, web_url(told.homepage), archived=bool(told.archived))
