"""The build's verification: each JSON file of a site against what its kind promises, for every kind of host."""

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import brotli
import pytest
from folders import grid, package, renew, tree, write_data
from hypothesis import given
from hypothesis import strategies as st
from rendered import CATALOGUES, SITE

from builder import api, build, contract, making, urls, write
from builder.api.generation import GENERATION, MANIFEST
from builder.hosts import HOSTS, Host, host_named
from builder.hosts.layouts import named_html, unescaped
from builder.outputs import JSON, LINKSET, NDJSON, Output
from builder.verify import of_copy
from builder.verify.contract import Held, kind_of
from builder.verify.manifest import PACKED

ITEM = "api/v4/packages/1/index.json"
V3_ITEM = "api/v3/packages/a/index.json"
OTHER = "api/data/v1/openapi.json"
OTHER_LINES = "api/data/v1/search/items/packages/0/0.ndjson"
LINES = "api/data/v1/dump.ndjson"
KNOWN = {ITEM, V3_ITEM, LINES, MANIFEST, GENERATION}
ALL_HOSTS = pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)


@ALL_HOSTS
@pytest.mark.parametrize("name", CATALOGUES)
def test_no_json_of_what_is_rendered_is_left_out(host: Host, name: str) -> None:
    """What a file is follows from its path alone; here it is compared with the routes and types that were rendered."""
    made, held = CATALOGUES[name](), Held()
    promised = others = 0
    for output in making.render(made, replace(host.choices, pictures=False)):
        kind = contract.kind_of(output.route)
        for path, body in host.files(output):
            assert kind_of(path) is kind, path
            assert held.wrong(path, body) == "", path
            promised += kind is not None
            others += kind is None and output.media_type in {JSON, NDJSON, LINKSET}
    assert (held.promised, held.others) == (promised, others)
    assert promised > 20
    assert others > 20


@ALL_HOSTS
def test_nor_of_what_is_built(tmp_path: Path, host: Host) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1, title="<A> & \\u003c")}, grids={"g": grid(1, "a")})
    made, _ = build.join(build.load(data), data)
    build.build(data, tmp_path / "site", host=host)
    found = of_copy(tmp_path / "site")
    rendered = [output for output in making.render(made, host.choices) if contract.kind_of(output.route)]
    promised = sum(len(list(host.files(output))) for output in rendered) + len([MANIFEST, GENERATION])
    assert found.wrong == []
    if not host.choices.plain_dumps:
        packed = sum(output.route in urls.DATA_DUMPS for output in rendered)
        promised += packed  # .gz and .br are looked at in place of each of them
    assert found.promised == promised
    texts = [path for path in tree(tmp_path / "site") if path.endswith((".json", ".ndjson", "/api-catalog"))]
    assert found.others == len([path for path in texts if kind_of(path) is None]) > 30


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contract")
    data = write_data(folder / "data", packages={"a": package(1)}, grids={"g": grid(1, "a")})
    build.build(data, folder / "site", host=host_named("nginx"))
    return folder / "site"


def edited(**new: object) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps(json.loads(body) | new, separators=(",", ":"), ensure_ascii=False).encode()


DAMAGE: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "type": (ITEM, edited(id="one"), "is no PackageResource: id: Input should be a valid integer"),
    "new key": (ITEM, edited(new=1), "is no PackageResource: new: Extra inputs are not permitted"),
    "no key": (V3_ITEM, lambda body: body.replace(b'"title"', b'"titel"'), "is no PackageResource: title: Field req"),
    "form": (ITEM, lambda body: body + b" ", "is a PackageResource in other bytes than it should have: from byte "),
    "dialect": (
        V3_ITEM,
        edited(),
        'is a PackageResource in other bytes than it should have: from byte 17 on \'"/packages/p/a/",',
    ),
    "cut": (ITEM, lambda body: body[:-1], "is no PackageResource: the whole: Invalid JSON: EOF"),
    "a line": (
        LINES,
        lambda body: body.replace(b'"type":"grid"', b'"type":"grids"'),
        "line 2 is no GridLineResource: type: Input",
    ),
    "no end": (LINES, lambda body: body[:-1], "line 3 has no end"),
    "another end": (LINES, lambda body: body.replace(b"\n", b"\r\n"), "line 1 is a PackageLineResource in other bytes"),
    "other": (OTHER, lambda body: body[:-1], "is no JSON: Expecting"),
    "other line": (OTHER_LINES, lambda body: body + b"{\n", "line 2 is no JSON: Expecting"),
    "other number": (OTHER, lambda _: b'{"a":NaN}', "is no JSON: NaN is no number"),
    "other bytes": (OTHER, lambda _: b'"\xff"', "is no JSON: 'utf-8' codec"),
    "generation": (GENERATION, edited(more=2), "is no GenerationResource: more: Extra inputs are not permitted"),
    "manifest": (
        MANIFEST,
        lambda body: body.replace(b'","bytes"', b'", "bytes"'),
        "line 2 is a ManifestFileResource in",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_each_deviation_is_a_line_with_file_place_and_reason(built: Path, tmp_path: Path, kind: str) -> None:
    path, edit, words = DAMAGE[kind]
    site = shutil.copytree(built, tmp_path / "site")
    whole = of_copy(site)
    assert whole.wrong == []
    for again in (False, True):  # the manifest and the generation are made of the others, and so edited last
        if (path in {MANIFEST, GENERATION}) is again:
            (site / path).write_bytes(edit((site / path).read_bytes()))
            manifest = (site / MANIFEST).read_bytes()
            (site / PACKED).write_bytes(write.packed(PACKED, manifest))
            told = edited(manifest_sha256=sha256(manifest).hexdigest())((site / GENERATION).read_bytes())
            (site / GENERATION).write_bytes(told)
        if not again:
            renew(site)
    found = of_copy(site)
    assert len(found.wrong) == 1, found.wrong
    assert found.wrong[0].startswith(f"{path}: {words}"), found.wrong
    assert whole.promised - found.promised == (path in KNOWN)
    assert whole.others - found.others == (path not in KNOWN)
    assert f" {found.promised:,} JSON files as the API promises, {found.others:,} other ones well-formed" in str(found)
    assert (found.as_dict()["promised"], found.as_dict()["others"]) == (found.promised, found.others)


@pytest.mark.parametrize("pack", [gzip.compress, brotli.compress], ids=["gz", "br"])
def test_a_dump_that_is_there_compressed_alone_is_held_too(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    build.build(data, tmp_path / "site", host=host_named("cloudflare"))
    ending = "gz" if pack is gzip.compress else "br"
    assert not (tmp_path / "site" / LINES).exists()
    (tmp_path / "site" / f"{LINES}.{ending}").write_bytes(pack(b"{}\n"))
    renew(tmp_path / "site")
    assert [line.partition(" is no ")[0] for line in of_copy(tmp_path / "site").wrong] == [f"{LINES}.{ending}: line 1"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("api/v4/index.json", "v4_root"),
        ("api/v4/packages/index.html", "v4_packages"),
        ("api/v4/packages/359/index.html", "v4_package"),
        ("api/v4/packages/359.json", "v4_package"),
        ("api/v4/packages/offset/20/index.json", "v4_packages"),
        ("api/v4/search/index.json", "v4_error"),
        ("api/v3/packages/limit/0/index.json", "v3_packages"),
        ("api/404.html", "v4_error"),
        ("api/404/v3-grid.json", "v3_error"),
        ("api/data/v1/index.json", "root"),
        ("api/data/v1/search/index.json", "search_index"),
        ("api/data/v1/packages/indexes.json", "package"),
        ("packages/p/a/index.html", None),
        ("index.html", None),
        ("404.html", None),
        ("_host/apache/refused/GET.json", None),
        ("api/data/v1/openapi.json", None),
        ("api/edge/index.json", None),
    ],
)
def test_the_kind_follows_from_the_path(path: str, name: str | None) -> None:
    kind = kind_of(path)
    assert (kind and kind.name) == name


TEXTS = st.text() | st.lists(st.sampled_from(["<", ">", "&", "\\", "u003c", "u0026", '"', "é", "\n"])).map("".join)


@given(text=TEXTS, ascii_only=st.booleans())
def test_escaping_is_undone_to_the_byte(text: str, *, ascii_only: bool) -> None:
    body = json.dumps({text: [text]}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    for typed in (True, False):
        _, laid = named_html(Output("/a/", body, JSON), typed=typed)
        assert unescaped(laid) == body


def test_what_is_escaped_in_part_is_not_what_any_host_has() -> None:
    path = "api/v4/search/index.html"
    right = next(
        output.body
        for output in api.render(CATALOGUES["small"](), SITE, HOSTS[1].choices)
        if output.route == urls.API_SEARCH
    )
    said = right.replace(b"cannot", b"<can>not")
    held = Held()
    assert held.wrong(path, said.replace(b"<", b"\\u003c").replace(b">", b"\\u003e")) == ""
    assert held.wrong(path, said) == ""
    assert held.wrong(path, said.replace(b"<", b"\\u003c")).startswith("is a ErrorResource in other bytes")
    assert (held.promised, held.others) == (2, 0)
