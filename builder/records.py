"""What contributors write: one model for each kind of YAML file under data/. Unknown keys are refused.

The order of the fields is the order of the keys in the files. Values are kept as written: what is derived from them
stands in `builder.derive`.
"""

from pydantic import BaseModel, ConfigDict, Field

from builder.fields import (
    Cycle,
    Day,
    DayOrMonth,
    Moment,
    PyPIName,
    Repository,
    Slug,
    StoredText,
    Tag,
    Title,
    Truth,
    WebUrl,
    WebUrlOrEmpty,
    WholeNumber,
)


class Record(BaseModel):
    """A file, or a part of one, that people edit."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # as in `builder.resources.base`


class Usage(Record):
    """A site that uses a package."""

    title: Title
    url: WebUrl


class ImportedPackage(Record):
    """What the API goes on answering with, by its own keys, where no other key of the file can have it.

    The addresses stand here where ours cannot be such, or where they are another package's already: nobody links to
    them, and nobody is asked about them. `grids` is the order of the grids' slugs where it is not that of their ids.
    `usage_count` is how many people said there that they use the package; `sites` come on top of it. Slugs that are of
    no grid of the package any more do not matter.
    """

    repo_url: StoredText | None = None
    pypi_url: StoredText | None = None
    documentation_url: StoredText | None = None
    usage_count: WholeNumber | None = None
    grids: tuple[Slug, ...] = ()


class ImportedGrid(Record):
    """As `ImportedPackage`: `packages` is the order of the packages' slugs where it is not that of their titles."""

    packages: tuple[Slug, ...] = ()


class PackageRecord(Record):
    """data/packages/<slug>.yaml.

    `id` and `created` may be missing in a new file: the scheduled job gives them. `pypi_url`, `modified` and `imported`
    are for imports: the first keeps a stored text that the API must go on answering with, the second a date that git
    does not know.
    `documentation` may be null, which the API tells apart from "".
    """

    id: WholeNumber | None = None
    title: Title
    category: Slug
    repository: Repository = ""
    pypi: PyPIName | None = None
    pypi_url: StoredText | None = None
    documentation: WebUrlOrEmpty | None = ""
    replaces: tuple[Slug, ...] = ()
    replaced_by: Slug | None = None
    deprecated: Day | None = None
    sites: tuple[Usage, ...] = ()
    tags: tuple[Tag, ...] = ()
    created: Moment | None = None
    modified: Moment | None = None
    imported: ImportedPackage = ImportedPackage()


class Feature(Record):
    """A row of a grid: what is compared, and a short text for each package that is known to have it or not."""

    title: Title
    description: str = ""
    cells: dict[Slug, str] = Field(default_factory=dict)


class GridRecord(Record):
    """data/grids/<slug>.yaml. The packages stand in the order in which they were linked."""

    id: WholeNumber | None = None
    title: Title
    description: str = ""
    header: Truth = False
    locked: Truth = False
    packages: tuple[Slug, ...] = ()
    features: tuple[Feature, ...] = ()
    created: Moment | None = None
    modified: Moment | None = None
    imported: ImportedGrid = ImportedGrid()


class CategoryRecord(Record):
    """data/categories/<slug>.yaml."""

    id: WholeNumber | None = None
    title: Title
    title_plural: Title
    description: str = ""
    show_pypi: Truth = True
    created: Moment | None = None
    modified: Moment | None = None


class Tombstone(Record):
    """An item that was removed: its id is never given again."""

    id: WholeNumber
    slug: str
    removed: Day
    reason: str = ""


class TombstonesRecord(Record):
    """data/tombstones.yaml."""

    packages: tuple[Tombstone, ...] = ()
    grids: tuple[Tombstone, ...] = ()
    categories: tuple[Tombstone, ...] = ()


class ProductRelease(Record):
    """A release of a product that packages are to be ready for.

    `cycle` is its number (`5.2`). `released` and `ends` are when it came and when nobody mends it any more; a month is
    enough, and what is not known is left out. `classifier` is the number that classifiers have for it, where that is
    not `cycle`: Wagtail's name the 7 of 7.4 only.
    """

    cycle: Cycle
    released: DayOrMonth | None = None
    ends: DayOrMonth | None = None
    lts: Truth = False
    classifier: Cycle | None = None


class ProductRecord(Record):
    """data/products/<slug>.yaml.

    `classifier` is what the classifiers of its releases begin with, such as `Framework :: Django`. With `for_all` every
    package is asked about its releases, without it those that have any of these classifiers. `source` is where the
    dates are kept.
    """

    title: Title
    classifier: Title
    for_all: Truth = False
    source: WebUrlOrEmpty = ""
    releases: tuple[ProductRelease, ...] = ()


class TextRecord(Record):
    """What stands before the text in data/pages/<slug>.md. `summary` is what search engines are told."""

    title: Title
    summary: str = ""


class PostRecord(Record):
    """What stands before the text in data/posts/<slug>.md."""

    title: Title
    date: Day
    summary: str = ""
