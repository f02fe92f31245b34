"""The made-up catalogue of the benchmarks."""

import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from builder import build

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))  # behind the tests, some of which have names as there

import corpus


def files(data: Path) -> dict[str, bytes]:
    return {str(file.relative_to(data)): file.read_bytes() for file in data.rglob("*") if file.is_file()}


@pytest.fixture(name="made")
def writing(tmp_path: Path) -> Callable[..., dict[str, bytes]]:
    def made(name: str, *arguments: int) -> dict[str, bytes]:
        corpus.write(tmp_path / name, *arguments)
        return files(tmp_path / name)

    return made


def test_it_is_the_same_for_the_same_size_and_seed_and_another_for_another(
    made: Callable[..., dict[str, bytes]],
) -> None:
    first = made("first", 30)
    assert first == made("again", 30) == made("told", 30, 359)
    assert first != made("other", 30, 360)


@pytest.mark.parametrize(("packages", "grids"), [(0, 0), (1, 0), (12, 1), (50, 4)])
def test_nothing_is_wrong_with_it(tmp_path: Path, packages: int, grids: int) -> None:
    corpus.write(tmp_path / "data", packages)
    data = build.load(tmp_path / "data")
    assert (len(data.packages), len(data.snapshots), len(data.grids)) == (packages, packages, grids)


def test_it_is_written_as_it_is_made(tmp_path: Path) -> None:
    def most(packages: int, number: int) -> int:
        tracemalloc.start()
        corpus.write(tmp_path / f"{packages}-{number}", packages)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    # What measures coverage takes memory too, now and then: the least of a few is the corpus's own.
    small, large = (min(most(packages, number) for number in range(4)) for packages in (100, 600))
    assert (large - small) / 500 < 200
