from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from forges.catalogue import Catalogue
from forges.server import Forges, serving

from builder import derive
from builder.entries import Data
from builder.metadata import DownloadFacts, PyPIFacts, Snapshot
from builder.upstreams.base import Fetched, Question, Setup, Skipped, Unchanged, Upstream
from builder.upstreams.downloads import Downloads
from builder.upstreams.pypi import PyPI

COUNT = 400


@pytest.fixture
def catalogue(forges: Forges) -> Catalogue:
    return Catalogue(forges, COUNT, strangers=50)


@pytest.fixture
def pypi(catalogue: Catalogue) -> Iterator[PyPI]:
    upstream = PyPI(setup(catalogue))
    yield upstream
    upstream.close()


def setup(catalogue: Catalogue) -> Setup:
    return Setup(catalogue.settings, catalogue.forges.clock.now.date(), catalogue.tokens)


def hosts(data: Data) -> Counter[str]:
    names = (derive.repository(entry.record.repository) for entry in data.packages.values())
    return Counter(name.host if name else "" for name in names)


def questions(upstream: Upstream, data: Data, known: dict[str, Snapshot]) -> Iterator[Question]:
    for slug, entry in data.packages.items():
        name = upstream.project(entry.record)
        if not isinstance(name, Skipped):
            yield Question(slug, name, known)


def test_packages_are_mixed_as_in_life(catalogue: Catalogue) -> None:
    assert hosts(catalogue.data) == {
        "github.com": 372,
        "gitlab.com": 16,
        "codeberg.org": 4,
        "bitbucket.org": 4,
        "git.example.org": 2,
        "": 2,
    }
    assert 0.85 < len(catalogue.projects) / COUNT < 0.95


def test_every_repository_is_there(catalogue: Catalogue) -> None:
    forges = catalogue.forges
    worlds = {
        "github.com": forges.github.world,
        "gitlab.com": forges.gitlab.world,
        "codeberg.org": forges.forgejo.world,
        "bitbucket.org": forges.bitbucket.world,
    }
    for entry in catalogue.data.packages.values():
        name = derive.repository(entry.record.repository)
        if name and name.host in worlds:
            assert worlds[name.host].is_current(name.path)
        if name and name.host in {"bitbucket.org", "git.example.org"}:
            assert forges.git.head(name.path)


def test_it_is_the_same_each_time(catalogue: Catalogue, tmp_path: Path) -> None:
    with serving(tmp_path) as forges:
        assert Catalogue(forges, COUNT).packages == catalogue.packages
        (tmp_path / "other").mkdir()
    with serving(tmp_path / "other") as forges:
        assert Catalogue(forges, COUNT, seed=1).packages != catalogue.packages


def test_a_share_of_everything_changes(catalogue: Catalogue) -> None:
    forges = catalogue.forges
    only_git = ["alone/package-0", "alone/package-1"]
    bucket = [repository.full_name for repository in forges.bitbucket.world.repositories.values()]
    heads = {name: forges.git.head(name) for name in (*only_git, *bucket)}
    serials = {name: catalogue.projects[name].serial for name in (p.pypi for p in catalogue.packages) if name}
    pushed = {id(r): r.pushed_at for r in forges.github.world.repositories.values()}
    forges.clock.advance(days=1)
    catalogue.change(0.5, 0.1, seed=1)
    moved = [r for r in forges.github.world.repositories.values() if r.pushed_at != pushed[id(r)]]
    assert len(moved) == 186
    assert sum(forges.git.head(name) != heads[name] for name in bucket) == 2
    assert sum(forges.git.head(name) != heads[name] for name in only_git) == 1
    changed = sum(catalogue.projects[name].serial != serial for name, serial in serials.items())
    assert changed == round(len(serials) * 0.1)


def test_nights_at_pypi(catalogue: Catalogue, pypi: PyPI) -> None:
    forges, data, projects = catalogue.forges, catalogue.data, len(catalogue.projects)
    known: dict[str, Snapshot] = {}

    def night() -> Counter[type]:
        forges.forget()
        outcomes = list(pypi.ask(list(questions(pypi, data, known))))
        for slug, outcome in outcomes:
            if isinstance(outcome, Fetched) and isinstance(outcome.facts, PyPIFacts):
                known[slug] = Snapshot(pypi=outcome.facts)
        return Counter(type(outcome) for _, outcome in outcomes)

    assert night() == {Fetched: projects}
    assert forges.counts() == {"pypi description": projects, "pypi files": projects}
    assert night() == {Unchanged: projects}
    assert forges.counts() == {"pypi list": 1}
    catalogue.change(0, 0.03, seed=1)
    changed = round(projects * 0.03)
    assert night() == {Unchanged: projects - changed, Fetched: changed}
    assert forges.counts() == {"pypi description": changed, "pypi files": changed, "pypi list": 1}


def test_a_night_at_the_list_of_downloads(catalogue: Catalogue) -> None:
    upstream = Downloads(setup(catalogue))
    outcomes = dict(upstream.ask(list(questions(upstream, catalogue.data, {}))))
    upstream.close()
    assert catalogue.forges.counts() == {"downloads list": 1}
    found = {slug: outcome.facts for slug, outcome in outcomes.items() if isinstance(outcome, Fetched)}
    assert found == {name: DownloadFacts(month="2026-01", count=n) for name, n in catalogue.downloads.counts.items()}
    assert len(found) == round(len(catalogue.projects) * 0.5)
