"""An answer into a snapshot: what is taken, what is kept, and what a person should look at."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from builder import derive
from builder.entries import Entry
from builder.fetch.journal import Answered
from builder.fetch.parts import filled_by, known_part, part_of
from builder.fetch.summary import Proposal
from builder.metadata import RepositoryFacts, Snapshot, Source, State
from builder.records import PackageRecord
from builder.upstreams.base import AnyFacts
from builder.upstreams.text import web_url

TOMBSTONE_AFTER: Final = timedelta(days=14)

# How far we have read, which is not what was said.
_MARKS: Final = ("serial", "commits_since", "participants_on", "updated")
_LOOK: Final = "look whether the project is still the same"


@dataclass(frozen=True, slots=True)
class Merged:
    """The snapshot as it is to be; `changed` tells whether anything that was said is new.

    With `taken_over` nothing of it was taken, since it is about another repository.
    """

    snapshot: Snapshot
    changed: bool
    proposals: list[Proposal] = field(default_factory=list)
    taken_over: bool = False


def merge(upstream: str, known: Snapshot, answered: Answered, entry: Entry[PackageRecord]) -> Merged:
    """Put an answer into a snapshot.

    A failure alters no fact. Facts of another repository than the known one are not taken, and a new owner or name is
    proposed to a person. `last_fetched` moves only when anything that was said has changed. To merge an answer twice is
    to merge it once.
    """
    before = known.sources.get(upstream, Source())
    if is_taken_over(upstream, known, answered) and isinstance(answered.facts, RepositoryFacts):
        reason = f"another repository ({answered.facts.id}) answers under the name of the known one"
        proposal = Proposal(entry.slug, entry.path, f"taken over? {reason}: look, and mend or remove the address")
        source = _with_state(before, answered, "taken over", reason)
        return Merged(_with_source(upstream, known, source), changed=False, proposals=[proposal], taken_over=True)
    snapshot, changed = _take(known, answered)
    source = _with_state(before, answered, *_state(before, answered))
    if changed:
        source = source.model_copy(update={"changed": answered.at})
    if answered.is_good and filled_by(upstream) == "repository" and snapshot.repository is not None:
        source = source.model_copy(update={"asked": answered.name})
        snapshot = _without_other_forges(upstream, snapshot)
    snapshot = _with_source(upstream, snapshot, source)
    return Merged(snapshot, changed, _proposals(upstream, known, snapshot, answered, entry))


def is_taken_over(upstream: str, known: Snapshot, answered: Answered) -> bool:
    """Tell whether another repository than the known one answers to its name: the forge's id tells.

    Where the record names another address than the one that the known facts are of, a person has changed it.
    """
    before, facts = known.repository, answered.facts
    if before is None or not isinstance(facts, RepositoryFacts) or None in {before.id, facts.id}:
        return False
    if asked := known.sources.get(upstream, Source()).asked:
        return before.id != facts.id and asked.casefold() == answered.name.casefold()
    # Ids of two forges cannot be compared.
    is_ours = not any(name != upstream and filled_by(name) == "repository" for name in known.sources)
    return before.id != facts.id and is_ours


def _take(known: Snapshot, answered: Answered) -> tuple[Snapshot, bool]:
    """Put facts in the place of the known ones, and tell whether they say anything else."""
    facts = answered.facts
    if facts is None:
        return known, False
    part = part_of(facts)
    if _says_the_same(known_part(known, part), facts):
        return known.model_copy(update={part: facts}), False
    return known.model_copy(update={part: facts, "last_fetched": answered.at}), True


def _says_the_same(before: AnyFacts | None, after: AnyFacts) -> bool:
    marks = {name: getattr(before, name) for name in _MARKS if hasattr(before, name)}
    return after.model_copy(update=marks) == before


def _state(before: Source, answered: Answered) -> tuple[State, str]:
    """Give how it stands after an answer, and why. A failure tells nothing of what is missing or was taken over."""
    if answered.said == "failed" and before.state in {"missing", "taken over"}:
        return before.state, before.reason
    states: dict[str, State] = {"gone": "missing", "failed": "failed"}
    return states.get(answered.said, "ok"), answered.reason


def _with_state(before: Source, answered: Answered, state: State, reason: str) -> Source:
    """Note how it stands; the time is of the change: a night like the last one writes nothing."""
    since = None if state == "ok" else before.since if before.state == state else answered.at
    return before.model_copy(update={"state": state, "since": since, "reason": reason})


def _with_source(upstream: str, snapshot: Snapshot, source: Source) -> Snapshot:
    if source == snapshot.sources.get(upstream, Source()):
        return snapshot
    return snapshot.model_copy(update={"sources": dict(sorted((snapshot.sources | {upstream: source}).items()))})


def _without_other_forges(upstream: str, snapshot: Snapshot) -> Snapshot:
    """Forget how it stood with the forge that the repository was moved away from."""
    sources = {
        name: source for name, source in snapshot.sources.items() if name == upstream or filled_by(name) != "repository"
    }
    return snapshot if len(sources) == len(snapshot.sources) else snapshot.model_copy(update={"sources": sources})


def _proposals(
    upstream: str, known: Snapshot, snapshot: Snapshot, answered: Answered, entry: Entry[PackageRecord]
) -> list[Proposal]:
    source = snapshot.sources.get(upstream, Source())
    if source.state == "missing" and source.since and answered.at - source.since >= TOMBSTONE_AFTER:
        days = (answered.at - source.since).days
        return _gone(upstream, f"missing at {upstream} for {days} days ({source.reason})", entry)
    if answered.is_good and filled_by(upstream) == "repository":
        return _moved(known.repository, snapshot.repository, entry)
    return []


def _gone(upstream: str, reason: str, entry: Entry[PackageRecord]) -> list[Proposal]:
    """Propose what to do about a package that an upstream does not know any more."""
    if filled_by(upstream) == "downloads":
        return []
    edit = "remove the file, and add its id to data/tombstones.yaml"
    if filled_by(upstream) == "pypi" and entry.record.repository:
        edit = "mend or remove the name on PyPI: the package has a repository"
    return [Proposal(entry.slug, entry.path, reason, edit)]


def _moved(before: RepositoryFacts | None, now: RepositoryFacts | None, entry: Entry[PackageRecord]) -> list[Proposal]:
    """Propose the address that a repository has now, each time until it is written, and tell of a new owner."""
    written = derive.repository(entry.record.repository)
    if now is None or now.name is None or written is None:
        return []
    other_owner = before is not None and _same(before.id, now.id) and _differ(before.owner, now.owner)
    if now.name.casefold() == written.path.casefold():
        reason = f"the repository has another owner now ({now.name}): {_LOOK}"
        return [Proposal(entry.slug, entry.path, reason)] if other_owner else []
    address = web_url(derive.RepositoryName(written.host, now.name).url)
    reason = f"the repository {written.path} is called {now.name} now"
    if other_owner or _owner(now.name) != _owner(written.path):
        reason += f", which is another owner's: {_LOOK}"
    return [Proposal(entry.slug, entry.path, reason, f"repository: {address}" if address else "")]


def _owner(path: str) -> str:
    return path.casefold().rpartition("/")[0]


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
