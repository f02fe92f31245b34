"""What came of an import: for people, and for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from builder.errors import BuilderError
from builder.importing.compare import Comparison
from builder.importing.remarks import WHATS, Remark

SHOWN: Final = 20  # remarks of a kind; `--json` has all


class Missing(NamedTuple):
    """Something that the API does not tell of, and how to have it here."""

    what: str
    remedy: str


CANNOT: Final = (
    Missing("features and cells of grids", "write them under features in data/grids/, from the grid's page there"),
    Missing("the order in which packages came into a grid", "sort packages in data/grids/; the API sorts by itself"),
    Missing("what is deprecated, and what replaces it", "deprecated and replaced_by in data/packages/"),
    Missing("releases, licences, classifiers, Python versions, archived marks, topics", "builder fetch"),
    Missing("downloads", "downloads_url in data/site.yaml, then builder fetch"),
    Missing("texts, news, help pages", "data/pages/ and data/posts/"),
    Missing("users, who made or edited what", "personal data: they are not taken"),
    Missing("who uses a package (the number comes, by API v3)", "sites in data/packages/, for sites that are public"),
    Missing("what was removed there", "data/tombstones.yaml, where its id must not be given again"),
    Missing(
        "the order of lists in API v3, where titles differ in more than letters", "nothing: ours is by code points"
    ),
)
"""What cannot come by an API."""


@dataclass(frozen=True, slots=True)
class Report:
    """An import of the site at `address`.

    `new` and `changed` count files by folder, `requests` were sent, `recalled` answers came from an import that was cut
    short; `retold` items were told otherwise when they were asked for one by one. `kept` are the packages whose
    snapshots were fetched from here, and stay. `v3` tells whether API v3 answered. `finished` counts files that an
    import before this one had left to be put in place.
    """

    address: str
    new: Mapping[str, int]
    changed: Mapping[str, int]
    comparison: Comparison
    remarks: Sequence[Remark]
    requests: int
    recalled: int
    retold: int
    kept: Sequence[str]
    v3: bool
    dry_run: bool
    finished: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Give everything, for JSON."""
        comparison = self.comparison
        kinds = comparison.total
        return {
            "address": self.address,
            "dry_run": self.dry_run,
            "new": dict(self.new),
            "changed": dict(self.changed),
            "equal": {kind: {"equal": comparison.equal[kind], "total": kinds[kind]} for kind in kinds},
            "remarks": [asdict(remark) for remark in self.remarks],
            "requests": self.requests,
            "recalled": self.recalled,
            "retold": self.retold,
            "kept_snapshots": list(self.kept),
            "v3": self.v3,
            "finished": self.finished,
            "cannot_come": [missing._asdict() for missing in CANNOT],
        }

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.finished:
            yield f"An import before this one was cut short: {self.finished} files of it were put in place first."
        yield from self._remarks()
        yield "What cannot come by the API:"
        yield from (f"  {missing.what}: {missing.remedy}" for missing in CANNOT)
        if not self.v3:
            yield "API v3 was not asked, or does not answer: how many use a package is not known."
        if self.kept:
            yield f"{len(self.kept)} snapshots were fetched from here and know more: they stay."
        yield f"{self.requests} requests" + (f", {self.recalled} answers kept from before" if self.recalled else "")
        yield f"{'Would be written' if self.dry_run else 'Written'}: {self._counts()}"
        yield "As there, to the byte: " + ", ".join(
            f"{self.comparison.equal[kind]} of {total} {kind}" for kind, total in self.comparison.total.items()
        )

    def _remarks(self) -> Iterator[str]:
        for what, title in WHATS.items():
            found = [remark for remark in self.remarks if remark.what == what]
            if found:
                yield f"{title} ({len(found)}):"
                yield from (f"  {remark}" for remark in found[:SHOWN])
            if len(found) > SHOWN:
                yield f"  and {len(found) - SHOWN} more; --json names all"

    def _counts(self) -> str:
        kinds = [kind for kind in (*self.new, *self.changed) if self.new.get(kind) or self.changed.get(kind)]
        if not kinds:
            return "nothing"
        return "; ".join(
            f"{kind} {self.new.get(kind, 0)} new, {self.changed.get(kind, 0)} changed" for kind in dict.fromkeys(kinds)
        )

    def hold(self) -> None:
        """Say that a person must look, if not everything answers as there.

        Raises:
            BuilderError: some does not; what could be taken was taken.
        """
        if not self.comparison.is_whole:
            comparison = self.comparison
            others = sum(comparison.total.values()) - sum(comparison.equal.values())
            done = "would be" if self.dry_run else "is"
            raise BuilderError(f"{others} answers are not as there; all that can be taken {done} taken. See above.")
