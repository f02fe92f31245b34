"""Keys put into a file that people wrote: their words, their order and their comments stay as they are.

Where a text may be changed in several ways, what comes out is read, and the first that says what it should is taken.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any, Final

from builder.source import yaml_text, yaml_writer
from builder.source.text import RefusedError

_END: Final = re.compile(r"^\.\.\.(?:\s|$)", re.MULTILINE)
_NOT_OF_KEY: Final = re.compile(r"\s*(?:#.*)?")  # a line that belongs to what comes after it

_ITEM: Final = re.compile(r"\s*-\s+")
_COMMENT: Final = re.compile(r"[ \t]+(?=#)")  # where one may begin


def amend(text: str, changes: Mapping[str, Any], without: Collection[str] = ()) -> str | None:
    """Give a text in which these keys have these values, and those of `without` are gone.

    None where it is written so that this cannot be done.

    Raises:
        RefusedError: the text cannot be read.
    """
    document = yaml_text.read(text)
    if not isinstance(document.value, dict):
        return None
    said = yaml_text.read(yaml_writer.text(changes)).value
    kept = {key: value for key, value in document.value.items() if key not in without}
    wanted = {**kept, **(said if isinstance(said, dict) else {})}
    return next((made for made in _candidates(document, changes, wanted) if _says(made, wanted)), None)


def _says(text: str, wanted: Mapping[str, yaml_text.Value]) -> bool:
    try:
        return yaml_text.read(text).value == wanted
    except RefusedError:
        return False


def _candidates(
    document: yaml_text.Document, changes: Mapping[str, Any], wanted: Mapping[str, yaml_text.Value]
) -> Iterator[str]:
    """Yield changed texts, the nicest first."""
    line, column = document.marks[()]
    if column == 1:
        text = _Text(document, wanted, line - 1)
        for whole, grow, at_end in product((False, True), (True, False), (True, False)):
            yield text.changed(changes, whole=whole, grow=grow, at_end=at_end)
    if "#" not in document.text:  # written in braces; there are no comments to be lost
        yield yaml_writer.text(wanted)


class _Text:
    """The lines of a text in block style whose outermost mapping begins in line `begin`, from 0."""

    def __init__(self, document: yaml_text.Document, wanted: Mapping[str, yaml_text.Value], begin: int) -> None:
        self._document, self._wanted, self._begin = document, wanted, begin
        self._lines = document.text.splitlines(keepends=True)
        self._break = "\r\n" if "\r\n" in document.text else "\n"

    def changed(self, changes: Mapping[str, Any], *, whole: bool, grow: bool, at_end: bool) -> str:
        """Give the text with changes: the id first, other new keys at the end or else after it.

        With `grow`, lists that only become longer keep the lines that they have. With `whole`, empty lines and comments
        after a key are its own: they may be the end of its text.
        """
        lines = list(self._lines)
        for key in changes:
            if (key,) in self._document.keys and not (grow and self._grow(lines, key)):
                self._replace(lines, key, self._noted(key, self._own(key, changes[key])), whole=whole)
        for key in self._document.value if isinstance(self._document.value, dict) else ():
            if key not in self._wanted:
                self._replace(lines, key, "", whole=whole)
        new = {key: self._own(key, value) for key, value in changes.items() if (key,) not in self._document.keys}
        first, others = new.pop("id", ""), "".join(new.values())
        before, end = "".join(lines[: self._begin]), self._end()
        body, after = "".join(lines[self._begin : end]), "".join(lines[end:])
        if not at_end:
            return before + first + others + body + after
        if others and not body.endswith("\n"):
            body += self._break
        return before + first + body + others + after

    def _own(self, key: str, value: object) -> str:
        return yaml_writer.text({key: value}).replace("\n", self._break)  # type: ignore[dict-item] # of a record

    def _noted(self, key: str, new: str) -> str:
        """Give the new line of a key with the comment that stands behind the old one; as it is where it has more."""
        line = self._lines[self._document.keys[key,][0] - 1].rstrip("\r\n")
        for found in _COMMENT.finditer(line) if new.count("\n") == 1 else ():
            try:
                said = yaml_text.read(line[: found.start()]).value
            except RefusedError:
                continue
            if isinstance(said, dict) and said == {key: said.get(key)} and said[key] == self._said_of(key):
                return new.rstrip("\r\n") + line[found.start() :] + self._break
        return new

    def _end(self) -> int:
        """Give the line in which the document ends, or the number of lines."""
        ends = (n for n, line in enumerate(self._lines) if n > self._begin and _END.match(line))
        return next(ends, len(self._lines))

    def _replace(self, lines: list[str], key: str, new: str, *, whole: bool) -> None:
        """Put new lines in the place of those of a key, but for what belongs to the next one."""
        begin = self._document.keys[key,][0] - 1
        begins = (place[0] - 1 for way, place in self._document.keys.items() if len(way) == 1)
        end = min((line for line in begins if line > begin), default=self._end())
        while not whole and end > begin + 1 and _NOT_OF_KEY.fullmatch(self._lines[end - 1].rstrip("\r\n")):
            end -= 1
        lines[begin:end] = [new, *[""] * (end - begin - 1)]

    def _grow(self, lines: list[str], key: str) -> bool:
        """Put new items after the last one of a list that has an item a line; tell whether that was done."""
        before, after = self._said_of(key), self._wanted.get(key)
        if not isinstance(before, list) or not isinstance(after, list) or not before or after[: len(before)] != before:
            return False
        last = self._document.marks[key, len(before) - 1][0] - 1
        found = _ITEM.match(self._lines[last])
        if found is None:
            return False
        items = "".join(f"{found[0]}{item}{self._break}" for item in after[len(before) :])
        lines[last] = self._lines[last].rstrip("\r\n") + self._break + items
        return True

    @property
    def _said(self) -> yaml_text.Value:
        return self._document.value

    def _said_of(self, key: str) -> yaml_text.Value:
        return self._said.get(key) if isinstance(self._said, dict) else None
