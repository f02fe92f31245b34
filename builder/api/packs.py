"""A pack: the bytes of files that a generation has and the one before it had not, for whoever follows a site.

A tar archive in Brotli, whose window of 16 MB sees what lists, pages and answers have in common: in gzip it is two
thirds larger. It is packed while the files pass, so that no more than the pack is in memory.
"""

import io
import tarfile
from collections.abc import Iterator
from typing import Any, Final

import brotli

ENDING: Final = ".tar.br"
LARGEST: Final = 24 * 1024**2
"""Bytes of a pack: of more, most of a site has changed, and some hosts take no larger files than 25 MiB."""

_QUALITY: Final = 6
_WINDOW: Final = 24  # the base-2 logarithm of bytes: the largest that every decoder takes
_DAMAGED: Final = (tarfile.TarError, brotli.error, EOFError)
_PIECE: Final = 1 << 16


class Pack:
    """A pack in the making."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._sink = _Sink()
        self._archive = tarfile.open(mode="w|", fileobj=self._sink, format=tarfile.PAX_FORMAT)  # noqa: SIM115 - see `body`

    def add(self, path: str, body: bytes) -> bool:
        """Add a file; tell whether the pack may still be used: False when it has become too large."""
        entry = tarfile.TarInfo(path)
        entry.size = len(body)
        self._archive.addfile(entry, io.BytesIO(body))
        return len(self._sink.packed) <= LARGEST

    def body(self) -> bytes:
        """Give the pack; nothing can be added after that."""
        self._archive.close()
        return self._sink.end()


class _Sink(io.RawIOBase):
    """Takes what is written, compressed."""

    def __init__(self) -> None:
        super().__init__()
        self.packed = bytearray()
        self._compressor = brotli.Compressor(quality=_QUALITY, lgwin=_WINDOW)

    def write(self, piece: Any) -> int:  # noqa: ANN401 - whatever has bytes, as in io
        self.packed += self._compressor.process(piece)
        return len(piece)

    def end(self) -> bytes:
        return bytes(self.packed + self._compressor.finish())


def members(pack: bytes) -> Iterator[tuple[str, int, "Reader"]]:
    """Yield path, length in bytes and reader of each file; none behind a place that is damaged."""
    try:
        with tarfile.open(fileobj=_Source(pack), mode="r|") as archive:
            for member in archive:
                if member.isfile():
                    yield member.name, member.size, Reader(archive, member)
    except _DAMAGED:
        return


class Reader:
    """Reads a file of a pack."""

    def __init__(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        """Take the archive and its member."""
        self._archive, self._member = archive, member

    def read(self) -> bytes:
        """Give its bytes, or fewer where the pack is damaged: whoever takes them knows their sum."""
        try:
            opened = self._archive.extractfile(self._member)
            return opened.read() if opened else b""
        except _DAMAGED:
            return b""


class _Source(io.RawIOBase):
    """Gives what was compressed, a piece at a time, however much it would be in all."""

    def __init__(self, pack: bytes) -> None:
        super().__init__()
        self._packed = io.BytesIO(pack)
        self._decompressor = brotli.Decompressor()
        self._waiting = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._waiting) < size and not self._decompressor.is_finished():
            piece = self._packed.read(_PIECE) if self._decompressor.can_accept_more_data() else b""
            got = self._decompressor.process(piece, output_buffer_limit=_PIECE)
            if not got and not piece:
                break  # it is cut off
            self._waiting += got
        given, self._waiting = self._waiting[:size], self._waiting[size:]
        return given
