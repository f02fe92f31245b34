"""What a person is shown who edits a file of the catalogue: by the language server that editors run, as it is.

Each test is made twice: with the pairs in .vscode/settings.json, and without them, by a first line in the file.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest
from editor import Editor, Json, editor
from expected import BROKEN, agree
from problem_cases import CASES

from builder import schemas
from builder.config import Kind
from builder.source import modelines, yaml_text

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
PAIRS = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
PLACES = {kind: f"{folder}/new.yaml" for folder, kind in schemas.FOLDERS.items()}
PLACES |= {kind: f"{kind}.yaml" for kind in schemas.MODELS if kind not in PLACES}

WHOLE = {
    "category": "id: 1\ntitle: App\ntitle_plural: Apps\ndescription: A\nshow_pypi: true\n"
    "created: 2026-02-16T12:00:00Z\nmodified: 2026-02-16T12:00:00Z\n",
    "grid": "id: 1\ntitle: Messaging\ndescription: A\nheader: false\nlocked: false\npackages: [a]\n"
    "features:\n  - title: A\n    description: B\n    cells:\n      a: yes\n"
    "created: 2026-02-16T12:00:00Z\nmodified: 2026-02-16T12:00:00Z\nimported:\n  packages: [a]\n",
    "package": "id: 1\ntitle: 1.10\ncategory: apps\nrepository: github.com/a/b\npypi: a\npypi_url: a\n"
    "documentation: null\nreplaces: [b]\nreplaced_by: c\ndeprecated: 2026-02-16\n"
    "sites:\n  - title: A\n    url: https://example.org\ntags: [a, 2]\n"
    "created: 2026-02-16T12:00:00Z\nmodified: 2026-02-16T12:00:00Z\n"
    "imported:\n  repo_url: a\n  pypi_url: b\n  documentation_url: c\n  usage_count: 1\n  grids: [a]\n",
    "product": "title: Django\nclassifier: 'Framework :: Django'\nfor_all: true\nsource: ''\n"
    "releases:\n  - cycle: 5.2\n    released: 2025-04\n    ends: 2028-04-30\n    lts: true\n    classifier: 5\n",
    "site": "title: A\ndescription: B\nbase_url: https://example.org\nrepository: https://example.org/a\nbranch: main\n"
    "contact: me@example.org\ntime_zone: Europe/Berlin\nlist_limit: 1000\npypi_url: https://pypi.org\n"
    "forges:\n  example.org:\n    kind: gitlab\n    api: https://example.org/api\n    clone: https://example.org\n"
    "downloads_url: ''\n",
    "tombstones": "packages:\n  - id: 1\n    slug: a\n    removed: 2026-02-16\n    reason: A\n"
    "grids: []\ncategories: []\n",
}
"""For each kind of file one that has every key."""


@dataclass(frozen=True)
class Way:
    """How files find their schemas: `line` tells whether by a first line of their own."""

    editor: Editor
    line: bool

    def put(self, path: str, text: str) -> tuple[Path, str]:
        """Give the place of a file under data/ and what it says as a whole."""
        folder = path.rpartition("/")[0]
        kind = schemas.FOLDERS.get(folder, Path(path).stem)
        return DATA / path, (modelines.of(kind, folder) + "\n" if self.line else "") + text

    def hover(self, kind: str, line: int, column: int, text: str) -> str:
        """Give what is shown over the second letter of a key: the first also ends a list before it, to the server."""
        file, whole = self.put(PLACES[kind], text)
        shown = self.editor.hover(file, (line - 1 + self.line, column), whole)
        return re.sub(r"\\([\\`*_{}\[\]#+!])", r"\1", shown)

    def offers(self, kind: str, text: str) -> dict[str, Json]:
        """Give what is offered at the end of a text."""
        file, whole = self.put(PLACES[kind], text)
        *before, last = whole.split("\n")
        return self.editor.offers(file, (len(before), len(last)), whole)

    def problems(self, texts: dict[str, str]) -> dict[str, list[tuple[int, str]]]:
        """Give what is marked in each of some files, by line of its text."""
        put = dict(self.put(path, text) for path, text in texts.items())
        marks = self.editor.problems(put)
        return {path: sorted((line - self.line, words) for line, words in marks[DATA / path]) for path in texts}


@pytest.fixture(scope="module", params=["settings", "line"])
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    by_line = request.param == "line"
    with ExitStack() as running:
        yield Way(running.enter_context(editor(ROOT, {} if by_line else PAIRS)), by_line)


def keys(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the keys of a text that a model has, each with its line and column."""
    for field, place in yaml_text.read(text).keys.items():
        if field[-2:-1] not in {("cells",), ("forges",)}:
            yield str(field[-1]), *place


@pytest.mark.parametrize("kind", schemas.MODELS)
def test_every_key_says_what_it_means(way: Way, kind: str) -> None:
    said = json.loads(schemas.render(kind))
    for key, line, column in keys(WHOLE[kind]):
        shown = way.hover(kind, line, column, WHOLE[kind])
        meant = [model["properties"].get(key, {}) for model in (said, *said.get("$defs", {}).values())]
        assert any(about.get("description", "\0") in shown for about in meant), (key, shown)
        assert f"({(DATA / 'schemas' / kind).as_uri()}.json)" in shown, key


def test_the_keys_that_are_tried_are_all_that_there_are() -> None:
    tried = sorted({(kind, key) for kind, text in WHOLE.items() for key, *_ in keys(text)})
    models = {
        kind: [model, *json.loads(schemas.render(kind)).get("$defs", {})] for kind, model in schemas.MODELS.items()
    }
    by_name = {model.__name__: model for model in schemas.MEANINGS}
    all_keys = {
        (kind, key)
        for kind, parts in models.items()
        for part in parts
        for key in schemas.MEANINGS[by_name[part] if isinstance(part, str) else part]
    }
    assert tried == sorted(all_keys)


def test_the_same_key_says_what_it_means_in_its_place(way: Way) -> None:
    assert "such as Messaging" in way.hover("grid", 2, 1, WHOLE["grid"])
    assert "at most 100 characters" in way.hover("package", 2, 1, WHOLE["package"])
    assert "The name of the site" in way.hover("package", 12, 6, WHOLE["package"])


def test_keys_are_offered_but_for_those_that_nobody_begins(way: Way) -> None:
    offered = way.offers("package", "")
    assert {*offered} == {
        *("Package", "Package: a new file", "title", "category", "repository", "pypi", "documentation"),
        *("replaces", "replaced_by", "deprecated", "sites", "tags"),
    }
    assert offered["pypi"]["documentation"] == schemas.MEANINGS[schemas.MODELS["package"]]["pypi"]
    assert "sites" in way.offers("package", "title: A\ncategory: apps\nsi")
    assert {"cells", "description"} <= {*way.offers("grid", "title: A\nfeatures:\n  - title: B\n    ")}
    assert {"released", "ends", "lts"} <= {*way.offers("product", "title: A\nreleases:\n  - cycle: 5.2\n    ")}


def test_a_new_file_is_begun_at_once_with_the_categories_to_choose_from(way: Way) -> None:
    begun = way.offers("package", "")["Package: a new file"]["insertText"]
    assert begun.startswith("title: $1\ncategory: ${2|apps,frameworks,other,projects,starter-projects|}\nrepository: ")
    assert way.offers("grid", "")["Grid: a new file"]["insertText"].startswith("title: $1\ndescription: ")


@pytest.mark.parametrize(
    ("kind", "text", "values"),
    [
        ("package", "title: A\ncategory: ", {path.stem for path in DATA.glob("categories/*.yaml")}),
        ("grid", "title: A\nheader: ", {"true", "false"}),
        ("site", "forges:\n  example.org:\n    kind: ", set(get_args(Kind))),
    ],
)
def test_values_are_offered_where_there_are_few(way: Way, kind: str, text: str, values: set[str]) -> None:
    assert {*way.offers(kind, text)} == values


def under(data: Path) -> dict[str, str]:
    """Give all YAML of a data folder, by its path there."""
    return {str(path.relative_to(data)): path.read_text(encoding="utf-8") for path in sorted(data.glob("**/*.yaml"))}


@pytest.mark.parametrize("data", [DATA, ROOT / "tests/project/data"], ids=["catalogue", "project"])
def test_nothing_is_marked_in_files_that_are_right(way: Way, data: Path) -> None:
    texts = under(data)
    assert len(texts) > 10
    assert {path: marks for path, marks in way.problems(texts).items() if marks} == {}


def test_nothing_is_marked_in_a_file_with_every_key(way: Way) -> None:
    marked = way.problems({PLACES[kind]: text for kind, text in WHOLE.items()})
    assert [*marked.values()] == [[]] * len(WHOLE)


def test_a_long_name_is_counted_as_the_rules_count_it(way: Way) -> None:
    name, longer = ("\N{ROCKET}" * length for length in (100, 101))
    marked = way.problems({f"packages/{n}.yaml": f"title: {t}\ncategory: a\n" for n, t in ((1, name), (2, longer))})
    assert list(map(len, marked.values())) == [0, 1]


def test_the_line_is_found_before_other_comments_and_a_beginning_of_the_document(way: Way) -> None:
    text = "# Mine\n\n---\n# and more\ntitle: A\ncategory: apps\ncolour: red\n"
    assert way.problems({"packages/new.yaml": text}) == {"packages/new.yaml": [(7, "Property colour is not allowed.")]}


def examples(*, right: bool) -> dict[str, tuple[str, str]]:
    """Give the examples of problems that are of one kind of file, by code: path and text of each."""
    found = {}
    for code, case in CASES.items():
        path, text = next(iter(case.files(right=right).items()))
        known = path in {"site.yaml", "tombstones.yaml"} or path.partition("/")[0] in schemas.FOLDERS
        if isinstance(text, str) and known and path.endswith(".yaml") and not case.shown and code != "not-valid":
            found[code] = path, text
    return found


def marked(way: Way, examples: dict[str, tuple[str, str]]) -> dict[str, list[tuple[int, str]]]:
    """Give what is marked in each of some examples: all at once, but for those that can have one name only."""
    apart = {name: example for name, example in examples.items() if "/" not in example[0]}
    places = {
        name: f"{path.partition('/')[0]}/{name}.yaml" for name, (path, _) in examples.items() if name not in apart
    }
    found = way.problems({places[name]: examples[name][1] for name in places})
    marks = {name: found[place] for name, place in places.items()}
    marks |= {name: way.problems({path: text})[path] for name, (path, text) in apart.items()}
    return {name: marks[name] for name in examples}


def test_nothing_is_marked_in_examples_put_right(way: Way) -> None:
    right = marked(way, examples(right=True))
    assert len(right) > 50
    assert {code: marks for code, marks in right.items() if marks} == {}


def test_what_is_marked_in_files_that_are_wrong(way: Way, bless: bool) -> None:  # noqa: FBT001 - a fixture
    broken = {Path(path).name: (path, text) for path, text in under(BROKEN / "data").items()}
    told = [
        f"{name}\n" + ("".join(f"    {line}: {words}\n" for line, words in marks) or "    nothing\n")
        for name, marks in marked(way, examples(right=False) | broken).items()
    ]
    agree(BROKEN / "editor.txt", "\n".join(told), bless=bless)
