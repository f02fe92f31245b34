"""Files put in their places: entirely the old one or the new one, and never over another where none is meant."""

import os
from pathlib import Path

import pytest
from folders import tree

from builder import placing


def no_links(*_: object, **__: object) -> None:
    raise OSError


def test_a_replaced_file_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    file.chmod(0o640)
    placing.replace(file, b"new")
    assert tree(tmp_path) == {"a": b"new"}
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    placing.replace(tmp_path / "a", b"new")
    placing.create(tmp_path / "packages/b", b"new")
    assert tree(tmp_path) == {"a": b"new", "packages/b": b"new"}


@pytest.mark.parametrize("links", [True, False])
def test_nothing_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    placing.create(tmp_path / "a", b"first")
    with pytest.raises(FileExistsError):
        placing.create(tmp_path / "a", b"second")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        placing.create(tmp_path / "dangling", b"second")
    (tmp_path / "dangling").unlink()
    assert tree(tmp_path) == {"a": b"first"}
