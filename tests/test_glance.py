"""What each kind of forge, as it is played, tells of one repository at a glance."""

import time
from datetime import date

import pytest
from forge_nights import site
from forges import faults
from forges.exchange import as_json
from forges.faults import Fault
from forges.github import PERSONAL
from forges.server import Forges

from builder.config import Forge
from builder.derive import RepositoryName
from builder.upstreams.base import Failed, Gone, Refused, Setup, Skipped, Waiting
from builder.upstreams.glance import Glance, glance
from builder.upstreams.limits import Budget

HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "forgejo": "codeberg.org", "bitbucket": "bitbucket.org"}
ARCHIVES = {"github", "gitlab", "forgejo"}  # Bitbucket has no such thing
HOMEPAGES = {"github", "forgejo", "bitbucket"}  # GitLab has none


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def setup(forges: Forges, **tokens: str) -> Setup:
    known = {host: Forge(kind=kind, api=getattr(forges, kind).base) for kind, host in HOSTS.items()}
    known["git.example.org"] = Forge(kind="git")
    return Setup(site(known), date(2026, 1, 1), {host.replace("_", "."): token for host, token in tokens.items()})


def look(forges: Forges, path: str, host: str = "github.com", **tokens: str) -> object:
    return glance(setup(forges, **tokens), RepositoryName(host, path))


@pytest.mark.parametrize("kind", HOSTS)
def test_every_forge_tells_what_a_repository_is(forges: Forges, kind: str) -> None:
    world = getattr(forges, kind).world
    world.make(
        "Ann/Thing", description=" A\u202e thing ", homepage="https://thing.example.org/", archived_at=world.clock.now
    )
    homepage = "https://thing.example.org/" if kind in HOMEPAGES else None
    found = look(forges, "ann/thing", HOSTS[kind])
    assert found == Glance(RepositoryName(HOSTS[kind], "Ann/Thing"), "A thing", homepage, archived=kind in ARCHIVES)
    assert forges.count() == 1


@pytest.mark.parametrize("kind", HOSTS)
def test_what_is_not_there_is_gone(forges: Forges, kind: str) -> None:
    found = look(forges, "ann/thing", HOSTS[kind])
    assert found == Gone(f"https://{HOSTS[kind]}/ann/thing: is not there, or not any more")


def test_a_renamed_repository_is_called_by_its_present_name(forges: Forges) -> None:
    world = forges.github.world
    world.rename(world.make("ann/thing"), "other")
    found = look(forges, "ann/thing")
    assert isinstance(found, Glance)
    assert found.name == RepositoryName("github.com", "ann/other")


@pytest.mark.parametrize("kind", ["bitbucket", "forgejo"])
def test_what_is_not_public_is_gone(forges: Forges, kind: str) -> None:
    told = {"full_name": "ann/thing", "is_private" if kind == "bitbucket" else "private": True}
    forges.fail(Fault("private", lambda *_: as_json(told)))
    assert look(forges, "ann/thing", HOSTS[kind]) == Gone(f"{HOSTS[kind]}/ann/thing: is not public")


def test_a_project_of_gitlab_may_lie_in_groups(forges: Forges) -> None:
    forges.gitlab.world.make("group/inner/thing")
    assert isinstance(look(forges, "group/inner/thing", "gitlab.com"), Glance)


def test_a_token_goes_to_its_host(forges: Forges) -> None:
    forges.github.world.make("ann/thing")
    assert isinstance(look(forges, "ann/thing", github_com=PERSONAL), Glance)
    assert [logged.authorized for logged in forges.log] == [True]
    assert look(forges, "ann/thing", github_com="wrong") == Refused(
        "https://github.com/ann/thing: answered 401: Bad credentials"
    )


def test_nobody_waits_where_a_limit_is_reached(forges: Forges) -> None:
    forges.fail(faults.status(429, retry_after=3600))
    found = look(forges, "ann/thing")
    assert isinstance(found, Waiting)
    assert forges.count() == 1


def test_a_broken_forge_is_a_failure(forges: Forges) -> None:
    forges.fail(faults.status(502))
    found = look(forges, "ann/thing")
    assert isinstance(found, Failed)
    assert found.reason.startswith("https://github.com/ann/thing: ")
    assert look(forges, "ann/thing", "codeberg.org") != found


def test_a_name_that_no_repository_has_is_not_believed(forges: Forges) -> None:
    for path in ("", "../..", "a/b/c", "a/b?c"):
        forges.fail(Fault("named", lambda *_, path=path: as_json({"full_name": path})), times=1)
        assert look(forges, "ann/thing") == Failed("github.com: calls the repository by a name that none has")


@pytest.mark.parametrize(
    ("host", "path", "reason"),
    [
        ("git.example.org", "thing", "git.example.org speaks git alone, which tells nothing of a repository"),
        (
            "elsewhere.example.org",
            "ann/thing",
            "the host elsewhere.example.org is not among the forges that may be asked (forges in data/site.yaml)",
        ),
        ("github.com", "ann", "'https://github.com/ann' is not the address of a repository on github.com"),
        ("codeberg.org", "ann/a b", "'https://codeberg.org/ann/a b' holds signs that no repository's address has"),
    ],
)
def test_who_cannot_be_asked_is_not(forges: Forges, host: str, path: str, reason: str) -> None:
    assert look(forges, path, host) == Skipped(reason)
    assert forges.count() == 0


def test_a_server_of_github_s_own_kind_has_its_api_below_a_path() -> None:
    spent = Setup(site({"git.example.com": Forge(kind="github")}), date(2026, 1, 1), budget=Budget(0))
    assert glance(spent, RepositoryName("git.example.com", "ann/thing")) == Waiting(
        "the requests for this run are spent"
    )
