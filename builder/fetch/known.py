"""What is known of each package in the course of a run."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from builder import snapshots
from builder.metadata import Snapshot


class Known(Mapping[str, Snapshot]):
    """Snapshots by slug: as they were found, or as the run has written them since; read when they are asked for.

    Only the last one is kept: who looks at a package does so a few times in a row.
    """

    def __init__(self, found: Mapping[str, Snapshot], folder: Path) -> None:
        """Take what was found, and the data folder to write to."""
        self._found = found
        self._folder = folder
        self._written: set[str] = set()
        self._last: tuple[str, Snapshot] | None = None

    def __getitem__(self, slug: str) -> Snapshot:
        if self._last is None or self._last[0] != slug:
            written = slug in self._written
            self._last = slug, snapshots.read(self._folder, slug) if written else self._found[slug]
        return self._last[1]

    def __contains__(self, slug: object) -> bool:
        return slug in self._written or slug in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._written | self._found.keys())

    def __len__(self) -> int:
        return len(self._written | self._found.keys())

    def save(self, slug: str, snapshot: Snapshot) -> None:
        """Write what is known of a package from now on."""
        snapshots.save(self._folder, slug, snapshot)
        self._written.add(slug)
        self._last = None
