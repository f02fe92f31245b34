"""The site's own texts, and the posts of its changelog."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from builder import markdown, urls
from builder.entries import Article
from builder.pages.shell import FOREIGN, Page, Shell
from builder.pages.words import Fact, day
from builder.records import PostRecord, TextRecord


class PostRow(NamedTuple):
    """A post in the list of all."""

    title: str
    href: str
    date: Fact
    summary: str


def pages(texts: Sequence[Article[TextRecord]], posts: Sequence[Article[PostRecord]], shell: Shell) -> Iterator[Page]:
    """Make a page for each text and each post, and the list of posts, which are newest first."""
    for text in texts:
        yield _page("text.html", urls.text_page(text.slug), text, shell, {"date": None})
    for post in posts:
        yield _page("text.html", urls.post_page(post.slug), post, shell, {"date": day(post.record.date)})
    yield Page(
        template="posts.html",
        route=urls.CHANGELOG,
        section="",
        title="Changelog",
        summary="What has changed on this site.",
        edit=shell.add("posts"),
        values={"posts": post_rows(posts, shell)},
    )


def post_rows(posts: Sequence[Article[PostRecord]], shell: Shell) -> list[PostRow]:
    """Give posts as rows."""
    return [
        PostRow(
            post.record.title,
            shell.site.path(urls.post_page(post.slug)),
            day(post.record.date),
            post.record.summary or markdown.read(post.body, post.line).summary,
        )
        for post in posts
    ]


def _page(
    template: str,
    route: str,
    article: Article[TextRecord] | Article[PostRecord],
    shell: Shell,
    values: dict[str, object],
) -> Page:
    text, record = markdown.read(article.body, article.line), article.record
    return Page(
        template=template,
        route=route,
        section="",
        title=record.title,
        summary=record.summary or text.summary or record.title,
        edit=shell.edit(article.entry.path),
        values={
            "body": markdown.render(text, record.title, shell.site.prefix, FOREIGN),
            "changelog_href": shell.site.path(urls.CHANGELOG),
            **values,
        },
    )
