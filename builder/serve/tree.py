"""The built tree, read by route: which bytes answer it, and of which type they are."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from builder.hosts import media_types

_INDEXES: Final = ("index.html", "index.json", "index.xml")


def decode(path: str) -> str | None:
    """Give the route that a percent-encoded path means; None if it could lead anywhere but to a file of the site.

    Names that begin with a dot are not for readers, but for `.well-known`.
    """
    try:
        empty, *steps, last = (unquote(step, errors="strict") for step in path.split("/"))
    except (UnicodeDecodeError, ValueError):
        return None
    names = [*steps, last] if last else steps
    if empty or not all(map(_is_name, names)):
        return None
    return "/".join(["", *steps, last])


def _is_name(step: str) -> bool:
    hidden = step.startswith(".") and step != ".well-known"
    return bool(step) and not hidden and step.isprintable() and "/" not in step and "\\" not in step


def read(out: Path, route: str) -> tuple[bytes, str] | None:
    """Give bytes and media type of a route in the folder of the site; None if there is no such file.

    The site may be replaced at any moment, so a file is not looked for before it is read.
    """
    names = [route + index for index in _INDEXES] if route.endswith("/") else [route]
    for name in names:
        file = out / name.removeprefix("/")
        if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(out)):
            return None
        try:
            return file.read_bytes(), media_types.of(file.name)
        except OSError:
            continue
    return None
