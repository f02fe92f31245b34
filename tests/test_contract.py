"""Every JSON answer against the models that promise it, by the models themselves and by a validator that knows none."""

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from found import real
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from rendered import CATALOGUES, SITE

from builder import api, contract, search, urls
from builder.choices import Choices, Query
from builder.hosts import HOSTS
from builder.outputs import BINARY, JSON, NDJSON, SVG, Output

NAMES = (*CATALOGUES, "real")
UNPROMISED = (
    *(urls.API_CATALOG, "/api/edge/", "/api/data/v1/search/", "/api/data/v1/schemas/", urls.DATA_OPENAPI),
    urls.DATA_SQLITE,  # no JSON: its tables say what is in it
)
ITEM = "/api/v4/packages/django-messages/"
EVERYTHING = Choices(suffixes=True, changes=True)


@cache
def outputs(name: str, choices: Choices = EVERYTHING) -> Mapping[str, Output]:
    """Give all JSON of a catalogue for a host's choices, by route; the manifest and the generation of these too."""
    made = real() if name == "real" else CATALOGUES[name]()
    found = [*api.render(made, SITE, choices), *search.render(made, SITE)]
    found = [output for output in found if output.media_type != SVG]
    step = api.Step(api.Past("1" * 64, {"gone": "2" * 64}, b'{"type":"package","id":0,"slug":"gone"}\n'))
    list(step.passing((output.route.removeprefix("/"), output.body) for output in found))
    if choices.changes:
        found += step.outputs(made.as_of)
    manifest = step.generation.manifest()
    found += [manifest, step.generation.output(manifest, SITE.base, made.as_of, "generic", choices)]
    return {output.route: output for output in found}


def promised(name: str, choices: Choices = EVERYTHING) -> Mapping[str, Output]:
    """Give those of them that are promised."""
    return {
        route: output
        for route, output in outputs(name, choices).items()
        if (not route.startswith(UNPROMISED) or route == urls.search_index()) and output.media_type != BINARY
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_what_its_kind_promises_to_the_byte(name: str) -> None:
    kinds: Counter[str] = Counter()
    for route, output in promised(name).items():
        kind = contract.kind_of(route)
        assert kind, route
        assert contract.deviation(kind, output.body) == "", route
        kinds[kind.name] += 1
    if name != "empty":
        assert kinds.keys() >= {kind.name for kind in contract.KINDS}


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_and_so_is_that_of_every_kind_of_host(host: Any) -> None:  # noqa: ANN401 - a module of `hosts`
    for route, output in promised("small", host.choices).items():
        kind = contract.kind_of(route)
        assert kind, route
        assert contract.deviation(kind, output.body) == "", route


@pytest.mark.parametrize("name", NAMES)
def test_and_by_the_published_schemas(name: str) -> None:
    found = outputs(name)
    validators = {
        kind.name: jsonschema_rs.Draft202012Validator(
            json.loads(found[urls.data_schema(kind.name)].body), validate_formats=True
        )
        for kind in contract.KINDS
    }
    assert all(
        jsonschema_rs.meta.is_valid(json.loads(output.body)) for route, output in found.items() if "/schemas/" in route
    )
    looked_at = 0
    for route, output in promised(name).items():
        kind = contract.kind_of(route)
        assert kind
        if kind.name in validators:
            for body in output.body.splitlines() if output.media_type == NDJSON else [output.body]:
                assert validators[kind.name].is_valid(json.loads(body)), route
                looked_at += 1
    assert looked_at > 30


def test_what_is_not_as_promised_is_told() -> None:
    kind = contract.kind_of(ITEM)
    assert kind
    body = outputs("small")[ITEM].body
    told = json.loads(body)
    assert contract.deviation(kind, json.dumps(told).encode()).startswith("is a PackageResource in other bytes")
    assert contract.deviation(kind, body + b"\n").startswith("is a PackageResource in other bytes")
    assert contract.deviation(kind, body[:-1]).startswith("is no PackageResource: the whole: Invalid JSON: EOF")
    assert contract.deviation(kind, json.dumps(told | {"id": "x"}).encode()).startswith("is no PackageResource: id: ")
    assert contract.deviation(kind, json.dumps(told | {"new": 1}).encode()).startswith("is no PackageResource: new: ")
    lines = contract.kind_of(urls.DATA_DUMP_LINES)
    assert lines
    dump = outputs("small")[urls.DATA_DUMP_LINES].body
    more = len(dump.splitlines()) + 1
    assert contract.deviation(lines, dump + b"{}\n").startswith(f"line {more} is no CategoryLineResource: type: ")
    of_a_package = dump.partition(b"\n")[0].replace(b'"id":', b'"ID":')
    assert contract.deviation(lines, dump + of_a_package + b"\n").startswith(
        f"line {more} is no PackageLineResource: id"
    )
    assert contract.deviation(lines, dump[:-1]) == f"line {more - 1} has no end"
    assert contract.deviation(lines, dump.replace(b"\n", b"\n\n", 1)).startswith("line 2 is no ")


@given(st.data())
def test_no_key_can_be_missing_or_of_another_kind(data: st.DataObject) -> None:
    """By the schemas that others validate with, of v4: a key that is left out, or holds an object, is seen."""
    found = outputs("small")
    schema = json.loads(found[urls.data_schema("v4_package")].body)
    body = json.loads(found[ITEM].body)
    key = data.draw(st.sampled_from(sorted(body)))
    validator = Draft202012Validator(schema)
    assert validator.is_valid(body)
    assert not validator.is_valid({name: value for name, value in body.items() if name != key})
    assert not validator.is_valid(body | {key: {}})
    assert not validator.is_valid(body | {"more": 1})


@pytest.mark.parametrize("query", Query)
def test_the_document_is_openapi_and_names_what_is_there(query: Query) -> None:
    choices = Choices(query=query)
    found = outputs("small", choices)
    document = json.loads(found[urls.DATA_OPENAPI].body)
    validate(document)
    assert document["servers"] == [{"url": SITE.base}]
    told = document["paths"].keys()
    assert ("/api/v4/search/" in told) == (query is Query.ANSWERED)
    names = {parameter["name"] for parameter in document["paths"]["/api/v4/packages/"]["get"].get("parameters", ())}
    assert names == (set() if query is Query.IGNORED else {"limit", "offset"})
    there = {kind.path for route in found if (kind := contract.kind_of(route)) and kind in contract.KINDS}
    assert there == told - {"/api/v4/search/"}


@pytest.mark.parametrize(
    ("left_out", "gone"),
    [
        (Choices(v3=False), "/api/v3/"),
        (Choices(), "/api/data/v1/changes.json"),
        (Choices(details=False), "/api/data/v1/packages/{slug}.json"),
        (Choices(dumps=False), "/api/data/v1/dump.json"),
        (Choices(plain_dumps=False), "/api/data/v1/dump.ndjson"),
        (Choices(badges=False), "/api/data/v1/badges/{slug}.json"),
    ],
)
def test_and_not_what_is_not(left_out: Choices, gone: str) -> None:
    found = outputs("small", left_out)
    assert gone not in json.loads(found[urls.DATA_OPENAPI].body)["paths"]
    assert gone in json.loads(outputs("small", EVERYTHING)[urls.DATA_OPENAPI].body)["paths"]


def test_every_schema_and_every_key_is_described() -> None:
    for name, schema in contract.schemas().items():
        assert schema["description"].endswith("."), name
        for key, held in schema["properties"].items():
            assert held["description"].endswith("."), (name, key)


def test_the_schema_of_a_line_has_every_key_of_it() -> None:
    schemas = contract.schemas()
    for name in ("Package", "Grid", "Category"):
        line, whole = (schemas[f"{name}{end}"]["properties"] for end in ("Line", "Whole"))
        assert line == {"type": line["type"]} | whole
        assert line["type"]["const"] == name.lower()


def test_our_own_may_grow_and_the_originals_may_not() -> None:
    schemas = json.loads(outputs("small")[urls.DATA_OPENAPI].body)["components"]["schemas"]
    closed = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}
    assert closed == {name for name in schemas if name.startswith(("V3", "V4"))}
    assert all(json.loads(output.body)["$schema"] for route, output in outputs("small").items() if "/schemas/" in route)
    assert outputs("small")[urls.DATA_OPENAPI].media_type == JSON


@pytest.mark.parametrize("v3", [True, False])
def test_programs_find_the_apis(*, v3: bool) -> None:
    found = outputs("small", Choices(v3=v3))
    first, *others = json.loads(found[urls.API_CATALOG].body)["linkset"]
    assert first["anchor"] == SITE.absolute(urls.API_CATALOG)
    roots = [link["href"] for link in first["item"]]
    assert roots == [SITE.absolute(route) for route in (urls.API, *([urls.V3] if v3 else []), urls.DATA)]
    assert [other["anchor"] for other in others] == roots
    there = {SITE.absolute(route) for route in found} | {SITE.absolute(urls.REFERENCE)}
    assert {link["href"] for other in others for links in list(other.values())[1:] for link in links} <= there
