"""Forms: an issue that GitHub made of a form under .github/ISSUE_TEMPLATE/, and what becomes of it.

What it says is a stranger's text: it is read as text, becomes values of a record, is checked as every record is, and is
said again only as code. `propose` decides, and writes nothing; `builder.forms.delivery` does what was decided.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from builder import source
from builder.errors import BuilderError, Problem
from builder.forms import additions, answers, drafts, words
from builder.forms.event import Event
from builder.forms.known import Answers, Find, Source, offline
from builder.forms.names import Names
from builder.forms.outcome import Answer, Fault, Outcome, Proposal
from builder.forms.table import ADD, CHANGE, FORMS, GRID, LABEL, OTHER, REMOVAL, REPORT, UNMAINTAINED, WRONG, Form
from builder.forms.trial import Tried

__all__ = ["Answer", "Outcome", "Proposal", "propose"]

_LABELS: Final = {REMOVAL: "removal", UNMAINTAINED: "unmaintained", WRONG: "wrong-data", OTHER: "report"}
_DRAFTED: Final[Mapping[str, Callable[[Answers, Source], Tried | list[Fault]]]] = {
    ADD.name: additions.add,
    CHANGE.name: drafts.change,
    GRID.name: drafts.grid,
}


def propose(event: Event, folder: Path, find: Find = offline) -> Outcome:
    """Decide what becomes of an issue, by the data in `folder`; nothing is written.

    `find` asks about the repository of a new package.

    Raises:
        BuilderError: there is no such folder.
    """
    if event.issue.state != "open" or event.issue.locked:
        return None
    text = (event.issue.body or "").replace("\r\n", "\n")
    form = answers.form_of(text)
    templates = f"{event.repository.html_url}/issues/new?template="
    if form is None:
        is_labelled = LABEL in {label.name for label in event.issue.labels}
        return Answer(words.no_form(templates, FORMS)) if is_labelled else None
    given, faults = answers.read(form, text)
    if faults:
        return Answer(words.faults(faults), (LABEL,))
    data, _ = source.load(folder)
    if data is None:
        raise BuilderError(f"There is no folder {folder}.")
    there = Source(folder, data, find)
    return _reported(given, there, templates) if form is REPORT else _drafted(event, form, given, there)


def _drafted(event: Event, form: Form, given: Answers, there: Source) -> Outcome:
    tried = _DRAFTED[form.name](given, there)
    if isinstance(tried, list):
        return Answer(words.faults(tried), (LABEL,))
    draft = tried.draft
    path = f"{there.data.folder}/{draft.path}"
    if tried.problems:
        found = [_fault(form, problem, path) for problem in tried.problems]
        return Answer(words.faults(sorted(found, key=lambda fault: form.place(fault.label))), (LABEL,))
    login = event.issue.user.login if event.issue.user else ""
    text = words.pull_request(form, event.issue.number, login, given.get("why", ""), tried.remarks)
    return Proposal(path, draft.body, draft.title, text)


def _reported(given: Answers, there: Source, templates: str) -> Answer:
    found = Names(there.data).page(given["subject"])
    if found is None:
        label = REPORT.label("subject")
        return Answer(words.faults([Names(there.data).no_page(label, given["subject"])]), (LABEL,))
    return Answer(words.report(given["matter"], *found, templates), (LABEL, _LABELS[given["matter"]]))


def _fault(form: Form, problem: Problem, path: str) -> Fault:
    """Give a problem by the question whose answer has it; one of another file is told with its place."""
    if problem.path != path:
        return Fault("", f"{problem.path} would have a problem: {problem.sentence}", problem.hint)
    key, way = problem.field.partition("[")[0].partition(".")[0], problem.field
    label = form.label(key or "slug")  # a problem of the whole file is one of its name
    message = problem.message if label or not way else f"{way}: {problem.message}"
    return Fault(label, message, problem.hint, problem.value[1:-1])
