"""Badges: what they say, in words and colours; and a picture that holds whatever the words are."""

import json
import re
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from made import ARABIC, BOTH, CHINESE, HOSTILE, LONG_WORD, catalogue, fetched, package, releases
from PIL import ImageFont
from rendered import SITE, TEMPLATES, documents, page, small

from builder import api, pages, urls
from builder.api import badges, facts
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.outputs import HTML, JSON, SVG
from builder.resources import BadgeResource

SPACE = "{http://www.w3.org/2000/svg}"
PYPI = {"name": "p", "releases": releases("1.9", "1.10", "2.0rc1")}
COLOURS = {*badges.STANDINGS.values(), badges.LABEL, badges.VERSION, badges.UNKNOWN, badges.WARNING}


def rendered(made: Catalogue) -> dict[str, bytes]:
    known = facts.of_packages(made)
    found = [output for unit in badges.units(made, lambda: known) for output in unit.outputs()]
    assert {output.media_type for output in found} == {JSON, SVG}
    assert all(output.route.endswith(".json") == (output.media_type == JSON) for output in found)
    return {output.route: output.body for output in found}


def told(snapshot: Any = None, title: str = "A Directory", **changes: object) -> dict[str, Any]:  # noqa: ANN401 - of `made`
    made = catalogue(
        {"p": package(**changes), "other": package(title="Other")},
        snapshots={"p": snapshot} if snapshot else {},
        title=title,
    )
    return dict(json.loads(rendered(made)["/api/data/v1/badges/p.json"]))


def test_it_says_the_newest_version_that_can_be_installed() -> None:
    assert told(fetched(pypi=PYPI)) == {
        "schemaVersion": 1,
        "label": "A Directory",
        "message": "1.10",
        "color": badges.VERSION,
        "labelColor": badges.LABEL,
    }


def test_and_that_it_is_listed_where_no_version_is_known() -> None:
    found = told()
    assert (found["message"], found["color"]) == ("listed", badges.UNKNOWN)


@pytest.mark.parametrize(
    ("snapshot", "changes", "message", "word"),
    [
        ({"archived": True}, {}, "archived", "archived"),
        ({}, {"deprecated": date(2024, 5, 6)}, "deprecated", "deprecated"),
        ({}, {"replaced_by": "other"}, "replaced", "replaced"),
        ({"archived": True}, {"deprecated": date(2024, 5, 6)}, "archived, deprecated", "deprecated"),
        (
            {"archived": True, "pypi": PYPI | {"status": "quarantined"}},
            {},
            "archived, quarantined on PyPI",
            "quarantined",
        ),
    ],
)
def test_but_why_nobody_should_begin_with_it_where_that_is_so(
    snapshot: dict[str, Any], changes: dict[str, Any], message: str, word: str
) -> None:
    found = told(fetched(**{"pypi": PYPI} | snapshot), **changes)
    assert (found["message"], found["color"]) == (message, badges.STANDINGS[word])


def test_a_status_that_is_new_on_pypi_is_a_warning() -> None:
    assert badges.words(("forgotten on PyPI",), "1.0") == ("forgotten on PyPI", badges.WARNING)


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_the_words_can_be_read_on_their_ground(colour: str) -> None:
    """White, at 4.5 to 1 or more, which is level AA; the service writes white on a ground as dark as that."""
    assert re.fullmatch("#[0-9a-f]{6}", colour)
    assert (luminance(badges.INK) + 0.05) / (luminance(colour) + 0.05) >= 4.5
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    assert (red * 299 + green * 587 + blue * 114) / 255_000 <= 0.69


def test_letters_are_as_wide_as_in_the_font() -> None:
    """At a thousand pixels a letter's width is in thousandths of the font's size."""
    font = ImageFont.truetype(TEMPLATES / "fonts/text.ttf", 1000, layout_engine=ImageFont.Layout.BASIC)
    assert [round(font.getlength(chr(place))) for place in range(ord(" "), ord("~") + 1)] == list(badges.WIDTHS)


def drawn(label: str, message: str) -> ET.Element:
    snapshot = fetched(pypi={"name": "p", "releases": releases(message)})
    made = catalogue({"p": package()}, snapshots={"p": snapshot}, title=label)
    return ET.fromstring(rendered(made)["/packages/p/p/badge.svg"])  # noqa: S314 - made by us


def parts(picture: ET.Element) -> list[tuple[int, int, str]]:
    """Give where each text of a badge begins and ends, and the text."""
    found = [
        (int(text.get("x", "")), int(text.get("textLength", "")), text.text or "")
        for text in picture.iter(f"{SPACE}text")
    ]
    return [(left, left + width, text) for left, width, text in found]


@given(st.text(min_size=1, max_size=100), st.text(max_size=200))
@example(HOSTILE[:100], HOSTILE)
@example(ARABIC[:100], BOTH)
@example(CHINESE, "1" * 300)
@example("\u202e\u0000\ufffe", "\ud83d\ude00")
@example("👩‍👩‍👧 <&\">'", LONG_WORD)
@example("i", "1")
def test_whatever_the_words_are_the_picture_holds(label: str, message: str) -> None:
    short = badges.shown(label, badges.LONGEST_LABEL) or badges.NAMELESS
    body = badges.draw(
        BadgeResource(label=short, message=badges.words((), message)[0], color=badges.VERSION, labelColor=badges.LABEL)
    )
    picture = ET.fromstring(body)  # noqa: S314 - made by us
    assert {element.tag.removeprefix(SPACE) for element in picture.iter()} == {
        "svg",
        "title",
        "rect",
        "path",
        "g",
        "text",
    }
    (left, end, label_text), (start, right, message_text) = parts(picture)
    assert left == badges.PADDING
    assert start == end + 2 * badges.PADDING
    assert int(picture.get("width", "")) == right + badges.PADDING < 1200
    assert (len(label_text), len(message_text)) <= (badges.LONGEST_LABEL, badges.LONGEST_MESSAGE)
    assert min(len(label_text), len(message_text)) > 0
    assert (picture.get("role"), picture.get("aria-label")) == ("img", f"{label_text}: {message_text}")
    assert picture.findtext(f"{SPACE}title") == f"{label_text}: {message_text}"
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", label_text + message_text)
    assert not re.search(rb"href|style|script=|on[a-z]+=|url\(|@import", re.sub(rb">[^<]*<|\"[^\"]*\"", b"", body))


def test_nothing_of_it_runs_or_is_fetched() -> None:
    picture = drawn("A Directory", "0.6.0")
    assert [text for *_, text in parts(picture)] == ["A Directory", "0.6.0"]
    names = {name for element in picture.iter() for name in element.keys()}  # noqa: SIM118 - no mapping
    assert names <= {
        *("width", "height", "viewBox", "role", "aria-label", "rx", "fill", "d", "font-family", "font-size"),
        *("x", "y", "textLength"),
    }


def test_longer_words_make_a_wider_badge() -> None:
    widths = [int(drawn(label, "1.0").get("width", "")) for label in ("ii", "WW", "WWW", "消息消息")]
    assert widths == sorted(set(widths))
    assert int(drawn("e\u0301e\u0301", "1").get("width", "")) == int(drawn("ee", "1").get("width", ""))


def test_the_page_of_a_package_gives_the_line_for_its_readme() -> None:
    [fold] = documents("small")["/packages/p/waiting/"].all("details")
    where = "https://example.org/below/packages/p/waiting/"
    assert fold.one("summary").text == "Badge for a README"
    assert fold.one("code").text == f"[![A Directory]({where}badge.svg)]({where})"
    routes = {output.route for output in api.render(small(), SITE, Choices())}
    assert "/packages/p/waiting/badge.svg" in routes
    title = "a](https://e.org/) ![b]\\ `c` <i> &amp;"
    made = catalogue({"p": package()}, title=title)
    [line] = (code.text for code in page(made, "/packages/p/p/").all("code") if "badge.svg" in code.text)
    assert line.startswith(r"[![a\](https://e.org/) \!\[b\]\\ \`c\` \<i\> \&amp;](")


def test_and_not_where_there_is_none() -> None:
    without = Choices(badges=False)
    assert not any(output.route.endswith("badge.svg") for output in api.render(small(), SITE, without))
    for output in pages.render(small(), SITE, TEMPLATES, without):
        if output.media_type == HTML:
            told = b"badge.svg" if output.route == urls.REFERENCE else b"badge"  # its changelog names what came
            assert told not in output.body, output.route
