"""The original's own answers, reproduced byte for byte through the whole way: files, checks, build, files."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from folders import CREATED, package, write_data

from builder import build

RECORDED = Path(__file__).parent / "recorded" / "details.tsv"
ANSWERS = dict(line.split("\t") for line in RECORDED.read_text(encoding="utf-8").splitlines())


def items(kind: str) -> dict[int, dict[str, Any]]:
    bodies = (body for path, body in ANSWERS.items() if re.fullmatch(f"/api/v4/{kind}/[0-9]+/", path))
    return {item["id"]: item for item in map(json.loads, bodies)}


def number(url: str) -> int:
    return int(url.rstrip("/").rsplit("/", 1)[1])


def package_record(item: Mapping[str, Any], categories: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "title": item["title"],
        "category": categories[number(item["category"])],
        "repository": item["repo_url"],
        "pypi_url": item["pypi_url"],
        "documentation": item["documentation_url"],
        "created": item["created"],
        "modified": item["modified"],
    }


def package_snapshot(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "last_fetched": item["last_fetched"],
        "pypi": {"name": "x", "version": item["pypi_version"]},
        "repository": {
            "description": item["repo_description"],
            "stars": item["repo_watchers"],
            "forks": item["repo_forks"],
            "last_commit": item["last_updated"],
            "weeks": item["commits_over_52"],
            "participants": item["participants"],
        },
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a catalogue from the recorded answers; what they link to but the sample lacks is made up around them."""
    folder = tmp_path_factory.mktemp("recorded")
    packages, grids, categories = items("packages"), items("grids"), items("categories")
    slugs = {n: item["slug"] for n, item in packages.items()}
    members = {n: [number(url) for url in item["packages"]] for n, item in grids.items()}
    for n, item in packages.items():
        for found in map(number, item["grids"]):
            if n not in members.setdefault(found, []):
                assert found not in grids, "two recorded answers contradict each other"
                members[found].append(n)
    strangers = {n for found in members.values() for n in found} - packages.keys()
    slugs |= {n: f"stranger-{n}" for n in strangers}
    names = {n: item["slug"] for n, item in categories.items()}
    write_data(
        folder / "data",
        packages={item["slug"]: package_record(item, names) for item in packages.values()}
        | {slugs[n]: package(n, title=f"Stranger {n}") for n in strangers},
        grids={
            grids[n]["slug"] if n in grids else f"stranger-{n}": grid_record(n, grids.get(n), [slugs[m] for m in found])
            for n, found in members.items()
        },
        categories={item["slug"]: category_record(item) for item in categories.values()},
        snapshots={item["slug"]: package_snapshot(item) for item in packages.values()},
    )
    build.build(folder / "data", folder / "site")
    return folder / "site"


def grid_record(n: int, item: Mapping[str, Any] | None, members: list[str]) -> dict[str, Any]:
    if item is None:
        return {"id": n, "title": f"Stranger {n}", "packages": members, "created": CREATED}
    return {
        "id": n,
        "title": item["title"],
        "description": item["description"],
        "header": item["header"],
        "locked": item["is_locked"],
        "packages": members,
        "created": item["created"],
        "modified": item["modified"],
    }


def category_record(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "slug"}


def without_order(body: str) -> str:
    """Sort the one list of links of an answer: the original has no order for it, or its database's own."""
    return re.sub(
        r'"(grids|packages)":\[([^]]*)\]',
        lambda found: f'"{found[1]}":[{",".join(sorted(found[2].split(",")))}]',
        body,
    )


@pytest.mark.parametrize("path", ANSWERS)
def test_a_recorded_answer_is_reproduced_to_the_byte(site: Path, path: str) -> None:
    ours = (site / path[1:] / "index.json").read_bytes()
    assert without_order(ours.decode()) == without_order(ANSWERS[path])


def test_the_starting_document(site: Path) -> None:
    ours = (site / "api/v4/packages/359/index.json").read_bytes()
    assert len(ours) == 1107
    assert ours == ANSWERS["/api/v4/packages/359/"].encode()


def test_the_sample_is_whole() -> None:
    assert {kind: len(items(kind)) for kind in ("packages", "grids", "categories")} == {
        "packages": 64,
        "grids": 40,
        "categories": 4,
    }
