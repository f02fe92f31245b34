import os
import re
import select
import subprocess
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from forge_nights import Nights, facts_of, per_day, record, site
from forges import faults
from forges.exchange import Answer, Request, Route, Site, as_text
from forges.faults import Fault, Proceed
from forges.git import ISOLATED
from forges.server import Forges

from builder.config import Forge
from builder.derive import RepositoryName
from builder.metadata import RepositoryFacts
from builder.upstreams import UPSTREAMS
from builder.upstreams.base import Failed, Fetched, Gone, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.git import Git
from builder.upstreams.git_client import _PASSED, Client, GitLimits
from builder.upstreams.limits import Budget

HOST = "git.example.org"
NAME = RepositoryName(HOST, "ann/a")


@pytest.fixture
def nights(forges: Forges) -> Nights:
    return Nights(Git, forges, {HOST: Forge(kind="git", api=forges.git.base)})


def limited(limits: GitLimits) -> Callable[[Setup], Git]:
    """Give an upstream whose processes have other limits."""
    return lambda setup: Git(setup, Client({HOST: setup.settings.forges[HOST].api or ""}, setup, limits))


def days_back(nights: Nights, *numbers: int) -> list[datetime]:
    return [nights.forges.clock.now - timedelta(days=number) for number in numbers]


def publish(nights: Nights, name: str, dates: Sequence[datetime], branch: str = "main") -> None:
    """Publish a repository and have a package for it."""
    nights.forges.git.publish(name, dates, branch=branch)
    nights.add(f"https://{HOST}/{name}")


def configure(nights: Nights, name: str, key: str, value: str) -> None:
    """Change a setting of a repository on its server."""
    path = nights.forges.git.folder / f"{name}.git"
    command = ["git", f"--git-dir={path}", "config", key, value]
    subprocess.run(command, env={**os.environ, **ISOLATED}, check=True)  # noqa: S603 - our own words


# Which packages


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("https://git.example.org/a", "git.example.org/a"),
        ("https://git.example.org/~ann/deep/er/a.git", "git.example.org/~ann/deep/er/a"),
        ("https://github.com/ann/a", Skipped("")),
        ("https://bitbucket.org/ann/a", Skipped("")),
        ("", Skipped("has no repository")),
        (
            "https://unknown.example.org/ann/a",
            Skipped(
                "the host unknown.example.org is not among the forges that may be asked (forges in data/site.yaml)"
            ),
        ),
    ],
)
def test_knows_hosts_on_the_list_and_tells_of_others(repository: str, name: str | Skipped) -> None:
    assert Git(Setup(site({HOST: Forge(kind="git")}), date(2026, 1, 1))).project(record(repository)) == name


def test_exactly_one_upstream_tells_of_a_host_that_is_not_on_the_list() -> None:
    upstreams = [upstream(Setup(site({}), date(2026, 1, 1))) for upstream in UPSTREAMS]
    names = [upstream.project(record("https://unknown.example.org/ann/a")) for upstream in upstreams]
    told = [name.reason for name in names if isinstance(name, Skipped) and "unknown.example.org" in name.reason]
    assert len(told) == 1
    assert isinstance(names[-1], Skipped)
    assert names[-1].reason == told[0]
    for upstream in upstreams:
        upstream.close()


def test_a_host_that_is_not_on_the_list_is_not_called() -> None:
    client = Client({HOST: f"https://{HOST}"}, Setup(site({}), date(2026, 1, 1)))
    assert client.head(RepositoryName("other.example.org", "a")) == Failed("other.example.org may not be asked")
    assert client.requests == 0


@pytest.mark.parametrize(
    "base", ["http://git.example.org", "ext::sh -c touch%20x", "ssh://git.example.org", "/srv/git"]
)
def test_nothing_is_called_but_https_and_loopback(base: str) -> None:
    client = Client({HOST: base}, Setup(site({}), date(2026, 1, 1)))
    assert client.head(NAME) == Failed("git.example.org may not be asked")
    assert client.requests == 0


# Good answers


def test_reads_a_repository(nights: Nights) -> None:
    dates = days_back(nights, 500, 400, 300, 20, 20, 1)
    publish(nights, "ann/a", dates, branch="trunk")
    assert facts_of(nights.ask()["a"]) == RepositoryFacts(
        id="git.example.org/ann/a",
        name="ann/a",
        branch="trunk",
        head=nights.forges.git.head("ann/a", branch="trunk"),
        last_commit=dates[-1],
        commits_since=nights.window,
        commits=per_day(dates, nights.window),
    )
    assert nights.requests == 2


def test_a_night_without_news_is_a_look_a_repository(nights: Nights) -> None:
    for number in range(3):
        publish(nights, f"ann/r{number}", days_back(nights, 9, 8))
    nights.ask()
    known = dict(nights.known)
    assert set(nights.night().values()) == {Unchanged()}
    assert nights.requests == 3
    assert nights.forges.count("git", "refs") == 3
    assert nights.known == known


def test_a_push_is_counted_from_some_weeks_before_the_known_head_on(nights: Nights) -> None:
    dates = days_back(nights, 400, 200, 20, 1)
    publish(nights, "ann/a", dates)
    nights.ask()
    late = [*days_back(nights, 15), nights.forges.clock.now]
    nights.forges.git.push("ann/a", late)
    facts = facts_of(nights.night()["a"])
    assert facts.commits == per_day([*dates, *late], nights.window)
    assert facts.last_commit == late[-1]
    assert nights.requests == 2


def test_no_file_is_fetched_and_nothing_is_left(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    publish(nights, "ann/a", days_back(nights, 20, 10))
    sent: list[bytes] = []

    def listen(request: Request, proceed: Proceed) -> Answer:
        sent.append(request.body)
        return proceed()

    nights.forges.fail(Fault("listen", listen), kind="pack")
    facts_of(nights.ask()["a"])
    asked = b"".join(sent)
    assert b"filter blob:none" in asked
    assert b"deepen-since" in asked
    assert not list(tmp_path.iterdir())


def test_a_repository_whose_commits_are_all_old(nights: Nights) -> None:
    """A server refuses to send no commit at all."""
    dates = days_back(nights, 900, 800)
    publish(nights, "ann/a", dates)
    facts = facts_of(nights.ask()["a"])
    assert (facts.last_commit, facts.commits, facts.commits_since) == (dates[-1], {}, nights.window)
    assert nights.requests == 3
    assert nights.night() == {"a": Unchanged()}
    assert nights.requests == 1


def test_a_full_answer_counts_all_again(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 300, 1))
    nights.ask()
    before = nights.facts("a")
    assert facts_of(nights.ask(again=True)["a"]) == before
    assert nights.requests == 2


def test_a_repository_without_a_commit(nights: Nights) -> None:
    publish(nights, "ann/a", [])
    facts = facts_of(nights.ask()["a"])
    assert facts == RepositoryFacts(id="git.example.org/ann/a", name="ann/a")
    assert nights.night() == {"a": Unchanged()}
    nights.forges.git.push("ann/a", days_back(nights, 0))
    assert facts_of(nights.night()["a"]).head == nights.forges.git.head("ann/a")


def test_a_detached_head_has_no_branch(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 2, 1))
    head = nights.forges.git.head("ann/a")
    (nights.forges.git.folder / "ann/a.git/HEAD").write_text(f"{head}\n")
    facts = facts_of(nights.ask()["a"])
    assert (facts.head, facts.branch, sum((facts.commits or {}).values())) == (head, None, 2)


def test_a_host_that_wants_git_at_the_end(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 2, 1))

    def only_git(request: Request, proceed: Proceed) -> Answer:
        return proceed() if ".git/" in request.target else as_text("?", 301, {"location": "/ann/a.git/info/refs"})

    nights.forges.fail(Fault("only .git", only_git))
    assert facts_of(nights.ask()["a"]).name == "ann/a"
    assert nights.requests == 3


def test_what_another_forge_said_is_not_taken_for_ours(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 2, 1))
    head = nights.forges.git.head("ann/a")
    nights.add(f"https://{HOST}/ann/a", known=RepositoryFacts(id="R_1", name="ann/a", head=head, stars=9))
    assert facts_of(nights.ask()["a"]).stars is None


# Servers that can do less


class Dumb(Site):
    """A host of files: git's old protocol, which knows nothing but whole repositories."""

    name = "dumb"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.routes = (Route("file", "GET", re.compile("/.+"), self._file),)

    def _file(self, request: Request, _match: re.Match[str]) -> Answer:
        path = self.folder / request.path[1:]
        return Answer(200, {}, path.read_bytes()) if path.is_file() else Answer(404)


def test_of_a_host_of_files_the_head_is_known_alone(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 2, 1))
    folder = nights.forges.git.folder
    command = ["git", f"--git-dir={folder / 'ann/a.git'}", "update-server-info"]
    subprocess.run(command, env={**os.environ, **ISOLATED}, check=True)  # noqa: S603 - our own words
    nights.hosts[HOST] = Forge(kind="git", api=nights.forges.mount(Dumb(folder)))
    nights.add(f"https://{HOST}/ann/a", known=RepositoryFacts(weeks=(1, 2)))
    facts = facts_of(nights.ask()["a"])
    head = nights.forges.git.head("ann/a")
    assert facts == RepositoryFacts(id="git.example.org/ann/a", name="ann/a", branch="main", head=head, weeks=(1, 2))
    assert nights.night() == {"a": Unchanged()}
    assert nights.requests == 2


def test_a_server_that_filters_nothing_is_read_as_far_as_it_is_small(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 20, 10, 1))
    configure(nights, "ann/a", "uploadpack.allowFilter", "false")
    assert sum((facts_of(nights.ask()["a"]).commits or {}).values()) == 3


def test_of_what_is_too_large_the_last_commit_is_known_alone(nights: Nights) -> None:
    dates = [nights.forges.clock.now - timedelta(hours=number) for number in range(3000, 0, -1)]
    publish(nights, "ann/a", dates)
    nights.make = limited(GitLimits(size=150_000))
    facts = facts_of(nights.ask()["a"])
    assert (facts.head, facts.last_commit) == (nights.forges.git.head("ann/a"), dates[-1])
    assert (facts.commits, facts.commits_since) == (None, None)
    assert nights.night() == {"a": Unchanged()}


def test_what_is_too_large_in_every_way_is_known_by_its_head(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, *range(100, 0, -1)))
    nights.make = limited(GitLimits(size=1_000))
    facts = facts_of(nights.ask()["a"])
    assert (facts.head, facts.last_commit, facts.commits) == (nights.forges.git.head("ann/a"), None, None)


def test_an_object_that_unpacks_to_too_much_is_a_failure(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 1))
    when = int(nights.forges.clock.now.timestamp())
    text = "x" * 3_000_000
    commit = f"commit refs/heads/main\ncommitter A <a@example.org> {when} +0000\ndata {len(text)}\n{text}\n"
    command = ["git", f"--git-dir={nights.forges.git.folder / 'ann/a.git'}", "fast-import", "--quiet"]
    commit += "from refs/heads/main^0\n\n"
    subprocess.run(command, env={**os.environ, **ISOLATED}, input=commit, text=True, check=True)  # noqa: S603 - our own
    nights.make = limited(GitLimits(memory=2_000_000))
    [outcome] = nights.ask().values()
    assert isinstance(outcome, Failed)
    nights.make = Git
    facts_of(nights.ask()["a"])


# Gone and bad answers


def test_what_is_not_there_is_gone(nights: Nights) -> None:
    nights.add(f"https://{HOST}/ann/gone")
    reason = "https://git.example.org/ann/gone: is not there, or not for everybody"
    assert nights.ask() == {"gone": Gone(reason)}
    assert nights.requests == 2


@pytest.mark.parametrize("status", [401, 404, 410])
def test_what_is_not_shown_is_gone(nights: Nights, status: int) -> None:
    publish(nights, "ann/a", days_back(nights, 1))
    nights.ask()
    nights.forges.fail(faults.status(status))
    assert isinstance(nights.night()["a"], Gone)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.status(500), "answered 500"),
        (faults.status(403), "answered 403"),
        (faults.status(451), "answered 451"),
        (faults.status(301, headers={"location": "/x/info/refs"}), "answered 301"),
        (faults.malformed(), "git says: fatal: Could not read from remote repository."),
        (faults.cut_body(), "git says: fatal: unable to access"),
        (Fault("page", lambda _request, _proceed: as_text("<html>")), "names no commit, where one is known"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_bad_answer_is_a_failure_and_alters_nothing(nights: Nights, fault: Fault, reason: str) -> None:
    publish(nights, "ann/a", days_back(nights, 1))
    nights.ask()
    known = dict(nights.known)
    nights.forges.fail(fault)
    [outcome] = nights.night().values()
    assert isinstance(outcome, Failed)
    assert reason in outcome.reason
    assert outcome.for_good is any(status in reason for status in ("403", "451"))
    assert nights.known == known


@pytest.mark.parametrize("broken", [{1}, {2}, {1, 2, 3}])
def test_a_clone_that_breaks_fails_and_is_made_another_night(nights: Nights, broken: set[int]) -> None:
    """The first and second POST are of the clone, the third is of a smaller one; the look at the head is none."""
    publish(nights, "ann/a", days_back(nights, 40, 2))
    nights.ask()
    nights.forges.git.push("ann/a", days_back(nights, 1, 0))
    before = nights.known["a"]
    for number in broken:
        nights.forges.fail(faults.status(500), kind="pack", nth=number)
    [outcome] = nights.night().values()
    assert isinstance(outcome, Failed)
    assert nights.known["a"] == before
    nights.forges.heal()
    assert sum((facts_of(nights.night()["a"]).commits or {}).values()) == 4


def test_a_redirect_is_not_followed(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 1))
    nights.forges.fail(faults.redirect(f"{nights.forges.elsewhere.base}/ann/a/info/refs"), site="git")
    [outcome] = nights.ask().values()
    assert outcome == Failed("https://git.example.org/ann/a: answered 302")
    assert nights.forges.count("elsewhere") == 0


def test_silence_has_an_end(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 1))
    nights.make = limited(GitLimits(look=0.3))
    nights.forges.fail(faults.hang())
    assert nights.ask() == {"a": Failed("https://git.example.org/ann/a: took too long")}


def test_silence_in_a_clone_has_an_end(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 1))
    nights.make = limited(GitLimits(clone=0.3))
    nights.forges.fail(faults.hang(), kind="pack", path="ann/a", nth=2)
    [outcome] = nights.ask().values()
    assert isinstance(outcome, Failed)
    assert outcome.reason.endswith("ann/a: took too long")
    assert nights.requests == 2


def test_too_often_leaves_the_rest_of_that_host_for_another_night(nights: Nights) -> None:
    for name in ("ann/a", "ann/b"):
        publish(nights, name, days_back(nights, 1))
    nights.forges.fail(faults.status(429))
    assert set(nights.ask().values()) == {Waiting("https://git.example.org/ann/a: answered 429")}
    assert nights.requests == 1


def test_what_the_budget_does_not_allow_waits(nights: Nights) -> None:
    for name in ("ann/a", "ann/b", "ann/c"):
        publish(nights, name, days_back(nights, 1))
    for requests, fetched in ((1, 0), (2, 1), (3, 1)):
        nights.budget = Budget(requests=requests)
        nights.known.clear()
        outcomes = list(nights.ask().values())
        assert [type(outcome) for outcome in outcomes] == [Fetched] * fetched + [Waiting] * (3 - fetched)
        assert nights.requests == requests


def test_the_budget_may_end_between_two_clones(nights: Nights) -> None:
    publish(nights, "ann/a", days_back(nights, 900))
    nights.budget = Budget(requests=2)
    assert nights.ask() == {"a": Waiting("the requests for this run are spent")}


# What git is started with: a stand-in writes it down


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a script in git's place, after it has written down its words and its environment; give their folder."""

    def put(script: str) -> Path:
        git = tmp_path / "git"
        git.write_text(f'#!/bin/sh\nenv > "{tmp_path}/env"\nprintf "%s\\n" "$@" > "{tmp_path}/words"\n{script}\n')
        git.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return tmp_path

    return put


def client(base: str = f"https://{HOST}", limits: GitLimits | None = None) -> Client:
    return Client({HOST: base}, Setup(site({}), date(2026, 1, 1)), limits or GitLimits())


def test_git_gets_no_secret_and_no_setting_of_the_operator(
    stand_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in _PASSED - {"PATH"}:
        monkeypatch.delenv(name, raising=False)
    for name in ("GITHUB_TOKEN", "GIT_ASKPASS", "GIT_SSL_NO_VERIFY", "GIT_CONFIG_COUNT", "GIT_DIR", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("https_proxy", "http://proxy.example.org")
    folder = stand_in(f"printf '{'a' * 40}\\tHEAD\\n'")
    head = client().head(NAME)
    assert head == (f"https://{HOST}/ann/a", "a" * 40, None)
    lines = (line.partition("=") for line in (folder / "env").read_text().splitlines())
    environment = {name: value for name, _, value in lines if name not in {"PWD", "OLDPWD", "SHLVL", "_"}}
    home = environment.pop("HOME")
    assert environment == {
        "PATH": os.environ["PATH"],
        "https_proxy": "http://proxy.example.org",
        "GIT_ALLOC_LIMIT": str(256 * 1024 * 1024),
        "GIT_CEILING_DIRECTORIES": str(Path(home).parent),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    assert not Path(home).exists()


def test_git_is_told_what_it_may_do(stand_in: Callable[[str], Path]) -> None:
    folder = stand_in("exit 0")
    assert client().head(NAME) == (f"https://{HOST}/ann/a", None, None)
    words = (folder / "words").read_text().splitlines()
    settings = {value for option, value in pairwise(words) if option == "-c"}
    assert settings >= {
        "protocol.allow=never",
        "protocol.https.allow=always",
        "http.followRedirects=false",
        "core.askPass=",
        "credential.helper=",
    }
    assert "protocol.http.allow=always" not in settings
    assert words[-5:] == ["ls-remote", "--symref", "--", f"https://{HOST}/ann/a", "HEAD"]


def test_all_that_git_started_is_ended_with_it(stand_in: Callable[[str], Path], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    # The child holds the pipe open as long as it lives.
    stand_in(f'(exec 9>"{pipe}"; echo >&9; sleep 600) & wait')
    assert client(limits=GitLimits(look=1)).head(NAME) == Failed(f"https://{HOST}/ann/a: took too long")
    assert os.read(reading, 1) == b"\n", "the child did not start"
    waiting = select.poll()
    waiting.register(reading, select.POLLHUP)
    assert waiting.poll(10_000), "the child outlived its git"
    os.close(reading)


def test_what_git_writes_has_an_end(stand_in: Callable[[str], Path]) -> None:
    stand_in("head -c 300000 /dev/zero; exec sleep 600")
    one = client(limits=GitLimits(size=200_000))
    assert one.head(NAME) == Failed(f"https://{HOST}/ann/a: is too large", for_good=True)


def test_an_interrupt_leaves_no_git_behind(
    stand_in: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    stand_in(f'exec 9>"{pipe}"; exec sleep 600')

    def interrupt(_: Path) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("builder.upstreams.git_client._size", interrupt)
    with pytest.raises(KeyboardInterrupt):
        client().head(NAME)
    waiting = select.poll()
    waiting.register(reading, select.POLLHUP)
    assert waiting.poll(10_000), "git outlived us"
    os.close(reading)


def test_without_git_nothing_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    reason = f"https://{HOST}/ann/a: git says: git cannot be started: No such file or directory"
    assert client().head(NAME) == Failed(reason)


@pytest.mark.parametrize("seconds", ["99999999999999999999", "soon", ""])
def test_a_time_that_no_calendar_has_is_not_known(stand_in: Callable[[str], Path], seconds: str) -> None:
    stand_in(f'case "$*" in *log*) echo "{"b" * 40} {seconds}"; echo "{"c" * 40} 1767225600";; esac')
    history = client().history(f"https://{HOST}/ann/a", "b" * 40, date(2025, 12, 1))
    assert history == ("b" * 40, None, (date(2025, 12, 1), {date(2026, 1, 1): 1}))


def test_a_clone_without_a_commit_is_a_failure(stand_in: Callable[[str], Path]) -> None:
    stand_in("exit 0")
    history = client().history(f"https://{HOST}/ann/a", "b" * 40, date(2025, 12, 1))
    assert history == Failed(f"https://{HOST}/ann/a: git says: has no commit")


def test_nothing_else_starts_processes() -> None:
    root = Path(__file__).parents[1] / "builder"
    starting = {
        str(file.relative_to(root)) for file in root.rglob("*.py") if "import subprocess" in file.read_text("utf-8")
    }
    assert "upstreams/git_client.py" in starting
    assert not {name for name in starting if name.startswith("upstreams/")} - {"upstreams/git_client.py"}
