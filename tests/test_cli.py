"""The command line, as a person meets it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner, Result
from folders import package, tree, write_data
from hosted import need
from pydantic import TypeAdapter, ValidationError
from pypi_server import PyPIServer, failing

from builder import build, cli, snapshots
from builder.errors import BuilderError, DataError, GuardRefusedError, SiteError, UpstreamError
from builder.hosts import host_named
from builder.metadata import PyPIFacts, Snapshot
from builder.upstreams import UPSTREAMS, Setup


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], env=environment)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "data", packages={"a": package(1)})


def test_build_tells_what_it_wrote(data: Path, tmp_path: Path) -> None:
    result = run("build", "--data", data, "--out", tmp_path / "site")
    assert result.exit_code == 0, result.stderr
    assert str(tmp_path / "site") in result.stdout
    assert (tmp_path / "site/api/v4/packages/1/index.json").is_file()


def test_pictures_are_made_or_left_out(data: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    for option, there in (((), True), (("--no-pictures",), False), (("--pictures",), True)):
        assert run("build", "--data", data, "--out", site, *option).exit_code == 0
        assert (site / "packages/p/a/opengraph.png").is_file() == there


def test_extras_are_made_or_left_out(data: Path, tmp_path: Path) -> None:
    site, page = tmp_path / "site", "packages/p/a/rules/index.html"
    for option, there in (((), True), (("--no-extras",), False), (("--extras",), True)):
        assert run("build", "--data", data, "--out", site, *option).exit_code == 0
        assert (site / page).is_file() == there


def test_badges_are_made_or_left_out(data: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    for option, there in (((), True), (("--no-badges",), False), (("--badges",), True)):
        assert run("build", "--data", data, "--out", site, *option).exit_code == 0
        assert (site / "packages/p/a/badge.svg").is_file() == there
        assert (site / "api/data/v1/badges/a.json").is_file() == there


def test_cloudflare_has_neither_pictures_nor_extras_nor_badges_unless_told(data: Path, tmp_path: Path) -> None:
    site, page = tmp_path / "site", tmp_path / "site/packages/p/a"
    files = (page / "opengraph.png", page / "rules/index.html", page / "badge.svg", site / "api/data/v1/badges/a.json")
    for options, there in (((), False), (("--pictures", "--extras", "--badges"), True)):
        assert run("build", "--data", data, "--out", site, "--host", "cloudflare", *options).exit_code == 0
        assert [file.is_file() for file in files] == [there] * len(files)


def test_quiet_says_nothing(data: Path, tmp_path: Path) -> None:
    result = run("--quiet", "build", "--data", data, "--out", tmp_path / "site")
    assert (result.exit_code, result.output) == (0, "")


def test_a_quiet_check_tells_of_problems_alone(data: Path) -> None:
    (data / "packages/new.yaml").write_text("title: New\ncategory: apps\n")
    result = run("--quiet", "check", "--data", data)
    assert (result.exit_code, result.output) == (0, "")
    (data / "packages/new.yaml").write_text("title: New\ncategory: nowhere\n")
    result = run("--quiet", "check", "--data", data)
    assert result.exit_code == 1
    assert "data/packages/new.yaml:2:11" in result.stdout


def test_problems_are_told_on_stderr_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    run("build", "--data", data, "--out", tmp_path / "site")
    before = tree(tmp_path / "site")
    (data / "packages/b.yaml").write_text("title: B\ncategory: nowhere\n")
    (data / "packages/c.yaml").write_text("titel: C\ncategory: apps\n")
    result = run("build", "--data", data, "--out", tmp_path / "site")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "data/packages/b.yaml:2:11" in result.stderr
    assert "data/packages/c.yaml:1:1" in result.stderr
    assert "2 problems in 2 files. Nothing was written." in result.stderr
    assert tree(tmp_path / "site") == before


def test_check_counts_what_it_saw(data: Path) -> None:
    result = run("check", "--data", data)
    assert result.exit_code == 0
    assert result.stdout == "1 packages, 0 grids, 1 categories: no problem found.\n"


def test_check_tells_which_id_a_new_file_will_get(data: Path) -> None:
    (data / "packages/new.yaml").write_text("title: New\ncategory: apps\n")
    result = run("check", "--data", data)
    assert result.exit_code == 0
    assert "data/packages/new.yaml: has no id yet; as things stand it gets 100001." in result.stderr
    assert "has no `created` yet" in result.stderr


def test_base_url_is_checked_and_used(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    result = run("build", "--data", data, "--out", out, "--base-url", "ftp://example.org")
    assert result.exit_code == 2
    assert "'ftp://example.org' is not a web address" in result.stderr
    assert not out.exists()
    run("build", "--data", data, "--out", out, "--base-url", "https://example.org/x/")
    assert b'"https://example.org/x/api/v4/grids/"' in (out / "api/v4/index.json").read_bytes()


@pytest.mark.parametrize("command", ["build", "serve"])
@pytest.mark.parametrize("url", ["ftp://x y", "http://[", "", "example.org", "https://example.org/../y", "\udcff"])
def test_a_base_url_that_is_none_is_wrong_usage(data: Path, tmp_path: Path, command: str, url: str) -> None:
    result = run(command, "--data", data, "--out", tmp_path / "site", "--base-url", url)
    assert result.exit_code == 2
    assert f"Invalid value for '--base-url': {url!r} " in result.stderr
    assert not (tmp_path / "site").exists()


def test_a_fault_elsewhere_is_not_blamed_on_the_base_url(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object, **__: object) -> None:
        TypeAdapter(int).validate_python("x")

    monkeypatch.setattr("builder.making.make", fault)
    result = run("build", "--data", data, "--out", data.parent / "site", "--base-url", "https://example.org")
    assert isinstance(result.exception, ValidationError)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BuilderError("x"), 1),
        (DataError([]), 1),
        (SiteError("x"), 1),
        (UpstreamError("x"), 3),
        (GuardRefusedError("x"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_stop_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, data: Path, error: BaseException, code: int
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("builder.looking.look", stop)
    assert run("check", "--data", data).exit_code == code


def test_a_missing_folder_is_wrong_usage(tmp_path: Path) -> None:
    assert run("build", "--data", tmp_path / "nowhere").exit_code == 2


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
def test_a_reader_who_has_gone_changes_nothing_else(data: Path, closed: str, *, broken: bool) -> None:
    (data / "packages/new.yaml").write_text("title: New\ncategory: " + ("nowhere\n" if broken else "apps\n"))
    command = [sys.executable, "-m", "builder", "check", "--data", str(data)]
    whole = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own command
    read, write = os.pipe()
    os.close(read)
    out = write if closed in {"stdout", "both"} else subprocess.PIPE
    err = write if closed in {"stderr", "both"} else subprocess.PIPE
    done = subprocess.run(command, stdout=out, stderr=err, check=False)  # noqa: S603 - our own command
    os.close(write)
    assert done.returncode == whole.returncode == broken
    assert done.stdout in {None, whole.stdout}
    assert done.stderr in {None, whole.stderr}


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"]])
def test_help_that_nobody_reads_is_no_error(arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "builder", *arguments]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)  # noqa: S603 - our own command
    os.close(write)
    assert done.stderr == b""


@pytest.mark.parametrize(("variable", "coloured"), [("NO_COLOR", False), ("FORCE_COLOR", True)])
def test_colour_is_asked_for(data: Path, variable: str, *, coloured: bool) -> None:
    (data / "packages/a.yaml").write_text("title: A\n")
    assert ("\x1b[1m" in run("check", "--data", data, **{variable: "1"}).stdout) is coloured


def test_help_names_every_command_and_exit_code() -> None:
    text = run("--help").stdout
    for word in (*cli.main.commands, "Exit codes", "130"):
        assert word in text
    assert all(command.help for command in cli.main.commands.values())


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_help_says_of_each_command_what_the_command_says_of_itself(width: int) -> None:
    context = click.Context(cli.main, info_name="builder")
    ours, clicks = (click.HelpFormatter(width=width) for _ in range(2))
    cli.main.format_commands(context, ours)
    click.Group.format_commands(cli.main, context, clicks)
    assert ours.getvalue() == clicks.getvalue()
    assert sorted(cli.main.commands) == cli.main.list_commands(context)


def test_it_runs_as_a_module_and_does_not_load_what_help_does_not_need() -> None:
    program = (
        "import sys; sys.argv = ['builder', '--help']\n"
        "try:\n    import runpy; runpy.run_module('builder', run_name='__main__')\n"
        "finally:\n    print(sorted({'builder.cli.site', 'builder.hosts', 'pydantic', 'yaml'} & set(sys.modules)))"
    )
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.endswith("[]\n")


@pytest.fixture
def pypi() -> Iterator[PyPIServer]:
    with PyPIServer().running() as server:
        yield server


def fetchable(tmp_path: Path, pypi: PyPIServer) -> Path:
    messages = package(359, title="django-messages", pypi="django-messages")
    return write_data(
        tmp_path / "data",
        packages={"django-messages": messages, "nothing": package(1)},
        site={"pypi_url": pypi.url},
    )


def test_fetch_writes_snapshots_and_tells_what_it_did(tmp_path: Path, pypi: PyPIServer) -> None:
    data = fetchable(tmp_path, pypi)
    result = run("fetch", "--data", data)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("1 fetched, 3 skipped (2 requests)\n")
    assert list(tree(data / "snapshots")) == ["django-messages.json"]
    again = run("fetch", "--data", data, "--json")
    assert json.loads(again.stdout)["counts"]["unchanged"] == 1


def test_fetch_of_some_packages_and_at_length(tmp_path: Path, pypi: PyPIServer) -> None:
    data = fetchable(tmp_path, pypi)
    result = run("-v", "fetch", "--data", data, "--only", "django-messages", "--again")
    assert "[2/2] django-messages: fetched" in result.stderr
    assert "nothing" not in result.output


def test_fetch_shows_a_bar_on_a_terminal(tmp_path: Path, pypi: PyPIServer) -> None:
    result = run("-v", "fetch", "--data", fetchable(tmp_path, pypi), FORCE_COLOR="1", TERM="xterm", COLUMNS="80")
    assert result.exit_code == 0
    assert "━" in result.stderr
    assert "django-messages" in result.stderr


def test_fetch_that_got_nothing_says_why(tmp_path: Path, pypi: PyPIServer) -> None:
    data = fetchable(tmp_path, pypi)
    pypi.script("/pypi/django-messages/json", failing(404))
    pypi.script("/simple/django-messages/", failing(400))
    result = run("-q", "fetch", "--data", data)
    assert result.exit_code == 3
    assert result.stderr == "Error: No answer could be used; nothing was changed.\n"
    [snapshot] = tree(data / "snapshots").values()
    assert json.loads(snapshot)["sources"]["pypi"]["state"] == "failed"
    assert "pypi" not in json.loads(snapshot).keys() - {"sources"}


def test_fetch_asks_nobody_while_a_snapshot_is_broken(tmp_path: Path, pypi: PyPIServer) -> None:
    data = fetchable(tmp_path, pypi)
    (data / "snapshots" / "django-messages.json").write_text("{")
    result = run("fetch", "--data", data)
    assert result.exit_code == 1
    assert result.stderr.startswith("data/snapshots/django-messages.json: is not JSON")
    assert pypi.requests == []


def test_fetch_tells_what_it_would_ask(tmp_path: Path, pypi: PyPIServer) -> None:
    data = fetchable(tmp_path, pypi)
    result = run("fetch", "--data", data, "--dry-run")
    assert "pypi: 1 packages, at least 2 requests; two more for each project that changed\n" in result.stdout
    assert "github: 0 packages, at least 0 requests\n" in result.stdout
    assert pypi.requests == []


def test_every_upstream_can_be_asked_alone(tmp_path: Path, pypi: PyPIServer) -> None:
    data = fetchable(tmp_path, pypi)
    setup = Setup(build.load(data).settings, date(2026, 1, 1))
    names = [upstream(setup).name for upstream in UPSTREAMS]
    for name in names:
        assert run("fetch", "--data", data, "--dry-run", "--upstream", name).stdout.startswith(f"{name}: ")
    assert run("fetch", "--data", data, "--upstream", "elsewhere").exit_code == 2


def test_fetch_stops_at_its_budget_and_goes_on_there(tmp_path: Path, pypi: PyPIServer) -> None:
    data = fetchable(tmp_path, pypi)
    result = run("fetch", "--data", data, "--max-requests", "1", "--max-minutes", "5")
    assert result.exit_code == 0
    assert "waiting: 1 x pypi: the requests for this run are spent" in result.stdout
    assert json.loads((data / "refresh.json").read_text()) == {"next": {"pypi": "django-messages"}}
    assert run("fetch", "--data", data).exit_code == 0
    assert not (data / "refresh.json").exists()


def test_fetch_tells_the_page_of_a_workflow_run(tmp_path: Path, pypi: PyPIServer) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Before\n")
    run("fetch", "--data", fetchable(tmp_path, pypi), GITHUB_STEP_SUMMARY=str(page))
    assert page.read_text().startswith("# Before\n## Refresh\n")
    assert "| pypi | 2 |" in page.read_text()


def test_ids_writes_into_new_files(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1), "b": {"title": "B", "category": "apps"}})
    result = run("ids", "--data", data)
    assert result.stdout == "data/packages/b.yaml\n"
    assert (data / "packages/b.yaml").read_text().startswith("id: 100001\ntitle:")
    assert run("ids", "--data", data).stdout == ""


def test_ids_tells_of_a_file_that_it_cannot_add_to_and_serves_the_others(tmp_path: Path) -> None:
    new = {"title": "B", "category": "apps"}
    data = write_data(tmp_path / "data", packages={"a": new, "c": new})
    (data / "packages/b.yaml").write_text('title: B\ncategory: apps\n"id":\n')
    result = run("ids", "--data", data)
    assert result.exit_code == 1
    assert result.stdout == "data/packages/a.yaml\ndata/packages/c.yaml\n"
    first, hint, last = result.stderr.splitlines()
    assert first.startswith("data/packages/b.yaml:3:1: id: the file is written so that id and created cannot be put in")
    assert hint.startswith("    Write it as plain lines")
    assert last == "Error: 1 file was left as it was; all others have their id and date."


def test_a_mass_change_is_taken_where_a_person_says_so(tmp_path: Path, pypi: PyPIServer) -> None:
    slugs = [f"p{n}" for n in range(9)]
    packages = {slug: package(n, title=slug, pypi=slug) for n, slug in enumerate(slugs, start=1)}
    data = write_data(tmp_path / "data", packages=packages, site={"pypi_url": pypi.url})
    for slug in slugs:
        snapshots.save(data, slug, Snapshot(pypi=PyPIFacts(name=slug, summary="is there")))
    refused = run("fetch", "--data", data, "--upstream", "pypi")
    assert refused.exit_code == 4
    assert "9 of 9 packages would be newly missing (more than 5%); if that is true" in refused.stderr
    assert "`builder fetch --accept pypi` takes it" in refused.stderr
    assert run("fetch", "--data", data, "--accept", "elsewhere").exit_code == 2
    taken = run("fetch", "--data", data, "--upstream", "pypi", "--accept", "pypi")
    assert taken.exit_code == 0, taken.stderr
    assert taken.stdout.startswith("9 gone")


def test_a_disk_that_fails_is_a_sentence(data: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    result = run("build", "--data", data, "--out", tmp_path / "taken" / "site")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output


PATIENCE = 20.0  # seconds; a test that waits so long has failed


class Served:
    """`builder serve` in a process of its own, and what it says."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.address = self.hear(r"http://127\.0\.0\.1:[0-9]+")

    def hear(self, pattern: str) -> str:
        """Wait until something is said, and give it."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if found := re.search(pattern, line):
                return found[0]
        raise AssertionError(pattern)

    def ask(self, path: str) -> tuple[int, str, bytes]:
        """Give status, the path that was led to, and the body."""
        try:
            with urlopen(self.address + path) as answer:  # noqa: S310 - loopback
                return answer.status, answer.url.removeprefix(self.address), answer.read()
        except HTTPError as error:
            with error:
                return error.code, path, error.read()


@contextmanager
def serving(data: Path, *options: str, host: str = "") -> Iterator[Served]:
    arguments = ["serve", "--data", str(data), "--out", str(data.parent / "site"), "--port", "0"]
    arguments += ["--host", host] if host else []
    command = [sys.executable, "-m", "builder", *options, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        waited_enough = threading.Timer(PATIENCE, process.kill)
        waited_enough.start()
        try:
            yield Served(process)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        finally:
            waited_enough.cancel()
            process.kill()


def test_serve_answers_and_ends_with_an_interrupt(data: Path) -> None:
    with serving(data) as served:
        served.hear("written")
        status, _, body = served.ask("/api/v4/packages/a/")
        assert (status, json.loads(body)["id"]) == (200, 1)


def test_serve_lets_the_hosts_own_program_serve_the_site(data: Path) -> None:
    need(host_named("nginx"))
    with serving(data, host="nginx") as served:
        status, _, body = served.ask("/api/v4/packages/a/")
        assert (status, json.loads(body)["id"]) == (200, 1)
        with urlopen(served.address) as answer:  # noqa: S310 - loopback
            assert answer.headers["Server"].startswith("nginx")
        served.process.terminate()
        assert served.process.wait(PATIENCE) == 0
        with pytest.raises(URLError):
            urlopen(served.address)  # noqa: S310 - loopback


def test_serve_knows_only_hosts_with_a_program(data: Path) -> None:
    result = run("serve", "--host", "github-pages", "--data", str(data))
    assert result.exit_code == 2
    assert "'github-pages' is not one of" in result.stderr


def test_serve_begins_with_broken_data_and_follows_the_address_of_the_site(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", site={"base_url": "https://example.org/one"})
    (data / "packages/b.yaml").write_text("titel: B\n")
    with serving(data) as served:
        served.hear("^data/packages/b.yaml:1:1: ")
        served.hear("^2 problems in 1 file")
        status, path, body = served.ask("/")
        assert (status, path) == (503, "/")
        assert b"There is no site yet" in body
        (data / "packages/b.yaml").unlink()
        served.hear("written")
        assert served.ask("/")[:2] == (200, "/one/")
        write_data(data, site={"base_url": "https://example.org/two"})
        served.hear("written")
        assert served.ask("/")[:2] == (200, "/two/")
        assert b'href="/two/packages/"' in served.ask("/two/")[2]
        assert served.ask("/one/")[0] == 404
