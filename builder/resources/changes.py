"""What changed from one generation of the site to the next: of items and of files. Keys are only added."""

from datetime import date

from builder.resources.base import Resource


class ItemResource(Resource):
    """An item as it is in the newer generation or, where it was removed, as it was in the older."""

    id: int
    slug: str


class RenamedResource(Resource):
    """An item whose slug was `before`; its id stays what it was."""

    id: int
    slug: str
    before: str


class ChangedResource(Resource):
    """An item of which keys have other values.

    `fields` are the keys of its body below `/api/data/v1/`, those within an object as `repository.stars`; `slug` is not
    among them.
    """

    id: int
    slug: str
    fields: tuple[str, ...]


class ItemChangesResource(Resource):
    """What changed of one kind of items, each by slug. One that was renamed is in `changed` too, if more changed."""

    added: tuple[ItemResource, ...]
    changed: tuple[ChangedResource, ...]
    renamed: tuple[RenamedResource, ...]
    removed: tuple[ItemResource, ...]


class PackResource(Resource):
    """The new bytes of files, as a tar archive in gzip: `path` in the site, and the archive's own bytes and SHA-256."""

    path: str
    bytes: int
    sha256: str


class FileChangesResource(Resource):
    """How many files came, have other bytes, and went; derived ones (`ManifestFileResource`) are not counted."""

    added: int
    changed: int
    removed: int


class StepResource(Resource):
    """A generation and what changed since the one `before`, which is null where nothing is known of one."""

    generation: str
    before: str | None
    packages: ItemChangesResource
    grids: ItemChangesResource
    categories: ItemChangesResource
    files: FileChangesResource


class DayResource(Resource):
    """`/api/data/v1/changes/<day>.json`: the generations of a day, oldest first.

    The day is `as_of` of `GenerationResource`: that of the data, and not of a machine's clock.
    """

    schema_version: int
    day: date
    generations: tuple[StepResource, ...]


class KnownGenerationResource(Resource):
    """A generation in `ChangesResource`.

    `pack` holds the files that it has and the one before it had not, but for the dumps; it is null where they are too
    many, or no longer kept.
    """

    generation: str
    day: date
    pack: PackResource | None


class ChangesResource(Resource):
    """`/api/data/v1/changes.json`: the generations of the last `kept_days` days, oldest first; the last is this one.

    What changed is in `/api/data/v1/changes/<day>.json`. A generation that is not here is older, or was never
    published: whoever has it compares manifests.
    """

    schema_version: int
    kept_days: int
    generations: tuple[KnownGenerationResource, ...]
