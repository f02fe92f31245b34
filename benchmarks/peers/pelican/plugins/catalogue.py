"""Pages and JSON answers of packages and grids, from data/*.json."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

SIZES = {"packages": 100, "grids": 25}


class Catalogue(Generator):  # type: ignore[misc] # Pelican tells no types
    """Makes one page and one answer of each, and lists of them."""

    def generate_output(self, writer: Any) -> None:  # noqa: ANN401 - the same
        """Write all of it."""
        for kind, size in SIZES.items():
            found = json.loads(Path(self.path, "..", "data", f"{kind}.json").read_bytes())
            template = self.get_template(kind)
            for each in found:
                self._write(writer, f"{kind}/{each['slug']}", template, {"it": each}, each)
            template = self.get_template("list")
            for folder, page in _pages(kind, found, size):
                self._write(writer, folder, template, {"page": page, "heading": kind.title()}, _answer(page))

    def _write(self, writer: Any, folder: str, template: Any, more: dict[str, Any], answer: object) -> None:  # noqa: ANN401 - the same
        writer.write_file(f"{folder}/index.html", template, self.context, **more)
        Path(self.output_path, folder, "index.json").write_text(json.dumps(answer))


def _pages(kind: str, found: list[dict[str, Any]], size: int) -> Iterator[tuple[str, dict[str, Any]]]:
    def folder(start: int) -> str:
        return kind if start == 0 else f"{kind}/page/{start // size + 1}"

    for start in range(0, len(found), size):
        items = [
            {
                "title": each["title"],
                "url": f"/{kind}/{each['slug']}/",
                "summary": each.get("summary") or each["description"],
            }
            for each in found[start : start + size]
        ]
        yield (
            folder(start),
            {
                "count": len(found),
                "previous": f"/{folder(start - size)}/" if start else "",
                "next": f"/{folder(start + size)}/" if start + size < len(found) else "",
                "items": items,
            },
        )


def _answer(page: dict[str, Any]) -> dict[str, Any]:
    return page | {side: page[side] and f"{page[side]}index.json" for side in ("previous", "next")}


def register() -> None:
    """Tell Pelican of the generator."""
    signals.get_generators.connect(lambda _pelican: Catalogue, weak=False)
