"""What the writer writes is what the loader reads."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.records import CategoryRecord, Feature, GridRecord, ImportedPackage, PackageRecord, Record, Usage
from builder.source import yaml_text, yaml_writer
from builder.source.text import RefusedError, decode, find_refused
from builder.source.yaml_writer import Writable

CREATED = datetime(2010, 9, 14, 16, 8, 25, 152294, tzinfo=UTC)

texts = st.one_of(
    st.text(),
    st.text("ab: #-?\n\"'|>{}[]&*!%@`~.=<\t\\yn01"),
    st.sampled_from(["yes", "No", "null", "~", "<<", "=", "1.10", "2026-02-16", "---", "...", "- a", "a: b", "a #b"]),
)
keys = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=20)
values: st.SearchStrategy[Writable] = st.recursive(
    st.one_of(texts, st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=6,
)


def read(text: str) -> yaml_text.Value:
    return yaml_text.read(decode(text.encode())).value


def is_refused(value: Writable) -> bool:
    if isinstance(value, str):
        return find_refused(value) is not None
    if isinstance(value, dict):
        return any(is_refused(inner) for inner in value.values())
    return isinstance(value, list) and any(is_refused(inner) for inner in value)


@given(st.dictionaries(keys, values, min_size=1, max_size=4))
@example({"a": "one\ntwo\n"})
@example({"a": ["one\n\n two\n\n\n", {"b": "three\nfour", "c": None}]})
@example({"a": "\n"})
@example({"a": "one\r\ntwo"})
@example({"a": "\x85"})
@example({"a": {"yes": [], "null": {}}})
@example({"a": [[["x"], "y"], []]})
@example({"a": "\U000e0001"})
def test_what_is_written_is_read_again_or_refused(written: dict[str, Writable]) -> None:
    text = yaml_writer.text(written)
    if is_refused(written):
        with pytest.raises(RefusedError):
            read(text)
    else:
        assert read(text) == written


def test_keys_come_in_the_order_of_the_model_and_defaults_are_left_out() -> None:
    record = PackageRecord(
        created=CREATED,
        category="apps",
        documentation=None,
        title="no",
        tags=("a", "11"),
        deprecated=date(2026, 2, 1),
        sites=(Usage(title="A: site", url="https://a.example/"), Usage(title="B", url="https://b.example/")),
        id=359,
        imported=ImportedPackage(usage_count=3, grids=("b", "a")),
    )
    assert yaml_writer.of(record) == (
        "id: 359\n"
        'title: "no"\n'
        "category: apps\n"
        "documentation: null\n"
        "deprecated: 2026-02-01\n"
        "sites:\n"
        '  - title: "A: site"\n'
        "    url: https://a.example/\n"
        "  - title: B\n"
        "    url: https://b.example/\n"
        "tags:\n"
        "  - a\n"
        "  - 11\n"
        "created: 2010-09-14T16:08:25.152294+00:00\n"
        "imported:\n"
        "  usage_count: 3\n"
        "  grids:\n"
        "    - b\n"
        "    - a\n"
    )


@pytest.mark.parametrize(
    "record",
    [
        CategoryRecord(id=1, title="App", title_plural="Apps", show_pypi=False, created=CREATED),
        GridRecord(
            title="Grid",
            description="One\n\n  Two: three\n",
            packages=("a", "b"),
            features=(Feature(title="Null", cells={"a": "yes", "b": "# no"}), Feature(title="~")),
        ),
    ],
)
def test_a_record_is_read_as_it_was(record: Record) -> None:
    text = yaml_writer.of(record)
    assert type(record).model_validate(read(text)) == record
    assert re.search("[ \t]$", text, re.MULTILINE) is None
