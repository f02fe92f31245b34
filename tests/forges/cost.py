"""What a GraphQL query costs at GitHub, counted from its text and variables before it is run.

The rule is GitHub's "Rate limits and query limits for the GraphQL API": each connection needs one request for each of
its parents; the sum over all connections, divided by 100, rounded to the nearest, at least 1, are the points; the
nodes of all connections together are at most 500,000. A list of ids multiplies what is asked below it, and counts as
nodes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    get_named_type,
    value_from_ast_untyped,
)


class Price(NamedTuple):
    """Points, requests for connections, and nodes at most."""

    points: int
    requests: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Fetch:
    """A connection or a list of ids in a query, and those below it; `size` is the argument that says how many."""

    is_connection: bool
    size: ValueNode | None
    below: tuple["Fetch", ...]

    def add(self, parents: int, variables: Mapping[str, Any]) -> tuple[int, int]:
        """Count requests and nodes for so many parents."""
        given = None if self.size is None else value_from_ast_untyped(self.size, dict(variables))
        size = len(given) if isinstance(given, list) else given if isinstance(given, int) else 0
        requests, nodes = (parents if self.is_connection else 0), parents * size
        for fetch in self.below:
            more = fetch.add(parents * size, variables)
            requests, nodes = requests + more[0], nodes + more[1]
        return requests, nodes


class Shape:
    """The connections of a document's operation, found once and then priced for any variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        definitions = document.definitions
        self._fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
        self._known: dict[str, tuple[Fetch, ...]] = {}
        operation = next(each for each in definitions if isinstance(each, OperationDefinitionNode))
        self.roots = len(operation.selection_set.selections)
        self.fetches = tuple(self._walk(operation.selection_set, schema.query_type))

    def price(self, variables: Mapping[str, Any]) -> Price:
        """Give the price of the operation with these variables."""
        counted = [fetch.add(1, variables) for fetch in self.fetches]
        requests = sum(each[0] for each in counted)
        return Price(max(1, (requests + 50) // 100), requests, sum(each[1] for each in counted))

    def _walk(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Iterator[Fetch]:
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                yield from self._field(selection, parent)
            elif isinstance(selection, FragmentSpreadNode):
                yield from self._spread(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                named = self._schema.get_type(condition.name.value) if condition else parent
                yield from self._walk(selection.selection_set, named)

    def _spread(self, name: str) -> tuple[Fetch, ...]:
        if name not in self._known:
            fragment = self._fragments[name]
            named = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = tuple(self._walk(fragment.selection_set, named))
        return self._known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Iterator[Fetch]:
        field = getattr(parent, "fields", {}).get(node.name.value)
        named = get_named_type(field.type) if field else None
        below = tuple(self._walk(node.selection_set, named))
        sizes = {argument.name.value: argument.value for argument in node.arguments or ()}
        if named is not None and named.name.endswith("Connection"):
            yield Fetch(is_connection=True, size=sizes.get("first", sizes.get("last")), below=below)
        elif "ids" in sizes:
            yield Fetch(is_connection=False, size=sizes["ids"], below=below)
        else:
            yield from below
