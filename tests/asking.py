"""Questions for the GitHub that is played: what several modules of tests ask it with."""

import ssl
from typing import Any

import httpx
from forges.github import PERSONAL
from forges.server import Forges

PULSE = """
fragment Facts on Repository {
  id databaseId nameWithOwner name url description homepageUrl stargazerCount forkCount isArchived archivedAt isDisabled
  isLocked isFork isEmpty isPrivate pushedAt createdAt owner { __typename id login } licenseInfo { spdxId }
  defaultBranchRef { name prefix target { __typename oid ... on Commit { committedDate } } }
}
"""
RATE = "rateLimit { limit cost remaining used resetAt nodeCount }"

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Not used, for all is plain HTTP; without it httpx reads all certificates at each call."""


def bearer(token: str = PERSONAL) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def ask(forges: Forges, query: str, token: str = PERSONAL, **variables: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
    content = {"query": query, "variables": variables}
    return httpx.post(f"{forges.github.base}/graphql", json=content, headers=bearer(token), verify=TLS)


def answered(forges: Forges, query: str, **variables: Any) -> Any:  # noqa: ANN401 - any JSON
    response = ask(forges, query, **variables)
    assert response.status_code == 200
    return response.json()


def wanted(*names: str, fields: str = "nameWithOwner") -> str:
    """Give a query for repositories under the aliases r0, r1, ..."""
    pairs = [name.split("/") for name in names]
    asked = [
        f'r{i}: repository(owner: "{owner}", name: "{name}") {{ {fields} }}' for i, (owner, name) in enumerate(pairs)
    ]
    return f"query {{ {' '.join(asked)} }}"


def get(forges: Forges, path: str, token: str | None = PERSONAL) -> httpx.Response:
    return httpx.get(forges.github.base + path, headers=bearer(token) if token else {}, verify=TLS)
