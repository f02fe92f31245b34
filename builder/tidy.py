"""The files that people write, in one order of keys: what each says stays, and so do their comments.

A file is people's: lines are moved, never written anew. A comment goes with the key below it; what stands before the
first key stays there. Ends of lines are made LF, blanks at them and empty lines at the end are taken away. What comes
out is read before it takes the place of the file: where it would not say the same, the file is left as it is and told.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from builder.errors import Problem, folder_name
from builder.placing import replace
from builder.records import CategoryRecord, GridRecord, PackageRecord, ProductRecord
from builder.source import files, yaml_text
from builder.source.text import RefusedError, decode

ORDERS: Final[dict[str, Sequence[str]]] = {
    kind: tuple(model.model_fields)
    for kind, model in (
        ("categories", CategoryRecord),
        ("grids", GridRecord),
        ("packages", PackageRecord),
        ("products", ProductRecord),
    )
}
"""By folder, the keys of its files in order: that of the models."""


def tidy(data: Path, *, write: bool = True) -> tuple[list[str], list[Problem]]:
    """Bring the files of packages, grids, categories and products under `data` into order.

    Args:
        data: the data folder. Its files need not be right, but must be YAML.
        write: whether to change them, or only to tell which are not in order.

    Returns:
        The paths of the files that were (or would be) changed, and a problem for each that cannot be, and stays.
    """
    changed: list[str] = []
    problems: list[Problem] = []
    for kind, order in ORDERS.items():
        listing = files.list_folder(data, folder_name(data), kind)
        problems += listing.problems
        for file in listing.files:
            body = file.read()
            try:
                new = in_order(decode(body), order)
            except RefusedError as error:
                problems.append(error.problem(file.path))
                continue
            if new is None:
                problems.append(_cannot(file))
            elif new.encode() != body:
                changed.append(file.path)
                if write:
                    replace(Path(file.where), new.encode())
    return changed, problems


def in_order(text: str, order: Sequence[str]) -> str | None:
    """Give a text with its keys in `order`, those that are not in it last; None where lines cannot be moved.

    Raises:
        RefusedError: it is no YAML, or holds something of YAML that is refused.
    """
    document = yaml_text.read(text.replace("\r\n", "\n"))
    wanted = document.value
    if not isinstance(wanted, dict) or not wanted:
        return text
    moved = _moved(document, order)
    for new in () if moved is None else (_stripped(moved), moved):  # blanks may be part of a text of several lines
        if _says(new) == (wanted, _ranked(wanted, order)):
            return new
    return None


def _stripped(text: str) -> str:
    """Take away the blanks at the ends of lines, and the empty lines at the end."""
    return "".join(f"{line.rstrip()}\n" for line in text.split("\n")).rstrip("\n") + "\n"


def _says(text: str) -> tuple[yaml_text.Value, list[str]] | None:
    """Give what a text says, and its keys in order."""
    try:
        value = yaml_text.read(text).value
    except RefusedError:
        return None
    return (value, list(value)) if isinstance(value, dict) else None


def _ranked(keys: Iterable[str], order: Sequence[str]) -> list[str]:
    places = {key: place for place, key in enumerate(order)}
    return sorted(keys, key=lambda key: places.get(key, len(places)))


def _moved(document: yaml_text.Document, order: Sequence[str]) -> str | None:
    """Give a text with its blocks of lines moved; None where keys do not begin lines of their own."""
    places = {str(way[0]): place for way, place in document.keys.items() if len(way) == 1}
    lines = document.text.splitlines(keepends=True)
    begins = {key: line - 1 for key, (line, column) in places.items() if column == 1}
    if len(set(begins.values())) != len(places):
        return None
    first, end = min(begins.values()), _end(lines)
    starts = {key: line if line == first else _with_comment(lines, line) for key, line in begins.items()}
    stops = dict(zip(starts, [*list(starts.values())[1:], end], strict=True))
    blocks = ("".join(lines[starts[key] : stops[key]]) for key in _ranked(starts, order))
    return "".join([*lines[:first], *(_ended(block) for block in blocks), *lines[end:]])


def _with_comment(lines: Sequence[str], line: int) -> int:
    """Give the line at which the comment above a key begins, or that of the key."""
    while lines[line - 1].startswith("#"):
        line -= 1
    return line


def _end(lines: Sequence[str]) -> int:
    """Give the line after the last value: comments and empty lines at the end, and the document's end, stay there."""
    end = next((number for number, line in enumerate(lines) if line.rstrip() == "..."), len(lines))
    while lines[end - 1].startswith("#") or not lines[end - 1].strip():
        end -= 1
    return end


def _ended(block: str) -> str:
    return block if block.endswith("\n") else f"{block}\n"


def _cannot(file: files.File) -> Problem:
    hint = "Write it as plain lines of `key: value`, each key at the beginning of its line."
    return file.report("file-form", "the file is written so that its keys cannot be put in order", hint)


def told(changed: Sequence[str], *, write: bool) -> Iterator[str]:
    """Yield what to say of files that were, or would be, changed."""
    yield from changed
    count = f"{len(changed)} file{'' if len(changed) == 1 else 's'}"
    yield f"{count} put in order." if write else f"{count} to put in order."
