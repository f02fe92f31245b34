"""What of the site a host gets: what differs from host to host, without a word about any one host.

The renderers (`builder.api`, `builder.pages`) read these and know no host; a host (`builder.hosts`) sets them and
renders nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Query(Enum):
    """What a host can make of a query string."""

    IGNORED = "ignored"
    """Nothing: lists are whole, or paged by path. A `next` with a query would be an endless loop for every client."""
    MAPPED = "mapped"
    """`limit=20&offset=<a multiple of 20>` becomes a page's path by a rule; anything else is told to be an error."""
    ANSWERED = "answered"
    """Every query, as the original answers it: a script at the edge cuts lists and searches."""


NO_SEARCH: Final[Mapping[Query, str]] = {
    Query.IGNORED: "This host cannot see the query, so it cannot search here.",
    Query.MAPPED: "This host runs no program that could search.",
}
"""Why there is no search where files alone answer."""


def no_search(query: Query, index: str) -> str:
    """Give the words that refuse a search, with the address of the index; `query` must not be `ANSWERED`."""
    return f"{NO_SEARCH[query]} The index that any program can search is described in {index}"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a host gets of the site; each of these multiplies files or bytes, so that it is the host's affair.

    `copies`: the forms that a script could answer lie there as files as well: packages and grids by slug, and the items
    of API v3. Without them they are in the maps and chunks that the edge module reads, so `query` must be `ANSWERED`.
    `suffixes`: the items of API v4 lie there as `359.json` too, for hosts whose media type follows the file's ending.
    `v3`: API v3 is answered. `siblings`: a compressed file (.gz, .br) lies beside every larger one.
    `negotiates`: the host can give a browser a readable page at the addresses of the API. `runtimes`: which of the ways
    into the edge module lie there, where it answers queries (`builder.scripts.RUNTIMES`).
    `pictures`: a picture lies beside the page of each package and grid, for where its address is shared.
    `extras`: there are pages that nobody needs to find a package: how the weight of each comes about, and who
    contributed to what. They are more than half of all pages. `details`: a file for each package and grid with all that
    is known of it; without them it is in the dumps alone. `dumps`: the whole data
    is there in one file, compressed, and with `plain_dumps` as it is too: some hosts take no such large files.
    `badges`: a badge of each package, as a picture and for the badge service, for its README.
    `changes`: it is told what changed since the generations before; that hangs on a past, and not on the host.
    """

    query: Query = Query.IGNORED
    copies: bool = True
    suffixes: bool = False
    v3: bool = True
    siblings: bool = False
    negotiates: bool = False
    runtimes: tuple[str, ...] = ()
    pictures: bool = True
    extras: bool = True
    details: bool = True
    dumps: bool = True
    plain_dumps: bool = True
    badges: bool = True
    changes: bool = False
