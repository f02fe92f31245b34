"""Markdown of the site's own texts: what is read, what is refused, what is rendered."""

import subprocess
import sys

import pytest
from document import Element, read
from hypothesis import given, settings
from hypothesis import strategies as st
from made import HOSTILE_TEXT

from builder import markdown

REL = "nofollow"


def rendered(body: str, title: str = "Title") -> str:
    return markdown.render(markdown.read(body), title, "/below", REL)


def document(body: str) -> Element:
    return read(f"<!doctype html><main>{rendered(body)}</main>".encode())


def faults(body: str, line: int = 1) -> list[tuple[int, int, str]]:
    return [fault[:3] for fault in markdown.read(body, line).faults]


class TestRead:
    """What a text says, and what is wrong with it."""

    def test_a_text_without_faults(self) -> None:
        body = (
            "See [questions](/faq/#how), [below](#more) and <https://example.org/>.\n\n## More\n\n### Deep\n\n## Less\n"
        )
        text = markdown.read(body, 5)
        assert text.faults == []
        assert text.links == [(5, 17, "/faq/#how"), (5, 37, "#more")]
        assert text.headings == [("More", "more"), ("Deep", "deep"), ("Less", "less")]
        assert text.summary == "See questions, below and https://example.org/."

    def test_the_summary_is_the_first_paragraph(self) -> None:
        assert (
            markdown.read("## Head\n\n- item\n\nOne `two`\nthree *four*.\n\nFive.\n").summary == "One two three four."
        )
        assert markdown.read("- item\n").summary == ""

    @pytest.mark.parametrize(
        ("body", "found"),
        [
            ("a\nb [c](javascript:alert(1))\n", (2, 7, "text-link")),
            ("[c](data:text/html,x)\n", (1, 5, "text-link")),
            ("[c](vbscript:x)\n", (1, 5, "text-link")),
            ("[c](//example.org/x)\n", (1, 5, "text-link")),
            ("[c](relative/)\n", (1, 5, "text-link")),
            ("[c](http://127.0.0.1/)\n", (1, 5, "text-link")),
            ("[c](mailto:a@example.org)\n", (1, 5, "text-link")),
            ("[c]()\n", (1, 1, "text-link")),
            ("x\n\n| a |\n|---|\n| [c](nowhere) |\n", (5, 7, "text-link")),
            ("[c][d]\n\n[d]: javascript:x\n", (1, 1, "text-link")),
            ("x ![c](https://example.org/c.png)\n", (1, 3, "text-image")),
            ("x <b>c</b>\n", (1, 3, "text-html")),
            ("<script>\nalert(1)\n</script>\n", (1, 1, "text-html")),
            ("x <!-- c -->\n", (1, 3, "text-html")),
            ("# First\n", (1, 1, "text-heading")),
            ("First\n=====\n", (1, 1, "text-heading")),
            ("## a\n\n#### b\n", (3, 1, "text-heading")),
            ("### a\n", (1, 1, "text-heading")),
        ],
    )
    def test_faults_and_their_places(self, body: str, found: tuple[int, int, str]) -> None:
        assert faults(body)[0] == found
        line, column, code = found
        assert faults(body, 11)[0] == (line + 10, column, code)

    @pytest.mark.parametrize(
        "body", ["a < b > c", "`<b>`", "    <b>\n", "```\n<b>\n```\n", "<https://example.org>", "x<y"]
    )
    def test_what_is_no_html(self, body: str) -> None:
        assert faults(body) == []

    def test_faults_are_told_in_words(self) -> None:
        (fault,) = markdown.read("[c](ftp://example.org)\n").faults
        assert fault.message == "the link is not a web address"
        assert fault.value == "ftp://example.org"
        assert "https://" in fault.hint

    def test_headings_of_one_name_have_fragments_of_their_own(self) -> None:
        text = markdown.read("## Main\n\n## A b!\n\n## a  B\n\n## ???\n\n## été\n\n## a b 2\n")
        ids = [heading.id for heading in text.headings]
        assert ids == ["main-2", "a-b", "a-b-2", "section", "été", "a-b-2-2"]


class TestRender:
    """What is shown."""

    def test_links(self) -> None:
        links = document('[a](/faq/) [b](#c) [d](https://example.org/?a=1&b=2 "t")\n').all("a")
        assert [link.attributes for link in links] == [
            {"href": "/below/faq/"},
            {"href": "#c"},
            {"href": "https://example.org/?a=1&b=2", "rel": REL},
        ]

    def test_rendering_twice_gives_the_same(self) -> None:
        body = "[a](/faq/)\n\n| a |\n|--:|\n| b |\n"
        assert rendered(body) == rendered(body)

    def test_tables(self) -> None:
        main = document("| a | b |\n|---|--:|\n| 1 | 2 |\n\n## Then <\n\n| a |\n|:-:|\n| 1 |\n")
        first, second = main.all("table")
        assert (first.one("caption").text, second.one("caption").text) == ("Title", "Then <")
        assert [th.attributes for th in first.all("th")] == [{"scope": "col"}, {"class": "n", "scope": "col"}]
        assert [td.attributes for td in [*first.all("td"), *second.all("td")]] == [{}, {"class": "n"}, {}]

    def test_what_is_refused_is_not_shown_as_more_than_text(self) -> None:
        main = document(HOSTILE_TEXT)
        allowed = {"main", "p", "h2", "table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "code", "a"}
        assert {element.tag for element in main.all()} <= allowed
        for element in main.all():
            assert not [a for a in element.attributes if a == "style" or a.startswith("on")]
            assert element.attributes.get("href", "/below/").startswith(("/below/", "https://example.org/"))
        assert "alert('x')" in main.text

    @settings(max_examples=100, deadline=None)
    @given(st.text(alphabet=st.sampled_from("ab <>&\"'[]()!#*_`|-\n:/.javscript\\"), max_size=80))
    def test_any_text_gives_harmless_html(self, body: str) -> None:
        for element in document(body).all():
            assert element.tag not in {"script", "style", "img", "iframe", "form", "input"}
            assert not [a for a in element.attributes if a == "style" or a.startswith("on")]
            href = element.attributes.get("href", "/")
            assert href.startswith(("/", "#", "http://", "https://"))
            assert not href.startswith("//")


def test_the_parser_is_imported_when_there_is_a_text() -> None:
    code = (
        "import sys; from builder import markdown, cli; before = 'markdown_it' in sys.modules;"
        "markdown.read('x'); print(before, 'markdown_it' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "False True\n"
