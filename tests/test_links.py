"""Every address and every anchor of a whole site leads somewhere: those of people's pages and those of programs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest
from document import read
from folders import tree
from references import inside, references

from builder import build, urls
from builder.hosts import HOSTS

HERE = Path(__file__).parent
DATA = {"small": HERE / "project/data", "real": HERE.parent / "data"}
# The least that each kind of file refers to inside the site: a test that reads nothing finds nothing wrong.
LEAST = {
    "small": {".html": 1000, ".json": 100, ".xml": 90, ".js": 10, ".txt": 1},
    "real": {".html": 10_000, ".json": 3000, ".xml": 1400, ".js": 10, ".txt": 1},
}
BASE = "https://example.org/below"


def answering(files: Mapping[str, bytes], path: str) -> str:
    """Give the file that answers a path of the site; "" if none does."""
    name = unquote(path).removeprefix("/")
    candidates = (name, f"{name}index.html", f"{name}index.json", f"{name}index.xml")
    return next((candidate for candidate in candidates if candidate in files), "")


def followed(files: Mapping[str, bytes], base: str) -> tuple[list[str], Counter[str]]:
    """Give what leads nowhere, a line each, and how many addresses inside the site each kind of file has.

    Only a page has places to lead to: the fragments in the ids of feeds tell releases apart. One that begins with a
    slash is, on the page that lays out answers, the answer.
    """
    pages = {path: read(body) for path, body in files.items() if path.endswith(".html")}
    ids = {path: {element.attributes.get("id") for element in page.all()} for path, page in pages.items()}
    wrong, seen = [], Counter[str]()
    for path, body in files.items():
        for reference in sorted(set(references(path, body))):
            if (there := inside(reference, path, base)) is None or there.path == urls.V3_USERS:
                continue
            seen[PurePosixPath(path).suffix] += 1
            file = answering(files, there.path)
            shown = there.fragment.startswith("/") and answering(files, there.fragment)
            if not file or not (shown or not there.fragment or there.fragment in ids.get(file, {there.fragment})):
                wrong.append(f"{path}: {reference}")
    return wrong, seen


@pytest.mark.parametrize(("name", "more"), [("small", True), ("real", True), ("real", False)])
def test_every_address_of_a_site_leads_somewhere(tmp_path: Path, name: str, *, more: bool) -> None:
    choices = replace(HOSTS[0].choices, extras=more, pictures=more)
    build.build(DATA[name], tmp_path / "site", choices=choices)
    files = tree(tmp_path / "site")
    wrong, seen = followed(files, build.load(DATA[name]).settings.base_url)
    assert wrong == []
    assert {kind: least for kind, least in LEAST[name].items() if seen[kind] < least} == {}
    assert any(path.endswith("/rules/index.html") for path in files) == more
    assert any(path.endswith(".png") for path in files) == more


PAGE = '<!doctype html><html><body id="top">%s</body></html>'
GOOD = {
    "index.html": PAGE % '<a href="#top">x</a><a href="/below/">x</a><a href="https://example.org/elsewhere">x</a>',
    "a/index.html": PAGE % '<a href="../#top">x</a>',
    "api/index.json": '{"a": "/below/a/", "b": "/c d/", "c": "https://example.org/below/a/", "d": "//nobody/"}',
}
BROKEN = {
    "index.html": (
        '<a href="/below/no/">x</a>', '<a href="#no">x</a>', '<a href="/below/a/#no">x</a>',
        '<form action="no">x</form>',
        '<img src="/below/no.png" alt="">', '<img srcset="/below/a/ 1x, /below/no.png 2x" alt="">',
        '<link rel="alternate" href="https://example.org/below/no.xml">', '<table data-index="/below/no.json"></table>',
        '<meta property="og:image" content="https://example.org/below/no.png">',
        '<script type="application/ld+json">{"url": "https://example.org/below/no/"}</script>',
        '<a href="/below/a/#/api/no/">x</a>',
    ),
    "sitemap.xml": ("<a><loc>https://example.org/below/no/</loc></a>",),
    "feed/index.xml": (
        '<feed><link href="https://example.org/below/no/"/></feed>', "<a>\nhttps://example.org/below/no </a>",
    ),
    "api/b.json": ('{"a": [{"b": "https://example.org/below/no/"}]}', '["/below/no/"]'),
    ".well-known/api-catalog": ('{"linkset": [{"anchor": "https://example.org/below/no/"}]}',),
    "robots.txt": ("Sitemap: https://example.org/below/no.xml\n",),
    "assets/a.js": ('import { a } from "./no.js?v=1";\n', 'const { a } = await import("./no.js");\n'),
    "assets/a.css": ("a { background: url(no.svg) }", 'a { background: url("/below/no.svg") }'),
}  # fmt: skip


def test_what_leads_somewhere_is_not_told() -> None:
    wrong, seen = followed({path: text.encode() for path, text in GOOD.items()}, BASE)
    assert wrong == []
    assert seen == {".html": 3, ".json": 2}


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in BROKEN.items() for text in texts])
def test_what_leads_nowhere_is_told(path: str, text: str) -> None:
    files = GOOD | {path: PAGE % text if path == "index.html" else text}
    wrong, _ = followed({name: body.encode() for name, body in files.items()}, BASE)
    assert [line.partition(":")[0] for line in wrong] == [path]
