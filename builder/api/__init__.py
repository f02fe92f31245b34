"""The catalogue as JSON: API v4 as the original answers it, and resources of our own beside it."""

from collections.abc import Iterator

from builder.api import data, v4
from builder.api.generation import Generation
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.outputs import Output
from builder.urls import Urls

__all__ = ["Generation", "render"]


def render(catalogue: Catalogue, site: Urls, choices: Choices) -> Iterator[Output]:
    """Yield every JSON answer of the site."""
    yield from v4.render(catalogue, site, choices)
    yield from data.render(catalogue)
