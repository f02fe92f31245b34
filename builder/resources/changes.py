"""What changed from one generation of the site to the next: of items and of files. Keys are only added."""

from datetime import date

from builder.resources.base import Resource


class ItemResource(Resource):
    """An item as it is in the newer generation or, where it was removed, as it was in the older."""

    id: int
    """Its number, which never changes."""
    slug: str
    """Its name in addresses."""


class RenamedResource(Resource):
    """An item that has another slug than before."""

    id: int
    """Its number, which never changes."""
    slug: str
    """Its name in addresses."""
    before: str
    """Its slug in the older generation."""


class ChangedResource(Resource):
    """An item of which keys have other values."""

    id: int
    """Its number, which never changes."""
    slug: str
    """Its name in addresses."""
    fields: tuple[str, ...]
    """The keys of its own resource whose values differ; those within an object as `repository.stars`. `slug` is not
    among them.
    """


class ItemChangesResource(Resource):
    """What changed of one kind of items, each by slug."""

    added: tuple[ItemResource, ...]
    """Those that came."""
    changed: tuple[ChangedResource, ...]
    """Those of which keys have other values."""
    renamed: tuple[RenamedResource, ...]
    """Those that have another slug; also in `changed` where more than that changed."""
    removed: tuple[ItemResource, ...]
    """Those that went."""


class PackResource(Resource):
    """The new bytes of files, as a tar archive in Brotli."""

    path: str
    """The path of the archive in the site."""
    bytes: int
    """How long it is."""
    sha256: str
    """Its SHA-256, in hexadecimal."""


class FileChangesResource(Resource):
    """How many files changed; of those that count for the generation."""

    added: int
    """How many came."""
    changed: int
    """How many have other bytes."""
    removed: int
    """How many went."""


class StepResource(Resource):
    """A generation, and what changed since the one before it."""

    generation: str
    """Its id."""
    before: str | None
    """The id of the one before; null where nothing is known of one."""
    packages: ItemChangesResource
    """What changed of packages."""
    grids: ItemChangesResource
    """What changed of grids."""
    categories: ItemChangesResource
    """What changed of categories."""
    files: FileChangesResource
    """How many files changed."""


class DayResource(Resource):
    """The generations of a day, and what changed with each."""

    schema_version: int
    """Counts the keys that were added."""
    day: date
    """The day of the data (`as_of` of `Generation`), and not of a machine's clock."""
    generations: tuple[StepResource, ...]
    """The generations, oldest first."""


class KnownGenerationResource(Resource):
    """A generation that is still told of."""

    generation: str
    """Its id."""
    day: date
    """The day of its data; what changed with it is told there."""
    pack: PackResource | None
    """The files that it has and the one before it had not, but for the dumps; null where they are too many, or no
    longer kept.
    """


class ChangesResource(Resource):
    """The generations until now.

    One that is not here is older, or was never published: whoever has it compares manifests.
    """

    schema_version: int
    """Counts the keys that were added."""
    kept_days: int
    """For how many days generations are told of."""
    generations: tuple[KnownGenerationResource, ...]
    """The generations, oldest first; the last is this one."""
