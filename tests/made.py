"""Catalogues made in the test: small ones to say one thing, and one that is hostile in every field."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from builder.catalogue import Catalogue, Dates, join
from builder.config import Settings
from builder.entries import Article, Data, Entry
from builder.metadata import PyPIFacts, Release, RepositoryFacts, Snapshot, Source
from builder.records import (
    CategoryRecord,
    Feature,
    GridRecord,
    PackageRecord,
    PostRecord,
    ProductRecord,
    Record,
    TextRecord,
    Usage,
)

R = TypeVar("R", bound=Record)

SCRIPT = "<script>alert('x')</script>"
HOSTILE = f"{SCRIPT} \"quoted\" 'single' {{{{ 7 * 7 }}}} {{% raw %}} & \u202eabc\u202c </title>"
LONG_WORD = "w" * 500
# As long as titles may be, in scripts without spaces and from right to left; the last goes both ways.
CHINESE = "消息与通知框架" * 14
ARABIC = " ".join(["رسائل المستخدمين بين التطبيقات"] * 3)
BOTH = "حزمة django-messages (v2.0) للرسائل"
CROWD = 60  # packages of one grid
# Of two packages each, but only the first and the last can have pages.
LOGINS = ("Twice", "../x", "a/b", "..", "robot[bot]", SCRIPT, "con", "a b", "x" * 65, "", "-_-")
HOSTILE_TEXT = f"""{HOSTILE} [a](javascript:alert(1)) [b](https://example.org/?a=1&b='2') ![c](https://example.org/c.png)

## {HOSTILE}

| <i> | b |
|----:|---|
| [d](data:text/html,x) | {SCRIPT} |

```html
{SCRIPT}
```

[e](/packages/ "{SCRIPT}") <https://example.org/{SCRIPT}> <style>a {{ }}</style>
"""
COMMITTED = datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)


def settings(**changes: Any) -> Settings:  # noqa: ANN401 - any setting
    """Make settings: a site below a path, on a forge."""
    given = {
        "title": "A Directory",
        "description": "What there is, side by side.",
        "base_url": "https://example.org/below",
        "repository": "https://github.com/owner/directory",
        "branch": "main",
        "contact": "https://example.org/contact",
        "time_zone": "America/New_York",
    }
    return Settings.model_validate(given | changes)


def package(**changes: Any) -> PackageRecord:  # noqa: ANN401 - any field
    """Make a package's record: in the category `apps`, on GitHub and PyPI."""
    given = {
        "title": "django-messages",
        "category": "apps",
        "repository": "https://github.com/arneb/django-messages",
        "pypi": "django-messages",
    }
    return PackageRecord.model_validate(given | changes)


def grid(*packages: str, **changes: Any) -> GridRecord:  # noqa: ANN401 - any field
    """Make a grid's record of the packages with these slugs."""
    return GridRecord.model_validate({"title": "Messaging", "packages": packages} | changes)


def category(**changes: Any) -> CategoryRecord:  # noqa: ANN401 - any field
    """Make a category's record."""
    return CategoryRecord.model_validate({"title": "App", "title_plural": "Apps"} | changes)


def product(*cycles: Any, **changes: Any) -> ProductRecord:  # noqa: ANN401 - any field; a cycle's number, or all of it
    """Make a product's record: Django with these releases."""
    given = {"title": "Django", "classifier": "Framework :: Django", "for_all": True}
    listed = [cycle if isinstance(cycle, dict) else {"cycle": cycle} for cycle in cycles]
    return ProductRecord.model_validate(given | {"releases": listed} | changes)


def text(body: str = "Words.\n", **changes: Any) -> tuple[TextRecord, str]:  # noqa: ANN401 - any field
    """Make a text."""
    return TextRecord.model_validate({"title": "About"} | changes), body


def post(body: str = "Words.\n", **changes: Any) -> tuple[PostRecord, str]:  # noqa: ANN401 - any field
    """Make a post."""
    return PostRecord.model_validate({"title": "News", "date": "2026-02-01"} | changes), body


def fetched(**changes: Any) -> Snapshot:  # noqa: ANN401 - any field of the repository's facts, or `pypi`
    """Make a snapshot in which everything is known."""
    pypi = changes.pop("pypi", {})
    facts = {
        "name": "django-messages",
        "summary": "Messages for users, by PyPI",
        "license_expression": "BSD-3-Clause",
        "requires_python": ">=3.9",
        "classifiers": (
            "Development Status :: 5 - Production/Stable",
            "Framework :: Django :: 5.2",
            "Programming Language :: Python :: 3.12",
            "Programming Language :: Python :: 3.9",
        ),
        "releases": releases("0.5", "0.6.0"),
    }
    forge = {
        "description": "Messages between users",
        "stars": 12_345,
        "forks": 244,
        "last_commit": datetime(2019, 10, 18, 8, 27, 41, tzinfo=UTC),
        "weeks": (0,) * 50 + (3, 1),
        "participants": ("arneb", "zkanda"),
    }
    return Snapshot(
        last_fetched=datetime(2026, 2, 16, 2, 7, 27, tzinfo=UTC),
        pypi=None if pypi is None else PyPIFacts.model_validate(facts | pypi),
        repository=RepositoryFacts.model_validate(forge | changes),
    )


FIRST_RELEASE = datetime(2019, 1, 1, 12, tzinfo=UTC)


def releases(*versions: str, start: datetime = FIRST_RELEASE) -> tuple[Release, ...]:
    """Make releases a month apart, oldest first; the first on 1 January 2019."""
    return tuple(Release(version=v, uploaded=start + timedelta(days=30 * i)) for i, v in enumerate(versions))


def catalogue(  # noqa: PLR0913 - one for each kind of record
    packages: Mapping[str, PackageRecord] | None = None,
    grids: Mapping[str, GridRecord] | None = None,
    categories: Mapping[str, CategoryRecord] | None = None,
    snapshots: Mapping[str, Snapshot] | None = None,
    *,
    products: Mapping[str, ProductRecord] | None = None,
    texts: Mapping[str, tuple[TextRecord, str]] | None = None,
    posts: Mapping[str, tuple[PostRecord, str]] | None = None,
    **changes: Any,  # noqa: ANN401 - any setting
) -> Catalogue:
    """Join records and snapshots, by slug; all files were committed on one day. There is the category `apps`."""
    data = Data(
        _entries("packages", packages or {}),
        _entries("grids", grids or {}),
        _entries("categories", {"apps": category()} if categories is None else categories),
        snapshots=snapshots or {},
        products=_entries("products", products or {}),
        texts=_articles("pages", texts or {}),
        posts=_articles("posts", posts or {}),
        settings=settings(**changes),
    )
    paths = [entry.path for group in (data.packages, data.grids, data.categories) for entry in group.values()]
    return join(data, dict.fromkeys(paths, Dates(COMMITTED, COMMITTED)))


def _entries(kind: str, records: Mapping[str, R]) -> dict[str, Entry[R]]:
    return {slug: Entry(f"data/{kind}/{slug}.yaml", slug, record, {}) for slug, record in records.items()}


def _articles(kind: str, texts: Mapping[str, tuple[R, str]]) -> dict[str, Article[R]]:
    return {
        slug: Article(Entry(f"data/{kind}/{slug}.md", slug, record, {}), body, 4)
        for slug, (record, body) in texts.items()
    }


def many(count: int, **changes: Any) -> Catalogue:  # noqa: ANN401 - any setting
    """Make a catalogue of many packages, from all letters, half of them "django-" something, in one grid."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    titles = [f"{'django-' if i % 2 else ''}{alphabet[i % 25]}-{i}" for i in range(count)]
    packages = {f"package-{i}": package(title=title, pypi=f"package-{i}") for i, title in enumerate(titles)}
    snapshots = {slug: fetched(stars=i) for i, slug in enumerate(packages)}
    return catalogue(packages, {"all": grid(*packages, title="All")}, snapshots=snapshots, **changes)


def hostile() -> Catalogue:
    """Make a catalogue with the worst that can stand in every field that people or upstreams fill.

    `victim` has everything, and much of it; `empty` has nothing; `gone` is archived, deprecated and replaced. The grid
    `crowd` has all of them and as many others as make `CROWD`, with titles in Chinese and Arabic.
    """
    everything = package(
        title=HOSTILE[:100].strip(),
        pypi=None,
        repository="git@github.com:owner/name.git",
        documentation="https://example.org/?a=1&b='2'",
        tags=("one", "two"),
        sites=(Usage(title=SCRIPT, url="https://example.org/a'b"), Usage(title=LONG_WORD[:100], url="https://e.org/")),
    )
    # No record has this text, and the pages do not rely on it.
    everything = everything.model_copy(update={"pypi_url": f"http://pypi.python.org/pypi/{HOSTILE}"[:255]})
    packages = {
        "victim": everything,
        "empty": package(title="E", pypi=None, repository=""),
        "gone": package(title="Gone", deprecated=date(2021, 5, 6), replaced_by="victim", pypi="gone"),
    } | _crowd(CROWD - 3)
    foreign = (Feature(title=ARABIC, description=CHINESE, cells=dict.fromkeys(packages, f"yes {BOTH}")),)
    grids = {
        "crowd": grid(*packages, title=ARABIC, description=CHINESE, features=foreign, header=True),
        "hostile": grid("victim", "gone", title=HOSTILE[:100].strip(), description=HOSTILE, features=_features()),
        "wordy": grid("victim", "empty", title=LONG_WORD[:100], description=LONG_WORD),
        "nothing": grid(title="Nothing", header=True),
    }
    categories = {
        "apps": category(title=HOSTILE[:100].strip(), title_plural=HOSTILE[:100].strip(), description=HOSTILE),
        "void": category(title="Void", title_plural="Voids"),
        "foreign": category(title=CHINESE, title_plural=ARABIC, description=BOTH),
    }
    crowd = {
        f"crowd-{n}": fetched(description=(CHINESE, ARABIC, BOTH)[n % 3], participants=None)
        for n in range(0, CROWD - 3, 2)
    }
    snapshots = {"victim": _loaded(), "gone": _gone(), **crowd}
    return catalogue(
        packages,
        grids,
        categories,
        snapshots,
        products={
            "hostile": product("1.0", {"cycle": "5.2", "ends": "2020-01"}, title=HOSTILE[:100].strip()),
            "void": product(title="Void"),
        },
        texts={"hostile": text(HOSTILE_TEXT, title=HOSTILE[:100].strip()), "wordy": text(LONG_WORD, summary=HOSTILE)},
        posts={
            "hostile": post(HOSTILE_TEXT, title=HOSTILE[:100].strip(), summary=HOSTILE),
            "foreign": post(f"## {ARABIC}\n\n{CHINESE}\n\n- {BOTH}\n", title=CHINESE),
        },
        title=SCRIPT,
        description=HOSTILE,
    )


def _crowd(count: int) -> dict[str, PackageRecord]:
    """Make packages with foreign titles, of which every second one will not have been fetched."""
    return {
        f"crowd-{n}": package(
            title=f"{n} {(CHINESE, ARABIC, BOTH)[n % 3]}"[:100].strip(),
            category=("apps", "foreign")[n % 2],
            pypi=f"crowd-{n}",
            repository=f"https://github.com/crowd/{n}",
        )
        for n in range(count)
    }


def _gone() -> Snapshot:
    """Make a snapshot of which the sources tell the worst, and contributors who are there twice."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    sources = {
        name: Source(state=state, since=moment, changed=moment, reason=HOSTILE)
        for name, state in (("pypi", "failed"), ("github", "taken over"), (SCRIPT, "missing"), ("git", "ok"))
    }
    made = fetched(archived=True, description=LONG_WORD, participants=LOGINS)
    return made.model_copy(update={"sources": sources})


def _features() -> Iterable[Feature]:
    cells = ("yes", "no", "++", "--- " + HOSTILE, "javascript:alert(1)", f"see https://example.org/{SCRIPT}", LONG_WORD)
    marks = [Feature(title=f"{n} {SCRIPT}", cells={"victim": text}) for n, text in enumerate(cells)]
    return [*marks, Feature(title="Described", description=HOSTILE, cells={"gone": "evil, yes"})]


def _logins(count: int) -> list[str]:
    """Make logins that compress no better than real ones."""
    return [sha256(b"%d" % i).hexdigest()[: 5 + i % 7] for i in range(count)]


def _loaded() -> Snapshot:
    """Make a snapshot with 300 releases and 900 contributors, and markup in all of its texts."""
    versions = [f"{i // 100}.{i // 10 % 10}.{i % 10}" for i in range(298)]
    return fetched(
        description=f"{HOSTILE} {LONG_WORD}",
        participants=(*_logins(900 - len(LOGINS)), *LOGINS),
        weeks=tuple(i * 37 % 101 for i in range(52)),
        pypi={
            "summary": HOSTILE,
            "license_expression": None,
            "license": f"{SCRIPT} licence",
            "requires_python": HOSTILE,
            "status": "quarantined",
            "status_reason": HOSTILE,
            "project_urls": {"Documentation": "javascript:alert(1)", "Changelog": f"https://example.org/{SCRIPT}"},
            "releases": (
                *releases(*versions),
                Release(version=f"9.9{SCRIPT}", yanked=HOSTILE),
                Release(version="10.0rc1", yanked=True),
            ),
        },
    )
