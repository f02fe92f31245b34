"""Amazon S3 behind CloudFront: files as objects, a small function before them, and a template that sets both up.

The function sees the query and no file. So it maps pages of 20 and slashes, and refuses what it cannot; what is not
there is CloudFront's affair, which has one answer to that whatever the path. Nothing here was tried on AWS itself: in
the tests the function runs under Node, and the objects lie in a model of S3.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from builder.choices import Choices, Query
from builder.hosts import rules
from builder.hosts.base import CONFIGURATION, File, Limits, Server
from builder.hosts.layouts import indexed
from builder.hosts.media_types import MEDIA_TYPES, NAMED, UNKNOWN
from builder.hosts.s3_cloudfront.function import function
from builder.hosts.s3_cloudfront.template import template
from builder.outputs import Output
from builder.urls import Urls

FUNCTION: Final = f"{CONFIGURATION}function.js"
TEMPLATE: Final = f"{CONFIGURATION}template.json"
TYPES: Final = f"{CONFIGURATION}types.json"

_ONE_PAGE: Final = "CloudFront answers whatever is not there with one page, and its functions do not see that it is not"


class S3CloudFront:
    """An index file of the answer's own type in a folder per route; a function turns routes and queries into keys."""

    name = "s3-cloudfront"
    choices = Choices(query=Query.MAPPED, suffixes=True)
    limits = Limits()
    server: Server | None = None
    cannot: Mapping[str, str] = dict.fromkeys(("not-found-json", "not-found-words", "v3-not-found"), _ONE_PAGE)

    def files(self, output: Output) -> Iterable[File]:
        """Give the file of an output."""
        yield indexed(output)

    def configuration(self, site: Urls, choices: Choices) -> Iterable[File]:
        """Give the function, the template that sets everything up, and the media types that objects must have."""
        prefix = rules.prefix(site)
        code = function(prefix, site, v3=choices.v3)
        yield FUNCTION, code.encode()
        yield TEMPLATE, _json(template(prefix, code))
        yield TYPES, _json({"by_ending": dict(MEDIA_TYPES), "by_name": dict(NAMED), "others": UNKNOWN})


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"
