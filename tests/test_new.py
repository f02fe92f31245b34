"""`builder new`, as a person meets it: with an address, options, upstreams that are played, and on a terminal."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from folders import package, tree, write_data
from forges import faults
from forges.server import Forges
from pypi_server import PyPIServer, failing

from builder import build, cli, proposing, tidy
from builder.cli.facts import TOKENS
from builder.errors import DataError
from builder.proposing import Draft, finding

URL = "https://github.com/ann/django-thing"
PATIENCE = 20.0  # seconds; a test that waits so long has failed
PROJECTS = {
    "PyPI": "https://pypi.org/project/Django-Thing/",
    "Issues": "https://www.github.com/Ann/Django-Thing/issues",
    "DOCS!": "https://thing.example.org/",
}


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    for variable in TOKENS:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def pypi() -> Iterator[PyPIServer]:
    with PyPIServer().running() as server:
        yield server


@pytest.fixture
def data(tmp_path: Path, forges: Forges, pypi: PyPIServer) -> Path:
    packages = {"older": package(1, repository="https://github.com/ann/older", pypi="older")}
    site = {"pypi_url": pypi.url, "forges": {"github.com": {"kind": "github", "api": forges.github.base}}}
    made = write_data(tmp_path / "data", packages=packages, site=site)
    (made / "categories/projects.yaml").write_text("id: 2\ntitle: Project\ntitle_plural: Projects\n")
    return made


@pytest.fixture
def thing(forges: Forges, pypi: PyPIServer) -> None:
    """Have a repository, and a project that names it."""
    forges.github.world.make("ann/django-thing", description="A thing")
    publish(pypi, "django-thing", "Django-Thing", **PROJECTS)


def publish(pypi: PyPIServer, key: str, name: str, **urls: str) -> None:
    info = {"name": name, "version": "1.0", "summary": "Things", "project_urls": urls}
    files = {"name": key, "meta": {"api-version": "1.1"}, "versions": ["1.0"], "files": []}
    pypi.files[f"{key}.json"] = json.dumps({"info": info, "last_serial": 5}).encode()
    pypi.files[f"{key}.simple.json"] = json.dumps(files).encode()


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["new", "--data", str(data), *arguments])


def written(data: Path, slug: str = "django-thing") -> str:
    return (data / f"packages/{slug}.yaml").read_text()


# What is filled in


@pytest.mark.usefixtures("thing")
def test_an_address_and_a_category_make_a_file(data: Path) -> None:
    result = run(data, "git@github.com:ann/django-thing.git", "--category", "apps", "--tag", "one", "--tag", "two")
    assert result.exit_code == 0, result.output
    file = data / "packages/django-thing.yaml"
    assert result.stdout == f"{file}\n"
    assert result.stderr == (
        f"{URL}: A thing\n"
        "The project Django-Thing on PyPI names this repository: Things\n"
        f"Look at it: builder serve --data {data}, at /packages/p/django-thing/\n"
        f"Commit it: git add {file} && git commit -m 'Add django-thing'\n"
        "Push it to a branch of your own, and open a pull request: its id is given when it is merged.\n"
    )
    assert file.read_text() == (
        "title: Django-Thing\n"
        "category: apps\n"
        f"repository: {URL}\n"
        "pypi: Django-Thing\n"
        "documentation: https://thing.example.org/\n"
        "tags:\n"
        "  - one\n"
        "  - two\n"
    )
    assert CliRunner().invoke(cli.main, ["check", "--data", str(data)]).exit_code == 0
    assert tidy.in_order(file.read_text(), tidy.ORDERS["packages"]) == file.read_text()


@pytest.mark.usefixtures("thing")
def test_the_data_s_usual_place_needs_no_option(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data.parent)
    result = CliRunner().invoke(cli.main, ["new", URL, "--category", "apps"])
    assert result.stdout == "data/packages/django-thing.yaml\n"
    assert "Look at it: builder serve, at /packages/p/django-thing/\n" in result.stderr


@pytest.mark.usefixtures("thing")
def test_what_a_person_says_stays(data: Path) -> None:
    said = ("--slug", "thing", "--title", "A thing", "--documentation", "https://other.example.org/", "--no-pypi")
    assert run(data, URL, "--category", "projects", *said).exit_code == 0
    assert written(data, "thing") == (
        f"title: A thing\ncategory: projects\nrepository: {URL}\ndocumentation: https://other.example.org/\n"
    )


@pytest.mark.usefixtures("thing")
def test_a_dry_run_prints_the_file_alone(data: Path) -> None:
    before = tree(data)
    result = run(data, URL, "--category", "apps", "--dry-run")
    assert result.exit_code == 0
    assert tree(data) == before
    run(data, URL, "--category", "apps")
    assert result.stdout == written(data)


@pytest.mark.usefixtures("thing")
def test_offline_the_address_alone_is_taken(data: Path, forges: Forges, pypi: PyPIServer) -> None:
    assert run(data, URL, "--category", "apps", "--offline").exit_code == 0
    assert written(data) == f"title: django-thing\ncategory: apps\nrepository: {URL}\n"
    assert (forges.count(), pypi.paths) == (0, [])


@pytest.mark.usefixtures("thing")
def test_few_requests_are_made(data: Path, forges: Forges, pypi: PyPIServer) -> None:
    run(data, URL, "--category", "apps")
    assert (forges.count(), pypi.paths) == (1, ["/pypi/django-thing/json", "/simple/django-thing/"])


@pytest.mark.usefixtures("thing")
def test_quiet_gives_the_path_alone(data: Path) -> None:
    result = CliRunner().invoke(cli.main, ["-q", "new", "--data", str(data), URL, "--category", "apps"])
    assert result.output == f"{data / 'packages/django-thing.yaml'}\n"


def test_a_project_that_names_another_repository_is_left_out(data: Path, forges: Forges, pypi: PyPIServer) -> None:
    forges.github.world.make("ann/django-thing")
    publish(pypi, "django-thing", "django-thing", Homepage="https://github.com/bob/django-thing", Docs="https://x.org/")
    result = run(data, URL, "--category", "apps")
    assert result.exit_code == 0
    says = "The project django-thing on PyPI does not name this repository, but https://github.com/bob/django-thing"
    assert result.stderr.startswith(
        f"{says}: Things\nIt is left out. If it is the package's all the same: --pypi django-thing\n"
    )
    assert written(data) == f"title: django-thing\ncategory: apps\nrepository: {URL}\n"


def test_a_project_that_a_person_names_is_taken_all_the_same(data: Path, forges: Forges, pypi: PyPIServer) -> None:
    forges.github.world.make("ann/django-thing")
    publish(pypi, "other", "Other")
    result = run(data, URL, "--category", "apps", "--pypi", "other")
    assert result.stderr.startswith("The project Other on PyPI does not name this repository: Things\nLook at it")
    assert written(data) == f"title: django-thing\ncategory: apps\nrepository: {URL}\npypi: other\n"


def test_no_project_of_the_repository_s_name_is_no_fault(data: Path, forges: Forges) -> None:
    forges.github.world.make("ann/django-thing", homepage="https://django-thing.readthedocs.io/")
    result = run(data, URL, "--category", "apps")
    assert (result.exit_code, "pypi" in result.stderr.lower()) == (0, False)
    assert written(data).endswith("documentation: https://django-thing.readthedocs.io/\n")


@pytest.mark.usefixtures("thing")
def test_a_renamed_repository_is_written_by_its_present_name(data: Path, forges: Forges) -> None:
    world = forges.github.world
    world.transfer(world.make("bob/old"), "ann")
    world.rename(next(each for each in world.repositories.values() if each.name == "old"), "new")
    result = run(data, "https://github.com/bob/old", "--category", "apps")
    assert result.exit_code == 0, result.output
    assert "https://github.com/bob/old is https://github.com/ann/new now.\n" in result.stderr
    assert written(data, "new") == "title: new\ncategory: apps\nrepository: https://github.com/ann/new\n"


def test_a_former_name_of_a_repository_that_is_here_is_told(data: Path, forges: Forges) -> None:
    world = forges.github.world
    world.rename(world.make("ann/oldest"), "older")
    result = run(data, "https://github.com/ann/oldest", "--category", "apps", "--slug", "other")
    assert result.exit_code == 1
    assert "is the repository of data/packages/older.yaml already" in result.stderr
    assert not (data / "packages/other.yaml").exists()


def test_what_is_archived_is_told(data: Path, forges: Forges, pypi: PyPIServer) -> None:
    forges.github.world.make("ann/django-thing", archived_at=forges.clock.now)
    publish(pypi, "django-thing", "django-thing", **PROJECTS)
    pypi.edit("django-thing.simple.json", **{"project-status": {"status": "archived"}})
    said = run(data, URL, "--category", "apps").stderr
    assert f"{URL} is archived: nobody works on it any more.\n" in said
    assert "The project django-thing on PyPI (archived) names this repository" in said


# What upstreams do not tell


def test_upstreams_that_fail_are_told_and_the_rest_is_written(data: Path, forges: Forges, pypi: PyPIServer) -> None:
    forges.fail(faults.status(502))
    for _ in range(3):
        pypi.script("/pypi/django-thing/json", failing(503))
    result = run(data, URL, "--category", "apps")
    assert result.exit_code == 0
    notes = [line for line in result.stderr.splitlines() if line.startswith("Note: ")]
    assert [note.split()[1] for note in notes] == [f"{URL}:", f"{pypi.url}/project/django-thing/:"]
    assert all(note.endswith(". What would be known by it is not filled in.") for note in notes)
    assert written(data) == f"title: django-thing\ncategory: apps\nrepository: {URL}\n"


def test_a_limit_is_told_at_once(data: Path, forges: Forges) -> None:
    forges.fail(faults.status(429, retry_after=3600))
    result = run(data, URL, "--category", "apps")
    assert result.exit_code == 0
    assert result.stderr.startswith(f"Note: {URL}: ")
    assert forges.count() == 1


@pytest.mark.usefixtures("thing")
def test_a_host_that_nobody_asks_is_told(data: Path) -> None:
    result = run(data, "https://git.example.org/thing", "--category", "apps")
    assert result.exit_code == 0
    assert "the host git.example.org is not among the forges that may be asked" in result.stderr
    assert written(data, "thing") == "title: thing\ncategory: apps\nrepository: https://git.example.org/thing\n"


def test_a_repository_that_is_not_there_is_refused(data: Path) -> None:
    before = tree(data)
    result = run(data, URL, "--category", "apps")
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {URL}: is not there, or not any more. Nothing was written; --offline does not ask.\n"
    )
    assert tree(data) == before


@pytest.mark.usefixtures("thing")
def test_a_project_that_was_named_and_is_not_there_is_refused(data: Path, pypi: PyPIServer) -> None:
    result = run(data, URL, "--category", "apps", "--pypi", "djnago-thing")
    assert result.exit_code == 1
    assert result.stderr.endswith(
        f"Error: {pypi.url}/project/djnago-thing/: is not there, or not any more."
        " Nothing was written; --offline does not ask.\n"
    )


# What is refused before anybody is asked


NO_REPOSITORY = "Invalid value for 'REPO_URL': is not the address of a repository"
WEB_ADDRESS = "web address, such as https://github.com/arneb/django-messages."
WRONG: Mapping[str, tuple[Sequence[str], str]] = {
    "a category that is not there": (
        [URL, "--category", "app"],
        "Invalid value for '--category': there is no such category (found 'app'). Did you mean apps?",
    ),
    "a category unlike any": (
        [URL, "--category", "zzz"],
        "Invalid value for '--category': there is no such category (found 'zzz'). There are: apps, projects.",
    ),
    "no tag": (
        [URL, "--tag", "one", "--tag", "A"],
        "Invalid value for '--tag': is not a tag (found 'A'). A tag is at most 30 characters of a-z, 0-9 and -.",
    ),
    "no slug": (
        [URL, "--slug", "con"],
        "Invalid value for '--slug': is a reserved name (found 'con'). Choose another one, for example with a prefix.",
    ),
    "no address": (["thing"], f"{NO_REPOSITORY} (found 'thing'). Give the repository's {WEB_ADDRESS}"),
    "an address of the visitor's own network": (
        ["https://localhost/a/b"],
        (
            "Invalid value for 'REPO_URL': leads to a host without a domain (found 'https://localhost/a/b')."
            " Give the public name of the site, such as github.com."
        ),
    ),
    "a host alone": (["https://github.com/"], f"{NO_REPOSITORY} (found 'https://github.com/'). Give its {WEB_ADDRESS}"),
    "an owner alone": (["github.com/ann"], f"{NO_REPOSITORY} (found 'github.com/ann'). Give its {WEB_ADDRESS}"),
    "both a project and none": ([URL, "--pypi", "a", "--no-pypi"], "--pypi and --no-pypi contradict each other."),
}
REFUSED: Mapping[str, tuple[Sequence[str], str]] = {
    "the slug of another package": (
        ["https://github.com/bob/older"],
        """\
data/packages/older.yaml: there is a package of this name already (found 'https://github.com/ann/older') [slug-taken]
    Edit this file to change what it says. If yours is another package, give it another slug. (--slug NAME)
""",
    ),
    "the repository of another package": (
        ["ssh://git@github.com/Ann/Older.git", "--slug", "b"],
        """\
data/packages/b.yaml: repository: is the repository of data/packages/older.yaml already \
(found 'https://github.com/Ann/Older') [repository-twice]
    A repository stands in one file only: if both are the same package, keep one of them.
""",
    ),
    "the project of another package": (
        [URL, "--slug", "b", "--pypi", "Older"],
        """\
data/packages/b.yaml: pypi: is the project on PyPI of data/packages/older.yaml already (found 'Older') [pypi-twice]
    A project stands in one file only: if both are the same package, keep one of them.
""",
    ),
    "what no file may hold": (
        [URL, "--title", "a\u202eb"],
        """\
data/packages/django-thing.yaml: the text holds a mark that turns the direction of writing \
(U+202E, right-to-left override) [bidi-character]
    Take it away: a line must read as it is.
""",
    ),
}


def refused(data: Path, arguments: Sequence[str], forges: Forges, pypi: PyPIServer) -> Result:
    """Run it, and see that nobody was asked and nothing was written."""
    before = tree(data)
    result = run(data, *arguments, *([] if "--category" in arguments else ["--category", "apps"]))
    assert result.stdout == ""
    assert tree(data) == before
    assert (forges.count(), pypi.paths) == (0, [])
    return result


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_told_before_anybody_is_asked(data: Path, forges: Forges, pypi: PyPIServer, case: str) -> None:
    arguments, message = WRONG[case]
    result = refused(data, arguments, forges, pypi)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"Error: {message}"


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_there_already_is_told_before_anybody_is_asked(
    data: Path, forges: Forges, pypi: PyPIServer, case: str
) -> None:
    arguments, message = REFUSED[case]
    result = refused(data, arguments, forges, pypi)
    assert (result.exit_code, result.stderr) == (1, f"{message}1 problem in 1 file. Nothing was written.\n")


def test_without_a_terminal_the_category_must_be_given(data: Path, forges: Forges) -> None:
    result = run(data, URL)
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "Error: Missing option '--category', which nobody can be asked for. Categories: apps, projects.\n"
    )
    assert forges.count() == 0


def test_problems_elsewhere_stop_nobody(data: Path) -> None:
    (data / "packages/torn.yaml").write_text("[")
    result = run(data, URL, "--category", "apps", "--offline")
    assert result.exit_code == 0
    assert f"Note: 1 problem in 1 file. They were there before: builder check --data {data}\n" in result.stderr


@pytest.mark.parametrize("case", ["settings", "link"])
def test_what_hides_the_catalogue_stops_everybody(data: Path, case: str) -> None:
    if case == "settings":
        (data / "site.yaml").write_text("[")
    else:
        (data / "packages").rename(data.parent / "elsewhere")
        (data / "packages").symlink_to(data.parent / "elsewhere")
    before = tree(data.parent)
    result = run(data, URL, "--category", "apps", "--offline")
    assert result.exit_code == 1
    assert result.stderr.endswith("Nothing was written.\n")
    assert tree(data.parent) == before


def test_the_first_package_makes_the_folder(data: Path) -> None:
    (data / "packages/older.yaml").unlink()
    (data / "packages").rmdir()
    assert run(data, URL, "--category", "apps", "--offline").exit_code == 0
    assert build.look(data)[1] == []


def test_a_file_that_came_meanwhile_is_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "packages/django-thing.yaml").write_text("title: X\ncategory: apps\n")
    monkeypatch.setattr(proposing, "review", lambda *_: [])
    result = run(data, URL, "--category", "apps", "--offline")
    assert result.exit_code == 1
    assert "data/packages/django-thing.yaml: there is a package of this name already [slug-taken]" in result.stderr
    assert written(data) == "title: X\ncategory: apps\n"


# On a terminal


class Terminal:
    """A person's terminal with the command in it: what it shows, and what is typed."""

    def __init__(self, process: "subprocess.Popen[str]", screen: int) -> None:
        self.process = process
        self.shown = ""
        self._screen = screen

    def wait_for(self, text: str) -> None:
        """Read until a text is shown that was not before."""
        until = time.monotonic() + PATIENCE
        while text not in self.shown:
            ready, _, _ = select.select([self._screen], [], [], max(0, until - time.monotonic()))
            assert ready, f"waited for {text!r} in {self.shown!r}"
            self.shown += os.read(self._screen, 4096).decode()
        self.shown = self.shown.partition(text)[2]

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def answer(self, question: str, text: str) -> None:
        self.wait_for(question)
        self.type(f"{text}\n")

    def end(self) -> tuple[int, str]:
        """Give the exit code, and what was written to stdout."""
        output, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output


@contextmanager
def terminal(data: Path, *arguments: str) -> Iterator[Terminal]:
    screen, line = pty.openpty()
    command = [sys.executable, "-m", "builder", "new", "--data", str(data), *arguments]
    environment = {key: value for key, value in os.environ.items() if key not in TOKENS}
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=line, stderr=line, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    os.close(line)
    try:
        yield Terminal(process, screen)
    finally:
        process.kill()
        process.communicate()
        os.close(screen)


@pytest.mark.usefixtures("thing")
def test_a_terminal_is_asked_for_what_is_missing(data: Path) -> None:
    with terminal(data, URL) as person:
        person.answer("Title [Django-Thing]: ", "")
        person.wait_for("Categories: apps, projects.")
        person.answer("Category: ", "app")
        person.wait_for("Error: there is no such category (found 'app'). Did you mean apps?")
        person.answer("Category: ", "apps")
        person.answer("Tags, with spaces between (- for none) [-]: ", "one, two")
        person.wait_for("Look at it: builder serve")
        assert person.end() == (0, f"{data / 'packages/django-thing.yaml'}\n")
    assert written(data) == (
        f"title: Django-Thing\ncategory: apps\nrepository: {URL}\npypi: Django-Thing\n"
        "documentation: https://thing.example.org/\ntags:\n  - one\n  - two\n"
    )


def test_an_answer_that_cannot_be_is_asked_for_again(data: Path) -> None:
    with terminal(data, URL, "--offline") as person:
        person.answer("Title [django-thing]: ", "x" * 101)
        person.wait_for("Error: has 101 characters")
        person.answer("Title [django-thing]: ", " ")
        person.wait_for("Error: is missing")
        person.answer("Title [django-thing]: ", "Thing")
        person.answer("Category: ", "projects")
        person.answer("Project on PyPI (- for none) [-]: ", "OLDER")
        person.wait_for("Error: is the project on PyPI of data/packages/older.yaml already (found 'OLDER').")
        person.answer("Project on PyPI (- for none) [-]: ", "thing")
        person.answer("Address of its documentation (- for none) [-]: ", "thing.example.org")
        person.wait_for("Did you mean https://thing.example.org?")
        person.answer("Address of its documentation (- for none) [-]: ", "")
        person.answer("Tags, with spaces between (- for none) [-]: ", "")
        assert person.end()[0] == 0
    assert written(data) == f"title: Thing\ncategory: projects\nrepository: {URL}\npypi: thing\n"


def test_what_was_given_is_not_asked_for(data: Path) -> None:
    given = ("--title", "T", "--category", "apps", "--no-pypi", "--documentation", "", "--tag", "one", "--dry-run")
    with terminal(data, URL, "--offline", *given) as person:
        assert person.end() == (0, f"title: T\ncategory: apps\nrepository: {URL}\ntags:\n  - one\n")


def test_nobody_is_asked_who_does_not_want_to_be(data: Path) -> None:
    with terminal(data, URL, "--offline", "--yes", "--category", "apps") as person:
        person.wait_for("Look at it")
        assert person.end()[0] == 0
    with terminal(data, "https://github.com/ann/next", "--offline", "--yes") as person:
        person.wait_for("Missing option '--category'")
        assert person.end()[0] == 2


@pytest.mark.parametrize("way", ["interrupt", "end"])
def test_a_person_who_stops_has_written_nothing(data: Path, way: str) -> None:
    before = tree(data)
    with terminal(data, URL, "--offline") as person:
        person.wait_for("Title [django-thing]: ")
        if way == "interrupt":
            person.process.send_signal(signal.SIGINT)
            with suppress(OSError):  # it may have ended already
                person.type("\n")  # a signal just before the reading of a line is seen after it
        else:
            person.type("\x04")
        person.wait_for("Interrupted.")
        assert person.end() == (130, "")
    assert tree(data) == before


# The parts


def test_the_manual_names_every_option() -> None:
    manual = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    [part] = [text for text in manual.split("\n\n") if text.startswith("**A new package.**")]
    options = {option for parameter in cli.main.commands["new"].params for option in parameter.opts if option[0] == "-"}
    assert set(re.findall(r"`(--[a-z-]+)`", part)) == options - {"--data"}


def test_what_was_found_takes_no_given_place() -> None:
    name = proposing.repository_of(URL)
    assert name is not None
    found = proposing.Found.offline(name)
    assert proposing.filled(Draft("x", "T", "apps", "", "p", "d", ("t",)), found) == Draft(
        "x", "T", "apps", URL, "p", "d", ("t",)
    )
    assert proposing.filled(Draft("x"), found) == Draft("x", "django-thing", None, URL, "", "", ())


def test_a_title_is_never_too_long() -> None:
    name = proposing.repository_of(f"https://github.com/ann/{'x' * 300}")
    assert name is not None
    assert len(finding.Found.offline(name).title) == 100


def test_writing_twice_is_refused_by_the_disk_itself(data: Path) -> None:
    with pytest.raises(DataError):
        proposing.write(data, Draft("older", "T", "apps"))
