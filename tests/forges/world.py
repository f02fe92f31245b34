"""What is true on a forge: its repositories, and what happens to them in a night.

Nothing here knows how a forge tells it. A world is the same for the same seed, wherever and whenever it is made.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from forges.clock import Clock
from forges.commits import Commit, History

LICENSES = ("MIT", "BSD-3-Clause", "Apache-2.0", "GPL-3.0", "NOASSERTION", None)
OLDEST = 12 * 365 * 86_400
"""Seconds from the first commit to the last of those that are made up, at most."""

NODE_ID = re.compile("R_([0-9A-F]{8})")
TOPICS = ("django", "python", "rest", "admin", "forms", "async", "testing")


@dataclass(slots=True, eq=False)
class Owner:
    """A user or an organisation."""

    login: str
    number: int
    kind: str = "User"

    @property
    def node_id(self) -> str:
        """The id that stays when the login changes."""
        return f"U_{self.number:08X}"


@dataclass(slots=True, eq=False)
class Repository:
    """A repository as its forge knows it.

    `contributors` are (login or None, contributions), None: counted from the commits. `too_large` and `pending` are
    about that list: the forge refuses to make it, or is still making it. `blocked` is the reason of a block (dmca).
    `forbidden` stands for an organisation's policy against our kind of access.
    """

    node_id: str
    database_id: int
    owner: Owner
    name: str
    history: History
    created: datetime
    pushed_at: datetime | None
    description: str | None = None
    homepage: str | None = None
    stars: int = 0
    forks: int = 0
    archived_at: datetime | None = None
    is_disabled: bool = False
    is_locked: bool = False
    is_fork: bool = False
    is_private: bool = False
    license: str | None = None
    topics: tuple[str, ...] = ()
    branch: str = "main"
    contributors: Sequence[tuple[str | None, int]] | None = None
    too_large: bool = False
    pending: bool = False
    blocked: str | None = None
    forbidden: bool = False

    @property
    def full_name(self) -> str:
        """Owner and name with a slash between."""
        return f"{self.owner.login}/{self.name}"

    @property
    def is_archived(self) -> bool:
        """Whether it is archived."""
        return self.archived_at is not None

    @property
    def is_empty(self) -> bool:
        """Whether it has no commit."""
        return not len(self.history)

    @property
    def contributions(self) -> Sequence[tuple[str | None, int]]:
        """The list of contributors, most contributions first."""
        return self.history.contributions() if self.contributors is None else self.contributors


@dataclass(slots=True)
class World:
    """The repositories of one forge; names are compared without regard to case, and old names lead on.

    `web` is where people look at them ("https://github.com").
    """

    clock: Clock
    web: str
    repositories: dict[int, Repository] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _moved: dict[str, int] = field(default_factory=dict)
    _owners: dict[str, Owner] = field(default_factory=dict)
    _last_id: int = 1000

    def __len__(self) -> int:
        return len(self.repositories)

    def find(self, full_name: str) -> Repository | None:
        """Give the repository of a name that it has or had; private ones are not found."""
        key = full_name.lower()
        number = self._names.get(key, self._moved.get(key, 0))
        return self.by_number(number)

    def is_current(self, full_name: str) -> bool:
        """Tell whether a name is the present one of a repository, not an old one."""
        return full_name.lower() in self._names

    def by_number(self, number: int) -> Repository | None:
        """Give a repository by its number; private ones are not found."""
        repository = self.repositories.get(number)
        return None if repository is None or repository.is_private else repository

    def by_id(self, node_id: str) -> Repository | None:
        """Give a repository by its node id; private ones are not found."""
        match = NODE_ID.fullmatch(node_id)
        return self.by_number(int(match[1], 16)) if match else None

    def owner(self, login: str) -> Owner:
        """Give the owner of a login, always the same; a login in capitals or with "org" is an organisation."""
        kind = "Organization" if "org" in login.lower() else "User"
        return self._owners.setdefault(login.lower(), Owner(login, len(self._owners) + 1, kind))

    def make(self, full_name: str, *, commits: int = 3, **facts: object) -> Repository:
        """Make a repository with the next id, and with a history of so many commits, the last one a day ago."""
        login, _, name = full_name.rpartition("/")
        self._refuse_taken(full_name)
        self._last_id += 1
        newest = self.clock.now - timedelta(days=1)
        history = History(full_name.lower(), newest, generated=commits, authors=min(3, commits) or 1)
        repository = Repository(
            node_id=f"R_{self._last_id:08X}",
            database_id=self._last_id,
            owner=self.owner(login),
            name=name,
            history=history,
            created=newest - timedelta(days=commits + 1),
            pushed_at=newest if commits else None,
        )
        for fact, value in facts.items():
            setattr(repository, fact, value)
        return self._add(repository)

    def _add(self, repository: Repository) -> Repository:
        key = repository.full_name.lower()
        self._moved.pop(key, None)
        self._names[key] = repository.database_id
        self.repositories[repository.database_id] = repository
        return repository

    def _refuse_taken(self, full_name: str) -> None:
        if self.is_current(full_name):
            raise ValueError(f"{full_name} exists")

    def grow(self, count: int, *, seed: int = 0, prefix: str = "owner") -> list[Repository]:
        """Make so many repositories with a likely mix of facts, the same for the same seed."""
        chance = random.Random(seed)  # noqa: S311 - made-up facts, not secrets
        return [self._invent(chance, f"{prefix}-{number // 3}/package-{number}", number) for number in range(count)]

    def _invent(self, chance: random.Random, full_name: str, number: int) -> Repository:
        """Make a repository of which most are small, one in twelve is archived and one in a hundred is empty."""
        commits = 0 if chance.random() < 0.01 else int(chance.paretovariate(0.6) * 10) % 3000 + 1
        repository = self.make(full_name, commits=commits)
        last = self.clock.now - timedelta(seconds=int(chance.paretovariate(0.5) * 86_400) % (3000 * 86_400))
        history = repository.history
        history.newest = last
        history.gap = min(chance.randrange(3_600, 10 * 86_400), OLDEST // max(commits, 1))
        history.authors = int(chance.paretovariate(1)) % 400 + 1
        repository.created = last - timedelta(seconds=commits * history.gap)
        repository.pushed_at = last if commits else None
        repository.archived_at = last + timedelta(days=1) if chance.random() < 1 / 12 else None
        repository.stars = int(chance.paretovariate(0.5) * 5) % 90_000
        repository.forks = repository.stars // 7
        repository.description = f"Package {number} for made-up sites" if number % 20 else None
        repository.homepage = f"https://package-{number}.example.org" if number % 4 == 0 else None
        repository.license = chance.choice(LICENSES)
        repository.topics = tuple(sorted(chance.sample(TOPICS, number % 4)))
        repository.branch = "main" if number % 3 else "master"
        return repository

    def sample(self, share: float, *, seed: int) -> list[Repository]:
        """Choose a share of the repositories, the same for the same seed, in order of id."""
        chance = random.Random(seed)  # noqa: S311 - a choice for a test, not a secret
        numbers = chance.sample(sorted(self.repositories), round(len(self) * share))
        return [self.repositories[number] for number in sorted(numbers)]

    def push(
        self,
        repository: Repository,
        commits: int | Iterable[datetime] = 1,
        *,
        author: str | None = "pusher",
    ) -> list[Commit]:
        """Push commits: so many in the last minutes, or one for each date; give them, oldest first."""
        if isinstance(commits, int):
            commits = [self.clock.now - timedelta(minutes=back) for back in range(commits, 0, -1)]
        repository.pushed_at = self.clock.now
        return [repository.history.push(committed, author) for committed in commits]

    def star(self, repository: Repository, by: int = 1) -> None:
        """Change the number of stars."""
        repository.stars += by

    def rename(self, repository: Repository, name: str) -> None:
        """Give a repository another name; the old one leads on."""
        self._move(repository, repository.owner, name)

    def transfer(self, repository: Repository, login: str) -> None:
        """Give a repository to another owner; the old name leads on."""
        self._move(repository, self.owner(login), repository.name)

    def rename_owner(self, login: str, new: str) -> None:
        """Give an owner another login, but the same id; the old names of all its repositories lead on."""
        owner = self._owners.pop(login.lower())
        mine = [each for each in self.repositories.values() if each.owner is owner]
        old = [each.full_name.lower() for each in mine]
        owner.login = new
        self._owners[new.lower()] = owner
        for name, repository in zip(old, mine, strict=True):
            del self._names[name]
            self._moved[name] = repository.database_id
            self._add(repository)

    def _move(self, repository: Repository, owner: Owner, name: str) -> None:
        self._refuse_taken(f"{owner.login}/{name}")
        old = repository.full_name.lower()
        del self._names[old]
        repository.owner, repository.name = owner, name
        self._moved[old] = repository.database_id
        self._add(repository)

    def delete(self, repository: Repository) -> None:
        """Remove a repository; neither its names nor its id lead anywhere."""
        del self.repositories[repository.database_id]
        del self._names[repository.full_name.lower()]

    def recreate(self, repository: Repository) -> Repository:
        """Make another repository, with another id, under the name of one: a possible take-over."""
        if repository.database_id in self.repositories:
            self.delete(repository)
        return self.make(repository.full_name)

    def archive(self, repository: Repository) -> None:
        """Archive a repository now."""
        repository.archived_at = self.clock.now

    def unarchive(self, repository: Repository) -> None:
        """Take the archived mark back."""
        repository.archived_at = None

    def block(self, repository: Repository, reason: str = "dmca") -> None:
        """Block the access to a repository for legal reasons."""
        repository.blocked = reason

    def hide(self, repository: Repository) -> None:
        """Make a repository private: to us it is gone, by name and by id."""
        repository.is_private = True
