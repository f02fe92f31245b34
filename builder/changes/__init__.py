"""What a change does: to the problems, to the records, to what the site answers."""

from builder.changes.problems import Review, review
from builder.changes.revisions import Base, RevisionError, find

__all__ = ["Base", "Review", "RevisionError", "find", "review"]
