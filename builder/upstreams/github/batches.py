"""Questions that go many at a time into one query, as many as GitHub can take just now."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Generic, TypeVar

from pydantic import ValidationError

from builder.upstreams.base import Refused, Waiting
from builder.upstreams.github.graphql import EXCEEDED, Fault, GraphQL, Told, Unusable
from builder.upstreams.github.queries import Query
from builder.upstreams.github.wire import Graph, problem

_GROWTH: Final = 10  # queries without trouble until the full size is reached from nothing
_DRIFT: Final = 0.01
_TOO_FEW: Final = 1  # a single answer that cannot be read says nothing about GitHub
_UNREADABLE: Final = "UNREADABLE"  # our own beside GitHub's types of errors

Item = TypeVar("Item")
Node = TypeVar("Node", bound=Graph)


class Batches(Generic[Item, Node]):
    """A queue of what is to be asked with one query.

    A query that GitHub cannot cope with is asked again in halves, down to a single repository; with every good answer
    the next query is a tenth of the full size larger again. `stopped` tells why nothing more is to be asked.
    """

    def __init__(
        self, graphql: GraphQL, query: Query, node: type[Node], variables: Callable[[Item], Mapping[str, object]]
    ) -> None:
        self.queue: deque[Item] = deque()
        self.stopped: Waiting | Refused | None = None
        self._graphql = graphql
        self._query = query
        self._node = node
        self._variables = variables
        self._size = query.most

    @property
    def is_full(self) -> bool:
        """Whether there is enough for a whole query."""
        return len(self.queue) >= self._size

    def ask(self) -> Iterator[tuple[Item, Node | Fault]]:
        """Send one query, and yield what is settled by its answer; the rest stays in the queue."""
        batch = [self.queue.popleft() for _ in range(min(self._size, len(self.queue)))]
        told = self._graphql.ask(self._query, [self._variables(item) for item in batch])
        if isinstance(told, list):
            yield from self._settle(batch, told)
        elif isinstance(told, Unusable):
            if len(batch) == 1:
                yield batch[0], Fault("", told.reason)
            else:
                self._ask_for_less(batch, batch)
        else:
            self.stopped = told

    def _settle(self, batch: Sequence[Item], told: Sequence[Told]) -> Iterator[tuple[Item, Node | Fault]]:
        read: list[tuple[Item, Node | Fault]] = []
        again: list[Item] = []
        for item, each in zip(batch, told, strict=True):
            if isinstance(each, Fault) and each.kind == EXCEEDED and len(batch) > 1:
                again.append(item)
            else:
                read.append((item, self._read(each)))
        if again:
            self._ask_for_less(batch, again)
        else:
            self._size = min(self._query.most, self._size + max(1, self._query.most // _GROWTH))
        self._look_for_drift([node for _, node in read])
        yield from read

    def _ask_for_less(self, batch: Sequence[Item], again: Sequence[Item]) -> None:
        self.queue.extendleft(reversed(again))
        self._size = max(1, len(batch) // 2)

    def _read(self, told: Told) -> Node | Fault:
        if isinstance(told, Fault):
            return told
        try:
            return self._node.model_validate(told)
        except ValidationError as error:
            return Fault(_UNREADABLE, f"is not as expected: {problem(error)}")

    def _look_for_drift(self, read: Sequence[Node | Fault]) -> None:
        """Stop where more than one in a hundred cannot be read: GitHub now says something else, to all questions."""
        unreadable = [each for each in read if isinstance(each, Fault) and each.kind == _UNREADABLE]
        if len(unreadable) > max(_TOO_FEW, len(read) * _DRIFT):
            share = f"{len(unreadable)} of {len(read)}"
            self.stopped = Refused(f"answers are not as expected ({share}): the first {unreadable[0].message}")
