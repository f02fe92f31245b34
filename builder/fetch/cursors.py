"""Where each upstream's next run begins, when the last one ended with its budget: data/refresh.json.

The file is there only while a run is unfinished, so that a night that got through writes nothing.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

FILE: Final = "refresh.json"


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore")

    next: dict[str, str] = {}


class Cursors:
    """The slug to begin with, by upstream; a file that cannot be read is as none: all is asked from the start."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE
        try:
            self._next = dict(_State.model_validate_json(self._file.read_bytes()).next)
        except (OSError, ValidationError):
            self._next = {}

    def get(self, upstream: str) -> str:
        """Give the slug to begin with; "" for the first."""
        return self._next.get(upstream, "")

    def set(self, upstream: str, slug: str) -> None:
        """Note where the next run begins; "" where this one got through."""
        if slug:
            self._next[upstream] = slug
        else:
            self._next.pop(upstream, None)

    def save(self, upstreams: Collection[str]) -> None:
        """Write the file where it differs, for these upstreams; remove it where nothing waits."""
        waiting = {name: slug for name, slug in sorted(self._next.items()) if name in upstreams}
        if not waiting:
            self._file.unlink(missing_ok=True)
            return
        body = _State(next=waiting).model_dump_json(indent=2).encode() + b"\n"
        if not self._file.is_file() or self._file.read_bytes() != body:
            beside = self._file.with_name(f".{self._file.name}.new")
            beside.write_bytes(body)
            beside.replace(self._file)
