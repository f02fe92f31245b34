"""Ask upstreams about packages, and keep the last good answers.

A failure never alters a fact. Answers are kept in a journal as they come, so that a run that was killed and is started
again ends as one that was not; they reach the snapshots only after the guards have looked at all of a host's.
An answer that says nothing new writes nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from builder.entries import Data, nearest
from builder.errors import BuilderError
from builder.fetch.cursors import Cursors
from builder.fetch.hearing import Hearing, label
from builder.fetch.journal import Journal
from builder.fetch.known import Known
from builder.fetch.run import Progress, Run
from builder.fetch.summary import VERDICTS, Proposal, Result, Summary
from builder.fetch.turns import not_tonight
from builder.metadata import Snapshot
from builder.upstreams.base import Plan, Question, Skipped, Upstream
from builder.upstreams.limits import Budget

__all__ = ["VERDICTS", "Progress", "Proposal", "Result", "Summary", "fetch", "plan"]

_LIKENESS: Final = 0.6  # of a slug typed on the command line, where a wrong guess does no harm


def fetch(  # noqa: PLR0913, PLR0917 - what a run depends on, most important first
    data: Data,
    folder: Path,
    upstreams: Sequence[Upstream],
    now: Callable[[], datetime],
    only: Collection[str] = (),
    progress: Progress | None = None,
    *,
    budget: Budget | None = None,
    again: bool = False,
    accept: Collection[str] = (),
) -> Summary:
    """Ask every upstream about all packages, or `only` those, and write the snapshots under `folder` (data/) anew.

    With `again` full answers are wanted, also where an upstream says that nothing has changed: after a new field, and
    now and then for what moves no serial. What upstreams in `accept` (by name) say is taken in spite of the guards,
    once a person has seen that it is true; failures never are. `budget` is the one that the upstreams were made with.

    Hosts are asked by turns. One of which more than a fifth of the packages (and at least five) failed is given up, and
    what it said is thrown away, as it is where another guard refuses; its packages are noted as failed. One that turns
    us away is asked no more, nor one whose upstream breaks; what it said stays. When the budget is spent, the next run
    goes on with what was not asked, and asks nobody twice before (`Cursors`); a run about some packages does not touch
    that. Raises `BuilderError` for a slug that is no package's.
    """
    slugs = _due(data, only)
    known = Known(data.snapshots, folder)
    cursors = Cursors(folder)
    # Who asks for some packages wants to know now.
    tonight = None if only else _Tonight(now().astimezone(UTC).date(), cursors)
    asked = [_sort_out(data, upstream, slugs, known, tonight, again=again) for upstream in upstreams]
    hosts = {host.name: host for each in asked for host in each.hosts()}
    cursors.begin([upstream.name for upstream in upstreams], hosts)
    total = sum(len(each.questions) + len(each.skipped) for each in asked)
    run = Run(data, folder, known, now, budget or Budget(), accept, progress, total)
    for each in asked:
        run.skip(each.upstream.name, each.skipped)
    with ExitStack() as stack:
        hearings = []
        for name in cursors.order(hosts):
            # A run about some packages must not throw away what a killed full one left.
            journal = stack.enter_context(Journal(folder, name + (".only" if only else ""), now()))
            hearings.append(hosts[name].hearing(journal, None if only else cursors))
        run.ask(hearings)
        others = {hearing.name: run.conclude(hearing) for hearing in hearings}
    if not only:
        _note(cursors, hearings, others, run.summary)
        cursors.save()
    # To the last, so that a run that is killed here goes on with what it was told.
    for hearing in hearings:
        hearing.journal.forget()
    return run.summary


def plan(data: Data, upstreams: Sequence[Upstream], only: Collection[str] = ()) -> list[tuple[str, int, Plan]]:
    """Give, for each upstream, its name, the number of packages that it would be asked about, and what that costs.

    Nothing is sent. Raises `BuilderError` for a slug that is no package's.
    """
    return list(_plans(data, upstreams, _due(data, only)))


def _plans(data: Data, upstreams: Sequence[Upstream], slugs: Sequence[str]) -> Iterator[tuple[str, int, Plan]]:
    for upstream in upstreams:
        questions = _sort_out(data, upstream, slugs, data.snapshots, None).questions
        yield upstream.name, len(questions), upstream.plan(questions)


def _due(data: Data, only: Collection[str]) -> list[str]:
    """Give the slugs to ask about, sorted."""
    for slug in sorted(set(only) - set(data.packages)):
        close = nearest(slug, data.packages, _LIKENESS)
        raise BuilderError(f"There is no package {slug!r}" + (f"; did you mean {close!r}?" if close else "."))
    return sorted(set(only) or data.packages)


@dataclass(frozen=True, slots=True)
class _Tonight:
    """What tells whose turn it is."""

    today: date
    cursors: Cursors

    def leaves(self, upstream: Upstream, question: Question) -> Skipped | None:
        """Give why a package is left for another night; a host that is not through with its round leaves nobody."""
        if self.cursors.get(label(upstream.name, upstream.host(question.name))):
            return None
        return not_tonight(upstream, question, self.today)


@dataclass(slots=True)
class _Host:
    """What is to be asked of one host; `left` are more of its packages, by slug, which are left for another night."""

    upstream: Upstream
    name: str
    questions: list[Question] = field(default_factory=list)
    left: Sequence[str] = ()

    def hearing(self, journal: Journal, cursors: Cursors | None) -> Hearing:
        """Give the questions in the order in which they are to be asked: by the cursors, where there are any."""
        first, second = cursors.split(self.name, self.questions) if cursors else (self.questions, [])
        return Hearing(self.upstream, self.name, first, second, self.left, journal)


@dataclass(slots=True)
class _Asked:
    """What is to be asked of an upstream, and what is skipped; `left` are those left for another night, by host."""

    upstream: Upstream
    questions: list[Question] = field(default_factory=list)
    skipped: dict[str, Skipped] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)

    def hosts(self) -> Iterable[_Host]:
        """Give what is to be asked of each host; nothing where it is nobody's turn."""
        upstream = self.upstream
        hosts = {host: _Host(upstream, label(upstream.name, host), left=left) for host, left in self.left.items()}
        for question in self.questions:
            host = upstream.host(question.name)
            hosts.setdefault(host, _Host(upstream, label(upstream.name, host))).questions.append(question)
        return hosts.values()


def _sort_out(  # noqa: PLR0913 - what it depends on
    data: Data,
    upstream: Upstream,
    slugs: Sequence[str],
    known: Mapping[str, Snapshot],
    tonight: _Tonight | None,
    *,
    again: bool = False,
) -> _Asked:
    """Give what is to be asked; `tonight` is None where everybody has their turn."""
    asked = _Asked(upstream)
    for slug in slugs:
        name = upstream.project(data.packages[slug].record)
        if isinstance(name, Skipped):
            if name.reason:  # otherwise it is another upstream's affair
                asked.skipped[slug] = name
            continue
        question = Question(slug, name, known, again)
        if tonight and (later := tonight.leaves(upstream, question)):
            asked.skipped[slug] = later
            asked.left.setdefault(upstream.host(name), []).append(slug)
        else:
            asked.questions.append(question)
    return asked


def _note(cursors: Cursors, hearings: Sequence[Hearing], others: Mapping[str, Collection[str]], run: Summary) -> None:
    """Note where the next run begins; `others` are the slugs, by host, that there is no answer about."""
    has_begun = any(question.slug in hearing.answers for hearing in hearings for question in hearing.second)
    starts: dict[str, str] = {}
    # Who did not get on at all comes first.
    for hearing in sorted(hearings, key=lambda each: each.requests > 0):
        if _is_stuck(hearing, run):
            starts[hearing.name] = cursors.get(hearing.name)
        else:
            due = hearing.questions if has_begun else hearing.first
            starts[hearing.name] = next((each.slug for each in due if each.slug in others[hearing.name]), "")
    # A round that takes more nights is to reach those, too, who were left for one of them.
    left = {each.name: each.left[0] for each in hearings if each.left and not _is_stuck(each, run)}
    is_open = any(starts.values())
    for name, slug in starts.items():
        cursors.set(name, min(filter(None, (slug, left.get(name))), default="") if is_open else "")


def _is_stuck(hearing: Hearing, run: Summary) -> bool:
    """Tell whether a host did not get on, or nothing of it is taken: then its place does not move."""
    return bool(hearing.stop) and (hearing.name in run.refused or not hearing.answers)
