"""The original's own answers, reproduced byte for byte through the whole way: files, checks, build, files."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from folders import package, write_data

from builder import build, making
from builder.choices import Choices, Query
from builder.importing.fit import Fitting
from builder.importing.take import package as take_package
from builder.importing.take import snapshot as take_snapshot
from builder.importing.wire import PackageItem
from builder.outputs import JSON

FOLDER = Path(__file__).parent / "recorded"
COUNT = 324  # packages in the catalogue that the answers were recorded over
REFUSED = {  # what our data does not take, and what stands for it here
    "Django_Under_Score": "django-under-score",
    '"pypi_url": "   "': '"pypi_url": ""',
}

Facts = dict[str, Any]


def recorded(name: str) -> dict[str, str]:
    """Read recorded answers: the body of each path."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    for refused, taken in REFUSED.items():
        text = text.replace(refused, taken)
    return dict(line.split("\t") for line in text.splitlines())


DETAILS, LISTS, V3 = recorded("details.tsv"), recorded("lists.tsv"), recorded("v3.tsv")


def items(kind: str) -> dict[int, Facts]:
    bodies = (body for path, body in DETAILS.items() if re.fullmatch(f"/api/v4/{kind}/[0-9]+/", path))
    return {item["id"]: item for item in map(json.loads, bodies)}


def objects(answer: object) -> Iterator[Facts]:
    """Yield everything with a slug in an answer, however deep."""
    if isinstance(answer, dict):
        if "slug" in answer:
            yield answer
        for value in answer.values():
            yield from objects(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from objects(value)


def name(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[1]


def number(url: str) -> int:
    return int(name(url))


def strangers(count: int, known: Iterable[int]) -> list[int]:
    """Give so many ids that are free, and older than all."""
    taken = set(known)
    return [n for n in range(1, 10_000) if n not in taken][:count]


class Sample:
    """What the recorded answers tell of the catalogue that they were recorded over.

    API v4 knows items by id and v3 by slug. Which is which is told by the grids that both tell of, since each gives a
    grid's packages in the same order.
    """

    def __init__(self) -> None:
        found = [item for body in V3.values() for item in objects(json.loads(body))]
        self.v3_packages = {item["slug"]: item for item in found if "repo_url" in item}
        self.v3_grids = {item["slug"]: item for item in found if "is_locked" in item}
        bodies = [*DETAILS.values(), *(body for path, body in LISTS.items() if ".json" not in path)]
        of_v4 = [item for body in bodies for item in objects(json.loads(body))]
        self.packages = {item["id"]: item for item in of_v4 if "repo_url" in item}
        self.grids = {item["id"]: item for item in of_v4 if "is_locked" in item}
        self.categories = {item["id"]: item for item in of_v4 if "show_pypi" in item}
        self.grid_ids = {item["slug"]: n for n, item in self.grids.items()}
        self.slugs = {n: str(item["slug"]) for n, item in self.packages.items()}
        for slug in self.v3_grids.keys() & self.grid_ids.keys():
            of_grid = self.grids[self.grid_ids[slug]]["packages"], self.v3_grids[slug]["packages"]
            for n, found_slug in zip(map(number, of_grid[0]), map(name, of_grid[1]), strict=True):
                assert self.slugs.setdefault(n, found_slug) == found_slug, "two recorded answers contradict each other"
        self._strangers()

    def _strangers(self) -> None:
        """Make up the ids of what is known by slug alone, and the rest of the catalogue."""
        linked = {number(url) for grid in self.grids.values() for url in grid["packages"]}
        for n in linked - self.slugs.keys():
            self.slugs[n] = f"stranger-{n}"
        in_v3 = self.v3_packages.keys() | {name(url) for grid in self.v3_grids.values() for url in grid["packages"]}
        by_slug = sorted(in_v3 - set(self.slugs.values()))
        free = strangers(COUNT - len(self.slugs), self.slugs)
        self.slugs.update(zip(free, by_slug + [f"filler-{n}" for n in free[len(by_slug) :]], strict=True))
        [lost] = self.v3_grids.keys() - self.grid_ids.keys()
        self.grid_ids[lost] = 1
        assert 1 not in self.grids

    def write(self, folder: Path) -> Path:
        """Write the catalogue as files."""
        names = {n: item["slug"] for n, item in self.categories.items()}
        return write_data(
            folder,
            packages={slug: self._package(n, slug, names) for n, slug in self.slugs.items()},
            grids={slug: self._grid(n, slug) for slug, n in self.grid_ids.items()},
            categories={
                item["slug"]: {key: value for key, value in item.items() if key != "slug"}
                for item in self.categories.values()
            },
            snapshots={
                slug: snapshot(self.packages.get(n) or in_v4_form(self.v3_packages[slug], n))
                for n, slug in self.slugs.items()
                if n in self.packages or slug in self.v3_packages
            },
        )

    def _package(self, n: int, slug: str, categories: Mapping[int, str]) -> Facts:
        in_v3 = self.v3_packages.get(slug)
        uses = in_v3["usage_count"] if in_v3 else None
        if n in self.packages:
            item = self.packages[n]
            return record(item, categories[number(item["category"])], uses)
        if in_v3:
            return record(in_v4_form(in_v3, n), name(in_v3["category"]), uses)
        return package(n, title=f"Stranger {n}")

    def _grid(self, n: int, slug: str) -> Facts:
        item = self.grids.get(n) or self.v3_grids[slug]
        links = item["packages"]
        members = [self.slugs[number(url)] for url in links] if n in self.grids else [name(url) for url in links]
        return {
            "id": n,
            "title": item["title"],
            "description": item["description"],
            "header": item["header"],
            "locked": item["is_locked"],
            "packages": members,
            "created": item["created"],
            "modified": item["modified"],
        }


def understood(item: Facts) -> PackageItem:
    return PackageItem.model_validate_json(json.dumps(item))


def record(item: Facts, category: str, uses: int | None) -> Facts:
    """Give the record that an import would make."""
    made = take_package(understood(item), item["slug"], category, "https://pypi.org", Fitting(""), uses)
    return made.model_dump(mode="json", exclude_defaults=True)


def snapshot(item: Facts) -> Facts:
    """Give the snapshot that an import would make."""
    return take_snapshot(understood(item), Fitting("")).model_dump(mode="json", exclude_defaults=True)


def in_v4_form(item: Mapping[str, Any], n: int) -> Facts:
    """Give the facts of an object of API v3 as API v4 has them; of the last commit v3 says nothing."""
    return {
        **item,
        "id": n,
        "last_updated": None,
        "commits_over_52": [int(text) for text in item["commits_over_52"].split(",") if text],
        "participants": [text for text in item["participants"].split(",") if text],
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the data of a catalogue from the recorded answers; what they do not tell of is made up around them."""
    return Sample().write(tmp_path_factory.mktemp("recorded") / "data")


@pytest.fixture(scope="module")
def site(data: Path) -> Path:
    build.build(data, data.parent / "site")
    return data.parent / "site"


@pytest.fixture(scope="module")
def paged(data: Path) -> dict[str, str]:
    """Give what a host gets that can map the original's queries onto paths: body by route."""
    made, _ = build.join(build.load(data), data)
    choices = Choices(query=Query.MAPPED, suffixes=True)
    return {output.route: output.body.decode() for output in making.render(made, choices) if output.media_type == JSON}


def without_order(body: str) -> str:
    """Sort the one list of links of each item: the original has no order for it, or its database's own."""
    return re.sub(
        r'"(grids|packages)":( ?)\[([^]]*)\]',
        lambda found: f'"{found[1]}":{found[2]}[{",".join(sorted(re.split(", ?", found[3])))}]',
        body,
    )


def as_we_know_it(body: str) -> str:
    """Take out of an answer of API v3 who made and changed an entry, and the blanks around logins.

    The one is personal data, which is not kept here; of the other API v4 says nothing.
    """
    body = re.sub(r'"(created_by|last_modified_by)": "[^"]*"', r'"\1": null', body)

    def tidy(found: re.Match[str]) -> str:
        return '"participants": "' + ",".join(login.strip() for login in found[1].split(",") if login.strip()) + '"'

    return without_order(re.sub(r'"participants": "([^"]*)"', tidy, body))


@pytest.mark.parametrize("path", DETAILS)
def test_a_recorded_answer_is_reproduced_to_the_byte(site: Path, path: str) -> None:
    ours = (site / path[1:] / "index.json").read_bytes()
    assert without_order(ours.decode()) == without_order(DETAILS[path])


def test_the_starting_document(site: Path) -> None:
    ours = (site / "api/v4/packages/359/index.json").read_bytes()
    assert len(ours) == 1107
    assert ours == DETAILS["/api/v4/packages/359/"].encode()


def route(path: str) -> str:
    """Give where a host that maps queries finds the answer; a `limit` that is no number above 0 means 20."""
    address, _, query = path.partition("?")
    offset = re.search(r"\boffset=([0-9]+)", query)
    return f"{address}offset/{offset[1]}/" if offset else address


@pytest.mark.parametrize("path", LISTS)
def test_a_recorded_list_or_suffix_form_is_reproduced_to_the_byte(paged: Mapping[str, str], path: str) -> None:
    assert without_order(paged[route(path)]) == without_order(LISTS[path])


V3_DETAILS = [path for path in V3 if re.fullmatch("/api/v3/[a-z]+/[a-z0-9_-]+/", path) and "/nope/" not in path]
V3_LISTS = ["/api/v3/", "/api/v3/grids/?limit=abc", "/api/v3/categories/"]
V3_OF_GRIDS = [path for path in V3 if path.endswith("/packages/") and path.startswith("/api/v3/grids/")]


@pytest.mark.parametrize("path", V3_DETAILS)
def test_a_recorded_answer_of_v3_is_reproduced_to_the_byte(site: Path, path: str) -> None:
    ours = (site / path[1:] / "index.json").read_bytes()
    assert without_order(ours.decode()) == as_we_know_it(V3[path])


@pytest.mark.parametrize("path", V3_LISTS)
def test_a_recorded_list_of_v3_is_reproduced_to_the_byte(paged: Mapping[str, str], path: str) -> None:
    assert without_order(paged[route(path)]) == as_we_know_it(V3[path])


def cut(body: str) -> tuple[str, list[str]]:
    """Give what a list of API v3 says before its objects, and the text of each of them."""
    head, _, rest = body.partition('"objects": [')
    assert rest.endswith("]}")
    return head, re.split(r', (?=\{"absolute_url": )', rest.removesuffix("]}"))


@pytest.mark.parametrize("path", V3_OF_GRIDS)
def test_the_recorded_packages_of_a_grid_are_reproduced_but_for_their_order(
    paged: Mapping[str, str], path: str
) -> None:
    """The original sorts by its database's collation, so that what is on a page, too, is compared over all pages."""
    pages = [path, *(other for other in (f"{path}?limit=20&offset=20",) if other in V3)]
    theirs = [cut(as_we_know_it(V3[page])) for page in pages]
    ours = [cut(without_order(paged[route(page)])) for page in pages]
    assert [head for head, _ in ours] == [head for head, _ in theirs]
    assert [len(found) for _, found in ours] == [len(found) for _, found in theirs]
    assert sorted(text for _, found in ours for text in found) == sorted(text for _, found in theirs for text in found)


@pytest.mark.parametrize(
    ("collection", "kind"), [("packages", "package"), ("grids", "grid"), ("categories", "category")]
)
def test_the_recorded_words_of_the_errors_of_v3(site: Path, collection: str, kind: str) -> None:
    assert (site / f"api/404/v3-{kind}.json").read_text() == V3[f"/api/v3/{collection}/nope/"]


def test_the_sample_is_whole() -> None:
    assert {kind: len(items(kind)) for kind in ("packages", "grids", "categories")} == {
        "packages": 64,
        "grids": 40,
        "categories": 4,
    }
    assert (len(LISTS), len(V3_DETAILS), len(V3_LISTS), len(V3_OF_GRIDS)) == (11, 57, 3, 8)
    assert sum("?limit=20&offset=20" in path for path in V3) == 3
