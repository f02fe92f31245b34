"""What is kept of the generations before, so that a build on a new machine can tell what changed: a folder.

It holds files of the site that was built last, under their paths: its manifest, its dump, and what it told of the
changes until then. It is replaced at each build, so it is a folder of its own, and one for each site.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from builder import urls, write
from builder.api.changes import INDEX, PACKED_LINES, Past
from builder.api.generation import GENERATION, MANIFEST, read_manifest
from builder.errors import SiteError
from builder.resources.changes import ChangesResource

_LARGEST: Final = 4 * 1024**3  # bytes of a dump
_OF_A_SITE: Final = ("index.html", GENERATION)

REMEDY: Final = "Get the folder again from where it is kept; or remove it, and what changed is told from now on."


def accept(folder: Path, out: Path) -> None:
    """Hold the folder to be one that may be replaced, where the site comes to lie in `out`.

    Raises:
        SiteError: it holds what is no past, or one of the two lies in the other.
    """
    kept = write.accept(folder)
    site = out.resolve()
    if kept == site or site in kept.parents or kept in site.parents:
        raise SiteError(f"{folder} and {out} lie in each other. Name a folder beside the site for what is kept of it.")
    if any((kept / path).exists() for path in _OF_A_SITE):
        raise SiteError(
            f"{folder} holds a site, which would be replaced by the little that is kept. Name another folder."
        )


def read(folder: Path) -> Past:
    """Give what is kept in a folder that was accepted; an empty past where there is none.

    Raises:
        SiteError: it is not whole.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return Past()
    try:
        manifest = read_manifest(_read(folder, MANIFEST))
    except ValueError as error:
        raise SiteError(f"{folder / MANIFEST} {error}. {REMEDY}") from None
    try:
        index = ChangesResource.model_validate_json(_read(folder, INDEX)) if (folder / INDEX).exists() else None
    except ValidationError:
        raise SiteError(f"{folder / INDEX} tells no changes. {REMEDY}") from None
    dump = write.unpacked(PACKED_LINES, _read(folder, PACKED_LINES), _LARGEST)
    if dump is None:
        raise SiteError(f"{folder / PACKED_LINES} is damaged. {REMEDY}")
    known = index.generations if index else ()
    days = {urls.data_changes(each.day.isoformat()).removeprefix("/") for each in known}
    packs = {each.pack.path for each in known if each.pack}
    sums = {path: file.sha256 for path, file in manifest.files.items()}
    return Past(manifest.generation, sums, dump, known, {path: _read(folder, path) for path in sorted(days | packs)})


def _read(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise SiteError(f"{folder / path} cannot be read: {error.strerror}. {REMEDY}") from error


def save(kept: Mapping[str, bytes], folder: Path) -> None:
    """Keep in the folder what the next build needs (`builder.api.Step.kept`), in one step."""
    write.write(kept.items(), folder, allow_shrink=True)
