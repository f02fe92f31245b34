import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from folders import package, write_data
from repositories import commit, git

from builder import doctor
from builder.cli import main
from builder.doctor import Finding
from builder.source import yaml_text


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "one/data", packages={"a": package(1)})


def found(data: Path, out: Path | None = None, **environment: str) -> dict[str, Finding]:
    findings = doctor.examine(data, out or data.parent / "site", environment, ["GITHUB_TOKEN", "GITLAB_TOKEN"])
    return {finding.subject: finding for finding in findings}


def test_problems_of_the_data_are_counted(data: Path) -> None:
    assert found(data)["data"] == Finding("data", "ok", "1 packages, 0 grids, no problem")
    (data / "packages/a.yaml").write_text("titel: A\n")
    broken = found(data)["data"]
    assert (broken.mark, broken.remedy) == ("problem", f"Run: builder check --data {data}")
    assert "settings" not in found(data)


def test_the_address_of_the_original_is_noted(data: Path) -> None:
    settings = (data / "site.yaml").read_text()
    assert doctor.ORIGINAL in settings
    assert found(data)["settings"].mark == "note"
    (data / "site.yaml").write_text(settings.replace(doctor.ORIGINAL, "https://example.org"))
    assert found(data)["settings"] == Finding("settings", "ok", "base_url is https://example.org")


def test_what_was_not_fetched_is_noted(data: Path) -> None:
    assert found(data)["facts"].message == "nothing was fetched yet for 1 of 1"
    write_data(data, packages={"a": package(1)}, snapshots={"a": {"pypi": {"name": "a", "version": "1"}}})
    assert found(data)["facts"].mark == "ok"


def test_the_history(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(data)["git"].remedy == "Run: git init, and commit."
    commit(data.parent)
    assert found(data)["git"].mark == "ok"
    commit(data.parent)
    git(tmp_path, "clone", "-q", "--depth=1", data.parent.as_uri(), "shallow")
    assert found(tmp_path / "shallow/data")["git"].remedy == "Run: git fetch --unshallow"
    (data.parent / ".git/HEAD").write_text("ref: refs/heads/../x\n")
    (data.parent / ".git/config").write_text("[core\n")
    assert found(data)["git"].mark == "problem"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found(data)["git"].remedy == "Install git."


def test_commits_to_be_passed_over_that_are_not_there_are_noted(data: Path) -> None:
    file = data.parent / ".git-blame-ignore-revs"
    file.write_text(f"{commit(data.parent)}\n")
    commit(data.parent)
    assert found(data)["git"].mark == "ok"
    file.write_text(f"{'0' * 40}\n")
    commit(data.parent)
    noted = found(data)["git"]
    assert (noted.mark, "0" * 10 in noted.message, "squashing" in noted.remedy) == ("note", True, True)
    file.write_text("HEAD\n")
    commit(data.parent)
    assert found(data)["git"].mark == "problem"


def test_the_place_of_the_site(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(data, tmp_path / "site")["site"].mark == "ok"
    assert found(data, tmp_path / "none/site")["site"].mark == "ok"
    assert not (tmp_path / "none").exists()
    assert found(data, data)["site"].mark == "problem"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert found(data, tmp_path / "site")["site"].remedy == "Name another folder with --out."


def test_tokens_are_named_and_never_shown(data: Path) -> None:
    assert found(data, GITLAB_TOKEN="secret")["tokens"].mark == "note"  # noqa: S106 - made up
    told = found(data, GITHUB_TOKEN="secret", GITLAB_TOKEN="")["tokens"]  # noqa: S106 - made up
    assert told == Finding("tokens", "ok", "GITHUB_TOKEN")


def test_a_slow_parser_is_noted(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(data)["yaml"].mark == "ok"
    monkeypatch.setattr(yaml_text, "is_fast", lambda: False)
    assert found(data)["yaml"].mark == "note"


def test_programs_of_hosts_are_looked_for(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builder.serve.program.is_there", lambda name: name == "nginx")
    findings = found(data)
    assert (findings["nginx"].mark, findings["caddy"].mark) == ("ok", "note")
    assert "caddy" in findings["caddy"].remedy
    assert findings["node"].message.endswith("--host netlify or node")


def test_the_command_exits_with_1_where_something_must_be_mended(data: Path) -> None:
    runner = CliRunner()
    arguments = ["doctor", "--data", str(data), "--out"]
    fine = runner.invoke(main, [*arguments, str(data.parent / "site")])
    assert (fine.exit_code, fine.stderr) == (0, "")
    assert fine.stdout.startswith("ok       data     1 packages, 0 grids, no problem\n")
    bad = runner.invoke(main, ["-q", *arguments, str(data)])
    assert (bad.exit_code, bad.stderr) == (1, "Error: 1 problem to mend; see above.\n")
    assert bad.stdout.startswith("problem  site ")
