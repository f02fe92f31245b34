"""Which content this is, and what its host promises: the last files of a site, made of all others as they pass."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Final

from builder import urls
from builder.choices import Choices
from builder.outputs import JSON, NDJSON, Output
from builder.resources import GenerationResource, ManifestHeadResource, encode

COMPRESSED: Final = (".gz", ".br", ".db")
"""The endings of compressed forms, and of what else has bytes that hang on the library that makes them."""


def generation_id(sums: Mapping[str, str]) -> str:
    """Give the SHA-256 of what `sha256sum` prints for files whose sums are given, by path; in any order."""
    return hashlib.sha256("".join(f"{sums[path]}  {path}\n" for path in sorted(sums)).encode()).hexdigest()


class Generation:
    """The id of a site's content, taken from its files while they pass by."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._sums: dict[str, tuple[str, int]] = {}

    def passing(self, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        """Pass files on, each a path and its bytes; keep the sum of each that is no compressed form of another."""
        for path, body in files:
            if not path.endswith(COMPRESSED):
                self._sums[path] = hashlib.sha256(body).hexdigest(), len(body)
            yield path, body

    @cached_property
    def id(self) -> str:
        """The SHA-256 of what `sha256sum` prints for all files, by path: the order does not matter.

        It is made when it is first asked for, which is when all of them have passed.
        """
        return generation_id({path: total for path, (total, _) in self._sums.items()})

    def manifest(self) -> Output:
        """Give the list of all files that have passed, by path: a line for each, and one before them."""
        head = ManifestHeadResource(schema_version=1, generation=self.id, files=len(self._sums))
        lines = (
            b'{"path":%s,"bytes":%d,"sha256":"%s"}\n' % (json.dumps(path).encode(), length, total.encode())
            for path, (total, length) in sorted(self._sums.items())
        )
        return Output(urls.DATA_MANIFEST, encode(head) + b"\n" + b"".join(lines), NDJSON)

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
