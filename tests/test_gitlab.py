import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from forge_nights import Nights, facts_of, per_day, record, site
from forges import faults
from forges.exchange import Answer, Request
from forges.faults import Fault, Proceed
from forges.gitlab import ANONYMOUS_LIMIT
from forges.server import Forges
from forges.world import Repository

from builder.config import Forge
from builder.metadata import RepositoryFacts, Snapshot
from builder.upstreams import gitlab
from builder.upstreams.base import Failed, Fetched, Gone, Refused, Setup, Skipped, Unchanged, Waiting
from builder.upstreams.gitlab import GitLab
from builder.upstreams.limits import Budget


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def nights(forges: Forges) -> Nights:
    return Nights(GitLab, forges, {"gitlab.com": Forge(kind="gitlab", api=forges.gitlab.base)})


IMPORTED = Snapshot(repository=RepositoryFacts(name="group/p-000", weeks=(1, 2)))


def grow(nights: Nights, count: int) -> list[Repository]:
    """Make projects and have a package for each."""
    projects = [nights.forges.gitlab.world.make(f"group/p-{number:03}", commits=4) for number in range(count)]
    nights.add(*(f"https://gitlab.com/{project.full_name}" for project in projects))
    return projects


def editing(name: str, change: Any) -> Fault:  # noqa: ANN401 - a function of any JSON
    """Change the content of a good answer."""

    def apply(_request: Request, proceed: Proceed) -> Answer:
        answer = proceed()
        content = json.loads(answer.body)
        change(content)
        return Answer(answer.status, {"content-type": "application/json"}, json.dumps(content).encode())

    return Fault(name, apply)


# Which packages


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("https://gitlab.com/group/sub/thing", "gitlab.com/group/sub/thing"),
        ("git@gitlab.com:group/Thing.git", "gitlab.com/group/Thing"),
        ("https://www.gitlab.com/group/thing/-/tree/main/docs", "gitlab.com/group/thing"),
        ("https://git.example.org/a/b", "git.example.org/a/b"),
        ("https://github.com/a/b", Skipped("")),
        ("https://other.example.org/a/b", Skipped("")),
        ("", Skipped("")),
        (
            "https://gitlab.com/group",
            Skipped("'https://gitlab.com/group' is not the address of a repository on gitlab.com"),
        ),
        (
            "https://gitlab.com/../x/y",
            Skipped("'https://gitlab.com/../x/y' holds signs that no repository's address has"),
        ),
        (
            "https://gitlab.com/a/b;c",
            Skipped("'https://gitlab.com/a/b;c' holds signs that no repository's address has"),
        ),
    ],
)
def test_knows_a_package_by_host_and_full_path(repository: str, name: str | Skipped) -> None:
    upstream = GitLab(Setup(site({"Git.Example.org": Forge(kind="gitlab")}), datetime.now(UTC).date()))
    assert upstream.project(record(repository)) == name
    upstream.close()


def test_a_host_may_be_of_another_kind_for_the_site() -> None:
    upstream = GitLab(Setup(site({"gitlab.com": Forge(kind="git")}), datetime.now(UTC).date()))
    assert upstream.project(record("https://gitlab.com/a/b")) == Skipped("")
    upstream.close()


# Good answers


def test_reads_a_project(nights: Nights) -> None:
    project = nights.forges.gitlab.world.make(
        "group/sub/Thing", commits=400, stars=7, forks=2, topics=("django", "api"), description="A  thing\u202e"
    )
    nights.add("https://gitlab.com/group/sub/thing")
    head = project.history.head
    assert head is not None
    commits = per_day((c.committed for c in project.history.between()), nights.window)
    assert facts_of(nights.ask()["thing"]) == RepositoryFacts(
        id=f"gitlab.com:{project.database_id}",
        owner="gitlab.com:1",
        name="group/sub/Thing",
        description="A thing",
        stars=7,
        forks=2,
        topics=("api", "django"),
        branch="main",
        head=head.oid,
        last_commit=head.committed,
        commits_since=nights.window,
        commits=commits,
    )
    assert 360 < sum(commits.values()) < 400
    assert nights.forges.counts() == {"gitlab commits": 4, "gitlab graphql": 1}
    assert nights.requests == 5
    assert {each.agent.rpartition(" ")[2] for each in nights.forges.log} == {"(+us@example.org)"}


def test_nothing_of_a_person_is_asked_for_or_kept(nights: Nights) -> None:
    grow(nights, 1)
    facts = facts_of(nights.ask()["p-000"])
    assert facts.participants is None
    assert "@" not in facts.model_dump_json()
    assert nights.forges.count("gitlab", "contributors") == 0


def test_a_night_without_news_is_a_query_for_fifty(nights: Nights) -> None:
    grow(nights, 120)
    assert {type(outcome) for outcome in nights.ask().values()} == {Fetched}
    known = dict(nights.known)
    assert set(nights.night().values()) == {Unchanged()}
    assert nights.forges.counts() == {"gitlab graphql": 3}
    assert nights.requests == 3
    assert nights.known == known


def test_only_where_the_head_moved_commits_are_counted(nights: Nights) -> None:
    projects = grow(nights, 60)
    nights.ask()
    nights.forges.gitlab.world.push(projects[3], 2)
    nights.forges.gitlab.world.star(projects[40])
    before = nights.facts("p-040")
    outcomes = nights.night()
    assert nights.forges.counts() == {"gitlab commits": 1, "gitlab graphql": 2}
    assert {slug for slug, outcome in outcomes.items() if outcome != Unchanged()} == {"p-003", "p-040"}
    assert facts_of(outcomes["p-040"]) == before.model_copy(update={"stars": 1})
    facts = facts_of(outcomes["p-003"])
    assert facts.commits == per_day((c.committed for c in projects[3].history.between()), nights.window)
    assert facts.commits_since == nights.window
    head = projects[3].history.head
    assert head is not None
    assert (facts.head, facts.last_commit) == (head.oid, head.committed)


def test_a_count_goes_back_some_weeks_for_what_was_merged_late(nights: Nights) -> None:
    [project] = grow(nights, 1)
    nights.ask()
    late = nights.forges.clock.now - timedelta(days=20)
    nights.forges.gitlab.world.push(project, [late, nights.forges.clock.now])
    commits = facts_of(nights.night()["p-000"]).commits
    assert commits is not None
    assert commits[late.date()] == 1
    [asked] = [each.target for each in nights.forges.log if each.kind == "commits"]
    assert f"since={late.date() - timedelta(days=9)}T00:00:00Z&per_page=100&page=1" in asked


def test_a_full_answer_counts_all_again(nights: Nights) -> None:
    grow(nights, 2)
    nights.ask()
    known = dict(nights.known)
    assert {type(outcome) for outcome in nights.ask(again=True).values()} == {Fetched}
    assert nights.forges.count("gitlab", "commits") == 4
    assert nights.known == known


def test_another_default_branch_is_counted_anew(nights: Nights) -> None:
    [project] = grow(nights, 1)
    nights.ask()
    project.branch = "stable"
    assert facts_of(nights.night()["p-000"]).branch == "stable"
    assert nights.forges.counts() == {"gitlab graphql": 1}
    project.branch = "next"
    nights.forges.gitlab.world.push(project)
    assert facts_of(nights.night()["p-000"]).commits_since == nights.window


def test_archived_and_not_any_more(nights: Nights) -> None:
    [project] = grow(nights, 1)
    nights.forges.gitlab.world.archive(project)
    assert facts_of(nights.ask()["p-000"]).archived
    nights.forges.gitlab.world.unarchive(project)
    assert not facts_of(nights.night()["p-000"]).archived


def test_an_empty_project(nights: Nights) -> None:
    project = nights.forges.gitlab.world.make("ann/empty", commits=0)
    nights.add("https://gitlab.com/ann/empty")
    facts = facts_of(nights.ask()["empty"])
    assert (facts.empty, facts.head, facts.commits, facts.commits_since) == (True, None, {}, nights.window)
    assert nights.night() == {"empty": Unchanged()}
    nights.forges.gitlab.world.push(project)
    facts = facts_of(nights.night()["empty"])
    assert (facts.empty, sum((facts.commits or {}).values())) == (False, 1)


def test_a_repository_that_is_not_for_all_is_not_known(nights: Nights) -> None:
    [project] = grow(nights, 1)
    nights.known["p-000"] = IMPORTED
    nights.forges.fail(faults.changed_field("repository", None), kind="graphql")
    facts = facts_of(nights.ask()["p-000"])
    assert (facts.id, facts.head, facts.commits) == (f"gitlab.com:{project.database_id}", None, None)
    assert facts.weeks == (1, 2)
    assert nights.night() == {"p-000": Unchanged()}


def test_the_weeks_of_an_import_stand_until_commits_are_known(nights: Nights) -> None:
    grow(nights, 1)
    nights.known["p-000"] = IMPORTED
    facts = facts_of(nights.ask()["p-000"])
    assert facts.weeks is None
    assert facts.commits


def test_a_very_long_list_is_counted_as_far_as_it_is_read(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitlab, "_MOST_PAGES", 2)
    project = nights.forges.gitlab.world.make("ann/long", commits=2000)
    project.history.gap = 3600
    nights.add("https://gitlab.com/ann/long")
    facts = facts_of(nights.ask()["long"])
    oldest = project.history[2000 - 200].committed.date()
    assert facts.commits_since == oldest + timedelta(days=1)
    assert facts.commits == per_day((c.committed for c in project.history.between()), facts.commits_since)
    assert nights.forges.count("gitlab", "commits") == 2


# Moved and gone


def test_a_renamed_project_is_found_by_its_number(nights: Nights) -> None:
    [project] = grow(nights, 1)
    nights.ask()
    nights.forges.gitlab.world.transfer(project, "bob/club")
    facts = facts_of(nights.night()["p-000"])
    assert (facts.id, facts.name) == (f"gitlab.com:{project.database_id}", "bob/club/p-000")
    assert facts.owner != "gitlab.com:1"
    assert nights.forges.counts() == {"gitlab graphql": 2, "gitlab project": 1}


def test_a_project_of_an_old_name_is_found_as_long_as_that_leads_on(nights: Nights) -> None:
    [project] = grow(nights, 1)
    nights.forges.gitlab.world.rename(project, "new")
    assert facts_of(nights.ask()["p-000"]).name == "group/new"
    assert nights.night() == {"p-000": Unchanged()}
    assert nights.forges.counts() == {"gitlab graphql": 2, "gitlab project": 2}


def test_the_known_number_is_not_asked_where_the_record_has_another_path(nights: Nights) -> None:
    grow(nights, 1)
    nights.ask()
    nights.packages["p-000"] = "https://gitlab.com/group/other"
    assert isinstance(nights.night()["p-000"], Gone)
    [target] = [each.target for each in nights.forges.log if each.kind == "project"]
    assert target.endswith("/projects/group%2Fother")


def test_the_number_of_another_host_is_not_asked_for(nights: Nights) -> None:
    known = RepositoryFacts(id="codeberg.org:7", name="ann/gone")
    nights.add("https://gitlab.com/ann/gone", known=known)
    assert isinstance(nights.ask()["gone"], Gone)
    [target] = [each.target for each in nights.forges.log if each.kind == "project"]
    assert target.endswith("/projects/ann%2Fgone")


def test_deleted_and_private_projects_are_gone(nights: Nights) -> None:
    projects = grow(nights, 3)
    nights.ask()
    nights.forges.gitlab.world.delete(projects[0])
    nights.forges.gitlab.world.hide(projects[1])
    outcomes = nights.night()
    assert outcomes["p-002"] == Unchanged()
    reason = "gitlab.com/api/v4/projects/{}: is not there, or not any more"
    assert outcomes["p-000"] == Gone(reason.format(projects[0].database_id))
    assert outcomes["p-001"] == Gone(reason.format(projects[1].database_id))


def test_what_a_token_alone_may_see_is_not_told(nights: Nights) -> None:
    grow(nights, 1)
    nights.forges.fail(faults.changed_field("visibility", "internal"), kind="graphql")
    assert nights.ask() == {"p-000": Gone("is not public")}


def test_another_project_under_the_name_is_told_with_its_own_id(nights: Nights) -> None:
    [project] = grow(nights, 1)
    nights.ask()
    other = nights.forges.gitlab.world.recreate(project)
    facts = facts_of(nights.night()["p-000"])
    assert facts.id == f"gitlab.com:{other.database_id}"
    assert facts.commits_since == nights.window


def test_a_project_that_is_not_found_by_its_present_path_either(nights: Nights) -> None:
    grow(nights, 1)
    nights.forges.fail(editing("lost", lambda content: content["data"]["projects"]["nodes"].clear()), kind="graphql")
    assert nights.ask() == {"p-000": Failed("is 'group/p-000' now, but not found by that name")}


# Bad answers


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.status(500), "gitlab.com: answered 500"),
        (faults.malformed(), "gitlab.com/api/graphql: is not as expected"),
        (faults.truncated_gzip(), "gitlab.com: broke off before its end"),
        (faults.null_data(), "answered with an error: no data"),
        (faults.pathless_error("Timed out"), "answered with an error: Timed out"),
        (faults.status(404), "gitlab.com/api/graphql: is not there"),
        (faults.status(451, message="Blocked\u202e"), "gitlab.com/api/graphql: answered 451: Blocked"),
        (faults.status(403, message="SSO wanted"), "gitlab.com/api/graphql: answered 403: SSO wanted"),
        (faults.missing_field("starCount"), "project: is not as expected: starCount Field required"),
        (faults.changed_field("id", 5), "project: is not as expected: id Value error, is not a global id"),
        (faults.changed_field("tree", None), "names no commit, but is not empty"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_bad_answer_is_a_failure_and_alters_nothing(nights: Nights, fault: Fault, reason: str) -> None:
    grow(nights, 2)
    nights.ask()
    known = dict(nights.known)
    nights.forges.fail(fault, kind="graphql")
    for outcome in nights.night().values():
        assert isinstance(outcome, Failed)
        assert outcome.reason.startswith(reason)
        assert not outcome.for_good  # it was said of GraphQL, not of a project
    nights.forges.heal()
    assert nights.known == known
    assert set(nights.night().values()) == {Unchanged()}


def test_commits_that_cannot_be_had_fail_the_one_project(nights: Nights) -> None:
    projects = grow(nights, 2)
    nights.ask()
    nights.forges.gitlab.world.push(projects[0])
    nights.forges.fail(faults.changed_field("committed_date", "soon"), kind="commits")
    outcomes = nights.night()
    assert isinstance(outcomes["p-000"], Failed)
    assert outcomes["p-001"] == Unchanged()
    nights.forges.heal()
    assert sum((facts_of(nights.night()["p-000"]).commits or {}).values()) == 5


def test_an_error_about_one_project_fails_that_alone(nights: Nights) -> None:
    grow(nights, 3)

    def change(content: Any) -> None:  # noqa: ANN401 - any JSON
        content["errors"] = [{"message": "no tree", "path": ["projects", "nodes", 1, "repository", "tree"]}]

    nights.forges.fail(editing("one error", change), kind="graphql")
    outcomes = nights.ask()
    assert outcomes["p-001"] == Failed("answered with an error: no tree")
    assert {type(outcomes[slug]) for slug in ("p-000", "p-002")} == {Fetched}


def test_drift_in_one_project_fails_that_alone(nights: Nights) -> None:
    grow(nights, 3)

    def change(content: Any) -> None:  # noqa: ANN401 - any JSON
        content["data"]["projects"]["nodes"][0]["forksCount"] = "many"
        content["data"]["projects"]["nodes"].append(None)

    nights.forges.fail(editing("drift", change), kind="graphql")
    outcomes = nights.ask()
    assert isinstance(outcomes["p-002"], Failed)
    assert {type(outcomes[slug]) for slug in ("p-000", "p-001")} == {Fetched}


def test_asks_by_halves_where_all_at_once_is_too_much(nights: Nights) -> None:
    grow(nights, 8)

    def too_much(request: Request, proceed: Proceed) -> Answer:
        paths = json.loads(request.body)["variables"]["paths"]
        return Answer(504) if "group/p-005" in paths and len(paths) > 1 else proceed()

    nights.forges.fail(Fault("too much", too_much), kind="graphql")
    assert {type(outcome) for outcome in nights.ask().values()} == {Fetched}
    # Three times each for 8, 4 and 2, once for the other 4, 2 and 1 and for the one.
    assert nights.forges.count("gitlab", "graphql") == 3 * 3 + 4


def test_paths_are_sent_as_variables(nights: Nights) -> None:
    grow(nights, 1)
    sent: list[Any] = []

    def listen(request: Request, proceed: Proceed) -> Answer:
        sent.append(json.loads(request.body))
        return proceed()

    nights.forges.fail(Fault("listen", listen), kind="graphql")
    nights.ask()
    assert sent[0]["variables"] == {"paths": ["group/p-000"], "first": 50}
    assert "p-000" not in sent[0]["query"]


# Limits and tokens


def test_a_bad_token_stops_all_at_once(nights: Nights) -> None:
    grow(nights, 60)
    nights.tokens = {"gitlab.com": "wrong"}
    reason = "gitlab.com/api/graphql: answered 401: 401 Unauthorized"
    assert set(nights.ask().values()) == {Refused(reason)}
    assert nights.requests == 1


def test_a_token_goes_to_its_own_host_alone(nights: Nights) -> None:
    nights.hosts["git.example.org"] = Forge(kind="gitlab", api=nights.forges.elsewhere.base)
    nights.tokens = {"gitlab.com": "gitlab", "example.org": "other"}
    grow(nights, 1)
    nights.add("https://git.example.org/ann/a")
    outcomes = nights.ask()
    assert isinstance(outcomes["p-000"], Fetched)
    assert outcomes["a"] == Failed("answered with an error: no data")
    assert {each.authorized for each in nights.forges.log if each.site == "gitlab"} == {True}
    assert [each.authorized for each in nights.forges.log if each.site == "elsewhere"] == [False]


def test_too_often_leaves_the_rest_for_another_night(nights: Nights) -> None:
    grow(nights, 120)
    limit = nights.forges.gitlab.limits[False]
    assert limit.take(ANONYMOUS_LIMIT - 60)
    outcomes = nights.ask()
    # One query and the 50 projects' commits, another query and 8 of them.
    assert [type(outcome) for outcome in outcomes.values()].count(Fetched) == 58
    waiting = [outcome for outcome in outcomes.values() if isinstance(outcome, Waiting)]
    assert len(waiting) == 62
    assert "answered 429 and asks to wait 60 s" in waiting[0].reason
    assert nights.requests == 60 + 3
    nights.forges.clock.advance(60)
    assert {type(outcome) for outcome in nights.ask().values()} == {Fetched, Unchanged}


def test_what_the_budget_does_not_allow_waits(nights: Nights) -> None:
    grow(nights, 60)
    nights.budget = Budget(requests=3)
    outcomes = list(nights.ask().values())
    assert [type(outcome) for outcome in outcomes] == [Fetched, Fetched, *[Waiting] * 58]
    assert nights.requests == 3
    nights.budget = Budget(seconds=0)
    assert {type(outcome) for outcome in nights.ask().values()} == {Waiting}


def test_whoever_stops_listening_stops_the_requests(nights: Nights) -> None:
    grow(nights, 3)
    upstream = GitLab(nights.setup())
    questions = [*nights.questions(upstream, again=False)]
    next(upstream.ask(questions))
    assert nights.forges.counts() == {"gitlab commits": 1, "gitlab graphql": 1}
    upstream.close()
