"""The site that is asked: one request at a time, each answer looked at before it is believed, and kept."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from builder import urls
from builder.errors import UpstreamError
from builder.importing.journal import Journal, Kept
from builder.importing.wire import AnyItem, NotReadableError, Page, Told, UsedItem, read_item, read_page, read_used
from builder.outputs import JSON
from builder.upstreams.limits import Limits
from builder.upstreams.transport import Answer, Failure, Transport

LIMITS: Final = Limits(attempts=5, wait=900, body=64 * 1024 * 1024)
"""A site that asks for a quarter of an hour gets it; one that wants more is left alone until the next start."""

ATTEMPTS: Final = 3  # at an answer that came whole, and is none
GOES_ON: Final = "What was got is kept for 12 hours: start the same command again to go on."

_OK: Final = 200
_NOT_THERE: Final = frozenset({404, 410})
_NO_V3: Final = frozenset({403, 404, 410, 501})


Progress: TypeAlias = Callable[[int, int, str, object], None]
"""Is told of every answer: how many there were, of how many as far as is known, the place, and the answer."""


@dataclass(slots=True)
class Site:
    """The site at `base`, an address without a slash at its end.

    `pause` is called before each request but the first, `now` tells the time for the journal. `expected` is how many
    answers there will be, as far as is known.
    """

    base: str
    transport: Transport
    journal: Journal
    now: Callable[[], datetime]
    pause: Callable[[], None]
    progress: Progress | None = None
    expected: int = 0
    answers: int = 0
    _asked: bool = field(default=False, init=False)

    def page(self, place: str, model: type[AnyItem]) -> Page[AnyItem]:
        """Give a page of a list by its path and query.

        Raises:
            UpstreamError: there is none that can be used.
        """
        return read_page(self._answer(place, lambda body: read_page(body, model)).body.encode(), model)

    def used_page(self, place: str) -> Page[UsedItem] | None:
        """Give a page of API v3's packages; None where the site does not have it."""
        kept = self._answer(place, read_used, _NO_V3)
        return read_used(kept.body.encode()) if kept.status == _OK else None

    def item(self, collection: str, key: int, model: type[AnyItem]) -> Told[AnyItem] | None:
        """Give an item by its id; None where it is gone."""
        kept = self._answer(urls.api_item(collection, key), lambda body: read_item(body, model), _NOT_THERE)
        return read_item(kept.body.encode(), model) if kept.status == _OK else None

    def _answer(self, place: str, read: Callable[[bytes], object], absent: Collection[int] = ()) -> Kept:
        url = self.base + place
        kept = self.journal.recall(url) or self._ask(url, read, absent)
        self.answers += 1
        if self.progress:
            self.progress(self.answers, max(self.expected, self.answers), place, kept)
        return kept

    def _ask(self, url: str, read: Callable[[bytes], object], absent: Collection[int]) -> Kept:
        """Ask until there is an answer that can be used, and keep it."""
        fault = ""
        for _ in range(ATTEMPTS):
            if self._asked:
                self.pause()
            self._asked = True
            answer = self.transport.get(url, JSON, final=absent)
            if answer.status in absent:
                return self._keep(Kept(url=url, at=self.now(), status=answer.status))
            if isinstance(answer, Failure):
                raise UpstreamError(f"{url}: {answer.reason}. {GOES_ON}")
            fault = _fault(answer, read)
            if not fault:
                return self._keep(Kept(url=url, at=self.now(), status=_OK, body=answer.body.decode()))
        raise UpstreamError(f"{url}: {fault}. {GOES_ON}")

    def _keep(self, kept: Kept) -> Kept:
        self.journal.add(kept)
        return kept

    def place(self, link: str, collection: str) -> str:
        """Give the path and query, here, of a link to a page of a list: sites behind a proxy may not know their name.

        Raises:
            UpstreamError: it leads elsewhere.
        """
        try:
            parts = urlsplit(link)
        except ValueError:
            parts = urlsplit("")
        _, found, rest = parts.path.partition(collection)
        if not found:
            raise UpstreamError(
                f"{self.base}{collection}: its next page is said to be {link!r}, which is no part of it."
            )
        return f"{collection}{rest}?{parts.query}" if parts.query else collection + rest


def _fault(answer: Answer, read: Callable[[bytes], object]) -> str:
    """Say why an answer is no data; "" if it is."""
    if answer.status != _OK:
        return f"answered {answer.status}"
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON:
        return f"answered with {media_type or 'no media type'} where JSON is meant"
    try:
        read(answer.body)
    except (NotReadableError, ValueError) as error:
        return f"is not what API v4 answers: {error}"
    return ""
