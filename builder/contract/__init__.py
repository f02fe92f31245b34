"""What each answer is: the models by address, as OpenAPI 3.1 and JSON Schemas, and whether a body keeps to them.

The models make the bytes (`builder.resources`), so that the document cannot say anything else than the answers do; and
`deviation` reads bytes back and makes them anew, so that an answer can be nothing else than the document says.
"""

import json
from collections.abc import Iterator

from builder import urls
from builder.choices import Choices
from builder.contract.deviations import deviation
from builder.contract.json_schemas import name_of, ref, schema_of, schemas
from builder.contract.kinds import KINDS, Kind, kind_of, of_host
from builder.contract.openapi import catalog, document, promise
from builder.outputs import JSON, LINKSET, Output
from builder.urls import Urls

__all__ = [
    "KINDS",
    "Kind",
    "deviation",
    "document",
    "kind_of",
    "name_of",
    "of_host",
    "promise",
    "ref",
    "render",
    "schemas",
]


def render(site: Urls, choices: Choices) -> Iterator[Output]:
    """Yield what programs find the API by, the OpenAPI document, and a schema for each kind of answer."""
    yield Output(urls.API_CATALOG, _json(catalog(site, choices)), LINKSET)
    yield Output(urls.DATA_OPENAPI, _json(document(site, choices)), JSON)
    for kind in of_host(choices):
        yield Output(urls.data_schema(kind.name), _json(schema_of(kind)), JSON)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
