"""Commits as compact data: a history of thousands is a seed and a few numbers until somebody asks for a commit."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha1

MERGE_EVERY = 8
"""Each eighth generated commit has two parents."""

ANONYMOUS = 13
"""Of 256 generated commits so many have an author that the forge knows no account of (5%)."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the default branch; `author` is a login, None where the forge knows no account."""

    oid: str
    committed: datetime
    parents: tuple[str, ...] = ()
    author: str | None = None


@dataclass(slots=True)
class History:
    """The commits of a default branch, oldest first: `generated` ones from the seed, then those that were pushed.

    `newest` is the date of the last generated commit, `gap` the seconds between two of them, `authors` the number of
    people who wrote them. A generated commit is made when it is asked for, always the same.
    """

    seed: str
    newest: datetime
    generated: int = 0
    gap: int = 86_400
    authors: int = 1
    pushed: list[Commit] = field(default_factory=list)

    def __len__(self) -> int:
        return self.generated + len(self.pushed)

    def __getitem__(self, number: int) -> Commit:
        if number < 0:
            number += len(self)
        return self.pushed[number - self.generated] if number >= self.generated else self._make(number)

    def _digest(self, number: int) -> bytes:
        return sha1(f"{self.seed}/{number}".encode(), usedforsecurity=False).digest()

    def _make(self, number: int) -> Commit:
        digest = self._digest(number)
        back = self.generated - 1 - number
        jitter = int.from_bytes(digest[3:7]) % self.gap if back else 0
        merged = 2 if number % MERGE_EVERY == MERGE_EVERY - 1 else 1
        parents = tuple(self._digest(number - step).hex() for step in range(1, merged + 1) if number >= step)
        # The smaller of two bytes: a few people write most of it, as in life.
        author = None if digest[2] < ANONYMOUS else self.login(min(digest[0], digest[1]) * self.authors // 256)
        return Commit(digest.hex(), self.newest - timedelta(seconds=back * self.gap + jitter), parents, author)

    def login(self, number: int) -> str:
        """Give the login of one of the people, from 0."""
        return f"dev-{self.seed}-{number}".replace("/", "-").lower()

    @property
    def head(self) -> Commit | None:
        """The newest commit."""
        return self[-1] if len(self) else None

    def between(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[Commit]:
        """Give the commits of a time, newest first; both ends belong to it."""
        for number in range(len(self) - 1, -1, -1):
            commit = self[number]
            if since and commit.committed < since:
                if number < self.generated:
                    return  # the generated ones are in order of time; pushed ones need not be
                continue
            if until is None or commit.committed <= until:
                yield commit

    def push(self, committed: datetime, author: str | None) -> Commit:
        """Add one commit on top and give it."""
        parents = (self[-1].oid,) if len(self) else ()
        text = f"{self.seed}/pushed/{len(self)}/{committed.isoformat()}"
        commit = Commit(sha1(text.encode(), usedforsecurity=False).hexdigest(), committed, parents, author)
        self.pushed.append(commit)
        return commit

    def contributions(self) -> list[tuple[str | None, int]]:
        """Count commits by author, most first; None are those without an account."""
        counted = Counter(self[number].author for number in range(len(self)))
        return sorted(counted.items(), key=lambda item: (-item[1], item[0] or ""))
