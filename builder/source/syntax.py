"""The parser's complaints about YAML, told again in words for people, with the remedy that is likely.

The parser says what it expected by the grammar; what people did lies in the text around the place. So each complaint
is recognised by a few words that both of PyYAML's parsers use, and then the line is looked at.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from yaml import Mark, MarkedYAMLError

from builder.source.text import RefusedError

CODE: Final = "yaml-syntax"
NESTING_LIMIT: Final = 8
SHOWN: Final = 50  # characters of a line that a remedy repeats

_KEY: Final = re.compile(r"\s*(?:- +)*(?P<key>[\w-]+) *:\s*(?P<rest>.*)")
_ITEM: Final = re.compile(r"\s*(?:- +)+(?P<rest>[^\s-].*)")
_MERGE: Final = re.compile(r"^(?:<{7}|={7}|>{7})(?: .*)?\r?$", re.MULTILINE)
_NO_COLON: Final = "Each line of a mapping is a key, a colon, a space and a value, such as title: django-messages."


class _Place:
    """A place in the text: where the parser stopped, or where it began what it could not end."""

    def __init__(self, lines: list[str], line: int, column: int) -> None:
        last = max((i for i, text in enumerate(lines) if text.strip(" \r")), default=0)
        if line > last:  # at its end the parser stands below all text; people look for the end of the text itself
            line, column = last, len(lines[last])
        self.lines, self.line = lines, line
        self.text = lines[line].rstrip("\r")
        self.column = min(column, len(self.text))

    @property
    def before(self) -> str:
        """What stands before the place on its line."""
        return self.text[: self.column]

    @property
    def character(self) -> str:
        """What stands in the place: one character, or "" at the end of the line."""
        return self.text[self.column : self.column + 1]

    @property
    def indent(self) -> int:
        """How far the line is indented."""
        return len(self.text) - len(self.text.lstrip())

    def above(self) -> "_Place | None":
        """Give the nearest line above that holds more than a comment."""
        for number in range(self.line - 1, -1, -1):
            text = self.lines[number].strip()
            if text and not text.startswith("#"):
                return _Place(self.lines, number, self.lines[number].index(text[0]))
        return None

    def refuse(self, message: str, hint: str, code: str = CODE) -> RefusedError:
        return RefusedError(self.line + 1, self.column + 1, code, message, hint)


_Rule: TypeAlias = Callable[[_Place, _Place], RefusedError]


def explain(error: MarkedYAMLError, text: str) -> RefusedError:
    """Tell what is wrong with the text, and where."""
    lines = text.split("\n")
    stop = _place(lines, error.problem_mark)
    start = _place(lines, error.context_mark or error.problem_mark)
    if merge := _MERGE.search(text):
        place = _Place(lines, text.count("\n", 0, merge.start()), 0)
        hint = "Keep one of the two versions, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>."
        return place.refuse("the marks of an unfinished merge stand here", hint)
    if "\t" in stop.text[: stop.column + 1] and not stop.text[: stop.column + 1].strip():
        return stop.refuse("a tab indents this line", "Indent with spaces: YAML does not allow tabs for it.")
    words = f"{error.context}: {error.problem}"
    rule = next(rule for pattern, rule in _RULES if pattern.search(words))
    return rule(stop, start)


def _place(lines: list[str], mark: Mark | None) -> _Place:
    return _Place(lines, mark.line, mark.column) if mark else _Place(lines, 0, 0)


def bad_escape(line: int, column: int) -> RefusedError:
    """Tell that a backslash in double quotes begins nothing that YAML knows."""
    message = "YAML does not know this use of a backslash in double quotes"
    hint = r"Write \\ for a backslash that is meant, or use single quotes, in which it is nothing special."
    return RefusedError(line, column, CODE, message, hint)


def too_deep(line: int, column: int) -> RefusedError:
    """Tell that lists and mappings are nested deeper than any record is."""
    message = f"this is nested more than {NESTING_LIMIT} deep"
    hint = f"Lists and mappings go {NESTING_LIMIT} deep at most; put text that begins with a bracket in quotes."
    return RefusedError(line, column, "yaml-nesting", message, hint)


def _in_quotes(place: _Place) -> str:
    """Write the line with its value in quotes, for a remedy; "" where it is too long, or neither a key nor an item."""
    key, item = _KEY.fullmatch(place.text), _ITEM.fullmatch(place.text)
    found = key or item
    value = found["rest"].strip() if found else ""
    if not value or len(place.text) > SHOWN:
        return ""
    quote = value[0]
    if quote in "\"'" and value.endswith(quote) and value[1:-1].count(quote) % 2:
        value = value[1:-1]  # what is wrong is the third quote in the middle
    quoted = "'" + value.replace("'", "''") + "'" if '"' in value or "\\" in value else f'"{value}"'
    return f"{key['key']}: {quoted}" if key else f"- {quoted}"


def _put_in_quotes(place: _Place) -> str:
    line = _in_quotes(place)
    return f"Put the whole text in quotes: {line}" if line else "Put the whole text in quotes."


def _second_colon(stop: _Place, _: _Place) -> RefusedError:
    """Explain "mapping values are not allowed": a colon that cannot end a key."""
    if _KEY.match(stop.before):
        return stop.refuse("a colon and a space inside a text would begin another key", _put_in_quotes(stop))
    above = stop.above()
    if above is None:
        return stop.refuse("a colon stands where no key can end", _put_in_quotes(stop))
    if _KEY.fullmatch(above.text) and stop.indent > above.indent:
        key = _Place(stop.lines, stop.line, stop.indent)
        return key.refuse("this key is indented too far", "Begin it in the same column as the keys it belongs to.")
    return _no_colon(above, above)


def _no_colon(_: _Place, start: _Place) -> RefusedError:
    """Explain "could not find expected ':'": a line that should be a key with a value."""
    line = start.text.strip()
    if len(line) <= SHOWN and (found := re.fullmatch(r"((?:- +)*[\w-]+):(\S.*)", line)):
        return start.refuse("a space is missing after the colon", f"Write {found[1]}: {found[2]}")
    if len(line) <= SHOWN and (found := re.fullmatch(r"-([^\s-].*)", line)):
        return start.refuse("a space is missing after the dash", f"Write - {found[1]}")
    if found := re.fullmatch(r"([\w-]+) *= *.*", line):
        return start.refuse("a colon is missing", f"YAML has colons where other formats have =: {found[1]}: …")
    above = start.above()
    if above and above.text.lstrip().startswith("- ") and above.indent == start.indent:
        return start.refuse("this line is neither an item nor a key", "Begin each item with a dash and a space.")
    return start.refuse("this line has no colon", _NO_COLON)


def _dash(stop: _Place, _: _Place) -> RefusedError:
    hint = "Begin a list on the line below its key; put text that begins with a dash in quotes."
    return stop.refuse("a list cannot begin on the line of its key", hint)


def _first_character(stop: _Place, start: _Place) -> RefusedError:
    """Explain a character that means something else in YAML at the beginning of a text."""
    place = start if start.character and start.character in "*&!|>" else stop
    if not place.character:
        hint = "Close what [ or { opens above, or put the text in quotes."
        return place.refuse("the file ends where something must follow", hint)
    hint = _put_in_quotes(place)
    if place.character in "|>":
        hint = f"Begin long text on the next line, indented; or p{hint.removeprefix('P')}"
    return place.refuse(f"text cannot begin with {place.character}", hint)


def _directive(stop: _Place, start: _Place) -> RefusedError:
    place = start if start.character == "%" else stop
    hint = "Take the line away; put text that begins with % in quotes."
    return place.refuse("lines that begin with % are not allowed", hint, "yaml-directive")


def _open_quote(_: _Place, start: _Place) -> RefusedError:
    hint = f"End the text with {start.character} on the same line, or take the quote away."
    return start.refuse("the quote that opens here is never closed", hint)


def _escape(stop: _Place, _: _Place) -> RefusedError:
    return bad_escape(stop.line + 1, stop.column + 1)


def _open_bracket(stop: _Place, start: _Place) -> RefusedError:
    """Explain a list or a mapping in brackets that does not go on as it must."""
    close = {"[": "]", "{": "}"}.get(start.character, "the bracket")
    if stop.line != start.line or stop.column >= len(stop.text):
        hint = f"Add {close} at its end; put text that begins with {start.character} in quotes."
        return start.refuse(f"the {start.character} that opens here is never closed", hint)
    hint = f"Separate items with commas and end with {close}; put text with brackets or colons in quotes."
    return stop.refuse(f"neither a comma nor {close} stands here", hint)


def _goes_on(stop: _Place, _: _Place) -> RefusedError:
    """Explain "did not find expected key": a line goes on after its value's end, or is indented in its own way."""
    if not stop.before.strip():
        if stop.character == ":":
            return stop.refuse("a colon stands without a key", "Write the name of the key before the colon.")
        hint = "Begin it in the same column as the keys or the dashes it belongs to; indent with spaces."
        return stop.refuse("this line is not indented like those around it", hint)
    if re.search(r""": *(["'])(?:(?!\1).)*\1\s*$""", stop.text) and stop.before.count(stop.before.rstrip()[-1]) == 1:
        hint = "Look for a line above in which the closing quote is missing."
        return stop.refuse("a quote that was opened further up is closed on this line", hint)
    end = stop.before.rstrip()[-1]
    what = "the closing quote" if end in "\"'" else "the closing bracket" if end in "]}" else "the end of its value"
    return stop.refuse(f"the line goes on after {what}", _put_in_quotes(stop))


def _not_below(stop: _Place, _: _Place) -> RefusedError:
    hint = "Begin a new item with a dash and a space, or indent the line as far as the item's first key."
    return stop.refuse("this line belongs to no item of the list above", hint)


def _outside(stop: _Place, _: _Place) -> RefusedError:
    hint = "Begin all keys of the file in the first column, without anything before or after them."
    return stop.refuse("this does not belong to what stands above", hint)


def _deep(stop: _Place, _: _Place) -> RefusedError:
    """Explain the parser's own limit, which it meets on its way to see whether all the brackets are a key."""
    brackets = len(stop.before) - len(stop.before.rstrip("[{"))
    return too_deep(stop.line + 1, stop.column + 1 - max(brackets - NESTING_LIMIT, 0))


def _other(stop: _Place, _: _Place) -> RefusedError:
    return stop.refuse("this cannot be read as YAML", "Look at the indentation, the colons and the quotes around it.")


_RULES: Final[tuple[tuple[re.Pattern[str], _Rule], ...]] = (
    (re.compile("maximum nesting depth"), _deep),
    (re.compile("mapping values are not allowed"), _second_colon),
    (re.compile("could not find expected ':'"), _no_colon),
    (re.compile("sequence entries are not allowed"), _dash),
    (re.compile("quoted scalar: found unexpected"), _open_quote),
    (re.compile("quoted scalar"), _escape),
    (re.compile("expected ',' or"), _open_bracket),
    (re.compile("block collection|expected '-'"), _not_below),
    (re.compile("block mapping"), _goes_on),
    (re.compile("directive|incompatible"), _directive),
    (re.compile("document start"), _outside),
    (re.compile("cannot start any token|keys are not allowed|anchor|alias|tag|block scalar|node"), _first_character),
    (re.compile(""), _other),
)
"""By words of the parser's complaint; the first that fits is asked."""
