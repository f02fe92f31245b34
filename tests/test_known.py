from pathlib import Path

import pytest
from scripted import repository

from builder import snapshots
from builder.errors import DataError
from builder.fetch.known import Known
from builder.metadata import Snapshot

FOUND = {"a": Snapshot(repository=repository(stars=1)), "b": Snapshot(repository=repository(stars=2))}
NEW = Snapshot(repository=repository(stars=9))


def test_it_knows_what_was_found_and_what_was_written_since(tmp_path: Path) -> None:
    known = Known(FOUND, tmp_path)
    assert known == FOUND
    known.save("b", NEW)
    known.save("c", NEW)
    assert known == {"a": FOUND["a"], "b": NEW, "c": NEW}
    assert len(known) == 3
    assert [slug in known for slug in "abcd"] == [True, True, True, False]
    assert snapshots.load(tmp_path) == ({"b": NEW, "c": NEW}, [])


def test_what_was_looked_at_before_it_was_written_is_not_told_again(tmp_path: Path) -> None:
    known = Known(FOUND, tmp_path)
    assert known["a"] == FOUND["a"]
    known.save("a", NEW)
    assert known["a"] == NEW


def test_the_last_one_is_not_read_twice(tmp_path: Path) -> None:
    snapshots.save(tmp_path, "a", FOUND["a"])
    known = Known(snapshots.load(tmp_path, keep=False)[0], tmp_path)
    assert known["a"] is known["a"]


def test_nothing_is_known_of_another(tmp_path: Path) -> None:
    known = Known(FOUND, tmp_path)
    with pytest.raises(KeyError):
        known["c"]
    assert known.get("c") is None


def test_what_somebody_broke_meanwhile_stops_the_run(tmp_path: Path) -> None:
    known = Known({}, tmp_path)
    known.save("a", NEW)
    (tmp_path / "snapshots" / "a.json").write_text("{")
    with pytest.raises(DataError):
        known["a"]
