"""PyPI, or an index that speaks as it does: what a project says of itself, and its releases.

Two requests a project, and one where nothing changed:

- `/pypi/<name>/json` for the description and the serial, which grows with every change of the project;
- `/simple/<name>/` as JSON (PEP 691, 700, 792) for versions, files and status. The `releases` of the former are
  deprecated, and not looked at.

The former answers 404 for a project that was deleted, is quarantined or has no release; the latter tells which.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, TypeVar
from urllib.parse import quote

from packaging.utils import NormalizedName, canonicalize_name, canonicalize_version
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from builder import derive
from builder.metadata import PyPIFacts, Release
from builder.records import PackageRecord
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Plan, Question, Setup, Skipped, Unchanged
from builder.upstreams.distributions import Distributions
from builder.upstreams.text import clean, clean_or_none, web_url
from builder.upstreams.transport import Failure, Transport, user_agent

_JSON: Final = "application/json"
_SIMPLE: Final = "application/vnd.pypi.simple.v1+json"
_QUARANTINED: Final = "quarantined"
_SUMMARY: Final = 512  # PyPI's own limit
_LICENCE: Final = 200  # the old field may hold the whole text of a licence
_REASON: Final = 300
_SHORT: Final = 100  # names, versions, labels
_LONG: Final = 500  # expressions, classifiers, specifiers

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)

_NOT_FOUND: Final = 404
_OK: Final = 200


def _number(value: object) -> int:
    """Read a serial, which is a number or its text."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return int(value)
    raise ValueError("is not a serial")


def _first_major(version: str) -> str:
    if version.partition(".")[0] != "1":
        raise ValueError("is a version of the interface that is not known")
    return version


_Serial = Annotated[int, BeforeValidator(_number)]


class _Wire(BaseModel):
    """A part of an answer. Only what is used stands here, and only what cannot be done without is required."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Info(_Wire):
    name: str
    version: str | None = None
    summary: str | None = None
    license_expression: str | None = None
    license: str | None = None
    requires_python: str | None = None
    yanked: bool = False
    yanked_reason: str | None = None
    classifiers: tuple[str, ...] | None = None
    project_urls: dict[str, str | None] | None = None


class _Project(_Wire):
    info: _Info
    last_serial: _Serial | None = None


class _File(_Wire):
    filename: str
    uploaded: AwareDatetime | None = Field(default=None, alias="upload-time")
    requires_python: str | None = Field(default=None, alias="requires-python")
    yanked: bool | str = False


class _Status(_Wire):
    status: str = "active"
    reason: str | None = None


class _Meta(_Wire):
    version: Annotated[str, AfterValidator(_first_major)] = Field(default="1.0", alias="api-version")
    last_serial: _Serial | None = Field(default=None, alias="_last-serial")


class _Detail(_Wire):
    meta: _Meta = _Meta()
    status: _Status = Field(default=_Status(), alias="project-status")
    versions: tuple[str, ...] = ()
    files: tuple[_File, ...]


_Model = TypeVar("_Model", bound=_Wire)


class PyPI:
    """The index at `settings.pypi_url`."""

    name = "pypi"

    def __init__(self, setup: Setup, transport: Transport | None = None) -> None:
        """Take what it is made from; a transport of one's own is for tests."""
        self._base = setup.settings.pypi_url
        agent = user_agent(setup.settings.contact)
        self._transport = transport or Transport([self._base], agent, budget=setup.budget)

    @property
    def requests(self) -> int:
        """How many requests went out so far."""
        return self._transport.requests

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()

    def project(self, record: PackageRecord) -> str | Skipped:
        """Give the project's normalised name."""
        name = derive.pypi_name(record)
        return Skipped("has no name on PyPI") if name is None else canonicalize_name(name, validate=True)

    def plan(self, questions: Sequence[Question]) -> Plan:
        """Count one request for each project that has not changed."""
        return Plan(len(questions), "a second one for each project that changed, is new or is gone")

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[str, Outcome]]:
        """Ask about one package after the other: PyPI wants to be asked politely."""
        for question in questions:
            yield question.slug, self._ask(question)

    def _ask(self, question: Question) -> Outcome:
        project = NormalizedName(question.name)
        known = _known(question, project)
        answer = self._get(_Project, f"/pypi/{quote(project, safe='')}/json", _JSON)
        if isinstance(answer, Failed):
            return answer
        if answer is not None:
            if canonicalize_name(answer.info.name) != project:
                return Failed(f"answered about another project, {clean(answer.info.name, _SHORT)!r}")
            if outcome := _by_serial(answer.last_serial, known, again=question.again):
                return outcome
        detail = self._get(_Detail, f"/simple/{quote(project, safe='')}/", _SIMPLE)
        if isinstance(detail, Failed):
            return detail
        if detail is None:
            return Failed("has a description but no file list") if answer else Gone("is not there, or not any more")
        return _outcome(project, known, answer, detail)

    def _get(self, model: type[_Model], path: str, accept: str) -> _Model | Failed | None:
        """Give an answer, read strictly; None for 404."""
        answer = self._transport.get(self._base + path, accept)
        if isinstance(answer, Failure):
            return Failed(f"{path}: {answer.reason}")
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            return Failed(f"{path}: answered {answer.status}")
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            return Failed(clean(f"{path}: is not as expected: {place} {first['msg']}", _REASON))


def _known(question: Question, project: NormalizedName) -> PyPIFacts | None:
    """Give what is known of this project; the record may have named another one before."""
    facts = question.snapshot.pypi
    return facts if facts and canonicalize_name(facts.name) == project else None


def _is_older(serial: int | None, known: PyPIFacts | None) -> bool:
    return serial is not None and known is not None and known.serial is not None and serial < known.serial


def _stale(serial: int | None, known: PyPIFacts | None) -> Failed:
    return Failed(f"is stale: serial {serial}, where {known and known.serial} is known")


def _by_serial(serial: int | None, known: PyPIFacts | None, *, again: bool) -> Outcome | None:
    """Give the outcome where the serial alone tells it."""
    if _is_older(serial, known):
        return _stale(serial, known)
    if again or known is None or serial is None or serial != known.serial:
        return None
    # That was said by the file list, and the end of a quarantine shows there first.
    return None if known.status == _QUARANTINED else Unchanged()


def _outcome(project: NormalizedName, known: PyPIFacts | None, answer: _Project | None, detail: _Detail) -> Outcome:
    """Give the outcome of a file list, and of the description if there is one."""
    if _is_older(detail.meta.last_serial, known):
        return _stale(detail.meta.last_serial, known)
    if detail.status.status == _QUARANTINED:
        facts = known or PyPIFacts(name=project)
        reason = clean_or_none(detail.status.reason, _REASON)
        return Gone("is quarantined", facts.model_copy(update={"status": _QUARANTINED, "status_reason": reason}))
    if answer is not None:
        return Fetched(_facts(project, answer, detail))
    return Failed("has files but no description") if detail.files else Gone("has no release")


def _facts(project: NormalizedName, answer: _Project, detail: _Detail) -> PyPIFacts:
    info, releases = answer.info, _releases(project, detail)
    return PyPIFacts(
        name=clean(info.name, _SHORT),
        serial=_serial(answer, detail, releases),
        summary=clean_or_none(info.summary, _SUMMARY),
        license_expression=clean_or_none(info.license_expression, _LONG),
        license=clean_or_none(info.license, _LICENCE),
        requires_python=clean_or_none(info.requires_python, _LONG),
        classifiers=tuple(sorted({text for c in info.classifiers or () if (text := clean(c, _LONG))})),
        project_urls=_links(info.project_urls or {}),
        status=clean(detail.status.status, _SHORT),
        status_reason=clean_or_none(detail.status.reason, _REASON),
        releases=tuple(derive.sort_releases([*releases, *_without_files(info, releases)])),
    )


def _serial(answer: _Project, detail: _Detail, releases: Iterable[Release]) -> int | None:
    """Give the serial that both answers have reached; None, so that all is asked again, if that cannot be told.

    They come through caches of their own, and a file list older than the serial beside it would never be renewed.
    """
    described, listed = answer.last_serial, detail.meta.last_serial
    if described is not None and listed is not None:
        return min(described, listed)
    return described if _has(releases, answer.info.version) else None


def _has(releases: Iterable[Release], version: str | None) -> bool:
    return canonicalize_version(version or "") in {canonicalize_version(release.version) for release in releases}


def _without_files(info: _Info, releases: Iterable[Release]) -> Iterator[Release]:
    """Yield the version that the description is of, if no file is: PyPI lists versions by their files.

    Old projects have releases whose files lay elsewhere.
    """
    version = clean(info.version or "", _SHORT)
    if version and not _has(releases, version):
        yanked = info.yanked and (clean_or_none(info.yanked_reason, _REASON) or True)
        yield Release(version=version, yanked=yanked, requires_python=clean_or_none(info.requires_python, _LONG))


def _links(urls: Mapping[str, str | None]) -> dict[str, str]:
    links = ((clean(label, _SHORT), web_url(url)) for label, url in sorted(urls.items()))
    return {label: url for label, url in links if label and url}


def _releases(project: NormalizedName, detail: _Detail) -> list[Release]:
    """Give the releases that have files or are listed."""
    listed = [text for version in detail.versions if (text := clean(version, _SHORT))]
    files: dict[str, list[_File]] = {version: [] for version in listed}
    names = Distributions(project, listed)
    for file in detail.files:
        # A file that no version can be told of says nothing about any.
        if version := names.version(clean(file.filename, _LONG)):
            files.setdefault(clean(version, _SHORT), []).append(file)
    return [_release(version, found) for version, found in files.items()]


def _release(version: str, files: Sequence[_File]) -> Release:
    in_time = sorted(files, key=lambda file: (file.uploaded or _LONG_AGO, file.filename))
    return Release(
        version=version,
        uploaded=next((file.uploaded for file in in_time if file.uploaded), None),
        yanked=_yanked(in_time),
        requires_python=clean_or_none(in_time[-1].requires_python, _LONG) if in_time else None,
    )


def _yanked(files: Sequence[_File]) -> bool | str:
    """Tell whether a release is yanked, which it is if all its files are; the newest reason, if one was given."""
    if not files or any(file.yanked is False for file in files):
        return False
    reasons = (clean(file.yanked, _REASON) for file in reversed(files) if isinstance(file.yanked, str))
    return next(filter(None, reasons), True)
