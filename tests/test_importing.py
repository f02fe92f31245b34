"""A live site's catalogue, brought in: afterwards our API answers as the site did, to the byte."""

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from folders import tree
from importer import empty, report, run
from loopback import Answer, Loopback, Request
from original_site import Original, catalogue, failing_every, serving, typed, wire

from builder import build, schemas, tidy
from builder.cli import main
from builder.hosts import HOSTS
from builder.importing import stage
from builder.importing.journal import FOLDER
from builder.source import modelines

COUNT = 230
CHOICES = replace(HOSTS[0].choices, pictures=False, extras=False)
KINDS = ("packages", "grids", "categories")
KILLS = int(os.environ.get("KILLS", "10"))  # more by hand


def answers(site: Original) -> dict[str, bytes]:
    """Give all that a site answers in API v4, by path: items by id and by slug, and whole lists."""
    found = {}
    for kind in KINDS:
        found[f"api/v4/{kind}/"] = site.list_v4(kind, {"limit": str(10**6)})
        for key, facts in getattr(site, kind).items():
            found[f"api/v4/{kind}/{key}/"] = wire(site.told(kind, key))
            if kind != "categories":
                found[f"api/v4/{kind}/{facts['slug']}/"] = found[f"api/v4/{kind}/{key}/"]
    return found


def built(data: Path, base: str) -> dict[str, bytes]:
    """Build, and give what our API v4 answers, by path."""
    out = data.parent / "site"
    build.build(data, out, base_url=base, choices=CHOICES)
    found = tree(out / "api/v4")
    return {f"api/v4/{path.removesuffix('index.json')}": body for path, body in found.items() if path != "index.json"}


def of_v4(found: dict[str, bytes]) -> dict[str, bytes]:
    return {
        path: body for path, body in found.items() if re.match("api/v4/(packages|grids|categories)/.*(?<=/)$", path)
    }


@pytest.fixture(scope="module")
def original() -> Iterator[tuple[Original, Loopback]]:
    site = catalogue(COUNT)
    with serving(site) as server:
        yield site, server


@pytest.fixture(scope="module")
def imported(original: tuple[Original, Loopback], tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = empty(tmp_path_factory.mktemp("imported") / "data")
    result = run(original[1].url, data)
    assert result.exit_code == 0, result.output
    assert f"{COUNT} of {COUNT} packages" in result.stdout
    return data


def test_every_answer_is_as_there_to_the_byte(original: tuple[Original, Loopback], imported: Path) -> None:
    site, server = original
    ours, theirs = of_v4(built(imported, server.url)), answers(site)
    assert len(theirs) > 2 * COUNT
    assert ours.keys() == theirs.keys()
    assert [path for path, body in theirs.items() if ours[path] != body] == []


def test_the_catalogue_puts_to_the_test_what_it_should(original: tuple[Original, Loopback], imported: Path) -> None:
    files = {kind: "".join(file.read_text() for file in (imported / kind).iterdir()) for kind in KINDS}
    assert "imported:\n  usage_count: 3\n  grids:\n    - " in files["packages"]
    assert "imported:\n  packages:\n    - " in files["grids"]
    assert "documentation: null" in files["packages"]
    snapshots = {file.stem for file in (imported / "snapshots").iterdir()}
    assert any(facts["last_fetched"] is None for facts in original[0].packages.values())
    assert 0 < len(snapshots) < COUNT


def test_where_there_are_schemas_every_file_leads_editors_to_its_own_and_is_in_order(tmp_path: Path) -> None:
    data = empty(tmp_path / "data")
    assert CliRunner().invoke(main, ["schema", "--data", str(data)]).exit_code == 0
    with serving(catalogue(30)) as server:
        assert run(server.url, data).exit_code == 0
    for kind in KINDS:
        first = modelines.of(schemas.FOLDERS[kind], kind)
        assert {file.read_text().partition("\n")[0] for file in (data / kind).iterdir()} == {first}
    assert tidy.tidy(data, write=False) == (["data/site.yaml"], [])


def test_usage_of_v3_is_answered_as_there(original: tuple[Original, Loopback], imported: Path) -> None:
    site, server = original
    build.build(imported, imported.parent / "v3", base_url=server.url, choices=CHOICES)
    for facts in site.packages.values():
        body = (imported.parent / "v3/api/v3/packages" / facts["slug"] / "index.json").read_bytes()
        assert json.loads(body)["usage_count"] == facts["usage_count"]


def test_what_was_imported_is_left_alone_by_another_import(original: tuple[Original, Loopback], imported: Path) -> None:
    before = tree(imported)
    result = run(original[1].url, imported)
    assert (result.exit_code, "Written: nothing" in result.stdout) == (0, True), result.output
    assert tree(imported) == before
    assert not (imported / FOLDER).exists()


def test_it_is_polite(tmp_path: Path) -> None:
    with serving(catalogue(30)) as server:
        run(server.url, empty(tmp_path / "data", contact="https://example.org/us"))
        run(server.url, empty(tmp_path / "other"), "--contact", "me@example.org")
        agents = [request.headers["user-agent"] for request in server.asked]
    assert {agent.partition("+")[2] for agent in agents} == {"https://example.org/us)", "me@example.org)"}
    assert all(request.headers["accept"] == "application/json" for request in server.asked)


def test_between_two_requests_is_a_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    with serving(catalogue(30)) as server:
        assert run(server.url, empty(tmp_path / "data"), "--pause", "0.5").exit_code == 0
        assert pauses == [0.5] * (len(server.asked) - 1)


def test_pages_of_another_size_come_to_the_same(
    original: tuple[Original, Loopback], imported: Path, tmp_path: Path
) -> None:
    data = empty(tmp_path / "data")
    assert run(original[1].url, data, "--page-size", "7").exit_code == 0
    assert tree(data) == tree(imported)


def test_a_site_that_gives_less_than_was_asked_for(tmp_path: Path) -> None:
    site = catalogue(90)
    site.most = 25
    with serving(site) as server:
        assert report(server.url, empty(tmp_path / "data"))["equal"]["packages"] == {"equal": 90, "total": 90}


@pytest.mark.parametrize("nth", [2, 3, 5])
def test_faults_are_overcome(imported: Path, tmp_path: Path, nth: int) -> None:
    site = catalogue(COUNT)
    site.hooks.append(failing_every(nth))
    data = empty(tmp_path / "data")
    with serving(site) as server:
        result = run(server.url, data, "--page-size", "20")
    assert result.exit_code == 0, result.output
    assert tree(data) == tree(imported)
    assert site.asked > 40


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (typed(200, b"<html>hello</html>", "text/html; charset=utf-8"), "answered with text/html where JSON is meant"),
        (typed(200, b"{}", ""), "answered with no media type"),
        (typed(200, b'{"count":1,"next":nul'), "is not what API v4 answers: the whole: Invalid JSON"),
        (typed(200, wire({"count": 1, "next": None, "results": [{"id": 1}]})), "results.0.title: Field required"),
        (typed(200, wire({"count": True, "next": None, "results": []})), "count: Input should be a valid integer"),
        (typed(401, b"{}"), "answered 401"),
        (typed(404, b"{}"), "answered 404"),
        (typed(429, b"{}", Retry_After="86400"), "asks to wait 86400 s"),
        (typed(503, b"{}", Retry_After="0"), "answered 503"),
        (typed(302, b"", Location="https://elsewhere.example/"), "not on the list"),
    ],
)
def test_an_answer_that_is_none_stops_it(tmp_path: Path, answer: Answer, words: str) -> None:
    site, data = catalogue(10), empty(tmp_path / "data")
    site.hooks.append(lambda _site, number, _request: answer if number > 2 else None)
    with serving(site) as server:
        result = run(server.url, data)
        assert (result.exit_code, words in result.stderr) == (3, True), result.output
        assert "start the same command again" in result.stderr
        assert tree(data).keys() == {"site.yaml", f"{FOLDER}/answers.jsonl"}
        site.hooks.clear()
        asked = site.asked
        again = report(server.url, data)
    assert (again["recalled"], again["requests"]) == (2, site.asked - asked)
    assert tree(data).keys() > {"packages", "site.yaml"} or (data / "packages").is_dir()


def test_where_v3_is_not_there_usage_is_not_known(tmp_path: Path) -> None:
    site = catalogue(20)
    site.has_v3 = False
    with serving(site) as server:
        found = report(server.url, empty(tmp_path / "data"))
        assert (found["v3"], found["equal"]["packages"]["equal"]) == (False, 20)
        assert "usage_count" not in str(tree(tmp_path / "data"))
        assert "API v3 was not asked" in run(server.url, empty(tmp_path / "other")).stdout
        site.has_v3 = True
        server.asked.clear()
        report(server.url, empty(tmp_path / "third"), "--no-v3")
        assert not [request for request in server.asked if "v3" in request.path]


# Lists that shift while they are read.


def adding(at: int, key: int = 200) -> Any:  # noqa: ANN401 - a hook
    def hook(site: Original, number: int, _request: Request) -> None:
        if number == at:
            site.package(key, f"django-new-{key}")

    return hook


def removing(at: int, place: int) -> Any:  # noqa: ANN401 - a hook
    def hook(site: Original, number: int, _request: Request) -> None:
        if number == at:
            key = sorted(site.packages, reverse=True)[place]
            del site.packages[key]
            site.links = [link for link in site.links if link[1] != key]

    return hook


@pytest.mark.parametrize("at", range(1, 29, 3))
@pytest.mark.parametrize("change", ["added", "removed", "both"])
def test_what_changes_while_it_is_read_is_noticed(tmp_path: Path, change: str, at: int) -> None:
    site, data = catalogue(60), empty(tmp_path / "data")
    site.hooks += [adding(at)] if change != "removed" else []
    site.hooks += [removing(at, 30)] if change != "added" else []
    with serving(site) as server:
        result = run(server.url, data, "--page-size", "10")
        assert result.exit_code == 0, result.output
        looks = [n for n, r in enumerate(server.asked, 1) if r.path == "/api/v4/packages/" and "offset" not in r.query]
        if at > looks[-1]:  # the list had been looked at for the last time
            return
        ours, theirs = of_v4(built(data, server.url)), answers(site)
    assert ours == theirs


def test_a_list_that_never_holds_still_is_given_up(tmp_path: Path) -> None:
    site, data = catalogue(60), empty(tmp_path / "data")

    def hook(site: Original, number: int, _request: Request) -> None:
        site.package(200 + number, f"django-new-{number}")

    site.hooks.append(hook)
    with serving(site) as server:
        result = run(server.url, data, "--page-size", "10")
        assert (result.exit_code, "at a quieter time" in result.stderr) == (3, True), result.output
        assert not (data / "packages").exists() or not list((data / "packages").iterdir())
        site.hooks.clear()
        found = report(server.url, data)
    assert (found["recalled"], found["equal"]["packages"]["equal"]) == (0, len(site.packages))


def test_a_list_that_has_no_end_is_given_up(tmp_path: Path) -> None:
    site = catalogue(60)

    def hook(site: Original, _number: int, request: Request) -> Answer | None:
        if request.path != "/api/v4/packages/":
            return None
        page = json.loads(site.list_v4("packages", {"limit": "10"}))
        return typed(200, wire(page | {"next": f"{site.base}/api/v4/packages/?limit=100"}))

    site.hooks.append(hook)
    with serving(site) as server:
        result = run(server.url, empty(tmp_path / "data"))
    assert (result.exit_code, "the list never ends" in result.stderr) == (3, True), result.output


@pytest.mark.parametrize("follows", [None, "/api/v4/packages/?offset=100"])
def test_a_list_that_is_shorter_than_it_says_is_given_up(tmp_path: Path, follows: str | None) -> None:
    site = catalogue(60)
    answer = typed(200, wire({"count": 60, "next": follows, "results": []}))
    site.hooks.append(lambda _site, _number, request: answer if request.path == "/api/v4/packages/" else None)
    with serving(site) as server:
        result = run(server.url, empty(tmp_path / "data"))
    assert (result.exit_code, "at a quieter time" in result.stderr) == (3, True), result.output


@pytest.mark.parametrize("link", ["https://elsewhere.example/", "http://[", "/api/v4/grids/?offset=100"])
def test_a_next_page_elsewhere_is_not_followed(tmp_path: Path, link: str) -> None:
    site = catalogue(60)
    page = json.loads(site.list_v4("packages", {})) | {"next": link}
    answer = typed(200, wire(page))
    site.hooks.append(lambda _site, _number, request: answer if request.path == "/api/v4/packages/" else None)
    with serving(site) as server:
        result = run(server.url, empty(tmp_path / "data"))
    assert (result.exit_code, "which is no part of it" in result.stderr) == (3, True), result.output


def test_a_site_that_knows_itself_by_another_name(tmp_path: Path) -> None:
    site, data = catalogue(60), empty(tmp_path / "data")
    with serving(site) as server:
        site.base = "http://internal.example:8000/packages"
        assert run(server.url, data, "--page-size", "10").exit_code == 0
        assert of_v4(built(data, site.base)) == answers(site)


def test_links_that_one_side_alone_knows_are_asked_about_again(tmp_path: Path) -> None:
    site, data = catalogue(60), empty(tmp_path / "data")
    key = min(site.packages)

    def hook(site: Original, _number: int, request: Request) -> None:
        if request.path == "/api/v3/packages/" and (2, key) not in site.links:
            site.links.append((2, key))

    site.links = [link for link in site.links if link != (2, key)]
    site.hooks.append(hook)
    with serving(site) as server:
        before = site.told("packages", key)
        found = report(server.url, data)
        assert found["equal"]["packages"]["equal"] in {59, 60}  # it depends on what was asked again
        site.hooks.clear()
        assert before["grids"] != site.told("packages", key)["grids"]
        assert run(server.url, data).exit_code in {0, 1}


def test_no_packages_are_no_catalogue(tmp_path: Path) -> None:
    data = empty(tmp_path / "data")
    with serving(Original()) as server:
        result = run(server.url, data)
    assert (result.exit_code, "lists no packages" in result.stderr) == (4, True), result.output


# Killed, and started again.


def command(url: str, data: Path, *options: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "builder", "import", url, "--data", str(data), "--pause", "0", *options]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=Path(__file__).parents[1])  # noqa: S603 - our own program


def test_killed_at_any_request_and_started_again_it_ends_the_same(tmp_path: Path) -> None:
    site = catalogue(60)
    running: list[subprocess.Popen[bytes]] = []
    last = 0

    def kill(_site: Original, number: int, _request: Request) -> None:
        if number == last:
            os.kill(running[-1].pid, signal.SIGKILL)
            running[-1].wait()

    site.hooks.append(kill)
    with serving(site) as server:
        whole = empty(tmp_path / "whole/data")
        assert run(server.url, whole, "--page-size", "5").exit_code == 0
        expected, requests = tree(whole), site.asked
        chance = random.Random(359)  # noqa: S311 - a choice for a test, not a secret
        for number, kill_at in enumerate(sorted(chance.sample(range(1, requests + 1), min(KILLS, requests)))):
            data = empty(tmp_path / f"{number}/data")
            site.asked, last = 0, kill_at
            running.append(command(server.url, data, "--page-size", "5"))
            running[-1].communicate()
            assert running[-1].returncode == -signal.SIGKILL, f"request {kill_at} of {requests} was never made"
            assert tree(data).keys() <= {"site.yaml", f"{FOLDER}/answers.jsonl"}
            site.asked, last = 0, 0
            found = report(server.url, data, "--page-size", "5")
            assert tree(data) == expected, f"killed at request {kill_at}"
            assert (found["recalled"], found["requests"]) == (kill_at - 1, requests - kill_at + 1)


class _KilledError(BaseException):
    """What nobody catches, as nobody catches a SIGKILL."""


@pytest.mark.parametrize("at", [0, 1, 5, 40, 100, -1])
def test_killed_while_files_are_put_in_place_it_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    site = catalogue(60)
    with serving(site) as server:
        whole, data = empty(tmp_path / "whole/data"), empty(tmp_path / "data")
        assert run(server.url, whole).exit_code == 0
        expected = tree(whole)
        files = len(expected) - 1
        last = files + 1 if at == -1 else at
        rename, moved = Path.replace, 0

        def deadly(self: Path, target: Path) -> Path:
            nonlocal moved
            moved += 1
            if moved == last + 1:
                raise _KilledError
            return rename(self, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", deadly)
            if last > files:
                patched.setattr("shutil.rmtree", _die)
            with pytest.raises(_KilledError):
                run(server.url, data)
        if 0 < last <= files:
            assert run(server.url, data, "--dry-run").exit_code == 1
            build.load(data)  # at each moment the data is in order
        asked = site.asked
        told = stage.is_ready(data)
        found = report(server.url, data)
        assert told == bool(found["finished"]) or last == files
        assert tree(data) == expected
        assert (found["requests"], site.asked) == (0, asked)
        assert found["finished"] == (files - last + 1 if 0 < last <= files else 0)


def _die(folder: Path, ignore_errors: bool = False) -> None:  # noqa: FBT001, FBT002 - as the function it stands for
    if not ignore_errors and Path(folder).name == FOLDER:
        raise _KilledError
