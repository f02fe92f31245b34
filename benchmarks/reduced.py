"""The same reduced work for several generators: what each gets, and how it is started.

Of each package one JSON answer and one page with the layout, its facts, its releases and a chart of 52 weeks; of each
grid one of both; lists of 100 packages and of 25 grids as both; the front page, and a style sheet. Those are 11,846
files where there are 5,400 packages. `peers/` holds each generator's configuration, as somebody who knows it would
write it.

    python benchmarks/reduced.py NAME DATA FOLDER

makes a generator's folder of a catalogue, ready to be built.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
OURS = (
    *("--host", "node", "--no-copies", "--no-siblings", "--no-v3", "--no-pictures", "--no-extras"),
    *("--no-details", "--no-dumps", "--no-badges"),
)
"""What comes nearest to it in `builder build`; more than it all the same."""

Facts = dict[str, Any]


def packages(data: Path) -> Iterator[Facts]:
    """Yield what is known of each package, as the generators get it."""
    for file in sorted((data / "packages").iterdir()):
        record = yaml.load(file.read_bytes(), yaml.CSafeLoader)
        snapshot = json.loads((data / "snapshots" / f"{file.stem}.json").read_bytes())
        pypi, repository = snapshot["pypi"], snapshot["repository"]
        yield {
            "slug": file.stem,
            **{key: record[key] for key in ("title", "category", "repository", "documentation", "tags")},
            **{key: pypi[key] for key in ("summary", "classifiers")},
            "license": pypi["license_expression"],
            "python": pypi["requires_python"],
            "releases": [{"version": each["version"], "day": each["uploaded"][:10]} for each in pypi["releases"]],
            **{key: repository[key] for key in ("description", "stars", "forks", "weeks", "participants")},
            "last_commit": repository["last_commit"][:10],
            "busiest": max(1, *repository["weeks"]),
        }


def grids(data: Path, titles: Mapping[str, str]) -> Iterator[Facts]:
    """Yield each grid: its packages with their titles, and the cells of each feature in the packages' order."""
    for file in sorted((data / "grids").iterdir()):
        record = yaml.load(file.read_bytes(), yaml.CSafeLoader)
        yield {
            "slug": file.stem,
            **{key: record[key] for key in ("title", "description")},
            "packages": [{"slug": slug, "title": titles[slug]} for slug in record["packages"]],
            "features": [
                {"title": feature["title"], "cells": [feature["cells"].get(slug, "") for slug in record["packages"]]}
                for feature in record["features"]
            ],
        }


Catalogue = Mapping[str, list[Facts]]
"""`packages` and `grids`."""


def as_data(folder: str) -> Callable[[Path, Catalogue], None]:
    """Give them as two files of JSON, in a folder of that name."""

    def write(root: Path, found: Catalogue) -> None:
        (root / folder).mkdir(exist_ok=True)
        for name, each in found.items():
            (root / folder / f"{name}.json").write_text(json.dumps(each))

    return write


def as_contents(root: Path, found: Catalogue) -> None:
    """Give each as a file of Hugo's, which is all front matter."""
    for kind, every in found.items():
        for each in every:
            (root / "content" / kind / f"{each['slug']}.md").write_text(json.dumps(each) + "\n")


def as_pages(root: Path, found: Catalogue) -> None:
    """Give each as two files of Zola's, which are all front matter: it makes one file of a page, and we want two."""
    for kind, every in found.items():
        for each in every:
            matter = toml({"title": each["title"], "extra": each})
            for folder in (root / "content" / kind, root / "content" / "api" / kind):
                (folder / f"{each['slug']}.md").write_text(f"+++\n{matter}\n+++\n")


def toml(facts: Facts) -> str:
    """Give facts in TOML; a string is written there as in JSON."""

    def written(value: object) -> str:
        match value:
            case dict():
                return "{" + ", ".join(f"{key} = {written(inside)}" for key, inside in value.items()) + "}"
            case list():
                return f"[{', '.join(map(written, value))}]"
            case _:
                return json.dumps(value, ensure_ascii=False)

    return "\n".join(f"{key} = {written(value)}" for key, value in facts.items())


@dataclass(frozen=True)
class Peer:
    """A generator: its program, how it is asked for its version, and how it builds into the folder that is added."""

    program: str
    version: str
    build: tuple[str, ...]
    give: Callable[[Path, Catalogue], None]

    def command(self, out: Path) -> list[str | Path]:
        """Give the command that builds, to be run in the generator's folder."""
        return [self.program, *self.build, out]


PEERS = {
    "zola": Peer("zola", "--version", ("build", "--output-dir"), as_pages),
    "hugo": Peer("hugo", "version", ("--quiet", "--noBuildLock", "--destination"), as_contents),
    "pelican": Peer(
        "pelican", "--version", ("content", "--settings", "pelicanconf.py", "--quiet", "--output"), as_data("data")
    ),
    "eleventy": Peer("eleventy", "--version", ("--quiet", "--output"), as_data("src/_data")),
}


def prepare(name: str, data: Path, folder: Path) -> None:
    """Make the folder of a generator, with what it gets of a catalogue."""
    shutil.copytree(HERE / "peers" / name, folder)
    found = list(packages(data))
    titles = {each["slug"]: each["title"] for each in found}
    PEERS[name].give(folder, {"packages": found, "grids": list(grids(data, titles))})


if __name__ == "__main__":
    prepare(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
