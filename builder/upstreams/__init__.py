"""Where facts come from: one module per upstream, behind one contract and one transport."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

from builder.upstreams.base import Setup, Upstream
from builder.upstreams.bitbucket import Bitbucket
from builder.upstreams.downloads import Downloads
from builder.upstreams.forgejo import Forgejo
from builder.upstreams.git import Git
from builder.upstreams.github import GitHub
from builder.upstreams.gitlab import GitLab
from builder.upstreams.limits import Budget
from builder.upstreams.pypi import PyPI

UPSTREAMS: tuple[Callable[[Setup], Upstream], ...] = (
    PyPI,
    Downloads,
    GitHub,
    GitLab,
    Forgejo,
    Bitbucket,
    Git,  # the last: it tells of the hosts that none of them asks
)


@contextmanager
def connect(setup: Setup) -> Iterator[list[Upstream]]:
    """Give all upstreams, and close them in the end. Nothing is sent before the first question."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(upstream(setup))) for upstream in UPSTREAMS]


__all__ = ["UPSTREAMS", "Budget", "Setup", "Upstream", "connect"]
