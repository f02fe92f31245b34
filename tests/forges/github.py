"""GitHub: GraphQL on the official schema, REST for lists of contributors; tokens, points and limits.

Sources: docs.github.com, "Rate limits and query limits for the GraphQL API", "Rate limits for the REST API", "List
repository contributors"; what is not written there is said in README.md.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from forges import github_rest
from forges.clock import Clock
from forges.cost import Price
from forges.documents import Document, Endpoint, body_of, read_body, typed
from forges.exchange import Answer, Request, Route, Site, as_json
from forges.github_schema import Call, schema
from forges.limits import MINUTE, Window
from forges.world import World

PERSONAL, WORKFLOW = "personal", "workflow"
MOST_NODES = 500_000
WRONG = "Something went wrong while executing your query. This may be the result of a timeout."
UNAUTHENTICATED = {"message": "This endpoint requires you to be authenticated.", "status": "401"}
EXCEEDED = "API rate limit exceeded"
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


@dataclass
class Behaviour:
    """What a test may set.

    `largest` and `gateway`: a query with more fields at its root is answered with that status. `resources`: the
    repositories a query may look up before RESOURCE_LIMITS_EXCEEDED. `anonymous_graphql`: the status without a token.
    `per_minute`: requests a minute before the secondary limit, with `secondary` as its status, None: no limit.
    """

    largest: int | None = None
    gateway: int = 502
    resources: int | None = None
    anonymous_graphql: int = 401
    per_minute: int | None = None
    secondary: int = 403
    anonymous_limit: int = 60
    tokens: dict[str, int] = field(default_factory=lambda: {PERSONAL: 5000, WORKFLOW: 1000})


class GitHub(Site):
    """api.github.com for a world."""

    name = "github"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.world = World(clock, "https://github.com")
        self.set = Behaviour()
        self.endpoint = Endpoint(schema())
        self._windows: dict[tuple[str, str], Window] = {}
        rest = github_rest.Rest(self)
        self.routes = (
            Route("graphql", "POST", re.compile("/graphql"), self._graphql),
            *(Route(kind, "GET", pattern, self._metered(answer)) for kind, pattern, answer in rest.routes),
            Route("limits", "GET", re.compile("/rate_limit"), rest.limits),
        )

    def answer(self, request: Request) -> Answer:
        """Answer a request, unless its token is unknown or it comes too fast."""
        if request.token and request.token not in self.set.tokens:
            return as_json({"message": "Bad credentials", "status": "401"}, 401)
        if self.set.per_minute is not None and not self._secondary(request).take():
            wait = str(self._secondary(request).wait)
            return as_json(SECONDARY, self.set.secondary, {"retry-after": wait})
        return super().answer(request)

    def _secondary(self, request: Request) -> Window:
        limit = self.set.per_minute or 0
        return self._windows.setdefault((request.token, "secondary"), Window(self.clock, limit, MINUTE))

    def window(self, token: str, resource: str) -> Window:
        """Give the limit of a token for "core" or "graphql"; without a token there are 60 and none."""
        anonymous = self.set.anonymous_limit if resource == "core" else 0
        limit = self.set.tokens[token] if token else anonymous
        return self._windows.setdefault((token, resource), Window(self.clock, limit))

    def _metered(self, answer: "github_rest.Answering") -> "github_rest.Answering":
        """Charge a request of REST with one point."""

        def metered(request: Request, match: re.Match[str]) -> Answer:
            window = self.window(request.token, "core")
            if not window.take():
                return as_json({"message": f"{EXCEEDED}."}, 403, window.headers("core"))
            return answer(request, match).having(window.headers("core"), cost=1)

        return metered

    def _graphql(self, request: Request, _match: re.Match[str]) -> Answer:
        window = self.window(request.token, "graphql")
        headers = window.headers("graphql")
        if not request.token:
            content = UNAUTHENTICATED if self.set.anonymous_graphql == 401 else {"message": f"{EXCEEDED}."}
            return as_json(content, self.set.anonymous_graphql, headers)
        read = read_body(request)
        if read is None:
            self.endpoint.invalid.append("no query in the body")
            return as_json({"message": "Problems parsing JSON"}, 400, headers)
        document = self.endpoint.read(read[0])
        if document.shape is None:
            return as_json(body_of(None, document.errors), headers=headers)
        price = document.shape.price(read[1])
        refusal = self._refusal(price, window)
        answer = as_json(refusal) if refusal else self._run(document, read[1], price, window)
        return answer.having(window.headers("graphql"), 0 if refusal else price.points)

    def _refusal(self, price: Price, window: Window) -> dict[str, Any] | None:
        """Give the body for a query that is not run: too many nodes, or too few points left."""
        if price.nodes > MOST_NODES:
            message = (
                f"This query requests up to {price.nodes:,} possible nodes which exceeds the maximum limit of 500,000."
            )
            self.endpoint.invalid.append(message)
            return body_of(None, [typed("MAX_NODE_LIMIT_EXCEEDED", message)])
        if not window.take(price.points):
            return body_of(None, [typed("RATE_LIMITED", f"{EXCEEDED} for user ID 1.")])
        return None

    def _run(self, document: Document, variables: dict[str, Any], price: Price, window: Window) -> Answer:
        assert document.shape is not None
        if self.set.largest is not None and document.shape.roots > self.set.largest:
            return as_json({"data": None, "errors": [{"message": WRONG}]}, self.set.gateway)
        return as_json(self.endpoint.run(document, variables, Call(self.world, window, price, self.set.resources)))
