import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import snapshots
from builder.errors import DataError
from builder.metadata import PyPIFacts, Release, RepositoryFacts, Snapshot

FETCHED = datetime(2026, 2, 15, 21, 7, 27, 202335, tzinfo=timezone(timedelta(hours=-5)))
FULL = Snapshot(
    last_fetched=FETCHED,
    pypi=PyPIFacts(
        name="django-messages",
        serial=4100200,
        summary="Über „Nachrichten“",
        project_urls={"Homepage": "https://example.org"},
        releases=(
            Release(version="0.6.0", uploaded=datetime(2017, 4, 10, tzinfo=UTC), yanked="broken"),
            Release(version="0.5", yanked=True),
        ),
    ),
    repository=RepositoryFacts(stars=0, participants=(), weeks=(0, 1)),
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    assert snapshots.save(tmp_path, "django-messages", FULL)
    assert snapshots.save(tmp_path, "empty", Snapshot())
    assert snapshots.load(tmp_path) == ({"django-messages": FULL, "empty": Snapshot()}, [])
    assert sorted(file.name for file in (tmp_path / "snapshots").iterdir()) == ["django-messages.json", "empty.json"]


def test_the_file_is_made_for_diffs() -> None:
    body = snapshots.encode(FULL)
    assert body.endswith(b"}\n")
    assert "Über „Nachrichten“".encode() in body
    assert json.loads(body) == {
        "last_fetched": "2026-02-15T21:07:27.202335-05:00",
        "pypi": {
            "name": "django-messages",
            "serial": 4100200,
            "summary": "Über „Nachrichten“",
            "project_urls": {"Homepage": "https://example.org"},
            "releases": [
                {"version": "0.6.0", "uploaded": "2017-04-10T00:00:00Z", "yanked": "broken"},
                {"version": "0.5", "yanked": True},
            ],
        },
        # Zero and nobody are not the same as not known.
        "repository": {"stars": 0, "weeks": [0, 1], "participants": []},
    }


def test_writes_only_what_differs(tmp_path: Path) -> None:
    assert snapshots.save(tmp_path, "x", FULL)
    file = tmp_path / "snapshots" / "x.json"
    before = file.stat()
    assert not snapshots.save(tmp_path, "x", FULL)
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert snapshots.save(tmp_path, "x", Snapshot())
    assert file.read_bytes() == b"{}\n"


def test_a_write_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots.save(tmp_path, "x", FULL)

    def half(self: Path, body: bytes) -> int:
        with self.open("wb") as file:
            file.write(body[:3])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", half)
        with pytest.raises(OSError, match="No space"):
            snapshots.save(tmp_path, "x", Snapshot())
    assert snapshots.load(tmp_path) == ({"x": FULL}, [])
    snapshots.save(tmp_path, "x", Snapshot())
    assert [file.name for file in (tmp_path / "snapshots").iterdir()] == ["x.json"]


def test_a_broken_one_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for slug in ("a", "b", "c", "d"):
        snapshots.save(data, slug, FULL)
    (data / "snapshots" / "a.json").write_bytes(snapshots.encode(FULL)[:100])
    (data / "snapshots" / "b.json").write_text('{"pypi": {"name": "b", "releases": [{}]}}')
    (data / "snapshots" / "c.json").unlink()
    (data / "snapshots" / "c.json").mkdir()
    found, problems = snapshots.load(data)
    assert set(found) == {"d"}
    assert snapshots.load(data, keep=False) == (found, problems)
    assert [(p.path, p.code, p.field) for p in problems] == [
        ("data/snapshots/a.json", "snapshot", ""),
        ("data/snapshots/b.json", "snapshot", "pypi.releases.0.version"),
        ("data/snapshots/c.json", "unreadable", ""),
    ]
    assert all("git checkout -- data/snapshots/" in problem.hint for problem in problems[:2])


def test_a_newer_snapshot_is_read_by_an_older_program(tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "x.json").write_text('{"pypi": {"name": "x", "new": 1}, "later": []}')
    assert snapshots.load(tmp_path) == ({"x": Snapshot(pypi=PyPIFacts(name="x"))}, [])


def test_no_folder_is_no_snapshot(tmp_path: Path) -> None:
    assert snapshots.load(tmp_path) == snapshots.load(tmp_path, keep=False) == ({}, [])


def test_they_can_be_had_without_being_held(tmp_path: Path) -> None:
    for slug in ("b", "a"):
        snapshots.save(tmp_path, slug, FULL)
    found, _ = snapshots.load(tmp_path, keep=False)
    assert (list(found), len(found)) == (["a", "b"], 2)
    assert found["a"] == FULL
    assert found["a"] is not found["a"]
    snapshots.save(tmp_path, "c", FULL)
    assert [slug in found for slug in "abc"] == [True, True, False]
    assert found.get("c") is None
    (tmp_path / "snapshots" / "b.json").write_text("{")
    with pytest.raises(DataError, match="problem"):
        found["b"]


moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]))
releases = st.builds(
    Release,
    version=st.text(),
    uploaded=st.none() | moments,
    yanked=st.booleans() | st.text(min_size=1),
    requires_python=st.none() | st.text(),
)
pypi_facts = st.builds(
    PyPIFacts,
    name=st.text(),
    serial=st.none() | st.integers(),
    project_urls=st.dictionaries(st.text(), st.text(), max_size=2),
    releases=st.lists(releases, max_size=3).map(tuple),
)


@given(st.builds(Snapshot, last_fetched=st.none() | moments, pypi=st.none() | pypi_facts))
def test_every_snapshot_comes_back_as_it_was(snapshot: Snapshot) -> None:
    body = snapshots.encode(snapshot)
    again = Snapshot.model_validate_json(body)
    assert again == snapshot
    assert snapshots.encode(again) == body


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"stars": -1}, "repository.stars"),
        ({"forks": -1}, "repository.forks"),
        ({"weeks": [0, -1]}, "repository.weeks"),
        ({"weeks": [0] * 53}, "repository.weeks"),
        ({"commits": {"2026-01-01": -1}}, "repository.commits"),
    ],
)
def test_what_no_forge_says_is_refused(tmp_path: Path, facts: dict[str, object], field: str) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots/x.json").write_text(json.dumps({"repository": facts}))
    found, [problem] = snapshots.load(tmp_path)
    assert found == {}
    assert (problem.code, problem.field) == ("snapshot", field)


def test_no_link_is_followed_and_nothing_huge_is_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.json").write_text("{}")
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots/link.json").symlink_to(tmp_path / "elsewhere.json")
    (tmp_path / "snapshots/huge.json").write_bytes(b" " * (snapshots.MOST_BYTES + 1))
    found, problems = snapshots.load(tmp_path)
    assert found == {}
    assert [problem.code for problem in problems] == ["file-size", "file-link"]
    assert all("git checkout" in problem.hint for problem in problems)


def test_few_can_be_kept_and_many_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert snapshots.can_be_kept(tmp_path)
    for slug in "ab":
        snapshots.save(tmp_path, slug, FULL)
    size = len(snapshots.encode(FULL))
    for most, kept in ((2 * size, True), (2 * size - 1, False)):
        monkeypatch.setattr(snapshots, "MOST_KEPT", most)
        assert snapshots.can_be_kept(tmp_path) is kept
