"""Every code has an example, which is told as such and is fine when it is put right, and a page that shows both."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from expected import agree
from problem_cases import CASES, Case, Text
from repositories import OWN

from builder.errors import CODES, Problem
from builder.formats import PAGES

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / PAGES
FORMS = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".md": "markdown"}
LONGEST = 120


@pytest.fixture(autouse=True)
def _own_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OWN.items():
        monkeypatch.setenv(name, value)


def test_every_code_has_an_example_and_nothing_else_has() -> None:
    assert list(CASES) == list(CODES)


@pytest.mark.parametrize("code", CASES)
def test_the_example_is_told_and_its_page_says_so(code: str, tmp_path: Path, bless: bool) -> None:  # noqa: FBT001 - a fixture
    problems = CASES[code].problems(tmp_path, right=False)
    assert {problem.code for problem in problems} == {code}
    assert all(problem.hint for problem in problems if code != "not-valid")
    agree(FOLDER / f"{code}.md", page(code, CASES[code], problems), bless=bless)


@pytest.mark.parametrize("code", CASES)
def test_the_example_put_right_is_fine(code: str, tmp_path: Path) -> None:
    assert CASES[code].problems(tmp_path, right=True) == []


def test_the_list_of_the_pages(bless: bool) -> None:  # noqa: FBT001 - a fixture
    lines = "".join(f"| [{code}]({code}.md) | {meaning} |\n" for code, meaning in sorted(CODES.items()))
    text = (
        "# What can be wrong with the data\n\n"
        "`builder check` names each problem by one of these codes, which never change their meaning.\n\n"
        f"| code | meaning |\n|---|---|\n{lines}"
    )
    agree(FOLDER / "README.md", text, bless=bless)


def test_no_page_is_left_over() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == {"README", *CODES}


def test_pages_can_be_read_by_everybody() -> None:
    for file in FOLDER.iterdir():
        text = file.read_text(encoding="utf-8")
        assert all(sign == "\n" or unicodedata.category(sign)[0] != "C" for sign in text), file.name
        assert "…\n" in text or max(map(len, text.split("\n"))) < 2 * LONGEST, file.name


def page(code: str, case: Case, problems: list[Problem]) -> str:
    """Give the page of a code."""
    told = "".join(f"{problem}\n" for problem in problems)
    return (
        f"# {code}\n\n{CODES[code]} {case.why}\n\n"
        f"## Wrong\n\n{''.join(states(case, right=False))}"
        f"## What is told\n\n```text\n{visible(told)}```\n\n"
        f"## Right\n\n{''.join(states(case, right=True)).rstrip()}\n"
    )


def states(case: Case, *, right: bool) -> Iterator[str]:
    """Yield the files of an example, each with its path."""
    if case.shown:
        yield f"{case.shown[right]}\n\n"
        return
    if case.before and not right:
        yield from (f"Before, `data/{path}`:\n\n{block(path, body)}" for path, body in case.before.items())
    now = "Now, " if case.before and not right else ""
    before = case.files(right=False) if right else {}
    for number, (path, body) in enumerate(case.files(right=right).items()):
        if number and before.get(path) == body:  # it stays as it was shown above
            continue
        if body is None:
            yield f"There is no `data/{path}`{' any more' if case.before else ''}.\n\n"
        else:
            yield f"{now}`data/{path}`:\n\n{block(path, body)}"


def block(path: str, body: Text) -> str:
    """Give a file as a block of code; letters that nobody sees are named."""
    assert body is not None
    text = body.decode(errors="backslashreplace") if isinstance(body, bytes) else body
    fence = "````" if "```" in text else "```"
    return f"{fence}{FORMS.get(Path(path).suffix, 'text')}\n{visible(text)}{fence}\n\n"


def visible(text: str) -> str:
    """Name what cannot be seen."""
    shown = (sign if sign == "\n" or sign.isprintable() else f"⟨U+{ord(sign):04X}⟩" for sign in text)
    return "".join(shown)
