"""A data folder made for a test: records given as dictionaries, written as a person's files."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from builder.api import Generation
from builder.write import packed
from builder.write.place import MARKER

SITE = {
    "title": "Test Packages",
    "base_url": "https://djangopackages.org",
    "repository": "https://github.com/example/packages",
    "contact": "https://example.org/contact",
}
CREATED = "2026-01-01T00:00:00+00:00"
APPS = {"id": 1, "title": "App", "title_plural": "Apps", "created": CREATED}

Items = Mapping[str, Mapping[str, Any]]


def as_yaml(record: Mapping[str, Any]) -> str:
    """Give a record as YAML: a key a line, each value in its JSON form, which is YAML too."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in record.items())


def write_data(  # noqa: PLR0913 - one for each folder of the data
    data: Path,
    *,
    packages: Items | None = None,
    grids: Items | None = None,
    categories: Items | None = None,
    snapshots: Items | None = None,
    site: Mapping[str, Any] | None = None,
) -> Path:
    """Write a data folder and give it back; what is left out has its simplest legal form."""
    kinds = {"packages": packages or {}, "grids": grids or {}, "categories": {"apps": APPS} | dict(categories or {})}
    for kind, records in kinds.items():
        (data / kind).mkdir(parents=True, exist_ok=True)
        for slug, record in records.items():
            (data / kind / f"{slug}.yaml").write_text(as_yaml(record), encoding="utf-8")
    (data / "site.yaml").write_text(as_yaml(SITE | dict(site or {})), encoding="utf-8")
    (data / "snapshots").mkdir(exist_ok=True)
    for slug, snapshot in (snapshots or {}).items():
        text = json.dumps(snapshot, ensure_ascii=False)
        (data / "snapshots" / f"{slug}.json").write_text(text, encoding="utf-8")
    return data


def write_record(data: Path, path: str, record: Mapping[str, Any]) -> None:
    """Write one file of a data folder, by its path in it."""
    (data / path).write_text(as_yaml(record), encoding="utf-8")


def package(number: int, **written: Any) -> dict[str, Any]:  # noqa: ANN401 - values of a record
    """Give a package's record with the keys that a test does not care about."""
    return {"id": number, "title": f"Package {number}", "category": "apps", "created": CREATED} | written


def grid(number: int, *packages: str, **written: Any) -> dict[str, Any]:  # noqa: ANN401 - values of a record
    """Give a grid's record with the keys that a test does not care about."""
    return {"id": number, "title": f"Grid {number}", "packages": packages, "created": CREATED} | written


def tree(folder: Path) -> dict[str, bytes]:
    """Give all files under a folder, by relative path."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(files)}


def renew(site: Path, more: Mapping[str, bytes] | None = None) -> None:
    """Let a site's manifest and generation name its files as they are now, and others too that need not be there."""
    last = {f"api/data/v1/{name}" for name in ("manifest.ndjson", "manifest.ndjson.gz", "generation.json")}
    made = Generation()
    kept = {path: body for path, body in tree(site).items() if path not in last | {MARKER}}
    list(made.passing((kept | dict(more or {})).items()))
    manifest = made.manifest()
    list_file = site / manifest.route.removeprefix("/")
    list_file.write_bytes(manifest.body)
    list_file.with_name(f"{list_file.name}.gz").write_bytes(packed(".gz", manifest.body))
    file = list_file.with_name("generation.json")
    told = json.loads(file.read_bytes()) | {"generation": made.id, "manifest_sha256": sha256(manifest.body).hexdigest()}
    file.write_text(json.dumps(told, separators=(",", ":")), encoding="utf-8")
