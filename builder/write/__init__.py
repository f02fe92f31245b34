"""Outputs to the folder of the site, replaced in one step. Nothing else in the program writes there.

The new tree is made beside the old one, of hard links where the bytes are the same, and then the two change places: a
reader, or a build that was killed, leaves entirely the old site or entirely the new one. Nothing is made at all before
the first difference is found. A loss of power is another matter: nothing is flushed to the disk here. What is made
anew is compared byte by byte, and so mended; what a build takes for unchanged, by its length alone.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from builder.write import place
from builder.write.place import accept
from builder.write.report import Report
from builder.write.siblings import GZIP, Siblings, has_siblings, packed, unpacked, with_siblings
from builder.write.tree import Placed, Tree, read

__all__ = [
    "GZIP",
    "Placed",
    "Report",
    "Siblings",
    "Tree",
    "accept",
    "has_siblings",
    "packed",
    "read",
    "unpacked",
    "with_siblings",
    "write",
    "writing",
]

PATIENCE: Final = 60.0  # seconds; a full build takes far fewer


def write(
    files: Iterable[tuple[str, bytes]], out: Path, *, allow_shrink: bool = False, patience: float = PATIENCE
) -> Report:
    """Make the folder `out` hold exactly these files: paths relative to it, with slashes, and their bytes.

    The files are taken one by one and not kept. What stays the same keeps its file and its time; what changes gets a
    time whose second is later than any of the old tree, since web servers make ETags of whole seconds and size.
    Whatever else is in the folder goes. An `out` that is a symlink stays one: the folder it leads to is replaced.

    Where the file system cannot exchange two folders, two renames follow each other. If the program is killed between
    them there is no `out`, until the next build begins and puts the old one back.

    Another build of the same folder is waited for, up to `patience` seconds.

    Raises:
        SiteError: a path leaves the folder or is there twice; `out` is not ours to replace; the disk refuses.
        GuardRefusedError: under half of over 100 files would be left, and `allow_shrink` is not set.
    """
    with writing(out, patience) as tree:
        for path, body in files:
            tree.put(path, body)
        return tree.replace(allow_shrink=allow_shrink)


@contextmanager
def writing(out: Path, patience: float = PATIENCE) -> Iterator[Tree]:
    """Give the tree that may take the place of `out`, as `write` does; without that it is removed at the end.

    Raises:
        SiteError: `out` is not ours to replace; another build did not end.
    """
    site = accept(out)
    with place.lock(site, patience):
        place.recover(site)
        tree = Tree(site)
        try:
            yield tree
        finally:
            tree.discard()
