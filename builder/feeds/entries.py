"""What the feeds tell of: an event of the catalogue, with the moment that the data gives for it.

An event without a moment is in no feed: what has no date is no news. The id of an event is made of the address of the
package in the API by its number, which stays when its name changes; no reader then takes an old event for a new one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from heapq import nlargest
from itertools import chain, islice
from operator import itemgetter
from typing import Final
from urllib.parse import quote

from builder import derive, markdown, urls
from builder.catalogue import UNKNOWN_DATE, Grid, Package
from builder.entries import Article
from builder.metadata import Release
from builder.records import PostRecord
from builder.urls import Urls

PACKAGES_TOLD: Final = 15
RELEASES_TOLD: Final = 30
POSTS_TOLD: Final = 10
FOREIGN: Final = "nofollow ugc noopener"  # the rel of every link that leads away, as on the pages

Post = Article[PostRecord]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed; all texts are plain, but for `html`, which is "" where `summary` says it all.

    `id` is one for ever, and the same in every feed that tells of the event; `href` is the page to read.
    """

    id: str
    title: str
    href: str
    moment: datetime
    summary: str
    html: str = ""


Event = tuple[datetime, int, str, Package, Release | None]
"""A moment, what decides among those of one moment (the package's id, then the version), the package, its release.

Without a release it is the package that is new.
"""

_ORDER: Final = itemgetter(0, 1, 2)


def newest_packages(packages: Iterable[Package], site: Urls) -> list[Entry]:
    """Tell of the packages that came into the catalogue last."""
    return _told(nlargest(PACKAGES_TOLD, _arrivals(packages), key=_ORDER), site)


def newest_releases(packages: Iterable[Package], site: Urls) -> list[Entry]:
    """Tell of the newest releases of all packages."""
    return _told(nlargest(RELEASES_TOLD, _releases(packages), key=_ORDER), site)


def grid_news(grid: Grid, site: Urls) -> list[Entry]:
    """Tell what a reader of a grid waits for: something new to choose, or a new version of what was chosen.

    So it is the packages that are new in the catalogue, and the releases that are no pre-releases. When a package was
    linked with the grid is not known, and so a package that has long been in the catalogue is no news when it is.
    """
    events = sorted(chain(_arrivals(grid.packages), _releases(grid.packages)), key=_ORDER, reverse=True)
    return _told(islice((event for event in events if not _is_early(event)), RELEASES_TOLD), site)


def of_posts(posts: Sequence[Post], site: Urls) -> list[Entry]:
    """Tell of the newest posts, which come first; a post of a day is one of its first moment."""
    return [_post(post, site) for post in posts[:POSTS_TOLD]]


def _post(post: Post, site: Urls) -> Entry:
    """Tell of a post, whose links lead to the site wherever they are read."""
    address, record = site.absolute(urls.post_page(post.slug)), post.record
    text = markdown.read(post.body, post.line)
    html = markdown.render(text, record.title, site.base, FOREIGN, address)
    moment = datetime.combine(record.date, time(), UTC)
    return Entry(address, record.title, address, moment, record.summary or text.summary or record.title, html)


def _releases(packages: Iterable[Package]) -> Iterator[Event]:
    """Yield the releases that have a date; a yanked one, which nobody should take, is left out."""
    for package in packages:
        for release in package.snapshot.pypi.releases if package.snapshot.pypi else ():
            if release.uploaded is not None and release.yanked is False:
                yield release.uploaded, package.id, release.version, package, release


def _arrivals(packages: Iterable[Package]) -> Iterator[Event]:
    for package in packages:
        if package.created != UNKNOWN_DATE:
            yield package.created, package.id, "", package, None


def _is_early(event: Event) -> bool:
    return derive.is_prerelease(event[2])


def _told(events: Iterable[Event], site: Urls) -> list[Entry]:
    return [_entry(event, site) for event in events]


def _entry(event: Event, site: Urls) -> Entry:
    moment, _, version, package, release = event
    key = site.absolute(urls.api_item(urls.API_PACKAGES, package.id))
    href = site.absolute(urls.package_page(package.slug))
    category = package.category.record.title
    if release is None:
        summary = package.description or f"A new package of the category {category}."
        return Entry(key, package.title, href, moment, summary)
    title = f"{package.title} {version}" + (" (pre-release)" if _is_early(event) else "")
    summary = package.description or f"A release of a package of the category {category}."
    return Entry(f"{key}#{quote(version, safe='')}", title, href, moment, summary)
