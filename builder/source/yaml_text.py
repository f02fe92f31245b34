"""The safe loader: the part of YAML that the data is written in, over the events of PyYAML's parser.

Values are mappings, lists, text and nothing. `null`, `~` and an empty place are nothing, where no quotes stand; all
else is text as it was written (`1.10`, `no`, `010`, `2026-02-16`): the models know what is meant.

Anchors, aliases, tags, merge keys, several documents, keys that are no short text, a key twice and deep nesting are
refused at their event, before anything is made of them. This is not done by PyYAML's composer: in C it calls itself
for each level, until the stack ends and the process with it, and it follows aliases, so that a few hundred bytes
become many megabytes.
"""

import logging
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NoReturn, TypeAlias

import yaml
from yaml import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, StreamEndEvent

from builder.entries import VALUE_LENGTH, Field, show_value
from builder.source import syntax
from builder.source.text import RefusedError, describe, find_refused

KEY_LENGTH: Final = VALUE_LENGTH  # a slug is the longest key, and messages show keys whole

Place: TypeAlias = tuple[int, int]
Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"

# PyYAML's events share no type that has what most of them have (a tag, an anchor), nor do its two parsers.
_Event: TypeAlias = Any
_Parser: TypeAlias = Any

_YAML_TAGS: Final = "tag:yaml.org,2002:"  # what !! stands for
_NOTHING: Final = frozenset({"", "~", "null"})


def _choose_parser() -> _Parser:
    """Give the parser in C, which every wheel of PyYAML has, else the one in Python, and say so."""
    if hasattr(yaml, "CSafeLoader"):
        return yaml.CSafeLoader
    logging.getLogger(__name__).warning("PyYAML was installed without its parser in C: reading will be slow.")
    return yaml.SafeLoader


_PARSER: Final = _choose_parser()


def is_fast() -> bool:
    """Tell whether files are read by the parser in C."""
    return bool(_PARSER is not yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where: the places of values as in `builder.entries.Marks`, and those of keys."""

    text: str
    value: Value = None
    marks: dict[Field, Place] = field(default_factory=dict)
    keys: dict[Field, Place] = field(default_factory=dict)


def read(text: str) -> Document:
    """Read the text of one file.

    Raises:
        RefusedError: it is no YAML, or holds something of YAML that is refused.
    """
    parser = _PARSER(text)
    try:
        reader = _Reader(parser)
        return Document(text, reader.document(), reader.marks, reader.keys)
    except yaml.MarkedYAMLError as error:
        raise syntax.explain(error, text) from None
    except (ValueError, OverflowError):  # from the parser in Python, where an escape's number is none of a character
        raise syntax.bad_escape(parser.line + 1, parser.column + 1) from None


class _Reader:
    """One pass over the events of a text."""

    def __init__(self, parser: _Parser) -> None:
        self._next = parser.get_event
        self.marks: dict[Field, Place] = {}
        self.keys: dict[Field, Place] = {}

    def document(self) -> Value:
        self._next()  # the stream begins
        if type(event := self._next()) is StreamEndEvent:
            return None
        if event.version or event.tags:
            _refuse(event, "yaml-directive", "lines that begin with % are not allowed", "Take the line away.")
        value = self._value(self._next(), ())
        self._next()  # the document ends
        if type(event := self._next()) is not StreamEndEvent:
            hint = "Put the second one into a file of its own, and take the line --- away."
            _refuse(event, "yaml-documents", "a second document begins here", hint)
        return value

    def _value(self, event: _Event, way: Field) -> Value:
        kind = type(event)
        if kind is AliasEvent or event.anchor is not None or event.tag is not None:
            _refuse_reference(event, way)
        if kind is ScalarEvent:
            return self._scalar(event, way)
        if len(way) >= syntax.NESTING_LIMIT:
            raise syntax.too_deep(*_place(event))
        self.marks[way] = self.keys.get(way) or _place(event)
        return self._mapping(way) if kind is MappingStartEvent else self._list(way)

    def _scalar(self, event: _Event, way: Field) -> str | None:
        value: str = event.value
        if not event.style and value in _NOTHING:
            # Nothing at all has no place that people see: the parser may be at the end of the file.
            self.marks[way] = self.keys.get(way) or (_place(event) if way else (1, 1))
            return None
        if event.style == '"' and (found := find_refused(value)):
            _refuse(event, *describe(found), way)
        self.marks[way] = _place(event)
        return value

    def _list(self, way: Field) -> list[Value]:
        values: list[Value] = []
        while type(event := self._next()) is not SequenceEndEvent:
            values.append(self._value(event, (*way, len(values))))
        return values

    def _mapping(self, way: Field) -> dict[str, Value]:
        values: dict[str, Value] = {}
        while type(event := self._next()) is not MappingEndEvent:
            key = _key(event, way)
            inner = (*way, key) if way else _top(key)
            if key in values:
                message = f"the key {key} stands here again; it is on line {self.keys[inner][0]} already"
                _refuse(event, "yaml-duplicate-key", message, "Keep one of the two.", way)
            self.keys[inner] = _place(event)
            values[key] = self._value(self._next(), inner)
        return values


def _place(event: _Event) -> Place:
    mark = event.start_mark
    return _at(mark.line + 1, mark.column + 1)


# The same few places and keys come back in thousands of files: made once each, all of them are held in a third less.


@cache
def _at(line: int, column: int) -> Place:
    return line, column


@cache
def _top(key: str) -> Field:
    return (key,)


def _key(event: _Event, way: Field) -> str:
    """Give the text of a key."""
    if type(event) is not ScalarEvent:
        if type(event) is AliasEvent:
            _refuse_reference(event, way)
        hint = "A key is plain text; put a value that begins with a bracket or a brace in quotes."
        _refuse(event, "yaml-key", "a list or a mapping stands where a key is meant", hint, way)
    if event.anchor is not None or event.tag is not None:
        _refuse_reference(event, way)
    key: str = event.value
    if key == "<<" and not event.style:
        hint = "Write the keys out where they are meant."
        _refuse(event, "yaml-merge", "merging mappings with << is not allowed", hint, way)
    if not key:
        _refuse(event, "yaml-key", "a key is empty", "Write the name of the key before the colon.", way)
    if len(key) > KEY_LENGTH or not key.isprintable():
        hint = "Is a quote or a line break missing or misplaced before it?"
        _refuse(event, "yaml-key", "this cannot be a key: it is too long, or has more than one line", hint, way)
    return key


def _refuse(event: _Event, code: str, message: str, hint: str, way: Field = ()) -> NoReturn:
    raise RefusedError(*_place(event), code, message, hint, way)


def _refuse_reference(event: _Event, way: Field) -> NoReturn:
    """Refuse an alias, an anchor or a tag; people who meant none of them wrote text that begins like one."""
    if type(event) is AliasEvent:
        code, sign, name = "yaml-alias", "*", event.anchor
    elif event.anchor is not None:
        code, sign, name = "yaml-anchor", "&", event.anchor
    else:
        code, sign, name = "yaml-tag", "!", event.tag.replace(_YAML_TAGS, "!!").removeprefix("!")
    message = f"the {code.removeprefix('yaml-')} {show_value(f'{sign}{name}')} is not allowed"
    hint = f"Write the value out; if it is text that begins with {sign}, put it in quotes."
    _refuse(event, code, message, hint, way)
