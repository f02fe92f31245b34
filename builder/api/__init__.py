"""The catalogue as JSON: API v4 and v3 as the original answers them, and resources of our own beside them."""

from collections.abc import Iterator

from builder import contract
from builder.api import badges, data, edge, facts, v3, v4
from builder.api.changes import Past, Step
from builder.api.examples import Collector
from builder.api.generation import Generation
from builder.catalogue import Catalogue
from builder.choices import Choices, Query
from builder.outputs import Output
from builder.urls import Urls

__all__ = ["Collector", "Generation", "Past", "Step", "render"]


def render(catalogue: Catalogue, site: Urls, choices: Choices) -> Iterator[Output]:
    """Yield every JSON answer of the site, and where a script answers what it reads."""
    known = facts.of_packages(catalogue)
    yield from v4.render(catalogue, site, choices, known)
    if choices.v3:
        yield from v3.render(catalogue, site, choices, known)
    if choices.query is Query.ANSWERED:
        yield from edge.render(catalogue, site, choices)
    yield from data.render(catalogue, site, choices, known)
    if choices.badges:
        yield from badges.render(catalogue, known)
    yield from contract.render(site, choices)
