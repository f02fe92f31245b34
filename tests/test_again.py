"""What is built after a change is what a build from nothing makes, to the byte; what nothing touched is not made."""

import os
import random
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folders import as_yaml, grid, package, tree, write_data, write_record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repositories import commit

from builder import TEMPLATES, again, build, catalogue, making, reads, unchanged
from builder.again import Again, Memory, Unit
from builder.choices import Choices
from builder.hosts import HOSTS, Host

SLUGS = ("ann", "bob", "cid", "dot", "eve")
GRIDS = ("one", "two", "three")


def snapshot(chance: random.Random) -> dict[str, Any]:
    day = chance.randint(1, 28)
    return {
        "last_fetched": f"2026-01-{day:02}T00:00:00Z",
        "pypi": {
            "name": "x",
            "summary": chance.choice(("what it is", "what it was")),
            "classifiers": ["Framework :: Django :: 5.2"] * chance.randint(0, 1),
            "releases": [{"version": f"1.{n}", "uploaded": f"2025-0{n + 1}-01T00:00:00Z"} for n in range(day % 4)],
        },
        "repository": {
            "stars": chance.randint(0, 50),
            "archived": chance.random() < 0.2,
            "participants": chance.sample(("kim", "lee", "max"), chance.randint(0, 3)),
        },
    }


class Data:
    """A data folder that is changed by chance, and never into one that cannot be built."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance, self.folder = random.Random(seed), folder  # noqa: S311 - a test that can be repeated
        self.numbers = dict(zip(SLUGS, range(1, 9), strict=False))
        self.grids = dict(enumerate(GRIDS, start=1))  # slugs by id
        write_data(folder, packages={}, categories={"other": {"id": 2, "title": "Other", "title_plural": "Others"}})
        for slug in SLUGS[:4]:
            self.write(slug)
            self.fetch(slug)
        self.grid()
        self.grid()

    def there(self) -> list[str]:
        return sorted(file.stem for file in (self.folder / "packages").iterdir())

    def write(self, slug: str) -> None:
        chance = self.chance
        others = [other for other in self.there() if other < slug]  # so that no two replace each other
        written: dict[str, Any] = {
            "title": chance.choice(("A", "B", "Zebra", "<i>")),
            "category": chance.choice(("apps", "other")),
            "tags": ["x"] * chance.randint(0, 1),
        }
        if chance.random() < 0.5:
            written["repository"] = f"https://{chance.choice(('github.com', 'gitlab.com'))}/x/{slug}"
        if others and chance.random() < 0.3:
            written["replaced_by"] = chance.choice(others)
        write_record(self.folder, f"packages/{slug}.yaml", package(self.numbers[slug], **written))

    def package(self) -> None:
        self.write(self.chance.choice(SLUGS))

    def fetch(self, slug: str = "") -> None:
        slug = slug or self.chance.choice(self.there())
        (self.folder / f"snapshots/{slug}.json").write_text(as_json(snapshot(self.chance)))

    def grid(self) -> None:
        number = self.chance.randint(1, len(GRIDS))
        found = self.there()
        members = self.chance.sample(found, self.chance.randint(0, len(found)))
        features = [{"title": "F", "cells": dict.fromkeys(members[:1], self.chance.choice(("good", "bad")))}]
        record = grid(number, *members, title=self.chance.choice("GHI"), features=features)
        write_record(self.folder, f"grids/{self.grids[number]}.yaml", record)

    def category(self) -> None:
        title = self.chance.choice(("Other", "Else"))
        record = {"id": 2, "title": title, "title_plural": f"{title}s", "created": "2026-01-01T00:00:00Z"}
        write_record(self.folder, "categories/other.yaml", record)

    def remove_a_grid(self) -> None:
        for file in list((self.folder / "grids").iterdir())[:1]:
            file.unlink()

    def remove(self) -> None:
        """Remove a package that nothing leads to, and its snapshot."""
        leads = "".join(file.read_text() for kind in ("grids", "packages") for file in (self.folder / kind).iterdir())
        for slug in self.there():
            if f'"{slug}"' not in leads:
                (self.folder / f"packages/{slug}.yaml").unlink()
                (self.folder / f"snapshots/{slug}.json").unlink(missing_ok=True)
                return

    def rename(self) -> None:
        """Give a grid another slug."""
        number = self.chance.randint(1, len(GRIDS))
        file = self.folder / f"grids/{self.grids[number]}.yaml"
        self.grids[number] = f"x{self.grids[number]}"
        if file.exists():
            file.rename(file.with_name(f"{self.grids[number]}.yaml"))

    def settings(self) -> None:
        text = (self.folder / "site.yaml").read_text().split("description:")[0]
        (self.folder / "site.yaml").write_text(f"{text}description: {self.chance.choice(('one', 'two'))}\n")

    def text(self) -> None:
        (self.folder / "pages").mkdir(exist_ok=True)
        title = self.chance.choice(("About", "Terms"))
        (self.folder / "pages/about.md").write_text(f"---\ntitle: {title}\n---\n\nText.\n")


def as_json(value: object) -> str:
    return as_yaml({"x": value}).removeprefix("x: ")


EDITS = ("package", "fetch", "grid", "category", "remove_a_grid", "remove", "rename", "settings", "text")


def settle(folder: Path) -> None:
    newest = max(path.lstat().st_ctime_ns for path in folder.rglob("*"))
    while time.time_ns() <= newest + 20_000_000:
        time.sleep(0.001)


def rebuild(data: Path, site: Path, host: Host) -> unchanged.Result:
    """Build as the command does; no guard stands in the way of a small site."""
    settle(data)
    note = unchanged.Note(site, unchanged.inputs(data, (host.name, host.choices)))
    return note.result() or build.build(data, site, host=host, note=note, allow_shrink=True)


@pytest.mark.parametrize("host", [HOSTS[0], HOSTS[2], HOSTS[5]], ids=lambda host: host.name)
@given(
    seed=st.integers(0, 1 << 32), edits=st.lists(st.lists(st.sampled_from(EDITS), min_size=1, max_size=3), max_size=4)
)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_build_after_edits_is_one_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, host: Host, seed: int, edits: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    data = Data(folder / "data", seed)
    rebuild(data.folder, folder / "site", host)
    for some in edits:
        for edit in some:
            getattr(data, edit)()
        rebuild(data.folder, folder / "site", host)
        shutil.rmtree(folder / "clean", ignore_errors=True)
        build.build(data.folder, folder / "clean", host=host)
        assert tree(folder / "site") == tree(folder / "clean"), some
    shutil.rmtree(folder)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the list of the units that are made from then on."""
    keys: list[str] = []
    real = Again.add

    def spy(self: Again, units: dict[str, Unit | None]) -> None:
        keys.extend(key for key, unit in units.items() if unit)
        real(self, units)

    monkeypatch.setattr(Again, "add", spy)
    return keys


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = write_data(
        tmp_path / "data",
        packages={slug: package(n) for n, slug in enumerate(SLUGS, start=1)},
        grids={"g": grid(1, "ann", "bob"), "h": grid(2, "cid")},
    )
    rebuild(data, tmp_path / "site", HOSTS[0])
    return data


def units(*keys: str) -> set[str]:
    kinds = {"packages": ("badges", "pages", "pictures"), "grids": ("feeds", "pages", "pictures")}
    return {f"{kind}/{key}" for key in keys for kind in kinds[key.partition("/")[0]]}


def test_only_what_read_it_is_made_again(data: Path, tmp_path: Path, made: list[str]) -> None:
    made.clear()
    write_record(data, "packages/dot.yaml", package(4, title="Another"))
    rebuild(data, tmp_path / "site", HOSTS[0])
    assert set(made) == units("packages/dot")
    made.clear()
    write_record(data, "packages/ann.yaml", package(1, title="Another"))
    rebuild(data, tmp_path / "site", HOSTS[0])
    assert set(made) == units("packages/ann", "grids/g") | {"pages/packages/bob"}
    made.clear()
    write_record(data, "grids/h.yaml", grid(2, "cid", title="Another"))
    rebuild(data, tmp_path / "site", HOSTS[0])
    assert set(made) == units("grids/h") | {"pages/packages/cid"} | {
        "badges/packages/cid",
        "pictures/packages/cid",
    } & set(made)
    made.clear()
    rebuild(data, tmp_path / "site", HOSTS[0])
    assert made == []


def touch_templates(data: Path) -> None:
    file = data.parent / "templates/rules.html"
    file.write_text(file.read_text() + "\n")


def set_settings(data: Path) -> None:
    (data / "site.yaml").write_text((data / "site.yaml").read_text() + "description: Another\n")


def fetch_later(data: Path) -> None:
    (data / "snapshots/ann.json").write_text('{"last_fetched": "2027-01-01T00:00:00Z"}')


def stray(data: Path) -> None:
    (data.parent / "site/packages/p/stray").touch()


def lose_units(data: Path) -> None:
    (data.parent / ".site.units").unlink()


def swap_units(data: Path) -> None:
    (data.parent / ".site.units").write_text("units 1 of another site\n\n")


def spoil_manifest(data: Path) -> None:
    (data.parent / "site/api/data/v1/manifest.ndjson").write_text("{")
    (data / "packages/dot.yaml").touch()


@pytest.mark.parametrize(
    "change",
    [touch_templates, set_settings, fetch_later, stray, lose_units, swap_units, spoil_manifest],
    ids=lambda change: change.__name__,
)
def test_what_all_is_made_of_makes_all_again(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    for module in (making, unchanged):
        monkeypatch.setattr(module, "TEMPLATES", tmp_path / "templates")
    data = write_data(tmp_path / "data", packages={slug: package(n) for n, slug in enumerate(SLUGS, start=1)})
    settle(tmp_path)
    rebuild(data, tmp_path / "site", HOSTS[0])
    made.clear()
    change(data)
    write_record(data, "packages/bob.yaml", package(2, title="B"))
    settle(tmp_path)
    rebuild(data, tmp_path / "site", HOSTS[0])
    assert set(made) >= units(*(f"packages/{slug}" for slug in SLUGS))
    build.build(data, tmp_path / "clean")
    assert tree(tmp_path / "site") == tree(tmp_path / "clean")


def test_a_unit_whose_file_is_gone_is_made_again(data: Path, tmp_path: Path, made: list[str]) -> None:
    made.clear()
    (tmp_path / "site/packages/p/dot/index.html").unlink()
    rebuild(data, tmp_path / "site", HOSTS[0])
    assert "pages/packages/dot" in made


def test_what_is_remembered_is_what_was_written() -> None:
    memory = Memory("c", {"packages/a": "1"}, {"pages/packages/a": Unit(frozenset({"x", "y"}), ["a b", "c"])})
    assert again.remembered(memory.text("t"), "t") == memory
    assert again.remembered(memory.text("t"), "other") == again.NOTHING == again.remembered("", "")
    assert again.remembered(again.NOTHING.text("t"), "t") == again.NOTHING


def test_reads_are_noted_by_whoever_asks_also_for_what_is_there_already() -> None:
    class Thing:
        def __init__(self, key: str) -> None:
            self.key = key

    outer: reads.Lazy[Thing, str]
    inner = reads.Lazy({"a": Thing("packages/a")}, lambda thing: thing.key.upper())
    outer = reads.Lazy({"b": Thing("grids/b")}, lambda _: inner["a"])
    assert (outer["b"], list(outer), len(outer)) == ("PACKAGES/A", ["b"], 1)
    for _ in range(2):
        with reads.recorded() as found:
            assert outer["b"] == "PACKAGES/A"
        assert found == {"packages/a", "grids/b"}
    with reads.recorded() as found, reads.recorded():
        reads.note("x")
    assert found == {"x"}


def test_links_note_what_they_lead_to(tmp_path: Path) -> None:
    data = write_data(
        tmp_path / "data",
        packages={"a": package(1, replaced_by="b"), "b": package(2)},
        grids={"g": grid(1, "a", "b")},
    )
    made = catalogue.join(build.load(data), {})
    one, other = sorted(made.packages, key=lambda item: item.slug)
    ways: list[tuple[Callable[[], object], set[str]]] = [
        (lambda: one.category, {"categories/apps"}),
        (lambda: one.grids, {"grids/g"}),
        (lambda: one.replaced_by, {"packages/b"}),
        (lambda: other.replaced_by, set()),
        (lambda: other.replaces, {"packages/a"}),
        (lambda: made.grids[0].packages, {"packages/a", "packages/b"}),
        (lambda: made.categories[0].packages, {"packages/a", "packages/b"}),
    ]
    for way, expected in ways:
        with reads.recorded() as found:
            way()
        assert found == expected


def test_choices_are_part_of_what_all_is_made_of(data: Path, tmp_path: Path, made: list[str]) -> None:
    made.clear()
    note = unchanged.Note(tmp_path / "site", unchanged.inputs(data, "other options"))
    build.build(data, tmp_path / "site", note=note, choices=Choices(badges=False), allow_shrink=True)
    assert {key.partition("/")[0] for key in made} == {"feeds", "pages", "pictures"}
    assert "pages/packages/eve" in made


def test_a_file_that_lost_its_bytes_is_made_again(data: Path, tmp_path: Path) -> None:
    (tmp_path / "site/packages/p/dot/index.html").write_bytes(b"")
    write_record(data, "packages/eve.yaml", package(5, title="Another"))
    rebuild(data, tmp_path / "site", HOSTS[0])
    build.build(data, tmp_path / "clean")
    assert tree(tmp_path / "site") == tree(tmp_path / "clean")


def test_what_another_build_left_meanwhile_is_not_taken_for_ours(data: Path, tmp_path: Path) -> None:
    """The other one waits for the lock with what it saw before, and sees what lies there when it has it."""
    site = tmp_path / "site"
    settle(data)
    note = unchanged.Note(site, unchanged.inputs(data, (HOSTS[0].name, HOSTS[0].choices)))
    other = unchanged.Note(site, unchanged.inputs(data, "other"))
    build.build(data, site, note=other, base_url="https://other.example.org", allow_shrink=True)
    build.build(data, site, note=note, allow_shrink=True)
    build.build(data, tmp_path / "clean")
    assert tree(site) == tree(tmp_path / "clean")


@pytest.mark.parametrize("name", [b"caf\xe9", b"two\nlines"])
def test_any_name_of_a_folder_will_do(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    folder.mkdir()
    commit(folder)
    data = write_data(folder / "data", packages={"a": package(1)})
    for title in ("One", "Another"):
        write_record(data, "packages/a.yaml", package(1, title=title))
        rebuild(data, tmp_path / "site", HOSTS[0])
    build.build(data, tmp_path / "clean")
    assert tree(tmp_path / "site") == tree(tmp_path / "clean")


def test_each_thread_notes_what_it_reads_itself() -> None:
    begun, going_on = threading.Event(), threading.Event()

    def other() -> None:
        with reads.recorded():
            begun.set()
            going_on.wait()

    thread = threading.Thread(target=other)
    with reads.recorded() as found:
        thread.start()
        begun.wait()
        reads.note("needed")
        going_on.set()
        thread.join()
    assert found == {"needed"}
