"""What an address promises: read from its own `generation.json`, or taken from the host that is named."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.choices import Query
from builder.hosts import HOSTS, Host
from builder.resources import GenerationResource


@dataclass(frozen=True, slots=True)
class Promises:
    """What the site was built to answer; `base_url` and `generation` are None where it does not say.

    `cannot` holds, by the name of a check, why this kind of host fails it.
    """

    host: str
    query: Query
    v3: bool
    suffixes: bool
    negotiates: bool
    base_url: str | None = None
    generation: str | None = None
    cannot: Mapping[str, str] = field(default_factory=dict)


def known(body: bytes) -> GenerationResource | None:
    """Read what a site tells of itself, which a later version may say more about; None if it is not of this kind."""
    try:
        found = json.loads(body)
        named = {key: found[key] for key in GenerationResource.model_fields}
        resource = GenerationResource.model_validate_json(json.dumps(named))
        Query(resource.query)
    except (KeyError, TypeError, ValueError):  # pydantic's error is a ValueError
        return None
    return resource


def told(body: bytes) -> Promises | None:
    """Give what a site promises by what it tells of itself; None if it is not of this kind."""
    resource = known(body)
    if resource is None:
        return None
    query = Query(resource.query)
    host = next((host for host in HOSTS if host.name == resource.host), None)
    return Promises(
        host=resource.host,
        query=query,
        v3=resource.v3,
        suffixes=_has_suffixes(query, suffixes=resource.suffixes),
        negotiates=resource.negotiates,
        base_url=resource.base_url,
        generation=resource.generation,
        cannot=host.cannot if host else {},
    )


def of(host: Host) -> Promises:
    """Give what a kind of host promises where nothing else is chosen."""
    choices = host.choices
    return Promises(
        host=host.name,
        query=choices.query,
        v3=choices.v3,
        suffixes=_has_suffixes(choices.query, suffixes=choices.suffixes),
        negotiates=choices.negotiates,
        cannot=host.cannot,
    )


def _has_suffixes(query: Query, *, suffixes: bool) -> bool:
    """Tell whether `359.json` is answered: by a file, or by what rewrites queries and can rewrite this too."""
    return suffixes or query is not Query.IGNORED
