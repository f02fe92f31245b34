"""A made-up catalogue in memory, its words as unevenly spread as a language's; the same for the same size."""

import random
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import corpus

from builder import catalogue as catalogues
from builder.catalogue import Catalogue
from builder.config import Settings
from builder.entries import Data, Entry
from builder.metadata import DownloadFacts, PyPIFacts, Release, RepositoryFacts, Snapshot
from builder.records import CategoryRecord, GridRecord, PackageRecord

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SYLLABLES = [
    "ba",
    "co",
    "da",
    "fi",
    "ge",
    "hu",
    "jo",
    "ki",
    "la",
    "me",
    "no",
    "pa",
    "qui",
    "ro",
    "se",
    "ti",
    "va",
    "we",
    "xo",
    "yu",
    "za",
    "bri",
    "cle",
    "dra",
    "flo",
    "gri",
    "sta",
    "tre",
    "pli",
    "sno",
]
COMMON = [
    "django",
    "a",
    "for",
    "and",
    "the",
    "with",
    "app",
    "of",
    "to",
    "simple",
    "your",
    "models",
    "that",
    "using",
    "admin",
]


class _Words:
    """Words of which the n-th is said 1/n as often as the first."""

    def __init__(self, chance: random.Random, words: list[str]) -> None:
        self.chance, self.words = chance, words
        self.weights = list(accumulate(1 / n for n in range(1, len(words) + 1)))

    def some(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)


def _invented(chance: random.Random, count: int) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
    return list(made)


def catalogue(size: int, seed: int = 359) -> Catalogue:
    """Make a catalogue of `size` packages, and a grid for every twelfth."""
    chance = random.Random(seed)  # noqa: S311 - a corpus, not a secret
    invented = _invented(chance, 4000 + size // 2)
    said = _Words(chance, [*COMMON, *corpus.WORDS, *invented])
    named = _Words(chance, [*corpus.WORDS, *invented])
    people = _Words(chance, [f"{word}{n % 97 or ''}" for n, word in enumerate(_invented(chance, 1000 + size * 2))])
    slugs: dict[str, None] = {}
    while len(slugs) < size:
        slugs["-".join(("django", *dict.fromkeys(named.some(chance.randint(1, 3)))))[:50]] = None
    names = list(slugs)
    data = Data(
        {slug: Entry(slug, slug, _package(slug, n), {}) for n, slug in enumerate(names, start=1)},
        {f"g{n}": Entry(f"g{n}", f"g{n}", _grid(chance, n, said, names), {}) for n in range(1, size // 12 + 1)},
        {"apps": Entry("a", "apps", CategoryRecord(id=1, title="App", title_plural="Apps", created=NOW), {})},
        snapshots={slug: _snapshot(chance, slug, said, people) for slug in names},
        settings=Settings.model_validate(
            {
                "title": "Benchmark",
                "base_url": "https://example.org",
                "repository": "https://github.com/example/benchmark",
                "contact": "https://example.org/",
            }
        ),
    )
    return catalogues.join(data, {})


def _package(slug: str, number: int) -> PackageRecord:
    return PackageRecord(id=number, title=slug, category="apps", pypi=slug, created=NOW)


def _grid(chance: random.Random, number: int, said: _Words, names: list[str]) -> GridRecord:
    title = " ".join(said.some(2)).title()
    description = " ".join(said.some(15))
    packages = tuple(chance.sample(names, min(12, len(names))))
    return GridRecord(id=number, title=title, description=description, packages=packages, created=NOW)


def _snapshot(chance: random.Random, slug: str, said: _Words, people: _Words) -> Snapshot:
    stars = int(chance.paretovariate(0.7))
    return Snapshot(
        last_fetched=NOW,
        pypi=PyPIFacts(
            name=slug,
            requires_python=">=3.10",
            releases=tuple(Release(version=f"0.{n}", uploaded=NOW - timedelta(days=9 * n)) for n in range(1, 12)),
        ),
        repository=RepositoryFacts(
            description=" ".join(said.some(chance.randint(4, 16))).capitalize(),
            stars=stars,
            forks=stars // 8,
            last_commit=NOW - timedelta(days=chance.randint(0, 2000)),
            participants=tuple(dict.fromkeys(people.some(chance.randint(1, 25)))),
            archived=chance.random() < 0.1,  # noqa: PLR2004 - a tenth of all
        ),
        downloads=DownloadFacts(month="2025-12", count=stars * 50),
    )


def queries(made: Catalogue) -> list[str]:
    """Give queries of every kind: names, words common and rare, people, mistyped ones, long ones."""
    middle = made.packages[len(made.packages) // 2]
    name = middle.slug
    rare = max(middle.description.split(), key=len)
    login = (middle.snapshot.repository or RepositoryFacts()).participants or ("nobody",)
    return [
        name,
        name.removeprefix("django-"),
        name[:-2],
        name[:9] + name[10:],
        name[:8] + name[9] + name[8] + name[10:],
        "django",
        "d",
        "django admin",
        "rest cache search",
        "a simple app for your models",
        rare,
        login[0],
        "cahce",
        "qqqqqqqq zzzzzzzz",
        " ".join(name.split("-")[::-1]) + " " + rare + " models admin for the with",
        "nothing like this was ever heard of before anywhere " * 5,
    ]
