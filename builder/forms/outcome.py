"""What becomes of a form: a proposal for a pull request, or an answer that says what to do."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is to be put right, for the person who filled in the form.

    `label` is what the question is called, "" where it is none's. All four texts may hold what strangers wrote.
    """

    label: str
    message: str
    hint: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file to put in place, and the words for its commit and its pull request.

    `path` is relative to the folder that holds data/. `text` is Markdown in which what strangers wrote is shown as it
    is.
    """

    path: str
    body: bytes
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, as Markdown, and the labels that the issue gets."""

    text: str
    labels: tuple[str, ...] = ()


Outcome: TypeAlias = Proposal | Answer | None
"""None: the issue is of no form, or there is nothing to be done."""
