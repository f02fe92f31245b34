"""A copy of a live site in a folder, and the way from any older copy to what the site is now.

The manifest tells which files there are. Those that are here with the right bytes stay; of the others most come in
packs, one for each generation that was missed; some are made here of the rest; what is left is asked for one by one.
Nothing is taken on trust: wherever a file comes from, it has the sum that the manifest tells, or it is not taken.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from builder import write
from builder.api.generation import GENERATION, MANIFEST, SERVED, Manifest, read_manifest
from builder.errors import UpstreamError, VerificationError
from builder.mirror.asking import Asking
from builder.mirror.sources import fill
from builder.mirror.store import Store
from builder.resources import GenerationResource
from builder.verify.live import Wire
from builder.verify.manifest import LARGEST, PACKED
from builder.verify.promises import known
from builder.write.place import accept

__all__ = ["Mirrored", "mirror"]

TRIES: Final = 3
"""How often it is begun: a deploy may come in between, and the nodes of a CDN change one after the other."""
_PAUSE: Final = 5.0  # seconds before it is begun anew
_NAMED: Final = 10  # files in a message


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What came of it: `before` is the generation that was here, "" if none was; `received` are bytes."""

    folder: str
    generation: str
    before: str
    files: int
    new: int
    removed: int
    requests: int
    received: int

    def __str__(self) -> str:
        """Give it in a line."""
        was = f", was {self.before}" if self.before not in {"", self.generation} else ""
        asked = f"{self.requests:,} request{'' if self.requests == 1 else 's'}, {self.received:,} bytes"
        files = f"{self.new:,} of {self.files:,} files new, {self.removed:,} removed"
        return f"{self.folder}: generation {self.generation}{was}; {files}; {asked}"

    def as_dict(self) -> Mapping[str, Any]:
        """Give the same for programs."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Head:
    """What a site says of itself: both as they came, and as they are read."""

    told: GenerationResource
    manifest: Manifest
    bodies: Mapping[str, bytes]


def mirror(url: str, folder: Path, wire: Wire, *, pause: Callable[[float], None] = time.sleep) -> Mirrored:
    """Let a folder hold every file that the site at `url` serves, replaced in one step.

    What the host keeps to itself is not served, and so not in it.

    Raises:
        SiteError: the folder is not to be replaced, or another run is at it.
        VerificationError: the site has no manifest that can be read.
        UpstreamError: files did not come, or are not those of the manifest; those that came are kept for the next run.
    """
    site, base = accept(folder), url.rstrip("/")
    before = _read(site / GENERATION)
    asking = Asking(wire, base)
    with Store(site) as store:
        head = _filled(asking, site, store, pause)
        done = write.write(_files(head, store), folder, allow_shrink=True)
        store.clear()
    return Mirrored(
        folder=folder.as_posix(),
        generation=head.told.generation,
        before=before.generation if before else "",
        files=done.written + done.unchanged,
        new=done.written,
        removed=done.removed,
        requests=asking.requests,
        received=asking.received,
    )


def _filled(asking: Asking, site: Path, store: Store, pause: Callable[[float], None]) -> _Head:
    """Let the store hold all that the site has, and give what it said of itself then."""
    wrong: list[str] = []
    for number in range(TRIES):
        if number:
            pause(_PAUSE)
        head = _head(asking, site)
        if isinstance(head, str):
            wrong = [head]
            continue
        wrong = fill(head.manifest, head.told.as_of, store, asking)
        if not wrong:
            return head
    raise UpstreamError(_not_whole(asking.base, wrong))


def _read(file: Path) -> GenerationResource | None:
    try:
        return known(file.read_bytes())
    except OSError:
        return None


def _head(asking: Asking, site: Path) -> _Head | str:
    """Get what the site says of itself, or say why its parts do not go together just now.

    Raises:
        VerificationError: it is no site of this kind.
    """
    body = asking.get(GENERATION)
    if isinstance(body, str):
        return f"{GENERATION}: {body}"
    told = known(body)
    if told is None:
        raise VerificationError(
            f"{asking.base}/{GENERATION} tells no generation. Is this the address of a site of this kind?"
        )
    manifest, packed = _manifest(asking, site, told.manifest_sha256)
    another = f"{MANIFEST}: is not that of the generation that {GENERATION} tells"
    if hashlib.sha256(manifest).hexdigest() != told.manifest_sha256:
        return another
    try:
        read = read_manifest(manifest)
    except ValueError as error:
        raise VerificationError(f"{asking.base}/{MANIFEST} {error}.") from None
    if read.generation != told.generation:
        return another
    return _Head(told, read, {GENERATION: body, MANIFEST: manifest, PACKED: packed})


def _manifest(asking: Asking, site: Path, wanted: str) -> tuple[bytes, bytes]:
    """Give the manifest and its compressed form: those that are here if they are the right ones."""
    here, packed = write.read(site, MANIFEST), write.read(site, PACKED)
    if here is not None and packed is not None and hashlib.sha256(here).hexdigest() == wanted:
        return here, packed
    came = asking.get(PACKED)
    unpacked = None if isinstance(came, str) else write.unpacked(PACKED, came, LARGEST)
    return (b"", b"") if isinstance(came, str) or unpacked is None else (unpacked, came)


def _files(head: _Head, store: Store) -> Iterator[tuple[str, bytes]]:
    yield from head.bodies.items()
    for path, file in head.manifest.files.items():
        if file.role in SERVED:
            yield path, store.read(file)


def _not_whole(base: str, wrong: list[str]) -> str:
    more = f"\n... and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
    return (
        f"{base} did not give all that its manifest names. The copy is as it was, and what came is kept for the next "
        "run: give the same command again later.\n" + "\n".join(wrong[:_NAMED]) + more
    )
