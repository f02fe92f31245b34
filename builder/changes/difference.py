"""All that a change does: the files and the answers of the data now, beside those of a revision."""

from builder import build
from builder.changes.answers import Side, answer_changes
from builder.changes.records import file_changes
from builder.changes.report import Difference
from builder.changes.revisions import Base, extracted
from builder.entries import Data, Records
from builder.errors import Problem


def compare(base: Base, after: Records | None, problems: list[Problem], *, pages: bool = True) -> Difference:
    """Compare the data with a revision; `after` and `problems` are what `builder.build.look` gave.

    Answers are compared where neither side has problems, for there are no others; without `pages` the API's alone.
    """
    with extracted(base) as folder:
        before, old_problems = build.look(folder)
        files = file_changes(before or Records(), after or Records())
        notes = _notes(base, problems, old_problems)
        if notes or not isinstance(before, Data) or not isinstance(after, Data):
            return Difference(base.commit, files, None, notes)
        sides = (Side(folder, base.data, base.commit), before), (Side(base.data, base.data), after)
        return Difference(base.commit, files, answer_changes(*sides, pages=pages))


def _notes(base: Base, problems: list[Problem], old_problems: list[Problem]) -> list[str]:
    """Say why the answers are not compared; nothing where they are."""
    if problems:
        return ["The data has problems, which builder check tells: what the site would answer is not compared."]
    if old_problems:
        return [f"The data of {base.name} has problems: what the site answered is not compared."]
    return []
