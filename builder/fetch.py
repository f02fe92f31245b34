"""Ask upstreams about packages, and keep the last good answers.

A failure never alters a fact. Every snapshot is written as soon as its answer is there, so that a run that was killed
and is started again ends as one that was not. `last_fetched` moves only when something that an upstream said has
changed, so that a night without news writes nothing.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from builder import snapshots
from builder.entries import Data
from builder.errors import BuilderError, UpstreamError
from builder.metadata import PyPIFacts, Snapshot
from builder.upstreams.base import (
    AnyFacts,
    Failed,
    Fetched,
    Gone,
    Outcome,
    Question,
    Skipped,
    Unchanged,
    Upstream,
)

ENOUGH_FAILURES: Final = 5  # fewer say nothing about an upstream
FAILURE_SHARE: Final = 0.2

Verdict = Literal["fetched", "unchanged", "gone", "failed", "skipped", "not asked"]
VERDICTS: Final[tuple[Verdict, ...]] = ("fetched", "unchanged", "gone", "failed", "skipped", "not asked")
_OF_OUTCOME: Final[Mapping[type, Verdict]] = {Unchanged: "unchanged", Gone: "gone", Failed: "failed"}
_NEED_A_LOOK: Final = frozenset({"gone", "failed"})


class Progress(Protocol):
    """Is told of every package that is done with, in order. `total` counts a package once for each upstream."""

    def __call__(self, done: int, total: int, slug: str, outcome: Outcome | Skipped, /) -> None:
        """Take note."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """What came of asking one upstream about one package; `reason` is for people, "" where all is well.

    `unchanged` is also an answer that came whole and said nothing new; `not asked` is what was left when an upstream
    was given up.
    """

    slug: str
    upstream: str
    verdict: Verdict
    reason: str = ""


@dataclass(slots=True)
class Summary:
    """What a run did. `stopped` gives, for each upstream that was given up, why."""

    results: list[Result] = field(default_factory=list)
    requests: int = 0
    stopped: dict[str, str] = field(default_factory=dict)

    def count(self, verdict: Verdict) -> int:
        """Give how many results there are of a kind."""
        return sum(result.verdict == verdict for result in self.results)

    def error(self) -> UpstreamError | None:
        """Give what stops the command, for the caller to raise: an upstream was given up, or no answer was good."""
        if self.stopped:
            return UpstreamError("; ".join(f"{name}: {reason}" for name, reason in self.stopped.items()))
        if self.count("failed") and not any(self.count(good) for good in ("fetched", "unchanged", "gone")):
            return UpstreamError("No answer could be used; nothing was changed.")
        return None

    def lines(self) -> list[str]:
        """Give the summary for people: the counts, then each package that needs a look; the skipped ones by reason."""
        counts = ", ".join(f"{self.count(verdict)} {verdict}" for verdict in VERDICTS if self.count(verdict))
        requests = "1 request" if self.requests == 1 else f"{self.requests} requests"
        return [
            f"{counts or 'nothing to fetch'} ({requests})",
            *(f"{r.verdict}: {r.slug}: {r.upstream}: {r.reason}" for r in self.results if r.verdict in _NEED_A_LOOK),
            *_skipped(self.results),
            *(f"{name}: {reason}" for name, reason in self.stopped.items()),
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_dict(self) -> dict[str, Any]:
        """Give the summary for programs: counts by verdict, requests, what was stopped, all results."""
        counts = {verdict: self.count(verdict) for verdict in VERDICTS}
        results = [asdict(result) for result in self.results]
        return {"counts": counts, "requests": self.requests, "stopped": dict(self.stopped), "results": results}


def _skipped(results: Iterable[Result]) -> list[str]:
    reasons = Counter(f"{r.upstream}: {r.reason}" for r in results if r.verdict == "skipped")
    return [f"skipped: {count} x {reason}" for reason, count in sorted(reasons.items())]


def fetch(  # noqa: PLR0913, PLR0917 - what a run depends on, most important first
    data: Data,
    folder: Path,
    upstreams: Sequence[Upstream],
    now: Callable[[], datetime],
    only: Collection[str] = (),
    progress: Progress | None = None,
    *,
    again: bool = False,
) -> Summary:
    """Ask every upstream about all packages, or `only` those, and write the snapshots under `folder` (data/) anew.

    With `again` full answers are wanted, also where an upstream says that nothing has changed: after a new field, and
    now and then for what moves no serial.

    An upstream of which more than a fifth of the answers (and at least five) are failures is given up: the summary says
    so. Raises `BuilderError` for a slug that is no package's.
    """
    slugs = _due(data, only)
    run = _Run(folder, now, progress, dict(data.snapshots), total=len(slugs) * len(upstreams))
    for upstream in upstreams:
        run.ask(upstream, data, slugs, again=again)
    return run.summary


def _due(data: Data, only: Collection[str]) -> list[str]:
    """Give the slugs to ask about, sorted."""
    for slug in sorted(set(only) - set(data.packages)):
        close = get_close_matches(slug, data.packages, n=1)
        raise BuilderError(f"There is no package {slug!r}" + (f"; did you mean {close[0]!r}?" if close else "."))
    return sorted(set(only) or data.packages)


@dataclass(slots=True)
class _Run:
    folder: Path
    now: Callable[[], datetime]
    progress: Progress | None
    snapshots: dict[str, Snapshot]
    total: int
    summary: Summary = field(default_factory=Summary)

    def ask(self, upstream: Upstream, data: Data, slugs: Sequence[str], *, again: bool) -> None:
        """Ask one upstream about all packages that it knows."""
        before = upstream.requests
        questions: dict[str, Question] = {}
        for slug in slugs:
            name = upstream.project(data.packages[slug].record)
            if isinstance(name, Skipped):
                self._note(upstream, slug, "skipped", name)
            else:
                questions[slug] = Question(slug, name, self.snapshots.get(slug, Snapshot()), again)
        try:
            self._listen(upstream, questions)
        finally:
            self.summary.requests += upstream.requests - before

    def _listen(self, upstream: Upstream, questions: Mapping[str, Question]) -> None:
        waiting, failures = dict(questions), 0
        for slug, outcome in upstream.ask(list(questions.values())):
            del waiting[slug]
            self._take(upstream, slug, outcome)
            failures += isinstance(outcome, Failed)
            answers = len(questions) - len(waiting)
            if failures >= ENOUGH_FAILURES and failures > FAILURE_SHARE * answers:
                self._give_up(upstream, waiting, f"given up: {failures} of {answers} answers were failures")
                return
        for slug in waiting:
            self._take(upstream, slug, Failed("was not answered"))

    def _give_up(self, upstream: Upstream, waiting: Iterable[str], reason: str) -> None:
        self.summary.stopped[upstream.name] = reason
        self.summary.results += (Result(slug, upstream.name, "not asked", reason) for slug in waiting)

    def _take(self, upstream: Upstream, slug: str, outcome: Outcome) -> None:
        """Merge an outcome into its snapshot, and write it."""
        facts = outcome.facts if isinstance(outcome, Fetched | Gone) else None
        changed = facts is not None and self._store(slug, facts)
        if isinstance(outcome, Fetched):
            self._note(upstream, slug, "fetched" if changed else "unchanged", outcome)
        else:
            self._note(upstream, slug, _OF_OUTCOME[type(outcome)], outcome)

    def _store(self, slug: str, facts: AnyFacts) -> bool:
        """Put facts in place of the known ones of their kind; tell whether they say anything new.

        A new serial alone is no news, but is written: it is what spares requests.
        """
        known = self.snapshots.get(slug, Snapshot())
        snapshot = known.model_copy(update={"pypi" if isinstance(facts, PyPIFacts) else "repository": facts})
        changed = _said(snapshot) != _said(known)
        if changed:
            snapshot = snapshot.model_copy(update={"last_fetched": self.now()})
        snapshots.save(self.folder, slug, snapshot)
        self.snapshots[slug] = snapshot
        return changed

    def _note(self, upstream: Upstream, slug: str, verdict: Verdict, outcome: Outcome | Skipped) -> None:
        reason = "" if isinstance(outcome, Fetched | Unchanged) else outcome.reason
        self.summary.results.append(Result(slug, upstream.name, verdict, reason))
        if self.progress:
            self.progress(len(self.summary.results), self.total, slug, outcome)


def _said(snapshot: Snapshot) -> dict[str, Any]:
    """Give what upstreams said, without our own marks of when and where we stand."""
    return snapshot.model_dump(exclude={"last_fetched": True, "pypi": {"serial"}})
