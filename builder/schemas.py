"""JSON Schemas (draft 2020-12) of the files that people write, for their editors: made from the models.

A schema says what it can of the rules in `builder.fields`, and refuses nothing that the loader takes. To the loader
every value is text as written; an editor has made numbers and booleans of some by then (`1.10`, `true`), so that a text
may be any of the three.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from builder.config import Settings
from builder.records import CategoryRecord, GridRecord, PackageRecord, ProductRecord, TombstonesRecord

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FOLDER: Final = "schemas"  # in data/, so that it goes wherever the data goes
MODELS: Final[Mapping[str, type[BaseModel]]] = {
    "category": CategoryRecord,
    "grid": GridRecord,
    "package": PackageRecord,
    "product": ProductRecord,
    "site": Settings,
    "tombstones": TombstonesRecord,
}
"""The kinds of files, and what holds one."""

MEANINGS: Final[Mapping[str, str]] = {
    "api": "Where the API of this host lies, if not where its kind has it.",
    "base_url": "Where the site will be: all addresses in the API begin with it.",
    "branch": "The branch on which the data is edited.",
    "categories": "Categories that were removed.",
    "category": "The slug of a category: a file under categories/.",
    "cells": "A text for each package, by slug. Yes, good, check or + at its beginning gives a tick; no, bad or - a "
    "cross. Leave a package out when you do not know.",
    "classifier": "What the classifiers begin with, or the number that they have for a release.",
    "clone": "Where the repositories of this host are cloned from, if elsewhere.",
    "contact": "A mail address or the address of a page, in ASCII: it is sent with every request.",
    "created": "Leave it out in a new file: it is given when the change is merged.",
    "cycle": "The number of the release, such as 5.2.",
    "deprecated": "The date since when, where upstream says so.",
    "description": "A short text that says what it is.",
    "documentation": 'An address, "" or, in imports, null.',
    "documentation_url": "The text that the API must go on answering with.",
    "downloads_url": 'A published list of downloads a month, as JSON; "" for none.',
    "ends": "When nobody mends it any more: a day or a month. Leave it out when it is not sure.",
    "features": "The rows of the grid.",
    "for_all": "True where every package is asked, false where those are that name the product.",
    "forges": "Hosts of repositories that may be asked, beside those that are known.",
    "grids": "In tombstones, grids that were removed; in what was imported, the order of a package's grids.",
    "header": "Whether the grid is shown on the home page.",
    "id": "Leave it out in a new file: it is given when the change is merged. Never reused.",
    "imported": "For imports only: what the API must go on answering with, where no other key can have it.",
    "kind": "What the host speaks.",
    "list_limit": "A list whose JSON is larger than this many bytes is paged by path.",
    "locked": "Whether the grid is locked, as the API tells it.",
    "lts": "Whether it is supported for long.",
    "modified": "For imports only: otherwise it is the date of the last commit that touched the file.",
    "packages": "Slugs of packages, in order of linking; in tombstones, packages that were removed.",
    "pypi": "The project's name on PyPI, not its address.",
    "pypi_url": "In a package, for imports only: the text that the API must go on answering with. "
    "In the settings, the index.",
    "reason": "Why it was removed.",
    "released": "When it came: a day or a month. Leave it out when it is not sure.",
    "releases": "The releases, oldest first.",
    "removed": "The date on which it was removed.",
    "replaced_by": "The slug of the package that replaces this one; saying it on one side is enough.",
    "replaces": "Slugs of packages that this one replaces; saying it on one side is enough.",
    "repo_url": "The text that the API must go on answering with.",
    "repository": "Web address, git@host:owner/name or host/owner/name; kept as written.",
    "show_pypi": "False where the packages are not meant for PyPI.",
    "sites": "Sites that use it.",
    "slug": "The slug that it had.",
    "source": "Where the dates are kept.",
    "tags": "Words of a-z, 0-9 and -.",
    "time_zone": "The zone of all date-times of API v4, a name of the IANA database.",
    "title": "The name that people know, at most 100 characters.",
    "title_plural": "The title as it is for several.",
    "url": "The address of the site.",
    "usage_count": "How many used it where it comes from; the sites come on top.",
}
"""What a key means, for all that have it, as CONTRIBUTING.md tells it."""

TEXT: Final = ("string", "number", "boolean")


class _Generate(GenerateJsonSchema):
    """Pydantic's own way, but for texts, and without titles and defaults, which would only repeat the code."""

    schema_dialect = DIALECT

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return {**super().str_schema(schema), "type": list(TEXT)}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401 - of pydantic's private types
        del schema
        return False


def _explain(model: JsonSchemaValue) -> None:
    """Put the meaning of each key into the schema of a model."""
    for key, value in model["properties"].items():
        value["description"] = MEANINGS[key]


def render(kind: str) -> bytes:
    """Give the schema of a kind of file (a key of `MODELS`) as the bytes of <kind>.json."""
    schema = MODELS[kind].model_json_schema(schema_generator=_Generate)
    for model in (schema, *(part for part in schema.get("$defs", {}).values() if "properties" in part)):
        _explain(model)
    title = "The settings of the site" if kind == "site" else f"A file of this kind: {kind}"
    schema = {"$schema": DIALECT, **schema, "title": title}
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
