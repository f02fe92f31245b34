"""PyPI: a project's description and file list, and the list of all projects with their serials. And what others count.

Sources: docs.pypi.org/api; PEP 691, 700 and 792. Not documented, and modelled as it was seen: a quarantined project is
not in the list; archiving one moves no serial.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from forges.clock import START, Clock, iso
from forges.exchange import Answer, Request, Route, Site, as_json, as_text

SIMPLE = "application/vnd.pypi.simple.v1+json"
JSON = "application/json"
QUARANTINED = "quarantined"


class Shelf(Protocol):
    """What an index has. Names are normalised; None is for what it does not have."""

    def description(self, name: str) -> bytes | None:
        """Give `/pypi/<name>/json`."""
        ...

    def file_list(self, name: str) -> bytes | None:
        """Give `/simple/<name>/`."""
        ...

    def listing(self) -> bytes:
        """Give `/simple/`."""
        ...


class PyPI(Site):
    """An index with what stands on a shelf."""

    name = "pypi"

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.routes = (
            Route("list", "GET", re.compile("/simple/"), self._list),
            Route("files", "GET", re.compile("/simple/(?P<name>[^/]+)/"), self._files),
            Route("description", "GET", re.compile("/pypi/(?P<name>[^/]+)/json"), self._description),
        )

    def nothing(self) -> Answer:
        """Answer where nothing is."""
        return as_text("404 Not Found", 404)

    def _list(self, request: Request, _match: re.Match[str]) -> Answer:
        return _simple(request, self.shelf.listing())

    def _files(self, request: Request, match: re.Match[str]) -> Answer:
        if other := _elsewhere(match["name"]):
            return _redirect(f"/simple/{other}/")
        return _simple(request, self.shelf.file_list(match["name"]))

    def _description(self, _request: Request, match: re.Match[str]) -> Answer:
        if other := _elsewhere(match["name"]):
            return _redirect(f"/pypi/{other}/json")
        body = self.shelf.description(match["name"])
        return self.nothing() if body is None else Answer(200, {"content-type": JSON}, body)


def _elsewhere(name: str) -> str:
    """Give the normalised name, if it is another one."""
    normalised = re.sub(r"[-_.]+", "-", name).lower()
    return "" if name == normalised else normalised


def _redirect(path: str) -> Answer:
    return Answer(301, {"location": path})


def _simple(request: Request, body: bytes | None) -> Answer:
    if body is None:
        return as_text("404 Not Found", 404)
    if SIMPLE not in request.headers.get("accept", ""):
        return Answer(200, {"content-type": "text/html"}, b"<!DOCTYPE html>")
    return Answer(200, {"content-type": SIMPLE}, body)


def listing_of(projects: Iterable[tuple[str, int]], last_serial: int = 0, strangers: str = "") -> bytes:
    """Give the list of projects by name and serial; `strangers` is JSON of others."""
    pairs = list(projects)
    own = ",".join(f'{{"_last-serial":{serial},"name":"{name}"}}' for name, serial in pairs)
    newest = max((serial for _, serial in pairs), default=0)
    meta = f'{{"_last-serial":{max(newest, last_serial)},"api-version":"1.4"}}'
    return f'{{"meta":{meta},"projects":[{",".join(filter(None, (own, strangers)))}]}}'.encode()


@dataclass(slots=True)
class Project:
    """A project as the index knows it."""

    name: str
    serial: int
    releases: int = 1
    status: str = "active"


class Projects:
    """A shelf of made-up projects; `strangers` is how many others there are, which are in the list only."""

    def __init__(self, clock: Clock | None = None, *, strangers: int = 0) -> None:
        self.clock = clock or Clock()
        self.last_serial = 20_000_000
        self._projects: dict[str, Project] = {}
        self._strangers = strangers

    def __len__(self) -> int:
        return len(self._projects)

    def __getitem__(self, name: str) -> Project:
        return self._projects[name]

    def make(self, name: str, releases: int = 1) -> Project:
        """Make a project of a normalised name."""
        self._projects[name] = project = Project(name, 0, releases)
        self._touch(project)
        return project

    def release(self, project: Project) -> None:
        """Publish one more release."""
        project.releases += 1
        self._touch(project)

    def archive(self, project: Project) -> None:
        """Archive a project, which moves no serial."""
        project.status = "archived"

    def quarantine(self, project: Project) -> None:
        """Take a project off the list and its description away, for people to look at it."""
        project.status = QUARANTINED
        self._touch(project)

    def delete(self, project: Project) -> None:
        """Remove a project."""
        del self._projects[project.name]
        self.last_serial += 1

    def sample(self, share: float, *, seed: int) -> list[Project]:
        """Choose a share of the projects, the same for the same seed, by name."""
        chance = random.Random(seed)  # noqa: S311 - a choice for a test, not a secret
        return [
            self._projects[name] for name in sorted(chance.sample(sorted(self._projects), round(len(self) * share)))
        ]

    def _touch(self, project: Project) -> None:
        self.last_serial += 1
        project.serial = self.last_serial

    def description(self, name: str) -> bytes | None:
        """Give `/pypi/<name>/json`."""
        project = self._projects.get(name)
        if project is None or project.status == QUARANTINED:
            return None
        return _encode({"info": _info(project), "last_serial": project.serial, "urls": [], "vulnerabilities": []})

    def file_list(self, name: str) -> bytes | None:
        """Give `/simple/<name>/`."""
        project = self._projects.get(name)
        if project is None:
            return None
        versions = [] if project.status == QUARANTINED else [f"1.{number}" for number in range(project.releases)]
        return _encode(
            {
                "meta": {"api-version": "1.4", "_last-serial": project.serial},
                "name": name,
                "project-status": {"status": project.status},
                "versions": versions,
                "files": [file for number in range(len(versions)) for file in _files(name, number)],
            }
        )

    def listing(self) -> bytes:
        """Give `/simple/`."""
        found = (project for project in self._projects.values() if project.status != QUARANTINED)
        return listing_of(((each.name, each.serial) for each in found), self.last_serial, self._others)

    @cached_property
    def _others(self) -> str:
        chance = random.Random(self._strangers)  # noqa: S311 - made-up serials, not secrets
        numbers = range(self._strangers)
        return ",".join(f'{{"_last-serial":{chance.randrange(20_000_000)},"name":"Else_where{n}"}}' for n in numbers)


class Downloads(Site):
    """A published list of downloads a month; `counts` is by the project's name. It is made on the first of a month."""

    name = "downloads"

    def __init__(self, clock: Clock, counts: Mapping[str, int]) -> None:
        self.clock, self.counts = clock, dict(counts)
        self.routes = (Route("list", "GET", re.compile(r"/top\.json"), self._list),)

    @property
    def address(self) -> str:
        """Where the list is."""
        return f"{self.base}/top.json"

    def _list(self, _request: Request, _match: re.Match[str]) -> Answer:
        rows = [{"download_count": count, "project": name} for name, count in self.counts.items()]
        return as_json({"last_update": f"{self.clock.now:%Y-%m}-01 00:00:00", "rows": rows})


def _encode(content: Any) -> bytes:  # noqa: ANN401 - any JSON
    return json.dumps(content, separators=(",", ":")).encode()


def _info(project: Project) -> dict[str, Any]:
    return {
        "name": project.name,
        "version": f"1.{project.releases - 1}",
        "summary": f"What {project.name} is for",
        "description": f"About {project.name}. " * 200,
        "license_expression": "MIT",
        "license": None,
        "requires_python": ">=3.10",
        "yanked": False,
        "yanked_reason": None,
        "classifiers": [f"Framework :: Django :: {version}" for version in ("4.2", "5.2", "6.0")],
        "project_urls": {"Homepage": f"https://{project.name}.example.org/"},
    }


def _files(name: str, number: int) -> Iterator[dict[str, Any]]:
    uploaded: datetime = START - timedelta(days=4000 - number)
    stem = f"{name.replace('-', '_')}-1.{number}"
    for file in (f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"):
        yield {
            "filename": file,
            "url": f"https://files.example.org/{file}",
            "hashes": {"sha256": f"{number:064}"},
            "requires-python": ">=3.10",
            "size": 12345,
            "upload-time": iso(uploaded),
            "yanked": False,
        }
