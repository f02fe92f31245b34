"""Problems in every form: what programs are promised, what the platform makes of it, and what must not get through."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from builder.errors import CODES, Problem
from builder.formats import Pages, annotate, as_json, as_sarif, summarise
from builder.formats import markdown as summaries
from builder.formats.sarif import SCHEMA, utf16_column

PAGES = Pages("https://github.com/example/packages")
PAGE = "https://github.com/example/packages/blob/main/.github/docs/problems/slug.md"
ONE = Problem("data/packages/a.yaml", 2, 11, "slug", "is not a slug", "Use a-z.", "category", "'A b'")
WHOLE = Problem("data/site.yaml", 0, 0, "file-missing", "there is no such file")
TOKEN = "0123456789abcdef"  # noqa: S105 - no secret
SCHEMA_FILE = Path(__file__).parent / "sarif" / "sarif-2.1.0-rtm.5.json"


def nothing(_path: str, _number: int) -> str:
    return ""


def many(count: int) -> list[Problem]:
    return [Problem(f"data/packages/p{number:04}.yaml", 1, 1, "slug", "is not a slug") for number in range(count)]


@pytest.mark.parametrize(
    ("repository", "page"),
    [
        ("https://github.com/example/packages", PAGE),
        ("https://github.com/example/packages.git", PAGE),
        ("https://www.github.com/example/packages/", PAGE),
        ("https://gitlab.com/example/packages", ""),
        ("https://github.com/example", ""),
        ("", ""),
    ],
)
def test_pages_are_where_the_repository_is(repository: str, page: str) -> None:
    assert Pages(repository).page("slug") == page
    assert Pages(repository).index == page.replace("slug.md", "README.md")


def test_pages_are_on_the_branch() -> None:
    assert "/blob/trunk/" in Pages("https://github.com/example/packages", "trunk").page("slug")


def test_json_has_its_shape() -> None:
    assert json.loads(as_json([ONE, WHOLE], PAGES, ["A note."])) == {
        "schema_version": 1,
        "count": 2,
        "files": 2,
        "problems": [
            {
                "path": "data/packages/a.yaml",
                "line": 2,
                "column": 11,
                "code": "slug",
                "field": "category",
                "value": "'A b'",
                "message": "is not a slug",
                "hint": "Use a-z.",
                "help": PAGE,
            },
            {
                "path": "data/site.yaml",
                "line": None,
                "column": None,
                "code": "file-missing",
                "field": "",
                "value": "",
                "message": "there is no such file",
                "hint": "",
                "help": PAGE.replace("slug", "file-missing"),
            },
        ],
        "notes": ["A note."],
    }
    assert json.loads(as_json([ONE], Pages()))["problems"][0]["help"] is None
    assert json.loads(as_json([], PAGES))["problems"] == []


# --- Annotations


def test_an_annotation_has_its_place_its_title_and_its_page() -> None:
    assert list(annotate([ONE, WHOLE], PAGES, "sites/one/", TOKEN)) == [
        (
            "::error file=sites/one/data/packages/a.yaml,line=2,col=11,title=slug%3A category::"
            f"category: is not a slug (found 'A b')%0AUse a-z.%0A{PAGE}"
        ),
        (
            "::error file=sites/one/data/site.yaml,title=file-missing::"
            f"there is no such file%0A{PAGE.replace('slug', 'file-missing')}"
        ),
    ]


def test_without_pages_an_annotation_ends_with_the_remedy() -> None:
    (line,) = annotate([ONE], Pages(), "", TOKEN)
    assert line.endswith("%0AUse a-z.")


def parsed(line: str) -> tuple[dict[str, str], str]:
    """Read a command as the platform's runner does."""
    assert line.startswith("::error ")
    properties, _, data = line.removeprefix("::error ").partition("::")
    pairs = (text.partition("=") for text in properties.split(","))
    signs = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}

    def unescape(text: str, known: list[str]) -> str:
        for sign in known:
            text = text.replace(sign, signs[sign])
        return text

    return (
        {key: unescape(value, ["%0D", "%0A", "%3A", "%2C", "%25"]) for key, _, value in pairs},
        unescape(data, ["%0D", "%0A", "%25"]),
    )


@given(st.text(), st.text(), st.text())
def test_whatever_a_problem_holds_comes_through_an_annotation(path: str, field: str, message: str) -> None:
    problem = Problem(path, 1, 2, "slug", message, field=field)
    (line,) = annotate([problem], Pages(), "", TOKEN)
    assert "\n" not in line
    assert "\r" not in line
    properties, data = parsed(line)
    assert properties == {"file": path, "line": "1", "col": "2", "title": f"slug: {field}" if field else "slug"}
    assert data == (f"{field}: {message}" if field else message)


def test_after_ten_the_rest_is_text_in_which_no_command_is_read() -> None:
    lines = list(annotate(many(12), PAGES, "", TOKEN))
    assert [line.startswith("::error ") for line in lines] == [True] * 10 + [False] * 4
    assert lines[10] == f"::stop-commands::{TOKEN}"
    assert lines[11:13] == [str(problem) for problem in many(12)[10:]]
    assert lines[13] == f"::{TOKEN}::"
    assert len(list(annotate(many(10), PAGES, "", TOKEN))) == 10
    assert list(annotate([], PAGES, "", TOKEN)) == []


# --- The summary


def test_the_summary_has_every_problem_by_file() -> None:
    text = summarise([ONE, WHOLE], PAGES)
    assert text == (
        "### 2 problems in 2 files\n"
        "\n`data/packages/a.yaml`\n\n"
        f"- line 2, column 11: `category` is not a slug (found `'A b'`) ([slug]({PAGE}))  \n  Use a\\-z\\.\n"
        "\n`data/site.yaml`\n\n"
        f"- there is no such file ([file-missing]({PAGE.replace('slug', 'file-missing')}))\n"
    )
    assert "(slug)" in summarise([ONE], Pages())


def test_the_summary_of_nothing_says_what_was_looked_at() -> None:
    assert summarise([], PAGES, "3 packages") == "### No problem found\n\n3 packages\n"


def test_a_summary_that_the_platform_would_drop_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "MOST_BYTES", 2000)
    text = summarise(many(1000), PAGES)
    assert len(text.encode()) < 2200
    assert text.startswith("### 1000 problems in 1000 files\n")
    assert text.endswith("\nThere is more than fits here: the log of the job has it all.\n")
    assert "There is more" not in summarise(many(2), PAGES)


HOSTILE = st.text(st.sampled_from("<>[]()!*_`~\\|#@&:/.-+=\"' \n\tabhtps") | st.characters(codec="utf-8"), max_size=60)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_of_a_problem_becomes_markup(message: str, hint: str, field: str, value: str) -> None:
    page = summarise([Problem("data/a.yaml", 1, 1, "slug", f"is {message}", f"Do {hint}", field, value)], PAGES)
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(page)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in [*tokens, *inner]}
    assert not kinds & {"html_block", "html_inline", "image", "fence", "code_block", "table_open", "strong_open", "hr"}
    assert [child.attrs["href"] for child in inner if child.type == "link_open"] == [PAGE]
    for text in (child.content for child in inner if child.type == "text"):
        assert "www" not in text or "www" in message + hint


def test_addresses_and_names_in_a_problem_are_no_links_and_call_nobody() -> None:
    page = summarise([Problem("data/a.yaml", 1, 1, "slug", "see https://x.example www.x.example @octocat #1")], PAGES)
    assert r"https\:" in page
    assert r"www\.x" in page
    assert r"\@octocat" in page
    assert r"\#1" in page


@pytest.mark.parametrize(
    ("text", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("`a`", "`` `a` ``"), ("``", "``` `` ```")]
)
def test_code_may_hold_backquotes(text: str, shown: str) -> None:
    assert summaries.code(text) == shown
    (paragraph,) = (token for token in MarkdownIt().parse(shown) if token.type == "inline")
    assert [child.content for child in paragraph.children or ()] == [text]


# --- SARIF


@pytest.fixture(scope="module")
def valid() -> Callable[[str], Any]:
    """Give what reads a log, and fails where it is not as the format's own schema has it."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())

    def read(text: str) -> Any:  # noqa: ANN401 - JSON
        log = json.loads(text)
        assert [error.message for error in validator.iter_errors(log)] == []
        return log

    return read


def test_the_schema_refuses_what_is_wrong(valid: Callable[[str], Any]) -> None:
    with pytest.raises(AssertionError):
        valid('{"version": "2.1.0", "runs": [{"tool": {}}]}')


def test_sarif_is_as_its_schema_has_it(valid: Callable[[str], Any]) -> None:
    log = valid(as_sarif([ONE, WHOLE], PAGES, "1.2.3", "sites/ä b/", nothing))
    assert log["$schema"] == SCHEMA
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("builder", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == ["file-missing", "slug"]
    assert driver["rules"][1]["helpUri"] == PAGE
    assert driver["rules"][1]["shortDescription"]["text"] == CODES["slug"]
    assert run["columnKind"] == "utf16CodeUnits"
    first, second = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("slug", 1, "error")
    assert first["message"]["text"] == "category: is not a slug (found 'A b'). Use a-z."
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {
        "uri": "sites/%C3%A4%20b/data/packages/a.yaml",
        "uriBaseId": "%SRCROOT%",
    }
    assert place["region"] == {"startLine": 2, "startColumn": 11}
    assert second["message"]["text"] == "there is no such file"
    assert "region" not in second["locations"][0]["physicalLocation"]


def test_sarif_without_problems_and_without_pages(valid: Callable[[str], Any]) -> None:
    log = valid(as_sarif([], PAGES, "1", "", nothing))
    assert log["runs"][0]["results"] == []
    (run,) = valid(as_sarif([ONE], Pages(), "1", "", nothing))["runs"]
    assert "informationUri" not in run["tool"]["driver"]
    assert "helpUri" not in run["tool"]["driver"]["rules"][0]


def test_the_fingerprint_of_a_problem_does_not_depend_on_its_line(valid: Callable[[str], Any]) -> None:
    moved = Problem(ONE.path, 9, 1, ONE.code, ONE.message, ONE.hint, ONE.field, ONE.value)
    other = Problem(ONE.path, 9, 1, ONE.code, ONE.message, ONE.hint, ONE.field, "'B'")
    results = valid(as_sarif([ONE, moved, other], PAGES, "1", "", nothing))["runs"][0]["results"]
    prints = [result["partialFingerprints"]["problem/v1"] for result in results]
    assert prints[0] == prints[1] != prints[2]


def test_columns_count_utf16_units(valid: Callable[[str], Any]) -> None:
    line = "title: 🚀é𝒳: x"
    problem = Problem("data/a.yaml", 1, 11, "yaml-syntax", "a colon")
    log = valid(as_sarif([problem], PAGES, "1", "", lambda _path, _number: line))
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] == 13
    assert line[10:] == ": x"


@given(st.text(), st.data())
def test_a_utf16_column_leads_to_the_same_letter(line: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(line) + 1))
    before = line[: column - 1].encode("utf-16-le", errors="surrogatepass")
    assert utf16_column(line, column) == len(before) // 2 + 1
