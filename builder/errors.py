"""Everything that can stop a command, and the exit code each stop has.

::

    BuilderError
    ├── DataError         1  the files under data/ hold problems
    ├── SiteError         1  the outputs cannot be written as they are
    ├── VerificationError 1  a live address answers otherwise than it should
    ├── UpstreamError     3  an upstream failed; what was got is kept
    └── GuardRefusedError 4  a guard refused to go on; no fact was changed

Exit code 2 is click's own, for wrong usage; 130 is an interrupt.
An expected failure (a bad field, an answer of 404) is a value, not an exception: see
`Problem` here and the outcomes in `builder.upstreams.base`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final


def folder_name(data: Path) -> str:
    """Give the name of the data folder, with which every path in a message begins; links and `..` are followed."""
    return data.resolve().name


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

    @property
    def sentence(self) -> str:
        """What is wrong, and with which value, without place and code."""
        subject = f"{self.field}: " if self.field else ""
        found = f" (found {self.value})" if self.value else ""
        return f"{subject}{self.message}{found}"

    def __str__(self) -> str:
        """Two lines: where and what is wrong; then the remedy."""
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        first = f"{place}: {self.sentence} [{self.code}]"
        return f"{first}\n    {self.hint}" if self.hint else first


CODES: Final[Mapping[str, str]] = {
    # Files
    "encoding": "The file is not UTF-8.",
    "file-form": "A file is written so that the program cannot put keys in, or in order.",
    "file-link": "A symbolic link stands where a file or a folder is meant.",
    "file-missing": "A file or a folder that must be there is not.",
    "file-name": "The file's name has another ending, or no file of this name belongs here.",
    "file-size": "The file is larger than what people write.",
    "file-type": "Something other than a file stands where a file is meant.",
    "history": "Git is there, but does not tell when the files were changed.",
    "snapshot": "A snapshot holds what fetch would not have written.",
    "unreadable": "The system does not let the file be read.",
    # Characters
    "bidi-character": "A character turns the direction of writing, so that the line reads otherwise than it is.",
    "control-character": "A control character stands in the text.",
    "invisible-character": "A character without width stands in the text.",
    "line-break": "A line break is neither LF nor CRLF.",
    # YAML
    "yaml-alias": "An alias (*name) is used.",
    "yaml-anchor": "An anchor (&name) is used.",
    "yaml-directive": "A directive (a line that begins with %) is used.",
    "yaml-documents": "The file holds more than one document.",
    "yaml-duplicate-key": "A key stands twice in one mapping.",
    "yaml-key": "A key is not a short text on one line.",
    "yaml-merge": "Mappings are merged (<<).",
    "yaml-nesting": "Lists and mappings are nested too deep.",
    "yaml-syntax": "The text cannot be read as YAML.",
    "yaml-tag": "A tag (!name) is used.",
    # Markdown
    "front-matter": "A text does not begin with its title and the like between two lines of three dashes.",
    "text-empty": "There is nothing below the front matter.",
    "text-heading": "A heading is of the first level, or leaves a level out.",
    "text-html": "HTML stands in a text, where it would be shown as it is written.",
    "text-image": "An image stands in a text.",
    "text-link": "A link of a text leads nowhere, or to no page of the web.",
    # The shape of a record
    "empty": "Nothing stands where a value is meant.",
    "missing-key": "A key that must be there is not.",
    "not-list": "Something else stands where a list is meant.",
    "not-mapping": "Something else stands where keys with values are meant.",
    "not-text": "Something else stands where text is meant.",
    "not-valid": "A value breaks a rule that has no words of its own yet.",
    "unknown-key": "A key is not known.",
    # Values
    "choice": "A value is none of the few that are allowed.",
    "contact": "The contact cannot be sent in a header.",
    "cycle": "A value is not the number of a release.",
    "date": "A value is not a date, or one of another age.",
    "date-time": "A value is not a date and time with its offset from UTC, or one of another age.",
    "number": "A value is not a whole number above 0.",
    "pypi-name": "A value cannot be the name of a project on PyPI.",
    "repository": "A value is not the address of a repository.",
    "several-lines": "A text that belongs on one line has more.",
    "slug": "A value cannot be part of an address of ours.",
    "spaces": "A text begins or ends with a space.",
    "tag": "A value is not a tag.",
    "time-zone": "A value is not the name of a time zone.",
    "too-long": "A text is longer than its field allows.",
    "truth": "A value is neither true nor false.",
    "url": "A value is not an address that can be a link.",
    "url-host": "An address leads to something other than an ordinary public name.",
    "url-port": "An address names a port.",
    "url-scheme": "An address is not one of the web.",
    "url-user": "An address holds a user name.",
    # Records beside each other
    "address-taken": "A text would stand at an address that is another page's.",
    "cell-elsewhere": "A grid's feature has a cell for a package that is not in the grid.",
    "dates-order": "A record was changed before it was created.",
    "feature-twice": "Two features of a grid have the same title.",
    "id-removed": "An id belongs to something that was removed.",
    "id-twice": "Two records of one kind have the same id.",
    "listed-twice": "A list names something twice.",
    "pypi-twice": "Two packages have the same project on PyPI.",
    "replacement-circle": "Packages replace each other in a circle.",
    "replacement-conflict": "Records differ about what replaces a package.",
    "replacement-self": "A package replaces itself.",
    "repository-twice": "Two packages have the same repository.",
    "slug-alike": "The name of a new file is another one's but for - and _.",
    "slug-taken": "The name for a new file is another's already, or was that of something removed.",
    "snapshot-orphan": "A snapshot belongs to no package.",
    "unknown-category": "A record names a category that does not exist.",
    "unknown-package": "A record names a package that does not exist.",
    # What a change does to the records before it
    "bot-owned": "A person's change touches what only the program writes.",
    "id-changed": "The id of a record is another one than before, or is gone.",
    "tombstone-missing": "An id is in no record any more, and in no tombstone.",
}
"""What each code of a `Problem` means, in a line. A code that was given once keeps its meaning for ever."""


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
        return f"{count} {noun} in {files} {'file' if files == 1 else 'files'}."


class LostError(BuilderError):
    """Another process of ours ended without a word, as one does that the system kills for want of memory."""

    def __init__(self) -> None:
        super().__init__("A process that made a part of the work was ended. Is there too little memory?")


class SiteError(BuilderError):
    """The outputs and the folder to write to do not fit each other."""


class VerificationError(BuilderError):
    """A live address answers otherwise than it should, or does not say what it should answer."""


class UpstreamError(BuilderError):
    """An upstream failed so that the run cannot be called good; what was fetched before is kept."""

    exit_code: ClassVar[int] = 3


class GuardRefusedError(BuilderError):
    """A change is too large or too odd to be true; the old state is kept."""

    exit_code: ClassVar[int] = 4
