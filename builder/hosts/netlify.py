"""Netlify: static files, rules for their headers, and an edge function before the versions of the API.

The function itself was run in Node alone; that nothing is asked of Netlify but what its documentation says is all that
can be said of the rules.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from builder import urls
from builder.choices import Choices, Query
from builder.hosts import rules
from builder.hosts.base import CONFIGURATION, File, Limits, Server
from builder.hosts.layouts import indexed
from builder.hosts.limits import at_the_root
from builder.hosts.node import SERVER
from builder.outputs import Output
from builder.urls import Urls

FUNCTIONS: Final = f"{CONFIGURATION}edge-functions/"
_FUNCTION: Final = urls.script("netlify.js")

# What is not there is a page, but below the API. The function is before all of these.
REDIRECTS: Final = f"""\
/{CONFIGURATION}*  /404.html  404!
/netlify.toml  /404.html  404!
/api/v4/*  /api/v4/:splat/index.json  200
/api/v3/*  /api/v3/:splat/index.json  200
/api/*  /api/404.json  404
""" + "".join(f"{folder}*  {folder}:splat/index.xml  200\n" for folder in urls.XML_FOLDERS)

SETTINGS: Final = f"""\
# The site is built already. To deploy it: cd to the folder of this file, then `netlify deploy --prod`.
[build]
  publish = "."
  edge_functions = "{FUNCTIONS.removesuffix("/")}"
"""


class Netlify:
    """An index file of the answer's own type in a folder per route; the API's lists, slugs and searches by script."""

    name = "netlify"
    choices = Choices(query=Query.ANSWERED, copies=False, negotiates=True, runtimes=("netlify", "node"))
    limits = Limits(folder_entries=54_000, source="a folder there may hold 54,000")
    cannot: Mapping[str, str] = {}
    server: Server | None = SERVER

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output; every script in the folder of functions would be taken for one."""
        if output.route == _FUNCTION:
            yield f"{FUNCTIONS}api.js", output.body
        else:
            yield indexed(output)

    def configuration(self, site: Urls, _choices: Choices) -> Iterable[File]:
        """Give the rules for headers and for what is not there, and where the function lies.

        Raises:
            SiteError: the site's address has a path.
        """
        at_the_root(self, site)
        yield "_headers", rules.headers_file().encode()
        yield "_redirects", REDIRECTS.encode()
        yield "netlify.toml", SETTINGS.encode()
