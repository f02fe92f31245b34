"""Which words lead to which packages and grids, and how surely.

A posting is two whole numbers: the item's key, and a value: in its lower six bits how much the word says about the item
(1 to 63; 0 where it is no word of it), above them whether the word is its whole name, or what remains of its name
without the usual beginning. A value follows from its item alone, so that one change leaves all other postings as they
are.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from builder.catalogue import Grid, Package
from builder.metadata import RepositoryFacts
from builder.search.items import Found
from builder.search.text import STOP_WORDS, humps, short_names, squash, words

Posting = tuple[int, int]
Values = dict[str, int]

NAME: Final = 1 << 7
SHORT_NAME: Final = 1 << 6
WORD: Final = SHORT_NAME - 1  # the bits of how much it says
_HALF: Final = 5.0  # the strength that gives half of what can be had

# How strongly a word speaks for its item, by where it stands.
_IN_NAME: Final = 14.0
_IN_TAGS: Final = 4.0
_IN_DESCRIPTION: Final = 4.0
_IN_GRIDS: Final = 2.0
_IN_CATEGORY: Final = 0.5
_PERSON: Final = 5.0
_AGAIN: Final = 1.3  # a word that is said more than once
_USUAL_LENGTH: Final = 10  # words of a description: in a longer one each says less
_SAYS_LITTLE: Final = frozenset({"django", "python"})
_STOP_WORDS: Final = frozenset(STOP_WORDS)


@dataclass(slots=True)
class Collected:
    """The postings of all words, by key; and what a mistyped word may have been meant for.

    `spelled` are the words of names, and those that several items have; names of people are not among them. `names`
    are whole names, written as one word.
    """

    postings: Mapping[str, list[Posting]]
    spelled: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def collect(items: Iterable[Found]) -> Collected:
    """Collect the words of items, which come by key."""
    postings: defaultdict[str, list[Posting]] = defaultdict(list)
    seen: set[str] = set()
    collected = Collected(postings)
    for found in items:
        texts, people = values(found.source)
        for word, value in texts.items():
            postings[word].append((found.key, value))
            if value >= SHORT_NAME:
                collected.names.add(word)
            if value & WORD >= _LIKELY or (value & WORD and word in seen):
                collected.spelled.add(word)
        seen.update(texts)
        for word in people:
            postings[word].append((found.key, _SAID_OF_A_PERSON))
    return collected


def values(source: Package | Grid) -> tuple[Values, set[str]]:
    """Give the value of each word and name of a package or a grid, and the names of people that are no other words."""
    names = [words(name) for name in _names(source)]
    strengths = _of_name([*names, humps(source.title)])
    for word, strength in _elsewhere(source):
        strengths[word] = strengths.get(word, 0.0) + strength
    found = {word: _value(strength) for word, strength in strengths.items()}
    for parts in names:
        for short in short_names(parts):
            found[squash(short)] = found.get(squash(short), 0) | SHORT_NAME
    for parts in names:
        found[squash(parts)] = found.get(squash(parts), 0) & WORD | NAME
    found.pop("", None)  # a name without letters or numbers
    repository = isinstance(source, Package) and source.snapshot.repository
    logins = (repository and repository.participants) or ()
    return found, {word for login in logins for word in _of_login(login) if word not in found}


def _names(source: Package | Grid) -> list[str]:
    if isinstance(source, Package) and source.record.pypi:
        return [*dict.fromkeys((source.title, source.slug, source.record.pypi))]
    return [*dict.fromkeys((source.title, source.slug))]


@lru_cache(maxsize=1 << 12)  # few places for words, so few strengths
def _value(strength: float) -> int:
    return max(1, round(WORD * strength / (strength + _HALF)))


_LIKELY: Final = _value(_IN_NAME / 2)
_SAID_OF_A_PERSON: Final = _value(_PERSON)


@lru_cache(maxsize=1 << 16)  # people take part in more than one package
def _of_login(login: str) -> tuple[str, ...]:
    parts = words(login)
    return tuple(dict.fromkeys((*parts, squash(parts)))) if parts else ()


def _of_name(names: Sequence[Sequence[str]]) -> dict[str, float]:
    """Give the strength of the words of the names: the fewer words a name has, the more each says."""
    strengths: dict[str, float] = {}
    for parts in names:
        telling = sum(word not in _SAYS_LITTLE for word in parts)
        for word in parts:
            strengths[word] = max(strengths.get(word, 0.0), _IN_NAME / math.sqrt(max(telling, 1)))
    return strengths


def _elsewhere(source: Package | Grid) -> Iterable[tuple[str, float]]:
    """Give the words that are no names, each once for each kind of place."""
    if isinstance(source, Grid):
        return _of_description(source.record.description).items()
    repository = source.snapshot.repository or RepositoryFacts()
    return (
        *_of_description(source.description).items(),
        *((word, _IN_TAGS) for word in _distinct(" ".join((*source.record.tags, *(repository.topics or ()))))),
        *((word, _IN_GRIDS) for word in _distinct(" ".join(grid.title for grid in source.grids))),
        *((word, _IN_CATEGORY) for word in _distinct(source.category.record.title)),
    )


@lru_cache(maxsize=1 << 12)  # the same categories and grids again and again
def _distinct(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words(text)))


def _of_description(text: str) -> Mapping[str, float]:
    said = [word for word in words(text) if word not in _STOP_WORDS]
    strength = _IN_DESCRIPTION / math.sqrt(max(len(said) / _USUAL_LENGTH, 1.0))
    found: dict[str, float] = {}
    for word in said:
        found[word] = strength * _AGAIN if word in found else strength
    return found
