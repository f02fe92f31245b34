"""What was answered: each answer stands below a heading with its question's label, in the text that GitHub makes.

The text is anybody's: it can be edited by hand, and an answer can hold what looks like the form itself. Where a heading
of the form stands twice, nobody can tell which is its own, so nothing is taken.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from builder.forms.outcome import Fault
from builder.forms.table import FORMS, MOST, Form, Kind, Question
from builder.source.text import describe, find_refused

BODY_LENGTH: Final = 20_000
"""Characters of an issue's text that is read; the questions' own limits add up to less."""

_NOTHING: Final = frozenset({"", "_No response_", "None"})
_BOX: Final = re.compile(r"- \[([ xX])\] ")
_WRAPPED: Final = re.compile(r"`([^`]+)`|<([^<>]+)>")


def form_of(text: str) -> Form | None:
    """Give the form that made a text; None where none did, or where it could be of two."""
    lines = {line.rstrip() for line in text.split("\n")}
    found = [form for form in FORMS if _heading(form.questions[0]) in lines]
    return found[0] if len(found) == 1 else None


def read(form: Form, text: str) -> tuple[dict[str, str], list[Fault]]:
    """Give the answers to a form by the id of the question, and what is wrong with them; what was left out is ""."""
    if len(text) > BODY_LENGTH:
        message = f"the form has {len(text)} characters"
        return {}, [Fault("", message, f"It may have at most {BODY_LENGTH}: shorten the answers.")]
    parts = _parts(form, text.replace("\r\n", "\n"))
    if twice := [question for question in form.questions if len(parts[question.id]) > 1]:
        hint = "Take that line out of the answer in which it stands, so that each heading is there once."
        return {}, [
            Fault(question.label, "the heading of this question stands more than once", hint, _heading(question))
            for question in twice
        ]
    answers = {question.id: _answer(question, parts[question.id]) for question in form.questions}
    return answers, [fault for question in form.questions for fault in _faults(question, answers, parts)]


def _heading(question: Question) -> str:
    return f"### {question.label}"


def _parts(form: Form, text: str) -> dict[str, list[list[str]]]:
    """Give the lines below each heading of the form, as often as it stands there."""
    headings = {_heading(question): question.id for question in form.questions}
    parts: dict[str, list[list[str]]] = {question.id: [] for question in form.questions}
    below: list[str] = []  # what stands before the first heading belongs to none
    for line in text.split("\n"):
        if key := headings.get(line.rstrip()):
            below = []
            parts[key].append(below)
        else:
            below.append(line)
    return parts


def _answer(question: Question, parts: list[list[str]]) -> str:
    """Give an answer without what stands around it; people put addresses into `` or <>."""
    text = "\n".join(parts[0]).strip() if parts else ""
    if text in _NOTHING:
        return ""
    if question.kind is Kind.LINE and (found := _WRAPPED.fullmatch(text)):
        return str(found[1] or found[2]).strip()
    return text


def _is_ticked(text: str) -> bool:
    boxes = _BOX.findall(text)
    return bool(boxes) and " " not in boxes


def _faults(question: Question, answers: Mapping[str, str], parts: Mapping[str, object]) -> Iterator[Fault]:
    """Yield the first thing that is wrong with an answer."""
    label, text = question.label, answers[question.id]
    if question.required and not parts[question.id]:
        hint = "Put that line back, with the answer below it; or send the form anew."
        yield Fault(label, "its heading is not there any more", hint, _heading(question))
    elif question.required and not text:
        yield Fault(label, "is not answered", "An answer is needed here.")
    elif found := find_refused(text):
        _, message, hint = describe(found)
        yield Fault(label, message, hint)
    elif "<!--" in text:
        yield Fault(label, "holds a comment of HTML, which nobody sees who reads the form", "Take it away.")
    elif len(text) > MOST[question.kind]:
        yield Fault(label, f"has {len(text)} characters", f"It may have at most {MOST[question.kind]}.")
    elif "\n" in text and question.kind in {Kind.LINE, Kind.CHOICE}:
        yield Fault(label, "has more than one line", "Write it on one line.", text)
    elif question.kind is Kind.BOXES and not _is_ticked(text):
        line = f"- [ ] {question.options[0]}"
        yield Fault(label, "is not ticked", "Put an x between the brackets, in place of the blank.", line)
    elif question.kind is Kind.CHOICE and question.options and text and text not in question.options:
        yield Fault(
            label, "is none of the words to choose from", f"Write one of these: {', '.join(question.options)}.", text
        )
