"""The catalogue as JSON: API v4 and v3 as the original answers them, and resources of our own beside them."""

from collections.abc import Iterator
from functools import cache, partial
from itertools import chain

from builder import contract
from builder.api import badges, data, edge, facts, v3, v4
from builder.api.changes import Past, Step
from builder.api.examples import Collector
from builder.api.generation import Generation
from builder.catalogue import Catalogue
from builder.choices import Choices, Query
from builder.outputs import Batch, Output
from builder.urls import Urls

__all__ = ["Collector", "Generation", "Past", "Step", "batches", "render"]


def render(catalogue: Catalogue, site: Urls, choices: Choices) -> Iterator[Output]:
    """Yield every JSON answer of the site, and where a script answers what it reads."""
    return chain.from_iterable(batch.outputs() for batch in batches(catalogue, site, choices))


def batches(catalogue: Catalogue, site: Urls, choices: Choices) -> Iterator[Batch]:
    """Yield the outputs of `render` in batches, the largest first."""
    known = cache(lambda: facts.of_packages(catalogue))
    batch = partial(Batch, "api")
    if choices.details or choices.dumps:
        yield batch(lambda: data.items(catalogue, choices, known()))
    if choices.dumps:
        yield batch(lambda: data.database(catalogue, known()))
    yield batch(lambda: v4.render(catalogue, site, choices, known()))
    if choices.v3:
        yield batch(lambda: v3.render(catalogue, site, choices, known()))
    if choices.query is Query.ANSWERED:
        yield batch(lambda: edge.render(catalogue, site, choices))
    yield batch(lambda: data.render(catalogue, site, choices, known()))
    if choices.badges:
        yield batch(units=lambda: badges.units(catalogue, known))
    yield batch(lambda: contract.render(site, choices))
