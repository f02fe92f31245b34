"""PNG, written from the packed rows of a picture, with a seal that tells what the picture was made of.

Two pixels more at the left of a canvas become the byte before each row that PNG asks for: 0, "not filtered". So the
rows go into zlib as they lie in memory. The bytes that zlib makes depend on which zlib it is; the pixels do not.
"""

import zlib
from hashlib import blake2b
from struct import pack
from typing import Final

from PIL import Image

LEVEL: Final = 2  # of compression: level 6 takes four times as long and saves a fifth
BEFORE_ROWS: Final = 2  # pixels of four bits, which make a byte

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_SEAL: Final = b"Comment\0"
_SEAL_BYTES: Final = 16


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


_END: Final = _chunk(b"IEND", b"")
_TAIL: Final = len(_chunk(b"tEXt", _SEAL + b"0" * 2 * _SEAL_BYTES) + _END)


class Writer:
    """Writes pictures of one background, whose upper rows are compressed once for all of them."""

    def __init__(self, background: Image.Image, palette: bytes, same: int) -> None:
        """Take a canvas of mode P with at most 16 colours, all of them, and how many rows no picture draws on."""
        width, height = background.width - BEFORE_ROWS, background.height
        head = _chunk(b"IHDR", pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0))
        rows = _rows(background)
        self._same = len(rows) // height * same
        self._zlib = zlib.compressobj(LEVEL)
        self._before = self._zlib.compress(rows[: self._same])
        self._start = _SIGNATURE + head + _chunk(b"PLTE", palette)

    def write(self, canvas: Image.Image, made_of: bytes) -> bytes:
        """Give the bytes of a picture, drawn on a copy of the background.

        `made_of` is a digest, of at most 64 bytes, of all that the picture depends on: `is_made_of` asks for it.
        """
        rest = self._zlib.copy()
        rows = self._before + rest.compress(_rows(canvas)[self._same :]) + rest.flush()
        body = self._start + _chunk(b"IDAT", rows)
        return body + _tail(body, made_of)


def _rows(canvas: Image.Image) -> bytes:
    return canvas.tobytes("raw", "P;4")


def is_made_of(picture: bytes, made_of: bytes) -> bool:
    """Tell whether these are the bytes that a writer gave for this digest, all of them and unharmed."""
    return picture[-_TAIL:] == _tail(picture[:-_TAIL], made_of)


def _tail(body: bytes, made_of: bytes) -> bytes:
    seal = blake2b(body, digest_size=_SEAL_BYTES, key=made_of).hexdigest()
    return _chunk(b"tEXt", _SEAL + seal.encode()) + _END
