"""Which scripts lie on which host."""

import shutil
from pathlib import Path

import pytest

from builder import TEMPLATES, scripts
from builder.choices import Choices, Query
from builder.errors import SiteError
from builder.hosts import HOSTS
from builder.outputs import JAVASCRIPT


def test_a_host_that_ignores_queries_or_maps_them_gets_none() -> None:
    for query in (Query.IGNORED, Query.MAPPED):
        assert list(scripts.render(Choices(query=query, runtimes=("node",)), TEMPLATES)) == []


def test_a_host_gets_the_module_and_its_own_ways_in() -> None:
    outputs = list(scripts.render(Choices(query=Query.ANSWERED, runtimes=("worker",)), TEMPLATES))
    names = [output.route.removeprefix("/_host/") for output in outputs]
    assert names == sorted(names)
    assert scripts.RUNTIMES & {name.removesuffix(".js") for name in names} == {"worker"}
    assert {"api.js", "v4.js", "v3.js", "search.js", "package.json"} <= set(names)
    types = {output.media_type for output in outputs if output.route != "/_host/package.json"}
    assert types == {JAVASCRIPT}
    assert all(output.body == (TEMPLATES / "edge" / output.route[7:]).read_bytes() for output in outputs)


def test_every_way_in_is_some_host_s() -> None:
    assert {name for host in HOSTS for name in host.choices.runtimes} == scripts.RUNTIMES
    assert all(not host.choices.runtimes or host.choices.query is Query.ANSWERED for host in HOSTS)


@pytest.mark.parametrize("name", ["api", "worker"])
def test_a_script_that_is_missing_is_told(tmp_path: Path, name: str) -> None:
    shutil.copytree(TEMPLATES / "edge", tmp_path / "edge")
    (tmp_path / "edge" / f"{name}.js").unlink()
    with pytest.raises(SiteError, match=rf"The script {name}\.js"):
        list(scripts.render(Choices(query=Query.ANSWERED, runtimes=("worker",)), tmp_path))


@pytest.mark.parametrize("file", sorted((TEMPLATES / "edge").glob("*.js")), ids=lambda file: file.name)
def test_a_script_imports_nothing_from_elsewhere(file: Path) -> None:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("import ")]
    sources = [line.rsplit('"', 2)[1] for line in lines]
    allowed = ("./", "../api.js") + (("node:",) if file.stem == "node" else ())
    assert all(source.startswith(allowed) for source in sources), sources
