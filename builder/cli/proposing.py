"""`new`: a file for a package that is not in the catalogue yet."""

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from builder.cli.facts import TOKENS, now
from builder.cli.options import data_option
from builder.cli.terminal import show, tell
from builder.errors import BuilderError, DataError, Problem

if TYPE_CHECKING:
    from builder.config import Settings
    from builder.derive import RepositoryName
    from builder.entries import Records
    from builder.proposing import Draft, Found

SECONDS: Final = 30.0
"""How long all upstreams together may keep a person waiting."""
REQUESTS: Final = 12
"""A good answer takes three; the rest is for redirects and second attempts."""

_NONE: Final = "-"
_TWICE: Final = frozenset({"pypi-twice", "repository-twice", "slug-alike", "slug-taken"})
_OPTIONS: Final = {"tags": "--tag"}


@dataclass(frozen=True, slots=True)
class _Desk:
    """What drafts are judged by: the data folder, what could be read of it, and what is wrong there already."""

    data: Path
    records: "Records"
    settings: "Settings"
    known: Sequence[Problem]

    def review(self, draft: "Draft") -> list[Problem]:
        """Give the problems of a draft."""
        from builder import proposing  # noqa: PLC0415 - see the package's docstring

        return proposing.review(draft, self.records, self.known)

    def hold(self, draft: "Draft", *, whole: bool = False) -> "Draft":
        """Give a draft back where it can become a file; what it lacks counts only where it is to be `whole`.

        Raises:
            click.BadParameter: an option has a value that it cannot have.
            DataError: it is in the catalogue already, or its text is refused.
        """
        problems = [problem for problem in self.review(draft) if whole or problem.code != "missing-key"]
        for problem in problems:
            key = problem.field.partition("[")[0]
            if key and problem.code not in _TWICE:
                option = _OPTIONS.get(key, f"--{key}")
                raise click.BadParameter(_words(problem), param_hint=f"'{option}'")
        if problems:
            raise DataError([_with_option(problem) for problem in problems])
        return draft


@click.command()
@click.argument("repository", metavar="REPO_URL")
@data_option
@click.option("--slug", help="Name of the file, and end of its address.  [default: the repository's name]")
@click.option("--title", help="The name that people know.  [default: the project's or the repository's name]")
@click.option("--category", metavar="SLUG", help="A file under data/categories/; needed where nobody can be asked.")
@click.option("--pypi", metavar="NAME", help="The project on PyPI.  [default: that of this name if it names REPO_URL]")
@click.option("--no-pypi", is_flag=True, help="It is not on PyPI.")
@click.option("--documentation", metavar="URL", help="Where its documentation is.  [default: as PyPI says]")
@click.option("--tag", "tags", metavar="WORD", multiple=True, help="A word of a-z, 0-9 and -; may be given again.")
@click.option("--offline", is_flag=True, help="Ask no upstream: take the address alone.")
@click.option("--yes", is_flag=True, help="Ask nobody at the terminal: take what was found.")
@click.option("--dry-run", is_flag=True, help="Print the file, and write nothing.")
@click.pass_obj
def new(  # noqa: PLR0913, PLR0917 - one for each option
    obj: dict[str, bool],
    repository: str,
    data: Path,
    slug: str | None,
    title: str | None,
    category: str | None,
    pypi: str | None,
    documentation: str | None,
    tags: tuple[str, ...],
    *,
    no_pypi: bool,
    offline: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """Make the file of a package that is not in the catalogue yet.

    REPO_URL is the address of its repository, in any usual form. What the forge and PyPI tell is filled in, and the
    rest asked for on a terminal. No file is ever written over.
    """
    from builder import proposing  # noqa: PLC0415 - see the package's docstring

    if pypi and no_pypi:
        raise click.UsageError("--pypi and --no-pypi contradict each other.")
    desk = _desk(data)
    asks = not yes and sys.stdin.isatty() and sys.stderr.isatty()
    if category is None and not asks:
        raise click.UsageError(f"Missing option '--category', which nobody can be asked for. {_there_are(desk)}")
    name = _name(repository, desk)
    given = proposing.Draft(
        slug or proposing.slug_of(name), title, category, name.url, "" if no_pypi else pypi, documentation, tags or None
    )
    desk.hold(given)
    found = proposing.Found.offline(name) if offline else _find(desk, name, given, quiet=obj["quiet"])
    draft = proposing.filled(given if slug else replace(given, slug=proposing.slug_of(found.name)), found)
    desk.hold(draft, whole=not asks)
    if found.project and not found.is_ours and not given.pypi and not asks and not obj["quiet"]:
        tell(f"It is left out. If it is the package's all the same: --pypi {found.project.name}")
    if asks:
        draft = desk.hold(_ask(desk, given, draft), whole=True)
    if dry_run:
        show(draft.text().removesuffix("\n"))
        return
    file = proposing.write(data, draft)
    show(file)
    if not obj["quiet"]:
        _tell_what_next(desk, file, draft)


def _desk(data: Path) -> _Desk:
    """Read the data; what is wrong elsewhere in it stops nobody.

    Raises:
        DataError: not even the settings can be read, or which packages there are.
    """
    from builder import build as building  # noqa: PLC0415 - see the package's docstring
    from builder import source  # noqa: PLC0415 - see the package's docstring

    records, known = building.look(data)
    settings = source.load_settings(data)
    if records is None or settings is None:
        raise DataError(known)
    if hidden := [each for each in known if each.path == f"{records.folder}/packages" and each.code != "file-missing"]:
        raise DataError(hidden)
    return _Desk(data, records, settings, known)


def _name(text: str, desk: _Desk) -> "RepositoryName":
    """Read REPO_URL.

    Raises:
        click.BadParameter: it is not the address of a repository.
    """
    from builder import config, proposing  # noqa: PLC0415 - see the package's docstring
    from builder.entries import show_value  # noqa: PLC0415 - see the package's docstring

    name = proposing.repository_of(text)
    forge = config.forges(desk.settings).get(name.host) if name else None
    if name and ("/" in name.path or forge is None or forge.kind == "git"):
        return name
    problems = desk.review(proposing.Draft("package", repository=text.strip()))
    words = (_words(problem) for problem in problems if problem.field == "repository")
    hint = "Give its web address, such as https://github.com/arneb/django-messages."
    usual = f"is not the address of a repository (found {show_value(text)}). {hint}"
    raise click.BadParameter(next(words, usual), param_hint="'REPO_URL'")


def _find(desk: _Desk, name: "RepositoryName", given: "Draft", *, quiet: bool) -> "Found":
    """Ask upstreams, and tell what they say.

    Raises:
        BuilderError: what was named is not there.
    """
    from builder import proposing  # noqa: PLC0415 - see the package's docstring
    from builder.upstreams import Budget, Setup  # noqa: PLC0415 - see the package's docstring

    tokens = {host: token for variable, host in TOKENS.items() if (token := os.environ.get(variable))}
    setup = Setup(desk.settings, now().date(), tokens, Budget(REQUESTS, SECONDS))
    found = proposing.find(name, setup, given.pypi)
    if not quiet:
        for line in proposing.remarks(found):
            tell(line)
    if found.missing:
        raise BuilderError(f"{'; '.join(found.missing)}. Nothing was written; --offline does not ask.")
    return found


def _ask(desk: _Desk, given: "Draft", draft: "Draft") -> "Draft":
    """Ask a person for what was not given: the title and the category, and what was not found."""
    if given.title is None:
        draft = _answer(desk, draft, "title", "Title", draft.title or "")
    if given.category is None:
        tell(_there_are(desk))
        draft = _answer(desk, draft, "category", "Category")
    if given.pypi is None and not draft.pypi:
        draft = _answer(desk, draft, "pypi", f"Project on PyPI ({_NONE} for none)", _NONE)
    if given.documentation is None and not draft.documentation:
        draft = _answer(desk, draft, "documentation", f"Address of its documentation ({_NONE} for none)", _NONE)
    if given.tags is None:
        draft = _answer(desk, draft, "tags", f"Tags, with spaces between ({_NONE} for none)", _NONE)
    return draft


def _answer(desk: _Desk, draft: "Draft", key: str, question: str, default: str | None = None) -> "Draft":
    """Ask until the answer is one that may stand in the file, and give the draft with it."""

    def taken(text: str) -> "Draft":
        said = "" if default == text.strip() == _NONE else text.strip()
        changes: dict[str, Any] = {key: tuple(said.replace(",", " ").split()) if key == "tags" else said}
        changed = replace(draft, **changes)
        for problem in desk.review(changed):
            if problem.field.partition("[")[0] in {key, ""}:
                raise click.UsageError(_words(problem))
        return changed

    answer: Draft = click.prompt(question, default=default, value_proc=taken, err=True)
    return answer


def _words(problem: Problem) -> str:
    """Give a problem in sentences, without its place."""
    found = f" (found {problem.value})" if problem.value else ""
    return f"{problem.message}{found}. {problem.hint}".rstrip()


def _with_option(problem: Problem) -> Problem:
    """Name the option that gives another slug."""
    return replace(problem, hint=f"{problem.hint} (--slug NAME)") if problem.code.startswith("slug-") else problem


def _there_are(desk: _Desk) -> str:
    return f"Categories: {', '.join(sorted(desk.records.categories))}."


def _tell_what_next(desk: _Desk, file: Path, draft: "Draft") -> None:
    folder = f" --data {shlex.quote(str(desk.data))}" if desk.data != Path("data") else ""
    if desk.known:
        tell(f"Note: {DataError(desk.known)} They were there before: builder check{folder}")
    tell(f"Look at it: builder serve{folder}, at /packages/p/{draft.slug}/")
    tell(f"Commit it: git add {shlex.quote(str(file))} && git commit -m 'Add {draft.slug}'")
    tell("Push it to a branch of your own, and open a pull request: its id is given when it is merged.")
