"""The codes of problems: each is explained in one place, and each that is explained can come."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import builder
from builder.errors import CODES

SOURCES = [file for folder in builder.__path__ for file in sorted(Path(folder).rglob("*.py"))]
# Which argument the code is, of the calls that make a problem or what becomes one.
ARGUMENTS = {
    "Problem": 3,
    "problem": 1,
    "report": 0,
    "PydanticCustomError": 0,
    "_fail": 0,
    "_refuse": 1,
    "RefusedError": 2,
}


def made(tree: ast.Module) -> Iterator[str]:
    """Yield every code that is written out where a problem is made."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for argument in node.args[ARGUMENTS.get(name, 99) :][:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def written(tree: ast.Module) -> Iterator[str]:
    """Yield every text of a module that could be a code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A group's name of a regular expression has _ for -.
            yield from re.findall(r"[a-z0-9-]+", node.value.replace("_", "-")) if "?P<" in node.value else [node.value]


TREES = [ast.parse(file.read_text(encoding="utf-8")) for file in SOURCES if file.name != "errors.py"]


def test_every_code_that_is_made_is_explained() -> None:
    codes = {code for tree in TREES for code in made(tree)}
    assert len(codes) > 30
    assert codes <= CODES.keys()


def test_every_code_that_is_explained_can_come() -> None:
    texts = {text for tree in TREES for text in written(tree)}
    assert CODES.keys() <= texts


def test_codes_are_in_one_style() -> None:
    for code, meaning in CODES.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
        assert meaning.endswith(".")
        assert len(meaning) < 100
