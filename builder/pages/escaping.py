"""Jinja's environment, and escaping that remembers: most of the time of a page goes into it.

Every value of every page is escaped, and most are the same on thousands of pages: dates, versions, the words for what
is not known. MarkupSafe takes half a microsecond for each, a look-up a tenth of that.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import escape

REMEMBERED: Final = 1 << 15

# `typed` is what makes this safe: markup and a plain text of the same characters are equal, but not to be treated so.
remembered = lru_cache(maxsize=REMEMBERED, typed=True)(escape)


class _Generator(CodeGenerator):
    """Writes the templates' code with `remembered` in place of `escape`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.remembered(")
        else:
            super()._output_child_pre(node, frame, finalize)


class PageEnvironment(Environment):
    """Everything is escaped, an unknown name is an error, no file is looked at twice."""

    code_generator_class = _Generator
    remembered = staticmethod(remembered)

    def __init__(self, templates: Path) -> None:
        """Take the folder of the templates."""
        super().__init__(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.globals.clear()  # they are copied for every page, and no template needs any
