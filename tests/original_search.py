"""A model of how the original ranks, to compare with: PostgreSQL's full text search, trigrams, and above all weight.

English words over title (A), slug (B), description (C), category and participants (D); `ts_rank`; a query of 3 to 5
characters also as a prefix; `pg_trgm`'s similarity above 0.3; ordered by rank + 0.02 x weight, then similarity, then
title. The stemmer is a simplified one: it takes the usual English endings off.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from builder.resources import SearchItemResource
from builder.search.text import STOP_WORDS

WEIGHTS: Final = {"A": 1.0, "B": 0.4, "C": 0.2, "D": 0.1}
ENDINGS: Final = (
    *("ational", "ization", "fulness", "ousness", "iveness"),
    *("ation", "ments", "ities", "ement", "ness", "able", "ible", "ment", "ings", "ator"),
    *("ing", "ies", "ers", "ity", "ize", "ive", "ous", "ful", "ed", "er", "es", "ly", "e", "s"),
)
LEAST: Final = 3  # letters that stay
ZETA: Final = 1.64493406685  # what 1/1 + 1/4 + 1/9 + ... comes to


def stem(word: str) -> str:
    """Take the longest usual ending off."""
    ending = next((e for e in ENDINGS if word.endswith(e) and len(word) - len(e) >= LEAST), "")
    if ending == "s" and word.endswith("ss"):
        return word
    root = word.removesuffix(ending) + ("y" if ending == "ies" else "")
    return root[:-1] if len(root) > LEAST and root[-1] == root[-2] and root[-1] not in "lsz" else root


def lexemes(text: str) -> list[str]:
    """Give the lexemes of a text, in order; a word with hyphens counts whole and in parts."""
    found = []
    for word in re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower()):
        parts = word.split("-")
        found += [stem(part) for part in (parts if len(parts) == 1 else [word, *parts]) if part not in STOP_WORDS]
    return found


def trigrams(text: str) -> set[str]:
    """Give the trigrams of a text's words, padded as `pg_trgm` does."""
    padded = (f"  {word} " for word in re.findall(r"[^\W_]+", text.lower()))
    return {word[i : i + 3] for word in padded for i in range(len(word) - 2)}


def similarity(one: str, other: str) -> float:
    """Give the share of trigrams that two texts have in common."""
    a, b = trigrams(one), trigrams(other)
    return len(a & b) / len(a | b) if a and b else 0.0


@dataclass(frozen=True)
class Row:
    """An item, with its lexemes as (place, lexeme, weight)."""

    item: SearchItemResource
    vector: Sequence[tuple[int, str, float]]


def row(item: SearchItemResource) -> Row:
    """Make a row of an item."""
    fields = (
        ("A", item.title),
        ("B", item.slug),
        ("C", item.description),
        ("D", item.category),
        ("D", item.participants),
    )
    placed = [(lexeme, WEIGHTS[letter]) for letter, text in fields for lexeme in lexemes(text)]
    return Row(item, [(place, lexeme, weight) for place, (lexeme, weight) in enumerate(placed, start=1)])


Places = list[tuple[int, float]]


def ts_rank(groups: Sequence[Places]) -> float:
    """Give PostgreSQL's `ts_rank` of words that are all wanted: of each, its places with their weights."""
    if len(groups) == 1:
        ordered = sorted((weight for _, weight in groups[0]), reverse=True)
        return sum(weight / (i * i) for i, weight in enumerate(ordered, start=1)) / ZETA
    missed = 1.0
    for one, other in combinations(groups, 2):
        for place, weight in one:
            for second, other_weight in other:
                if distance := abs(place - second):
                    near = 1 / (1.005 + 0.05 * math.exp(distance / 1.5 - 2)) if distance <= 100 else 1e-30
                    missed *= 1 - math.sqrt(weight * other_weight * near)
    return 1 - missed


def search(rows: Iterable[Row], query: str, limit: int = 20) -> list[SearchItemResource]:
    """Give what the original would find, in its order."""
    query = query.strip()
    if not query:
        return []
    asked = list(dict.fromkeys(lexemes(query)))
    is_prefix = re.fullmatch("[A-Za-z0-9_-]{3,5}", query) is not None
    found = []
    for one in rows:
        alike = 0.0
        if len(query) >= LEAST:
            alike = max(similarity(one.item.title, query), similarity(one.item.slug, query))
        groups = [[(place, weight) for place, lexeme, weight in one.vector if lexeme == word] for word in asked]
        rank = ts_rank(groups) if groups and all(groups) else 0.0
        if is_prefix and asked:
            begun = [(place, weight) for place, lexeme, weight in one.vector if lexeme.startswith(asked[0])]
            rank = max(rank, ts_rank([begun]) if begun else 0.0)
        if rank or alike > 0.3:
            found.append((-(rank + 0.02 * one.item.weight), -alike, one.item.title, one.item))
    return [item for *_, item in sorted(found, key=lambda entry: entry[:3])[:limit]]
