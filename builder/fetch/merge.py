"""An answer into a snapshot: what is taken, what is kept, and what a person should look at."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from builder import derive
from builder.entries import Entry
from builder.fetch.journal import Answered, part_of
from builder.fetch.summary import Proposal
from builder.metadata import RepositoryFacts, Snapshot, Source, State
from builder.records import PackageRecord

TOMBSTONE_AFTER: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Merged:
    """The snapshot as it is to be; `changed` tells whether anything that was said is new."""

    snapshot: Snapshot
    changed: bool
    proposals: list[Proposal] = field(default_factory=list)


def merge(upstream: str, known: Snapshot, answered: Answered, entry: Entry[PackageRecord]) -> Merged:
    """Put an answer into a snapshot.

    A failure alters no fact. Facts of another repository than the known one are not taken (the forge's id tells), and a
    new owner or name is proposed to a person. `last_fetched` moves only when anything that was said has changed.
    """
    facts = answered.facts
    if isinstance(facts, RepositoryFacts) and _is_another(known.repository, facts):
        reason = f"another repository ({facts.id}) answers under the name of the known one"
        proposal = Proposal(entry.slug, entry.path, f"taken over? {reason}: look, and mend or remove the address")
        return Merged(_with_state(upstream, known, answered, "taken over", reason), changed=False, proposals=[proposal])
    snapshot, changed = _take(upstream, known, answered)
    state, reason = _state(answered)
    snapshot = _with_state(upstream, snapshot, answered, state, reason)
    return Merged(snapshot, changed, [*_moves(known, answered, entry), *_missing(upstream, snapshot, answered, entry)])


def _take(upstream: str, known: Snapshot, answered: Answered) -> tuple[Snapshot, bool]:
    facts = answered.facts
    if facts is None:
        return known, False
    snapshot = known.model_copy(update={part_of(facts): facts})
    if said(snapshot) == said(known):
        return snapshot, False
    source = known.sources.get(upstream, Source()).model_copy(update={"changed": answered.at})
    update = {"last_fetched": answered.at, "sources": known.sources | {upstream: source}}
    return snapshot.model_copy(update=update), True


def said(snapshot: Snapshot) -> dict[str, Any]:
    """Give what upstreams said, without our own marks of when and where we stand."""
    return snapshot.model_dump(exclude={"last_fetched": True, "sources": True, "pypi": {"serial"}})


def _state(answered: Answered) -> tuple[State, str]:
    states: dict[str, State] = {"gone": "missing", "failed": "failed"}
    return states.get(answered.said, "ok"), answered.reason


def _with_state(upstream: str, snapshot: Snapshot, answered: Answered, state: State, reason: str) -> Snapshot:
    """Note how it stands with an upstream; the time is of the change: a night like the last one writes nothing."""
    before = snapshot.sources.get(upstream, Source())
    since = None if state == "ok" else before.since if before.state == state else answered.at
    after = before.model_copy(update={"state": state, "since": since, "reason": reason})
    if after == before:
        return snapshot
    sources = dict(sorted((snapshot.sources | {upstream: after}).items()))
    return snapshot.model_copy(update={"sources": sources})


def _is_another(known: RepositoryFacts | None, new: RepositoryFacts) -> bool:
    return known is not None and known.id is not None and new.id is not None and known.id != new.id


def _moves(known: Snapshot, answered: Answered, entry: Entry[PackageRecord]) -> list[Proposal]:
    """Propose the address that a repository has now, and tell of a new owner."""
    facts, before = answered.facts, known.repository
    written = derive.repository(entry.record.repository)
    if not isinstance(facts, RepositoryFacts) or facts.name is None or written is None:
        return []
    proposals = []
    if before is not None and before.owner and facts.owner and before.owner != facts.owner:
        reason = f"the repository has another owner now ({facts.name}): look whether the project is still the same"
        proposals.append(Proposal(entry.slug, entry.path, reason))
    if facts.name.casefold() != written.path.casefold():
        now = derive.RepositoryName(written.host, facts.name)
        reason = f"the repository {written.path} is called {facts.name} now"
        proposals.append(Proposal(entry.slug, entry.path, reason, f"repository: {now.url}"))
    return proposals


def _missing(upstream: str, snapshot: Snapshot, answered: Answered, entry: Entry[PackageRecord]) -> list[Proposal]:
    source = snapshot.sources.get(upstream, Source())
    if source.state != "missing" or source.since is None or answered.at - source.since < TOMBSTONE_AFTER:
        return []
    reason = f"missing at {upstream} for {(answered.at - source.since).days} days ({source.reason})"
    return [Proposal(entry.slug, entry.path, reason, "remove the file, and add its id to data/tombstones.yaml")]
