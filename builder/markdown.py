"""Markdown as people write it for the texts of a site: CommonMark and tables, without HTML and images.

Links lead to an address of the web, to a page of the site (`/faq/`), or to a heading of the same text (`#money`).
What is wrong with a text is a value, with its place; a link that is wrong is no link when the text is rendered.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from builder.fields import WebUrl

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

TAKEN_IDS: Final = frozenset({"main"})  # of the frame around every text

_RULE: Final = TypeAdapter(WebUrl)
_TAG: Final = re.compile(r"<(?:/?[a-zA-Z][\w:-]*(?:\s[^<>]*)?/?|!--.*?--)>")
_FIRST_LEVEL: Final = 2  # of headings: the first is the title's


class Fault(NamedTuple):
    """What is wrong in one line of a text. Line and column are of the file."""

    line: int
    column: int
    code: str
    message: str
    hint: str
    value: str = ""


class Link(NamedTuple):
    """A link inside the site: a route, with or without the heading that it leads to, or such a heading alone."""

    line: int
    column: int
    href: str


class Heading(NamedTuple):
    """A heading, and the fragment that leads to it."""

    text: str
    id: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was read. `summary` is its first paragraph, as plain text."""

    tokens: Sequence["Token"]
    links: Sequence[Link]
    headings: Sequence[Heading]
    faults: Sequence[Fault]
    summary: str


@cache
def _parser() -> "MarkdownIt":
    """Make the parser when the first text is read: to import it takes longer than to read ten texts."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - as above

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Every link becomes one, and is then looked at here: what is refused silently cannot be told.
    parser.validateLink = lambda _: True  # type: ignore[method-assign, assignment]
    return parser


@lru_cache(maxsize=256)
def read(body: str, line: int = 1) -> Text:
    """Read a text, of which `line` is the line of the file on which it begins. The same text is read once."""
    return _Reading(body, line).read()


def is_inside(href: str) -> bool:
    """Tell whether an address is one of the site's: a route, or a heading."""
    return bool(re.match(r"/(?!/)|#", href))


class _Reading:
    """One reading of a text."""

    def __init__(self, body: str, line: int) -> None:
        self._lines = body.splitlines()
        self._line = line
        self._tokens = _parser().parse(body)
        self._links: list[Link] = []
        self._headings: list[Heading] = []
        self._faults: list[Fault] = []
        self._level = 1

    def read(self) -> Text:
        """Look at every block once, in order."""
        for block, inline in zip(self._tokens, self._tokens[1:], strict=False):
            if block.type == "heading_open":
                self._heading(block, inline)
            elif block.type in {"th_open", "td_open"}:
                _cell(block)
        for block in self._tokens:
            if block.type == "inline":
                block.children = list(self._inline(block))
        summary = next((plain(b) for a, b in zip(self._tokens, self._tokens[1:], strict=False) if _is_text(a)), "")
        return Text(self._tokens, self._links, self._headings, sorted(self._faults), summary)

    def _heading(self, token: "Token", inline: "Token") -> None:
        level, text = int(token.tag[1]), plain(inline)
        name = re.sub(r"[\W_]+", "-", text.casefold()).strip("-") or "section"
        taken = TAKEN_IDS | {heading.id for heading in self._headings}
        unique = next(found for n in range(1, len(taken) + 2) if (found := name + f"-{n}" * (n > 1)) not in taken)
        token.attrSet("id", unique)
        self._headings.append(Heading(text, unique))
        if not _FIRST_LEVEL <= level <= self._level + 1:
            hint = f"Write ## for a chapter, ### for what is below it; here {'#' * (self._level + 1)} at most."
            if level < _FIRST_LEVEL:
                hint = "The title stands in the front matter; begin with ## here."
            self._fault(token, "", "text-heading", "the heading has a level that does not fit here", hint, text)
        self._level = max(level, _FIRST_LEVEL)

    def _inline(self, block: "Token") -> Iterator["Token"]:
        """Give the parts of a block, without links and images that are none."""
        dropped = 0
        for token in block.children or ():
            if token.type == "link_open":
                if not self._link(block, str(token.attrGet("href") or "")):
                    dropped += 1
                    continue
            elif token.type == "link_close" and dropped:
                dropped -= 1
                continue
            elif token.type == "image":
                hint = "Only texts are shown here; take it away, or write a link to it."
                self._fault(block, "![", "text-image", "an image stands here", hint, token.content)
                token.type, token.tag = "text", ""
            elif token.type == "text" and (tag := _TAG.search(token.content)):
                hint = "Write it in Markdown, or between backquotes if it is meant to be seen."
                message = "this is HTML, which would be shown as it is written"
                self._fault(block, tag[0], "text-html", message, hint, tag[0])
            yield token

    def _link(self, block: "Token", href: str) -> bool:
        """Note a link; tell whether it may be one."""
        if is_inside(href):
            self._links.append(Link(*self._place(block, href), href))
            return True
        try:
            _RULE.validate_python(href)
        except ValidationError as error:
            hint = "Begin with https://, with / for a page of this site, or with # for a heading of this text."
            self._fault(block, href, "text-link", f"the link {error.errors()[0]['msg']}", hint, href)
            return False
        return True

    def _fault(  # noqa: PLR0913, PLR0917 - a fault has that many parts
        self, block: "Token", near: str, code: str, message: str, hint: str, value: str
    ) -> None:
        self._faults.append(Fault(*self._place(block, near), code, message, hint, value))

    def _place(self, block: "Token", near: str) -> tuple[int, int]:
        """Give line and column of something in a block; of the block's beginning where it is written otherwise."""
        first, last = block.map or (0, 0)
        # An address may begin as another one does: `/packages/` is not where `/packages` stands.
        written = re.escape(near) if near else "(?!)"
        for pattern in (rf"(?<![^\s(<]){written}(?![^\s)>\"])", written):
            for number in range(first, last):
                if found := re.search(pattern, self._lines[number]):
                    return self._line + number, found.start() + 1
        return self._line + first, 1


def _cell(token: "Token") -> None:
    """Let a cell say what it is by attributes that need no style: the site's policy forbids those."""
    style = token.attrs.pop("style", "")
    if style == "text-align:right":
        token.attrSet("class", "n")
    if token.type == "th_open":
        token.attrSet("scope", "col")


def _is_text(token: "Token") -> bool:
    return token.type == "paragraph_open" and token.level == 0


def plain(inline: "Token") -> str:
    """Give the text of a block without its marks."""
    shown = {"text", "code_inline", "text_special"}
    parts = (" " if child.type.endswith("break") else child.content for child in inline.children or () if
             child.type in shown or child.type.endswith("break"))  # fmt: skip
    return "".join(parts)


def render(text: Text, title: str, prefix: str, rel: str, page: str = "") -> str:
    """Give a text as HTML.

    Args:
        text: what was read.
        title: what its tables are called where they stand below no heading.
        prefix: what the site's routes begin with: its path on the host, or its whole address.
        rel: of links that lead away.
        page: the address of the text itself, where it is shown elsewhere.
    """
    parser = _parser()
    return str(parser.renderer.render(list(_dressed(text.tokens, title, (prefix, page), rel)), parser.options, {}))


def _dressed(tokens: Sequence["Token"], title: str, bases: tuple[str, str], rel: str) -> Iterator["Token"]:
    """Give the tokens as they are shown: tables with a caption, links with their whole address."""
    from markdown_it.token import Token  # noqa: PLC0415 - as in `_parser`

    caption = title
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            caption = plain(tokens[index + 1])
        if token.type == "table_open":
            yield token.copy(attrs={"class": "list"})
            yield Token("html_block", "", 0, content=f'<caption class="sr">{escape(caption)}</caption>\n')
        elif token.type == "inline":
            yield _addressed(token, bases, rel)
        else:
            yield token


def _addressed(inline: "Token", bases: tuple[str, str], rel: str) -> "Token":
    """Give a block with whole addresses; the one that was read is left alone.

    `bases` are what routes begin with, and what headings of the text itself do.
    """
    children = []
    for token in inline.children or ():
        href = str(token.attrGet("href") or "")
        if token.type == "link_open":
            attributes = {"href": bases[href[0] == "#"] + href} if is_inside(href) else {"href": href, "rel": rel}
            token = token.copy(attrs=attributes)  # noqa: PLW2901
        children.append(token)
    return inline.copy(children=children)
