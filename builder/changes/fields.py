"""What differs between two values of JSON's kinds, field by field."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from builder.entries import Field, show_field

VALUE_LENGTH: Final = 80
"""Characters of a value that people are shown."""
ITEMS: Final = 10
"""Items of a list that they are shown."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its value before and after, of JSON's kinds; None is nothing, or null."""

    field: str
    before: Any
    after: Any

    @property
    def shown(self) -> str:
        """Both values, shortened; of lists only the items that went and came."""
        if not isinstance(self.before, list) or not isinstance(self.after, list):
            return f"{shortened(self.before)} → {shortened(self.after)}"
        gone = [f"- {shortened(item)}" for item in self.before if item not in self.after]
        new = [f"+ {shortened(item)}" for item in self.after if item not in self.before]
        if not gone and not new:
            return f"in another order: {shortened(self.after)}"
        more = len(gone) + len(new) - ITEMS
        return ", ".join([*gone, *new][:ITEMS]) + (f" and {more} more" if more > 0 else "")


def differences(before: Any, after: Any, way: Field = ()) -> Iterator[FieldChange]:  # noqa: ANN401 - JSON of any kind
    """Yield the fields that differ, in the order of what was before, then of what is new.

    A list of plain values is one field; in one of mappings each is told by its place.
    """
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from differences(before.get(key), after.get(key), (*way, str(key)))
    elif _has_parts(before) and _has_parts(after):
        for place in range(max(len(before), len(after))):
            yield from differences(_at(before, place), _at(after, place), (*way, place))
    else:
        yield FieldChange(show_field(way), before, after)


def shortened(value: Any) -> str:  # noqa: ANN401 - JSON of any kind
    """Give a value as JSON on one line, cut where it is long; "nothing" for None."""
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    text = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    return text if len(text) <= VALUE_LENGTH else f"{text[: VALUE_LENGTH - 1]}…"


def _has_parts(value: Any) -> bool:  # noqa: ANN401 - JSON of any kind
    return isinstance(value, list) and any(isinstance(item, Mapping) for item in value)


def _at(values: Sequence[Any], place: int) -> Any:  # noqa: ANN401 - JSON of any kind
    return values[place] if place < len(values) else None
