"""The conformance checks as a whole: what they expect, how they wait, how they tell, and that they ask little."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from folders import package, write_data
from ideal import Ideal, compact
from loopback import Answer, Loopback, Request, serving
from made import many

from builder import build, urls
from builder.choices import Query
from builder.cli import main
from builder.errors import VerificationError
from builder.hosts import HOSTS, host_named
from builder.outputs import HTML, JSON
from builder.upstreams.transport.plain import Plain
from builder.verify import CHECKS, MOST_REQUESTS, Cannot, Failed, Passed, generation_of, name_of, promises, run, verify
from builder.verify.checks import purpose_of
from builder.verify.live import Live
from builder.verify.report import Report

GENERATION = "1" * 64
OTHER = "2" * 64


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    made = Plain("verify (+https://example.org/contact)")
    yield made
    made.close()


@pytest.fixture(scope="module")
def ideal() -> Iterator[tuple[Loopback, Ideal]]:
    """Give a server of the model, below a path."""
    with serving() as server:
        yield server, Ideal(many(45, base_url=f"{server.url}/below"))


@pytest.fixture
def server(ideal: tuple[Loopback, Ideal]) -> Loopback:
    found, app = ideal
    found.app = app
    found.asked.clear()
    return found


@pytest.fixture
def address(server: Loopback) -> str:
    return f"{server.url}/below"


def outcome(report: Report, name: str) -> object:
    return next(result.outcome for result in report.results if result.name == name)


def test_a_host_that_can_do_everything_passes_all_checks(address: str, plain: Plain) -> None:
    report = verify(address + "/", plain, generation=GENERATION)
    assert [str(result) for result in report.results if not isinstance(result.outcome, Passed)] == [
        "cannot  compression-br          No Brotli is offered here, which gzip makes up for."
    ]
    report.hold()


IGNORED = "This host ignores queries; its lists are whole, or paged by path."
MAPPED = "This host maps queries onto pages of 20 alone."
ALIKE = "This host gives everybody the same at one address."


@pytest.mark.parametrize(
    ("query", "cannot"),
    [
        (Query.IGNORED, {"default-pages": IGNORED, "any-page": IGNORED, "odd-pages": IGNORED, "browsable": ALIKE}),
        (Query.MAPPED, {"any-page": MAPPED, "odd-pages": MAPPED, "browsable": ALIKE}),
    ],
)
def test_a_host_that_can_do_less_is_held_to_what_it_promises(
    plain: Plain, query: Query, cannot: dict[str, str]
) -> None:
    with serving() as server:
        server.app = Ideal(many(45, base_url=server.url), query=query)
        report = verify(server.url, plain)
    assert not report.failed, report
    told = {
        result.name: str(result).partition("  ")[2].split("  ")[-1].strip()
        for result in report.results
        if result.word == "cannot"
    }
    del told["compression-br"]
    assert told == cannot


def test_what_was_not_built_is_not_asked_for(plain: Plain) -> None:
    with serving() as server:
        app = Ideal(many(3, base_url=server.url), query=Query.IGNORED)
        told = json.loads(app.bodies[urls.DATA_GENERATION])
        app.bodies[urls.DATA_GENERATION] = compact(told | {"v3": False, "suffixes": False})
        server.app = app
        report = verify(server.url, plain)
        asked = {request.path for request in server.asked}
    assert not report.failed
    assert {result.name for result in report.results if "not built" in str(result)} == {
        *("suffix", "suffix-list", "suffix-types"),
        *(name_of(check) for check in CHECKS if name_of(check).startswith("v3-")),
    }
    assert not [path for path in asked if path.startswith("/api/v3/") or re.fullmatch("/api/v4/.*[.]json", path)]


def test_every_request_says_who_asks_and_none_writes(server: Loopback, address: str, plain: Plain) -> None:
    report = verify(address, plain)
    assert {request.headers["user-agent"] for request in server.asked} == {"verify (+https://example.org/contact)"}
    assert {request.method for request in server.asked} == {"GET", "HEAD", "OPTIONS", "POST"}
    assert not [request for request in server.asked if "content-length" in request.headers and request.method != "POST"]
    assert len(server.asked) == report.requests + 1, "and one to learn what is promised"


@pytest.mark.parametrize("count", [0, 1, 20, 21, 1000])
def test_any_size_takes_few_requests(plain: Plain, count: int) -> None:
    with serving() as server:
        server.app = Ideal(many(count, base_url=server.url))
        report = verify(server.url, plain)
    assert not report.failed, report
    assert report.requests <= MOST_REQUESTS * 0.9


def test_the_end_of_a_long_list_is_looked_at(plain: Plain) -> None:
    with serving() as server:
        app = Ideal(many(300, base_url=server.url))

        def endless(request: Request) -> Answer:
            answer = app(request)
            if request.path != urls.API_PACKAGES or "offset=280" not in request.query:
                return answer
            return replace(answer, body=compact(json.loads(answer.body) | {"next": f"{server.url}/api/v4/packages/"}))

        server.app = endless
        failed = outcome(verify(server.url, plain), "walk-packages")
    assert isinstance(failed, Failed)
    assert failed.expected == "no next on the last page"


def test_no_more_than_the_limit_is_ever_asked(address: str, plain: Plain) -> None:
    live = Live(address, plain, promises.of(host_named("generic")), sent=MOST_REQUESTS)
    failed = run(CHECKS[0], live).outcome
    assert isinstance(failed, Failed)
    assert failed.seen == "none: 130 requests were sent, and no more are"


def test_the_time_is_limited(address: str, plain: Plain) -> None:
    times = iter([0.0, *(1e9 for _ in range(1000))])
    report = verify(address, plain, clock=lambda: next(times))
    seen = {result.outcome.seen for result in report.results if isinstance(result.outcome, Failed)}
    assert seen == {"none: the time for all checks is over"}
    assert report.requests == 0


def test_nobody_at_home_is_told_for_every_check(plain: Plain) -> None:
    with serving() as server:
        url = server.url
    with pytest.raises(VerificationError, match=r"Name it with --host, or deploy"):
        verify(url, plain)
    report = verify(url, plain, host=HOSTS[0])
    assert isinstance(report.results[0].outcome, Failed)
    assert "ConnectError" in report.results[0].outcome.seen


@pytest.mark.parametrize("told", [b"", b"[]", b"{}", b'{"query":"some"}', b"<p>"])
def test_what_does_not_tell_what_it_promises_needs_a_name(
    address: str, server: Loopback, plain: Plain, told: bytes
) -> None:
    app = server.app

    def other(request: Request) -> Answer:
        return replace(app(request), body=told) if request.path.endswith("generation.json") else app(request)

    server.app = other
    with pytest.raises(VerificationError, match=re.escape(urls.DATA_GENERATION)):
        verify(address, plain)
    report = verify(address, plain, host=host_named("generic"))
    assert (report.host, report.generation) == ("generic", None)
    assert isinstance(outcome(report, "generation"), Failed)
    assert isinstance(outcome(report, "walk-packages"), Passed)


def test_a_query_that_is_not_known_is_no_promise(server: Loopback) -> None:
    app = server.app
    told = json.loads(app(Request("GET", f"/below{urls.DATA_GENERATION}")).body)
    assert promises.told(compact(told)) is not None
    assert promises.told(compact(told | {"query": "guessed"})) is None
    assert promises.told(compact(told | {"schema_version": "x"})) is None


def test_a_known_inability_is_none_of_ours(address: str, server: Loopback, plain: Plain) -> None:
    app = server.app

    def as_generic(request: Request) -> Answer:
        answer = app(request)
        if request.path.endswith("generation.json"):
            return replace(answer, body=compact(json.loads(answer.body) | {"host": "generic"}))
        return answer.having(access_control_allow_origin=None)

    server.app = as_generic
    report = verify(address, plain)
    assert outcome(report, "cors") == Cannot(host_named("generic").cannot["cors"])
    assert isinstance(outcome(report, "etag"), Passed)


def test_every_inability_names_a_check_and_a_reason() -> None:
    names = {name_of(check) for check in CHECKS}
    for host in HOSTS:
        assert host.cannot.keys() <= names, host.name
        assert all(host.cannot.values())


def test_every_check_has_a_purpose_of_its_own() -> None:
    purposes = [purpose_of(check) for check in CHECKS]
    assert all(purpose.endswith(".") for purpose in purposes)
    assert len(set(purposes)) == len(CHECKS)
    assert len({name_of(check) for check in CHECKS}) == len(CHECKS)


def test_a_site_for_another_address_is_followed_and_told_of(plain: Plain) -> None:
    with serving() as server:
        app = Ideal(many(45, base_url="https://packages.example.org/below"))

        def moved(request: Request) -> Answer:
            path = request.path if request.path.startswith("/below/") else "/below" + request.path
            return app(replace(request, path=path))

        server.app = moved
        report = verify(server.url, plain)
    failed = {result.name for result in report.failed}
    assert failed == {"base-url"}, report
    assert "Build with --base-url" in str(outcome(report, "base-url"))


def arriving(server: Loopback, after: int) -> None:
    """Let another generation be served until it has been asked for so often."""
    app, asked = server.app, iter(range(1000))

    def late(request: Request) -> Answer:
        answer = app(request)
        if not request.path.endswith("generation.json") or next(asked) >= after:
            return answer
        return replace(answer, body=compact(json.loads(answer.body) | {"generation": OTHER}))

    server.app = late


def test_a_deploy_is_waited_for(server: Loopback, address: str, plain: Plain) -> None:
    arriving(server, 3)
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    report = verify(address, plain, generation=GENERATION, wait=300, pause=pause, clock=lambda: now[0])
    assert isinstance(outcome(report, "generation"), Passed)
    assert now == [15.0]


def test_and_given_up_on(server: Loopback, address: str, plain: Plain) -> None:
    arriving(server, 1000)
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    report = verify(address, plain, generation=GENERATION, wait=12, pause=pause, clock=lambda: now[0])
    assert now == [12.0]
    failed = outcome(report, "generation")
    assert isinstance(failed, Failed)
    assert (failed.expected, failed.seen) == (f"generation {GENERATION}", OTHER)
    assert isinstance(outcome(report, "etag"), Passed), "the others are looked at all the same"


def test_nothing_is_waited_for_where_nothing_is_expected(address: str, plain: Plain) -> None:
    verify(address, plain, wait=1000, pause=lambda _: pytest.fail("waited"))


# The command


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments])


def test_the_command_prints_a_table_and_ends_well(server: Loopback, address: str) -> None:
    done = command(address, "--expect-generation", GENERATION)
    assert done.exit_code == 0, done.stderr
    head, *rows, foot = done.stdout.splitlines()
    assert head == f"{address}/ (ideal, generation {GENERATION})"
    assert [row.split()[1] for row in rows] == [name_of(check) for check in CHECKS]
    assert re.fullmatch(r"\d+ pass, 0 FAIL, 1 cannot; \d+ requests\.", foot)
    assert {request.headers["user-agent"].split()[1] for request in server.asked} == {f"(+{address})"}
    assert command("--contact", "me@example.org", address).exit_code == 0
    assert server.asked[-1].headers["user-agent"].endswith("(+me@example.org)")


def test_a_failure_has_exit_code_1_and_json_tells_it(server: Loopback, address: str) -> None:
    app = server.app
    server.app = lambda request: app(request).having(cache_control=None)
    done = command(address, "--json")
    assert done.exit_code == 1
    assert done.stderr == f"Error: {address}/: 1 of {len(CHECKS)} checks failed.\n"
    told = json.loads(done.stdout)
    assert (told["failed"], told["host"], told["generation"]) == (1, "ideal", GENERATION)
    by_name = {check["name"]: check for check in told["checks"]}
    assert by_name["cache-control"] == {
        "name": "cache-control",
        "purpose": "Caches are told how long an answer is good: Cache-Control with a max-age.",
        "result": "fail",
        "request": f"GET {address}/api/v4/packages/{item_id(app)}/",
        "expected": "cache-control with a max-age",
        "seen": "no cache-control",
        "remedy": "",
    }
    assert by_name["compression-br"]["reason"]
    assert by_name["etag"]["result"] == "pass"


def item_id(app: object) -> int:
    assert callable(app)
    found = json.loads(app(Request("GET", "/below/api/v4/packages/")).body)["results"][0]["id"]
    assert isinstance(found, int)
    return found


def test_quiet_prints_failures_alone(server: Loopback, address: str) -> None:
    quiet = CliRunner().invoke(main, ["--quiet", "verify", address])
    assert (quiet.exit_code, quiet.output) == (0, "")
    app = server.app
    server.app = lambda request: app(request).having(cache_control=None)
    assert "FAIL    cache-control" in CliRunner().invoke(main, ["--quiet", "verify", address]).stdout


def test_the_content_of_a_built_site_can_be_expected(address: str, tmp_path: Path) -> None:
    build.build(write_data(tmp_path / "data", packages={"a": package(1)}), tmp_path / "site")
    done = command(address, "--site", str(tmp_path / "site"))
    assert done.exit_code == 1
    assert f"expected generation {generation_of(tmp_path / 'site')}; saw {GENERATION}" in done.stdout


@pytest.mark.parametrize("body", [None, b"{}"])
def test_a_folder_without_a_generation_is_no_site(tmp_path: Path, body: bytes | None) -> None:
    if body is not None:
        (tmp_path / "api/data/v1").mkdir(parents=True)
        (tmp_path / "api/data/v1/generation.json").write_bytes(body)
    done = command("https://e.org", "--site", str(tmp_path))
    assert done.exit_code == 1
    assert "does not tell which content this is" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["packages.example.org"], "is not a web address"),
        (["https://e.org", "--site", ".", "--expect-generation", GENERATION], "give one of them"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    done = command(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr


STRANGE = [
    (HTML, b"<!doctype html>"),
    (JSON, b"{}"),
    (JSON, b"[]"),
    (JSON, b"[7]"),
    (
        JSON,
        b'{"count":1,"next":7,"previous":null,"results":[{"id":1,"slug":"a","grids":7,"category":[],"packages":[8]}]}',
    ),
    (JSON, b'{"meta":{"limit":1,"next":1,"offset":0,"previous":0,"total_count":"x"},"objects":7}'),
]


@pytest.mark.parametrize("pattern", ["^", "/api/v4/$", "/api/v4/packages/", "/api/v3/", r"\.json", r"\?", "/search/"])
@pytest.mark.parametrize(("media_type", "body"), STRANGE)
def test_whatever_a_host_answers_ends_with_a_table(  # noqa: PLR0913, PLR0917 - two tables and three fixtures
    server: Loopback, address: str, plain: Plain, pattern: str, media_type: str, body: bytes
) -> None:
    app = server.app

    def strange(request: Request) -> Answer:
        path = request.path + (f"?{request.query}" if request.query else "")
        is_told = not re.search(pattern, path.removeprefix("/below")) or path.endswith("generation.json")
        return app(request) if is_told else Answer(200, {"Content-Type": media_type}, body)

    server.app = strange
    assert verify(address, plain).failed
