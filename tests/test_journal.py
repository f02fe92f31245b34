import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import DAY, NOW, answers_of, fetched, repository

from builder import source
from builder.fetch.journal import FOLDER, KEPT, Answer, Answered, Journal
from builder.metadata import DownloadFacts
from builder.upstreams.base import Failed, Fetched, Gone, Unchanged

FILE = f"{FOLDER}/pypi.jsonl"
HOUR = timedelta(hours=1)


def answered(slug: str, at: datetime = NOW, outcome: Answer | None = None) -> Answered:
    return Answered.of(slug, outcome or Unchanged(), at, slug.upper())


def left(folder: Path, now: datetime = NOW) -> Journal:
    """Open the journal as the next run does, and close it."""
    with Journal(folder, "pypi", now) as journal:
        return journal


def write(folder: Path, *slugs: str, taken: bool = False) -> bytes:
    with Journal(folder, "pypi", NOW) as journal:
        for slug in slugs:
            journal.add(answered(slug))
        if taken:
            journal.take()
    return (folder / FILE).read_bytes()


@given(st.sampled_from(["pypi", "github", "downloads"]).flatmap(answers_of), st.booleans())
def test_an_outcome_survives_the_journal(outcome: Answer, again: bool) -> None:  # noqa: FBT001 - drawn
    line = Answered.of("x", outcome, NOW, "X", again=again)
    read = Answered.model_validate_json(line.model_dump_json(exclude_defaults=True))
    assert read == line
    assert (read.outcome, read.name, read.again) == (outcome, "X", again)


@pytest.mark.parametrize(
    ("outcome", "is_good"), [(fetched("x"), True), (Unchanged(), True), (Gone("x"), False), (Failed("x"), False)]
)
def test_it_is_good_to_hear_how_a_package_is(outcome: Answer, *, is_good: bool) -> None:
    assert answered("x", outcome=outcome).is_good is is_good


def test_facts_stand_under_the_name_of_their_part(tmp_path: Path) -> None:
    with Journal(tmp_path, "pypi", NOW) as journal:
        journal.add(answered("a", outcome=Fetched(repository())))
        journal.add(answered("b", outcome=Gone("x", DownloadFacts(month="2026-01", count=0))))
    first, second = map(json.loads, (tmp_path / FILE).read_text().splitlines())
    assert first == {
        "slug": "a",
        "name": "A",
        "at": "2026-03-01T04:00:00Z",
        "said": "fetched",
        "repository": {"id": "R1", "owner": "U1", "name": "o/n", "stars": 3},
    }
    assert second["downloads"] == {"month": "2026-01", "count": 0}


def test_each_answer_is_on_disk_before_the_next(tmp_path: Path) -> None:
    with Journal(tmp_path, "pypi", NOW) as journal:
        for number in range(3):
            journal.add(answered(f"p{number}"))
            assert len((tmp_path / FILE).read_bytes().splitlines()) == number + 1


def test_a_line_that_was_torn_anywhere_is_forgotten_and_no_other(tmp_path: Path) -> None:
    whole = write(tmp_path, "a", "b", taken=True)
    lines = whole.splitlines(keepends=True)
    for length in range(len(whole) + 1):
        (tmp_path / FILE).write_bytes(whole[:length])
        journal = left(tmp_path)
        # A line that lacks nothing but its end is whole.
        complete = [slug for slug, end in (("a", len(lines[0])), ("b", len(lines[0] + lines[1]))) if length >= end - 1]
        assert list(journal.answers) == complete
        assert journal.taken == (length == len(whole))
        assert (tmp_path / FILE).read_bytes() == b"".join(lines[: len(complete)]) + (lines[2] if journal.taken else b"")


@pytest.mark.parametrize("junk", [b"\n", b"{}\n", b"null\n", b"\xff\xfe\n", b'{"taken":true}\n', b'{"slug": "x"}\n'])
def test_a_line_that_is_none_is_forgotten(tmp_path: Path, junk: bytes) -> None:
    whole = write(tmp_path, "a")
    (tmp_path / FILE).write_bytes(junk + whole)
    assert list(left(tmp_path).answers) == ["a"]
    assert (tmp_path / FILE).read_bytes() == whole


def test_a_whole_journal_is_not_written_again(tmp_path: Path) -> None:
    write(tmp_path, "a", "b")
    before = (tmp_path / FILE).stat()
    left(tmp_path)
    after = (tmp_path / FILE).stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_it_is_never_without_what_it_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while a torn line is taken out, the others are still there."""
    whole = write(tmp_path, "a", "b")
    (tmp_path / FILE).write_bytes(whole + b'{"slug":"c')

    def killed(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    class Killing(io.BufferedWriter):
        writelines = write = killed

    def opened(path: Path, mode: str) -> IO[bytes]:
        stream: Any = open(path, mode)  # noqa: PTH123, SIM115 - `Path.open` is what this stands for
        return Killing(stream.detach()) if mode == "wb" else stream

    for name, stand_in in (("open", opened), ("replace", killed)):
        with monkeypatch.context() as patched:
            patched.setattr(Path, name, stand_in)
            with pytest.raises(KeyboardInterrupt):
                Journal(tmp_path, "pypi", NOW)
        assert (tmp_path / FILE).read_bytes().startswith(whole)
    assert list(left(tmp_path).answers) == ["a", "b"]
    assert {file.name for file in (tmp_path / FOLDER).iterdir()} == {"pypi.jsonl"}


def test_the_newest_answer_holds(tmp_path: Path) -> None:
    with Journal(tmp_path, "pypi", NOW) as journal:
        journal.add(answered("a", outcome=Failed("x")))
        journal.add(answered("b"))
        journal.add(answered("a", NOW + HOUR))
    assert left(tmp_path, NOW + HOUR).answers == {"a": answered("a", NOW + HOUR), "b": answered("b")}


@pytest.mark.parametrize(
    ("age", "kept"),
    [
        (timedelta(0), True),
        (KEPT - timedelta(seconds=1), True),
        (KEPT, False),
        (DAY, False),
        (-timedelta(seconds=1), False),
    ],
)
def test_an_answer_of_another_night_or_of_the_future_is_not_used(tmp_path: Path, age: timedelta, *, kept: bool) -> None:
    write(tmp_path, "a", taken=True)
    journal = left(tmp_path, (NOW + age).astimezone(timezone(timedelta(hours=5))))
    assert list(journal.answers) == (["a"] if kept else [])
    assert journal.taken is kept
    assert bool((tmp_path / FILE).read_bytes()) is kept


def test_what_is_added_has_not_passed_the_guards(tmp_path: Path) -> None:
    with Journal(tmp_path, "pypi", NOW) as journal:
        assert not journal.taken
        journal.add(answered("a"))
        journal.take()
        journal.take()
        assert journal.taken
    assert (tmp_path / FILE).read_bytes().count(b"taken") == 1
    with Journal(tmp_path, "pypi", NOW) as journal:
        assert journal.taken
        journal.add(answered("b"))
        assert not journal.taken
    assert not left(tmp_path).taken


def test_each_upstream_has_its_own(tmp_path: Path) -> None:
    journals = [Journal(tmp_path, name, NOW) for name in ("pypi", "github")]
    journals[0].add(answered("a"))
    journals[0].forget()
    assert [file.name for file in (tmp_path / FOLDER).iterdir()] == ["github.jsonl"]
    journals[1].forget()
    assert not (tmp_path / FOLDER).exists()
    journals[1].forget()


def test_it_is_no_part_of_the_data(tmp_path: Path) -> None:
    write(tmp_path, "a")
    (tmp_path / "site.yaml").write_text(
        "title: T\nbase_url: https://example.org\nrepository: https://github.com/o/n\ncontact: us@example.org\n"
    )
    (tmp_path / "packages").mkdir()
    (tmp_path / "refresh.json").write_text("{}")
    (tmp_path / ".refresh.json.new").write_text("{")
    data, problems = source.load(tmp_path)
    assert data is not None
    assert problems == []
