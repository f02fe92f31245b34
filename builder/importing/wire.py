"""What a live API v4 answers, and the little of v3 that v4 does not say: strict, or it is no answer.

A text that the original never leaves out may be null all the same: that is a matter of one value, which is told, and
no reason to refuse a page of a hundred items. Keys that are not known are kept to be told of.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from builder import urls
from builder.resources.base import escaped

_LINK: Final = re.compile(r"/([0-9]+)(?:/|\.json)?\Z")

Number = Annotated[int, Field(ge=0)]


class Wire(BaseModel):
    """A part of an answer: each key must be there, and be of its type."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class Item(Wire):
    """What packages, grids and categories have in common."""

    id: Annotated[int, Field(gt=0)]
    title: str
    slug: str
    created: AwareDatetime
    modified: AwareDatetime


class CategoryItem(Item):
    """A category."""

    description: str | None
    title_plural: str | None
    show_pypi: bool


class GridItem(Item):
    """A grid; `packages` are addresses."""

    description: str | None
    is_locked: bool
    packages: tuple[str, ...]
    header: bool


class PackageItem(Item):
    """A package; `category` and `grids` are addresses."""

    category: str
    grids: tuple[str, ...]
    last_updated: AwareDatetime | None
    last_fetched: AwareDatetime | None
    repo_url: str | None
    pypi_version: str | None
    repo_forks: int | None
    repo_description: str | None
    pypi_url: str | None
    documentation_url: str | None
    repo_watchers: int | None
    commits_over_52: tuple[int, ...]
    participants: tuple[str, ...]


class UsedItem(Wire):
    """A package as API v3 has it, of which v4 does not tell how many use it."""

    slug: str
    usage_count: Number


AnyItem = TypeVar("AnyItem", bound=Item)
_Listed = TypeVar("_Listed", bound=Wire)
_Model = TypeVar("_Model", bound=BaseModel)


class _PageV4(Wire, Generic[AnyItem]):
    count: Number
    next: str | None
    results: tuple[AnyItem, ...]


class _Meta(Wire):
    total_count: Number
    next: str | None


class _PageV3(Wire):
    meta: _Meta
    objects: tuple[UsedItem, ...]


@dataclass(frozen=True)
class Told(Generic[AnyItem]):
    """An item as it was understood, and as it was told: `raw` is its JSON, read."""

    item: AnyItem
    raw: Mapping[str, Any]

    @cached_property
    def body(self) -> bytes:
        """The bytes that the original answers with for it, if its JSON is written as it is known to be."""
        return canonical(self.raw)


@dataclass(frozen=True, slots=True)
class Page(Generic[_Listed]):
    """A page of a list. `keys` differ from item to item: ids, or slugs in API v3. `next` is an address or a path."""

    items: Sequence[_Listed]
    keys: Sequence[int | str]
    count: int
    next: str | None
    raws: Sequence[Mapping[str, Any]] = ()


class NotReadableError(Exception):
    """A body is not what it should be; the message says where."""


def canonical(raw: Mapping[str, Any]) -> bytes:
    """Give JSON as the original writes it (`builder.resources.encode`)."""
    return escaped(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode())


def read_page(body: bytes, model: type[AnyItem]) -> Page[AnyItem]:
    """Read a page of a list of API v4.

    Raises:
        NotReadableError: it is none.
    """
    page = _validated(body, _PageV4[model])  # type: ignore[valid-type] # a model made at run time
    items: tuple[AnyItem, ...] = page.results
    return Page(items, [item.id for item in items], page.count, page.next, from_json(body)["results"])


def read_used(body: bytes) -> Page[UsedItem]:
    """Read a page of the packages of API v3; raises as `read_page` does."""
    page = _validated(body, _PageV3)
    return Page(page.objects, [item.slug for item in page.objects], page.meta.total_count, page.meta.next)


def read_item(body: bytes, model: type[AnyItem]) -> Told[AnyItem]:
    """Read an item of API v4.

    Raises:
        NotReadableError: it is none.
    """
    return Told(_validated(body, model), from_json(body))


def _validated(body: bytes, model: type[_Model]) -> _Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise NotReadableError(f"{where or 'the whole'}: {first['msg']}") from None


def number(address: str) -> int | None:
    """Give the id at the end of a link; None where there is none."""
    found = _LINK.search(address)
    return int(found[1]) if found else None


def numbers(addresses: Iterable[str]) -> list[int]:
    """Give the ids at the end of links."""
    return [key for key in map(number, addresses) if key is not None]


def base_of(address: str) -> str | None:
    """Give what stands before `/api/v4/` in a link: the site's own address, as it knows it."""
    base, found, _ = address.partition(urls.API)
    return base if found else None
