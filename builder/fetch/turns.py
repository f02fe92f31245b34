"""Whose turn it is tonight, where a host answers one repository a request: the others have theirs another night.

A host that answers a hundred at once is asked about all of them. One that does not would take more requests for the
last few packages of a catalogue than the others for all the rest.
"""

from datetime import date
from zlib import crc32

from builder.metadata import Snapshot, Source
from builder.upstreams.base import Question, Skipped, Upstream


def not_tonight(upstream: Upstream, question: Question, today: date) -> Skipped | None:
    """Give why a package is left for another night; None where it is its turn.

    It always is where nothing is known yet, where the upstream was not well the last time, and where all is asked
    again. Who asks sees to it that nobody is left while a round takes several nights (`cursors`).
    """
    turn = (crc32(question.slug.encode()) + today.toordinal()) % upstream.nights == 0
    if turn or question.again or _is_in_doubt(question.snapshot, upstream.name):
        return None
    return Skipped(f"is asked about every {upstream.nights} nights")


def _is_in_doubt(snapshot: Snapshot, upstream: str) -> bool:
    return snapshot.repository is None or snapshot.sources.get(upstream, Source(state="failed")).state != "ok"
