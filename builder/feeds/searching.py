"""How a browser searches the site from its address bar: OpenSearch 1.1 (opensearch.org, draft 6)."""

from typing import Final

from builder import urls
from builder.config import Settings
from builder.feeds.markup import DECLARATION, element
from builder.outputs import OPENSEARCH
from builder.urls import Urls

SHORT_NAME: Final = 16  # characters, and the next two likewise: the standard's own limits
LONG_NAME: Final = 48
DESCRIPTION: Final = 1024


def description(settings: Settings, site: Urls) -> bytes:
    """Write the description of the site's search."""
    template = f"{site.absolute(urls.SEARCH)}?q={{searchTerms}}"
    parts = [
        element("ShortName", _cut(settings.title, SHORT_NAME)),
        element("LongName", _cut(settings.title, LONG_NAME)),
        element("Description", _cut(settings.description or f"Search {settings.title}", DESCRIPTION)),
        element("InputEncoding", "UTF-8"),
        element("Image", site.absolute(urls.ASSETS + "favicon.svg"), type_="image/svg+xml"),
        element("Url", type_="text/html", method="get", template=template),
        element(
            "Url", type_=OPENSEARCH.partition(";")[0], rel="self", template=site.absolute(urls.SEARCH_DESCRIPTION_FILE)
        ),
    ]
    root = '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
    return f"{DECLARATION}{root}{''.join(parts)}</OpenSearchDescription>\n".encode()


def _cut(text: str, length: int) -> str:
    """Cut a text at a word if it is too long, or anywhere if its first word is."""
    if len(text) <= length:
        return text
    return text[: length + 1].rpartition(" ")[0].rstrip() or text[:length]
