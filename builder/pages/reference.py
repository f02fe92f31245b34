"""The page about the API. It is made of the OpenAPI document that programs read, so that both say the same."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from builder import contract, urls
from builder.pages.shell import Page, Shell
from builder.pages.words import Fact, day
from builder.resources import changelog

LEAST_SHARED: Final = 4  # keys that two schemas have in common, for one to be told by the other

Schema = Mapping[str, Any]


class Piece(NamedTuple):
    """A part of a text: plain, a link where `href` is given, or code."""

    text: str
    href: str = ""
    is_code: bool = False


Pieces = Sequence[Piece]


class Row(NamedTuple):
    """A key of an object, or a parameter: its name, what it may be, and what it means."""

    name: str
    type: Pieces
    meaning: Pieces


class Answer(NamedTuple):
    """What a request can be answered with: the status, when it is so, and what the body is."""

    status: str
    meaning: str
    body: Pieces


class Operation(NamedTuple):
    """A request. `example` is an address and what is answered there, where there is one."""

    id: str
    path: str
    summary: str
    parameters: Sequence[Row]
    answers: Sequence[Answer]
    example: tuple[str, str] | None


class Object(NamedTuple):
    """A schema: its paragraphs, its keys, and another one whose keys it has too, if there is one."""

    name: str
    paragraphs: Sequence[Pieces]
    other: Pieces
    rows: Sequence[Row]


class Part(NamedTuple):
    """A part of the API: its requests, and the schemas of their answers that no part before it has shown."""

    title: str
    id: str
    description: str
    operations: Sequence[Operation]
    objects: Sequence[Object]


class Entry(NamedTuple):
    """What has changed on a day: in words, and the keys that came."""

    day: Fact
    text: str
    added: Pieces


SUMMARY: Final = "Every address of the API, what it takes, what it answers, and every key of that."


def page(examples: Mapping[str, tuple[str, str]], shell: Shell) -> Page:
    """Make the page; `examples` are an address and the text of its answer, by the name of the kind of answer."""
    document = contract.document(shell.site, shell.choices)
    schemas = document["components"]["schemas"]
    return Page(
        template="reference.html",
        route=urls.REFERENCE,
        section="",
        title="API reference",
        summary=SUMMARY,
        json=urls.DATA_OPENAPI,
        values={
            "base_url": shell.site.base,
            "summary": SUMMARY,
            "promise": document["info"]["description"],
            "parts": list(_parts(document, examples)),
            "changes": [
                Entry(day(change.day), change.text, list(_added(change.added, schemas))) for change in changelog.CHANGES
            ],
        },
        about_api=True,
    )


def _parts(document: Schema, examples: Mapping[str, tuple[str, str]]) -> Iterator[Part]:
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    seen: set[str] = set()
    for tag in document["tags"]:
        found = {path: item["get"] for path, item in document["paths"].items() if item["get"]["tags"] == [tag["name"]]}
        names = [name for name in dict.fromkeys(_reached(found, schemas)) if name not in seen]
        seen.update(names)
        yield Part(
            title=tag["name"],
            id=_anchor(tag["name"]),
            description=tag["description"],
            operations=[_operation(path, each, examples) for path, each in found.items()],
            objects=[_object(name, names, schemas) for name in names],
        )


def _added(added: Mapping[str, Sequence[str]], shown: Collection[str]) -> Iterator[Piece]:
    for name, keys in added.items():
        yield Piece(name, f"#{name}") if name in shown else Piece(name)
        yield Piece(": ")
        yield from _joined(([Piece(key, is_code=True)] for key in keys), ", ")
        yield Piece(". ")


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _reached(found: Any, schemas: Mapping[str, Schema]) -> Iterator[str]:  # noqa: ANN401 - a part of the document
    """Yield the schemas that something refers to, each before those that it refers to itself."""
    waiting = list(_references(found))
    while waiting:
        name = waiting.pop(0)
        yield name
        waiting = [*_references(schemas[name]), *waiting]


def _references(found: Any) -> list[str]:  # noqa: ANN401 - a part of the document
    if isinstance(found, dict):
        own = [contract.name_of(found["$ref"])] if "$ref" in found else []
        return [*own, *chain.from_iterable(map(_references, found.values()))]
    return list(chain.from_iterable(map(_references, found))) if isinstance(found, list) else []


def _operation(path: str, operation: Schema, examples: Mapping[str, tuple[str, str]]) -> Operation:
    return Operation(
        id=operation["operationId"],
        path=path,
        summary=operation["summary"],
        parameters=[_parameter(each) for each in operation.get("parameters", ())],
        answers=[
            Answer(status, told["description"], list(_joined(_bodies(told), " or ")))
            for status, told in operation["responses"].items()
        ],
        example=examples.get(operation["operationId"]),
    )


def _parameter(parameter: Schema) -> Row:
    where = "in the path" if parameter["in"] == "path" else "in the query, may be left out"
    kind = [*_type(parameter["schema"]), *_limits(parameter["schema"]), Piece(f", {where}")]
    return Row(parameter["name"], kind, _read(parameter["description"]))


def _limits(schema: Schema) -> Iterator[Piece]:
    """Yield what a value is held to."""
    words = {"minimum": "from", "maximum": "to", "multipleOf": "a multiple of"}
    for key, word in words.items():
        if key in schema:
            yield Piece(f" {word} {schema[key]}" if key != "multipleOf" else f", {word} {schema[key]}")
    if "pattern" in schema:
        yield Piece(" like ")
        yield Piece(schema["pattern"], is_code=True)
    if "default" in schema:
        yield Piece(f", else {schema['default']}")


def _bodies(response: Schema) -> Iterator[Pieces]:
    """Yield what the body of an answer can be, for each media type."""
    for media_type, content in response.get("content", {}).items():
        if "x-lines" in content:
            yield [Piece("lines, each "), *_joined(map(_type, content["x-lines"]), " or ")]
        elif "schema" in content:
            yield _type(content["schema"])
        else:
            yield [Piece("a body of the type "), Piece(media_type, is_code=True)]


def _joined(texts: Iterable[Pieces], between: str) -> Iterator[Piece]:
    for number, pieces in enumerate(texts):
        yield from [Piece(between)] if number else []
        yield from pieces


def _type(schema: Schema) -> Pieces:
    """Say in words what a value is."""
    if "$ref" in schema:
        name = contract.name_of(schema["$ref"])
        return [Piece(name, f"#{name}")]
    if "anyOf" in schema:
        return list(_joined(map(_type, schema["anyOf"]), " or "))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return list(_joined(([Piece(json.dumps(value), is_code=True)] for value in values), " or "))
    if schema["type"] == "array":
        return [Piece("array of "), *_type(schema["items"])]
    if "additionalProperties" in schema and "properties" not in schema:
        return [Piece("object of "), *_type(schema["additionalProperties"])]
    return [Piece(schema.get("format", schema["type"]))]


def _object(name: str, names: Sequence[str], schemas: Mapping[str, Schema]) -> Object:
    """Give a schema; where it has all keys of another of the names, only those that it has besides."""
    schema = schemas[name]
    keys: dict[str, Schema] = dict(schema["properties"])
    inside = [other for other in names if other != name and _is_inside(schemas[other]["properties"], keys)]
    other = max(inside, key=lambda other: len(schemas[other]["properties"]), default="")
    left_out = schemas[other]["properties"] if other else {}
    paragraphs = schema.get("description", "").split("\n\n")
    return Object(
        name=name,
        paragraphs=[_read(paragraph) for paragraph in paragraphs if paragraph],
        other=[Piece(other, f"#{other}")] if other else [],
        rows=[_row(key, value) for key, value in keys.items() if key not in left_out],
    )


def _is_inside(fewer: Mapping[str, Schema], keys: Mapping[str, Schema]) -> bool:
    return len(fewer) >= LEAST_SHARED and len(fewer) < len(keys) and fewer.items() <= keys.items()


def _row(key: str, schema: Schema) -> Row:
    return Row(key, _type(schema), _read(schema.get("description", "")))


def _read(text: str) -> Pieces:
    """Read a text with code between backticks."""
    return [
        Piece(part, is_code=number % 2 == 1)
        for number, part in enumerate(re.split("`+", " ".join(text.split())))
        if part
    ]
