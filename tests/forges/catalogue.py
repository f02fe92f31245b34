"""A made-up catalogue of any size, in the mix of a real one, and the worlds that its packages live in."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from builder.config import Forge, Settings
from builder.entries import Data, Entry
from builder.metadata import Snapshot
from builder.records import PackageRecord
from forges.github import PERSONAL
from forges.pypi import Downloads, Projects, PyPI
from forges.server import Forges
from forges.world import World

SHARES: Mapping[str, float] = {
    "gitlab.com": 0.04,
    "codeberg.org": 0.01,
    "bitbucket.org": 0.01,
    "git.example.org": 0.005,
}
"""The share of the packages on each host; 0.5% have no repository, and all others are on GitHub."""
NOWHERE = 0.005
ON_PYPI = 0.9
COUNTED = 0.5
"""The share of the projects that are in the list of downloads."""
PUBLISHED = 5
"""Commits in a repository that is there for git."""
ENDLESS = 10**9


@dataclass(frozen=True, slots=True)
class Package:
    """A package: what its record says."""

    slug: str
    repository: str = ""
    pypi: str | None = None


def data_of(settings: Settings, packages: Iterable[Package], snapshots: Mapping[str, Snapshot] | None = None) -> Data:
    """Give a catalogue as it would have been read from files."""
    entries = {
        package.slug: Entry(
            f"data/packages/{package.slug}.yaml",
            package.slug,
            PackageRecord(title=package.slug, category="apps", repository=package.repository, pypi=package.pypi),
            {},
        )
        for package in packages
    }
    return Data(entries, snapshots=snapshots or {}, settings=settings)


class Catalogue:
    """A catalogue of `count` packages, the same for the same seed, all of whose upstreams are running.

    `strangers` is how many projects the index has beside the catalogue's. Limits by the hour are lifted: what they
    would do to a night follows from its requests and points.
    """

    def __init__(self, forges: Forges, count: int, *, seed: int = 0, strangers: int = 0) -> None:
        self.forges = forges
        self.projects = Projects(forges.clock, strangers=strangers)
        chance = random.Random(seed)  # noqa: S311 - made-up facts, not secrets
        addresses = list(self._settle(count, seed))
        chance.shuffle(addresses)
        self.packages = [
            Package(f"package-{number:05}", address, f"package-{number:05}" if chance.random() < ON_PYPI else None)
            for number, address in enumerate(addresses)
        ]
        for package in self.packages:
            if package.pypi:
                self.projects.make(package.pypi, releases=chance.randint(1, 40))
        self._index = forges.mount(PyPI(self.projects))
        counted = {each.name: chance.randrange(10**6) for each in self.projects.sample(COUNTED, seed=seed)}
        self.downloads = Downloads(forges.clock, counted)
        forges.mount(self.downloads)
        self._lift_limits()

    @property
    def settings(self) -> Settings:
        """The settings that lead to the running upstreams."""
        forges = self.forges
        return Settings(
            title="Made up",
            base_url="https://example.org",
            repository="https://github.com/example/example",
            contact="https://example.org/contact",
            pypi_url=self._index,
            downloads_url=self.downloads.address,
            forges={
                "github.com": Forge(kind="github", api=forges.github.base),
                "gitlab.com": Forge(kind="gitlab", api=forges.gitlab.base),
                "codeberg.org": Forge(kind="forgejo", api=forges.forgejo.base),
                "bitbucket.org": Forge(kind="bitbucket", api=forges.bitbucket.base, clone=forges.git.base),
                "git.example.org": Forge(kind="git", api=forges.git.base),
            },
        )

    @property
    def tokens(self) -> dict[str, str]:
        """The tokens that an operator would have."""
        return {"github.com": PERSONAL, "gitlab.com": "gitlab", "bitbucket.org": "bitbucket"}

    @property
    def data(self) -> Data:
        """The catalogue as it would have been read from files."""
        return data_of(self.settings, self.packages)

    def change(self, repositories: float, projects: float, *, seed: int) -> None:
        """Push to a share of the repositories on each forge, and release a share of the projects."""
        for host, world in self._worlds().items():
            for repository in world.sample(repositories, seed=seed):
                world.push(repository, commits=2)
                if host == "bitbucket.org":
                    self.forges.git.push(repository.full_name, [self.forges.clock.now])
        only_git = sorted(package.repository for package in self.packages if "//git.example.org/" in package.repository)
        chance = random.Random(seed)  # noqa: S311 - a choice for a test, not a secret
        for address in chance.sample(only_git, round(len(only_git) * repositories)):
            self.forges.git.push(address.split("/", 3)[3], [self.forges.clock.now])
        for project in self.projects.sample(projects, seed=seed):
            self.projects.release(project)

    def _worlds(self) -> dict[str, World]:
        forges = self.forges
        return {
            "github.com": forges.github.world,
            "gitlab.com": forges.gitlab.world,
            "codeberg.org": forges.forgejo.world,
            "bitbucket.org": forges.bitbucket.world,
        }

    def _settle(self, count: int, seed: int) -> Iterator[str]:
        """Make the repositories, and yield the address of each; "" for packages without one."""
        counts = {host: round(count * share) for host, share in SHARES.items()}
        nowhere = round(count * NOWHERE)
        counts["github.com"] = count - nowhere - sum(counts.values())
        for host, world in self._worlds().items():
            for repository in world.grow(counts[host], seed=seed):
                if host == "bitbucket.org":
                    self._publish(repository.full_name)
                yield f"https://{host}/{repository.full_name}"
        for number in range(counts["git.example.org"]):
            self._publish(f"alone/package-{number}")
            yield f"https://git.example.org/alone/package-{number}"
        yield from [""] * nowhere

    def _publish(self, name: str) -> None:
        self.forges.git.publish(
            name, [self.forges.clock.now - timedelta(days=7 * back) for back in range(PUBLISHED, 0, -1)]
        )

    def _lift_limits(self) -> None:
        forges = self.forges
        forges.github.set.tokens[PERSONAL] = ENDLESS
        for window in (*forges.gitlab.limits.values(), *forges.bitbucket.limits.values()):
            window.limit = ENDLESS
