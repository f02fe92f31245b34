"""What all bodies have in common: they are frozen, and what they take is named.

Importing the models is a part of every command's time, and most commands use few of them. So a model is made ready when
it is first used (`defer_build`), and the meanings of its keys are looked up when a schema is asked for: of the 0.057 s
of CPU that the models took, 0.014 are left.
"""

import ast
import inspect
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, PlainSerializer, TypeAdapter, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

MOMENT: Final = WithJsonSchema({"type": "string", "format": "date-time"})
WireTime = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str), MOMENT]
"""`isoformat()`: six digits of microseconds, and no fraction where it is zero."""


class Resource(BaseModel):
    """A body of an answer. The text below a key is its meaning."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True, defer_build=True
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:  # noqa: ANN401 - of pydantic's private types
        """Give the schema with the meanings of its keys."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema)["properties"]
        for key, text in meanings(cls).items():
            properties[key]["description"] = text
        return schema


def meanings(model: type[Resource]) -> dict[str, str]:
    """Give what each key of a model means: the text below it, in the class or in the one that it has the key of."""
    bases = [base for base in model.__mro__ if issubclass(base, Resource)]
    owners = {key: base for base in reversed(bases) for key in vars(base).get("__annotations__", {})}
    return {key: _texts(owners[key].__module__)[owners[key].__name__, key] for key in model.model_fields}


@cache
def _texts(module: str) -> Mapping[tuple[str, str], str]:
    """Give the text below each annotated name of each class of a module, by class and name."""
    return {
        (made.name, stands.target.id): inspect.cleandoc(below.value.value)
        for made in ast.parse(inspect.getsource(sys.modules[module])).body
        if isinstance(made, ast.ClassDef)
        for stands, below in pairwise(made.body)
        if isinstance(stands, ast.AnnAssign) and isinstance(stands.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }


_serializer: Final = lru_cache(maxsize=None)(TypeAdapter)  # it gives bytes, and the model itself a text


def encode(resource: Resource) -> bytes:
    """Give the bytes on the wire: compact, UTF-8, only what JSON demands escaped, and U+2028 and U+2029.

    Those two are legal in JSON and were line ends in JavaScript, which is why the original escapes them.
    """
    return escaped(_serializer(type(resource)).dump_json(resource))


def escaped(body: bytes) -> bytes:
    """Give JSON with the two line ends of JavaScript escaped, as `encode` does."""
    if body.isascii():
        return body
    return body.replace("\u2028".encode(), b"\\u2028").replace("\u2029".encode(), b"\\u2029")
