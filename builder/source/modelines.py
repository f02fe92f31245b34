"""The first line of a YAML file, by which an editor finds its schema: a comment, which says nothing to the loader.

The language server reads it among the comments before the first key, and its path from the folder of the file.
"""

import re
from pathlib import Path
from typing import Final

from builder import schemas

_SAYS: Final = "# yaml-language-server: $schema="
# As the language server takes it, which has a second form.
_FOUND: Final = re.compile(r"#\s+(?:yaml-language-server\s*:.*?\$schema=|\$schema:[^\S\r\n]*)(\S+)")
_OURS: Final = frozenset(f"{way}{schemas.FOLDER}/{kind}.json" for kind in schemas.MODELS for way in ("", "./", "../"))


def of(kind: str, folder: str) -> str:
    """Give the line for a file of a kind (a key of `schemas.MODELS`) in data/<folder>/, or in data/ itself for ""."""
    return f"{_SAYS}{'../' if folder else ''}{schemas.FOLDER}/{kind}.json"


def find(data: Path, path: str) -> str:
    """Give the line for a file under `data`, by its path there; "" where there is no schema for the line to lead to."""
    folder, _, name = path.rpartition("/")
    kind = schemas.FOLDERS.get(folder, name.partition(".")[0])
    return of(kind, folder) if (data / schemas.FOLDER / f"{kind}.json").is_file() else ""


def led(data: Path, path: str, text: str) -> str:
    """Give a file's text with the line that `find` gives for it."""
    return first(text, find(data, path))


def first(text: str, line: str) -> str:
    """Give a text that begins with a modeline: `line`, or its own where that leads to a schema of somebody else.

    Without a `line` the text stays as it is.
    """
    if not line:
        return text
    lines = text.splitlines(keepends=True)
    for number, there in enumerate(lines):
        if there.strip() and not there.startswith("#"):
            break
        if found := _FOUND.match(there):
            del lines[number]
            line = line if found[1] in _OURS else there.rstrip()
            break
    return "".join([f"{line}\n", *lines])
