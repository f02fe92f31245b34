"""Problems as a page of Markdown: the summary of a workflow's job."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from builder.errors import DataError, Problem
from builder.formats.pages import Pages

MOST_BYTES: Final = 900_000
"""Of a page: the platform drops the summary of a step that is larger than 1 MiB."""

# All that means something in Markdown, or would become a link or call a person.
_SIGNS: Final = re.compile(r"[\\`*_{}\[\]<>#+.!|~&@:=-]")


def escape(text: str) -> str:
    """Give text so that it is shown as it is: no link, no mark-up, nobody called."""
    return _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))


def code(text: str) -> str:
    """Give text as code, whatever it holds."""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    room = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{room}{text}{room}{fence}"


def summarise(problems: Sequence[Problem], pages: Pages, counts: str = "") -> str:
    """Give the page: by file, each problem with its place, its remedy and its code.

    `counts` is said where there is no problem.
    """
    if not problems:
        return f"### No problem found\n\n{escape(counts)}\n"
    title = str(DataError(problems)).rstrip(".")
    return f"### {title}\n" + "".join(fit(_files(problems, pages)))


def _files(problems: Sequence[Problem], pages: Pages) -> Iterator[str]:
    for path, found in groupby(problems, lambda problem: problem.path):
        yield f"\n{code(path)}\n\n"
        yield from (_item(problem, pages) for problem in found)


def _item(problem: Problem, pages: Pages) -> str:
    place = f"line {problem.line}, column {problem.column}: " if problem.line else ""
    field = f"{code(problem.field)} " if problem.field else ""
    value = f" (found {code(problem.value)})" if problem.value else ""
    page = pages.page(problem.code)
    name = f"[{problem.code}]({page})" if page else problem.code
    hint = f"  \n  {escape(problem.hint)}" if problem.hint else ""
    return f"- {place}{field}{escape(problem.message)}{value} ({name}){hint}\n"


def fit(parts: Iterator[str]) -> Iterator[str]:
    """Yield parts as long as there is room, and say so where there is none any more."""
    room = MOST_BYTES
    for part in parts:
        room -= len(part.encode())
        if room < 0:
            yield "\nThere is more than fits here: the log of the job has it all.\n"
            return
        yield part
