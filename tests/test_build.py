"""What a build says although nothing is wrong."""

import gc
import re
from pathlib import Path
from typing import Any

import pytest
from folders import APPS, package, tree, write_data
from repositories import git

from builder import build, making
from builder.errors import DataError

FIRST = "2026-03-01T12:00:00+00:00"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    write_data(folder / "data", packages={"a": package(1), "b": package(2)})
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "--message", "first", when=FIRST)
    (folder / "README").write_text("later\n")
    git(folder, "add", ".")
    git(folder, "commit", "--message", "second", when="2026-04-01T12:00:00+00:00")
    return folder


def test_modified_is_the_last_commit_that_touched_the_file(repository: Path) -> None:
    made, notes = build.join(build.load(repository / "data"), repository / "data")
    assert notes == []
    assert {item.modified.isoformat() for item in made.packages} == {"2026-03-01T12:00:00+00:00"}


def test_the_same_data_elsewhere_in_a_repository_differs_in_the_links_to_edit_it(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.build(repository / "data", tmp_path / "top")
    (repository / "sites" / "one").mkdir(parents=True)
    git(repository, "mv", "data", "sites/one/catalogue")
    git(repository, "commit", "--message", "elsewhere", when=FIRST)
    monkeypatch.chdir(repository / "sites/one/catalogue/packages")
    build.build(Path(".."), tmp_path / "deep")
    top, deep = tree(tmp_path / "top"), tree(tmp_path / "deep")
    assert top.keys() == deep.keys()
    told = {f"api/data/v1/{name}" for name in ("generation.json", "manifest.ndjson", "manifest.ndjson.gz")}
    pages = {name for name in top if name.endswith(".html")}
    assert {name for name in top if top[name] != deep[name]} == pages | told
    for form, kind in ((b"add-package", b"packages"), (b"propose-grid", b"grids")):  # forms are for data/ at the top
        address = b"issues/new?template=" + form + b".yml"
        top |= {name: top[name].replace(address, b"new/main/data/" + kind) for name in pages}
    for name in deep.keys() - told:
        body = deep[name]
        assert re.sub(rb"(/(?:edit|new)/main/)sites/one/catalogue/", rb"\1data/", body) == top[name], name


def test_a_shallow_clone_is_told_of(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--depth", "1", repository.as_uri(), "shallow")
    data = tmp_path / "shallow" / "data"
    [note] = build.build(data, tmp_path / "site").notes
    assert note.startswith("This is a shallow clone: git does not tell when 3 files were last changed")
    assert note.endswith("git fetch --unshallow")


def test_new_files_get_the_next_ids_and_are_told_of(tmp_path: Path) -> None:
    apps = {key: value for key, value in APPS.items() if key not in {"id", "created"}}
    data = write_data(tmp_path / "data", packages={"a": package(100_001)}, categories={"apps": apps})
    made, notes = build.join(build.load(data), data)
    assert [category.id for category in made.categories] == [100_001]
    assert notes == [
        "data/categories/apps.yaml: has no id yet; as things stand it gets 100001.",
        "data/categories/apps.yaml: has no `created` yet; it gets the date of its first commit.",
    ]


def test_problems_of_data_and_of_checks_come_together(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1, category="nowhere"), "b": {"titel": "B"}})
    with pytest.raises(DataError) as stop:
        build.load(data)
    assert {problem.code for problem in stop.value.problems} >= {"unknown-category", "unknown-key"}


def test_without_settings_the_other_problems_are_still_told(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"b": {"titel": "B"}})
    (data / "site.yaml").unlink()
    with pytest.raises(DataError) as stop:
        build.load(data)
    assert {problem.path for problem in stop.value.problems} == {"data/site.yaml", "data/packages/b.yaml"}


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_rests_until_the_build_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, enabled: bool
) -> None:
    during: list[bool] = []
    make = making.make

    def spy(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        during.append(gc.isenabled())
        return make(*args, **options)

    monkeypatch.setattr(making, "make", spy)
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        build.build(write_data(tmp_path / "data"), tmp_path / "site")
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if was else gc.disable)()
    assert set(during) == {False}
