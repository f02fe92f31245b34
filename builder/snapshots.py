"""The last good answers on disk: data/snapshots/<slug>.json, one per package, written only when something changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from builder.errors import Problem
from builder.metadata import Snapshot

FOLDER: Final = "snapshots"


def encode(snapshot: Snapshot) -> bytes:
    """Give the bytes of a snapshot: keys in the model's order, what is not known left out, a line break at the end."""
    return snapshot.model_dump_json(indent=2, exclude_defaults=True).encode() + b"\n"


def load(data: Path) -> tuple[Mapping[str, Snapshot], list[Problem]]:
    """Read all snapshots under the data folder, by slug; a broken one is a problem, not a stop."""
    snapshots: dict[str, Snapshot] = {}
    problems: list[Problem] = []
    folder = data.name or data.absolute().name
    for file in sorted((data / FOLDER).glob("*.json")):
        try:
            snapshots[file.stem] = Snapshot.model_validate_json(file.read_bytes())
        except (ValidationError, OSError) as error:
            problems.append(_problem(f"{folder}/{FOLDER}/{file.name}", error))
    return snapshots, problems


def _problem(path: str, error: ValidationError | OSError) -> Problem:
    if isinstance(error, OSError):
        return Problem(path, 0, 0, "unreadable", f"cannot be read: {error.strerror}")
    first = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(str(step) for step in first["loc"])
    hint = f"Only fetch writes this file: restore it (git checkout -- {path}) or remove it and fetch again."
    message = "is not JSON" if first["type"] == "json_invalid" else "holds what fetch would not have written"
    return Problem(path, 0, 0, "snapshot", message, hint, field)


def save(data: Path, slug: str, snapshot: Snapshot) -> bool:
    """Write a snapshot if its bytes differ from what is there, in one step; tell whether it was written."""
    file = data / FOLDER / f"{slug}.json"
    body = encode(snapshot)
    if file.is_file() and file.read_bytes() == body:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(body)
    beside.replace(file)
    return True
