"""What follows from records and snapshots: pure functions, each with the rule's source.

The rules are the original's, as measured on it; where it has a bug that users reported, the right rule stands here and
the docstring says what was wrong. `None` is "not known", never "no".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from builder.metadata import PyPIFacts, Release, RepositoryFacts, Snapshot, Source
from builder.records import PackageRecord

_PYPI_ADDRESS: Final = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:pypi\.python\.org/pypi|pypi\.org/project|pypi\.org/pypi)/", re.IGNORECASE
)

# Trove classifiers that name one licence without doubt, as SPDX. "BSD License" and the like do not: which BSD?
# They keep their own words.
CLASSIFIER_LICENCES: Final = {
    "Apache Software License": "Apache-2.0",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}
# How people write licences in a field for any text, by the words that say which one it is.
SPOKEN_LICENCES: Final = {
    frozenset(words.split()): spdx
    for words, spdx in {
        "apache 2": "Apache-2.0",
        "apache2": "Apache-2.0",
        "bsd": "BSD License",
        "bsd 2 clause": "BSD-2-Clause",
        "bsd simplified": "BSD-2-Clause",
        "freebsd": "BSD-2-Clause",
        "bsd 3 clause": "BSD-3-Clause",
        "bsd new": "BSD-3-Clause",
        "bsd modified": "BSD-3-Clause",
        "isc": "ISC",
        "mit": "MIT",
        "mozilla public 2": "MPL-2.0",
        "mpl 2": "MPL-2.0",
        "unlicense": "Unlicense",
        "zlib": "Zlib",
    }.items()
}
_TWO_NUMBERS: Final = re.compile(r"[0-9]+\.[0-9]+")
_SAY_NOTHING: Final = frozenset({"the", "license", "licence", "licensed", "under", "version", "v", "software"})
_SPDX_LICENCES: Final = frozenset(CLASSIFIER_LICENCES.values())
OWNER_AND_NAME: Final = frozenset({"github.com", "bitbucket.org", "codeberg.org"})  # hosts without nested groups
PYTHON: Final = "Programming Language :: Python"
WEEKS: Final = 52
SHORT_LICENCE: Final = 40  # a longer text in the old licence field is the licence itself

DEVELOPMENT_STATUSES: Final = (
    "unknown",
    "planning",
    "pre-alpha",
    "alpha",
    "beta",
    "production/stable",
    "mature",
    "inactive",
)


def pypi_name(record: PackageRecord) -> str | None:
    """Give the project's name on PyPI: as written, else out of the stored text, else None.

    It is always one that can be: it goes into addresses, and into a command that people paste into their shells.
    """
    return record.pypi or name_on_pypi(record.pypi_url or "")


def name_on_pypi(text: str) -> str | None:
    """Give the name of the project on PyPI that a stored text means, an address or a name; None where it means none."""
    name = _PYPI_ADDRESS.sub("", text.strip()).strip("/").split("/")[0]
    try:
        canonicalize_name(name, validate=True)
    except InvalidName:  # an imported text may be anything
        return None
    return name


def pypi_url(record: PackageRecord, index: str) -> str:
    """Give what API v4 calls `pypi_url`: the stored text, else the project's page on the index, else ""."""
    if (stored := record.imported.pypi_url) is not None or (stored := record.pypi_url) is not None:
        return stored
    return pypi_page(record.pypi, index) if record.pypi else ""


def repo_url(record: PackageRecord) -> str:
    """Give what API v4 calls `repo_url`: an import's text, else the address of the repository, else ""."""
    return record.repository if record.imported.repo_url is None else record.imported.repo_url


def documentation_url(record: PackageRecord) -> str | None:
    """Give what API v4 calls `documentation_url`: an import's text, else the address, "" or None as written."""
    return record.documentation if record.imported.documentation_url is None else record.imported.documentation_url


def pypi_page(name: str, index: str) -> str:
    """Give the page of a project on the index."""
    return f"{index}/project/{name}/"


@dataclass(frozen=True, slots=True)
class RepositoryName:
    """A repository's host and path (`owner/name`; on GitLab all groups), as written."""

    host: str
    path: str

    @property
    def url(self) -> str:
        """The web address, fit to be a link."""
        return f"https://{self.host}/{self.path}"

    @property
    def key(self) -> str:
        """What two names of one repository have in common: case does not count."""
        return f"{self.host}/{self.path}".casefold()


# Each package's is asked for eight times in a night of `fetch`, which is a tenth of its time, and by the checks, half
# of whose time it is.
@lru_cache(maxsize=1 << 16)
def repository(text: str) -> RepositoryName | None:
    """Read host and path out of any usual form of a repository's address; None for "".

    `www.`, `.git` and what leads further into a repository are dropped, as is user information. Where a repository is
    always `owner/name`, that is all after the name; elsewhere groups may be nested (GitLab), and so only `tree`,
    `blob`, `issues` and `-` are known to be no name.
    """
    text = re.sub(r"^[a-z+]+://", "", text.strip(), flags=re.IGNORECASE)
    text = re.sub(r"^[^/@:]+@", "", text)
    text = re.sub(r"^([^/:]+):(?!/)", r"\1/", text)  # scp's colon
    host, _, path = re.split(r"[?#]", text, maxsplit=1)[0].partition("/")
    host = host.casefold().removeprefix("www.")
    path = "/".join(_name_steps(host, path)).removesuffix(".git")
    if not host or not path:
        return None
    return RepositoryName(host, path)


def sources(snapshot: Snapshot) -> dict[str, Source]:
    """Give how it stands with each source, by name.

    What was fetched before the states of sources were kept is theirs all the same: of PyPI, which is asked under one
    name, it is known to be; which forge said something is not.
    """
    found = dict(snapshot.sources)
    if snapshot.pypi is not None and "pypi" not in found:
        found["pypi"] = Source(changed=snapshot.last_fetched)
    return dict(sorted(found.items()))


def moved(snapshot: Snapshot) -> tuple[str, str] | None:
    """Give the address that a forge was asked for and the one that it answers under now, as `RepositoryName.key`.

    None where they are the same, or where it does not say: a renamed repository redirects, so both lead to it.
    """
    name = snapshot.repository.name if snapshot.repository else None
    asked = next((source.asked for source in snapshot.sources.values() if "/" in source.asked), "")
    if not name or not asked:
        return None
    before, now = asked.casefold(), f"{asked.partition('/')[0]}/{name}".casefold()
    return None if before == now else (before, now)


def _name_steps(host: str, path: str) -> list[str]:
    """Give the steps of a path that name the repository."""
    steps = [step for step in path.split("/") if step]
    if host in OWNER_AND_NAME:
        return steps[:2]
    further = (i for i, step in enumerate(steps) if i > 1 and step in {"tree", "blob", "issues", "-"})
    return steps[: next(further, None)]


# Few texts, asked for often: most packages have had a 0.1 and a 1.0.
_parse: Final = lru_cache(maxsize=1 << 16)(Version)


def _version(text: str) -> Version | None:
    try:
        return _parse(text)
    except InvalidVersion:
        return None


def sort_releases(releases: Iterable[Release]) -> list[Release]:
    """Sort by PEP 440, newest first; versions that are none (`2004d`, `dev`) keep their text and come last."""
    releases = tuple(releases)
    return [releases[place] for place in _newest_first(tuple([release.version for release in releases]))]


# A build asks six times for the same releases; this took a twentieth of the time of all that is rendered.
@lru_cache(maxsize=1 << 13)
def _newest_first(versions: tuple[str, ...]) -> tuple[int, ...]:
    """Give the places of versions, from the newest on."""
    parsed = [(_version(version), place) for place, version in enumerate(versions)]
    valid = [(version, place) for version, place in parsed if version is not None]
    invalid = [place for version, place in parsed if version is None]
    valid.sort(key=lambda pair: pair[0], reverse=True)
    invalid.sort(key=versions.__getitem__, reverse=True)
    return (*(place for _, place in valid), *invalid)


@lru_cache(maxsize=1 << 16)
def is_prerelease(version: str) -> bool:
    """Tell whether a version is a pre-release or a development release by PEP 440."""
    parsed = _version(version)
    return parsed is not None and parsed.is_prerelease


def newest_release(releases: Iterable[Release]) -> Release | None:
    """Give the newest release that is neither yanked nor a pre-release, else the newest pre-release not yanked.

    A version that is none by PEP 440 says not which it is: it comes after both.
    """
    return first_release(sort_releases(releases))


def first_release(ordered: Iterable[Release]) -> Release | None:
    """Give the same of releases that are already sorted, newest first: sorting is what takes the time."""
    available = (release for release in ordered if release.yanked is False)
    newest = next(available, None)
    if newest is None or _is_final(newest.version):
        return newest
    return next((release for release in available if _is_final(release.version)), newest)


def _is_final(version: str) -> bool:
    return _version(version) is not None and not is_prerelease(version)


def pypi_version(facts: PyPIFacts | None) -> str | None:
    """Give what API v4 calls `pypi_version`; None where there is no release that can be installed."""
    if facts is None:
        return None
    if not facts.releases:
        return facts.version
    newest = newest_release(facts.releases)
    return newest.version if newest else None


def licence(facts: PyPIFacts | None) -> str | None:
    """Give the licence: SPDX expression, else the short text, else classifiers; None where nothing is said.

    One licence has one name, where it is clear which is meant: "MIT license" is MIT, and "BSD", which may be any, has
    the words of its classifier. Several classifiers are an SPDX expression where each names an SPDX licence, else a
    list of words with commas. The original calls every expression of over 20 characters "Custom"; it is given whole.
    """
    if facts is None:
        return None
    for text in (facts.license_expression, facts.license):
        if text and (expression := _spdx(text)):
            return expression
    if facts.license and facts.license.upper() != "UNKNOWN" and len(facts.license) <= SHORT_LICENCE:
        return _spoken(facts.license) or facts.license
    names = _classified_licences(facts.classifiers)
    between = " OR " if set(names) <= _SPDX_LICENCES else ", "
    return between.join(names) or None


@lru_cache(maxsize=256)
def _spoken(text: str) -> str | None:
    """Give the name of a licence that is written in some usual way; None where that is not clear."""
    words = re.findall(r"[a-z]+[0-9]?|[0-9]+(?:\.[0-9]+)*", text.casefold())
    return SPOKEN_LICENCES.get(frozenset(word.removesuffix(".0") for word in words) - _SAY_NOTHING)


@lru_cache(maxsize=256)
def spdx_page(licence: str) -> str:
    """Give the page of a licence in SPDX's list; "" for several of them, one with an exception, and other words."""
    listed = {" ", "+"}.isdisjoint(licence) and not licence.startswith("LicenseRef-") and _spdx(licence) == licence
    return f"https://spdx.org/licenses/{licence}.html" if listed else ""


@lru_cache(maxsize=256)
def _spdx(text: str) -> str | None:
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None


def _classified_licences(classifiers: Iterable[str]) -> list[str]:
    names = (c.rsplit(" :: ", 1)[-1] for c in classifiers if c.startswith("License :: "))
    return sorted({CLASSIFIER_LICENCES.get(name, name) for name in names if name != "OSI Approved"})


def _classified_versions(classifiers: Iterable[str], prefix: str) -> list[str]:
    found = (c.removeprefix(prefix) for c in classifiers if c.startswith(prefix))
    versions = {text for text in found if _TWO_NUMBERS.fullmatch(text)}
    return sorted(versions, key=_parse)


def classified_versions(facts: PyPIFacts, product: str) -> list[str]:
    """Give the versions that the classifiers name below one such as `Framework :: Wagtail`, oldest first."""
    prefix = f"{product} :: "
    found = (c.removeprefix(prefix) for c in facts.classifiers if c.startswith(prefix))
    return sorted({text for text in found if re.fullmatch(r"[0-9]+(\.[0-9]+)*", text)}, key=_parse)


def is_ready(facts: PyPIFacts, product: str, cycle: str) -> bool | None:
    """Tell whether a project says that it is ready for a release of a product, by its classifiers.

    False, for Python, where its own `requires_python` rules it out; else True where it names the release, False where
    it names others and not this one, and None where it names none, which says nothing.
    """
    if product == PYTHON and not _admits(facts.requires_python, cycle):
        return False
    named = classified_versions(facts, product)
    if cycle in named:
        return True
    # "Python :: 3" says nothing of 3.14.
    return False if any(version.count(".") == cycle.count(".") for version in named) else None


def python_versions(facts: PyPIFacts) -> list[str]:
    """Give the Python versions that the classifiers name (`3.12`), oldest first.

    Those are left out on which what is newest cannot be installed, by `requires_python`: classifiers are forgotten.
    """
    named = _classified_versions(facts.classifiers, f"{PYTHON} :: ")
    return [version for version in named if _admits(facts.requires_python, version)]


@lru_cache(maxsize=1 << 12)
def _admits(requires: str | None, version: str) -> bool:
    """Tell whether a requirement takes any release of a version of Python; what cannot be read takes all."""
    try:
        admitted = SpecifierSet(requires or "")
    except InvalidSpecifier:
        return True
    return any(admitted.contains(f"{version}.{patch}") for patch in (0, 99))


def django_versions(facts: PyPIFacts) -> list[str]:
    """Give the Django versions that the classifiers name (`5.2`), oldest first."""
    return _classified_versions(facts.classifiers, "Framework :: Django :: ")


def supports_python3(facts: PyPIFacts) -> bool | None:
    """Tell whether any Python 3 is supported: by `requires_python`, else by classifier; None is not known.

    The original shows "No" where nothing is said; one of its users' reports is about django-messages itself.
    """
    if facts.requires_python and (admitted := _admits_python3(facts.requires_python)) is not None:
        return admitted
    if any(c.startswith("Programming Language :: Python :: 3") for c in facts.classifiers):
        return True
    return None


@lru_cache(maxsize=1 << 12)  # most packages say one of a few texts
def _admits_python3(requires: str) -> bool | None:
    try:
        admitted = SpecifierSet(requires)
    except InvalidSpecifier:
        return None
    return any(admitted.contains(f"3.{minor}.{patch}") for minor in range(40) for patch in (0, 99))


def development_status(facts: PyPIFacts) -> int:
    """Give the development status of the classifiers, 1 (planning) to 7 (inactive); 0 is unknown."""
    for classifier in facts.classifiers:
        if match := re.match(r"Development Status :: ([1-7]) - ", classifier):
            return int(match[1])
    return 0


def weeks(facts: RepositoryFacts | None, today: date) -> tuple[int, ...]:
    """Give what API v4 calls `commits_over_52`: commits a week, oldest first; empty where not known.

    The last of the 52 weeks is the one that `today` is in. Weeks begin on Monday, so that nothing changes on the days
    between. What an import knew stands until commits were counted here.
    """
    if facts is None or facts.commits is None:
        return tuple((facts and facts.weeks) or ())
    start = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    counts = [0] * WEEKS
    for day, commits in facts.commits.items():
        week = (day - start).days // 7
        if 0 <= week < WEEKS:
            counts[week] += commits
    return tuple(counts)
