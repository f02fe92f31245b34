"""What was just edited is seen before the site is built: as the build will have it, or not at all."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from folders import grid, package, tree, write_data, write_record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder import build, serve
from builder.hosts import HOSTS
from builder.serve import Preview
from builder.serve.builds import Builder
from builder.write import Report

HOST = HOSTS[0]
SNAPSHOT = {
    "last_fetched": "2026-01-01T00:00:00Z",
    "repository": {"stars": 5, "participants": ["ann", "bob"]},
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    repository = "https://github.com/example/{}".format
    return write_data(
        tmp_path / "data",
        packages={name: package(n, repository=repository(name)) for n, name in enumerate("abcd", start=1)},
        grids={"g": grid(1, "a", "b"), "h": grid(2, "b", "c")},
        snapshots=dict.fromkeys("abcd", SNAPSHOT),
    )


def built(data: Path, preview: Preview, site: Path) -> dict[str, bytes]:
    """Build a site, and give its pages of packages and grids by their routes."""
    edits = preview.edits()
    build.build(data, site, host=HOST, seen=preview.read, allow_shrink=True)
    preview.built(edits)
    pages = {f"/{path.removesuffix('index.html')}": body for path, body in tree(site).items()}
    return {route: body for route, body in pages.items() if route.startswith(("/packages/p/", "/grids/g/"))}


def seen(preview: Preview, pages: dict[str, bytes]) -> dict[str, bytes | None]:
    return {route: preview.page(route) for route in pages if route.endswith("/")}


def pages_only(pages: dict[str, bytes]) -> dict[str, bytes]:
    return {route: body for route, body in pages.items() if route.endswith("/")}


def test_an_edited_file_is_on_every_page_at_once(data: Path, tmp_path: Path) -> None:
    preview = Preview(data, HOST.choices)
    before = built(data, preview, tmp_path / "site")
    assert set(seen(preview, before).values()) == {None}, "as it was built"
    write_record(data, "packages/b.yaml", package(2, title="Another", deprecated="2026-02-16"))
    assert preview.change([data / "packages/b.yaml"]) == []
    found = seen(preview, before)
    after = pages_only(built(data, preview, tmp_path / "site"))
    assert found == after
    changed = {route for route, body in after.items() if body != before[route]}
    assert {"/packages/p/b/", "/grids/g/g/", "/grids/g/h/"} <= changed
    assert "/packages/p/d/" not in changed
    assert set(seen(preview, after).values()) == {None}


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["packages/a", "packages/b", "packages/new", "grids/g", "grids/new"]),
        st.sampled_from(["Zebra", "apple", "<b>"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def record(name: str, title: str, *, odd: bool) -> dict[str, Any]:
    number = {"a": 1, "b": 2, "g": 1, "new": 9}[name.partition("/")[2]]
    if name.startswith("grids"):
        return grid(number, *(("c", "a") if odd else ("b",)), title=title)
    more = {"deprecated": "2026-02-16", "repository": f"https://gitlab.com/x/{number}"} if odd else {}
    return package(number, title=title, **more)


@given(edits=EDITS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_edited_is_seen_as_the_build_will_have_it(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    data = write_data(
        folder / "data",
        packages={name: package(n) for n, name in enumerate("abc", start=1)},
        grids={"g": grid(1, "a", "b")},
    )
    preview = Preview(data, HOST.choices)
    built(data, preview, folder / "site")
    for name, title, odd in edits:
        write_record(data, f"{name}.yaml", record(name, title, odd=odd))
        told = preview.change([data / f"{name}.yaml"])
        assert told == [], told
    found = {route: preview.page(route) for route in ("/packages/p/a/", "/packages/p/new/", "/grids/g/g/", "/x/")}
    after = built(data, preview, folder / "site")
    assert found == {route: after.get(route) for route in found}


def test_problems_are_told_at_once(data: Path, tmp_path: Path) -> None:
    preview = Preview(data, HOST.choices)
    built(data, preview, tmp_path / "site")
    write_record(data, "packages/b.yaml", package(2, category="nowhere"))
    [problem] = preview.change([data / "packages/b.yaml"]) or []
    assert str(problem).startswith("data/packages/b.yaml:3:")
    assert preview.page("/packages/p/b/") is None
    (data / "packages/b.yaml").write_text("title: [")
    assert [each.path for each in preview.change([data / "packages/b.yaml"]) or []] == ["data/packages/b.yaml"]
    assert [str(each) for each in preview.change([data / "packages/b.yaml"]) or []] == [
        str(each) for each in build.look(data)[1]
    ]


def test_only_files_of_packages_and_grids_are_known(data: Path, tmp_path: Path) -> None:
    preview = Preview(data, HOST.choices)
    page, other = data / "packages/a.yaml", tmp_path / "elsewhere/packages/a.yaml"
    assert preview.change([page]) is None, "nothing is read yet"
    built(data, preview, tmp_path / "site")
    (data / "packages/link.yaml").symlink_to("a.yaml")
    for files in (
        [],
        [other],
        [data / "site.yaml"],
        [data / "snapshots/a.json"],
        [data / "categories/apps.yaml"],
        [data / "packages/gone.yaml"],
        [data / "packages/link.yaml"],
        [data / "packages/a.txt"],
        [page, data / "site.yaml"],
    ):
        assert preview.change(files) is None
        assert preview.page("/packages/p/a/") is None


def test_a_build_that_began_before_an_edit_does_not_hide_it(data: Path, tmp_path: Path) -> None:
    preview = Preview(data, HOST.choices)
    built(data, preview, tmp_path / "site")
    edits = preview.edits()
    write_record(data, "packages/b.yaml", package(2, title="Another"))
    preview.change([data / "packages/b.yaml"])
    preview.built(edits)
    assert b"Another" in (preview.page("/packages/p/b/") or b"")
    preview.built(preview.edits())
    assert preview.page("/packages/p/b/") is None


def test_what_was_broken_before_counts_until_it_is_built(data: Path, tmp_path: Path) -> None:
    preview = Preview(data, HOST.choices)
    built(data, preview, tmp_path / "site")
    write_record(data, "packages/a.yaml", package(1, category="nowhere"))
    write_record(data, "packages/b.yaml", package(2, title="Another"))
    assert preview.change([data / "packages/a.yaml"])
    assert preview.change([data / "packages/b.yaml"]), "the other one is still broken"
    write_record(data, "packages/a.yaml", package(1, title="Mended"))
    assert preview.change([data / "packages/a.yaml"]) == []
    assert b"Mended" in (preview.page("/packages/p/a/") or b"")
    assert b"Another" in (preview.page("/packages/p/b/") or b"")
    (data / "site.yaml").touch()
    assert preview.change([data / "site.yaml"]) is None
    assert preview.change([data / "packages/b.yaml"]) is None, "only a build can tell what the settings do"


def test_a_file_that_goes_while_it_is_looked_at_is_the_builds_affair(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = Preview(data, HOST.choices)
    built(data, preview, tmp_path / "site")

    def gone(_: Path) -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_bytes", gone)
    assert preview.change([data / "packages/a.yaml"]) is None
    assert preview.page("/packages/p/a/") is None


def test_after_a_build_that_failed_the_next_one_is_made(data: Path, tmp_path: Path) -> None:
    preview, made = Preview(data, HOST.choices), threading.Event()
    results = iter([False, True])

    def make() -> bool:
        made.set()
        return next(results)

    before = preview.edits()
    builder = Builder(make, preview)
    try:
        for _ in range(2):
            made.clear()
            builder.build()
            assert made.wait(30)
    finally:
        builder.close()
    assert before == preview.edits() == 0
    assert not (tmp_path / "site").exists()


def told(url: str) -> Iterator[dict[str, Any]]:
    with urlopen(f"{url}__serve/events", timeout=30) as stream:  # noqa: S310 - our own
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def test_the_server_shows_it_while_the_build_goes_on(data: Path, tmp_path: Path) -> None:
    site, stop, going_on, begun = tmp_path / "site", threading.Event(), threading.Event(), threading.Event()
    going_on.set()
    preview, said = Preview(data, HOST.choices), list[str]()

    def make() -> Report:
        begun.set()
        going_on.wait()
        return build.build(data, site, host=HOST, seen=preview.read).report

    server = threading.Thread(
        target=serve.serve, args=(make, site, [data], 0, said.append), kwargs={"preview": preview, "stop": stop}
    )
    server.start()
    try:
        while len(said) < 2:
            time.sleep(0.01)
        url = said[0].split()[4]
        events = told(url)
        first = next(events)
        going_on.clear()
        begun.clear()
        write_record(data, "packages/b.yaml", package(2, title="Another"))
        second = next(events)
        assert begun.wait(30)
        with urlopen(f"{url}packages/p/b/") as answer:  # noqa: S310 - our own
            assert "Another" in answer.read().decode()
        assert "Another" not in (site / "packages/p/b/index.html").read_text()
        write_record(data, "packages/b.yaml", package(2, category="nowhere"))
        third = next(events)
        assert "nowhere" in third["problems"][0]
        write_record(data, "packages/b.yaml", package(2, title="A third"))
        fourth = next(events)
        assert len({first["generation"], second["generation"], fourth["generation"]}) == 3
        assert not fourth["problems"]
        going_on.set()
        while "A third" not in (site / "packages/p/b/index.html").read_text():
            time.sleep(0.01)
    finally:
        going_on.set()
        stop.set()
        server.join()
