"""`builder check`, as a person, a program and a workflow run meet it."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from folders import as_yaml, package, write_data
from repositories import commit

from builder import cli, source
from builder.cli.checking import FORMATS

INDEX = "https://github.com/example/packages/blob/main/.github/docs/problems/README.md"
SCHEMA = json.loads((Path(__file__).parent / "sarif" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))


pytestmark = pytest.mark.usefixtures("own_git")


@pytest.fixture(autouse=True)
def _no_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "data", packages={"a": package(1)})


def check(data: Path, *options: str, quiet: bool = False, **environment: str) -> Result:
    arguments = [*(["--quiet"] if quiet else []), "check", "--data", str(data), *options]
    return CliRunner().invoke(cli.main, arguments, env=environment)


def spoil(data: Path, count: int = 1) -> None:
    for number in range(count):
        (data / f"packages/bad{number:02}.yaml").write_text("title: Bad\ncategory: nowhere\n")


def test_problems_are_the_result_and_their_count_a_message(data: Path) -> None:
    spoil(data)
    result = check(data)
    assert result.exit_code == 1
    assert result.stdout == (
        "data/packages/bad00.yaml:2:11: category: there is no such category (found 'nowhere') [unknown-category]\n"
        "    There are: apps.\n"
    )
    assert result.stderr == f"What each code in brackets means: {INDEX}\n1 problem in 1 file.\n"


def test_where_codes_are_explained_is_not_told_when_nobody_knows_it(data: Path) -> None:
    (data / "site.yaml").write_text("title: x\n")
    assert "What each code" not in check(data).stderr
    (data / "site.yaml").unlink()
    assert "What each code" not in check(data).stderr


def test_json_is_whole_with_notes_and_without(data: Path) -> None:
    (data / "packages/new.yaml").write_text("title: New\ncategory: apps\n")
    result = check(data, "--format", "json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["count"], report["problems"]) == (0, 0, [])
    assert any("has no id yet" in note for note in report["notes"])
    spoil(data)
    result = check(data, "--format", "json", quiet=True)
    report = json.loads(result.stdout)
    assert (result.exit_code, report["count"], report["notes"]) == (1, 1, [])
    assert report["problems"][0]["help"] == INDEX.replace("README", "unknown-category")


def test_a_workflow_run_gets_ten_annotations_and_a_summary_of_all(tmp_path: Path) -> None:
    data = write_data(tmp_path / "sites" / "data", packages={"a": package(1)})
    commit(tmp_path)
    spoil(data, 12)
    page = tmp_path / "summary.md"
    page.write_text("Before.\n")
    result = check(data, "--format", "github", GITHUB_STEP_SUMMARY=str(page))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    place = "::error file=sites/data/packages/bad00.yaml,line=2,col=11,title=unknown-category%3A category::"
    assert lines[0].startswith(place)
    assert sum(line.startswith("::error ") for line in lines) == 10
    stopped = re.fullmatch("::stop-commands::([0-9a-f]{32})", lines[10])
    assert stopped
    assert lines[-1] == f"::{stopped[1]}::"
    text = page.read_text()
    assert text.startswith("Before.\n### 12 problems in 12 files\n")
    assert text.count("there is no such category") == 12
    assert check(data, "--format", "github").stdout.splitlines()[10] != lines[10]


def test_a_workflow_run_without_problems_says_so_in_its_summary(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "summary.md"
    result = check(data, "--format", "github", GITHUB_STEP_SUMMARY=str(page))
    assert (result.exit_code, result.stdout) == (0, "")
    assert page.read_text() == "### No problem found\n\n1 packages, 0 grids, 1 categories\n"
    assert check(data, "--format", "github").exit_code == 0


def test_sarif_counts_columns_as_the_format_does(data: Path) -> None:
    (data / "packages/rocket.yaml").write_text("\ufefftitle: 🚀🚀 to: the moon\n", encoding="utf-8")
    (data / "packages/latin.yaml").write_bytes(b"title: Caf\xe9\n")
    (data / "grids").rmdir()
    (data / "grids").write_text("")
    result = check(data, "--format", "sarif")
    assert result.exit_code == 1
    log = json.loads(result.stdout)
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    places = {
        place["artifactLocation"]["uri"]: place.get("region")
        for found in log["runs"][0]["results"]
        for place in [found["locations"][0]["physicalLocation"]]
    }
    assert places == {
        "data/grids": None,
        "data/packages/latin.yaml": {"startLine": 1, "startColumn": 11},
        "data/packages/rocket.yaml": {"startLine": 1, "startColumn": 15},
    }


def test_a_file_that_has_gone_in_the_meantime_is_counted_as_it_was(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(data)

    def refuse(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", refuse)
    log = json.loads(check(data, "--format", "sarif").stdout)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 2, "startColumn": 11}


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_has_the_same_exit_codes_and_says_no_more_than_its_result(data: Path, form: str) -> None:
    assert check(data, "--format", form).exit_code == 0
    spoil(data)
    assert check(data, "--format", form).exit_code == 1
    (data / "packages/bad00.yaml").unlink()
    result = check(data, "--format", form)
    assert "Traceback" not in result.output
    assert result.stderr == ""


def test_what_git_refuses_is_a_problem_like_others(data: Path) -> None:
    commit(data.parent)
    with (data.parent / ".git/config").open("a") as file:
        file.write("[core]\n\trepositoryFormatVersion = 99\n")
    result = check(data, "--format", "json")
    assert result.exit_code == 1
    assert [problem["code"] for problem in json.loads(result.stdout)["problems"]] == ["history"]


def test_a_folder_that_goes_while_it_is_read_is_a_problem(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = source.load(data.parent / "gone")
    monkeypatch.setattr("builder.build.source.load", lambda *_, **__: gone)
    result = check(data)
    assert result.exit_code == 1
    assert "gone: there is no such folder [file-missing]" in result.stdout


def test_a_folder_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    assert check(tmp_path / "nowhere").exit_code == 2


# --- Beside a revision


def test_older_problems_are_counted_and_not_told(data: Path) -> None:
    spoil(data, 2)
    commit(data.parent)
    result = check(data, "--base", "HEAD")
    assert (result.exit_code, result.stderr) == (0, "2 problems were there before, and are not told.\n")
    assert result.stdout == "3 packages, 0 grids, 1 categories: no new problem found.\n"
    (data / "packages/bad00.yaml").unlink()
    assert check(data, "--base", "HEAD").stderr == "1 problem was there before, and is not told.\n"
    assert check(data, "--base", "HEAD", quiet=True).output == ""
    (data / "packages/new.yaml").write_text("titel: New\ncategory: apps\n")
    result = check(data, "--base", "HEAD", "--format", "json")
    assert [problem["code"] for problem in json.loads(result.stdout)["problems"]] == ["unknown-key"]
    assert result.exit_code == 1


def test_a_person_leaves_the_programs_files_and_the_program_does_not(data: Path) -> None:
    commit(data.parent)
    (data / "snapshots/a.json").write_text('{"repository": {"stars": 1}}')
    result = check(data, "--base", "HEAD")
    assert result.exit_code == 1
    assert "[bot-owned]" in result.stdout
    assert check(data, "--base", "HEAD", "--as-bot").exit_code == 0


def test_notes_are_told_beside_a_base_too(data: Path) -> None:
    commit(data.parent)
    (data / "packages/new.yaml").write_text(as_yaml({"title": "New", "category": "apps"}))
    result = check(data, "--base", "HEAD")
    assert result.exit_code == 0
    assert "has no id yet" in result.stderr


def test_a_revision_that_is_none_is_wrong_usage(data: Path) -> None:
    commit(data.parent)
    result = check(data, "--base", "nowhere")
    assert result.exit_code == 2
    assert "git knows no revision 'nowhere' here" in result.stderr


def test_who_is_the_program_matters_beside_a_revision_alone(data: Path) -> None:
    result = check(data, "--as-bot")
    assert result.exit_code == 2
    assert "--as-bot" in result.stderr


def test_a_base_without_a_repository_or_without_git_is_an_error(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = check(data, "--base", "HEAD")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is in no git repository" in result.stderr
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    result = check(data, "--base", "HEAD")
    assert result.exit_code == 1
    assert "git is not installed" in result.stderr
