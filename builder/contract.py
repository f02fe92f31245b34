"""What each answer is: the models by address, as OpenAPI 3.1 and JSON Schemas, and whether a body keeps to them.

The models make the bytes (`builder.resources`), so that the document cannot say anything else than the answers do; and
`deviation` reads bytes back and makes them anew, so that an answer can be nothing else than the document says.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from builder import urls
from builder.choices import Choices, Query
from builder.outputs import JSON, LINKSET, NDJSON, Output
from builder.resources import base, changes, data, v3, v4, whole
from builder.urls import PAGE_SIZE, Urls

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
VERSION: Final = "1"  # of the project's own resources

LARGEST: Final = 2**62 - 1  # API v3 answers 500 where limit and offset together pass 2**63, as the original does
SHOWN: Final = 20  # bytes of what differs
PROMISE: Final = (
    "Read-only. Versions 3 and 4 are those of Django Packages, and no key is ever added to them. What lies below "
    "/api/data/v1/ only ever gains keys, and lives on for a year after a v2 has come."
)

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

Model: TypeAlias = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of answer: where it is (`{slug}` and so on stand for a step), what it is, and the models of its body.

    A body of several lines has a model for each kind of line. `encode` makes the bytes of a body. `listed` tells that
    it is a list which a query can cut, where the host sees queries; `error` is the model of what is not there.
    """

    name: str
    path: str
    summary: str
    models: Sequence[Model]
    encode: Callable[[Any], bytes] = base.encode
    listed: bool = False
    error: Model | None = None

    @property
    def is_lines(self) -> bool:
        """Whether each line is a body."""
        return self.path.endswith(".ndjson")

    @property
    def routes(self) -> re.Pattern[str]:
        """What the routes of its answers look like: pages of lists, and the forms with `.json`, among them."""
        steps = re.split(r"\{\w+\}", self.path.removesuffix(urls.SLASH))
        end = r"(?:/|\.json)" if self.path.endswith(urls.SLASH) else ""
        page = r"(?:/(?:offset|limit)/\d+)?" if self.listed else ""
        return re.compile("[^/]+?".join(map(re.escape, steps)) + page + end)


def _v4(name: str, path: str, summary: str, model: Model, **more: Any) -> Kind:  # noqa: ANN401 - fields of Kind
    return Kind(f"v4_{name}", path, summary, (model,), error=v4.ErrorResource, **more)


def _v3(name: str, path: str, summary: str, model: Model, **more: Any) -> Kind:  # noqa: ANN401 - fields of Kind
    return Kind(f"v3_{name}", path, summary, (model,), encode=v3.encode, error=v3.ErrorResource, **more)


def _own(name: str, path: str, summary: str, *models: Model) -> Kind:
    return Kind(name, path, summary, models)


_ITEM: Final = "{id_or_slug}/"
KINDS: Final[Sequence[Kind]] = (
    _v4("root", urls.API, "The addresses of the lists.", v4.RootResource),
    _v4("packages", urls.API_PACKAGES, "All packages, newest first.", v4.PackageListResource, listed=True),
    _v4("package", urls.API_PACKAGES + _ITEM, "A package, by id or slug.", v4.PackageResource),
    _v4("grids", urls.API_GRIDS, "All grids, newest first.", v4.GridListResource, listed=True),
    _v4("grid", urls.API_GRIDS + _ITEM, "A grid, by id or slug.", v4.GridResource),
    _v4("categories", urls.API_CATEGORIES, "All categories, newest first.", v4.CategoryListResource, listed=True),
    _v4("category", urls.API_CATEGORIES + "{id}/", "A category, by id.", v4.CategoryResource),
    _v3("root", urls.V3, "The paths of the lists.", v3.RootResource),
    _v3("packages", urls.V3_PACKAGES, "All packages, by title.", v3.PackageListResource, listed=True),
    _v3("package", urls.V3_PACKAGES + "{slug}/", "A package, by slug.", v3.PackageResource),
    _v3("grids", urls.V3_GRIDS, "All grids, by title.", v3.GridListResource, listed=True),
    _v3("grid", urls.V3_GRIDS + "{slug}/", "A grid, by slug.", v3.GridResource),
    _v3(
        "grid_packages",
        urls.v3_packages_of(urls.V3_GRIDS, "{slug}"),
        "The packages of a grid, by title.",
        v3.GridPackageListResource,
        listed=True,
    ),
    _v3("categories", urls.V3_CATEGORIES, "All categories, by title.", v3.CategoryListResource, listed=True),
    _v3("category", urls.V3_CATEGORIES + "{slug}/", "A category, by slug.", v3.CategoryResource),
    _v3(
        "category_packages",
        urls.v3_packages_of(urls.V3_CATEGORIES, "{slug}"),
        "The packages of a category, by title.",
        v3.PackageListResource,
        listed=True,
    ),
    _own("root", urls.DATA, "What there is here, by name.", data.DataRootResource),
    _own(
        "package", urls.data_item("packages", "{slug}"), "All that is known of a package.", whole.PackageWholeResource
    ),
    _own("grid", urls.data_item("grids", "{slug}"), "All that is known of a grid.", whole.GridWholeResource),
    _own(
        "category",
        urls.data_item("categories", "{slug}"),
        "All that is known of a category.",
        whole.CategoryWholeResource,
    ),
    _own("packages", urls.DATA_PACKAGES, "A short row for each package.", data.PackageRowsResource),
    _own("badge", urls.badge_data("{slug}"), "What the badge service shows of a package.", data.BadgeResource),
    _own("facets", urls.DATA_FACETS, "The packages by what they have in common.", data.FacetsResource),
    _own("names", urls.DATA_NAMES, "Every name of every item, and what was removed.", data.NamesResource),
    _own("freshness", urls.DATA_FRESHNESS, "How it stands with each source of each package.", data.FreshnessResource),
    _own("dump", urls.DATA_DUMP, "The whole data.", whole.DumpResource),
    _own(
        "dump_lines",
        urls.DATA_DUMP_LINES,
        "The whole data, a line for each item.",
        whole.PackageLineResource,
        whole.GridLineResource,
        whole.CategoryLineResource,
    ),
    _own("changes", urls.DATA_CHANGES, "The generations until now.", changes.ChangesResource),
    _own("changes_of_day", urls.data_changes("{day}"), "What changed on a day.", changes.DayResource),
    _own("generation", urls.DATA_GENERATION, "Which content this is.", data.GenerationResource),
    _own(
        "manifest",
        urls.DATA_MANIFEST,
        "Every file of the site, after a first line that tells of all.",
        data.ManifestHeadResource,
        data.ManifestFileResource,
    ),
    _own("search_index", urls.search_index(), "What has to be known before a query.", data.SearchIndexResource),
)
"""Every kind of answer that is promised. What the edge module and the search read besides is no promise."""

SEARCH: Final = Kind(
    "v4_search",
    urls.API_SEARCH,
    "What is found, best first; an array.",
    (v4.SearchItemResource,),
    error=v4.ErrorResource,
)
REFUSALS: Final = (
    Kind("v4_error", urls.API_NOT_FOUND.removesuffix(urls.SUFFIX) + "/", "", (v4.ErrorResource,)),
    Kind("v3_error", "/api/404/v3/", "", (v3.ErrorResource,), encode=v3.encode),
    Kind("v3_error", "/api/404/v3-{kind}/", "", (v3.ErrorResource,), encode=v3.encode),
    Kind("v4_error", "/api/404/{kind}/", "", (v4.ErrorResource,)),
    Kind("v4_error", urls.API_SEARCH, "", (v4.ErrorResource,)),
)
"""What hosts answer with where nothing is, or nothing can be searched."""


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], Kind]]:
    return [(kind.routes, kind) for kind in (*KINDS, *REFUSALS)]


def kind_of(route: str) -> Kind | None:
    """Give the kind of answer that a route has; None where it is none that is promised."""
    return next((kind for pattern, kind in _patterns() if pattern.fullmatch(route)), None)


def deviation(kind: Kind, body: bytes) -> str:
    """Say in what a body differs from what its kind promises; "" if in nothing."""
    if not kind.is_lines:
        return _deviation(kind, kind.models, body)[0]
    models = kind.models
    *lines, rest = body.split(b"\n")
    for number, line in enumerate(lines, start=1):
        why, models = _deviation(kind, models, line)
        if why:
            return f"line {number} {why}"
    return f"line {len(lines) + 1} has no end" if rest else ""


def _deviation(kind: Kind, models: Sequence[Model], body: bytes) -> tuple[str, Sequence[Model]]:
    """Say in what a body differs from the first of the models that it fits; and give them, that one first.

    Lines of one model follow each other, and the next one is so not tried as what it is not.
    """
    failed = []
    for model in models:
        try:
            read = model.model_validate_json(body)
        except ValidationError as error:
            failed.append((error, model.__name__))
        else:
            wanted = kind.encode(read)
            why = "" if wanted == body else f"is a {model.__name__} in other bytes than {_difference(body, wanted)}"
            return why, (model, *(other for other in models if other is not model))
    nearest, name = min(failed, key=lambda each: each[0].error_count())  # the one that it may have been meant for
    first = nearest.errors(include_url=False)[0]
    return f"is no {name}: {'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}", models


def _difference(body: bytes, wanted: bytes) -> str:
    pairs = enumerate(zip(body, wanted, strict=False))
    at = next((number for number, (one, other) in pairs if one != other), min(len(body), len(wanted)))
    seen, expected = (whole[at : at + SHOWN].decode(errors="replace") or "the end" for whole in (body, wanted))
    return f"it should have: from byte {at + 1:,} on {seen!r}, not {expected!r}"


def render(site: Urls, choices: Choices) -> Iterator[Output]:
    """Yield what programs find the API by, the OpenAPI document, and a schema for each kind of answer."""
    yield Output(urls.API_CATALOG, _json(catalog(site, choices)), LINKSET)
    yield Output(urls.DATA_OPENAPI, _json(document(site, choices)), JSON)
    for kind in _kinds(choices):
        yield Output(urls.data_schema(kind.name), _json(_schema(kind, schemas())), JSON)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _kinds(choices: Choices) -> Sequence[Kind]:
    """Give the kinds of answers that a host gives."""
    searched = [SEARCH] if choices.query is Query.ANSWERED else []
    return [*(kind for kind in KINDS if _is_there(kind, choices)), *searched]


def _is_there(kind: Kind, choices: Choices) -> bool:
    left_out = {
        "v3_": not choices.v3,
        "badge": not choices.badges,
        "changes": not choices.changes,
        "dump": not (choices.dumps and choices.plain_dumps),
        **dict.fromkeys(("package$", "grid$", "category$"), not choices.details),
    }
    return not any(left and re.match(name, kind.name) for name, left in left_out.items())


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
    kinds = _kinds(choices)
    tags = {_tag(kind) for kind in kinds}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Packages",
            "version": VERSION,
            "description": PROMISE,
        },
        "externalDocs": {"url": site.absolute(urls.REFERENCE), "description": "The same for people."},
        "tags": [{"name": name, "description": description} for name, description in TAGS.items() if name in tags],
        "jsonSchemaDialect": DIALECT,
        "servers": [{"url": site.base}],
        "paths": {kind.path: {"get": _operation(kind, choices)} for kind in kinds},
        "components": {"schemas": schemas()},
    }


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


def _schema(kind: Kind, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Give the schema of a kind of answer by itself, with what it refers to."""
    refs = [{"$ref": ref(model)} for model in kind.models]
    whole = {"anyOf": refs} if len(refs) > 1 else refs[0]
    body = {"$schema": DIALECT, "title": kind.summary} | (
        {"type": "array", "items": whole} if kind is SEARCH else whole
    )
    needed: dict[str, Any] = {}
    waiting = [_name(model) for model in kind.models]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = schemas[name]
            waiting += re.findall(rf'"{_PLACE}(\w+)"', json.dumps(schemas[name]))
    whole_schema = json.dumps(body | {"$defs": dict(sorted(needed.items()))}).replace(_PLACE, "#/$defs/")
    return dict(json.loads(whole_schema))


_PLACE: Final = "#/components/schemas/"


def _name(model: type) -> str:
    """Give the name of a model's schema: `V4Package` for one of API v4, `PackageWhole` for one of our own."""
    version = {"v3": "V3", "v4": "V4"}.get(model.__module__.rpartition(".")[2], "")
    return version + model.__name__.removesuffix("Resource")


def ref(model: Model) -> str:
    """Give where a document holds the schema of a model."""
    return _PLACE + _name(model)


def name_of(place: str) -> str:
    """Give the name of the schema at such a place."""
    return place.removeprefix(_PLACE)


@cache
def schemas() -> Mapping[str, Any]:
    """Give the schemas of all models by name. To v3 and v4 no key is ever added, and to our own some may be.

    What models have in common (`_ListResource`) is none of them.
    """
    models = [
        model
        for module in (v3, v4, changes, data, whole)
        for name, model in vars(module).items()
        if isinstance(model, type) and issubclass(model, base.Resource) and model.__module__ == module.__name__
        if not name.startswith("_")
    ]
    places, told = models_json_schema([(model, "serialization") for model in models], ref_template=f"{_PLACE}{{model}}")
    names = {place["$ref"]: _name(model) for (model, _), place in places.items()}
    text = json.dumps(told["$defs"])
    for place in sorted(names, key=len, reverse=True):
        text = text.replace(f'"{place}"', f'"{_PLACE}{names[place]}"')
    renamed = {names[_PLACE + key]: schema for key, schema in json.loads(text).items()}
    return {name: _growing(name, schema) for name, schema in sorted(renamed.items())}


def _growing(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: value for key, value in schema.items() if key != "additionalProperties" or name.startswith(("V3", "V4"))
    }
    for described in (kept, *kept["properties"].values()):
        if text := described.get("description"):
            described["description"] = "\n\n".join(" ".join(each.split()) for each in text.split("\n\n"))
    return kept | {"title": name}
