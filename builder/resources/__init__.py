"""What the API promises: the order of the fields is the order on the wire.

No key is ever added to API v4 or v3: new facts go to the project's own resources, which only ever grow. The models give
the bytes (`encode`) and, later, the schemas; nothing else in the program writes the JSON of these answers. API v3 has a
dialect and names of its own (`builder.resources.v3`).
"""

from builder.resources.base import Resource, WireTime, encode
from builder.resources.data import (
    BadgeResource,
    DataRootResource,
    FacetsResource,
    FreshnessResource,
    GenerationResource,
    ManifestFileResource,
    ManifestHeadResource,
    NamesResource,
    PackageRowResource,
    PackageRowsResource,
    RemovedResource,
    SearchIndexResource,
    SourceResource,
)
from builder.resources.v4 import (
    CategoryResource,
    ErrorResource,
    GridResource,
    PackageResource,
    RootResource,
    SearchItemResource,
    encode_list,
)

__all__ = [
    "BadgeResource",
    "CategoryResource",
    "DataRootResource",
    "ErrorResource",
    "FacetsResource",
    "FreshnessResource",
    "GenerationResource",
    "GridResource",
    "ManifestFileResource",
    "ManifestHeadResource",
    "NamesResource",
    "PackageResource",
    "PackageRowResource",
    "PackageRowsResource",
    "RemovedResource",
    "Resource",
    "RootResource",
    "SearchIndexResource",
    "SearchItemResource",
    "SourceResource",
    "WireTime",
    "encode",
    "encode_list",
]
