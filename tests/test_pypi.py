import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypi_server import PyPIServer, Reply, failing, redirect, short, torn_gzip

from builder import derive
from builder.config import Settings
from builder.metadata import PyPIFacts, Release, Snapshot
from builder.records import PackageRecord
from builder.upstreams import UPSTREAMS, Upstream, connect
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Question, Setup, Skipped, Unchanged
from builder.upstreams.pypi import PyPI

Ask = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def server() -> Iterator[PyPIServer]:
    with PyPIServer().running() as running:
        yield running


def site(url: str = "https://pypi.org") -> Settings:
    return Settings(
        title="Test",
        base_url="https://example.org",
        repository="https://github.com/example/example",
        contact="us@example.org",
        pypi_url=url,
    )


@pytest.fixture
def pypi(server: PyPIServer) -> Iterator[PyPI]:
    upstream = PyPI(Setup(site(server.url), date(2026, 1, 1)))
    yield upstream
    upstream.close()


@pytest.fixture
def ask(pypi: PyPI) -> Ask:
    """Ask about one project, of which something or nothing may be known."""

    def ask_one(name: str, known: PyPIFacts | None = None, *, again: bool = False) -> Outcome:
        [(slug, outcome)] = pypi.ask([Question(f"the-{name}", name, {f"the-{name}": Snapshot(pypi=known)}, again)])
        assert slug == f"the-{name}"
        return outcome

    return ask_one


def facts_of(outcome: Outcome) -> PyPIFacts:
    assert isinstance(outcome, Fetched)
    assert isinstance(outcome.facts, PyPIFacts)
    return outcome.facts


def record(**fields: Any) -> PackageRecord:  # noqa: ANN401 - as YAML gives them
    return PackageRecord.model_validate({"title": "X", "category": "apps", **fields})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# The seam


def test_is_one_of_the_upstreams() -> None:
    assert PyPI in UPSTREAMS
    upstreams: list[Upstream]
    with connect(Setup(site(), date(2026, 1, 1))) as upstreams:
        assert "pypi" in [upstream.name for upstream in upstreams]
        assert not any(upstream.requests for upstream in upstreams)


@pytest.mark.parametrize(
    ("fields", "project"),
    [
        ({"pypi": "Django_Messages"}, "django-messages"),
        ({"pypi_url": "http://pypi.python.org/pypi/django-messages"}, "django-messages"),
        ({}, Skipped("has no name on PyPI")),
        ({"pypi_url": ""}, Skipped("has no name on PyPI")),
        ({"pypi_url": "two,words"}, Skipped("has no name on PyPI")),
        ({"pypi_url": ".."}, Skipped("has no name on PyPI")),
    ],
)
def test_knows_a_package_by_its_normalised_name(pypi: PyPI, fields: dict[str, str], project: str | Skipped) -> None:
    assert pypi.project(record(**fields)) == project


def test_a_night_without_news_is_one_request_for_each_project(server: PyPIServer, pypi: PyPI) -> None:
    known = [Question(slug, slug, {slug: Snapshot(pypi=PyPIFacts(name=slug, serial=1))}) for slug in ("a", "b")]
    plan = pypi.plan(known)
    assert plan.requests == 2
    assert pypi.plan([*known, Question("c", "c", {})]).requests == 4
    assert pypi.plan(known * 51).requests == 1
    assert "for each project that changed" in plan.note
    assert pypi.requests == len(server.requests) == 0


def test_a_name_is_quoted_into_the_path(server: PyPIServer, ask: Ask) -> None:
    """`project` lets no such name through; this is the second lock."""
    paths = ["/pypi/a%2F..%2Fb%3Fc%23d%25/json", "/simple/a%2F..%2Fb%3Fc%23d%25/"]
    for path in paths:
        server.script(path, failing(404))
    assert isinstance(ask("a/../b?c#d%"), Gone)
    assert server.paths == paths


# Good answers


def test_reads_a_project(server: PyPIServer, ask: Ask, pypi: PyPI) -> None:
    assert facts_of(ask("django-messages")) == PyPIFacts(
        name="django-messages",
        serial=4100200,
        summary="User-to-user messaging system for Django",
        license="BSD",
        classifiers=(
            "Development Status :: 5 - Production/Stable",
            "Environment :: Web Environment",
            "Framework :: Django",
            "Framework :: Django :: 1.11",
            "License :: OSI Approved :: BSD License",
            "Programming Language :: Python",
            "Programming Language :: Python :: 3.6",
        ),
        project_urls={"Homepage": "https://github.com/arneb/django-messages"},
        status="active",
        releases=(
            Release(version="0.6.0", uploaded=at("2017-04-10T09:15:01"), requires_python=">=2.7,!=3.0.*"),
            Release(version="0.5.1", uploaded=at("2014-08-05T12:29:00.5"), yanked="breaks the inbox"),
            Release(version="0.4.4", uploaded=at("2011-01-19T10:00")),
        ),
    )
    assert server.paths == ["/pypi/django-messages/json", "/simple/django-messages/"]
    assert [headers["Accept"] for _, headers in server.requests] == [
        "application/json",
        "application/vnd.pypi.simple.v1+json",
    ]
    assert all(headers["User-Agent"].endswith("(+us@example.org)") for _, headers in server.requests)
    assert pypi.requests == 2


def test_the_deprecated_releases_are_not_looked_at(server: PyPIServer, ask: Ask) -> None:
    server.edit("django-messages.json", releases="nonsense", urls=0)
    assert [release.version for release in facts_of(ask("django-messages")).releases] == ["0.6.0", "0.5.1", "0.4.4"]


def test_reads_an_index_of_the_first_version(ask: Ask) -> None:
    """No serial in the file list, no versions, no times; names from before there were rules for them."""
    facts = facts_of(ask("old-times"))
    assert [release.version for release in facts.releases] == [
        "1.2",
        "1.1b0",
        "1.0.post2",
        "1.0",
        "0.9.2",
        "0.9.1",
        "2004d",
    ]
    assert all(release.uploaded is None for release in facts.releases)
    assert facts.status == "active"
    assert derive.pypi_version(facts) == "1.2"


def test_reads_a_project_of_which_all_is_yanked(ask: Ask) -> None:
    facts = facts_of(ask("only-yanked"))
    assert {release.version: release.yanked for release in facts.releases} == {"1.1": "leaks a secret", "1.0": True}
    assert derive.pypi_version(facts) is None


def test_of_two_reasons_for_yanking_the_newest_is_kept(server: PyPIServer, ask: Ask) -> None:
    files = [
        {"filename": f"only_yanked-1.{ending}", "upload-time": f"2020-01-0{day}T00:00:00Z", "yanked": yanked}
        for ending, day, yanked in (("zip", 2, "the newer"), ("tar.gz", 1, "the older"), ("tar.bz2", 3, True))
    ]
    server.edit("only-yanked.simple.json", files=files, versions=["1"])
    assert facts_of(ask("only-yanked")).releases[-1].yanked == "the newer"


def test_reads_a_project_of_pre_releases(ask: Ask) -> None:
    assert derive.pypi_version(facts_of(ask("only-prereleases"))) == "0.1rc1"


def test_a_release_without_files_is_known_from_the_description(ask: Ask) -> None:
    facts = facts_of(ask("without-files"))
    assert facts.releases == (Release(version="1.1.6", requires_python="<3"),)
    assert (facts.status, facts.status_reason, facts.serial) == ("archived", "use another one", 34)


def test_a_release_without_files_may_be_yanked(server: PyPIServer, ask: Ask) -> None:
    info = {"name": "without-files", "version": "1.1.6"}
    for yanked, reason, expected in ((True, None, True), (True, "bad", "bad"), (False, "bad", False)):
        server.edit("without-files.json", info=info | {"yanked": yanked, "yanked_reason": reason})
        [release] = facts_of(ask("without-files")).releases
        assert release.yanked == expected


def test_a_listed_version_without_files_is_kept(server: PyPIServer, ask: Ask) -> None:
    server.edit("django-messages.simple.json", versions=["0.4.4", "0.5.1", "0.6.0", "0.7.0"])
    assert facts_of(ask("django-messages")).releases[0] == Release(version="0.7.0")


def test_text_is_made_fit(ask: Ask) -> None:
    facts = facts_of(ask("hostile"))
    assert facts.summary == "Safe txet and sound \u00e9"
    assert facts.license is not None
    assert facts.license.startswith("Permission is hereby granted Permission")
    assert len(facts.license) <= 200
    assert facts.license_expression is None
    assert facts.classifiers == ("Framework :: Django", "License :: OSI Approved")
    assert list(facts.project_urls.items()) == [
        ("Code", "https://example.org/code"),
        ("Docs", "https://docs.example.org/a"),
    ]
    assert facts.requires_python == ">=3.8"
    assert (facts.status, facts.status_reason) == ("deprecated", "old")
    assert facts.serial == 35
    assert facts.releases == (
        Release(version="1.0", uploaded=at("2024-01-01T12:00"), yanked="bad reason"),
        Release(version="2004d"),
    )


def test_follows_the_index_to_its_own_spelling(server: PyPIServer, ask: Ask, pypi: PyPI) -> None:
    server.script("/pypi/django-messages/json", redirect("/pypi/Django-Messages/json"))
    assert facts_of(ask("django-messages")).serial == 4100200
    assert pypi.requests == 4  # there, back, and the file list


# Serials


def test_one_request_where_the_serial_is_known(server: PyPIServer, ask: Ask) -> None:
    known = facts_of(ask("django-messages"))
    server.requests.clear()
    assert ask("django-messages", known) == Unchanged()
    assert server.paths == ["/pypi/django-messages/json"]


def test_all_is_asked_where_that_is_wanted(server: PyPIServer, ask: Ask) -> None:
    known = facts_of(ask("django-messages"))
    server.edit("django-messages.simple.json", **{"project-status": {"status": "archived"}})  # which moves no serial
    assert ask("django-messages", known) == Unchanged()
    assert facts_of(ask("django-messages", known, again=True)).status == "archived"


def test_the_serial_of_another_project_says_nothing(server: PyPIServer, ask: Ask) -> None:
    renamed = PyPIFacts(name="django-messages-old", serial=4100200)
    assert facts_of(ask("django-messages", renamed)).name == "django-messages"
    newer = PyPIFacts(name="django-messages-old", serial=9999999)
    assert facts_of(ask("django-messages", newer)).serial == 4100200
    assert len(server.requests) == 4


def test_an_import_without_a_serial_is_asked_in_full(ask: Ask) -> None:
    facts = facts_of(ask("django-messages", PyPIFacts(name="Django.Messages", version="0.5")))
    assert facts.version is None
    assert derive.pypi_version(facts) == "0.6.0"


def test_a_stale_description_is_not_taken(server: PyPIServer, ask: Ask) -> None:
    known = PyPIFacts(name="django-messages", serial=4100201)
    stale = Failed("is stale: serial 4100200, where 4100201 is known")
    assert ask("django-messages", known) == stale
    assert ask("django-messages", known, again=True) == stale
    assert server.paths == ["/pypi/django-messages/json"] * 2


def test_a_stale_file_list_is_not_taken(server: PyPIServer, ask: Ask) -> None:
    known = PyPIFacts(name="django-messages", serial=4100201)
    server.edit("django-messages.json", last_serial=4100300)
    assert ask("django-messages", known) == Failed("is stale: serial 4100200, where 4100201 is known")


@pytest.mark.parametrize(("described", "listed", "kept"), [(10, 12, 10), (12, 10, 10), (12, "11", 11), ("12", 12, 12)])
def test_of_two_serials_the_older_one_is_kept_so_that_the_rest_is_asked_again(
    server: PyPIServer, ask: Ask, described: int | str, listed: int | str, kept: int
) -> None:
    server.edit("django-messages.json", last_serial=described)
    server.edit("django-messages.simple.json", meta={"api-version": "1.4", "_last-serial": listed})
    assert facts_of(ask("django-messages")).serial == kept


def test_without_a_serial_of_its_own_the_file_list_must_hold_the_described_version(
    server: PyPIServer, ask: Ask
) -> None:
    server.edit("django-messages.simple.json", meta={"api-version": "1.4"})
    assert facts_of(ask("django-messages")).serial == 4100200
    server.edit("django-messages.json", info={"name": "django-messages", "version": "0.7.0"})
    facts = facts_of(ask("django-messages"))
    assert facts.serial is None
    assert facts.releases[0] == Release(version="0.7.0")


def test_an_index_without_serials(server: PyPIServer, ask: Ask) -> None:
    server.edit("django-messages.json", last_serial=None)
    server.edit("django-messages.simple.json", meta={})
    facts = facts_of(ask("django-messages"))
    assert facts.serial is None
    assert facts_of(ask("django-messages", facts)) == facts


# Gone


def test_a_deleted_project(server: PyPIServer, ask: Ask) -> None:
    assert ask("deleted") == Gone("is not there, or not any more")
    assert server.paths == ["/pypi/deleted/json", "/simple/deleted/"]


def test_a_project_without_a_release(ask: Ask) -> None:
    assert ask("no-release") == Gone("has no release")


def test_a_quarantined_project_keeps_what_is_known(ask: Ask) -> None:
    known = PyPIFacts(name="Quarantined", serial=80, summary="Was good", releases=(Release(version="1.0"),))
    outcome = ask("quarantined", known)
    expected = known.model_copy(update={"status": "quarantined", "status_reason": "under investigation"})
    assert outcome == Gone("is quarantined", expected)


def test_a_quarantined_project_of_which_nothing_was_known(ask: Ask) -> None:
    outcome = ask("quarantined")
    facts = PyPIFacts(name="quarantined", status="quarantined", status_reason="under investigation")
    assert outcome == Gone("is quarantined", facts)


def test_a_quarantine_is_believed_though_a_cache_still_has_the_description(server: PyPIServer, ask: Ask) -> None:
    known = facts_of(ask("django-messages"))
    server.edit("django-messages.json", last_serial=4100205)
    server.files["django-messages.simple.json"] = server.files["quarantined.simple.json"].replace(b"90", b"4100209")
    outcome = ask("django-messages", known)
    assert isinstance(outcome, Gone)
    assert isinstance(outcome.facts, PyPIFacts)
    assert outcome.facts.releases == known.releases


def test_the_end_of_a_quarantine_shows_though_the_serial_is_known(ask: Ask) -> None:
    known = facts_of(ask("django-messages"))
    quarantined = known.model_copy(update={"status": "quarantined", "status_reason": "under investigation"})
    assert facts_of(ask("django-messages", quarantined)) == known


def test_a_stale_quarantine_is_not_taken(ask: Ask) -> None:
    known = PyPIFacts(name="quarantined", serial=91)
    assert ask("quarantined", known) == Failed("is stale: serial 90, where 91 is known")


# Answers that contradict each other, or make no sense


def test_a_description_without_a_file_list(server: PyPIServer, ask: Ask) -> None:
    del server.files["django-messages.simple.json"]
    assert ask("django-messages") == Failed("has a description but no file list")


def test_files_without_a_description(server: PyPIServer, ask: Ask) -> None:
    del server.files["django-messages.json"]
    assert ask("django-messages") == Failed("has files but no description")


def test_an_answer_about_another_project(server: PyPIServer, ask: Ask) -> None:
    server.files["django-messages.json"] = server.files["hostile.json"]
    assert ask("django-messages") == Failed("answered about another project, 'hostile'")
    assert len(server.requests) == 1


BOTH = ("/pypi/django-messages/json", "/simple/django-messages/")


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b""),
        Reply(body=b"<!DOCTYPE html><title>Sorry</title>"),
        Reply(body=b"[]"),
        Reply(body=b"null"),
        Reply(body=b"{}"),
        Reply(body=b'{"info": {"name": "django-messages"'),
        Reply(body=b'{"info": {"name": "\xff"}, "files": []}'),
        Reply(body=b'{"info": {"name": "django-messages", "classifiers": "none"}, "files": [{}]}'),
        Reply(body=b'{"info": {"name": 1}, "files": [{"filename": "x", "upload-time": "yesterday"}]}'),
        Reply(body=b'{"info": {"name": "x"}, "last_serial": true, "files": [], "meta": {"_last-serial": "a"}}'),
        Reply(body=b'{"info": {"name": "x"}, "last_serial": [1], "files": [], "meta": {"_last-serial": {}}}'),
        Reply(body=b'{"info": {"name": "x"}, "last_serial": "%s", "files": 1}' % (b"9" * 9000)),
        Reply(body=b"[" * 100_000),
        Reply(206, b"{}"),
        Reply(204),
        failing(401),
        failing(410),
        failing(429, Retry_After="3600"),
        redirect("https://example.org/"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_failure(server: PyPIServer, ask: Ask, path: str, reply: Reply) -> None:
    server.script(path, reply)
    outcome = ask("django-messages", PyPIFacts(name="django-messages", serial=1))
    assert isinstance(outcome, Failed)
    assert outcome.reason.isprintable()
    assert outcome.reason.startswith(path)
    assert len(outcome.reason) <= 400
    assert server.paths.count(path) == 1  # asking again would not help


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize(("status", "for_good"), [(403, True), (451, True), (400, False)])
def test_a_refusal_may_be_for_good(server: PyPIServer, ask: Ask, path: str, status: int, *, for_good: bool) -> None:
    server.script(path, failing(status))
    assert ask("django-messages") == Failed(f"{path}: answered {status}", for_good=for_good)


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize("reply", [failing(503), torn_gzip(b'{"info": 1}'), short(b"{}"), failing(429)])
def test_a_fault_that_stays_is_a_failure_after_three_tries(
    server: PyPIServer, ask: Ask, path: str, reply: Reply
) -> None:
    server.script(path, *[reply] * 3)
    outcome = ask("django-messages")
    assert isinstance(outcome, Failed)
    assert server.paths.count(path) == 3
    assert isinstance(ask("django-messages"), Fetched)


def test_a_file_list_of_an_interface_to_come(server: PyPIServer, ask: Ask) -> None:
    server.edit("django-messages.simple.json", meta={"api-version": "2.0"})
    outcome = ask("django-messages")
    assert isinstance(outcome, Failed)
    assert "api-version" in outcome.reason


def test_a_file_list_that_is_not_json_is_a_failure(server: PyPIServer, ask: Ask) -> None:
    server.script("/simple/django-messages/", Reply(200, b"<html>", {"Content-Type": "text/html"}))
    outcome = ask("django-messages")
    assert isinstance(outcome, Failed)
    assert "JSON" in outcome.reason


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_key_holds_the_outcome_is_a_value(server: PyPIServer, ask: Ask, data: st.DataObject) -> None:
    """Each key that is used, of each answer, holds anything; what comes is an outcome, and nothing odd is stored."""
    recorded = dict(server.files)
    try:
        file = data.draw(st.sampled_from(["django-messages.json", "django-messages.simple.json"]))
        body = json.loads(recorded[file])
        place = data.draw(st.sampled_from([body, body.get("info") or body["files"][0], body.get("meta") or body]))
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(_JSON)
        server.files[file] = json.dumps(body).encode()
        outcome = ask("django-messages")
        assert isinstance(outcome, Fetched | Failed)
        if isinstance(outcome, Fetched):
            assert isinstance(outcome.facts, PyPIFacts)
            again = PyPIFacts.model_validate_json(outcome.facts.model_dump_json())
            assert again == outcome.facts
            assert outcome.facts.releases
    finally:
        server.files = recorded
