"""Whether the JSON of a site is what the API promises: each file against the models that make its kind of answer.

What is no promised answer, such as what the edge module reads, must be JSON at least.
"""

import json
from dataclasses import dataclass
from typing import Final, NoReturn

from builder import contract, urls
from builder.contract import Kind
from builder.hosts import CONFIGURATION, media_types
from builder.hosts.layouts import unescaped
from builder.outputs import JSON, LINKSET, NDJSON

_JSON: Final = "index.json"
_HTML: Final = "index.html"


@dataclass(slots=True)
class Held:
    """How many files were right: answers as the API promises them, and other ones that are JSON."""

    promised: int = 0
    others: int = 0

    def wrong(self, path: str, body: bytes) -> str:
        """Say what is wrong with a file of a site, by its path there; "" if nothing is. What is no JSON is not read."""
        kind = kind_of(path)
        if kind is not None:
            why = contract.deviation(kind, unescaped(body) if path.endswith(_HTML) else body)
            self.promised += not why
        elif (media_type := media_types.of(path.rpartition("/")[2])) in {JSON, LINKSET, NDJSON}:
            why = _malformed(body.splitlines() if media_type == NDJSON else [body])
            self.others += not why
        else:
            why = ""
        return why


def kind_of(path: str) -> Kind | None:
    """Give the kind of answer that a file holds, by its path in a site for whichever host; None where it is none.

    An index file stands for its folder, whatever it holds on a host that indexes `index.html` alone; but `index.json`
    may be the name of an answer too.
    """
    if path.startswith(CONFIGURATION):
        return None
    if path == urls.API_NOT_FOUND_PAGE[1:]:
        return contract.kind_of(urls.API_NOT_FOUND)
    folder, slash, name = path.rpartition("/")
    if name == _HTML:
        return contract.kind_of(f"/{folder}{slash}")
    return (contract.kind_of(f"/{folder}{slash}") if name == _JSON else None) or contract.kind_of(f"/{path}")


def _malformed(bodies: list[bytes]) -> str:
    for number, body in enumerate(bodies, start=1):
        try:
            json.loads(body, parse_constant=_refuse)
        except ValueError as error:  # as json's and unicode's own errors are
            return f"line {number} is no JSON: {error}" if len(bodies) > 1 else f"is no JSON: {error}"
    return ""


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
