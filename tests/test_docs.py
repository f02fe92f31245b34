"""What the documents say of the commands is what the commands say: each command, option and value, both ways."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from expected import agree
from markdown_it import MarkdownIt
from workflows import ROOT, WORKFLOWS

from builder.cli import main

COMMANDS_PAGE = ROOT / ".github/docs/commands.md"
PLACES = ("*.md", ".github/**/*.md", "data/pages/*.md", "data/posts/*.md")
DOCUMENTS = sorted({file for place in PLACES for file in ROOT.glob(place)} - {COMMANDS_PAGE})
OTHERS = {"--size-only": "of aws s3 sync"}
"""Options of other programs that stand alone in a document."""

# The program is called by its name, by its path, or as a module; a line ends where a comment or another program begins.
_CALL = re.compile(r"(?:^|[\s/;(])builder +(?P<rest>[a-z\[$-].*)")
_END = re.compile(r"\s(?:#|\||>|>>|&&|\|\|)\s.*|\s>>?\S.*|;.*")
_IF_SET = re.compile(r"\$\{\w+:\+([^}]*)\}")


def snippets(text: str) -> Iterator[str]:
    """Yield what a document has as code: each line of a block, and what stands within a line."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type in {"fence", "code_block"}:
            yield from token.content.splitlines()
        yield from (child.content for child in token.children or () if child.type == "code_inline")


def calls(lines: Iterator[str]) -> Iterator[list[str]]:
    """Yield the words behind `builder` of each line that calls it."""
    for line in lines:
        if call := _CALL.search(_IF_SET.sub(r"\1", line)):
            rest = _END.sub("", call["rest"])
            yield [bare for word in rest.split() if (bare := word.strip("[]\"',"))]


def option(command: click.Command, word: str) -> click.Option:
    """Give the option of a command, or of all commands, that is so called."""
    for parameter in (*command.params, *main.params):
        if isinstance(parameter, click.Option) and word in (*parameter.opts, *parameter.secondary_opts):
            return parameter
    raise AssertionError(f"builder {command.name} has no option {word}")


def hold(words: list[str], *, whole: bool = True) -> None:
    """Hold a call to what the commands take: command, options, their values, and how many words beside them.

    One that is not `whole` may end with an option that is only named.
    """
    assert [word for word in words if not word.startswith("-")], f"builder {' '.join(words)} names no command"
    name = next(word for word in words if not word.startswith("-"))
    assert name in main.commands, f"there is no command {name}"
    command = main.commands[name]
    rest, beside = iter(words), 0
    for word in rest:
        if not word.startswith("-"):
            beside += 1
            continue
        flag, equals, value = word.partition("=")
        taken = option(command, flag)
        if not taken.is_flag and not taken.count:
            value = value if equals else next(rest, "")
            assert value or not whole, f"{name} {flag} wants a value"
            if value and isinstance(taken.type, click.Choice) and not value.isupper():
                assert set(value.split("|")) <= set(taken.type.choices), f"{name} {flag} takes no {value}"
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    room = sum(argument.nargs if argument.nargs > 0 else 99 for argument in arguments)
    assert beside - 1 <= room, f"{name} takes no more words: {' '.join(words)}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_what_a_document_calls_can_be_called(document: Path) -> None:
    for words in calls(snippets(document.read_text(encoding="utf-8"))):
        hold(words, whole=False)


def test_what_workflows_and_the_makefile_call_can_be_called() -> None:
    jobs = [job for workflow in WORKFLOWS.values() for job in workflow["jobs"].values()]
    lines = [line for job in jobs for step in job.get("steps", []) for line in step.get("run", "").splitlines()]
    makefile = [line.strip() for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("\t$(BIN)/")]
    found = list(calls(iter([*lines, *makefile])))
    assert {"build", "check", "diff", "fetch", "ids", "serve", "verify"} <= {words[0] for words in found}
    for words in found:
        hold(words)


@pytest.mark.parametrize(
    "line",
    [
        *("builder chekc", "builder check --bases HEAD", "builder check --format githab", "builder ids all"),
        *(
            "builder diff main other",
            "builder check --base",
            "$ builder --loud check",
            "x && .venv/bin/builder nothing",
        ),
        *("builder check [--format text|jason]", 'builder fetch ${X:+--except "$X"}', "python -m builder --quiet"),
    ],
)
def test_what_cannot_be_called_is_noticed(line: str) -> None:
    [words] = calls(iter([line]))
    with pytest.raises(AssertionError):
        hold(words)


def test_options_that_stand_alone_are_options_of_some_command() -> None:
    known = {"--help"} | {
        word
        for command in (main, *main.commands.values())
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for word in (*parameter.opts, *parameter.secondary_opts)
    }
    texts = [file.read_text(encoding="utf-8") for file in DOCUMENTS]
    named = {
        word
        for text in texts
        for snippet in snippets(text)
        if snippet.startswith("--")
        for word in re.findall(r"--[a-z][a-z-]*", snippet)
    }
    assert len(named) > 20
    assert named - known == set(OTHERS)


def test_the_readme_names_every_command() -> None:
    called = list(calls(snippets((ROOT / "README.md").read_text(encoding="utf-8"))))
    assert {words[0] for words in called} >= set(main.commands)


def helps() -> Iterator[tuple[str, str]]:
    """Yield each way to call the program, and what it answers to --help."""
    whole = click.Context(main, info_name="builder", terminal_width=110, max_content_width=110, **main.context_settings)
    yield "builder", main.get_help(whole)
    for name, command in sorted(main.commands.items()):
        yield f"builder {name}", command.get_help(click.Context(command, info_name=name, parent=whole))


def test_every_command_and_option_is_in_the_documents(*, bless: bool) -> None:
    parts = [f"## {called}\n\n```text\n{text}\n```\n" for called, text in helps()]
    agree(COMMANDS_PAGE, "\n".join(["# The commands, by their own words\n", *parts]), bless=bless)
    assert "(.github/docs/commands.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def links(file: Path) -> Iterator[str]:
    """Yield where the links and pictures of a document lead."""
    for token in MarkdownIt("commonmark").enable("table").parse(file.read_text(encoding="utf-8")):
        for child in token.children or ():
            if target := child.attrs.get("href") or child.attrs.get("src"):
                yield str(target)


def anchors(file: Path) -> set[str]:
    """Give the anchors that GitHub makes of the headings of a document."""
    tokens = MarkdownIt("commonmark").parse(file.read_text(encoding="utf-8"))
    titles = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize(
    "document", [*ROOT.glob("*.md"), *ROOT.glob(".github/*.md"), COMMANDS_PAGE], ids=lambda file: str(file.name)
)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in links(document):
        path, _, anchor = target.partition("#")
        if re.match(r"https?://|mailto:|\.\./\.\./issues/", path):
            continue
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


FORMS = ROOT / ".github/ISSUE_TEMPLATE"


@pytest.mark.xfail(not FORMS.exists(), reason="there are no forms yet", raises=FileNotFoundError)
def test_the_forms_that_the_documents_name_are_those_that_there_are() -> None:
    texts = "".join(file.read_text(encoding="utf-8") for file in DOCUMENTS)
    named = set(re.findall(r"issues/new\?template=([\w.-]+)", texts))
    assert named
    assert named <= {file.name for file in FORMS.iterdir()}
