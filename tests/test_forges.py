"""The server that plays the forges: its log, its counters, and everything that it can break."""

import gzip
import json
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from forges import faults
from forges.exchange import Answer, Request, Site
from forges.faults import Fault
from forges.server import Forges, serving
from forges.world import World

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Not used, for all is plain HTTP; without it httpx reads all certificates at each call."""

TOKEN = {"authorization": "Bearer personal"}
NAMES = (
    "query($o: String!) {" + " ".join(f'r{i}: repository(owner: $o, name: "{i}") {{ name id }}' for i in range(4)) + "}"
)


def ask(forges: Forges) -> httpx.Response:
    """Ask GitHub for four repositories, which are there."""
    for number in range(4):
        if forges.github.world.find(f"ann/{number}") is None:
            forges.github.world.make(f"ann/{number}")
    content = {"query": NAMES, "variables": {"o": "ann"}}
    return httpx.post(f"{forges.github.base}/graphql", json=content, headers=TOKEN, timeout=5, verify=TLS)


def get(address: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's options
    return httpx.get(address, verify=TLS, **options)


def test_each_forge_has_an_address_of_its_own_and_the_foreign_host_another_name(forges: Forges) -> None:
    sites = (forges.github, forges.gitlab, forges.forgejo, forges.bitbucket, forges.git, forges.elsewhere)
    assert len({site.base for site in sites}) == 6
    assert [httpx.URL(site.base).host for site in sites] == ["127.0.0.1"] * 5 + ["localhost"]
    assert get(f"{forges.elsewhere.base}/anything").json() == {"elsewhere": True}


def test_the_log_says_who_asked_what_and_what_it_cost(forges: Forges) -> None:
    ask(forges)
    get(f"{forges.gitlab.base}/api/v4/projects/7?x=1", headers={"user-agent": "builder (+mailto:me)"})
    first, second = forges.log
    assert (first.site, first.kind, first.method, first.target) == ("github", "graphql", "POST", "/graphql")
    assert (first.authorized, first.status, first.cost, first.fault) == (True, 200, 1, "")
    assert (second.target, second.authorized, second.status) == ("/api/v4/projects/7?x=1", False, 404)
    assert second.agent == "builder (+mailto:me)"
    assert "personal" not in repr(forges.log)


def test_requests_are_counted_by_site_and_kind(forges: Forges) -> None:
    ask(forges)
    ask(forges)
    get(f"{forges.github.base}/repos/ann/0/contributors", headers=TOKEN)
    get(f"{forges.forgejo.base}/api/v1/repos/a/b")
    assert forges.counts() == {"forgejo repository": 1, "github contributors": 1, "github graphql": 2}
    assert (forges.count(), forges.count("github"), forges.count(kind="repository")) == (4, 3, 1)
    assert (forges.points("github"), forges.points("github", "graphql")) == (3, 2)
    forges.forget()
    assert (forges.count(), forges.counts()) == (0, {})


def test_one_connection_carries_many_requests(forges: Forges) -> None:
    with httpx.Client(verify=TLS) as client:
        answers = [client.get(f"{forges.elsewhere.base}/{number}") for number in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert forges.peak == {"elsewhere": 1}


def test_requests_at_the_same_time_are_seen(forges: Forges) -> None:
    together = threading.Barrier(3)

    def wait(_request: Request, proceed: faults.Proceed) -> Answer:
        together.wait(timeout=10)
        return proceed()

    forges.fail(Fault("wait for the others", wait), site="elsewhere")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(get, [f"{forges.elsewhere.base}/{number}" for number in range(3)]))
    assert forges.peak["elsewhere"] == 3


def test_dates_are_those_of_the_forges_clock(forges: Forges) -> None:
    forges.clock.advance(days=1)
    assert get(f"{forges.elsewhere.base}/").headers["date"] == "Fri, 16 Jan 2026 03:17:00 GMT"


def test_answers_are_packed_for_those_who_take_it(forges: Forges) -> None:
    forges.github.world.make("ann/many", contributors=[(f"dev-{number}", 1) for number in range(90)])
    address = f"{forges.github.base}/repos/ann/many/contributors?per_page=100"
    packed, plain = get(address), get(address, headers={"accept-encoding": "identity"})
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert packed.json() == plain.json()


@pytest.mark.parametrize(
    ("fault", "status", "headers"),
    [
        (faults.status(403, retry_after=7), 403, {"retry-after": "7"}),
        (faults.status(429, retry_after=60, message="slow down"), 429, {"retry-after": "60"}),
        (faults.status(401), 401, {}),
        (faults.status(503, headers={"x-ratelimit-remaining": "0"}), 503, {"x-ratelimit-remaining": "0"}),
        (faults.status(202), 202, {}),
        (faults.redirect("http://localhost/elsewhere", 307), 307, {"location": "http://localhost/elsewhere"}),
    ],
)
def test_a_status_instead_of_an_answer_costs_nothing(
    forges: Forges,
    fault: Fault,
    status: int,
    headers: dict[str, str],
) -> None:
    forges.fail(fault)
    response = ask(forges)
    assert response.status_code == status
    assert headers.items() <= dict(response.headers).items()
    assert (forges.log[0].status, forges.log[0].cost, forges.log[0].fault) == (status, 0, fault.name)


def test_a_server_that_says_nothing(forges: Forges) -> None:
    forges.fail(faults.hang())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, forges)
        assert forges.holding.wait(timeout=10)
        assert not waiting.done()
        forges.release()
        with pytest.raises(httpx.RemoteProtocolError):
            waiting.result(timeout=10)
    assert forges.log[0].status == 0


def test_stopping_lets_go_of_a_held_request(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        with serving(tmp_path) as forges:
            forges.fail(faults.hang())
            waiting = pool.submit(get, f"{forges.elsewhere.base}/")
            assert forges.holding.wait(timeout=10)
        with pytest.raises(httpx.RemoteProtocolError):
            waiting.result(timeout=10)


def test_stopping_closes_connections_that_clients_keep(tmp_path: Path) -> None:
    with httpx.Client(verify=TLS) as client:
        with serving(tmp_path) as forges:
            address = forges.elsewhere.base
            assert client.get(address).status_code == 200
        with pytest.raises(httpx.TransportError):
            client.get(address)


def test_a_body_that_breaks_off(forges: Forges) -> None:
    forges.fail(faults.cut_body())
    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|without sending complete"):
        ask(forges)


def test_a_truncated_gzip_body_passes_the_client_silently(forges: Forges) -> None:
    forges.fail(faults.truncated_gzip())
    response = ask(forges)
    assert (response.status_code, response.headers["content-encoding"]) == (200, "gzip")
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_half_of_the_json(forges: Forges) -> None:
    whole = ask(forges).content
    forges.fail(faults.malformed())
    assert ask(forges).content == whole[: len(whole) // 2]


def test_huge_answers_plain_and_packed(forges: Forges) -> None:
    forges.fail(faults.huge(3_000_000), nth=1)
    forges.fail(faults.huge(3_000_000, packed=True), nth=2)
    assert len(ask(forges).json()["data"]) == 3_000_000
    bomb = ask(forges)
    assert int(bomb.headers["content-length"]) < 10_000
    assert len(bomb.content) > 3_000_000


def test_broken_answers_of_graphql(forges: Forges) -> None:
    whole = ask(forges).json()["data"]
    forges.fail(faults.null_data(), nth=1)
    forges.fail(faults.pathless_error("odd"), nth=2)
    forges.fail(faults.partial("FORBIDDEN", every=3), nth=3)
    assert ask(forges).json() == {"data": None}
    assert ask(forges).json() == {"data": whole, "errors": [{"message": "odd"}]}
    partial = ask(forges).json()
    assert partial["data"] == whole | {"r2": None}
    assert [(each["type"], each["path"]) for each in partial["errors"]] == [("FORBIDDEN", ["r2"])]


def test_a_schema_that_drifts(forges: Forges) -> None:
    forges.fail(faults.missing_field("name"), nth=1)
    forges.fail(faults.changed_field("id", 5), nth=2)
    assert {tuple(each) for each in ask(forges).json()["data"].values()} == {("id",)}
    assert {each["id"] for each in ask(forges).json()["data"].values()} == {5}
    forges.github.world.make("ann/list", contributors=[("x", 1)])
    forges.fail(faults.missing_field("login"), kind="contributors")
    told = get(f"{forges.github.base}/repos/ann/list/contributors", headers=TOKEN).json()
    assert "login" not in told[0]
    assert told[0]["contributions"] == 1


def test_a_fault_is_for_the_requests_it_is_meant_for(forges: Forges) -> None:
    forges.github.world.make("ann/a")
    switch = forges.fail(faults.status(500), site="github", kind="contributors", path="/ann/", nth=2)
    address = f"{forges.github.base}/repos/ann/a"
    paths = ["", "/contributors", "/contributors?page=2", "/contributors?page=3"]
    assert [get(address + path, headers=TOKEN).status_code for path in paths] == [200, 200, 500, 200]
    assert ask(forges).status_code == 200
    assert (switch.seen, switch.hits) == (3, 1)


def test_a_fault_so_many_times_and_until_healed(forges: Forges) -> None:
    forges.fail(faults.status(500), times=2)
    assert [get(forges.elsewhere.base).status_code for _ in range(3)] == [500, 500, 200]
    forges.fail(faults.status(503))
    assert get(forges.elsewhere.base).status_code == 503
    forges.heal()
    assert get(forges.elsewhere.base).status_code == 200


def test_a_share_of_requests_breaks_the_same_ones_each_time(forges: Forges) -> None:
    def broken() -> list[int]:
        forges.heal()
        forges.fail(faults.status(500), rate=0.3, seed=4)
        return [get(forges.elsewhere.base).status_code for _ in range(40)]

    first = broken()
    assert first == broken()
    assert 4 <= first.count(500) <= 20


class Index(Site):
    """A site of a test's own."""

    name = "index"

    def answer(self, request: Request) -> Answer:
        return Answer(200, {}, request.path.encode() * request.number("times", 1, 3))


def test_another_site_is_served_logged_and_broken_like_the_others(forges: Forges) -> None:
    index = Index()
    address = forges.mount(index)
    assert address == index.base
    assert get(f"{address}/simple/?times=9").text == "/simple/" * 3
    forges.fail(faults.status(500), site="index")
    assert get(f"{address}/simple/").status_code == 500
    assert forges.counts() == {"index unknown": 2}


def test_a_site_without_routes_has_nothing(forges: Forges) -> None:
    address = forges.mount(Site())
    assert get(f"{address}/x").status_code == 404
    assert forges.counts() == {"site unknown": 1}


def test_a_bug_in_a_site_fails_the_test(forges: Forges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "find", lambda _world, _name: 1 / 0)
    assert ask_broken(forges) == 500
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        forges.check()
    forges.crashes.clear()


def ask_broken(forges: Forges) -> int:
    content = {"query": NAMES, "variables": {"o": "ann"}}
    return httpx.post(f"{forges.github.base}/graphql", json=content, headers=TOKEN, verify=TLS).status_code


def test_two_servers_give_the_same_answers(tmp_path: Path) -> None:
    def told() -> tuple[bytes, dict[str, str]]:
        with serving(tmp_path) as forges:
            forges.github.world.grow(30, seed=3)
            response = ask(forges)
            return response.content, dict(response.headers)

    assert told() == told()


def test_a_packed_answer_has_the_same_bytes_each_time() -> None:
    fault = faults.huge(100, packed=True)
    bodies = {fault.apply(Request("GET", "/"), Answer).body for _ in range(2)}
    assert [gzip.decompress(body)[:9] for body in bodies] == [b'{"data":"']
