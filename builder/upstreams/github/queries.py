"""The GraphQL queries: the same part for each of many repositories, under an alias with variables of its own.

Names come from pull requests, so they are variables and never text of a query. The text is the same for the same
number of repositories.

What a query costs by GitHub's rules (a request for each connection under each parent, divided by 100, at least 1
point): `PULSE` and `BY_ID` have no connection, `DELTA` has three and is asked for 20 at once. So each query is 1 point.
A commit's parents would be a connection under each of up to 100 commits, and make it 20.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

_HERE: Final = "#"  # stands for the number of the repository in a part


@dataclass(frozen=True, slots=True)
class Query:
    """A query for up to `most` repositories.

    `variables` are (name, type) of what is told for each; `part` is what is asked of each, with `#` behind every
    variable; `fragments` stand once.
    """

    variables: tuple[tuple[str, str], ...]
    part: str
    fragments: str
    most: int

    def text(self, count: int) -> str:
        """Give the text for so many repositories, under the aliases r0, r1, ..."""
        return _text(self, count)

    def values(self, each: Iterable[Mapping[str, object]]) -> dict[str, object]:
        """Give the variables for the repositories in order."""
        return {f"{name}{i}": value for i, told in enumerate(each) for name, value in told.items()}


@cache
def _text(query: Query, count: int) -> str:
    declared = ", ".join(f"${name}{i}: {kind}" for i in range(count) for name, kind in query.variables)
    parts = "\n".join(f"  r{i}: {query.part.replace(_HERE, str(i))}" for i in range(count))
    return f"query({declared}) {{\n{parts}\n}}\n{query.fragments}"


_FACTS: Final = """fragment Facts on Repository {
  id nameWithOwner owner { id } description homepageUrl stargazerCount forkCount
  isArchived archivedAt isDisabled isLocked isFork isEmpty
  licenseInfo { spdxId }
  defaultBranchRef { name target { oid ... on Commit { committedDate } } }
}
"""

PULSE: Final = Query(
    variables=(("owner", "String!"), ("name", "String!")),
    part="repository(owner: $owner#, name: $name#) { ...Facts }",
    fragments=_FACTS,
    most=100,
)

BY_ID: Final = Query(
    variables=(("id", "ID!"),),
    part="node(id: $id#) { ...Facts }",
    fragments=_FACTS,
    most=100,
)

# By id, since a name may have gone to another repository in the meantime.
DELTA: Final = Query(
    variables=(("id", "ID!"), ("whole", "GitTimestamp!"), ("since", "GitTimestamp!"), ("after", "String")),
    part=(
        "node(id: $id#) { ... on Repository { ...Topics defaultBranchRef { target { ... on Commit { oid committedDate"
        " whole: history(since: $whole#) { totalCount }"
        " history(since: $since#, first: 100, after: $after#) { ...Page } } } } } }"
    ),
    fragments="""fragment Topics on Repository { repositoryTopics(first: 20) { nodes { topic { name } } } }
fragment Page on CommitHistoryConnection {
  nodes { oid committedDate author { user { login } } }
  pageInfo { hasNextPage endCursor }
}
""",
    most=20,
)
