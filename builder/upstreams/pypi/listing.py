"""The list of all projects of a package index (PEP 691): which serial each has, as far as somebody wants to know."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from packaging.utils import canonicalize_name
from pydantic import Field, ValidationError

from builder.upstreams.answers import Wire, not_as_expected
from builder.upstreams.base import Failed
from builder.upstreams.pypi.wire import Meta, serial

_LISTED: Final = object()
"""Stands for a project that was looked at: no JSON becomes this."""


class _Top(Wire):
    meta: Meta = Meta()
    projects: list[Any] = Field(strict=True)


def read_listing(place: str, body: bytes, wanted: Collection[str]) -> Mapping[str, int | None] | Failed:
    """Give the serials of the `wanted` projects (normalised names) that are listed; None where no serial is told.

    PyPI lists some 700,000 projects. Each is looked at as soon as it is read, and let go: this takes 40 MB above the
    body instead of 240, and no more time.
    """
    serials: dict[str, int | None] = {}

    def look(found: dict[str, Any]) -> object:
        name = found.get("name")
        if not isinstance(name, str):
            return found
        if (project := canonicalize_name(name)) in wanted:
            serials[project] = _serial(found.get("_last-serial"))
        return _LISTED

    try:
        top = _Top.model_validate(json.loads(body, object_hook=look))
    except ValidationError as error:
        return not_as_expected(error, place)
    except (ValueError, RecursionError):
        return Failed(f"{place}: is not JSON")
    if any(project is not _LISTED for project in top.projects):
        return Failed(f"{place}: is not as expected: projects without a name")
    return serials


def _serial(value: object) -> int | None:
    """Read a serial; one that makes no sense tells nothing."""
    try:
        return serial(value)
    except ValueError:
        return None
