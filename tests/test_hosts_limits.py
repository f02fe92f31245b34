"""A host's limits: what is just within them passes, what breaks one stops the build with the count."""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from folders import package, write_data
from hypothesis import given
from hypothesis import strategies as st

from builder import build
from builder.errors import SiteError
from builder.hosts import HOSTS, Limits, hold, host_named
from builder.hosts.generic import Generic
from builder.hosts.limits import at_the_root
from builder.urls import Urls


class Limited(Generic):
    """A host with limits of our own."""

    name = "limited"

    def __init__(self, limits: Limits) -> None:
        self.limits = limits


FILES = [("a/b/one", 5), ("a/two", 3), ("three", 0)]


def held(limits: Limits, files: Iterable[tuple[str, int]] = FILES) -> None:
    hold(Limited(limits), files)


@pytest.mark.parametrize(
    "limits", [Limits(), Limits(files=3), Limits(file_bytes=5), Limits(total_bytes=8), Limits(folder_entries=2)]
)
def test_what_is_just_within_a_limit_passes(limits: Limits) -> None:
    held(limits)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(files=2), "The site has 3 files, and limited takes 2;"),
        (Limits(file_bytes=4), "a/b/one has 5 bytes, and limited takes 4 in a file;"),
        (Limits(total_bytes=7), "The site has 8 bytes, and limited takes 7;"),
        (Limits(folder_entries=1), "has 2 entries, and limited takes 1 in a folder;"),
        (Limits(files=2, source="on the free plan"), "limited takes 2 (on the free plan); nothing was changed."),
    ],
)
def test_what_breaks_one_is_told_with_the_count_and_the_way_out(limits: Limits, words: str) -> None:
    with pytest.raises(SiteError) as stop:
        held(limits)
    assert words in str(stop.value)
    assert "--no-copies, --no-v3, --no-siblings, --no-pictures, --no-extras, --no-details or --no-badges" in str(
        stop.value
    )


def test_one_file_that_is_too_large_stops_at_once() -> None:
    def files() -> Iterator[tuple[str, int]]:
        yield "large", 3
        pytest.fail("went on")

    with pytest.raises(SiteError, match="large has 3 bytes"):
        held(Limits(file_bytes=2), files())


def test_folders_count_as_entries_of_the_folder_above() -> None:
    files = [(f"above/{n}/index.json", 0) for n in range(4)]
    held(Limits(folder_entries=4), files)
    with pytest.raises(SiteError, match="above has 4 entries"):
        held(Limits(folder_entries=3), files)


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join), unique=True, max_size=30))
def test_entries_are_what_a_folder_would_list(paths: list[str]) -> None:
    files = [f"{path}.x" for path in paths]
    entries: dict[str, set[str]] = {"": set()}
    for path in files:
        steps = path.split("/")
        for depth in range(len(steps)):
            entries.setdefault("/".join(steps[:depth]), set()).add(steps[depth])
    most = max(map(len, entries.values()))
    held(Limits(folder_entries=most), [(path, 0) for path in files])
    if most:
        with pytest.raises(SiteError, match=f"has {most} entries"):
            held(Limits(folder_entries=most - 1), [(path, 0) for path in files])


def test_a_build_beyond_a_limit_changes_nothing(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    with pytest.raises(SiteError, match=r"The site has [0-9]+ files, and limited takes 3;"):
        build.build(data, tmp_path / "site", host=Limited(Limits(files=3)))
    assert not (tmp_path / "site").exists()


def test_compressed_files_count(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    plain = Limited(Limits())
    count = build.build(data, tmp_path / "site", host=plain).report.written
    siblings = dataclasses.replace(plain.choices, siblings=True)
    with pytest.raises(SiteError, match=f"takes {count};"):
        build.build(data, tmp_path / "other", host=Limited(Limits(files=count)), choices=siblings)


def test_the_limits_are_those_that_the_hosts_state() -> None:
    assert {host.name: host.limits for host in HOSTS if host.limits != Limits()} == {
        "github-pages": Limits(file_bytes=100 * 1000**2, total_bytes=1000**3, source="a published site may hold 1 GB"),
        "cloudflare": Limits(
            files=20_000, file_bytes=25 * 1024**2, source="on the free plan; the paid one takes 100,000 files"
        ),
        "netlify": Limits(folder_entries=54_000, source="a folder there may hold 54,000"),
    }


@pytest.mark.parametrize("name", ["cloudflare", "netlify"])
def test_a_host_of_whole_names_takes_no_path(name: str) -> None:
    at_the_root(host_named(name), Urls("https://e.org/"))
    with pytest.raises(SiteError, match="base_url has the path /below"):
        at_the_root(host_named(name), Urls("https://e.org/below"))
