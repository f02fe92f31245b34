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
_MOST: Final = 10
_HALF: Final = 0.5
_UNREADABLE: Final = "UNREADABLE"  # our own beside GitHub's types of errors

Item = TypeVar("Item")
Node = TypeVar("Node", bound=Graph)


class Batches(Generic[Item, Node]):
    """A queue of what is to be asked with one query.

    A query that GitHub cannot cope with is asked again in halves, down to a single repository; with every good answer
    the next query is a tenth of the full size larger again. `stopped` tells why nothing more is to be asked.

    Where more than one in a hundred of a query cannot be read, those are asked again, each `alone`: what is wrong with
    a few repositories is no reason to stop. GitHub says something else now, to all questions, where that is more than
    half of a query; or where more than ten, and one in a hundred of all, could not be read.
    """

    def __init__(
        self, graphql: GraphQL, query: Query, node: type[Node], variables: Callable[[Item], Mapping[str, object]]
    ) -> None:
        self.queue: deque[Item] = deque()
        self.alone: deque[Item] = deque()
        self.stopped: Waiting | Refused | None = None
        self._graphql = graphql
        self._query = query
        self._node = node
        self._variables = variables
        self._size = query.most
        self._told = self._unreadable = 0

    @property
    def is_full(self) -> bool:
        """Whether there is enough for a whole query."""
        return bool(self.alone) or len(self.queue) >= self._size

    @property
    def has_more(self) -> bool:
        """Whether anything is left to be asked."""
        return bool(self.alone or self.queue)

    def ask(self) -> Iterator[tuple[Item, Node | Fault]]:
        """Send one query, and yield what is settled by its answer; the rest is left for the next ones."""
        queue, size = (self.alone, 1) if self.alone else (self.queue, min(self._size, len(self.queue)))
        batch = [queue.popleft() for _ in range(size)]
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
        yield from self._without_drift(read)

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

    def _without_drift(self, read: list[tuple[Item, Node | Fault]]) -> list[tuple[Item, Node | Fault]]:
        """Give what is settled; what could not be read in too large a company is asked again, alone."""
        odd = [item for item, each in read if _is_unreadable(each)]
        if max(_TOO_FEW, len(read) * _DRIFT) < len(odd) <= len(read) * _HALF:
            self.alone.extend(odd)
            read = [(item, each) for item, each in read if not _is_unreadable(each)]
            odd = []
        self._told += len(read)
        self._unreadable += len(odd)
        if len(odd) > max(_TOO_FEW, len(read) * _HALF):
            self._stop(len(odd), len(read), read)
        elif odd and self._unreadable > max(_MOST, self._told * _DRIFT):
            self._stop(self._unreadable, self._told, read)
        return read

    def _stop(self, odd: int, total: int, read: Sequence[tuple[Item, Node | Fault]]) -> None:
        first = next(each.message for _, each in read if isinstance(each, Fault) and each.kind == _UNREADABLE)
        self.stopped = Refused(f"answers are not as expected ({odd} of {total}): the first {first}")


def _is_unreadable(told: Graph | Fault) -> bool:
    return isinstance(told, Fault) and told.kind == _UNREADABLE
