"""GitHub's API, as far as it is asked: JSON, lists page by page, and one file that lies elsewhere."""

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode

TIMEOUT = 60  # seconds
PER_PAGE = 100
MOST_PAGES = 50
MOST_JSON = 16 * 1024**2


class Refused(Exception):  # noqa: N818 - what happened, in a word
    """What was asked for, or given, is not as it must be; the message is for people."""


class Api:
    """The API of the repository that the run is of; address, name and token come from the run's environment."""

    def __init__(self) -> None:
        self.repository = os.environ["GITHUB_REPOSITORY"]
        self._token = os.environ["GITHUB_TOKEN"]
        self._base = f"{os.environ['GITHUB_API_URL']}/repos/{self.repository}/"

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 - JSON
        """Give the answer to a question."""
        return self._ask("GET", f"{quote(path)}?{urlencode(query)}" if query else quote(path))

    def every(self, path: str, key: str = "", **query: str | int) -> Iterator[dict[str, Any]]:
        """Yield the items of a list; `key` is where they lie in each answer, if they do not stand alone."""
        for page in range(1, MOST_PAGES + 1):
            answer = self.get(path, **query, per_page=PER_PAGE, page=page)
            found: list[dict[str, Any]] = answer[key] if key else answer
            yield from found
            if len(found) < PER_PAGE:
                return
        raise Refused(f"{path} has more than {MOST_PAGES * PER_PAGE} items")

    def send(self, method: str, path: str, body: Any = None, *, allow: int = 0) -> Any:  # noqa: ANN401 - JSON
        """Change something; a status that is allowed is as good as success, and gives None."""
        try:
            return self._ask(method, quote(path), body)
        except HTTPError as error:
            if error.code != allow:
                raise
            return None

    def save(self, path: str, file: Path, most: int) -> None:
        """Write what an address gives into a file.

        The API redirects to a store, which is not to see our token.

        Raises:
            Refused: it is larger than `most` bytes.
        """
        request = self._request("GET", path)
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer, file.open("wb") as target:  # noqa: S310 - GitHub's
            left = most
            while chunk := answer.read(1024**2):
                left -= len(chunk)
                if left < 0:
                    raise Refused(f"the artifact has more than {most} bytes")
                target.write(chunk)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        with urllib.request.urlopen(self._request(method, path, body), timeout=TIMEOUT) as answer:  # noqa: S310 - GitHub's
            text = answer.read(MOST_JSON)
        return json.loads(text) if text else None

    def _request(self, method: str, path: str, body: Any = None) -> urllib.request.Request:  # noqa: ANN401 - JSON
        request = urllib.request.Request(self._base + path, method=method)  # noqa: S310 - GitHub's
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("X-GitHub-Api-Version", "2022-11-28")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        return request
