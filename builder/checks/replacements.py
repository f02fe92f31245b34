"""Packages that take each other's place: what is said of it must lead somewhere, agree, and end."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from builder.checks.references import Known
from builder.entries import Entry, Field, Records
from builder.errors import Problem
from builder.records import PackageRecord


def replacements_exist(data: Records) -> Iterator[Problem]:
    """Yield packages that name a package as replacing or replaced which is none, or is itself."""
    known = Known(data, "packages", data.packages, data.tombstones.packages)
    for entry in data.packages.values():
        for way, name in _replacement_names(entry):
            if name == entry.slug:
                hint = "Name the other package, or take the line away."
                yield entry.problem(way, "replacement-self", "is the package itself", hint, name)
            else:
                yield from known.look_up(entry, way, name)


def replacements_agree(data: Records) -> Iterator[Problem]:
    """Yield every word on what replaces a package that differs from the first one, which is the package's own."""
    for replaced, (first, *others) in _claims(data).items():
        for claim in others:
            if claim.successor == first.successor:
                continue
            message = f"contradicts {first.entry.path}, which says that {first.successor} replaces {replaced}"
            hint = "One package can take another's place: let the files name the same one."
            yield claim.entry.problem(claim.way, "replacement-conflict", message, hint, replaced)


def replacements_end(data: Records) -> Iterator[Problem]:
    """Yield each circle of packages of which one replaces the next."""
    claims = {replaced: found[0] for replaced, found in _claims(data).items()}
    for circle in _circles({replaced: claim.successor for replaced, claim in claims.items()}):
        claim = claims[circle[0]]
        message = f"closes a circle in which each replaces the one before: {' → '.join([*circle, circle[0]])}"
        yield claim.entry.problem(claim.way, "replacement-circle", message, "Take one of these steps away.")


class _Claim(NamedTuple):
    """The word of a record, at `way` in it, that `successor` took the place of another package."""

    entry: Entry[PackageRecord]
    way: Field
    successor: str


def _replacement_names(entry: Entry[PackageRecord]) -> Iterator[tuple[Field, str]]:
    if entry.record.replaced_by:
        yield ("replaced_by",), entry.record.replaced_by
    for i, name in enumerate(entry.record.replaces):
        yield ("replaces", i), name


def _claims(data: Records) -> dict[str, list[_Claim]]:
    """Give all that is said of what replaces each package: its own word first, then the others' in order of slug."""
    claims: defaultdict[str, list[_Claim]] = defaultdict(list)
    entries = sorted(data.packages.values(), key=lambda entry: entry.slug)
    for entry in entries:
        if entry.record.replaced_by not in {None, entry.slug}:
            claims[entry.slug].append(_Claim(entry, ("replaced_by",), entry.record.replaced_by))
    for entry in entries:
        for i, name in enumerate(entry.record.replaces):
            if name != entry.slug:
                claims[name].append(_Claim(entry, ("replaces", i), entry.slug))
    return claims


def _circles(successor: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield each circle once, from its first name on."""
    seen: set[str] = set()
    for start in sorted(successor):
        way: list[str] = []
        name = start
        while name in successor and name not in seen:
            seen.add(name)
            way.append(name)
            name = successor[name]
        if name in way:
            circle = way[way.index(name) :]
            first = circle.index(min(circle))
            yield circle[first:] + circle[:first]
