"""Pydantic's complaints about a file, told again in words for people, each with its place.

A rule of ours (`builder.fields`, `builder.config`) brings its own words and its remedy; what pydantic itself finds is
worded here. Nothing of pydantic's own is ever shown: neither its sentences nor the names it gives to the branches of a
union.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from builder.entries import VALUE_LENGTH, Field, nearest, place, show_field, show_value
from builder.errors import CODES, Problem
from builder.source.yaml_text import Document, Value

# A line for each key that must be there, for a remedy.
EXAMPLES: Final = {
    "base_url": "base_url: https://example.org",
    "category": "category: apps",
    "classifier": 'classifier: "Framework :: Django"',
    "contact": "contact: https://example.org/contact",
    "cycle": "cycle: 5.2",
    "date": "date: 2026-02-16",
    "id": "id: 359",
    "removed": "removed: 2026-02-16",
    "repository": "repository: https://github.com/arneb/django-messages",
    "slug": "slug: django-messages",
    "title": "title: django-messages",
    "title_plural": "title_plural: Apps",
    "url": "url: https://example.org",
}

_LIST: Final = "Write each item on a line of its own, after a dash and a space."
_MAPPING: Final = "Write each key on a line of its own, with a colon, a space and its value."
_TEXT: Final = "If the brackets, braces or colons belong to the text, put it in quotes."

# What pydantic calls a value of the wrong kind: our code, what is meant, and how to write it.
_KINDS: Final = {
    "bool_type": ("truth", "true or false", "Write true or false."),
    "date_type": ("date", "a date", "Write year-month-day, such as 2026-02-16."),
    "datetime_type": ("date-time", "a date and time", "Write it as 2026-02-16T12:00:00-05:00."),
    "dict_type": ("not-mapping", "keys with values", _MAPPING),
    "int_type": ("number", "a whole number", "Write it in plain digits, such as 359."),
    "model_type": ("not-mapping", "keys with values", _MAPPING),
    "string_type": ("not-text", "text", _TEXT),
    "tuple_type": ("not-list", "a list", _LIST),
    "zoneinfo_str": ("not-text", "text", _TEXT),
}


# Keys that people write, from the API or by habit, for those of a record.
_SYNONYMS: Final = {
    "docs": "documentation",
    "documentation_url": "documentation",
    "is_locked": "locked",
    "name": "title",
    "repo": "repository",
    "repo_url": "repository",
}
_WORDS: Final = {"bitbucket.org": "bitbucket", "gitea": "forgejo"}  # for a word of a few
_WORD_LIKENESS: Final = 0.8  # more than for other names: the few words are like each other
_KEY_LIKENESS: Final = 0.6  # less than for other names: there are few keys, and the likely one is soon found


@dataclass(frozen=True, slots=True)
class _Finding:
    """One complaint.

    `way` leads to the value in the file; `is_key` tells that the complaint is about the key there. `around` is the
    model of the mapping that the value stands in, `model` the one that the value should be, where there are such.
    """

    error: ErrorDetails
    way: Field
    is_key: bool
    around: type[BaseModel] | None
    model: type[BaseModel] | None

    @property
    def type(self) -> str:
        """What pydantic, or a rule of ours, calls it."""
        return self.error["type"]

    @property
    def name(self) -> str:
        """The last step of the way."""
        return str(self.way[-1]) if self.way else ""

    @property
    def meant(self) -> str:
        """The key that is likely to be meant by one that is not known."""
        known = self.around.model_fields if self.around else {}
        synonym = _SYNONYMS.get(self.name, "")
        return synonym if synonym in known else nearest(self.name, known, _KEY_LIKENESS)


def explain(path: str, error: ValidationError, model: type[BaseModel], document: Document) -> list[Problem]:
    """Give the problems of a file that `model` refused, in order of place.

    A key that is missing is not reported beside the one that was written for it with a mistake.
    """
    findings = [_find(detail, model, document.value) for detail in error.errors(include_url=False)]
    unknown = [finding for finding in findings if finding.type == "extra_forbidden"]
    misspelt = {(*finding.way[:-1], finding.meant) for finding in unknown}
    return sorted(
        _problem(path, finding, document)
        for finding in findings
        if finding.type != "missing" or finding.way not in misspelt
    )


def _find(error: ErrorDetails, model: type[BaseModel], value: Value) -> _Finding:
    """Follow a complaint's way through the values; a step that is not among them is the name of a union's branch."""
    way: Field = ()
    around, inner = None, _model_in(model)
    is_key = is_named = False
    for number, step in enumerate(error["loc"], start=1):
        is_missing = error["type"] == "missing" and number == len(error["loc"])
        if isinstance(value, dict) and isinstance(step, str) and (step in value or is_missing):
            value = value.get(step)
            if is_named:  # a name that people chose, and no field: what stands there is of the model
                around, is_named = None, False
            else:
                around, inner, is_named = inner, _model_of(inner, step), _holds_names(inner, step)
            way = (*way, step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
            way = (*way, step)
        else:
            is_key = step == "[key]"
    return _Finding(error, way, is_key, around, inner)


def _model_of(model: type[BaseModel] | None, key: str) -> type[BaseModel] | None:
    known = model.model_fields.get(key) if model else None
    return _model_in(known.annotation) if known else None


def _holds_names(model: type[BaseModel] | None, key: str) -> bool:
    known = model.model_fields.get(key) if model else None
    return known is not None and get_origin(known.annotation) is dict


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - an annotation may be anything
    """Give the model in an annotation such as `tuple[Usage, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _problem(path: str, finding: _Finding, document: Document) -> Problem:
    code, message, hint = _words(finding, document)
    way, shown = finding.way, finding.error["input"]
    place_ = place(document.marks, way)
    if finding.type == "extra_forbidden":
        place_, shown = document.keys[way], None
    if finding.is_key:
        place_, shown, way = document.keys[way], finding.name, way[:-1]
    value = show_value(shown) if isinstance(shown, str) and shown else ""
    return Problem(path, *place_, code, message, hint, show_field(way), value)


def _words(finding: _Finding, document: Document) -> tuple[str, str, str]:
    """Give code, message and hint."""
    error = finding.error
    if finding.type == "missing":
        example = EXAMPLES.get(finding.name, f"{finding.name}: …")
        return "missing-key", "is missing", f"Add a line such as {example}"
    if finding.type == "extra_forbidden":
        meant = f"Did you mean {finding.meant}? " if finding.meant else ""
        return "unknown-key", "is not a known key", f"{meant}{_allowed(finding.around)}"
    if finding.type in _KINDS:
        return _empty(finding, document) if error["input"] is None else _wrong_kind(finding)
    if finding.type == "literal_error":
        return "choice", "is none of the words that may stand here", _choice(finding)
    if finding.type in CODES:  # a rule of ours, with its own words
        return finding.type, error["msg"], error.get("ctx", {}).get("hint", "")
    return "not-valid", "is not valid", ""


def _choice(finding: _Finding) -> str:
    """Give the words that may stand there, and the one that is likely to be meant."""
    words, value = finding.error.get("ctx", {})["expected"], str(finding.error["input"])
    meant = _WORDS.get(value.casefold()) or nearest(value, re.findall("'([^']*)'", words), _WORD_LIKENESS)
    return f"Did you mean {meant}? Write {words}." if meant else f"Write {words}."


def _allowed(model: type[BaseModel] | None, words: str = "Allowed here") -> str:
    return f"{words}: {', '.join(model.model_fields)}." if model else ""


def _empty(finding: _Finding, document: Document) -> tuple[str, str, str]:
    """Word that nothing stands where something is meant."""
    if not finding.way:
        return "empty", "the file is empty", _allowed(finding.model)
    known = finding.around.model_fields.get(finding.name) if finding.around else None
    after = "the dash" if isinstance(finding.way[-1], int) else "the colon"
    hint = f"Write a value after {after}" + ("." if known and known.is_required() else ", or take the line away.")
    if finding.way in document.keys and _has_comment(document, finding.way):
        hint = "What follows a # is a comment; put text that begins with # in quotes."
    return "empty", "is empty", hint


def _has_comment(document: Document, way: Field) -> bool:
    line, column = document.keys[way]
    return re.search(r":\s+#", document.text.split("\n")[line - 1][column - 1 :]) is not None


def _wrong_kind(finding: _Finding) -> tuple[str, str, str]:
    """Word that a list stands where text is meant, and the like."""
    code, meant, hint = _KINDS[finding.type]
    value = finding.error["input"]
    found = "a list" if isinstance(value, list) else "keys with values" if isinstance(value, dict) else "text"
    subject = "" if finding.way else "the file "
    if code == "not-mapping":
        hint = f"{hint} {_allowed(finding.model)}".rstrip()
    if code == "not-list":
        hint = f"{hint} {_allowed(finding.model, 'Allowed in an item')}".rstrip()
    if isinstance(value, str):
        hint = _for_text(finding, value) or hint
    return code, f"{subject}is {found}, but must be {meant}", hint


def _for_text(finding: _Finding, value: str) -> str:
    """Give the remedy for the usual ways in which a list or a mapping becomes text; "" where none fits."""
    key, _, rest = value.partition(":")
    if finding.model and key in finding.model.model_fields:
        return f"A space is missing after the colon: write {key}: {rest.strip()}" if len(value) <= VALUE_LENGTH else ""
    if finding.type != "tuple_type":
        return ""
    if re.match(r"-\S", value):
        return "A space is missing after the dash: write each item on a line of its own, as - item"
    return f"Write it as {finding.name}: [{value}]" if re.fullmatch(r"[\w./-]+", value) else ""
