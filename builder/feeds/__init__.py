"""The catalogue for programs that follow or find: feeds, the sitemap, robots.txt, the description of the search.

A feed lies at two addresses: the original's, which ends in a slash (`/feeds/packages/latest/rss/`), and that of a file
(`/feeds/packages/latest/rss.xml`), which every host serves with a media type of XML and which the pages announce.
A grid's, of which there are hundreds and which the original does not have, is one file, in Atom, which every reader
of feeds reads.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from functools import partial
from itertools import chain
from typing import NamedTuple

from builder import urls
from builder.catalogue import Catalogue, Grid
from builder.feeds import entries, searching, sitemaps
from builder.feeds.entries import Entry
from builder.feeds.forms import FORMS, Feed
from builder.outputs import OPENSEARCH, TEXT, Batch, Output, Unit
from builder.urls import Urls

__all__ = ["batches", "render"]


def render(catalogue: Catalogue, site: Urls) -> Iterator[Output]:
    """Yield the feeds and what leads search engines; without posts there is no feed of them."""
    return chain.from_iterable(batch.outputs() for batch in batches(catalogue, site))


def batches(catalogue: Catalogue, site: Urls) -> Iterator[Batch]:
    """Yield the outputs of `render` in batches."""

    def of_grids() -> Iterator[Unit]:
        for grid in catalogue.grids:
            yield Unit(f"feeds/{grid.key}", grid.key, partial(_grid_feed, grid, catalogue, site))

    yield Batch("feeds", lambda: _of_many(catalogue, site), of_grids)


def _of_many(catalogue: Catalogue, site: Urls) -> Iterator[Output]:
    yield from _feeds(catalogue, site)
    yield from sitemaps.render(catalogue, site)
    yield Output(urls.ROBOTS, f"User-agent: *\nAllow: /\n\nSitemap: {site.absolute(urls.SITEMAP)}\n".encode(), TEXT)
    description = searching.description(catalogue.settings, site)
    yield Output(urls.SEARCH_DESCRIPTION, description, OPENSEARCH)
    yield Output(urls.SEARCH_DESCRIPTION_FILE, description, OPENSEARCH)


class _Plan(NamedTuple):
    """What differs from feed to feed: what its address begins with, its texts, the page that shows the same, news."""

    feed: str
    name: str
    about: str
    home: str
    news: Sequence[Entry]


def _feeds(catalogue: Catalogue, site: Urls) -> Iterator[Output]:
    """Yield the feeds of the whole site, each in both forms at both addresses."""
    latest = entries.newest_packages(catalogue.packages, site)
    releases = entries.newest_releases(catalogue.packages, site)
    plans = [
        _Plan(urls.LATEST_FEED, "newest packages", "What is new in the directory.", urls.PACKAGES, latest),
        _Plan(urls.RELEASES_FEED, "releases", "New versions of all packages.", urls.HOME, releases),
    ]
    if catalogue.posts:
        news = entries.of_posts(catalogue.posts, site)
        plans.append(_Plan(urls.POSTS_FEED, "changelog", "What has changed on this site.", urls.CHANGELOG, news))
    for plan in plans:
        for form in FORMS:
            output = _written(plan, form, catalogue, site)
            yield output
            yield Output(urls.feed_page(plan.feed, form), output.body, output.media_type)


def _grid_feed(grid: Grid, catalogue: Catalogue, site: Urls) -> Iterator[Output]:
    about = "New packages of this grid, and new versions."
    news = entries.grid_news(grid, site)
    plan = _Plan(urls.grid_feed(grid.slug), grid.title, about, urls.grid_page(grid.slug), news)
    yield _written(plan, "atom", catalogue, site)


def _written(plan: _Plan, form: str, catalogue: Catalogue, site: Urls) -> Output:
    """Write a feed at the address of its file."""
    title = catalogue.settings.title
    feed = Feed(
        id=site.absolute(urls.feed_file(plan.feed, "atom")),
        title=f"{title}: {plan.name}",
        subtitle=plan.about,
        home=site.absolute(plan.home),
        author=title,
        entries=plan.news,
        begun=datetime.combine(catalogue.as_of, time(), UTC),
    )
    write, media_type = FORMS[form]
    file = urls.feed_file(plan.feed, form)
    return Output(file, write(feed, site.absolute(file)), media_type)
