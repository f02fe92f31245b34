"""Where an output's bytes lie, by its media type."""

import pytest

from builder.hosts.layouts import indexed, named_html
from builder.outputs import ATOM, HTML, JSON, OPENSEARCH, PNG, RSS, SVG, TEXT, XML, Output, is_xml


@pytest.mark.parametrize(
    ("media_type", "ending"),
    [(ATOM, "xml"), (RSS, "xml"), (OPENSEARCH, "xml"), (XML, "xml"), (JSON, "json"), (HTML, "html")],
)
def test_an_index_file_has_the_ending_of_its_type(media_type: str, ending: str) -> None:
    assert indexed(Output("/a/", b"<b>", media_type)) == (f"a/index.{ending}", b"<b>")


@pytest.mark.parametrize("layout", [indexed, named_html])
@pytest.mark.parametrize("media_type", [ATOM, PNG, JSON])
def test_a_file_stays_as_it_is(layout: type[object], media_type: str) -> None:
    assert layout(Output("/a.b", b"<&>", media_type)) == ("a.b", b"<&>")  # type: ignore[call-arg]


def test_xml_under_the_name_of_a_page_is_still_xml() -> None:
    assert named_html(Output("/a/", b"<b>&amp;</b>", RSS)) == ("a/index.html", b"<b>&amp;</b>")
    assert named_html(Output("/a/", b'"<b>&"', JSON)) == ("a/index.html", b'"\\u003cb\\u003e\\u0026"')


@pytest.mark.parametrize(
    ("media_type", "expected"), [(ATOM, True), (SVG, True), (XML, True), (TEXT, False), (HTML, False)]
)
def test_types_of_xml(media_type: str, *, expected: bool) -> None:
    assert is_xml(media_type) is expected
