"""Ids and dates for new files: people leave them out, and the scheduled job writes them into the YAML.

A file is people's, with their comments and their order: two lines are put in, and nothing else is touched. What comes
out is read by the loader before it takes the place of the file.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from builder import source
from builder.catalogue import give_ids
from builder.entries import AnyEntry, Data
from builder.errors import Problem, folder_name
from builder.placing import replace
from builder.source import files, yaml_text
from builder.source.text import SIZE_LIMIT, decode, mark_of

_DOCUMENT_END: Final = re.compile(r"^\.\.\.(?:\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Change:
    """What a file lacks and gets, by key, in order; its new bytes follow from that."""

    kind: str
    entry: AnyEntry
    lacking: Mapping[str, str]


def give(data: Data, folder: Path, now: datetime) -> tuple[list[str], list[Problem]]:
    """Write `id` and `created` (`now`) into the files of packages, grids and categories under `folder` that lack them.

    Gives the paths of the files, as in `builder.entries`, and a problem for each that is written so that this cannot be
    done: it stays as it was. Killed and started again, it gives the rest the same ids.
    """
    created = now.astimezone(UTC).isoformat(timespec="seconds")
    given: list[str] = []
    problems: list[Problem] = []
    for kind, entries, tombstones in (
        ("packages", data.packages, data.tombstones.packages),
        ("grids", data.grids, data.tombstones.grids),
        ("categories", data.categories, data.tombstones.categories),
    ):
        changes = list(_changes(kind, entries, give_ids(entries, tombstones), created))
        unfit = {change.entry.slug: change for change in changes if _body(folder, change) is None}
        problems += map(_cannot, unfit.values())
        # A file that stays as it is takes no id from those after it.
        rest = {slug: entry for slug, entry in entries.items() if slug not in unfit or entry.record.id is not None}
        for change in _changes(kind, rest, give_ids(rest, tombstones), created):
            if change.entry.slug not in unfit and (body := _body(folder, change)):
                replace(_file(folder, change), body)
                given.append(change.entry.path)
    return given, problems


def _changes(kind: str, entries: Mapping[str, AnyEntry], ids: Mapping[str, int], created: str) -> Iterator[_Change]:
    """Yield what is to be given; in order of slug, as ids are given, so that a torn run is gone on with."""
    for slug, entry in sorted(entries.items()):
        lacking = {"id": str(ids[slug])} if entry.record.id is None else {}
        if entry.record.created is None:
            lacking["created"] = created
        if lacking:
            yield _Change(kind, entry, lacking)


def _file(folder: Path, change: _Change) -> Path:
    return folder / change.kind / f"{change.entry.slug}{files.SUFFIX}"


def _body(folder: Path, change: _Change) -> bytes | None:
    """Give the bytes of a file with what it lacks; None where that cannot be put in."""
    body = _file(folder, change).read_bytes()
    text = decode(body)
    mark = mark_of(body)
    wanted = {**_keys(text), **change.lacking}
    for changed in _candidates(yaml_text.read(text), change.lacking):
        if _keys(changed) == wanted:
            new = mark + changed.encode()
            return new if _says_what_it_should(folder, change, new) else None
    return None


def _keys(text: str) -> dict[str, yaml_text.Value]:
    """Give what a text says, which is a mapping since it was a record."""
    value = yaml_text.read(text).value
    return value if isinstance(value, dict) else {}


def _candidates(document: yaml_text.Document, lacking: Mapping[str, str]) -> Iterator[str]:
    """Yield texts with what is lacking, the nicest first; which of them say what they should is seen by reading."""
    empty = {key: value for key, value in lacking.items() if (key,) in document.keys}
    if empty:
        document = yaml_text.read(_filled(document, empty))
    lacking = {key: value for key, value in lacking.items() if key not in empty}
    if not lacking:
        yield document.text
    elif document.text[_begin(document)] == "{":
        place = _begin(document) + 1
        inside = "".join(f"{key}: {value}, " for key, value in lacking.items())
        yield document.text[:place] + inside + document.text[place:]
    else:
        yield from _with_lines(document, lacking)


def _filled(document: yaml_text.Document, empty: Mapping[str, str]) -> str:
    """Give a text with values for keys that stand there without one."""
    text = document.text
    for key, value in sorted(empty.items(), key=lambda item: document.keys[item[0],], reverse=True):
        place = _offset(text, *document.keys[key,])
        found = re.compile(rf"{key}:(?:[ \t]*(?:null|~))?(?=[\s,}}]|$)").match(text, place)
        if found:
            text = f"{text[:place]}{key}: {value}{text[found.end() :]}"
    return text


def _with_lines(document: yaml_text.Document, lacking: Mapping[str, str]) -> Iterator[str]:
    """Yield a text in block style with a line for each key that is lacking: the id first, the date in some place."""
    text, begin = document.text, _begin(document)
    line_break = "\r\n" if "\r\n" in text else "\n"
    first = text.rfind("\n", 0, begin) + 1
    lines = {key: f"{text[first:begin]}{key}: {value}" for key, value in lacking.items()}
    top = text[:first] + (lines["id"] + line_break if "id" in lines else "")
    for place in _places(document, first) if "created" in lines else ():
        before, after = text[first:place], text[place:]
        if before and not before.endswith("\n"):
            yield top + before + line_break + lines["created"] + (line_break if after else "") + after
        else:
            yield top + before + lines["created"] + line_break + after
    if "created" not in lines:
        yield top + text[first:]


def _places(document: yaml_text.Document, begin: int) -> Iterator[int]:
    """Yield where the date may stand, best first: before the other date; at the end; at the beginning.

    At the end of the text its line break would become part of a block of text before it that has none of its own.
    """
    text = document.text
    if ("modified",) in document.keys:
        place = _offset(text, *document.keys["modified",])
        yield text.rfind("\n", 0, place) + 1
    last = max(_offset(text, *place) for way, place in document.keys.items() if len(way) == 1)
    end = _DOCUMENT_END.search(text, last)
    whole = end.start() if end else len(text)
    words = len(text[:whole].rstrip())
    yield text.find("\n", words, whole) + 1 or whole
    yield whole
    yield begin


def _begin(document: yaml_text.Document) -> int:
    """Give the position of the outermost mapping."""
    return _offset(document.text, *document.marks[()])


def _offset(text: str, line: int, column: int) -> int:
    """Give the position in a text of a place in it."""
    begin = 0
    for _ in range(line - 1):
        begin = text.index("\n", begin) + 1
    return begin + column - 1


def _says_what_it_should(folder: Path, change: _Change, body: bytes) -> bool:
    """Read a new file with the loader, beside the old one: it says what that did, and what it lacked."""
    with TemporaryDirectory() as stage:
        beside = Path(stage) / folder_name(folder)
        for kind in ("packages", "grids", "categories"):
            (beside / kind).mkdir(parents=True)
        shutil.copyfile(folder / files.SITE, beside / files.SITE)
        _file(beside, change).write_bytes(body)
        data, _ = source.load(beside)
    found: Mapping[str, AnyEntry] = getattr(data, change.kind) if data else {}
    entry = found.get(change.entry.slug)
    return entry is not None and entry.record == _expected(change)


def _expected(change: _Change) -> object:
    """Give the record with what it lacked."""
    record = change.entry.record
    return type(record).model_validate({**dict(record), **change.lacking})


def _cannot(change: _Change) -> Problem:
    """Say it at the key that stands in the way, if one does, else at the beginning."""
    way = next(((key,) for key in change.lacking if (key,) in change.entry.marks), ())
    keys = " and ".join(change.lacking)
    hint = f"Write it as plain lines of `key: value`, without {keys}, and smaller than {SIZE_LIMIT // 1024} KB."
    return change.entry.problem(way, "file-form", f"the file is written so that {keys} cannot be put in", hint)
