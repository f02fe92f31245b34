"""Parts of the importer that a run from end to end does not put to the test."""

import errno
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from folders import SITE, as_yaml, package, tree, write_data
from importer import empty, remarks, report, run
from original_site import Original, catalogue, serving
from scripted import entry_of

from builder import build, cli, derive
from builder.fetch.journal import Answered
from builder.fetch.merge import merge
from builder.importing import CANNOT
from builder.importing.fit import Fitting
from builder.importing.journal import FOLDER, KEPT, Journal, Kept
from builder.importing.walk import ROUNDS
from builder.metadata import RepositoryFacts
from builder.snapshots import read
from builder.upstreams.base import Fetched

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def kept(url: str, body: str = "{}", at: datetime = NOW) -> Kept:
    return Kept(url=url, at=at, status=200, body=body)


def test_answers_are_recalled_in_order_and_once(tmp_path: Path) -> None:
    with Journal(tmp_path, "https://a.example", NOW) as journal:
        for url, body in (("x", "1"), ("y", "2"), ("x", "3")):
            journal.add(kept(url, body))
        assert journal.recall("x") is None
    with Journal(tmp_path, "https://a.example", NOW + KEPT - timedelta(seconds=1)) as journal:
        found = [journal.recall(url) for url in ("x", "x", "y", "x")]
        assert [each and each.body for each in found] == ["1", "3", "2", None]
        assert journal.recalled == 3


@pytest.mark.parametrize(
    ("base", "now"),
    [
        ("https://b.example", NOW),
        ("https://a.example", NOW + KEPT),
        ("https://a.example", NOW - timedelta(seconds=1)),
    ],
)
def test_answers_of_another_site_or_time_are_thrown_away(tmp_path: Path, base: str, now: datetime) -> None:
    with Journal(tmp_path, "https://a.example", NOW) as journal:
        journal.add(kept("x"))
    with Journal(tmp_path, base, now) as journal:
        assert journal.recall("x") is None


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_torn_line_is_asked_for_again(tmp_path: Path, cut: int) -> None:
    with Journal(tmp_path, "https://a.example", NOW) as journal:
        journal.add(kept("x", "1"))
        journal.add(kept("y", "2"))
    file = tmp_path / FOLDER / "answers.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    with Journal(tmp_path, "https://a.example", NOW) as journal:
        assert journal.recall("y") is None
        journal.add(kept("y", "3"))
    with Journal(tmp_path, "https://a.example", NOW) as journal:
        found = journal.recall("x"), journal.recall("y")
        assert [each and each.body for each in found] == ["1", "3"]


def test_texts_that_are_null_and_dates_out_of_all_bounds() -> None:
    fitting = Fitting("here")
    assert fitting.text("description", None) == ""
    assert fitting.title("title", None, "slug") == "slug"
    assert fitting.moment("created", datetime.fromisoformat("0001-01-01T00:00:00+04:00")) is None
    assert [remark.field for remark in fitting.remarks] == ["description", "title", "created"]


def test_a_duplicate_that_is_too_long_to_be_kept_as_text(tmp_path: Path) -> None:
    site, long = Original(), "https://github.com/owner/name/tree/" + "x" * 300
    site.category(1, "apps")
    site.package(1, "one", repo_url="https://github.com/owner/name")
    site.package(2, "two", repo_url=long)
    with serving(site) as server:
        found = report(server.url, empty(tmp_path / "data"))
    assert remarks(found, "value") == [("packages/2/", "repo_url")]


def test_people_may_sort_the_packages_of_a_grid(tmp_path: Path) -> None:
    site, data = catalogue(30, grids=1), empty(tmp_path / "data")
    keys = list(site.packages)[:3]
    site.links = [(2, key) for key in keys]
    with serving(site) as server:
        assert run(server.url, data).exit_code == 0
        file = data / "grids/grid-1.yaml"
        names = [site.packages[key]["slug"] for key in keys]
        head, _, _ = file.read_text().partition("packages:")
        dates = file.read_text().partition("created:")[2]
        for order in (names, names[::-1]):
            file.write_text(f"{head}packages: [{', '.join(order)}]\ncreated:{dates}".partition("imported:")[0])
            assert run(server.url, data).exit_code == 0
            assert f"packages: [{', '.join(order)}]" in file.read_text()


def test_a_disk_without_second_names_for_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "not here")

    data = write_data(tmp_path / "data", packages={"mine": package(100_001)})
    (data / "posts").mkdir()
    (data / "posts/hello.md").write_text("---\ntitle: A\ndate: 2026-01-01\n---\n\nHello.\n")
    before = tree(data)
    monkeypatch.setattr(os, "link", refuse)
    with serving(catalogue(10)) as server:
        assert run(server.url, data).exit_code == 1  # the words of the category stay
    after = tree(data)
    assert {path: after[path] for path in before if path != "categories/apps.yaml"} == {
        path: body for path, body in before.items() if path != "categories/apps.yaml"
    }


def test_files_keep_their_rights(tmp_path: Path) -> None:
    data, site = empty(tmp_path / "data"), catalogue(10)
    with serving(site) as server:
        assert run(server.url, data).exit_code == 0
        file = data / "categories/apps.yaml"
        file.chmod(0o640)
        file.write_text(file.read_text().replace("id: 1\n", ""))
        assert run(server.url, data).exit_code == 0
    assert (file.stat().st_mode & 0o777, "id: 1\n" in file.read_text()) == (0o640, True)


def test_every_answer_is_named_where_that_is_asked_for(tmp_path: Path) -> None:
    data = empty(tmp_path / "data")
    with serving(catalogue(10)) as server:
        words = ["--verbose", "import", server.url, "--data", str(data), "--pause", "0"]
        result = CliRunner().invoke(cli.main, words)
        assert result.exit_code == 0
        assert "[1/1] /api/v4/categories/?limit=100: kept" in result.stderr
        assert len(result.stderr.splitlines()) == len(server.asked)
        quiet = CliRunner().invoke(cli.main, ["--quiet", *words[1:]])
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_what_was_left_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, rename = empty(tmp_path / "data"), Path.replace

    def torn(self: Path, target: Path) -> Path:
        if self.suffix == ".yaml":
            raise KeyboardInterrupt
        return rename(self, target)

    with serving(catalogue(10)) as server:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", torn)
            assert run(server.url, data).exit_code == 130
        assert "An import before this one was cut short" in run(server.url, data).stdout


@pytest.mark.parametrize("kind", ["categories", "grids"])
def test_a_list_that_is_another_at_each_look_is_given_up(tmp_path: Path, kind: str) -> None:
    site, data = catalogue(10), empty(tmp_path / "data")

    def hook(site: Original, number: int, request: object) -> None:
        if f"/{kind}/" in str(request):
            (site.category if kind == "categories" else site.grid)(1000 + number, f"new-{number}")

    site.hooks.append(hook)
    with serving(site) as server:
        result = run(server.url, data)
        assert (result.exit_code, "at a quieter time" in result.stderr) == (3, True), result.output
        assert site.asked < 10 * ROUNDS
    assert not (data / "snapshots").exists()


def test_a_refresh_goes_on_from_what_was_imported(tmp_path: Path) -> None:
    site, data = Original(), empty(tmp_path / "data")
    site.category(1, "apps")
    site.package(359, "django-messages", commits_over_52=[1] * 52)
    with serving(site) as server:
        assert run(server.url, data).exit_code == 0
    known = read(data, "django-messages")
    assert known.repository is not None
    facts = RepositoryFacts(id="R1", stars=360, commits={date(2026, 2, 27): 2}, commits_since=date(2025, 3, 1))
    answered = Answered.of("django-messages", Fetched(facts), NOW, "owner/django-messages")
    merged = merge("github", known, answered, entry_of("django-messages", "https://github.com/owner/django-messages"))
    assert merged.changed
    assert not merged.taken_over
    assert (merged.snapshot.repository, merged.snapshot.last_fetched) == (facts, NOW)
    assert merged.snapshot.pypi == known.pypi
    assert derive.weeks(facts, NOW.date())[-1] == 2


def test_a_site_of_our_own_can_be_moved_too(tmp_path: Path) -> None:
    """Its lists are whole: they know no query."""
    site, data = catalogue(60), empty(tmp_path / "data")
    with serving(site) as server:
        assert run(server.url, data, "--no-v3").exit_code == 0
    build.build(data, tmp_path / "site", base_url="https://ours.example")
    whole = Original(base="https://ours.example")

    def files(_site: Original, _number: int, request: object) -> object:
        from original_site import typed  # noqa: PLC0415 - used here alone

        file = tmp_path / "site" / getattr(request, "path", "")[1:] / "index.json"
        return typed(200, file.read_bytes()) if file.is_file() else typed(404, b"")

    whole.hooks.append(files)  # type: ignore[arg-type] # it is one
    other = tmp_path / "other"
    other.mkdir()
    (other / "site.yaml").write_text(as_yaml(SITE))
    with serving(whole) as server:
        whole.base = "https://ours.example"
        result = run(server.url, other)
    assert result.exit_code == 0, result.output
    same = {path for path, body in tree(data).items() if tree(other).get(path) == body}
    assert len(same) > 60


def test_what_cannot_come_is_told_in_the_manual() -> None:
    manual = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert [missing.what for missing in CANNOT if f"| {missing.what} | {missing.remedy} |" not in manual] == []
