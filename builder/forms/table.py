"""The forms: what each asks. `.github/ISSUE_TEMPLATE/` holds the same as GitHub reads it; a test compares them."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

LABEL: Final = "form"
"""The label of an issue that a form made."""
LAST_HEADING: Final = "Before you send it"
"""What every form asks last: by this the workflow knows one where the repository lacks the label."""
MAY_BE_PUBLISHED: Final = "It may be published here, under the licence of this repository."
EVERYBODY_READS: Final = "I know that everybody can read this."


class Kind(Enum):
    """How a question is answered; the value is the name of GitHub's element."""

    LINE = "input"
    TEXT = "textarea"
    CHOICE = "dropdown"
    BOXES = "checkboxes"


MOST: Final = {Kind.LINE: 500, Kind.TEXT: 5_000, Kind.CHOICE: 200, Kind.BOXES: 1_000}
"""Characters of an answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `id` is the key of the record that the answer is for, where it is for one.

    `options` are the boxes, or the words to choose from; the categories are not among them, since data holds those.
    """

    id: str
    label: str
    kind: Kind = Kind.LINE
    required: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its file's name, what people know it as, and its questions in order. The first is no other form's."""

    name: str
    title: str
    questions: tuple[Question, ...]

    def label(self, key: str) -> str:
        """Give what the question for a key is called; "" where there is none."""
        return next((question.label for question in self.questions if question.id == key), "")

    def place(self, label: str) -> int:
        """Give the place of the question with this label, from 0; what is of none comes last."""
        labels = [question.label for question in self.questions]
        return labels.index(label) if label in labels else len(labels)


def _last(option: str) -> Question:
    return Question("confirm", LAST_HEADING, Kind.BOXES, required=True, options=(option,))


ADD: Final = Form(
    "add-package",
    "Add a package",
    (
        Question("repository", "Repository of the new package", required=True),
        Question("category", "Category", Kind.CHOICE, required=True),
        Question("title", "Title"),
        Question("pypi", "Project on PyPI"),
        Question("documentation", "Documentation"),
        Question("tags", "Tags"),
        Question("slug", "Name in addresses"),
        _last(MAY_BE_PUBLISHED),
    ),
)
CHANGE: Final = Form(
    "change-package",
    "Change a package",
    (
        Question("package", "Package to change", required=True),
        Question("title", "New title"),
        Question("category", "New category", Kind.CHOICE),
        Question("repository", "New repository"),
        Question("pypi", "New project on PyPI"),
        Question("documentation", "New documentation"),
        Question("tags", "New tags"),
        Question("replaced_by", "Replaced by"),
        Question("deprecated", "Deprecated since"),
        Question("why", "Why", Kind.TEXT),
        _last(MAY_BE_PUBLISHED),
    ),
)
GRID: Final = Form(
    "propose-grid",
    "Propose a grid",
    (
        Question("title", "Title of the new grid", required=True),
        Question("description", "What it compares", Kind.TEXT, required=True),
        Question("packages", "Packages", Kind.TEXT, required=True),
        Question("features", "Features", Kind.TEXT),
        Question("slug", "Name in addresses"),
        _last(MAY_BE_PUBLISHED),
    ),
)
REMOVAL: Final = "It should be removed"
UNMAINTAINED: Final = "It is archived, unmaintained or replaced"
WRONG: Final = "Something that it says is wrong"
OTHER: Final = "Something else"
MATTERS: Final = (REMOVAL, UNMAINTAINED, WRONG, OTHER)
REPORT: Final = Form(
    "report",
    "Report a package or a grid",
    (
        Question("subject", "Package or grid that this is about", required=True),
        Question("matter", "What is the matter", Kind.CHOICE, required=True, options=MATTERS),
        Question("details", "What you know of it", Kind.TEXT, required=True),
        _last(EVERYBODY_READS),
    ),
)
FORMS: Final = (ADD, CHANGE, GRID, REPORT)
