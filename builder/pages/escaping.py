"""Jinja's environment, and the code that it makes of the templates: most of the time of a page goes into it.

Four things are not as Jinja has them. Together they save a quarter of the time of all pages, and the templates know
nothing of them:

- Escaping remembers. Every value of every page is escaped, and most are the same on thousands of pages: dates,
  versions, the words for what is not known. MarkupSafe takes 0.4 microseconds for each, a look-up a tenth of that.
- An attribute is an attribute: where there is none, nothing looks for an item of that name.
- A template gathers its pieces, in place of handing on each of them.
- What a template includes stands in it, so that nothing is copied for it.
"""

import re
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar, Final

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import escape

REMEMBERED: Final = 1 << 15

_SPECIAL: Final = re.compile("[&<>'\"]")  # what MarkupSafe escapes: to look first takes a fifth of its time


class Escaped(dict[str, str]):
    """Texts as HTML, each escaped when it is first asked for.

    Asked for is plain text alone: markup of the same characters is equal to it, but not to be treated so.
    """

    def __missing__(self, text: str) -> str:
        """Escape a text and keep what comes of it; all is forgotten where that has become too much."""
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = html = str(escape(text)) if _SPECIAL.search(text) else text
        return html


class _Generator(CodeGenerator):
    """Writes the templates' code."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_remembered(frame, finalize):
            self.write("(environment.escaped[text] if (text := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_remembered(frame, finalize):
            self.write(").__class__ is str else text if text.__class__ is Markup else escape(text))")
        else:
            super()._output_child_post(node, frame, finalize)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """Write an attribute as Python has it."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Write statements; those of a whole template gather what they give, as those of a macro do."""
        if frame.rootlevel and frame.buffer is None:
            self.buffer(frame)
            super().blockvisit(nodes, frame)
            self.writeline(f"yield concat({frame.buffer})")
        else:
            super().blockvisit(nodes, frame)


def _is_remembered(frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> bool:
    return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile and finalize.src is None


class _Inclusion(NodeTransformer):
    """Puts what is included in place of the statement that includes it; it has names of its own there too."""

    def __init__(self, environment: "PageEnvironment") -> None:
        self._environment = environment

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 - Jinja's name
        return nodes.Scope(self._environment.tree(node.template.as_const()).body, lineno=node.lineno)


class _Compiled(BytecodeCache):
    """The code of templates, kept while the program runs: `serve` builds again and again, and this takes 0.14 s."""

    kept: ClassVar[dict[str, tuple[str, CodeType | None]]] = {}
    """For each template's name and file a sum of all that it may be made of, and the code."""

    def __init__(self, all_texts: str) -> None:
        self._all_texts = all_texts

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(source + self._all_texts)  # any may be included

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.checksum, bucket.code


class PageEnvironment(Environment):
    """Everything is escaped, an unknown name is an error, no file is looked at twice."""

    code_generator_class = _Generator

    def __init__(self, templates: Path) -> None:
        """Take the folder of the templates."""
        self._files = FileSystemLoader(templates)
        texts = [file.read_text(encoding="utf-8") for file in sorted(templates.rglob("*.html"))]
        super().__init__(
            loader=self._files,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_Compiled("".join(texts)),
        )
        self.escaped: Final = Escaped()
        self.globals.clear()  # no template needs any

    def tree(self, name: str) -> nodes.Template:
        """Read a template."""
        source, file, _ = self._files.get_source(self, name)
        return self._parse(source, name, file)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give what a template has besides its values: nothing, and not the mapping of mappings that Jinja copies."""
        return {} if d is None else d

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _Inclusion(self).generic_visit(tree)
        return tree
