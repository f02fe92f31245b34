"""A folder per route with an index file of the answer's own type.

For hosts that index both `index.html` and `index.json` (seen with nginx, Caddy and Apache): the extension tells
them the media type, so that nothing needs to be overridden.
"""

from builder.outputs import JSON, Output


class IndexFiles:
    """`/api/v4/packages/359/` is `api/v4/packages/359/index.json`; `/packages/` is `packages/index.html`."""

    name = "index-files"

    def file(self, output: Output) -> str:
        """Give the file of an output, relative to the site, with slashes."""
        path = output.route.removeprefix("/")
        if path and not path.endswith("/"):
            return path
        return path + ("index.json" if output.media_type == JSON else "index.html")
