import os
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from builder import history
from builder.catalogue import Dates
from builder.errors import DataError
from builder.history import History


def day(number: int) -> datetime:
    return datetime(2026, 1, number, 12, 30, 15, tzinfo=UTC)


class Repository:
    """A real repository, whose commits have the dates that a test gives them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, when: datetime | str = "") -> str:
        committed = when if isinstance(when, str) else when.isoformat()
        dates = {"GIT_COMMITTER_DATE": committed, "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z"} if committed else {}
        ended = subprocess.run(  # noqa: S603 - the arguments are ours
            ["git", *arguments],  # noqa: S607 - the user's git is the one to try
            cwd=self.root,
            env=os.environ | dates,
            check=True,
            capture_output=True,
            text=True,
        )
        return ended.stdout.strip()

    def write(self, **files: str) -> None:
        """Write files under data/packages; the keywords are slugs."""
        for slug, text in files.items():
            file = self.root / "data" / "packages" / f"{slug}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def commit(self, when: datetime | str, **files: str) -> None:
        self.write(**files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=One\n\nAnd two.", when=when)

    @property
    def dates(self) -> dict[str, tuple[datetime, datetime]]:
        """Give what is read, by slug."""
        found = history.read(self.root / "data").dates
        return {Path(path).stem: (dates.first, dates.last) for path, dates in found.items()}


@pytest.fixture(autouse=True)
def _own_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CEILING_DIRECTORIES": os.fspath(tmp_path),
        "GIT_AUTHOR_NAME": "Someone",
        "GIT_AUTHOR_EMAIL": "someone@example.org",
        "GIT_COMMITTER_NAME": "Someone",
        "GIT_COMMITTER_EMAIL": "someone@example.org",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "work")


def test_first_and_last_commit_of_each_file(repository: Repository) -> None:
    repository.commit(day(1), one="1", two="1")
    repository.commit(day(2), one="2")
    repository.commit(day(3), one="3", three="1")
    found = history.read(repository.root / "data")
    assert found == History(
        {
            "data/packages/one.yaml": Dates(day(1), day(3)),
            "data/packages/two.yaml": Dates(day(1), day(1)),
            "data/packages/three.yaml": Dates(day(3), day(3)),
        },
        shallow=False,
        prefix="data/",
    )


def test_dates_are_in_utc_whatever_zone_they_were_committed_in(repository: Repository) -> None:
    repository.commit(day(1).astimezone(timezone(timedelta(hours=-5))), one="1")
    assert repository.dates == {"one": (day(1), day(1))}
    assert repository.dates["one"][0].tzinfo is UTC


def test_paths_are_relative_to_the_folder_that_holds_data(tmp_path: Path) -> None:
    deep = Repository(tmp_path / "work")
    deep.root = tmp_path / "work" / "sites" / "été"
    deep.commit(day(1), one="1")
    deep.root = tmp_path / "work"
    (tmp_path / "work" / "data").mkdir()
    (tmp_path / "work" / "data" / "other.yaml").write_text("1")
    deep.commit(day(2))
    found = history.read(deep.root / "sites" / "été" / "data")
    assert list(found.dates) == ["data/packages/one.yaml"]
    assert found.prefix == "sites/été/data/"


def test_data_may_be_the_repository_itself_or_lead_to_it(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "entries")
    (repository.root / "site.yaml").write_text("1")
    repository.commit(day(1))
    (tmp_path / "data").symlink_to(repository.root)
    for data in (repository.root, tmp_path / "data", repository.root / ".git" / ".."):
        found = history.read(data)
        assert (list(found.dates), found.prefix) == (["entries/site.yaml"], "")


def test_the_data_folder_may_be_given_relative_to_the_current_one(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(day(1), one="1")
    monkeypatch.chdir(repository.root)
    assert list(history.read(Path("data")).dates) == ["data/packages/one.yaml"]


ODD = ["a\nb", "\nfirst", " space ", 'quo"te', "tab\tbed", "é", "back\\slash", "-c", "*", ":(top)x", "\udcff"]


def test_odd_names_are_read_as_they_are(repository: Repository) -> None:
    repository.commit(day(1), **dict.fromkeys(ODD, "1"))
    for number, name in enumerate(ODD, start=2):
        repository.commit(day(number), **{name: "2"})
    found = history.read(repository.root / "data").dates
    assert found == {
        f"data/packages/{name}.yaml": Dates(day(1), day(number)) for number, name in enumerate(ODD, start=2)
    }


def test_a_file_that_looks_like_a_commit_is_a_file(repository: Repository) -> None:
    folder = repository.root / "data" / "0" / ("a" * 40 + " 123")
    folder.parent.mkdir(parents=True)
    folder.write_text("1")
    repository.commit(day(1))
    assert list(history.read(repository.root / "data").dates) == [f"data/0/{'a' * 40} 123"]


def test_a_rename_is_a_new_file(repository: Repository) -> None:
    repository.commit(day(1), one="the same words\n" * 20)
    repository.git("mv", "data/packages/one.yaml", "data/packages/two.yaml")
    repository.git("config", "diff.renames", "copies")
    repository.commit(day(2))
    assert repository.dates == {"one": (day(1), day(2)), "two": (day(2), day(2))}


def test_the_dates_may_run_against_the_order_of_commits(repository: Repository) -> None:
    for number in (5, 9, 2, 7):
        repository.commit(day(number), one=str(number))
    assert repository.dates == {"one": (day(2), day(9))}


def test_a_date_that_no_calendar_holds_is_passed_over(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    repository.commit("@99999999999999 +0000", one="2", two="2")
    assert repository.dates == {"one": (day(1), day(1))}


def branches(repository: Repository) -> None:
    """Make a side branch and a main one that both change a file in their own ways."""
    repository.commit(day(1), one="1")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit(day(2), one="side", side="1")
    repository.git("checkout", "--quiet", "main")
    repository.commit(day(3), one="main", main="1")


def test_a_merge_gives_files_the_dates_of_their_own_commits(repository: Repository) -> None:
    branches(repository)
    repository.git("merge", "--quiet", "--no-edit", "--strategy-option=ours", "side", when=day(4))
    assert repository.dates == {"one": (day(1), day(3)), "side": (day(2), day(2)), "main": (day(3), day(3))}


def test_what_a_merge_itself_changes_has_its_date(repository: Repository) -> None:
    branches(repository)
    repository.git("merge", "--quiet", "--no-commit", "--strategy-option=ours", "side")
    repository.commit(day(4), one="both", **{"\nnew": "1"})
    assert repository.dates == {
        "one": (day(1), day(4)),
        "side": (day(2), day(2)),
        "main": (day(3), day(3)),
        "\nnew": (day(4), day(4)),
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"log.showRoot": "false"},
        {"log.showSignature": "true"},
        {"diff.relative": "true"},
        {"core.quotePath": "true"},
        {"color.ui": "always"},
        {"format.pretty": "oneline"},
        {"log.diffMerges": "off", "log.decorate": "full", "log.abbrevCommit": "true", "log.date": "relative"},
    ],
)
def test_settings_of_the_user_change_nothing(repository: Repository, settings: dict[str, str]) -> None:
    branches(repository)
    repository.git("merge", "--quiet", "--no-commit", "--strategy-option=ours", "side")
    repository.commit(day(4), one="both")
    for name, value in settings.items():
        repository.git("config", name, value)
    assert repository.dates == {"one": (day(1), day(4)), "side": (day(2), day(2)), "main": (day(3), day(3))}


def test_a_file_that_is_not_committed_has_no_date(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    repository.write(two="1")
    assert set(repository.dates) == {"one"}


def clone(repository: Repository, depth: int) -> Repository:
    copy = Repository(repository.root.parent / "clone")
    copy.git("fetch", "--quiet", f"--depth={depth}", repository.root.as_uri(), "main")
    copy.git("checkout", "--quiet", "FETCH_HEAD")
    return copy


def test_in_a_shallow_clone_what_the_oldest_commit_brought_has_no_date(repository: Repository) -> None:
    for number in range(1, 5):
        repository.commit(day(number), **{f"only{number}": "1", "each": str(number)})
    copy = clone(repository, 2)
    assert history.read(copy.root / "data").shallow
    assert copy.dates == {"only4": (day(4), day(4)), "each": (day(4), day(4))}
    copy.git("fetch", "--quiet", "--unshallow", repository.root.as_uri(), "main")
    assert not history.read(copy.root / "data").shallow
    assert copy.dates == repository.dates


def test_a_shallow_clone_of_one_commit_has_no_dates(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    repository.commit(day(2), one="2")
    copy = clone(repository, 1)
    assert history.read(copy.root / "data") == History({}, shallow=True, prefix="data/")


def test_the_repository_is_that_of_the_data_also_in_a_hook(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(day(1), one="1")
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(tmp_path / "index"))
    assert set(repository.dates) == {"one"}


def test_a_worktree_has_the_history_of_its_branch(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    beside = repository.root.parent / "beside"
    repository.git("worktree", "add", "--quiet", os.fspath(beside))
    assert set(history.read(beside / "data").dates) == {"data/packages/one.yaml"}


def pass_over(repository: Repository, *lines: str, when: datetime | None = None) -> None:
    """Commit a file at the root that names commits."""
    (repository.root / ".git-blame-ignore-revs").write_text("".join(f"{line}\n" for line in lines))
    repository.commit(when or day(20))


def test_a_commit_to_be_passed_over_changes_no_date(repository: Repository) -> None:
    repository.commit(day(1), one="1", two="1")
    before = repository.dates
    repository.commit(day(9), one="# 1", two="# 1")
    formatted = repository.git("rev-parse", "HEAD")
    assert repository.dates == {"one": (day(1), day(9)), "two": (day(1), day(9))}
    pass_over(repository, "# Comments at the top of all files.", "", f"  {formatted.upper()} # all of them")
    assert repository.dates == before
    repository.commit(day(10), one="2")
    assert repository.dates == before | {"one": (day(1), day(10))}


def test_a_file_that_has_no_other_commit_keeps_the_dates_of_those_passed_over(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    repository.git("mv", "data/packages/one.yaml", "data/packages/other.yaml")
    repository.commit(day(3), two="1")
    pass_over(repository, repository.git("rev-parse", "HEAD"))
    assert repository.dates == {"one": (day(1), day(1)), "two": (day(3), day(3)), "other": (day(3), day(3))}
    repository.commit(day(4), two="2")
    assert repository.dates["two"] == (day(4), day(4))


def test_what_is_passed_over_is_what_the_revision_says(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    repository.commit(day(2), one="2")
    formatted = repository.git("rev-parse", "HEAD")
    pass_over(repository, formatted)
    (repository.root / ".git-blame-ignore-revs").write_text("not committed")
    path = "data/packages/one.yaml"
    assert history.read(repository.root / "data").dates == {path: Dates(day(1), day(1))}
    assert history.read(repository.root / "data", formatted).dates == {path: Dates(day(1), day(2))}


def test_a_merge_of_what_is_passed_over_changes_no_date(repository: Repository) -> None:
    branches(repository)
    repository.git("checkout", "--quiet", "side")
    repository.commit(day(5), one="# side", side="# 1")
    formatted = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-edit", "--strategy-option=theirs", "side", when=day(6))
    pass_over(repository, formatted)
    assert repository.dates == {"one": (day(1), day(3)), "side": (day(2), day(2)), "main": (day(3), day(3))}


def test_a_merge_may_be_passed_over_itself(repository: Repository) -> None:
    branches(repository)
    repository.git("merge", "--quiet", "--no-commit", "--strategy-option=ours", "side")
    repository.commit(day(4), one="both")
    pass_over(repository, repository.git("rev-parse", "HEAD"))
    assert repository.dates == {"one": (day(1), day(3)), "side": (day(2), day(2)), "main": (day(3), day(3))}


def test_commits_that_are_not_there_are_passed_over_without_a_word(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    repository.commit(day(2), one="2")
    formatted = repository.git("rev-parse", "HEAD")
    pass_over(repository, "0" * 40, "1" * 64, formatted)
    repository.commit(day(21), one="3")
    assert repository.dates == {"one": (day(1), day(21))}
    assert history.strangers(repository.root / "data") == ["0" * 40, "1" * 64]
    copy = clone(repository, 2)
    assert copy.dates == {"one": (day(21), day(21))}


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_in_a_shallow_clone_too_a_commit_is_passed_over(repository: Repository, depth: int) -> None:
    for number in (1, 2, 3, 4):
        repository.commit(day(number), one=str(number), two="1")
    pass_over(repository, repository.git("rev-parse", "HEAD"))
    assert clone(repository, depth).dates == ({"one": (day(3), day(3))} if depth == 4 else {})


@pytest.mark.parametrize("word", ["0123456", "HEAD", "0" * 39, "0" * 41, "packages: no"])
def test_a_line_that_names_no_commit_is_a_problem_with_its_place(repository: Repository, word: str) -> None:
    repository.commit(day(1), one="1")
    pass_over(repository, "# Why", "0" * 40, word)
    with pytest.raises(DataError) as caught:
        history.read(repository.root / "data")
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.code) == (".git-blame-ignore-revs", 3, "history")


def test_git_takes_the_file_as_it_is(repository: Repository) -> None:
    repository.commit(day(1), one="the same words")
    first = repository.git("rev-parse", "HEAD")
    repository.commit(day(2), one="the  same  words")
    pass_over(repository, "# Spaces", f"{repository.git('rev-parse', 'HEAD')} # twice")
    blamed = repository.git(
        "blame", "-s", "--abbrev=40", "--ignore-revs-file", ".git-blame-ignore-revs", "data/packages/one.yaml"
    )
    assert blamed.removeprefix("^").startswith(first[:39])


def test_without_the_file_there_are_no_strangers(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    assert history.strangers(repository.root / "data") == []


def test_without_a_commit_the_history_is_empty(repository: Repository) -> None:
    repository.write(one="1")
    assert history.read(repository.root / "data") == History(prefix="data/")


def test_without_a_repository_the_history_is_empty(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert history.read(tmp_path / "data") == History()


def test_without_a_folder_the_history_is_empty(tmp_path: Path) -> None:
    assert history.read(tmp_path / "data") == History()
    (tmp_path / "data").write_text("a file")
    assert history.read(tmp_path / "data") == History()


def test_without_git_the_history_is_empty(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(day(1), one="1")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert history.read(repository.root / "data") == History()


def test_what_git_refuses_is_a_problem_with_its_words(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    repository.git("config", "core.repositoryFormatVersion", "99")
    with pytest.raises(DataError) as caught:
        history.read(repository.root / "data")
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ("data", "history")
    assert "99" in problem.message
    assert "fatal" not in problem.message
    assert "\n" not in problem.message


def test_a_history_that_breaks_off_is_a_problem(repository: Repository) -> None:
    repository.commit(day(1), one="1")
    first = repository.git("rev-parse", "HEAD")
    repository.commit(day(2), one="2")
    (repository.root / ".git" / "objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(DataError):
        history.read(repository.root / "data")


def test_git_log_runs_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit(day(1), **{f"p{number}": "1" for number in range(30)})
    run = subprocess.run
    commands = []

    def noting(command: list[str], **options: Any) -> Any:  # noqa: ANN401 - as the function it stands for
        commands.append(command)
        assert "shell" not in options
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", noting)
    assert len(history.read(repository.root / "data").dates) == 30
    assert sum("log" in command for command in commands) == 1
    assert len(commands) <= 4
