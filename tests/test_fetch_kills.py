"""A run over all upstreams, killed at any of its requests and started again, ends as one that was not."""

import os
import random
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from folders import package, tree, write_data
from forges.catalogue import Catalogue
from forges.server import Forges

from builder import build
from builder.fetch import fetch
from builder.upstreams import Setup, connect
from builder.upstreams.limits import Budget

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
KILLS = int(os.environ.get("KILLS", "10"))  # more of both by hand
PACKAGES = int(os.environ.get("PACKAGES", "12"))


class _KilledError(BaseException):
    """What nobody catches, as nobody catches a SIGKILL."""


class _Deadly(Budget):
    """A budget that kills the run when it asks for its request number `last`; all upstreams ask it before each."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self.asked, self._last = 0, last

    def spend(self) -> str:
        self.asked += 1
        if self.asked == self._last:
            raise _KilledError
        return super().spend()


def run(data: Path, catalogue: Catalogue, budget: Budget) -> None:
    loaded = build.load(data, keep_snapshots=False)
    with connect(Setup(loaded.settings, NOW.date(), catalogue.tokens, budget)) as upstreams:
        fetch(loaded, data, upstreams, lambda: NOW)


def copies(data: Path, folder: Path, count: int) -> Iterable[Path]:
    for number in range(count):
        yield Path(shutil.copytree(data, folder / str(number) / "data"))


def test_killed_at_any_request_and_started_again_it_ends_the_same(forges: Forges, tmp_path: Path) -> None:
    catalogue = Catalogue(forges, PACKAGES)
    records = {
        each.slug: package(number, title=each.slug, repository=each.repository, pypi=each.pypi)
        for number, each in enumerate(catalogue.packages, start=1)
    }
    site = catalogue.settings.model_dump(mode="json", exclude_unset=True)
    data = write_data(tmp_path / "data", packages=records, site=site)
    whole, *others = copies(data, tmp_path, 1 + KILLS)
    budget = _Deadly(0)
    run(whole, catalogue, budget)
    expected = tree(whole)
    assert sum(path.startswith("snapshots/") for path in expected) == len(records)
    chance = random.Random(359)  # noqa: S311 - a choice for a test, not a secret
    for other in others:
        last = chance.randint(1, budget.asked)
        try:
            run(other, catalogue, _Deadly(last))
        except _KilledError:
            run(other, catalogue, Budget())
        else:
            raise AssertionError(f"request {last} of {budget.asked} was never made")
        assert tree(other) == expected, f"killed at request {last}"
