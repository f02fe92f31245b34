"""Answers as examples: real ones, caught while all pass by, laid out, and shortened where they are long.

What tells of all files (`api.generation`) passes too late for a page that is one of them. The whole data in one file is
put together of answers that are examples themselves.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cache
from typing import Any, Final, Self

from pydantic_core import from_json

from builder import contract
from builder.catalogue import Catalogue, Category, Grid, Package
from builder.outputs import Output
from builder.urls import Urls

UNSHOWN: Final = frozenset({"dump"})
READ_WHOLE: Final = 1 << 20
"""Bytes up to which a body is read as a whole, which takes some 5 ms; of a larger one the beginning is."""
BEGINNING: Final = 1 << 14
LINE_SHOWN: Final = 200  # characters of a body of lines
TEXT_SHOWN: Final = 80
ITEMS_SHOWN: Final = 3
ENTRIES_SHOWN: Final = 2  # of an object whose keys are no names of ours
MORE: Final = "…"
INDENT: Final = "  "

_COLLECTION: Final = re.compile("packages|grids|categories|badges")
_STEP: Final = re.compile(r"\{\w+\}")


class Collector:
    """Keeps an answer of each kind while outputs pass by: of the package with the most stars of those in grids.

    `examples` are, by the name of the kind, an address and what is answered there.
    """

    def __init__(self, catalogue: Catalogue, site: Urls) -> None:
        """Take the catalogue whose outputs will pass."""
        self.examples: dict[str, tuple[str, str]] = {}
        self._site = site
        self._wanted = dict(_wanted(catalogue))

    @property
    def routes(self) -> Collection[str]:
        """The routes whose answers are kept."""
        return self._wanted.keys()

    def fresh(self) -> Self:
        """Give one that has kept nothing yet, for other outputs of the same catalogue."""
        other = copy(self)
        other.examples = {}
        return other

    def passing(self, outputs: Iterable[Output]) -> Iterator[Output]:
        """Pass outputs on."""
        for output in outputs:
            if kind := self._wanted.get(output.route):
                self.examples[kind.name] = self._site.absolute(output.route), shortened(kind, output.body)
            yield output


def _wanted(catalogue: Catalogue) -> Iterator[tuple[str, contract.Kind]]:
    """Yield the routes of the examples; an item that a route needs and that is not there has none."""
    items = _items(catalogue)
    for kind in contract.KINDS:
        collection = _COLLECTION.search(kind.path)
        item = items.get(collection[0]) if collection else None
        key = item and (item.id if "{id" in kind.path else item.slug)
        if kind.name not in UNSHOWN and (item or "{" not in kind.path):
            yield _STEP.sub(str(key), kind.path), kind


def _items(catalogue: Catalogue) -> Mapping[str, Package | Grid | Category]:
    package = min(catalogue.packages, key=_rank, default=None)
    if package is None:
        return {}
    grid = {"grids": package.grids[0]} if package.grids else {}
    return {"packages": package, "badges": package, "categories": package.category, **grid}


def _rank(package: Package) -> tuple[bool, int, int]:
    repository = package.snapshot.repository
    return not package.grids, -((repository and repository.stars) or 0), package.id


def shortened(kind: contract.Kind, body: bytes) -> str:
    """Give a body of a kind as an example: of lines the beginning of the first, else laid out, an entry to a line."""
    if kind.is_lines:
        first, _, _ = body.partition(b"\n")
        return _harmless(first.decode()[:LINE_SHOWN]) + MORE
    is_whole = len(body) <= READ_WHOLE
    value = from_json(body if is_whole else body[:BEGINNING], allow_partial=not is_whole)
    return _text(value, {"$ref": contract.ref(kind.models[0])}, "")


def _text(value: Any, schema: Mapping[str, Any], indent: str) -> str:  # noqa: ANN401 - whatever JSON holds
    """Lay a value out; `schema` tells whether the keys of an object are names of ours."""
    if isinstance(value, str):
        return _quoted(value)
    if not value or not isinstance(value, dict | list):
        return json.dumps(value)
    schema = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
    if "$ref" in schema:
        name = contract.name_of(schema["$ref"])
        if indent and name in _answers():
            return f"{{{MORE}}}"
        schema = contract.schemas()[name]
    if isinstance(value, list):
        return _list(value, schema.get("items", {}), indent)
    return _object(value, schema, indent)


@cache
def _answers() -> frozenset[str]:
    """Give the schemas that have an example of their own."""
    return frozenset(contract.name_of(contract.ref(model)) for kind in contract.KINDS for model in kind.models)


def _list(items: Sequence[Any], schema: Mapping[str, Any], indent: str) -> str:
    is_flat = not isinstance(items[0], dict | list)
    shown = items[: ITEMS_SHOWN if is_flat else 1]
    texts = [_text(item, schema, indent + INDENT) for item in shown]
    texts += [f"{MORE} {len(items) - len(shown)} more"] if len(items) > len(shown) else []
    if is_flat and sum(map(len, texts)) <= TEXT_SHOWN:
        return f"[{', '.join(texts)}]"
    return _block("[]", texts, indent)


def _object(value: Mapping[str, Any], schema: Mapping[str, Any], indent: str) -> str:
    properties = schema.get("properties")
    shown = list(value.items())[: None if properties else ENTRIES_SHOWN]
    texts = []
    for key, item in shown:
        of_item = properties.get(key, {}) if properties else schema.get("additionalProperties", {})
        texts.append(f"{_quoted(key)}: {_text(item, of_item, indent + INDENT)}")
    texts += [f"{MORE} {len(value) - len(shown)} more"] if len(value) > len(shown) else []
    return _block("{}", texts, indent)


def _block(brackets: str, texts: Iterable[str], indent: str) -> str:
    lines = ",\n".join(f"{indent}{INDENT}{text}" for text in texts)
    return f"{brackets[0]}\n{lines}\n{indent}{brackets[1]}"


def _quoted(text: str) -> str:
    cut = text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1] + MORE
    return _harmless(json.dumps(cut, ensure_ascii=False))


def _harmless(text: str) -> str:
    """Give JSON with all escaped that has no shape: a sign of direction would turn the lines of an example round."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)
