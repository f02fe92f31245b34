"""Dates that contradict each other."""

from collections.abc import Iterator

from builder.checks.kinds import kinds
from builder.entries import Records
from builder.errors import Problem


def dates_are_in_order(data: Records) -> Iterator[Problem]:
    """Yield records of which it is written that they were changed before they were created."""
    for _, entries, _ in kinds(data):
        for entry in entries:
            created, modified = entry.record.created, entry.record.modified
            if created and modified and modified < created:
                message = f"is before created, {created.isoformat()}"
                hint = "Exchange the two dates, or correct the wrong one."
                yield entry.problem(("modified",), "dates-order", message, hint, modified.isoformat())
