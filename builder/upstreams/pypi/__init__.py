"""PyPI, or an index that speaks as it does: what a project says of itself, and its releases.

Two requests a project, and one where nothing changed:

- `/pypi/<name>/json` for the description and the serial, which grows with every change of the project;
- `/simple/<name>/` as JSON (PEP 691, 700, 792) for versions, files and status. The `releases` of the former are
  deprecated, and not looked at.

The former answers 404 for a project that was deleted, is quarantined or has no release; the latter tells which.

Where many projects are known already, `/simple/` is asked first: it lists the serials of all projects, so that a night
without news is one request, and a project that has changed two. What it does not settle is asked as above:

- a project that it does not list. Only that project's own addresses tell that it is gone; as long as it stays out of
  the list, they are not asked again;
- a project without a serial, or with one below the known one: the list comes from a cache, and may be hours old. What
  changed since then is in the next one.

An answer older than the list says was left behind in a cache: nothing is taken from it, and since the serials differ
still, the next run asks again. An answer older than what is known is a failure: time does not go backwards, but
`pypi_url` may lead to another index than before.

Not asked for:

- whether a project was archived, as long as nothing else about it changes: that moves no serial. A question with
  `again` finds it, and so does the next release. To look through all projects in turn, in four weeks, would cost 400
  requests a night for 5,400 packages, in place of one.
- whether an answer has changed, by its ETag: it would have to be stored, and the serial says the same. For the list it
  would be of no use: anybody's upload changes it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from packaging.utils import NormalizedName, canonicalize_name

from builder import derive
from builder.metadata import PyPIFacts
from builder.records import PackageRecord
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Plan, Question, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.documents import Model, body_of, read
from builder.upstreams.limits import DEFAULT_LIMITS
from builder.upstreams.pypi.facts import REASON_LENGTH, facts_of
from builder.upstreams.pypi.listing import read_listing
from builder.upstreams.pypi.wire import Description, FileList
from builder.upstreams.text import clean, clean_or_none
from builder.upstreams.transport import Transport, user_agent

# The list is about 9 MB, compressed: as much as the descriptions of a few hundred projects.
WORTH_THE_LIST: Final = 100
"""With more projects whose serial is known, the list is asked for."""
MOST_WITHOUT_LIST: Final = 500
"""So many are asked one by one where the list fails or does not know them: a minute or two. More would be rude."""
LIST_LIMITS: Final = replace(DEFAULT_LIMITS, total=300, body=128 * 1024 * 1024)

_JSON: Final = "application/json"
_SIMPLE: Final = "application/vnd.pypi.simple.v1+json"
_LIST: Final = "/simple/"
_QUARANTINED: Final = "quarantined"
_NAME: Final = 100  # characters of a name in a reason
_NOT_THERE: Final = Gone("is not there, or not any more")


class PyPI:
    """The index at `settings.pypi_url`."""

    name = "pypi"
    nights = 1

    def __init__(self, setup: Setup) -> None:
        self._base = setup.settings.pypi_url
        self._agent = user_agent(setup.settings.contact)
        self._budget = setup.budget
        self._transport = Transport([self._base], self._agent, budget=self._budget)
        self._for_list: Transport | None = None

    @property
    def requests(self) -> int:
        """How many requests went out so far."""
        return sum(transport.requests for transport in self._transports())

    @property
    def quota(self) -> str:
        """Nothing: it does not tell."""
        return ""

    def close(self) -> None:
        """Let go of connections."""
        for transport in self._transports():
            transport.close()

    def _transports(self) -> list[Transport]:
        return [self._transport] + ([self._for_list] if self._for_list else [])

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give the project's normalised name."""
        name = derive.pypi_name(record)
        return Skipped("has no name on PyPI") if name is None else canonicalize_name(name, validate=True)

    def host(self, name: str) -> str:
        """Give nothing: there is the one."""
        del name
        return ""

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Count the list, or a request for each known project; and two for each that is not known."""
        spared = sum(_Case.of(question).may_be_spared for question in questions)
        known = 1 if spared > WORTH_THE_LIST else spared
        return Plan(known + 2 * (len(questions) - spared), "two more for each project that changed")

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        """Answer at once what the list tells, then ask about one package after the other: PyPI wants it politely."""
        cases = [_Case.of(question) for question in questions]
        listed = self._listed(cases)
        if isinstance(listed, Failed | Waiting):
            yield from ((case.slug, listed) for case in cases)
            return
        rest: list[_Case] = []
        for case in cases:
            if listed is not None and (outcome := case.by_list(listed)):
                yield case.slug, outcome
            else:
                rest.append(case)
        waiting: Waiting | None = None
        for case in rest:
            outcome = waiting or self._ask(case, listed.get(case.project) if listed else None)
            waiting = outcome if isinstance(outcome, Waiting) else None
            yield case.slug, outcome

    def _listed(self, cases: Sequence["_Case"]) -> Mapping[str, int | None] | Failed | Waiting | None:
        """Give the serials of the list; None to do without it; else what comes of all questions."""
        spared = [case for case in cases if case.may_be_spared]
        if len(spared) <= WORTH_THE_LIST:
            return None
        listed = self._get_list({case.project for case in cases})
        if not isinstance(listed, Failed | Waiting):
            listed = _trusted(listed, spared)
        return None if isinstance(listed, Failed) and len(spared) <= MOST_WITHOUT_LIST else listed

    def _get_list(self, wanted: set[NormalizedName]) -> Mapping[str, int | None] | Failed | Waiting:
        if self._for_list is None:
            self._for_list = Transport([self._base], self._agent, LIST_LIMITS, budget=self._budget)
        body = body_of(_LIST, self._for_list.get(self._base + _LIST, _SIMPLE))
        if body is None:
            return Failed(f"{_LIST}: is not there")
        if isinstance(body, Failed):  # that is said of the list, not of a project
            return Failed(body.reason)
        return read_listing(_LIST, body, wanted) if isinstance(body, bytes) else body

    def _ask(self, case: "_Case", listed: int | None) -> Outcome:
        """Ask about one project; `listed` is its serial in the list, if that is known."""
        described = self._get(Description, f"/pypi/{quote(case.project, safe='')}/json", _JSON)
        if isinstance(described, Failed | Waiting):
            return described
        if described is not None:
            if canonicalize_name(described.info.name) != case.project:
                return Failed(f"answered about another project, {clean(described.info.name, _NAME)!r}")
            if outcome := case.by_serial(described.last_serial, listed):
                return outcome
        files = self._get(FileList, f"/simple/{quote(case.project, safe='')}/", _SIMPLE)
        if isinstance(files, Failed | Waiting):
            return files
        if files is None:
            return Failed("has a description but no file list") if described else _NOT_THERE
        return _outcome(case, listed, described, files)

    def _get(self, model: type[Model], path: str, accept: str) -> Model | Failed | Waiting | None:
        """Give an answer, read strictly; None for 404."""
        return read(model, path, self._transport.get(self._base + path, accept))


@dataclass(frozen=True, slots=True)
class _Case:
    """A question, and the little of what is known that is looked at for all projects before any of them is asked for.

    `is_quarantined`: that was said by the file list, and the end of a quarantine shows there first. `missing`: the
    project's addresses said that it is gone, and nothing was heard of it since.
    """

    question: Question
    serial: int | None
    is_quarantined: bool
    missing: bool

    @classmethod
    def of(cls, question: Question) -> "_Case":
        snapshot, known = question.snapshot, _known(question)
        source = snapshot.sources.get(PyPI.name)
        # Of another project, nothing is known at all.
        missing = source is not None and source.state == "missing" and known == snapshot.pypi
        if known is None:
            return cls(question, serial=None, is_quarantined=False, missing=missing)
        return cls(question, known.serial, known.status == _QUARANTINED, missing)

    @property
    def slug(self) -> str:
        return self.question.slug

    @property
    def project(self) -> NormalizedName:
        return NormalizedName(self.question.name)

    @property
    def again(self) -> bool:
        return self.question.again

    @property
    def may_be_spared(self) -> bool:
        """Whether the list could make requests needless."""
        return not self.again and not self.is_quarantined and (self.serial is not None or self.missing)

    def is_told_by(self, listed: Mapping[str, int | None]) -> bool:
        """Whether the list knows at least as much as we do."""
        serial = listed.get(self.project)
        return serial is not None and (self.serial is None or serial >= self.serial)

    def by_list(self, listed: Mapping[str, int | None]) -> Outcome | None:
        """Give the outcome where the list alone tells it."""
        if not self.may_be_spared:
            return None
        if self.project not in listed:
            return _NOT_THERE if self.missing else None
        return Unchanged() if self.serial is not None and listed[self.project] == self.serial else None

    def by_serial(self, serial: int | None, listed: int | None) -> Outcome | None:
        """Give the outcome where the serial of an answer alone tells it."""
        if outcome := self.if_stale(serial, listed):
            return outcome
        if self.again or self.is_quarantined or serial is None or serial != self.serial:
            return None
        return Unchanged()

    def if_stale(self, serial: int | None, listed: int | None) -> Outcome | None:
        """Give the outcome of an answer that is older than what is known, or than what the list tells.

        Where nothing is known, the older answer is better than none.
        """
        if serial is None or self.serial is None:
            return None
        if serial < self.serial:
            return Failed(f"is stale: serial {serial}, where {self.serial} is known")
        return Unchanged() if listed is not None and serial < listed and not self.is_quarantined else None


def _known(question: Question) -> PyPIFacts | None:
    """Give what is known of the very project; the record may have named another one before."""
    facts = question.snapshot.pypi
    return facts if facts and canonicalize_name(facts.name) == question.name else None


def _trusted(listed: Mapping[str, int | None], spared: Iterable[_Case]) -> Mapping[str, int | None] | Failed:
    """Give the list if it spares requests: an empty or an old one, or one without serials, would cost thousands."""
    asked = [case for case in spared if not case.missing]
    untold = sum(not case.is_told_by(listed) for case in asked)
    if untold <= MOST_WITHOUT_LIST:
        return listed
    return Failed(f"{_LIST}: tells no serial, or an older one than is known, of {untold} out of {len(asked)} projects")


def _outcome(case: _Case, listed: int | None, described: Description | None, files: FileList) -> Outcome:
    """Give the outcome of a file list, and of the description if there is one."""
    if outcome := case.if_stale(files.meta.last_serial, listed):
        return outcome
    if files.status.status == _QUARANTINED:
        facts = _known(case.question) or PyPIFacts(name=case.project)
        reason = clean_or_none(files.status.reason, REASON_LENGTH)
        return Gone("is quarantined", facts.model_copy(update={"status": _QUARANTINED, "status_reason": reason}))
    if described is not None:
        return Fetched(facts_of(case.project, described, files))
    return Failed("has files but no description") if files.files else Gone("has no release")
