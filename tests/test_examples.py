"""The page "Use the data": each of its examples is run as a reader would, and what it prints is held to the data."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import conformance
import duckdb
import pytest
from document import Element, read
from edge_programs import found
from folders import grid, package, tree, write_data
from hosted import open_folder
from loopback import Answer, serving
from rendered import CATALOGUES, links, section

from builder import making, urls
from builder.choices import Choices, Query
from builder.hosts import HOSTS, host_named

if TYPE_CHECKING:
    from browser import Sites

# Stars, licence and versions of packages; the newest is uploaded last. One has no stars, one no snapshot.
FETCHED: Mapping[str, tuple[int | None, str | None, int]] = {
    "django-mails": (7, "MIT", 3),
    "django-messages": (554, "BSD-3-Clause", 12),
    "archived": (9000, "MIT", 1),
    "django-postman": (7, "MIT", 2),
    "quoted": (30, None, 0),
    "few": (1, "Apache-2.0", 1),
    "starless": (None, "MIT", 1),
}
TITLES = {"quoted": 'The "quoted" é', "few": "Few & <small>"}
# Names that differ in case alone, as those of real projects do: DuckDB takes such columns for one.
LINKS = {
    "few": {"Documentation": "https://example.org/a", "documentation": "https://example.org/b"},
    "quoted": {"source": "https://example.org/c", "Source": "https://example.org/d", "SOURCE": "https://example.org/e"},
}
FEATURES = {"all": {"title": "Fast", "cells": {"few": "yes"}}, "some": {"title": "fast", "cells": {"few": "no"}}}
HOSTS_OF_EXAMPLES = ("nginx", "github-pages")
PATIENCE = 60.0  # seconds; an example that takes so long has failed


def snapshot(slug: str, stars: int | None, licence: str | None, count: int) -> dict[str, Any]:
    uploads = [f"20{10 + i}-0{1 + i % 9}-02T03:04:05.{len(slug):06}Z" for i in range(count)]
    releases = [{"version": f"{i}.0", "uploaded": uploaded} for i, uploaded in enumerate(uploads)]
    texts = {"name": slug, "license_expression": licence, "summary": f"What {slug} is"}
    pypi = texts | {"releases": releases, "project_urls": LINKS.get(slug, {})}
    repository = {"name": f"o/{slug}", "stars": stars, "archived": slug == "archived"}
    return {"last_fetched": "2026-02-01T03:00:00Z", "pypi": pypi, "repository": repository}


def catalogue(folder: Path) -> Path:
    titles = {slug: TITLES.get(slug, slug) for slug in (*FETCHED, "unknown")}
    packages = {slug: package(n, title=title, pypi=slug) for n, (slug, title) in enumerate(titles.items(), start=1)}
    return write_data(
        folder,
        packages=packages,
        grids={
            slug: grid(number, *packages, features=[FEATURES[slug]]) for number, slug in enumerate(FEATURES, start=1)
        },
        snapshots={slug: snapshot(slug, *facts) for slug, facts in FETCHED.items()},
    )


@dataclasses.dataclass(frozen=True)
class Example:
    """A piece of code on the page, and what runs it."""

    language: str
    code: str


def examples(page: Element) -> dict[str, Example]:
    """Give the examples by the section and the heading under which they stand; all code that is shown is one."""
    found = {}
    for part in page.one("main").all("section"):
        for each in part.all("div", class_="example"):
            code = each.one("pre").one("code")
            language = code.attributes["class"].removeprefix("language-")
            name = f"{part.attributes['aria-labelledby']}: {each.one('h3').text}"
            assert name not in found
            found[name] = Example(language, "".join(code.texts()))
    assert len(found) == len(page.one("main").all("pre"))
    return found


class Reader:
    """Somebody who copies the examples into a folder of his own and runs them; what one needs is run before it."""

    def __init__(self, served: conformance.Running, site: Path, folder: Path) -> None:
        self.served = served
        self.site = site
        self.folder = folder
        self.examples = examples(read((site / "use-the-data/index.html").read_bytes()))
        self.printed: dict[str, str] = {}

    def file(self, route: str) -> Any:  # noqa: ANN401 - any JSON
        """Give what the site has, as it was built."""
        return json.loads((self.site / route.lstrip("/")).read_bytes())

    def run(self, name: str) -> str:
        """Give what an example prints, which is run once."""
        if name not in self.printed:
            if needed := NEEDED.get(name):
                self.run(needed)
            example = self.examples[name]
            self.printed[name] = RUNNERS[example.language](example.code, self.folder)
        return self.printed[name]


def by_bash(code: str, folder: Path) -> str:
    for program in re.findall(r"\b(curl|jq|gunzip|sha256sum)\b", code):
        found(program)
    return run(["bash", "-e", "-o", "pipefail", "-c", code], folder)


def by_python(code: str, folder: Path) -> str:
    return run([sys.executable, "-W", "error::DeprecationWarning", "-c", code], folder)


def by_node(code: str, folder: Path) -> str:
    (folder / "example.mjs").write_text(code, encoding="utf-8")
    return run([found("node"), "example.mjs"], folder)


RUNNERS: Mapping[str, Callable[[str, Path], str]] = {"bash": by_bash, "python": by_python, "javascript": by_node}
"""What runs an example, by its language: one in another language fails."""


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(  # noqa: S603 - the page's own examples
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """Give an environment in which the tests' own Python is the reader's, and in which nobody is asked for packages."""
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    proxies = {name for name in os.environ if name.lower().endswith("_proxy")}
    kept = {name: value for name, value in os.environ.items() if name not in proxies}
    return kept | {"PATH": path, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(scope="module", params=HOSTS_OF_EXAMPLES)
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    with open_folder() as folder:
        data = catalogue(folder / "data")
        (folder / "mine").mkdir()
        with conformance.running(request.param, data, folder / "site", only_api=True) as served:
            yield Reader(served, folder / "site", folder / "mine")


# What each example is to print or to leave behind.

BEST = "django-messages"  # that has the most stars of those that nothing speaks against
MOST = "archived"  # that has the most of all, and stands for all on the page
COLUMNS = {
    **dict.fromkeys(("slug", "title", "description", "category", "licence"), "VARCHAR"),
    **dict.fromkeys(("standing", "tags", "python", "django"), "VARCHAR[]"),
    "deprecated": "DATE",
    "created": "TIMESTAMP",
    "downloads": 'STRUCT("month" VARCHAR, count BIGINT)',
    "grids": "STRUCT(grid VARCHAR, cells MAP(VARCHAR, VARCHAR))[]",
    "repository": "STRUCT(stars BIGINT, forks BIGINT, last_commit TIMESTAMP)",
    "pypi": 'STRUCT("version" VARCHAR, summary VARCHAR, project_urls MAP(VARCHAR, VARCHAR), '
    'releases STRUCT("version" VARCHAR, uploaded TIMESTAMP, yanked VARCHAR)[])',
}
"""The columns of the Parquet file, whatever the data holds."""
NEEDED = {
    "everything: DuckDB: licences, and a Parquet file": "everything: DuckDB: download",
    "sql: Python alone: a search": "sql: Download",
    "sql: Datasette, on port 8001": "sql: Download",
}


def one(reader: Reader, printed: str) -> None:
    whole = reader.file(f"api/v4/packages/{MOST}/index.json")
    assert json.loads(printed) == {key: whole[key] for key in ("title", "pypi_version", "repo_watchers")}
    assert whole["repo_watchers"] == 9000


def one_whole(reader: Reader, printed: str) -> None:
    whole = reader.file(f"api/data/v1/packages/{MOST}.json")
    told = {key: whole[key] for key in ("licence", "django", "standing")} | {"releases": len(whole["pypi"]["releases"])}
    assert json.loads(printed) == told
    assert (told["standing"], told["releases"]) == (["archived"], 1)


def rows(_reader: Reader, printed: str) -> None:
    assert printed.splitlines() == [
        f"554 {BEST}",
        '30 The "quoted" é',
        "7 django-mails",
        "7 django-postman",
        "1 Few & <small>",
    ]


def newest(_reader: Reader, printed: str) -> None:
    assert printed.splitlines() == [f"20{10 + i}-0{1 + i % 9}-02 {BEST} {i}.0" for i in (11, 10, 9, 8, 7)]


def downloaded(reader: Reader, _printed: str) -> None:
    assert (reader.folder / "dump.ndjson.gz").read_bytes() == (reader.site / "api/data/v1/dump.ndjson.gz").read_bytes()


def licences(reader: Reader, printed: str) -> None:
    found = re.findall(r"│ +(\S+) +│ +(\d+) +│", printed)
    assert found == [("MIT", "4"), ("NULL", "2"), ("Apache-2.0", "1"), ("BSD-3-Clause", "1")]
    wanted = {item["slug"]: item for item in lines_of(reader) if item["type"] == "package"}
    with closing(duckdb.connect()) as database:
        table = database.sql(f"FROM '{reader.folder}/packages.parquet' ORDER BY slug")
        assert dict(zip(table.columns, map(str, table.types), strict=True)) == COLUMNS
        read = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    assert [as_json(row) for row in read] == [those_of(row, wanted[row["slug"]]) for row in read]
    links = {row["slug"]: row["pypi"]["project_urls"] for row in read if row["pypi"]}
    assert links == {slug: LINKS.get(slug, {}) for slug in FETCHED}
    assert [row["grids"] for row in read if row["slug"] == "few"] == [
        [{"grid": "all", "cells": {"Fast": "yes"}}, {"grid": "some", "cells": {"fast": "no"}}]
    ]


def lines_of(reader: Reader) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (reader.site / "api/data/v1/dump.ndjson").read_bytes().splitlines()]


def those_of(read: Any, wanted: Any) -> Any:  # noqa: ANN401 - any JSON
    """Give of what was to be read the keys that were asked for."""
    if isinstance(read, dict):
        return {key: those_of(value, wanted[key]) for key, value in read.items()}
    if isinstance(read, list):
        return [those_of(*pair) for pair in zip(read, wanted, strict=True)]
    return wanted


def as_json(read: Any) -> Any:  # noqa: ANN401 - any JSON
    """Give what DuckDB read as the JSON has it."""
    if isinstance(read, dict):
        return {key: as_json(value) for key, value in read.items()}
    if isinstance(read, list):
        return [as_json(each) for each in read]
    if isinstance(read, datetime):
        return f"{read.isoformat()}+00:00"
    return read.isoformat() if isinstance(read, date) else read


def unpacked(reader: Reader, _printed: str) -> None:
    assert (reader.folder / "packages.db").read_bytes() == (reader.site / "api/data/v1/packages.db").read_bytes()


def searched(_reader: Reader, printed: str) -> None:
    assert printed.splitlines() == ["archived MIT 9000"]


def checked(_reader: Reader, printed: str) -> None:
    assert printed == "packages.json: OK\n"


EXPECTED: Mapping[str, Callable[[Reader, str], None]] = {
    "one: curl and jq": one,
    "one: All that is known of it": one_whole,
    "rows: curl and jq": rows,
    "rows: Python": rows,
    "rows: JavaScript, in a browser or in Node": rows,
    "everything: Python: the newest releases": newest,
    "everything: DuckDB: download": downloaded,
    "everything: DuckDB: licences, and a Parquet file": licences,
    "sql: Download": unpacked,
    "sql: Python alone: a search": searched,
    "check: curl, jq and sha256sum": checked,
}
DATASETTE = "sql: Datasette, on port 8001"


def test_every_example_of_the_page_is_run(reader: Reader) -> None:
    assert reader.examples.keys() == {*EXPECTED, DATASETTE}
    addresses = re.findall(r"https?://[^/\s]+", "".join(example.code for example in reader.examples.values()))
    assert set(addresses) == {reader.served.url}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_does_what_it_says(reader: Reader, name: str) -> None:
    EXPECTED[name](reader, reader.run(name))


def test_a_file_that_was_cut_off_does_not_pass(reader: Reader) -> None:
    code = reader.examples["check: curl, jq and sha256sum"].code
    found("curl"), found("jq")
    cut = code.replace("\n", "\ntruncate --size=-1 packages.json\n", 1)
    done = subprocess.run(  # noqa: S603
        ["bash", "-c", cut],  # noqa: S607
        cwd=reader.folder,
        env=environment(reader.folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "packages.json: FAILED\n")


def test_the_script_runs_in_a_browser_on_any_other_page(reader: Reader, sites: "Sites") -> None:
    code = reader.examples["rows: JavaScript, in a browser or in Node"].code
    elsewhere = Answer(
        200, {"Content-Type": "text/html"}, b"<!doctype html><title>elsewhere</title><link rel=icon href=data:,>"
    )
    with serving(lambda _request: elsewhere) as other, closing(sites.browser.new_page()) as page:
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.goto(other.url)
        page.evaluate(f"async () => {{ {code} }}")
        rows(reader, "\n".join(told))


# Datasette, which opens the file as it is.


@contextmanager
def datasette(reader: Reader) -> Iterator[str]:
    """Run the example that starts Datasette, on a free port in place of its own, and give its address."""
    reader.run(NEEDED[DATASETTE])
    port = conformance.free_port()
    own = reader.folder / "bin/datasette"
    own.parent.mkdir(exist_ok=True)
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m datasette "$@" --port {port}\n', encoding="utf-8")
    own.chmod(0o755)
    code = reader.examples[DATASETTE].code
    process = subprocess.Popen(  # noqa: S603
        ["bash", "-e", "-c", code],  # noqa: S607
        cwd=reader.folder,
        env=environment(reader.folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        seen = next((line for line in process.stderr if "running on" in line), "")
        assert f":{port}" in seen, "Datasette did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)
        process.stderr.close()


@pytest.fixture(scope="module")
def opened(reader: Reader) -> Iterator[Callable[[str], bytes]]:
    with datasette(reader) as address:

        def ask(path: str) -> bytes:
            with urllib.request.urlopen(address + path, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
                body: bytes = answer.read()
                return body

        yield ask


Ask = Callable[[str], bytes]


def found_by(ask: Ask, query: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(ask(f"/packages/packages.json?{query}"))


def test_datasette_shows_the_tables_and_hides_what_search_needs(opened: Ask) -> None:
    told = json.loads(opened("/packages.json"))["tables"]
    counts = {table["name"]: table["count"] for table in told if not table["hidden"]}
    assert (counts["packages"], counts["releases"], counts["cells"]) == (8, 20, 2)
    assert {table["name"] for table in told if table["hidden"]} >= {"packages_fts", "packages_fts_data"}
    assert not [name for name in counts if "fts" in name]
    page = opened("/packages/packages").decode()
    assert 'name="_search"' in page, "it has found out by itself that there is a search"
    for meaning in ("Why nobody should begin with it", "How many forks it has", "null where none did"):
        assert meaning in page, "what a column means"


def test_datasette_searches(opened: Ask) -> None:
    found = found_by(opened, "_search=mail&_shape=array&_col=slug")
    assert [row["slug"] for row in found] == ["django-mails"]
    assert len(found_by(opened, "_search=django&_shape=array")) == 3


def test_datasette_counts_by_licence_and_by_tag(opened: Ask) -> None:
    facets = found_by(opened, "_facet=licence&_facet_array=standing&_size=0")["facet_results"]
    assert [(each["value"], each["count"]) for each in facets["licence"]["results"]] == [
        ("MIT", 4),
        ("Apache-2.0", 1),
        ("BSD-3-Clause", 1),
    ]
    assert [(each["value"], each["count"]) for each in facets["standing"]["results"]] == [("archived", 1)]


def test_datasette_leads_from_row_to_row(opened: Ask) -> None:
    page = read_loosely(opened("/packages/cells"))
    number = list(FETCHED).index("few") + 1
    assert page[f"/packages/packages/{number}"] == "Few & <small>"
    assert page["/packages/features/1"] == "Fast"
    back = opened(f"/packages/packages/{number}").decode()
    assert f"/packages/cells?package_id={number}" in back


def read_loosely(page: bytes) -> dict[str, str]:
    """Give the texts of links by their addresses, of a page that is not ours."""
    return {href: unescape(text) for href, text in re.findall(r'<a href="([^"]+)">([^<]*)</a>', page.decode())}


def test_datasette_answers_sql(opened: Ask) -> None:
    sql = (
        "select+count(*)+as+n+from+releases+where+package_id+in+(select+id+from+packages+where+slug='django-messages')"
    )
    assert json.loads(opened(f"/packages.json?sql={sql}&_shape=array")) == [{"n": 12}]


# What the page names, on hosts that have more or less.

LESS = {
    "all": Choices(),
    "no dumps": Choices(dumps=False),
    "packed dumps": Choices(plain_dumps=False),
    "no details": Choices(details=False),
    "no v3": Choices(v3=False),
    "no badges": Choices(badges=False),
    "a past": Choices(changes=True),
    "answered": Choices(query=Query.ANSWERED, copies=False),
    **{host.name: host.choices for host in HOSTS},
}


@pytest.mark.parametrize("choices", LESS.values(), ids=LESS)
@pytest.mark.parametrize("name", ["small", "empty"])
def test_the_page_names_nothing_that_is_not_there(tmp_path: Path, name: str, choices: Choices) -> None:
    made = CATALOGUES[name]()
    making.make(made, host_named("generic"), choices, tmp_path / "site")
    files = tree(tmp_path / "site")
    page = read(files["use-the-data/index.html"])
    told = set(links(section(page, "there")).values())
    for example in examples(page).values():
        told |= set(re.findall(r'https?://[^\s"]+', example.code))
    there = {f"/{path}" for path in files} | {f"/{path}".removesuffix("index.html") for path in files}
    routes = {re.sub(r"^(https://example\.org)?/below", "", address) for address in told}
    if choices.query is Query.ANSWERED:
        routes = {route for route in routes if not route.startswith((urls.API_SEARCH, "/api/v4/packages/"))}
    assert routes - there == set()
    assert len(routes) > 5
    text = page.one("main").text
    assert ("packages.db" in text) == choices.dumps
    assert ("v3" in text) == choices.v3
    assert (urls.DATA_DUMP in routes) == (choices.dumps and choices.plain_dumps)


@pytest.mark.parametrize("choices", LESS.values(), ids=LESS)
def test_all_that_the_index_names_is_linked(tmp_path: Path, choices: Choices) -> None:
    making.make(CATALOGUES["small"](), host_named("generic"), choices, tmp_path / "site")
    files = tree(tmp_path / "site")
    page = section(read(files["use-the-data/index.html"]), "there")
    linked = {link.attributes["href"].removeprefix("/below") for link in page.all("a")}
    index = json.loads(files["api/data/v1/index.json"])["resources"]
    assert ("changes" in index, "badge" in index) == (choices.changes, choices.badges)
    days = index.pop("changes_of_day", None)
    assert ("in a file for each day" in page.text) == bool(days)
    for name, address in index.items():
        route = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(address.removeprefix("https://example.org/below")))
        assert any(re.fullmatch(route, href) for href in linked), name
    schemas = {f"/{path}" for path in files if re.fullmatch("api/data/v1/schemas/.*json", path)}
    assert {href for href in linked if href.startswith("/api/data/v1/schemas/")} == schemas
    assert urls.DATA in linked


def test_all_pages_lead_to_it(tmp_path: Path) -> None:
    making.make(CATALOGUES["small"](), host_named("generic"), Choices(), tmp_path / "site")
    files = tree(tmp_path / "site")
    for path in ("index.html", "about/index.html", "api/browse/index.html"):
        assert "/below/use-the-data/" in links(read(files[path])).values()
