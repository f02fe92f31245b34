"""What a person should know of an import: every value that did not come as it is, with what can be done about it."""

from dataclasses import dataclass
from typing import Final, Literal

from builder.entries import show_value

What = Literal["slug", "value", "text", "skipped", "conflict", "id", "unknown", "differs"]

WHATS: Final[dict[What, str]] = {
    "slug": "Slugs that cannot be ours",
    "value": "Values that cannot be kept",
    "text": "Addresses kept as text for the API alone",
    "skipped": "Items that were not taken",
    "conflict": "What people wrote here, and stays",
    "id": "Ids and dates that had to make way",
    "unknown": "Keys that are not known here",
    "differs": "Answers that are not as there",
}
"""What each kind of remark is about, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing. `address` is the item's there, `value` what stands there, `done` what became of it here."""

    what: What
    address: str
    field: str
    value: str
    done: str
    remedy: str = ""

    def __str__(self) -> str:
        """A line: where, what, what was done, what can be done."""
        found = f"{self.field} {self.value}".strip()
        return f"{self.address}  {found}: {self.done}" + (f" {self.remedy}" if self.remedy else "")


def shown(value: object) -> str:
    """Give a value for a remark."""
    return "null" if value is None else show_value(value)
