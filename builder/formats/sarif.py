"""Problems as SARIF 2.1.0, which code scanners and editors read (OASIS, "Static Analysis Results Interchange Format").

Columns count UTF-16 code units, as the format has it by itself, and not code points as everywhere else here.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

from builder.errors import CODES, Problem
from builder.formats.pages import Pages

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Line = Callable[[str, int], str]
"""Gives the text of a line by path and number; "" where it cannot be read."""


def as_sarif(problems: Sequence[Problem], pages: Pages, version: str, prefix: str, line: Line) -> str:
    """Give the log of one run.

    Args:
        problems: in order of place.
        pages: where codes are explained.
        version: of this program.
        prefix: what leads from the root of the repository to the folder that holds data/, with a slash at its end.
        line: how to get a line of a file, to count its columns.
    """
    codes = sorted({problem.code for problem in problems})
    driver: dict[str, Any] = {
        "name": "builder",
        "version": version,
        "rules": [_rule(code, pages) for code in codes],
    }
    if pages.index:
        driver["informationUri"] = pages.index
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "results": [_result(problem, codes.index(problem.code), prefix, line) for problem in problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(code: str, pages: Pages) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": CODES[code]},
        "defaultConfiguration": {"level": "error"},
    }
    if page := pages.page(code):
        rule["helpUri"] = page
    return rule


def _result(problem: Problem, rule: int, prefix: str, line: Line) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(prefix + problem.path), "uriBaseId": "%SRCROOT%"}}
    if problem.line:
        column = utf16_column(line(problem.path, problem.line), problem.column)
        place["region"] = {"startLine": problem.line, "startColumn": column}
    text = problem.sentence
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": f"{text}. {problem.hint}" if problem.hint else text},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"problem/v1": _fingerprint(problem)},
    }


def utf16_column(line: str, column: int) -> int:
    """Turn a column that counts code points, from 1, into one that counts UTF-16 code units."""
    return column + sum(ord(sign) > 0xFFFF for sign in line[: column - 1])  # noqa: PLR2004 - the end of the first plane


def _fingerprint(problem: Problem) -> str:
    """Give what tells that a problem is the same in another run, wherever its line has gone."""
    parts = (problem.path, problem.code, problem.field, problem.value)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
