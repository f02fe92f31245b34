"""What a run of fetch did: for people, for programs, and for the page of a workflow run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

from builder.errors import BuilderError, GuardRefusedError, UpstreamError
from builder.upstreams.base import Failed, Gone, Outcome, Refused, Skipped, Waiting

Verdict = Literal["fetched", "unchanged", "gone", "taken over", "failed", "waiting", "skipped", "refused", "not asked"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
_OF_OUTCOME: Final[Mapping[type, Verdict]] = {
    Gone: "gone",
    Failed: "failed",
    Waiting: "waiting",
    Refused: "not asked",
    Skipped: "skipped",
}
_NEED_A_LOOK: Final = frozenset({"gone", "failed"})
_SHOWN: Final = 500  # lines on the page of a workflow run, which has a limit


def verdict(
    outcome: Outcome | Skipped, *, changed: bool = False, taken_over: bool = False, refused: bool = False
) -> Verdict:
    """Give the word for an outcome; an answer that came whole and said nothing new is `unchanged`.

    What could have been taken, but was not, is `refused` where a guard threw it away.
    """
    good: Verdict = "taken over" if taken_over else "fetched" if changed else "unchanged"
    word = _OF_OUTCOME.get(type(outcome), good)
    return "refused" if refused and word in {"fetched", "unchanged", "gone"} else word


@dataclass(frozen=True, slots=True)
class Result:
    """What came of asking one upstream about one package; `reason` is for people, "" where all is well."""

    slug: str
    upstream: str
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the data that a person should make or refuse: `path` is the file, `edit` what to write there."""

    slug: str
    path: str
    reason: str
    edit: str = ""

    def __str__(self) -> str:
        """One line, and the edit under it."""
        return f"{self.path}: {self.reason}" + (f"\n    {self.edit}" if self.edit else "")


@dataclass(slots=True)
class Summary:
    """What a run did.

    `stopped` gives, for each upstream that was given up, why; `refused` the guards' words, by upstream: what it said in
    this run was thrown away.
    """

    results: list[Result] = field(default_factory=list)
    requests: dict[str, int] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)

    def count(self, wanted: Verdict) -> int:
        """Give how many results there are of a kind."""
        return sum(result.verdict == wanted for result in self.results)

    def error(self) -> BuilderError | None:
        """Give what stops the command, for the caller to raise.

        A guard refused; an upstream turned us away; or no answer was good.
        """
        if self.refused:
            return GuardRefusedError("; ".join(f"{name}: {reason}" for name, reason in self.refused.items()))
        if self.stopped:
            return UpstreamError("; ".join(f"{name}: {reason}" for name, reason in self.stopped.items()))
        if self.count("failed") and not any(self.count(good) for good in ("fetched", "unchanged", "gone")):
            return UpstreamError("No answer could be used; nothing was changed.")
        return None

    def lines(self) -> list[str]:
        """Give the summary for people: the counts, then each package that needs a look; the others by reason."""
        counts = ", ".join(f"{self.count(kind)} {kind}" for kind in VERDICTS if self.count(kind))
        total = sum(self.requests.values())
        first = f"{counts or 'nothing to fetch'} ({total} {'request' if total == 1 else 'requests'})"
        return [first, *self._packages(), *self._upstreams()]

    def _packages(self) -> list[str]:
        return [f"{r.verdict}: {r.slug}: {r.upstream}: {r.reason}" for r in self.results if r.verdict in _NEED_A_LOOK]

    def _upstreams(self) -> list[str]:
        return [
            *_by_reason("waiting", self.results),
            *_by_reason("skipped", self.results),
            *(f"{name}: {reason}" for name, reason in (self.stopped | self.refused).items()),
            *(f"for a person: {proposal}" for proposal in self.proposals),
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_dict(self) -> dict[str, Any]:
        """Give the summary for programs: counts by verdict, requests by upstream, all results and proposals."""
        return {
            "counts": {kind: self.count(kind) for kind in VERDICTS},
            "requests": dict(self.requests),
            "stopped": dict(self.stopped),
            "refused": dict(self.refused),
            "proposals": [asdict(proposal) for proposal in self.proposals],
            "results": [asdict(result) for result in self.results],
        }

    def as_markdown(self) -> str:
        """Give the summary as the page of a workflow run shows it: a table by upstream, the rest under it."""
        kinds = [kind for kind in VERDICTS if self.count(kind)]
        counts = Counter((result.upstream, result.verdict) for result in self.results)
        names = sorted({result.upstream for result in self.results})
        table = [
            _row("upstream", "requests", *kinds),
            _row(*["---"] * (len(kinds) + 2)),
            *(_row(name, self.requests.get(name, 0), *(counts[name, kind] for kind in kinds)) for name in names),
        ]
        lines = [f"- {_plain(line)}" for line in (*self._upstreams(), *self._packages())]
        more = [f"- and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
        return "\n".join(["## Refresh", "", *table, "", *lines[:_SHOWN], *more]).rstrip("\n") + "\n"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _by_reason(kind: Verdict, results: Iterable[Result]) -> list[str]:
    reasons = Counter(f"{r.upstream}: {r.reason}" for r in results if r.verdict == kind)
    return [f"{kind}: {count} x {reason}" for reason, count in sorted(reasons.items())]


def _plain(line: str) -> str:
    """Give a line in which Markdown and HTML find nothing to act on: parts of it came from upstreams."""
    return f"`` {' '.join(line.split()).replace('`', ' ')} ``"
