"""Which content this is, and what its host promises: the last file of a site, made of all others as they pass."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from builder import urls
from builder.choices import Choices
from builder.outputs import JSON, Output
from builder.resources import GenerationResource, encode

COMPRESSED: Final = (".gz", ".br")
"""The endings of compressed forms: their bytes hang on the library that makes them."""


class Generation:
    """The id of a site's content, taken from its files while they pass by."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._sums: dict[str, str] = {}

    def passing(self, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        """Pass files on, each a path and its bytes, and keep the sum of each that is no compressed form of another."""
        for path, body in files:
            if not path.endswith(COMPRESSED):
                self._sums[path] = hashlib.sha256(body).hexdigest()
            yield path, body

    @property
    def id(self) -> str:
        """The SHA-256 of what `sha256sum` prints for the files that have passed, by path: the order does not matter."""
        lines = (f"{self._sums[path]}  {path}\n" for path in sorted(self._sums))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def output(self, base_url: str, as_of: date, host: str, choices: Choices) -> Output:
        """Give the resource that tells of it; `base_url` without a slash at its end, `host` is the host's name."""
        resource = GenerationResource(
            schema_version=1,
            generation=self.id,
            as_of=as_of,
            base_url=base_url,
            host=host,
            query=choices.query.value,
            v3=choices.v3,
            copies=choices.copies,
            suffixes=choices.suffixes,
            siblings=choices.siblings,
            negotiates=choices.negotiates,
        )
        return Output(urls.DATA_GENERATION, encode(resource), JSON)
