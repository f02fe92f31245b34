"""Whether a site is whole: each file that its manifest names, in a copy or at a live address."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ValidationError

from builder import urls
from builder.api.generation import COMPRESSED, generation_id
from builder.errors import VerificationError
from builder.hosts import CONFIGURATION
from builder.resources import ManifestFileResource, ManifestHeadResource
from builder.upstreams.transport import Answer, Failure
from builder.verify.live import Wire
from builder.verify.promises import told
from builder.write import unpacked
from builder.write.place import MARKER

MANIFEST: Final = urls.DATA_MANIFEST.removeprefix("/")
GENERATION: Final = urls.DATA_GENERATION.removeprefix("/")
REMEDY: Final = "Load the whole site again, or build it anew."

_OK: Final = 200
_FRESH: Final = {"Cache-Control": "no-cache"}
_INDEXES: Final = ("index.html", "index.json", "index.xml")

Model = TypeVar("Model", bound=BaseModel)
Read = Callable[[str], bytes | str]
"""Gives the bytes of a file by its path, or says why there are none."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a site consists of: `files` are length in bytes and SHA-256, by path."""

    generation: str
    files: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of it: how many files were looked at, of how many, and a line for each thing that is wrong."""

    where: str
    generation: str
    looked_at: int
    total: int
    wrong: Sequence[str]

    def __str__(self) -> str:
        """Give the lines, and below them the sum."""
        told = f"{self.where}: {self.looked_at:,} of {self.total:,} files looked at, generation {self.generation}"
        return "\n".join([*self.wrong, f"{told}: {'all as they should be.' if not self.wrong else REMEDY}"])

    @property
    def has_failed(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.wrong)

    def as_dict(self) -> Mapping[str, Any]:
        """Give the same for programs."""
        return {
            "where": self.where,
            "generation": self.generation,
            "looked_at": self.looked_at,
            "total": self.total,
            "wrong": list(self.wrong),
        }

    def hold(self) -> None:
        """Stop where something is wrong.

        Raises:
            VerificationError: with how much is.
        """
        if self.wrong:
            things = "1 thing is" if len(self.wrong) == 1 else f"{len(self.wrong):,} things are"
            raise VerificationError(f"{self.where}: {things} wrong.")


def of_copy(folder: Path) -> Findings:
    """Look at every file of a copy of a site; what is there and in no manifest is wrong too.

    Raises:
        VerificationError: there is no manifest that can be read.
    """

    def read(path: str) -> bytes | str:
        try:
            return (folder / path).read_bytes()
        except FileNotFoundError:
            return "is missing"
        except OSError as error:
            return f"cannot be read: {error.strerror}"

    found = _manifest(read, folder.as_posix())
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()}
    expected = {*found.files, MANIFEST, GENERATION, MARKER}
    wrong = [*_mixed(found, read), *_differing(found, sorted(found.files), read)]
    wrong += filter(None, (_stray(found, path, read) for path in sorted(there - expected)))
    return Findings(folder.as_posix(), found.generation, len(found.files), len(found.files), wrong)


def of_live(url: str, wire: Wire, most: int | None) -> Findings:
    """Look at a live site: at `most` of its files, evenly spread, or at all of them.

    What the host keeps to itself (`_host/`, files that begin with a dot or an underscore) is not asked for. The status
    of an answer does not matter where its bytes are right: some files are what a host refuses with.

    Raises:
        VerificationError: there is no manifest that can be read.
    """
    base = url.rstrip("/")

    def read(path: str) -> bytes | str:
        why = ""
        for address in _addresses(path):
            answer = _asked(wire, f"{base}/{address}")
            if isinstance(answer, Failure):
                return f"is not answered: {answer.reason}"
            if answer.status == _OK or is_right(path, answer.body):
                return answer.body
            why = why or f"is answered with {answer.status}"
        return why

    def is_right(path: str, body: bytes) -> bool:
        return path in known and hashlib.sha256(body).hexdigest() == known[path][1]

    known: Mapping[str, tuple[int, str]] = {}
    found = _manifest(read, base)
    known = found.files
    served = [path for path in sorted(found.files) if not path.startswith((CONFIGURATION, ".", "_"))]
    step = 1 if most is None else max(1, -(-len(served) // most))
    chosen = served[::step]
    wrong = [*_mixed(found, read), *_differing(found, chosen, read)]
    return Findings(base, found.generation, len(chosen), len(found.files), wrong)


def _addresses(path: str) -> Iterator[str]:
    """Yield where a file may be served: where it stands for its folder, there, and under its own name."""
    folder, slash, name = path.rpartition("/")
    if name in _INDEXES:
        yield folder + slash
    yield path


def _asked(wire: Wire, url: str) -> Answer | Failure:
    """Ask for an address and, where it leads on within the host (`/404.html` to `/404`), there."""
    answer = wire.ask("GET", url, _FRESH)
    if isinstance(answer, Failure) or "location" not in answer.headers:
        return answer
    target = urljoin(url, answer.headers["location"])
    return wire.ask("GET", target, _FRESH) if urlsplit(target).netloc == urlsplit(url).netloc else answer


def _stray(found: Manifest, path: str, read: Read) -> str:
    """Say what is wrong with a file that the manifest does not name; "" if it is a sound compressed form of one."""
    if f"/{path}" == urls.DATA_SQLITE:  # the same content has other bytes where SQLite is of another version
        return ""
    whole = path.rpartition(".")[0]
    known = whole in found.files or f"/{whole}" in urls.DATA_DUMPS
    if not (path.endswith(COMPRESSED) and known):
        return f"{path}: is in no manifest"
    body = read(path)
    unpack = unpacked(path, body) if isinstance(body, bytes) else None
    if unpack is None:
        return f"{path}: cannot be decompressed"
    wanted = found.files.get(whole)
    is_of_it = wanted is None or hashlib.sha256(unpack).hexdigest() == wanted[1]
    return "" if is_of_it else f"{path}: is of other bytes than {whole}"


def _manifest(read: Read, where: str) -> Manifest:
    body = read(MANIFEST)
    if isinstance(body, str):
        raise VerificationError(f"{where}/{MANIFEST} {body}. {REMEDY}")
    first, *lines = body.splitlines() or [b""]
    head = _parsed(ManifestHeadResource, first, f"{where}/{MANIFEST}", 1)
    entries = [_parsed(ManifestFileResource, line, f"{where}/{MANIFEST}", n) for n, line in enumerate(lines, start=2)]
    files = {entry.path: (entry.bytes, entry.sha256) for entry in entries}
    if generation_id({path: total for path, (_, total) in files.items()}) != head.generation:
        raise VerificationError(f"{where}/{MANIFEST} is not whole: its lines do not make its generation. {REMEDY}")
    return Manifest(head.generation, files)


def _parsed(model: type[Model], line: bytes, where: str, number: int) -> Model:
    try:
        return model.model_validate_json(line)
    except ValidationError:
        raise VerificationError(f"{where}: line {number} is no line of a manifest. {REMEDY}") from None


def _mixed(found: Manifest, read: Read) -> Iterator[str]:
    """Say where two generations are mixed: the manifest is of another one than what the site says of itself."""
    body = read(GENERATION)
    tells = told(body) if isinstance(body, bytes) else None
    if isinstance(body, str) or tells is None:
        yield f"{GENERATION}: {body if isinstance(body, str) else 'tells no generation'}"
    elif tells.generation != found.generation:
        yield f"{GENERATION}: tells generation {tells.generation}, the manifest {found.generation}: two are mixed"


def _differing(found: Manifest, paths: Sequence[str], read: Read) -> Iterator[str]:
    for path in paths:
        length, total = found.files[path]
        body = read(path)
        if isinstance(body, str):
            yield f"{path}: {body}"
        elif len(body) != length:
            yield f"{path}: has {len(body):,} bytes, not {length:,}"
        elif (seen := hashlib.sha256(body).hexdigest()) != total:
            yield f"{path}: has other bytes than it should: SHA-256 {seen}, not {total}"
