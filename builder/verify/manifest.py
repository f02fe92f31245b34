"""Whether a site is whole: each file that its manifest names, in a copy or at a live address."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from builder.api.generation import DUMPS, GENERATION, MANIFEST, SERVED, Manifest, read_manifest
from builder.errors import VerificationError
from builder.outputs import COMPRESSED
from builder.verify.contract import Held
from builder.verify.files import asked_for
from builder.verify.live import Wire
from builder.verify.promises import known
from builder.write import unpacked
from builder.write.place import MARKER

PACKED: Final = f"{MANIFEST}.gz"
REMEDY: Final = "Load the whole site again, or build it anew."

LARGEST: Final = 2 * 1024**3
"""Bytes of a file of which no manifest tells the length."""

Read = Callable[[str], bytes | str]
"""Gives the bytes of a file by its path, or says why there are none."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of it: how many files were looked at, of how many, and a line for each thing that is wrong.

    `promised` of the files are answers as the API promises them, and `others` are other JSON, which can be read.
    """

    where: str
    generation: str
    looked_at: int
    total: int
    wrong: Sequence[str]
    promised: int
    others: int

    def __str__(self) -> str:
        """Give the lines, and below them the sum."""
        told = (
            f"{self.where}: {self.looked_at:,} of {self.total:,} files looked at, {self.promised:,} JSON files as the "
            f"API promises, {self.others:,} other ones well-formed, generation {self.generation}"
        )
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
            "promised": self.promised,
            "others": self.others,
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

    A copy that was made over the network has none of what the host keeps to itself, and is whole without it.

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
    hosts_own = {path for path, file in found.files.items() if file.role not in SERVED}
    expected = found.files.keys() if hosts_own & there else found.files.keys() - hosts_own
    held = Held()
    wrong = [*_mixed(found, read, held), *_differing(found, sorted(expected), read, held)]
    wrong += [
        f"{path}: is in no manifest" for path in sorted(there - {*expected, MANIFEST, PACKED, GENERATION, MARKER})
    ]
    wrong += _packed(read)
    looked_at, total = len(expected), len(found.files)
    return Findings(folder.as_posix(), found.generation, looked_at, total, wrong, held.promised, held.others)


def of_live(url: str, wire: Wire, most: int | None) -> Findings:
    """Look at a live site: at `most` of its files, evenly spread, or at all of them.

    What the host keeps to itself is not asked for.

    Raises:
        VerificationError: there is no manifest that can be read.
    """
    base = url.rstrip("/")
    found = _manifest(lambda path: asked_for(wire, base, path), base)

    def read(path: str) -> bytes | str:
        return asked_for(wire, base, path, found.files.get(path))

    served = [path for path, file in sorted(found.files.items()) if file.role in SERVED]
    step = 1 if most is None else max(1, -(-len(served) // most))
    chosen = served[::step]
    held = Held()
    wrong = [*_mixed(found, read, held), *_differing(found, chosen, read, held)]
    return Findings(base, found.generation, len(chosen), len(found.files), wrong, held.promised, held.others)


def _manifest(read: Read, where: str) -> Manifest:
    body = read(MANIFEST)
    if isinstance(body, str):
        raise VerificationError(f"{where}/{MANIFEST} {body}. {REMEDY}")
    try:
        return read_manifest(body)
    except ValueError as error:
        raise VerificationError(f"{where}/{MANIFEST} {error}. {REMEDY}") from None


def _packed(read: Read) -> Iterator[str]:
    """Say what is wrong with the manifest's compressed form, which no line of it can name."""
    body = read(PACKED)
    if isinstance(body, str):
        yield f"{PACKED}: {body}"
    elif unpacked(PACKED, body, LARGEST) != read(MANIFEST):
        yield f"{PACKED}: holds another manifest"


def _mixed(found: Manifest, read: Read, held: Held) -> Iterator[str]:
    """Say where two generations are mixed: the manifest is of another one than what the site says of itself.

    These two files are in no manifest, so that nothing but their kinds holds them.
    """
    body = read(GENERATION)
    tells = known(body) if isinstance(body, bytes) else None
    if isinstance(body, str) or tells is None:
        yield f"{GENERATION}: {body if isinstance(body, str) else 'tells no generation'}"
    elif tells.generation != found.generation:
        yield f"{GENERATION}: tells generation {tells.generation}, the manifest {found.generation}: two are mixed"
    elif tells.manifest_sha256 != hashlib.sha256(found.body).hexdigest():
        yield f"{GENERATION}: tells of another manifest of this generation: two builds are mixed"
    elif why := held.wrong(GENERATION, body):
        yield f"{GENERATION}: {why}"
    if why := held.wrong(MANIFEST, found.body):
        yield f"{MANIFEST}: {why}"


def _differing(found: Manifest, paths: Sequence[str], read: Read, held: Held) -> Iterator[str]:
    for path in paths:
        file, body = found.files[path], read(path)
        if isinstance(body, str):
            yield f"{path}: {body}"
        elif len(body) != file.bytes:
            yield f"{path}: has {len(body):,} bytes, not {file.bytes:,}"
        elif (seen := hashlib.sha256(body).hexdigest()) != file.sha256:
            yield f"{path}: has other bytes than it should: SHA-256 {seen}, not {file.sha256}"
        elif why := held.wrong(*_whole(path, body, found)):
            yield f"{path}: {why}"


def _whole(path: str, body: bytes, found: Manifest) -> tuple[str, bytes]:
    """Give a file to hold to its kind: of a compressed one whose plain form is not there, that."""
    plain = path.rpartition(".")[0]
    is_alone = path.endswith(COMPRESSED) and plain in DUMPS and plain not in found.files
    return (plain, unpacked(path, body, LARGEST) or b"") if is_alone else (path, body)
