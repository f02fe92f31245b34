"""Problems as JSON for programs: a stable shape, which only ever grows."""

import json
from collections.abc import Sequence
from typing import Any, Final

from builder.errors import Problem
from builder.formats.pages import Pages

SCHEMA_VERSION: Final = 1


def as_json(problems: Sequence[Problem], pages: Pages, notes: Sequence[str] = ()) -> str:
    """Give all problems, in order of place, and the notes.

    `line` and `column` count from 1, in code points, and are null where a problem is of a whole file; `field`, `value`
    and `hint` are "" where there is none; `help` is the address of the page on the code, or null.
    """
    report = {
        "schema_version": SCHEMA_VERSION,
        "count": len(problems),
        "files": len({problem.path for problem in problems}),
        "problems": [_problem(problem, pages) for problem in problems],
        "notes": list(notes),
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _problem(problem: Problem, pages: Pages) -> dict[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line or None,
        "column": problem.column or None,
        "code": problem.code,
        "field": problem.field,
        "value": problem.value,
        "message": problem.message,
        "hint": problem.hint,
        "help": pages.page(problem.code) or None,
    }
