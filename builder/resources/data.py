"""What the project's own resources promise: they only ever grow, each under the version in its path."""

from datetime import date

from builder.resources.base import Resource, WireTime


class SourceResource(Resource):
    """How it stands with one source of a package's facts.

    `changed` is when it last said something new; `since` (null where all is well) is when the state began: the last
    good answer is older. `state` is `ok`, `failed`, `missing` or `taken over`.
    """

    state: str
    changed: WireTime | None
    since: WireTime | None
    reason: str


class FreshnessResource(Resource):
    """`/api/data/v1/freshness.json`: for each package by slug, each source that was asked."""

    schema_version: int
    as_of: date
    packages: dict[str, dict[str, SourceResource]]
