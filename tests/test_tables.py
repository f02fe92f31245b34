"""The whole data as a SQLite file: it holds what the other dumps hold, and the same data gives the same bytes."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from databases import as_text, opened
from folders import grid, package, write_data
from made import hostile
from rendered import CATALOGUES, SITE
from test_api_data import SNAPSHOT

from builder import api, build, urls
from builder.api.tables import schema
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.errors import SiteError
from builder.resources import PackageRowResource, whole
from builder.resources.whole import PackageWholeResource

Json = dict[str, Any]


def outputs(made: Catalogue) -> dict[str, bytes]:
    choices = Choices(details=False)
    return {output.route: output.body for output in api.render(made, SITE, choices) if output.route in urls.DATA_DUMPS}


def file(made: Catalogue) -> bytes:
    return outputs(made)[urls.DATA_SQLITE]


def fetched(tmp_path: Path) -> Catalogue:
    """Make a catalogue in which everything is known of one package, nothing of another, and little of a third."""
    known = SNAPSHOT | {
        "pypi": SNAPSHOT["pypi"] | {"project_urls": {"Home": "https://example.org/"}, "requires_python": ">=3.9"},  # type: ignore[operator]
        "repository": {"name": "o/b", "stars": 3, "topics": ["x", "y"], "participants": ["z", "a"], "commits": {}},
    }
    data = write_data(
        tmp_path / "data",
        packages={
            "b": package(1, title="Crème", repository="https://github.com/old/b", tags=["fast", "a"], pypi="b"),
            "a": package(2, replaced_by="b", sites=[{"title": "S", "url": "https://example.org/"}], tags=["fast"]),
            "c": package(3, repository="https://github.com/o/c", deprecated="2020-01-02"),
        },
        grids={"g": grid(3, "b", "a", features=[{"title": "Fast", "cells": {"b": "yes", "a": "no"}}]), "e": grid(4)},
        snapshots={"b": known, "c": {"repository": {"topics": [], "participants": []}}},
    )
    return build.join(build.load(data), data)[0]


MADE: Mapping[str, Callable[[Path], Catalogue]] = {
    "fetched": fetched,
    **{name: lambda _path, make=make: make() for name, make in CATALOGUES.items()},  # type: ignore[misc]
}


@pytest.fixture(params=MADE)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Catalogue:
    return MADE[request.param](tmp_path)


# What the dump in JSON says, read back from the tables.


class Reading:
    """The tables, and the rows of each by the key that they are looked up by."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.slugs = {row["id"]: row["slug"] for row in self.rows("packages")}
        self.categories = {row["id"]: row["slug"] for row in self.rows("categories")}
        self.grids = {row["id"]: row["slug"] for row in self.rows("grids")}

    def rows(self, table: str, order: str = "1, 2") -> list[Json]:
        return [dict(row) for row in self.database.execute(f"SELECT * FROM {table} ORDER BY {order}")]  # noqa: S608

    def of(self, table: str, key: str) -> dict[int, list[Json]]:
        found = defaultdict(list)
        for row in self.rows(table):
            found[row.pop(key)].append(row)
        return found


def read_packages(tables: Reading) -> Iterable[Json]:
    names = ("releases", "project_urls", "participants", "sites", "sources", "package_classifiers")
    of = {name: tables.of(name, "package_id") for name in names}
    lists = {name: tables.of(name, "package_id") for name in ("tags", "topics", "python_versions", "django_versions")}
    classifiers = {row["id"]: row["name"] for row in tables.rows("classifiers")}
    replaces = tables.of("packages", "replaced_by_id")
    places = grids_of(tables)
    for row in tables.rows("packages", "slug"):
        own = row["id"]
        pypi = {
            "name": row.pop("pypi_name"),
            "summary": row.pop("summary"),
            "version": row.pop("version"),
            "requires_python": row.pop("requires_python"),
            "classifiers": sorted(classifiers[each["classifier_id"]] for each in of["package_classifiers"][own]),
            "project_urls": {each["label"]: each["url"] for each in of["project_urls"][own]},
            "status": row.pop("pypi_status"),
            "status_reason": row.pop("pypi_status_reason"),
            "releases": [without(each, "position") | truth(each, "prerelease") for each in of["releases"][own]],
        }
        repository = {
            "name": row.pop("repository_name"),
            "description": row.pop("repository_description"),
            "homepage": row.pop("homepage"),
            "stars": row.pop("stars"),
            "forks": row.pop("forks"),
            "licence": row.pop("repository_licence"),
            "topics": array(row.pop("topics")),
            **truth(row, "archived", "fork"),
            "last_commit": row.pop("last_commit"),
            "commits_over_52": array(row.pop("commits_over_52")),
            "participants": participants(row.pop("participants"), of["participants"][own]),
        }
        downloads = {"month": row.pop("downloads_month"), "count": row.pop("downloads")}
        words = {"tags": "tag", "topics": "topic", "python_versions": "version", "django_versions": "version"}
        told = {"tags": array(row["tags"]), "topics": repository["topics"]} | {
            f"{name}_versions": array(row[name]) for name in ("python", "django")
        }
        for name, word in words.items():
            assert {each[word] for each in lists[name][own]} == set(told[name] or ()), name
        dated = [r["uploaded"] for r in pypi["releases"] if r["version"] == pypi["version"]]
        assert row.pop("released") == (dated[0] if dated else None)
        yield without(row, "category_id", "replaced_by_id", "archived", "fork") | {
            "category": tables.categories[row["category_id"]],
            **truth(row, "python3"),
            **{name: array(row[name]) for name in ("standing", "python", "django", "tags")},
            "replaced_by": tables.slugs.get(row["replaced_by_id"]),
            "replaces": [each["slug"] for each in replaces[own]],
            "sites": [without(each, "position") for each in of["sites"][own]],
            "grids": places[own],
            "pypi": pypi if pypi["name"] is not None else None,
            "repository": repository if repository["archived"] is not None else None,
            "downloads": downloads if downloads["month"] else None,
            "sources": {each.pop("source"): each for each in of["sources"][own]},
        }


def participants(count: int | None, rows: list[Json]) -> list[str] | None:
    assert len(rows) == (count or 0)
    return None if count is None else [row["login"] for row in rows]


def grids_of(tables: Reading) -> dict[int, list[Json]]:
    """Give the grids of each package with the words that each has of it."""
    words: dict[tuple[int, int], Json] = defaultdict(dict)
    features = {row["id"]: row for row in tables.rows("features")}
    for row in tables.rows("cells"):
        feature = features[row["feature_id"]]
        words[feature["grid_id"], row["package_id"]][feature["title"]] = row["cell"]
    found = defaultdict(list)
    for row in tables.rows("grid_packages"):
        own, place = row["package_id"], row["grid_id"]
        found[own].append({"grid": tables.grids[place], "cells": words[place, own]})
    return found


def read_grids(tables: Reading) -> Iterable[Json]:
    packages, features = tables.of("grid_packages", "grid_id"), tables.of("features", "grid_id")
    cells = tables.of("cells", "feature_id")
    for row in tables.rows("grids", "slug"):
        listed = sorted(packages[row["id"]], key=lambda each: int(each["position"]))
        yield row | {
            **truth(row, "header", "locked"),
            "packages": [tables.slugs[each["package_id"]] for each in listed],
            "features": [
                without(each, "id", "position")
                | {"cells": {tables.slugs[cell["package_id"]]: cell["cell"] for cell in cells[each["id"]]}}
                for each in features[row["id"]]
            ],
        }


def without(row: Json, *keys: str) -> Json:
    return {key: value for key, value in row.items() if key not in keys}


def truth(row: Json, *keys: str) -> Json:
    return {key: None if row[key] is None else bool(row[key]) for key in keys}


def array(text: str | None) -> list[Any] | None:
    return None if text is None else list(json.loads(text))


def test_the_tables_hold_all_that_the_other_dumps_hold(made: Catalogue) -> None:
    found = outputs(made)
    wanted = json.loads(found[urls.DATA_DUMP])
    with opened(found[urls.DATA_SQLITE]) as database:
        tables = Reading(database)
        meta = {row["key"]: row["value"] for row in tables.rows("meta")}
        read = {
            "packages": list(read_packages(tables)),
            "grids": list(read_grids(tables)),
            "categories": [row | truth(row, "show_pypi") for row in tables.rows("categories", "slug")],
        }
    for item in wanted["packages"]:
        if item["pypi"]:
            item["pypi"]["classifiers"] = sorted(set(item["pypi"]["classifiers"]))
    for kind, items in read.items():
        assert items == [without(item, "schema_version") for item in wanted[kind]]
    assert (meta["as_of"], meta["schema_version"]) == (wanted["as_of"], str(schema.VERSION))


def test_it_is_sound_and_every_key_leads_to_its_row(made: Catalogue) -> None:
    with opened(file(made)) as database:
        assert [tuple(row) for row in database.execute("PRAGMA integrity_check")] == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA freelist_count").fetchone()[0] == 0
        database.execute("INSERT INTO packages_fts (packages_fts, rank) VALUES ('integrity-check', 1)")


def test_a_word_that_is_not_of_the_package_would_be_seen(tmp_path: Path) -> None:
    with opened(file(fetched(tmp_path))) as database:
        database.execute("UPDATE packages SET title = 'another' WHERE id = 1")
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            database.execute("INSERT INTO packages_fts (packages_fts, rank) VALUES ('integrity-check', 1)")


def test_the_same_data_gives_the_same_bytes_which_name_no_library(made: Catalogue) -> None:
    first = file(made)
    assert first == file(made)
    assert first[:16] == b"SQLite format 3\0"
    assert first[16:20] == (4096).to_bytes(2, "big") + b"\1\1"
    assert first[24:28] == first[92:96] == (1).to_bytes(4, "big")
    assert int.from_bytes(first[28:32], "big") * 4096 == len(first)
    assert first[60:64] == (schema.VERSION).to_bytes(4, "big")
    assert first[96:100] == bytes(4)


def test_it_can_be_written_to_where_it_was_downloaded(tmp_path: Path) -> None:
    place = tmp_path / "packages.db"
    place.write_bytes(file(fetched(tmp_path)))
    for title in ("once", "twice"):
        database = sqlite3.connect(place)
        with database:
            database.execute("UPDATE packages SET title = ? WHERE slug = 'b'", [title])
        assert database.execute("SELECT title FROM packages WHERE slug = 'b'").fetchone() == (title,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("creme", ["b"]),  # of the title, without the accent
        ("fasts", ["b", "a"]),  # of the tags, by the word's root
        ("what", ["b"]),  # of the summary
        ("y", ["b"]),  # of the topics
        ("old", []),
        ("o", ["b"]),  # of the repository's name
        ("B_b", []),
    ],
)
def test_packages_are_found_by_their_words(tmp_path: Path, query: str, slugs: list[str]) -> None:
    with opened(file(fetched(tmp_path))) as database:
        found = "SELECT rowid FROM packages_fts WHERE packages_fts MATCH ?"
        sql = f"SELECT slug FROM packages WHERE id IN ({found}) ORDER BY id"  # noqa: S608 - both are above
        assert [row["slug"] for row in database.execute(sql, [f'"{query}"'])] == slugs


def test_without_the_search_there_is_no_file_and_it_is_said_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "SEARCH", schema.SEARCH.replace("fts5", "fts_that_is_not_there"))
    with pytest.raises(SiteError, match=r"no such module: fts_that.*--no-dumps"):
        file(fetched(tmp_path))
    build.build(tmp_path / "data", tmp_path / "site", choices=Choices(dumps=False))


NULL = "ot known or, where the {} says so, that it does not apply"


def test_every_column_and_table_is_told_of_where_a_reader_looks(tmp_path: Path) -> None:
    with opened(file(hostile())) as database:
        meta = {row["key"]: row["value"] for row in database.execute("SELECT * FROM meta")}
        written = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql NOTNULL"))
        own = {name: sql for name, sql in written.items() if not name.startswith("packages_fts")}
        columns = [
            (name, row["name"])
            for name in own
            for row in database.execute("SELECT * FROM pragma_table_info(?)", [name])
        ]
    told = {(name, *found) for name, sql in own.items() for found in re.findall(r"(?m)^  (\w+) [^-]*-- (\S.*)$", sql)}
    assert {(table, column) for table, column, _ in told} == set(columns)
    assert len(columns) > 100
    assert NULL.format("column") in own["packages"]
    assert [line for line in own["packages"].splitlines() if line.startswith("  deprecated ")] == [
        "  deprecated TEXT, -- Since when it is deprecated; null where it is not"
    ]
    listed = re.search(r"key TEXT PRIMARY KEY, -- (.*)", own["meta"])
    assert listed
    assert list(meta) == listed[1].split(", ") == ["as_of", "base_url", "schema_version", "source", "title"]
    assert as_text(file(fetched(tmp_path))).count("\npackages [") == 3


def test_what_null_means_is_told_in_the_same_words_everywhere() -> None:
    root = Path(__file__).parents[1]
    texts = [(root / name).read_text(encoding="utf-8") for name in ("README.md", "templates/use.html")]
    texts += [str(model.__doc__) for model in (whole, PackageWholeResource, PackageRowResource)]
    for text in texts:
        assert NULL.format("key") in " ".join(text.split())
