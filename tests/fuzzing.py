"""Feeds the loader whatever leads it to a place where it has not been: atheris, which watches what of it runs.

    python tests/fuzzing.py FOLDER [-runs=N] [-seed=N] [other options of libFuzzer]

The first byte chooses the file that the others stand in; all the rest of the data is well. Whatever stands there, it is
read, or it is told as problems of places that are in the file. Anything else ends the program. FOLDER keeps what led
somewhere new, for the next time, and what ended it (crash-...).
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))  # this checkout's, whatever is installed

with atheris.instrument_imports(include=["builder.source", "builder.checks", "builder.fields", "yaml"]):
    from builder import build
    from builder.entries import Data
    from builder.errors import CODES, Problem
    from builder.formats import Pages, annotate, as_json, as_sarif, summarise

from problem_cases import CASES, COMMON, GRID, PACKAGE, put

FILES = (
    *(PACKAGE, GRID, "categories/apps.yaml", "products/django.yaml", "site.yaml", "tombstones.yaml"),
    *("pages/about.md", "posts/first.md", "snapshots/django-messages.json"),
)
PAGES = Pages("https://github.com/example/packages")


class Loader:
    """A data folder, of which one file after the other holds what the fuzzer made."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data"
        put(self.data, COMMON)

    def __call__(self, given: bytes) -> None:
        """Read the data with the file, and put it back as it was."""
        if not given:
            return
        name, body = FILES[given[0] % len(FILES)], given[1:]
        put(self.data, {name: body})
        try:
            hold(*build.look(self.data), {f"data/{name}": body})
        finally:
            put(self.data, {name: COMMON.get(name)})


def hold(records: object, problems: list[Problem], files: dict[str, bytes]) -> None:
    """Hold what came of it to what is promised: either data, or problems that can be told, each in its place."""
    if not problems:
        assert isinstance(records, Data)
    for problem in problems:
        assert problem.code in CODES
        assert problem.message
        if problem.path in files:
            text = files[problem.path].decode(errors="replace")
            assert 0 <= problem.line <= len(text.split("\n"))
            assert (problem.line > 0) == (problem.column > 0)
    list(annotate(problems, PAGES, "", "0" * 32))
    as_json(problems, PAGES, [])
    as_sarif(problems, PAGES, "1", "", lambda *_: "")
    summarise(problems, PAGES)


def seeds(folder: Path) -> None:
    """Write what the examples of all problems hold, wrong and right: the fuzzer goes on from there."""
    folder.mkdir(exist_ok=True)
    examples = {
        (name, body if isinstance(body, bytes) else body.encode(errors="surrogatepass"))
        for case in CASES.values()
        for right in (False, True)
        for name, body in case.files(right=right).items()
        if body is not None and len(body) < 4096
    }
    for number, (name, body) in enumerate(sorted(examples)):
        kind = next((at for at, file in enumerate(FILES) if file.split("/")[0] == name.split("/")[0]), 0)
        (folder / str(number)).write_bytes(bytes([kind]) + body)


def main(folder: Path, *options: str) -> None:
    """Fuzz; this comes to no end but that of the program."""
    (found := folder / "found").mkdir(parents=True, exist_ok=True)
    seeds(folder / "seeds")
    command = [sys.argv[0], f"-artifact_prefix={folder}/", *options, str(found), str(folder / "seeds")]
    atheris.Setup(command, Loader(folder))
    atheris.Fuzz()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
