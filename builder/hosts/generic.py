"""Any host of static files that indexes `index.html`: nothing to configure, and nothing is asked of it."""

from collections.abc import Iterable, Mapping
from typing import Final

from builder import urls
from builder.choices import Choices
from builder.hosts.base import File, Limits, Server
from builder.hosts.layouts import named_html
from builder.outputs import Output
from builder.urls import Urls

_TYPED: Final = (
    "a host that indexes index.html alone types what lies there as a page; /packages/359.json is typed right"
)
_UNTOLD: Final = "a host that nobody has described is told no headers"
_UNRULED: Final = "a host that nobody has described is told no rules"

CANNOT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("api-types", "types-fit", "feed-folders"), _TYPED),
    **dict.fromkeys(("cors", "cors-not-modified", "cors-not-found", "cors-redirect", "cors-preflight"), _UNTOLD),
    **dict.fromkeys(("nosniff", "cache-control", "etag", "compression"), _UNTOLD),
    **dict.fromkeys(("options", "post-refused", "post-refused-in-words", "v3-post-refused", "gone"), _UNRULED),
    **dict.fromkeys(("slashless-relative", "slashless-query", "hidden"), _UNRULED),
    **dict.fromkeys(("not-found-json", "not-found-words", "not-found-page", "v3-not-found"), _UNRULED),
}


class Generic:
    """`index.html` in a folder per route, JSON too; `359.json` beside it has the right type by its ending.

    `api/404.html` is the answer to what is not there on hosts that look for the nearest 404.html; on others it is idle.
    """

    name = "generic"
    choices = Choices(suffixes=True)
    limits = Limits()
    server: Server | None = None
    cannot = CANNOT

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output; the API's own 404 body also where hosts look for the nearest one."""
        yield named_html(output)
        if output.route == urls.API_NOT_FOUND:
            yield urls.API_NOT_FOUND_PAGE[1:], output.body

    def configuration(self, _site: Urls, _choices: Choices) -> Iterable[File]:
        """Give nothing: a host that we do not know cannot be configured."""
        return ()
