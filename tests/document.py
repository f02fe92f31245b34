"""A page as a tree, read strictly: an end tag that is missing or too many fails the test."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Union

BLOCKS = frozenset({"td", "th", "dt", "dd", "li", "p", "br", "h1", "h2", "h3", "tr", "div", "small"})
VOID = frozenset({"br", "img", "input", "link", "meta", "hr", "wbr"})


@dataclass
class Element:
    """An element with its attributes and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Union["Element", str]] = field(default_factory=list)

    def all(self, *tags: str, **attributes: str) -> list["Element"]:
        """Give the elements below this one, in order, that have one of the tags and all of the attributes."""
        return [found for found in self.below() if found.matches(tags, attributes)]

    def one(self, *tags: str, **attributes: str) -> "Element":
        """Give the only such element."""
        found = self.all(*tags, **attributes)
        assert len(found) == 1, f"{len(found)} of {tags} {attributes}"
        return found[0]

    def matches(self, tags: tuple[str, ...], attributes: dict[str, str]) -> bool:
        """Tell whether it has one of the tags (any, where none is given) and all of the attributes.

        `class_` is one of the classes, not all of them.
        """
        classes = self.attributes.get("class", "").split()
        return (not tags or self.tag in tags) and all(
            value in classes if name == "class_" else self.attributes.get(name) == value
            for name, value in attributes.items()
        )

    def below(self) -> Iterator["Element"]:
        """Give all elements below this one, in order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.below()

    @property
    def text(self) -> str:
        """All text in it, white space as a browser shows it: a space between blocks, narrow ones kept."""
        return re.sub(r"[ \t\r\n]+", " ", "".join(self.texts())).strip(" ")

    def texts(self) -> Iterator[str]:
        """Give the pieces of text in it."""
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from ([" "] if child.tag in BLOCKS else [])
                yield from child.texts()
                yield from ([" "] if child.tag in BLOCKS else [])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document")
        self.open = [self.root]
        self.doctype = ""

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(body: bytes) -> Element:
    """Read a page."""
    reader = _Reader()
    reader.feed(body.decode())
    reader.close()
    assert reader.doctype == "doctype html"
    assert [element.tag for element in reader.open] == ["#document"], "not everything is closed"
    return reader.root


def texts(elements: list[Element]) -> list[str]:
    """Give the texts of elements."""
    return [element.text for element in elements]
