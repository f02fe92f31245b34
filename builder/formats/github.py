"""Problems as annotations of a workflow run on GitHub.

They need no token, so they work for pull requests from forks. The platform shows ten of a step; the others stand in the
log, and all of them in the summary of the job (`builder.formats.markdown`).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from builder.errors import Problem
from builder.formats.pages import Pages

MOST: Final = 10
"""Annotations of one kind that are shown for a step."""

_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = _DATA | {":": "%3A", ",": "%2C"}


def annotate(problems: Sequence[Problem], pages: Pages, prefix: str, token: str) -> Iterator[str]:
    """Yield the lines for the log: a command for each of the first problems, the rest as text.

    Args:
        problems: in order of place.
        pages: where codes are explained.
        prefix: what leads from the root of the repository to the folder that holds data/, with a slash at its end.
        token: a word that nobody can guess: until it comes again, nothing in the log is read as a command.
    """
    yield from (_command(problem, pages, prefix) for problem in problems[:MOST])
    if rest := problems[MOST:]:
        yield f"::stop-commands::{token}"
        yield from map(str, rest)
        yield f"::{token}::"


def _command(problem: Problem, pages: Pages, prefix: str) -> str:
    place = {"file": prefix + problem.path}
    if problem.line:
        place |= {"line": str(problem.line), "col": str(problem.column)}
    title = f"{problem.code}: {problem.field}" if problem.field else problem.code
    properties = ",".join(f"{key}={_escape(text, _PROPERTY)}" for key, text in (place | {"title": title}).items())
    lines = (problem.sentence, problem.hint, pages.page(problem.code))
    return f"::error {properties}::{_escape(chr(10).join(filter(None, lines)), _DATA)}"


def _escape(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
