"""A whole small site, to the byte: tests/project/data must become tests/project/site.

After a wanted change: `pytest tests/test_project.py --bless`, then read the difference before you commit it.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import brotli
import pytest
from folders import tree
from PIL import Image

from builder import build
from builder.hosts import HOSTS
from builder.pictures.cards import Card
from builder.pictures.drawing import Drawing
from builder.verify import generation_of

PROJECT = Path(__file__).parent / "project"


# Puts the clock of its process on by the seconds of its first argument, then runs the program with the other ones.
LATER = """
import datetime, sys, time

seconds = int(sys.argv.pop(1))
now, now_ns = time.time, time.time_ns
time.time, time.time_ns = lambda: now() + seconds, lambda: now_ns() + seconds * 10**9

class Moment(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

class Day(datetime.date):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(time.time())

datetime.datetime, datetime.date = Moment, Day  # before anything of ours takes them by name

if sys.argv[1:] == ["years"]:
    from datetime import UTC, date, datetime
    print(time.gmtime(time.time()).tm_year, datetime.now(UTC).year, date.today().year)
else:
    from builder.cli import main
    main()
"""
SEVEN_YEARS = 7 * 366 * 24 * 3600


def later(seconds: int, *arguments: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run the program in a folder with another clock; give what it printed."""
    command = [sys.executable, "-c", LATER, str(seconds), *arguments]
    environment = os.environ | environment | {"PYTHONPATH": str(PROJECT.parent.parent)}  # the program of this folder
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout


def built(folder: Path) -> Path:
    """Build the small project in a folder of its own, away from this repository's history."""
    shutil.copytree(PROJECT / "data", folder / "data")
    build.build(folder / "data", folder / "site")
    return folder / "site"


def agree(one: bytes, other: bytes) -> bool:
    """Tell whether two files are the same; of pictures the pixels count: each machine's zlib makes other bytes."""
    if not one.startswith(b"\x89PNG") or one == other:
        return one == other
    with Image.open(BytesIO(one)) as first, Image.open(BytesIO(other)) as second:
        return first.convert("RGB").tobytes() == second.convert("RGB").tobytes()


def of_content(path: str, body: bytes) -> bytes:
    """Give a file without what hangs on the bytes of all, those of the pictures too, and of its own compression."""
    if path == "api/data/v1/manifest.ndjson":
        return b""
    if path.endswith((".gz", ".br")):
        return gzip.decompress(body) if path.endswith(".gz") else brotli.decompress(body)
    if path != "api/data/v1/generation.json":
        return body
    return re.sub(rb'"generation":"[0-9a-f]{64}"', b"", body)


def test_the_small_site_is_as_expected(tmp_path: Path, *, bless: bool) -> None:
    site = built(tmp_path)
    if bless:
        shutil.rmtree(PROJECT / "site", ignore_errors=True)
        shutil.copytree(site, PROJECT / "site")
    expected, found = tree(PROJECT / "site"), tree(site)
    assert found.keys() == expected.keys()
    wanted = {path: of_content(path, body) for path, body in expected.items()}
    assert [path for path in found if not agree(of_content(path, found[path]), wanted[path])] == [], (
        "if it is wanted: pytest tests/test_project.py --bless"
    )


def test_every_json_file_of_the_small_site_is_compact_but_of_v3(tmp_path: Path) -> None:
    bodies = {path: body for path, body in tree(built(tmp_path)).items() if path.endswith(".json")}
    of_v3 = {path for path in bodies if path.startswith(("api/v3/", "api/404/v3"))}
    assert of_v3 < bodies.keys()
    for path, body in bodies.items():
        read = json.loads(body)
        compact = json.dumps(read, ensure_ascii=False, separators=(",", ":")).encode()
        assert body == (json.dumps(read).encode() if path in of_v3 else compact), path


def foreign_zones(folder: Path) -> str:
    """Make a machine's time zones, all of which are Tokyo's."""
    for name in ("America/New_York", "UTC", "Europe/Berlin"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((files("tzdata") / "zoneinfo/Asia/Tokyo").read_bytes())
    return str(folder)


def test_two_builds_on_other_machines_years_apart_are_the_same(tmp_path: Path) -> None:
    machines: list[tuple[int, dict[str, str]]] = [
        (0, {"PYTHONHASHSEED": "1", "TZ": "UTC"}),
        (SEVEN_YEARS, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "PYTHONTZPATH": foreign_zones(tmp_path / "zones")}),
    ]
    years, trees, generations = [], [], set()
    for number, (seconds, environment) in enumerate(machines):
        folder = tmp_path / f"some{'where' * number}"
        shutil.copytree(PROJECT / "data", folder / "data")
        years.append(later(seconds, "years", folder=folder, environment=environment).split())
        later(seconds, "build", "--data", "data", "--out", "site", folder=folder, environment=environment)
        trees.append(tree(folder / "site"))
        generations.add(generation_of(folder / "site"))
    assert len(generations) == 1, "which is what a person compares"
    assert trees[0] == trees[1]
    assert [int(year) for year in years[1]] >= [int(year) + 7 for year in years[0]], "the clock was not put on"


def test_pictures_agree_by_their_pixels() -> None:
    def picture(colour: str, level: int) -> bytes:
        body = BytesIO()
        Image.new("RGB", (9, 9), colour).save(body, "PNG", compress_level=level)
        return body.getvalue()

    assert picture("red", 0) != picture("red", 9)
    assert agree(picture("red", 0), picture("red", 9))
    assert not agree(picture("red", 0), picture("#fe0000", 0))


def test_pictures_can_be_left_out(tmp_path: Path) -> None:
    site = built(tmp_path)
    assert [path for path in tree(site) if path.endswith(".png")]
    build.build(tmp_path / "data", site, choices=replace(HOSTS[0].choices, pictures=False))
    without = tree(site)
    assert [path for path in without if path.endswith(".png")] == []
    assert b".png" not in b"".join(without.values())


def test_an_unchanged_picture_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = built(tmp_path)
    before = tree(site)

    def fail(_self: Drawing, card: Card) -> bytes:
        pytest.fail(f"drawn again: {card}")

    monkeypatch.setattr(Drawing, "picture", fail)
    build.build(tmp_path / "data", site)
    assert tree(site) == before


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
