"""The front matter of a text: a little YAML between two lines of three dashes, before the Markdown."""

import re
from typing import Final, NamedTuple

from builder.source.text import RefusedError

_FENCE: Final = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


class Parts(NamedTuple):
    """A text cut in two. `header` keeps the lines' numbers; `body` begins on `line` of the file."""

    header: str
    body: str
    line: int


def split(text: str) -> Parts:
    """Cut a text into its front matter and its Markdown.

    Raises:
        RefusedError: it does not begin with front matter, that does not end, or nothing follows.
    """
    opening = _FENCE.match(text)
    closing = opening and _FENCE.search(text, opening.end())
    if not opening or not closing:
        hint = "Begin the file with three lines: ---, then title: and its title, then --- again."
        raise RefusedError(1, 1, "front-matter", "the file does not begin with front matter that ends", hint)
    body = text[closing.end() + 1 :]
    line = text.count("\n", 0, closing.end()) + 2
    if not body.strip():
        hint = "Write it below the second line of dashes."
        raise RefusedError(line - 1, 1, "text-empty", "the file has no text", hint)
    # A line break stands for the dashes above, so that places in the header are places in the file.
    return Parts("\n" + text[opening.end() + 1 : closing.start()], body, line)
