import ctypes
import errno
import fcntl
import os
import random
import re
import signal
import sys
import threading
import time
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.errors import GuardRefusedError, SiteError
from builder.write import Report, place, read, write
from builder.write import tree as tree_module

Files = dict[str, bytes]
SECOND = 1_000_000_000

SMALL: Files = {
    "index.html": b"<p>home</p>",
    "api/v4/index.json": b"{}",
    "api/v4/packages/1/index.json": b'{"id":1}',
    "api/v4/packages/2/index.json": b'{"id":2}',
    "packages/p/one/index.html": b"<p>one</p>",
    "empty.txt": b"",
}


def tree(folder: Path) -> Files:
    """Give all files of a folder with their bytes, but the mark, which must be there."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    assert found.pop(place.MARKER).read_bytes() == place.MARKER_TEXT
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def marks(folder: Path) -> dict[str, tuple[int, int]]:
    """Give inode and time of everything in a folder and of itself."""
    return {
        path.relative_to(folder).as_posix(): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in (folder, *folder.rglob("*"))
    }


def names_beside(site: Path) -> set[str]:
    return {path.name for path in site.parent.iterdir()} - {site.name, f".{site.name}.lock"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def test_a_first_build_makes_folder_parents_and_mark(tmp_path: Path) -> None:
    site = tmp_path / "deep" / "er" / "site"
    report = write(SMALL.items(), site)
    assert tree(site) == SMALL
    total = sum(map(len, SMALL.values()))
    assert report == Report(written=6, unchanged=0, removed=0, bytes_written=total, bytes_total=total)
    assert names_beside(site) == set()


def test_an_empty_folder_is_taken_over(site: Path) -> None:
    site.mkdir()
    write(SMALL.items(), site)
    assert tree(site) == SMALL


def test_a_site_without_files_is_a_marked_folder(site: Path) -> None:
    assert not write([], site).changed
    assert tree(site) == {}


def test_a_second_build_without_a_change_touches_nothing(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(SMALL.items(), site)
    before = marks(site)
    beside = marks(site.parent)["."]

    def forbidden(*_: object, **__: object) -> None:
        pytest.fail("something was made or moved")

    for name in ("mkdir", "link", "rename", "utime", "unlink", "rmdir", "write"):
        monkeypatch.setattr(os, name, forbidden)
    monkeypatch.setattr(place, "exchange", forbidden)
    report = write(SMALL.items(), site)
    monkeypatch.undo()
    assert report == Report(0, 6, 0, 0, sum(map(len, SMALL.values())))
    assert not report.changed
    assert marks(site) == before
    assert marks(site.parent)["."] == beside  # not even for a moment did anything lie beside it


def test_one_changed_file_leaves_the_others_their_files_and_times(site: Path) -> None:
    write(SMALL.items(), site)
    before = marks(site)
    report = write((SMALL | {"api/v4/packages/1/index.json": b'{"id":9}'}).items(), site)
    after = marks(site)
    files = {name for name in SMALL if before[name] != after[name]}
    assert files == {"api/v4/packages/1/index.json"}
    assert before[place.MARKER] == after[place.MARKER]
    assert (report.written, report.unchanged, report.removed, report.bytes_written) == (1, 5, 0, 8)
    assert report.changed
    assert all((site / name).stat().st_nlink == 1 for name in SMALL)


@pytest.mark.parametrize("place_of_change", range(len(SMALL)))
def test_the_first_difference_may_come_anywhere(site: Path, place_of_change: int) -> None:
    write(SMALL.items(), site)
    changed = SMALL | {list(SMALL)[place_of_change]: b"another"}
    write(changed.items(), site)
    assert tree(site) == changed


def test_changed_bytes_get_a_later_second_even_at_once(site: Path) -> None:
    seconds = []
    for number in range(4):
        write({"a": b"%d" % number, "b": b"same"}.items(), site)
        seconds.append((site / "a").stat().st_mtime_ns // SECOND)
    assert seconds == sorted(set(seconds))
    assert seconds[-1] <= time.time() + 4


def test_changed_bytes_get_a_later_second_than_a_time_in_the_future(site: Path) -> None:
    write({"a": b"1", "b": b"1"}.items(), site)
    future = (int(time.time()) + 1_000) * SECOND + 999_999_999
    os.utime(site / "a", ns=(future, future))
    write({"a": b"2", "b": b"1"}.items(), site)
    assert (site / "a").stat().st_mtime_ns // SECOND == future // SECOND + 1


def test_a_file_that_comes_back_has_a_later_second_than_it_had(site: Path) -> None:
    write({"a": b"1", "b": b"1"}.items(), site)
    first = (site / "a").stat().st_mtime_ns // SECOND
    write({"b": b"1"}.items(), site)
    write({"a": b"2", "b": b"1"}.items(), site)
    assert (site / "a").stat().st_mtime_ns // SECOND > first


def test_same_bytes_keep_their_time_through_a_change_elsewhere(site: Path) -> None:
    write({"a": b"1", "b": b"1"}.items(), site)
    os.utime(site / "b", ns=(123_456_789, 123_456_789))
    write({"a": b"2", "b": b"1"}.items(), site)
    assert (site / "b").stat().st_mtime_ns == 123_456_789


def test_extras_and_empty_folders_are_pruned(site: Path) -> None:
    write(SMALL.items(), site)
    (site / "old" / "deep").mkdir(parents=True)
    (site / "old" / "deep" / "x.html").write_text("gone")
    (site / "hollow").mkdir()
    report = write(SMALL.items(), site)
    assert report.removed == 1
    assert tree(site) == SMALL
    assert not (site / "old").exists()
    assert not (site / "hollow").exists()


def test_an_extra_empty_folder_alone_is_pruned(site: Path) -> None:
    write(SMALL.items(), site)
    (site / "api" / "hollow").mkdir()
    report = write(SMALL.items(), site)
    assert not report.changed
    assert not (site / "api" / "hollow").exists()


def test_a_file_becomes_a_folder_and_back(site: Path) -> None:
    write({"a": b"1", "b/c": b"1"}.items(), site)
    write({"a/x": b"1", "b": b"1"}.items(), site)
    assert tree(site) == {"a/x": b"1", "b": b"1"}
    write({"a": b"1", "b/c": b"1"}.items(), site)
    assert tree(site) == {"a": b"1", "b/c": b"1"}


def test_the_folder_keeps_its_mode(site: Path) -> None:
    write({"a": b"1"}.items(), site)
    site.chmod(0o750)
    write({"a": b"2"}.items(), site)
    assert site.stat().st_mode & 0o777 == 0o750


def test_the_outputs_are_not_kept(site: Path) -> None:
    class Body(bytes):
        alive = 0

        def __init__(self, *_: object) -> None:
            Body.alive += 1

        def __del__(self) -> None:
            Body.alive -= 1

    most = 0

    def bodies() -> Iterator[tuple[str, bytes]]:
        nonlocal most
        for number in range(50):
            yield f"{number}.txt", Body(b"x")
            most = max(most, Body.alive)

    for _ in range(2):
        write(bodies(), site)
    assert most <= 2


def test_a_large_file_is_compared_in_pieces(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "_PIECE", 10)
    write({"a": b"0123456789" * 5}.items(), site)
    assert not write({"a": b"0123456789" * 5}.items(), site).changed
    changed = {"a": b"0123456789" * 4 + b"012345678x"}
    assert write(changed.items(), site).written == 1
    assert tree(site) == changed


def test_a_file_that_ends_early_differs(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"a": b"0123456789"}.items(), site)
    monkeypatch.setattr(os, "read", lambda *_: b"")
    assert write({"a": b"0123456789"}.items(), site).written == 1


def test_a_disk_that_takes_a_part_at_a_time_gets_all(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda file, body: whole(file, bytes(body)[:7]))
    write({"a": b"0123456789" * 5}.items(), site)
    assert tree(site) == {"a": b"0123456789" * 5}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../x",
        "a/../../x",
        "a/..",
        ".",
        "./a",
        "a/./b",
        "a//b",
        "a/",
        "a\\b",
        "..\\x",
        "a\nb",
        "a\x00b",
        "a\x7fb",
        "a\u202eb",
        "a\ud800b",
    ],
)
def test_a_path_that_is_not_inside_the_site_is_refused(site: Path, path: str) -> None:
    write({"a": b"1"}.items(), site)
    before = marks(site)
    with pytest.raises(SiteError, match="not one inside the site") as caught:
        write([("new", b"1"), (path, b"x")], site)
    assert repr(path) in str(caught.value)
    assert marks(site) == before
    assert names_beside(site) == set()
    assert {entry.name for entry in site.parent.iterdir()} == {"site", ".site.lock"}


@given(st.text(st.sampled_from("./\\a\n~"), max_size=8))
def test_no_path_leaves_the_folder(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    above = tmp_path_factory.mktemp("above")
    try:
        write([(path, b"x")], above / "site")
    except SiteError:
        assert not (above / "site").exists()
    else:
        assert tree(above / "site") == {path: b"x"}
    assert {entry.name for entry in above.iterdir()} <= {"site", ".site.lock"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a/index.html", "a/index.html"),
        ("a/Index.html", "a/index.html"),
        ("A/x", "a/y"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("a/b/c", "a/B"),
        ("straße", "STRASSE"),
        (unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é")),
        (place.MARKER, "a"),
    ],
)
def test_two_outputs_of_one_path_are_refused(site: Path, one: str, other: str) -> None:
    with pytest.raises(SiteError, match="Two outputs have one path") as caught:
        write([(one, b"1"), (other, b"2")], site)
    assert one[0] in str(caught.value)
    assert not site.exists()
    assert names_beside(site) == set()


def test_symlinks_in_the_old_tree_are_neither_followed_nor_written_through(site: Path, tmp_path: Path) -> None:
    write({"a/x": b"1", "b": b"1"}.items(), site)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_bytes(b"1")
    (outside / "b").write_bytes(b"1")
    (site / "a" / "x").unlink()
    (site / "a").rmdir()
    (site / "a").symlink_to(outside)
    (site / "b").unlink()
    (site / "b").symlink_to(outside / "b")
    (site / "dangling").symlink_to(tmp_path / "nowhere")
    report = write({"a/x": b"1", "b": b"2"}.items(), site)
    assert tree(site) == {"a/x": b"1", "b": b"2"}
    assert not any(path.is_symlink() for path in site.rglob("*"))
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"x": b"1", "b": b"1"}
    assert (report.written, report.unchanged, report.removed) == (2, 0, 3)


def test_a_symlink_to_the_folder_stays_and_the_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "disk" / "real").mkdir(parents=True)
    link = tmp_path / "site"
    link.symlink_to(tmp_path / "disk" / "real")
    for body in (b"1", b"2"):
        write({"a": body}.items(), link)
        assert link.is_symlink()
        assert tree(tmp_path / "disk" / "real") == {"a": body}
    assert names_beside(tmp_path / "disk" / "real") == set()


def test_a_symlink_loop_is_refused(site: Path) -> None:
    site.symlink_to(site)
    with pytest.raises(SiteError, match="is a file"):
        write(SMALL.items(), site)


def test_a_folder_of_others_is_refused(site: Path) -> None:
    site.mkdir()
    (site / "thesis.txt").write_text("all there is")
    with pytest.raises(SiteError, match="did not write"):
        write(SMALL.items(), site)
    assert [path.name for path in site.iterdir()] == ["thesis.txt"]
    assert names_beside(site) == set()
    assert not place.lock_beside(site).exists()


@pytest.mark.parametrize("kind", ["folder", "symlink"])
def test_the_mark_is_a_file_of_its_own(site: Path, tmp_path: Path, kind: str) -> None:
    (site / "x").mkdir(parents=True)
    mark = site / place.MARKER
    if kind == "folder":
        mark.mkdir()
    else:
        (tmp_path / "elsewhere").write_bytes(place.MARKER_TEXT)
        mark.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SiteError, match="did not write"):
        write(SMALL.items(), site)


def test_a_repository_is_refused(site: Path) -> None:
    write(SMALL.items(), site)
    (site / ".git").mkdir()
    with pytest.raises(SiteError, match=r"holds a \.git"):
        write(SMALL.items(), site)


def test_a_file_is_refused(site: Path) -> None:
    site.write_text("a file")
    with pytest.raises(SiteError, match="is a file"):
        write(SMALL.items(), site)
    assert site.read_text() == "a file"


def test_a_folder_under_a_file_is_refused(site: Path) -> None:
    site.write_text("a file")
    with pytest.raises(SiteError, match=r"cannot be written: .*(File exists|Not a directory)"):
        write(SMALL.items(), site / "deep")


@pytest.mark.parametrize("out", ["/", ".", "..", "", "~", "~/.."])
def test_root_home_and_current_folder_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    home, here = tmp_path / "homes" / "me", tmp_path / "work" / "here"
    for folder in (home, here):
        folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", os.fspath(home))
    monkeypatch.chdir(here)
    with pytest.raises(SiteError, match="Name a folder of the site's own"):
        write(SMALL.items(), Path(os.path.expanduser(out)))  # noqa: PTH111 - "" is a case of its own
    assert not any(home.iterdir())
    assert not any(here.iterdir())


def test_a_mount_point_is_refused(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda path: path == site)
    with pytest.raises(SiteError, match="is a mount point"):
        write(SMALL.items(), site)


def many(count: int) -> Iterator[tuple[str, bytes]]:
    return ((f"{number}.txt", b"x") for number in range(count))


def test_a_sudden_shrinkage_is_refused(site: Path) -> None:
    write(many(101), site)
    before = marks(site)
    with pytest.raises(GuardRefusedError, match=r"from 101 files to 50\b.*--allow-shrink"):
        write(many(50), site)
    assert marks(site) == before
    assert names_beside(site) == set()
    assert write(many(50), site, allow_shrink=True).removed == 51
    assert len(tree(site)) == 50


def test_half_of_many_and_little_of_few_are_no_sudden_shrinkage(site: Path) -> None:
    write(many(102), site)
    write(many(51), site)
    write(many(100), site)
    write(many(1), site)
    assert len(tree(site)) == 1


def test_files_that_are_written_count_against_shrinkage(site: Path) -> None:
    write(many(101), site)
    write(((f"{number}.html", b"y") for number in range(51)), site)
    assert len(tree(site)) == 51


def test_an_error_of_the_renderers_leaves_the_old_site(site: Path) -> None:
    write(SMALL.items(), site)
    before = marks(site)

    def broken() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"new"
        raise FileNotFoundError("a template")

    with pytest.raises(FileNotFoundError, match="a template"):
        write(broken(), site)
    assert marks(site) == before
    assert names_beside(site) == set()


def test_what_the_disk_refuses_is_told_in_a_sentence(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(SMALL.items(), site)
    before = marks(site)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(SiteError, match=r"^the site cannot be written: No space left on device$"):
            write([("index.html", b"new")], site)
    assert marks(site) == before
    assert names_beside(site) == set()


def test_a_name_that_is_too_long_is_told_in_a_sentence(site: Path) -> None:
    with pytest.raises(SiteError, match=r"aaa cannot be written: File name too long"):
        write([("a" * 300 + "/index.html", b"x")], site)
    assert not site.exists()


def test_without_hard_links_files_are_copied_with_their_times(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"a": b"1", "b": b"1"}.items(), site)
    os.utime(site / "b", ns=(123_456_789, 123_456_789))

    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    assert write({"a": b"2", "b": b"1"}.items(), site).unchanged == 1
    assert tree(site) == {"a": b"2", "b": b"1"}
    assert (site / "b").stat().st_mtime_ns == 123_456_789


class Library:
    """A C library that knows one call, or none, and fails with a code."""

    def __init__(self, name: str, code: int) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self._code = code
        if name:
            setattr(self, name, self._call)

    def _call(self, *arguments: object) -> int:
        self.calls.append(arguments)
        ctypes.set_errno(self._code)
        return -1 if self._code else 0


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.ENOTSUP])
def test_without_an_exchange_two_renames_do_and_the_report_says_so(
    site: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library("renameat2", code))
    assert write({"a": b"1"}.items(), site).in_one_step  # there was nothing to exchange
    report = write({"a": b"2"}.items(), site)
    assert not report.in_one_step
    assert str(report).endswith("; replaced in two steps, not one")
    assert tree(site) == {"a": b"2"}
    assert names_beside(site) == set()


def test_a_system_without_such_a_call_takes_two_renames(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library("", 0))
    write({"a": b"1"}.items(), site)
    assert not write({"a": b"2"}.items(), site).in_one_step


def test_the_call_of_macos_is_used_where_it_is_the_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library("renamex_np", 0)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: library)
    assert place.exchange(tmp_path / "a", tmp_path / "b")
    assert library.calls == [(os.fsencode(tmp_path / "a"), os.fsencode(tmp_path / "b"), 2)]


def test_an_exchange_that_fails_otherwise_stops_with_the_old_site(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"a": b"1"}.items(), site)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library("renameat2", errno.EBUSY))
    with pytest.raises(SiteError, match="cannot be written: Device or resource busy"):
        write({"a": b"2"}.items(), site)
    assert tree(site) == {"a": b"1"}
    assert names_beside(site) == set()


def test_a_second_rename_that_fails_is_taken_back(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"a": b"1"}.items(), site)
    monkeypatch.setattr(place, "exchange", lambda *_: False)
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if path == place.new_beside(site):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), os.fspath(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(SiteError, match="busy"):
        write({"a": b"2"}.items(), site)
    assert tree(site) == {"a": b"1"}
    assert names_beside(site) == set()


def test_a_first_rename_that_fails_changes_nothing(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"a": b"1"}.items(), site)
    monkeypatch.setattr(place, "exchange", lambda *_: False)

    def refused(path: Path, _: Path) -> Path:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), os.fspath(path))

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(SiteError, match="busy"):
        write({"a": b"2"}.items(), site)
    assert tree(site) == {"a": b"1"}


def test_an_old_tree_that_cannot_be_removed_is_told_and_goes_next_time(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"a": b"1"}.items(), site)

    def refused(path: str) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refused)
        with pytest.raises(SiteError, match="Permission denied"):
            write({"a": b"2"}.items(), site)
    assert tree(site) == {"a": b"2"}
    assert names_beside(site) == {".site.new"}
    write({"a": b"2"}.items(), site)
    assert names_beside(site) == set()


@pytest.mark.parametrize("left", [".site.new", ".site.old"])
@pytest.mark.parametrize("kind", ["folder", "file", "symlink"])
def test_what_lies_in_the_way_and_is_not_ours_is_not_removed(site: Path, left: str, kind: str) -> None:
    write({"a": b"1"}.items(), site)
    beside = site.parent / left
    if kind == "folder":
        beside.mkdir()
        (beside / "thesis.txt").write_text("all there is")
    elif kind == "file":
        beside.write_text("all there is")
    else:
        beside.symlink_to(site)
    with pytest.raises(SiteError, match="is in the way"):
        write({"a": b"2"}.items(), site)
    assert os.path.lexists(beside)
    assert tree(site) == {"a": b"1"}


def test_an_old_tree_whose_successor_never_came_is_put_back(site: Path) -> None:
    write({"a": b"1"}.items(), site)
    before = marks(site)
    site.rename(place.old_beside(site))
    write({"a": b"1"}.items(), site)
    assert marks(site) == before
    assert names_beside(site) == set()


def test_another_build_is_waited_for(site: Path) -> None:
    write({"a": b"1"}.items(), site)
    waiting, going_on = threading.Event(), threading.Event()

    def slow() -> Iterator[tuple[str, bytes]]:
        yield "a", b"slow"
        waiting.set()
        going_on.wait()

    first = threading.Thread(target=write, args=(slow(), site))
    first.start()
    waiting.wait()
    second = threading.Thread(target=write, args=({"a": b"second"}.items(), site))
    second.start()
    second.join(0.2)
    assert second.is_alive()
    assert tree(site) == {"a": b"1"}
    going_on.set()
    first.join()
    second.join()
    assert tree(site) == {"a": b"second"}
    assert names_beside(site) == set()


def test_another_build_that_does_not_end_stops_this_one(site: Path) -> None:
    with place.lock(site, 0), pytest.raises(SiteError, match="Another build is writing site"):
        write(SMALL.items(), site, patience=0)
    write(SMALL.items(), site, patience=0)


def test_a_lock_that_is_a_symlink_is_not_followed(site: Path, tmp_path: Path) -> None:
    place.lock_beside(site).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SiteError, match="cannot be written"):
        write(SMALL.items(), site)
    assert not (tmp_path / "elsewhere").exists()


def test_the_report_is_one_line() -> None:
    assert str(Report(1, 11_999, 0, 1_000, 5_000_000)) == (
        "1 file written, 11,999 unchanged, 0 removed; 1000 bytes of 4.8 MiB new"
    )
    assert str(Report(2, 0, 3, 2_048, 5_000_000_000)) == (
        "2 files written, 0 unchanged, 3 removed; 2.0 KiB of 4.7 GiB new"
    )


# Builds that are killed. The child is forked, which is what makes hundreds of them bearable.


def forked(action: Callable[[], object]) -> int:
    """Run something in a child and give its process id; it ends with 0 if nothing was raised."""
    with warnings.catch_warnings():
        # A test runner may have threads of its own; the child calls nothing that could wait for one of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    try:
        action()
    except BaseException:  # noqa: BLE001 - the child must end here, whatever happens
        os._exit(1)
    os._exit(0)


def was_killed(child: int) -> bool:
    """Wait for a child; tell whether it was killed, which is the only other way to end than well."""
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def nested(name: str, count: int) -> Files:
    """Give files of which a third is the tree's own, a third differs in its bytes, and a third is the same in all."""
    kinds = (f"{name}/{{0}}/x.html", "both/{0}/index.html", "same/{0}/deep/index.json")
    return {
        kinds[number % 3].format(number): (b"same" if number % 3 == 2 else name.encode()) * (number + 1)
        for number in range(count)
    }


def test_a_build_that_is_killed_at_any_moment_leaves_one_whole_tree(site: Path) -> None:
    trees = (nested("a", 60), nested("b", 60))
    write(trees[0].items(), site)
    start = time.monotonic()
    for number in range(1, 11):
        was_killed(forked(partial(write, trees[number % 2].items(), site)))
    usual = (time.monotonic() - start) / 10
    chance = random.Random(359)  # noqa: S311 - a test that can be repeated
    killed = changed = 0
    holds = trees[0]
    for number in range(200):
        child = forked(partial(write, trees[number % 2].items(), site))
        time.sleep(chance.uniform(0, usual * 2))  # the moment is the point
        os.kill(child, signal.SIGKILL)
        killed += was_killed(child)
        before, holds = holds, tree(site)
        assert holds in trees
        changed += holds != before
    assert killed > 10  # a busy machine measures too long a time first
    assert changed > 10
    write(trees[0].items(), site)
    assert tree(site) == trees[0]
    assert names_beside(site) == set()


def killed_before(step: int, action: Callable[[], object]) -> bool:
    """Kill a child right before its system call of this number; tell whether there was one."""

    def counting() -> None:
        left = step

        def count(_: FrameType, event: str, called: object) -> None:
            nonlocal left
            if event == "c_call" and getattr(called, "__module__", "") == os.open.__module__:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        action()

    return was_killed(forked(counting))


def interrupted() -> Iterator[tuple[str, bytes]]:
    raise InterruptedError
    yield


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_build_that_is_killed_before_any_step_leaves_one_whole_tree(
    site: Path, monkeypatch: pytest.MonkeyPatch, *, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(place, "exchange", lambda *_: False)
    old, new = nested("a", 4), nested("b", 4)
    seen = []
    step = 0
    killed = True
    while killed:
        write(old.items(), site)
        killed = killed_before(step, lambda: write(new.items(), site))
        if not can_exchange and not site.exists():
            with pytest.raises(InterruptedError):  # the next build puts the old tree back, whatever becomes of it
                write(interrupted(), site)
        seen.append(tree(site))
        assert seen[-1] in (old, new)
        step += 1
    assert step > 50
    assert seen == sorted(seen, key=lambda found: found == new)  # once new, always new
    assert seen.count(old) > 10
    assert seen.count(new) > 10
    write(new.items(), site)
    assert names_beside(site) == set()


def test_a_first_build_that_is_killed_before_any_step_leaves_nothing_or_all(site: Path) -> None:
    step = 0
    while killed_before(step, lambda: write(SMALL.items(), site)):
        assert not site.exists() or tree(site) == SMALL
        if site.exists():
            place.remove(site)
        step += 1
    assert step > 20
    assert tree(site) == SMALL


def test_the_lock_of_a_killed_build_is_free(site: Path) -> None:
    def holding() -> None:
        with place.lock(site, 0):
            os.kill(os.getpid(), signal.SIGKILL)

    assert was_killed(forked(holding))
    assert place.lock_beside(site).exists()
    file = os.open(place.lock_beside(site), os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(file)


def test_the_mark_says_what_the_folder_is() -> None:
    assert re.fullmatch(rb"[\x20-\x7e]+\n", place.MARKER_TEXT)


def test_reading_what_the_last_build_left(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert read(site, "a/b.txt") is None
    write([("a/b.txt", b"b")], site)
    assert read(site, "a/b.txt") == b"b"
    assert read(site, "a") is None
    assert read(site, "a/c.txt") is None
