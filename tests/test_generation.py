"""The id of a site's content: the same for the same files, another one for any other."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from folders import package, tree, write_data

from builder import build
from builder.api import Generation
from builder.api.generation import CONTENT, COUNTED, DERIVED, FORM, HOST, role
from builder.choices import Choices, Query
from builder.hosts import HOSTS, Host
from builder.write.place import MARKER

PATH = "api/data/v1/generation.json"
FILES = {"b": b"2", "a/index.html": b"1", "c": b""}


def generation(files: dict[str, bytes]) -> str:
    taken = Generation()
    assert dict(taken.passing(files.items())) == files
    return taken.id


def told(site: Path) -> dict[str, object]:
    found = json.loads((site / PATH).read_bytes())
    assert isinstance(found, dict)
    return found


def test_it_is_what_sha256sum_would_make_of_the_files() -> None:
    lines = "".join(f"{hashlib.sha256(FILES[path]).hexdigest()}  {path}\n" for path in sorted(FILES))
    assert generation(FILES) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_order_of_the_files_does_not_matter() -> None:
    assert generation(dict(reversed(FILES.items()))) == generation(FILES)


@pytest.mark.parametrize("other", [{"b": b"3"}, {"d": b""}, {"c": b"2", "b": b""}])
def test_any_other_byte_or_path_gives_another(other: dict[str, bytes]) -> None:
    assert generation(FILES | other) != generation(FILES)


@pytest.mark.parametrize(
    "path",
    [
        "b.gz",
        "a/index.html.br",
        "x/opengraph.png",
        "x.db",
        "api/data/v1/dump.json.br",
        "api/data/v1/changes.json",
        "api/data/v1/changes/x.json",
    ],
)
def test_what_is_derived_does_not_count(path: str) -> None:
    assert generation(FILES | {path: b"x"}) == generation(FILES)
    assert role(path) == (FORM if path in {"b.gz", "a/index.html.br"} else DERIVED)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("_headers", HOST),
        ("_host/nginx.conf", HOST),
        (".nojekyll", HOST),
        (".well-known/api-catalog", CONTENT),
        ("api/data/v1/index.json", CONTENT),
    ],
)
def test_what_the_host_keeps_to_itself_counts(path: str, expected: str) -> None:
    assert role(path) == expected
    assert generation(FILES | {path: b"x"}) != generation(FILES)


def test_it_says_what_the_host_promises() -> None:
    empty, choices = Generation(), Choices(Query.MAPPED, v3=False)
    manifest = empty.manifest()
    output = empty.output(manifest, "https://e.org/x", date(2026, 1, 2), "made-up", choices)
    assert output.body == (
        b'{"schema_version":1,"generation":"%s","manifest_sha256":"%s","as_of":"2026-01-02",'
        b'"base_url":"https://e.org/x","host":"made-up","query":"mapped","v3":false,"copies":true,"suffixes":false,'
        b'"siblings":false,"negotiates":false}'
    ) % tuple(hashlib.sha256(body).hexdigest().encode() for body in (b"", manifest.body))


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_the_built_site_holds_the_generation_of_its_own_files(tmp_path: Path, host: Host) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    build.build(data, tmp_path / "site", host=host)
    files = {path: body for path, body in tree(tmp_path / "site").items() if role(path) in COUNTED}
    del files[MARKER], files["api/data/v1/manifest.ndjson"]
    found = json.loads(files.pop(PATH))
    assert found["generation"] == generation(files)
    assert (found["host"], found["base_url"]) == (host.name, "https://djangopackages.org")


def test_the_same_data_gives_the_same_and_an_edit_another(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    build.build(data, first)
    build.build(data, second)
    assert told(first) == told(second)
    write_data(data, packages={"a": package(1, title="Another")})
    build.build(data, third)
    assert told(first)["generation"] != told(third)["generation"]
