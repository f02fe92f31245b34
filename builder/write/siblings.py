"""Compressed siblings: beside every larger text its forms in gzip and Brotli, for hosts that serve them as they lie.

Compressing takes as long as all the rest of a build, so that what the old tree has is used again where it still gives
the bytes. That is tried, and not concluded from names and times: what the disk lost is mended so.
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

import brotli

from builder.hosts import CONFIGURATION, File
from builder.hosts.media_types import COMPRESSIBLE
from builder.outputs import COMPRESSED

SMALLEST: Final = 1024
"""Bytes up to which a file has no siblings: it goes in one packet of the network either way."""

_PIECE: Final = 1 << 20  # bytes of a body that are unpacked at a time
_GZIP: Final = 16 + zlib.MAX_WBITS  # with the header and trailer of a .gz file; no time and no name in it


def _gzip(body: bytes) -> bytes:
    # Level 9 takes a quarter longer and saves less than 1% of what is left: `benchmarks/siblings.py`.
    return zlib.compress(body, 6, _GZIP)


def _brotli(body: bytes) -> bytes:
    # Quality 11 saves another 10% of what is left and takes 40 times as long: `benchmarks/siblings.py`. A window that
    # is larger than the body costs a quarter of the time, and gains nothing.
    packed: bytes = brotli.compress(body, quality=6, lgwin=max(16, min(22, len(body).bit_length())))
    return packed


def unpacked(path: str, packed: bytes, most: int) -> bytes | None:
    """Give what a compressed form was made of, by its path's ending; None if it is damaged, or of over `most` bytes."""
    try:
        _, unpack = _FORMS[path[-len(GZIP) :]]
        body = unpack(packed, most)
    except (zlib.error, brotli.error):
        return None
    return body if len(body) <= most else None


def _gunzip(packed: bytes, most: int) -> bytes:
    """Give the body, or the beginning of one that is of over `most` bytes, as `_unbrotli` does."""
    unpack = zlib.decompressobj(_GZIP)
    body = unpack.decompress(packed, most + 1)
    if len(body) <= most and not unpack.eof:
        raise zlib.error("it is cut off")
    return body


def _unbrotli(packed: bytes, most: int) -> bytes:
    unpack, body = brotli.Decompressor(), bytearray()
    piece = packed
    while not unpack.is_finished() and len(body) <= most:
        got = unpack.process(piece, output_buffer_limit=_PIECE)
        if not got and not piece:
            raise brotli.error("it is cut off")
        body += got
        piece = b""
    return bytes(body)


def packed(path: str, body: bytes) -> bytes:
    """Give a compressed form of a body, by its path's ending."""
    pack, _ = _FORMS[path[-len(GZIP) :]]
    return pack(body)


GZIP, BROTLI = COMPRESSED
_FORMS: Final[Mapping[str, tuple[Callable[[bytes], bytes], Callable[[bytes, int], bytes]]]] = {
    GZIP: (_gzip, _gunzip),
    BROTLI: (_brotli, _unbrotli),
}


Siblings = Callable[[str, bytes], Collection[str]]
"""Gives the endings of the compressed forms that a file gets, by its path and body."""
Old = Callable[[str], bytes | None]
"""Gives the bytes of a file of the old tree, by its path; None where there is none."""


def with_siblings(files: Iterable[File], old: Old, siblings: Siblings) -> Iterator[File]:
    """Yield the files, and after each its compressed forms: `name.gz`, `name.br`.

    The same body has the same compressed bytes, as long as the old tree has none of another level.
    """
    for path, body in files:
        yield path, body
        for ending in siblings(path, body):
            yield path + ending, _still(path + ending, body, old) or packed(ending, body)


def has_siblings(path: str, body: bytes) -> bool:
    """Tell whether a file gets compressed forms: a larger text that is not the host's own."""
    is_text = PurePosixPath(path).suffix in COMPRESSIBLE
    return len(body) > SMALLEST and is_text and not path.startswith(CONFIGURATION)


def _still(sibling: str, body: bytes, old: Old) -> bytes | None:
    """Give the old tree's sibling, if it is one of this body."""
    packed = old(sibling)
    return packed if packed is not None and unpacked(sibling, packed, len(body)) == body else None
