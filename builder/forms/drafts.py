"""From answers to the file of a changed package or a new grid. What the values are worth is told by the checks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from builder.forms import trial
from builder.forms.known import NOTHING, Answers, Source
from builder.forms.names import Names, lines_of, pypi_of, slug_of, tags_of
from builder.forms.outcome import Fault
from builder.forms.table import CHANGE, GRID
from builder.forms.trial import Draft, Tried
from builder.importing.edit import amend
from builder.source import files, modelines, yaml_text, yaml_writer
from builder.source.text import decode, mark_of
from builder.tidy import ORDERS, in_order

_NEEDED: Final = frozenset({"title", "category"})
# What stays of an import beside a key, and would go on being answered although a person changed the key.
_WITH_IT: Final = {"pypi": "pypi_url"}


def change(answers: Answers, source: Source) -> Tried | list[Fault]:
    """Put new values into the file of a package; comments and all that was not asked for stay."""
    names = Names(source.data)
    slug = names.package(answers["package"])
    if source.is_broken("packages", slug):
        hint = "They are to be mended first; builder check tells them."
        return [Fault(CHANGE.label("package"), f"the file of {slug} has problems already", hint)]
    if slug not in source.data.packages:
        return [names.no_package(CHANGE.label("package"), answers["package"])]
    given = {key: text for key in ORDERS["packages"] if (text := answers.get(key, ""))}
    if lost := sorted(key for key, text in given.items() if text == NOTHING and key in _NEEDED):
        return [Fault(CHANGE.label(key), "cannot be taken away", "Write what it is to be.") for key in lost]
    before = (source.folder / "packages" / f"{slug}{files.SUFFIX}").read_bytes()
    body = _changed(before, given, names)
    if body is None:
        hint = "Change it by hand: its page has a link to the file."
        return [Fault("", "the file is written so that a form cannot change it", hint)]
    if body == before:
        hint = "Answer the question for what is to be changed; leave the others empty."
        return [Fault("", f"nothing in the file of {slug} would be changed", hint)]
    return _tried(Draft("packages", slug, body, before, f"Change {slug}"), source)


def grid(answers: Answers, source: Source) -> Tried | list[Fault]:
    """Make the file of a new grid; its cells are for people who know the packages, by hand."""
    answers = {key: "" if text == NOTHING else text for key, text in answers.items()}
    slug, faults = slug_of("grid", GRID.label("slug"), answers["slug"], answers["title"])
    if faults:
        return faults
    if slug in source.data.grids or source.is_broken("grids", slug):
        hint = "If it is the same grid, change that one; if it is another, write another name here."
        return [Fault(GRID.label("slug"), "there is a grid of this name already", hint, slug)]
    names = Names(source.data)
    keys: dict[str, Any] = {
        "title": answers["title"],
        "description": answers["description"],
        "packages": [names.package(line) for line in lines_of(answers["packages"])],
    }
    if features := [_feature(line) for line in lines_of(answers["features"])]:
        keys["features"] = features
    text = modelines.led(source.folder, f"grids/{slug}{files.SUFFIX}", yaml_writer.text(keys))
    return _tried(Draft("grids", slug, text.encode(), None, f"Add the grid {slug}"), source)


def _tried(draft: Draft, source: Source) -> Tried:
    return Tried(draft, trial.problems(draft, source.data))


def _feature(line: str) -> dict[str, str]:
    title, _, description = (part.strip() for part in line.partition(": "))
    return {"title": title, "description": description} if description else {"title": title}


_READ: Final[Mapping[str, Callable[[str, Names], object]]] = {
    "category": lambda text, names: names.category(text),
    "pypi": lambda text, _: pypi_of(text),
    "replaced_by": lambda text, names: names.package(text),
    "tags": lambda text, _: tags_of(text),
}
"""How the answers for some keys are read; the others are taken as they are."""


def _changed(before: bytes, given: Answers, names: Names) -> bytes | None:
    """Give the bytes of a file with other values; None where it is written so that this cannot be done."""
    text = decode(before)
    mark = mark_of(before)
    said = yaml_text.read(text).value
    values = {key: None if answer == NOTHING else _taken_from(key, answer, names) for key, answer in given.items()}
    new = {key: value for key, value in values.items() if not isinstance(said, dict) or said.get(key) != value}
    gone = {key for key, value in new.items() if value is None} | {_WITH_IT[key] for key in new if key in _WITH_IT}
    made = amend(text, {key: value for key, value in new.items() if value is not None}, gone)
    if made is not None and in_order(text, ORDERS["packages"]) == text:  # what was in order stays so
        made = in_order(made, ORDERS["packages"])
    return None if made is None else mark + made.encode()


def _taken_from(key: str, answer: str, names: Names) -> object:
    return _READ[key](answer, names) if key in _READ else answer
