"""What all bodies have in common: they are frozen, and what they take is named."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, PlainSerializer, TypeAdapter, WithJsonSchema

MOMENT: Final = WithJsonSchema({"type": "string", "format": "date-time"})
WireTime = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str), MOMENT]
"""`isoformat()`: six digits of microseconds, and no fraction where it is zero."""


class Resource(BaseModel):
    """A body of an answer."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )


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
