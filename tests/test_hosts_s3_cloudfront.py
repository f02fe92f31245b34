"""S3 and CloudFront: the function, in Node with nothing but the language; the template; objects in a model of S3."""

import json
import mimetypes
import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest
from cloudfront import BUCKET, CloudFront, Function, running
from folders import grid, package, write_data
from hosted import WAYS_OUT, leads_on
from loopback import Request

from builder import build
from builder.hosts import CONFIGURATION, host_named
from builder.hosts.media_types import UNKNOWN
from builder.hosts.s3_cloudfront import FUNCTION, TEMPLATE, TYPES
from builder.hosts.s3_cloudfront.function import LARGEST, function
from builder.hosts.s3_cloudfront.template import template
from builder.urls import Urls
from builder.write.place import MARKER

BASE = "https://packages.example.org/below"

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not here; on Debian: apt install nodejs")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("s3")
    packages = {f"p-{n}": package(n) for n in range(1, 46)}
    data = write_data(folder / "data", packages=packages, grids={"g": grid(1, "p-1")})
    build.build(data, folder / "site", base_url=BASE, host=host_named("s3-cloudfront"))
    return folder / "site"


@pytest.fixture(scope="module")
def run(site: Path) -> Iterator[Function]:
    with Function(site / FUNCTION) as made:
        yield made


def passed_on(run: Function, target: str) -> str:
    """Give the key that a request of this path and query is passed on with."""
    path, _, query = f"/below{target}".partition("?")
    made = run(Request("GET", path, query))
    assert "uri" in made, made
    return str(made["uri"])


def answered(run: Function, target: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    path, _, query = target.partition("?")
    made = run(Request(method, path, query))
    assert "statusCode" in made, made
    headers = {name: told["value"] for name, told in made["headers"].items()}
    return made["statusCode"], headers, made.get("body", {}).get("data", "")


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("/", "/index.html"),
        ("/packages/p/p-1/", "/packages/p/p-1/index.html"),
        ("/assets/site.css", "/assets/site.css"),
        ("/api/v4/", "/api/v4/index.json"),
        ("/api/v4/packages/1/?format=json&limit=20", "/api/v4/packages/1/index.json"),
        ("/api/v4/packages/1.json", "/api/v4/packages/1.json"),
        ("/api/v4/packages/", "/api/v4/packages/index.json"),
        ("/api/v4/packages/?limit=20&offset=40", "/api/v4/packages/offset/40/index.json"),
        ("/api/v4/packages/?offset=40&limit=20", "/api/v4/packages/offset/40/index.json"),
        ("/api/v4/grids/?q=x&offset=120", "/api/v4/grids/offset/120/index.json"),
        ("/api/v4/packages/?limit=0&offset=-3", "/api/v4/packages/index.json"),
        ("/api/v4/packages/?limit=&offset=", "/api/v4/packages/index.json"),
        ("/api/v4/packages.json?limit=20&offset=20", "/api/v4/packages/offset/20.json"),
        ("/api/v3/packages/?limit=20&offset=20", "/api/v3/packages/offset/20/index.json"),
        ("/api/v3/packages/?limit=0", "/api/v3/packages/limit/0/index.json"),
        ("/api/v3/packages/?category=apps", "/api/v3/categories/apps/packages/index.json"),
        ("/api/v3/packages/?category=apps&limit=20&offset=20", "/api/v3/categories/apps/packages/offset/20/index.json"),
        ("/api/v3/packages/?category=", "/api/v3/packages/index.json"),
        ("/api/v3/grids/g/packages/?offset=20", "/api/v3/grids/g/packages/offset/20/index.json"),
        ("/api/v3/grids/?category=apps", "/api/v3/grids/index.json"),
        ("/.well-known/api-catalog.json", "/.well-known/api-catalog.json"),
        ("/a%2F..%2Fb/", "/a%2F..%2Fb/index.html"),
    ],
)
def test_routes_and_queries_become_keys(run: Function, target: str, key: str) -> None:
    assert passed_on(run, target) == key


@pytest.mark.parametrize(
    "target",
    [
        "/api/v4/packages/?limit=7",
        "/api/v4/packages/?offset=3",
        "/api/v4/packages/?offset=30&limit=20",
        "/api/v4/packages/?limit=20&limit=20",
        "/api/v4/packages/?format=xml",
        "/api/v4/packages.json?format=api",
        "/api/v4/packages/1/?format=JSON",
        "/api/v4/?format=json&format=xml",
        "/api/v4/packages/?offset=20&offset=40",
        "/api/v4/packages/?limi%74=7",
        "/api/v4/packages.json?limit=7",
        "/api/v3/packages/?limit=100",
        "/api/v3/packages/?category=a&category=b",
        "/api/v3/packages/?category=a%2Fb",
        "/api/v3/packages/?offset=-1",
    ],
)
def test_what_is_no_page_of_twenty_is_refused_in_json(run: Function, target: str) -> None:
    status, headers, body = answered(run, f"/below{target}")
    assert (status, headers["content-type"], headers["access-control-allow-origin"]) == (501, "application/json", "*")
    words = json.loads(body)
    assert "pages of 20" in words["message" if "/v3/" in target else "detail"]


def test_a_search_is_refused_and_told_where_the_index_is(run: Function) -> None:
    for target in ("/below/api/v4/search/?q=x", "/below/api/v4/search.json"):
        status, _, body = answered(run, target)
        assert status == 501
        assert f"{BASE}/api/data/v1/search/index.json" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("/below", "/below/"),
        ("/below?a=b", "/below/?a=b"),
        ("/below/api/v4/packages/1", "/below/api/v4/packages/1/"),
        ("/below/packages?a=1&b&a=2", "/below/packages/?a=1&a=2&b"),
        ("/below/api/v3/packages/p-1?format=json", "/below/api/v3/packages/p-1/?format=json"),
    ],
)
def test_a_missing_slash_is_mended_with_the_query(run: Function, target: str, place: str) -> None:
    status, headers, body = answered(run, target)
    assert (status, headers["location"], body) == (301, place, "")
    assert headers.get("access-control-allow-origin") == ("*" if "/api/" in target else None)


@pytest.mark.parametrize("path", WAYS_OUT)
def test_no_redirect_leads_to_another_host(run: Function, tmp_path: Path, path: str) -> None:
    (tmp_path / "function.js").write_text(function("", Urls("https://e.org"), v3=True))
    with Function(tmp_path / "function.js") as at_the_root:
        for made in (run(Request("GET", f"/below{path}")), at_the_root(Request("GET", path))):
            assert leads_on(made.get("headers", {}).get("location", {}).get("value", "/x/"))


@pytest.mark.parametrize("path", ["/below//e.org/x", "/below/a b", "/below/%0d%0ax"])
def test_no_redirect_repeats_what_could_lead_elsewhere(run: Function, path: str) -> None:
    assert "uri" in run(Request("GET", path))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writing_is_refused(run: Function, method: str) -> None:
    status, headers, body = answered(run, "/below/api/v4/packages/1/", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert json.loads(body) == {"detail": f'Method "{method}" not allowed.'}
    status, headers, body = answered(run, "/below/api/v3/packages/x/", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert body == f'{{"error": 405, "message": "Method \\"{method}\\" not allowed."}}'


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_what_the_original_has_put_out_of_use_is_gone(run: Function, method: str) -> None:
    for target in ("/below/api/v1/", "/below/api/v2/packages/?format=json"):
        status, headers, body = answered(run, target, method)
        assert (status, headers["access-control-allow-origin"]) == (410, "*")
        assert body == '{"detail":"API v1 is gone. API v4 is at /api/v4/."}'


def test_options_tells_what_the_original_does(run: Function) -> None:
    status, headers, body = answered(run, "/below/api/v4/packages/1/", "OPTIONS")
    assert (status, headers["access-control-allow-methods"]) == (200, "GET, HEAD, OPTIONS")
    assert json.loads(body)["name"] == "Package Instance"
    assert answered(run, "/below/api/v3/packages/", "OPTIONS")[0] == 204
    status, headers, body = answered(run, "/below/packages/", "OPTIONS")
    assert (status, headers["allow"], body) == (204, "GET, HEAD", "")


@pytest.mark.parametrize("path", ["/", "/belowx/", "/api/v4/", "/elsewhere"])
def test_nothing_beside_the_path_of_the_site_is_answered(run: Function, path: str) -> None:
    assert answered(run, path)[0] == 404


def test_a_site_at_the_root_and_without_v3(tmp_path: Path) -> None:
    (tmp_path / "function.js").write_text(function("", Urls("https://e.org"), v3=False))
    with Function(tmp_path / "function.js") as run:
        assert run(Request("GET", "/"))["uri"] == "/index.html"
        assert run(Request("GET", "/api/v4/packages/", "offset=20"))["uri"] == "/api/v4/packages/offset/20/index.json"
        assert run(Request("GET", "/api/v3/packages/", "offset=3"))["uri"] == "/api/v3/packages/index.json"
        assert "detail" in answered(run, "/api/v3/packages/", "POST")[2]


def test_the_function_is_what_its_runtime_takes(site: Path) -> None:
    code = (site / FUNCTION).read_text()
    assert len(code.encode()) <= LARGEST
    assert not re.search(
        r"\b(require|import|class|eval|new Function|setTimeout|process|fetch)\b", re.sub(r"'[^']*'", "", code)
    )
    assert code.count("function handler(event)") == 1


# The template


def references(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Yield every name that a template refers to."""
    if isinstance(value, dict):
        if "Ref" in value:
            yield value["Ref"]
        if "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
        for text in [value["Fn::Sub"]] if "Fn::Sub" in value else []:
            yield from (name.partition(".")[0] for name in re.findall(r"\$\{([^}]+)\}", text) if "::" not in name)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from references(inner)


def test_the_template_is_whole(site: Path) -> None:
    found = json.loads((site / TEMPLATE).read_bytes())
    assert found == template("/below", (site / FUNCTION).read_text())
    resources = found["Resources"]
    assert set(references(found)) <= resources.keys()
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    [api] = config["CacheBehaviors"]
    assert api["PathPattern"] == "/below/api/*"
    for behaviour, policy in ((api, "ApiHeaders"), (config["DefaultCacheBehavior"], "PageHeaders")):
        assert behaviour["ResponseHeadersPolicyId"] == {"Ref": policy}
        assert [event["EventType"] for event in behaviour["FunctionAssociations"]] == ["viewer-request"]
        assert "POST" in behaviour["AllowedMethods"], "else CloudFront says 403 before the function is asked"
    [statement] = resources["Readers"]["Properties"]["PolicyDocument"]["Statement"]
    assert "s3:ListBucket" in statement["Action"], "else S3 says 403 of what is not there"


# The objects


@pytest.fixture(scope="module")
def deployed(site: Path) -> Iterator[CloudFront]:
    with running(site) as made:
        yield made


def test_every_object_has_its_type_and_nothing_of_the_host_is_there(deployed: CloudFront, site: Path) -> None:
    pages = deployed.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    keys = {item["Key"] for page in pages for item in page["Contents"]}
    files = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    assert keys == {name for name in files if not name.startswith(CONFIGURATION)} - {MARKER}
    for key, media_type in (
        ("api/v4/packages/1/index.json", "application/json"),
        ("index.html", "text/html; charset=utf-8"),
        ("assets/site.css", "text/css; charset=utf-8"),
    ):
        assert deployed.s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == media_type


def test_the_usual_tools_guess_the_same_types(site: Path) -> None:
    """`aws s3 sync` types by such a table as the standard library's; the README says what it does not know."""
    types = json.loads((site / TYPES).read_bytes())
    names = {file.name for file in site.rglob("*") if file.is_file() and CONFIGURATION not in file.as_posix()}
    guessed = {name: mimetypes.MimeTypes().guess_type(name)[0] for name in names if PurePath(name).suffix}
    named = {name: types["by_ending"].get(PurePath(name).suffix, UNKNOWN).partition(";")[0] for name in guessed}
    odd = {PurePath(name).suffix for name in guessed if guessed[name] != named[name]}
    assert odd <= {
        ".db",
        ".js",
        ".ndjson",
        ".xml",  # text/xml is another name
        ".gz",  # what is inside is guessed
        ".br",
    }


def test_what_is_not_there_is_the_sites_own_page(deployed: CloudFront, site: Path) -> None:
    answer = deployed(Request("GET", "/below/packages/p/no-such/"))
    assert (answer.status, answer.body) == (404, (site / "404.html").read_bytes())
    assert deployed(Request("TRACE", "/below/")).status == 403
