"""A whole small site, to the byte: tests/project/data must become tests/project/site.

After a wanted change: `pytest tests/test_project.py --bless`, then read the difference before you commit it.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from folders import tree

from builder import build

PROJECT = Path(__file__).parent / "project"


def built(folder: Path) -> Path:
    """Build the small project in a folder of its own, away from this repository's history."""
    shutil.copytree(PROJECT / "data", folder / "data")
    build.build(folder / "data", folder / "site")
    return folder / "site"


def test_the_small_site_is_as_expected(tmp_path: Path, *, bless: bool) -> None:
    site = built(tmp_path)
    if bless:
        shutil.rmtree(PROJECT / "site", ignore_errors=True)
        shutil.copytree(site, PROJECT / "site")
    expected, found = tree(PROJECT / "site"), tree(site)
    assert found.keys() == expected.keys()
    assert [path for path in found if found[path] != expected[path]] == [], (
        "if it is wanted: pytest tests/test_project.py --bless"
    )


def test_every_json_file_of_the_small_site_is_compact(tmp_path: Path) -> None:
    bodies = [body for path, body in tree(built(tmp_path)).items() if path.endswith(".json")]
    assert bodies
    for body in bodies:
        assert body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()


def test_two_builds_elsewhere_on_another_hash_seed_are_the_same(tmp_path: Path) -> None:
    trees = []
    for number in range(2):
        folder = tmp_path / f"some{'where' * number}"
        shutil.copytree(PROJECT / "data", folder / "data")
        environment = os.environ | {"PYTHONHASHSEED": str(number + 1), "TZ": ("UTC", "Asia/Tokyo")[number]}
        command = [sys.executable, "-m", "builder", "build", "--data", "data", "--out", "site"]
        subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603 - our own command
        trees.append(tree(folder / "site"))
    assert trees[0] == trees[1]


def test_a_second_build_writes_nothing(tmp_path: Path) -> None:
    site = built(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in site.rglob("*")}
    report = build.build(tmp_path / "data", site).report
    assert report.written == 0
    assert {file: file.stat().st_mtime_ns for file in site.rglob("*")} == before


def test_one_edit_writes_what_depends_on_it_and_keeps_the_time_of_the_rest(tmp_path: Path) -> None:
    site = built(tmp_path)
    before = {path: (site / path).stat().st_mtime_ns for path in tree(site)}
    bodies = tree(site)
    file = tmp_path / "data/packages/nothing.yaml"
    file.write_text(file.read_text().replace("Nothing", "Nothing much"))
    build.build(tmp_path / "data", site)
    after = tree(site)
    changed = {path for path in after if after[path] != bodies[path]}
    assert "api/v4/packages/nothing/index.json" in changed
    assert "api/v4/packages/359/index.json" not in changed
    assert "packages/p/django-messages/index.html" not in changed
    assert {path for path in after if (site / path).stat().st_mtime_ns != before[path]} == changed


def test_the_real_catalogue_builds_and_answers_the_starting_document(tmp_path: Path) -> None:
    data = Path(__file__).parent.parent / "data"
    build.build(data, tmp_path / "site")
    recorded = (Path(__file__).parent / "recorded/details.tsv").read_text(encoding="utf-8").splitlines()
    document = next(line.partition("\t")[2] for line in recorded if line.startswith("/api/v4/packages/359/"))
    for key in ("359", "django-messages"):
        assert (tmp_path / "site/api/v4/packages" / key / "index.json").read_bytes() == document.encode()


@pytest.mark.parametrize("kind", ["packages", "grids", "categories"])
def test_the_real_catalogue_is_large_enough_to_be_of_use(kind: str) -> None:
    data = Path(__file__).parent.parent / "data"
    least = {"packages": 60, "grids": 12, "categories": 5}
    assert len(list((data / kind).glob("*.yaml"))) >= least[kind]
