"""The items of the search: those of the original reproduced, and what each field follows from."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import made
import pytest

from builder import weight
from builder.catalogue import Catalogue
from builder.metadata import DownloadFacts, Snapshot
from builder.records import Usage
from builder.resources import SearchItemResource, encode
from builder.search import items
from builder.urls import Urls

RECORDED = (Path(__file__).parent / "recorded/search.tsv").read_text(encoding="utf-8").splitlines()
ANSWERS = dict(line.split("\t") for line in RECORDED)
SITE = Urls("https://djangopackages.org")
CATEGORIES = ("App", "Framework", "Project", "Other")


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def snapshot(item: Mapping[str, Any]) -> Snapshot:
    released = moment(item["last_released"])
    return made.fetched(
        description=item["description"],
        stars=item["repo_watchers"],
        forks=item["repo_forks"],
        last_commit=moment(item["last_committed"]),
        participants=tuple(item["participants"].split(",")),
        pypi={"releases": ({"version": "1.0", "uploaded": released},) if released else ()},
    ).model_copy(update={"downloads": DownloadFacts(month="2026-01", count=item["pypi_downloads"])})


def recorded_catalogue() -> Catalogue:
    """Make a catalogue of what recorded items say."""
    found = [json.loads(text) for text in ANSWERS.values()]
    packages, grids = {}, {}
    for item in found:
        times = {"created": item["created"], "modified": item["modified"]}
        if item["item_type"] == "grid":
            grids[item["slug"]] = made.grid(
                "django-live",
                title=item["title"],
                description=item["description"],
                header=True,
                locked=True,
                **times,
            )
            continue
        site = Usage(title="A site", url="https://example.org/")
        packages[item["slug"]] = made.package(
            title=item["title"], category=item["category"].lower(), sites=(site,) * item["usage"], **times
        )
    snapshots = {item["slug"]: snapshot(item) for item in found if item["item_type"] == "package"}
    categories = {title.lower(): made.category(title=title) for title in CATEGORIES}
    return made.catalogue(packages, grids, categories, snapshots)


def without_score(text: str) -> str:
    """Give an item without the one number that was stored there on another day."""
    return json.dumps(json.loads(text) | {"score": None}, ensure_ascii=False)


def test_every_recorded_item_is_reproduced() -> None:
    catalogue = recorded_catalogue()
    assert catalogue.as_of == date(2026, 2, 16)
    ours = {one.item.absolute_url: encode(one.item).decode() for one in items.found(catalogue, SITE)}
    assert {path: without_score(text) for path, text in ours.items()} == {
        path: without_score(text) for path, text in ANSWERS.items()
    }


@pytest.mark.parametrize("path", ANSWERS)
def test_a_recorded_item_is_written_to_the_byte(path: str) -> None:
    item = SearchItemResource.model_validate_json(ANSWERS[path])
    assert encode(item).decode() == ANSWERS[path]


@pytest.mark.parametrize("path", [path for path in ANSWERS if path.startswith("/packages/")])
def test_a_recorded_score_is_one_of_the_two_that_python_3_makes(path: str) -> None:
    item = json.loads(ANSWERS[path])
    stored = date(2026, 11, 20)
    stars, committed = item["repo_watchers"], moment(item["last_committed"])
    assert item["score"] in {weight.score(stars, committed, stored, python3=known) for known in (True, False)}


def test_the_sample_is_whole() -> None:
    assert len(ANSWERS) == 49
    assert sum(path.startswith("/grids/") for path in ANSWERS) == 2


def test_where_nothing_was_fetched_an_item_has_zeros_and_nulls() -> None:
    catalogue = made.catalogue({"a": made.package(title="A", sites=())})
    (one,) = items.found(catalogue, Urls("https://example.org/below"))
    assert one.item.model_dump(exclude={"created", "modified"}) == {
        "description": "",
        "title": "A",
        "title_no_prefix": "A",
        "slug_no_prefix": "a",
        "clean_title": "A",
        "absolute_url": "/below/packages/p/a/",
        "weight": 12,
        "item_type": "package",
        "slug": "a",
        "category": "App",
        "repo_watchers": 0,
        "repo_forks": 0,
        "pypi_downloads": 0,
        "score": 0,
        "usage": 0,
        "participants": "",
        "last_committed": None,
        "last_released": None,
    }


def test_a_package_that_is_replaced_is_deprecated_and_its_score_knows_python() -> None:
    old = {"requires_python": "<3", "classifiers": ()}
    catalogue = made.catalogue(
        {"old": made.package(replaced_by="new"), "new": made.package(title="New")},
        snapshots={"old": made.fetched(stars=100, last_commit=datetime(2026, 2, 1, tzinfo=UTC), pypi=old)},
    )
    found = {one.item.slug: one for one in items.found(catalogue, SITE)}
    assert found["old"].item.score == 70
    assert not found["old"].active
    assert found["new"].active
    assert weight.evidence(next(p for p in catalogue.packages if p.slug == "old")).deprecated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ":rocket: Ship :tada: forms :+1: at 10:30:45 :not_an_emoji: fast",
            "\N{ROCKET} Ship :tada: forms :+1: at 10:30:45 :not_an_emoji: fast",
        ),
        ("one: colon", "one: colon"),
        (":red_heart:", "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}"),
        (":Rocket:", ":Rocket:"),
        ("", ""),
    ],
)
def test_codes_by_unicodes_own_names_become_emoji(text: str, expected: str) -> None:
    assert items.with_emoji(text) == expected


def test_title_and_description_of_both_kinds_get_emoji() -> None:
    catalogue = made.catalogue(
        {"a": made.package(title=":rocket: A")},
        {"g": made.grid("a", title=":rocket: G", description=":rocket:")},
        snapshots={"a": made.fetched(description=":rocket:")},
    )
    for one in items.found(catalogue, SITE):
        assert one.item.title[0] == one.item.clean_title[0] == one.item.description == "\N{ROCKET}"
