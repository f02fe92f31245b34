import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.upstreams.text import clean, clean_or_none, web_url


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        ("plain", "plain"),
        ("  two\n\t words\u2028here\u00a0", "two words here"),
        ("e\u0301", "\u00e9"),
        ("\u202eevil\u202c \u2066a\u2069\u200f\u061c\ufeff", "evil a"),
        ("a\x00\x1b[31mb\x7f\x85c", "a[31mb c"),
        ("e\x00\u0301", "\u00e9"),
        ("\ud800", ""),
        ("नु\u200dम", "नु\u200dम"),
        ("क्\u200cष", "क्\u200cष"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text, 100) == cleaned


def test_clean_cuts_without_a_space_at_the_end() -> None:
    assert clean("abc def", 4) == "abc"
    assert clean("abc def", 5) == "abc d"


@given(st.text(), st.integers(min_value=0, max_value=40))
def test_what_is_clean_is_short_normal_and_stays_so(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())
    assert clean(cleaned, limit) == cleaned
    assert not {unicodedata.category(c) for c in cleaned.replace("\u200c", "").replace("\u200d", "")} & {"Cc", "Cf"}


@pytest.mark.parametrize("text", [None, "", " \n", "\u202e"])
def test_what_nobody_filled_in_is_not_known(text: str | None) -> None:
    assert clean_or_none(text, 10) is None


def test_web_url_keeps_what_can_be_a_link() -> None:
    assert web_url(" https://example.org/a?b#c\n") == "https://example.org/a?b#c"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "example.org",
        "javascript:alert(1)",
        "https://10.0.0.1/",
        "https://a@example.org/",
        "https://example.org:8/",
    ],
)
def test_web_url_drops_the_rest(text: str | None) -> None:
    assert web_url(text) is None
