"""Resources of our own, under a prefix and a version of their own: what the original does not say."""

from collections.abc import Iterator
from datetime import UTC

from builder import urls
from builder.catalogue import Catalogue, Package
from builder.metadata import Source
from builder.outputs import JSON, Output
from builder.resources import FreshnessResource, SourceResource, encode


def render(catalogue: Catalogue) -> Iterator[Output]:
    """Yield every resource of our own."""
    yield Output(urls.DATA_FRESHNESS, encode(freshness(catalogue)), JSON)


def freshness(catalogue: Catalogue) -> FreshnessResource:
    """Give how it stands with each source of each package; packages by slug."""
    packages = sorted(catalogue.packages, key=lambda package: package.slug)
    return FreshnessResource(
        schema_version=1,
        as_of=catalogue.as_of,
        packages={package.slug: _sources(package) for package in packages},
    )


def _sources(package: Package) -> dict[str, SourceResource]:
    return {name: _source(source) for name, source in sorted(package.snapshot.sources.items())}


def _source(source: Source) -> SourceResource:
    return SourceResource(
        state=source.state,
        changed=source.changed and source.changed.astimezone(UTC),
        since=source.since and source.since.astimezone(UTC),
        reason=source.reason,
    )
