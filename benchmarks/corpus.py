"""A made-up catalogue of any size, the same for the same size and seed."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

WORDS = (
    *("admin", "async", "cache", "cms", "forms", "filter", "graph", "import", "json"),
    *("ledger", "media", "model", "oauth", "rest", "search", "tags", "tasks", "tree"),
)
START = datetime(2012, 1, 1, tzinfo=UTC)
PACKAGES_PER_GRID = 12


def write(data: Path, packages: int, seed: int = 359) -> None:
    """Write `packages` packages with their snapshots, a grid for every twelfth, and two categories into `data`."""
    chance = random.Random(seed)  # noqa: S311 - a corpus, not a secret
    for folder in ("packages", "grids", "categories", "snapshots"):
        (data / folder).mkdir(parents=True)
    site = (
        "title: Benchmark\nbase_url: https://example.org\n"
        "repository: https://github.com/example/benchmark\ncontact: https://example.org/\n"
    )
    (data / "site.yaml").write_text(site)
    for number, slug in enumerate(("apps", "other"), start=1):
        text = f"id: {number}\ntitle: {slug.title()}\ntitle_plural: {slug.title()}\ncreated: {START.isoformat()}\n"
        (data / "categories" / f"{slug}.yaml").write_text(text)
    slugs = [f"django-{chance.choice(WORDS)}-{number}" for number in range(1, packages + 1)]
    for number, slug in enumerate(slugs, start=1):
        (data / "packages" / f"{slug}.yaml").write_text(_package(chance, number, slug))
        (data / "snapshots" / f"{slug}.json").write_text(json.dumps(_snapshot(chance, slug), indent=2) + "\n")
    for number in range(1, packages // PACKAGES_PER_GRID + 1):
        (data / "grids" / f"grid-{number}.yaml").write_text(_grid(chance, number, slugs))


def _package(chance: random.Random, number: int, slug: str) -> str:
    return (
        f"id: {number}\n"
        f"title: {slug.replace('-', ' ').title()}\n"
        f"category: {chance.choice(('apps', 'other'))}\n"
        f"repository: https://github.com/example/{slug}\n"
        f"pypi: {slug}\n"
        f"documentation: https://{slug}.example.org/\n"
        f"tags: [{chance.choice(WORDS)}, {chance.choice(WORDS)}-kit]\n"
        f"created: {(START + timedelta(hours=number)).isoformat()}\n"
    )


def _snapshot(chance: random.Random, slug: str) -> dict[str, object]:
    releases = [
        {"version": f"{n // 10}.{n % 10}", "uploaded": (START + timedelta(days=40 * n)).isoformat()}
        for n in range(chance.randint(1, 40))
    ]
    return {
        "last_fetched": "2026-01-01T00:00:00Z",
        "pypi": {
            "name": slug,
            "serial": chance.randint(1, 10**8),
            "summary": " ".join(chance.choices(WORDS, k=10)),
            "license_expression": chance.choice(("MIT", "BSD-3-Clause", "Apache-2.0")),
            "requires_python": ">=3.10",
            "classifiers": [f"Programming Language :: Python :: 3.{n}" for n in range(10, 15)]
            + [f"Framework :: Django :: {n}" for n in ("4.2", "5.2", "6.0")],
            "releases": releases,
        },
        "repository": {
            "description": " ".join(chance.choices(WORDS, k=12)),
            "stars": chance.randint(0, 9000),
            "forks": chance.randint(0, 900),
            "last_commit": (START + timedelta(days=chance.randint(3000, 5000))).isoformat(),
            "weeks": [chance.randint(0, 30) for _ in range(52)],
            "participants": [f"login{chance.randint(1, 5000)}" for _ in range(chance.randint(1, 20))],
        },
    }


def _grid(chance: random.Random, number: int, slugs: list[str]) -> str:
    found = sorted(chance.sample(slugs, min(PACKAGES_PER_GRID, len(slugs))))
    rows = "".join(
        f"  - title: Feature {row}\n    cells:\n"
        + "".join(f"      {slug}: {chance.choice(('yes', 'no', 'some'))}\n" for slug in found)
        .replace(": yes", ': "yes"')
        .replace(": no", ': "no"')
        for row in range(3)
    )
    members = "".join(f"  - {slug}\n" for slug in found)
    return (
        f"id: {number}\ntitle: Grid {number}\ndescription: What grid {number} compares.\n"
        f"packages:\n{members}features:\n{rows}created: {START.isoformat()}\n"
    )
