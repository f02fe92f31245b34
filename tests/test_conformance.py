"""One suite for every host target: what it answers, by its own program or by a model of its rules.

A kind of host passes every check, but for those that the tables here name; a row that is not needed any more fails too.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import conformance
import pytest
import static_hosts
from conformance import Running
from folders import grid, package, write_data
from hosted import ask
from reading_clients import CLIENTS, Client, EndlessError, Reader, RefusedError

from builder.choices import Query
from builder.hosts import HOSTS, host_named
from builder.hosts.media_types import UNKNOWN
from builder.outputs import LINKSET
from builder.upstreams.transport import Answer
from builder.upstreams.transport.plain import Plain
from builder.urls import API_CATALOG
from builder.verify import CHECKS, Cannot, Report, name_of, of_live, verify

PACKAGES, GRIDS = 45, 23

IGNORED = {"default-pages", "any-page", "odd-pages"}
MAPPED = {"any-page", "odd-pages"}
NEGOTIATES = {"format-follows"}
"""What a host that maps queries cannot, where it gives browsers pages: its links do not repeat a format."""
GITHUB = {
    *("cors-preflight", "nosniff", "options", "post-refused", "post-refused-in-words", "v3-post-refused", "gone"),
    *("slashless-relative", "slashless-query", "not-found-json", "not-found-words", "v3-not-found", "hidden"),
}
UNTOLD = {
    *(
        "api-types",
        "types-fit",
        "feed-folders",
        "cors",
        "cors-not-modified",
        "cors-not-found",
        "cors-redirect",
        "cors-preflight",
        "nosniff",
    ),
    *("cache-control", "etag", "compression", "options", "post-refused", "post-refused-in-words"),
    *("v3-post-refused", "gone", "hidden"),
    *("slashless-relative", "slashless-query", "not-found-json", "not-found-words", "not-found-page", "v3-not-found"),
}
CANNOT: Mapping[str, set[str]] = {
    "github-pages": IGNORED | GITHUB | {"browsable", "compression-br"},
    "generic": IGNORED | UNTOLD | {"browsable", "compression-br"},
    "nginx": MAPPED | NEGOTIATES | {"compression-br"},
    "caddy": MAPPED | NEGOTIATES,
    "apache": MAPPED | NEGOTIATES,
    "cloudflare": {"cors-preflight", "options", "post-refused", "post-refused-in-words", "browsable"},
    "netlify": set(),
    "node": set(),
    "s3-cloudfront": MAPPED | {"browsable", "compression-br", "not-found-json", "not-found-words", "v3-not-found"},
}
"""By host, the checks that it cannot pass, each for a reason that it names.

Netlify has a stand-in here, our server in Node over its files: that lists come compressed there is seen of the server,
and of Netlify itself only promised.
"""

REFUSED, ENDLESS = "refused", "endless"
ENDS: Mapping[str, Mapping[Query, int | str]] = {
    "assistant": {Query.IGNORED: REFUSED, Query.MAPPED: REFUSED, Query.ANSWERED: 1},
    "daily_job": dict.fromkeys(Query, GRIDS),
    "helper_script": {Query.IGNORED: GRIDS, Query.MAPPED: REFUSED, Query.ANSWERED: GRIDS},
    "wheel_scanner": {Query.IGNORED: PACKAGES, Query.MAPPED: REFUSED, Query.ANSWERED: PACKAGES},
    "enumerator": {Query.IGNORED: ENDLESS, Query.MAPPED: PACKAGES, Query.ANSWERED: PACKAGES},
    "data_miner": dict.fromkeys(Query, PACKAGES),
    "counter": dict.fromkeys(Query, PACKAGES),
}
"""How each client ends. One that counts on until a page is empty cannot be helped where queries are ignored."""


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    made = Plain("conformance")
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Give a folder that servers which give up the rights of root may enter; pytest closes its own to others."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture(scope="module")
def project(folder: Path) -> Path:
    """Give the small project's data."""
    shutil.copytree(Path(__file__).parent / "project/data", folder / "project")
    return folder / "project"


@pytest.fixture(scope="module")
def many(folder: Path) -> Path:
    """Give data whose lists have three pages of packages and two of grids."""
    packages = {f"package-{n}": package(n, title=f"Package {n:03}") for n in range(1, PACKAGES + 1)}
    grids = {f"grid-{n}": grid(n, *(f"package-{m}" for m in range(n, n + 5))) for n in range(1, GRIDS + 1)}
    return write_data(folder / "many", packages=packages, grids=grids)


@pytest.fixture(scope="module", params=[host.name for host in HOSTS])
def served(request: pytest.FixtureRequest, many: Path, folder: Path) -> Iterator[Running]:
    """Give a running host of the larger catalogue, below a path where it can have one."""
    prefix = "" if request.param in conformance.AT_THE_ROOT else "/below"
    with conformance.running(request.param, many, folder / f"site-{request.param}", prefix) as running:
        yield running


def cannot(report: Report) -> set[str]:
    return {result.name for result in report.results if isinstance(result.outcome, Cannot)}


def test_a_host_passes_all_checks_but_those_that_it_cannot(served: Running, plain: Plain) -> None:
    report = verify(served.url, plain)
    assert not report.failed, report
    assert cannot(report) == CANNOT[served.host], report


@pytest.mark.parametrize("name", [host.name for host in HOSTS])
def test_the_small_project_does_so_too(name: str, project: Path, folder: Path, plain: Plain) -> None:
    with conformance.running(name, project, folder / f"small-{name}") as running:
        report = verify(running.url, plain)
    assert not report.failed, report
    assert cannot(report) == CANNOT[name], report


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_every_known_client_comes_to_its_end(served: Running, plain: Plain, client: Client) -> None:
    try:
        end: int | str = client(Reader(plain, served.url))
    except RefusedError:
        end = REFUSED
    except EndlessError:
        end = ENDLESS
    assert end == ENDS[client.__name__][host_named(served.host).choices.query]


def test_no_client_gets_a_304_for_other_bytes_of_the_same_length(
    served: Running, many: Path, plain: Plain, tmp_path: Path
) -> None:
    url = f"{served.url}/api/v4/packages/1/"
    data = tmp_path / "data"
    shutil.copytree(many, data)
    before = plain.ask("GET", url, {})
    assert isinstance(before, Answer)
    for title in ("Package 00X", "Package 00Y"):
        write_data(data, packages={"package-1": package(1, title=title)})
        served.rebuild(data)
        after = plain.ask("GET", url, {"If-None-Match": before.headers.get("etag", '"none"')})
        assert isinstance(after, Answer)
        assert (after.status, len(after.body)) == (200, len(before.body))
        assert title.encode() in after.body
        before = after
    served.rebuild(many)


def test_the_tables_name_every_host_and_every_client() -> None:
    assert CANNOT.keys() == {host.name for host in HOSTS}
    assert ENDS.keys() == {client.__name__ for client in CLIENTS}
    assert set().union(*CANNOT.values()) <= {name_of(check) for check in CHECKS}


def test_no_host_names_more_than_it_cannot() -> None:
    for host in HOSTS:
        assert host.cannot.keys() <= CANNOT[host.name], host.name


def test_where_no_json_is_an_index_another_layout_is_named(project: Path, folder: Path, plain: Plain) -> None:
    model = static_hosts.OneIndex
    with conformance.running("github-pages", project, folder / "one-index", "/below", model=model) as running:
        report = verify(running.url, plain)
    [found] = [str(result.outcome) for result in report.failed if result.name == "slash"]
    assert "build with --host generic" in found


def test_hosts_that_look_for_the_nearest_404_answer_json_below_the_api(
    project: Path, folder: Path, plain: Plain
) -> None:
    """The generic layout has `api/404.html`, which holds JSON: such hosts type it as a page, and say what is true."""
    with conformance.running("generic", project, folder / "nearest", "/below", model=static_hosts.Nearest) as running:
        answer = plain.ask("GET", f"{running.url}/api/v4/packages/no-such-package/", {})
        page = plain.ask("GET", f"{running.url}/packages/p/no-such-package/", {})
    assert isinstance(answer, Answer)
    assert isinstance(page, Answer)
    assert (answer.status, answer.body) == (404, b'{"detail":"Not found."}')
    assert (page.status, page.body) == (404, (folder / "nearest/404.html").read_bytes())


def test_every_file_is_served_as_it_was_built(served: Running, plain: Plain) -> None:
    found = of_live(served.url, plain, None)
    assert found.wrong == []
    assert found.looked_at > 50


def test_the_catalogue_of_apis_has_its_type_where_the_host_can_be_told(served: Running) -> None:
    seen = ask(served.url, urlsplit(served.url).path + API_CATALOG)
    told = UNKNOWN if served.host in {"github-pages", "generic"} else LINKSET
    assert (seen.status, seen.media_type) == (200, told)
