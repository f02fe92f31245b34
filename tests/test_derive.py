"""The derived values, rule by rule."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.licenses import canonicalize_license_expression

from builder import derive
from builder.metadata import PyPIFacts, Release, RepositoryFacts, Snapshot, Source
from builder.records import PackageRecord


def facts(**known: object) -> PyPIFacts:
    return PyPIFacts.model_validate({"name": "x"} | known)


def releases(*versions: str) -> tuple[Release, ...]:
    return tuple(Release(version=version) for version in versions)


def record(**written: object) -> PackageRecord:
    return PackageRecord.model_validate({"title": "X", "category": "apps"} | written)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ({}, None),
        ({"pypi": "Django"}, "Django"),
        ({"pypi_url": "django-messages"}, "django-messages"),
        ({"pypi_url": "http://pypi.python.org/pypi/django-messages"}, "django-messages"),
        ({"pypi_url": "http://pypi.python.org/pypi/django-messages/"}, "django-messages"),
        ({"pypi_url": "https://pypi.org/project/django-messages/"}, "django-messages"),
        ({"pypi_url": "https://pypi.org/project/django-messages/0.6.0/"}, "django-messages"),
        ({"pypi_url": "https://www.pypi.org/pypi/django-messages"}, "django-messages"),
        ({"pypi_url": ""}, None),
        ({"pypi_url": "https://example.org/x"}, None),
        ({"pypi_url": "a,b"}, None),
        ({"pypi": "a", "pypi_url": "https://pypi.org/project/b/"}, "a"),
    ],
)
def test_pypi_name(written: dict[str, object], name: str | None) -> None:
    assert derive.pypi_name(record(**written)) == name


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ({}, ""),
        ({"pypi": "Django"}, "https://pypi.org/project/Django/"),
        ({"pypi": "x", "pypi_url": "as-stored"}, "as-stored"),
        ({"pypi": "x", "pypi_url": ""}, ""),
    ],
)
def test_pypi_url_is_the_stored_text(written: dict[str, object], url: str) -> None:
    assert derive.pypi_url(record(**written), "https://pypi.org") == url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://github.com/arneb/django-messages", "https://github.com/arneb/django-messages"),
        ("http://www.github.com/arneb/django-messages/", "https://github.com/arneb/django-messages"),
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        ("https://GitHub.com/A/B", "https://github.com/A/B"),
        ("git@github.com:a/b.git", "https://github.com/a/b"),
        ("github.com:a/b", "https://github.com/a/b"),
        ("ssh://git@github.com/a/b", "https://github.com/a/b"),
        ("git+https://github.com/a/b", "https://github.com/a/b"),
        ("github.com/a/b", "https://github.com/a/b"),
        ("https://github.com/a/b/tree/main/src", "https://github.com/a/b"),
        ("https://github.com/a/b/issues?q=x", "https://github.com/a/b"),
        ("https://github.com/a/b#readme", "https://github.com/a/b"),
        ("https://gitlab.com/group/sub/b/-/tree/main", "https://gitlab.com/group/sub/b"),
        ("https://github.com/a/tree", "https://github.com/a/tree"),
        ("https://github.com/a/b/releases", "https://github.com/a/b"),
        ("https://github.com/a/b/pull/3", "https://github.com/a/b"),
        ("https://www.github.com/a/b/commits/main", "https://github.com/a/b"),
        ("https://github.com/a/b.git/wiki", "https://github.com/a/b"),
        ("https://codeberg.org/a/b/src/branch/main", "https://codeberg.org/a/b"),
        ("https://bitbucket.org/a/b/src/main/", "https://bitbucket.org/a/b"),
        ("https://gitlab.com/group/sub/src", "https://gitlab.com/group/sub/src"),
        ("https://gitlab.com/group/sub/wiki", "https://gitlab.com/group/sub/wiki"),
        ("git@gitlab.com:group/sub/pulls.git", "https://gitlab.com/group/sub/pulls"),
        ("https://gitlab.com/group/sub/b/tree/main", "https://gitlab.com/group/sub/b"),
        ("https://gitlab.com/group/b/issues/3", "https://gitlab.com/group/b"),
        ("https://git.example.org/a/b/blob/main/c", "https://git.example.org/a/b"),
        ("", None),
        ("https://github.com", None),
    ],
)
def test_repository(text: str, url: str | None) -> None:
    found = derive.repository(text)
    assert (found.url if found else None) == url


def test_repositories_are_compared_without_case() -> None:
    one, other = derive.repository("https://github.com/Arneb/X"), derive.repository("git@GITHUB.com:arneb/x.git")
    assert one is not None
    assert other is not None
    assert one.key == other.key


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        (("1.9", "1.10"), "1.10"),
        (("1.0", "2.0rc1", "2.0.dev1"), "1.0"),
        (("1.0a1", "1.0rc1"), "1.0rc1"),
        (("2004d", "dev", "0.1"), "0.1"),
        (("2004d", "1.0b1"), "1.0b1"),
        (("2004d", "dev"), "dev"),
        ((), None),
    ],
)
def test_newest_release(versions: tuple[str, ...], newest: str | None) -> None:
    assert derive.pypi_version(facts(releases=releases(*versions))) == newest


def test_a_yanked_release_is_never_the_newest() -> None:
    given_up = Release(version="2.0", yanked="broken wheel")
    assert derive.pypi_version(facts(releases=(Release(version="1.0"), given_up))) == "1.0"
    assert derive.pypi_version(facts(releases=(Release(version="1.0rc1"), given_up))) == "1.0rc1"
    assert derive.pypi_version(facts(releases=(given_up, Release(version="1.0", yanked=True)))) is None


def test_an_imported_version_stands_until_releases_are_known() -> None:
    assert derive.pypi_version(None) is None
    assert derive.pypi_version(facts(version="")) == ""
    assert derive.pypi_version(facts(version="0.6.0")) == "0.6.0"
    assert derive.pypi_version(facts(version="0.6.0", releases=releases("0.7"))) == "0.7"


@given(st.lists(st.text(st.sampled_from("0123456789.abrcdev"), min_size=1, max_size=8)))
def test_sorting_loses_nothing_and_is_stable(versions: list[str]) -> None:
    once = derive.sort_releases(releases(*versions))
    assert sorted(r.version for r in once) == sorted(versions)
    assert derive.sort_releases(once) == once


@pytest.mark.parametrize(
    ("known", "licence"),
    [
        ({}, None),
        ({"license_expression": "mit"}, "MIT"),
        ({"license_expression": "Apache-2.0 OR BSD-3-Clause OR ISC"}, "Apache-2.0 OR BSD-3-Clause OR ISC"),
        ({"license": "bsd-3-clause"}, "BSD-3-Clause"),
        ({"license": "BSD"}, "BSD License"),
        ({"license": "MIT-License"}, "MIT"),
        ({"license": "The MIT licence"}, "MIT"),
        ({"license": "Apache License, Version 2.0"}, "Apache-2.0"),
        ({"license": "Apache Software License 2.0"}, "Apache-2.0"),
        ({"license": "3-clause BSD"}, "BSD-3-Clause"),
        ({"license": "FreeBSD License"}, "BSD-2-Clause"),
        ({"license": "MIT or BSD"}, "MIT or BSD"),
        ({"license": "Apache"}, "Apache"),
        ({"license": "License"}, "License"),
        ({"license": "UNKNOWN"}, None),
        ({"license": "", "classifiers": ("License :: OSI Approved :: MIT License",)}, "MIT"),
        ({"license": "x" * 41, "classifiers": ("License :: OSI Approved :: MIT License",)}, "MIT"),
        ({"classifiers": ("License :: OSI Approved",)}, None),
        (
            {
                "classifiers": (
                    "License :: OSI Approved :: MIT License",
                    "License :: OSI Approved :: ISC License (ISCL)",
                )
            },
            "ISC OR MIT",
        ),
        ({"classifiers": ("License :: OSI Approved :: BSD License",)}, "BSD License"),
        (
            {"classifiers": ("License :: OSI Approved :: MIT License", "License :: OSI Approved :: BSD License")},
            "BSD License, MIT",
        ),
        ({"classifiers": ("License :: Free For Home Use",)}, "Free For Home Use"),
    ],
)
def test_licence(known: dict[str, object], licence: str | None) -> None:
    assert derive.licence(facts(**known)) == licence


def test_classifiers_are_mapped_to_spdx_alone() -> None:
    for expression in derive.CLASSIFIER_LICENCES.values():
        assert str(canonicalize_license_expression(expression)) == expression


def test_licence_of_nothing() -> None:
    assert derive.licence(None) is None


@pytest.mark.parametrize(
    ("known", "supported"),
    [
        ({}, None),
        ({"requires_python": ">=3.10"}, True),
        ({"requires_python": ">=2.7, !=3.0.*, !=3.1.*"}, True),
        ({"requires_python": "<3"}, False),
        ({"requires_python": "~=3.8.2"}, True),
        ({"requires_python": "three", "classifiers": ("Programming Language :: Python :: 3",)}, True),
        ({"classifiers": ("Programming Language :: Python :: 3.4",)}, True),
        ({"classifiers": ("Programming Language :: Python :: 2",)}, None),
    ],
)
def test_python3_is_never_a_guess(known: dict[str, object], *, supported: bool | None) -> None:
    assert derive.supports_python3(facts(**known)) is supported


@pytest.mark.parametrize(
    ("requires", "versions"),
    [(None, ["3.9", "3.10"]), (">=3.10", ["3.10"]), (">=3.9.2,", ["3.9", "3.10"]), ("~3", ["3.9", "3.10"])],
)
def test_a_version_that_is_not_admitted_any_more_is_not_named(requires: str | None, versions: list[str]) -> None:
    named = ("Programming Language :: Python :: 3.9", "Programming Language :: Python :: 3.10")
    known = facts(classifiers=named, requires_python=requires)
    assert derive.python_versions(known) == versions
    assert derive.is_ready(known, derive.PYTHON, "3.9") is ("3.9" in versions)


def test_what_was_fetched_before_sources_were_kept_is_of_a_source() -> None:
    when = datetime(2026, 2, 3, tzinfo=UTC)
    known = Snapshot(last_fetched=when, pypi=facts(), repository=RepositoryFacts())
    assert derive.sources(known) == {"pypi": Source(changed=when)}
    failed = Source(state="failed", since=when)
    assert derive.sources(known.model_copy(update={"sources": {"pypi": failed, "github": failed}})) == {
        "github": failed,
        "pypi": failed,
    }
    assert derive.sources(Snapshot()) == {}


def test_versions_and_status_out_of_classifiers() -> None:
    known = facts(
        classifiers=(
            "Programming Language :: Python",
            "Programming Language :: Python :: 3",
            "Programming Language :: Python :: 3 :: Only",
            "Programming Language :: Python :: 3.10",
            "Programming Language :: Python :: 3.9",
            "Framework :: Django",
            "Framework :: Django :: 5.2",
            "Framework :: Django :: 4.2",
            "Development Status :: 5 - Production/Stable",
        )
    )
    assert derive.python_versions(known) == ["3.9", "3.10"]
    assert derive.django_versions(known) == ["4.2", "5.2"]
    assert derive.DEVELOPMENT_STATUSES[derive.development_status(known)] == "production/stable"
    assert derive.DEVELOPMENT_STATUSES[derive.development_status(facts())] == "unknown"


WEDNESDAY = date(2026, 2, 18)


def test_imported_weeks_stand_until_commits_are_counted() -> None:
    assert derive.weeks(None, WEDNESDAY) == ()
    assert derive.weeks(RepositoryFacts(), WEDNESDAY) == ()
    assert derive.weeks(RepositoryFacts(weeks=(0, 1)), WEDNESDAY) == (0, 1)
    assert derive.weeks(RepositoryFacts(weeks=(0, 1), commits={}), WEDNESDAY) == (0,) * 52


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 2, 18), 52),
        (date(2026, 2, 16), 52),
        (date(2026, 2, 22), 52),
        (date(2026, 2, 15), 51),
        (date(2025, 2, 24), 1),
        (date(2025, 2, 23), None),
        (date(2026, 2, 23), None),
    ],
)
def test_a_day_counts_for_its_week(day: date, week: int | None) -> None:
    counted = derive.weeks(RepositoryFacts(commits={day: 3}), WEDNESDAY)
    assert len(counted) == 52
    assert counted == tuple(3 if number == week else 0 for number in range(1, 53))


@given(
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.dictionaries(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(1, 9)),
)
def test_weeks_change_on_mondays_only(today: date, commits: dict[date, int]) -> None:
    facts = RepositoryFacts(commits=commits)
    monday = today - timedelta(days=today.weekday())
    assert derive.weeks(facts, today) == derive.weeks(facts, monday)
    assert derive.weeks(facts, monday)[1:] == derive.weeks(facts, monday + timedelta(weeks=1))[:-1]


def test_prereleases() -> None:
    assert derive.is_prerelease("1.0.dev1")
    assert not derive.is_prerelease("1.0.post1")
    assert not derive.is_prerelease("dev")
    assert derive.sort_releases([Release(version="1", uploaded=datetime(2020, 1, 1, tzinfo=UTC))])[0].uploaded


@pytest.mark.parametrize(
    ("asked", "name", "expected"),
    [
        ("github.com/O/old", "o/new", ("github.com/o/old", "github.com/o/new")),
        ("github.com/O/n", "o/N", None),
        ("", "o/new", None),
        ("django-messages", "o/new", None),
        ("github.com/o/old", None, None),
    ],
)
def test_a_repository_that_has_moved(asked: str, name: str | None, expected: tuple[str, str] | None) -> None:
    facts = RepositoryFacts(name=name)
    snapshot = Snapshot(sources={"pypi": Source(), "github": Source(asked=asked)}, repository=facts)
    assert derive.moved(snapshot) == expected
    assert derive.moved(Snapshot(sources=snapshot.sources)) is None
