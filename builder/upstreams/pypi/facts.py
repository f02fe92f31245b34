"""The two answers about a project made into facts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from packaging.utils import NormalizedName, canonicalize_version

from builder import derive
from builder.metadata import PyPIFacts, Release
from builder.upstreams.distributions import Distributions
from builder.upstreams.pypi.wire import Description, File, FileList, Info
from builder.upstreams.text import clean, clean_or_none, web_url

REASON_LENGTH: Final = 300
_SUMMARY: Final = 512  # PyPI's own limit
_LICENCE: Final = 200  # the old field may hold the whole text of a licence
_SHORT: Final = 100  # names, versions, labels
_LONG: Final = 500  # expressions, classifiers, specifiers

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def facts_of(project: NormalizedName, description: Description, files: FileList) -> PyPIFacts:
    """Give the facts of a project that has both; texts are cleaned and cut."""
    info, releases = description.info, _releases(project, files)
    return PyPIFacts(
        name=clean(info.name, _SHORT),
        serial=_serial(description, files, releases),
        summary=clean_or_none(info.summary, _SUMMARY),
        license_expression=clean_or_none(info.license_expression, _LONG),
        license=clean_or_none(info.license, _LICENCE),
        requires_python=clean_or_none(info.requires_python, _LONG),
        classifiers=tuple(sorted({text for c in info.classifiers or () if (text := clean(c, _LONG))})),
        project_urls=_links(info.project_urls or {}),
        status=clean(files.status.status, _SHORT),
        status_reason=clean_or_none(files.status.reason, REASON_LENGTH),
        releases=tuple(derive.sort_releases([*releases, *_without_files(info, releases)])),
    )


def _serial(description: Description, files: FileList, releases: Iterable[Release]) -> int | None:
    """Give the serial that both answers have reached; None, so that all is asked again, if that cannot be told.

    They come through caches of their own, and a file list older than the serial beside it would never be renewed.
    """
    described, listed = description.last_serial, files.meta.last_serial
    if described is not None and listed is not None:
        return min(described, listed)
    return described if _has(releases, description.info.version) else None


def _has(releases: Iterable[Release], version: str | None) -> bool:
    return canonicalize_version(version or "") in {canonicalize_version(release.version) for release in releases}


def _without_files(info: Info, releases: Iterable[Release]) -> Iterator[Release]:
    """Yield the version that the description is of, if no file is: PyPI lists versions by their files.

    Old projects have releases whose files lay elsewhere.
    """
    version = clean(info.version or "", _SHORT)
    if version and not _has(releases, version):
        yanked = info.yanked and (clean_or_none(info.yanked_reason, REASON_LENGTH) or True)
        yield Release(version=version, yanked=yanked, requires_python=clean_or_none(info.requires_python, _LONG))


def _links(urls: Mapping[str, str | None]) -> dict[str, str]:
    links = ((clean(label, _SHORT), web_url(url)) for label, url in sorted(urls.items()))
    return {label: url for label, url in links if label and url}


def _releases(project: NormalizedName, listing: FileList) -> list[Release]:
    """Give the releases that have files or are listed."""
    listed = [text for version in listing.versions if (text := clean(version, _SHORT))]
    files: dict[str, list[File]] = {version: [] for version in listed}
    names = Distributions(project, listed)
    for file in listing.files:
        # A file that no version can be told of says nothing about any.
        if version := names.version(clean(file.filename, _LONG)):
            files.setdefault(clean(version, _SHORT), []).append(file)
    return [_release(version, found) for version, found in files.items()]


def _release(version: str, files: Sequence[File]) -> Release:
    in_time = sorted(files, key=lambda file: (file.uploaded or _LONG_AGO, file.filename))
    return Release(
        version=version,
        uploaded=next((file.uploaded for file in in_time if file.uploaded), None),
        yanked=_yanked(in_time),
        requires_python=clean_or_none(in_time[-1].requires_python, _LONG) if in_time else None,
    )


def _yanked(files: Sequence[File]) -> bool | str:
    """Tell whether a release is yanked, which it is if all its files are; the newest reason, if one was given."""
    if not files or any(file.yanked is False for file in files):
        return False
    reasons = (clean(file.yanked, REASON_LENGTH) for file in reversed(files) if isinstance(file.yanked, str))
    return next(filter(None, reasons), True)
