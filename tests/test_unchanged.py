"""A build that has nothing to do says so without reading; one that might have, looks."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from folders import package, tree, write_data, write_record
from repositories import commit, git

from builder import build, repository, unchanged
from builder.cli import main
from builder.write import place

OLD = 1_700_000_000


def run(data: Path, *options: str) -> Result:
    site = data.parent / "site"
    return CliRunner().invoke(main, ["build", "--data", str(data), "--out", str(site), *options])


def settle(folder: Path) -> None:
    """Wait until nothing under a folder is so young that it might change unseen."""
    newest = max(path.lstat().st_ctime_ns for path in folder.rglob("*"))
    while time.time_ns() <= newest + 20_000_000:
        time.sleep(0.001)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = write_data(tmp_path / "repository" / "data", packages={"a": package(1), "b": package(2)})
    commit(data.parent)
    settle(data.parent)
    assert run(data).exit_code == 0
    return data


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Give the list of the builds that were really made from then on."""
    made: list[Path] = []
    real = build.build

    def spy(folder: Path, *args: Any, **options: Any) -> unchanged.Result:  # noqa: ANN401 - as it was called
        made.append(folder)
        return real(folder, *args, **options)

    monkeypatch.setattr(build, "build", spy)
    return made


def test_where_nothing_changed_nothing_is_read(data: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(data.parent / "site")
    opened: list[str] = []
    real = Path.read_bytes

    def spy(path: Path) -> bytes:
        opened.append(path.name)
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", spy)
    done = run(data)
    assert done.exit_code == 0
    assert f"0 files written, {len(before) - 1:,} unchanged, 0 removed; 0 bytes" in done.stdout
    assert (builds, opened) == ([], [".site.note"])
    assert tree(data.parent / "site") == before


def test_it_tells_the_same_as_the_build_before(tmp_path: Path, builds: list[Path]) -> None:
    data = write_data(tmp_path / "data", packages={"a": {"title": "A", "category": "apps"}})
    settle(data)
    first, again = run(data), run(data)
    assert len(builds) == 1
    assert "a.yaml: has no id yet" in first.stderr
    assert again.stderr == first.stderr
    assert first.stdout.split(";")[1].split("(")[0].split(" of ")[1] == again.stdout.split(" of ")[1].split("(")[0]


def test_fresh_compares_every_byte(data: Path, builds: list[Path]) -> None:
    page = data.parent / "site/packages/p/a/index.html"
    before = page.read_bytes()
    with page.open("r+b") as file:
        file.write(b"x")
    assert run(data).exit_code == 0
    assert page.read_bytes() != before, "a byte that changes in its place is not looked for"
    assert "1 file written" in run(data, "--fresh").stdout
    assert page.read_bytes() == before
    assert len(builds) == 1


def edit(data: Path) -> None:
    write_record(data, "packages/a.yaml", package(1, title="Another"))


def edit_to_the_same_size_and_time(data: Path) -> None:
    file = data / "packages/a.yaml"
    times = file.stat()
    file.write_text(file.read_text().replace("Package 1", "Package 9"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def add(data: Path) -> None:
    write_record(data, "packages/c.yaml", package(3))


def remove(data: Path) -> None:
    (data / "packages/b.yaml").unlink()


def rename(data: Path) -> None:
    (data / "packages/b.yaml").rename(data / "packages/z.yaml")


def link(data: Path) -> None:
    (data / "packages/l.yaml").symlink_to("a.yaml")


def change_settings(data: Path) -> None:
    (data / "site.yaml").write_text((data / "site.yaml").read_text() + "description: Another\n")


def commit_alone(data: Path) -> None:
    git(data.parent, "commit", "--quiet", "--allow-empty", "--message=x", when="2030-01-01T00:00:00Z")


def remove_a_page(data: Path) -> None:
    (data.parent / "site/packages/p/a/index.html").unlink()


def add_a_file(data: Path) -> None:
    (data.parent / "site/packages/p/stray.html").write_text("x")


def replace_the_site(data: Path) -> None:
    site = data.parent / "site"
    site.rename(site.with_name("old"))
    site.mkdir()
    (site / place.MARKER).write_bytes(place.MARKER_TEXT)


def remove_the_site(data: Path) -> None:
    (data.parent / "site").rename(data.parent / "old")


def spoil_the_note(data: Path) -> None:
    (data.parent / ".site.note").write_bytes(b"{")


def outdate_the_note(data: Path) -> None:
    note = data.parent / ".site.note"
    note.write_text(note.read_text().replace('"version": ', '"version": 9'))


CHANGES = (
    *(edit, edit_to_the_same_size_and_time, add, remove, rename, change_settings, commit_alone),
    *(remove_a_page, add_a_file, replace_the_site, remove_the_site, spoil_the_note, outdate_the_note),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_changed_is_built(data: Path, builds: list[Path], change: Callable[[Path], None]) -> None:
    change(data)
    assert run(data).exit_code == 0
    assert len(builds) == 1
    anew = data.parent / "anew"
    build.build(data, anew)
    assert tree(data.parent / "site") == tree(anew)


def test_what_may_not_be_there_is_refused_again_and_again(data: Path) -> None:
    link(data)
    settle(data)
    for _ in range(2):
        done = run(data)
        assert done.exit_code == 1
        assert "symbolic link" in done.stderr


@pytest.mark.parametrize("option", ["--no-v3", "--base-url=https://else.example.org", "--host=generic", "--past=past"])
def test_another_wish_is_another_build(
    data: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.chdir(data.parent.parent)
    for count in (1, 1, 2):
        assert run(data, *([option] if count == 1 else [])).exit_code == 0
        assert len(builds) == count


def test_a_past_that_is_not_as_it_was_left_is_looked_at(
    data: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data.parent.parent)
    run(data, "--past=past")
    run(data, "--past=past")
    assert len(builds) == 1
    for file in Path("past").rglob("*.ndjson.br"):
        file.write_bytes(file.read_bytes())
    run(data, "--past=past")
    assert len(builds) == 2


def test_templates_program_and_libraries_count(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = unchanged.inputs(data, ())
    for name in ("TEMPLATES", "PROGRAM"):
        with monkeypatch.context() as patch:
            (tmp_path / name / "sub").mkdir(parents=True)
            (tmp_path / name / "sub" / "file").touch()
            (tmp_path / name / "__pycache__").mkdir()
            patch.setattr(unchanged, name, tmp_path / name)
            other = unchanged.inputs(data, ())
            assert other.digest != before.digest
            (tmp_path / name / "__pycache__" / "file.pyc").touch()
            assert unchanged.inputs(data, ()).digest == other.digest, "what Python compiles is no change"
    libraries = tmp_path / "site-packages"
    monkeypatch.setattr("sys.path", [*sys.path, str(libraries), str(tmp_path)])
    without = unchanged.inputs(data, ())
    libraries.mkdir()
    found = unchanged.inputs(data, ())
    (tmp_path / "no library").mkdir()
    assert unchanged.inputs(data, ()).digest == found.digest
    assert len({before.digest, without.digest, found.digest}) == 3


def test_what_is_so_young_that_it_may_change_unseen_is_not_noted(
    data: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    note = data.parent / ".site.note"
    before = note.read_bytes()
    edit(data)
    monkeypatch.setattr(time, "time_ns", lambda: (data / "packages/a.yaml").stat().st_ctime_ns + 1)
    run(data)
    assert note.read_bytes() == before
    run(data)
    assert len(builds) == 2


def test_a_shallow_clone_that_is_deepened_is_a_change(data: Path, tmp_path: Path) -> None:
    commit(data.parent)
    commit(data.parent)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{data.parent}", "clone")
    cloned = tmp_path / "clone" / "data"
    digests = {unchanged.inputs(cloned, ()).digest}
    git(cloned, "fetch", "--quiet", "--depth=2")
    digests.add(unchanged.inputs(cloned, ()).digest)
    git(cloned, "fetch", "--quiet", "--unshallow")
    digests.add(unchanged.inputs(cloned, ()).digest)
    assert len(digests) == 3


def test_without_git_it_works_too(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise FileNotFoundError

    before = unchanged.inputs(data, ())
    monkeypatch.setattr(repository, "git", missing)
    assert unchanged.inputs(data, ()).digest not in (before.digest, unchanged.inputs(data, 1).digest)


def test_what_cannot_be_looked_at_is_never_taken_for_unchanged(
    data: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir
    (data / "lost+found").mkdir()

    def refused(path: str) -> Any:  # noqa: ANN401 - as os has it
        if str(path).endswith("lost+found"):
            raise PermissionError
        return real(path)

    monkeypatch.setattr(os, "scandir", refused)
    for count in (1, 2):
        assert run(data).exit_code == 0
        assert len(builds) == count


def test_a_site_within_the_data_is_no_part_of_it(tmp_path: Path, builds: list[Path]) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    settle(data)
    for _ in range(3):
        done = CliRunner().invoke(main, ["build", "--data", str(data), "--out", str(data / "out/site")])
        assert done.exit_code == 0
    assert len(builds) == 1


@pytest.mark.parametrize("name", [".site.note.new", ".site.units.new", ".site.note", ".site.units"])
def test_no_link_is_followed(data: Path, tmp_path: Path, name: str) -> None:
    victim, beside = tmp_path / "victim", data.parent / name
    victim.write_text("all there is")
    beside.unlink(missing_ok=True)
    beside.symlink_to(victim)
    edit(data)
    settle(data.parent)
    assert run(data).exit_code == 0
    assert victim.read_text() == "all there is"


@pytest.mark.parametrize("text", [b"", b"\xff", b"{", b"[]", b'{"version":3}', b'{"version":3,"made_of":1}'])
@pytest.mark.parametrize("name", [".site.note", ".site.units"])
def test_what_is_damaged_tells_nothing(data: Path, name: str, text: bytes) -> None:
    file = data.parent / name
    file.write_bytes(text if name == ".site.note" else file.read_bytes()[: -len(text) - 40])
    edit(data)
    settle(data.parent)
    assert run(data).exit_code == 0
    build.build(data, data.parent / "anew")
    assert tree(data.parent / "site") == tree(data.parent / "anew")
