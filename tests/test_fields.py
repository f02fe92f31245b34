"""The rules of single values: what is right, what is refused, and with which code."""

import re
from datetime import UTC, date, datetime
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from builder import fields
from builder.derive import repository

ADAPTERS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(getattr(fields, name))
    for name in (
        "BaseUrl",
        "BaseUrlOrEmpty",
        "Cycle",
        "Day",
        "DayOrMonth",
        "Moment",
        "PyPIName",
        "Repository",
        "Slug",
        "StoredText",
        "Tag",
        "Title",
        "Truth",
        "WebUrl",
        "WebUrlOrEmpty",
        "WholeNumber",
    )
}


def read(kind: str, text: object) -> Any:  # noqa: ANN401 - a kind's own type
    return ADAPTERS[kind].validate_python(text)


def code(kind: str, text: object) -> str:
    """Give the code with which a value is refused; "" where it is right. Every refusal of ours has a remedy."""
    try:
        read(kind, text)
    except ValidationError as error:
        (problem,) = error.errors()
        assert "ctx" not in problem or "\n" not in problem["msg"]
        if isinstance(text, str):
            assert problem["ctx"]["hint"].endswith((".", "?"))
            assert not problem["msg"].endswith(".")
        return problem["type"]
    return ""


def test_every_kind_of_the_module_is_tested() -> None:
    kinds = {name for name, value in vars(fields).items() if name[0].isupper() and get_args(value)}
    assert kinds - {"Annotated", "Final"} == set(ADAPTERS)


@pytest.mark.parametrize(
    "text", ["django-messages", "a", "0a", "a_b-c", "2fa", "a" * 50, "con1", "com10", "offset-2", "x--"]
)
def test_slugs(text: str) -> None:
    assert read("Slug", text) == text


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "-a",
            "_a",
            "A",
            "Django",
            "a b",
            "a/b",
            "../a",
            "a.b",
            ".",
            "a\n",
            "a\0",
            "é",
            "\u0430",
            "\uff41",
            "\u00b2",
        ],
        *["1", "359", "00", "a" * 51, "offset", "index", "con", "nul", "com1", "lpt9", "aux", "prn"],
    ],
)
def test_slugs_refused(text: str) -> None:
    assert code("Slug", text) == "slug"


@given(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,49}", fullmatch=True))
def test_a_slug_is_refused_only_as_a_number_or_a_reserved_name(text: str) -> None:
    assert bool(code("Slug", text)) == (text.isdigit() or text in fields.RESERVED_SLUGS)


@given(st.text())
def test_a_slug_is_safe_as_a_file_name_and_in_an_address(text: str) -> None:
    if not code("Slug", text):
        assert text.isascii()
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
        assert 0 < len(text) <= 50
        assert not text.isdigit()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("django-messages", ""),
        ("Django: the book #1", ""),
        ("日本語 👩\u200d💻 \u2764\ufe0f", ""),
        ("x" * 100, ""),
        ("x" * 101, "too-long"),
        ("", "empty"),
        (" \n", "empty"),
        (" a", "spaces"),
        ("a ", "spaces"),
        ("a\nb", "several-lines"),
        ("a\n", "several-lines"),
        ("a\tb", "several-lines"),
    ],
)
def test_titles(text: str, expected: str) -> None:
    assert code("Title", text) == expected


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("359", 359), ("999999999", 999_999_999)])
def test_whole_numbers(text: str, number: int) -> None:
    assert read("WholeNumber", text) == number


@pytest.mark.parametrize(
    "text",
    ["", "0", "007", "-1", "+1", "1.0", "1_000", "1e3", "0x10", " 1", "1\n", "\u0661", "\uff11", "true", "1" * 10],
)
def test_whole_numbers_refused(text: str) -> None:
    assert code("WholeNumber", text) == "number"


def test_truth() -> None:
    assert read("Truth", "true") is True
    assert read("Truth", "false") is False


@pytest.mark.parametrize("text", ["", "True", "FALSE", "yes", "no", "on", "off", "1", "0", "t", "y", "null"])
def test_truth_refused(text: str) -> None:
    assert code("Truth", text) == "truth"


@pytest.mark.parametrize("text", ["2010-09-14T12:08:25.152294-04:00", "2026-02-16 12:00Z", "2026-02-16T12:00:00+05:45"])
def test_moments(text: str) -> None:
    assert read("Moment", text) == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        *["", "now", "2026-02-30T00:00:00Z", "2026-02-16", "2026-02-16T12:00:00", "1700000000", "2026-02-16T25:00Z"],
        # No other zone can be computed for these.
        *["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "1969-12-31T23:59:59Z", "3000-01-01T00:00Z"],
    ],
)
def test_moments_refused(text: str) -> None:
    assert code("Moment", text) == "date-time"


@given(st.text() | st.datetimes(timezones=st.timezones()).map(datetime.isoformat))
def test_a_moment_can_be_given_in_every_zone(text: str) -> None:
    if not code("Moment", text):
        assert read("Moment", text).astimezone(UTC).tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-02-16", "1970-01-01", "2024-02-29"])
def test_days(text: str) -> None:
    assert read("Day", text) == date.fromisoformat(text)


@pytest.mark.parametrize("text", ["", "2026-02-30", "16.02.2026", "2026-02-16T00:00:00Z", "0001-01-01", "9999-12-31"])
def test_days_refused(text: str) -> None:
    assert code("Day", text) == "date"


@pytest.mark.parametrize(("text", "expected"), [("rest-api", ""), ("2fa", ""), ("a" * 30, "")])
def test_tags(text: str, expected: str) -> None:
    assert code("Tag", text) == expected


@pytest.mark.parametrize("text", ["", "a" * 31, "-a", "A", "a b", "a_b", "a\n", "é"])
def test_tags_refused(text: str) -> None:
    assert code("Tag", text) == "tag"


@pytest.mark.parametrize("text", ["django-messages", "Django", "zope.interface", "a", "A_b-1.c"])
def test_names_on_pypi(text: str) -> None:
    assert read("PyPIName", text) == text


@pytest.mark.parametrize("text", ["", "-a", "a-", "a b", "https://pypi.org/project/a/", "a/b", "a\n", "é", "\u212a"])
def test_names_on_pypi_refused(text: str) -> None:
    assert code("PyPIName", text) == "pypi-name"


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/arneb/django-messages",
        "http://example.org",
        "HTTPS://Example.ORG/Path?q=a@b&c=d#e",
        "https://example.org./",
        "https://my_site.example.org/",
        "https://3com.example/",
        "https://1.1.1.1.nip.example/",
        "https://example.org/ünïcode/日本",
        "https://example.org/a%20b",
        "https://example.org/" + "a" * 480,
    ],
)
def test_addresses_are_kept_as_written(text: str) -> None:
    assert read("WebUrl", text) == text
    assert read("WebUrlOrEmpty", text) == text


def test_an_address_may_be_empty_only_where_it_says_so() -> None:
    assert read("WebUrlOrEmpty", "") == ""
    assert read("Repository", "") == ""
    assert code("WebUrl", "") == "url-scheme"


HOSTILE = {
    "url-scheme": [
        *["javascript:alert(1)", "JavaScript:alert(1)", "javascript://example.org/%0aalert(1)", "vbscript:x"],
        *["data:text/html,x", "file:///etc/passwd", "ftp://example.org", "//example.org", "/x", "example.org", "x"],
        *["blob:https://example.org/x", "view-source:https://example.org", "git://example.org/x", "https"],
    ],
    "url": [
        *["https://", "https:///x", "https:example.org", "http:/example.org", "https://?x", "https://#x"],
        *["https://[::1", "https://]/", "https://example.org:x/", "https://example.org:99999/", "http://a:b:c/"],
        *["java\nscript:alert(1)", "\tjavascript:x", " https://example.org", "https://example.org/a b"],
        *[
            "https://example.org/\n",
            "https://example.org/\r\nX: y",
            "https://exa\0mple.org",
            "https://example.org/\x1b",
        ],
        *["https://example.org/\u202egro", "https://example.org/\u200b", "https://example.org/\ud800"],
        *['https://example.org/"onload="x', "https://example.org/<b>", "https://example.org/`x`", "https://a\\b.org"],
        *["https:\\\\example.org", "https://example.org/{x}", "https://example.org/a|b", "https://example.org/^"],
        *["https://example.org/" + "a" * 481, "https://example.org\uff0fevil.org/", "https://a.org\u2100.b.org/"],
    ],
    "url-user": [
        *["https://user@example.org/", "https://user:pass@example.org/", "https://@example.org/"],
        *["https://github.com@evil.org/", "https://github.com%2f@evil.org/", "https://:@example.org/"],
    ],
    "url-port": [
        "https://example.org:443/",
        "http://example.org:8080",
        "https://example.org:/",
        "http://127.0.0.1:80/",
    ],
    "url-host": [
        # One address, as inet_aton and the URL standard read it.
        *["http://127.0.0.1/", "http://127.1/", "http://127.0.1", "http://2130706433/", "http://0x7f000001/"],
        *[
            "http://0x7f.0.0.1/",
            "http://0x7F.1",
            "http://0177.0.0.1/",
            "http://017700000001",
            "http://0/",
            "http://0x/",
        ],
        *["http://127.0.0.1./", "http://169.254.169.254/latest/meta-data/", "http://1.1.1.1", "http://256.256.256.256"],
        *["http://a.0x1", "http://example.1"],
        *["http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1%25eth0]/", "http://[v1.x]/"],
        # Other digits and dots, which browsers turn into the ordinary ones.
        *[
            "http://\uff11\uff12\uff17.0.0.1/",
            "http://127\u30020\u30020\u30021/",
            "http://\u2460\u2461\u2466.0.0.1/",
            "http://127.0.0.%31/",
            "http://%31.0.0.a",
        ],
        *["http://localhost/", "http://LOCALHOST", "http://localhost./", "http://github/", "http://com."],
        *["http://a.localhost/", "http://metadata.google.internal/", "http://printer.local", "http://x.Home.ARPA/"],
        # Letters that look like others: Cyrillic, Greek, full width, dotless, and the sign of the kelvin.
        *[
            "https://g\u0456thub.com/",
            "https://g\u03b9thub.com/",
            "https://\uff47ithub.com/",
            "https://g\u0131thub.com/",
        ],
        *[
            "https://\u212aaggle.com/",
            "https://faceboo\u212a.com/",
            "https://\u017fourceforge.net/",
            "https://\u011eITHUB.com",
        ],
        *["https://xn--gthub-n4a.com/", "https://XN--GTHUB-N4A.com/", "https://www.xn--80ak6aa92e.com/"],
        *["https://a..org/", "https://example.org../", "https://.example.org/", "https://-a.org/", "https://a-.org/"],
        *["https://exa%6dple.org/", "https://example.org%00.evil.org/", "https://exam*ple.org/", "https://a,b.org/"],
    ],
}


@pytest.mark.parametrize(("expected", "text"), [(code, text) for code, texts in HOSTILE.items() for text in texts])
def test_hostile_addresses(expected: str, text: str) -> None:
    assert code("WebUrl", text) == expected


@given(st.text() | st.from_regex(r"https?://[^/]{0,30}(/.{0,20})?", fullmatch=True))
def test_an_address_that_passes_is_what_it_seems(text: str) -> None:
    if not code("WebUrl", text):
        parts = urlsplit(text)
        assert parts.scheme in {"http", "https"}
        assert parts.netloc.isascii()
        assert parts.netloc.lower() == parts.hostname
        assert parts.hostname.count(".")
        assert text.isprintable()


labels = st.sampled_from(
    ["a", "example", "a-b", "a--b", "-a", "a-", "xn--a", "a_b", "1", "0x1", "LAN", "é", "", "org", "lan"]
)
hosts = st.lists(labels | st.sampled_from(sorted(fields.PRIVATE_DOMAINS)), min_size=1, max_size=4).map(".".join)
paths = st.sampled_from(["", "/", ":1", "/a/b?c=d#e", "?a", "#a", "/a@b", "/a b", "/" + "a" * 490, "/\n", "/é"])


@given(
    st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(["https", "http", "HTTP", "ftp"]),
        st.sampled_from(["", "a@"]),
        hosts,
        paths,
    )
)
def test_an_ordinary_address_is_one_that_the_rules_take(text: str) -> None:
    found = code("WebUrl", text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fields, "_ORDINARY_URL", re.compile("(?!)"))
        assert code("WebUrl", text) == found


@given(st.from_regex(fields._ORDINARY_URL, fullmatch=True).filter(lambda text: len(text) <= 500))  # noqa: SLF001 - no way leads to it alone
def test_nothing_is_ordinary_that_the_rules_refuse(text: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fields, "_ORDINARY_URL", re.compile("(?!)"))
        assert not code("WebUrl", text)


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("https://github.com/arneb/django-messages", "github.com", "arneb/django-messages"),
        ("http://www.github.com/a/b.git", "github.com", "a/b"),
        ("https://github.com/a/b/tree/main/c", "github.com", "a/b"),
        ("https://gitlab.com/a/b/c/-/issues", "gitlab.com", "a/b/c"),
        ("git@github.com:a/b.git", "github.com", "a/b"),
        ("GitHub.com:a/b", "github.com", "a/b"),
        ("ssh://git@github.com/a/b.git", "github.com", "a/b"),
        ("git://github.com/a/b", "github.com", "a/b"),
        ("git+https://github.com/a/b", "github.com", "a/b"),
        ("git+ssh://git@github.com/a/b", "github.com", "a/b"),
        ("github.com/a/b", "github.com", "a/b"),
        ("hg.example.org/~a/b", "hg.example.org", "~a/b"),
    ],
)
def test_repositories(text: str, host: str, path: str) -> None:
    name = repository(read("Repository", text))
    assert name is not None
    assert (name.host, name.path) == (host, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(text, "repository") for text in ("a", "a/b", "github.com", "git@github.com", "git@github.com:", "a b", "@")],
        *[
            (text, "repository")
            for text in ("javascript:alert(1)", "git@github.com:a b", "--upload-pack=x", "github:/a")
        ],
        *[
            (text, "repository")
            for text in ("faceboo\u212a.com/a/b", "git@faceboo\u212a.com:a/b", "a\n.org/b", " a.org/b")
        ],
        *[(text, "url-host") for text in ("javascript:alert", "git@localhost:a/b", "git@127.0.0.1:a/b", "127.0.0.1/a")],
        *[
            (text, "url-host")
            for text in ("-o.example.org:a", "C:a", "ssh://git@10.0.0.1/a", "git@xn--gthub-n4a.com:a/b")
        ],
        *[(text, "url-scheme") for text in ("file:///etc/passwd", "ext::sh://x", "javascript://x.org/a")],
        ("ssh://git@github.com:22/a/b", "url-port"),
        ("https://user@github.com/a/b", "url-user"),
        ("ssh://a@b@github.com/a/b", "url-user"),
        ("ssh://", "url"),
        ("git@github.com:" + "ü", "repository"),
    ],
)
def test_repositories_refused(text: str, expected: str) -> None:
    assert code("Repository", text) == expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("https://example.org/packages//", "https://example.org/packages"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://localhost", "http://localhost"),
        ("https://example.org/~me/a-b_c.d,e=f+g:h@i/%7Ex", "https://example.org/~me/a-b_c.d,e=f+g:h@i/%7Ex"),
    ],
)
def test_base_addresses(text: str, kept: str) -> None:
    assert read("BaseUrl", text) == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(text, "url-scheme") for text in ("", "example.org", "javascript:x", "https://", "ftp://example.org", "/x")],
        *[
            (text, "url")
            for text in ("https://example.org:x", "https://[::1", "https://exämple.org", "https://a.org/ü")
        ],
        *[(text, "url") for text in ("https://a.org/a b", "https://a.org/\n", 'https://a.org/"', "https://a.org\\b")],
        *[(text, "url") for text in ("https://a.org?x", "https://a.org#x", "https://u@a.org")],
        *[
            (f"https://a.org/{path}", "url")
            for path in ("a//b", "/a", "../y", "a/..", ".", "a/./b/", "%2E./y", "a/%2e")
        ],
    ],
)
def test_base_addresses_refused(text: str, expected: str) -> None:
    assert code("BaseUrl", text) == expected
    if text:
        assert code("BaseUrlOrEmpty", text) == expected


@pytest.mark.parametrize("sign", "!$&'()*;")
@pytest.mark.parametrize("form", ["https://example.org/a{}b", "https://exam{}ple.org"])
def test_a_base_address_has_nothing_that_a_shell_would_run(form: str, sign: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read("BaseUrl", form.format(sign))
    [error] = caught.value.errors()
    assert (error["type"], error["msg"]) == ("url", f"holds {sign}")
    assert "copied into a shell" in error["ctx"]["hint"]
    assert code("BaseUrlOrEmpty", form.format(sign)) == "url"


def test_an_address_that_may_be_left_out() -> None:
    assert read("BaseUrlOrEmpty", "") == ""
    assert read("BaseUrlOrEmpty", "http://127.0.0.1:8000/list.json") == "http://127.0.0.1:8000/list.json"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "django-messages",
        "http://pypi.python.org/pypi/django-messages",
        "HTTPS://pypi.org/project/x/",
        "//x",
        "a/b?c",
        "x" * 255,
    ],
)
def test_an_imports_text_is_kept_as_it_was(text: str) -> None:
    assert read("StoredText", text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(text, "url-scheme") for text in ("javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vbscript:x")],
        *[(text, "url-scheme") for text in ("ftp://example.org", "mailto:a@b.org", "view-source:x")],
        *[(text, "url") for text in (" javascript:x", "java\nscript:x", "\x01javascript:x", "two words", "a\u202eb")],
        *[(text, "url") for text in ('x"y', "x'y", "<x>", "x`y", "http://pypi.org/\u00a0")],
        ("x" * 256, "too-long"),
    ],
)
def test_an_imports_text_that_does_harm_as_a_link(text: str, expected: str) -> None:
    assert code("StoredText", text) == expected


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
@pytest.mark.parametrize("value", [None, [], ["a"], {}, {"a": "b"}])
def test_what_is_no_text_is_left_to_pydantic(kind: str, value: object) -> None:
    assert code(kind, value) in {"string_type", "int_type", "bool_type", "datetime_type", "date_type"}


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
@given(text=st.text())
def test_nothing_but_a_refusal_comes_of_any_text(kind: str, text: str) -> None:
    code(kind, text)


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
def test_braces_of_a_value_are_no_template(kind: str) -> None:
    assert "{" not in code(kind, "{message}{0}{hint}" * 30)


@pytest.mark.parametrize("text", ["5.2", "3.14", "7", "1.2.3", "2026.10"])
def test_cycles(text: str) -> None:
    assert read("Cycle", text) == text


@pytest.mark.parametrize("text", ["", "5.", ".5", "5.2.1.0", "5.x", "v5", "5/2", "..", "12345", "\u0665", "5.2\n"])
def test_what_is_no_cycle(text: str) -> None:
    assert code("Cycle", text) == "cycle"


@pytest.mark.parametrize("text", ["2026-02-16", "2026-02", "1999-12"])
def test_days_and_months(text: str) -> None:
    assert read("DayOrMonth", text) == text


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-02-30", "soon", "1066-10", "2026-2", "\u0662026-02"])
def test_what_is_neither_a_day_nor_a_month(text: str) -> None:
    assert code("DayOrMonth", text) == "date"
