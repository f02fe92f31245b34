"""Which content this is, and what its host promises: the last files of a site, made of all others as they pass.

What a file is (`role`) tells whether it counts for the id. Those that are `derived` do not: the bytes of a compressed
form, a picture or a database hang on the library that makes them, and what changed since hangs on what was there
before. So the same data gives the same id on every machine.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, TypeVar

from pydantic import ValidationError

from builder import urls
from builder.choices import Choices
from builder.outputs import COMPRESSED, JSON, NDJSON, Output, is_inside
from builder.resources import GenerationResource, ManifestFileResource, ManifestHeadResource, Resource, encode
from builder.resources.changelog import SCHEMA_VERSION

Model = TypeVar("Model", bound=Resource)

PICTURE: Final = ".png"
"""The ending of pictures, whose pixels zlib compresses."""

MANIFEST: Final = urls.DATA_MANIFEST.removeprefix("/")
GENERATION: Final = urls.DATA_GENERATION.removeprefix("/")
DUMPS: Final = frozenset(route.removeprefix("/") for route in urls.DATA_DUMPS)
"""Files by their paths. The dumps lie there compressed too, whatever the host makes of that: nobody wants to load them
otherwise."""

CONTENT: Final = "content"
DERIVED: Final = "derived"
FORM: Final = "form"
HOST: Final = "host"
COUNTED: Final = frozenset({CONTENT, HOST})
"""The roles of files that count for the generation."""
SERVED: Final = frozenset({CONTENT, DERIVED})
"""The roles of files that are served under their own address."""

_MADE_BY_A_LIBRARY: Final = (*COMPRESSED, ".db", PICTURE)
_OFFERED: Final = tuple(dump + ending for dump in DUMPS for ending in COMPRESSED)
_CHANGES: Final = urls.DATA_CHANGES_FOLDER.removeprefix("/"), urls.DATA_CHANGES.removeprefix("/")


def role(path: str) -> str:
    """Tell what a file of a site is, as `ManifestFileResource` has it.

    Compressed forms of dumps and packs are there to be loaded; those of other files are not: the host sends them where
    somebody asks for the file and takes it compressed.
    """
    if path.startswith((".", "_")) and not path.startswith(".well-known/"):
        return HOST
    if path.endswith(COMPRESSED) and path not in _OFFERED and not path.startswith(_CHANGES):
        return FORM
    return DERIVED if path.endswith(_MADE_BY_A_LIBRARY) or path.startswith(_CHANGES) else CONTENT


def generation_id(sums: Mapping[str, str]) -> str:
    """Give the SHA-256 of what `sha256sum` prints for files whose sums are given, by path; in any order."""
    return hashlib.sha256("".join(f"{sums[path]}  {path}\n" for path in sorted(sums)).encode()).hexdigest()


def sha256(body: bytes) -> str:
    """Give the sum of a file as a manifest has it."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a site consists of: its files by path. `body` is the manifest's own."""

    generation: str
    files: Mapping[str, ManifestFileResource]
    body: bytes


def read_manifest(body: bytes) -> Manifest:
    """Read what `Generation.manifest` gives.

    Raises:
        ValueError: in words that go on from the file's name, it is none, or is not whole.
    """
    lines = body.splitlines() or [b""]
    head = _parsed(ManifestHeadResource, lines[0], 1)
    entries = [_parsed(ManifestFileResource, line, number) for number, line in enumerate(lines[1:], start=2)]
    files = {entry.path: entry for entry in entries}
    if strange := next((path for path in files if not is_inside(path)), None):
        raise ValueError(f"names {strange!r}, which is no path inside a site")
    if len({path.casefold() for path in files}) < len(files) or not files.keys().isdisjoint(_folders(files)):
        raise ValueError("names two files that could not lie in one folder")
    sums = {path: file.sha256 for path, file in files.items() if file.role in COUNTED}
    if not len(files) == len(entries) == head.files or generation_id(sums) != head.generation:
        raise ValueError("is not whole: its lines do not make what its first line tells")
    return Manifest(head.generation, files, body)


def _folders(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        while path := path.rpartition("/")[0]:
            yield path


def _parsed(model: type[Model], line: bytes, number: int) -> Model:
    try:
        return model.model_validate_json(line)
    except ValidationError:
        raise ValueError(f"has a line {number} that is none of a manifest") from None


def _quoted(path: str) -> str:
    """Give a path as JSON; nearly all are letters, digits and a few signs, and there are many."""
    return f'"{path}"' if _PLAIN.fullmatch(path) else json.dumps(path)


_PLAIN: Final = re.compile(r"[A-Za-z0-9._/-]+")


class Generation:
    """The id of a site's content, and the list of its files, taken from them while they pass by."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._sums: dict[str, tuple[str, int, str]] = {}

    def passing(self, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        """Pass files on, each a path and its bytes; keep the sum of each."""
        for path, body in files:
            self.add(path, sha256(body), len(body))
            yield path, body

    def add(self, path: str, total: str, length: int) -> None:
        """Take a file by its sum, as `sha256` gives it, and its length in bytes."""
        self._sums[path] = total, length, role(path)

    def sum(self, path: str) -> str:
        """Give the SHA-256 of a file that has passed."""
        return self._sums[path][0]

    def counted(self) -> set[str]:
        """Give the paths of the files that have passed and count."""
        return {path for path, (_, _, kind) in self._sums.items() if kind in COUNTED}

    @cached_property
    def id(self) -> str:
        """The SHA-256 of what `sha256sum` prints for all files that count, by path: the order does not matter.

        It is made when it is first asked for, which is when all of those have passed.
        """
        return generation_id({path: total for path, (total, _, kind) in self._sums.items() if kind in COUNTED})

    def manifest(self) -> Output:
        """Give the list of all files that have passed, by path: a line for each, and one before them."""
        head = ManifestHeadResource(schema_version=SCHEMA_VERSION, generation=self.id, files=len(self._sums))
        lines = (
            f'{{"path":{_quoted(path)},"bytes":{length},"sha256":"{total}","role":"{kind}"}}\n'
            for path, (total, length, kind) in sorted(self._sums.items())
        )
        return Output(urls.DATA_MANIFEST, encode(head) + b"\n" + "".join(lines).encode(), NDJSON)

    def output(self, manifest: Output, base_url: str, as_of: date, host: str, choices: Choices) -> Output:
        """Give the resource that tells of it; `base_url` without a slash at its end, `host` is the host's name."""
        resource = GenerationResource(
            schema_version=SCHEMA_VERSION,
            generation=self.id,
            manifest_sha256=hashlib.sha256(manifest.body).hexdigest(),
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
