"""The catalogue as pages for people: HTML without script, a style sheet, an icon; and one page that shows the API."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.outputs import Batch, Output, parts
from builder.pages import reference
from builder.pages.all_pages import PEOPLE_PARTS, Pages
from builder.pages.shell import Page
from builder.urls import Urls

__all__ = ["Pages", "batches", "render"]

Examples = Mapping[str, tuple[str, str]]
"""An address and what is answered there, by the kind of answer."""

NO_EXAMPLES: Final[Examples] = {}


def render(
    catalogue: Catalogue,
    site: Urls,
    templates: Path,
    choices: Choices | None = None,
    examples: Examples = NO_EXAMPLES,
) -> Iterator[Output]:
    """Yield the assets and every page; `templates` is the folder of the templates.

    `choices` tell what there is that a page can name: pictures, badges, pages that are extras, dumps.
    `examples` are those of the page about the API.

    Raises:
        SiteError: an asset is not there.
    """
    first, last = batches(catalogue, site, templates, choices or Choices())
    return chain.from_iterable(batch.outputs() for batch in [*first, last(examples)])


def batches(
    catalogue: Catalogue, site: Urls, templates: Path, choices: Choices
) -> tuple[Sequence[Batch], Callable[[Examples], Batch]]:
    """Give the outputs of `render` in batches, and what makes the last of them, of answers that are then there."""
    pages = Pages(catalogue, site, templates, choices)

    def batch(make: Callable[[], Iterable[Page]]) -> Batch:
        return Batch("pages", lambda: map(pages.shell.output, make()))

    first = [Batch("pages", units=partial(pages.of_packages, part)) for part in parts(catalogue.packages)]
    first += [Batch("pages", units=partial(pages.of_people, n)) for n in range(PEOPLE_PARTS if choices.extras else 0)]
    first += [Batch("pages", units=partial(pages.of_grids, some)) for some in parts(catalogue.grids)]
    first += [batch(pages.listing), batch(pages.of_many), Batch("pages", pages.assets)]
    return first, lambda examples: batch(lambda: [reference.page(examples, pages.shell)])
