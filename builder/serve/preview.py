"""The pages of what was just edited, before the site is built anew: that takes seconds, and this a few hundredths.

The records of the last build are kept. Where files of packages or grids have changed, and nothing else, those are
read anew and joined with the others; the pages of a single package or grid are then rendered when they are asked for,
until a build has all the rest. The build also holds all records to the rules that take longer.
"""

import os
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from builder import TEMPLATES, catalogue, checks, source
from builder.catalogue import Catalogue, Dates
from builder.choices import Choices
from builder.entries import Data
from builder.errors import Problem, folder_name
from builder.pages import Pages
from builder.records import GridRecord, PackageRecord
from builder.urls import Urls

KINDS: Final = ("packages", "grids")
"""The folders whose files are previewed: what else there is stands on pages of many kinds."""

ENDING: Final = ".yaml"


_rendering = threading.Lock()
# A build copies this process to share out its work. A copy that is made while a page is rendered here would have for
# ever whatever lock that holds.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_rendering.acquire, after_in_parent=_rendering.release, after_in_child=_rendering.release
    )


@dataclass(frozen=True, slots=True)
class Known:
    """The data as it was last read, and what of its files' history the catalogue was made of."""

    data: Data
    dates: Mapping[str, Dates]
    folder: str
    pages: Pages


class Preview:
    """What is known of the data, and the pages of what was edited since it was built."""

    def __init__(self, folder: Path, choices: Choices) -> None:
        """Take the folder of the data, and what the site has."""
        self._folder, self._choices = folder.resolve(), choices
        self._known: Known | None = None
        self._edited: Known | None = None
        self._edits = 0
        self._pending: set[Path] = set()
        self._lock = threading.Lock()

    def edits(self) -> int:
        """Give how often something was edited until now: a build that begins has all of that."""
        return self._edits

    def read(self, data: Data, made: Catalogue, dates: Mapping[str, Dates]) -> None:
        """Take the data that a build has read, and the catalogue that it made of it."""
        pages = Pages(made, Urls(made.settings.base_url), TEMPLATES, self._choices)
        self._known = Known(replace(data, settings=made.settings), dates, made.folder, pages)

    def built(self, edits: int) -> None:
        """Take it that the site has been built with so many edits (`edits`): it shows what they made."""
        with self._lock:
            if edits == self._edits:
                self._edited = None
                self._pending.clear()
        if known := self._known:
            known.pages.people  # noqa: B018 - it takes long where there are many packages, and nobody waits now

    def change(self, files: Collection[Path]) -> list[Problem] | None:
        """Take it that files have changed, beside those that have since the last build.

        Returns:
            The problems that they have now; none where their pages can be seen, and None where only a build can tell.
        """
        with self._lock, source.collection_paused():
            self._edits += 1
            self._pending.update(files)
            self._edited = None
            if self._known is None or not files or not all(map(self._is_known, self._pending)):
                return None
            try:
                self._edited, problems = self._after(self._known, self._pending)
            except OSError:
                return None
            return problems

    def _is_known(self, file: Path) -> bool:
        folders = [self._folder / kind for kind in KINDS]
        return file.parent in folders and file.suffix == ENDING and file.is_file() and not file.is_symlink()

    def _after(self, before: Known, files: Collection[Path]) -> tuple[Known | None, list[Problem]]:
        data, found = before.data, list[Problem]()
        for file in sorted(files):
            kind, name = file.relative_to(self._folder).parts
            path = f"{folder_name(self._folder)}/{kind}/{name}"
            body = file.read_bytes()
            if kind == "packages":
                package, problems = source.read_entry(path, body, PackageRecord)
                data = replace(data, packages={**data.packages, file.stem: package}) if package else data
            else:
                grid, problems = source.read_entry(path, body, GridRecord)
                data = replace(data, grids={**data.grids, file.stem: grid}) if grid else data
            found += problems
        found = found or checks.check(data, checks.LINKS)
        if found:
            return None, found
        made = catalogue.join(data, before.dates, before.folder)
        return replace(before, data=data, pages=before.pages.after(made)), []

    def page(self, route: str) -> bytes | None:
        """Give the page of a route as it is after the edits; None where it is as it was built, or not known."""
        edited = self._edited
        with _rendering:
            found = edited and edited.pages.find(route)
        return found.body if found else None
