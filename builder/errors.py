"""Everything that can stop a command, and the exit code each stop has.

::

    BuilderError
    ├── DataError         1  the files under data/ hold problems
    ├── SiteError         1  the outputs cannot be written as they are
    ├── UpstreamError     3  an upstream failed; what was got is kept
    └── GuardRefusedError 4  a guard refused to go on; nothing was changed

Exit code 2 is click's own, for wrong usage; 130 is an interrupt.
An expected failure (a bad field, an answer of 404) is a value, not an exception: see
`Problem` here and the outcomes in `builder.upstreams.base`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in one place of the data, told to the person who wrote it.

    `path` is relative to the folder that holds data/, with slashes; `line` and `column` count from 1,
    0 where a place has none (a file that is missing). `field` is the way to the value (`features[0].title`),
    "" for the whole file. `value` is what stood there, shortened for people. `code` is stable: it never changes its
    meaning, so that it can be searched for and switched on.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    field: str = ""
    value: str = ""

    def __str__(self) -> str:
        """Two lines: where and what is wrong; then the remedy."""
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        subject = f"{self.field}: " if self.field else ""
        found = f" (found {self.value})" if self.value else ""
        first = f"{place}: {subject}{self.message}{found} [{self.code}]"
        return f"{first}\n    {self.hint}" if self.hint else first


class BuilderError(Exception):
    """A stop that is told to the user in a sentence, without a traceback."""

    exit_code: ClassVar[int] = 1


class DataError(BuilderError):
    """The data holds problems; `problems` are all of them, of all files, in order of place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = sorted(problems)

    def __str__(self) -> str:
        count = len(self.problems)
        files = len({problem.path for problem in self.problems})
        noun = "problem" if count == 1 else "problems"
        return f"{count} {noun} in {files} {'file' if files == 1 else 'files'}; nothing was written."


class SiteError(BuilderError):
    """The outputs and the folder to write to do not fit each other."""


class UpstreamError(BuilderError):
    """An upstream failed so that the run cannot be called good; what was fetched before is kept."""

    exit_code: ClassVar[int] = 3


class GuardRefusedError(BuilderError):
    """A change is too large or too odd to be true; the old state is kept."""

    exit_code: ClassVar[int] = 4
