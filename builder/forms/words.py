"""What is said of a form: Markdown for a comment and a pull request, in which a stranger's text does nothing.

GitHub calls people at @name and links #1, addresses and commits wherever they stand in a text, escaped or not, but not
in code. So whatever is not a plain word is shown as code.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from builder.entries import VALUE_LENGTH
from builder.formats.markdown import code
from builder.forms.outcome import Fault
from builder.forms.table import CHANGE, OTHER, REMOVAL, UNMAINTAINED, WRONG, Form

MARK: Final = "<!-- builder: form -->"
"""What our comment begins with; nobody sees it."""
MOST: Final = 20
"""Faults that are told at once."""
SENTENCE_LENGTH: Final = 600
WHY_LENGTH: Final = 2_000

_WORD: Final = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*|[0-9]{0,6}")  # from seven on, digits may be a commit


def faults(found: Sequence[Fault]) -> str:
    """Give the comment that says what is to be put right, all of it."""
    things = "One thing is" if len(found) == 1 else f"{len(found)} things are"
    more = f"- and {len(found) - MOST} more\n" if len(found) > MOST else ""
    return (
        f"Thank you. {things} to be put right first:\n\n"
        f"{''.join(map(_fault, found[:MOST]))}{more}\n"
        "Edit the text of the form above: it is read again as soon as you save it, and this comment follows."
    )


def no_form(templates: str, forms: Sequence[Form]) -> str:
    """Give the comment for an issue with the label of the forms that none of them made; `templates` as in `link`."""
    links = ", ".join(f"[{form.title}]({link(templates, form)})" for form in forms)
    return (
        "This has the label of a form, but the headings of none, or of several: nothing was done. "
        f"Send a form anew ({links}), or take the label away."
    )


def report(matter: str, kind: str, slug: str, templates: str) -> str:
    """Give the comment for a report of a package or a grid, about which nothing is changed by itself."""
    change = f"[{CHANGE.title}]({link(templates, CHANGE)})"
    said = {
        REMOVAL: (
            "A removal is for people to decide. What is merely abandoned is better kept, with what came after it: "
            f"that can be proposed with the form {change}."
        ),
        UNMAINTAINED: (
            "That a repository is archived is fetched every night. What nobody can fetch, namely since when it is "
            f"deprecated and what replaces it, can be proposed with the form {change}."
        ),
        WRONG: (
            "What has a number or a date is fetched every night: it is corrected at its source. Title, category, "
            f"addresses and tags are written by people, and a correction can be proposed with the form {change}."
        ),
        OTHER: "Somebody will look at it.",
    }
    return f"Thank you for the report on {code(f'{kind}/{slug}')}. {said[matter]}"


def proposed(number: int) -> str:
    """Give the comment that names the pull request."""
    return (
        f"Thank you. #{number} proposes this, and people look at it there. "
        "If you edit the text of the form above while that is open, it follows."
    )


def stays(number: int) -> str:
    """Give what is said of a pull request that is open while something is to be put right."""
    return f"Until then #{number} stays as it is."


def pushed(address: str) -> str:
    """Give the comment where a workflow may not open pull requests: a person does, at `address`."""
    return (
        "Thank you. The change lies ready on a branch. A workflow may not open pull requests in this repository, so "
        f"somebody who looks after it does, with one click: {address}"
    )


def closed(number: int) -> str:
    """Give the comment where a person closed the pull request."""
    return f"#{number}, which proposed this, was closed. Nothing is done about edits here until it is opened again."


def taken(branch: str) -> str:
    """Give the comment where a person changed the branch."""
    return (
        f"The branch {code(branch)} was changed by hand since, so that this edit was not put over it. "
        "What is still to be changed can be said in the pull request."
    )


def pull_request(form: Form, number: int, login: str, why: str, remarks: Sequence[str] = ()) -> str:
    """Give the text of the pull request for the issue `number`, of the person `login`, "" where nobody is known."""
    by = f" by {code(login)}" if login else ""
    said = "".join(f"- {_said(remark)}\n" for remark in remarks)
    told = f"What upstreams say of it:\n\n{said}\n" if said else ""
    return (
        f"Proposed in #{number}{by} with the form *{form.title}*.\n\n{_quoted(why)}{told}"
        "`builder check` was run on it by the workflow of the forms: this change brings no problem. GitHub starts no "
        "workflow for a pull request that another one opened: to have the others run as well, close it and open it "
        f"again.\n\nCloses #{number}.\n"
    )


def link(templates: str, form: Form) -> str:
    """Give the address of a form; `templates` is what the addresses of all of them begin with."""
    return f"{templates}{form.name}.yml"


def _fault(fault: Fault) -> str:
    label = f"**{fault.label}**: " if fault.label else ""
    value = f" (found {_shown(fault.value)})" if fault.value else ""
    hint = f"  \n  {_said(fault.hint)}" if fault.hint else ""
    return f"- {label}{_said(fault.message)}{value}{hint}\n"


def _said(text: str) -> str:
    """Give a sentence; all in it that is not a plain word is shown as code."""
    return " ".join(_words(_cut(text, SENTENCE_LENGTH)))


def _words(text: str) -> Iterator[str]:
    for part in text.split():
        word = part.lstrip("\"'(").rstrip("\"'.,;:?!)")
        yield part if _WORD.fullmatch(word) else part.replace(word, code(_printable(word)), 1)


def _shown(value: str) -> str:
    return code(_printable(_cut(" ".join(value.split()), VALUE_LENGTH)))


def _quoted(text: str) -> str:
    """Give a text of several lines as a block of code, with a fence that it cannot close; "" for none."""
    if not text:
        return ""
    lines = "\n".join(_printable(line) for line in _cut(text, WHY_LENGTH).split("\n"))
    fence = "`" * max(3, *(len(found) + 1 for found in re.findall("`+", lines)), 3)
    return f"{fence}text\n{lines}\n{fence}\n\n"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
