"""The models as JSON Schemas (2020-12), each by its name: for the OpenAPI document, and for a kind by itself."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from builder.contract.kinds import SEARCH, Kind, Model
from builder.resources import base, changes, data, v3, v4, whole

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_PLACE: Final = "#/components/schemas/"


def schema_of(kind: Kind) -> dict[str, Any]:
    """Give the schema of a kind of answer by itself, with what it refers to."""
    refs = [{"$ref": ref(model)} for model in kind.models]
    answer = {"anyOf": refs} if len(refs) > 1 else refs[0]
    body = {"$schema": DIALECT, "title": kind.summary} | (
        {"type": "array", "items": answer} if kind is SEARCH else answer
    )
    text = json.dumps(body | {"$defs": reached(kind.models)})
    return dict(json.loads(text.replace(_PLACE, "#/$defs/")))


def reached(models: Iterable[Model]) -> dict[str, Any]:
    """Give the schemas of models, and those that they refer to, by name."""
    found: dict[str, Any] = {}
    waiting = [_name(model) for model in models]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = schemas()[name]
            waiting += re.findall(rf'"{_PLACE}(\w+)"', json.dumps(found[name]))
    return dict(sorted(found.items()))


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
