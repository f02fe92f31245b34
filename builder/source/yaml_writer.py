"""Records as YAML, in the one form that this program writes: what `yaml_text` reads gives the same values again.

A key a line, in the order of the model; lists and mappings in block style; a text with several lines as a block; all
else on one line, in quotes only where it would be read as something else, by us or by other readers of YAML.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias, TypeGuard

import yaml

from builder.records import Record

Writable: TypeAlias = "str | int | date | Mapping[str, Writable] | Sequence[Writable] | None"
"""A value of a record; `bool` is an `int`, and `datetime` a `date`. A text is a `str`, whatever it looks like."""

_STEP: Final = "  "
_INDICATORS: Final = "-?:,[]{}#&*!|>'\"%@`"
_RESOLVERS: Final = yaml.SafeLoader.yaml_implicit_resolvers
_WORDS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "null", "merge", "value"))
_MORE_WORDS: Final = frozenset({"y", "n"})  # truth to some readers
_NOT_JSON: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# What a block of lines can hold and show as it is: no other line breaks, no blanks at the end or the first beginning.
_NOT_IN_BLOCK: Final = re.compile(
    "[^\\S \n]|[ \t]\n|[ \t]\\Z|\\A\\s|[\x00-\x08\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"
)


def of(record: Record) -> str:
    """Give the file of a record: what has its default value is left out."""
    return text(record.model_dump(exclude_defaults=True))


def text(values: Mapping[str, Writable]) -> str:
    """Give a file that says these values, in this order; a line break at its end."""
    return "".join(f"{line}\n" for line in _mapping(values, ""))


def _mapping(values: Mapping[str, Writable], indent: str) -> Iterator[str]:
    for key, value in values.items():
        yield from _value(f"{indent}{_line(key)}:", value, indent)


def _list(values: Sequence[Writable], indent: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping) and value:
            first, *rest = _mapping(value, indent + _STEP)
            yield f"{indent}- {first.removeprefix(indent + _STEP)}"
            yield from rest
        elif _is_list(value) and value:
            first, *rest = _list(value, indent + _STEP)
            yield f"{indent}- {first.removeprefix(indent + _STEP)}"
            yield from rest
        else:
            yield from _value(f"{indent}-", value, indent)


def _value(head: str, value: Writable, indent: str) -> Iterator[str]:
    """Yield the lines of a value whose first begins with `head`."""
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent + _STEP)
    elif _is_list(value) and value:
        yield head
        yield from _list(value, indent + _STEP)
    elif isinstance(value, str) and "\n" in value and _fits_in_block(value.rstrip("\n")):
        yield from _block(head, value, indent + _STEP)
    else:
        yield f"{head} {_line(value)}"


def _fits_in_block(lines: str) -> bool:
    return bool(lines) and not _NOT_IN_BLOCK.search(lines)


def _block(head: str, value: str, indent: str) -> Iterator[str]:
    lines = value.rstrip("\n")
    after = len(value) - len(lines)
    yield f"{head} |{'-' if after == 0 else '' if after == 1 else '+'}"
    for line in lines.split("\n"):
        yield indent + line if line else ""
    yield from [""] * (after - 1)


def _line(value: Writable) -> str:
    """Give a value that fits on a line."""
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, int):
        return json.dumps(value)
    return "{}" if isinstance(value, Mapping) else "[]"


def _is_list(value: Writable) -> TypeGuard[Sequence[Writable]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_plain(value: str) -> bool:
    """Tell whether a text is read as itself without quotes. Numbers and dates are: here they are texts anyhow."""
    if not value or not value.isprintable() or value != value.strip() or value[0] in _INDICATORS:
        return False
    if ": " in value or " #" in value or value.endswith(":") or value.startswith(("--- ", "... ", "...")):
        return False
    if value.lower() in _MORE_WORDS:
        return False
    resolvers = [*_RESOLVERS.get(value[0], ()), *_RESOLVERS.get(None, ())]
    return not any(tag in _WORDS and found.match(value) for tag, found in resolvers)


def _quoted(value: str) -> str:
    """Give a text in double quotes: JSON's are YAML's, but for a few characters that YAML wants escaped."""
    return _NOT_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
