"""A live site of the original's kind on loopback: API v4 and v3 over a made-up catalogue, with the faults of real ones.

It answers as the original does: newest first and twenty a page in v4, by title in v3; packages of a grid as a database
sorts titles, which is not by code points; grids of a package in the order in which they were linked.
"""

import json
import random
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from loopback import Answer, Loopback, Request
from loopback import serving as on_loopback

ZONE = ZoneInfo("America/New_York")
BEGIN = datetime(2010, 8, 14, 23, 47, 51, 417000, tzinfo=UTC)
FETCHED = datetime(2026, 2, 16, 2, 7, 27, 202335, tzinfo=UTC)
Facts = dict[str, Any]
Hook = Callable[["Original", int, Request], Answer | None]
"""Is asked before each answer, with the number of the request, from 1: it may change the site, or answer itself."""

WORDS = [
    "admin",
    "auth",
    "cache",
    "cms",
    "csv",
    "debug",
    "email",
    "forms",
    "gallery",
    "i18n",
    "json",
    "log",
    "maps",
    "menu",
    "pdf",
    "search",
    "shop",
    "tags",
    "tasks",
    "tree",
]


def wire(body: object) -> bytes:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def collated(title: str) -> tuple[str, str]:
    """Sort as databases do: letters and digits first, then the rest."""
    return re.sub(r"[\W_]+", "", title.casefold()), title


@dataclass
class Original:
    """The site: facts by id. `links` are (grid, package), in the order of linking."""

    categories: dict[int, Facts] = field(default_factory=dict)
    grids: dict[int, Facts] = field(default_factory=dict)
    packages: dict[int, Facts] = field(default_factory=dict)
    links: list[tuple[int, int]] = field(default_factory=list)
    has_v3: bool = True
    hooks: list[Hook] = field(default_factory=list)
    base: str = "https://djangopackages.org"
    zone: ZoneInfo = ZONE
    most: int = 10**9
    asked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def category(self, key: int, slug: str, **facts: Any) -> Facts:  # noqa: ANN401 - values of an answer
        made = {
            "id": key,
            "title": slug.title(),
            "slug": slug,
            "description": f"All {slug}.",
            "title_plural": slug.title(),
        }
        made |= {"show_pypi": True, "created": BEGIN, "modified": BEGIN + timedelta(days=key)}
        self.categories[key] = made | facts
        return self.categories[key]

    def grid(self, key: int, slug: str, *packages: int, **facts: Any) -> Facts:  # noqa: ANN401 - values of an answer
        made = {"id": key, "title": slug.title(), "slug": slug, "description": f"All {slug}.", "is_locked": False}
        made |= {"header": False, "created": BEGIN + timedelta(hours=key), "modified": BEGIN + timedelta(days=key)}
        self.grids[key] = made | facts
        self.links += [(key, package) for package in packages]
        return self.grids[key]

    def package(self, key: int, slug: str, **facts: Any) -> Facts:  # noqa: ANN401 - values of an answer
        age = min(key, 10_000)
        self.packages[key] = {
            "id": key,
            "category": 1,
            "title": slug,
            "slug": slug,
            "last_updated": FETCHED - timedelta(days=age),
            "last_fetched": FETCHED + timedelta(microseconds=age),
            "repo_url": f"https://github.com/owner/{slug}",
            "pypi_version": "1.0",
            "created": BEGIN + timedelta(hours=age, microseconds=age),
            "modified": FETCHED - timedelta(hours=age),
            "repo_forks": key % 7,
            "repo_description": f"Description of {slug}.",
            "pypi_url": f"https://pypi.org/project/{slug}/",
            "documentation_url": "",
            "repo_watchers": key,
            "commits_over_52": [key % 3] * 52,
            "participants": ["ann", f"user{key}"],
            "usage_count": key % 4,
        } | facts
        return self.packages[key]

    def link(self, kind: str, key: object) -> str:
        return f"{self.base}/api/v4/{kind}/{key}/"

    def linked(self) -> Mapping[tuple[str, int], list[int]]:
        """Give the grids of each package, and the packages of each grid, by kind and id."""
        found: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for grid, package in self.links:
            found["packages", package].append(grid)
            found["grids", grid].append(package)
        return found

    def told(self, kind: str, key: int, linked: Mapping[tuple[str, int], list[int]] | None = None) -> Facts:
        """Give an item as v4 tells it; `linked` is for who asks for many."""
        linked = self.linked() if linked is None else linked
        facts = {
            name: value.astimezone(self.zone).isoformat() if isinstance(value, datetime) else value
            for name, value in getattr(self, kind)[key].items()
        }
        if kind == "packages":
            facts.pop("usage_count")
            grids = [self.link("grids", grid) for grid in linked.get((kind, key), [])]
            return {"category": self.link("categories", facts.pop("category")), "grids": grids, **facts}
        if kind == "grids":
            members = sorted(linked.get((kind, key), []), key=lambda p: collated(self.packages[p]["title"]))
            told = {"id": 0, "title": 0, "slug": 0, "description": 0, "is_locked": 0}
            return told | {"packages": [self.link("packages", p) for p in members]} | facts
        return facts

    def __call__(self, request: Request) -> Answer:
        with self._lock:
            self.asked += 1
            for hook in self.hooks:
                if answer := hook(self, self.asked, request):
                    return answer
            return self._answer(request)

    def _answer(self, request: Request) -> Answer:
        found = re.fullmatch(r"/api/(v4|v3)/(packages|grids|categories)/(?:([^/]+)/)?", request.path)
        if found is None or (found[1] == "v3" and not self.has_v3):
            return typed(404, b"<html>not here</html>", "text/html")
        version, kind, key = found.groups()
        if key is None:
            query = dict(parse_qsl(request.query))
            return typed(200, self.list_v4(kind, query) if version == "v4" else self._list_v3(query))
        number = int(key) if key.isdigit() else next((n for n, f in getattr(self, kind).items() if f["slug"] == key), 0)
        if number not in getattr(self, kind):
            return typed(404, wire({"detail": f"No {kind[:-1].title()} matches the given query."}))
        return typed(200, wire(self.told(kind, number)))

    def place(self, query: Mapping[str, str]) -> tuple[int, int]:
        limit = int(query["limit"]) if query.get("limit", "").isdigit() and int(query["limit"]) else 20
        return min(limit, self.most), int(query.get("offset", "0"))

    def list_v4(self, kind: str, query: Mapping[str, str]) -> bytes:
        keys = sorted(getattr(self, kind), reverse=True)
        (limit, offset), linked = self.place(query), self.linked()

        def page(at: int) -> str:
            return f"{self.base}/api/v4/{kind}/?" + urlencode({"limit": limit} | ({"offset": at} if at else {}))

        after, before = offset + limit, max(0, offset - limit)
        return wire(
            {
                "count": len(keys),
                "next": page(after) if after < len(keys) else None,
                "previous": page(before) if offset else None,
                "results": [self.told(kind, key, linked) for key in keys[offset:after]],
            }
        )

    def _list_v3(self, query: Mapping[str, str]) -> bytes:
        packages = sorted(self.packages.values(), key=lambda facts: (collated(facts["title"]), facts["id"]))
        limit, offset = self.place(query)
        after = offset + limit
        follows = f"/api/v3/packages/?limit={limit}&offset={after}" if after < len(packages) else None
        meta = {"limit": limit, "next": follows, "offset": offset, "previous": None, "total_count": len(packages)}
        found = [
            {"slug": f["slug"], "title": f["title"], "created_by": "somebody", "usage_count": f["usage_count"]}
            for f in packages[offset:after]
        ]
        return json.dumps({"meta": meta, "category": None, "objects": found}).encode()


def typed(status: int, body: bytes, media_type: str = "application/json", **headers: str) -> Answer:
    return Answer(status, {"Content-Type": media_type, **{k.replace("_", "-"): v for k, v in headers.items()}}, body)


def once(at: int, answer: Answer) -> Hook:
    """Answer one request, by its number, otherwise."""
    return lambda _site, number, _request: answer if number == at else None


def failing_every(nth: int) -> Hook:
    """Fail every so many requests, each time in another way; who asks again is answered."""
    faults = [
        typed(500, b"<html>sorry</html>", "text/html", Retry_After="0"),
        typed(200, b"<html>Please log in</html>", "text/html"),
        typed(200, b'{"count":3,"next":null,"previous":null,"resul'),
        typed(200, wire({"count": "3", "next": None, "previous": None, "results": []})),
        typed(429, b'{"detail":"Request was throttled."}', Retry_After="0"),
        typed(200, wire({"detail": "Not what was asked for."})),
        typed(503, b"", "text/plain", Retry_After="0"),
    ]
    return lambda _site, number, _request: faults[number // nth % len(faults)] if number % nth == 0 else None


def slugs(chance: random.Random) -> Iterator[str]:
    seen = set()
    while True:
        slug = "-".join(["django", *chance.sample(WORDS, 2), str(chance.randint(1, 9999))])
        if slug not in seen:
            seen.add(slug)
            yield slug


DESCRIPTIONS = (
    "",
    "One line.",
    "Two\r\nlines: and more",
    "  blanks around ",
    'é 日本 🚀 \u2028 </script> "quotes" \\',
    "#hash",
)


def catalogue(count: int, grids: int = 0, seed: int = 359) -> Original:
    """Make a site all of which our data can hold."""
    chance, site = random.Random(seed), Original()  # noqa: S311 - a made-up catalogue
    for key, slug in enumerate(("apps", "frameworks", "projects", "other"), start=1):
        site.category(key, slug, description=DESCRIPTIONS[key - 1], show_pypi=key != 3)
    keys = sorted(chance.sample(range(1, 3 * count + 1), count))
    for key, slug in zip(keys, islice(slugs(chance), count), strict=True):
        url = chance.choice(["https://pypi.org/project/{}/", "http://pypi.python.org/pypi/{}", "{}"]).format(slug)
        facts: Facts = {
            "category": chance.randint(1, 4),
            "title": chance.choice(
                [slug, slug.replace("-", " ").title(), slug.replace("-", "_"), f"Café {slug}", "no"]
            ),
            "repo_description": chance.choice(DESCRIPTIONS),
            "pypi_url": url,
            "pypi_version": chance.choice(["1.0", "2.0rc1", "", None]),
            "documentation_url": chance.choice(["", None, f"https://{slug}.readthedocs.io/"]),
            "commits_over_52": chance.choice([[], [0] * 52, [chance.randint(0, 9) for _ in range(51)]]),
            "participants": chance.choice([[], ["ann"], ["ann", " bob ", "", "Ünal"]]),
            "repo_watchers": chance.choice([0, 5, 12345]),
        }
        chance.choice([_never_fetched, _nowhere, _as_is, _as_is, _as_is, _as_is])(facts)
        site.package(key, slug, **facts)
    for key in range(1, (grids or count // 14) + 1):
        members = chance.sample(keys, min(count, chance.randint(0, 12)))
        site.grid(2 * key, f"grid-{key}", *members, is_locked=chance.random() < 0.1, header=chance.random() < 0.2)
    chance.shuffle(site.links)
    return site


def _as_is(_facts: Facts) -> None:
    pass


def _never_fetched(facts: Facts) -> None:
    nothing = {
        "last_fetched": None,
        "last_updated": None,
        "repo_description": "",
        "pypi_version": None,
        "repo_forks": 0,
    }
    facts.update(nothing | {"repo_watchers": 0, "commits_over_52": [], "participants": []})


def _nowhere(facts: Facts) -> None:
    facts.update({"repo_url": "", "pypi_url": "", "pypi_version": None, "repo_watchers": 0, "repo_forks": 0})


@contextmanager
def serving(site: Original) -> Iterator[Loopback]:
    """Serve a site; its links have the address that it is served at."""
    with on_loopback(site) as server:
        site.base = server.url
        yield server
