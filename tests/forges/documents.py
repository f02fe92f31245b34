"""GraphQL over HTTP for a schema: documents are parsed, validated and measured once, then run as often as they come."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,
    parse,
    validate,
)

from forges.cost import Shape
from forges.exchange import Request

Info = GraphQLResolveInfo[Any]

PAGED = {"nodes", "edges", "pageInfo"}
MOST = 100


@dataclass(frozen=True, slots=True)
class Document:
    """A query that was read: with what is wrong with it, or with its shape."""

    node: DocumentNode | None
    errors: Sequence[GraphQLError]
    shape: Shape | None


@dataclass(slots=True)
class Endpoint:
    """A schema with its resolvers; `invalid` says what was wrong with the queries that came."""

    schema: GraphQLSchema
    invalid: list[str] = field(default_factory=list)
    _documents: dict[str, Document] = field(default_factory=dict)

    def read(self, text: str) -> Document:
        """Parse and validate a query; what is wrong is noted each time it comes."""
        if text not in self._documents:
            self._documents[text] = self._read(text)
        document = self._documents[text]
        self.invalid += [error.message for error in document.errors]
        return document

    def _read(self, text: str) -> Document:
        try:
            node = parse(text)
        except GraphQLError as error:
            return Document(None, [error], None)
        errors = validate(self.schema, node)
        return Document(node, errors, None if errors else Shape(self.schema, node))

    def run(self, document: Document, variables: Mapping[str, Any], context: object) -> dict[str, Any]:
        """Run a valid query and give the body of the answer.

        An error that was not meant (a bug in a resolver) is raised. One that the client is to blame for is noted.
        """
        assert document.node is not None
        result = execute_sync(self.schema, document.node, variable_values=dict(variables), context_value=context)
        assert isinstance(result, ExecutionResult)
        for error in result.errors or ():
            if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
                raise error.original_error
            if error.path is None or (error.extensions or {}).get("blame"):
                self.invalid.append(error.message)
        return body_of(result.data, result.errors or ())


def body_of(data: object, errors: Sequence[GraphQLError]) -> dict[str, Any]:
    """Give a body in GitHub's form: `type` beside `path` and `message`; no `data` where the query was not run."""
    told = {"errors": [_told(error) for error in errors]} if errors else {}
    unrun = data is None and all(error.path is None for error in errors)
    return told if unrun else {"data": data} | told


def _told(error: GraphQLError) -> dict[str, Any]:
    kind = (error.extensions or {}).get("type")
    told: dict[str, Any] = {"type": kind} if kind else {}
    if error.path is not None:
        told["path"] = error.path
    if error.locations:
        told["locations"] = [place.formatted for place in error.locations]
    return told | {"message": error.message}


def typed(kind: str, message: str, *, blame: bool = False) -> GraphQLError:
    """Make an error of one of GitHub's types; `blame` where a client should never cause it."""
    return GraphQLError(message, extensions={"type": kind, "blame": blame})


def read_body(request: Request) -> tuple[str, dict[str, Any]] | None:
    """Give the query and the variables of a request, or None where it has none."""
    try:
        content = json.loads(request.body)
    except ValueError:
        return None
    if not isinstance(content, dict) or not isinstance(content.get("query"), str):
        return None
    return content["query"], content.get("variables") or {}


def connection(  # noqa: PLR0913 - the arguments of every connection
    items: Sequence[Any],
    info: Info,
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
    required: bool = True,
) -> dict[str, Any]:
    """Give one page of a connection (Relay's cursors); bounds are required where more than the count is asked."""
    name = info.field_name
    size = first if first is not None else last
    if size is None and required and _is_paged(info):
        message = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        raise typed("MISSING_PAGINATION_BOUNDARIES", message, blame=True)
    bound = "first" if first is not None else "last"
    if size is not None and not 1 <= size <= MOST:
        message = f"Requesting {size} records on the `{name}` connection exceeds the `{bound}` limit of {MOST} records."
        raise typed("EXCESSIVE_PAGINATION", message, blame=True)
    begin = 0 if after is None else int(after.rpartition(" ")[2]) + 1
    end = len(items) if before is None else int(before.rpartition(" ")[2])
    if last is None or first is not None:
        end = min(end, begin + (size or MOST))
    else:
        begin = max(begin, end - last)
    page = items[begin:end]
    cursors = [f"cursor {number}" for number in range(begin, begin + len(page))]
    return {
        "totalCount": len(items),
        "count": len(items),
        "nodes": page,
        "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, page, strict=True)],
        "pageInfo": {
            "hasNextPage": end < len(items),
            "hasPreviousPage": begin > 0,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def _is_paged(info: Info) -> bool:
    """Tell whether more than the count of a connection is asked for."""
    chosen = [each for node in info.field_nodes if node.selection_set for each in node.selection_set.selections]
    return any(not isinstance(each, FieldNode) or each.name.value in PAGED for each in chosen)
