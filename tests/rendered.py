"""Catalogues rendered, and their pages read, each once."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from document import Element, read
from made import catalogue, fetched, grid, hostile, many, package, post, product, releases, text

from builder.catalogue import Catalogue
from builder.metadata import Snapshot
from builder.outputs import HTML, Output
from builder.pages import render
from builder.records import Feature, Usage
from builder.urls import Urls

TEMPLATES = Path(__file__).parent.parent / "templates"
SITE = Urls("https://example.org/below")


def small() -> Catalogue:
    """Make a catalogue of what is usual: two packages fetched, one not yet, and a grid of them."""
    packages = {
        "django-messages": package(tags=("mail",), sites=(Usage(title="A site", url="https://site.example.org/"),)),
        "postman": package(title="postman", pypi="postman", documentation="https://postman.example.org/"),
        "waiting": package(title="waiting", pypi="waiting"),
    }
    features = (Feature(title="Threads", description="Answers hang together.", cells={"postman": "yes, deep"}),)
    grids = {"messaging": grid(*packages, header=True, features=features)}
    snapshots = {"django-messages": fetched(), "postman": fetched(stars=7, archived=True)}
    return catalogue(
        packages,
        grids,
        snapshots=snapshots,
        products={"django": product("4.2", {"cycle": "5.2", "released": "2025-04-02", "ends": "2028-04", "lts": True})},
        texts={"about": text("What it is: see [news](/changelog/news/#more).\n"), "faq": text(title="Questions")},
        posts={"news": post("It *is* there.\n\n## More\n\n- a\n"), "old": post(title="Old", date="2025-01-02")},
    )


def compared() -> Catalogue:
    """Make a catalogue of things to compare: a grid of twelve packages, which are its rows, one of four, one of one.

    They differ in all that can be sorted and filtered by; `thing-10` and `thing-11` are known by name only.
    """
    licences = ("MIT", "BSD-3-Clause", "Apache-2.0")
    packages = {f"thing-{n}": package(title=f"Thing {n}", pypi=f"thing-{n}") for n in range(12)}
    packages["thing-9"] = package(title="Thing 9", pypi="thing-9", deprecated=date(2024, 5, 6), replaced_by="thing-1")
    pypi = [
        {
            "name": f"thing-{n}",
            "license_expression": licences[n % 3],
            "releases": releases(f"0.{n}", f"{n % 4}.{12 - n}", start=datetime(2016 + n, 3 + n % 9, 5, 12, tzinfo=UTC)),
            "classifiers": (
                *(f"Framework :: Django :: {cycle}" for cycle in ("4.2", "5.2")[n % 2 :]),
                *(f"Programming Language :: Python :: 3.{minor}" for minor in range(8 + n % 3, 11 + n % 3)),
            ),
        }
        for n in range(10)
    ]
    snapshots = {
        f"thing-{n}": fetched(
            description=f"Does thing {n}, and little else: made for those who want it short",
            stars=(n * 7919) % 2500,
            forks=n * 3,
            last_commit=datetime(2016 + n, 1 + n, 3, 12, tzinfo=UTC),
            weeks=tuple((week * (n + 3)) % 7 * (n % 4) for week in range(52)),
            archived=n == 8,
            pypi=pypi[n],
        )
        for n in range(10)
    }
    features = (
        Feature(title="Threads", cells={f"thing-{n}": ("yes", "no", "++ and more", "")[n % 4] for n in range(12)}),
        Feature(title="Async", description="No thread waits.", cells={"thing-0": "yes", "thing-3": "no"}),
        Feature(title="Same", cells={f"thing-{n}": "yes" for n in range(12)}),
        Feature(title="Formula", cells={"thing-1": "=1+1", "thing-2": 'says "a, b"'}),
    )
    grids = {
        "rows": grid(*packages, title="Things", features=features),
        "columns": grid(*list(packages)[:4], title="Few things", features=features),
        "alone": grid("thing-11", title="One thing"),
    }
    return catalogue(packages, grids, snapshots=snapshots)


CATALOGUES: Mapping[str, Callable[[], Catalogue]] = {
    "small": small,
    "hostile": hostile,
    "many": lambda: many(520),
    "empty": lambda: catalogue({}, {}, {}),
    "compared": compared,
}


@cache
def built(name: str) -> Mapping[str, Output]:
    """Render one of the catalogues, by route; no route comes twice."""
    outputs = list(render(CATALOGUES[name](), SITE, TEMPLATES))
    assert [route for route, n in Counter(output.route for output in outputs).items() if n > 1] == []
    return {output.route: output for output in outputs}


@cache
def documents(name: str) -> Mapping[str, Element]:
    """Read all pages of one of the catalogues."""
    return {route: read(output.body) for route, output in built(name).items() if output.media_type == HTML}


def page(made: Catalogue, route: str) -> Element:
    """Render a catalogue and read one of its pages."""
    bodies = {output.route: output.body for output in render(made, SITE, TEMPLATES)}
    return read(bodies[route])


def package_page(snapshot: Snapshot | None = None, **changes: object) -> Element:
    """Render the page of one package."""
    made = catalogue({"p": package(**changes)}, snapshots={"p": snapshot} if snapshot else {})
    return page(made, "/packages/p/p/")


def facts(document: Element) -> dict[str, str]:
    """Give the facts of a package's page."""
    rows = document.one("dl", class_="facts").all("div")
    return {row.one("dt").text: row.one("dd").text for row in rows}


def section(document: Element, name: str) -> Element:
    """Give the section of a page that is labelled by the heading with this id."""
    return document.one("section", **{"aria-labelledby": name})


def links(element: Element) -> dict[str, str]:
    """Give the links in an element: text to address."""
    return {link.text: link.attributes["href"] for link in element.all("a")}
