import os
from pathlib import Path

import pytest

from builder.reading import read


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 5000])
@pytest.mark.parametrize("step", [1, 100, 65536])
def test_gives_the_whole_or_one_byte_more_than_the_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, step: int
) -> None:
    body = os.urandom(size)
    (tmp_path / "a").write_bytes(body)
    monkeypatch.setattr("builder.reading._STEP", step)
    assert read(str(tmp_path / "a"), 100) == body[:101]


def test_what_is_no_file_is_refused_and_nothing_stays_open(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(str(tmp_path / "none"), 100)
    free = os.open(tmp_path, os.O_RDONLY)
    os.close(free)
    with pytest.raises(IsADirectoryError):
        read(str(tmp_path), 100)
    again = os.open(tmp_path, os.O_RDONLY)
    os.close(again)
    assert again == free
