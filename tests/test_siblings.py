"""Compressed files beside the larger ones, and what of them is used again."""

import gzip
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import brotli
import pytest
from folders import package, tree, write_data
from hypothesis import given
from hypothesis import strategies as st

from builder import build
from builder.api.generation import DUMPS
from builder.choices import Choices
from builder.errors import SiteError
from builder.hosts import Limits
from builder.hosts.generic import Generic
from builder.outputs import COMPRESSED
from builder.write import has_siblings, read, siblings, with_siblings, write

MANIFEST = "api/data/v1/manifest.ndjson"
LONG = b"a text that comes again. " * 50
Files = dict[str, bytes]


def forms(path: str, body: bytes) -> tuple[str, ...]:
    return COMPRESSED if has_siblings(path, body) else ()


def packing(files: Files, out: Path) -> Iterator[tuple[str, bytes]]:
    return with_siblings(files.items(), partial(read, out), forms)


def made(files: Files, out: Path) -> Files:
    return dict(packing(files, out))


@given(st.binary(min_size=1025, max_size=3000))
def test_both_forms_give_the_bytes_and_are_the_same_each_time(body: bytes) -> None:
    found = made({"a.json": body}, Path("nowhere"))
    assert list(found) == ["a.json", "a.json.gz", "a.json.br"]
    assert found["a.json"] == gzip.decompress(found["a.json.gz"]) == brotli.decompress(found["a.json.br"]) == body
    assert made({"a.json": body}, Path("nowhere")) == found


def test_a_gzip_has_no_time_and_no_name(tmp_path: Path) -> None:
    header = made({"a.json": LONG}, tmp_path)["a.json.gz"][:10]
    assert header[3:8] == bytes(5)


@pytest.mark.parametrize(
    ("path", "size", "has"),
    [
        ("index.html", 1025, True),
        ("index.html", 1024, False),
        ("assets/site.css", 1025, True),
        ("dump.ndjson", 1025, True),
        ("badge.svg", 1025, True),
        ("all.json.gz", 1025, False),
        ("picture.png", 1025, False),
        ("_host/caddy/site.json", 1025, False),
        ("LICENSE", 1025, False),
    ],
)
def test_only_larger_texts_of_the_site_have_them(tmp_path: Path, path: str, size: int, *, has: bool) -> None:
    assert (len(made({path: b"x" * size}, tmp_path)) == 3) == has


def test_what_the_old_tree_has_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, first = tmp_path / "site", {"a.json": LONG, "b.json": LONG + b"b"}
    write(packing(first, site), site)
    packed: list[bytes] = []

    def counting() -> dict[str, tuple[object, object]]:
        def counted(body: bytes) -> bytes:
            packed.append(body)
            return gzip.compress(body)

        return {ending: (counted, unpack) for ending, (_, unpack) in siblings._FORMS.items()}  # noqa: SLF001 - to count its work

    monkeypatch.setattr(siblings, "_FORMS", counting())
    report = write(packing(first, site), site)
    assert (packed, report.written, report.unchanged) == ([], 0, 6)
    write(packing((first | {"b.json": LONG + b"c"}), site), site)
    assert packed == [LONG + b"c"] * 2


@pytest.mark.parametrize("ending", [".gz", ".br"])
@pytest.mark.parametrize("left", [b"", b"no such form", None])
def test_a_sibling_that_was_lost_is_mended(tmp_path: Path, ending: str, left: bytes | None) -> None:
    site = tmp_path / "site"
    write(packing({"a.json": LONG}, site), site)
    file = site / f"a.json{ending}"
    good = file.read_bytes()
    file.unlink()
    if left is not None:
        file.write_bytes(left)
    write(packing({"a.json": LONG}, site), site)
    assert file.read_bytes() == good


def test_a_sibling_of_other_bytes_of_the_same_length_is_made_anew(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write(packing({"a.json": LONG}, site), site)
    changed = LONG.replace(b"again", b"never")
    write(packing({"a.json": changed}, site), site)
    assert gzip.decompress((site / "a.json.gz").read_bytes()) == changed
    assert brotli.decompress((site / "a.json.br").read_bytes()) == changed


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "data", packages={"a": package(1)})


def test_a_build_makes_them_where_the_host_takes_them(data: Path, tmp_path: Path) -> None:
    build.build(data, tmp_path / "plain", choices=Choices())
    build.build(data, tmp_path / "packed", choices=Choices(siblings=True))
    plain, packed = tree(tmp_path / "plain"), tree(tmp_path / "packed")
    dumps = {f"{name}{ending}" for name in DUMPS for ending in (".gz", ".br")}
    dumps |= {f"{MANIFEST}.gz"}
    assert {name for name in plain if name.endswith((".gz", ".br"))} == dumps
    told = [json.loads(made.pop("api/data/v1/generation.json")) for made in (plain, packed)]
    assert told[0].pop("manifest_sha256") != told[1].pop("manifest_sha256"), "it names the compressed forms too"
    assert told[0] | {"siblings": True} == told[1], "the content is the same"
    for made in (plain, packed):
        del made[MANIFEST], made[f"{MANIFEST}.gz"]
    assert plain.items() <= packed.items()
    added = packed.keys() - plain.keys()
    assert {f"index.html{ending}" for ending in (".gz", ".br")} <= added
    assert all(gzip.decompress(packed[name]) == packed[name[:-3]] for name in added if name.endswith(".gz"))


def test_a_dump_may_be_there_in_its_compressed_forms_alone(data: Path, tmp_path: Path) -> None:
    build.build(data, tmp_path / "whole", choices=Choices())
    build.build(data, tmp_path / "packed", choices=Choices(plain_dumps=False))
    whole, packed = tree(tmp_path / "whole"), tree(tmp_path / "packed")
    schemas = {f"api/data/v1/schemas/{name}.json" for name in ("dump", "dump_lines")}
    assert whole.keys() - packed.keys() == DUMPS | schemas
    for name in DUMPS:
        assert gzip.decompress(packed[f"{name}.gz"]) == brotli.decompress(packed[f"{name}.br"]) == whole[name]


def test_they_count_for_the_limits_of_the_host(data: Path, tmp_path: Path) -> None:
    host = Generic()
    count = len(tree_of(data, tmp_path))
    host.limits = Limits(files=count)
    build.build(data, tmp_path / "fits", host=host)
    with pytest.raises(SiteError, match=rf"takes {count}; .* --no-siblings"):
        build.build(data, tmp_path / "over", host=host, choices=Choices(suffixes=True, siblings=True))


def tree_of(data: Path, folder: Path) -> dict[str, bytes]:
    build.build(data, folder / "counted", host=Generic())
    found = tree(folder / "counted")
    del found[".static-packages"]
    return found


@pytest.mark.parametrize("ending", [".gz", ".br"])
@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20])
def test_what_is_unpacked_is_whole_and_no_more_than_is_allowed(ending: str, size: int) -> None:
    body = b"x" * size
    form = siblings.packed(ending, body)
    assert siblings.unpacked(ending, form, size) == body
    assert siblings.unpacked(ending, form[:-1], size) is None
    assert size == 0 or siblings.unpacked(ending, form, size - 1) is None
