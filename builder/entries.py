"""The data as it was read: each record with its file and the place of every value in it.

This is what the loader gives, what the checks look at, and what the catalogue is made of.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeAlias, TypeVar

from builder.config import Settings
from builder.errors import Problem
from builder.metadata import Snapshot
from builder.records import (
    CategoryRecord,
    GridRecord,
    PackageRecord,
    PostRecord,
    ProductRecord,
    Record,
    TextRecord,
    TombstonesRecord,
)

Field = tuple[str | int, ...]
"""The way to a value in a file: keys and positions, () for the whole."""
Marks = Mapping[Field, tuple[int, int]]
"""Line and column, from 1, of every value of a file.

The place is where the text of the value begins; where there is none on the line (a list, a mapping, nothing at all), it
is the value's key, or the item's own beginning in a list. () is the beginning of the outermost mapping. A column counts
code points.
"""

R_co = TypeVar("R_co", bound=Record, covariant=True)

VALUE_LENGTH: Final = 60  # of a value that is shown in a message
LIKENESS: Final = 0.75  # from 0 to 1, of a name that is offered for one that is not known


def show_field(way: Field) -> str:
    """Give the way to a value as people write it: `features[0].cells`."""
    text = ""
    for step in way:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def show_value(value: object) -> str:
    """Give a value for a message: as text, quoted, and not longer than a line bears."""
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…")


def nearest(name: str, known: Iterable[str], likeness: float = LIKENESS) -> str:
    """Give the one name out of `known` that is most like `name`; "" where none is like it."""
    found = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=likeness)
    return found[0] if found else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Ask for the name that is nearest; "" where none is."""
    found = nearest(name, known)
    return f"Did you mean {found}?" if found else ""


def place(marks: Marks, way: Field) -> tuple[int, int]:
    """Give line and column of a value; where it is missing, of the nearest thing around it."""
    while way and way not in marks:
        way = way[:-1]
    return marks.get(way, (1, 1))


@dataclass(frozen=True, slots=True)
class Entry(Generic[R_co]):
    """A record, and where it stands. `path` is relative to the folder that holds data/, with slashes.

    `lacking` holds the keys whose value could not be used: what the record has for them is nobody's word, and what it
    does not have may be there. Such an entry is in no `Data`.
    """

    path: str
    slug: str
    record: R_co
    marks: Marks
    lacking: frozenset[str] = frozenset()

    def problem(self, way: Field, code: str, message: str, hint: str = "", value: object = None) -> Problem:
        """Make a problem of the value at `way`."""
        line, column = place(self.marks, way)
        shown = "" if value is None else show_value(value)
        return Problem(self.path, line, column, code, message, hint, show_field(way), shown)


@dataclass(frozen=True, slots=True)
class Article(Generic[R_co]):
    """A text in Markdown, with what stands before it. `line` is the line of the file on which `body` begins."""

    entry: Entry[R_co]
    body: str
    line: int

    @property
    def slug(self) -> str:
        """The name of its file, and the end of its address."""
        return self.entry.slug

    @property
    def record(self) -> R_co:
        """What stands before the text."""
        return self.entry.record


AnyEntry: TypeAlias = Entry[PackageRecord] | Entry[GridRecord] | Entry[CategoryRecord]
"""An entry of one of the three kinds."""


@dataclass(frozen=True, slots=True)
class Records:
    """All that could be read under data/, but for the settings, by slug; nothing is joined yet. It is fit for checks.

    `broken` holds, for each kind (`packages` and so on), the slugs of the files that are there but could not be used:
    what refers to one of them is not wrong for that. `moved` has what `derive.moved` says of snapshots, where they are
    kept. `folder` is the name of data/ in paths.
    """

    packages: Mapping[str, Entry[PackageRecord]] = field(default_factory=dict)
    grids: Mapping[str, Entry[GridRecord]] = field(default_factory=dict)
    categories: Mapping[str, Entry[CategoryRecord]] = field(default_factory=dict)
    tombstones: TombstonesRecord = field(default_factory=TombstonesRecord)
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    products: Mapping[str, Entry[ProductRecord]] = field(default_factory=dict)
    texts: Mapping[str, Article[TextRecord]] = field(default_factory=dict)
    posts: Mapping[str, Article[PostRecord]] = field(default_factory=dict)
    tombstone_marks: Marks = field(default_factory=dict)
    broken: Mapping[str, frozenset[str]] = field(default_factory=dict)
    moved: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    folder: str = "data"


@dataclass(frozen=True, slots=True)
class Data(Records):
    """The records and the settings of a folder in which every file could be read as it is: what a build is made of."""

    settings: Settings = field(kw_only=True)
