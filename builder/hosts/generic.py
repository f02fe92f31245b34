"""Any host of static files that indexes `index.html`: nothing to configure, and nothing is asked of it."""

from collections.abc import Iterable

from builder.choices import Choices
from builder.hosts.base import File, Limits, Server
from builder.hosts.layouts import named_html
from builder.outputs import Output
from builder.urls import Urls


class Generic:
    """`index.html` in a folder per route, JSON too; `359.json` beside it has the right type by its ending."""

    name = "generic"
    choices = Choices(suffixes=True)
    limits = Limits()
    server: Server | None = None

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output."""
        yield named_html(output)

    def configuration(self, _site: Urls, _choices: Choices) -> Iterable[File]:
        """Give nothing: a host that we do not know cannot be configured."""
        return ()
