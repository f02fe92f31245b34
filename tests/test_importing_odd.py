"""What our data cannot hold as it is there, and what people wrote here before: nothing is lost without a word."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from folders import grid, package, tree, write_data
from importer import empty, remarks, report, run
from original_site import BEGIN, FETCHED, Original, catalogue, serving

from builder import build
from builder.importing import slugs
from builder.metadata import PyPIFacts, RepositoryFacts, Snapshot, Source
from builder.snapshots import encode, read


def one(**facts: Any) -> Original:  # noqa: ANN401 - values of an answer
    """Make a site of one package in one grid."""
    site = Original()
    site.category(1, "apps")
    site.package(359, "django-messages", **facts)
    site.grid(45, "messaging", 359)
    return site


def served(data: Path, key: int) -> dict[str, Any]:
    build.build(data, data.parent / "site")
    found: dict[str, Any] = json.loads((data.parent / f"site/api/v4/packages/{key}/index.json").read_bytes())
    return found


@pytest.mark.parametrize(
    ("field", "value", "what", "answer"),
    [
        ("title", " Django  Messages\n", "value", "Django Messages"),
        ("title", "", "value", "django-messages"),
        ("title", "a\u200bb", "value", "ab"),
        ("repo_url", None, "value", ""),
        ("repo_url", "http://10.0.0.1/x", "text", "http://10.0.0.1/x"),
        ("repo_url", "https://me@example.org/x/y", "text", "https://me@example.org/x/y"),
        ("repo_url", "javascript:alert(1)", "value", ""),
        ("repo_url", "two words", "value", ""),
        ("documentation_url", "http://localhost/docs", "text", "http://localhost/docs"),
        ("documentation_url", "<b>", "value", ""),
        ("pypi_url", "   ", "value", ""),
        ("pypi_url", None, "value", ""),
        ("repo_watchers", -1, "value", 0),
        ("repo_forks", None, "differs", 0),
        ("repo_description", None, "differs", ""),
        ("commits_over_52", [1] * 53, "value", []),
        ("commits_over_52", [-1], "value", []),
        ("created", datetime(1950, 1, 1, tzinfo=UTC), "value", None),
        ("last_updated", datetime(3500, 1, 1, tzinfo=UTC), "value", None),
        ("modified", BEGIN, "value", None),
    ],
)
def test_a_value_that_cannot_be_kept_is_told(
    tmp_path: Path, field: str, value: object, what: str, answer: object
) -> None:
    site, data = one(**{field: value}), empty(tmp_path / "data")
    with serving(site) as server:
        found = report(server.url, data)
        again = report(server.url, data)
    assert remarks(found, what) == [("packages/359/", field)]
    assert found["equal"]["packages"]["equal"] == (what == "text")
    assert again["new"] == again["changed"] == {}
    if answer is not None:
        assert served(data, 359)[field] == answer


@pytest.mark.parametrize(
    "facts",
    [
        {"repo_url": ""},
        {"repo_url": "git@github.com:owner/name.git"},
        {"last_updated": datetime(1970, 1, 1, tzinfo=UTC)},
        {"created": datetime(1970, 1, 1, 1, tzinfo=UTC)},
        {"pypi_url": "", "pypi_version": "1.0"},
        {"pypi_url": "https://example.org/anything?x=1"},
        {"pypi_url": "http://pypi.python.org/pypi/a-b/1.0/"},
        {"pypi_version": ""},
        {"repo_description": "\u202e\x07 <script> \u2028", "participants": ["", " ", "<b>", "a,b", "\u200b"]},
        {"title": "日本語 “x” \U0001f680"},
        {"title": "yes"},
        {"repo_url": "https://github.com/owner/name/tree/main/part"},
    ],
)
def test_an_odd_value_that_can_be_kept_is_answered_as_there(tmp_path: Path, facts: dict[str, Any]) -> None:
    data = empty(tmp_path / "data")
    with serving(one(**facts)) as server:
        result = run(server.url, data)
    assert result.exit_code == 0, result.output
    build.build(data, tmp_path / "site")  # pages and feeds bear it too


def test_values_of_grids_and_categories(tmp_path: Path) -> None:
    site, data = one(), empty(tmp_path / "data")
    site.category(2, "plain", description="a\u202eb", title_plural="")
    site.grid(46, "long", description="x" * 20_000, title="")
    with serving(site) as server:
        found = report(server.url, data)
    assert remarks(found, "value") == [
        ("categories/2/", "description"),
        ("categories/2/", "title_plural"),
        ("grids/46/", "description"),
        ("grids/46/", "title"),
    ]
    assert found["equal"] == {
        "packages": {"equal": 1, "total": 1},
        "grids": {"equal": 1, "total": 2},
        "categories": {"equal": 1, "total": 2},
    }


def test_a_key_that_is_not_known_is_told(tmp_path: Path) -> None:
    with serving(one(licence="MIT")) as server:
        found = report(server.url, empty(tmp_path / "data"))
    assert remarks(found, "unknown") == [("packages/359/", "licence")]


def test_another_time_zone_is_told_once(tmp_path: Path) -> None:
    data = empty(tmp_path / "data", time_zone="Europe/Berlin")
    with serving(catalogue(20)) as server:
        found = report(server.url, data)
    [remark] = found["remarks"]
    assert "time_zone" in remark["remedy"]
    assert found["equal"]["packages"]["equal"] == 0


def test_slugs_that_cannot_be_ours_are_mapped_and_told(tmp_path: Path) -> None:
    site, data = Original(), empty(tmp_path / "data")
    site.category(1, "Apps")
    odd = ["Django_Under", "django.dot", "_private", "2048", "con", "ünïcode", "日本", "django-under", "django_under"]
    for key, slug in enumerate(odd, start=1):
        site.package(key, slug, repo_url="", pypi_url="")
    site.grid(1, "99", *range(1, 10))
    with serving(site) as server:
        found = report(server.url, data)
        before = tree(data)
        assert report(server.url, data)["changed"] == {}
    assert tree(data) == before
    assert sorted(file.stem for file in (data / "packages").iterdir()) == sorted(
        [
            *("django_under-2", "django-dot", "private", "package-2048", "package-con", "unicode", "package"),
            *("django-under", "django_under"),
        ]
    )
    assert remarks(found, "slug") == sorted(
        [("categories/1/", "slug"), ("grids/1/", "slug"), *((f"packages/{key}/", "slug") for key in range(1, 8))]
    )
    assert found["equal"]["packages"] == {"equal": 2, "total": 9}
    assert found["equal"]["grids"]["equal"] == 0


def test_a_mapped_slug_keeps_within_the_length() -> None:
    long = "A" * 50
    chosen = slugs.choose("grid", {1: long, 2: long.lower(), 3: "9" * 50}, {})
    assert chosen == {1: "a" * 48 + "-2", 2: "a" * 50, 3: "grid-" + "9" * 45}


def test_what_only_one_package_may_have_stays_with_the_oldest(tmp_path: Path) -> None:
    site, data = one(), empty(tmp_path / "data")
    site.package(400, "fork", repo_url="https://GitHub.com/owner/django-messages.git", pypi_url="Django_Messages")
    site.package(300, "older", repo_url="https://github.com/owner/django-messages/tree/x", pypi_url="django.messages")
    with serving(site) as server:
        found = report(server.url, data)
        assert report(server.url, data)["changed"] == {}
    assert remarks(found, "text") == [
        ("packages/359/", "pypi_url"),
        ("packages/359/", "repo_url"),
        ("packages/400/", "pypi_url"),
        ("packages/400/", "repo_url"),
    ]
    assert found["equal"]["packages"]["equal"] == 3
    assert "pypi: django.messages" in (data / "packages/older.yaml").read_text()


# Beside what is here already.

PEOPLE = """\
# Ours
title: Messages   # as we call it
category: apps
repository: https://github.com/owner/django-messages
tags: [messaging]

# When it came
created: 2020-01-01T00:00:00+00:00
"""


def here(folder: Path, **kinds: Any) -> Path:  # noqa: ANN401 - of write_data
    data = write_data(folder, **kinds)
    (data / "packages/django-messages.yaml").write_text(PEOPLE)
    return data


def test_words_of_people_stay_and_the_id_is_theirs(tmp_path: Path) -> None:
    data = here(tmp_path / "data", packages={"other": package(100_001)})
    with serving(one()) as server:
        found = report(server.url, data)
        text = (data / "packages/django-messages.yaml").read_text()
        assert report(server.url, data)["changed"] == {}
    assert text.startswith("# Ours\nid: 359\ntitle: Messages   # as we call it\n")
    assert (
        PEOPLE.removeprefix("# Ours\n").replace("2020-01-01T00:00:00+00:00", "2010-08-29T18:47:51.417359-04:00") in text
    )
    assert "\npypi: django-messages\n" in text
    assert remarks(found, "conflict") == [
        ("categories/1/", "title"),
        ("packages/359/", "title"),
    ]
    assert ("packages/359/", "created") in remarks(found, "id")
    assert (data / "packages/other.yaml").exists()
    assert found["changed"] == {"categories": 1, "packages": 1}


def test_their_words_where_they_are_wanted(tmp_path: Path) -> None:
    data = here(tmp_path / "data")
    with serving(one()) as server:
        assert run(server.url, data, "--theirs").exit_code == 0
    text = (data / "packages/django-messages.yaml").read_text()
    assert "title: django-messages   # as we call it\n" in text
    assert "tags: [messaging]\n\n# When it came\ncreated: 2010-08-29T18:47:51.417359-04:00\n" in text


def test_a_dry_run_changes_nothing_and_asks_for_the_next(tmp_path: Path) -> None:
    data = here(tmp_path / "data")
    before = tree(data)
    with serving(one()) as server:
        would = report(server.url, data, "--dry-run")
        after = tree(data)
        assert {path: body for path, body in after.items() if not path.startswith(".import/")} == before
        does = report(server.url, data)
    assert (does["requests"], does["recalled"]) == (0, would["requests"])
    assert {key: would[key] for key in ("new", "changed", "remarks")} == {
        key: does[key] for key in ("new", "changed", "remarks")
    }


def test_an_id_that_is_another_items_here(tmp_path: Path) -> None:
    data = write_data(
        tmp_path / "data",
        packages={"mine": package(359), "django-messages": package(100_001, title="django-messages")},
        grids={"ours": grid(45, "mine")},
        categories={"mine": {"id": 2, "title": "A", "title_plural": "B"}},
    )
    site = one()
    site.category(2, "frameworks")
    with serving(site) as server:
        found = report(server.url, data)
    assert remarks(found, "id") == [
        ("categories/1/", "created"),
        ("categories/2/", "id"),
        ("grids/45/", "id"),
        ("packages/359/", "created"),
        ("packages/359/", "id"),
        ("packages/359/", "id"),
    ]
    assert (data / "packages/mine.yaml").read_text().startswith("id: 100002\n")
    assert (data / "grids/ours.yaml").read_text().startswith("id: 100001\n")
    assert (data / "packages/django-messages.yaml").read_text().startswith("id: 359\n")


def test_what_was_removed_here_stays_removed(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data")
    (data / "tombstones.yaml").write_text("packages:\n  - {id: 359, slug: django-messages, removed: 2026-02-01}\n")
    with serving(one()) as server:
        found = report(server.url, data)
    assert remarks(found, "skipped") == [("packages/359/", "id")]
    assert remarks(found, "value") == [("grids/45/", "packages")]
    assert not list((data / "packages").iterdir())


def test_a_package_of_no_category_and_ids_that_are_too_large(tmp_path: Path) -> None:
    site = one()
    site.package(1, "lost", category=99)
    site.package(10**9, "far", repo_url="https://github.com/owner/far")
    with serving(site) as server:
        found = report(server.url, empty(tmp_path / "data"))
    assert remarks(found, "skipped") == [("packages/1/", "category"), ("packages/1000000000/", "id")]


GRID = """\
id: 100001
title: Messaging
packages:
  - mine   # the best
  # and nobody else
features:
  - title: Fast
    cells: {mine: "yes"}
created: 2020-01-01T00:00:00+00:00
"""


def test_links_of_a_grid_are_of_both(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"mine": package(100_001)}, grids={"messaging": {}})
    (data / "grids/messaging.yaml").write_text(GRID)
    with serving(one()) as server:
        found = report(server.url, data)
    text = (data / "grids/messaging.yaml").read_text()
    assert "  - mine   # the best\n  - django-messages\n  # and nobody else\nfeatures:\n" in text
    assert remarks(found, "conflict") == [
        ("categories/1/", "title"),
        ("grids/45/", "packages"),
    ]


def test_a_file_that_cannot_be_changed_stops_it_all(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data")
    (data / "packages/django-messages.yaml").write_text("{title: X, category: apps} # in braces\n")
    before = tree(data)
    with serving(one()) as server:
        result = run(server.url, data)
        assert (result.exit_code, "cannot be put in" in result.stderr) == (1, True), result.output
        assert {path: body for path, body in tree(data).items() if not path.startswith(".import/")} == before
        (data / "packages/django-messages.yaml").write_text("{title: X, category: apps}\n")
        assert report(server.url, data)["requests"] == 0
    assert (data / "packages/django-messages.yaml").read_text().startswith("title: X\n")


def test_problems_of_the_data_are_told_before_anybody_is_asked(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"broken": {"title": "X", "category": "nowhere"}})
    with serving(one()) as server:
        assert run(server.url, data).exit_code == 1
        assert server.asked == []
    (tmp_path / "nothing").mkdir()
    assert "site.yaml" in run("http://127.0.0.1:9", tmp_path / "nothing").stderr


FETCHED_HERE = Snapshot(
    last_fetched=FETCHED - timedelta(days=9),
    sources={"pypi": Source(changed=FETCHED - timedelta(days=9))},
    pypi=PyPIFacts(name="django-messages", serial=7, summary="From PyPI"),
)


def test_what_was_fetched_here_stays(tmp_path: Path) -> None:
    data = here(tmp_path / "data")
    (data / "snapshots/django-messages.json").write_bytes(encode(FETCHED_HERE))
    with serving(one()) as server:
        found = report(server.url, data)
        assert "1 snapshots were fetched from here" in run(server.url, data).stdout
    assert found["kept_snapshots"] == ["django-messages"]
    after = read(data, "django-messages")
    assert (after.pypi, after.last_fetched) == (FETCHED_HERE.pypi, FETCHED_HERE.last_fetched)
    assert after.repository is not None
    assert after.repository.stars == 359


def test_what_was_imported_before_is_renewed(tmp_path: Path) -> None:
    data, site = empty(tmp_path / "data"), one()
    with serving(site) as server:
        assert run(server.url, data).exit_code == 0
        site.packages[359]["repo_watchers"] = 7
        assert report(server.url, data)["changed"] == {"snapshots": 1}
    after = read(data, "django-messages")
    assert isinstance(after.repository, RepositoryFacts)
    assert after.repository.stars == 7


def test_two_imports_at_once_are_one_too_many(tmp_path: Path) -> None:
    from builder.importing import alone  # noqa: PLC0415 - used here alone

    data = empty(tmp_path / "data")
    with serving(one()) as server, alone(data):
        result = run(server.url, data)
    assert (result.exit_code, "Another import" in result.stderr) == (1, True)


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org", "https://example.org/?x=1"])
def test_an_address_that_is_none(tmp_path: Path, url: str) -> None:
    assert run(url, empty(tmp_path / "data")).exit_code == 2


def test_the_address_of_the_api_is_as_good(tmp_path: Path) -> None:
    with serving(one()) as server:
        assert run(f"{server.url}/api/v4/packages/", empty(tmp_path / "data")).exit_code == 0


def test_many_remarks_are_cut_in_print(tmp_path: Path) -> None:
    site = Original()
    site.category(1, "apps")
    for key in range(1, 31):
        site.package(key, f"P{key}")
    with serving(site) as server:
        result = run(server.url, empty(tmp_path / "data"))
    assert "Slugs that cannot be ours (30):" in result.stdout
    assert "and 10 more; --json names all" in result.stdout
