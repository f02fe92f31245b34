"""What the benchmarks give to other generators."""

import json
import sys
import tomllib
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))  # behind the tests, some of which have names as there

import corpus
import reduced


@pytest.fixture(name="data")
def writing(tmp_path: Path) -> Path:
    corpus.write(tmp_path / "data", 30)
    return tmp_path / "data"


def given(name: str, folder: Path) -> dict[str, list[reduced.Facts]]:
    """Read what a generator gets, by its own format; each in the order of its name."""
    kinds = ("packages", "grids")
    match name:
        case "hugo":
            texts = {kind: (folder / "content" / kind).glob("[!_]*") for kind in kinds}
            return {kind: [json.loads(file.read_text()) for file in sorted(files)] for kind, files in texts.items()}
        case "zola":
            pages = {kind: sorted((folder / "content" / kind).glob("[!_]*")) for kind in kinds}
            answers = {kind: sorted((folder / "content/api" / kind).glob("[!_]*")) for kind in kinds}
            assert [file.read_text() for kind in kinds for file in pages[kind]] == [
                file.read_text() for kind in kinds for file in answers[kind]
            ]
            return {
                kind: [tomllib.loads(file.read_text().strip("+\n"))["extra"] for file in files]
                for kind, files in pages.items()
            }
        case "pelican":
            return {kind: json.loads((folder / "data" / f"{kind}.json").read_text()) for kind in kinds}
        case "eleventy":
            return {kind: json.loads((folder / "src/_data" / f"{kind}.json").read_text()) for kind in kinds}
    raise ValueError(name)


def test_all_get_the_same(data: Path, tmp_path: Path) -> None:
    found = list(reduced.packages(data))
    whole = {"packages": found, "grids": list(reduced.grids(data, {each["slug"]: each["title"] for each in found}))}
    assert [len(each) for each in whole.values()] == [30, 2]
    for name in reduced.PEERS:
        reduced.prepare(name, data, tmp_path / name)
        assert given(name, tmp_path / name) == whole, name


def test_strings_and_lists_are_the_same_in_toml() -> None:
    facts = {
        "text": 'a "quoted" \\ back\nline é \u2028 🎉',
        "some": [1, "two"],
        "inside": {"list": [{"a": "1"}], "no": []},
    }
    assert tomllib.loads(reduced.toml(facts)) == facts
