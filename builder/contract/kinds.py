"""The kinds of answers by address, and the models that make their bodies."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from builder import urls
from builder.choices import Choices, Query
from builder.resources import base, changes, data, v3, v4, whole

Model: TypeAlias = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of answer: where it is (`{slug}` and so on stand for a step), what it is, and the models of its body.

    A body of several lines has a model for each kind of line. `encode` makes the bytes of a body. `listed` tells that
    it is a list which a query can cut, where the host sees queries; `error` is the model of what is not there.
    """

    name: str
    path: str
    summary: str
    models: Sequence[Model]
    encode: Callable[[Any], bytes] = base.encode
    listed: bool = False
    error: Model | None = None

    @property
    def is_lines(self) -> bool:
        """Whether each line is a body."""
        return self.path.endswith(".ndjson")

    @property
    def routes(self) -> re.Pattern[str]:
        """What the routes of its answers look like: pages of lists, and the forms with `.json`, among them."""
        steps = re.split(r"\{\w+\}", self.path.removesuffix(urls.SLASH))
        end = r"(?:/|\.json)" if self.path.endswith(urls.SLASH) else ""
        page = r"(?:/(?:offset|limit)/\d+)?" if self.listed else ""
        return re.compile("[^/]+?".join(map(re.escape, steps)) + page + end)


def _v4(name: str, path: str, summary: str, model: Model, **more: Any) -> Kind:  # noqa: ANN401 - fields of Kind
    return Kind(f"v4_{name}", path, summary, (model,), error=v4.ErrorResource, **more)


def _v3(name: str, path: str, summary: str, model: Model, **more: Any) -> Kind:  # noqa: ANN401 - fields of Kind
    return Kind(f"v3_{name}", path, summary, (model,), encode=v3.encode, error=v3.ErrorResource, **more)


def _own(name: str, path: str, summary: str, *models: Model) -> Kind:
    return Kind(name, path, summary, models)


_ITEM: Final = "{id_or_slug}/"
KINDS: Final[Sequence[Kind]] = (
    _v4("root", urls.API, "The addresses of the lists.", v4.RootResource),
    _v4("packages", urls.API_PACKAGES, "All packages, newest first.", v4.PackageListResource, listed=True),
    _v4("package", urls.API_PACKAGES + _ITEM, "A package, by id or slug.", v4.PackageResource),
    _v4("grids", urls.API_GRIDS, "All grids, newest first.", v4.GridListResource, listed=True),
    _v4("grid", urls.API_GRIDS + _ITEM, "A grid, by id or slug.", v4.GridResource),
    _v4("categories", urls.API_CATEGORIES, "All categories, newest first.", v4.CategoryListResource, listed=True),
    _v4("category", urls.API_CATEGORIES + "{id}/", "A category, by id.", v4.CategoryResource),
    _v3("root", urls.V3, "The paths of the lists.", v3.RootResource),
    _v3("packages", urls.V3_PACKAGES, "All packages, by title.", v3.PackageListResource, listed=True),
    _v3("package", urls.V3_PACKAGES + "{slug}/", "A package, by slug.", v3.PackageResource),
    _v3("grids", urls.V3_GRIDS, "All grids, by title.", v3.GridListResource, listed=True),
    _v3("grid", urls.V3_GRIDS + "{slug}/", "A grid, by slug.", v3.GridResource),
    _v3(
        "grid_packages",
        urls.v3_packages_of(urls.V3_GRIDS, "{slug}"),
        "The packages of a grid, by title.",
        v3.GridPackageListResource,
        listed=True,
    ),
    _v3("categories", urls.V3_CATEGORIES, "All categories, by title.", v3.CategoryListResource, listed=True),
    _v3("category", urls.V3_CATEGORIES + "{slug}/", "A category, by slug.", v3.CategoryResource),
    _v3(
        "category_packages",
        urls.v3_packages_of(urls.V3_CATEGORIES, "{slug}"),
        "The packages of a category, by title.",
        v3.PackageListResource,
        listed=True,
    ),
    _own("root", urls.DATA, "What there is here, by name.", data.DataRootResource),
    _own(
        "package", urls.data_item("packages", "{slug}"), "All that is known of a package.", whole.PackageWholeResource
    ),
    _own("grid", urls.data_item("grids", "{slug}"), "All that is known of a grid.", whole.GridWholeResource),
    _own(
        "category",
        urls.data_item("categories", "{slug}"),
        "All that is known of a category.",
        whole.CategoryWholeResource,
    ),
    _own("packages", urls.DATA_PACKAGES, "A short row for each package.", data.PackageRowsResource),
    _own("badge", urls.badge_data("{slug}"), "What the badge service shows of a package.", data.BadgeResource),
    _own("facets", urls.DATA_FACETS, "The packages by what they have in common.", data.FacetsResource),
    _own("names", urls.DATA_NAMES, "Every name of every item, and what was removed.", data.NamesResource),
    _own("freshness", urls.DATA_FRESHNESS, "How it stands with each source of each package.", data.FreshnessResource),
    _own("dump", urls.DATA_DUMP, "The whole data.", whole.DumpResource),
    _own(
        "dump_lines",
        urls.DATA_DUMP_LINES,
        "The whole data, a line for each item.",
        whole.PackageLineResource,
        whole.GridLineResource,
        whole.CategoryLineResource,
    ),
    _own("changes", urls.DATA_CHANGES, "The generations until now.", changes.ChangesResource),
    _own("changes_of_day", urls.data_changes("{day}"), "What changed on a day.", changes.DayResource),
    _own("generation", urls.DATA_GENERATION, "Which content this is.", data.GenerationResource),
    _own(
        "manifest",
        urls.DATA_MANIFEST,
        "Every file of the site, after a first line that tells of all.",
        data.ManifestHeadResource,
        data.ManifestFileResource,
    ),
    _own("search_index", urls.search_index(), "What has to be known before a query.", data.SearchIndexResource),
)
"""Every kind of answer that is promised. What the edge module and the search read besides is no promise."""

SEARCH: Final = Kind(
    "v4_search",
    urls.API_SEARCH,
    "What is found, best first; an array.",
    (v4.SearchItemResource,),
    error=v4.ErrorResource,
)
REFUSALS: Final = (
    Kind("v4_error", urls.API_NOT_FOUND.removesuffix(urls.SUFFIX) + "/", "", (v4.ErrorResource,)),
    Kind("v3_error", "/api/404/v3/", "", (v3.ErrorResource,), encode=v3.encode),
    Kind("v3_error", "/api/404/v3-{kind}/", "", (v3.ErrorResource,), encode=v3.encode),
    Kind("v4_error", "/api/404/{kind}/", "", (v4.ErrorResource,)),
    Kind("v4_error", urls.API_SEARCH, "", (v4.ErrorResource,)),
)
"""What hosts answer with where nothing is, or nothing can be searched."""


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], Kind]]:
    return [(kind.routes, kind) for kind in (*KINDS, *REFUSALS)]


def kind_of(route: str) -> Kind | None:
    """Give the kind of answer that a route has; None where it is none that is promised."""
    return next((kind for pattern, kind in _patterns() if pattern.fullmatch(route)), None)


def of_host(choices: Choices) -> Sequence[Kind]:
    """Give the kinds of answers that a host gives."""
    searched = [SEARCH] if choices.query is Query.ANSWERED else []
    return [*(kind for kind in KINDS if _is_there(kind, choices)), *searched]


def _is_there(kind: Kind, choices: Choices) -> bool:
    left_out = {
        "v3_": not choices.v3,
        "badge": not choices.badges,
        "changes": not choices.changes,
        "dump": not (choices.dumps and choices.plain_dumps),
        **dict.fromkeys(("package$", "grid$", "category$"), not choices.details),
    }
    return not any(left and re.match(name, kind.name) for name, left in left_out.items())
