import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from pypi_server import PyPIServer, Reply, Script, failing, redirect, short, torn_gzip

from builder.config import Settings
from builder.metadata import DownloadFacts, Snapshot
from builder.records import PackageRecord
from builder.upstreams import UPSTREAMS
from builder.upstreams.base import Fetched, Outcome, Question, Refused, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.downloads import Downloads
from builder.upstreams.limits import Budget

PATH = "/top-packages.json"
LIST = {
    "last_update": "2026-11-01 08:23:50",
    "source": "ClickHouse",
    "rows": [
        {"download_count": 1_300_000_000, "project": "boto3"},
        {"download_count": 12_345, "project": "Django_Messages"},
        {"download_count": 0, "project": "nobody-wants-it"},
    ],
}
KNOWN = DownloadFacts(month="2026-10", count=99)

Ask = Callable[..., dict[str, Outcome]]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PyPIServer]:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with PyPIServer().running() as running:
        yield running


def downloads(url: str, budget: Budget | None = None) -> Downloads:
    site = Settings(
        title="Test",
        base_url="https://example.org",
        repository="https://github.com/example/example",
        contact="us@example.org",
        downloads_url=url,
    )
    return Downloads(Setup(site, date(2026, 11, 3), budget=budget or Budget()))


@pytest.fixture
def ask(server: PyPIServer) -> Iterator[Ask]:
    made: list[Downloads] = []

    def ask_all(*names: str, budget: Budget | None = None, **known: DownloadFacts) -> dict[str, Outcome]:
        made.append(downloads(server.url + PATH, budget))
        stored = {f"the-{n}": Snapshot(downloads=known.get(n.replace("-", "_"))) for n in names}
        questions = [Question(f"the-{n}", n, stored) for n in names]
        outcomes = list(made[-1].ask(questions))
        assert [slug for slug, _ in outcomes] == [question.slug for question in questions]
        return {slug.removeprefix("the-"): outcome for slug, outcome in outcomes}

    yield ask_all
    for one in made:
        one.close()


def says(content: object) -> Reply:
    return Reply(body=json.dumps(content).encode())


def changed(**keys: Any) -> Reply:  # noqa: ANN401 - JSON
    return says(LIST | keys)


def found(count: int, month: str = "2026-11") -> Fetched:
    return Fetched(DownloadFacts(month=month, count=count))


# The seam


def test_is_one_of_the_upstreams() -> None:
    assert Downloads in UPSTREAMS


@pytest.mark.parametrize(
    ("url", "fields", "project"),
    [
        ("https://example.org/list.json", {"pypi": "Django_Messages"}, "django-messages"),
        ("https://example.org/list.json", {"pypi_url": "https://pypi.org/project/Django.Messages/"}, "django-messages"),
        ("https://example.org/list.json", {}, Skipped("")),
        ("", {"pypi": "django-messages"}, Skipped("")),
    ],
)
def test_asks_about_packages_with_a_name_on_pypi(url: str, fields: dict[str, str], project: str | Skipped) -> None:
    upstream = downloads(url)
    assert upstream.project(PackageRecord.model_validate({"title": "X", "category": "apps", **fields})) == project
    upstream.close()


def test_no_question_is_no_request(server: PyPIServer, ask: Ask) -> None:
    assert ask() == {}
    assert server.paths == []


# Good answers


def test_one_request_for_all(server: PyPIServer, ask: Ask) -> None:
    server.script(PATH, says(LIST))
    names = ["django-messages", "boto3", "nobody-wants-it", *(f"package-{number}" for number in range(300))]
    outcomes = ask(*names)
    assert outcomes.pop("django-messages") == found(12_345)
    assert outcomes.pop("boto3") == found(1_300_000_000)
    assert outcomes.pop("nobody-wants-it") == found(0)
    assert set(outcomes.values()) == {Unchanged()}
    assert server.paths == [PATH]
    [(_, headers)] = server.requests
    assert headers["User-Agent"].endswith("(+us@example.org)")


def test_what_is_not_in_the_list_keeps_its_number(server: PyPIServer, ask: Ask) -> None:
    server.script(PATH, says(LIST))
    assert ask("other", other=KNOWN) == {"other": Unchanged()}


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        (KNOWN, found(12_345)),
        (DownloadFacts(month="2026-11", count=12_344), found(12_345)),
        (DownloadFacts(month="2026-11", count=12_345), Unchanged()),
        (DownloadFacts(month="2026-12", count=1), Unchanged()),
        (DownloadFacts(month="2025-12", count=12_345), found(12_345)),
    ],
)
def test_a_newer_list_takes_the_place_of_an_older_one(
    server: PyPIServer, ask: Ask, known: DownloadFacts, outcome: Outcome
) -> None:
    server.script(PATH, says(LIST))
    assert ask("django-messages", django_messages=known) == {"django-messages": outcome}


@pytest.mark.parametrize("text", ["2026-11-01 00:00:00", "2026-11-30T23:59:59Z", "2026-11-01"])
def test_the_month_is_the_lists_own(server: PyPIServer, ask: Ask, text: str) -> None:
    server.script(PATH, changed(last_update=text))
    assert ask("boto3") == {"boto3": found(1_300_000_000)}


# Faults


@pytest.mark.parametrize(
    "scripts",
    [
        [failing(404)],
        [failing(401)],
        [failing(403)],
        [failing(503)] * 3,
        [failing(429, Retry_After="3600")],
        [torn_gzip(json.dumps(LIST).encode())] * 3,
        [short(json.dumps(LIST).encode())] * 3,
        [redirect("https://example.org/list.json")],
        [Reply(body=b"<!DOCTYPE html>")],
        [Reply(body=json.dumps(LIST).encode()[:-2])],
        [says([])],
        [says({"rows": []})],
        [changed(last_update="yesterday")],
        [changed(last_update=None)],
        [changed(rows={"boto3": 1})],
        [changed(rows=[{"project": "boto3"}])],
        [changed(rows=[{"project": "boto3", "download_count": -1}])],
        [changed(rows=[{"project": "boto3", "download_count": "many"}])],
        [changed(rows=[{"project": 1, "download_count": 1}])],
    ],
)
def test_a_list_that_cannot_be_read_is_a_failure_for_all(server: PyPIServer, ask: Ask, scripts: list[Script]) -> None:
    server.script(PATH, *scripts)
    outcomes = ask("boto3", "other", boto3=KNOWN)
    assert len(set(outcomes.values())) == 1
    outcome = outcomes["boto3"]
    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("the list of downloads: ")
    assert outcome.reason.isprintable()
    assert server.paths == [PATH] * len(scripts)


def test_a_spent_budget(server: PyPIServer, ask: Ask) -> None:
    outcomes = ask("boto3", "other", budget=Budget(requests=0))
    waiting = Waiting("the requests for this run are spent")
    assert outcomes == {"boto3": waiting, "other": waiting}
    assert server.paths == []
