"""Which version a file of a package index belongs to, by its name: a simple index does not say it otherwise."""

import re
from collections.abc import Iterable
from typing import Final

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_version,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

_EXTENSION: Final = re.compile(
    r"(?:\.tar\.(?:gz|bz2|xz|z)|\.t[gb]z|\.(?:zip|whl|egg|exe|msi|rpm|deb|dmg))$", re.IGNORECASE
)
# What stands behind the version: of an egg, of an installer or a binary archive, of an rpm.
_PLATFORM: Final = re.compile(
    r"(?:-py\d.*|[.-](?:win32|win-amd64|win-arm|linux|macosx|darwin|cygwin|freebsd)\b.*|-\d+\.(?:noarch|src|i\d86|x86_64))$",
    re.IGNORECASE,
)


# What may follow a version: 1.0 is no part of 1.0.1.
_END: Final = re.compile(r"$|[-_+]|\.(?!\d)")


class Distributions:
    """The file names of one project, and the versions that its index lists, if it does."""

    def __init__(self, project: NormalizedName, listed: Iterable[str] = ()) -> None:
        """Take the project's name and the index's own spelling of its versions."""
        name = "[-_.]+".join(re.escape(part) for part in project.split("-"))
        self._project = project
        self._after_name = re.compile(rf"{name}[-_](.+)", re.IGNORECASE)
        self._listed: dict[str, list[str]] = {}
        for text in listed:
            self._listed.setdefault(canonicalize_version(text), []).append(text)

    def version(self, filename: str) -> str | None:
        """Give the version of a file; None if it cannot be told.

        Where the index lists versions, it is one of them, since the list is complete (PEP 700); else it is in PEP 440's
        form, or as it stands in the file's name where that is no version by PEP 440.
        """
        if version := self._well_formed(filename):
            return self._spelled(version)
        match = self._after_name.match(_EXTENSION.sub("", filename))
        if match is None:
            return None
        return self._spelled(_normal(_PLATFORM.sub("", match[1]))) or self._longest_start(match[1])

    def _well_formed(self, filename: str) -> str | None:
        """Read a wheel's or a source archive's name by the rules.

        `foo-1.0-2.tar.gz` is well-formed too, as version 2 of foo-1.0: that is why the project is looked at.
        """
        try:
            if filename.endswith(".whl"):
                name, version = parse_wheel_filename(filename)[:2]
            else:
                name, version = parse_sdist_filename(filename)
        except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
            return None
        return str(version) if name == self._project else None

    def _spelled(self, version: str) -> str | None:
        """Give a version in the index's spelling; None if the index does not list it."""
        if not self._listed:
            return version
        same = self._listed.get(canonicalize_version(version), [])
        return version if version in same else next(iter(same), None)

    def _longest_start(self, rest: str) -> str | None:
        texts = (text for same in self._listed.values() for text in same)
        starts = (text for text in texts if rest.startswith(text) and _END.match(rest, len(text)))
        return max(starts, key=len, default=None)


def _normal(text: str) -> str:
    try:
        return str(Version(text))
    except InvalidVersion:
        return text
