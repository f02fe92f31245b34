"""The API as an OpenAPI document, and as the set of links by which programs find it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from builder import urls
from builder.choices import Choices, Query
from builder.contract.json_schemas import DIALECT, reached, ref
from builder.contract.kinds import SEARCH, Kind, Model, of_host
from builder.outputs import JSON, NDJSON
from builder.urls import PAGE_SIZE, Urls

VERSION: Final = "1"  # of the project's own resources

LARGEST: Final = 2**62 - 1  # API v3 answers 500 where limit and offset together pass 2**63, as the original does
_V4, _V3, _OWN, _SEARCHING = "API v4", "API v3", "Data", "Search"
TAGS: Final[Mapping[str, str]] = {
    _V4: "Packages, grids and categories as Django Packages answers them. Links in it are whole addresses.",
    _V3: "The same for clients that still ask the older version. Links in it are paths on the host.",
    _OWN: "All that is known, in resources of this site's own: what API v4 leaves out, and the whole in one file.",
    _SEARCHING: "What a search reads, which any program can do for itself, and where this host runs one, its answer.",
}
"""The parts of the API, in their order, and what each is."""
_STEPS: Final[Mapping[str, str]] = {
    "id": "The number of the item.",
    "id_or_slug": "The number of the item, or its slug.",
    "slug": "The name of the item in addresses, such as `django-messages`.",
    "day": "A day on which something changed, such as `2026-11-25`.",
}
"""What stands in place of a step of a path."""


def promise(choices: Choices) -> str:
    """Give what is promised of the API that a host answers."""
    theirs = "Versions 3 and 4 are those" if choices.v3 else "Version 4 is that"
    return (
        f"Read-only. {theirs} of Django Packages: no key comes, and none goes. To what lies below /api/data/v1/ keys, "
        "tables and columns are only ever added, which schema_version counts; what would break a reader gets a v2, and "
        "v1 lives on for a year beside it. The files that the search index is made of are no promise."
    )


def catalog(site: Urls, choices: Choices) -> dict[str, Any]:
    """Give the APIs of the site as a set of links (RFC 9727), each with what describes it."""
    roots = [site.absolute(route) for route in (urls.API, *([urls.V3] if choices.v3 else []), urls.DATA)]
    described = {
        "service-desc": [{"href": site.absolute(urls.DATA_OPENAPI), "type": JSON}],
        "service-doc": [{"href": site.absolute(urls.REFERENCE), "type": "text/html"}],
        "status": [{"href": site.absolute(urls.DATA_FRESHNESS), "type": JSON}],
    }
    first = {"anchor": site.absolute(urls.API_CATALOG), "item": [{"href": root} for root in roots]}
    return {"linkset": [first, *({"anchor": root, **described} for root in roots)]}


def document(site: Urls, choices: Choices) -> dict[str, Any]:
    """Give the OpenAPI document of all that a host answers; the page for people is made of it."""
    kinds = of_host(choices)
    tags = {_tag(kind) for kind in kinds}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Packages",
            "version": VERSION,
            "description": promise(choices),
        },
        "externalDocs": {"url": site.absolute(urls.REFERENCE), "description": "The same for people."},
        "tags": [{"name": name, "description": description} for name, description in TAGS.items() if name in tags],
        "jsonSchemaDialect": DIALECT,
        "servers": [{"url": site.base}],
        "paths": {kind.path: {"get": _operation(kind, choices)} for kind in kinds},
        "components": {"schemas": reached(_models(kinds))},
    }


def _models(kinds: Iterable[Kind]) -> Iterator[Model]:
    """Yield the models of all answers, refusals among them."""
    for kind in kinds:
        yield from kind.models
        if kind.error:
            yield kind.error


def _operation(kind: Kind, choices: Choices) -> dict[str, Any]:
    parameters = [_step(name) for name in re.findall(r"\{(\w+)\}", kind.path)]
    if kind is SEARCH:
        parameters.append(_query("q", {"type": "string"}, "What to look for."))
    if kind.listed and choices.query is Query.ANSWERED:
        counted = {"type": "integer", "maximum": LARGEST}
        parameters.append(_query("limit", counted | {"minimum": 1, "default": PAGE_SIZE}, "Items on a page."))
        parameters.append(_query("offset", counted | {"minimum": 0, "default": 0}, "Where the page begins."))
    if kind.listed and choices.query is Query.MAPPED:
        parameters.append(_query("limit", {"const": PAGE_SIZE}, "Items on a page."))
        where = {"type": "integer", "minimum": 0, "multipleOf": PAGE_SIZE, "default": 0}
        parameters.append(_query("offset", where, "Where the page begins."))
    responses = {"200": _response(kind)}
    if kind.is_lines and choices.query is Query.IGNORED:  # nor type a file as it is told to
        responses["200"]["content"] |= {"application/octet-stream": {}}
    if "{" in kind.path:
        responses["404"] = _refusal("There is none.", kind)
        if kind.error and choices.query is not Query.ANSWERED:  # not every host can choose what it answers by the path
            responses["404"]["content"] |= {"text/html": {}}
    if kind.listed and choices.query is Query.MAPPED:
        responses["501"] = _refusal("This host cannot give that page, such as one beyond the end.", kind)
    operation = {"operationId": kind.name, "tags": [_tag(kind)], "summary": kind.summary, "responses": responses}
    return operation | ({"parameters": parameters} if parameters else {})


def _tag(kind: Kind) -> str:
    """Give the part of the API that a kind of answer belongs to."""
    if "search" in kind.name:
        return _SEARCHING
    return {"v3": _V3, "v4": _V4}.get(kind.name[:2], _OWN)


def _step(name: str) -> dict[str, Any]:
    word = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"}
    schema = {"id": {"type": "integer", "minimum": 1}, "day": {"type": "string", "format": "date"}}.get(name, word)
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": _STEPS[name]}


def _query(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _response(kind: Kind) -> dict[str, Any]:
    description = "What is asked for."
    refs = [{"$ref": ref(model)} for model in kind.models]
    if kind.is_lines:
        # OpenAPI 3.1 has no words for a line: the schema of each is told beside.
        return {"description": description, "content": {NDJSON: {"schema": {"type": "string"}, "x-lines": refs}}}
    [schema] = refs
    return {
        "description": description,
        "content": {JSON: {"schema": {"type": "array", "items": schema} if kind is SEARCH else schema}},
    }


def _refusal(description: str, kind: Kind) -> dict[str, Any]:
    content = {"content": {JSON: {"schema": {"$ref": ref(kind.error)}}}} if kind.error else {}
    return {"description": description} | content
