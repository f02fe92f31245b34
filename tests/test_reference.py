"""The page about the API: all that the OpenAPI document says, as people read it; with examples that are real."""

import dataclasses
import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from document import Element, read, texts
from found import real
from made import HOSTILE
from rendered import CATALOGUES, SITE, TEMPLATES, documents, small

from builder import api, contract, pages, search, urls
from builder.api.examples import LINE_SHOWN, READ_WHOLE, shortened
from builder.api.tables import schema
from builder.choices import Choices, Query
from builder.outputs import HTML
from builder.resources import changelog

ROUTE = "/api/reference/"
KEYS = Path(__file__).parent / "promised_keys.txt"
ALL = [Choices(query=query) for query in Query] + [Choices(v3=False, dumps=False, details=False, badges=False)]
ALL.append(Choices(changes=True))
EXAMPLED = {kind.name for kind in contract.KINDS} - {"dump", "generation", "manifest", "changes", "changes_of_day"}


@cache
def rendered(name: str, choices: Choices = ALL[0]) -> tuple[bytes, Mapping[str, tuple[str, str]]]:
    """Give the page of one of the catalogues, and the examples on it."""
    made = real() if name == "real" else CATALOGUES[name]()
    collector = api.Collector(made, SITE)
    for outputs in (api.render(made, SITE, choices), search.render(made, SITE)):
        assert [output.route for output in collector.passing(outputs)]
    found = pages.render(made, SITE, TEMPLATES, choices, collector.examples)
    return next(output.body for output in found if output.route == ROUTE), collector.examples


def shown(element: Element) -> str:
    """Give the text of an element with every run of white space as one space."""
    return " ".join(element.text.split())


@pytest.mark.parametrize("choices", ALL, ids=str)
def test_it_says_all_that_the_document_says(choices: Choices) -> None:
    page, document = read(rendered("small", choices)[0]).one("main"), contract.document(SITE, choices)
    headings = [shown(heading) for heading in page.all("h3") if heading.all("code")]
    assert headings == [f"GET {path}" for tag in document["tags"] for path in of(document, tag["name"])]
    rows = {shown(row) for row in page.all("div")}
    for path, item in document["paths"].items():
        operation = item["get"]
        assert operation["summary"] in texts(page.all("p")), path
        for parameter in operation.get("parameters", ()):
            words = f"{parameter['name']} {parameter['description']} ".replace("`", "")
            told = [row for row in rows if row.startswith(words)]
            assert told, (path, parameter)
            assert any(f"in the {parameter['in']}" in row for row in told)
            limits = [
                str(parameter["schema"][key]) for key in ("minimum", "maximum", "pattern") if key in parameter["schema"]
            ]
            assert any(all(limit in row for limit in limits) for row in told), (path, parameter)
        for status, answer in operation["responses"].items():
            words = "" if status == "200" else answer["description"]
            assert any(row.startswith(f"{status} {words}".strip()) for row in rows), (path, status)


def of(document: Mapping[str, Any], tag: str) -> list[str]:
    return [path for path, item in document["paths"].items() if item["get"]["tags"] == [tag]]


@pytest.mark.parametrize("choices", ALL, ids=str)
def test_every_schema_that_an_answer_has_is_there_once_with_all_keys(choices: Choices) -> None:
    page, document = read(rendered("small", choices)[0]).one("main"), contract.document(SITE, choices)
    tables = {table.one("caption").text.removeprefix("Keys of "): table for table in page.all("table")}
    names = [heading.text for heading in page.all("h4")]
    assert len(names) == len(set(names)) > 15
    reached = set(re.findall(r"schemas/(\w+)", json.dumps(document["paths"])))
    while more := {name for one in reached for name in references(document, one)} - reached:
        reached |= more
    assert set(names) == reached
    for name in names:
        keys = dict(document["components"]["schemas"][name]["properties"])
        told = {row.one("th").text: texts(row.all("td")) for row in tables[name].one("tbody").all("tr")}
        if name.endswith("Line"):
            keys = {"type": keys["type"]}
            assert f"All keys of {name.removesuffix('Line')}Whole, and:" in texts(page.all("p"))
        assert list(told) == list(keys), name
        for key, (kind, meaning) in told.items():
            schema = keys[key]
            assert meaning == schema["description"].replace("`", ""), (name, key)
            assert ("null" in kind) == ("null" in json.dumps(schema)), (name, key)


def references(document: Mapping[str, Any], name: str) -> list[str]:
    return re.findall(r"schemas/(\w+)", json.dumps(document["components"]["schemas"][name]))


def test_types_are_told_in_words() -> None:
    page = read(rendered("small")[0]).one("main")

    def kinds(name: str) -> dict[str, str]:
        [table] = [table for table in page.all("table") if table.one("caption").text == f"Keys of {name}"]
        return {row.one("th").text: row.all("td")[0].text for row in table.one("tbody").all("tr")}

    whole = kinds("PackageWhole")
    wanted = {
        "id": "integer",
        "python": "array of string or null",
        "grids": "array of Place",
        "pypi": "PyPI or null",
        "deprecated": "date or null",
        "created": "date-time",
        "sources": "object of Source",
    }
    assert wanted.items() <= whole.items()
    assert kinds("Freshness")["packages"] == "object of object of Source"
    assert kinds("PackageLine") == {"type": '"package"'}
    search = read(rendered("small", ALL[2])[0])
    assert "array of V4SearchItem" in [dd.text for dd in search.all("dd")]


def test_examples_are_answers() -> None:
    page, examples = rendered("small")
    assert examples.keys() == EXAMPLED
    made = small()
    outputs = {SITE.absolute(o.route): o.body for o in (*api.render(made, SITE, ALL[0]), *search.render(made, SITE))}
    for name, (address, text) in examples.items():
        if "…" not in text:
            assert json.loads(text) == json.loads(outputs[address]), name
        else:
            keys = re.findall(r'^  "(\w+)":', text, re.MULTILINE) if text[1] == "\n" else []
            assert keys == (list(json.loads(outputs[address])) if keys else []), name
    assert sum("…" not in text for _, text in examples.values()) > 5
    details = read(page).one("main").all("details")
    assert {(shown(d.all("pre")[0]), d.all("pre")[1].text) for d in details} == {
        (f"curl {address}", " ".join(text.split())) for address, text in examples.values()
    }


def test_the_example_is_the_package_with_the_most_stars_that_is_in_a_grid() -> None:
    examples = rendered("compared")[1]
    made = CATALOGUES["compared"]()
    best = max(made.packages, key=lambda p: ((p.snapshot.repository and p.snapshot.repository.stars) or 0, -p.id))
    assert examples["package"][0].endswith(f"/{best.slug}.json")
    assert examples["v4_package"][0].endswith(f"/{best.id}/")
    assert rendered("empty")[1].keys() < EXAMPLED


def test_long_answers_are_shortened_and_the_page_stays_small() -> None:
    sizes = {name: len(rendered(name)[0]) for name in ("empty", "small", "many", "hostile", "real")}
    assert max(sizes.values()) < 1.5 * min(sizes.values())
    assert max(sizes.values()) < 120_000


def test_a_large_answer_is_read_from_its_beginning_alone() -> None:
    kind = contract.kind_of(urls.API_PACKAGES)
    assert kind
    body = b'{"count":2,"next":null,"previous":null,"results":[%s]}' % b",".join([b'{"id":1}'] * (READ_WHOLE // 8))
    text = shortened(kind, body)
    assert text.startswith('{\n  "count": 2,\n  "next": null,\n  "previous": null,\n  "results": [\n    {…},\n    … ')
    lines = contract.kind_of(urls.DATA_DUMP_LINES)
    assert lines
    assert shortened(lines, b"x" * 999 + b"\ny\n") == "x" * LINE_SHOWN + "…"


def test_hostile_texts_are_shown_as_they_are_and_turn_nothing_round() -> None:
    page, examples = rendered("hostile")
    assert any("\\u202e" in text for _, text in examples.values())
    assert HOSTILE[:20] in "".join(text for _, text in examples.values())
    [main] = read(page).all("main")
    assert not {letter for letter in main.text if not letter.isprintable()} - {"\n"}
    assert main.all("script") == []


def test_programs_find_the_api_from_the_pages_about_it() -> None:
    wanted = {
        "api-catalog": "/below/.well-known/api-catalog",
        "service-desc": "/below/api/data/v1/openapi.json",
        "service-doc": "/below/api/reference/",
    }
    for route, document in documents("small").items():
        found = {link.attributes["rel"]: link.attributes["href"] for link in document.one("head").all("link")}
        named = {name: found[name] for name in wanted if name in found}
        assert named == (wanted if route in {"/", "/api/reference/", "/api/browse/", "/use-the-data/"} else {}), route


@pytest.mark.parametrize("suffixes", [True, False])
def test_the_json_of_a_page_is_json_for_everybody(*, suffixes: bool) -> None:
    """A host that tells types by the names of files has the item as `359.json`; only there is that form a file."""
    choices = dataclasses.replace(ALL[0], suffixes=suffixes)
    made = small()
    there = {output.route: output.media_type for output in api.render(made, SITE, choices)}
    seen = set()
    for output in pages.render(made, SITE, TEMPLATES, choices):
        if output.media_type == HTML:
            for link in read(output.body).all("link", rel="alternate", type="application/json"):
                route = link.attributes["href"].removeprefix("/below")
                assert there[route] == "application/json"
                assert route.endswith(".json") == (suffixes or route.startswith("/api/data/")) or route == "/api/v4/"
                seen.add(output.route)
    for item in (urls.package_page("postman"), urls.grid_page("messaging"), urls.category_page("apps"), "/packages/"):
        assert item in seen


def own_keys() -> dict[str, str]:
    """Give every key of the project's own resources, column of its tables and address: its type by its name."""
    document = contract.document(SITE, ALL[-1])
    schemas = document["components"]["schemas"]
    own = {name: schema for name, schema in schemas.items() if not name.startswith(("V3", "V4"))}
    keys = {
        f"{name}.{key}": _type(found) for name, schema in own.items() for key, found in schema["properties"].items()
    }
    addresses = {path: "address" for path in document["paths"] if "/v1/" in path}
    return keys | addresses | columns()


def _type(found: Any) -> str:  # noqa: ANN401 - a part of a schema
    """Give what a schema allows, without the words that explain it."""
    told = ("description", "title", "default")
    return json.dumps({key: value for key, value in sorted(found.items()) if key not in told})


def columns() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(schema.tables())
        found = database.execute(
            'SELECT t.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master AS t, pragma_table_info(t.name) AS c'
        )
        return {f"{table}.{column}": f"{kind} {not_null} {key}" for table, column, kind, not_null, key in found}


def test_nothing_that_is_promised_goes_and_nothing_comes_without_a_word(*, bless: bool) -> None:
    """The first version is blessed until it is released; from then on only the changelog grows."""
    own = own_keys()
    added = {f"{name}.{key}" for change in changelog.CHANGES for name, keys in change.added.items() for key in keys}
    if bless:
        KEYS.write_text("".join(f"{key}: {own[key]}\n" for key in sorted(own.keys() - added)), encoding="utf-8")
    promised = dict(line.split(": ", 1) for line in KEYS.read_text(encoding="utf-8").splitlines())
    assert {key: own.get(key) for key in promised} == promised, "what is there stays as it is: mend it, or make it a v2"
    assert own.keys() - promised.keys() == added, "say so in builder/resources/changelog.py"
    assert len(changelog.CHANGES) == changelog.SCHEMA_VERSION


def test_every_key_of_a_body_is_there_in_every_body() -> None:
    for name, found in contract.schemas().items():
        assert set(found["required"]) == found["properties"].keys(), name


def test_the_document_has_no_schema_that_nothing_leads_to() -> None:
    for choices in ALL:
        document = contract.document(SITE, choices)
        text = json.dumps(document)
        assert all(f'/{name}"' in text for name in document["components"]["schemas"])
        assert any(name.startswith("V3") for name in document["components"]["schemas"]) == choices.v3
        assert ("Versions 3 and 4" in document["info"]["description"]) == choices.v3


def test_changes_are_newest_first_and_on_the_page() -> None:
    days = [change.day for change in changelog.CHANGES]
    assert days == sorted(set(days), reverse=True)
    entries = read(rendered("small")[0]).one("dl", class_="meanings").all("div")
    assert [entry.one("time").attributes["datetime"] for entry in entries] == [day.isoformat() for day in days]
    assert texts([entry.one("dd") for entry in entries])[-1].startswith("The first version: all that is known")


def test_a_change_names_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    change = changelog.Change(changelog.CHANGES[0].day, "More of a badge.", {"Badge": ("label", "color")})
    monkeypatch.setattr(changelog, "CHANGES", (change,))
    found = pages.render(small(), SITE, TEMPLATES)
    [body] = [output.body for output in found if output.route == ROUTE]
    entry = read(body).one("dl", class_="meanings").one("dd")
    assert shown(entry) == "More of a badge. Badge: label, color."
    assert entry.one("a").attributes["href"] == "#Badge"
