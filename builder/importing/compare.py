"""What our API will answer beside what the site answers: item by item, to the byte."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic_core import from_json

from builder import catalogue, urls
from builder.api import facts, v4
from builder.entries import Data
from builder.importing.gather import Found
from builder.importing.remarks import Remark, shown
from builder.importing.wire import Item, Told
from builder.urls import Urls

_DATES: Final = frozenset({"last_updated", "last_fetched", "created", "modified"})
_ZONE: Final = "Set time_zone in data/site.yaml to the zone of that site, and import again."


@dataclass(slots=True)
class Comparison:
    """How many answers are the same, of how many, by kind; and a remark on each value that is not."""

    equal: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every answer is the same."""
        return self.equal == self.total


def compare(data: Data, found: Found, known: Sequence[Remark] = ()) -> Comparison:
    """Compare the API that a build would make of `data`, at the site's own address, with what was told.

    What `known` remarks on already is not told again.
    """
    joined = catalogue.join(data, {})
    form = v4.Form(Urls(found.address))
    said = {(remark.address, remark.field) for remark in known}
    told: Mapping[str, Mapping[int, Told[Any]]] = {
        urls.API_PACKAGES: found.packages,
        urls.API_GRIDS: found.grids,
        urls.API_CATEGORIES: found.categories,
    }
    comparison, zones = Comparison(), _Zones()
    for route, items in v4.bodies(joined, form, facts.of_packages(joined)):
        ours = {item.id: body for item, body in items}
        kind = route.rstrip("/").rpartition("/")[2]
        comparison.total[kind] = len(told[route])
        comparison.equal[kind] = sum(ours.get(key) == item.body for key, item in told[route].items())
        for key, item in sorted(told[route].items()):
            if key in ours and ours[key] != item.body:
                address = found.address + urls.api_item(route, key)
                differences = [r for r in _differences(address, item, ours[key]) if (address, r.field) not in said]
                comparison.remarks += zones.without(differences)
    comparison.remarks += zones.remarks(found.address)
    return comparison


def _differences(address: str, told: Told[Item], body: bytes) -> list[Remark]:
    ours = from_json(body)
    remarks = [
        Remark("unknown", address, key, shown(value), "is a key that is not known here; it was left out.")
        for key, value in told.raw.items()
        if key not in ours
    ]
    for key, value in ours.items():
        if value != told.raw[key]:
            remedy = _remedy(key, told.raw[key], value)
            remarks.append(Remark("differs", address, key, shown(told.raw[key]), f"is {shown(value)} here.", remedy))
    return remarks


def _remedy(key: str, one: object, other: object) -> str:
    """Give the remedy for two dates that are the same moment; "" for all else."""
    if key not in _DATES or not isinstance(one, str) or not isinstance(other, str):
        return ""
    return _ZONE if datetime.fromisoformat(one) == datetime.fromisoformat(other) else ""


@dataclass(slots=True)
class _Zones:
    """Dates told in another time zone: one remark stands for all of them."""

    first: Remark | None = None
    count: int = 0

    def without(self, remarks: Sequence[Remark]) -> list[Remark]:
        """Count those that are about zones, and give the others."""
        of_zones = [remark for remark in remarks if remark.remedy == _ZONE]
        self.count += len(of_zones)
        self.first = self.first or next(iter(of_zones), None)
        return [remark for remark in remarks if remark.remedy != _ZONE]

    def remarks(self, address: str) -> list[Remark]:
        """Give the one remark, if there is one to be made."""
        if self.first is None:
            return []
        done = f"{self.first.done} {self.count} dates are in another time zone."
        return [Remark("differs", address, self.first.field, self.first.value, done, _ZONE)]
