import json
from pathlib import Path

import pytest
from scripted import NOW, Scripted, data_of, fetched, repository

from builder import snapshots
from builder.errors import GuardRefusedError, UpstreamError
from builder.fetch import VERDICTS, Proposal, Result, Summary, fetch
from builder.fetch.summary import Verdict, verdict
from builder.metadata import Snapshot
from builder.upstreams.base import Failed, Fetched, Gone, Outcome, Refused, Skipped, Unchanged, Waiting


@pytest.mark.parametrize(
    ("outcome", "word", "refused"),
    [
        (fetched("x"), "unchanged", "refused"),
        (Unchanged(), "unchanged", "refused"),
        (Gone("x"), "gone", "refused"),
        (Failed("x"), "failed", "failed"),
        (Waiting("x"), "waiting", "waiting"),
        (Refused("x"), "not asked", "not asked"),
        (Skipped("x"), "skipped", "skipped"),
    ],
)
def test_each_outcome_has_its_word(outcome: Outcome | Skipped, word: Verdict, refused: Verdict) -> None:
    assert verdict(outcome) == word
    assert verdict(outcome, refused=True) == refused
    changed = "fetched" if word == "unchanged" else word
    assert verdict(outcome, changed=True) == changed


def test_the_word_for_another_repository() -> None:
    assert verdict(fetched("x"), taken_over=True) == "taken over"


def test_the_summary_for_people_and_for_programs(tmp_path: Path) -> None:
    told: dict[str, Outcome | Skipped] = {
        "a": fetched("new"),
        "b": Failed("broken"),
        "c": Gone("deleted"),
        "d": Skipped("has no name"),
    }
    summary = fetch(data_of("a", "b", "c", "d", "e"), tmp_path, [Scripted(told)], lambda: NOW)
    assert str(summary).splitlines() == [
        "1 fetched, 1 unchanged, 1 gone, 1 failed, 1 skipped (4 requests)",
        "failed: b: pypi: broken",
        "gone: c: pypi: deleted",
        "skipped: 1 x pypi: has no name",
    ]
    said = json.loads(json.dumps(summary.as_dict()))
    assert list(said["counts"]) == list(VERDICTS)
    assert {kind: count for kind, count in said["counts"].items() if count} == {
        "fetched": 1,
        "unchanged": 1,
        "gone": 1,
        "failed": 1,
        "skipped": 1,
    }
    assert said["requests"] == {"pypi": 4}
    assert said["stopped"] == said["refused"] == {}
    assert {"slug": "b", "upstream": "pypi", "verdict": "failed", "reason": "broken"} in said["results"]
    assert len(said["results"]) == 5


def test_a_proposal_is_told_to_all(tmp_path: Path) -> None:
    snapshots.save(tmp_path, "a", Snapshot(repository=repository()))
    taken_over = Scripted({"a": Fetched(repository("R2"))}, "github")
    known, _ = snapshots.load(tmp_path)
    summary = fetch(data_of("a", known=known), tmp_path, [taken_over], lambda: NOW)
    [proposal] = summary.proposals
    assert summary.lines() == ["1 taken over (1 request)", f"for a person: {proposal}"]
    assert summary.as_dict()["proposals"] == [
        {"slug": "a", "path": "data/packages/a.yaml", "reason": proposal.reason, "edit": ""}
    ]
    assert summary.error() is None


def test_nothing_to_do_is_said(tmp_path: Path) -> None:
    summary = fetch(data_of(), tmp_path, [Scripted()], lambda: NOW)
    assert str(summary) == "nothing to fetch (0 requests)"
    assert summary.as_markdown() == "## Refresh\n\n| upstream | requests |\n| --- | --- |\n"


def results(*words: Verdict) -> list[Result]:
    return [Result(f"p{n}", "pypi", word) for n, word in enumerate(words)]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("failed", "unchanged"),
        ("failed", "fetched"),
        ("failed", "gone"),
        ("skipped",),
        ("waiting",),
    ],
)
def test_some_failures_are_no_error(words: tuple[Verdict, ...]) -> None:
    assert Summary(results(*words)).error() is None


def test_no_good_answer_at_all_is_an_error() -> None:
    error = Summary(results("failed", "waiting")).error()
    assert isinstance(error, UpstreamError)
    assert str(error) == "No answer could be used; nothing was changed."


def test_a_guard_is_more_than_an_upstream_that_stopped() -> None:
    summary = Summary(results("fetched"), stopped={"github": "answered 401"})
    error = summary.error()
    assert isinstance(error, UpstreamError)
    assert (str(error), error.exit_code) == ("github: answered 401", 3)
    summary.refused = {"pypi": "too odd", "downloads": "as well"}
    error = summary.error()
    assert isinstance(error, GuardRefusedError)
    assert (str(error), error.exit_code) == ("pypi: too odd; downloads: as well", 4)
    assert summary.lines()[1:] == ["github: answered 401", "pypi: too odd", "downloads: as well"]


def test_the_page_of_a_workflow_run() -> None:
    summary = Summary(
        [Result("a", "pypi", "fetched"), Result("b", "github", "failed", "broke"), Result("b", "pypi", "unchanged")],
        {"pypi": 3, "github": 1},
        refused={"github": "too odd"},
        proposals=[Proposal("a", "data/packages/a.yaml", "is called `o/new` now", "repository: https://x.org/o/new")],
    )
    assert summary.as_markdown() == (
        "## Refresh\n"
        "\n"
        "| upstream | requests | fetched | unchanged | failed |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| github | 1 | 0 | 0 | 1 |\n"
        "| pypi | 3 | 1 | 1 | 0 |\n"
        "\n"
        "- `` github: too odd ``\n"
        "- `` for a person: data/packages/a.yaml: is called  o/new  now repository: https://x.org/o/new ``\n"
        "- `` failed: b: github: broke ``\n"
    )


def test_what_upstreams_say_does_nothing_on_that_page() -> None:
    hostile = "``` <script>\n\n# [x](javascript:y) @team `"
    page = Summary([Result("a", "pypi", "failed", hostile)]).as_markdown()
    [line] = [line for line in page.splitlines() if "script" in line]
    assert line == "- `` failed: a: pypi:     <script> # [x](javascript:y) @team   ``"


def test_that_page_has_an_end() -> None:
    page = Summary([Result(f"p{n}", "pypi", "failed", "broken") for n in range(777)]).as_markdown()
    lines = [line for line in page.splitlines() if line.startswith("- ")]
    assert len(lines) == 501
    assert lines[-1] == "- and 277 more"
