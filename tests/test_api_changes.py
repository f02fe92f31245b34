"""What a site tells of the way from one generation to the next, and that it is kept for the next build."""

import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from click.testing import CliRunner
from folders import grid, package, tree, write_data, write_record
from hypothesis import given
from hypothesis import strategies as st

from builder import build, contract, past, urls
from builder.api import changes, packs
from builder.api.changes import KEPT, LINES, PACKED_LINES, PACKS_KEPT, Past, Step, is_packed
from builder.api.packs import Pack
from builder.cli import main
from builder.errors import SiteError
from builder.hosts import HOSTS, Host
from builder.outputs import Output
from builder.resources.changes import ChangesResource
from builder.write.place import MARKER

INDEX = "api/data/v1/changes.json"
MANIFEST = "api/data/v1/manifest.ndjson"
LAST = (MANIFEST, f"{MANIFEST}.gz", "api/data/v1/generation.json", MARKER)
DAY = date(2026, 2, 1)


def item(number: int, slug: str, **more: object) -> dict[str, object]:
    return {"type": "package", "schema_version": 1, "id": number, "slug": slug} | more


def lines(*items: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in items)


def plain(found: Any) -> Any:  # noqa: ANN401 - a resource
    return json.loads(found.model_dump_json())


def test_what_changed_of_items() -> None:
    before = lines(
        item(1, "same", title="x"),
        item(2, "old-name", title="x"),
        item(3, "both", title="x", tags=[], repository={"stars": 1, "forks": 2}),
        item(4, "gone"),
        item(5, "lost", repository={"stars": 1}, sources={"pypi": {"state": "ok"}}),
    )
    after = lines(
        item(6, "zz-new"),
        item(1, "same", title="x"),
        item(2, "new-name", title="x"),
        item(3, "both-renamed", title="y", tags=[], repository={"stars": 5, "forks": 2}, more=1),
        item(5, "lost", repository=None, sources={"pypi": {"state": "failed"}, "git": {}}),
        item(7, "a-new"),
    )
    found = plain(changes.difference(before, after)["packages"])
    assert found == {
        "added": [{"id": 7, "slug": "a-new"}, {"id": 6, "slug": "zz-new"}],
        "changed": [
            {"id": 3, "slug": "both-renamed", "fields": ["title", "repository.stars", "more"]},
            {"id": 5, "slug": "lost", "fields": ["repository", "sources.pypi", "sources.git"]},
        ],
        "renamed": [
            {"id": 3, "slug": "both-renamed", "before": "both"},
            {"id": 2, "slug": "new-name", "before": "old-name"},
        ],
        "removed": [{"id": 4, "slug": "gone"}],
    }
    assert changes.difference(before, after)["grids"] == changes.NOTHING


ITEMS = st.dictionaries(
    st.integers(1, 8),
    st.fixed_dictionaries(
        {"slug": st.sampled_from("abcdefgh"), "title": st.sampled_from("xy"), "n": st.integers(0, 1)}
    ),
)


@given(ITEMS, ITEMS)
def test_it_is_what_a_look_at_each_item_tells(
    old: Mapping[int, Mapping[str, Any]], new: Mapping[int, Mapping[str, Any]]
) -> None:
    found = changes.difference(
        *(lines(*(item(number, **fields) for number, fields in each.items())) for each in (old, new))
    )["packages"]
    assert {each.id for each in found.added} == new.keys() - old.keys()
    assert {each.id for each in found.removed} == old.keys() - new.keys()
    both = old.keys() & new.keys()
    assert {each.id: each.fields for each in found.changed} == {
        number: fields
        for number in both
        if (fields := tuple(key for key in new[number] if key != "slug" and old[number][key] != new[number][key]))
    }
    assert {(each.id, each.before, each.slug) for each in found.renamed} == {
        (number, old[number]["slug"], new[number]["slug"])
        for number in both
        if old[number]["slug"] != new[number]["slug"]
    }


class Told:
    """What a step told: its index, its days and packs, by path; and the past of the next."""

    def __init__(self, before: Past, files: Mapping[str, bytes], day: date = DAY) -> None:
        step = Step(before)
        packed = {PACKED_LINES: brotli.compress(files[LINES])} if LINES in files else {}
        passing = {**packed, **files}
        assert dict(step.passing(passing.items())) == passing
        self.outputs = list(step.outputs(day))
        self.files = {output.route.removeprefix("/"): output.body for output in self.outputs}
        self.index = ChangesResource.model_validate_json(self.files.pop(INDEX))
        self.generation = step.generation.id
        sums = {path: step.generation.sum(path) for path in files}
        self.past = Past(self.generation, sums, files.get(LINES, b""), self.index.generations, self.files)

    def day(self, day: date = DAY) -> Any:  # noqa: ANN401 - whatever JSON holds
        return json.loads(self.files[f"api/data/v1/changes/{day}.json"])

    def packs(self) -> list[str]:
        return [path for path in self.files if path.endswith(".tar.br")]


def unpack(body: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(brotli.decompress(body))) as archive:
        members = archive.getmembers()
        assert all(member.isfile() and member.mtime == 0 and member.mode == 0o644 for member in members)
    found = {path: reader.read() for path, _, reader in packs.members(body)}
    assert list(found) == [member.name for member in members]
    return found


def test_the_first_generation_has_nothing_before_it() -> None:
    told = Told(Past(), {"a": b"1", LINES: lines(item(1, "x"))})
    [step] = told.day()["generations"]
    assert (step["generation"], step["before"]) == (told.generation, None)
    assert step["files"] == {"added": 2, "changed": 0, "removed": 0}
    assert step["packages"] == {"added": [], "changed": [], "renamed": [], "removed": []}
    assert [(each.generation, each.day, each.pack) for each in told.index.generations] == [(told.generation, DAY, None)]


def test_the_next_tells_of_both_and_packs_what_is_new() -> None:
    first = Told(Past(), {"a": b"1", "b": b"1", "gone": b"", "_headers": b"1", LINES: lines(item(1, "x"))})
    files = {"a": b"2", "b": b"1", "c": b"3", "c.gz": b"3", "_headers": b"2", LINES: lines(item(2, "y"))}
    second = Told(first.past, files)
    one, other = second.day()["generations"]
    assert one == first.day()["generations"][0]
    assert other["before"] == first.generation
    assert other["files"] == {"added": 1, "changed": 3, "removed": 1}
    assert other["packages"]["added"] == [{"id": 2, "slug": "y"}]
    pack = second.index.generations[1].pack
    assert pack
    body = second.files[pack.path]
    assert (pack.bytes, pack.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert unpack(body) == {"a": b"2", "c": b"3"}
    assert pack_of({"a": b"2", "c": b"3"}) == body


def pack_of(files: Mapping[str, bytes]) -> bytes:
    pack = Pack()
    assert all(pack.add(path, body) for path, body in files.items())
    return pack.body()


@given(st.dictionaries(st.text("abc-é", min_size=1, max_size=200), st.binary(max_size=300)), st.integers(0, 100))
def test_what_is_packed_comes_out_and_what_is_cut_off_never_as_anything_else(
    files: dict[str, bytes], lost: int
) -> None:
    named = {f"x/{number}{path}": body for number, (path, body) in enumerate(files.items())}
    body = pack_of(named)
    assert unpack(body) == named
    found = [(path, reader.read()) for path, _, reader in packs.members(body[: len(body) - 1 - lost])]
    assert all(named[path].startswith(content) for path, content in found)
    assert list(packs.members(b"")) == list(packs.members(b"no pack")) == []


def test_nothing_new_tells_nothing_new() -> None:
    files = {"a": b"1", LINES: b""}
    first = Told(Past(), files)
    again = Told(first.past, files, DAY + timedelta(days=3))
    assert (again.files, again.index) == (first.files, first.index)


def test_back_and_forth_is_told_each_time() -> None:
    one, other = {"a": b"1"}, {"a": b"2"}
    told = Told(Past(), one)
    for files in (other, one, other, one):
        told = Told(told.past, files)
    ids = [each.generation for each in told.index.generations]
    assert len(ids) == 5
    assert len(set(ids)) == 2
    for known in told.index.generations[1:]:
        assert known.pack
        assert hashlib.sha256(told.files[known.pack.path]).hexdigest() == known.pack.sha256


def test_what_is_old_is_told_no_more() -> None:
    told = Told(Past(), {"a": b"0"}, DAY)
    second = Told(told.past, {"a": b"1"}, DAY + timedelta(days=1))
    third = Told(second.past, {"a": b"2"}, DAY + PACKS_KEPT + timedelta(days=2))
    assert [bool(each.pack) for each in third.index.generations] == [False, False, True]
    assert len(third.packs()) == 1
    last = Told(third.past, {"a": b"3"}, DAY + KEPT + timedelta(days=1))
    assert [each.generation for each in last.index.generations] == [
        second.generation,
        third.generation,
        last.generation,
    ]
    assert f"api/data/v1/changes/{DAY}.json" not in last.files


def test_packs_are_bounded_together_and_each(monkeypatch: pytest.MonkeyPatch) -> None:
    one = len(pack_of({"a": b"1"}))
    monkeypatch.setattr(changes, "PACKS_BYTES", 2 * one + 1)
    monkeypatch.setattr(packs, "LARGEST", 1000)
    told = Told(Past(), {"a": b"0"})
    for number in range(1, 5):
        told = Told(told.past, {"a": b"%d" % number})
    assert [bool(each.pack) for each in told.index.generations] == [False, False, False, True, True]
    noise = random.Random(1).randbytes(1 << 20)  # noqa: S311 - no secret
    too_large = Told(told.past, {"a": noise, "c": b"1"})
    assert too_large.index.generations[-1].pack is None


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    written(folder, a={"title": "One"}, b={}, c={})
    return folder


def written(folder: Path, **packages: dict[str, object]) -> None:
    for file in folder.glob("packages/*.yaml"):
        file.unlink()
    records = {slug: package(ord(slug) - 96) | fields for slug, fields in packages.items()}
    write_data(folder, packages=records, grids={"g": grid(1, *packages)})


def edits(folder: Path) -> Iterable[None]:
    """Make one edit after the other."""
    yield
    written(folder, a={"title": "Two"}, b={}, c={})
    yield
    written(folder, a={"title": "Two"}, z={"id": 2}, c={}, d={})
    yield
    written(folder, a={"title": "Two"}, z={"id": 2}, d={})
    write_record(
        folder, "tombstones.yaml", {"packages": [{"id": 3, "slug": "c", "removed": "2026-02-01", "reason": "x"}]}
    )
    yield


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_a_site_tells_of_all_its_generations(data: Path, tmp_path: Path, host: Host) -> None:
    for number, _ in enumerate(edits(data)):
        # A new machine each time: nothing but the folder of the past is there from the last one.
        build.build(data, tmp_path / str(number), host=host, kept=tmp_path / "past")
    site = tree(tmp_path / "3")
    index = json.loads(site[INDEX])
    steps = [step for day in sorted({each["day"] for each in index["generations"]}) for step in told(site, day)]
    ids = [json.loads(tree(tmp_path / str(number))["api/data/v1/generation.json"])["generation"] for number in range(4)]
    assert [step["generation"] for step in steps] == [each["generation"] for each in index["generations"]] == ids
    assert [step["before"] for step in steps] == [None, *ids[:-1]]
    assert steps[1]["packages"]["changed"] == [{"id": 1, "slug": "a", "fields": ["title"]}]
    assert steps[2]["packages"]["renamed"] == [{"id": 2, "slug": "z", "before": "b"}]
    assert steps[2]["packages"]["added"] == [{"id": 4, "slug": "d"}]
    assert steps[2]["grids"]["changed"] == [{"id": 1, "slug": "g", "fields": ["packages"]}]
    assert steps[3]["packages"]["removed"] == [{"id": 3, "slug": "c"}]
    for number in range(1, 4):
        before, after = (tree(tmp_path / str(each)) for each in (number - 1, number))
        new = {path: body for path, body in after.items() if before.get(path) != body}
        pack = index["generations"][number]["pack"]
        assert unpack(site[pack["path"]]) == {path: new[path] for path in new if path not in LAST and is_packed(path)}
    for path in (INDEX, *(path for path in site if path.startswith("api/data/v1/changes/") and path.endswith(".json"))):
        kind = contract.kind_of(f"/{path}")
        assert kind
        assert contract.deviation(kind, site[path]) == ""


def told(site: Mapping[str, bytes], day: str) -> Sequence[Any]:
    found = json.loads(site[f"api/data/v1/changes/{day}.json"])
    assert found["day"] == day
    return list(found["generations"])


def test_the_past_does_not_count_for_the_generation(data: Path, tmp_path: Path) -> None:
    for _ in edits(data):
        build.build(data, tmp_path / "long", kept=tmp_path / "past")
    build.build(data, tmp_path / "new", kept=tmp_path / "none")
    one, other = (
        json.loads((tmp_path / name / "api/data/v1/generation.json").read_bytes()) for name in ("long", "new")
    )
    assert one.pop("manifest_sha256") != other.pop("manifest_sha256")
    assert one == other


def test_the_same_again_writes_nothing(data: Path, tmp_path: Path) -> None:
    site, kept = tmp_path / "site", tmp_path / "past"
    build.build(data, site, kept=kept)
    times = {path: (kept / path).stat().st_mtime_ns for path in tree(kept)}
    assert not build.build(data, site, kept=kept).report.changed
    assert {path: (kept / path).stat().st_mtime_ns for path in tree(kept)} == times


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("site", "lie in each other"),
        ("site/past", "lie in each other"),
        (".", "is the current folder or holds it|lie in each other|holds files that this program did not write"),
        ("other", "holds a site, which would be replaced"),
        ("data", "holds files that this program did not write"),
    ],
)
def test_what_is_no_past_is_not_replaced(data: Path, tmp_path: Path, kept: str, words: str) -> None:
    build.build(data, tmp_path / "site")
    build.build(data, tmp_path / "other")
    before = tree(tmp_path)
    with pytest.raises(SiteError, match=words):
        build.build(data, tmp_path / "site", kept=tmp_path / kept)
    assert tree(tmp_path) == before


def test_a_day_that_is_wrong_loses_nothing() -> None:
    told = Told(Past(), {"a": b"0"}, DAY)
    future = Told(told.past, {"a": b"1"}, DAY + 4 * KEPT)
    back = Told(future.past, {"a": b"2"}, DAY + timedelta(days=1))
    assert [each.generation for each in back.index.generations] == [future.generation, back.generation]
    assert back.index.generations[-1].pack
    last = Told(back.past, {"a": b"3"}, date(1970, 1, 1))
    assert len(last.index.generations) == 3


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (MANIFEST, None, f"{MANIFEST} cannot be read: No such file or directory. Get the folder again"),
        (MANIFEST, b"", f"{MANIFEST} has a line 1 that is none of a manifest"),
        (INDEX, b"[]", f"{INDEX} tells no changes"),
        (PACKED_LINES, b"x", f"{PACKED_LINES} is damaged"),
        ("day", None, "json cannot be read"),
    ],
)
def test_a_damaged_past_is_no_past(data: Path, tmp_path: Path, path: str, body: bytes | None, words: str) -> None:
    kept, site = tmp_path / "past", tmp_path / "site"
    build.build(data, site, kept=kept)
    before = tree(site)
    file = next((kept / "api/data/v1/changes").glob("*.json")) if path == "day" else kept / path
    file.unlink() if body is None else file.write_bytes(body)
    with pytest.raises(SiteError, match="what changed is told from now on") as error:
        build.build(data, site, kept=kept)
    assert words in str(error.value)
    assert tree(site) == before
    assert past.REMEDY in str(error.value)


def test_the_command(data: Path, tmp_path: Path) -> None:
    arguments = ["build", "--data", str(data), "--out", str(tmp_path / "site"), "--past", str(tmp_path / "past")]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert (tmp_path / "past" / INDEX).is_file()
    done = CliRunner().invoke(main, [*arguments, "--no-dumps"])
    assert done.exit_code == 2
    assert "goes without --no-dumps" in done.stderr.replace("\n", " ")


def test_where_no_past_is_kept_no_change_is_told(data: Path, tmp_path: Path) -> None:
    build.build(data, tmp_path / "site")
    site = tree(tmp_path / "site")
    assert not [path for path in site if "/changes" in path and not path.endswith(("html", "schema.json"))]
    assert "changes" not in json.loads(site["api/data/v1/index.json"])["resources"]


def test_an_archive_has_a_type_of_its_own() -> None:
    step = Step(Past("1" * 64))
    list(step.passing([("a", b"1")]))
    assert {output.media_type for output in step.outputs(DAY) if is_pack(output)} == {"application/octet-stream"}
    assert urls.data_changes(str(DAY)) in {output.route for output in step.outputs(DAY)}


def is_pack(output: Output) -> bool:
    return output.route.endswith(".tar.br")
