"""Where facts come from: one module per upstream, behind one contract and one transport."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

from builder.config import Settings
from builder.upstreams.base import Upstream
from builder.upstreams.pypi import PyPI

UPSTREAMS: tuple[Callable[[Settings], Upstream], ...] = (PyPI,)


@contextmanager
def connect(settings: Settings) -> Iterator[list[Upstream]]:
    """Give all upstreams, and close them in the end. Nothing is sent before the first question."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(upstream(settings))) for upstream in UPSTREAMS]


__all__ = ["UPSTREAMS", "Upstream", "connect"]
