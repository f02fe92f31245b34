"""Where the files of a mirror come from that are not here: the dearest way last."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from builder import urls, write
from builder.api import dumps, packs
from builder.api.changes import is_packed
from builder.api.generation import SERVED, Manifest
from builder.mirror.asking import Asking
from builder.mirror.store import Store
from builder.outputs import COMPRESSED
from builder.resources import ManifestFileResource
from builder.verify.manifest import LARGEST

Needed = dict[str, ManifestFileResource]
"""Files that are not here yet, by path."""

_CHANGES: Final = (urls.DATA_CHANGES.removeprefix("/"), urls.DATA_CHANGES_FOLDER.removeprefix("/"))
_BEST: Final = ".br"


def fill(manifest: Manifest, as_of: date, store: Store, asking: Asking) -> list[str]:
    """Let the store hold every served file of the manifest; give a line for each that it could not get.

    `as_of` is that of the generation.
    """
    needed = {path: file for path, file in manifest.files.items() if file.role in SERVED and store.find(file) is None}
    wrong = _ask(needed, [path for path in needed if path.startswith(_CHANGES)], store, asking)
    _unpack(needed, manifest, store)
    _remake(needed, manifest, as_of, store)
    _compress(needed, manifest, store)
    # One form over the network gives the other and the file itself.
    forms = [path for path in needed if path.endswith(_BEST) and _leads_on(path[: -len(_BEST)], needed, manifest)]
    wrong |= _ask(needed, forms, store, asking)
    _decompress(needed, manifest, store)
    _compress(needed, manifest, store)
    wrong |= _ask(needed, [path for path in needed if path not in wrong], store, asking)
    return [f"{path}: {why}" for path, why in sorted(wrong.items())]


def _leads_on(plain: str, needed: Needed, manifest: Manifest) -> bool:
    """Tell whether of the compressed form of a file something else can be made that is needed."""
    return plain in needed or (plain not in manifest.files and any(plain + end in needed for end in COMPRESSED))


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
    paths = (path for path in manifest.files if path.startswith(_CHANGES[1]) and path.endswith(packs.ENDING))
    kept = [manifest.files[path] for path in paths]
    for pack in kept:
        if not any(map(is_packed, needed)):
            return
        body = store.find(pack)
        for path, length, reader in packs.members(body) if body else ():
            if path in needed and needed[path].bytes == length:
                _take(needed, path, reader.read(), store)


def _remake(needed: Needed, manifest: Manifest, as_of: date, store: Store) -> None:
    """Make the dumps of the files of all items, as a build does; the database is none that could be made so."""
    dumped, lines = (route.removeprefix("/") for route in (urls.DATA_DUMP, urls.DATA_DUMP_LINES))
    if not {dumped, lines} & needed.keys():
        return
    bodies = {kind: list(_bodies(kind, manifest, store)) for kind in dumps.TYPES}
    _take(needed, dumped, dumps.as_object(bodies, as_of), store)
    _take(needed, lines, dumps.as_lines(bodies), store)


def _bodies(kind: str, manifest: Manifest, store: Store) -> Iterator[bytes]:
    """Yield the bodies of all items of a kind that are here, by slug."""
    folder, _, end = urls.data_item(kind, "/").removeprefix("/").rpartition("/")
    paths = (path for path in manifest.files if path.startswith(folder) and path.endswith(end))
    for path in sorted(paths, key=lambda path: path.removesuffix(end)):
        body = store.find(manifest.files[path])
        if body is not None:
            yield body


def _compress(needed: Needed, manifest: Manifest, store: Store) -> None:
    """Make compressed forms of files that are here, or are in another form: the same library gives the same bytes."""
    for path in [path for path in needed if path.endswith(COMPRESSED)]:
        body = _plain(path[: -len(_BEST)], manifest, store)
        if body is not None:
            _take(needed, path, write.packed(path, body), store)


def _plain(path: str, manifest: Manifest, store: Store) -> bytes | None:
    """Give the bytes of a file that is here or, where the host has none of it, is here in its compressed form."""
    if path in manifest.files:
        return store.find(manifest.files[path])
    form = manifest.files.get(path + _BEST)
    packed = store.find(form) if form else None
    return None if packed is None else write.unpacked(path + _BEST, packed, LARGEST)


def _decompress(needed: Needed, manifest: Manifest, store: Store) -> None:
    """Take files out of their compressed forms."""
    for path in list(needed):
        form = manifest.files.get(path + _BEST)
        packed = store.find(form) if form else None
        body = write.unpacked(path + _BEST, packed, needed[path].bytes) if packed is not None else None
        if body is not None:
            _take(needed, path, body, store)
