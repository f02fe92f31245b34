"""GitHub Pages: static files alone; no headers and no rules of ours, CORS is always open, queries are ignored."""

from collections.abc import Iterable, Mapping
from typing import Final

from builder.choices import Choices
from builder.hosts.base import File, Limits, Server
from builder.hosts.layouts import indexed
from builder.outputs import Output
from builder.urls import Urls

_NO_RULES: Final = "GitHub Pages knows no rules of ours"
_ONE_PAGE: Final = "GitHub Pages answers whatever is not there with the one page 404.html, and cannot choose by path"

CANNOT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("nosniff", "cors-preflight"), "GitHub Pages sends its own headers alone"),
    **dict.fromkeys(("options", "post-refused", "post-refused-in-words", "v3-post-refused"), _NO_RULES),
    **dict.fromkeys(("slashless-relative", "slashless-query", "hidden"), _NO_RULES),
    **dict.fromkeys(("not-found-json", "not-found-words", "v3-not-found", "gone"), _ONE_PAGE),
}


class GitHubPages:
    """An index file of the answer's own type in a folder per route, and `359.json` beside it."""

    name = "github-pages"
    choices = Choices(suffixes=True)
    limits = Limits(file_bytes=100 * 1000**2, total_bytes=1000**3, source="a published site may hold 1 GB")
    server: Server | None = None
    cannot = CANNOT

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output."""
        yield indexed(output)

    def configuration(self, _site: Urls, _choices: Choices) -> Iterable[File]:
        """Give the mark that no generator is to be run over the files."""
        yield ".nojekyll", b""
