"""JSON Schemas (draft 2020-12) of the files that people write, for their editors: made from the models.

A schema says what it can of the rules in `builder.fields`, and refuses nothing that the loader takes. To the loader
every value is text as written; an editor has made numbers and booleans of some by then (`1.10`, `true`), so that a text
may be any of the three.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from builder.config import Forge, Settings
from builder.fields import editors
from builder.records import (
    CategoryRecord,
    Feature,
    GridRecord,
    ImportedGrid,
    ImportedPackage,
    PackageRecord,
    ProductRecord,
    ProductRelease,
    Tombstone,
    TombstonesRecord,
    Usage,
)

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
FOLDERS: Final[Mapping[str, str]] = {
    "categories": "category",
    "grids": "grid",
    "packages": "package",
    "products": "product",
}
"""The folders of files of one kind; files of the other kinds stand in data/ itself, and are called like them."""

NAMES: Final[Mapping[type[BaseModel], str]] = {
    CategoryRecord: "Category",
    Feature: "Row of a grid",
    Forge: "Host of repositories",
    GridRecord: "Grid",
    ImportedGrid: "What was imported",
    ImportedPackage: "What was imported",
    PackageRecord: "Package",
    ProductRecord: "Product that packages are to be ready for",
    ProductRelease: "Release",
    Settings: "Settings of the site",
    Tombstone: "Removed item",
    TombstonesRecord: "Removed items",
    Usage: "Site that uses the package",
}
"""What editors call what a model holds."""

_GIVEN: Final = "Leave it out in a new file: it is given when the change is merged."
_OF_ALL: Final = {
    "id": f"{_GIVEN} Never reused.",
    "created": f"When it came into the catalogue. {_GIVEN}",
    "modified": "For imports only: otherwise it is the date of the last commit that touched the file.",
}
_STORED: Final = "For imports only: the text that the API must go on answering with."

MEANINGS: Final[Mapping[type[BaseModel], Mapping[str, str]]] = {
    CategoryRecord: {
        **_OF_ALL,
        "title": "What a package of this category is called, such as App.",
        "title_plural": "What its packages are called together, such as Apps.",
        "description": "What belongs in this category, in a sentence or two.",
        "show_pypi": "False where the packages of this category are not meant for PyPI.",
    },
    Feature: {
        "title": "What is compared, in a few words.",
        "description": "What is meant by it, where the title does not say.",
        "cells": "A short text for each package, by its slug. Yes, good, check or + at its beginning gives a tick; no, "
        "bad or - a cross. Leave a package out when you do not know.",
    },
    Forge: {
        "kind": "What the host speaks.",
        "api": "Where its API lies, if not where its kind has it.",
        "clone": "Where its repositories are cloned from, if not from the host itself.",
    },
    GridRecord: {
        **_OF_ALL,
        "title": "What the packages of this grid are for, such as Messaging.",
        "description": "What the packages have in common, and which belong here.",
        "header": "True where the grid is shown on the home page.",
        "locked": "Whether the grid is locked, as the API tells it.",
        "packages": "Slugs of the packages that are compared, in order of linking: put a new one at the end.",
        "features": "The rows of the grid: what is compared.",
        "imported": "For imports only: what the API must go on answering with, where no other key can have it.",
    },
    ImportedGrid: {
        "packages": "The order of the packages' slugs, where it is not that of their titles.",
    },
    ImportedPackage: {
        "repo_url": _STORED,
        "pypi_url": _STORED,
        "documentation_url": _STORED,
        "usage_count": "How many said there that they use it; the sites come on top.",
        "grids": "The order of the grids' slugs, where it is not that of their ids.",
    },
    PackageRecord: {
        **_OF_ALL,
        "title": "The name that people know, at most 100 characters.",
        "category": "The slug of a category: the name of a file under categories/, without its ending.",
        "repository": "Where its code is: its web address, such as https://github.com/arneb/django-messages, or "
        "git@host:owner/name or host/owner/name. It is kept as written.",
        "pypi": "The project's name on PyPI, such as django-messages, not its address.",
        "pypi_url": _STORED,
        "documentation": 'The address of its documentation; "" or, in imports, null where there is none.',
        "replaces": "Slugs of packages that this one replaces; saying it on one side is enough.",
        "replaced_by": "The slug of the package that replaces this one; saying it on one side is enough.",
        "deprecated": "The date since when nobody should begin to use it, such as 2026-02-16, where its authors "
        "say so.",
        "sites": "Sites that use it.",
        "tags": "Words that people look for, of a-z, 0-9 and -.",
        "imported": "For imports only: what the API must go on answering with, where no other key can have it.",
    },
    ProductRecord: {
        "title": "The name of the product, such as Django.",
        "classifier": "What the classifiers of its releases begin with, such as Framework :: Django.",
        "for_all": "True where every package is asked, false where those are whose classifiers name the product.",
        "source": "The address of the page where the dates of its releases are kept.",
        "releases": "Its releases, oldest first.",
    },
    ProductRelease: {
        "cycle": "The number of the release, such as 5.2.",
        "released": "When it came: a day or a month. Leave it out when it is not sure.",
        "ends": "When nobody mends it any more: a day or a month. Leave it out when it is not sure.",
        "lts": "True where it is supported for long.",
        "classifier": "The number that classifiers have for it, where that is not its own.",
    },
    Settings: {
        "title": "The name of the site.",
        "description": "What the site is, in a sentence or two.",
        "base_url": "Where the site will be: all addresses in the API begin with it.",
        "repository": "Where the data is edited: the address of the repository's page.",
        "branch": "The branch on which the data is edited.",
        "contact": "A mail address or the address of a page, in ASCII: it is sent with every request.",
        "time_zone": "The zone of all date-times of API v4, a name of the IANA database.",
        "list_limit": "A list whose JSON is larger than this many bytes is paged by path.",
        "pypi_url": "The index that packages are fetched from and linked to.",
        "forges": "Hosts of repositories that may be asked, beside those that are known.",
        "downloads_url": 'The address of a published list of downloads a month, as JSON; "" for none.',
    },
    Tombstone: {
        "id": "The id that it had: it is never given again.",
        "slug": "The slug that it had.",
        "removed": "The date on which it was removed.",
        "reason": "Why it was removed.",
    },
    TombstonesRecord: {
        "packages": "Packages that were removed.",
        "grids": "Grids that were removed.",
        "categories": "Categories that were removed.",
    },
    Usage: {
        "title": "The name of the site.",
        "url": "The address of the site.",
    },
}
"""What the keys of a model mean."""

SNIPPETS: Final[Mapping[type[BaseModel], Mapping[str, object]]] = {
    CategoryRecord: {"title": "${1:App}", "title_plural": "${2:Apps}", "description": "$3"},
    GridRecord: {"title": "$1", "description": "$2", "packages": ["$3"]},
    PackageRecord: {
        "title": "$1",
        "category": "$2",
        "repository": "https://$3",
        "pypi": "$4",
        "documentation": "https://$5",
        "tags": ["$6"],
    },
}
"""What editors put in at once into an empty file; people go from one $ to the next."""

_LIST: Final = "A list is meant: [one, two], or each on a line of its own after a dash."
_NOT_OFFERED: Final = (_GIVEN, "For imports only")  # in their meanings: people do not begin such a key


class _Generate(GenerateJsonSchema):
    """Pydantic's own way, but for texts, and without titles and defaults, which would only repeat the code.

    `defaultSnippets` and `doNotSuggest` are no words of JSON Schema, whose readers pass over them, but of editors.
    """

    schema_dialect = DIALECT

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return {**super().str_schema(schema), "type": list(editors.ANY)}

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        return {**super().tuple_schema(schema), "errorMessage": _LIST}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Give the inner schema with one more type: editors tell what is wrong in its words, not in those of two."""
        inner = self.generate_inner(schema["schema"])
        types = inner["type"] if isinstance(inner["type"], list) else [inner["type"]]
        return {**inner, "type": [*types, "null"]}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Give a schema that tells a wrong key from a wrong value, and of a wrong key what would be right."""
        made = {"type": "object", "additionalProperties": self.generate_inner(schema["values_schema"])}
        names = self.generate_inner(schema["keys_schema"])
        names = {key: names[key] for key in ("pattern", "errorMessage") if key in names}
        return {**made, "propertyNames": names} if names else made

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made, model = super().model_schema(schema), schema["cls"]
        made.pop("description", None)  # the model's docstring is for programmers
        made["properties"] = {key: _explained(value, MEANINGS[model][key]) for key, value in made["properties"].items()}
        if model in SNIPPETS:
            label = f"{NAMES[model]}: a new file"  # the name alone is that of the offer of required keys
            made["defaultSnippets"] = [{"label": label, "body": dict(SNIPPETS[model])}]
        return {**made, "title": NAMES[model]}

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        """Keep the order, which is that of keys in snippets."""
        del parent_key
        return value

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401 - of pydantic's private types
        del schema
        return False


def _explained(key: JsonSchemaValue, meaning: str) -> JsonSchemaValue:
    """Give the schema of a key with its meaning."""
    made = {"allOf": [key]} if "$ref" in key else key  # the language server forgets what stands beside a reference
    offered = {} if not any(words in meaning for words in _NOT_OFFERED) else {"doNotSuggest": True}
    return {"description": meaning, **made, **offered}


def render(kind: str, categories: Iterable[str] = ()) -> bytes:
    """Give the schema of a kind of file (a key of `MODELS`) as the bytes of <kind>.json.

    `categories` are slugs that editors offer; others are accepted as well, since a category may be newer than a schema,
    but for `true` and `false`, which editors would offer too.
    """
    schema = MODELS[kind].model_json_schema(schema_generator=_Generate)
    if kind == "package" and (slugs := sorted(categories)):
        types = editors.ANY if {"true", "false"} & {*slugs} else ("string", "number")
        schema["properties"]["category"] |= {"type": list(types), "examples": slugs}
        schema["defaultSnippets"][0]["body"]["category"] = f"${{2|{','.join(slugs)}|}}"
    return (json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n").encode()
