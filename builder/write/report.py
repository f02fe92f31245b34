"""What a build did to the site's folder, told in one line."""

from dataclasses import dataclass

_UNIT = 1024


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did to the site's folder.

    `written`, `unchanged` and `removed` count files; `bytes_written` is of the written ones, `bytes_total` of all.
    `in_one_step` is False where the file system cannot exchange two folders, so that for a moment there was none.
    """

    written: int
    unchanged: int
    removed: int
    bytes_written: int
    bytes_total: int
    in_one_step: bool = True

    @property
    def changed(self) -> bool:
        """Whether any file of the site is another one than before."""
        return bool(self.written or self.removed)

    def __str__(self) -> str:
        """One line for people."""
        noun = "file" if self.written == 1 else "files"
        counts = f"{self.written:,} {noun} written, {self.unchanged:,} unchanged, {self.removed:,} removed"
        sizes = f"{_size(self.bytes_written)} of {_size(self.bytes_total)} new"
        return f"{counts}; {sizes}" + ("" if self.in_one_step else "; replaced in two steps, not one")


def _size(count: int) -> str:
    if count < _UNIT:
        return f"{count} bytes"
    size = float(count)
    for unit in ("KiB", "MiB"):
        size /= _UNIT
        if size < _UNIT:
            return f"{size:.1f} {unit}"
    return f"{size / _UNIT:.1f} GiB"
