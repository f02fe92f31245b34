from pathlib import Path

import pytest

from builder.fetch.cursors import FILE, Cursors


def test_what_is_saved_is_there_the_next_time(tmp_path: Path) -> None:
    cursors = Cursors(tmp_path)
    cursors.set("pypi", "m")
    cursors.set("github", "a")
    cursors.save({"pypi", "github"})
    assert (tmp_path / FILE).read_text() == '{\n  "next": {\n    "github": "a",\n    "pypi": "m"\n  }\n}\n'
    again = Cursors(tmp_path)
    assert (again.get("pypi"), again.get("github"), again.get("gitlab")) == ("m", "a", "")
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_the_file_is_removed_when_all_got_through(tmp_path: Path) -> None:
    cursors = Cursors(tmp_path)
    cursors.set("pypi", "m")
    cursors.save({"pypi"})
    cursors.set("pypi", "")
    cursors.set("github", "")
    cursors.save({"pypi"})
    assert list(tmp_path.iterdir()) == []
    cursors.save({"pypi"})


def test_an_upstream_that_is_none_any_more_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"gone": "x"}}')
    Cursors(tmp_path).save({"pypi"})
    assert list(tmp_path.iterdir()) == []


def test_writes_only_what_differs(tmp_path: Path) -> None:
    cursors = Cursors(tmp_path)
    cursors.set("pypi", "m")
    cursors.save({"pypi"})
    before = (tmp_path / FILE).stat()
    again = Cursors(tmp_path)
    again.set("pypi", "m")
    again.save({"pypi"})
    after = (tmp_path / FILE).stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"next": []}', '{"next": {"pypi": 3}}', "\x00"])
def test_a_file_that_cannot_be_read_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert Cursors(tmp_path).get("pypi") == ""


def test_bytes_that_are_no_text_are_as_none(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'{"next": {"pypi": "\xff"}}')
    assert Cursors(tmp_path).get("pypi") == ""


def test_what_a_later_version_adds_is_ignored(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"pypi": "m"}, "more": 1}')
    assert Cursors(tmp_path).get("pypi") == "m"
