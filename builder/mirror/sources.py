"""Where the files of a mirror come from that are not here: the dearest way last."""

import io
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from builder import urls, write
from builder.api import dumps
from builder.api.generation import HOST, Manifest
from builder.errors import VerificationError
from builder.mirror.asking import Asking
from builder.mirror.store import Store
from builder.resources import ManifestFileResource

Needed = dict[str, ManifestFileResource]
"""Files that are not here yet, by path."""

_CHANGES: Final = (urls.DATA_CHANGES.removeprefix("/"), urls.DATA_CHANGES_FOLDER.removeprefix("/"))
_PACK: Final = ".tar.gz"
_FORMS: Final = (".gz", ".br")
_BEST: Final = ".br"


def fill(manifest: Manifest, as_of: date, store: Store, asking: Asking) -> list[str]:
    """Let the store hold every served file of the manifest; give a line for each that it could not get.

    `as_of` is that of the generation.

    Raises:
        VerificationError: a path of the manifest leads out of the site.
    """
    for path in manifest.files:
        if not write.is_inside(path):
            raise VerificationError(f"{asking.base}: the manifest names {path!r}, which is no path inside a site.")
    needed = {path: file for path, file in manifest.files.items() if file.role != HOST and store.find(file) is None}
    wrong = _ask(needed, [path for path in needed if path.startswith(_CHANGES)], store, asking)
    _unpack(needed, manifest, store)
    _remake(needed, manifest, as_of, store)
    _compress(needed, manifest, store)
    # One form over the network gives the other and the file itself.
    wrong |= _ask(
        needed, [path for path in needed if path.endswith(_BEST) and path[: -len(_BEST)] in needed], store, asking
    )
    _decompress(needed, manifest, store)
    _compress(needed, manifest, store)
    wrong |= _ask(needed, [path for path in needed if path not in wrong], store, asking)
    return [f"{path}: {why}" for path, why in sorted(wrong.items())]


def _take(needed: Needed, path: str, body: bytes, store: Store) -> bool:
    """Keep the bytes of a file that is needed, if they are the right ones."""
    taken = path in needed and store.put(needed[path], body)
    if taken:
        del needed[path]
    return taken


def _ask(needed: Needed, paths: Iterable[str], store: Store, asking: Asking) -> dict[str, str]:
    """Ask for files one by one; give why by path where that failed."""
    wrong = {}
    for file, body in asking.all([needed[path] for path in paths]):
        if isinstance(body, str):
            wrong[file.path] = body
        elif not _take(needed, file.path, body, store):
            wrong[file.path] = "came with other bytes than the manifest tells"
    return wrong


def _unpack(needed: Needed, manifest: Manifest, store: Store) -> None:
    """Take files out of packs, as long as any can be in one."""
    packs = [file for path, file in manifest.files.items() if path.startswith(_CHANGES[1]) and path.endswith(_PACK)]
    for pack in packs:
        if not needed:
            return
        body = store.find(pack)
        for path, content in _members(body, needed) if body else ():
            _take(needed, path, content, store)


def _members(pack: bytes, needed: Needed) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive that are needed and have the right length; none where it is damaged."""
    try:
        with tarfile.open(fileobj=io.BytesIO(pack), mode="r:gz") as archive:
            for member in archive:
                file = needed.get(member.name)
                if file and member.isfile() and member.size == file.bytes and (opened := archive.extractfile(member)):
                    yield member.name, opened.read()
    except (tarfile.TarError, EOFError, OSError):
        return


def _remake(needed: Needed, manifest: Manifest, as_of: date, store: Store) -> None:
    """Make the dumps of the files of all items, as a build does."""
    if not any(route.removeprefix("/") in needed for route in urls.DATA_DUMPS):
        return
    parts: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for path, file in manifest.files.items():
        for kind in dumps.TYPES:
            folder, _, end = urls.data_item(kind, "\0").removeprefix("/").partition("\0")
            if path.startswith(folder) and path.endswith(end) and (body := store.find(file)) is not None:
                parts[kind].append((path[len(folder) : -len(end)], body))
    for items in parts.values():
        items.sort()
    for output in dumps.render(parts, as_of):
        _take(needed, output.route.removeprefix("/"), output.body, store)


def _compress(needed: Needed, manifest: Manifest, store: Store) -> None:
    """Make compressed forms of files that are here: with the same library they have the same bytes."""
    for path in [path for path in needed if path.endswith(_FORMS)]:
        plain = manifest.files.get(path[: -len(_BEST)])
        body = store.find(plain) if plain else None
        if body is not None:
            _take(needed, path, write.packed(path, body), store)


def _decompress(needed: Needed, manifest: Manifest, store: Store) -> None:
    """Take files out of their compressed forms."""
    for path in list(needed):
        form = manifest.files.get(path + _BEST)
        packed = store.find(form) if form else None
        body = write.unpacked(path + _BEST, packed) if packed is not None else None
        if body is not None:
            _take(needed, path, body, store)
