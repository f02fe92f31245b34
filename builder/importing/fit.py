"""Values made fit for our files: as they are, or with a remark on what became of them. Nothing is changed silently."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from builder import derive
from builder.fields import YEARS, Repository, StoredText, Title, WebUrlOrEmpty
from builder.fields.limits import TITLE_LENGTH
from builder.importing.remarks import Remark, What, shown
from builder.source.text import find_refused, without_refused

TEXT_LENGTH: Final = 10_000  # four bytes each, and the file's other keys have room

_TITLE: Final[TypeAdapter[str]] = TypeAdapter(Title)
_REPOSITORY: Final[TypeAdapter[str]] = TypeAdapter(Repository)
_DOCUMENTATION: Final[TypeAdapter[str]] = TypeAdapter(WebUrlOrEmpty)
_STORED: Final[TypeAdapter[str]] = TypeAdapter(StoredText)


def why_not(kind: TypeAdapter[str], text: str) -> str:
    """Say why a text is not of a kind; "" if it is."""
    if found := find_refused(text):
        return f"holds U+{ord(found[0][0]):04X}, which is refused"
    try:
        kind.validate_python(text)
    except ValidationError as error:
        return error.errors(include_url=False)[0]["msg"]
    return ""


def is_stored_text(text: str) -> bool:
    """Tell whether a text may stand under `imported`."""
    return not why_not(_STORED, text)


@dataclass(slots=True)
class Fitting:
    """The values of one item, whose address there is `address`."""

    address: str
    remarks: list[Remark] = field(default_factory=list)

    def note(self, what: What, name: str, value: object, done: str, remedy: str = "") -> None:
        """Add a remark on a field."""
        self.remarks.append(Remark(what, self.address, name, shown(value), done, remedy))

    def title(self, name: str, text: str | None, instead: str) -> str:
        """Give a title: as it is, or without what a title cannot have, or else something instead."""
        if text is not None and not (reason := why_not(_TITLE, text)):
            return text
        made = " ".join(without_refused(text or "").split())[:TITLE_LENGTH].rstrip() or instead
        reason = "is null" if text is None else reason
        self.note("value", name, text, f"{reason}; {shown(made)} was taken.", "Choose a better one in the file.")
        return made

    def text(self, name: str, text: str | None) -> str:
        """Give a text of any length: without characters that are refused in files."""
        if text is None:
            self._is_null(name)
            return ""
        made = without_refused(text)
        if made != text:
            reason = "holds characters that nobody sees, or that turn the direction of writing"
            self.note("value", name, text, f"{reason}; they were left out.", "Put in what was meant.")
        if len(made) > TEXT_LENGTH:
            self.note("value", name, text, f"has {len(made)} characters; the first {TEXT_LENGTH} were taken.")
        return made[:TEXT_LENGTH]

    def repository(self, text: str | None) -> tuple[str, str | None]:
        """Give `repository`, and what `imported.repo_url` must have."""
        if text is None:
            self._is_null("repo_url")
        return self._address("repo_url", "repository", text, _REPOSITORY) if text else ("", None)

    def documentation(self, text: str | None) -> tuple[str | None, str | None]:
        """Give `documentation`, which may be null, and what `imported.documentation_url` must have."""
        return self._address("documentation_url", "documentation", text, _DOCUMENTATION) if text else (text, None)

    def _is_null(self, name: str) -> None:
        self.note("value", name, None, "cannot be kept; it is empty here.")

    def _address(self, name: str, key: str, text: str, kind: TypeAdapter[str]) -> tuple[str, str | None]:
        reason = why_not(kind, text)
        if not reason:
            return text, None
        remedy = f"Write the right one under {key}, and take {name} away."
        if is_stored_text(text):
            self.note("text", name, text, f"{reason}: nobody links to it.", remedy)
            return "", text
        self.note("value", name, text, f"{reason}; it was left out.", f"Write the right one under {key}.")
        return "", None

    def pypi(self, text: str | None, index: str) -> tuple[str | None, str | None]:
        """Give `pypi` and `pypi_url`: the text only where it does not follow from the name."""
        if text is None:
            self._is_null("pypi_url")
        if not text:
            return None, None
        name = derive.name_on_pypi(text)
        if name is not None and derive.pypi_page(name, index) == text:
            return name, None
        if reason := why_not(_STORED, text):
            self.note("value", "pypi_url", text, f"{reason}; it was left out.", "Write the name under pypi.")
            return name, None
        return name, text

    def moment(self, name: str, value: datetime) -> datetime | None:
        """Give a date of ours, None for one of another age."""
        for moment in (value, _utc(value)):
            if moment is not None and moment.year in YEARS:
                return moment
        self.note("value", name, value.isoformat(), "is not of our time; it was left out.", "Write the right date.")
        return None

    def count(self, name: str, value: int | None) -> int | None:
        """Give a number of things."""
        if value is None or value >= 0:
            return value
        self.note("value", name, value, "is below zero; it counts as not known.", "The next refresh mends it.")
        return None

    def weeks(self, name: str, value: Sequence[int]) -> tuple[int, ...] | None:
        """Give commits a week; None where none are told."""
        if len(value) <= derive.WEEKS and min(value, default=0) >= 0:
            return tuple(value) or None
        self.note("value", name, value, "is more than a year, or below zero; it was left out.", "A refresh mends it.")
        return None


def _utc(value: datetime) -> datetime | None:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None
