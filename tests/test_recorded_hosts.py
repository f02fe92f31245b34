"""The recorded requests, each sent to every host target that serves the recorded catalogue."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import conformance
import pytest
import test_recorded
from recorded_requests import GROUPS, answers, both, counts, group, recorded

from builder.hosts import HOSTS

EVERYWHERE = {"items", "v3 items"}
MAPPED = EVERYWHERE | {"suffix forms", "pages of 20"}
SERVERS = MAPPED | {"not found", "v3 not found"}
ANSWERED = SERVERS | {"v3 pages of 20", "search", "HEAD"}
WHOLE: Mapping[str, set[str]] = {
    "github-pages": EVERYWHERE | {"HEAD"},
    "generic": {"HEAD"},
    "nginx": SERVERS,
    "caddy": SERVERS,
    "apache": SERVERS,
    "cloudflare": ANSWERED,
    "netlify": ANSWERED | {"formats"},
    "node": ANSWERED | {"formats"},
    "s3-cloudfront": MAPPED,
}
"""By host, what is answered in every recorded case as by the original.

A plain host types items as pages, so that `<`, `>` and `&` are escaped in them there: they say the same.
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Give a folder that servers which give up the rights of root may enter, with the recorded catalogue in it."""
    with tempfile.TemporaryDirectory(prefix="recorded-") as made:
        Path(made).chmod(0o755)
        test_recorded.Sample().write(Path(made) / "data")
        yield Path(made)


@pytest.mark.parametrize("name", [host.name for host in HOSTS])
def test_what_a_host_promises_it_answers_as_the_original_in_every_case(name: str, folder: Path) -> None:
    with conformance.running(name, folder / "data", folder / name, only_api=True) as host:
        found = counts(host.url)
    assert {one for one in GROUPS if found[one].keys() == {"same"}} == WHOLE[name], found


def test_items_that_are_typed_as_pages_say_the_same(folder: Path) -> None:
    with conformance.running("generic", folder / "data", folder / "plain", only_api=True) as host:
        escaped = [
            (one, answer) for one, answer, is_same in answers(host.url) if group(one) in EVERYWHERE and not is_same
        ]
        assert escaped
        for one, answer in escaped:
            ours, theirs = both(one, answer, host.url)
            assert re.search("[<>&]", theirs)
            assert json.loads(ours) == json.loads(theirs)


def test_every_request_is_of_a_group() -> None:
    assert {group(one) for one in recorded()} == set(GROUPS)
    assert len(recorded()) == 463
